"""Perform what an unattended run held and a person approves later, as far as it is still what was held.

A new plan is made without any allowance. Of what it holds those changes are let through that the kept plan
has, and nothing else goes. Source: docs/developers/architecture.md §5.11.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import reduce

from torgsync.core.paging import pages
from torgsync.core.plan.approval.judge import HoldingGuards, judge_kept, together
from torgsync.core.plan.approval.kept import DIGITS, Approval, KeptPlan
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed, Guard, GuardViolation
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReasons, reason_of
from torgsync.core.plan.plan import MOVED, Plan, SavedVerdict, refused
from torgsync.core.plan.rollback import Undone
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.errors import PlanStale, Problem, TorgsyncError, UsageError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings, who
from torgsync.i18n import Message, _, composed, joined, verbatim
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.draft import recounted
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.plan.update import update
from torgsync.jobs.push.execute import PlanSource
from torgsync.jobs.push.rollback import plan_back
from torgsync.jobs.push.saved import NAMED
from torgsync.jobs.run import Run
from torgsync.jobs.unknown import near_words
from torgsync.state.runs.change_rows import ProductKey
from torgsync.state.runs.journal import Holder
from torgsync.state.store import UnitOfWork, open_store

KNOWN = 5
"""Kept plans that a message names."""
_Judged = Mapping[ProductKey, list[tuple[Change, SavedVerdict]]]
"""Kept changes with what may go of each, keyed by product."""


# Which plan is meant


def plan_name(given: str) -> str:
    """Return the name of a kept plan as it was given, in small letters; empty where it can be none."""
    name = given.strip().lower()
    return name if len(name) == DIGITS and set(name) <= set("0123456789abcdef") else ""


def objects_keeping(
    settings: Settings, objects: Mapping[str, Callable[[], ObjectFile]], name: str
) -> tuple[list[ObjectFile], list[str]]:
    """Return the objects with a kept plan of this name, and the names that there are.

    Objects with mistakes are passed over.
    """
    found: list[ObjectFile] = []
    known: list[str] = []
    with closing(open_store(settings.state_url)) as store:
        for load in objects.values():
            with suppress(TorgsyncError):
                file = load()
                with store.transaction(file.slug, durable=False) as work:
                    known += work.held_plans.names(KNOWN)
                    if work.held_plans.named(name):
                        found.append(file)
    return found, known[:KNOWN]


def kept_plan(context: JobContext, given: str) -> KeptPlan:
    """Return the kept plan of a name. Raises UsageError where the object has none."""
    with context.transaction(durable=False) as work:
        kept = work.held_plans.named(plan_name(given))
        known = work.held_plans.names(KNOWN)
    if kept is None:
        raise unknown_plan(given, known)
    return kept


def unknown_plan(given: str, known: Sequence[str]) -> UsageError:
    """Return the error for a name that no kept plan has; `known` are some that there are."""
    return UsageError(
        _("there is no kept plan `{name}`", name=given),
        hint=_("the newest kept plans: {known:quoted}", known=list(known))
        if known
        else _(
            "a run without a question, such as `torgsync sync --yes`, keeps its plan when it holds something"
        ),
    )


def plan_of_another(given: str, file: ObjectFile, other: ObjectFile) -> UsageError:
    """Return the error for a kept plan that is one of another object than the one that was named."""
    return UsageError(
        _(
            "the kept plan `{name}` is one of `{other}`, not of `{object}`",
            name=given,
            other=other.settings.name,
            object=file.settings.name,
        ),
        hint=verbatim(f"torgsync approve {given} -o {other.called}"),
    )


def held_items(context: JobContext, kept: KeptPlan) -> list[str]:
    """Return the ids of the goods whose changes a kept plan holds, of foreign products those of Prom.ua."""
    with context.transaction(durable=False) as work:
        products = [product for verb in Verb for product in work.held_plans.held_products(kept.number, verb)]
    return list(dict.fromkeys(map(_id, products)))


def refuse_not_held(context: JobContext, kept: KeptPlan, only: Sequence[str]) -> None:
    """Raise UsageError where a choice names an item of which a kept plan holds nothing."""
    held = held_items(context, kept)
    if missing := [one for one in only if one not in {*held}]:
        some = [f"`{one}`" for one in held[:KNOWN]]
        more = [_("{count} more", count=len(held) - KNOWN)] if len(held) > KNOWN else []
        raise UsageError(
            _(
                "the plan `{name}` holds nothing of `{id}`{near}",
                name=kept.name,
                id=missing[0],
                near=near_words(missing[0], held),
            ),
            hint=_("it holds {items}", items=joined(", ", [*some, *more])),
        )


def _id(product: ProductKey) -> str:
    return product.good_id or product.prom_id


# What of it goes


@dataclass(frozen=True)
class ApprovedChanges(PlanSource):
    """What of a kept plan is still held as it was; of these goods `only`, where any are named."""

    kept: KeptPlan
    only: tuple[str, ...] = ()

    @property
    def from_export(self) -> bool:
        """It sends no stock but none, and that of new products: what was sold since makes no difference."""
        return False

    def make(self, context: JobContext, prom: VerifiedShop, run: Run) -> PlanResult:
        """Return the kept changes that may still go, as a plan of its own.

        The others are in it as refused ones. Raises PlanStale where nothing is left that may go.
        """
        kept = self.kept
        if kept.undoes:
            result = plan_back(context, prom, kept.undoes, allowed=Allowed(), run=run.number)
        else:
            result = update(context, prom, allowed=Allowed(), run=run.number)
        approval = Approval(kept.name, kept.run)
        try:
            plan, number = self._take(context, result, run)
        except PlanStale:
            with context.transaction() as work:
                work.journal.note_stale(run.number, approval, Holder(*who()), context.now())
            raise
        undone = Undone(kept.undoes) if kept.undoes else None
        return replace(result, plan=plan, number=number, undone=undone, approval=approval)

    def _take(self, context: JobContext, result: PlanResult, run: Run) -> tuple[Plan, int]:
        """Record what of the kept plan goes as the plan of the run, and return it with its number."""
        kept = self.kept
        with context.transaction() as work:
            number = work.plans.begin_next(context.now(), result.number, undoes=bool(kept.undoes))
            part = _ApprovedPart(work, kept, self.only, result, number)
            part.take()
            if not part.sent:  # nothing of this plan is kept
                raise self._stale(context, part.lost)
            if kept.undoes:
                work.journal.turns_back(run.number, number, kept.undoes)
            else:
                work.journal.plan_of_run(run.number, number, None)
            return part.plan(recounted(context, work, result.plan, number)), number

    def _stale(self, context: JobContext, lost: Mapping[Message, Sequence[str]]) -> PlanStale:
        reasons = [
            composed(
                "{ids}: {why}",
                ids=joined(", ", [*ids[:NAMED], *_more(len(ids) - NAMED)]),
                why=why,
            )
            for why, ids in lost.items()
        ]
        return PlanStale(
            _(
                "nothing that the plan `{name}` held of `{object}` can be sent as it was: {reasons}",
                name=self.kept.name,
                object=context.object.name,
                reasons=joined("; ", [*reasons[:NAMED], *_more(len(reasons) - NAMED)]),
            ),
            hint=_(
                "see what is held now: torgsync update -o {called} --show held", called=context.file.called
            ),
        )


def _more(count: int) -> list[Message]:
    return [_("{count} more", count=count)] if count > 0 else []


@dataclass
class _ApprovedPart:
    """The plan `number` in the making: what of a kept plan the plan of `result` still holds alike.

    `sent` counts changes, keyed by the violations that they open, `lost` are the ids of the others, keyed by
    the reason.
    """

    work: UnitOfWork
    kept: KeptPlan
    only: tuple[str, ...]
    result: PlanResult
    number: int
    sent: Counter[GuardViolation] = field(default_factory=Counter)
    lost: dict[Message, list[str]] = field(default_factory=dict)
    _guards: Counter[str] = field(default_factory=Counter)  # changes that go, by the guard that held them
    _added: int = 0

    def __post_init__(self) -> None:
        violations = self.result.plan.violations
        self._before, self._now = HoldingGuards(self.kept.violations), HoldingGuards(violations)

    def take(self) -> None:
        """Add what may go, with nothing that holds it, and the rest as refused."""
        apart = self._apart()
        for verb in Verb:
            for page in self._judged(verb):
                self._add(page, apart)

    def plan(self, plan: Plan) -> Plan:
        """Return the plan with what it opens, and with what is still held apart from it."""
        left = Counter[str]()
        for (guard, _verb), count in self.work.plans.holds(self.result.number).items():
            left[guard] += count
        left.subtract(self._guards)
        still = tuple(
            part
            for violation in plan.violations
            if (part := violation.less(left[violation.guard]) if violation in self.sent else violation)
        )
        opened = tuple(
            violation if violation.guard is Guard.PRICE else violation.counted(count)
            for violation, count in self.sent.items()
        )
        return replace(plan, violations=still, overrides=opened)

    def _judged(self, verb: Verb) -> Iterator[_Judged]:
        """Yield the chosen changes of a verb with what may go of each, by pages of products."""
        held = self.work.held_plans.held_products(self.kept.number, verb)
        chosen = [product for product in held if not self.only or _id(product) in self.only]
        for page in pages(chosen):
            kept = self.work.plans.of_products(self.kept.number, page)
            fresh = self.work.plans.of_products(self.result.number, page)
            yield {
                product: [
                    (change, judge_kept(change, fresh[product], self._before, self._now))
                    for change in kept[product]
                    if change.verb is verb and change.held not in (None, MOVED)
                ]
                for product in page
            }

    def _apart(self) -> Mapping[str, str]:
        """Return the goods that must not go without another one, because their keys changed, keyed to it."""
        held = self.work.held_plans.held_by(self.result.number, Guard.IDENTITY)
        if not held:
            return {}
        going = {
            product.good_id
            for verb in (Verb.CREATE, Verb.REMOVE)
            for page in self._judged(verb)
            for product, judged in page.items()
            if any(change.held == Guard.IDENTITY and not verdict.moved for change, verdict in judged)
        }
        return together(going, held, self.result.plan.violations)

    def _add(self, page: _Judged, apart: Mapping[str, str]) -> None:
        """Add the changes of some products: of each what goes as one change, then what does not."""
        done = self._done(page)
        rows: list[Change] = []
        outcomes: dict[int, tuple[Outcome, OutcomeReasons]] = {}
        for product, judged in page.items():
            parts: list[Change] = []
            for change, verdict in judged:
                moved = verdict.moved
                if not moved and change.held == Guard.IDENTITY and change.good_id in apart:
                    moved = problem(ProblemCode.HELD_TOGETHER, other=apart[change.good_id])
                if moved:
                    why = _sent_by(done.get(product, ()), change) or moved
                    self.lost.setdefault(problem_message(why), []).append(_id(product))
                    rows.append(refused(change))
                    outcomes[self._added + len(rows)] = (
                        Outcome.REFUSED,
                        (reason_of(OutcomeCode.MOVED, why),),
                    )
                    continue
                parts += verdict.parts
            for part in parts:
                self.sent.update(self._now.of(part))
                self._guards[part.held or ""] += 1
            if parts:
                # Several guards may have held parts of one update: these are sent as one.
                rows.append(replace(reduce(Change.joined, parts), held=None))
        self.work.plans.add(self.number, rows)
        self.work.plans.record(self.number, outcomes)
        self._added += len(rows)

    def _done(self, page: _Judged) -> Mapping[ProductKey, Sequence[tuple[int, Change]]]:
        """Return what later runs did with the goods of which something cannot go, keyed by product."""
        lost = [
            product.good_id
            for product, judged in page.items()
            if not product.prom_id and any(verdict.moved for _, verdict in judged)
        ]
        done: dict[ProductKey, list[tuple[int, Change]]] = {}
        for run, change in self.work.plans.done_since(self.kept.number, lost) if lost else ():
            done.setdefault(ProductKey(change.good_id), []).append((run, change))
        return done


def _sent_by(done: Sequence[tuple[int, Change]], change: Change) -> Problem | None:
    """Return that a later run made all that a change makes, None where none is known that did."""
    new = change.new
    for run, sent in reversed(done):
        if sent.verb is change.verb and sent.new.items() >= new.items():
            return problem(ProblemCode.ALREADY_SENT, run=run)
    return None
