"""From numbers to figures: pure functions, drawn in whatever theme is in force."""

from secondsight.figures.confusion import draw_confusion
from secondsight.figures.estimates import Line, draw_estimates
from secondsight.figures.pairs import draw_outcomes
from secondsight.figures.style import themed

__all__ = ["Line", "draw_confusion", "draw_estimates", "draw_outcomes", "themed"]
