"""Orders and payment methods: JSON of Prom.ua to values of the core.

An order's money is never dropped silently: an amount that cannot be read is named in the order.
Source: docs/developers/prom-api.md §5.5, §6.1, §11.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, DecimalException
from typing import Annotated

from pydantic import BeforeValidator, Field

from torgsync.core.orders.order import Buyer, Line, Order, Paid, PaymentOption, Recipient
from torgsync.core.product.cells import line_of_text
from torgsync.prom.wire.money import EXCERPT, currency_of, exact, exact_money
from torgsync.prom.wire.values import (
    Amount,
    BothTexts,
    Flag,
    Moment,
    Text,
    WireModel,
    both_texts,
    dict_or_empty,
    dicts_of,
    parse_amount,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Replaces an order's time that Prom did not give; the order names it as unreadable."""

ZERO = Decimal("0.00")

_Part = BeforeValidator(dict_or_empty)


class WirePerson(WireModel):
    """A person inside an order."""

    id: Text = None
    first_name: Text = None
    second_name: Text = None
    last_name: Text = None
    phone: Text = None


class WireOption(WireModel):
    """A payment or delivery method inside an order."""

    id: Text = None
    name: Text = None


class WirePayment(WireModel):
    """The state of an order's online payment."""

    status: Text = None
    status_modified: Moment = None


class WireDelivery(WireModel):
    """The parcel of an order."""

    provider: Text = None
    declaration_number: Text = None


class WireCommission(WireModel):
    """The commission that Prom takes for an order; an unreadable one does not make the order unreadable."""

    amount: Amount = None
    is_refunded: Flag = None


class WireNamed(WireModel):
    """An object of which only the name is read: a promotion, or the reason of a cancellation."""

    name: Text = None
    title: Text = None


class WireOrderLine(WireModel):
    """One product of an order. Money stays raw, so that what cannot be read can be named."""

    id: Text = None
    external_id: Text = None
    sku: Text = None
    name: Text = None
    name_multilang: BothTexts = None
    quantity: object = None
    price: object = None
    total_price: object = None

    def line(self, amounts: _AmountReader, where: str) -> Line:
        """Return the line as the core knows it; `where` names it in what cannot be read."""
        return Line(
            good_id=self.external_id or "",
            prom_id=self.id or "",
            sku=self.sku or "",
            name=both_texts(self.name_multilang, self.name)[0] or "",
            quantity=amounts.number(f"{where}.quantity", self.quantity) or ZERO,
            price=amounts.money(f"{where}.price", self.price) or ZERO,
            total=amounts.money(f"{where}.total_price", self.total_price) or ZERO,
        )


