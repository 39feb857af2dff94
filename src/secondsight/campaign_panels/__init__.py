"""From a campaign's answers to what its figures show: the panels of the dwarf chapters."""

from secondsight.campaign_panels.found import (
    groups_of,
    recovery,
)
from secondsight.campaign_panels.reading import (
    extremes,
    fraction,
    majority,
    readable,
    said,
)
from secondsight.campaign_panels.repeats import (
    disagreements,
    in_a_row,
    price,
    repeated,
    repeated_made,
    shrunk,
    steady,
    tells_last,
    to_tell,
    torn_table,
    widest,
)
from secondsight.campaign_panels.ruler import (
    closure,
    closure_misses,
)
from secondsight.campaign_panels.sureness import (
    at_high,
    by_confidence,
    confidence,
    rise,
    score_numbers,
    score_panels,
    score_table,
    selected,
    share_stated,
)
from secondsight.campaign_panels.votes import (
    at_clear,
    by_group,
    by_kind,
    calibration,
    clear_subset,
    edge_and_middle,
    say_curve,
)

__all__ = [
    "at_clear",
    "at_high",
    "by_confidence",
    "by_group",
    "by_kind",
    "calibration",
    "clear_subset",
    "closure",
    "closure_misses",
    "confidence",
    "disagreements",
    "edge_and_middle",
    "extremes",
    "fraction",
    "groups_of",
    "in_a_row",
    "majority",
    "price",
    "readable",
    "recovery",
    "repeated",
    "repeated_made",
    "rise",
    "said",
    "say_curve",
    "score_numbers",
    "score_panels",
    "score_table",
    "selected",
    "share_stated",
    "shrunk",
    "steady",
    "tells_last",
    "to_tell",
    "torn_table",
    "widest",
]
