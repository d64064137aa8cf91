"""Makes a plan: reads the export, looks at Prom, compares, and lets the guards look. Never writes to Prom.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.findings import Code, Finding, Severity
from torgsync.core.orders.reserve import held_pieces
from torgsync.core.paging import pages
from torgsync.core.plan import guards
from torgsync.core.plan.channels import IMPORT_WINDOW, OVERLAP, Budget, budget
from torgsync.core.plan.decide import (
    Counts,
    Plan,
    ProductSnapshot,
    RowStatus,
    Skipped,
    SkipReason,
    decide,
    remove_foreign,
)
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed
from torgsync.core.plan.rollback import Undone
from torgsync.core.plan.saved import MOVED
from torgsync.core.product.fields import Channel, Value
from torgsync.core.text import counted
from torgsync.errors import Unsafe
from torgsync.files.catalog.export import written_at
from torgsync.jobs.catalog.export import Reading, read_export
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.draft import Draft
from torgsync.jobs.shop import groups_of, refuse_other_shop
from torgsync.state.store import UnitOfWork

if TYPE_CHECKING:  # a look without Prom needs no HTTP
    from torgsync.prom.api import Prom

FULL_LOOK_EVERY = timedelta(days=7)

_ASIDE = {
    SkipReason.REFUSED_BEFORE: (
        Code.REFUSED_BEFORE,
        "Prom refused it as it is now; it is tried again when the good changes, or with `--full-refresh`",
    ),
    SkipReason.MODERATED: (Code.DELETED_BY_MODERATOR, "Prom's moderators deleted it; it is left alone"),
    SkipReason.AMBIGUOUS: (
        Code.ADOPT_AMBIGUOUS,
        "several products on Prom may be it; it waits until `torgsync object adopt --decisions` says which",
    ),
    SkipReason.ID_TAKEN: (
        Code.ID_TAKEN,
        "another good's product has its id as external id on Prom; made anew it would overwrite that one",
    ),
    SkipReason.NO_EXTERNAL_ID: (
        Code.EXTERNAL_ID_MISSING,
        "Prom has it without an external id: price, stock and status go, the rest needs one",
    ),
}

_UNREAD = frozenset({SkipReason.NO_PRICE, SkipReason.NO_NAME, SkipReason.NO_STOCK})
"""Why new goods wait for a cell of their row."""

Standings = Mapping[tuple[str, str], int]
"""Goods counted by their standing and its reason."""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan, its number in the memory where its changes lie, and what was found besides.

    `told` are findings of the look as a whole; those of goods lie in the memory, for they can be many.
    `asides` are the goods that the export offers and the plan leaves out; those that a rule keeps out lie in
    the memory. `settled` counts changes of earlier runs of which only this look told what became of them.
    `back` tells what it turns back, where no export asks for it.
    """

    plan: Plan
    number: int
    told: tuple[Finding, ...]
    asides: tuple[Skipped, ...] = ()
    settled: int = 0
    back: Undone | None = None


def update(
    context: JobContext,
    prom: Prom | None,
    *,
    allowed: Allowed | None = None,
    full_refresh: bool = False,
    only: Sequence[str] = (),
    sure: bool = False,
    run: int = 0,
) -> PlanResult:
    """Return the plan of an object. Without `prom`, what Prom showed last is believed.

    `only` names the product fields that may change; the rest stays pending. Who has made `sure` already that
    it is the right shop asks nothing more for that. `run` is the run that the plan is made for, 0 for none.
    Raises ExportInvalid and ObjectInvalid for what cannot be read, Unsafe where the token opens another shop,
    or a first run meets one that is not empty.
    """
    with context.stop.interruptible():
        reading = read_export(context)
    allowed = allowed or Allowed()
    hidden: tuple[Finding, ...] = ()
    settled = 0
    if prom:
        from torgsync.jobs.plan.reconcile import settle_earlier  # noqa: PLC0415  # a look without Prom needs no HTTP

        hidden = look(context, prom, full=full_refresh, allowed=None if sure else allowed)
        settled = settle_earlier(context, prom, run)
    if full_refresh:
        with context.transaction() as work:
            work.products.forget_refusals()
    context.report(Progress(Stage.PLAN))
    with context.stop.interruptible(), context.transaction(durable=False) as work:
        _refuse_full_shop(context, work)
        sold = (*_reserve(context, work), *_unfetched(work), *_under_way(work))
        draft = _Draft(context=context, work=work, reading=reading, allowed=allowed, only=frozenset(only))
        plan = draft.draw_up(offline=prom is None)
    told = (*reading.findings, *hidden, *sold, *draft.findings)
    return PlanResult(plan, draft.number, told, tuple(draft.asides), settled)


