"""Pieces of sentences that every part of the program needs: numbers with their nouns, words that are near."""

from __future__ import annotations

from difflib import get_close_matches


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun in the right form: `1 good`, `2 goods`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def did_you_mean(word: str, known: object) -> str:
    """Return `; did you mean `x`?` where one of the known words is near, else nothing."""
    near = get_close_matches(
        word, [str(name) for name in known] if isinstance(known, (list, tuple, dict)) else []
    )
    return f"; did you mean `{near[0]}`?" if near else ""