class WireOrder(WireModel):
    """An order as Prom shows it (prom-api §5.5)."""

    id: int
    status: Text = None
    source: Text = None
    date_created: Moment = None
    date_modified: Moment = None
    client_id: Text = None
    client_first_name: Text = None
    client_second_name: Text = None
    client_last_name: Text = None
    client: Annotated[WirePerson, _Part] = WirePerson()
    delivery_recipient: Annotated[WirePerson, _Part] = WirePerson()
    phone: Text = None
    email: Text = None
    client_notes: Text = None
    price: object = None
    full_price: object = None
    price_with_special_offer: object = None
    special_offer_discount: object = None
    special_offer_promocode: Text = None
    has_order_promo_free_delivery: Flag = None
    ps_promotion: Annotated[WireNamed, _Part] = WireNamed()
    cpa_commission: Annotated[WireCommission, _Part] = WireCommission()
    cancellation: Annotated[WireNamed, _Part] = WireNamed()
    delivery_cost: object = None
    delivery_address: Text = None
    delivery_option: Annotated[WireOption, _Part] = WireOption()
    delivery_provider_data: Annotated[WireDelivery, _Part] = WireDelivery()
    payment_option: Annotated[WireOption, _Part] = WireOption()
    payment_data: Annotated[WirePayment, _Part] = WirePayment()
    products: Annotated[list[WireOrderLine], BeforeValidator(lambda raw: dicts_of(raw) or [])] = Field(
        default_factory=list
    )

    def order(self) -> Order:
        """Return the order; amounts that cannot be read count as zero and are named."""
        amounts = _AmountReader()
        delivery = amounts.optional_money("delivery_cost", self.delivery_cost) or ZERO
        lines = tuple(line.line(amounts, f"products[{n}]") for n, line in enumerate(self.products))
        goods = sum((line.total for line in lines), ZERO)
        total, discount, inferred = self._total(amounts, goods, delivery)
        currency = self._currency(amounts)
        created, modified = self.date_created or self.date_modified, self.date_modified or self.date_created
        if created is None or modified is None:
            amounts.unreadable.append("date_created")
        return Order(
            id=str(self.id),
            status=self.status or "",
            created=created or EPOCH,
            modified=modified or EPOCH,
            buyer=self._buyer(),
            lines=lines,
            total=total if currency else None,
            currency=currency,
            delivery_name=self.delivery_option.name or "",
            delivery_address=self.delivery_address or "",
            delivery_cost=delivery,
            payment_id=self.payment_option.id or "",
            payment_name=self.payment_option.name or "",
            paid=self._paid(),
            discount=discount,
            discount_inferred=inferred,
            note=self.client_notes or "",
            parcel=self.delivery_provider_data.declaration_number or "",
            source=self.source or "",
            unreadable=tuple(amounts.unreadable),
            recipient=Recipient(
                self.delivery_recipient.first_name or "",
                self.delivery_recipient.second_name or "",
                self.delivery_recipient.last_name or "",
                self.delivery_recipient.phone or "",
            ),
            carrier=self.delivery_provider_data.provider or "",
            promo_code=self.special_offer_promocode or "",
            promotion=self.ps_promotion.name or "",
            free_delivery=bool(self.has_order_promo_free_delivery),
            commission=self.cpa_commission.amount,
            commission_returned=bool(self.cpa_commission.is_refunded),
            cancelled_because=self.cancellation.title or self.cancellation.name or "",
            paid_at=self.payment_data.status_modified,
        )

    def _currency(self, amounts: _AmountReader) -> str:
        """Return the currency of the order's money, the empty text where it is unknown."""
        money = self.price if self.full_price is None else self.full_price
        try:
            return currency_of(money) if parse_amount(money) is not None else "UAH"
        except ValueError:
            amounts.unreadable.append(f"the currency of `{line_of_text(str(money))[:EXCERPT]}`")
            return ""

    def _total(
        self, amounts: _AmountReader, lines: Decimal, delivery: Decimal
    ) -> tuple[Decimal | None, Decimal, bool]:
        """Return the sum that the buyer pays, the discount in it, and whether that is only inferred.

        Which of `price` and `full_price` includes discount and delivery is not recorded (prom-api §5.5), so
        the one that equals the sum of the lines is taken; where none does, the full price, and a finding is
        made of it later.
        """
        price = amounts.money("price", self.price)
        full = amounts.optional_money("full_price", self.full_price)
        reduced = amounts.optional_money("price_with_special_offer", self.price_with_special_offer)
        discount = amounts.optional_money("special_offer_discount", self.special_offer_discount) or ZERO
        inferred = False
        if not discount and price is not None and lines > price:
            discount, inferred = lines - price, True
        candidates = [amount for amount in (full, reduced, price) if amount is not None]
        payable = (lines - discount + delivery, lines - discount)
        matching = [amount for expected in payable for amount in candidates if amount == expected]
        return next(iter([*matching, *candidates]), None), discount, inferred

    def _buyer(self) -> Buyer:
        """Return the buyer, with the recipient's phone, else the order's (prom-api §5.5)."""
        return Buyer(
            prom_id=self.client_id or self.client.id or "",
            first_name=self.client_first_name or self.client.first_name or "",
            middle_name=self.client_second_name or self.client.second_name or "",
            last_name=self.client_last_name or self.client.last_name or "",
            phone=self.delivery_recipient.phone or self.phone or self.client.phone or "",
            email=self.email or "",
        )

    def _paid(self) -> Paid:
        """Return the state of the payment; a seller may also mark the order itself as paid."""
        match self.payment_data.status:
            case "refunded":
                return Paid.REFUNDED
            case "paid" | "paid_out":
                return Paid.PAID
        if self.status == "paid":
            return Paid.PAID
        return Paid.UNPAID if self.payment_data.status == "unpaid" else Paid.NOT_YET


class WirePaymentOption(WireModel):
    """A payment method of the shop (prom-api §6.1)."""

    id: int
    name: Text = None

    def option(self) -> PaymentOption:
        """Return the method as the core knows it."""
        return PaymentOption(self.id, self.name or "")


class _AmountReader:
    """Reads an order's numbers, and lists those that cannot be read with their text."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def number(self, name: str, raw: object) -> Decimal | None:
        """Return a number without rounding."""
        return self._read(name, raw, exact)

    def money(self, name: str, raw: object) -> Decimal | None:
        """Return an amount with two places, or with more where Prom gives more."""
        return self._read(name, raw, exact_money)

    def optional_money(self, name: str, raw: object) -> Decimal | None:
        """Return an amount that Prom may leave out, None where it does."""
        return None if raw is None else self.money(name, raw)

    def _read(self, name: str, raw: object, parse: Callable[[object], Decimal]) -> Decimal | None:
        try:
            return parse(raw)
        except (ValueError, DecimalException):
            text = "" if raw is None else line_of_text(str(raw))[:EXCERPT]
            self.unreadable.append(f"{name} `{text}`" if text else f"{name} (nothing stands there)")
            return None
