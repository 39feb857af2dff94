"""Categories in lists: a line each, or a heading each, with more lines below it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import CODE, Group, is_name, item, tidied
from secondsight.minivlm.reading.sentences import is_instruction
from secondsight.minivlm.reading.tidy import bare, plain
from secondsight.minivlm.reading.words import IF, KIND, KINDS, META, NOT_A_KIND, VERB

_HEADING = re.compile(r"^(#{1,6}) +")
_BULLET = re.compile(r"^(?:[-*+\u2022\u2014] +|\u2022(?=\S))")
_WRAP = r"(?:\*\*|__|`|[\"'(\[])"
_KIND_CODE = re.compile(
    rf"{_WRAP}{{0,2}}(?:the )?((?i:{KIND})|[A-Z][a-z]{{2,15}})(?: number | no\. | code | ?#|: ?| )"
    rf"{_WRAP}{{0,2}}({CODE})(?:\*\*|__|[`\"'\])]){{0,3}}(?![\w'])"
)
_KIND = re.compile(KIND)
_CODE_FIRST = re.compile(rf"{_WRAP}{{0,3}}({CODE})(?:\*\*|__|`|[\"'])?(?=[)\]]|(?![\w']))")
_CLOSE = re.compile(r"(?:\*\*|__|[`\"')\]]){0,3}")
_NAMED = re.compile(r" ?(?:\*\*|__)?[(\[\"']([^()\[\]\"\n]{1,80})[)\]\"'](?:\*\*|__)?")
_SEPARATOR = re.compile(
    r" ?(?::|[.)](?= |$|\*)|\u2014(?!\d)|->|=>|={1,2}|\||,(?= ))[*_]{0,2} ?| --? "
)
_VERB = re.compile(rf" (?:is for|is|are|means|covers|contains|stands for|denotes|{IF})\b ?:?")
_KIND_WORD = re.compile(r"(?:class|category|type|label|option|group) (?=[\"'\w])", re.IGNORECASE)
_GOOD = re.compile(
    rf"\b(?:{KINDS}|one of|which of|whether|the following|between|either|into|possible"
    r"|choose|pick|select|classify)\b",
    re.I,
)
_BAD = re.compile(
    r"\b(?:steps?|rules?|notes?|format|guidelines?|consider|hints?|tips?|instructions?|criteria"
    r"|important|keep in mind|should|must|attention|examples?|requirements?|procedure|questions?"
    r"|context|fields?|keys?|remember|avoid|look for|checklist|properties)\b",
    re.IGNORECASE,
)
_LOOK = re.compile(
    r"\b(?:look (?:for|out)|consider|pay attention|keep in mind|steps|rules|notes|guidelines"
    r"|checklist|hints|tips|requirements|describe|comment on|mention)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    rf"(?:(?:{VERB})\b.{{1,40}}?\b(?:{IF})\b|(?:if|when|for|otherwise|else)\b)", re.I
)
PLAIN, BULLET, HEADING, CODED, KINDED = 1.5, 2.5, 2.0, 4.0, 5.0


@dataclass(frozen=True)
class _Line:
    number: int
    indent: int
    style: str
    option: Option
    weight: float


def lists(text: str) -> list[Group]:
    """Return the groups of lines in `text` that look like categories."""
    rows = text.split("\n")
    styles: dict[str, list[_Line]] = defaultdict(list)
    for number, row in enumerate(rows):
        line = _line(number, row)
        if line:
            styles[line.style].append(line)
    groups = []
    for lines in styles.values():
        for run in _runs(lines, rows):
            group = _group(run, rows)
            if group:
                groups.append(group)
    return groups


def _line(number: int, row: str) -> _Line | None:
    """Return what a line is as an item of a list; None if it is none."""
    text = row.strip()[:4000]
    indent = min(len(row) - len(row.lstrip()), 12)
    heading, bullet = _HEADING.match(text), _BULLET.match(text)
    lead = heading or bullet
    outer = heading[1] if heading else "*" if bullet else ""
    text = text[lead.end() :] if lead else text
    if bullet:
        text = re.sub(r"^\[[ xX]?\] ", "", text)
    found = _coded(text) or _uncoded(text, outer)
    if not found:
        return None
    style, option, weight = found
    level = 0 if indent < 2 else 1 + indent // 4
    return _Line(number, indent, f"{outer}{level}{style}", option, weight)


def _coded(text: str) -> tuple[str, Option, float] | None:
    """Return an item with a code: "Category 1 (name): ...", "b) ..."."""
    led = _KIND_CODE.match(text)
    kind = led[1].lower() if led else ""
    if led and kind not in NOT_A_KIND and (_KIND.fullmatch(kind) or not led[2].islower()):
        rest = _after_code(text, led.end(), worded=True)
        if rest is not None:
            return f"kind {kind}", item(led[2], *rest), KINDED
    led = _CODE_FIRST.match(text)
    if not led:
        return None
    opened = text[: led.start(1)]
    rest = _after_code(text, led.end(), worded=False, closed="(" in opened or "[" in opened)
    if rest is None or (led[1] == "I" and not text[led.end() :].startswith((")", ".", ":"))):
        return None
    kind = "digit" if led[1].isdigit() else "letter"
    return kind, item(led[1], *rest), CODED


def _after_code(
    text: str, start: int, worded: bool, closed: bool = False
) -> tuple[str, str] | None:
    """Return the name in brackets and the rest after a code; None if no mark follows it."""
    mark = text[start : start + 1] in {")", "]"} and not closed
    end = start if mark else _CLOSE.match(text, start).end()  # type: ignore[union-attr]
    named = _NAMED.match(text, end)
    if named:
        end = named.end()
    separator = _SEPARATOR.match(text, end) or (_VERB.match(text, end) if worded else None)
    if separator:
        end = separator.end()
    elif (not (named or closed) and end < len(text)) or (not worded and not named and not closed):
        return None
    name = named[1] if named else ""
    rest = text[end:].lstrip(":.)]* ")
    if name and not is_name(name):
        return "", f"{name} {rest}".strip()
    return name, rest


def _uncoded(text: str, outer: str) -> tuple[str, Option, float] | None:
    """Return an item without a code: "- name: ...", "**name** ...", "name: ..."."""
    kind = _KIND_WORD.match(text)
    option = item("", "", text[kind.end() :] if kind else text)
    if plain(option.name) in META and not option.code:
        return None
    if not outer and not text.startswith(("**", "__")):
        shown = re.search(r":|\u2014| --? |->|=", text[:80])
        if option.code and not shown:
            return "plain ()", option, PLAIN
        if not (shown and option.name):
            return None
        return f"plain {shown[0].strip()}", option, PLAIN
    if outer.startswith("#"):
        return "", option, HEADING
    return ("", option, BULLET) if outer else (" bold", option, BULLET)


def _runs(lines: list[_Line], rows: list[str]) -> Iterator[list[_Line]]:
    """Part the items of one style where something stands between that ends a list."""
    run: list[_Line] = []
    for line in lines:
        if run and _parted(run, line, rows):
            yield run
            run = []
        run.append(line)
    yield run


def _parted(run: list[_Line], line: _Line, rows: list[str]) -> bool:
    before = run[-1]
    between = rows[before.number + 1 : line.number]
    if "#" in line.style:
        level = line.style.count("#")
        heads = [_HEADING.match(row) for row in between]
        return any(head and len(head[1]) < level for head in heads)
    if "kind" in line.style:
        return False
    if any(map(_HEADING.match, between)):
        return True
    if line.option.code:
        return line.option.code == run[0].option.code and "kind" not in line.style
    return _flush_after_blank(between, line.indent)


def _flush_after_blank(rows: list[str], indent: int) -> bool:
    blank = False
    for row in rows:
        if not row.strip():
            blank = True
        elif blank and len(row) - len(row.lstrip()) <= indent:
            return True
    return False


def _group(run: list[_Line], rows: list[str]) -> Group | None:
    """Return the categories of a run of items; None if they are something else."""
    run = [line for line in run if not line.option.description.endswith("?")]
    if len(run) < 2:
        return None
    bodies, most = [], 0
    for line, following in zip_longest(run, run[1:]):
        body = _body(line, following, rows, most)
        most = max(most, len(body))
        bodies.append(" ".join(body))
    options = tuple(_with_body(line.option, body) for line, body in zip(run, bodies, strict=True))
    options = _parted_at_commas(options)
    weight = run[0].weight + _lean(run, options, rows)
    return Group(options, (run[0].number, 0), weight) if weight > 0 else None


def _parted_at_commas(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Part names from descriptions where every item has a comma after its first words."""
    parts = [option.name.partition(", ") for option in options]
    if any(option.description for option in options) or not all(part[2] for part in parts):
        return options
    return tuple(
        Option(option.code, name, said)
        for option, (name, _, said) in zip(options, parts, strict=True)
    )


