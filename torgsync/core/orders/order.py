"""Orders as Prom tells them, and what a person should know about them.

An order is a value; its money is what Prom says, never recomputed from today's prices. Source:
docs/developers/architecture.md §7, docs/developers/prom-api.md §5, docs/developers/torgsoft.md §12.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from torgsync.core.findings import Code, Finding
from torgsync.core.product.fields import CENT
from torgsync.core.text import one_line

MONEY_LONGEST = 20
"""Characters of the longest amount: more cannot be money, and would not fit a decimal's precision."""
_AMOUNT = re.compile(
    r"[^\d\u2010-\u2015\u2212-]*"
    r"(?<![.,])([0-9]{1,3}(?:\s+[0-9]{3})+|[0-9]{1,3}(?:['\u2019\u02bc][0-9]{3})+|[0-9]+)"
    r"(?:[.,]([0-9]{1,2}|(?<=(?<!\d)0.)[0-9]+))?"
    r"\D*"
)
"""Thousands are parted by blanks or apostrophes; three decimals are none, except after a nought."""


def parse_money(text: object) -> Decimal:
    """Return the exact amount of Prom's localised money: `"1 713,50 грн."`, `"1'713.50"`, `"100.00"`, 39.

    The dot of `грн.` is no decimal point (prom-api §11). Raises ValueError where there is no
    number, one below zero, several, or one that could be read in two ways, such as `"1,713.50"`, `"1.713"`.
    """
    found = _AMOUNT.fullmatch(str(text))
    whole = re.sub(r"[^0-9]", "", found[1]) if found else ""
    parts = (found[2] or "") if found else ""
    if not whole or len(whole + parts) > MONEY_LONGEST:
        raise ValueError(str(text)[:40])
    amount = Decimal(f"{whole}.{parts}")
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
        return _full_name(self.last_name, self.first_name, self.middle_name)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the parcel, as Prom tells it; all is empty where Prom names nobody."""

    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    phone: str = ""

    @property
    def full_name(self) -> str:
        """Last, first, middle name."""
        return _full_name(self.last_name, self.first_name, self.middle_name)


NOBODY = Buyer("", "", "", "", "", "")
"""The buyer of an order whose person was forgotten."""


def _full_name(*parts: str) -> str:
    return one_line(" ".join(parts))


class Paid(StrEnum):
    """What Prom says of an order's money."""

    NOT_YET = "not-yet"  # nothing is told: it goes past Prom, or comes with the delivery
    UNPAID = "unpaid"  # Prom takes it, and has not got it
    PAID = "paid"
    REFUNDED = "refunded"


PENDING, DELIVERED, CANCELED, DRAFT = "pending", "delivered", "canceled", "draft"
"""Statuses that mean something here; every other word, a shop's own among them, is a sale on its way."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one shop. Times are aware and in UTC, money is in `currency`.

    `total` is the buyer's whole sum as Prom shows it, None where it cannot be read; `discount` and
    `delivery_cost` are parts of it where Prom tells them; a discount that it does not tell is inferred from a
    price below the lines. `commission` is what Prom takes, no part of it,
    None where it does not say. `unreadable` names what could not be read, each with the text that Prom gave.
    `carrier` is Prom's word for the parcel service, `paid_at` when the online payment last moved.
    `forgotten` tells that the people in it were taken out.
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
    discount_inferred: bool = False
    note: str = ""
    parcel: str = ""
    source: str = ""
    unreadable: tuple[str, ...] = ()
    recipient: Recipient = Recipient()
    carrier: str = ""
    promo_code: str = ""
    promotion: str = ""
    free_delivery: bool = False
    commission: Decimal | None = None
    commission_returned: bool = False
    cancelled_because: str = ""
    paid_at: datetime | None = None
    forgotten: bool = False

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self.status == CANCELED

    @property
    def takes_place(self) -> bool:
        """Whether it is a sale: neither a draft, nor cancelled, nor paid back."""
        return self.status not in (CANCELED, DRAFT) and self.paid is not Paid.REFUNDED

    @property
    def open_sale(self) -> bool:
        """Whether goods wait to be handed out: what is delivered or no sale reserves nothing."""
        return self.takes_place and self.status != DELIVERED

    @property
    def shown(self) -> str:
        """Its status in a word for people: Prom goes on calling an order paid whose money it gave back."""
        return "refunded" if self.paid is Paid.REFUNDED and not self.cancelled else self.status


STATUSES = (PENDING, "received", "paid", DELIVERED, CANCELED, DRAFT, "refunded")
"""Words by which every shop's orders are called; a shop may have more of its own."""


