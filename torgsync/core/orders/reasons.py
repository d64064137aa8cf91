"""Why an order gets no file, what a person has to do about it, and its findings: codes with arguments.

Both are stored and compared; the sentences are in `cli/messages/orders.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.lines import free_lines, same_goods
from torgsync.core.orders.order import Order
from torgsync.core.reason import Arg, Args, Reason


class HoldReason(StrEnum):
    """Why an order gets no file."""

    DELIVERED_EARLIER = "delivered-earlier"  # before the first fetch: Torgsoft is assumed to have it
    PLACED_EARLIER = "placed-earlier"  # before the day from which orders count; `day` is ISO 8601
    NO_SALE = "no-sale"  # `status` is its status in a word
    MONEY_UNREADABLE = "money-unreadable"  # what is `Unreadable`, and `total_missing`
    NO_LINES = "no-lines"  # Prom shows a sum, `total`, and nothing that was bought
    GOOD_UNKNOWN = "good-unknown"  # `name` of the line, `good_id` as Prom has it, which may be empty
    NOTHING_SOLD = "nothing-sold"  # nothing that costs anything, and no sum: there is nothing to enter
    FORGOTTEN = "forgotten"  # its buyer was forgotten before Torgsoft had it


class HandWork(StrEnum):
    """What a person has to do in Torgsoft about an order that changed after Torgsoft took its file."""

    RELEASE = "release"  # `cancelled` is false where it stopped being a sale for another reason
    RESERVE = "reserve"
    CHANGE = "change"  # `parts` are the parts of the order that differ
    CHECK_SAME = "check-same"  # it changed back, and the first change may have been entered
    CHECK_TAKEN = "check-taken"  # its outbox was missing for a while, so it is unknown where the file went


Hold = Reason[HoldReason]
Todo = Reason[HandWork]

FINDING_OF: Mapping[HoldReason, Code] = {
    HoldReason.MONEY_UNREADABLE: Code.ORDER_MONEY_UNREADABLE,
    HoldReason.NO_LINES: Code.ORDER_NO_LINES,
    HoldReason.GOOD_UNKNOWN: Code.ORDER_GOOD_UNKNOWN,
    HoldReason.FORGOTTEN: Code.ORDER_FORGOTTEN,
}
"""The reasons that end only when a person has entered the order by hand, and the finding of each."""

HOLD_OF = {code: reason for reason, code in FINDING_OF.items() if code is not Code.ORDER_FORGOTTEN}
"""Findings for which an order gets no file until a person has looked at it."""


def hold_finding(order_id: str, hold: Hold) -> Finding:
    """Return the finding that reports an order which waits for a person."""
    return Finding(FINDING_OF[hold.code], order=order_id, args=hold.args)


def work_finding(order_id: str, work: Todo) -> Finding:
    """Return the finding that reports an order which has to be corrected in Torgsoft."""
    return Finding(Code.ORDER_CHANGED, order=order_id, args={"work": str(work.code), **work.args})


def hold_or_work(code: str, args: Mapping[str, Arg]) -> Hold | Todo:
    """Return the reason with this code; no code belongs to both enums."""
    is_work = code in {str(work) for work in HandWork}
    return Reason(HandWork(code), args) if is_work else Reason(HoldReason(code), args)


def hand_work(filed: Order | None, order: Order, before: Todo | None = None) -> Todo | None:
    """Return what a person has to do in Torgsoft about an order that changed after its file was taken.

    `filed` is the order as Torgsoft was given it; None, where that is unknown, counts as the same sale. It is
    unknown whether what was to be done `before` was done.
    """
    was_sale = filed is None or filed.takes_place
    if was_sale and not order.takes_place:
        return Reason(HandWork.RELEASE, {"cancelled": order.cancelled})
    if not order.takes_place:
        return None
    if not was_sale:
        return Reason(HandWork.RESERVE)
    if filed is None or order.forgotten:
        return before
    differs = {
        "goods": not same_goods(filed.lines, order.lines),
        "total": filed.total != order.total,
        "delivery": (filed.delivery_name, filed.delivery_address)
        != (order.delivery_name, order.delivery_address),
        "recipient": filed.recipient != order.recipient,
    }
    if parts := [name for name, other in differs.items() if other]:
        return Reason(HandWork.CHANGE, {"parts": parts})
    return Reason(HandWork.CHECK_SAME) if before else None


def findings_of(
    order: Order,
    foreign: Collection[str] = (),
    unknown: Collection[str] = (),
    *,
    free_in_comment: bool = True,
) -> tuple[Finding, ...]:
    """Return the findings of an order.

    `foreign` are good ids that only Prom has, not the accounting program, `unknown` those that nothing knows.
    Free lines without a good go into the comment of the order's file, or hold the order like any other.
    """
    total_missing = order.total is None and order.takes_place
    free = free_lines(order) if free_in_comment else ()
    reasons: list[tuple[Code, Args]] = [
        (Code.ORDER_MONEY_UNREADABLE, {**asdict(unreadable), "total_missing": total_missing})
        for unreadable in order.unreadable
    ]
    lacking = not order.unreadable and len(free) == len(order.lines) and _has_worth(order)
    if lacking:
        reasons.append((Code.ORDER_NO_LINES, {"total": str(order.total)}))
    reasons += [
        (Code.ORDER_GOOD_UNKNOWN, {"name": line.name, "good_id": line.good_id})
        for line in order.lines
        if line.good_id in foreign or not (line.good_id or line in free)
    ]
    reasons += [(Code.ORDER_FREE_LINE, {"name": line.name}) for line in free]
    reasons += [
        (Code.ORDER_ID_UNKNOWN, {"name": line.name, "good_id": line.good_id})
        for line in order.lines
        if line.good_id in unknown and line.good_id not in foreign
    ]
    if not order.unreadable and not lacking and (difference := _wrong_sum(order)):
        reasons.append((Code.ORDER_SUM, difference))
    return tuple(Finding(code, order=order.id, args=args) for code, args in reasons)


def _has_worth(order: Order) -> bool:
    """Return whether its sum is more than that of the delivery."""
    return order.total not in (0, order.delivery_cost)


def _wrong_sum(order: Order) -> Args:
    """Return the two sums that should be one, as arguments of the finding; empty where they are."""
    lines = sum((line.total for line in order.lines), Decimal(0))
    less = lines - order.discount
    if order.discount_inferred:
        return {"price": str(less), "lines": str(lines)}
    if order.total is None or order.total in (less, less + order.delivery_cost):
        return {}
    return {"total": str(order.total), "lines": str(less)}
