"""Draw how the small model's training went."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from secondsight.figures.style import BLUE, GREEN, ORANGE, PURPLE, RED, SKY, WIDTH, ink

STROKES = [("o", BLUE), ("s", ORANGE), ("^", GREEN), ("D", PURPLE), ("v", SKY), ("P", RED)]
"""Marker and colour of each line."""


def draw_training(curve: Sequence[Mapping[str, float]], *, step: str = "epoch") -> Figure:
    """Draw the loss of each sky against the epochs.

    Parameters
    ----------
    curve : sequence of mapping
        For each epoch, from a sky's name to its mean loss. All name the same skies, six at most;
        a sky has the same colour wherever it ends.
    step : str
        What the x axis counts.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3))
    epochs = range(1, len(curve) + 1)
    lines = {
        sky: axes.plot(epochs, losses, marker=marker, color=colour, label=sky, linewidth=2,
                       markersize=6, markeredgecolor=ink(), markeredgewidth=0.6)[0]
        for (sky, losses), (marker, colour) in zip(_by_sky(curve).items(), STROKES, strict=False)
    }  # fmt: skip
    axes.set(xlabel=step, ylabel="loss")
    axes.set_xticks(epochs[:: 1 + len(curve) // 15])
    if lines:
        order = sorted(lines, key=lambda sky: -curve[-1][sky])
        figure.legend(handles=[lines[sky] for sky in order], loc="outside right center")
    return figure


def describe_training(curve: Sequence[Mapping[str, float]]) -> str:
    """Return in words, for someone who can't see the figure, where each sky's loss went."""
    ends = [
        f"{sky} from {losses[0]:.2f} to {losses[-1]:.2f}" for sky, losses in _by_sky(curve).items()
    ]
    epochs = f"{len(curve)} epoch{'' if len(curve) == 1 else 's'}"
    return f"Training curves. Losses over {epochs}: {', '.join(ends) or 'none'}."


def _by_sky(curve: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    return {sky: [epoch[sky] for epoch in curve] for sky in (curve[0] if curve else ())}
