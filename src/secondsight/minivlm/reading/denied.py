"""A description without what it denies: an embedding of "no arms" lies near that of "arms"."""

import re

_NOT = (
    r"(?:(?:has|have|is|are|of|there is|there are) )?(?:no|none|neither|nothing|never|not)"
    r"|nor|lack(?:s|ing)?|absence of|free (?:of|from)|devoid of|rather than|instead of"
    r"|\w+n't|cannot"
)
_DENIED = re.compile(
    r"\bunlike (?:an?|the) (?:[\w-]+ )?[\w-]+"
    rf"|(?:(?:^|(?<=[,;.:(])) ?(?:(?:and|but|or|it|you|they|which|that) )*(?:{_NOT})"
    rf"|(?<= )(?:and|but) (?:{_NOT})"
    r"|(?<= )(?:it|they|which|that) (?:\w+n't|has no|have no|is not|are not)"
    r"|(?<!with or )\b(?:without|with no))\b[^,;.:()]*?"
    r"(?:(?:, [\w-]+(?: [\w-]+)?)*,? (?:or|nor) [^,;.:()]*)?"  # a list that ends in "or"
    r"(?=[,;.:()]|$| but )",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\s*([,;.:])(?:\s*[,;.:])*")
_ANSWER = re.compile(r"^(?:yes|no)\s*[,.:;]\s*(?=\w)", re.IGNORECASE)


def affirmed(text: str) -> str:
    """Return what a description affirms; all of it, where that is less than two words."""
    text = _ANSWER.sub("", text)
    kept = " ".join(_MARKS.sub(r"\1", _DENIED.sub("", text)).split()).strip(" ,;:.")
    return kept if len(kept.split()) > 1 else text
