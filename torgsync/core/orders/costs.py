"""What an order costs the seller: Prom's commissions and fees, never a part of what the buyer pays.

Source: docs/developers/prom-api.md §5.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from torgsync.core.orders.order import Order
from torgsync.core.orders.postings import NOWHERE, AccountBalance, Place
from torgsync.core.product.fields import ZERO

ROZETKA = "rozetka_delivery"
"""Prom's word for a delivery by Rozetka's shops, which Prom itself handles."""

_CHEAP_DELIVERY = re.compile(r"дешев\w*\s+доставк", re.IGNORECASE)
"""Names of the promotion, in Ukrainian and in Russian."""

_HRYVNIA = "UAH"
_CHEAPEST, _DEAR = Decimal(200), Decimal(700)
_LOW_FEE, _HIGH_FEE = Decimal("10.00"), Decimal("30.00")
"""Prom's prices in 2026; the API gives no amount. They will change."""


@dataclass(frozen=True, slots=True)
class OrderCost:
    """The commissions and fees of one order, in its currency; None is what Prom does not give.

    `commission` is that of the order, which costs nothing where it was `returned`. `delivery` is the fee for
    a delivery that Prom subsidises: an estimate, since Prom gives no amount.
    """

    commission: Decimal | None = None
    returned: bool = False
    site: Decimal | None = None
    instalments: Decimal | None = None
    delivery: Decimal | None = None

    @property
    def total(self) -> Decimal | None:
        """The sum of what is known, None where nothing is."""
        commission = ZERO if self.returned else self.commission
        known = [
            part for part in (commission, self.site, self.instalments, self.delivery) if part is not None
        ]
        return sum(known, ZERO) if known else None

    @property
    def estimated(self) -> bool:
        """Whether a part of the total is an estimate."""
        return bool(self.delivery)


def cost_of(order: Order) -> OrderCost:
    """Return what an order costs the seller."""
    return OrderCost(
        order.commission,
        order.commission_returned,
        order.site_commission,
        order.instalment_commission,
        _delivery_fee(order),
    )


def _delivery_fee(order: Order) -> Decimal | None:
    """Return the fee for a subsidised delivery, None where there is none, or the steps do not say.

    An order that is no sale any more costs it only if its parcel was sent. The steps are taken as those of
    the goods without the delivery.
    """
    by_rozetka = order.carrier == ROZETKA
    if not by_rozetka and not _CHEAP_DELIVERY.search(order.promotion):
        return None
    if order.currency != _HRYVNIA or order.unreadable or not (order.takes_place or order.parcel):
        return None
    goods = sum((line.total for line in order.lines), ZERO) - order.discount
    if by_rozetka:
        return _LOW_FEE if goods < _DEAR else _HIGH_FEE
    if goods < _CHEAPEST:
        return None
    return _LOW_FEE if goods <= _DEAR else _HIGH_FEE


@dataclass(frozen=True, slots=True)
class PlaceCost:
    """What Prom charges for the orders whose money goes to one place, in one currency.

    `estimate` is the part of the total that is an estimate, `unknown` how many orders are not in it because
    Prom gives no commission of them.
    """

    total: Decimal = ZERO
    estimate: Decimal = ZERO
    unknown: int = 0

    def after(self, cost: OrderCost) -> PlaceCost:
        """Return the sums with one more order."""
        total = cost.total
        return PlaceCost(
            self.total + (total or ZERO),
            self.estimate + (cost.delivery or ZERO),
            self.unknown + (total is None),
        )


def costs_by_place(orders: Iterable[tuple[Order, Place]]) -> Mapping[tuple[Place, str], PlaceCost]:
    """Return the costs of orders by the place where their money goes, and by currency."""
    costs: dict[tuple[Place, str], PlaceCost] = {}
    for order, place in orders:
        key = (place, order.currency or _HRYVNIA)
        costs[key] = costs.get(key, PlaceCost()).after(cost_of(order))
    return costs


def with_costs(
    balances: Iterable[AccountBalance], costs: Mapping[tuple[Place, str], PlaceCost]
) -> list[tuple[AccountBalance, PlaceCost]]:
    """Return the sums of each place with what its orders cost; unmapped money comes last.

    A place where orders cost something although no money moved, such as one that was cancelled before it was
    fetched, has sums of zero.
    """
    rows = {(Place(one.place, one.account), one.currency): one for one in balances}
    for (place, currency), cost in costs.items():
        if cost.total:
            idle = AccountBalance(*place, currency, ZERO, ZERO, ZERO, ZERO)
            rows.setdefault((place, currency), idle)
    keys = sorted(rows, key=lambda key: (key[0].kind == NOWHERE, key))
    return [(rows[key], costs.get(key, PlaceCost())) for key in keys]
