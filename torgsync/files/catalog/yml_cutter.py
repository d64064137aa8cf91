"""Cuts a YML file into its offers, as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from torgsync.core.product.columns import ExportRecord
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.refusals import AGAIN
from torgsync.files.catalog.rows import LONGEST

_CHUNK = 1024 * 1024
_MARK_LENGTH = 16  # bytes that a mark may reach over the end of what was read

_MARK = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(?P<end>/)?offer(?=[\s/>]))")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*?(?P<empty>/?)>""")


class OfferCutter:
    """Cuts a file into offers and keeps the rest; what is in comments, CDATA or attributes ends nothing."""

    def __init__(self, path: Path, file: BinaryIO, line: int) -> None:
        self._path = path
        self._file = file
        self._buffer = b""
        self._at = 0  # everything before it is done
        self._line = line  # of the byte at that place
        self.outside = bytearray()

    def offers(self) -> Iterator[ExportRecord]:
        """Yield the offers. Raises ExportInvalid where one of them does not end."""
        at = 0
        while mark := self._mark(at):
            if mark["end"]:
                raise self._refusal(mark.start(), "an offer ends here that has not begun")
            self._leave(mark.start())
            end = self._offer(mark.end())
            yield ExportRecord(self._line, self._buffer[self._at : end])
            self._advance(end)
            if self._at > _CHUNK:
                self._buffer = self._buffer[self._at :]
                self._at = 0
            at = self._at
        self._leave(len(self._buffer))

    def _offer(self, at: int) -> int:
        """Return where the offer ends whose tag goes on at `at`."""
        while not (tag := _TAG_END.match(self._buffer, at)):
            if not self._more():
                raise self._refusal(self._at, "this offer has no end")
        at = tag.end()
        if tag["empty"]:
            return at
        if mark := self._mark(at):
            if mark["end"]:
                return self._behind(mark.end(), b">")
            raise self._refusal(mark.start(), "an offer begins here before the one above has ended")
        raise self._refusal(self._at, "this offer has no end")

    def _mark(self, at: int) -> re.Match[bytes] | None:
        """Return the next mark of an offer from `at` on, reading as far as it takes; else None."""
        while True:
            while not (found := _MARK.search(self._buffer, at)):
                at = max(at, len(self._buffer) - _MARK_LENGTH)
                if not self._more():
                    return None
            if found[0] not in _CLOSED_BY:
                return found
            at = self._behind(found.end(), _CLOSED_BY[found[0]])

    def _behind(self, at: int, mark: bytes) -> int:
        """Return the place behind the next `mark`."""
        start = at
        while (found := self._buffer.find(mark, at)) < 0:
            at = max(start, len(self._buffer) - len(mark))
            if not self._more():
                raise self._refusal(start, f"`{mark.decode()}` is missing")
        return found + len(mark)

    def _more(self) -> bool:
        """Read on. Raises ExportInvalid where an offer grows past every measure."""
        if len(self._buffer) - self._at > LONGEST:
            raise self._refusal(self._at, "what begins here does not end")
        chunk = self._file.read(_CHUNK)
        self._buffer += chunk
        return bool(chunk)

    def _leave(self, end: int) -> None:
        """Keep the bytes up to `end` as outside an offer."""
        gap = self._buffer[self._at : end]
        self.outside += gap if gap.strip() else b""
        if len(self.outside) > LONGEST:
            raise self._refusal(self._at, "too much stands beside the offers")
        self._advance(end)

    def _advance(self, end: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, end)
        self._at = end

    def _refusal(self, at: int, what: str) -> ExportInvalid:
        line = self._line + self._buffer.count(b"\n", self._at, at)
        return ExportInvalid(
            f"`{self._path}` is cut off or damaged", mistakes=(Mistake(line, "", what),), hint=AGAIN
        )
