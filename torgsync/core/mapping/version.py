"""The version of the rules, which says whether a row has to be mapped again."""

from torgsync import __version__

MAPPING_VERSION = 7
"""Counts the rules by which a row becomes a product. Raising it maps every good again at the next look."""


def rules_version() -> str:
    """Return what distinguishes one program's rules from another's: their count and the program's version."""
    return f"{MAPPING_VERSION}/{__version__}"
