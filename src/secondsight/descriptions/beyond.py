"""Claims in a text that an image alone can't bear out, found by a fixed list of patterns.

`RULE` says what counts. The rule reads words and no sense: a denial ("no redshift can be told")
counts, and a claim in words that are not listed ("a supermassive black hole") does not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

_NUMBER = r"(?:\d[\d.,^x]{0,20}|hundreds?|thousands?|millions?|billions?|trillions?|dozens?)"
_SCALE = r"(?:[ \-](?:hundred|thousand|million|billion|trillion)s?)?(?:[ ]of)?"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_NO_YEAR = r"(?![.,]\d|[ \-](?:light|[kmg]?pc|parsec|ly|km|solar|stars|galaxies|years|million))"
_CATALOGUES = (
    r"NGC|IC|UGC|PGC|ESO|Arp|Abell|Messier|Mrk|Markarian|LEDA|HCG|DDO|MCG|HIP|HD|3C|2MASX|SDSS|"
    r"Hickson"
)
_OBJECTS = (
    r"Milky Way|Andromeda|Triangulum Galaxy|Magellanic Clouds?|Whirlpool Galaxy|Sombrero Galaxy|"
    r"Pinwheel Galaxy|Cartwheel Galaxy|Tadpole Galaxy|Antennae Galaxies|Cigar Galaxy|Centaurus A|"
    r"Virgo Cluster|Coma Cluster|Fornax Cluster|Local Group|Stephan's Quintet|Mercury|Venus|Mars|"
    r"Jupiter|Saturn|Uranus|Neptune|Pluto"
)
_INSTRUMENTS = (
    r"Hubble|HST|James Webb|JWST|Spitzer|Chandra|XMM-Newton|GALEX|Euclid|Gaia|Kepler|"
    r"Very Large Telescope|VLT|Very Large Array|VLA|ALMA|LOFAR|MeerKAT|Subaru|Keck|Gemini North|"
    r"Gemini South|Pan-STARRS|Sloan Digital Sky Survey|Sloan|SDSS|2MASS|DECam|Dark Energy Camera|"
    r"Dark Energy Survey|DECaLS|Legacy Surveys?|LSST|Rubin Observatory|"
    r"European Southern Observatory"
)
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "redshift": re.compile(r"\bredshift(?:s|ed)?\b|\bz\s?[=≈~]\s?\d+(?:\.\d+)?", re.I),
    "catalogue name": re.compile(
        rf"\b(?:{_CATALOGUES})[ \-]?[A-Z]?[+\-]?\d(?:[\d.+\-]{{0,20}}\d)?"
        r"|\bM[ \-]?\d{1,3}\b(?![.,]?\d)"
    ),
    "named object": re.compile(rf"\b(?:{_OBJECTS})\b"),
    "instrument": re.compile(rf"\b(?:{_INSTRUMENTS})\b(?![ \-]?\d)"),
    "distance or size": re.compile(
        rf"\b(?:{_NUMBER}{_SCALE}[ \-])?(?:light[ \-]?years|(?:kilo|mega|giga)?parsecs)\b"
        rf"|\b{_NUMBER}{_SCALE}[ \-]?(?:light[ \-]?year|(?:kilo|mega|giga)?parsec|ly|[kMG]?pc|km|"
        r"kilomet(?:er|re)s?|astronomical units?|AU|miles?)\b",
        re.I,
    ),
    "mass": re.compile(
        r"\bsolar mass(?:es)?\b|\bM(?:_?sun|_?☉|_?⊙)|\bmass(?:es)? of the sun\b"
        rf"|\b{_NUMBER}{_SCALE}[ ]?(?:kg|kilograms?|tons?|tonnes?)\b",
        re.I,
    ),
    "date or age": re.compile(
        rf"\b(?:in|since|until|before|after|of|by|around|from|{_MONTH},?)[ ]{_YEAR}\b{_NO_YEAR}"
        rf"|\b{_MONTH}[ ]\d{{1,2}}\b(?!\d)|\b\d{{1,2}}[ ]{_MONTH}\b"
        rf"|\b{_NUMBER}{_SCALE}[ \-](?:years?)\b",
        re.I,
    ),
}
KINDS = tuple(_PATTERNS)
"""The kinds of claim, in the order in which they are listed."""
RULE: Mapping[str, str] = {
    "redshift": "the word, or z with a number",
    "catalogue name": "a catalogue's letters with a number, such as NGC 1300 or M 31",
    "named object": "one galaxy, group, cluster or planet by its name, such as the Milky Way",
    "instrument": "a telescope, camera, observatory or survey by its name",
    "distance or size": "a number, in digits or words, with light-years, parsecs, kilometres, "
    "miles or astronomical units; light-years or parsecs also without one",
    "mass": "solar masses, or a number with kilograms or tons",
    "date or age": "a year after a month or a word such as in or since, a month with a day, or a "
    "number of years",
}
"""What counts as each kind, for a reader."""


@dataclass(frozen=True)
class Mention:
    """One claim found in a text: of a kind of `KINDS`, by the words that start at `start`."""

    kind: str
    words: str
    start: int


def mentions(text: str) -> tuple[Mention, ...]:
    """Return the claims in a text that an image alone can't bear out, in the text's order.

    Two of one kind never overlap; two of different kinds may.
    """
    claims = [
        Mention(kind, hit.group(), hit.start())
        for kind, pattern in _PATTERNS.items()
        for hit in pattern.finditer(text)
    ]
    return tuple(sorted(claims, key=lambda claim: (claim.start, KINDS.index(claim.kind))))


def mentions_table(texts: Mapping[str, str]) -> pd.DataFrame:
    """Return what was found in each text.

    A row a text: `text` (str), and `found` (str), the words with their kinds, or "nothing".
    """
    rows = [(words, _found(words)) for words in texts.values()]
    return pd.DataFrame(rows, columns=["text", "found"])


def _found(text: str) -> str:
    listed = [f"{claim.words} ({claim.kind})" for claim in mentions(text)]
    return "; ".join(listed) or "nothing"
