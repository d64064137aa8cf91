"""Where order files are written for Torgsoft: a folder, or a server that fsspec knows.

A file is written whole under a temporary name and then renamed, so that Torgsoft never sees half of one.
Source: docs/developers/torgsoft.md §12.4, §17 no. 25.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from torgsync.core.config.settings import without_password
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.tokens import read_outbox_password
from torgsync.files.orders.folder import FolderOutbox
from torgsync.files.orders.order_file import UNFINISHED
from torgsync.files.orders.remote import connect_remote

TRIAL = "torgsync-check"
"""Name of a file that only tries whether one can be written."""


class Outbox(Protocol):
    """A place for order files. `label` is its name for people, without a password.

    Every method raises TorgsyncError where the place cannot be used.
    """

    label: str

    def names(self) -> frozenset[str] | None:
        """Return the names of all files; None where the folder itself is missing."""

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of all files, by name; None where the folder itself is missing.

        The size is None where a server does not give it.
        """

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is gone."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, and make the folder where it is missing."""

    def publish(self, name: str) -> None:
        """Give a file that was put there its real name; one that has this name is replaced."""

    def remove(self, name: str) -> bool:
        """Remove a file; return False where there was none."""

    def hide(self, name: str) -> bool:
        """Hide a file from Torgsoft in one step; return False where it was taken already."""

    def unhide(self, name: str) -> None:
        """Give a file that was hidden its real name again."""

    def on_other_disk(self, home: Path) -> bool:
        """Return whether it is on another disk than the home, or on a server, and so can be missing."""

    def make_durable(self) -> None:
        """Make the names that were just given survive a power failure, where the place can do so."""


def same_place(one: str, other: str) -> bool:
    """Return whether two outboxes are one: the same folder, or the same address."""
    if is_address(one) or is_address(other):
        return without_password(one).rstrip("/") == without_password(other).rstrip("/")
    return Path(one).resolve() == Path(other).resolve()


def try_outbox(outbox: Outbox) -> bool:
    """Try whether files can be written there, and leave none; return False where the folder is to be made.

    Raises TorgsyncError where the place cannot be used.
    """
    if outbox.sizes() is None:
        if isinstance(outbox, FolderOutbox):
            outbox.try_making()
        return False
    outbox.put(TRIAL, b"")
    outbox.remove(f"{TRIAL}{UNFINISHED}")
    return True


def is_address(place: str) -> bool:
    """Return whether an outbox is on a server."""
    return "://" in place


@contextmanager
def outbox_of_object(file: ObjectFile, usual: Path, place: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox of an object, or another place; a folder is relative to the object's file.

    `usual` is the folder of an object that names none.
    """
    given = place or file.settings.orders.outbox
    if given is None:
        yield FolderOutbox(usual)
        return
    folder = Path(given).absolute() if place else file.path_of(given)
    with open_outbox(given if is_address(given) else folder, read_outbox_password(file)) as outbox:
        yield outbox


@contextmanager
def open_outbox(place: str | Path, password: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox at a folder or an address. Raises TorgsyncError where a library is missing."""
    if isinstance(place, Path) or not is_address(place):
        yield FolderOutbox(Path(place))
        return
    remote = connect_remote(place, password)
    try:
        yield remote
    finally:
        remote.close()
