import json
import re
import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from made import request

from conftest import make_campaign, make_folder
from endpoint import EndpointServer
from secondsight import paths
from secondsight.book import another_model
from secondsight.book import record as recorder
from secondsight.book.another_model import (
    INSTEAD,
    Missing,
    complain,
    given,
    missing,
    placed,
    plan_for,
)
from secondsight.book.execute import chapters
from secondsight.datasets.campaign_folder import load_campaign
from secondsight.datasets.folder import load_folder
from secondsight.errors import DataError, MissingResponses, ParameterError
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.cost import Quote
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording_plan import Plan, Recording, read_plan, settings

OWN = read_plan()
KNOWN = ", ".join(sorted(name for names in INSTEAD.values() for name in names))
NOTHING = Quote(request(), 3, 1000)


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign's folder: three subjects and their votes."""
    return make_campaign(tmp_path / "campaign", "s0,3,25", "s1,25,25", "s2,0,4")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A planned recording of three tiny images, twice each."""
    images = load_folder(make_folder(tmp_path / "tiny", 3))
    for module in (another_model, recorder):
        monkeypatch.setattr(module, "load", lambda name: images)
    return Recording(dataset="tiny", prompt="lsbg-1", title="t", repeats=2, sampled=True)


def test_nothing_said_is_the_books_own_plan() -> None:
    assert plan_for() == OWN


def test_another_model_is_asked_the_same() -> None:
    plan = plan_for("sky-1")
    assert plan.model == "sky-1"
    assert plan.recording == OWN.recording


@pytest.mark.parametrize(
    ("own", "other"), [(own, other) for own, others in INSTEAD.items() for other in others]
)
def test_real_images_stand_for_the_simulated_ones(own: str, other: str) -> None:
    plan = plan_for(dataset=other)
    assert plan.model == OWN.model
    for one, planned in zip(plan.recording, OWN.recording, strict=True):
        if planned.dataset == own:
            assert one == planned.model_copy(update={"dataset": other, "images": 500})
        else:
            assert one == planned
    assert other in {one.dataset for one in plan.recording}


def test_every_data_set_that_may_be_replaced_is_asked_about() -> None:
    assert {one.dataset for one in OWN.recording} >= INSTEAD.keys()


def test_a_campaigns_folder_stands_for_the_simulated_campaign(campaign: Path) -> None:
    plan = plan_for("sky-1", str(campaign))
    for one, planned in zip(plan.recording, OWN.recording, strict=True):
        changed = {"dataset": str(campaign), "title": one.title} if one != planned else {}
        assert one == planned.model_copy(update=changed)
        assert not changed or one.title.endswith(f"the images of {campaign.name}")
    assert sum(one.dataset == str(campaign) for one in plan.recording) == 1


@pytest.mark.parametrize("name", ["lsbg", "dwarfs", "dwarfs-repeated"])
def test_a_data_set_of_the_books_own_changes_nothing(name: str) -> None:
    assert plan_for(dataset=name) == OWN


@pytest.mark.parametrize("name", ["nope", "delve6", "galaxy-mnist-224", "LSBG-real"])
def test_a_data_set_that_no_chapter_takes_is_named(name: str) -> None:
    with pytest.raises(
        ParameterError,
        match=rf"^no chapter takes the data set '{name}'; known: {KNOWN}, or a folder of images "
        r"with a votes\.csv; `secondsight ask FOLDER --model NAME` takes any folder of images",
    ):
        plan_for(dataset=name)


def test_a_folder_without_votes_is_no_campaign(campaign: Path) -> None:
    (campaign / "votes.csv").unlink()
    with pytest.raises(ParameterError, match=r"no chapter takes the data set"):
        plan_for(dataset=str(campaign))


def test_votes_that_lie_about_change_no_plan(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(campaign)
    assert plan_for("sky-1").recording == OWN.recording
    assert plan_for(dataset=".").recording != OWN.recording


def test_all_is_missing_where_nothing_is_recorded(tiny: Recording, recordings: Path) -> None:
    plan = Plan(model="gpt-4o-mini", recording=(tiny, tiny.model_copy(update={"images": 2})))
    whole, part = missing(plan, recordings)
    assert (whole.recording, whole.quote.requests) == (tiny, 6)
    assert part.quote.requests == 4
    assert whole.quote.usd() is not None
    assert (whole.of, part.of) == (6, 4)
    assert 2 * whole.quote.tokens_in == 3 * part.quote.tokens_in


def test_what_was_answered_is_not_missing(
    tiny: Recording, endpoint: Endpoint, endpoint_server: EndpointServer, recordings: Path
) -> None:
    plan = Plan(model="sky-1", recording=(tiny,))
    options = replace(settings(tiny), repeats=1)
    recording = Recorder("new_episodes", endpoint, recordings, progress=False)
    ask(another_model.load("tiny"), tiny.prompt, "sky-1", options, recording)
    (left,) = missing(plan, recordings)
    assert left.quote.requests == 3
    asked = len(endpoint_server.requests)
    list(recorder.record(plan, recording))
    assert missing(plan, recordings) == []
    assert len(endpoint_server.requests) == asked + 3
    assert missing(Plan(model="sky-2", recording=(tiny,)), recordings) != []
    greedy = tiny.model_copy(update={"sampled": False})
    assert missing(Plan(model="sky-1", recording=(greedy,)), recordings) != []


def test_a_folder_that_is_recorded_lacks_nothing(
    campaign: Path, endpoint: Endpoint, recordings: Path
) -> None:
    only = [one for one in plan_for("sky-1", str(campaign)).recording if "campaign" in one.dataset]
    plan = Plan(model="sky-1", recording=tuple(only))
    (left,) = missing(plan, recordings)
    assert left.quote.requests == len(load_campaign(campaign))
    recording = Recorder("new_episodes", endpoint, recordings, progress=False)
    (made,) = recorder.record(plan, recording)
    assert made.path.name == "campaign.dwarf-1.sky-1.parquet"
    assert missing(plan, recordings) == []


def test_a_data_set_that_there_is_not_is_named(recordings: Path) -> None:
    planned = Recording(dataset="nope", prompt="lsbg-1", title="t")
    with pytest.raises(DataError, match=r"no data set named 'nope'"):
        missing(Plan(model="sky-1", recording=(planned,)), recordings)


def test_the_complaint_lists_what_is_missing_and_the_command() -> None:
    one = Missing(Recording(dataset="lsbg", prompt="lsbg-1", title="t", repeats=10), NOTHING, 3)
    error = complain([one, one], "sky-1", "")
    assert isinstance(error, MissingResponses)
    first, *lines, last = str(error).splitlines()
    assert first == "sky-1 has not answered all that the book asks; missing are"
    assert lines == [f"  lsbg, lsbg-1, 10x: {NOTHING}"] * 2
    assert last.endswith(": secondsight record --base-url URL --model sky-1")
    said = str(complain([one], "sky-1", "lsbg-real"))
    assert said.endswith("--model sky-1 --dataset lsbg-real")
    spaced = str(complain([one], "sky-1", "my campaign's"))
    assert shlex.split(spaced)[-2:] == ["--dataset", "my campaign's"]


def parameters(chapter: str) -> dict[str, str]:
    """Return a chapter's own parameters, read without papermill."""
    cells = json.loads((paths.NOTEBOOKS / f"{chapter}.ipynb").read_text())["cells"]
    (cell,) = [one for one in cells if "parameters" in one["metadata"].get("tags", [])]
    return dict(re.findall(r'^(\w+) = "?([^"#\n]*?)"?\s*(?:#|$)', "".join(cell["source"]), re.M))


