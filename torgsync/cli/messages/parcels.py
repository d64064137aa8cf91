"""Sentences about parcels and the messages to their buyers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from torgsync.core.clock import shop_time
from torgsync.core.orders.messages import OLDEST, MessageState
from torgsync.core.orders.order import Order
from torgsync.core.orders.parcels import carrier_name, is_proms_number
from torgsync.core.problems import ProblemCode, problem_message
from torgsync.errors import Problem, TorgsyncError

if TYPE_CHECKING:
    from torgsync.jobs.orders.shipping import Shipment

_STATES = {
    "on_the_way": "on the way",
    "in_warehouse": "waits for the buyer at the branch",
    "delivered": "delivered to the buyer",
}
"""Prom's words for how far a parcel is; others are shown as they are."""

_MESSAGES = {
    MessageState.PENDING: "the message below goes to the buyer",
    MessageState.SENT: "the buyer was sent the message",
    MessageState.UNCLEAR: (
        "it is unclear whether the buyer was sent the message, and it is not sent again; "
        "see the chat in the seller's cabinet"
    ),
    MessageState.REFUSED: "the message to the buyer was refused",
    MessageState.NOT_SENT: "the message to the buyer was not sent",
    MessageState.SENT_BEFORE: "the buyer was sent a message about this parcel{since}; none is sent again",
    MessageState.UNCLEAR_BEFORE: (
        "it is unclear whether the buyer was sent the message about this parcel{since}, and it is not sent "
        "again; see the chat in the seller's cabinet"
    ),
    MessageState.TOO_OLD: f"no message to the buyer: the order is older than {OLDEST.days} days",
    MessageState.FORGOTTEN: "no message to the buyer, who was forgotten",
}

_TRIED = (MessageState.SENT, MessageState.UNCLEAR, MessageState.REFUSED, MessageState.NOT_SENT)
"""States that were not known before the run."""


def parcel_message(order: Order) -> str:
    """Return the parcel of an order with its carrier and how far it is; empty where it has none."""
    if not order.parcel:
        return ""
    name = carrier_name(order, order.carrier) if order.carrier else ""
    parts = [f"{order.parcel}{f' ({name})' if name else ''}"]
    if is_proms_number(order.parcel):
        parts.append("number issued by Prom.ua, which delivers it")
    if order.parcel_status:
        parts.append(_STATES.get(order.parcel_status, order.parcel_status))
    return ", ".join(parts)


def message_line(parcel: str, state: str, at: str) -> str:
    """Return what is known of a message about a parcel that was about to be sent at a time."""
    sent = "sent to the buyer" if state == MessageState.SENT else "unclear whether it was sent to the buyer"
    return f"about {parcel}: {sent}, {at}"


def plan_lines(shipment: Shipment) -> Iterator[str]:
    """Yield what is to be sent for an order, as it is shown before."""
    parcel, by = shipment.parcel, f" by {shipment.carrier_name}" if shipment.carrier_name else ""
    there = ", which Prom.ua has already" if parcel.known else ""
    there = f" in place of {shipment.replaced}" if shipment.replaced else there
    yield f"order {shipment.order_id}: parcel {parcel.number}{by}{there}"
    if message := shipment.message:
        yield f"order {shipment.order_id}: {_message(message.state, message.since)}"
        if message.state is MessageState.PENDING:
            yield from (f"  {line}".rstrip() for line in message.text.split("\n"))


def done_lines(shipment: Shipment) -> Iterator[str]:
    """Yield what became of a parcel number and of the message to the buyer."""
    before = f" in place of {shipment.replaced}" if shipment.replaced else ""
    done = f"saved on Prom.ua{before}" if shipment.saved else "Prom.ua has this number already"
    yield f"order {shipment.order_id}: {done}"
    message, trouble = shipment.message, shipment.trouble
    if message and message.state in _TRIED:
        why = f": {_why(trouble)}" if trouble else ""
        yield f"order {shipment.order_id}: {_message(message.state, message.since)}{why}"


def _why(trouble: TorgsyncError) -> str:
    """Return why a message was not sent, or is unclear: of a lost answer only what lost it."""
    lost = trouble.problem
    if lost and lost.codes[0] == ProblemCode.MESSAGE_LOST and len(lost.codes) > 1:
        return problem_message(Problem(lost.codes[1:], lost.args))
    return trouble.message


def _message(state: MessageState, since: datetime | None) -> str:
    return _MESSAGES[state].format(since=f" on {shop_time(since)}" if since else "")