def findings(work: UnitOfWork, made: PlanResult) -> Iterator[Finding]:
    """Yield everything that was found: of the look as a whole, then of the goods, by line."""
    yield from made.told
    yield from work.rows.findings()


def skipped(work: UnitOfWork, made: PlanResult, reason: str | None = None) -> Iterator[Skipped]:
    """Yield every good that stays out and why; with `reason` only those."""
    yield from work.products.skipped(reason)
    for item in made.asides:
        if reason in (None, item.reason):
            yield replace(item, message=_why_aside(work, item)) if item.reason in _UNREAD else item


def _why_aside(work: UnitOfWork, item: Skipped) -> str:
    """Return what keeps a new good from being made, in the words of its first error."""
    found = work.rows.findings(item.good_id)
    return next((one.message for one in found if one.severity is Severity.ERROR), "")


def look(context: JobContext, prom: Prom, *, full: bool, allowed: Allowed | None) -> tuple[Finding, ...]:
    """Remember what Prom shows now: everything once a week, in between what was modified since then.

    After a full look every product that should be there and was not listed is asked for by its id: a list
    proves no absence (prom-api §11 Q3). Returns a finding where that found some.
    With `allowed` the shop is looked at first: raises Unsafe where it is another one, and nothing of it is
    remembered.
    """
    started = context.now()
    with context.transaction() as work:
        looks, first_run = work.object_state.looks(), not work.object_state.begun()
        number = work.object_state.begin_look()
    # Until something was sent, the shop may be emptied in the cabinet, which no look at changes would show.
    full = (
        full
        or first_run
        or looks.looked is None
        or looks.full is None
        or started - looks.full > FULL_LOOK_EVERY
    )
    usual = _products_known(context) if full else None
    since = None if full or looks.looked is None else looks.looked - OVERLAP
    context.report(Progress(Stage.LOOK, 0, usual))
    pages = prom.products(modified_from=since)
    first = next(pages, [])
    if allowed is not None and not first_run:
        refuse_other_shop(context, prom, allowed, first)
        with context.transaction() as work:
            anew = not work.object_state.begun()
        if anew:
            return look(context, prom, full=True, allowed=None)
    seen = 0
    for page in chain([first], pages):
        with context.transaction() as work:
            work.existing.remember_existing(page, number)
        seen += len(page)
        context.report(Progress(Stage.LOOK, seen, max(usual, seen) if usual else None))
    hidden = _ask_for_unseen(context, prom, number) if full else 0
    groups = groups_of(prom) if full and not first_run else frozenset()
    with context.transaction() as work:
        work.object_state.end_look(started, full=full)
        if groups:
            work.object_state.remember_groups(groups)
        prom.names = work.adoptions.names()
    if not hidden:
        return ()
    left_out = counted(hidden, "product that exists", "products that exist")
    message = f"Prom's list leaves out {left_out}; each was found by its id"
    return (Finding(Code.LIST_INCOMPLETE, message),)


def _products_known(context: JobContext) -> int | None:
    """Return how many products the shop had when last it was looked at, None where it never was."""
    with context.transaction() as work:
        return work.existing.existing_count() or None


