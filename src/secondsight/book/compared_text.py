"""A comparison of recordings in words and small tables, for the terminal and for a page."""

from collections.abc import Iterable
from dataclasses import replace
from math import isnan
from string import ascii_uppercase

import pandas as pd

from secondsight.book.wording import written
from secondsight.metrics.intervals import Estimate
from secondsight.papers.compared import Comparison, Each, Pair

SURE = 0.05
"""A p value below it tells two apart."""
WIDEST = 40
"""How many letters of an id or an answer are listed."""


def text_of(comparison: Comparison, most: int = 10) -> str:
    """Return a comparison as text: whose answers, how often right, each pair, who changed side.

    At most `most` of the galaxies that changed side are listed.
    """
    parts = [
        _lines(f"{letter(place)}  {each.name}" for place, each in enumerate(comparison.each)),
        _about(comparison),
        _table([_row(place, each) for place, each in enumerate(comparison.each)]),
        _table([_pair_row(pair) for pair in comparison.pairs]),
        _lines(sentence(comparison, pair) for pair in comparison.pairs),
        _changed(comparison, most),
    ]
    return "\n\n".join(parts)


def letter(place: int) -> str:
    """Return what a recording is called below the list of their names: A, B, ... Z, A1."""
    again, place = divmod(place, len(ascii_uppercase))
    return f"{ascii_uppercase[place]}{again or ''}"


def with_letters(changed: pd.DataFrame) -> pd.DataFrame:
    """Return who changed side, with a letter over each recording's answers."""
    letters = map(letter, range(len(changed.columns) - 2))
    return changed.set_axis(["image_id", "truth", *letters], axis=1)


def sentence(comparison: Comparison, pair: Pair) -> str:
    """Return in a plain sentence what a pair comes to."""
    these = f"On these {comparison.labelled or comparison.galaxies:,} galaxies"
    first, second = _names(pair)
    if not comparison.labelled:
        return _likeness(f"{these} {first} and {second}", pair)
    gap = pair.difference
    if pair.alike.value == float(pair.p_value) == 1 and gap.value == 0:
        return f"{these} {first} and {second} can't be told apart: their answers are the same."
    if gap.value < 0:
        first, second, gap = second, first, _turned(gap)
    numbers = f"{first} less {second} is {written(gap)}, {written(pair.p_value)}"
    if gap.low <= 0:
        why = "; the interval includes zero"
        return f"{these} {first} and {second} can't be told apart: {numbers}{why}."
    if pair.p_value >= SURE:
        why = "which by the test may be chance"
        return f"{these} {first} and {second} are hardly told apart: {numbers}, {why}."
    return f"{these} {first} is right more often than {second}: {numbers}."


def _turned(gap: Estimate) -> Estimate:
    return replace(gap, value=-gap.value, low=-gap.high, high=-gap.low)


def _likeness(subject: str, pair: Pair) -> str:
    start = f"{subject} give the same answer to {written(pair.alike)}"
    if isnan(pair.kappa.value):
        return f"{start}; neither ever gives another, so kappa is not defined."
    chance = "" if pair.kappa.low > 0 else ": no more than chance may give, the interval has zero"
    return f"{start}; kappa is {written(pair.kappa)}{chance}."


def _names(pair: Pair) -> tuple[str, str]:
    return letter(pair.places[0]), letter(pair.places[1])


def _about(comparison: Comparison) -> str:
    told = [f"{comparison.galaxies:,} galaxies that all of them answered"]
    if comparison.left_out:
        told.append(f"{comparison.left_out:,} that not all of them answered are left out")
    if not comparison.labelled:
        told.append("no truth about them is known here")
    elif comparison.labelled < comparison.galaxies:
        told.append(f"the truth is known of {comparison.labelled:,}")
    if comparison.other_pictures:
        count = comparison.other_pictures
        told.append(f"of {count:,} not all were shown the same picture")
    rest = " An answer that names no category counts as wrong."
    return "; ".join(told) + f".{_truth(comparison)}{rest}{_drawn(comparison)}"


def _drawn(comparison: Comparison) -> str:
    return "".join(
        f"\nOf {letter(place)} only the calls with {each.drawn} count: it holds others too, which "
        "were drawn otherwise."
        for place, each in enumerate(comparison.each)
        if each.drawn
    )


def _truth(comparison: Comparison) -> str:
    told = f"\nThe truth: {', and '.join(comparison.truth)}." if comparison.labelled else ""
    if comparison.contradicted:
        told += f" Labels contradict each other for {comparison.contradicted:,} galaxies, so no "
        told += "truth is taken for them."
    return told


def _row(place: int, each: Each) -> dict[str, str]:
    return {
        "": letter(place),
        "right": "" if isnan(each.right.value) else written(each.right),
        "calls": written(each.calls),
        "refused": written(each.refused),
        "unparseable": written(each.unparseable),
        "not answered": written(each.not_answered),
    }


def _pair_row(pair: Pair) -> dict[str, str]:
    known = not isnan(pair.difference.value)
    return {
        "": "{} less {}".format(*_names(pair)),
        "difference": written(pair.difference) if known else "",
        "p": written(pair.p_value) if known else "",
        "test": pair.method if known else "",
        "same answer": written(pair.alike),
        "kappa": written(pair.kappa),
    }


def _changed(comparison: Comparison, most: int) -> str:
    changed = comparison.changed
    if changed.empty:
        return "No galaxy changed side."
    count = f"{len(changed):,} galaxies" if len(changed) > 1 else "1 galaxy"
    if not most:
        return f"{count} changed side."
    shown = with_letters(changed.head(most)).fillna("-").map(_short)
    rest = f", the first {most} of them" if len(changed) > most else ""
    return f"{count} changed side{rest}:\n{_plain(shown)}"


def _short(cell: str) -> str:
    return cell if len(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…"


def _table(rows: list[dict[str, str]]) -> str:
    """Return rows as text, without the columns that are empty throughout."""
    table = pd.DataFrame(rows)
    return _plain(table[[name for name in table if table[name].any()]])


def _plain(table: pd.DataFrame) -> str:
    rows = [list(map(str, table)), *table.to_numpy(str).tolist()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return _lines("  ".join(row).rstrip() for row in padded)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
