"""Sentences about orders, order files, clients and the money of orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.findings import Code, Finding
from torgsync.core.orders.order import Unread, Unreadable
from torgsync.core.orders.reasons import FINDING_OF, HandWork, Hold, HoldReason, Todo, hold_finding

_HOLD: dict[HoldReason, str] = {
    HoldReason.DELIVERED_EARLIER: "it was delivered before orders were brought home",
    HoldReason.PLACED_EARLIER: "it was placed before {day}",
    HoldReason.NO_SALE: "it is {status}",
    HoldReason.NOTHING_SOLD: "nothing was bought",
}
"""Why an order gets no file; the other reasons have a finding with the sentence."""

_WORK: dict[HandWork, str] = {
    HandWork.RELEASE: (
        "is {cancelled:canceled|no sale any more} now: release its reserve in Torgsoft by hand"
    ),
    HandWork.RESERVE: "is taken up again: reserve its goods in Torgsoft by hand",
    HandWork.CHANGE: "has other {parts} now: change it in Torgsoft by hand",
    HandWork.CHECK_SAME: "is as Torgsoft got it again: see that it stands so there",
    HandWork.CHECK_TAKEN: "was in an outbox that was gone: see whether Torgsoft has it; "
    "if not, write its file again with `torgsync orders export ORDER`",
}
"""What a person has to do in Torgsoft, after the words "order 1"."""

_UNREAD: dict[str, str] = {
    Unread.AMOUNT: "{field} `{text}`",
    Unread.NO_AMOUNT: "{field} (nothing stands there)",
    Unread.NO_TIME: "{field}",
    Unread.CURRENCY: "the currency of `{text}`",
}


def unreadable_message(unreadable: Unreadable) -> str:
    """Return which part of an order cannot be read."""
    return fill(_UNREAD[unreadable.why], asdict(unreadable))


def _ambiguous(clients: Sequence[str], against: str) -> str:
    if not against:
        why = f"{len(clients)} known clients fit its buyer"
    else:
        who = f"client {clients[0]}" if len(clients) == 1 else f"one of {len(clients)} known clients"
        why = f"its buyer may be {who}, but has another {against}"
    return f"{why}; none was picked"


_OF_ORDER: dict[Code, Sentence] = {
    Code.ORDER_CHANGED: lambda work, **args: fill(_WORK[HandWork(work)], args),
    Code.ORDER_UNLISTED: "was missing from Prom's list; it is home now",
    Code.ORDER_REWRITTEN: (
        "{damaged:lay in the outbox empty or cut: its file|changed before Torgsoft took its file: it} "
        "was written anew"
    ),
    Code.ORDER_WITHDRAWN: (
        "{sale:waits for a person now|is no sale any more}: its file was taken back from the outbox"
    ),
    Code.ORDER_NOT_ACCEPTED: lambda reason="Prom.ua passed it over without a word": (
        f"was not set to received: {reason or 'no reason was given'}"
    ),
}
"""What comes after the words "order 1"."""

_ABOUT_ORDER: dict[Code, Sentence] = {
    Code.ORDER_SUM: lambda lines, price="", total="": (
        f"its price is {price}, its lines come to {lines}, and Prom tells no discount"
        if price
        else f"Prom says {total}, its lines come to {lines}"
    ),
    Code.ORDER_GOOD_UNKNOWN: lambda name, good_id: (
        f"`{name}` {f'({good_id}) is no good' if good_id else 'has no id'} of the accounting program"
    ),
    Code.ORDER_NO_LINES: (
        "Prom.ua shows a total of {total} and nothing that was bought; see it in the seller's cabinet"
    ),
    Code.ORDER_FREE_LINE: (
        "`{name}` is free and no item of the accounting program; it is in the comment of the order's file"
    ),
    Code.ORDER_ID_UNKNOWN: lambda name, good_id, asked=False: (
        f"`{name}` has the id {good_id}, "
        + (
            "which neither the export nor Prom.ua has and which was never sent; "
            if asked
            else "which the export does not have, nor had Prom.ua when it was last looked at, and which was "
            "never sent; "
        )
        + "see whether Torgsoft finds it"
    ),
    Code.ORDER_MONEY_UNREADABLE: lambda total_missing, **args: fill(
        f"{_UNREAD[args['why']]} cannot be read"
        "{total_missing:; nothing more is posted for it, what was posted stays as it was}",
        {"total_missing": total_missing, **args},
    ),
    Code.ORDER_FORGOTTEN: "its buyer was forgotten before Torgsoft took it; enter the sale by hand",
    Code.CLIENT_AMBIGUOUS: _ambiguous,
    Code.OUTBOX_FAILED: "its file for Torgsoft is still to be written",
}
"""What comes after the words "order 1:"."""

FINDINGS: dict[Code, Sentence] = {
    Code.OUTBOX_FAILED: "{trouble}",
    Code.OUTBOX_MOVED: "{files:order file} may still lie in the old outbox `{place}`",
    Code.CLIENTS_UNREAD: "{trouble}",
    Code.PAYMENT_UNMAPPED: lambda first="", **args: fill(
        "{orders:order} without a payment method: the money has no place; see {first} in the seller's cabinet"
        if first
        else "the money of {orders:order} by `{method}` has no place yet",
        {"first": first, **args},
    ),
}
"""Findings without an order."""


def todo_message(finding: Finding) -> str:
    """Return the sentence of a finding about an order, without the words that name the order."""
    sentence = _OF_ORDER.get(finding.code) or _ABOUT_ORDER[finding.code]
    return fill(sentence, finding.args)


def order_message(finding: Finding) -> str:
    """Return the sentence of a finding about an order."""
    colon = ":" if finding.code in _ABOUT_ORDER else ""
    return f"order {finding.order}{colon} {todo_message(finding)}"


def hold_message(order_id: str, hold: Hold) -> str:
    """Return why an order gets no file."""
    if hold.code in FINDING_OF:
        return order_message(hold_finding(order_id, hold))
    return fill(_HOLD[hold.code], hold.args)


def work_message(work: Todo) -> str:
    """Return what a person has to do in Torgsoft, without the words that name the order."""
    return fill(_WORK[work.code], work.args)


def done_message(order_id: str, todo: Hold | Todo) -> str:
    """Return what a person confirmed to be done about an order."""
    return hold_message(order_id, todo) if isinstance(todo.code, HoldReason) else work_message(todo)
