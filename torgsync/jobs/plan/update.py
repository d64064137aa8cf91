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
    Aside,
    Counts,
    Known,
    Plan,
    Skipped,
    Standing,
    decide,
    remove_foreign,
)
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed
from torgsync.core.plan.rollback import Undone
from torgsync.core.plan.saved import MOVED
from torgsync.core.product.fields import Road, Value
from torgsync.core.text import counted
from torgsync.errors import Unsafe
from torgsync.files.catalog.export import written_at
from torgsync.jobs.catalog.export import Reading, read_export
from torgsync.jobs.context import Desk, Progress, Stage
from torgsync.jobs.plan.draft import Draft
from torgsync.jobs.shop import groups_of, refuse_other_shop
from torgsync.state.store import Memory

if TYPE_CHECKING:  # a look without Prom needs no HTTP
    from torgsync.prom.api import Prom

FULL_LOOK_EVERY = timedelta(days=7)

_ASIDE = {
    Aside.REFUSED_BEFORE: (
        Code.REFUSED_BEFORE,
        "Prom refused it as it is now; it is tried again when the good changes, or with `--full-refresh`",
    ),
    Aside.MODERATED: (Code.DELETED_BY_MODERATOR, "Prom's moderators deleted it; it is left alone"),
    Aside.AMBIGUOUS: (
        Code.ADOPT_AMBIGUOUS,
        "several products on Prom may be it; it waits until `torgsync object adopt --decisions` says which",
    ),
    Aside.ID_TAKEN: (
        Code.ID_TAKEN,
        "another good's product has its id as external id on Prom; made anew it would overwrite that one",
    ),
    Aside.NO_EXTERNAL_ID: (
        Code.EXTERNAL_ID_MISSING,
        "Prom has it without an external id: price, stock and status go, the rest needs one",
    ),
}

_UNREAD = frozenset({Aside.NO_PRICE, Aside.NO_NAME, Aside.NO_STOCK})
"""Why new goods wait for a cell of their row."""

Standings = Mapping[tuple[str, str], int]
"""Goods counted by their standing and its reason."""


@dataclass(frozen=True, slots=True)
class Made:
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
    desk: Desk,
    prom: Prom | None,
    *,
    allowed: Allowed | None = None,
    full_refresh: bool = False,
    only: Sequence[str] = (),
    sure: bool = False,
    run: int = 0,
) -> Made:
    """Return the plan of an object. Without `prom`, what Prom showed last is believed.

    `only` names the product fields that may change; the rest stays pending. Who has made `sure` already that
    it is the right shop asks nothing more for that. `run` is the run that the plan is made for, 0 for none.
    Raises ExportInvalid and ObjectInvalid for what cannot be read, Unsafe where the token opens another shop,
    or a first run meets one that is not empty.
    """
    with desk.brake.resting():
        reading = read_export(desk)
    allowed = allowed or Allowed()
    hidden: tuple[Finding, ...] = ()
    settled = 0
    if prom:
        from torgsync.jobs.plan.reconcile import settle_earlier  # noqa: PLC0415  # a look without Prom needs no HTTP

        hidden = look(desk, prom, full=full_refresh, allowed=None if sure else allowed)
        settled = settle_earlier(desk, prom, run)
    if full_refresh:
        with desk.memory() as memory:
            memory.catalog.forget_refusals()
    desk.tell(Progress(Stage.PLAN))
    with desk.brake.resting(), desk.memory(lasting=False) as memory:
        _refuse_full_shop(desk, memory)
        sold = (*_reserve(desk, memory), *_unfetched(memory), *_under_way(memory))
        draft = _Draft(desk=desk, memory=memory, reading=reading, allowed=allowed, only=frozenset(only))
        plan = draft.draw_up(offline=prom is None)
    told = (*reading.findings, *hidden, *sold, *draft.findings)
    return Made(plan, draft.number, told, tuple(draft.asides), settled)


def findings(memory: Memory, made: Made) -> Iterator[Finding]:
    """Yield everything that was found: of the look as a whole, then of the goods, by line."""
    yield from made.told
    yield from memory.rows.findings()


def skipped(memory: Memory, made: Made, reason: str | None = None) -> Iterator[Skipped]:
    """Yield every good that stays out and why; with `reason` only those."""
    yield from memory.catalog.skipped(reason)
    for item in made.asides:
        if reason in (None, item.reason):
            yield replace(item, message=_why_aside(memory, item)) if item.reason in _UNREAD else item


