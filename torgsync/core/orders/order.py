"""Orders as Prom shows them: values whose money is what Prom says, never recomputed from today's prices.

Source:
docs/developers/architecture.md §7, docs/developers/prom-api.md §5, docs/developers/torgsoft.md §12.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from torgsync.core.product.fields import CENT
from torgsync.core.text import one_line

MONEY_LONGEST = 20
"""Characters of the longest amount: more cannot be money, and would not fit a decimal's precision."""
_AMOUNT = (
    r"[^\d\u2010-\u2015\u2212-]*"
    r"(?<![.,])([0-9]{1,3}(?:\s+[0-9]{3})+|[0-9]{1,3}(?:['\u2019\u02bc][0-9]{3})+|[0-9]+)"
    r"(?:[.,]([0-9]{1,2}|(?<=(?<!\d)0.)[0-9]+))?"
    r"\D*"
)
"""Thousands are separated by blanks or apostrophes; three decimals are refused, except after a zero."""


def parse_money(text: object) -> Decimal:
    """Return the exact amount of Prom's localised money: `"1 713,50 грн."`, `"1'713.50"`, `"100.00"`, 39.

    The dot of `грн.` is no decimal point (prom-api §11). Raises ValueError where there is no
    number, one below zero, several, or one that could be read in two ways, such as `"1,713.50"`, `"1.713"`.
    """
    match = re.fullmatch(_AMOUNT, str(text))
    whole = re.sub(r"[^0-9]", "", match[1]) if match else ""
    parts = (match[2] or "") if match else ""
    if not whole or len(whole + parts) > MONEY_LONGEST:
        raise ValueError(str(text)[:40])
    amount = Decimal(f"{whole}.{parts}")
    return amount.quantize(CENT) if amount == amount.quantize(CENT) else amount


class PaymentOption(Struct, frozen=True):
    """One payment method as Prom lists it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order. `good_id` is empty where Prom has no external id.

    `price` is for one piece, `total` for the line, both in the order's currency; `quantity` may have parts.
    """

    good_id: str
    prom_id: str
    sku: str
    name: str
    quantity: Decimal
    price: Decimal
    total: Decimal


class _Named:
    __slots__ = ()
    first_name: str
    middle_name: str
    last_name: str

    @property
    def full_name(self) -> str:
        """Last, first, middle name, as Torgsoft writes people."""
        return one_line(f"{self.last_name} {self.first_name} {self.middle_name}")


@dataclass(frozen=True, slots=True)
class Buyer(_Named):
    """The buyer as Prom has it: texts may be empty, the phone is as written."""

    prom_id: str
    first_name: str
    middle_name: str
    last_name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Recipient(_Named):
    """The recipient of the parcel as Prom has it; all is empty where Prom names none."""

    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    phone: str = ""


NO_BUYER = Buyer("", "", "", "", "", "")
"""The buyer of an order whose person was forgotten."""


class Paid(StrEnum):
    """What Prom says about the payment of an order."""

    NOT_YET = "not-yet"  # Prom does not know: it is paid elsewhere, or on delivery
    UNPAID = "unpaid"  # Prom takes it, and has not got it
    PAID = "paid"
    REFUNDED = "refunded"


class Unread(StrEnum):
    """Why a part of an order could not be read."""

    AMOUNT = "amount"
    NO_AMOUNT = "no-amount"  # Prom gave none
    NO_TIME = "no-time"
    CURRENCY = "currency"  # it is none that is known; the text is the whole amount


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of an order that could not be read: Prom's name of it, such as `products[0].price`, and text."""

    why: Unread
    field: str
    text: str = ""


PENDING, DELIVERED, CANCELED, DRAFT = "pending", "delivered", "canceled", "draft"
"""Statuses that mean something here; every other word, a shop's own among them, is a sale on its way."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one shop. Times are aware and in UTC, money is in `currency`.

    `total` is the buyer's whole sum as Prom shows it, None where it cannot be read; `discount` and
    `delivery_cost` are parts of it where Prom shows them; another discount is inferred from a price below the
    lines. `commission` is Prom's fee, `site_commission` that for an order from the shop's own site,
    `instalment_commission` that for a payment in instalments: not a part of the total, None where Prom gives
    none. `unreadable` are the amounts and times that could not be read. `carrier` is Prom's word for the
    parcel service, `parcel_status` its word for how far the parcel is, `paid_at` when the online payment last
    changed. `forgotten` is whether its personal data was removed.
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
    unreadable: tuple[Unreadable, ...] = ()
    recipient: Recipient = Recipient()
    carrier: str = ""
    promo_code: str = ""
    promotion: str = ""
    free_delivery: bool = False
    commission: Decimal | None = None
    commission_returned: bool = False
    cancelled_because: str = ""
    paid_at: datetime | None = None
    parcel_status: str = ""
    forgotten: bool = False
    site_commission: Decimal | None = None
    instalment_commission: Decimal | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
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
    """Return whether two versions are equal but for the time at which Prom touched them."""
    return replace(one, modified=other.modified) == other


def without_people(order: Order) -> Order:
    """Return an order without its personal data; goods, money, status and times stay."""
    return replace(
        order,
        buyer=NO_BUYER,
        recipient=Recipient(),
        delivery_address="",
        note="",
        parcel="",
        cancelled_because="",
        forgotten=True,
    )


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
