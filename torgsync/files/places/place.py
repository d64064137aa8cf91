"""What a place for files promises, wherever it is."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from torgsync.core.config.storages import without_password
from torgsync.errors import Temporary, TorgsyncError
from torgsync.i18n import Message

UNFINISHED = ".tmp"
"""Behind the name of a file that is not whole yet."""

HIDDEN = f".old{UNFINISHED}"
"""Behind the name of a file that is hidden while its successor is written."""

TRIAL = "torgsync-check"
"""Name of a file that only tries whether one can be written."""


class PlaceSilent(Temporary):
    """A server does not answer; to ask again at once would take as long."""


class PlaceUntrusted(Exception):
    """A server is not known to be the right one: `why`, and what to do, `hint`."""

    def __init__(self, why: Message, hint: Message) -> None:
        super().__init__(why)
        self.why, self.hint = why, hint


class FilePlace(Protocol):
    """A place for files; `label` is its name, without a password. Its methods raise TorgsyncError."""

    label: str

    def names(self) -> frozenset[str] | None:
        """Return the names of all files; None where the folder itself is missing."""
        sizes = self.sizes()
        return None if sizes is None else frozenset(sizes)

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of files by name, where they are known; None where the folder is missing."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is gone."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, and make the folder where it is missing."""

    def publish(self, name: str) -> None:
        """Give a file that was put there its real name; one that has this name is replaced."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole under its real name; one that has this name is replaced.

        Where that fails, what was written is removed, unless the server is silent.
        """
        try:
            self.put(name, content)
            self.publish(name)
        except PlaceSilent:
            raise
        except TorgsyncError:
            with suppress(TorgsyncError):
                self.remove(f"{name}{UNFINISHED}")
            raise

    def remove(self, name: str) -> bool:
        """Remove a file; return False where there was none."""

    def hide(self, name: str) -> bool:
        """Hide a file from who takes it, in one step; return False where it was taken already."""

    def unhide(self, name: str) -> None:
        """Give a file that was hidden its real name again."""

    def on_other_disk(self, home: Path) -> bool:  # noqa: ARG002  # a server is never the home
        """Return whether it is on another disk than the home, or on a server, and so can be missing."""
        return True

    def try_making(self) -> None:
        """Raise TorgsyncError where the folder could not be made, as far as that shows; it is not made."""
        return

    def make_durable(self) -> None:
        """Make the names just given survive a power failure; a server that has answered keeps them."""
        return


def same_place(one: str, other: str) -> bool:
    """Return whether two places are one: the same folder, or the same address."""
    if is_address(one) or is_address(other):
        return without_password(one).rstrip("/") == without_password(other).rstrip("/")
    return Path(one).resolve() == Path(other).resolve()


def is_address(place: str) -> bool:
    """Return whether a place is on a server."""
    return "://" in place


def folder_mode(mode: int) -> int:
    """Return the rights of a folder whose files have these: whoever reads a file may enter and list it."""
    return mode | (mode & 0o444) >> 2