def _why_aside(memory: Memory, item: Skipped) -> str:
    """Return what keeps a new good from being made, in the words of its first error."""
    found = memory.rows.findings(item.good_id)
    return next((one.message for one in found if one.severity is Severity.ERROR), "")


def look(desk: Desk, prom: Prom, *, full: bool, allowed: Allowed | None) -> tuple[Finding, ...]:
    """Remember what Prom shows now: everything once a week, in between what was modified since then.

    After a full look every product that should be there and was not listed is asked for by its id: a list
    proves no absence (prom-api §11 Q3). Returns a finding where that found some.
    With `allowed` the shop is looked at first: raises Unsafe where it is another one, and nothing of it is
    remembered.
    """
    started = desk.now()
    with desk.memory() as memory:
        looks, first_run = memory.whole.looks(), not memory.whole.begun()
        number = memory.whole.begin_look()
    # Until something was sent, the shop may be emptied in the cabinet, which no look at changes would show.
    full = (
        full
        or first_run
        or looks.looked is None
        or looks.full is None
        or started - looks.full > FULL_LOOK_EVERY
    )
    usual = _products_known(desk) if full else None
    since = None if full or looks.looked is None else looks.looked - OVERLAP
    desk.tell(Progress(Stage.LOOK, 0, usual))
    pages = prom.products(modified_from=since)
    first = next(pages, [])
    if allowed is not None and not first_run:
        refuse_other_shop(desk, prom, allowed, first)
        with desk.memory() as memory:
            anew = not memory.whole.begun()
        if anew:
            return look(desk, prom, full=True, allowed=None)
    seen = 0
    for page in chain([first], pages):
        with desk.memory() as memory:
            memory.shown.remember_existing(page, number)
        seen += len(page)
        desk.tell(Progress(Stage.LOOK, seen, max(usual, seen) if usual else None))
    hidden = _ask_for_unseen(desk, prom, number) if full else 0
    groups = groups_of(prom) if full and not first_run else frozenset()
    with desk.memory() as memory:
        memory.whole.end_look(started, full=full)
        if groups:
            memory.whole.remember_groups(groups)
        prom.names = memory.adoptions.names()
    if not hidden:
        return ()
    left_out = counted(hidden, "product that exists", "products that exist")
    message = f"Prom's list leaves out {left_out}; each was found by its id"
    return (Finding(Code.LIST_INCOMPLETE, message),)


def _products_known(desk: Desk) -> int | None:
    """Return how many products the shop had when last it was looked at, None where it never was."""
    with desk.memory() as memory:
        return memory.shown.existing_count() or None


def _ask_for_unseen(desk: Desk, prom: Prom, number: int) -> int:
    with desk.memory() as memory:
        unseen = memory.shown.unseen(number)
    hidden = 0
    for done, good_id in enumerate(unseen, 1):
        desk.tell(Progress(Stage.LOOK, done, len(unseen)))
        if product := prom.product(good_id):
            hidden += 1
            with desk.memory() as memory:
                memory.shown.remember_existing([product], number)
    with desk.memory() as memory:
        memory.shown.forget_unseen(number)
    return hidden


def _reserve(desk: Desk, memory: Memory) -> tuple[Finding, ...]:
    """Keep back what was sold on Prom and what the export cannot know yet, and tell of which goods.

    Source: docs/developers/architecture.md §6.
    """
    written = written_at(desk.file)
    pieces = held_pieces(memory.trade.beyond(written)) if written else {}
    memory.rows.reserve({good_id: ceil(number) for good_id, number in pieces.items()})
    known = memory.catalog.known(sorted(pieces))
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


def _under_way(memory: Memory) -> Iterator[Finding]:
    """Tell of an import that was sent and whose end nobody has seen yet."""
    if unfinished := memory.journal.unfinished_import():
        sent = f"{unfinished.started.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"
        products = counted(unfinished.offers, "product")
        message = f"an import of {products} was sent at {sent} and has not ended yet"
        yield Finding(Code.IMPORT_OPEN, message)


def _unfetched(memory: Memory) -> Iterator[Finding]:
    """Tell of which goods Prom could not fetch photos."""
    lost = memory.photos.unfetched()
    known = memory.catalog.known(list(lost))
    for good_id, number in lost.items():
        photos = counted(number, "photo")
        message = f"{known[good_id].title}: {photos} could not be fetched by Prom; sent again with an import"
        yield Finding(Code.PHOTOS_UNFETCHED, message, good_id, known[good_id].line)


