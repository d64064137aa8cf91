"""Which code a monitor gets at the end of a run."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from torgsync.core.notices.situations import PATIENCE, SituationKind
from torgsync.errors import Exit

_FINE = frozenset({Exit.DONE, Exit.HELD, Exit.STALE})


def ping_code(
    exit_code: Exit, ok_codes: Collection[Exit], waiting_since: datetime | None, now: datetime
) -> Exit:
    """Return the exit code that a monitor gets: 0 for all that needs no repair of the program's runs.

    Args:
        exit_code: The code of the run.
        ok_codes: Codes that are called fine on the command line.
        waiting_since: Since when an import is waited for, None where none is.
        now: The time.
    """
    waits = waiting_since is not None and now - waiting_since < PATIENCE[SituationKind.DELAYED]
    if exit_code in _FINE or exit_code in ok_codes or (exit_code is Exit.TEMPORARY and waits):
        return Exit.DONE
    return exit_code
