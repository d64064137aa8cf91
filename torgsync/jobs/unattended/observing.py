"""What one run of an object shows of its situations: what is there, and what it would have found.

All that a message says later is read here, while the job is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from torgsync.core.findings import Code, Severity
from torgsync.core.notices.decide import Look
from torgsync.core.notices.situations import OF_RUNS, FoundSituation, Half, Name, SituationKind
from torgsync.core.plan.guards import Guard, GuardViolation, encode_measure, of_one_shop
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReasons, encode_reasons
from torgsync.core.plan.plan import Plan
from torgsync.core.problems import ProblemCode
from torgsync.core.reason import write_json
from torgsync.errors import (
    Busy,
    Exit,
    ImportBusy,
    ImportHangs,
    ImportOpen,
    Interrupted,
    PlanStale,
    Temporary,
    TokenRefused,
    TorgsyncError,
)
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.fetch import FetchResult
from torgsync.jobs.orders.listing import open_findings
from torgsync.jobs.plan.result import FindingGroup, PlanResult, PlanResultView, PlanView
from torgsync.jobs.push.execute import RunView
from torgsync.prom.request import Right

_FAILED = (Outcome.REFUSED, Outcome.UNCLEAR)
_OF_TROUBLE = frozenset(
    {
        OutcomeCode.FAILED,
        OutcomeCode.END_UNKNOWN,
        OutcomeCode.SENDER_DIED,
        OutcomeCode.IMPORT_HUNG,
        OutcomeCode.IMPORT_HUNG_AGAIN,
        OutcomeCode.IMPORT_TOO_LONG,
    }
)
"""Why changes are unclear because of what ended a run: that is the message then."""
_OF_ONE_RIGHT = (ProblemCode.RIGHT_MISSING, ProblemCode.RIGHT_OR_PAGE)
"""Why a token is refused for one half of an object; all else is about the token itself."""
_OF_GOODS = frozenset({Right.PRODUCTS_READ.name, Right.PRODUCTS_WRITE.name, Right.GROUPS_READ.name})
"""Rights that the half for items needs; the half for orders needs all others."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Changes that were refused, or are unclear, for the same reasons: their number, and one of the goods."""

    reasons: OutcomeReasons
    count: int
    good_id: str
    title: str


@dataclass(slots=True)
class Observation:
    """What a run of an object, or the error that ended it, shows of its situations, for messages.

    Args:
        look: The situations.
        plan: The plan that was made, None where none was.
        titles: The names of goods whose prices are held, keyed by their ids.
        orders: Numbers of orders that wait for a person.
        methods: Payment methods without a place for their money; `methodless` counts orders without any.
        unplaced: The orders with these methods; where one is `unfetched`, the object does not know it.
        stuck: What a person must mend before order files can be written.
        free: When an import is free again, ISO 8601 in UTC, where none is left.
        trouble: What ended the run early.
        bug: The type of an error that is the program's own.
    """

    look: Look
    plan: Plan | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    orders: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    unfetched: bool = False
    methodless: int = 0
    stuck: TorgsyncError | None = None
    refusals: tuple[Refusals, ...] = ()
    findings: tuple[FindingGroup, ...] = ()
    free: str = ""
    trouble: TorgsyncError | None = None
    bug: str = ""


