from math import nan
from pathlib import Path

import pytest

from secondsight.book import beside, models_page
from secondsight.book.beside import asking_chapters, folder_of, models_named, results_of, run_beside
from secondsight.book.models_page import HEADLINES, Headlines
from secondsight.book.results import Result, write_results
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published_number
from secondsight.errors import DataError, ParameterError
from secondsight.toml import read_toml

LEAD = "01_zero_shot_lsbg.here_lead"
RIGHT = "01_zero_shot_lsbg.here_accuracy"
CURVE = "03_dwarf_calibration.curve_error"


def result(value: float, low: float, high: float) -> Result:
    return Result(
        value=value, low=low, high=high, n=500, method="made", origin=Origin.SIMULATED_SKY,
        text=f"{value:.2f}",
    )  # fmt: skip


OWN = {LEAD: result(0.1, 0.05, 0.15), RIGHT: result(0.9, 0.88, 0.92), CURVE: result(0.1, 0.08, 0.2)}
OTHER = {LEAD: result(0.02, -0.05, 0.09), RIGHT: result(nan, nan, nan)}


def row(page: str, what: str) -> str:
    return next(line for line in page.replace("</tr>", "\n").splitlines() if what in line)


def test_each_model_has_its_value_and_its_verdict() -> None:
    page = models_page.models_page({"minivlm-4": OWN, "org/<b>": OTHER})
    lead = row(page, "accuracy with descriptions less that with bare names")
    assert lead.index("0.10") < lead.index("holds") < lead.index("0.02")
    assert "the interval includes 0" in lead
    assert lead.count("ss-verdict") == 2
    curve = row(page, "root mean square distance")
    assert curve.endswith("<td>not recorded</td>")
    assert "printed: 12,599" in curve
    right = row(page, "LSBG or artifact: right")
    assert "0.83" in right
    assert "0.90" in right
    assert "org/&lt;b&gt;" in page
    assert "<b>" not in page


def test_one_model_alone_says_how_to_lay_others_beside_it() -> None:
    page = models_page.models_page({"minivlm-4": OWN})
    assert "`make book MODEL=minivlm-4,gpt-5-mini`" in page


def test_a_claim_about_what_others_released_is_not_asked_of_a_model() -> None:
    page = models_page.models_page({"minivlm-4": OWN})
    assert "typically reach accuracies above 80%" not in page


def test_every_headline_is_of_a_chapter_that_asks_a_model() -> None:
    for headline in read_toml(HEADLINES, Headlines).headline:
        assert headline.result.partition(".")[0] in asking_chapters()
        if headline.published:
            published_number(headline.published)


def test_models_are_named_once_and_in_order() -> None:
    assert models_named("b, a,b,") == ["b", "a"]
    assert models_named("") == []
    with pytest.raises(ParameterError, match="no model can be named"):
        models_named("a,`touch ran`")


def test_a_model_without_recordings_is_not_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(beside, "MODELS", tmp_path)
    with pytest.raises(DataError, match="run make book"):
        results_of("org/nobody-1")
    assert not run_beside("01_zero_shot_lsbg", "org/nobody-1")
    assert folder_of("org/nobody-1") == tmp_path / "org--nobody-1"
    assert results_of("org/nobody-1") == {}
    write_results(
        tmp_path / "org--nobody-1" / "02_zero_shot_morphology.json", {"right": OWN[RIGHT]}
    )
    assert results_of("org/nobody-1").keys() == {"02_zero_shot_morphology.right"}
