"""Views of orders: the list, and one order with everything about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from torgsync.core.findings import Code, Finding
from torgsync.core.order_status import status_word
from torgsync.core.orders.clients import client_of, match_client
from torgsync.core.orders.messages import BuyerMessage
from torgsync.core.orders.order import STATUSES
from torgsync.core.orders.postings import Posting
from torgsync.core.orders.reasons import Hold, Todo, hold_finding, work_finding
from torgsync.core.orders.stored import Confirmation, OrderVersion, StoredOrder
from torgsync.core.text import did_you_mean
from torgsync.errors import Exit, UsageError
from torgsync.files.config.settings import who
from torgsync.i18n import Message, _, translated
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import running
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order of the list, and what a person still has to do about it."""

    stored: StoredOrder
    todo: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """One order; versions, postings, confirmations and messages to the buyer are oldest first."""

    stored: StoredOrder
    versions: list[OrderVersion]
    postings: tuple[Posting, ...]
    confirmations: list[Confirmation]
    messages: list[BuyerMessage]


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
            stored_or_refuse(context, work, order_id),
            work.orders.versions(order_id),
            work.postings.all(order_id),
            work.confirmations.of(order_id),
            work.buyer_messages.of(order_id),
        )


def matching_orders(
    work: UnitOfWork, status: str | None, since: datetime | None, until: datetime | None
) -> list[StoredOrder]:
    """Return the orders with a status, placed at `since` or later and before `until`, newest first.

    A status may be given as people see it. Raises UsageError for one that neither Prom's shops nor this
    one's orders have.
    """
    known = {word: translated(status_word(word)) for word in (*STATUSES, *work.orders.statuses()) if word}
    if status is not None and status not in known:
        by_word = {shown.casefold(): word for word, shown in known.items()}
        if not (meant := by_word.get(status.casefold())):
            near = did_you_mean(status, [*known, *known.values()])
            both = [f"`{word}`" if word == shown else f"`{word}` ({shown})" for word, shown in known.items()]
            raise UsageError(
                _("there is no status `{status}`{near}", status=status, near=near),
                hint=_("the statuses are {statuses}", statuses=both),
            )
        status = meant
    orders = work.orders.all(since=since, until=until)
    return [stored for stored in orders if status in (None, stored.order.shown)]


def open_findings(work: UnitOfWork, find_by: Sequence[str]) -> Iterator[Finding]:
    """Yield what a person still has to do about orders, until it is done: oldest orders first.

    First the orders that get no file before a person looks, that changed after Torgsoft took their file, or
    whose file could not be written; then those whose client a person must choose. `find_by` are the ticks by
    which clients are found.
    """
    for stored in work.orders.open():
        order_id = stored.order.id
        if stored.hand_work:
            yield work_finding(order_id, stored.hand_work)
        elif stored.needs_person and stored.hold:
            yield hold_finding(order_id, stored.hold)
        else:
            yield Finding(Code.OUTBOX_FAILED, order=order_id)
    for order_id, candidates in work.clients.candidates().items():
        unclear = work.orders.get(order_id)
        if unclear and unclear.order.takes_place and not unclear.order.forgotten:
            wanted = client_of(unclear.order.buyer).contacts
            known = {client_id: work.clients.contacts(client_id) for client_id in candidates}
            against = match_client(wanted, known, tuple(find_by)).against
            args = {"clients": candidates, "against": against}
            yield Finding(Code.CLIENT_AMBIGUOUS, order=order_id, args=args)


def confirm_orders(context: JobContext, order_ids: Sequence[str]) -> dict[str, Hold | Todo]:
    """Store that a person did in Torgsoft what these orders asked for; return what that was, by order id.

    Raises UsageError for an order that is unknown or asks for nothing; then nothing is stored.
    """
    user, host, _pid = who()
    confirmed: dict[str, Hold | Todo] = {}
    with running(context) as run:
        with context.transaction() as work:
            for order_id in order_ids:
                stored = stored_or_refuse(context, work, order_id)
                if stored.todo is None:
                    message = (
                        _("order {order} does not wait for you: its file is in the outbox")
                        if stored.in_outbox
                        else _("order {order} does not wait for you: there is nothing to be done in Torgsoft")
                    )
                    raise UsageError(
                        message.filled(order=order_id),
                        hint=_way_on(work, stored, context.file.called),
                    )
                work.confirmations.add(stored, Confirmation(context.now(), user, host, stored.todo))
                confirmed[order_id] = stored.todo
        run.exit_code = Exit.DONE
    return confirmed


def see_orders(context: JobContext) -> Message:
    """Return the hint for an order that is not known."""
    return _("see all orders: torgsync orders list -o {called}", called=context.file.called)


def stored_or_refuse(
    context: JobContext, work: UnitOfWork, order_id: str, hint: Message | None = None
) -> StoredOrder:
    """Return an order. Raises UsageError, with the hint or a usual one, for an unknown one."""
    stored = work.orders.get(order_id)
    if stored is None:
        raise UsageError(_("there is no order {orders}", orders=order_id), hint=hint or see_orders(context))
    return stored


def _way_on(work: UnitOfWork, stored: StoredOrder, called: str) -> Message:
    """Return the command for an order about which nothing can be confirmed."""
    if stored.order.id in work.clients.candidates():
        return _("first choose its client: torgsync clients list --held -o {called}", called=called)
    if stored.owed:
        return _("its file is not written yet: torgsync orders fetch -o {called}", called=called)
    return _("see the orders that do: torgsync orders list --held -o {called}", called=called)
