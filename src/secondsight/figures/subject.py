"""Draw a subject of the campaign for print, from the very arrays that its small picture shows."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import HashableList

from secondsight.dtypes import Floats
from secondsight.figures.parts import across
from secondsight.figures.style import (
    BLUE,
    ORANGE,
    SMALL,
    faint,
    figure_width,
    ink,
    interval_look,
    is_narrow,
)
from secondsight.simulate.isochrone import load_isochrone
from secondsight.simulate.panels import (
    COLOUR_RANGE,
    CORNERS,
    CUTOUT,
    MAGNITUDE_RANGE,
    SIDE,
    draw_panels,
)
from secondsight.simulate.scene import HALF, Scene, Stars
from secondsight.simulate.search import (
    EDGES,
    best_excess,
    density_map,
    on_isochrone,
    radial_profile,
)

BESIDE: list[HashableList[str]] = [["stars", "image", "cmd"], ["galaxies", "profile", "cmd"]]
STACKED: list[HashableList[str]] = [["stars", "image"], ["galaxies", "profile"], ["cmd", "cmd"]]
"""Where the panels stand in a wide and in a narrow figure."""
EAST, NORTH = "east / arcmin", "north / arcmin"


def draw_subject(scene: Scene, *, title: str = "") -> Figure:
    """Draw the five panels of a subject, real or simulated, with their axes."""
    chosen = scene.stars.where(on_isochrone(scene.stars, scene.distance_modulus))
    layout, high = (STACKED, 1.9) if is_narrow() else (BESIDE, 0.72)
    figure = plt.figure(figsize=(figure_width(), high * figure_width()))
    places = figure.subplot_mosaic(layout)
    _density(places["stars"], scene, chosen.x, chosen.y, "stars on the isochrone")
    _galaxies(places["galaxies"], scene)
    _image(places["image"], scene)
    _profile(places["profile"], scene, chosen)
    _diagram(places["cmd"], scene, best_excess(scene, chosen).aperture)
    for axes in places.values():
        axes.set_title(fill(axes.get_title(loc="left"), across(30, 14)), loc="left", fontsize=9)
        axes.tick_params(labelsize=SMALL)
        axes.xaxis.label.set_fontsize(8.5)
        axes.yaxis.label.set_fontsize(8.5)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def _density(axes: Axes, scene: Scene, x: Floats, y: Floats, title: str) -> None:
    axes.set_facecolor(faint())
    density = density_map(x, y, scene.covered)
    extent = (-HALF, HALF, -HALF, HALF)
    axes.imshow(density, origin="lower", extent=extent, interpolation="nearest")
    _sky(axes, HALF, title)


def _sky(axes: Axes, half: float, title: str) -> None:
    """Let the east be at the left, as on the sky."""
    axes.grid(visible=False)
    ticks = [-half + half / 3, 0, half - half / 3]
    axes.set(xlim=(half, -half), ylim=(-half, half), xticks=ticks, yticks=ticks)
    axes.set(title=title, xlabel=EAST, ylabel=NORTH)


def _galaxies(axes: Axes, scene: Scene) -> None:
    if scene.galaxies is not None:
        _density(axes, scene, scene.galaxies.x, scene.galaxies.y, "galaxies")
        return
    _sky(axes, HALF, "galaxies")
    axes.text(0, 0, "not in the catalogue", ha="center", va="center", fontsize=SMALL)


def _image(axes: Axes, scene: Scene) -> None:
    """Show the small picture's image; its first column is the east."""
    top, left = CORNERS["image"]
    pixels = draw_panels(scene)[top : top + SIDE, left : left + SIDE]
    axes.imshow(pixels, extent=(CUTOUT, -CUTOUT, -CUTOUT, CUTOUT), interpolation="nearest")
    _sky(axes, CUTOUT, "centre, drawn")


def _profile(axes: Axes, scene: Scene, chosen: Stars) -> None:
    profile = radial_profile(scene, chosen)
    middle, reach = (profile.inner + profile.outer) / 2, (profile.outer - profile.inner) / 2
    look = interval_look(("o", BLUE), size=0.5)
    axes.errorbar(middle, profile.density, profile.error, reach, linestyle="none", **look)
    axes.axhline(profile.background, color=ORANGE, ls="--", lw=1)
    axes.set(xlim=(0, EDGES[-1]), xlabel="radius / arcmin", ylabel="stars / arcmin²")
    axes.set_ylim(bottom=0)
    axes.set_xticks([0, 4, 8, 12])
    axes.set_title("radial profile")


def _diagram(axes: Axes, scene: Scene, aperture: float) -> None:
    near = scene.stars.where(np.hypot(scene.stars.x, scene.stars.y) < aperture)
    fits = on_isochrone(near, scene.distance_modulus)
    axes.scatter(near.colour[~fits], near.g[~fits], s=4, color=ink(), alpha=0.55, lw=0)
    axes.scatter(near.colour[fits], near.g[fits], s=9, color=BLUE, lw=0, zorder=3)
    track = load_isochrone()
    for part in (slice(None, track.giants), slice(track.giants, None)):
        m_g = track.m_g[part]
        colour = m_g - track.m_r[part]
        axes.plot(colour, m_g + scene.distance_modulus, color=ORANGE, lw=1)
    axes.set(xlim=COLOUR_RANGE, ylim=MAGNITUDE_RANGE[::-1], xlabel="g - r / mag", ylabel="g / mag")
    axes.set(xticks=[-0.5, 0, 0.5, 1, 1.5], yticks=range(16, 25, 2))
    axes.set_title(f"inner {aperture:g} arcmin")
    distance = f"m - M = {scene.distance_modulus:g}"
    axes.text(0.04, 0.98, distance, transform=axes.transAxes, va="top", fontsize=SMALL)
