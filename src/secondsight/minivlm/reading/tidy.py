"""A prompt's characters made plain: one kind of quote, dash, space and line end."""

import re

from secondsight.minivlm.reading.words import IF, MEANS

_SAME = str.maketrans(
    {
        **dict.fromkeys(map(chr, (0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0xB4)), "'"),
        **dict.fromkeys(map(chr, (0x201C, 0x201D, 0x201E, 0x201F, 0x2033, 0xAB, 0xBB)), '"'),
        **dict.fromkeys(map(chr, (0x2010, 0x2011, 0x2212, 0xFE63, 0xFF0D)), "-"),
        **dict.fromkeys(map(chr, (0x2012, 0x2013, 0x2015)), "\u2014"),
        **dict.fromkeys(map(chr, (0x2192, 0x21D2, 0x27F6, 0x2794)), "->"),
        **dict.fromkeys(map(chr, (0x2023, 0x25E6, 0x25AA, 0x25CF, 0x25CB, 0x2043)), "\u2022"),
        **dict.fromkeys(map(chr, (0xA0, 0x3000, 0x202F, *range(0x2000, 0x200B))), " "),
        **dict.fromkeys(map(chr, (0x0B, 0x0C, 0x85, 0x2028, 0x2029)), "\n"),
        **dict.fromkeys(map(chr, (0xFEFF, 0xAD, 0x200B, 0x200C, 0x200D, *range(9))), ""),
        "\uff1a": ":",
        "\uff08": "(",
        "\uff09": ")",
    }
)
_SPACES = re.compile(r"(?<=\S) {2,}")
_NUMBERED = re.compile(
    rf"(?mi)^( *)(?:(?:\d{{1,2}}[.)]|[-*\u2022]) +)?(?:\*\*)?code (\d{{1,2}})(?:\*\*)?"
    rf"(?:(?:, | \(| (?:-|\u2014) | (?!(?:or|and|to|goes|covers|marks|{MEANS}|{IF})\b))"
    r"([^:()*\n]{1,60})\)?)?(?:\*\*)? ?:(?:\*\*)? +"
)
_ASKER = re.compile(r"(?m)^ *(?:Q|Question)\d{0,2}[:.] .*\?$")
_LETTERED = re.compile(r"(?m)^ *B[:.] ")
_SPEAKER = re.compile(r"(?m)^ *(?:Q|A|Question|Answer)\d{0,2}[:.](?: |$)")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]{1,200})(?<=\S)\1(?![\w*])")


def tidy(text: str) -> str:
    """Return `text` with plain quotes, dashes, spaces and line ends; indents are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SAME)
    lines = (line.replace("\t", "    ").rstrip() for line in text.split("\n"))
    return "\n".join(_SPACES.sub(" ", line) for line in lines)


def unnumbered(text: str) -> str:
    """Return `text` with "2. Code 1, name: ..." written as "Category 1 (name): ..."."""
    return _NUMBERED.sub(
        lambda code: f"{code[1]}Category {code[2]}{f' ({code[3]})' if code[3] else ''}: ",
        text,
    )


def unspoken(text: str) -> str:
    """Return `text` without "Q:" and "A:" before questions and answers, if A is no choice."""
    return _SPEAKER.sub("", text) if _ASKER.search(text) and not _LETTERED.search(text) else text


def bare(text: str) -> str:
    """Return `text` in one line, without Markdown's marks and without quotes around it."""
    text = text.replace("**", "").replace("__", "").replace("`", "")
    text = " ".join(_EMPHASIS.sub(r"\2", text).split())
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    return text


def plain(text: str) -> str:
    """Return `text` for comparing: lower case, no marks around it, hyphens as spaces."""
    text = " ".join(text.replace("-", " ").replace("_", " ").split())
    text = text.strip(" .,:;!?\"'`*()[]<>").lower()
    return re.sub(r"^(?:an?|the) (?=.)", "", text)
