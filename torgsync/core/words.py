"""Numbers with their nouns, as every sentence of the program needs them."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun in the right form: `1 good`, `2 goods`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