def same_order(one: Order, other: Order) -> bool:
    """Tell whether two versions say the same; that Prom touched one of them says nothing."""
    return replace(one, modified=other.modified) == other


def without_people(order: Order) -> Order:
    """Return an order in which nobody can be found; goods, money, status and times stay."""
    return replace(
        order,
        buyer=NOBODY,
        recipient=Recipient(),
        delivery_address="",
        note="",
        parcel="",
        cancelled_because="",
        forgotten=True,
    )


def findings_of(order: Order, foreign: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what a person should know about an order: sums that do not add up, goods that nobody knows.

    `foreign` are ids that Prom tells and the accounting program does not have.
    """
    unknown = order.total is None and order.takes_place
    nothing = "; nothing more is posted for it, what was posted stays as it was" if unknown else ""
    found = [
        Finding(
            Code.ORDER_MONEY_UNREADABLE, f"order {order.id}: {what} cannot be read{nothing}", order=order.id
        )
        for what in order.unreadable
    ]
    for line in order.lines:
        if not line.good_id:
            message = f"order {order.id}: `{line.name}` has no id of the accounting program"
            found.append(Finding(Code.ORDER_GOOD_UNKNOWN, message, order=order.id))
        elif line.good_id in foreign:
            message = f"order {order.id}: `{line.name}` ({line.good_id}) is no good of the accounting program"
            found.append(Finding(Code.ORDER_GOOD_UNKNOWN, message, order=order.id))
    if not order.unreadable and (wrong := _wrong_sum(order)):
        found.append(Finding(Code.ORDER_SUM, f"order {order.id}: {wrong}", order=order.id))
    return tuple(found)


def _wrong_sum(order: Order) -> str:
    """Return what does not add up in an order, nothing where it does."""
    lines = sum((line.total for line in order.lines), Decimal(0))
    less = lines - order.discount
    if order.discount_inferred:
        return f"its price is {less}, its lines come to {lines}, and Prom tells no discount"
    if order.total is None or order.total in (less, less + order.delivery_cost):
        return ""
    return f"Prom says {order.total}, its lines come to {less}"


STOPPING = (Code.ORDER_GOOD_UNKNOWN, Code.ORDER_MONEY_UNREADABLE)
"""Findings for which an order gets no file until a person has looked at it."""

AS_IT_WAS = "is as Torgsoft got it again: see that it stands so there"


def forgotten_too_early(order_id: str) -> str:
    """Return why an order can get no file any more whose buyer was forgotten before Torgsoft had it."""
    return f"order {order_id}: its buyer was forgotten before Torgsoft took it; enter the sale by hand"


def by_hand(handed: Order | None, order: Order, before: str | None = None) -> str | None:
    """Return what a person must do in Torgsoft about an order that it was handed before it changed.

    None where nothing is to be done. Of what was handed, None where nobody knows, it is taken that it was the
    sale as it is told now. `before` is what was to be done so far: whether it was, nobody knows.
    """
    took_place = handed is None or handed.takes_place
    if took_place and not order.takes_place:
        state = order.status if order.cancelled else "no sale any more"
        return f"is {state} now: release its reserve in Torgsoft by hand"
    if not order.takes_place:
        return None
    if not took_place:
        return "is taken up again: reserve its goods in Torgsoft by hand"
    if handed is None or order.forgotten:
        return before
    parts = {
        "goods": handed.lines != order.lines,
        "total": handed.total != order.total,
        "delivery": (handed.delivery_name, handed.delivery_address)
        != (order.delivery_name, order.delivery_address),
        "recipient": handed.recipient != order.recipient,
    }
    if changed := [name for name, differs in parts.items() if differs]:
        return f"has other {', '.join(changed)} now: change it in Torgsoft by hand"
    return AS_IT_WAS if before else None


GAPS_AT_ONCE = 20
"""How many missing numbers are asked for at one fetch; the others wait for the next."""
_DENSE = 10


def missing_numbers(seen: Iterable[str], absent: Collection[int] = ()) -> tuple[int, ...]:
    """Return the numbers that a list of orders may have left out, newest first.

    `seen` are the numbers of all orders known, `absent` those that Prom has been asked for and does not have.
    Nothing follows from gaps where orders of many shops share one sequence: only where at most one number in
    ten is missing are numbers taken for the shop's own.
    """
    known = {int(number) for number in seen if number.isdecimal()} | set(absent)
    if not known or max(known) - min(known) + 1 - len(known) > len(known) // _DENSE:
        return ()
    return tuple(number for number in range(max(known), min(known), -1) if number not in known)
