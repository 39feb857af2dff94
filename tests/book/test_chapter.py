from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from secondsight import __version__
from secondsight.book import chapter
from secondsight.book.chapter import Between, Chapter, Whole, begin, file_line
from secondsight.book.results import read_results
from secondsight.datasets.origins import Origin
from secondsight.errors import ParameterError
from secondsight.figures.confusion import describe_confusion, draw_confusion
from secondsight.figures.style import INK
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import PLAIN, proportion

PARAMETERS = 'model = "sky-1"\nlevel = 0.95\nseed = 0\nresults = ""\n'
CHECKS: dict[str, Any] = {
    "model": ["sky-1", "sky-2"],
    "level": Between(0, 1),
    "seed": int,
    "results": str,
}
COUNTS = Confusion(np.array([[3, 1], [0, 2]]), ["A", "B"], [])


def started(injected: str = "", parameters: str = PARAMETERS) -> Chapter:
    """Begin a chapter as IPython runs it, with its own names beside the notebook's."""
    cells = [parameters, injected, "chapter = begin(...)"]
    namespace: dict[str, Any] = {"In": cells, "Out": {}, "_i": parameters, "__name__": "__main__"}
    exec("import math\n" + "\n".join(cells[:-1]), namespace)
    return begin("09_test", namespace, **CHECKS)


@pytest.fixture
def glued(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the prose gets."""
    found: dict[str, str] = {}
    monkeypatch.setattr(chapter, "glue", lambda name, words, display: found.update({name: words}))
    return found


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is shown."""
    found: list[Any] = []
    monkeypatch.setattr(chapter, "display", found.append)
    return found


def test_the_parameters_are_those_of_the_first_cell() -> None:
    expected = {"model": "sky-1", "level": 0.95, "seed": 0, "results": ""}
    assert started().parameters == expected


def test_an_injected_parameter_counts() -> None:
    assert started('model = "sky-2"\nseed = 7').parameters["model"] == "sky-2"
    assert started('model = "sky-2"\nseed = 7').parameters["seed"] == 7


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError) as caught:
        started("colour = 3")
    assert str(caught.value) == (
        "09_test has no parameter 'colour'; known: model, level, seed, results"
    )


def test_a_value_that_is_none_of_the_known_is_refused_with_them() -> None:
    with pytest.raises(ParameterError, match="model must be 'sky-1' or 'sky-2', not 'nope'"):
        started('model = "nope"')


@pytest.mark.parametrize(
    ("injected", "said"),
    [
        ('level = "high"', "level must be a number between 0 and 1, not 'high'"),
        ("level = True", "level must be a number between 0 and 1, not True"),
        ("level = None", "level must be a number between 0 and 1, not None"),
        ("level = 0", "level must be a number between 0 and 1, not 0"),
        ("level = 1.0", r"level must be a number between 0 and 1, not 1\.0"),
        ('level = float("nan")', "level must be a number between 0 and 1, not nan"),
        ("seed = 1.5", r"seed must be int, not 1\.5"),
        ("seed = False", "seed must be int, not False"),
        ("results = 3", "results must be str, not 3"),
    ],
)
def test_a_value_of_another_type_is_refused(injected: str, said: str) -> None:
    with pytest.raises(ParameterError, match=f"09_test: {said}"):
        started(injected)


def test_a_whole_number_may_stand_between_two() -> None:
    namespace = {"width": 2}
    assert begin("09_test", namespace, width=Between(0.5, 3.5)).parameters == {"width": 2}


@pytest.mark.parametrize("value", [1, 7, 10])
def test_a_whole_number_within_its_bounds_is_taken(value: int) -> None:
    assert begin("09_test", {"n": value}, n=Whole(1, 10)).parameters == {"n": value}
    assert begin("09_test", {"n": value}, n=Whole(1)).parameters == {"n": value}


