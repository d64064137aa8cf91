"""Finds what the program printed for people without asking a catalog for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torgsync.i18n import Message

PRODUCED: set[str] = set()
"""What messages were shown as, since it was emptied last."""
BYPASSED: dict[str, tuple[str, ...]] = {}
"""Lines with words of no catalog, each with the call that printed it last."""
_WORDS = re.compile(r"(?<![\w`.-])[A-Za-z]{2,} [a-z]{2,}(?![\w`.-])")
_QUOTED = re.compile(r"`[^`]*`|torgsync [a-z-]+.*")
_translated = Message.translated


def recording(message: Message) -> str:
    """Return a message as it is shown, and note it."""
    shown = _translated(message)
    PRODUCED.update(filter(None, (line.strip() for line in shown.splitlines())))
    return shown


def bypassing(text: str) -> Iterator[str]:
    """Yield the lines of an output in which words are left that no message has."""
    produced = sorted(PRODUCED, key=len, reverse=True)
    for line in text.splitlines():
        left = line
        for known in produced:
            left = left.replace(known, "\0")
        if _WORDS.search(_QUOTED.sub("\0", left)):
            yield line
