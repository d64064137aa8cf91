"""Sentences in parts: what a person may copy, and the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from torgsync.core.text import shown

_CODE = re.compile(
    r"`(?P<quoted>[^`\n]+)`"
    r"|(?P<command>\btorgsync [a-z][\w-]*(?: [^\n]*)?)$"  # a command ends its line
    r"|(?P<flag>--allow (?:'[^']*'|\"[^\"]*\"|[^\s;,()]+(?:,[^\s;,()]+)*))",
    re.MULTILINE,
)


class SentencePart(NamedTuple):
    """A piece of a sentence; `code` is a name, a command or an option, without the marks around it."""

    text: str
    code: bool = False


def parts(sentence: str) -> Iterator[SentencePart]:
    """Yield the pieces of a sentence in their order."""
    text, end = shown(sentence), 0
    for match in _CODE.finditer(text):
        if match.start() > end:
            yield _words(text[end : match.start()])
        yield SentencePart(match["quoted"] or match["command"] or match["flag"], code=True)
        end = match.end()
    if end < len(text):
        yield _words(text[end:])


def _words(text: str) -> SentencePart:
    """Return a piece that is no code, with an arrow as pages have it."""
    return SentencePart(text.replace(" -> ", " → "))
