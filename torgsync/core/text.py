"""Pieces of sentences that every part of the program needs: numbers with nouns, near words, single lines.

Also what of a text can be stored, sent and shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from torgsync.i18n import NOTHING, Message, _, verbatim

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""What an XML file, PostgreSQL or a terminal does not take. Line ends and tabs are not among it."""

UNSHOWN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]"
)
"""What moves the cursor, changes colours or titles, or turns the direction of a line when it is shown.

Line feeds and tabs are not among it. Of Unicode it has C0, C1, the marks and embeddings of direction, the
separators of lines, and lone surrogates, which no file takes either.
"""


_LISTED = re.compile(r'(?:"[^"]*"|[^,])+')


def one_line(text: str) -> str:
    """Return a text as one line: blanks of every kind folded, invisible signs left out."""
    if not text.isprintable():  # nearly every text is
        text = "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
    return " ".join(text.split())


QUOTED_LENGTH = 40
"""Letters of a cell that a sentence quotes."""


def cut(text: str, most: int) -> str:
    """Return a text of at most so many letters; where it had more, its last sign says so."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def few(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """Return at most so many texts; where there were more, a sign after them says so."""
    return (*texts[:most], "…") if len(texts) > most else tuple(texts)


def quotation(text: str) -> str:
    """Return what a sentence quotes of a cell."""
    return cut(text, QUOTED_LENGTH)


def shown(text: str) -> str:
    """Return a text without `UNSHOWN`, blanks of that kind as blanks: it drives no terminal."""
    if text.isprintable():
        return text
    return UNSHOWN.sub(lambda sign: " " if sign[0].isspace() else "", text)


def without_controls(text: str) -> str:
    """Return a text without what an XML file, PostgreSQL or a terminal does not take.

    A line end of C1, which no terminal takes either, becomes a line feed.
    """
    return text if text.isprintable() else CONTROL.sub("", text.replace("\x85", "\n"))


def listed(*texts: str) -> list[str]:
    """Return the parts of lists such as `1, 4`, each once and in their order; a blank part is none.

    A comma between quotation marks separates nothing: a key may hold one.
    """
    parts = (part.strip() for text in texts for part in _LISTED.findall(text))
    return list(dict.fromkeys(filter(None, parts)))


def nearest(word: str, known: object) -> str:
    """Return the known word that is nearest to one, empty where none is near."""
    words = [str(name) for name in known] if isinstance(known, (list, tuple, dict)) else []
    return next(iter(get_close_matches(word, words, n=1)), "")


def did_you_mean(word: str, known: object) -> Message:
    """Return `; did you mean `x`?` where one of the known words is near, else nothing."""
    near = nearest(word, known)
    return _("; did you mean `{near}`?", near=near) if near else NOTHING


def message_of(error: Exception) -> Message:
    """Return the sentence that an exception was raised with; what is no message is shown as it is."""
    return next((said for said in error.args if isinstance(said, Message)), verbatim(str(error)))
