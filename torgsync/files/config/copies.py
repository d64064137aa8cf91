"""Copies of files on servers, kept in the home: what was fetched last, and whether it is still the same.

A version is never changed: whoever reads it may go on while another process fetches the next one. In the
folder of an address there is a note of the newest version, and a folder for each.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PosixPath, WindowsPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from torgsync import disk
from torgsync.errors import Interrupted, TorgsyncError

NOTE = "copy.json"
"""The file about the newest version of a file."""
LONGEST_NAME = 100
_Base = WindowsPath if os.name == "nt" else PosixPath


class CopyPath(_Base):  # type: ignore[misc, valid-type]  # one of two classes
    """The path of a copy; messages show the address that it is from."""

    address: str

    @property
    def shown(self) -> str:
        """What people read of it."""
        return self.__dict__.get("address") or str(self)

    @classmethod
    def of(cls, path: Path, address: str) -> CopyPath:
        """Return a path as that of a copy of an address."""
        copy = cls(path)
        copy.address = address
        return copy


class CopyNote(NamedTuple):
    """The newest version of a file: its folder, name and bytes, and what the server said about it."""

    version: str
    name: str
    size: int
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Copies:
    """The copies of one object's files, for one job: each is fetched at most once, when it is first read.

    Args:
        folder: Where they are kept; None where nothing is fetched.
        offline: Whether copies are used without asking the servers.
        check: Called while a file comes; it may raise Interrupted.
    """

    folder: Path | None = None
    offline: bool = False
    check: Callable[[], None] = lambda: None
    _done: dict[str, CopyPath | TorgsyncError] = field(default_factory=dict)

    def kept(self, address: str, user: str | None, shown: str) -> CopyPath:
        """Return the path of the copy of an address, as it is; there may be none."""
        place = self._place(address, user)
        if isinstance(copy := self._done.get(address), CopyPath):
            return copy
        if note := read_note(place):
            return CopyPath.of(place / note.version / note.name, shown)
        return CopyPath.of(place / name_of(address), shown)

    def once(
        self, address: str, user: str | None, shown: str, newest: Callable[[Path, CopyNote | None], CopyNote]
    ) -> CopyPath:
        """Return the path of the copy of an address, the newest one, or that which is kept with `offline`.

        `newest` fetches it into a folder, given the note of the copy there, and returns its note. What it
        raises is raised each time.
        """
        if (done := self._done.get(address)) is None:
            place = self._place(address, user)
            note = read_note(place)
            try:
                note = note if self.offline and note else newest(place, note)
                done = CopyPath.of(place / note.version / note.name, shown)
            except Interrupted:
                raise
            except TorgsyncError as failed:
                done = failed
            self._done[address] = done
        if isinstance(done, TorgsyncError):
            raise done
        return done

    def forget(self, address: str, user: str | None) -> None:
        """Remove all copies of the file at an address. Raises OSError."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self._place(address, user))

    def _place(self, address: str, user: str | None) -> Path:
        if self.folder is None:
            raise ValueError("an object that was not loaded for a home")
        import xxhash  # noqa: PLC0415  # most objects have no file on a server

        return self.folder / xxhash.xxh3_128_hexdigest(f"{user or ''}\n{address}".encode())


def read_note(place: Path) -> CopyNote | None:
    """Return what is known of the newest version, None where it is not there whole."""
    try:
        note = CopyNote(**json.loads(disk.read_text(place / NOTE)))
    except (OSError, ValueError, TypeError):
        return None
    return note if is_whole(place, note) else None


def is_whole(place: Path, note: CopyNote) -> bool:
    """Return whether the version of a note is there whole."""
    try:
        return disk.stat_file(place / note.version / note.name).st_size == note.size
    except OSError:
        return False


def name_of(address: str) -> str:
    """Return the name of the file at an address, as it can be that of a copy."""
    name = unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name).strip(" .")
    return name.encode()[-LONGEST_NAME:].decode(errors="ignore") or "export"
