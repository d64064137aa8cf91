"""Orders, the people who place them, and the money they bring.

An order is a value; its money is what Prom says, never recomputed from today's prices. Source: design §7,
reference/prom-api.md §5, reference/torgsoft.md §12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from torgsync.core.fields import CENT
from torgsync.core.findings import Code, Finding

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
MONEY_LONGEST = 20
"""Characters of the longest amount: more cannot be money, and would not fit a decimal's precision."""
_AMOUNT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)([.,][0-9])?")


def parse_money(text: object) -> Decimal:
    """Return the exact amount of Prom's localised money: `"1 713,50 грн."`, `"100.00"`, 39.

    Blanks of every kind are dropped, then the first number counts; the dot of `грн.` is no decimal point
    (reference/prom-api.md §11). Raises ValueError where there is no number, or one that could be read in two
    ways, such as `"1,713.50"`.
    """
    found = _AMOUNT.search(_SPACES.sub("", str(text)))
    if found is None or found[2] or len(found[1]) > MONEY_LONGEST:
        raise ValueError(str(text)[:40])
    amount = Decimal(found[1].replace(",", "."))
    return amount.quantize(CENT) if amount == amount.quantize(CENT) else amount


@dataclass(frozen=True, slots=True)
class PaymentOption:
    """One payment method as Prom lists it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order. `good_id` is empty where Prom tells no external id.

    `price` is for one piece, `total` for the line, both in the order's currency; `quantity` may have parts.
    """

    good_id: str
    prom_id: str
    sku: str
    name: str
    quantity: Decimal
    price: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who ordered, as Prom tells it: texts may be empty, the phone is as written."""

    prom_id: str
    first_name: str
    middle_name: str
    last_name: str
    phone: str
    email: str

    @property
    def full_name(self) -> str:
        """Last, first, middle name, as Torgsoft writes people."""
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)


class Paid(StrEnum):
    """What Prom says of an order's money."""

    NOT_YET = "not-yet"
    PAID = "paid"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one shop. Times are aware and in UTC, money is in `currency`.

    `total` is the buyer's whole sum as Prom shows it; `discount` and `delivery_cost` are parts of it where
    Prom tells them. `unreadable` names what could not be read, in Prom's words.
    """

    id: str
    status: str
    created: datetime
    modified: datetime
    buyer: Buyer
    lines: tuple[Line, ...]
    total: Decimal | None
    currency: str
    delivery_name: str
    delivery_address: str
    delivery_cost: Decimal
    payment_id: str
    payment_name: str
    paid: Paid
    discount: Decimal = Decimal(0)
    note: str = ""
    parcel: str = ""
    source: str = ""
    unreadable: tuple[str, ...] = ()

    @property
    def cancelled(self) -> bool:
        """Whether the sale does not take place."""
        return self.status == "canceled"

    @property
    def open_sale(self) -> bool:
        """Whether goods wait to be handed out: what is delivered, cancelled or a draft reserves nothing."""
        return self.status not in ("delivered", "canceled", "draft")


class Money(StrEnum):
    """What a posting says of an order's money."""

    EXPECTED = "expected"
    RECEIVED = "received"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement in the ledger.

    `place` is "cash_register", "current_account" or "unmapped"; `account` its name, empty if unmapped.
    Amounts are positive; `kind` tells the direction.
    """

    order_id: str
    kind: Money
    place: str
    account: str
    payment_id: str
    payment_name: str
    amount: Decimal
    currency: str


def findings_of(order: Order) -> tuple[Finding, ...]:
    """Return what a person should know about an order: sums that do not add up, goods without an id."""
    found = [
        Finding(Code.ORDER_MONEY_UNREADABLE, f"order {order.id}: {what} cannot be read")
        for what in order.unreadable
    ]
    found += [
        Finding(
            Code.ORDER_GOOD_UNKNOWN, f"order {order.id}: `{line.name}` has no id of the accounting program"
        )
        for line in order.lines
        if not line.good_id
    ]
    lines = sum((line.total for line in order.lines), Decimal(0))
    expected = (lines - order.discount, lines - order.discount + order.delivery_cost)
    if order.total is not None and not order.unreadable and order.total not in expected:
        message = f"order {order.id}: Prom says {order.total}, its lines come to {expected[0]}"
        found.append(Finding(Code.ORDER_SUM, message))
    return tuple(found)


def postings_due(
    order: Order, *, place: str, account: str, posted: tuple[Posting, ...]
) -> tuple[Posting, ...]:
    """Return the postings that an order still lacks, given those it has.

    `posted` is in the order in which it was made. *Expected* once, when the order comes; *received* once,
    when Prom reports it paid, or delivered with cash on delivery in between; *reversed* once, on refund or
    cancellation, with the place of what it reverses: a mapping that changed later does not rewrite history.
    After a reversal all begins anew: an order can be taken up again.
    """
    total = order.total
    if not total:
        return ()
    kinds: dict[Money, Posting] = {}
    for one in posted:
        if one.kind is Money.REVERSED:
            kinds.clear()
        else:
            kinds[one.kind] = one

    def posting(kind: Money, like: Posting | None = None) -> Posting:
        return Posting(
            order_id=order.id,
            kind=kind,
            place=like.place if like else place,
            account=like.account if like else account,
            payment_id=order.payment_id,
            payment_name=order.payment_name,
            amount=like.amount if like else total,
            currency=like.currency if like else order.currency,
        )

    due: list[Posting] = []
    gone = order.cancelled or order.paid is Paid.REFUNDED
    if Money.EXPECTED not in kinds and not gone:
        due.append(posting(Money.EXPECTED))
    received = order.paid is Paid.PAID or order.status == "delivered"
    if received and not gone and Money.RECEIVED not in kinds:
        due.append(posting(Money.RECEIVED))
    if gone and kinds:
        due.append(posting(Money.REVERSED, kinds.get(Money.RECEIVED) or kinds[Money.EXPECTED]))
    return tuple(due)


@dataclass(frozen=True, slots=True)
class Balance:
    """The sums of one place: what was expected, received and reversed there, in one currency."""

    place: str
    account: str
    currency: str
    expected: Decimal
    received: Decimal
    reversed: Decimal


def sums(postings: Iterable[Posting]) -> list[Balance]:
    """Return the sums by place, account and currency; unmapped money comes last."""
    totals: dict[tuple[str, str, str], dict[Money, Decimal]] = {}
    for posting in postings:
        place = totals.setdefault((posting.place, posting.account, posting.currency), {})
        place[posting.kind] = place.get(posting.kind, Decimal(0)) + posting.amount
    zero = Decimal("0.00")
    return [
        Balance(*key, *(total.get(kind, zero) for kind in Money))
        for key, total in sorted(totals.items(), key=lambda item: (item[0][0] == "unmapped", item[0]))
    ]


@dataclass(frozen=True, slots=True)
class Client:
    """A person known to the ledger. `phone` is in E.164, `email` in lower case; either may be empty."""

    id: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Match:
    """Which client an order's buyer is: one, none, or several of whom a person must choose."""

    client_ids: tuple[str, ...]

    @property
    def one(self) -> str | None:
        """The client's id where there is exactly one."""
        return self.client_ids[0] if len(self.client_ids) == 1 else None


def match_client(wanted: Client, known: tuple[Client, ...], find_by: tuple[str, ...]) -> Match:
    """Return the known clients that are `wanted`, by the first parameter that finds any (design §7).

    A blank parameter finds nobody. Two matches are returned both: they are reported, never guessed.
    """
    for parameter in find_by:
        key = str(getattr(wanted, parameter)).casefold()
        found = tuple(
            client.id for client in known if key and str(getattr(client, parameter)).casefold() == key
        )
        if found:
            return Match(found)
    return Match(())
