"""The message to the buyer of an order about its parcel: its text, and whether it may be sent.

Prom shows no way to take a message back, so one is sent at most once for an order and a parcel number.
Source: docs/developers/prom-api.md §6.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from torgsync.core.config.message_text import filled
from torgsync.core.orders.order import Order
from torgsync.core.orders.parcels import Parcel, carrier_name, parcel_number

OLDEST = timedelta(days=30)
"""Age of an order at which Prom does not find it for a message."""


class MessageState(StrEnum):
    """What became of a message."""

    PENDING = "pending"
    SENT = "sent"
    UNCLEAR = "unclear"  # it was sent and its answer was lost
    REFUSED = "refused"
    NOT_SENT = "not-sent"  # for certain; what kept it from being sent is an error of its own
    SENT_BEFORE = "sent-before"
    UNCLEAR_BEFORE = "unclear-before"
    TOO_OLD = "too-old"  # the order is
    FORGOTTEN = "forgotten"  # the buyer was


@dataclass(frozen=True, slots=True)
class BuyerMessage:
    """A message about a parcel that was about to be sent `at` a time.

    `sent` is when Prom confirmed it, None where that is unclear. The text is not kept.
    """

    parcel: str
    at: datetime
    sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessageDecision:
    """The text to the buyer, and whether it is to be sent (PENDING) or why not; `since` is an earlier one."""

    text: str
    state: MessageState
    since: datetime | None = None


def decide_message(
    template: str, order: Order, parcel: Parcel, earlier: Iterable[BuyerMessage], now: datetime
) -> MessageDecision:
    """Decide whether the buyer is written to about a parcel; `earlier` are the messages about the order.

    Raises ValueError where the text is too long.
    """
    carrier = carrier_name(order, parcel.carrier)
    text = filled(template, {"parcel": parcel.number, "order": order.id, "carrier": carrier})
    number = parcel_number(parcel.number)
    for message in earlier:
        if parcel_number(message.parcel) == number:
            state = MessageState.SENT_BEFORE if message.sent else MessageState.UNCLEAR_BEFORE
            return MessageDecision(text, state, message.sent or message.at)
    if order.forgotten:
        return MessageDecision(text, MessageState.FORGOTTEN)
    if now - order.created > OLDEST:
        return MessageDecision(text, MessageState.TOO_OLD)
    return MessageDecision(text, MessageState.PENDING)