@pytest.mark.parametrize("value", [0, -1, 11, 2.0, True, None, "3"])
def test_a_number_that_is_not_whole_or_out_of_bounds_is_refused_by_name(value: object) -> None:
    with pytest.raises(ParameterError) as caught:
        begin("09_test", {"n": value}, n=Whole(1, 10))
    assert str(caught.value) == f"09_test: n must be a whole number from 1 to 10, not {value!r}"


def test_a_whole_number_may_have_no_upper_end() -> None:
    with pytest.raises(ParameterError, match="seed must be a whole number from 0 on, not -1"):
        begin("09_test", {"seed": -1}, seed=Whole(0))


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_folder_for_results_that_can_not_be_written_is_refused_at_once(
    tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / below
    with pytest.raises(ParameterError, match=f"09_test: results must be a folder .*{folder}"):
        started(f"results = {str(folder)!r}")


def test_a_parameter_that_is_not_set_is_refused() -> None:
    with pytest.raises(ParameterError, match="seed must be int, not None"):
        started(parameters='model = "sky-1"\nlevel = 0.95\nresults = ""\n')


def test_a_truth_value_may_be_asked_for() -> None:
    assert begin("09_test", {"brief": True}, brief=bool).parameters == {"brief": True}


def test_what_is_said_is_for_the_prose_and_for_the_ledger(glued: dict[str, str]) -> None:
    running = started()
    estimate = proportion(287, 500)
    running.say(Origin.ELSEWHERE, accuracy=estimate, plainly=estimate.in_unit(PLAIN))
    running.say(Origin.PUBLISHED, images=11_088)
    running.write(line="as it is")
    assert glued == {
        "accuracy": "57.4% (53.0\u00a0to\u00a061.7)",
        "plainly": "0.574 (0.530\u00a0to\u00a00.617)",
        "images": "11,088",
        "line": "as it is",
    }
    accuracy = running.results["accuracy"]
    assert (accuracy.value, accuracy.low, accuracy.high) == (
        estimate.value,
        estimate.low,
        estimate.high,
    )
    assert (accuracy.n, accuracy.method, accuracy.origin) == (500, "Wilson", Origin.ELSEWHERE)
    images = running.results["images"]
    assert (images.value, images.low, images.high, images.n) == (11_088, None, None, 0)
    assert "line" not in running.results


def test_nothing_is_said_twice(glued: dict[str, str]) -> None:
    running = started()
    running.say(Origin.ELSEWHERE, images=1)
    with pytest.raises(ValueError, match="images is said twice in 09_test"):
        running.say(Origin.ELSEWHERE, images=2)
    assert glued == {"images": "1"}


def test_the_end_writes_the_same_bytes_each_time(glued: dict[str, str], tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        running = started(f"results = {str(tmp_path)!r}")
        running.say(Origin.ELSEWHERE, accuracy=proportion(287, 500), undefined=proportion(0, 0))
        running.end()
        written.append((tmp_path / "09_test.json").read_bytes())
    assert written[0] == written[1]
    found = read_results(tmp_path)
    assert found["09_test.accuracy"] == running.results["accuracy"]
    assert found["09_test.undefined"].text == "not defined"


def test_the_end_writes_nothing_without_a_folder(
    glued: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chapter.paths, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    running = started()
    running.say(Origin.ELSEWHERE, images=1)
    running.end()
    assert list(tmp_path.iterdir()) == []


def test_the_end_lists_what_the_prose_names_where_no_file_is_written(
    glued: dict[str, str], shown: list[Any], tmp_path: Path
) -> None:
    running = started()
    running.say(Origin.ELSEWHERE, accuracy=proportion(287, 500))
    running.write(line="as it is")
    running.end()
    assert shown[0].table.to_numpy().tolist() == [
        ["accuracy", "57.4% (53.0\u00a0to\u00a061.7)", "recorded elsewhere"],
        ["line", "as it is", ""],
    ]
    written = started(f"results = {str(tmp_path)!r}")
    written.say(Origin.ELSEWHERE, images=1)
    written.end()
    assert len(shown) == 1


def test_what_is_given_is_left_in_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    monkeypatch.setattr(chapter, "display", lambda *what, **how: left.append((what, how)))
    running = started()
    running.end()
    assert left == []
    running.given(truth=True, scores=False)
    running.given(scores=True)
    running.end()
    facts = {"truth": True, "scores": True}
    how = {"raw": True, "metadata": {chapter.FACTS: facts}}
    assert left == [(({"text/plain": "truth, scores"},), how)]


@pytest.mark.parametrize(("own", "said"), [(False, "sky-2"), (True, "")])
def test_a_number_of_another_model_says_whose_it_is(
    glued: dict[str, str], own: bool, said: str
) -> None:
    running = started('model = "sky-2"')
    running.given(own=own)
    running.say(Origin.SIMULATED_SKY, images=1)
    running.say(Origin.ELSEWHERE, theirs=1)
    assert running.results["images"].model == said
    assert running.results["theirs"].model == ""


def test_a_figure_says_what_it_rests_on(shown: list[Any], tmp_path: Path) -> None:
    running = started(f"results = {str(tmp_path)!r}")
    running.uses("first line", "second line")
    running.show("counts", draw_confusion, COUNTS, caption="Counts.", alt="Four.", truth="shape")
    [figure] = shown
    assert (figure.name, figure.caption, figure.alt) == ("counts", "Counts.", "Four.")
    lines = figure.card.lines()
    assert lines["notebook"] == "notebooks/09_test.ipynb"
    assert lines["parameters"] == "model = 'sky-1', level = 0.95, seed = 0"
    assert lines["drawn by"] == "secondsight.figures.confusion.draw_confusion"
    assert lines["data"] == "first line\nsecond line"
    assert lines["package"] == f"secondsight {__version__}"
    assert figure.drawn["light"] != figure.drawn["dark"]
    assert b"first line, second line" in figure.drawn["light"]
    assert figure.numbers["confusion"]["answered A"].tolist() == [3, 0]


def test_a_figure_without_words_gets_those_of_its_sister(shown: list[Any]) -> None:
    started().show("counts", draw_confusion, COUNTS, caption="Counts.")
    assert shown[0].alt == describe_confusion(COUNTS)


def test_a_constant_of_the_notebook_is_no_parameter() -> None:
    assert begin("09_test", {"n": 2, "TABLE": {}, "SIDE": 3}, n=int).parameters == {"n": 2}


def test_a_figure_is_drawn_in_both_looks(shown: list[Any]) -> None:
    started().show("empty", lambda: plt.subplots()[0], caption="", alt="")
    for look, ink in INK.items():
        assert ink.encode() in shown[0].drawn[look]
    assert shown[0].drawn["light"] != shown[0].drawn["dark"]
    assert plt.get_fignums() == []


def test_a_table_is_written_cell_by_cell(shown: list[Any]) -> None:
    table = pd.DataFrame({"images": [11_088], "share": [proportion(1, 2)], "name": ["A"]})
    started().table("t", table, caption="All.")
    assert shown[0].table.to_numpy().tolist() == [["11,088", "50.0% (9.5\u00a0to\u00a090.5)", "A"]]


def test_a_text_is_quoted_as_it_is(shown: list[Any]) -> None:
    started().quote("prompt", "Look.\n\nAnswer.", caption="As sent.")
    [quoted] = shown
    assert (quoted.name, quoted.text, quoted.caption) == ("prompt", "Look.\n\nAnswer.", "As sent.")


def test_a_files_line_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = []
    for content in ("1", "2"):
        path.write_text(content)
        lines.append(file_line(path))
    assert lines[0] == f"{path} (SHA-256 6b86b273ff34)"
    assert lines[0] != lines[1]


def test_a_file_of_the_project_is_named_from_its_root() -> None:
    assert file_line(chapter.paths.PUBLISHED).startswith("data/published.toml (SHA-256 ")


def test_a_page_does_not_tell_where_a_folder_lies() -> None:
    chapter = begin("09_test", {"dataset": "/somewhere/of/mine/camp", "n": 2}, dataset=str, n=int)
    assert chapter._card(draw_confusion).lines()["parameters"] == "dataset = 'camp', n = 2"
