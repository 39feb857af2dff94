"""A text that a prompt quotes and asks about: another model's answer in free words."""

import re
from collections.abc import Iterator
from itertools import islice

from secondsight.minivlm.reading.form import shows_form

_CUE = (
    r"(?:answer|description|text|response|reply|statement|caption|report|passage|output|note"
    r"|comment|summary|observation|transcript|sentence|remark|paragraph|said|wrote|writes|says)s?"
)
_TAG = re.compile(
    r"<(answer|text|description|response|reply|passage|output|report|caption|quote|note|input"
    r"|statement|comment|message|content|document|summary|model_answer|model_response|model_output"
    r"|free_text)>(.{0,20000}?)</\1>",
    re.IGNORECASE | re.DOTALL,
)
_FENCED = re.compile(r"```[ \w+-]{0,20}\n(.{0,20000}?)\n? {0,12}```", re.DOTALL)
_TRIPLE = re.compile(
    r"\"{3}(.{1,20000}?)\"{3}|'{3}(.{1,20000}?)'{3}|~{3}\n(.{1,20000}?)\n~{3}", re.DOTALL
)
_CUED_QUOTE = re.compile(
    rf"(?<![\w])(?i:{_CUE}\b[^\n:.\"]{{0,60}})(?::|,|\u2014)[ \n]{{0,4}}\"([^\"]{{12,8000}})\""
)
_LONE_QUOTE = re.compile(r"(?:^|\n\n|:[ \n]{1,3})\"([^\"]{12,8000})\"[.]?(?=\s*(?:\n\n|$))")
_LONE_SINGLE = re.compile(r"(?:^|\n|: )'([^\n]{12,4000})'[.]?(?= *(?:\n|$))")
_RULED = re.compile(r"(?:^|\n)-{3,}\n(.{12,8000}?)\n-{3,}(?=\n|$)", re.DOTALL)
_QUOTED_LINES = re.compile(r"(?:^|\n)((?:> ?[^\n]*(?:\n|$)){1,200})")
_LABEL = re.compile(
    rf"(?:^|\n)(?:\*\*|#{{1,4}} )?(?:(?:[\w']+ ){{0,5}}{_CUE}"
    rf"(?: \([^()\n]{{1,60}}\))?(?: (?:of|by|from|about|to)(?: [\w']+){{1,5}})?"
    rf"|(?:[^\n:.]{{0,60}}\b)?(?:following|this) {_CUE})(?:\*\*)? ?:(?:\*\*)?[ \n]+"
    r"(?!\d|[\"'`<{\[*-])([^\n]{12,8000}(?:\n[^\n]{1,4000}){0,40})",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"(?:\b(?:as|in|like|e\.g\.|example|format|inside|within|between|tags?|with|form|write|return)"
    r"[ :]*\n?)$",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"\W*(?:your\b|(?:the|a|one) (?:single |chosen )?(?:number|category|name|code|answer|class"
    r"|label|letter|digit|word)\b|\.\.\.|<|\[|here\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^ *(?:[-*+\u2022] |#|[(\[\"'`]?\w{1,2}[\"'`]?(?:[.):=\]]| [-=(]| ?\u2014)"
    r"|(?:category|class|option|label|type)\b|[{\[|])",
    re.IGNORECASE | re.MULTILINE,
)
_KEY = re.compile(r"^ *([\w ]{1,30}):", re.MULTILINE)
_ORDER = re.compile(
    r"(?:answer|reply|respond|return|choose|select|pick|classify|write|give|number|one of|which"
    r"|code|only|please|say|state|what|just|a single|one|exactly|text|json|plain)\b",
    re.IGNORECASE,
)
_DESCRIPTION = re.compile(r"^ *description ?:", re.IGNORECASE | re.MULTILINE)


def take_passage(text: str) -> tuple[str, str]:
    """Return the text that a prompt quotes, or nothing, and the prompt without it."""
    for start, end, passage in _quotations(text):
        return " ".join(passage.split()), f"{text[:start]}\n\n{text[end:]}"
    return "", text


def _quotations(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what is quoted and where, the surest signs of a quotation first."""
    for tag in _few(_TAG, text):
        if _is_tagged(tag[2].strip(), text[max(0, tag.start() - 40) : tag.start()]):
            yield *tag.span(), tag[2]
    for pattern, words in ((_FENCED, 3), (_TRIPLE, 1)):
        for fence in _few(pattern, text):
            content = "".join(filter(None, fence.groups()))
            if _is_passage(content, words):
                yield *fence.span(), content
    quote = _once(_CUED_QUOTE, text) or _once(_LONE_QUOTE, text) or _once(_LONE_SINGLE, text)
    if quote and len(_DESCRIPTION.findall(text)) < 2 and _is_passage(quote[1], 4):
        yield quote.start(1) - 1, quote.end(1) + 1, quote[1]
    for pattern in (_RULED, _QUOTED_LINES):
        lines = _once(pattern, text)
        content = re.sub(r"(?m)^> ?", "", lines[1]) if lines else ""
        if lines and _is_passage(content, 4):
            yield *lines.span(1), content
    label = _once(_LABEL, text)
    if label and _is_passage(label[1], 4) and not _ORDER.match(label[1]):
        content = re.split(r"\n(?=(?:[A-Z][\w ]{0,40}:|#|[-*] |\w[.)] ))", label[1])[0]
        yield label.start(1), label.start(1) + len(content), content


def _is_tagged(content: str, before: str) -> bool:
    """Whether a tag holds a text, rather than a list or what an answer is to be."""
    listed = len(_ITEM.findall(content)) > 1 or _HOLDER.match(content)
    return bool(content and not listed and not (_SHOWN.search(before) and len(content.split()) < 4))


def _few(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return list(islice(pattern.finditer(text), 20))


def _once(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the one match of a pattern; none if there are several, as in a list."""
    matches = _few(pattern, text)
    return matches[0] if len(matches) == 1 else None


def _is_passage(content: str, words: int) -> bool:
    """Whether what is quoted is running text, rather than data or a list."""
    content = content.strip()
    if len(content.split()) < words or content[:1] in {"{", "["} or _HOLDER.match(content):
        return False
    if shows_form(content):
        return False
    keys = _KEY.findall(content)
    return len(_ITEM.findall(content)) < 2 and len(set(keys)) == len(keys) and "|" not in content
