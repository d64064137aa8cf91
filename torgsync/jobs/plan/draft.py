"""A plan in the making: its changes are written to the state, and the guards evaluate all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.channels import IMPORT_WINDOW, Budget, budget
from torgsync.core.plan.decide import RowStatus, may_not_return
from torgsync.core.plan.diff import Change, Leaving, Verb
from torgsync.core.plan.guards import Allowed, Guard, GuardViolation
from torgsync.core.plan.plan import MOVED, Counts, ExportInfo, Plan, Removed, RemovedStock
from torgsync.core.plan.plan_guards import (
    PHOTO_FIELDS,
    STOCK_FIELDS,
    change_price_violation,
    deletions_violation,
    falls_to_zero,
    hold_price,
    loses_photos,
    photos_violation,
    removals_cause,
    removals_violation,
    selection,
    stock_out_violation,
)
from torgsync.core.product.fields import Channel
from torgsync.core.product.products import Existing
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.fleet_guard import closed_for, hold_kinds
from torgsync.state.store import UnitOfWork

RowStatuses = Mapping[tuple[str, str], int]
"""Goods counted by the status of their row and its reason."""


@dataclass(kw_only=True)
class Draft:
    """Changes under guard.

    `violations` hold something, `opened` were allowed by a person. `emptied` and `bared` count changes of
    stock to zero, and of photos to none.
    """

    context: JobContext
    work: UnitOfWork
    allowed: Allowed
    number: int = 0
    made: datetime = field(init=False)
    findings: list[Finding] = field(default_factory=list)
    violations: list[GuardViolation] = field(default_factory=list)
    opened: list[GuardViolation] = field(default_factory=list)
    emptied: int = 0
    bared: int = 0

    def emit(
        self, change: Change, existing: Existing | None, quantity: int | None = None
    ) -> Iterator[Change]:
        """Yield a change with a suspicious price split off; `quantity` is the stock in the export."""
        self.emptied += falls_to_zero(change)
        self.bared += loses_photos(change)
        if change.verb is Verb.REMOVE:
            self.note_removal(change, existing)
            yield change
            return
        old = existing.values if existing and change.verb is Verb.UPDATE else {}
        violation = change_price_violation(change, old, self.context.object, quantity)
        if violation and self.knows_price(change, violation):
            violation = None
        if self._holds(violation):
            yield from hold_price(change)
        else:
            yield change

    def knows_price(self, change: Change, violation: GuardViolation) -> bool:  # noqa: ARG002
        """Return whether a suspicious price is known to be none; an export's never is."""
        return False

    def note_removal(self, change: Change, existing: Existing | None) -> None:
        """Warn where the product that a removal deletes may not come back."""
        if existing is not None and may_not_return(change, existing):
            args = {"title": change.title}
            self.findings.append(Finding(Code.DELETED_FOR_GOOD, good_id=change.good_id, args=args))

    def begin(self, *, undoes: bool = False) -> None:
        """Begin the plan in the state; it may be one that undoes a run."""
        self.made = self.context.now()
        self.number = self.work.plans.begin(self.made, undoes=undoes)

    def plan(self, export: ExportInfo, counts: Counts) -> Plan:
        """Return the finished plan."""
        going = going_changes(self.work, self.number)
        return Plan(
            id=self.work.plans.digest(self.number),
            object=self.context.object.name,
            made=self.made,
            export=export,
            counts=counts,
            budget=budget_of(self.context, self.work, going),
            edited=self.work.plans.edited(self.number),
            offers=offers_of(going),
            violations=tuple(self.violations),
            removed_stock=stock_removed_by(self.work, self.number),
            removed=removed_by(self.context, self.work, self.number),
            overrides=tuple(self.opened),
        )

    def guard(
        self, row_statuses: RowStatuses, *, foreign: int, first: Sequence[GuardViolation | None] = ()
    ) -> None:
        """Evaluate the guards of the whole plan, and hold what is past a limit and not allowed.

        `foreign` are the products that are neither managed by torgsync nor removed; `first` are further
        violations that hold removals.
        """
        stay = sum(count for (row_status, _), count in row_statuses.items() if row_status == RowStatus.IN)
        plans, existing, limits = self.work.plans, self.work.existing, self.context.object.limits
        # The selection of the last run whose removals nothing held; empty where there was none.
        before: dict[str, object] = json.loads(self.work.object_state.selection() or "{}")
        now = selection(self.context.object)
        prices = [violation for violation in self.violations if violation.guard is Guard.PRICE]
        if prices and len(prices) <= self.allowed.prices:
            self.opened += prices
            self.violations = [
                violation for violation in self.violations if violation.guard is not Guard.PRICE
            ]
            plans.release(self.number, Guard.PRICE)
        reasons = plans.reasons(self.number, Verb.REMOVE)
        if reasons:
            deletions = reasons.pop(Leaving.GRACE_OVER, 0)
            # Foreign products that stay must not make our removals look few.
            products = existing.existing_count() - foreign
            violation = removals_violation(
                removals=sum(reasons.values()),
                products=products,
                limits=limits,
                cause=removals_cause(reasons, now, before),
                stay=stay,
            )
            for each in (*first, violation):
                if each and self._holds(each):
                    plans.hold(self.number, Verb.REMOVE, each.guard, reasons if each is violation else ())
                    # What is new may be what would be removed, under another key.
                    waiting = plans.hold(self.number, Verb.CREATE, each.guard)
                    self.violations[-1] = replace(each, waiting=waiting)
            days = self.context.object.removal.grace.days
            last = deletions_violation(
                deletions=deletions, products=products, days=days, limits=limits, stay=stay
            )
            if self._holds(last):
                plans.hold(self.number, Verb.REMOVE, Guard.DELETIONS, [Leaving.GRACE_OVER])
        in_stock = existing.in_stock_count() if self.emptied else 0
        new = bool(self.emptied and before) and any(now[name] != before.get(name) for name in ("use", "keep"))
        stock = stock_out_violation(emptied=self.emptied, in_stock=in_stock, limits=limits, new_centers=new)
        if self._holds(stock):
            plans.hold_fields(self.number, Guard.STOCK_OUT, STOCK_FIELDS, falls_to_zero)
        pictured = existing.pictured_count() if self.bared else 0
        if self._holds(photos_violation(bared=self.bared, pictured=pictured, limits=limits)):
            plans.hold_fields(self.number, Guard.PHOTOS, PHOTO_FIELDS, loses_photos)

    def guard_fleet(self, *, records: bool, whole: bool) -> None:
        """Hold what is held in many shops at once, as far as this plan shows it; see `closed_for`."""
        closed = closed_for(self.work, self.violations, self.opened, self.made, records=records, whole=whole)
        for violation in hold_kinds(self.work, self.number, closed, self.allowed) if closed else ():
            self._holds(violation)

    def _holds(self, violation: GuardViolation | None) -> bool:
        """Record a violation as one that holds, or as one that a person allowed; return whether it holds."""
        if violation is None:
            return False
        allowed = self.allowed.lets(violation)
        (self.opened if allowed else self.violations).append(violation)
        return not allowed