def observe(job: JobContext, view: RunView, half: Half, *, fresh: bool, whole: bool) -> Observation:
    """Return what a run shows.

    Args:
        job: The job of the run, still open.
        view: What the run did.
        half: What it was for.
        fresh: Whether it compared the export with the shop: it shows that earlier errors are over.
        whole: Whether it did so for all items: it shows that nothing else is held.
    """
    trouble = view.trouble or (view.fetched.trouble if view.fetched else None)
    shown = Observation(Look({}, frozenset()), trouble=trouble)
    found: dict[Name, FoundSituation] = {}
    covered: set[Name] = set()
    if view.result:
        found |= _of_plan(job, view, view.result, shown)
        if fresh and whole and not view.declined:
            covered |= {Name(SituationKind.HELD), Name(SituationKind.FINDINGS)}
            covered |= (
                {Name(SituationKind.REFUSED), Name(SituationKind.IMPORTS)} if trouble is None else set()
            )
    if view.fetched:
        found |= _of_orders(job, view.fetched, shown)
        covered.add(Name(SituationKind.ORDERS))
    if trouble:
        found |= _of_error(
            trouble, half, since=_waiting_since(job) if isinstance(trouble, ImportOpen | ImportBusy) else None
        )
    elif view.exit_code is Exit.TEMPORARY and Name(SituationKind.IMPORTS) not in found:
        since = job.now() if view.left_import else _waiting_since(job)  # another run sends it next
        found[Name(SituationKind.DELAYED, half)] = FoundSituation({"delay": 1}, since)
    elif fresh and not view.declined:
        covered |= _of_half(half)
    shown.look = Look(found, frozenset(covered))
    return shown


def observe_error(error: TorgsyncError, half: Half) -> Observation:
    """Return what an error shows that ended the work with an object before, or instead of, its run."""
    return Observation(Look(_of_error(error, half), frozenset()), trouble=error)


def observe_bug(bug: Exception, half: Half) -> Observation:
    """Return what an error of the program itself shows: its type, because its text may hold anything."""
    name = type(bug).__name__
    found = {Name(SituationKind.FAILED, half): FoundSituation({f"bug:{name}": 1})}
    return Observation(Look(found, frozenset()), bug=name)


def _of_half(half: Half) -> set[Name]:
    """Return the errors of runs whose end is shown by a run of this half that came to its own end."""
    halves = tuple(Half) if half is Half.BOTH else (half,)
    return {Name(kind, of) for kind in OF_RUNS for of in halves} | {Name(SituationKind.TOKEN)}


def _of_error(error: TorgsyncError, half: Half, since: datetime | None = None) -> dict[Name, FoundSituation]:
    if isinstance(error, Busy | Interrupted | PlanStale):  # who named a stale plan sees it
        return {}
    code = error.problem.codes[0] if error.problem else ""
    if isinstance(error, TokenRefused):
        right = str(error.problem.args.get("right")) if error.problem and code in _OF_ONE_RIGHT else ""
        of = (half or (Half.GOODS if right in _OF_GOODS else Half.ORDERS)) if right else Half.BOTH
        return {Name(SituationKind.TOKEN, of): FoundSituation({f"{known_by(error)}/{right}".strip("/"): 1})}
    if code == ProblemCode.IMPORT_NOT_TAKEN:
        return {Name(SituationKind.IMPORTS): FoundSituation({"refused": 1})}
    if isinstance(error, Temporary):
        return {Name(SituationKind.DELAYED, half): FoundSituation({"delay": 1}, since)}
    if isinstance(error, ImportHangs):
        return {Name(SituationKind.IMPORTS): FoundSituation({"hangs": 1})}
    return {Name(SituationKind.FAILED, half): FoundSituation({known_by(error): 1})}


def known_by(error: TorgsyncError) -> str:
    """Return by what it is known that an error is the same."""
    return "/".join((error.kind, *(error.problem.codes if error.problem else ())))


def _waiting_since(job: JobContext) -> datetime | None:
    """Return since when an import is waited for, None where none is."""
    with job.transaction(durable=False) as work:
        sent, busy = work.journal.unfinished_import(), work.journal.busy(job.now())
    return sent.started if sent else busy.first if busy else None


