# ruff: noqa: RUF001  (the quotes, digits and dashes of other scripts are the point)
"""From what a model wrote to plain prose: without reasoning, marks and look-alike characters.

Every pattern here is a fixed text with at most a bounded run in it, and a text's middle is left out
when it is very long, so the time taken grows with the length and no faster.
"""

import re
import unicodedata

LONGEST = 20_000
"""Of a text of more characters only the head and the tail are looked at, half of it each."""

_THOUGHT = (
    "think|thinking|thoughts?|reason|reasoning|analysis|rationale|reflection|scratchpad|explanation"
)
_BLOCK = re.compile(
    rf"[<◁] ?(/?) ?(?:\w{{1,12}}:)?(?:{_THOUGHT})(?: [^<>◁▷]{{0,80}})?[>▷]|\[(/?)think(?:ing)?\]",
    re.IGNORECASE,
)
_CHANNEL, _FINAL_CHANNEL = "<|channel|>", "<|channel|>final<|message|>"

_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′‹›´", "'"),
        **dict.fromkeys("“”„‟″«»「」『』〝〞", '"'),
        **dict.fromkeys("【〔《〈", "("),
        **dict.fromkeys("】〕》〉", ")"),
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("—―", " - "),
        **dict.fromkeys("⁄∕", "/"),
        **dict.fromkeys("→⇒➜⟶➡", ":"),
        **dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"),
        **{chr(code): "" for code in (0xAD, 0xFEFF, 0xFE0E, 0xFE0F, 0x20E3)},
        **{chr(code): "" for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F))},
        **{chr(code): "" for code in (*range(0x2060, 0x2065), *range(9), *range(14, 32))},
        "、": ", ",
        "。": ". ",
    }
)
_MARKS = str.maketrans(
    {
        **dict.fromkeys("*`_\\•‣▪✅✓✔☑", " "),
        **dict.fromkeys("❌✗✘🚫☐", " not "),
        **dict.fromkeys("❓❔🤔🤷", "?"),
        "|": " ; ",
    }
)
_NUMBER_SIGN = re.compile(r"№ ?|\bn[º°] ?(?=\d)", re.IGNORECASE)
_ANSWER_TAGS = "final[_ -]?answer|answer|final|label|category|class|classification|output|result"
_REPLACED = (
    (r"<\|[^|<>\n]{1,40}\|>|</?s>|\[/?INST\]", " "),
    (rf"<(?:{_ANSWER_TAGS})>", "\nAnswer: "),
    (rf"</(?:{_ANSWER_TAGS})>", "\n"),
    (r"</?(?:p|br|div|li|ul|ol|h\d) ?/?>", "\n"),
    (r"</?(?:b|i|u|em|strong|span|code|pre|mark)>", " "),
    (r"```(?:json|text|txt|plaintext|markdown|md|yaml|xml|python|latex|tex)?(?![a-z0-9])", "\n"),
    (r"(?m)^ ?> +|^ ?(?:assistant|model|ai): ?", ""),
    ("artefact", "artifact"),
    (r"\b(category|class|option|answer|label|choice|kategorie|klasse)-(?=\w\b)", r"\1 "),
    (r"\\f?boxed ?\{", " Answer: "),
    (r"\\(?:text|textbf|mathrm|mathbf) ?\{", " "),
    (r"\$\$?([^$\n]{1,60})\$\$?", r" \1 "),
    (r"\[ ?\](?!\()", " not "),
    (r"\[x\]", " Answer: "),
    (r"[=-]>", ": "),
    (r"\b(?:No|Nr|Nro|Num)\. ?(?=\d)", "number "),
    (r"\bcan ?not\b|\bcan'?t\b", "can not"),
    (r"\b(is|are|was|do|does|did|could|would|should|wo|has|have)n'?t\b", r"\1 not"),
    (r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)", r" \1 "),
)
_REPLACE = [(re.compile(pattern, re.IGNORECASE), by) for pattern, by in _REPLACED]


_PICTURE = re.compile("[\U0001f300-\U0001faff]")
_UNENDED = re.compile(r"([:,/]|\b(?:or|and|oder|und|ou|et|o|y))\n", re.IGNORECASE)


def without_reasoning(text: str) -> str:
    """Return `text` less its reasoning; a block that never ends leaves nothing behind it.

    A block that ends without having begun began in the prompt: all before its end is reasoning.
    """
    kept: list[str] = []
    start, thinking = 0, False
    text = _last_channel(text)
    for tag in _BLOCK.finditer(text):
        closes = bool(tag[1] or tag[2])
        if closes and not thinking:
            kept = []
        elif not closes and not thinking:
            kept.append(text[start : tag.start()])
        start, thinking = tag.end(), not closes
    if not thinking:
        kept.append(text[start:])
    return "\n".join(kept).strip("\ufeff \t\r\n")


def _last_channel(text: str) -> str:
    """Return what stands in the last final channel, where a text is in channels."""
    if text.startswith("analysis") and "assistantfinal" in text:
        return text.rpartition("assistantfinal")[2]
    if _CHANNEL not in text:
        return text
    return text.rpartition(_FINAL_CHANNEL)[2] if _FINAL_CHANNEL in text else ""


def shortened(text: str) -> str:
    """Return `text`, or its head and its tail where it is longer than `LONGEST`."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]}\n{text[-half:]}"


def plain(text: str) -> str:
    """Return `text` in everyday characters: digits, quotes, dashes and line ends of one kind."""
    numbered = _NUMBER_SIGN.sub("number ", text)
    return shortened(unicodedata.normalize("NFKC", numbered).translate(_CHARACTERS))


def prose(text: str) -> str:
    """Return plain text without markup, its lines stripped, single blanks between words."""
    for pattern, by in _REPLACE:
        text = pattern.sub(by, text)
    text = _PICTURE.sub(" ", text.translate(_MARKS))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return _UNENDED.sub(r"\1 ", "\n".join(line for line in lines if line))
