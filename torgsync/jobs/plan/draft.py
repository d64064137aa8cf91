"""A plan in the making: its changes are written to the state, and the guards evaluate all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.decide import may_not_return
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed, Guard, GuardViolation
from torgsync.core.plan.plan import RemovedStock
from torgsync.core.plan.plan_guards import (
    PHOTO_FIELDS,
    STOCK_FIELDS,
    falls_to_zero,
    hold_price,
    loses_photos,
    photos_violation,
    price_violation,
    removals_cause,
    removals_violation,
    selection,
    stock_out_violation,
)
from torgsync.core.product.products import Existing
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork


@dataclass(kw_only=True)
class Draft:
    """Changes under guard.

    `violations` hold something, `opened` were allowed by a person. `edited`, `emptied` and `bared` count
    changes of what was edited on Prom, of stock to zero, and of photos to none.
    """

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
        """Yield a change with a suspicious price split off; `quantity` is the stock in the export."""
        self.edited += any(item.edited for item in change.fields.values())
        self.emptied += falls_to_zero(change)
        self.bared += loses_photos(change)
        if change.verb is Verb.REMOVE:
            self.count_removal(change, existing)
            yield change
            return
        old = existing.values if existing and change.verb is Verb.UPDATE else {}
        limits = self.context.object.limits
        violation = price_violation(change.good_id, old, change.new, limits, quantity)
        if self._holds(violation):
            yield from hold_price(change)
        else:
            yield change

    def count_removal(self, change: Change, existing: Existing | None) -> None:
        """Count the stock that a removal takes off sale, and warn where the product may not come back."""
        if existing is None:
            return
        self.removed_stock = self.removed_stock.plus(existing)
        if may_not_return(change, existing):
            args = {"title": change.title}
            self.findings.append(Finding(Code.DELETED_FOR_GOOD, good_id=change.good_id, args=args))

    def guard(self, *, stay: int, foreign: int, first: Sequence[GuardViolation | None] = ()) -> None:
        """Evaluate the guards of the whole plan, and hold what is past a limit and not allowed.

        Args:
            stay: Goods that the export still offers.
            foreign: Products that are neither managed by torgsync nor removed.
            first: Further violations that hold removals.
        """
        plans, existing, limits = self.work.plans, self.work.existing, self.context.object.limits
        prices = [violation for violation in self.violations if violation.guard is Guard.PRICE]
        if prices and len(prices) <= self.allowed.prices:
            self.opened += prices
            self.violations = [one for one in self.violations if one.guard is not Guard.PRICE]
            plans.release(self.number, Guard.PRICE)
        if removals := plans.goods(self.number, Verb.REMOVE):
            for violation in (*first, self._removals_violation(removals, stay, foreign)):
                if violation and self._holds(violation):
                    plans.hold(self.number, Verb.REMOVE, violation.guard)
        stock = stock_out_violation(
            emptied=self.emptied,
            in_stock=existing.in_stock_count() if self.emptied else 0,
            limits=limits,
            new_centers=bool(self.emptied) and self._centers_are_new(),
        )
        if self._holds(stock):
            plans.hold_fields(self.number, Guard.STOCK_OUT, STOCK_FIELDS, falls_to_zero)
        pictured = existing.pictured_count() if self.bared else 0
        if self._holds(photos_violation(bared=self.bared, pictured=pictured, limits=limits)):
            plans.hold_fields(self.number, Guard.PHOTOS, PHOTO_FIELDS, loses_photos)

    def _removals_violation(self, removals: int, stay: int, foreign: int) -> GuardViolation | None:
        settings = self.context.object
        reasons = self.work.plans.reasons(self.number, Verb.REMOVE)
        return removals_violation(
            removals=removals,
            # Foreign products that stay must not make our removals look few.
            products=self.work.existing.existing_count() - foreign,
            limits=settings.limits,
            cause=removals_cause(reasons, selection(settings), self._selected_before()),
            stay=stay,
        )

    def _holds(self, violation: GuardViolation | None) -> bool:
        """Record a violation as one that holds, or as one that a person allowed; return whether it holds."""
        if violation is None:
            return False
        allowed = self.allowed.lets(violation)
        (self.opened if allowed else self.violations).append(violation)
        return not allowed

    def _selected_before(self) -> dict[str, object]:
        """Return the `selection` of the last run whose removals nothing held; empty where there was none."""
        recorded: dict[str, object] = json.loads(self.work.object_state.selection() or "{}")
        return recorded

    def _centers_are_new(self) -> bool:
        before, now = self._selected_before(), selection(self.context.object)
        return bool(before) and any(now[name] != before.get(name) for name in ("use", "keep"))
