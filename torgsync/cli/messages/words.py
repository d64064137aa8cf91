"""What people read instead of Prom's words for orders and money, and of our own for order files and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from torgsync.core.orders.stored import FilePhase
from torgsync.i18n import Message, _

PHASES = {
    FilePhase.MOVING: _("being written"),
    FilePhase.WRITTEN: _("file written"),
    FilePhase.TAKEN: _("taken"),
    FilePhase.WITHDRAWN: _("taken back"),
}
"""Where the file of an order is on its way into Torgsoft."""

_PAYMENTS: dict[str, Message] = {
    "not-yet": _("not paid through Prom.ua"),
    "unpaid": _("unpaid"),
    "paid": _("paid"),
    "refunded": _("refunded"),
}
_POSTINGS: dict[str, Message] = {
    "expected": _("expected"),
    "received": _("received"),
    "reversed": _("reversed"),
    "moved": _("moved"),
}


def payment_word(state: str) -> Message:
    """Return what Prom says about the payment of an order."""
    return _PAYMENTS[state]


def account_word(posting: Mapping[str, Any]) -> str:
    """Return the cash register or current account of a posting or a sum, as a document has it."""
    return posting["account"] or _("unmapped")


def posting_word(kind: str) -> Message:
    """Return what a movement of money is."""
    return _POSTINGS[kind]


def time_words(time: timedelta) -> Message:
    """Return how long it took, in the words of a clock: `8 s`, `3 min 05 s`, `1 h 12 min`."""
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=str(minutes).zfill(2))
    if minutes:
        return _("{minutes} min {seconds} s", minutes=minutes, seconds=str(seconds).zfill(2))
    return _("{seconds} s", seconds=seconds)
