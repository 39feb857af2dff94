"""A figure of every kind, with texts as long as they come."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from secondsight.datasets.origins import Origin
from secondsight.figures.alignment import Series, draw_settings
from secondsight.figures.confusion import draw_confusion
from secondsight.figures.cost import Priced, draw_cost
from secondsight.figures.dots import Dots, Panel, draw_dots
from secondsight.figures.estimates import Line, draw_estimates
from secondsight.figures.gallery import draw_gallery
from secondsight.figures.grid import Side, draw_grid
from secondsight.figures.pairs import draw_outcomes
from secondsight.figures.scale import Row, draw_scale
from secondsight.figures.steps import Step, draw_steps
from secondsight.figures.subject import draw_subject
from secondsight.figures.training import draw_losses
from secondsight.figures.votes import draw_votes
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import proportion
from secondsight.simulate.campaign import scene

HERE, THERE = Origin.SIMULATED_SKY, Origin.ELSEWHERE
LONG = "candidates that got the same answer every time"
SHARE = proportion(30, 100)
MANY = [f"{kind} elliptical" for kind in ("round", "in-between", "cigar-shaped")] + ["edge-on"]


def estimates() -> Figure:
    lines = [Line(LONG, SHARE, origin, group) for origin in Origin for group in ("one", LONG * 2)]
    return draw_estimates(lines, quantity=LONG * 2, reference=0.4, note="half of them")


def steps() -> Figure:
    rows = [Step(LONG[:30], SHARE, proportion(90, 100), "asked by a prompt, shown no example")] * 3
    return draw_steps(rows, names=("apart", "as one"), quantity=LONG * 2, origin=THERE)


def scale() -> Figure:
    rows = [Row(LONG, "one", {"label": SHARE, "sentence": SHARE}), Row("x", "two", {"": SHARE})]
    return draw_scale(rows, quantity="mean cosine with the reference", origin=HERE)


def dots() -> Figure:
    series = [Dots(LONG, (0.1, 0.9), (SHARE, SHARE), ((0.1, 0.6), (0.2, 0.7)))]
    return draw_dots([Panel("Called a dwarf", "votes", "share", series)] * 3, origin=HERE)


def settings() -> Figure:
    some = [Series(f"recorded here: {kind} captions", [SHARE] * 4, HERE) for kind in "ab"]
    return draw_settings(
        {"mean cosine of image and text": some}, ("none", "vision", "text", "both")
    )


def confusion() -> Figure:
    counts = np.full((8, 10), 1234)
    return draw_confusion(Confusion(counts, MANY * 2, ["refused", "unparseable"]))


def small_confusion() -> Figure:
    return draw_confusion(
        Confusion(np.full((4, 4), 1234), ["round", "cigar", "edge-on", "spiral"], [])
    )


def cost() -> Figure:
    points = [Priced(name, usd, SHARE, is_front=True) for name, usd in (("mini", 1), ("large", 40))]
    return draw_cost(points, origin=THERE, cost="USD for a thousand descriptions", quantity="share")


def gallery() -> Figure:
    return draw_gallery([("round", [np.zeros((64, 64), np.uint8)] * 8)] * 2)


def grid() -> Figure:
    table = tuple(tuple(SHARE for _ in range(6)) for _ in range(6))
    side = Side("distance / kpc", ["20", "30", "46", "71", "108", "165", "251"])
    return draw_grid({"model": table, "volunteers' majority": table}, side, side, least=10)


def outcomes() -> Figure:
    columns = ["both right", "only one", "only other", "both wrong, same", "both wrong, different"]
    return draw_outcomes(pd.DataFrame(0.2, index=[*MANY, LONG], columns=columns))


def losses() -> Figure:
    lines = {f"{name} {LONG[:20]}": ([1, 2, 3], [3, 2, 1]) for name in "abcde"}
    return draw_losses(lines, step="steps")


def votes() -> Figure:
    subjects = pd.DataFrame({"label": ["0", "1"], "yes": [0, 25]})
    return draw_votes(subjects, [(0, 0.5), (0.5, 1)], [SHARE, SHARE])


def subject() -> Figure:
    return draw_subject(scene("subject-00001"))


DRAWN: list[Callable[[], Figure]] = [
    estimates, steps, scale, dots, settings, confusion, small_confusion, cost, gallery,
    grid, outcomes, losses, votes, subject,
]  # fmt: skip
