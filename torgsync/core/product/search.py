"""Find goods by what a person types: an id, an article, a barcode, words of the name, a group."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

_SAME = str.maketrans({"ґ": "г", "ё": "е"} | dict.fromkeys("'’ʼ‘`´", None))
"""Letters that people type for others, and apostrophes, which have many signs."""


def folded(text: str) -> str:
    """Return a text as it is compared: in one case, without apostrophes, blanks folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_SAME).split())


def rank(words: Sequence[str], codes: Collection[str], texts: Collection[str]) -> int | None:
    """Return how well a good fits, 0 for best, None where it does not.

    Args:
        words: What was typed, folded, one word each; all must be found.
        codes: The good's id, article and barcodes.
        texts: Its names and its groups.
    """
    exact = {folded(code) for code in codes if code}
    if " ".join(words) in exact:
        return 0
    text = " ".join(map(folded, texts))
    if exact.union(text.split()).issuperset(words):
        return 1
    whole = " ".join((*exact, text))
    return 2 if all(word in whole for word in words) else None