def _lean(run: list[_Line], options: tuple[Option, ...], rows: list[str]) -> float:
    """Return how much more or less likely than others of their style these are categories."""
    lean = 1.0 if all(option.description for option in options) else 0.0
    above = _above(run[0].number, rows)
    if _LOOK.search(above):
        lean -= 5.0
    elif _GOOD.search(above):
        lean += 2.0
    elif _BAD.search(above):
        lean -= 3.0
    texts = [_HEADING.sub("", _BULLET.sub("", rows[line.number].strip())) for line in run]
    told = [
        is_instruction(f"{option.name} {option.description}".strip()) or _condition(text)
        for option, text in zip(options, texts, strict=True)
    ]
    meta = [plain(option.name) in META for option in options]
    unnamed = sum(not option.code and not option.name for option in options)
    if 2 * sum(told) >= len(run) or any(meta) or 2 * unnamed > len(run):
        lean -= 10.0
    return lean


def _condition(text: str) -> bool:
    """Whether a line says "answer ... if ...", which is running prose in a list."""
    return _CONDITION.match(text[:200].lstrip("*")) is not None


def _above(number: int, rows: list[str]) -> str:
    """Return the end of what stands before a list."""
    for row in reversed(rows[max(0, number - 3) : number]):
        if row.strip():
            return row[-200:]
    return ""


