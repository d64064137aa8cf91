"""A TOML text as plain values, and the line of each key in it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from torgsync.errors import Mistake


def parse_toml(text: str) -> dict[str, Any] | Mistake:
    """Return what a TOML text holds, or the mistake that makes it none, with its line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        line = re.search(r"line (\d+)", str(wrong))
        what = re.sub(r" \(at .*\)$", "", str(wrong))
        return Mistake(int(line[1]) if line else 0, "", f"this is not TOML: {what}")


class TomlLines:
    """Finds the line of a key in a TOML text.

    The text has been parsed already, so only headers and keys at the start of a line are looked for; lines
    inside multi-line strings are passed over.
    """

    _HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
    _PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_\-]+)")
    _KEY = re.compile(rf"\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")

    def __init__(self, text: str) -> None:
        self._numbers: dict[tuple[str | int, ...], int] = {}
        table: tuple[str | int, ...] = ()
        counts: dict[tuple[str | int, ...], int] = {}
        fence = ""
        for number, line in enumerate(text.splitlines(), 1):
            if fence:
                fence = "" if fence in line else fence
            elif header := self._HEADER.match(line):
                table = self._split(header[2])
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self._numbers.setdefault(table, number)
            elif key := self._KEY.match(line):
                self._numbers.setdefault((*table, *self._split(key[1])), number)
                fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")

    @classmethod
    def _split(cls, dotted: str) -> tuple[str, ...]:
        return tuple("".join(parts) for parts in cls._PART.findall(dotted))

    def of(self, path: tuple[str | int, ...]) -> int:
        """Return the line of a key's path, or of the nearest key or table above it; 1 for the file itself."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._numbers:
                return self._numbers[path[:length]]
        return 1
