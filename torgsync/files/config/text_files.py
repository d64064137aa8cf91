"""Text files that people and other programs may change too: writing them, and reading TOML with its lines."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EEXIST, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path
from typing import Any

from torgsync import disk
from torgsync.errors import Mistake, TorgsyncError
from torgsync.i18n import Message, _, _n, verbatim
from torgsync.system import reason

_PATIENCE = 20
"""Seconds to wait for another program that changes the file."""

_DEEPEST = 64
"""Parts of the longest dotted key; the time that TOML's readers need grows with their square."""
_PART_OF_KEY = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP = re.compile(rf"(?<![\w.-])(?<!\.[ \t]){_PART_OF_KEY}(?:[ \t]*+\.[ \t]*+{_PART_OF_KEY}){{{_DEEPEST}}}")


_WRONG_TOML = {
    str(words): words
    for words in (
        _("Cannot overwrite a value"),
        _("Expected '=' after a key in a key/value pair"),
        _("Expected ']' at the end of a table declaration"),
        _("Expected ']]' at the end of an array declaration"),
        _("Expected newline or end of document after a statement"),
        _("Invalid date or datetime"),
        _("Invalid hex value"),
        _("Invalid initial character for a key part"),
        _("Invalid statement"),
        _("Invalid value"),
        _("Unclosed array"),
        _("Unclosed inline table"),
        _("Unescaped '\\' in a string"),
        _("Unterminated string"),
    )
}
"""The words of Python's reader of TOML."""
_OPEN_TEXT = "Illegal character '\\n'"
_TWICE = re.compile(r"Cannot (?:declare|mutate immutable namespace|redefine namespace) \((.+)\)(?: twice)?")


@contextmanager
def editing(path: Path) -> Iterator[None]:
    """Hold a file while it is changed: another program waits. Raises TorgsyncError if too long."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  # only what changes a file needs it

    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=_PATIENCE, mode=disk.FILE_MODE)
    try:
        lock.acquire()
    except Timeout as held:
        raise TorgsyncError(
            _n(
                "another program has been changing `{path}` for {count} second",
                "another program has been changing `{path}` for {count} seconds",
                _PATIENCE,
                path=path,
            ),
            hint=_("see what is running, then run the same command again"),
        ) from held
    except OSError as trouble:
        raise _not_written(path, trouble) from trouble
    try:
        yield
    finally:
        lock.release()


def replace_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file whole or not at all; Windows line ends stay.

    A new file is for its owner, and so is any with `private`; else the mode stays. Raises TorgsyncError.
    """
    try:
        disk.make_folder(path.parent)
        mode, windows = disk.FILE_MODE, False
        if path.exists():
            windows = b"\r\n" in disk.read_bytes(path)
            mode = disk.FILE_MODE if private else stat.S_IMODE(disk.stat_file(path).st_mode)
        with disk.replacing(path, mode) as out:
            out.write((text.replace("\n", "\r\n") if windows else text).encode())
    except OSError as trouble:
        raise _not_written(path, trouble) from trouble


def _not_written(path: Path, trouble: OSError) -> TorgsyncError:
    return TorgsyncError(
        _("`{path}` cannot be written: {why}", path=path, why=reason(trouble)),
        hint=cure(path.parent, trouble),
    )


CURES = {
    EACCES: _("allow writing in `{folder}`, then run the same command again"),
    EPERM: _("allow writing in `{folder}`, then run the same command again"),
    EEXIST: _("there is a file where a folder is needed: remove it, or name another folder than `{folder}`"),
    ENOTDIR: _("there is a file where a folder is needed: remove it, or name another folder than `{folder}`"),
    ENOSPC: _("free some space on the disk of `{folder}`, then run the same command again"),
    EDQUOT: _("free some space on the disk of `{folder}`, then run the same command again"),
    EROFS: _("mount the disk of `{folder}` for writing, then run the same command again"),
}
"""What to do where a file cannot be written to a folder, by the system's numbers."""
_LOOK = _("look at `{folder}` and the free space on its disk, then run the same command again")


def cure(folder: Path, trouble: OSError) -> Message:
    """Return what to do where a file cannot be written to a folder."""
    return CURES.get(trouble.errno or 0, _LOOK).filled(folder=folder)


def parse_toml(text: str) -> dict[str, Any] | Mistake:
    """Return what a TOML text holds, or the mistake that makes it none, with its line."""
    if deep := _DEEP.search(text):
        number = text.count("\n", 0, deep.start()) + 1
        return Mistake(
            number, "", _("a key has more than {count} parts; no setting has so many", count=_DEEPEST)
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        line = re.search(r"line (\d+)", str(wrong))
        said = re.sub(r" \(at .*\)$", "", str(wrong))
        what = _("this is not TOML: {what}", what=_in_words(said))
        return Mistake(int(line[1]) if line else text.rstrip().count("\n") + 1, "", what)
    except RecursionError:
        return Mistake(0, "", _("this is not TOML: its brackets are too deep inside each other"))
    except ValueError:
        return Mistake(0, "", _("this is not TOML: a number has too many digits"))


def _in_words(said: str) -> Message:
    """Return what Python's reader of TOML says, as a person would."""
    if said == _OPEN_TEXT:
        return _("a text has no closing quotation mark")
    if twice := _TWICE.fullmatch(said):
        table = ".".join(part.strip("' ") for part in twice[1].split(",") if part)
        return _("the table `{table}` is there twice", table=table)
    return _WRONG_TOML.get(said, verbatim(said))


class TomlLines:
    """Finds lines of a parsed TOML text: of headers and keys that begin one, outside multi-line strings."""

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
