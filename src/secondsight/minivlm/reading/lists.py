"""Categories in lists: a line each, or a heading each, with more lines below it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, dropwhile, zip_longest

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
_ABOVE = (
    (
        r"look (?:for|out)|consider|pay attention|keep in mind|steps|rules|notes|guidelines"
        r"|checklist|hints|tips|requirements|describe|comment on|mention",
        -5.0,
    ),
    (
        rf"{KINDS}|one of|which of|whether|the following|between|either|into|possible"
        r"|choose|pick|select|classify",
        2.0,
    ),
    (
        r"steps?|rules?|notes?|format|guidelines?|consider|hints?|tips?|instructions?|criteria"
        r"|important|keep in mind|should|must|attention|examples?|requirements?|procedure"
        r"|questions?|context|fields?|keys?|remember|avoid|look for|checklist|properties",
        -3.0,
    ),
)
"""How much likelier a list is of categories for the words above it; the first that fit count."""
_CONDITION = re.compile(
    rf"(?:(?:{VERB})\b.{{1,40}}?\b(?:{IF})\b|(?:if|when|for|otherwise|else)\b)", re.I
)
_ASKED = re.compile(r"\?(?: (?:if|then|yes|no|when)\b.*)?$", re.I)
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
    for line in filter(None, map(_line, count(), rows)):
        styles[line.style].append(line)
    runs = (run for lines in styles.values() for run in _runs(lines, rows))
    return [group for run in runs if (group := _group(run, rows))]


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
    read = _coded(text) or _uncoded(text, outer)
    if not read:
        return None
    style, option, weight = read
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
        if run and _parted(run, line, rows[run[-1].number + 1 : line.number]):
            yield run
            run = []
        run.append(line)
    yield run


def _parted(run: list[_Line], line: _Line, between: list[str]) -> bool:
    heads = [head for row in between if (head := _HEADING.match(row))]
    if "#" in line.style:
        level = line.style.count("#")
        return any(len(head[1]) < level for head in heads)
    if "kind" in line.style:
        return False
    if heads or line.option.code:
        return bool(heads) or line.option.code == run[0].option.code
    behind = dropwhile(str.strip, between)  # what stands flush behind a blank line
    return any(row.strip() and _indent(row) <= line.indent for row in behind)


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _group(run: list[_Line], rows: list[str]) -> Group | None:
    """Return the categories of a run of items; None if they are something else."""
    run = [line for line in run if not _ASKED.search(line.option.description)]
    if len(run) < 2:
        return None
    most, options = 0, []
    for line, following in zip_longest(run, run[1:]):
        body = _body(line, following, rows, most)
        most = max(most, len(body))
        options.append(_with_body(line.option, " ".join(body)))
    options = _parted_at_commas(options)
    if _is_other(run, options, rows):
        return None
    weight = run[0].weight + all(option.description for option in options)
    above = next((row for row in reversed(rows[: run[0].number][-3:]) if row.strip()), "")[-200:]
    weight += next((w for words, w in _ABOVE if re.search(rf"\b(?:{words})\b", above, re.I)), 0)
    return Group(tuple(options), (run[0].number, 0), weight) if weight > 0 else None


def _parted_at_commas(options: list[Option]) -> list[Option]:
    """Part names from descriptions where every item has a comma after its first words."""
    if not all(", " in option.name and not option.description for option in options):
        return options
    parts = [(option.code, *option.name.split(", ", 1)) for option in options]
    return [Option(*part) for part in parts]


def _is_other(run: list[_Line], options: list[Option], rows: list[str]) -> bool:
    """Whether items are something else than categories: what to do, or parts of the prompt."""
    texts = [_HEADING.sub("", _BULLET.sub("", rows[line.number].strip())) for line in run]
    names = [
        "" if _in_brackets(o, text) else o.name for o, text in zip(options, texts, strict=True)
    ]
    told = sum(
        is_instruction(f"{name} {option.description}".strip()) or _condition(text)
        for name, option, text in zip(names, options, texts, strict=True)
    )
    unnamed = sum(not option.code and not option.name for option in options)
    meta = any(plain(name) in META for name in names)
    return 2 * told >= len(run) or meta or 2 * unnamed > len(run)


def _in_brackets(option: Option, text: str) -> bool:
    """Whether a line is a code and a name in brackets, which is no order even if it is a verb."""
    return bool(option.code) and bare(text).endswith(f"({option.name})")


def _condition(text: str) -> bool:
    """Whether a line says "answer ... if ...", which is running prose in a list."""
    return _CONDITION.match(text[:200].lstrip("*")) is not None


def _body(line: _Line, following: _Line | None, rows: list[str], most: int) -> list[str]:
    """Return the paragraphs below an item; the last item has no more than the others had."""
    alone = "#" in line.style or not (line.option.description or line.option.name)
    most = max(most, 2 if alone else 1)
    paragraphs: list[list[str]] = [[]]
    for row in rows[line.number + 1 : following.number if following else len(rows)]:
        if not row.strip():
            if paragraphs[-1] or len(paragraphs) == 1:
                paragraphs.append([])
            continue
        begins = len(paragraphs) > 1 and not paragraphs[-1]
        beyond = not following and begins and len(paragraphs) > most
        if _HEADING.match(row) or (beyond and _indent(row) <= line.indent) or _told(row):
            break
        paragraphs[-1].append(row)
    return [_flowing(paragraph) for paragraph in paragraphs]


def _told(row: str) -> bool:
    """Whether a line tells what to do, rather than what a category looks like."""
    text = bare(_BULLET.sub("", row.strip(), count=1))
    label = plain(text.split(":")[0]) if ":" in text[:40] else ""
    meta = label in META - {"description", "definition", "notes"}
    return meta or text.endswith("?") or is_instruction(text) or _condition(text)


def _flowing(rows: list[str]) -> str:
    """Return lines as one, a semicolon between those that were items of a list."""
    text = ""
    for row in map(str.strip, rows):
        item_of_list = _BULLET.match(row)
        joint = "; " if item_of_list and text and text[-1] not in ".,;:!?" else " "
        row = row[item_of_list.end() :] if item_of_list else row
        text += joint + row if text else row
    return text


def _with_body(option: Option, body: str) -> Option:
    """Return a category with what stands below it added to its description."""
    if not body.strip():
        return option
    if not option.name and not option.description:
        return item(option.code, "", body)
    return replace(option, description=tidied(f"{option.description} {body}".strip()))
