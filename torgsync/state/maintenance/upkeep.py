"""What keeps a state small: which objects have old runs to remove, and giving back space that is unused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from torgsync.errors import Temporary
from torgsync.state.engine import make_engine, release
from torgsync.state.maintenance.check import looking
from torgsync.state.runs.leases import Lease, all_leases
from torgsync.state.store import UnitOfWork, open_store
from torgsync.state.troubles import file_of

MUCH = Fraction(1, 4)
"""Unused share of the file from which on it is worth to write it again."""
LEAST = 1_000_000
"""Unused bytes from which on it is."""
COPIES = 2
"""How many times what is used is written meanwhile: to a temporary file, and to the write-ahead log."""


class SpaceKept(StrEnum):
    """Why space is not given back."""

    IN_USE = "in-use"  # a run or another process works with the state
    DISK_FULL = "disk-full"  # the disk is too full for writing the file again


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of a state that are unused, and of these given back; `needed` on the disk for that."""

    unused: int = 0
    given_back: int = 0
    kept: SpaceKept | None = None
    needed: int = 0


NOTHING_UNUSED = Space()


def overdue(url: str, before: Mapping[str, datetime]) -> list[str]:
    """Return the objects with runs to be removed; `before` has the end of what is kept, keyed by slug."""
    engine = make_engine(url)
    try:
        with looking(engine) as connection:
            return [slug for slug, at in before.items() if UnitOfWork(connection, slug).compaction.due(at)]
    finally:
        release(engine)


def give_back(url: str, is_held: Callable[[Lease], bool]) -> Space:
    """Give unused space of a SQLite file back to the file system, where it is much and no run works with it.

    PostgreSQL uses such space again by itself.

    Raises:
        StateUnusable: The state cannot be read or written.
    """
    file = file_of(url)
    if file is None:  # pragma: no cover  # tested where PostgreSQL is installed
        return NOTHING_UNUSED
    engine = make_engine(url)
    try:
        with looking(engine) as connection:
            page, pages, free = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_size", "page_count", "freelist_count")
            )
            held = all_leases(connection)
    finally:
        release(engine)
    unused, needed = free * page, COPIES * (pages - free) * page
    if unused < LEAST or free < pages * MUCH:
        return Space(unused)
    if any(is_held(lease) for _slug, lease in held):
        return Space(unused, kept=SpaceKept.IN_USE)
    if shutil.disk_usage(file.parent).free < needed:
        return Space(unused, kept=SpaceKept.DISK_FULL, needed=needed)
    try:
        with closing(open_store(url)) as store:
            store.wipe()
    except Temporary:
        return Space(unused, kept=SpaceKept.IN_USE)
    return Space(unused, given_back=pages * page - file.stat().st_size)
