"""Orders and clients of the shop, and their payment and delivery options (prom-api §5, §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from torgsync.sandbox.shop.products import KOPIYKA

# In the order of an order's life; Russian and Ukrainian names as the API shows them.
STATUS_NAMES = {
    "draft": {"ru": "Черновик", "uk": "Чернетка"},
    "pending": {"ru": "Новый", "uk": "Новий"},
    "received": {"ru": "Принят", "uk": "Прийнято"},
    "paid": {"ru": "Оплачен", "uk": "Оплачено"},
    "delivered": {"ru": "Выполнен", "uk": "Виконано"},
    "canceled": {"ru": "Отменен", "uk": "Скасовано"},
}
CUSTOM_STATUS = r"custom-[0-9]+"
WRITABLE_STATUSES = ("received", "paid", "delivered", "canceled")
# The reasons on which the two known lists agree (prom-api §5.3).
CANCELLATION_REASONS = ("not_available", "buyers_request", "duplicate", "invalid_phone_number", "another")
# Those of one list or of single clients (prom-api §5.3, §13).
FURTHER_REASONS = (
    "price_changed",
    "not_enough_fields",
    "less_than_minimal_price",
    "payment_not_received",
    "no_product_variants",
)
REASONS_WITH_TEXT = ("price_changed", "not_enough_fields", "another")
# Drafts have none (prom-api §13).
STATUS_NUMBERS = {"pending": 0, "received": 1, "delivered": 3, "canceled": 4, "paid": 6}
DECLARATION_TYPES = ("nova_poshta", "ukrposhta", "meest", "justin")


@dataclass(frozen=True, slots=True)
class ShopOption:
    """A payment or delivery option; `provider` is the carrier's code, None without one."""

    id: int
    name: str
    provider: str | None = None
    description: str = ""


PROM_PAYMENT = ShopOption(9000001, "Пром-оплата")
CASH_ON_DELIVERY = ShopOption(9000002, "Накладений платіж")
CARD_TRANSFER = ShopOption(9000003, "Оплата на карту")
# A name with quotes, as real shops have it (prom-api §13); a filled shop has this option.
CARRIER_PAYMENT = ShopOption(9000004, 'Наложенный платеж "Нова Пошта"')
NOVA_POSHTA = ShopOption(10000001, "Нова Пошта", "nova_poshta")
UKRPOSHTA = ShopOption(10000002, "Укрпошта", "ukrposhta")
PICKUP = ShopOption(10000003, "Самовивіз")
MEEST = ShopOption(10000004, "Meest ПОШТА", "meest_express")
ROZETKA = ShopOption(10000005, "Магазини Rozetka", "rozetka_delivery")
PICKUP_POINT = ShopOption(10000006, "Самовивіз з магазину", "pickup")
DELIVERY_OPTIONS = (NOVA_POSHTA, UKRPOSHTA, PICKUP, MEEST, ROZETKA, PICKUP_POINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopBuyer:
    """The person who places an order; the same phone, or without one the same e-mail, is the same client."""

    first_name: str = "Іван"
    last_name: str = "Тестовий"
    second_name: str | None = None
    phone: str | None = "+380500000001"
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopClient:
    """A customer of the shop with the sum of the orders placed, in hryvnias."""

    id: int
    full_name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    comment: str = ""
    orders_count: int = 0
    total_payout: Decimal = Decimal(0)

    @property
    def contact(self) -> str | None:
        """What the client is recognised by, None without any."""
        return next(iter((*self.phones, *self.emails)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrderLine:
    """One product of an order as it was when the order was placed; `price` is for one piece, in hryvnias."""

    product_id: int
    external_id: str | None
    sku: str | None
    name: str
    name_uk: str | None
    image_id: int | None
    quantity: Decimal
    measure_unit: str
    price: Decimal

    @property
    def total(self) -> Decimal:
        """Price times quantity, rounded to kopiykas."""
        return (self.price * self.quantity).quantize(KOPIYKA, ROUND_HALF_UP)


FREE_TEXT_ID = 1500000002
"""The id of lines that are free text and no product of the shop, such as `Безкоштовна доставка`."""


GIFT = ShopOrderLine(
    product_id=1500000001,
    external_id=None,
    sku=None,
    name="Открытка в подарок",
    name_uk="Листівка в подарунок",
    image_id=None,
    quantity=Decimal(1),
    measure_unit="шт.",
    price=Decimal(0),
)
"""The line that a shop adds to every order where it gives a gift card to every buyer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCosts:
    """What Prom charges for an order, in hryvnias (prom-api §5.6).

    `commission` is 0.00 where the marketplace has no part in it; `site` is that for an order from the shop's
    own site, `instalments` that for a payment in instalments, None without one.
    """

    commission: Decimal = Decimal(0)
    returned: bool = False
    site: Decimal | None = None
    instalments: Decimal | None = None
    cheap_delivery: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """An order, in hryvnias and UTC; only one by «Пром-оплата» has a `payment_status` (prom-api §5.5)."""

    id: int
    status: str
    date_created: datetime
    date_modified: datetime
    client_id: int
    buyer: ShopBuyer
    lines: tuple[ShopOrderLine, ...]
    payment_option: ShopOption
    delivery_option: ShopOption
    delivery_address: str = "м. Львів (Львівська обл.), №1: вул. Тестова, 1"
    delivery_cost: Decimal = Decimal(0)
    special_offer_discount: Decimal = Decimal(0)
    client_notes: str = ""
    source: str = "portal"
    payment_status: str | None = None
    payment_modified: datetime | None = None
    declaration_number: str | None = None
    unified_status: str | None = None
    cancellation: str | None = None
    receipt_id: str | None = None
    costs: ShopCosts = ShopCosts()

    @property
    def price(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def full_price(self) -> Decimal:
        """What the buyer pays in all: the lines less the special offer plus the delivery."""
        return self.price - self.special_offer_discount + self.delivery_cost

    @property
    def line_commissions(self) -> tuple[Decimal, ...]:
        """The part of the commission that each line has; they add up to it."""
        left, rest = self.costs.commission, self.price
        parts = []
        for line in self.lines:
            part = (left * line.total / rest).quantize(KOPIYKA, ROUND_HALF_UP) if rest else Decimal(0)
            parts.append(part)
            left, rest = left - part, rest - line.total
        return tuple(parts)


def is_status(status: str) -> bool:
    """Return whether orders may have this status: one of Prom's, or `custom-N`, one of the shop's own."""
    return status in STATUS_NAMES or re.fullmatch(CUSTOM_STATUS, status) is not None


def listed_as(status: str) -> str:
    """Return Prom's status of an order: one of the shop's own is a part of `received` (prom-api §5.2)."""
    return status if status in STATUS_NAMES else "received"


def status_names(status: str) -> Mapping[str, str]:
    """Return the names of a status by language; those of the shop's own are invented."""
    number = status.rpartition("-")[2]
    own = {"ru": f"Свой статус {number}", "uk": f"Власний статус {number}"}
    return STATUS_NAMES.get(status, own)


def is_later(status: str, than: str) -> bool:
    """Return whether `status` comes after `than`; a cancelled order is at the end."""
    statuses = tuple(STATUS_NAMES)
    return statuses.index(listed_as(status)) > statuses.index(listed_as(than))
