"""Save plans, and perform what of a saved plan is still as it was shown.

A new plan is made, and only those of its changes are sent that the saved plan contains unchanged. So nothing
is sent that a guard holds now, and nothing that changed since. Source: docs/developers/architecture.md §5.9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import xxhash

from torgsync.core.clock import shop_time
from torgsync.core.mapping.version import rules_version
from torgsync.core.paging import PAGE
from torgsync.core.plan.diff import Change
from torgsync.core.plan.guards import Allowed, read_allowed
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, reason_of
from torgsync.core.plan.plan import SavedPlan, gone, judge_saved, refused, stale
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.shell import quoted
from torgsync.errors import PlanStale, Temporary, UsageError
from torgsync.files.config.settings import who
from torgsync.files.plan.plan_file import read_changes, write_plan
from torgsync.i18n import Message, _, composed, joined, verbatim
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.draft import recounted
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.plan.update import update
from torgsync.jobs.push.execute import PlanSource, usual_rows
from torgsync.jobs.push.rollback import plan_back
from torgsync.jobs.run import Run
from torgsync.state.runs.change_rows import ProductKey
from torgsync.state.runs.history import OPEN, RunRecord
from torgsync.state.store import UnitOfWork

NAMED = 3
"""Goods that the message names when no change of a saved plan is left."""


def save(context: JobContext, result: PlanResult, path: Path, *, allowed: Allowed) -> None:
    """Write a plan that was just made to a file; `allowed` is what it was made with.

    Raises Temporary where another process has changed it meanwhile: without a run, what is to be created has
    no values of its own, and a plan that another one replaces is deleted.
    """
    plan = result.plan
    user, host, _pid = who()
    with context.transaction() as work:
        if work.plans.digest(result.number) != plan.id:
            raise Temporary(
                _(
                    "the plan of `{object}` was not saved: another process read the export meanwhile",
                    object=plan.object,
                ),
                hint=_("run the same command again"),
            )
        head = SavedPlan(
            id=plan.id,
            object=plan.object,
            made=plan.made,
            user=user,
            host=host,
            counts=plan.counts,
            choice=plan.choice,
            allow=allowed.flags,
            undoes=result.undone.run if result.undone else 0,
            **_fingerprints(context, work),
        )
        write_plan(path, head, (item.change for item in work.plans.changes(result.number)))


_NO_PART = {
    *("language", "api_key", "synchronization_times", "payment_methods", "history", "notify", "reports"),
}
"""Settings on which no plan depends."""


def _fingerprints(context: JobContext, work: UnitOfWork, but: int = 0) -> dict[str, str]:
    """Return fingerprints of what a plan depends on: settings and rules, export, state.

    `but` is a run that counts for none, because it has performed nothing yet.
    """
    state = xxhash.xxh3_64()
    settings = context.object.model_dump_json(exclude=_NO_PART)
    state.update(f"{rules_version()}\x1f{settings}".encode())
    export, _ = work.object_state.reading()
    return {
        "settings": state.hexdigest(),
        "export": export,
        "state": f"{work.journal.last_run(but)}/{work.object_state.current_look()}",
    }


@dataclass(frozen=True)
class SavedChanges(PlanSource):
    """What of the saved plan in the file `path` is still pending and unchanged; `saved` is its head."""

    saved: SavedPlan
    path: Path

    @property
    def from_export(self) -> bool:
        """Whether the saved plan was made from an export; otherwise it undoes a run."""
        return not self.saved.undoes

    def refuse_choice(self, context: JobContext) -> None:
        """Raise UsageError where it is the plan of another object."""
        if self.saved.object != context.object.name:
            raise UsageError(
                _(
                    "the plan in `{path}` is one of `{other}`, not of `{object}`",
                    path=self.path,
                    other=self.saved.object,
                    object=context.object.name,
                ),
                hint=verbatim(
                    f"torgsync sync -o {quoted(self.saved.object)} --plan {quoted(str(self.path))}"
                ),
            )

    def refuse_stale(self, context: JobContext) -> None:
        """Raise PlanStale where it was performed, or settings or rules changed since it was saved."""
        with context.transaction() as work:
            now = _fingerprints(context, work)
            performed = _performed(work, self.saved)
        if performed:
            at = shop_time(performed.started)
            why = problem(ProblemCode.PERFORMED, run=performed.number, at=at)
            raise _stale(self.saved, context, problem_message(why))
        if other := stale(self.saved, now):
            raise _stale(self.saved, context, problem_message(other))

    def make(self, context: JobContext, prom: VerifiedShop, run: Run) -> PlanResult:
        """Return the saved changes that may still go, as a plan of its own.

        Changes of goods that changed since are in it as refused ones. Raises PlanStale where
        nothing is left that may go.
        """
        saved, allowed = self.saved, read_allowed(self.saved.allow)
        with context.transaction() as work:
            before = _fingerprints(context, work, but=run.number)
        if saved.undoes:
            result = plan_back(context, prom, saved.undoes, allowed=allowed, run=run.number)
        else:
            choice = saved.choice
            if choice.of_goods:
                # What was chosen is in the file; the first goods of today may be others.
                goods = tuple({change.good_id: None for change in read_changes(self.path)})
                choice = replace(choice, goods=goods, groups=(), first=0)
            result = update(context, prom, allowed=allowed, choice=choice, run=run.number)
        with context.transaction() as work:
            number = work.plans.begin_next(context.now(), result.number, undoes=bool(saved.undoes))
            lost, kept = self._keep_unchanged(work, result.number, number)
            if lost and not kept:
                # Nothing of it was sent: no outcome is recorded.
                work.plans.keep(number, lambda *_: False)
            elif saved.undoes:
                work.journal.turns_back(run.number, number, saved.undoes)
            else:
                work.journal.plan_of_run(run.number, number, usual_rows(result.plan))
            plan = replace(recounted(context, work, result.plan, number), choice=saved.choice)
        if lost and not kept:
            with context.transaction() as work:
                export = _fingerprints(context, work)["export"]
            more = [_("{count} more", count=len(lost) - NAMED)] if len(lost) > NAMED else []
            why = problem_message(gone(saved, {**before, "export": export}))
            raise _stale(saved, context, joined("; ", [why, *lost[:NAMED], *more]))
        return replace(result, plan=plan, number=number)

    def _keep_unchanged(self, work: UnitOfWork, fresh: int, number: int) -> tuple[list[Message], int]:
        """Copy the saved changes that the plan `fresh` contains unchanged to the plan `number`.

        Returns why each of the others is lost, and of how many something may go.
        """
        seq = kept = 0
        lost: list[Message] = []
        for change, now in _with_fresh(work, fresh, read_changes(self.path)):
            verdict = judge_saved(change, now)
            if verdict.moved and change.held:
                continue  # it would not have been sent anyway
            parts = [refused(change)] if verdict.moved else list(verdict.parts)
            if change.held:
                parts = [replace(part, held=part.held or change.held) for part in parts]
            kept += any(part.held is None for part in parts)
            work.plans.add(number, parts)
            seq += len(parts)
            if verdict.moved:
                why = problem_message(verdict.moved)
                lost.append(composed("{id}: {why}", id=change.good_id or change.prom_id, why=why))
                reason = reason_of(OutcomeCode.MOVED, verdict.moved)
                work.plans.record(number, {seq: (Outcome.REFUSED, (reason,))})
        return lost, kept


def _with_fresh(
    work: UnitOfWork, fresh: int, changes: Iterator[Change]
) -> Iterator[tuple[Change, Sequence[Change]]]:
    """Yield changes, each with those that the plan `fresh` has of the same product."""
    while page := list(islice(changes, PAGE)):
        found = work.plans.of_products(fresh, {ProductKey(change.good_id, change.prom_id) for change in page})
        yield from ((change, found[ProductKey(change.good_id, change.prom_id)]) for change in page)


def _performed(work: UnitOfWork, saved: SavedPlan) -> RunRecord | None:
    """Return the run that performed a saved plan to its end, None where none did."""
    for run in work.history.since(saved.made):
        left = sum(run.outcomes[name] for name in (OPEN, Outcome.DEFERRED, Outcome.UNCLEAR))
        if run.plan and run.exit_code is not None and not left and work.plans.digest(run.plan) == saved.id:
            return run
    return None


def _stale(saved: SavedPlan, context: JobContext, why: Message) -> PlanStale:
    again = f"rollback {saved.undoes}" if saved.undoes else "update"
    return PlanStale(
        _(
            "the saved plan of `{object}` of {made:time} is out of date: {why}",
            object=saved.object,
            why=why,
            made=saved.made,
        ),
        hint=_(
            "make a new one: torgsync {command} -o {called} --out FILE",
            command=again,
            called=context.file.called,
        ),
    )
