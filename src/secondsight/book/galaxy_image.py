"""The figures of the page that tells how a galaxy's image is made.

One simulated spiral is observed again and again, each time with one thing changed: the filter, the
stretch, the colours, the exposure, the air. A real galaxy can be had in one way alone.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from secondsight.book.card import Card
from secondsight.book.drawings import draw_themed
from secondsight.book.show import Shown
from secondsight.dtypes import Floats, Pixels
from secondsight.figures.gallery import draw_gallery
from secondsight.simulate.morphology import (
    APERTURE,
    DEPTHS,
    FINEST,
    SEEING,
    STRETCH,
    draw_disc,
    new_canvas,
)
from secondsight.simulate.optics import (
    Canvas,
    Stretch,
    blurred,
    in_bands,
    rgb,
    sky_noise,
)
from secondsight.simulate.seed import generator

SEED = 3
EXPOSURES = (0.25, 1, 16)
"""In units of the survey's."""
SEEINGS = (0.4, SEEING, 2.5)
"""Full width of a star at half its height, in seconds of arc: in space, here, on a poor night."""
STRETCHES = (
    Stretch((90.0, 51.0, 33.0), 0.01, 0.0),
    STRETCH,
    Stretch((18.0, 10.2, 6.6), STRETCH.softening, STRETCH.pedestal),
)
"""Nearly linear, for the bright core; this book's; three times as bright, for the faint."""

Row = tuple[str, list[Pixels]]


@cache
def _sky() -> Canvas:
    """Return a spiral before air and camera, drawn for the widest seeing's margins."""
    canvas = new_canvas(generator(SEED, "galaxy-image"), FINEST)
    draw_disc(canvas, pitch=(16, 20), contrast=0.75).paint(canvas)
    return canvas


def observed(exposure: float = 1, seeing: float = SEEING) -> Floats:
    """Return the galaxy as a camera has it, shape (3, side, side), in nanomaggies a square second.

    Noise falls with the root of the exposure, which is in units of the survey's; `seeing` is in
    seconds of arc. The noise is the same draw each time, so that only its strength differs.
    """
    canvas = _sky()
    scene = blurred(canvas.scene, canvas.frame, seeing)
    sigma = in_bands(sky_noise(DEPTHS, APERTURE, canvas.frame.scale)) / np.sqrt(exposure)
    drawn = generator(SEED, "galaxy-image-noise").normal(size=scene.shape)
    return np.asarray(scene + sigma * drawn)


def _grey(band: Floats) -> Pixels:
    """Return one band in grey, from black at nothing to white at its brightest hundredth."""
    grey = np.clip(band / np.percentile(band, 99.5), 0, 1) ** 0.6
    return np.repeat(np.rint(grey * 255).astype(np.uint8)[..., np.newaxis], 3, axis=-1)


def filters() -> str:
    """Return the figure of one galaxy through three filters, as HTML."""
    seen = observed()
    pictures = [*map(_grey, seen), rgb(seen, STRETCH)]
    return _figure(
        "image-filters",
        [("filters", pictures)],
        "One simulated spiral in green, red and infrared light, and the colour picture made of "
        "these three. Young stars are blue: the arms stand out most in green light. The infrared "
        "picture has most noise.",
        "Three grey pictures of one spiral galaxy, with arms that fade towards the infrared, and "
        "a fourth in colour.",
    )


def choices() -> str:
    """Return the figure of one measurement shown in six ways, as HTML."""
    seen = observed()
    stretches = [rgb(seen, stretch) for stretch in STRETCHES]
    usual = rgb(seen, STRETCH)
    bluer = rgb(seen, Stretch((9.0, 3.4, 1.4), STRETCH.softening, STRETCH.pedestal))
    turned = np.ascontiguousarray(usual[..., ::-1])
    return _figure(
        "image-choices",
        [
            ("stretch", stretches),
            ("colours", [usual, bluer, turned]),
        ],
        "One measurement, shown in six ways. Above: stretched for the bright core, as in this "
        "book, for the faint outskirts. Below: colours as in this book, with more blue, with red "
        "and blue exchanged. None of them is the true one.",
        "Six pictures of one spiral galaxy: a bright core alone, core and arms, and a bloated disc "
        "on a grainy sky; then the same galaxy in usual, bluer and exchanged colours.",
    )


def nights() -> str:
    """Return the figure of one galaxy with other exposures and through other air, as HTML."""
    times = [rgb(observed(exposure), STRETCH) for exposure in EXPOSURES]
    airs = [rgb(observed(seeing=seeing), STRETCH) for seeing in SEEINGS]
    exposures, widths = (_listed(numbers) for numbers in (EXPOSURES, SEEINGS))
    return _figure(
        "image-nights",
        [
            ("exposure", times),
            ("air", airs),
        ],
        f"The same galaxy on other nights. Above: {exposures} times the survey's exposure; four "
        f"times the time halves the noise. Below: a star is {widths} seconds of arc wide, as seen "
        "from space, on a usual night and on a poor one. There the spiral looks smooth and round.",
        "Six pictures of one spiral galaxy: three with less and less noise, and three that are "
        "more and more blurred, until the arms are gone.",
    )


def _listed(numbers: Sequence[float]) -> str:
    *first, last = (f"{number:g}" for number in numbers)
    return f"{', '.join(first)} and {last}"


def _figure(name: str, rows: list[Row], caption: str, alt: str) -> str:
    card = Card(draw_gallery, ("one spiral galaxy, simulated sky, observed in this build",))
    caption = f"{caption} (Origin: simulated sky.)"
    drawn = draw_themed(draw_gallery, rows, metadata=card.metadata(caption, alt))
    return Shown(name, caption, alt, card, drawn, {})._repr_html_() + "\n"
