"""Sentences about orders, order files, clients and the money of orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.reasons import FINDING_OF, HandWork, Hold, HoldReason, Todo, hold_finding
from torgsync.core.text import counted


def _money_unreadable(amount: str, *, total_missing: bool) -> str:
    more = "; nothing more is posted for it, what was posted stays as it was" if total_missing else ""
    return f"{amount} cannot be read{more}"


def _good_unknown(name: str, good_id: str) -> str:
    if good_id:
        return f"`{name}` ({good_id}) is no good of the accounting program"
    return f"`{name}` has no id of the accounting program"


HOLD: dict[HoldReason, str] = {
    HoldReason.DELIVERED_EARLIER: "it was delivered before orders were brought home",
    HoldReason.PLACED_EARLIER: "it was placed before {day}",
    HoldReason.NO_SALE: "it is {status}",
}
"""Why an order gets no file; the other reasons have a finding with the sentence."""


WORK: dict[HandWork, str | Callable[..., str]] = {
    HandWork.RELEASE: lambda cancelled: (
        f"is {'canceled' if cancelled else 'no sale any more'} now: release its reserve in Torgsoft by hand"
    ),
    HandWork.RESERVE: "is taken up again: reserve its goods in Torgsoft by hand",
    HandWork.CHANGE: lambda parts: f"has other {', '.join(parts)} now: change it in Torgsoft by hand",
    HandWork.CHECK_SAME: "is as Torgsoft got it again: see that it stands so there",
    HandWork.CHECK_TAKEN: "was in an outbox that was gone: see whether Torgsoft has it; "
    "if not, write its file again with `torgsync orders export`",
}
"""What a person has to do in Torgsoft, after the words "order 1"."""


def _changed(work: str, **args: object) -> str:
    return _fill(WORK[HandWork(work)], args)


def _wrong_sum(lines: str, price: str = "", total: str = "") -> str:
    if price:
        return f"its price is {price}, its lines come to {lines}, and Prom tells no discount"
    return f"Prom says {total}, its lines come to {lines}"


def _ambiguous(clients: Sequence[str], against: str) -> str:
    if not against:
        why = f"{len(clients)} known clients fit its buyer"
    else:
        who = f"client {clients[0]}" if len(clients) == 1 else f"one of {len(clients)} known clients"
        why = f"its buyer may be {who}, but has another {against}"
    return f"{why}; none was picked"


def _not_accepted(reason: str = "Prom.ua passed it over without a word") -> str:
    return f"was not set to received: {reason}"


def _rewritten(*, damaged: bool) -> str:
    if damaged:
        return "lay in the outbox empty or cut: its file was written anew"
    return "changed before Torgsoft took its file: it was written anew"


def _withdrawn(*, sale: bool) -> str:
    why = "waits for a person now" if sale else "is no sale any more"
    return f"{why}: its file was taken back from the outbox"


def _unmapped(orders: int, method: str = "", first: str = "") -> str:
    if first:
        see = f"see {first} in the seller's cabinet"
        return f"{counted(orders, 'order')} without a payment method: the money has no place; {see}"
    return f"the money of {counted(orders, 'order')} by `{method}` has no place yet"


_OF_ORDER: dict[Code, str | Callable[..., str]] = {
    Code.ORDER_CHANGED: _changed,
    Code.ORDER_UNLISTED: "was missing from Prom's list; it is home now",
    Code.ORDER_REWRITTEN: _rewritten,
    Code.ORDER_WITHDRAWN: _withdrawn,
    Code.ORDER_NOT_ACCEPTED: _not_accepted,
}
"""What comes after the words "order 1"."""

_ABOUT_ORDER: dict[Code, str | Callable[..., str]] = {
    Code.ORDER_SUM: _wrong_sum,
    Code.ORDER_GOOD_UNKNOWN: _good_unknown,
    Code.ORDER_MONEY_UNREADABLE: _money_unreadable,
    Code.ORDER_FORGOTTEN: "its buyer was forgotten before Torgsoft took it; enter the sale by hand",
    Code.CLIENT_AMBIGUOUS: _ambiguous,
    Code.OUTBOX_FAILED: "its file for Torgsoft is still to be written",
}
"""What comes after the words "order 1:"."""

FINDINGS: dict[Code, str | Callable[..., str]] = {
    Code.OUTBOX_FAILED: "{trouble}",
    Code.OUTBOX_MOVED: lambda files, place: (
        f"{counted(files, 'order file')} may still lie in the old outbox `{place}`"
    ),
    Code.CLIENTS_UNREAD: "{trouble}",
    Code.PAYMENT_UNMAPPED: _unmapped,
}
"""Findings without an order."""


def _fill(sentence: str | Callable[..., str], args: dict[str, object]) -> str:
    return sentence(**args) if callable(sentence) else sentence.format_map(args)


def todo_message(finding: Finding) -> str:
    """Return the sentence of a finding about an order, without the words that name the order."""
    sentence = _OF_ORDER.get(finding.code) or _ABOUT_ORDER[finding.code]
    return _fill(sentence, dict(finding.args))


def order_message(finding: Finding) -> str:
    """Return the sentence of a finding about an order."""
    colon = ":" if finding.code in _ABOUT_ORDER else ""
    return f"order {finding.order}{colon} {todo_message(finding)}"


def hold_message(order_id: str, hold: Hold) -> str:
    """Return why an order gets no file."""
    if hold.code in FINDING_OF:
        return order_message(hold_finding(order_id, hold))
    return HOLD[hold.code].format_map(hold.args)


def work_message(work: Todo) -> str:
    """Return what a person has to do in Torgsoft, without the words that name the order."""
    return _fill(WORK[work.code], dict(work.args))


def done_message(order_id: str, todo: Hold | Todo) -> str:
    """Return what a person confirmed to be done about an order."""
    return hold_message(order_id, todo) if isinstance(todo.code, HoldReason) else work_message(todo)
