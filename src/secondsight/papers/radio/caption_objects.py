"""Which captions name an object that can't be on the picture, by a rule.

The pictures are radio galaxies of the FIRST survey. A body of the solar system, a spacecraft or
something under a microscope is on none of them. The rule looks for words that name one, and for a
word before it in the same sentence that makes the naming a guess or a likeness.

How good the rule is was judged by reading a sample: `data/judged_captions.csv` says for each
caption of it, by its place and without its text, how it names such an object.
"""

import re
from pathlib import Path

import pandas as pd

from secondsight import paths
from secondsight.errors import DataError
from secondsight.metrics.intervals import LEVEL, Estimate, share_true
from secondsight.papers.radio.caption_words import KINDS, RULES, read_captions

JUDGED = paths.DATA / "judged_captions.csv"
PLACE = ["captions", "part", "image"]
"""The columns that tell which caption a row is of."""

OBJECTS = {
    "solar system": (
        "mercury venus mars jupiter saturn uranus neptune pluto charon moon moons moonlet planet "
        "planets asteroid asteroids comet comets meteor meteors meteorite arrokoth thule "
        "kuiper churyumov didymos"
    ),
    "spacecraft": (
        "spacecraft satellite satellites nasa hubble webb voyager rosetta cassini galileo horizons "
        "space-station"
    ),
    "under a microscope": "cell cells mitosis bacteria organism organisms microscopic microscopy",
}
"""The words that name an object which can't be there, by kind. A hyphen stands for a space too."""

HEDGES = (
    "possibly perhaps maybe probably likely might may could can like resemble resembles resembling "
    "reminiscent evoke evokes evoking suggest suggests suggesting suggestive hint hints hinting "
    "appear appears appearing appearance seem seems seemingly similar characteristic either or"
)
"""Words after which, in the same sentence, an object is guessed at or compared with."""

GRADES = ("", "guess", "outright")
"""Not named; named as a guess or a likeness; named outright."""

_HEDGE = re.compile(rf"\b(?:{'|'.join(HEDGES.split())})\b", re.I)
_NAMED = {
    kind: re.compile(rf"\b(?:{'|'.join(words.split()).replace('-', '[ -]')})\b(-like)?", re.I)
    for kind, words in OBJECTS.items()
}


def grade(text: str, kind: str) -> str:
    """Return how a caption names objects of a kind, one of `GRADES`: the strongest of all.

    `kind` is a key of `OBJECTS`.
    """
    strongest_so_far = GRADES[0]
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        for match in _NAMED[kind].finditer(sentence):
            if not match[1] and not _HEDGE.search(sentence[: match.start()]):
                return GRADES[2]
            strongest_so_far = GRADES[1]
    return strongest_so_far


def caption_objects(*files: Path) -> pd.DataFrame:
    """Return each caption's length and how it names objects that can't be there.

    `files` are as for `secondsight.papers.radio.caption_words.word_counts`.

    One row a caption: `captions` (its kind), `part` ("test" or "train"), `image` (its place in the
    file), `words` (hyphens kept), and for each kind of object its grade.

    Raises a DataError if a file lacks a caption.
    """
    parts = []
    for at, file in enumerate(files):
        texts = read_captions(file)["caption"]
        word = RULES["words, hyphens kept"]
        rows = {
            "captions": KINDS[at % 2],
            "part": ("test", "train")[at // 2],
            "image": range(len(texts)),
            "words": [len(word.findall(text.lower())) for text in texts],
        }
        graded = {kind: [grade(text, kind) for text in texts] for kind in OBJECTS}
        parts.append(pd.DataFrame(rows | graded))
    return pd.concat(parts, ignore_index=True)


def strongest(table: pd.DataFrame) -> "pd.Series[str]":
    """Return for each row of `caption_objects` the strongest grade over the kinds of objects."""
    places = table[list(OBJECTS)].apply(lambda column: column.map(GRADES.index)).max(axis=1)
    graded: pd.Series[str] = places.map(dict(enumerate(GRADES)))
    return graded


def named_shares(
    objects: pd.DataFrame, level: float = LEVEL
) -> dict[tuple[str, str, str], Estimate]:
    """Return which share of the captions names an object that can't be there.

    `objects` is as `caption_objects` gives it.

    Keys are how it is named ("at all" or "outright"), the kind of captions, and the kind of object
    or "all" for any.
    """
    graded = dict(list(objects.assign(all=strongest(objects)).groupby("captions")))
    return {
        (how, kind, what): share_true(graded[kind][what].isin(grades), level)
        for how, grades in {"at all": GRADES[1:], "outright": GRADES[2:]}.items()
        for kind in KINDS
        for what in ("all", *OBJECTS)
    }


def judged_numbers(objects: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate | float]:
    """Return how many captions were read, and the rule's precision, misses, recall and grades.

    `objects` is as `caption_objects` gives it.
    """
    judged = read_judged(objects)
    flagged, named = judged["rule"] != GRADES[0], judged["judged"] != GRADES[0]
    control, later = judged["captions"] == "control", judged["shuffled"] == 0
    others = control & ~flagged
    right, missed = share_true(named[flagged], level), share_true(named[others], level)
    marks = strongest(objects)[objects["captions"] == "control"] != GRADES[0]
    return {
        "judged_all": int((~later).sum()),
        "judged_more": int(later.sum()),
        "judged_flagged": int(flagged.sum()),
        "judged_others": int((others & ~later).sum()),
        "judged_curated": int((~control).sum()),
        "rule_precision": right,
        "rule_missed": missed,
        "rule_missed_curated": share_true(named[~control], level),
        "rule_recall": recall_of_rule(right, missed, int(marks.sum()), int((~marks).sum())),
        "rule_grade": share_true((judged["rule"] == judged["judged"])[flagged], level),
    }


def read_judged(table: pd.DataFrame) -> pd.DataFrame:
    """Return the sample that was read: the rule's grade and the reader's, caption by caption.

    `table` is as `caption_objects` gives it.

    Columns are `captions`, `part`, `image`; `rule` and `judged`, each one of `GRADES`; `shuffled`,
    1 where the caption was read among others without the rule's answer, 0 where it was known that
    the rule does not flag it.

    Raises a DataError if a caption was judged that the table does not hold.
    """
    judged = pd.read_csv(JUDGED, keep_default_na=False)
    rule = table[PLACE].assign(rule=strongest(table))
    joined = judged.merge(rule, how="left", on=PLACE, validate="one_to_one")
    if joined["rule"].isna().any():
        raise DataError(f"{paths.shown(JUDGED)} judges a caption that is not in the table")
    return joined[[*PLACE, "rule", "judged", "shuffled"]]


def recall_of_rule(right: Estimate, missed: Estimate, flagged: int, others: int) -> Estimate:
    """Return the share of captions naming an object that the rule finds.

    The sample holds as many captions that the rule flags as others, and in the whole these are
    rarer, so the shares in the two parts are weighted by the parts' sizes.

    Its ends join the ends of both intervals that are worst, and best, for the rule, so it is wider
    than its level says.

    `right` is the share of the flagged captions that do name an object, `missed` that of the
    others; `flagged` and `others` are how many captions there are of each.
    """

    def recall(right_share: float, missed_share: float) -> float:
        hit = right_share * flagged
        return hit / (hit + missed_share * others)

    return Estimate(
        recall(right.value, missed.value),
        recall(right.low, missed.high),
        recall(right.high, missed.low),
        right.n + missed.n,
        method="ends of two Wilson intervals",
    )
