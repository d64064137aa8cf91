"""Sentences about the state as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from torgsync.core.counts import change_count, megabytes, request_count, row_count
from torgsync.i18n import Message, _, _n
from torgsync.state.maintenance.check import Found, StateFault
from torgsync.state.maintenance.upkeep import SpaceKept

if TYPE_CHECKING:
    from torgsync.state.maintenance.upkeep import Space
    from torgsync.state.runs.compaction import Compacted

SENTENCES = {
    StateFault.DAMAGED: _("the database is damaged: {words}"),
    StateFault.NEWER: _("it was written by a newer torgsync (schema {words}): update this program"),
    StateFault.TABLE_MISSING: _("the table `{table}` is missing"),
    StateFault.COLUMN_MISSING: _("the table `{table}` lacks the column `{words}`"),
}
RESTORE = _("go back to a backup: {command}")
UPDATE = _("update this program: `pip install --upgrade torgsync`")
WHOLE = _("ok: the database is not damaged, and its schema is complete")
OLDER = _("the next command that works with an object updates it from schema {schema} to {newest}")
SINCE = _(
    "what happened after the backup will be unknown: the next `torgsync sync` compares everything, and "
    "orders since then come again, with new order files and messages to buyers"
)


ONE_STATE = _(
    "set it wherever this program is called: for timers, services and other users too. Nothing may work "
    "with the old state any more; it is left as it is: `{old}`"
)


NOT_REMOVED = _("old runs were left as they are: {why}")
SPACE_KEPT = {
    SpaceKept.IN_USE: _("{unused} of it are unused; they are released once nothing works with the state"),
    SpaceKept.DISK_FULL: _("{unused} of it are unused; releasing them needs {needed} of free space"),
}


def upkeep_lines(removed: Mapping[str, Compacted], space: Space) -> Iterator[Message]:
    """Yield what was removed of old runs, keyed by object, and what became of unused space."""
    for slug, what in removed.items():
        yield _n(
            "{slug}: only totals are kept of {count} old run; removed: {changes}, {requests}",
            "{slug}: only totals are kept of {count} old runs; removed: {changes}, {requests}",
            what.runs,
            slug=slug,
            changes=change_count(what.changes),
            requests=request_count(what.requests),
        )
    if space.given_back:
        yield _("{size} were released to the file system", size=megabytes(space.given_back))
    if space.kept:
        unused, needed = megabytes(space.unused), megabytes(space.needed)
        yield SPACE_KEPT[space.kept].filled(unused=unused, needed=needed)


def fault_message(found: Found) -> Message:
    """Return the sentence of one fault."""
    return SENTENCES[found.fault].filled(table=found.table, words=found.words)


def orphans_message(table: str, count: int) -> Message:
    """Return the sentence of rows that belong to a row that is not there."""
    return _n(
        "`{table}` has {count} row without what it belongs to; that does no harm",
        "`{table}` has {count} rows without what they belong to; that does no harm",
        count,
        table=table,
    )


def unknown_message(slug: str, count: int) -> Message:
    """Return the line of an object that the home does not have."""
    return _(
        "{slug}: {rows}; the object is not in the home folder: it is called by its path, or its file was "
        "deleted",
        slug=slug,
        rows=row_count(count),
    )
