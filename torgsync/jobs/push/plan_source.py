"""Where the plan of a run comes from: made from the export, saved before, or made to undo an earlier run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from torgsync.core.plan.guards import Allowed, Guard
from torgsync.core.plan.plan import Plan
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.plan.update import update
from torgsync.jobs.run import Run
from torgsync.prom.api import Prom


class PlanSource(ABC):
    """One way to make the plan that a run performs. The plan belongs to the run as soon as it is made."""

    @property
    def from_export(self) -> bool:
        """Whether the plan sends what the export says, its stock with what was sold since."""
        return True

    def refuse_stale(self, context: JobContext) -> None:  # noqa: B027  # most are never stale
        """Raise PlanStale where it is known in advance that the plan as a whole is out of date."""

    @abstractmethod
    def make(self, context: JobContext, prom: Prom, run: Run) -> PlanResult:
        """Make the plan and record that it belongs to `run`. The shop has been verified."""


@dataclass(frozen=True)
class NewPlan(PlanSource):
    """A plan from the export as it is now; `fields` are the product fields that may change, all if empty."""

    allowed: Allowed
    fields: tuple[str, ...] = ()

    def make(self, context: JobContext, prom: Prom, run: Run) -> PlanResult:
        """Make the plan by comparing the export with the shop."""
        made = update(
            context, prom, allowed=self.allowed, only=self.fields, shop_verified=True, run=run.number
        )
        with context.transaction() as work:
            work.journal.plan_of_run(run.number, made.number, usual_rows(made.plan))
        return made


def usual_rows(plan: Plan) -> int | None:
    """Return how many rows the export has, None where a guard found that it shrank.

    An export that a guard holds must not become the measure of that guard.
    """
    shrunk = any(violation.guard is Guard.EXPORT_ROWS for violation in plan.violations)
    return None if shrunk else plan.export.goods
