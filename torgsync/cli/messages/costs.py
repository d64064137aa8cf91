"""Sentences about what orders cost the seller on Prom.ua."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torgsync.core.counts import order_count
from torgsync.core.orders.costs import OrderCost, PlaceCost
from torgsync.core.product.fields import ZERO
from torgsync.i18n import Message, _, composed, joined

_PARTS = {
    "commission": _("commission {amount}"),
    "site": _("order from your own site {amount}"),
    "instalments": _("instalments {amount}"),
    "delivery": _("delivery fee {amount} (estimated)"),
}
"""The parts of what an order costs, in the order in which they are shown."""
_RETURNED = _("commission {amount} (returned)")


def cost_message(cost: OrderCost, currency: str) -> Message:
    """Return what an order costs with its parts; nothing where Prom charges or gives nothing."""
    sentences = {**_PARTS, "commission": _RETURNED} if cost.returned else _PARTS
    amounts = {name: getattr(cost, name) for name in sentences}
    parts = [sentences[name].filled(amount=amount) for name, amount in amounts.items() if amount]
    if not parts:
        return composed("")
    args = {"total": cost.total, "currency": currency, "parts": joined(", ", parts)}
    if cost.estimated:
        return _("about {total} {currency}: {parts}", **args)
    return composed("{total} {currency}: {parts}", **args)


def costs_messages(costs: Sequence[PlaceCost]) -> Iterator[Message]:
    """Yield what people must know about the column of costs of a report."""
    if any(cost.total for cost in costs):
        yield _("cost: what Prom.ua charges for the orders placed on these days")
    if estimate := sum((cost.estimate for cost in costs), ZERO):
        yield _(
            "{amount} of it is an estimate: Prom.ua does not report its fee for cheap delivery",
            amount=estimate,
        )
    if unknown := sum(cost.unknown for cost in costs):
        yield _("{orders} not counted in it: Prom.ua reports no commission", orders=order_count(unknown))
