"""Training examples: pictures of the simulated skies that no data set holds, and what is seen."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.simulate import lsbg, morphology, radio, radio_survey, survey
from secondsight.simulate.campaign import JUNK, draw_dwarfs, draw_junk
from secondsight.simulate.panels import draw_panels
from secondsight.simulate.scene import Scene
from secondsight.simulate.search import best_excess, on_isochrone
from secondsight.simulate.seed import generator
from secondsight.simulate.subjects import Subject, make_scene

SEED = 20_260_301
SUBJECTS, DWARFS = 20_000, 0.45
"""Subjects of the dwarfs' sky, and the share of dwarfs among them."""
SURVEYED = 0.6
"""The share of galaxies that are drawn as a survey shows them."""
PUBLISHED = 0.3
"""The share of other cutouts that went through an editor's hands."""
WEAK, STRONG = 3.5, 6.0
"""Standard deviations by which a pile-up of stars is to be seen, and strikes the eye."""


@dataclass(frozen=True)
class Example:
    """A picture and the facts that can be said of it, by keys of the sky's phrase bank."""

    sky: str
    pixels: Pixels  # shape (height, width) or (height, width, 3)
    main: tuple[str, ...]
    side: tuple[str, ...]


def draw_example(sky: str, number: int) -> Example:
    """Return an example; the same number always gives the same one. No other sky will do."""
    if sky not in DRAW:
        raise DataError(f"no training sky named {sky!r}; known: {', '.join(DRAW)}")
    return DRAW[sky](generator(SEED, "minivlm", sky, str(number)), number)


# ----------------------------------------------------------------------------------- the skies


LSBG_MAIN = {
    "halo of a galaxy": "halo_of_galaxy",
    "halo of a star": "halo_of_star",
    "reflection": "reflection",
    "cirrus": "cirrus",
    "blend": "blend",
    "spiral arm": "arm",
    "off-centre": "off_centre",
    "compact galaxy": "compact",
}


def _lsbg(chance: np.random.Generator, number: int) -> Example:
    kinds, shares = list(lsbg.KINDS), list(lsbg.KINDS.values())
    galaxy = number % 2 == 0
    kind = str(
        chance.choice(["blue LSBG", "red LSBG"] if galaxy else kinds, p=None if galaxy else shares)
    )
    pixels = lsbg.picture(chance, kind)
    main = ("faint_glow",) if galaxy else (LSBG_MAIN[kind], "not_own")
    colour = (kind.split()[0],) if galaxy else ()
    facts = (*colour, *_cutout_facts(pixels))
    return Example("lsbg", _handed_out(pixels, chance), main, facts)