def _body(line: _Line, following: _Line | None, rows: list[str], most: int) -> list[str]:
    """Return the paragraphs below an item; the last item has no more than the others had."""
    end = following.number if following else len(rows)
    paragraphs: list[list[str]] = [[]]
    for row in rows[line.number + 1 : end]:
        if _HEADING.match(row):
            break
        if row.strip():
            if (
                len(paragraphs) > 1
                and not following
                and not paragraphs[-1]
                and _stops(row, line, len(paragraphs), most)
            ):
                break
            if _told(row):
                break
            paragraphs[-1].append(row)
        elif paragraphs[-1] or len(paragraphs) == 1:
            paragraphs.append([])
    return [_flowing(paragraph) for paragraph in paragraphs]


def _stops(row: str, line: _Line, count: int, most: int) -> bool:
    """Whether a paragraph below the last item is no longer about it."""
    indented = len(row) - len(row.lstrip()) > line.indent
    heading_alone = "#" in line.style or not (line.option.description or line.option.name)
    return count > max(most, 2 if heading_alone else 1) and not indented


def _told(row: str) -> bool:
    """Whether a line tells what to do, rather than what a category looks like."""
    text = bare(_BULLET.sub("", row.strip(), count=1))
    label = plain(text.split(":")[0]) if ":" in text[:40] else ""
    told = text.endswith("?") or label in META - {"description", "definition", "notes"}
    return told or is_instruction(text) or _condition(text)


def _flowing(rows: list[str]) -> str:
    """Return lines as one, a semicolon between those that were items of a list."""
    text = ""
    for row in rows:
        row = row.strip()
        led = _BULLET.match(row)
        row = row[led.end() :] if led else row
        joint = "; " if led and text and text[-1] not in ".,;:!?" else " "
        text += joint + row if text else row
    return text


def _with_body(option: Option, body: str) -> Option:
    """Return a category with what stands below it added to its description."""
    if not body.strip():
        return option
    if not option.name and not option.description:
        return item(option.code, "", body)
    said = tidied(f"{option.description} {body}" if option.description else body)
    return Option(option.code, option.name, said)