@pytest.mark.parametrize("chapter", chapters())
def test_a_chapter_is_given_what_it_takes(chapter: str, campaign: Path) -> None:
    own = parameters(chapter)
    assert given(chapter, "", "") == {}
    expected = {"model": "sky-1"} if "model" in own else {}
    assert given(chapter, "sky-1", "") == expected
    stand_ins = [other for others in INSTEAD.values() for other in others]
    for dataset in [*stand_ins, str(campaign), "nope"]:
        found = given(chapter, "sky-1", dataset)
        takes = dataset in INSTEAD.get(own.get("dataset", ""), ()) or (
            dataset == str(campaign) and own.get("dataset") == "dwarfs"
        )
        assert found == expected | ({"dataset": dataset} if takes else {})
        if takes:
            assert dataset in {one.dataset for one in plan_for("sky-1", dataset).recording}


def test_a_folder_is_asked_about_whole(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = [one.model_copy(update={"images": 2}) for one in OWN.recording]
    plan = OWN.model_copy(update={"recording": few})
    monkeypatch.setattr(another_model, "read_plan", lambda: plan)
    planned = {one.dataset: one.images for one in plan_for("sky-1", str(campaign)).recording}
    assert planned[str(campaign)] is None
    assert planned["lsbg"] == 2


def test_the_chapters_of_the_papers_take_another_model_and_other_images(campaign: Path) -> None:
    def taken(dataset: str) -> list[str]:
        return [chapter for chapter in chapters() if "dataset" in given(chapter, "", dataset)]

    assert taken("lsbg-real") == ["01_zero_shot_lsbg", "12_your_galaxies"]
    assert taken("galaxy-mnist") == ["02_zero_shot_morphology"]
    assert taken(str(campaign)) == ["03_dwarf_calibration", "04_confidence"]
    assert taken("nope") == []


def test_a_chapter_that_there_is_not_is_named() -> None:
    with pytest.raises(ParameterError, match=r"no chapter named 'nope'; known: 00_simulated_sky, "):
        given("nope", "sky-1", "")


NAMES = [
    "gpt-5-mini", "openai/gpt-5-mini", "ft:gpt-4o-mini:org::id", "org/model@rev", "@cf/meta/llama",
    "hf.co/a/b:Q4_K_M", "/models/m+1", "m" * 200,
]  # fmt: skip
NO_NAMES = [
    "`id`", "$(id)", "$$(id)", "a;b", "a|b", "a&b", "a b", "a\nb", "a'b", 'a"b', "-a", "--help",
    "a\0", "ä", "{a}", "m" * 201,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_model_may_have_any_name_that_is_in_use(name: str) -> None:
    assert plan_for(name).model == name
    assert given("08_local_model", name, "") == {"model": name}


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_can_be_no_models_name_is_one_line(name: str) -> None:
    for look in (plan_for, partial(given, "08_local_model", dataset="")):
        with pytest.raises(ParameterError, match=r"^no model can be named ") as caught:
            look(model=name)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["camp", "Große Größe", "my campaign's [1] {a} 100%", "a\nb"])
def test_a_folder_is_looked_for_where_one_stands(
    campaign: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = campaign.rename(campaign.parent / name)
    monkeypatch.chdir(folder.parent)
    assert placed(name) == placed(f"./{name}") == placed(str(folder)) == str(folder)
    assert given("03_dwarf_calibration", "", name) == {"dataset": str(folder)}
    assert str(folder) in {one.dataset for one in plan_for("", name).recording}


def test_a_known_name_is_no_folder(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign.rename(campaign.parent / "dwarfs")
    monkeypatch.chdir(campaign.parent)
    assert [placed(name) for name in ("dwarfs", "nope", "")] == ["dwarfs", "nope", ""]