def _refuse_full_shop(desk: Desk, memory: Memory) -> None:
    """Refuse a first run on a shop that has products already: Torgsoft's own rule (architecture §5)."""
    if memory.whole.begun() or desk.object.removal.foreign == "delete":
        return
    count = memory.shown.existing_count()
    if count:
        raise Unsafe(
            f"the shop of `{desk.object.name}` has {counted(count, 'product')} already, "
            "and a first run needs an empty one",
            hint=f"take it over: torgsync object adopt {desk.file.called} (it tells which product is which "
            "good and changes nothing on Prom.ua); or empty the shop in the seller's cabinet; or have its "
            f'products deleted: write foreign = "delete" under [removal] in `{desk.file.path}`',
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
        now = self.desk.now()
        self.number = self.memory.plans.begin(now)
        if sums := self.memory.whole.quiet():
            return self._quiet(sums, now, offline=offline)
        for page in self.memory.catalog.unsettled():
            self.memory.plans.add(self.number, list(self._decide(page)))
        self._remove_foreign()
        plans = self.memory.plans
        standings = self.memory.rows.standings()
        self._guard(standings)
        counts, skipped = self._counts(standings), self._skipped(standings)
        left_alone = self.memory.rows.left_alone()
        if not (counts.changes or self.asides or self.pending or self.trips):
            told = {"counts": asdict(counts), "skipped": skipped, "left_alone": left_alone}
            self.memory.whole.note_quiet(json.dumps(told))
        going = {
            (verb, road): count for (verb, road, held), count in plans.counts(self.number).items() if not held
        }
        return Plan(
            id=plans.digest(self.number),
            object=self.desk.object.name,
            made=now,
            export=self.reading.info,
            counts=counts,
            budget=budget_of(self.desk, self.memory, going),
            offers=offers_of(going),
            trips=tuple(self.trips),
            skipped=skipped,
            left_alone=left_alone,
            edited=self.edited,
            offline=offline,
            pending=self.pending,
            dark=self.dark,
            overrides=tuple(self.opened),
            unmet=self.allowed.unmet(self.opened),
        )

    def _quiet(self, sums: str, now: datetime, *, offline: bool) -> Plan:
        """Return the plan of a shop in which nothing has moved since a plan that found nothing to do."""
        told = json.loads(sums)
        return Plan(
            id=self.memory.plans.digest(self.number),
            object=self.desk.object.name,
            made=now,
            export=self.reading.info,
            counts=Counts(**told["counts"]),
            budget=budget_of(self.desk, self.memory, {}),
            skipped=told["skipped"],
            left_alone=told.get("left_alone", {}),
            offline=offline,
            unmet=self.allowed.unmet(()),
        )

    def _decide(self, page: Sequence[Known]) -> Iterator[Change]:
        settled: list[str] = []
        in_step: dict[str, Mapping[str, Value]] = {}
        left_alone: dict[str, str] = {}
        for known in page:
            verdict = decide(known, self.desk.object)
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
        self.memory.catalog.remember_in_step(in_step, self.desk.now())
        self.memory.rows.leave_alone(left_alone)
        self.memory.rows.settle(settled)

    def _set_aside(self, known: Known, aside: Aside, *, counted: bool) -> None:
        if counted:
            self.asides.append(Skipped(known.good_id, aside, known.line, known.title))
        if aside in _ASIDE:
            code, message = _ASIDE[aside]
            self.findings.append(Finding(code, f"{known.title}: {message}", known.good_id))

    def _emit(self, known: Known, change: Change) -> Iterator[Change]:
        """Hand on a change, narrowed to the chosen fields, with a suspicious price split off."""
        if self.only:
            whole, change = change, _chosen(change, self.only)
            self.pending += len(change.fields) < len(whole.fields)
            if not change.fields:
                self._waiting += change.verb is not Verb.REMOVE
                return
        self._taken_out += change.verb is Verb.REMOVE and known.standing is Standing.OUT
        quantity = known.desired.whole("quantity") if known.desired else None
        yield from self.emit(change, known.existing, quantity)

    def _remove_foreign(self) -> None:
        self._foreign = self.memory.shown.foreign_count()
        if self.desk.object.removal.foreign == "delete":
            foreign = [(product, remove_foreign(product)) for product in self.memory.shown.foreign()]
            if self.only and "status" not in self.only:
                self.pending += sum(change is not None for _, change in foreign)
                return
            for product, change in foreign:
                if change:
                    self.take_out(change, product)
            self.memory.plans.add(self.number, [change for _, change in foreign if change])

    def _guard_nothing(self) -> None:
        """Hold what the export wants to give away: a price of 0 is never sent, and must not go unseen."""
        found = self.memory.rows.findings(code=Code.PRICE_MISSING)
        given = [finding.good_id for finding in found if finding.value.strip()]
        for page in pages(given):
            known = self.memory.catalog.known(page)
            held = [good_id for good_id, good in known.items() if good.on_prom]
            self.trips += map(guards.nothing_trip, held)
            self.given_away += len(held)

    def _guard(self, standings: Standings) -> None:
        """Let the guards look at the whole, that of the export's rows among them."""
        rows = guards.export_rows_trip(
            rows=self.reading.info.goods,
            earlier=self.memory.journal.export_rows(),
            limits=self.desk.object.limits,
        )
        stay = sum(count for (standing, _), count in standings.items() if standing == Standing.IN)
        keeps_foreign = self.desk.object.removal.foreign == "keep"
        self.guard(stay=stay, foreign=self._foreign if keeps_foreign else 0, first=[rows])
        self._guard_nothing()

    def _counts(self, standings: Standings) -> Counts:
        plans = self.memory.plans
        create, update_, remove = (plans.goods(self.number, verb) for verb in Verb)
        total = Counter[str]()
        for (standing, _), count in standings.items():
            total[standing] += count
        asides = len(self.asides)
        return Counts(
            create=create,
            update=update_,
            remove=remove,
            held=plans.held_goods(self.number) + self.given_away,
            skipped=total[Standing.OUT] - self._taken_out + total[Standing.BLOCKED] + asides,
            unchanged=total[Standing.IN] - create - update_ - asides - self._waiting,
            foreign=self._foreign,
        )

    def _skipped(self, standings: Standings) -> dict[str, int]:
        """Return the goods that stay out by reason; those that are being taken out are among them."""
        reasons = Counter[str]()
        for (_, reason), count in sorted(standings.items()):
            if reason:
                reasons[reason] += count
        return dict(reasons + Counter(item.reason for item in self.asides))


def recounted(desk: Desk, memory: Memory, plan: Plan, number: int) -> Plan:
    """Return a plan whose changes are now those of another number, with the sums of these."""
    plans = memory.plans
    create, update_, remove = (plans.goods(number, verb) for verb in Verb)
    going = {(verb, road): count for (verb, road, held), count in plans.counts(number).items() if not held}
    counts = replace(
        plan.counts, create=create, update=update_, remove=remove, held=plans.held_goods(number, but=MOVED)
    )
    return replace(
        plan,
        id=plans.digest(number),
        counts=counts,
        budget=budget_of(desk, memory, going),
        offers=offers_of(going),
    )


def budget_of(desk: Desk, memory: Memory, going: Mapping[tuple[Verb, Road], int]) -> Budget:
    """Return what a plan costs; `going` counts the changes that nothing holds by verb and road."""
    offers = offers_of(going)
    used = memory.journal.imports_since(desk.now() - IMPORT_WINDOW)
    return budget(
        edits=sum(going.values()) - offers + going.get((Verb.CREATE, Road.IMPORT), 0),
        imports=1 if offers else 0,
        offers=offers,
        imports_left=max(0, desk.object.limits.imports_per_day - used),
    )


def _chosen(change: Change, fields: frozenset[str]) -> Change:
    """Return what of a change only touches these fields: nothing of a creation, which needs them all."""
    return change.narrowed(() if change.verb is Verb.CREATE else fields)


def offers_of(going: Mapping[tuple[Verb, Road], int]) -> int:
    """Return how many changes need the import."""
    return sum(count for (_, road), count in going.items() if road is Road.IMPORT)


def _not_remembered(known: Known, in_step: Mapping[str, Value]) -> dict[str, Value]:
    """Return the fields in step that the memory does not hold as sent yet."""
    sent = known.sent.values if known.sent else {}
    return {name: value for name, value in in_step.items() if name not in sent or sent[name] != value}
