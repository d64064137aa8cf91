"""What a call of `torgsync sync` is to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torgsync.cli.base.options import Only, Show
from torgsync.cli.base.program import Format, Program

if TYPE_CHECKING:
    from torgsync.cli.unattended import UnattendedRuns
    from torgsync.core.plan.choice import Choice
    from torgsync.core.plan.guards import Allowed
    from torgsync.jobs.push.execute import PlanSource


@dataclass
class SyncCall:
    """One call of `sync`, which may be for several objects; without a `source` a new plan is made.

    `require_decision` raises UsageError where no person can be asked: after what the call names is found.
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
    due: list[dict[str, str]] = field(default_factory=list)
