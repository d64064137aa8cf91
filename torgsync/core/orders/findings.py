"""What a person should know about an order: sums that do not add up, goods that are unknown."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.order import Order
from torgsync.core.reason import Args


def findings_of(order: Order, foreign: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return the findings of an order; `foreign` are good ids that the accounting program does not have."""
    total_missing = order.total is None and order.takes_place
    findings = [
        _finding(order, Code.ORDER_MONEY_UNREADABLE, {"amount": amount, "total_missing": total_missing})
        for amount in order.unreadable
    ]
    findings += [
        _finding(order, Code.ORDER_GOOD_UNKNOWN, {"name": line.name, "good_id": line.good_id})
        for line in order.lines
        if not line.good_id or line.good_id in foreign
    ]
    if not order.unreadable and (difference := _wrong_sum(order)):
        findings.append(_finding(order, Code.ORDER_SUM, difference))
    return tuple(findings)


def _finding(order: Order, code: Code, args: Args) -> Finding:
    return Finding(code, order=order.id, args=args)


def _wrong_sum(order: Order) -> Args:
    """Return the two sums that should be one, as arguments of the finding; empty where they are."""
    lines = sum((line.total for line in order.lines), Decimal(0))
    less = lines - order.discount
    if order.discount_inferred:
        return {"price": str(less), "lines": str(lines)}
    if order.total is None or order.total in (less, less + order.delivery_cost):
        return {}
    return {"total": str(order.total), "lines": str(less)}