def _of_plan(
    job: JobContext, view: RunView, result: PlanResult, shown: Observation
) -> dict[Name, FoundSituation]:
    found: dict[Name, FoundSituation] = {}
    shown.plan = result.plan
    violations = of_one_shop(result.plan.violations)
    if violations and not result.approval:  # a run that looks at all says what is held
        parts = {_known_violation(violation): violation.count for violation in violations}
        found[Name(SituationKind.HELD)] = FoundSituation(parts)
    groups = PlanResultView(job, result).finding_groups(most=1)
    shown.findings = tuple(
        group
        for group in groups
        if group.code.severity is Severity.ERROR and group.code is not Code.IMPORT_HANGS
    )
    if shown.findings:
        found[Name(SituationKind.FINDINGS)] = FoundSituation({str(group.code): 1 for group in shown.findings})
    _read_changes(job, view, result, shown)
    if shown.refusals:
        parts = {_digest(encode_reasons(same.reasons)): same.count for same in shown.refusals}
        found[Name(SituationKind.REFUSED)] = FoundSituation(parts)
    if shown.free:
        found[Name(SituationKind.IMPORTS)] = FoundSituation({"used-up": 1})
    elif view.earlier and view.earlier.hangs:
        found[Name(SituationKind.IMPORTS)] = FoundSituation({"hangs": 1})
    return found


def _known_violation(violation: GuardViolation) -> str:
    """Return by what a violation is known: a price by what it was and would be, others by their guard."""
    if violation.guard is Guard.PRICE:
        measure = encode_measure(violation.measure)
        return _digest(write_json([violation.good_id, measure.get("old"), measure.get("new")]))
    return f"{violation.guard}/{violation.cause.code}"


def _read_changes(job: JobContext, view: RunView, result: PlanResult, shown: Observation) -> None:
    """Read the changes that were not done, of this plan and of the import of an earlier run."""
    held = {violation.good_id for violation in result.plan.violations if violation.good_id}
    titles: dict[str, str] = {}
    refusals: dict[str, Refusals] = {}
    plans = [result.number] if held or set(view.outcomes) - {Outcome.DONE} else []
    if view.earlier and any(view.earlier.outcomes.get(outcome) for outcome in _FAILED):
        plans.append(view.earlier.plan)
    for plan in plans:
        for item in PlanView(job, plan).changes():
            change = item.change
            if change.good_id in held:
                titles[change.good_id] = change.title
            if plan != result.number and not (view.earlier and view.earlier.has(item)):
                continue
            ended = shown.trouble and all(reason.code in _OF_TROUBLE for reason in item.reasons)
            if item.outcome in _FAILED and not ended:
                key = encode_reasons(item.reasons)
                same = refusals.get(key) or Refusals(item.reasons, 0, change.good_id, change.title)
                refusals[key] = Refusals(same.reasons, same.count + 1, same.good_id, same.title)
            for reason in item.reasons if item.outcome is Outcome.DEFERRED else ():
                if reason.code is OutcomeCode.IMPORTS_USED_UP:
                    shown.free = str(reason.args.get("free") or job.now().isoformat())
    shown.titles = titles
    shown.refusals = tuple(sorted(refusals.values(), key=lambda same: -same.count))


def _of_orders(job: JobContext, fetched: FetchResult, shown: Observation) -> dict[Name, FoundSituation]:
    parts: dict[str, int] = {}
    with job.transaction(durable=False) as work:
        for finding in open_findings(work, job.object.clients.find_by):
            parts[f"{finding.code}/{finding.order}"] = 1
        shown.unplaced = tuple(work.postings.orders_unmapped())
    known = {method.name for method in job.object.payment_methods}
    shown.unfetched = not known.issuperset(fetched.unmapped_methods)
    shown.orders = tuple(dict.fromkeys(key.partition("/")[2] for key in parts))
    shown.methods, shown.methodless, shown.stuck = (
        fetched.unmapped_methods,
        fetched.methodless,
        fetched.stuck,
    )
    parts |= {f"method/{_digest(name)}": len(shown.unplaced) or 1 for name in fetched.unmapped_methods}
    if fetched.methodless:
        parts["methodless"] = fetched.methodless
    if fetched.stuck:
        parts[f"outbox/{known_by(fetched.stuck)}"] = 1
        shown.orders = ()  # they wait for the outbox, not for a person each
        parts = {key: size for key, size in parts.items() if not key.startswith(Code.OUTBOX_FAILED)}
    return {Name(SituationKind.ORDERS): FoundSituation(parts)} if parts else {}


def _digest(text: str) -> str:
    """Return what a text is remembered by, without the text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