def _ask_for_unseen(context: JobContext, prom: Prom, number: int) -> int:
    with context.transaction() as work:
        unseen = work.existing.unseen(number)
    hidden = 0
    for done, good_id in enumerate(unseen, 1):
        context.report(Progress(Stage.LOOK, done, len(unseen)))
        if product := prom.product(good_id):
            hidden += 1
            with context.transaction() as work:
                work.existing.remember_existing([product], number)
    with context.transaction() as work:
        work.existing.forget_unseen(number)
    return hidden


def _reserve(context: JobContext, work: UnitOfWork) -> tuple[Finding, ...]:
    """Keep back what was sold on Prom and what the export cannot know yet, and tell of which goods.

    Source: docs/developers/architecture.md §6.
    """
    written = written_at(context.file)
    pieces = held_pieces(work.orders.holdings(written)) if written else {}
    work.rows.reserve({good_id: ceil(number) for good_id, number in pieces.items()})
    known = work.products.known(sorted(pieces))
    found = []
    for good_id, good in known.items():
        stock = good.desired.whole("quantity") if good.desired else None
        if stock is not None and good.offered is not None:
            left = good.offered.whole("quantity")
            message = (
                f"{good.title}: {counted(good.reserved, 'piece')} sold on Prom, which the export lacks; "
                f"{left} of {stock} offered"
            )
            found.append(Finding(Code.STOCK_RESERVED, message, good_id, good.line))
    return tuple(found)


def _under_way(work: UnitOfWork) -> Iterator[Finding]:
    """Tell of an import that was sent and whose end nobody has seen yet."""
    if unfinished := work.journal.unfinished_import():
        sent = f"{unfinished.started.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"
        products = counted(unfinished.offers, "product")
        message = f"an import of {products} was sent at {sent} and has not ended yet"
        yield Finding(Code.IMPORT_OPEN, message)


def _unfetched(work: UnitOfWork) -> Iterator[Finding]:
    """Tell of which goods Prom could not fetch photos."""
    lost = work.photos.unfetched()
    known = work.products.known(list(lost))
    for good_id, number in lost.items():
        photos = counted(number, "photo")
        message = f"{known[good_id].title}: {photos} could not be fetched by Prom; sent again with an import"
        yield Finding(Code.PHOTOS_UNFETCHED, message, good_id, known[good_id].line)


def _refuse_full_shop(context: JobContext, work: UnitOfWork) -> None:
    """Refuse a first run on a shop that has products already: Torgsoft's own rule (architecture §5)."""
    if work.object_state.begun() or context.object.removal.foreign == "delete":
        return
    count = work.existing.existing_count()
    if count:
        raise Unsafe(
            f"the shop of `{context.object.name}` has {counted(count, 'product')} already, "
            "and a first run needs an empty one",
            hint=f"take it over: torgsync object adopt {context.file.called} (it tells which product is "
            "which good and changes nothing on Prom.ua); or empty the shop in the seller's cabinet; or have "
            f'its products deleted: write foreign = "delete" under [removal] in `{context.file.path}`',
        )


