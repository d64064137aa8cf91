"""Decides what becomes of the file of an order in the outbox: a function of values, which touches no file.

Source: docs/developers/architecture.md §7, docs/developers/torgsoft.md §17 no. 25, 29.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from torgsync.core.orders.reasons import HoldReason
from torgsync.core.orders.stored import FilePhase, StoredOrder


class FilePart(StrEnum):
    """What an outbox may hold of one order file."""

    FILE = "file"
    UNFINISHED = "unfinished"  # under its temporary name
    HIDDEN = "hidden"  # hidden from Torgsoft while its successor is written


FileListing = Mapping[FilePart, int | None]
"""The parts of one order file that an outbox has, with their bytes, None where a server gives none."""


class Cleanup(StrEnum):
    """What an interrupted run left to be done."""

    REMOVE_HIDDEN = "remove-hidden"
    RESTORE = "restore"  # give a file that was hidden its name again
    REMOVE_UNFINISHED = "remove-unfinished"


class FileAction(StrEnum):
    """What is to be done about the file of an order."""

    KEEP = "keep"
    READ = "read"  # its content decides, see `decide_content`
    ADOPT = "adopt"  # record that it holds the order as it is now
    REPAIR = "repair"  # write it again: nothing whole is there
    REPLACE = "replace"
    WITHDRAW = "withdraw"  # remove it before Torgsoft takes it
    RESTART = "restart"  # it never got its name: forget that it was begun
    TAKEN = "taken"  # Torgsoft has it
    LOST = "lost"  # it is unknown whether Torgsoft has it


class Content(StrEnum):
    """What a file of the outbox holds."""

    GONE = "gone"
    CURRENT = "current"
    OLDER = "older"  # another version of the order
    DAMAGED = "damaged"  # no whole file of this order


@dataclass(frozen=True, slots=True)
class FileDecision:
    """What is to be done about one file: `cleanup` in this order, then `action`.

    `arrived` is whether a file that was stored as moving has its real name.
    """

    cleanup: tuple[Cleanup, ...]
    arrived: bool
    action: FileAction


def decide_file(
    stored: StoredOrder, listing: FileListing, size: int | None = None, *, missed: bool = False
) -> FileDecision:
    """Decide about a file that was written and not found taken so far, by what the outbox has of it.

    `size` are the bytes of the file as it would be written now; `missed` is whether the outbox was missing
    with files in it since it was last looked at.
    """
    moving = stored.phase is FilePhase.MOVING
    present, present_size = FilePart.FILE in listing, listing.get(FilePart.FILE)
    unfinished = FilePart.UNFINISHED in listing
    cleanup = []
    if FilePart.HIDDEN in listing:
        if moving or present:  # its successor came that far, or a store that copies did
            cleanup.append(Cleanup.REMOVE_HIDDEN)
        else:
            cleanup.append(Cleanup.RESTORE)
            present, present_size = True, listing[FilePart.HIDDEN]
    if unfinished and (present or not moving):
        cleanup.append(Cleanup.REMOVE_UNFINISHED)
        unfinished = False
    if unfinished:
        action = FileAction.RESTART
    elif not present:
        action = FileAction.LOST if missed and stored.order.takes_place else FileAction.TAKEN
    elif not stored.order.takes_place:
        action = FileAction.WITHDRAW
    elif stored.filed == stored.version and present_size == size:
        action = FileAction.KEEP
    else:
        action = FileAction.READ
    return FileDecision(tuple(cleanup), moving and present, action)


def decide_content(stored: StoredOrder, content: Content) -> FileAction:
    """Decide about a file whose version or size gave a reason to read it."""
    nothing_sold = stored.hold is not None and stored.hold.code is HoldReason.NOTHING_SOLD
    held = (stored.waits or nothing_sold) and stored.filed != stored.version
    match content:
        case Content.GONE:
            return FileAction.TAKEN
        case Content.CURRENT:
            return FileAction.ADOPT
        case _ if held:
            return FileAction.WITHDRAW
        case Content.DAMAGED:
            return FileAction.REPAIR
    return FileAction.REPLACE
