"""One run from its lease to its exit code, whatever its plan comes from.

Prices and stock of what is on Prom go first and wait for nothing; then the import and the edits that new
products need; removals go last, and only if nothing before them failed. What Prom accepts is recorded item by
item. Source: docs/developers/architecture.md §6.2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from torgsync.core.clock import shop_time
from torgsync.core.plan.choice import EVERYTHING, Choice
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Allowed, Guard
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.plan.plan import Plan
from torgsync.core.product.fields import Channel
from torgsync.core.reason import Reason
from torgsync.errors import Exit, ImportBusy, ImportHangs, ImportOpen, TorgsyncError
from torgsync.jobs.compaction import compact_after_run
from torgsync.jobs.connect import VerifiedShop, connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.access import require_orders
from torgsync.jobs.orders.fetch import FetchResult, fetch_orders
from torgsync.jobs.plan.choice import refuse_unknown
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.plan.update import update
from torgsync.jobs.push.decisions import keep_held, note_decisions
from torgsync.jobs.push.imports.earlier import EarlierImport, earlier_import, look_at_hanging
from torgsync.jobs.push.imports.waiting import Waiting
from torgsync.jobs.push.perform import Performance
from torgsync.jobs.run import Run, running
from torgsync.state.runs.change_rows import NumberedChange
from torgsync.state.runs.journal import ImportEnd, SentImport

IMPORTS = "POST products/import_file"
"""The requests that Prom limits to a few a day."""


class Notice(StrEnum):
    """What a person should hear while a run goes on."""

    ORDERS_LEFT = "orders-left"
    ORDERS_DISABLED = "orders-disabled"
    IMPORT_RECOVERED = "import-recovered"
    IMPORT_ENDED = "import-ended"
    EARLIER_RECONCILED = "earlier-reconciled"  # count
    IDS_PENDING = "ids-pending"  # when, called
    IDS_DAMAGED = "ids-damaged"  # when, called


@dataclass(frozen=True, slots=True)
class EarlierOutcomes:
    """The import of an earlier run, of the plan `plan`, whose end this run found out.

    `outcomes` says how many of its changes ended how. Where it `hangs`, they are not the last word.
    """

    plan: int
    outcomes: Mapping[Outcome, int]
    hangs: bool = False

    def has(self, item: NumberedChange) -> bool:
        """Return whether a change of the plan is one of these."""
        change = item.change
        in_file = change.via is Channel.IMPORT and change.verb is not Verb.REMOVE and change.held is None
        return in_file and item.outcome in self.outcomes


@dataclass(slots=True)
class RunView:
    """What the run `run` did; it is 0 where it was none, for it only looked and was declined.

    `result` is None where only orders were fetched, `fetched` where none were. It was `declined` where a
    person answered that nothing is to be sent. `outcomes` says how many changes ended how, `requests` how
    many were sent, keyed by method and endpoint, `trouble` what ended the run early, `earlier` what became of
    the import of an earlier run. It took `seconds`, without the time in which a person was asked. `kept` is
    the name under which the state keeps what it held for a person, empty where it keeps nothing. Where it
    `left_import`, its plan needs an import that another run is to send; its own `import_goes_on` where it was
    not to wait.
    """

    run: int
    result: PlanResult | None
    fetched: FetchResult | None
    declined: bool = False
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)
    trouble: TorgsyncError | None = None
    earlier: EarlierOutcomes | None = None
    seconds: float = 0
    kept: str = ""
    left_import: bool = False
    import_goes_on: bool = False

    @property
    def imports(self) -> int:
        """How many imports it sent."""
        return self.requests.get(IMPORTS, 0)

    @property
    def finished(self) -> bool:
        """Whether its plan had changes and every one of them is on Prom.ua."""
        all_done = bool(self.changes) and self.outcomes.get(Outcome.DONE, 0) == self.changes
        return all_done and self.trouble is None

    @property
    def import_ended(self) -> bool:
        """Whether the import of an earlier run was open when the plan was made, and has ended since."""
        return self.earlier is not None and not self.earlier.hangs

    @property
    def leaves_nothing(self) -> bool:
        """Whether it came to its end with nothing left for it to do."""
        return not self.declined and self.trouble is None

    @property
    def import_open(self) -> bool:
        """Whether all that it left is an import: one to be sent, or one whose end is to be looked up."""
        left = self.left_import or self.import_goes_on
        return left or isinstance(self.trouble, ImportOpen | ImportBusy)

    @property
    def changes(self) -> int:
        """How many changes its plan had."""
        return self.result.plan.counts.changes if self.result else 0

    @property
    def exit_code(self) -> Exit:
        """The gravest of all that happened."""
        codes = [self.fetched.exit_code] if self.fetched else []
        if self.earlier and not self.earlier.hangs and self.earlier.outcomes.get(Outcome.REFUSED):
            codes.append(Exit.PARTIAL)  # what was unclear is in the plan of this run again
        if self.declined:
            return Exit.worst([*codes, Exit.ERROR])
        if self.trouble:
            codes.append(self.trouble.exit_code)
        to_correct = self.outcomes.get(Outcome.REFUSED) or self.outcomes.get(Outcome.UNCLEAR)
        if to_correct and (self.trouble is None or isinstance(self.trouble, ImportOpen | ImportHangs)):
            codes.append(Exit.PARTIAL)
        elif self.trouble:
            pass
        elif self.outcomes.get(Outcome.DEFERRED):
            codes.append(Exit.TEMPORARY)
        elif self.result and self.result.plan.counts.held:
            codes.append(Exit.HELD)
        if self.result and self.result.undone and self.result.undone.remains:
            codes.append(Exit.PARTIAL)
        return Exit.worst(codes)


def execute(
    context: JobContext,
    source: PlanSource | None,
    *,
    allowed: Allowed,
    fetches: bool,
    waits: bool = True,
    leaves_import: bool = False,
    keeps: bool = False,
    confirm: Callable[[PlanResult], bool],
    notify: Callable[[Reason[Notice]], None],
) -> RunView:
    """Perform one run of an object and return what it did, with the trouble that ended its plan early.

    Args:
        source: Where the plan comes from; None for a run that only fetches orders.
        allowed: What a person allowed; it may let the object begin again in another shop.
        fetches: Whether orders are fetched before the plan is made, if the object fetches any.
        waits: Whether an import is waited for after everything else; otherwise it is left to the next run.
        leaves_import: Whether an import that the plan needs is left to another run; `left_import` says so.
        keeps: Whether the state keeps what the plan holds, for a person to approve it later.
        confirm: Shows the plan and returns whether it may be sent; asked of an empty plan too.
        notify: Receives what a person should hear meanwhile.

    Raises:
        UsageError: Only orders are wanted, and the object fetches none; or goods were chosen that there are
            not.
        Busy: Another run holds the object.
        Unsafe: The token opens another shop, or the plan would do harm.
        PlanStale: A saved plan is out of date.
    """
    fetches = _may_fetch(context, source, fetches=fetches)
    began, asked = context.now(), timedelta()
    with running(context) as run:
        context = run.context
        if source:
            run.undecided = True  # one that finds its plan stale is none
            source.refuse_stale(context)
            run.undecided = False
        with connect_shop(context, run, allowed=allowed) as prom:
            fetched = fetch_orders(context, prom) if fetches else None
            _notify_orders(context, source, notify, fetched=fetches)
            result = earlier = hung = None
            if source:
                _notify_ids(context, notify)
                hung = look_at_hanging(context, prom)
                earlier = earlier_import(context, prom)
                if earlier and earlier.look():
                    notify(Reason(Notice.IMPORT_RECOVERED))
                result = source.make(context, prom, run)
                if result.reconciled:
                    notify(Reason(Notice.EARLIER_RECONCILED, {"count": result.reconciled}))
            view, asks = RunView(run.number, result, fetched), context.now()
            agreed = not result or _agreed(run, result, confirm, did=bool(fetched and fetched.did))
            asked = context.now() - asks
            if not agreed:
                view.declined = True
                view.run = 0 if run.undecided else run.number
            elif result:
                if result.plan.counts.changes:
                    note_decisions(context, run.number, result)
                    view.kept = keep_held(context, run.number, result) if keeps else ""
                performance = Performance(
                    context,
                    prom,
                    run.number,
                    result,
                    Waiting(context, waits),
                    earlier if earlier and earlier.end is None else None,
                    on_ended=lambda: notify(Reason(Notice.IMPORT_ENDED)),
                    leaves_import=leaves_import,
                )
                view.trouble = performance.perform()
                view.left_import, view.import_goes_on = performance.left_import, performance.unwatched
        view.earlier = _outcomes_of(context, earlier, hung)
        if not view.declined:
            with context.transaction() as work:
                view.outcomes = work.plans.outcomes(result.number) if result else {}
                sent = work.journal.requests(run.number)
            view.requests = Counter(f"{request.method} {request.endpoint}" for request in sent)
        run.exit_code = view.exit_code
    view.seconds = (context.now() - began - asked).total_seconds()
    if view.leaves_nothing:
        compact_after_run(context, view.changes)
    return view


def _notify_orders(
    context: JobContext,
    source: PlanSource | None,
    notify: Callable[[Reason[Notice]], None],
    *,
    fetched: bool,
) -> None:
    """Report a plan that sends stock without what was sold, because no orders were `fetched`."""
    if source and source.from_export and not fetched:
        enabled = context.object.orders.enabled
        notify(Reason(Notice.ORDERS_LEFT if enabled else Notice.ORDERS_DISABLED))


def _notify_ids(context: JobContext, notify: Callable[[Reason[Notice]], None]) -> None:
    """Report an import of external ids that is open or did harm: `object adopt --write-ids` goes on."""
    with context.transaction(durable=False) as work:
        left = work.journal.pending_ids()
    if left:
        code = Notice.IDS_DAMAGED if left.damaged else Notice.IDS_PENDING
        notify(Reason(code, {"when": shop_time(left.started), "called": context.file.called}))


def _outcomes_of(
    context: JobContext, earlier: EarlierImport | None, hung: SentImport | None
) -> EarlierOutcomes | None:
    """Return what became of the import of an earlier run, where this run found that out.

    Of one that hung, what Prom refused of it; the rest was looked up or is planned again.
    """
    with context.transaction() as work:
        if earlier and earlier.end:
            plan = earlier.sent.plan
            hangs = earlier.end is ImportEnd.HANGING
            return EarlierOutcomes(plan, work.plans.outcomes(plan, imported=True), hangs)
        refused = work.plans.outcomes(hung.plan, imported=True).get(Outcome.REFUSED) if hung else None
    return EarlierOutcomes(hung.plan, {Outcome.REFUSED: refused}) if hung and refused else None


def execute_fetch(context: JobContext) -> RunView:
    """Perform a run that only fetches orders. Raises what `execute` raises."""
    return execute(
        context, None, allowed=Allowed(), fetches=True, confirm=lambda _: True, notify=lambda _: None
    )


def _may_fetch(context: JobContext, source: PlanSource | None, *, fetches: bool) -> bool:
    """Return whether orders are fetched. Raises UsageError where something is asked for that there is not."""
    if source is None:
        require_orders(context.file)
    else:
        source.refuse_choice(context)
    return fetches and context.object.orders.enabled


class PlanSource(ABC):
    """One way to make the plan that a run performs. The plan belongs to the run as soon as it is made."""

    @property
    def from_export(self) -> bool:
        """Whether the plan sends what the export says, its stock with what was sold since."""
        return True

    def refuse_choice(self, context: JobContext) -> None:  # noqa: B027  # most have all
        """Raise UsageError where goods were chosen that there are not: before the run begins."""

    def refuse_stale(self, context: JobContext) -> None:  # noqa: B027  # most are never stale
        """Raise PlanStale where it is known in advance that the plan as a whole is out of date."""

    @abstractmethod
    def make(self, context: JobContext, prom: VerifiedShop, run: Run) -> PlanResult:
        """Make the plan and record that it belongs to `run`. The shop has been verified."""


@dataclass(frozen=True)
class NewPlan(PlanSource):
    """A plan from the export as it is now, of which `choice` is sent."""

    allowed: Allowed
    choice: Choice = EVERYTHING

    def refuse_choice(self, context: JobContext) -> None:
        """Raise UsageError where the choice names a good or a group that there is not."""
        refuse_unknown(context, self.choice)

    def make(self, context: JobContext, prom: VerifiedShop, run: Run) -> PlanResult:
        """Make the plan by comparing the export with the shop."""
        result = update(context, prom, allowed=self.allowed, choice=self.choice, run=run.number)
        with context.transaction() as work:
            work.journal.plan_of_run(run.number, result.number, usual_rows(result.plan))
        return result


def usual_rows(plan: Plan) -> int | None:
    """Return how many rows the export has, None where a guard found that it shrank.

    An export that a guard holds must not become the measure of that guard, and where goods were chosen it is
    unknown whether one would.
    """
    if plan.choice.of_goods:
        return None
    shrunk = any(violation.guard is Guard.EXPORT_ROWS for violation in plan.violations)
    return None if shrunk else plan.export.goods


# A plan is performed


def _agreed(run: Run, result: PlanResult, confirm: Callable[[PlanResult], bool], *, did: bool) -> bool:
    """Return whether the plan may be sent.

    A run that ends at this question performed no plan; unless it `did` something before, it was none.
    """
    agreed, run.undecided = False, not did
    try:
        agreed = run.answer(lambda: confirm(result))
    finally:
        if agreed:
            run.undecided = False
        elif did:
            with run.context.transaction() as work:
                work.journal.without_plan(run.number)
    return agreed
