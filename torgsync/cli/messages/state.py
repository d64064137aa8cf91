"""Sentences about the state as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from torgsync.core.text import counted
from torgsync.state.maintenance.check import Found, StateFault
from torgsync.state.maintenance.upkeep import SpaceKept

if TYPE_CHECKING:
    from torgsync.state.maintenance.upkeep import Space
    from torgsync.state.runs.compaction import Compacted

SENTENCES = {
    StateFault.DAMAGED: "the database is damaged: {words}",
    StateFault.NEWER: "it was written by a newer torgsync (schema {words}): update this program",
    StateFault.TABLE_MISSING: "the table `{table}` is missing",
    StateFault.COLUMN_MISSING: "the table `{table}` lacks the column `{words}`",
}
RESTORE = "go back to a backup: {command}"
UPDATE = "update this program: `pip install --upgrade torgsync`"
WHOLE = "ok: the database is whole, and its schema is complete"
OLDER = "the next command that works with an object brings it from schema {schema} to {newest}"
SINCE = (
    "what happened after the backup is not known any more: the next `sync` compares everything, and orders "
    "since then come again, with new order files and messages to buyers"
)


NOT_REMOVED = "old runs were left as they are: {why}"
SPACE_KEPT = {
    SpaceKept.IN_USE: "{unused} of it are unused; they are given back once nothing works with the state",
    SpaceKept.DISK_FULL: "{unused} of it are unused; giving them back takes {needed} of free space",
}


def upkeep_lines(removed: Mapping[str, Compacted], space: Space) -> Iterator[str]:
    """Yield what was removed of old runs, keyed by object, and what became of unused space."""
    for slug, what in removed.items():
        lost = f"{counted(what.changes, 'change')} and {counted(what.requests, 'request')} were removed"
        yield f"{slug}: of {counted(what.runs, 'old run')} only totals are kept now: {lost}"
    if space.given_back:
        yield f"{_megabytes(space.given_back)} were given back to the file system"
    if space.kept:
        unused, needed = _megabytes(space.unused), _megabytes(space.needed)
        yield SPACE_KEPT[space.kept].format(unused=unused, needed=needed)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def fault_message(found: Found) -> str:
    """Return the sentence of one fault."""
    return SENTENCES[found.fault].format(table=found.table, words=found.words)


def orphans_message(table: str, count: int) -> str:
    """Return the sentence of rows that belong to a row that is not there."""
    return f"`{table}` has {counted(count, 'row')} without what they belong to; that does no harm"


def unknown_message(slug: str, count: int) -> str:
    """Return the line of an object that the home does not have."""
    return f"{slug}: {counted(count, 'row')}; it is used by its path, or its file is gone"
