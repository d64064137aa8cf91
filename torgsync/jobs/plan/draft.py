"""A plan on its way: its changes go to the memory, its sums stay here, and the guards look at all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torgsync.core.findings import Code, Finding
from torgsync.core.plan import guards
from torgsync.core.plan.decide import Dark, may_not_return
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed, Guard, Trip
from torgsync.core.product.products import Existing
from torgsync.jobs.context import Desk
from torgsync.state.store import Memory


@dataclass(kw_only=True)
class Draft:
    """Changes that are being guarded: `trips` held something, `opened` would have, but a person let it go."""

    desk: Desk
    memory: Memory
    allowed: Allowed
    number: int = 0
    findings: list[Finding] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    opened: list[Trip] = field(default_factory=list)
    edited: int = 0
    emptied: int = 0
    bared: int = 0
    dark: Dark = field(default_factory=Dark)

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
        trip = guards.price_trip(change.good_id, old, change.new, self.desk.object.limits, quantity)
        if trip is None:
            yield change
        elif self.allowed.lets(trip):
            self.opened.append(trip)
            yield change
        else:
            self.trips.append(trip)
            yield from guards.hold_price(change)

    def take_out(self, change: Change, existing: Existing | None) -> None:
        """Count what a removal takes off the shelf, and warn where it may not come back."""
        if existing is None:
            return
        self.dark = self.dark.plus(existing)
        if may_not_return(change, existing):
            message = (
                f"{change.title}: it is out of stock, which may pass, and Prom may refuse a deleted product "
                'that comes back; "hide" under [removal] keeps it'
            )
            self.findings.append(Finding(Code.DELETED_FOR_GOOD, message, change.good_id))

    def guard(self, *, stay: int, foreign: int, first: Sequence[Trip | None] = ()) -> None:
        """Let the guards look at the whole: each holds what is past its limit, or was opened for that.

        `stay` counts the goods that are still offered, `foreign` the products that are none of ours and stay;
        `first` are further guards of removals.
        """
        plans, shown, limits = self.memory.plans, self.memory.shown, self.desk.object.limits
        prices = [trip for trip in self.trips if trip.guard is Guard.PRICE]
        if prices and len(prices) <= self.allowed.prices:
            self.opened += prices
            self.trips = [trip for trip in self.trips if trip.guard is not Guard.PRICE]
            plans.release(self.number, Guard.PRICE)
        if removals := plans.goods(self.number, Verb.REMOVE):
            for trip in filter(self._holds, (*first, self._removals_trip(removals, stay, foreign))):
                if trip:
                    plans.hold(self.number, Verb.REMOVE, trip.guard)
        stock = guards.stock_out_trip(
            emptied=self.emptied,
            in_stock=shown.in_stock_count() if self.emptied else 0,
            limits=limits,
            cause=self._stock_cause(),
        )
        if self._holds(stock):
            plans.hold_fields(self.number, Guard.STOCK_OUT, guards.STOCK_FIELDS, guards.falls_to_zero)
        photos = guards.photos_trip(
            bared=self.bared, pictured=shown.pictured_count() if self.bared else 0, limits=limits
        )
        if self._holds(photos):
            plans.hold_fields(self.number, Guard.PHOTOS, guards.PHOTO_FIELDS, guards.loses_photos)

    def _removals_trip(self, removals: int, stay: int, foreign: int) -> Trip | None:
        # Foreign products that stay are none of ours: they must not make our removals look few.
        return guards.removals_trip(
            removals=removals,
            products=self.memory.shown.existing_count() - foreign,
            limits=self.desk.object.limits,
            cause=guards.removals_cause(
                self.memory.plans.reasons(self.number, Verb.REMOVE),
                guards.selection(self.desk.object),
                self._selected_before(),
            ),
            stay=stay,
        )

    def _holds(self, trip: Trip | None) -> bool:
        """Note what a guard stops, or what it would have stopped; tell whether it holds."""
        if trip is None:
            return False
        if self.allowed.lets(trip):
            self.opened.append(trip)
            return False
        self.trips.append(trip)
        return True

    def _selected_before(self) -> dict[str, object]:
        """Return how the last run whose removals nothing held selected goods; empty where there was none."""
        noted: dict[str, object] = json.loads(self.memory.whole.selection() or "{}")
        return noted

    def _stock_cause(self) -> str:
        before = self._selected_before() if self.emptied else {}
        now = guards.selection(self.desk.object)
        moved = before and any(now[name] != before.get(name) for name in ("use", "keep"))
        return "your new accounting centers" if moved else ""
