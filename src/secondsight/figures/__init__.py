"""From numbers to figures: pure functions, drawn in whatever theme is in force."""

from secondsight.figures.alignment import (
    Series,
    describe_map,
    describe_settings,
    draw_map,
    draw_settings,
)
from secondsight.figures.confusion import describe_confusion, draw_confusion
from secondsight.figures.dots import (
    Band,
    Dots,
    Panel,
    band_of,
    describe_dots,
    dots_of,
    draw_dots,
)
from secondsight.figures.estimates import PLAIN, Line, describe_estimates, draw_estimates
from secondsight.figures.gallery import draw_gallery
from secondsight.figures.grid import Side, describe_grid, draw_grid
from secondsight.figures.pairs import draw_outcomes
from secondsight.figures.scale import Row, describe_scale, draw_scale, scale_rows
from secondsight.figures.style import themed
from secondsight.figures.subject import draw_subject
from secondsight.figures.training import (
    describe_losses,
    describe_training,
    draw_losses,
    draw_training,
)
from secondsight.figures.votes import draw_votes

__all__ = [
    "PLAIN",
    "Band",
    "Dots",
    "Line",
    "Panel",
    "Row",
    "Series",
    "Side",
    "band_of",
    "describe_confusion",
    "describe_dots",
    "describe_estimates",
    "describe_grid",
    "describe_losses",
    "describe_map",
    "describe_scale",
    "describe_settings",
    "describe_training",
    "dots_of",
    "draw_confusion",
    "draw_dots",
    "draw_estimates",
    "draw_gallery",
    "draw_grid",
    "draw_losses",
    "draw_map",
    "draw_outcomes",
    "draw_scale",
    "draw_settings",
    "draw_subject",
    "draw_training",
    "draw_votes",
    "scale_rows",
    "themed",
]
