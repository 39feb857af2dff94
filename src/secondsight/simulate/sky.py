"""What every simulated data set is: a catalogue of images with their truth, and how to draw one."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from secondsight.dtypes import Pixels
from secondsight.simulate.png import encode_png


@dataclass(frozen=True)
class Sky:
    """A simulated data set.

    Attributes
    ----------
    catalogue : callable
        Without arguments; returns one row an image with `image_id` (str), `label` (str, a
        category's code) and `split` (str), and whatever else is true of the image. Draws nothing.
        The ids tell nothing of the truth.
    draw : callable
        From an `image_id` to its pixels, uint8, shape (height, width) or (height, width, 3).
        Depends on the id and on nothing else, so it may run in any process and any order.
    """

    name: str
    catalogue: Callable[[], pd.DataFrame]
    draw: Callable[[str], Pixels]

    def png(self, image_id: str) -> bytes:
        """Return an image's PNG bytes."""
        return encode_png(self.draw(image_id))
