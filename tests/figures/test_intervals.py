"""Every figure with intervals takes their look from one place."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from secondsight.datasets.origins import Origin
from secondsight.figures import style
from secondsight.figures.alignment import Series, draw_settings
from secondsight.figures.dots import Band, Dots, Panel, draw_dots
from secondsight.figures.estimates import Line, draw_estimates
from secondsight.figures.scale import Row, draw_scale
from secondsight.figures.subject import draw_subject
from secondsight.figures.votes import draw_votes
from secondsight.metrics.intervals import Estimate
from secondsight.simulate.campaign import catalogue, scene

ESTIMATES = [Estimate(0.4, 0.3, 0.5, 9), Estimate(0.6, 0.5, 0.7, 9)]
HERE = Origin.SIMULATED_SKY
SUBJECTS = pd.DataFrame({"label": ["0", "1"], "yes": [0, 25]})


def dots() -> Figure:
    ends = np.array([0.1, 0.9])
    series = [Dots("dots", [0, 1], ESTIMATES), Band("band", ends, ends, ends - 0.1, ends + 0.1)]
    return draw_dots([Panel("title", "x", "y", series)], origin=HERE)


FIGURES: dict[str, Callable[[], Figure]] = {
    "dots": dots,
    "estimates": lambda: draw_estimates(
        [Line("a", estimate, HERE) for estimate in ESTIMATES], quantity="accuracy"
    ),
    "scale": lambda: draw_scale(
        [Row("a", "group", {"set": ESTIMATES[0]})], quantity="cosine", origin=HERE
    ),
    "settings": lambda: draw_settings({"a": [Series("a", ESTIMATES, HERE)]}, ("one", "two")),
    "votes": lambda: draw_votes(SUBJECTS, [(0, 0.5), (0.5, 1)], ESTIMATES),
    "subject": lambda: draw_subject(scene(catalogue()["image_id"][0])),
}


@pytest.mark.parametrize("name", FIGURES)
def test_one_edit_changes_every_interval(
    light: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = replace(style.INTERVAL, colour="#123456", width=4.0, alpha=0.5)
    monkeypatch.setattr(style, "INTERVAL", new)
    axes = [axes for axes in FIGURES[name]().axes if axes.containers]
    bars = [bar for own in axes for drawn in own.containers for bar in drawn.lines[2]]
    assert bars
    for bar in bars:
        assert tuple(bar.get_color()[0]) == to_rgba("#123456", 0.5)
        assert bar.get_linewidth()[0] == (2.0 if name == "subject" else 4.0)
    bands = [part for own in axes for part in own.collections if isinstance(part, PolyCollection)]
    assert {tuple(band.get_facecolor()[0][:3]) for band in bands} <= {to_rgba("#123456")[:3]}
    assert bool(bands) == (name == "dots")


def test_no_other_file_says_how_an_interval_looks() -> None:
    looks = re.compile(r"\b(elinewidth|ecolor|capsize)")
    files = Path(style.__file__).parent.glob("*.py")
    assert [file.name for file in files if looks.search(file.read_text("utf-8"))] == ["style.py"]