def _handed_out(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """Return a picture, now and then enlarged or gone through JPEG, as those on web pages are."""
    return survey.published(pixels, chance) if chance.random() < PUBLISHED else pixels


def _cutout_facts(pixels: Pixels) -> tuple[str, ...]:
    """Return what is measured on a cutout: its middle, its border, its neighbours."""
    light = pixels.astype(np.float64).mean(axis=2)
    middle, rim = light[27:37, 27:37], np.concatenate([light[:8].ravel(), light[-8:].ravel()])
    busy = float((light > np.median(light) + 40).mean())
    return _true(
        dark_middle=middle.mean() < 1.25 * np.median(light),
        bright_middle=middle.max() > 150,
        bright_edge=rim.max() > 170,
        crowded=busy > 0.08,
        lonely=busy < 0.015,
    )


def _true(**facts: object) -> tuple[str, ...]:
    """Return the names of the facts that are true."""
    return tuple(name for name, true in facts.items() if true)


MORPHOLOGY_MAIN = {
    morphology.ROUND: "circular",
    morphology.CIGAR: "elongated_smooth",
    morphology.EDGE_ON: "side_disc",
    morphology.SPIRAL: "arms",
}


SURVEY_MAIN = {
    "round": "circular",
    "oval": "smooth_oval",
    "spindle": "elongated_smooth",
    "spiral": "arms",
    "barred": "arms",
    "edge-on": "side_disc",
    "disturbed": "out_of_shape",
    "merging": "out_of_shape",
}
"""From a kind of galaxies of a survey to what is said of it; a lenticular is round or oval."""


def _morphology(chance: np.random.Generator, number: int) -> Example:
    return _of_survey(chance) if chance.random() < SURVEYED else _portrait(chance, number)


def _of_survey(chance: np.random.Generator) -> Example:
    """Return a galaxy as a survey shows it."""
    view = survey.view(chance)
    main = SURVEY_MAIN.get(view.kind, "smooth_oval")
    if isinstance(view.shape, morphology.Smooth) and view.shape.q > 0.72:
        main = "circular"
    side = _shape_facts(view.shape) if view.shape and not _is_tilted_disc(view) else ()
    colour = _true(blue=view.g_i < 0.6, red=view.g_i > 1.1)
    return Example("morphology", view.pixels, _with_rounded(main), (*side, *colour))


def _is_tilted_disc(view: survey.View) -> bool:
    """Whether what was painted with numbers of a smooth galaxy is a disc."""
    return view.kind == "edge-on" and isinstance(view.shape, morphology.Smooth)


def _with_rounded(main: str) -> tuple[str, ...]:
    """Return a main fact, and with it what circles and ovals have in common."""
    return (main, "smooth_rounded") if main in {"circular", "smooth_oval"} else (main,)


def _portrait(chance: np.random.Generator, number: int) -> Example:
    """Return a galaxy as the morphology sky shows it."""
    label = list(MORPHOLOGY_MAIN)[number % 4]
    canvas = morphology.new_canvas(chance, morphology.SIDE)
    shape = morphology.SHAPES[label](canvas)
    shape.paint(canvas)
    pixels = _handed_out(morphology.exposed(canvas), chance)
    side = (*_shape_facts(shape), *_light_facts(canvas))
    return Example("morphology", pixels, _with_rounded(MORPHOLOGY_MAIN[label]), side)


def _shape_facts(shape: morphology.Shape) -> tuple[str, ...]:
    """Return what is true of a galaxy's shape."""
    match shape:
        case morphology.Smooth(n=n, q=q):
            return _true(concentrated=n > 2.5, shallow=n < 1.4, oval=q < 0.8)
        case morphology.Cigar(body=body):
            return ("no_dust", "no_bulge", *_true(very_thin=body.q < 0.22, thick=body.q > 0.35))
        case morphology.SideView(bulge=bulge, depth=depth, warp=warp):
            bulges = _true(bulge=bulge > 0.3, no_bulge=bulge < 0.1)
            return bulges + _true(dust=depth > 0.8, no_dust=depth < 0.1, warped=abs(warp) > 0.9)
        case morphology.Spiral(arms=arms, q=q):
            strength = _true(grand_arms=arms.contrast > 0.45, faint_arms=arms.contrast < 0.2)
            wound = _true(tight=arms.pitch < 0.24, open_arms=arms.pitch > 0.42)
            seen = _true(tilted=q < 0.7, face_on=q > 0.9, knots=arms.contrast > 0.4)
            return strength + wound + seen


def _light_facts(canvas: morphology.Portrait) -> tuple[str, ...]:
    colour = _true(blue=canvas.g_i < 0.75, red=canvas.g_i > 1.05)
    return colour + _true(bright=canvas.g < 17.5, faint=canvas.g > 19.5)


def _radio(chance: np.random.Generator, number: int) -> Example:
    del number
    picture = radio_survey.draw_picture(chance)
    main, spread, seen = picture.main, picture.spread, picture.seen
    side = _true(
        core=main != "compact" and spread.core > 0.1 * spread.flux,
        no_core=spread.core < 0.01 * spread.flux,
        large=seen.reach * radio.PIXEL > 100,
        small=seen.reach * radio.PIXEL < 35,
    )
    return Example("radio", picture.pixels, (main,), side + _sides_facts(main, spread, seen))


def _sides_facts(
    main: str, spread: radio_survey.Spread, seen: radio_survey.Seen
) -> tuple[str, ...]:
    """Return what is true of the two sides of a radio source that is resolved."""
    if main == "compact":
        return ()
    bent = main == "bent_tails"
    fluxes = sorted(arm.flux for arm in spread.arms[:2])
    clumps = min(arm.clumps for arm in spread.arms)
    return _true(
        core_bright=bent and seen.peaks < 0.45,
        ends_bright=bent and seen.peaks > 0.55,
        bent=bent,
        straight=seen.opening > 170 and max(abs(arm.bend) for arm in spread.arms) < 0.15,
        narrow_angle=bent and seen.opening < 75,
        wide_angle=bent and seen.opening > 90,
        bright_joint=bent and seen.peaks < 0.45,
        bright_tips=bent and seen.peaks > 0.55,
        gap=seen.peaks > 0.5 and seen.gap < 0.2,
        one_sided=fluxes[1] > 2.5 * fluxes[0],
        even=fluxes[1] < 1.3 * fluxes[0],
        clumpy=clumps > 0.5,
        smooth=clumps < 0.2,
    )


DWARFS_MAIN = {
    "dwarf": "satellite",
    "random clump": "chance",
    "galaxy cluster": "galaxies",
    "bright star": "glare",
    "survey edge": "edge",
    "artefact": "trail",
    "nearby galaxy": "big_galaxy",
    "globular cluster": "globular",
}


HIDDEN: dict[str, tuple[str, ...]] = {"satellite": ("nothing",), "chance": ("nothing", "chance")}
"""What can be said where no pile-up of stars is to be seen."""


@cache
def subjects() -> list[Subject]:
    """Return subjects by the campaign's laws; junk of the rarer kinds is made less rare."""
    chance = generator(SEED, "minivlm", "dwarfs", "catalogue")
    dwarfs = draw_dwarfs(chance, int(SUBJECTS * DWARFS), "dwarf")
    junk = draw_junk(chance, 3 * SUBJECTS)
    weight = junk["kind"].map(JUNK).to_numpy(float) ** -0.4
    chosen = chance.choice(
        len(junk), SUBJECTS - len(dwarfs), replace=False, p=weight / weight.sum()
    )
    table = pd.concat([dwarfs, junk.iloc[chosen]], ignore_index=True)
    table = table.iloc[chance.permutation(len(table))]
    rows = table[[*Subject.__dataclass_fields__]].itertuples(index=False, name=None)
    return [Subject(*row) for row in rows]


def _dwarfs(chance: np.random.Generator, number: int) -> Example:
    subject = subjects()[number % SUBJECTS]
    scene = make_scene(chance, subject)
    excess = best_excess(
        scene, scene.stars.where(on_isochrone(scene.stars, scene.distance_modulus))
    )
    main = DWARFS_MAIN[subject.kind]
    hidden = excess.significance < WEAK and main in HIDDEN
    pile = "strong_peak" if excess.significance > STRONG else "weak_peak"
    peak = "no_peak" if excess.significance < WEAK else pile
    counted = _true(many_members=excess.counted > 14, few_members=excess.counted < 6)
    mains = HIDDEN[main] if hidden else (main,)
    mains += _true(junk=mains != ("satellite",))
    side = (peak, *counted, *_sheet_facts(scene, subject))
    return Example("dwarfs", draw_panels(scene), mains, side)


def _sheet_facts(scene: Scene, subject: Subject) -> tuple[str, ...]:
    """Return what is true of the galaxy map and of how full the field is."""
    latitude, cluster = abs(subject.latitude_deg), subject.kind == "galaxy cluster"
    near = scene.distance_modulus < 18.5 and subject.kind == "dwarf" and subject.m_v < -3
    field = _true(crowded=latitude < 25, sparse=latitude > 60)
    return field + _true(galaxies_peak=cluster, galaxies_quiet=not cluster, giants=near)


DRAW = {"lsbg": _lsbg, "morphology": _morphology, "dwarfs": _dwarfs, "radio": _radio}
"""From a sky's name to what draws its examples."""
