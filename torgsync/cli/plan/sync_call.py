"""What a call of `torgsync sync` is to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torgsync.cli.base.options import Only, Show
from torgsync.cli.base.program import Format, Program
from torgsync.errors import Exit, UsageError
from torgsync.i18n import _

if TYPE_CHECKING:
    from torgsync.cli.unattended import UnattendedRuns
    from torgsync.core.plan.choice import Choice
    from torgsync.core.plan.guards import Allowed
    from torgsync.jobs.push.execute import PlanSource


@dataclass
class SyncCall:
    """One call of `sync`, which may be for several objects; without a `source` a new plan is made.

    `require_decision` raises UsageError where no person can be asked: after what the call names is found.
    With `leaves_import` an import is left to another run of a worker.
    """

    program: Program
    output: Format
    show: Show
    only: Only | None
    source: PlanSource | None
    allowed: Allowed | None
    choice: Choice | None
    letting: Callable[[str, str], str]
    require_decision: Callable[[], None]
    asks: bool
    waits: bool
    runs: UnattendedRuns
    leaves_import: bool = False
    due: list[dict[str, str]] = field(default_factory=list)


OK_CODES = tuple(code for code in Exit if code not in {Exit.PENDING, Exit.USAGE, Exit.ERROR})
"""Codes of `sync` that a caller may take for success: neither a wrong call nor an error without a name."""


def read_ok_codes(text: str | None) -> frozenset[Exit]:
    """Return the exit codes of `--ok-codes 0,8`. Raises UsageError for others than those of `OK_CODES`."""
    given = [part.strip() for part in (text or "").split(",") if part.strip()]
    known = {str(int(code)): code for code in OK_CODES}
    for part in given:
        if part not in known:
            raise UsageError(
                _("`--ok-codes` cannot take `{given}`", given=part),
                hint=_("it takes {known}; 1 and 64 always end with an error", known=sorted(known, key=int)),
            )
    return frozenset(known[part] for part in given)
