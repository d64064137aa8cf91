"""The two streams of the program: what is written to them shows letters and never drives a terminal.

Texts of an export, of orders, of answers, of file names and of options come here from every command. A
document keeps them whole, as escapes; all else is written without what moves a cursor or turns a line.
What several threads print at the same time is kept by `printed_apart`, and shown whole afterwards.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import groupby
from typing import Any

from torgsync.core.text import UNSHOWN, shown


class Printed:
    """What was printed in a block of `printed_apart`: texts in their order, each with its stream's name."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []

    def add(self, stream: str, text: str) -> None:
        """Add a text as it is to be written to a stream."""
        self._texts.append((stream, text))

    def text(self, *streams: str) -> str:
        """Return what was written to these streams, to both without names."""
        return "".join(text for stream, text in self._texts if stream in (streams or NAMES))

    def show(self) -> None:
        """Write all of it to the streams of the process, in the order in which it was printed."""
        with suppress(BrokenPipeError):  # whoever read it has left; the work goes on
            for name, texts in groupby(self._texts, key=lambda one: one[0]):
                stream = getattr(sys, name)
                raw = stream.stream if isinstance(stream, SafeStream) else stream
                for _name, text in texts:
                    raw.write(text)
                raw.flush()


_printed: ContextVar[Printed | None] = ContextVar("printed", default=None)


@contextmanager
def printed_apart() -> Iterator[Printed]:
    """Keep what is printed in the block, and in threads with its context."""
    printed = Printed()
    token = _printed.set(printed)
    try:
        yield printed
    finally:
        _printed.reset(token)


class _KeptStream:
    """Keeps what is written to a stream; it seems to be the stream, which gives texts width and colours."""

    encoding = "utf-8"

    def __init__(self, printed: Printed, name: str, stream: Any) -> None:  # noqa: ANN401
        self._printed = printed
        self._name = name
        self._stream = stream

    def isatty(self) -> bool:
        """Return whether it will be shown on a terminal."""
        return bool(self._stream.isatty())

    def write(self, text: str) -> int:
        """Keep a text."""
        self._printed.add(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: it is shown whole."""


class SafeStream:
    """A text stream that writes what `shown` leaves of a text; the stream itself does everything else.

    `name` is given to the streams of the process: what `printed_apart` keeps goes to neither.
    """

    def __init__(self, stream: Any, name: str = "") -> None:  # noqa: ANN401  # whatever serves as a stream
        self._stream = stream
        self._name = name

    @property
    def stream(self) -> Any:  # noqa: ANN401
        """The stream that is written to now."""
        printed = _printed.get() if self._name else None
        return self._stream if printed is None else _KeptStream(printed, self._name, self._stream)

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
    for name in NAMES:
        stream = getattr(sys, name)
        if isinstance(stream, SafeStream):
            continue
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # a Windows console may be set to cp866
        setattr(sys, name, SafeStream(stream, name))


NAMES = ("stdout", "stderr")


def goes_together() -> bool:
    """Return whether what is printed to stdout and to stderr goes to one file, pipe or terminal."""
    try:
        return bool(os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno()))
    except (OSError, ValueError):  # no real streams
        return False


def json_text(document: object, indent: int | None = None) -> str:
    """Return a document as JSON in which everything readable is readable, and the rest is escaped."""
    return escaped(json.dumps(document, ensure_ascii=False, indent=indent))


def escaped(document: str) -> str:
    """Return a JSON or TOML document with escapes, as both have them, for what a stream would leave out."""
    return UNSHOWN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", document)
