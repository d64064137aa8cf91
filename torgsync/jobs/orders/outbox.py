"""The outboxes of an object: which one an order's file is in, whether it is there, and what it has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from torgsync.core.orders.files import FileListing, FilePart
from torgsync.core.orders.stored import StoredOrder
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.errors import Problem, TorgsyncError
from torgsync.files.orders.outbox import outbox_of_object
from torgsync.files.places.place import HIDDEN, UNFINISHED, FilePlace, is_address, same_place
from torgsync.i18n import _
from torgsync.jobs.context import JobContext

_SUFFIXES = {FilePart.FILE: "", FilePart.UNFINISHED: UNFINISHED, FilePart.HIDDEN: HIDDEN}


@contextmanager
def outbox_of(context: JobContext, place: str | None = None) -> Iterator[FilePlace]:
    """Yield the outbox of an object, or another place; a folder is relative to the object's file."""
    with outbox_of_object(context.file, context.settings.outbox(context.slug), place) as outbox:
        yield outbox


def place_of_file(context: JobContext, stored: StoredOrder) -> str:
    """Return the outbox that the file of an order was written to: the default one where none is stored."""
    return stored.place or str(context.settings.outbox(context.slug))


def is_outbox(context: JobContext, place: str) -> bool:
    """Return whether Torgsoft takes order files from a place, as the object says or by default.

    An empty place is the object's own outbox, as in `outbox_of`.
    """
    given = context.object.orders.outbox
    usual = str(context.settings.outbox(context.slug))
    own = usual if given is None else given if is_address(given) else str(context.file.path_of(given))
    return not place or any(same_place(place, known) for known in (own, usual))


@dataclass(frozen=True, slots=True)
class OutboxLook:
    """What was found at an outbox: bytes by file name, None where the folder is missing.

    `expected` is whether the folder should be there; `unmounted` whether it is only the mount point of a
    share. Then nothing was taken from it, and nothing must be written to it.
    """

    sizes: dict[str, int | None] | None
    expected: bool
    unmounted: bool

    def trouble(self, label: str, files: int) -> Problem | None:
        """Return why an outbox that should have `files` order files cannot be used, None where it can."""
        if self.sizes is None and (files or self.expected):
            return problem(ProblemCode.OUTBOX_GONE, outbox=label, files=files)
        return problem(ProblemCode.OUTBOX_NOT_MOUNTED, outbox=label, files=files) if self.unmounted else None


def look_at(context: JobContext, outbox: FilePlace) -> OutboxLook:
    """Look whether an outbox is there, and what it has."""
    sizes = outbox.sizes()
    with context.transaction() as work:
        other_disk = work.outboxes.on_other_disk(outbox.label)
    own = outbox.label == str(context.settings.outbox(context.slug))
    unmounted = bool(sizes is not None and other_disk) and not outbox.on_other_disk(context.settings.home)
    return OutboxLook(sizes, expected=other_disk is not None and not own, unmounted=unmounted)


def list_outbox(context: JobContext, outbox: FilePlace, files: int) -> dict[str, int | None]:
    """Return the bytes of the files in an outbox that should have `files` order files, by name.

    Raises TorgsyncError where a folder that was used before is missing, or is not the share that it was.
    """
    look = look_at(context, outbox)
    if look.sizes is None and files:
        with context.transaction() as work:
            work.outboxes.set_missed(outbox.label, missed=True)
    if trouble := look.trouble(outbox.label, files):
        hint = (
            _("mount it; if it was moved to this disk on purpose, name another folder under `[orders]`")
            if look.unmounted
            else _(
                "check that the share is mounted; if the folder was deleted on purpose, create it again, "
                "and see "
                "the orders that were in it: torgsync orders list --held -o {called}",
                called=context.file.called,
            )
        )
        raise TorgsyncError(problem_message(trouble), hint=hint)
    return look.sizes or {}


def file_listing(name: str, sizes: Mapping[str, int | None]) -> FileListing:
    """Return what an outbox has of one order file."""
    return {
        part: sizes[f"{name}{suffix}"] for part, suffix in _SUFFIXES.items() if f"{name}{suffix}" in sizes
    }


def file_names(name: str, present: Collection[str]) -> Iterator[str]:
    """Yield the names of one order file, finished or not, that an outbox has."""
    yield from (f"{name}{suffix}" for suffix in _SUFFIXES.values() if f"{name}{suffix}" in present)