@dataclass(kw_only=True)
class _Draft(Draft):
    """The draft of what the export asks for."""

    reading: Reading
    only: frozenset[str]
    pending: int = 0
    given_away: int = 0
    asides: list[Skipped] = field(default_factory=list)
    _taken_out: int = 0
    _foreign: int = 0
    _waiting: int = 0  # goods that go of which no change at all is among the chosen fields

    def draw_up(self, *, offline: bool) -> Plan:
        """Decide every good that is not settled, then let the guards look at the whole."""
        now = self.context.now()
        self.number = self.work.plans.begin(now)
        if sums := self.work.object_state.cached_noop_plan():
            return self._quiet(sums, now, offline=offline)
        for page in self.work.products.dirty():
            self.work.plans.add(self.number, list(self._decide(page)))
        self._remove_foreign()
        plans = self.work.plans
        row_statuses = self.work.rows.row_statuses()
        self._guard(row_statuses)
        counts, skipped = self._counts(row_statuses), self._skipped(row_statuses)
        left_alone = self.work.rows.left_alone()
        if not (counts.changes or self.asides or self.pending or self.violations):
            told = {"counts": asdict(counts), "skipped": skipped, "left_alone": left_alone}
            self.work.object_state.cache_noop_plan(json.dumps(told))
        going = {
            (verb, channel): count
            for (verb, channel, held), count in plans.counts(self.number).items()
            if not held
        }
        return Plan(
            id=plans.digest(self.number),
            object=self.context.object.name,
            made=now,
            export=self.reading.info,
            counts=counts,
            budget=budget_of(self.context, self.work, going),
            offers=offers_of(going),
            violations=tuple(self.violations),
            skipped=skipped,
            left_alone=left_alone,
            edited=self.edited,
            offline=offline,
            pending=self.pending,
            removed_stock=self.removed_stock,
            overrides=tuple(self.opened),
            unmet=self.allowed.unmet(self.opened),
        )

    def _quiet(self, sums: str, now: datetime, *, offline: bool) -> Plan:
        """Return the plan of a shop in which nothing has moved since a plan that found nothing to do."""
        told = json.loads(sums)
        return Plan(
            id=self.work.plans.digest(self.number),
            object=self.context.object.name,
            made=now,
            export=self.reading.info,
            counts=Counts(**told["counts"]),
            budget=budget_of(self.context, self.work, {}),
            skipped=told["skipped"],
            left_alone=told.get("left_alone", {}),
            offline=offline,
            unmet=self.allowed.unmet(()),
        )

    def _decide(self, page: Sequence[ProductSnapshot]) -> Iterator[Change]:
        settled: list[str] = []
        in_step: dict[str, Mapping[str, Value]] = {}
        left_alone: dict[str, str] = {}
        for known in page:
            verdict = decide(known, self.context.object)
            left_alone[known.good_id] = ",".join(verdict.left_alone)
            if verdict.aside:
                self._set_aside(known, verdict.aside, counted=verdict.change is None)
            fresh = _not_remembered(known, verdict.in_step)
            if fresh:
                in_step[known.good_id] = fresh
            if verdict.change:
                yield from self._emit(known, verdict.change)
            elif not verdict.aside:
                settled.append(known.good_id)
        self.work.products.remember_in_step(in_step, self.context.now())
        self.work.rows.leave_alone(left_alone)
        self.work.rows.settle(settled)

    def _set_aside(self, known: ProductSnapshot, aside: SkipReason, *, counted: bool) -> None:
        if counted:
            self.asides.append(Skipped(known.good_id, aside, known.line, known.title))
        if aside in _ASIDE:
            code, message = _ASIDE[aside]
            self.findings.append(Finding(code, f"{known.title}: {message}", known.good_id))

    def _emit(self, known: ProductSnapshot, change: Change) -> Iterator[Change]:
        """Hand on a change, narrowed to the chosen fields, with a suspicious price split off."""
        if self.only:
            whole, change = change, _chosen(change, self.only)
            self.pending += len(change.fields) < len(whole.fields)
            if not change.fields:
                self._waiting += change.verb is not Verb.REMOVE
                return
        self._taken_out += change.verb is Verb.REMOVE and known.row_status is RowStatus.OUT
        quantity = known.desired.whole("quantity") if known.desired else None
        yield from self.emit(change, known.existing, quantity)

    def _remove_foreign(self) -> None:
        self._foreign = self.work.existing.foreign_count()
        if self.context.object.removal.foreign == "delete":
            foreign = [(product, remove_foreign(product)) for product in self.work.existing.foreign()]
            if self.only and "status" not in self.only:
                self.pending += sum(change is not None for _, change in foreign)
                return
            for product, change in foreign:
                if change:
                    self.take_out(change, product)
            self.work.plans.add(self.number, [change for _, change in foreign if change])

    def _guard_nothing(self) -> None:
        """Hold what the export wants to give away: a price of 0 is never sent, and must not go unseen."""
        found = self.work.rows.findings(code=Code.PRICE_MISSING)
        given = [finding.good_id for finding in found if finding.value.strip()]
        for page in pages(given):
            known = self.work.products.known(page)
            held = [good_id for good_id, good in known.items() if good.on_prom]
            self.violations += map(guards.nothing_violation, held)
            self.given_away += len(held)

    def _guard(self, row_statuses: Standings) -> None:
        """Let the guards look at the whole, that of the export's rows among them."""
        rows = guards.export_rows_violation(
            rows=self.reading.info.goods,
            earlier=self.work.journal.export_rows(),
            limits=self.context.object.limits,
        )
        stay = sum(count for (row_status, _), count in row_statuses.items() if row_status == RowStatus.IN)
        keeps_foreign = self.context.object.removal.foreign == "keep"
        self.guard(stay=stay, foreign=self._foreign if keeps_foreign else 0, first=[rows])
        self._guard_nothing()

    def _counts(self, row_statuses: Standings) -> Counts:
        plans = self.work.plans
        create, update_, remove = (plans.goods(self.number, verb) for verb in Verb)
        total = Counter[str]()
        for (row_status, _), count in row_statuses.items():
            total[row_status] += count
        asides = len(self.asides)
        return Counts(
            create=create,
            update=update_,
            remove=remove,
            held=plans.held_goods(self.number) + self.given_away,
            skipped=total[RowStatus.OUT] - self._taken_out + total[RowStatus.BLOCKED] + asides,
            unchanged=total[RowStatus.IN] - create - update_ - asides - self._waiting,
            foreign=self._foreign,
        )

    def _skipped(self, row_statuses: Standings) -> dict[str, int]:
        """Return the goods that stay out by reason; those that are being taken out are among them."""
        reasons = Counter[str]()
        for (_, reason), count in sorted(row_statuses.items()):
            if reason:
                reasons[reason] += count
        return dict(reasons + Counter(item.reason for item in self.asides))


