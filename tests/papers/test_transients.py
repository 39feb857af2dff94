"""Second looks at transients, and the sweep: committed numbers, and the same by pandas."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets import derived
from secondsight.errors import DataError
from secondsight.papers import transients
from secondsight.papers.transients import looks, sampling_sweep, slope

ANSWERS = "actual,predicted,coherence_score\nReal,Real,5\nBogus,Real,3\nReal,Bogus,5\n"


def committed(name: str) -> pd.DataFrame:
    return pd.read_csv(derived.paths.DERIVED / f"{name}.csv")


def test_second_looks_are_those_of_the_file(mirror: Path) -> None:
    table = pd.read_csv(mirror / "spacehack" / "MeerLICHT_predictions.csv")
    wrong, flagged = table["actual"] != table["predicted"], table["coherence_score"] < 5
    found = {name: e.value for name, e in looks(committed("second_looks")).items()}
    called_real = table["predicted"] == "Real"
    assert found == {
        "accuracy": (~wrong).mean(),
        "kept": (~wrong)[~flagged].mean(),
        "precision": wrong[flagged].mean(),
        "recall": flagged[wrong].mean(),
        "false_alarms": flagged[wrong & called_real].mean(),
        "missed": flagged[wrong & ~called_real].mean(),
        "blind": (~flagged)[wrong].mean(),
    }
    assert (len(table), flagged.sum(), (flagged & wrong).sum(), wrong.sum()) == (2488, 87, 86, 215)


def test_the_sweep_is_that_of_the_file(mirror: Path) -> None:
    table = pd.read_csv(mirror / "spacehack" / "sampling_sweep.csv")
    grid = table[table["Name"].str.contains("temp")]
    found = committed("sampling_sweep")
    assert len(found) == len(grid) == 132
    for model, runs in found.groupby("model"):
        own = grid[grid["Parameter: model"] == model]
        line = np.polyfit(own["Parameter: top_p"], own["Metric: accuracy"], 1)
        assert slope(runs, "top_p").value == pytest.approx(line[0])


def test_runs_that_differ_by_chance_alone_have_no_slope() -> None:
    chance = np.random.default_rng(50)
    runs = pd.DataFrame(
        {
            "top_p": np.tile(np.linspace(0, 1, 6), 100),
            "accuracy": chance.binomial(50, 0.9, 600) / 50,
        }
    )
    assert slope(runs, "top_p").low < 0 < slope(runs, "top_p").high


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no readable table"),
        (ANSWERS.replace("actual", "truth"), "lacks the column 'actual'"),
        (ANSWERS.replace("Bogus,Real", "Bogus,Maybe"), "neither Real nor Bogus"),
        (ANSWERS.replace("3", "6"), "no whole number from 0 to 5"),
        (ANSWERS.replace("3", "2.5"), "no whole number from 0 to 5"),
        (ANSWERS.replace("3", ""), "no whole number from 0 to 5"),
    ],
)
def test_malformed_answers_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        transients.second_looks(path)
    assert "\n" not in str(caught.value)


def test_a_second_look_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS)
    found = looks(transients.second_looks(path))
    assert (found["precision"].value, found["missed"].value, found["blind"].value) == (1, 0, 0.5)


@pytest.mark.parametrize("accuracy", ["", "1.5", "-1"])
def test_a_run_without_an_accuracy_is_refused(tmp_path: Path, accuracy: str) -> None:
    path = tmp_path / "runs.csv"
    columns = ",".join([*transients.RUN, "Parameter: description"])
    path.write_text(f"{columns}\n{accuracy},gemini,0,0,{transients.GRID} of 0\n")
    with pytest.raises(DataError, match="without an accuracy"):
        sampling_sweep(path)
