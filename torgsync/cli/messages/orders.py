"""Sentences about orders, order files, clients and the money of orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.counts import order_count
from torgsync.core.findings import Code, Finding
from torgsync.core.order_status import status_word
from torgsync.core.orders.order import Unread, Unreadable
from torgsync.core.orders.reasons import FINDING_OF, HandWork, Hold, HoldReason, Todo, hold_finding
from torgsync.i18n import Message, _, _n, composed, joined

_HOLD: dict[HoldReason, Sentence] = {
    HoldReason.DELIVERED_EARLIER: _("it was delivered before orders were fetched for the first time"),
    HoldReason.PLACED_EARLIER: _("it was placed before {day}"),
    HoldReason.NO_SALE: lambda status: _("it is {status}", status=status_word(status)),
    HoldReason.NOTHING_SOLD: _("nothing was bought"),
}
"""Why an order gets no file; the other reasons have a finding with the sentence."""

_PARTS = {
    "goods": _("items"),
    "total": _("total"),
    "delivery": _("delivery"),
    "recipient": _("recipient"),
}
"""The parts of an order that a person may have to correct."""


def _change(parts: Sequence[str]) -> Message:
    named = joined(", ", (_PARTS.get(part, part) for part in parts))
    return _("it was changed ({parts}): change it in Torgsoft by hand too", parts=named)


def _release(*, cancelled: bool) -> Message:
    if cancelled:
        return _("it was canceled: release its reserve in Torgsoft by hand")
    return _("it is not a sale any more: release its reserve in Torgsoft by hand")


_WORK: dict[HandWork, Sentence] = {
    HandWork.RELEASE: _release,
    HandWork.RESERVE: _("it is a sale again: reserve its items in Torgsoft by hand"),
    HandWork.CHANGE: _change,
    HandWork.CHECK_SAME: _("it is again as Torgsoft received it: check that Torgsoft shows it so"),
    HandWork.CHECK_TAKEN: _(
        "its file was in an outbox that disappeared: check whether Torgsoft has the order; "
        "if not, write its file again: `torgsync orders export ORDER`"
    ),
}
"""What a person has to do in Torgsoft about an order."""

_UNREAD: dict[str, Message] = {
    Unread.AMOUNT: composed("`{field}` (`{text}`)"),
    Unread.NO_AMOUNT: _("`{field}` (it is empty)"),
    Unread.NO_TIME: composed("`{field}`"),
    Unread.CURRENCY: _("the currency of `{text}`"),
}


def unreadable_message(unreadable: Unreadable) -> Message:
    """Return which part of an order cannot be read."""
    return fill(_UNREAD[unreadable.why], asdict(unreadable))


def _money_unreadable(why: str, *, total_missing: bool, **args: str) -> Message:
    what = _UNREAD[why].filled(**args)
    if not total_missing:
        return _("cannot read {what}", what=what)
    return _(
        "cannot read {what}; no more money is posted for the order, what was posted stays as it was",
        what=what,
    )


_CONTACTS = {"phone": _("phone"), "email": _("email")}


def _ambiguous(clients: Sequence[str], against: str) -> Message:
    if not against:
        return _n(
            "{count} known client fits its buyer; none was chosen",
            "{count} known clients fit its buyer; none was chosen",
            len(clients),
        )
    kind = _CONTACTS.get(against, against)
    if len(clients) == 1:
        return _(
            "its buyer may be client {client}, but the {contact} differs; none was chosen",
            client=clients[0],
            contact=kind,
        )
    return _n(
        "its buyer may be one of {count} known clients, but the {contact} differs; none was chosen",
        "its buyer may be one of {count} known clients, but the {contact} differs; none was chosen",
        len(clients),
        contact=kind,
    )


def _wrong_sum(lines: str, price: str = "", total: str = "") -> Message:
    if price:
        return _(
            "its price is {price}, its lines add up to {lines}, and Prom.ua shows no discount",
            price=price,
            lines=lines,
        )
    return _("Prom.ua shows a total of {total}, its lines add up to {lines}", total=total, lines=lines)


def _good_unknown(name: str, good_id: str) -> Message:
    if good_id:
        return _("the accounting program has no item `{good_id}` (`{name}`)", name=name, good_id=good_id)
    return _("`{name}` has no id of the accounting program", name=name)


def _id_unknown(name: str, good_id: str, *, asked: bool = False) -> Message:
    args = {"name": name, "good_id": good_id}
    if asked:
        return _(
            "`{name}` has the id `{good_id}`, which neither the export nor Prom.ua has and which was never "
            "sent; check whether Torgsoft finds it",
            **args,
        )
    return _(
        "`{name}` has the id `{good_id}`, which the export does not have, nor did Prom.ua at the last check, "
        "and which was never sent; check whether Torgsoft finds it",
        **args,
    )


def _rewritten(*, damaged: bool) -> Message:
    if damaged:
        return _("its file in the outbox was empty or incomplete: it was written again")
    return _("it changed before Torgsoft took its file: the file was written again")


def _withdrawn(*, sale: bool) -> Message:
    if sale:
        return _("it waits for a person now: its file was removed from the outbox")
    return _("it is not a sale any more: its file was removed from the outbox")


def _not_accepted(reason: str | None = None) -> Message:
    if reason is None:
        return _('its status could not be set to "received": Prom.ua left it out and gave no reason')
    why = reason or _("no reason was given")
    return _('its status could not be set to "received": {why}', why=why)


def _unmapped(orders: int, method: str = "", first: str = "") -> Message:
    if first:
        return _n(
            "{count} order has no payment method, so its money cannot be posted; see order {first} in the "
            "seller's cabinet",
            "{count} orders have no payment method, so their money cannot be posted; see order {first} in "
            "the seller's cabinet",
            orders,
            first=first,
        )
    return _(
        "no cash register or account chosen yet for the payment method `{method}` ({orders})",
        method=method,
        orders=order_count(orders),
    )


_ABOUT_ORDER: dict[Code, Sentence] = {
    Code.ORDER_CHANGED: lambda work, **args: fill(_WORK[HandWork(work)], args),
    Code.ORDER_UNLISTED: _("it was missing from Prom.ua's list; it has been fetched now"),
    Code.ORDER_REWRITTEN: _rewritten,
    Code.ORDER_WITHDRAWN: _withdrawn,
    Code.ORDER_NOT_ACCEPTED: _not_accepted,
    Code.ORDER_SUM: _wrong_sum,
    Code.ORDER_GOOD_UNKNOWN: _good_unknown,
    Code.ORDER_NO_LINES: _(
        "Prom.ua shows a total of {total} and nothing that was bought; see it in the seller's cabinet"
    ),
    Code.ORDER_FREE_LINE: _(
        "`{name}` is free and is not an item of the accounting program; it is in the comment of the order "
        "file"
    ),
    Code.ORDER_ID_UNKNOWN: _id_unknown,
    Code.ORDER_MONEY_UNREADABLE: _money_unreadable,
    Code.ORDER_FORGOTTEN: _("its buyer was forgotten before Torgsoft took it; enter the sale by hand"),
    Code.CLIENT_AMBIGUOUS: _ambiguous,
    Code.OUTBOX_FAILED: _("its file for Torgsoft is still to be written"),
}
"""What comes after the words "order 1:"."""

FINDINGS: dict[Code, Sentence] = {
    Code.OUTBOX_FAILED: composed("{trouble}"),
    Code.OUTBOX_MOVED: lambda files, place: _n(
        "{count} order file may still be in the old outbox `{place}`",
        "{count} order files may still be in the old outbox `{place}`",
        files,
        place=place,
    ),
    Code.CLIENTS_UNREAD: composed("{trouble}"),
    Code.PAYMENT_UNMAPPED: _unmapped,
}
"""Findings without an order."""


def todo_message(finding: Finding) -> Message:
    """Return the sentence of a finding about an order, without the words that name the order."""
    return fill(_ABOUT_ORDER[finding.code], finding.args)


def order_message(finding: Finding) -> Message:
    """Return the sentence of a finding about an order."""
    return _("order {order}: {what}", order=finding.order, what=todo_message(finding))


def hold_message(order_id: str, hold: Hold) -> Message:
    """Return why an order gets no file."""
    if hold.code in FINDING_OF:
        return order_message(hold_finding(order_id, hold))
    return fill(_HOLD[hold.code], hold.args)


def hold_words(order_id: str, hold: Hold) -> Message:
    """Return why an order gets no file, without the words that name the order."""
    if hold.code in FINDING_OF:
        return todo_message(hold_finding(order_id, hold))
    return fill(_HOLD[hold.code], hold.args)


def hold_word(hold: Hold) -> Message:
    """Return in few words what keeps an order from its file."""
    return _("waits for you") if hold.code in FINDING_OF else fill(_HOLD[hold.code], hold.args)


def work_message(work: Todo) -> Message:
    """Return what a person has to do in Torgsoft, without the words that name the order."""
    return fill(_WORK[work.code], work.args)


def done_message(order_id: str, todo: Hold | Todo) -> Message:
    """Return what a person confirmed to be done about an order."""
    return hold_message(order_id, todo) if isinstance(todo.code, HoldReason) else work_message(todo)