def recounted(context: JobContext, work: UnitOfWork, plan: Plan, number: int) -> Plan:
    """Return a plan whose changes are now those of another number, with the sums of these."""
    plans = work.plans
    create, update_, remove = (plans.goods(number, verb) for verb in Verb)
    going = {
        (verb, channel): count for (verb, channel, held), count in plans.counts(number).items() if not held
    }
    counts = replace(
        plan.counts, create=create, update=update_, remove=remove, held=plans.held_goods(number, but=MOVED)
    )
    return replace(
        plan,
        id=plans.digest(number),
        counts=counts,
        budget=budget_of(context, work, going),
        offers=offers_of(going),
    )


def budget_of(context: JobContext, work: UnitOfWork, going: Mapping[tuple[Verb, Channel], int]) -> Budget:
    """Return what a plan costs; `going` counts the changes that nothing holds by verb and road."""
    offers = offers_of(going)
    used = work.journal.imports_since(context.now() - IMPORT_WINDOW)
    return budget(
        edits=sum(going.values()) - offers + going.get((Verb.CREATE, Channel.IMPORT), 0),
        imports=1 if offers else 0,
        offers=offers,
        imports_left=max(0, context.object.limits.imports_per_day - used),
    )


def _chosen(change: Change, fields: frozenset[str]) -> Change:
    """Return what of a change only touches these fields: nothing of a creation, which needs them all."""
    return change.narrowed(() if change.verb is Verb.CREATE else fields)


def offers_of(going: Mapping[tuple[Verb, Channel], int]) -> int:
    """Return how many changes need the import."""
    return sum(count for (_, channel), count in going.items() if channel is Channel.IMPORT)


def _not_remembered(known: ProductSnapshot, in_step: Mapping[str, Value]) -> dict[str, Value]:
    """Return the fields in step that the memory does not hold as sent yet."""
    sent = known.sent.values if known.sent else {}
    return {name: value for name, value in in_step.items() if name not in sent or sent[name] != value}
