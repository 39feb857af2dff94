"""Whose numbers these are. Every number in the book has one of these origins."""

from enum import StrEnum


class Origin(StrEnum):
    """Where a number comes from."""

    PUBLISHED = "published"
    ELSEWHERE = "recorded elsewhere"
    REAL_SKY = "recorded here, real sky"
    SIMULATED_SKY = "recorded here, simulated sky"
