"""Pieces of sentences that every part of the program needs: numbers with nouns, near words, single lines."""

from __future__ import annotations

import re
from difflib import get_close_matches

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""What an XML file, PostgreSQL or a terminal does not take. Line ends and tabs are not among it."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun in the right form: `1 good`, `2 goods`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def one_line(text: str) -> str:
    """Return a text as one line: blanks of every kind folded, invisible signs left out."""
    if not text.isprintable():  # nearly every text is
        text = "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
    return " ".join(text.split())


def without_controls(text: str) -> str:
    """Return a text without what an XML file, PostgreSQL or a terminal does not take.

    A line end of C1, which no terminal takes either, becomes a line feed.
    """
    return text if text.isprintable() else CONTROL.sub("", text.replace("\x85", "\n"))


def nearest(word: str, known: object) -> str:
    """Return the known word that is nearest to one, empty where none is near."""
    words = [str(name) for name in known] if isinstance(known, (list, tuple, dict)) else []
    return next(iter(get_close_matches(word, words, n=1)), "")


def did_you_mean(word: str, known: object) -> str:
    """Return `; did you mean `x`?` where one of the known words is near, else nothing."""
    near = nearest(word, known)
    return f"; did you mean `{near}`?" if near else ""
