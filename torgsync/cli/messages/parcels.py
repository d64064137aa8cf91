"""Sentences about parcels and the messages to their buyers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.core.counts import day_count
from torgsync.core.orders.messages import OLDEST, MessageDecision, MessageState
from torgsync.core.orders.order import Order
from torgsync.core.orders.parcels import carrier_name, is_proms_number
from torgsync.core.problems import ProblemCode, problem_message
from torgsync.errors import Problem, TorgsyncError
from torgsync.i18n import Message, _, composed, joined, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.orders.shipping import Shipment

_STATES = {
    "on_the_way": _("on the way"),
    "in_warehouse": _("waiting for the buyer at the branch"),
    "delivered": _("delivered to the buyer"),
}
"""Prom's words for how far a parcel is; others are shown as they are."""

_MESSAGES = {
    MessageState.PENDING: _("the buyer will be sent this message:"),
    MessageState.SENT: _("the message was sent to the buyer"),
    MessageState.UNCLEAR: _(
        "it is unclear whether the message was sent to the buyer, and it is not sent again; "
        "see the chat in the seller's cabinet"
    ),
    MessageState.REFUSED: _("the message to the buyer was refused"),
    MessageState.NOT_SENT: _("the message to the buyer was not sent"),
    MessageState.SENT_BEFORE: _(
        "a message about this parcel was sent to the buyer on {since:time}; it is not sent again"
    ),
    MessageState.UNCLEAR_BEFORE: _(
        "it is unclear whether the message about this parcel was sent to the buyer on {since:time}, and it "
        "is not sent again; see the chat in the seller's cabinet"
    ),
    MessageState.TOO_OLD: _(
        "no message to the buyer: the order is older than {days}", days=day_count(OLDEST.days)
    ),
    MessageState.FORGOTTEN: _("no message to the buyer, who was forgotten"),
}

_TRIED = (MessageState.SENT, MessageState.UNCLEAR, MessageState.REFUSED, MessageState.NOT_SENT)
"""States that were not known before the run."""


def parcel_message(order: Order) -> Message:
    """Return the parcel of an order with its carrier and how far it is; empty where it has none."""
    if not order.parcel:
        return composed("")
    name = carrier_name(order, order.carrier) if order.carrier else ""
    parts = [_parcel(order.parcel, name)]
    if is_proms_number(order.parcel):
        parts.append(_("number issued by Prom.ua, which delivers it"))
    if order.parcel_status:
        parts.append(_STATES.get(order.parcel_status) or verbatim(order.parcel_status))
    return joined(", ", parts)


def _parcel(number: str, carrier: str) -> Message:
    return verbatim(f"{number} ({carrier})" if carrier else number)


def message_line(parcel: str, state: str, at: str) -> Message:
    """Return what is known of a message about a parcel that was about to be sent at a time."""
    if state == MessageState.SENT:
        return _("about {parcel}: sent to the buyer, {at}", parcel=parcel, at=at)
    return _("about {parcel}: unclear whether it was sent to the buyer, {at}", parcel=parcel, at=at)


def plan_lines(shipment: Shipment) -> Iterator[Message]:
    """Yield what is to be sent for an order, as it is shown before."""
    order, parcel = shipment.order_id, _parcel(shipment.parcel.number, shipment.carrier_name)
    if shipment.replaced:
        yield _(
            "order {order}: parcel {parcel} instead of {replaced}",
            order=order,
            parcel=parcel,
            replaced=shipment.replaced,
        )
    else:
        yield _("order {order}: parcel {parcel}", order=order, parcel=parcel)
    if message := shipment.message:
        yield _about(order, _message(message))
        if message.state is MessageState.PENDING:
            yield from (verbatim(f"  {line}".rstrip()) for line in message.text.split("\n"))


def done_lines(shipment: Shipment) -> Iterator[Message]:
    """Yield what became of a parcel number and of the message to the buyer."""
    order = shipment.order_id
    if not shipment.saved:
        yield _("order {order}: Prom.ua has this number already", order=order)
    elif shipment.replaced:
        yield _(
            "order {order}: saved on Prom.ua instead of {replaced}", order=order, replaced=shipment.replaced
        )
    else:
        yield _("order {order}: saved on Prom.ua", order=order)
    message, trouble = shipment.message, shipment.trouble
    if not message:
        yield _(
            "order {order}: no message was sent to the buyer; `--message` or `ship_message` sends one",
            order=order,
        )
    if message and message.state in _TRIED:
        what = _message(message)
        if trouble:
            what = composed("{what}: {why}", what=what, why=_why(trouble))
        yield _about(order, what)


def _about(order: str, what: Message) -> Message:
    return _("order {order}: {what}", order=order, what=what)


def _why(trouble: TorgsyncError) -> Message:
    """Return why a message was not sent, or is unclear: of a lost answer only what lost it."""
    lost = trouble.problem
    if lost and lost.codes[0] == ProblemCode.MESSAGE_LOST and len(lost.codes) > 1:
        return problem_message(Problem(lost.codes[1:], lost.args))
    return trouble.message


def _message(message: MessageDecision) -> Message:
    return _MESSAGES[message.state].filled(since=message.since)
