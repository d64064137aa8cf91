"""Views of orders: the list, and one order with everything about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from torgsync.core.findings import Finding
from torgsync.core.orders.order import STATUSES
from torgsync.core.orders.postings import Posting
from torgsync.core.orders.stored import Confirmation, OrderVersion, StoredOrder
from torgsync.core.text import did_you_mean
from torgsync.errors import UsageError
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.todo import open_findings, stored_or_refuse
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order of the list, and what a person still has to do about it."""

    stored: StoredOrder
    todo: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """One order; versions, postings and confirmations are oldest first."""

    stored: StoredOrder
    versions: list[OrderVersion]
    postings: tuple[Posting, ...]
    confirmations: list[Confirmation]


def list_orders(
    context: JobContext,
    status: str | None,
    since: datetime | None,
    until: datetime | None,
    *,
    held: bool = False,
) -> list[OrderView]:
    """Return the matching orders, newest first; with `held`, those about which something is to be done.

    Raises UsageError for an unknown status.
    """
    todo: dict[str, list[Finding]] = {}
    with context.transaction() as work:
        for finding in open_findings(work, context.object.clients.find_by):
            todo.setdefault(finding.order, []).append(finding)
        orders = matching_orders(work, status, since, until)
    return [
        OrderView(stored, tuple(todo.get(stored.order.id, ())))
        for stored in orders
        if not held or stored.order.id in todo
    ]


def show_order(context: JobContext, order_id: str) -> OrderDetails:
    """Return one order with everything about it. Raises UsageError for an unknown one."""
    with context.transaction() as work:
        return OrderDetails(
            stored_or_refuse(work, order_id),
            work.orders.versions(order_id),
            work.postings.all(order_id),
            work.confirmations.of(order_id),
        )


def matching_orders(
    work: UnitOfWork, status: str | None, since: datetime | None, until: datetime | None
) -> list[StoredOrder]:
    """Return the orders with a status, placed at `since` or later and before `until`, newest first.

    Raises UsageError for a status that neither Prom's shops nor this one's orders have.
    """
    known = dict.fromkeys([*STATUSES, *work.orders.statuses()])
    if status is not None and status not in known:
        raise UsageError(
            f"there is no status `{status}`{did_you_mean(status, list(known))}",
            hint=f"these are known: {', '.join(filter(None, known))}",
        )
    orders = work.orders.all(since=since, until=until)
    return [stored for stored in orders if status in (None, stored.order.shown)]