Going = Mapping[tuple[Verb, Channel], int]
"""Changes that nothing holds, counted by verb and channel."""


def going_changes(work: UnitOfWork, number: int) -> Going:
    """Return how many changes of a plan nothing holds."""
    counts = work.plans.counts(number)
    return {(verb, channel): count for (verb, channel, held), count in counts.items() if not held}


def offers_of(going: Going) -> int:
    """Return how many changes need the import."""
    return sum(count for (_, channel), count in going.items() if channel is Channel.IMPORT)


def budget_of(context: JobContext, work: UnitOfWork, going: Going) -> Budget:
    """Return what a plan costs, and how many imports are left today."""
    offers = offers_of(going)
    used = work.journal.imports_since(context.now() - IMPORT_WINDOW)
    return budget(
        edits=sum(going.values()) - offers + going.get((Verb.CREATE, Channel.IMPORT), 0),
        imports=1 if offers else 0,
        offers=offers,
        imports_left=max(0, context.object.limits.imports_per_day - used),
    )


def removed_by(context: JobContext, work: UnitOfWork, number: int) -> Removed:
    """Return how many products a plan deletes, and hides to delete them later."""
    grace = context.object.removal.grace
    later = work.plans.removed(number, "not_on_display", Leaving.GONE) if grace else 0
    return Removed(work.plans.removed(number, "deleted"), later)


def stock_removed_by(work: UnitOfWork, number: int) -> RemovedStock:
    """Return the stock that a plan takes off sale."""
    stock = RemovedStock()
    for existing in work.existing.leaving(number):
        stock = stock.plus(existing)
    return stock


def counts_of(work: UnitOfWork, number: int, *, skipped: int, unchanged: int, foreign: int) -> Counts:
    """Return the sums of a plan, those of its changes from the state."""
    create, update, remove = (work.plans.goods(number, verb) for verb in Verb)
    return Counts(
        create=create,
        update=update,
        remove=remove,
        held=work.plans.held_goods(number),
        to_send=work.plans.sent_goods(number),
        skipped=skipped,
        unchanged=unchanged,
        foreign=foreign,
    )


def recounted(context: JobContext, work: UnitOfWork, plan: Plan, number: int) -> Plan:
    """Return a plan with the sums of the changes that the state keeps under another number."""
    plans, going = work.plans, going_changes(work, number)
    create, update, remove = (plans.goods(number, verb) for verb in Verb)
    held, to_send = plans.held_goods(number, but=MOVED), plans.sent_goods(number)
    return replace(
        plan,
        id=plans.digest(number),
        counts=replace(plan.counts, create=create, update=update, remove=remove, held=held, to_send=to_send),
        budget=budget_of(context, work, going),
        edited=plans.edited(number),
        offers=offers_of(going),
        removed_stock=stock_removed_by(work, number),
        removed=removed_by(context, work, number),
    )
