"""The money of orders: postings in cash registers and on current accounts, which are added and never changed.

The sum of an order's postings is always what Prom says the order is worth; what turns out otherwise is
reversed and posted again. Source: docs/developers/architecture.md §7, docs/developers/torgsoft.md §12.6, §17
no. 28.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from torgsync.core.config.settings import PaymentMethod
from torgsync.core.orders.order import DELIVERED, Order, Paid
from torgsync.core.product.fields import ZERO


class Money(StrEnum):
    """The kinds of postings."""

    EXPECTED = "expected"
    RECEIVED = "received"
    REVERSED = "reversed"
    MOVED = "moved"


CASH_REGISTER, CURRENT_ACCOUNT, NOWHERE = "cash_register", "current_account", "unmapped"


class Place(NamedTuple):
    """Where money goes: "cash_register" or "current_account" with its name, or "unmapped"."""

    kind: str
    account: str


UNMAPPED = Place(NOWHERE, "")

_ON_DELIVERY = re.compile(r"накладен|налож|післяпла|при отриман|при получ|cash on delivery", re.IGNORECASE)
"""Names of payments that the carrier or the courier takes (prom-api §6.1)."""


def place_of(method: PaymentMethod | None) -> Place:
    """Return where the money of a payment method goes."""
    if method and method.cash_register:
        return Place(CASH_REGISTER, method.cash_register)
    if method and method.current_account:
        return Place(CURRENT_ACCOUNT, method.current_account)
    return UNMAPPED


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of an order's money.

    Amounts are never below zero; `kind` is the direction. `at` is when it happened, aware and in UTC: an
    order was placed, paid or changed.
    """

    order_id: str
    kind: Money
    place: str
    account: str
    payment_id: str
    payment_name: str
    amount: Decimal
    currency: str
    at: datetime

    @property
    def where(self) -> Place:
        """Where the money goes."""
        return Place(self.place, self.account)


@dataclass(frozen=True, slots=True)
class OrderBalance:
    """What an order's postings come to: the sum that is expected, and whether it was received."""

    expected: Posting | None = None
    received: Posting | None = None

    @property
    def worth(self) -> Decimal:
        """The sum of the order's postings: what was expected less what was reversed."""
        return self.expected.amount if self.expected else ZERO

    def after(self, posting: Posting) -> OrderBalance:
        """Return the balance after one more posting."""
        match posting.kind:
            case Money.EXPECTED:
                return OrderBalance(posting, None)
            case Money.RECEIVED:
                return replace(self, received=posting)
        return OrderBalance()


def order_balance(posted: Iterable[Posting]) -> OrderBalance:
    """Return what the postings of one order come to; they are in the order in which they were made."""
    balance = OrderBalance()
    for posting in posted:
        balance = balance.after(posting)
    return balance


def is_received(order: Order, place: Place) -> bool:
    """Return whether an order's money was received.

    Prom's answer counts. Where Prom has none, money of a cash register, or of a method with the name of a
    payment on delivery, comes with the delivery.
    """
    if order.paid is not Paid.NOT_YET:
        return order.paid is Paid.PAID
    on_delivery = place.kind == CASH_REGISTER or _ON_DELIVERY.search(order.payment_name) is not None
    return order.status == DELIVERED and on_delivery


