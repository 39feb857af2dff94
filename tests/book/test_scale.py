"""The page for a million and a billion cutouts follows from what was measured."""

import pytest

from secondsight.book import scale
from secondsight.inference.journal import line_of

ONE = scale.Measured(rate=100, cores=2, own_ms=3.6, journal=1500, recording=100)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(scale, "measured", lambda: ONE)
    return scale.scale()


@pytest.mark.parametrize(
    "row",
    [
        "| our server on 1 node of 2 cores | 2.8 hours | 116 days |",
        "| our server on 256 nodes of 2 cores | 0.7 minutes | 10.9 hours |",
        "| asking and recording, core hours | 1.0 | 1,000.0 |",
        "| journals, until they are published | 1.5 GB | 1,500.0 GB |",
        "| recordings | 0.1 GB | 100.0 GB |",
    ],
)
def test_the_arithmetic(page: str, row: str) -> None:
    assert row in page


def test_where_one_process_comes_to_its_limit_is_said(page: str) -> None:
    assert "With 1,000,000 responses the step that takes most memory" in page
    assert "1,000 data sets of a million" in page
    assert "{" not in page


def test_a_batch_costs_half_and_a_billion_a_thousand_times_a_million() -> None:
    live, batch = (
        [
            [float(end.replace(",", "")) for end in scale._usd(count, batch=by).split(" to ")]
            for count in scale.CUTOUTS
        ]
        for by in (False, True)
    )
    assert batch == [pytest.approx([end / 2 for end in ends], rel=0.01) for ends in live]
    assert live[1] == pytest.approx([1000 * end for end in live[0]], rel=0.01)


def test_what_was_measured_is_read_from_its_files() -> None:
    one = scale.measured()
    least = len(line_of(bytes(32), "", 0, "", ""))
    assert one.rate > 0
    assert one.own_ms > 0
    assert one.journal > least
    assert 0 < one.recording < one.journal
