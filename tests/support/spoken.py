"""Finds what the program printed for people without asking a catalog for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from torgsync.core.text import shown as harmless
from torgsync.i18n import Message

PRODUCED: set[str] = set()
"""What messages were shown as, since it was emptied last."""
BYPASSED: dict[str, tuple[str, ...]] = {}
"""Lines with words of no catalog, each with the call that printed it last."""
_WORDS = re.compile(r"(?<![\w`.-])[A-Za-z][a-z]+ [a-z]{2,}(?![\w`.-])")
_QUOTED = re.compile(r"`[^`]*`|torgsync [a-z-]+.*")
_translated = Message.translated


def recording(message: Message) -> str:
    """Return a message as it is shown, and note it."""
    shown = _translated(message)
    lines = [*shown.splitlines(), " ".join(shown.splitlines())]
    PRODUCED.update(filter(None, (harmless(line).strip() for line in lines)))
    return shown


def bypassing(text: str) -> Iterator[str]:
    """Yield the lines of an output in which words are left that no message has; messages may be wrapped."""
    produced = sorted(PRODUCED, key=len, reverse=True)
    for line in text.splitlines():
        for cell in re.split(r"\s{2,}", line.strip("# ")):
            if any(map(partial(_unknown, produced), _around(produced, cell))):
                yield line
                break


def _around(produced: Sequence[str], cell: str) -> list[str]:
    """Return what is left of a cell around whole messages, nothing where it is a part of one."""
    if not _unknown(produced, cell):
        return []
    for known in produced:
        cell = cell.replace(known, "\0")
    return [part.strip() for part in cell.split("\0")]


def _unknown(produced: Sequence[str], text: str) -> bool:
    """Return whether a text has words, and is not a part of any message."""
    return bool(_WORDS.search(_QUOTED.sub("\0", text))) and not any(text in known for known in produced)
