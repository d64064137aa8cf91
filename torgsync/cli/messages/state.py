"""Sentences about the state as a whole."""

from __future__ import annotations

from torgsync.core.text import counted
from torgsync.state.maintenance.check import Found, StateFault

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


def fault_message(found: Found) -> str:
    """Return the sentence of one fault."""
    return SENTENCES[found.fault].format(table=found.table, words=found.words)


def orphans_message(table: str, count: int) -> str:
    """Return the sentence of rows that belong to a row that is not there."""
    return f"`{table}` has {counted(count, 'row')} without what they belong to; that does no harm"


def unknown_message(slug: str, count: int) -> str:
    """Return the line of an object that the home does not have."""
    return f"{slug}: {counted(count, 'row')}; it is used by its path, or its file is gone"
