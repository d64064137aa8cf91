"""Remove what the settings do not keep of old runs, in short transactions between which others may work.

A run does it when its work is done and its lease released, `state check` whenever no run holds the object.
Source: docs/developers/architecture.md §4.5.
"""

from __future__ import annotations

import logging

from torgsync.errors import TorgsyncError
from torgsync.i18n import _
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import is_held
from torgsync.state.runs.compaction import STEP, Compacted

STEPS = 10
"""How many steps a run adds to those that the next runs will need for its own changes."""

_log = logging.getLogger(__name__)


def compact(context: JobContext, most: int | None = None) -> Compacted:
    """Remove what is not kept, in so many steps at most, and return how much it was.

    It ends early where a run holds the object. A step that a power failure takes back is repeated later.
    """
    removed, before = Compacted(), context.now() - context.object.history.keep
    while most != 0:
        context.stop.check()
        with context.transaction(durable=False) as work:
            lease = work.leases.lease()
            held = lease is not None and is_held(lease, context.now())
            step = None if held else work.compaction.step(before)
        if step is None:
            break
        removed += step
        most = None if most is None else most - 1
    if removed.runs or removed.changes:
        _log.info("%s", _("only totals are kept now; older runs: {count}", count=removed.runs))
    return removed


def compact_after_run(context: JobContext, changes: int) -> None:
    """Remove a bounded part of what is not kept, after a run of so many changes.

    Whatever goes wrong, the run has come to its end, and the next one goes on.
    """
    try:
        compact(context, STEPS + 2 * changes // STEP)
    except TorgsyncError as error:
        _log.warning("%s", _("older runs were left as they are: {why}", why=error.message))
