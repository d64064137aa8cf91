"""Sentences about what orders cost the seller on Prom.ua."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torgsync.cli.messages.template import fill
from torgsync.core.orders.costs import OrderCost, PlaceCost
from torgsync.core.product.fields import ZERO

_PARTS = {
    "commission": "commission {amount}{returned: (returned)|}",
    "site": "order from your own site {amount}",
    "instalments": "instalments {amount}",
    "delivery": "delivery fee {amount} (estimated)",
}
"""The parts of what an order costs, in the order in which they are shown."""


def cost_message(cost: OrderCost, currency: str) -> str:
    """Return what an order costs with its parts; nothing where Prom charges or gives nothing."""
    amounts = {name: getattr(cost, name) for name in _PARTS}
    parts = [
        fill(_PARTS[name], {"amount": amount, "returned": cost.returned})
        for name, amount in amounts.items()
        if amount
    ]
    about = "about " if cost.estimated else ""
    return f"{about}{cost.total} {currency}: {', '.join(parts)}" if parts else ""


def costs_messages(costs: Sequence[PlaceCost]) -> Iterator[str]:
    """Yield what people must know about the column of costs of a report."""
    if any(cost.total for cost in costs):
        yield "cost: what Prom.ua charges for the orders placed on these days"
    if estimate := sum((cost.estimate for cost in costs), ZERO):
        yield f"{estimate} of it is an estimate: Prom.ua does not report its fee for cheap delivery"
    if unknown := sum(cost.unknown for cost in costs):
        yield fill("{orders:order} not counted in it: Prom.ua reports no commission", {"orders": unknown})
