"""Categories in running prose: "answer 1 if ..., and 0 if ...; otherwise 2", "0 = ..., 1 = ..."."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.item import Group, item
from secondsight.minivlm.reading.sentences import is_instruction, placed_sentences
from secondsight.minivlm.reading.tidy import bare
from secondsight.minivlm.reading.words import ELSE, FILLER, IF, KIND, MEANS, VERB

_QUOTED = r"\"[^\"\n]{1,60}\"|(?<!\w)'[^'\n]{1,40}'(?!\w)"
_CODE = r"[(\[]?(?:\d{1,3}|[IVX]{2,4}|[A-Z]\d?)[)\]]?(?![\w'-]|\.\d)"
_WORD = rf"(?!(?:{FILLER}|{KIND})\b)[A-Za-z][\w+/-]{{0,30}}"
_WORDS = rf"{_WORD}(?: (?!(?:{IF}|and|or|but)\b)[\w+/-]{{1,30}}){{0,3}}?"
_SAY = rf"\b(?i:{VERB})(?: (?:{FILLER})\b){{0,6}}?:?"
_IF = rf"(?i:{IF}|{ELSE})\b"
_LED = (
    rf"{_SAY} (?P<led>{_QUOTED}|{_CODE}|{_WORDS})(?: ?\((?P<name>[^()]{{1,80}})\))?"
    rf",? (?:only )?(?P<when>{_IF}|(?i:{MEANS})\b)"
)
_SHORT = (
    rf"(?<![\w.\"'/-])(?P<short>{_QUOTED}|{_CODE})(?: ?\((?P<called>[^()]{{1,80}})\))?"
    rf"(?:,? (?P<if>{_IF}|(?i:{MEANS})\b)"
    rf"|(?P<sign> ?(?:={{1,2}}|:|->|\u2014| - )(?= ?[\"'(A-Za-z])))"
)
_ELIDED = (
    rf"(?:^|(?<=[,;.:] )|(?<=\band )|(?<=\bor )|(?<=\bbut ))"
    rf"(?P<word>(?!and |or |but |then ){_WORDS})"
    rf" (?P<where>(?:{IF}|{ELSE})\b)"
)
_HEAD = re.compile(rf"{_LED}|{_SHORT}|{_ELIDED}")
_TARGET = rf"(?P<target>{_QUOTED}|{_CODE}|{_WORDS})(?: ?\((?P<called>[^()]{{1,80}})\))?"
_LINK = (
    r"(?:it is|it's|this is|that is|the \w+ is|it counts as|it belongs to)"
    r"(?: (?:an?|in|class|category))?"
)
_THEN = re.compile(
    rf"(?:[,:\u2014]| ->| then\b|(?= (?:{VERB})\b)) ?(?:then |please |simply |just |you should )"
    rf"{{0,2}}(?:(?P<verb>{_SAY}|{_LINK}) )?{_TARGET}[.!;,]?$"
)
_CODE_LAST = re.compile(
    rf"(?:,? (?:I|we) (?:{VERB})| \((?:{KIND})) (\d{{1,2}})"
    r"(?:, (?:meaning |i\.e\. )?([^(),]{1,60}?))?\)?\.?$"
)
_ELSE_END = re.compile(
    rf"(?:^|[,;.:\u2014] ?| )(?:and |or |but )?(?P<else>(?i:{ELSE}))\b[,:]? ?(?:then |please )?"
    rf"(?:(?P<verb>{_SAY}|{_LINK}) )?{_TARGET}[.!]?$"
)
_CONDITION = re.compile(r"(?:and |but |or )?(?:if|when|whenever|where|for|should|in case) ", re.I)
_PARTS = re.compile(
    r"; |, (?=(?:and |but )?(?i:if|when|for|otherwise|else|whenever)\b)|\. (?=[A-Z])"
)
_TRAIL = re.compile(
    rf"[ ,;:(]*(?:\b(?:and|or|but|then|while|whereas)\b(?: with| as| to| an?)?)?"
    rf"[ ,;:(]*(?:\b(?:{VERB}|{KIND})\b)?$",
    re.I,
)
_GOES_ON = re.compile(
    r"(?:they|it|these|such|there|its|their|usually|often|sometimes|typically|this includes"
    r"|examples?|for example|for instance|e\.g\.)\b",
    re.IGNORECASE,
)
_THINK = re.compile(r"^you (?:think|believe|judge|find|decide)(?: that)? (?=\w)", re.IGNORECASE)
_SO = re.compile(
    r"(?:so|yes|(?:it|this|that|they|there) (?:is|does|do|are|was)(?: so| the case)?)", re.I
)
_DOUBT = re.compile(
    r"(?:you (?:are (?:not|un)|cannot|can't|can not|could not|do not|don't|feel|have)|in doubt"
    r"|unsure|uncertain|not sure|none\b|neither|several|more than|it is not clear"
    r"|it is unclear|there is (?:any )?doubt)",
    re.IGNORECASE,
)
_NO_WORD = re.compile(
    r".*\b(?:number|name|letter|code|category|class|nothing|it|there|you|the|is|are|one|this|that"
    r"|which|json|confidence|answer|high|medium|low|label|word|sentence|question|look|not sure)\b",
    re.I,
)
WEIGHT, TOGETHER = 3.0, 4.5


@dataclass(frozen=True)
class _Act:
    option: Option
    at: tuple[int, int]
    style: str
    led: bool


def heads(text: str) -> list[Group]:
    """Return the groups of categories that sentences of `text` name with what they stand for."""
    acts = _acts(text)
    styles = {act.style for act in acts if act.led}
    apart = [{style} - styles for style in ("digit", "letter", "quoted")]
    parts = [([act for act in acts if act.led or act.style in styles], TOGETHER)]
    parts += [([act for act in acts if act.style in style], WEIGHT) for style in apart]
    return [
        Group(tuple(act.option for act in part), part[0].at, weight)
        for part, weight in parts
        if len({act.option.code for act in part}) > 1
    ]


def _acts(text: str) -> list[_Act]:
    """Return what the sentences say; one that only goes on with the one before is part of that."""
    acts: list[_Act] = []
    goes_on = False
    for sentence, at in placed_sentences(text):
        new = _sentence(sentence, at)
        goes_on = goes_on and at[1] > 0 and not new
        if goes_on and _GOES_ON.match(sentence) and not is_instruction(sentence):
            acts[-1] = _longer(acts[-1], bare(sentence).rstrip("."))
            continue
        acts += new
        goes_on = bool(new)
    return acts


def _longer(act: _Act, more: str) -> _Act:
    description = act.option.description and f"{act.option.description}. {more}"
    return replace(act, option=replace(act.option, description=description))


def _sentence(sentence: str, at: tuple[int, int]) -> list[_Act]:
    """Return what one sentence says of codes: the code first, or the condition first."""
    conditions = list(_conditions(sentence, at))
    if conditions and _CONDITION.match(sentence):
        return conditions
    heads = [head for head in _HEAD.finditer(sentence) if not _foreign(head)]
    acts: list[_Act] = []
    for head, following in zip_longest(heads, heads[1:]):
        told = sentence[head.end() : following.start() if following else None]
        acts += _told(head, told, (at[0], at[1] + head.start()))
    return acts or conditions


def _foreign(head: re.Match[str]) -> bool:
    word = head["led"] or head["word"] or ""
    loose = bool(word) and word[0] not in "\"'" and not re.fullmatch(_CODE, word)
    return loose and _NO_WORD.match(word) is not None


def _told(head: re.Match[str], told: str, at: tuple[int, int]) -> Iterator[_Act]:
    """Yield what a head and the words after it say, and what an "otherwise" after them says."""
    target = head["led"] or head["short"] or head["word"]
    when = (head["when"] or head["if"] or head["where"] or "=").lower()
    ending = _ELSE_END.search(told, max(0, len(told) - 120))
    if ending and (ending["verb"] or not ending["target"][0].islower() or target[0].islower()):
        told = told[: ending.start()]
    else:
        ending = None
    told = _TRAIL.sub("", told.strip().rstrip(".;, ")).strip()
    told = told if "(" in told else told.rstrip(")}]")
    led = bool(head["led"])
    if re.fullmatch(ELSE, when):
        told = f"{when} {told}".strip()
    if not _DOUBT.match(told):
        yield _act(target, head["name"] or head["called"] or "", when, told, at, led=led)
    if ending:
        yield _act(ending["target"], ending["called"] or "", "if", ending["else"], at, led=led)


def _conditions(sentence: str, at: tuple[int, int]) -> Iterator[_Act]:
    """Yield what a sentence says that has the condition first: "if ..., answer 1"."""
    for number, part in enumerate(_PARTS.split(_code_told(sentence))):
        place = (at[0], at[1] + number)
        ending = _ELSE_END.match(part)
        if ending and _is_target(ending):
            told = ending["else"].lower()
            yield _act(ending["target"], ending["called"] or "", "if", told, place, led=True)
            continue
        lead = _CONDITION.match(part)
        then = _THEN.search(part, max(0, len(part) - 120)) if lead else None
        if lead and then and _is_target(then):
            told = part[lead.end() : then.start()]
            if not _DOUBT.match(told):
                when = "for" if " for " in f" {lead[0].lower()}" else "if"
                yield _act(then["target"], then["called"] or "", when, told, place, led=True)


def _code_told(sentence: str) -> str:
    """Return "if ... (code 1, ring)" and "if ..., I write 1, meaning ring" as one form."""
    return _CODE_LAST.sub(lambda m: f", write {m[1]}{f' ({m[2]})' if m[2] else ''}.", sentence)


def _is_target(then: re.Match[str]) -> bool:
    target = then["target"]
    coded = target[0] in "\"'" or re.fullmatch(_CODE, target)
    return bool(coded or (then["verb"] and not _NO_WORD.match(target)))


def _act(target: str, name: str, when: str, told: str, at: tuple[int, int], *, led: bool) -> _Act:
    coded = re.fullmatch(r"[(\[]?(\d{1,3}|[IVX]{2,4}|[A-Za-z]\d?)[)\]]?", target.strip("\"'"))
    style = "quoted" if target[0] in "\"'" else "word"
    if coded and style == "word":
        style = "digit" if coded[1].isdigit() else "letter"
    code = coded[1] if coded else bare(target)
    name = name or ("" if coded else code)
    told = _THINK.sub("", bare(told.strip().strip(",;").strip()))
    told = "" if _SO.fullmatch(told) else told
    option = Option(code, name, told)
    if when in {"=", "for", *MEANS.split("|")}:
        option = item(code, name, told)
        named = re.sub(r"^(?:an?|the) (?=\S)", "", option.name)
        option = replace(option, code=code, name=named)
    return _Act(option, at, style, led)
