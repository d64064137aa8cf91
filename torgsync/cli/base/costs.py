"""What orders cost the seller, as columns of documents."""

from __future__ import annotations

from decimal import Decimal

from torgsync.core.orders.costs import OrderCost, PlaceCost

COST_COLUMNS = ("cost", "cost_estimate", "cost_unknown")
"""Of a place: the sum, the part of it that is an estimate, and the orders whose cost is unknown."""

ORDER_COST_COLUMNS = (
    "cost", "commission", "commission_returned", "site_commission", "instalment_commission",
    "delivery_fee_estimate",
)  # fmt: skip
"""Of an order: the sum, and its parts; null is what Prom does not give."""


def order_cost_columns(cost: OrderCost) -> dict[str, object]:
    """Return what an order costs as columns of a row."""
    amounts = (cost.total, cost.commission, cost.site, cost.instalments, cost.delivery)
    total, commission, *others = map(_money, amounts)
    return dict(zip(ORDER_COST_COLUMNS, (total, commission, cost.returned, *others), strict=True))


def cost_columns(cost: PlaceCost) -> dict[str, object]:
    """Return what the orders of a place cost as columns of a row."""
    return dict(zip(COST_COLUMNS, (str(cost.total), str(cost.estimate), cost.unknown), strict=True))


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
