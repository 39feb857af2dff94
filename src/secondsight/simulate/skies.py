"""Every simulated data set by its name. A sky's module is loaded when it is asked for."""

from pkgutil import resolve_name

from secondsight.errors import DataError
from secondsight.simulate.sky import Sky

SKIES = {
    "lsbg": "secondsight.simulate.lsbg:SKY",
    "lsbg-train": "secondsight.simulate.lsbg:TRAINING_SKY",
    "morphology": "secondsight.simulate.morphology:SKY",
    "morphology-256": "secondsight.simulate.morphology:LARGE_SKY",
    "morphology-train": "secondsight.simulate.morphology:TRAINING_SKY",
    "dwarfs": "secondsight.simulate.campaign:SKY",
    "radio": "secondsight.simulate.radio:SKY",
    "radio-train": "secondsight.simulate.radio:TRAINING_SKY",
    "galaxy10": "secondsight.simulate.galaxy10:SKY",
}
"""From a data set's name to where its `Sky` stands."""


def find_sky(name: str) -> Sky:
    """Return the simulated data set of this name.

    Raises DataError if there is none; the text lists those that there are.
    """
    if name not in SKIES:
        raise DataError(f"no simulated data set named {name!r}; known: {', '.join(SKIES)}")
    sky: Sky = resolve_name(SKIES[name])
    return sky
