"""Draw how the small model's training went."""

from collections.abc import Mapping, Sequence
from typing import Literal

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from secondsight.figures.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    figure_width,
    ink,
    is_narrow,
    mark_look,
)

STROKES = [("o", BLUE), ("s", ORANGE), ("^", GREEN), ("D", PURPLE), ("v", SKY), ("P", RED)]
"""Marker and colour of each line."""


def draw_training(curve: Sequence[Mapping[str, float]], *, step: str = "epoch") -> Figure:
    """Draw the mean loss of each series of a curve against its steps, called `step`.

    All steps name the same series, six at most; a series has the same colour wherever it ends.
    """
    epochs = list(range(1, len(curve) + 1))
    lines = {sky: (epochs, losses) for sky, losses in _by_sky(curve).items()}
    figure = draw_losses(lines, step=step)
    figure.axes[0].set_xticks(epochs[:: 1 + len(curve) // 15])
    return figure


def draw_losses(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    step: str,
    loss: str = "loss",
    joint: float | None = None,
) -> Figure:
    """Draw losses against steps, a line each.

    `lines` are steps and losses by name, six at most; a dashed line at `joint` parts two stages.
    """
    figure, axes = plt.subplots(figsize=(figure_width(), 4 if is_narrow() else 3))
    drawn = {
        name: axes.plot(steps, losses, label=name, linewidth=2, **mark_look(mark))[0]
        for (name, (steps, losses)), mark in zip(lines.items(), STROKES, strict=False)
    }
    if joint is not None:
        axes.axvline(joint, color=ink(), linewidth=1, linestyle="--", zorder=0.5)
    axes.set(xlabel=step, ylabel=loss)
    if drawn:
        order = sorted(drawn, key=lambda name: -lines[name][1][-1])
        place: Literal["outside lower center", "outside right center"]
        place = "outside lower center" if is_narrow() else "outside right center"
        figure.legend(handles=[drawn[name] for name in order], loc=place)
    return figure


def describe_training(curve: Sequence[Mapping[str, float]]) -> str:
    """Return in words, for someone who can't see the figure, where each sky's loss went."""
    epochs = f"{len(curve)} epoch{'' if len(curve) == 1 else 's'}"
    return f"Training curves. Losses over {epochs}: {_ends(_by_sky(curve)) or 'none'}."


def describe_losses(lines: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> str:
    """Return in words, for someone who can't see the figure, where each line went."""
    return f"Loss curves: {_ends({name: losses for name, (_, losses) in lines.items()})}."


def _ends(losses: Mapping[str, Sequence[float]]) -> str:
    return ", ".join(f"{name} from {of[0]:.2f} to {of[-1]:.2f}" for name, of in losses.items())


def _by_sky(curve: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    return {sky: [epoch[sky] for epoch in curve] for sky in (curve[0] if curve else ())}
