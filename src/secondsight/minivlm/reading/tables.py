"""Categories in Markdown tables, the columns in any order."""

import re
from collections.abc import Callable
from itertools import groupby

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import CODE, Group, is_name, tidied
from secondsight.minivlm.reading.tidy import bare

_RULE = re.compile(r"\|? ?:?-+:? ?(?:[|+] ?:?-+:? ?){0,20}\|?$")
_CODES = re.compile(
    r"(?:code|number|no\.?|#|id|digit|letter|index|answer|reply|output|value|label|key|symbol)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"(?:\w+ )?(?:name|class|category|type|label|kind|option|title)\b", re.I)
_SAID = re.compile(
    r".*\b(?:descri\w+|meaning|definition|look\w*|appear\w*|criteri\w+|feature\w*|explanation"
    r"|details?|when|characteristic\w*|what|cues?|notes?|shape|visual)\b",
    re.IGNORECASE,
)
_CODE = re.compile(rf"(?:{CODE})")
_CODE_NAME = re.compile(r"(\d{1,2}) ?\(([^()]{1,60})\)")
_CODED_HEAD = re.compile(
    r"(?!.*\b(?:panel|figure|image|part|step|example|source|object|version)\b)(?:[a-z]+ ){0,3}"
    r"(?P<code>\d{1,2})(?: ?[:=.)\u2014] ?| - | (?=\())?\(?(?P<name>[^()\d]{0,60})\)?"
    r"|(?P<led>[^()\d]{1,60}) \((?:[a-z]+ )?(?P<last>\d{1,2})\)",
    re.IGNORECASE,
)
WEIGHT = 5.0


def tables(text: str) -> tuple[list[Group], str]:
    """Return the tables' categories, and `text` with the tables' lines left empty."""
    lines: list[str] = []
    groups = []
    for barred, run in groupby(text.split("\n"), lambda row: "|" in row):
        rows = list(run)
        cells = [_cells(row) for row in rows if not _RULE.match(row.strip())]
        if barred and len(rows) > 2 and len(cells) < len(rows):
            options = _across(cells) or (_table(cells) if len(cells) > 2 else ())
            groups += [Group(options, (len(lines), 0), WEIGHT)] if len(options) > 1 else []
            rows = [""] * len(rows)
        lines += rows
    return groups, "\n".join(lines)


def _cells(row: str) -> list[str]:
    return [bare(cell) for cell in row.strip().strip("|").split("|")]


def _across(rows: list[list[str]]) -> tuple[Option, ...]:
    """Return the categories that are columns, their codes in the head; none if they are not."""
    head, *body = rows or [[]]
    coded = _coded_head(head)
    codes = {code for code, _ in coded.values()}
    if not body or "1" not in codes or not max(2, len(head) - 1) <= len(coded) == len(codes):
        return ()
    options = []
    for column, (code, name) in coded.items():
        cells = [(row[0], row[column]) for row in body if column < len(row) and row[column]]
        names = [cell for label, cell in cells if 0 not in coded and _NAMES.fullmatch(label)]
        told = "; ".join(
            cell if 0 in coded or not label else f"{label}: {cell}"
            for label, cell in cells
            if cell not in names
        )
        options.append(Option(code, name.strip() or "".join(names[:1]), tidied(told)))
    return tuple(options)


def _coded_head(head: list[str]) -> dict[int, tuple[str, str]]:
    """Return the code and the name in each of a head's cells that have a code."""
    coded = {n: match for n, cell in enumerate(head) if (match := _CODED_HEAD.fullmatch(cell))}
    return {n: (m["code"] or m["last"], m["name"] or m["led"] or "") for n, m in coded.items()}


def _table(rows: list[list[str]]) -> tuple[Option, ...]:
    head, *body = _codes_apart(rows)
    width = len(head)
    columns = [[row[n] if n < len(row) else "" for row in body] for n in range(width)]
    text = _pick(width, lambda n: _SAID.match(head[n]) and not _all_codes(columns[n]))
    if text is None:
        text = _longest(columns)
    code = _pick(width, lambda n: n != text and _all_codes(columns[n]))
    if code is None:
        code = _pick(width, lambda n: n != text and width > 2 and _CODES.match(head[n]))
    name = _pick(width, lambda n: n not in {text, code} and _NAMES.match(head[n]))
    if name is None:
        name = _pick(width, lambda n: n not in {text, code})
    spare = [n for n in range(width) if n not in {text, code, name}]
    options = []
    for row in body:
        row += [""] * (width - len(row))
        given = ["" if n is None else row[n] for n in (code, name, text)]
        more = [given[2], *(row[n] for n in spare if not is_name(row[n]))]
        options.append(Option(given[0], given[1], tidied("; ".join(filter(None, more)))))
    return tuple(option for option in options if option.code or option.name)


def _codes_apart(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows with "1 (name)" in the first column as two columns."""
    head, *body = rows
    first = [match for row in body if (match := _CODE_NAME.fullmatch(row[0]))]
    if len(first) < len(body):
        return rows
    parted = ([*match.groups(), *row[1:]] for match, row in zip(first, body, strict=True))
    return [["code", "name", *head[1:]], *parted]


def _pick(width: int, wanted: Callable[[int], object]) -> int | None:
    return next((n for n in range(width) if wanted(n)), None)


def _all_codes(cells: list[str]) -> bool:
    return bool(cells) and all(_CODE.fullmatch(cell) for cell in cells)


def _longest(columns: list[list[str]]) -> int | None:
    """Return the column of descriptions: the longest, if its cells are longer than names."""
    longest = max(range(len(columns)), key=lambda n: sum(map(len, columns[n])))
    long = not all(is_name(cell) for cell in columns[longest])
    return longest if long or len(columns) > 2 else None
