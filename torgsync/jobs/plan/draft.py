"""A plan on its way: its changes go to the memory, its sums stay here, and the guards look at all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torgsync.core.findings import Code, Finding
from torgsync.core.plan import guards
from torgsync.core.plan.decide import RemovedStock, may_not_return
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed, Guard, GuardViolation
from torgsync.core.product.products import Existing
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork


@dataclass(kw_only=True)
class Draft:
    """Changes under guard: `violations` held something, `opened` would have, but a person allowed them."""

    context: JobContext
    work: UnitOfWork
    allowed: Allowed
    number: int = 0
    findings: list[Finding] = field(default_factory=list)
    violations: list[GuardViolation] = field(default_factory=list)
    opened: list[GuardViolation] = field(default_factory=list)
    edited: int = 0
    emptied: int = 0
    bared: int = 0
    removed_stock: RemovedStock = field(default_factory=RemovedStock)

    def emit(
        self, change: Change, existing: Existing | None, quantity: int | None = None
    ) -> Iterator[Change]:
        """Hand on a change with a suspicious price split off; `quantity` is what the export says is there."""
        self.edited += any(item.edited for item in change.fields.values())
        self.emptied += guards.falls_to_zero(change)
        self.bared += guards.loses_photos(change)
        if change.verb is Verb.REMOVE:
            self.take_out(change, existing)
            yield change
            return
        old = existing.values if existing and change.verb is Verb.UPDATE else {}
        violation = guards.price_violation(
            change.good_id, old, change.new, self.context.object.limits, quantity
        )
        if violation is None:
            yield change
        elif self.allowed.lets(violation):
            self.opened.append(violation)
            yield change
        else:
            self.violations.append(violation)
            yield from guards.hold_price(change)

    def take_out(self, change: Change, existing: Existing | None) -> None:
        """Count what a removal takes off the shelf, and warn where it may not come back."""
        if existing is None:
            return
        self.removed_stock = self.removed_stock.plus(existing)
        if may_not_return(change, existing):
            args = {"title": change.title}
            self.findings.append(Finding(Code.DELETED_FOR_GOOD, good_id=change.good_id, args=args))

    def guard(self, *, stay: int, foreign: int, first: Sequence[GuardViolation | None] = ()) -> None:
        """Let the guards look at the whole: each holds what is past its limit, or was opened for that.

        `stay` counts the goods that are still offered, `foreign` the products that are none of ours and stay;
        `first` are further guards of removals.
        """
        plans, shown, limits = self.work.plans, self.work.existing, self.context.object.limits
        prices = [violation for violation in self.violations if violation.guard is Guard.PRICE]
        if prices and len(prices) <= self.allowed.prices:
            self.opened += prices
            self.violations = [
                violation for violation in self.violations if violation.guard is not Guard.PRICE
            ]
            plans.release(self.number, Guard.PRICE)
        if removals := plans.goods(self.number, Verb.REMOVE):
            for violation in filter(self._holds, (*first, self._removals_trip(removals, stay, foreign))):
                if violation:
                    plans.hold(self.number, Verb.REMOVE, violation.guard)
        stock = guards.stock_out_violation(
            emptied=self.emptied,
            in_stock=shown.in_stock_count() if self.emptied else 0,
            limits=limits,
            cause=self._stock_cause(),
        )
        if self._holds(stock):
            plans.hold_fields(self.number, Guard.STOCK_OUT, guards.STOCK_FIELDS, guards.falls_to_zero)
        photos = guards.photos_violation(
            bared=self.bared, pictured=shown.pictured_count() if self.bared else 0, limits=limits
        )
        if self._holds(photos):
            plans.hold_fields(self.number, Guard.PHOTOS, guards.PHOTO_FIELDS, guards.loses_photos)

    def _removals_trip(self, removals: int, stay: int, foreign: int) -> GuardViolation | None:
        # Foreign products that stay are none of ours: they must not make our removals look few.
        return guards.removals_violation(
            removals=removals,
            products=self.work.existing.existing_count() - foreign,
            limits=self.context.object.limits,
            cause=guards.removals_cause(
                self.work.plans.reasons(self.number, Verb.REMOVE),
                guards.selection(self.context.object),
                self._selected_before(),
            ),
            stay=stay,
        )

    def _holds(self, violation: GuardViolation | None) -> bool:
        """Note what a guard stops, or what it would have stopped; tell whether it holds."""
        if violation is None:
            return False
        if self.allowed.lets(violation):
            self.opened.append(violation)
            return False
        self.violations.append(violation)
        return True

    def _selected_before(self) -> dict[str, object]:
        """Return how the last run whose removals nothing held selected goods; empty where there was none."""
        noted: dict[str, object] = json.loads(self.work.object_state.selection() or "{}")
        return noted

    def _stock_cause(self) -> str:
        before = self._selected_before() if self.emptied else {}
        now = guards.selection(self.context.object)
        moved = before and any(now[name] != before.get(name) for name in ("use", "keep"))
        return "your new accounting centers" if moved else ""