def postings_due(order: Order, place: Place, posted: Iterable[Posting]) -> tuple[Posting, ...]:
    """Return the postings that an order still lacks, given those it has, in the order they were made.

    *Expected* when it is placed, *received* when its money is, *reversed* when it is no sale any more. Where
    the total, the method or what was received turns out otherwise, the balance is reversed where it was
    posted and posted again. A mapping that changes later rewrites nothing: it counts from the next movement
    on; only money that had no place yet is moved at once. What changes its place alone is *moved*, as of the
    day on which it was posted: no money was paid back. A sale whose total cannot be read posts nothing; what
    is no sale is worth nothing, whatever its total.
    """
    worth = order.total if order.takes_place else ZERO
    if worth is None:
        return ()
    balance = order_balance(posted)
    old, due, received_at = balance.expected, [], None
    if old and (wrong := _wrong(order, worth, place, old, received=balance.received is not None)):
        moved = wrong == "place"
        moment = old.at if moved else _reversed_at(order, balance.received or old)
        due.append(replace(old, kind=Money.MOVED if moved else Money.REVERSED, at=moment))
        if balance.received and wrong == "sum" and old.where != UNMAPPED:
            place = old.where  # the money is there already
        received_at = balance.received.at if balance.received and moved else None
        balance = OrderBalance()
    else:
        moment = None
        place = old.where if old else place
    if not worth:
        return tuple(due)
    if balance.expected is None:
        happened = moment or order.created
        due.append(_posting(order, Money.EXPECTED, place, worth, happened))
    if balance.received is None and is_received(order, place):
        happened = received_at or max(moment or order.created, order.paid_at or order.modified)
        due.append(_posting(order, Money.RECEIVED, place, worth, happened))
    return tuple(due)


def _reversed_at(order: Order, last: Posting) -> datetime:
    """Return when an order was cancelled or paid back: not before it was posted last."""
    refunded = order.paid_at if order.paid is Paid.REFUNDED else None
    return max(last.at, refunded) if refunded else order.modified


def _wrong(order: Order, worth: Decimal, place: Place, old: Posting, *, received: bool) -> str:
    """Return what no longer holds of the balance: "order", "sum", "place", or ""."""
    if not worth or old.payment_id != order.payment_id:
        return "order"
    if received and not is_received(order, old.where):
        return "order"
    if (old.amount, old.currency) != (worth, order.currency):
        return "sum"
    if old.where == place:
        return ""
    moves = old.where == UNMAPPED or (not received and is_received(order, place))
    return "place" if moves and place != UNMAPPED else ""


def _posting(order: Order, kind: Money, place: Place, amount: Decimal, at: datetime) -> Posting:
    return Posting(
        order.id, kind, place.kind, place.account, order.payment_id, order.payment_name, amount,
        order.currency, at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """The sums of one place in one currency.

    None is below zero. `expected`, `received` and `reversed` are what was posted in the period; `reversed` is
    what was cancelled or paid back, whether or not it had been received. `open` is what was expected, and
    neither received nor reversed, at the end of the period, whenever it was posted. What was moved counts
    where it is now, as if it had been posted there.
    """

    place: str
    account: str
    currency: str
    expected: Decimal
    received: Decimal
    reversed: Decimal
    open: Decimal


_COLUMNS = (Money.EXPECTED, Money.RECEIVED, Money.REVERSED, "open")


def account_balances(
    postings: Iterable[Posting], since: datetime | None = None, until: datetime | None = None
) -> list[AccountBalance]:
    """Return the sums by place, account and currency; unmapped money comes last.

    Postings are in the order in which they were made. What happened before `since`, or at `until` or later,
    is not counted; a place where nothing happened and nothing is open is left out.
    """
    totals: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    balances: dict[str, OrderBalance] = {}
    for posting in postings:
        if until is not None and posting.at >= until:
            continue
        before = balances.get(posting.order_id, OrderBalance())
        balances[posting.order_id] = before.after(posting)
        total = totals.setdefault(
            (posting.place, posting.account, posting.currency), dict.fromkeys(_COLUMNS, ZERO)
        )
        if posting.kind is Money.MOVED:
            for gone in filter(None, (before.expected, before.received)):
                if since is None or gone.at >= since:
                    total[gone.kind] -= gone.amount
        elif since is None or posting.at >= since:
            total[posting.kind] += posting.amount
        if posting.kind is Money.EXPECTED:
            total["open"] += posting.amount
        elif before.received is None:
            total["open"] -= posting.amount
    return [
        AccountBalance(*key, *total.values())
        for key, total in sorted(totals.items(), key=lambda item: (item[0][0] == NOWHERE, item[0]))
        if any(total.values())
    ]
