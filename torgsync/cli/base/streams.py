"""The two streams of the program: what is written to them shows letters and never drives a terminal.

Texts of an export, of orders, of answers, of file names and of options come here from every command. A
document keeps them whole, as escapes; all else is written without what moves a cursor or turns a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from torgsync.core.text import UNSHOWN, shown


class SafeStream:
    """A text stream that writes what `shown` leaves of a text; the stream itself does everything else."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401  # whatever serves as a stream
        self.stream = stream

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write a text, and return its length as if all of it had been written."""
        self.stream.write(shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)


def guard_streams() -> None:
    """Make both streams safe for the rest of the process, tracebacks included, and write UTF-8 to them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, SafeStream):
            continue
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # a Windows console may be set to cp866
        setattr(sys, name, SafeStream(stream))


def json_text(document: object, indent: int | None = None) -> str:
    """Return a document as JSON in which everything readable is readable, and the rest is escaped."""
    return escaped(json.dumps(document, ensure_ascii=False, indent=indent))


def escaped(document: str) -> str:
    """Return a JSON or TOML document with escapes, as both have them, for what a stream would leave out."""
    return UNSHOWN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", document)
