"""The language of a column of texts, by its name and by the columns next to it.

A text with a mark, such as `name_ua`, next to the same one without a mark: the plain one is in the other
language (docs/developers/prom-api.md §7.2).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from torgsync.core.product.columns import SITE_TEXT

UKRAINIAN, RUSSIAN = "uk", "ru"

_RUSSIAN = re.compile(r"(?:^|[\W_])(?:ru|rus|ros|рос|рус)(?:$|[\W_])|(?-i:(?<=[a-z])Ru$)", re.IGNORECASE)
_UKRAINIAN = re.compile(r"(?:^|[\W_])(?:ua|uk|ukr|укр)(?:$|[\W_])|(?-i:(?<=[a-z])U[ak]$)", re.IGNORECASE)

_BASES = {"goodname": "name", SITE_TEXT: "description", "keyword": "keywords"}
"""What is the same text under another name, in lower case."""


def without_mark(column: str) -> str:
    """Return the name of a column without the mark of its language."""
    return _UKRAINIAN.sub("", _RUSSIAN.sub("", column)).strip("_ ()")


def named_language(column: str) -> str:
    """Return the language that the name of a column says, empty where it says none."""
    if _UKRAINIAN.search(column):
        return UKRAINIAN
    return RUSSIAN if _RUSSIAN.search(column) else ""


def language_among(column: str, columns: Collection[str]) -> str:
    """Return the language of a column by its name, else by another column with the same text and a mark.

    Empty where neither says it, and where both languages have a column of their own.
    """
    if language := named_language(column):
        return language
    base = _base(column)
    others = {named_language(other) for other in columns if other != column and _base(other) == base} - {""}
    if len(others) != 1:
        return ""
    return RUSSIAN if UKRAINIAN in others else UKRAINIAN


def is_paired(column: str, columns: Collection[str]) -> bool:
    """Return whether the text of a column is in the export in both languages."""
    base = _base(column)
    return len({language_among(other, columns) for other in columns if _base(other) == base} - {""}) > 1


def language_pairs(columns: Collection[str], texts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the columns of texts that the export has in both languages, each with its target.

    `texts` are the targets that may be paired: name, description, keywords.
    """
    for text in texts:
        by_language = {
            language: column
            for column in reversed([*columns])
            if _base(column) == text and (language := language_among(column, columns))
        }
        if len(by_language) > 1:
            yield by_language[UKRAINIAN], text
            yield by_language[RUSSIAN], f"{text}_ru"


def _base(column: str) -> str:
    base = without_mark(column).casefold()
    return _BASES.get(base, base)
