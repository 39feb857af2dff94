"""Descriptions of galaxies in words: our own texts, their cosines, claims beyond the image."""

from secondsight.descriptions.answerers import BLIND, RANDOM, RIGHT, Answerer, answerers
from secondsight.descriptions.beyond import KINDS, RULE, Mention, mentions, mentions_table
from secondsight.descriptions.cosines import Cosines, read_cosines, table_of
from secondsight.descriptions.texts import (
    TextSet,
    all_texts,
    fixed,
    paraphrase_of,
    references,
    text_set,
)

__all__ = [
    "BLIND",
    "KINDS",
    "RANDOM",
    "RIGHT",
    "RULE",
    "Answerer",
    "Cosines",
    "Mention",
    "TextSet",
    "all_texts",
    "answerers",
    "fixed",
    "mentions",
    "mentions_table",
    "paraphrase_of",
    "read_cosines",
    "references",
    "table_of",
    "text_set",
]
