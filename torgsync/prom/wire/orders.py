"""Orders and payment methods: JSON of Prom.ua to values of the core.

An order's money is never dropped silently: an amount that cannot be read is named in the order.
Source: docs/developers/prom-api.md §5.5, §6.1, §11.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AliasPath, BeforeValidator, Field

from torgsync.core.orders.order import Buyer, Order, Paid, Recipient, Unread, Unreadable
from torgsync.core.orders.phones import international
from torgsync.core.portals import Portal
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.fields import ZERO
from torgsync.prom.wire.costs import SiteCommission
from torgsync.prom.wire.order_lines import AmountReader, OrderSums, PlainText, WireOrderLine, total_of
from torgsync.prom.wire.values import (
    EXCERPT,
    Amount,
    Identity,
    Moment,
    Text,
    WireModel,
    currency_of,
    dict_or_empty,
    dicts_of,
    parse_amount,
    parse_text,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Replaces an order's time that Prom did not give; the order names it as unreadable."""

_PLAIN = frozenset(
    """status source note promo_code free_delivery promotion commission commission_returned delivery_address
    delivery_name carrier parcel parcel_status payment_id payment_name paid_at site_commission
    instalment_commission""".split()
)
"""The fields of an order that need no reckoning."""

_Words = PlainText
_Yes = Annotated[bool, BeforeValidator(lambda raw: raw is True)]
_Part = BeforeValidator(dict_or_empty)


class WirePerson(WireModel):
    """A person inside an order."""

    id: _Words = ""
    first_name: _Words = ""
    second_name: _Words = ""
    last_name: _Words = ""
    phone: _Words = ""


class WireOrder(WireModel):
    """An order as Prom shows it (prom-api §5.5). The fields of `_PLAIN` are those of an `Order`."""

    id: Identity
    status: _Words = ""
    source: _Words = ""
    date_created: Moment = None
    date_modified: Moment = None
    client_id: _Words = ""
    client_first_name: _Words = ""
    client_second_name: _Words = ""
    client_last_name: _Words = ""
    client: Annotated[WirePerson, _Part] = WirePerson()
    delivery_recipient: Annotated[WirePerson, _Part] = WirePerson()
    phone: _Words = ""
    email: _Words = ""
    note: _Words = Field("", validation_alias="client_notes")
    price: object = None
    full_price: object = None
    price_with_special_offer: object = None
    special_offer_discount: object = None
    promo_code: _Words = Field("", validation_alias="special_offer_promocode")
    free_delivery: _Yes = Field(False, validation_alias="has_order_promo_free_delivery")
    promotion: _Words = Field("", validation_alias=AliasPath("ps_promotion", "name"))
    commission: Amount = Field(None, validation_alias=AliasPath("cpa_commission", "amount"))
    commission_returned: _Yes = Field(False, validation_alias=AliasPath("cpa_commission", "is_refunded"))
    site_commission: SiteCommission = Field(None, validation_alias="prosale_commission")
    instalment_commission: Amount = Field(
        None, validation_alias=AliasPath("payment_data", "rpay_parts", "commission_amount")
    )
    cancellation_title: _Words = Field("", validation_alias=AliasPath("cancellation", "title"))
    cancellation_name: _Words = Field("", validation_alias=AliasPath("cancellation", "name"))
    delivery_cost: object = None
    delivery_address: _Words = ""
    delivery_name: _Words = Field("", validation_alias=AliasPath("delivery_option", "name"))
    carrier: _Words = Field("", validation_alias=AliasPath("delivery_provider_data", "provider"))
    parcel: _Words = Field("", validation_alias=AliasPath("delivery_provider_data", "declaration_number"))
    parcel_status: _Words = Field("", validation_alias=AliasPath("delivery_provider_data", "unified_status"))
    payment_id: _Words = Field("", validation_alias=AliasPath("payment_option", "id"))
    payment_name: _Words = Field("", validation_alias=AliasPath("payment_option", "name"))
    payment_status: Text = Field(None, validation_alias=AliasPath("payment_data", "status"))
    paid_at: Moment = Field(None, validation_alias=AliasPath("payment_data", "status_modified"))
    products: Annotated[list[WireOrderLine], BeforeValidator(lambda raw: dicts_of(raw) or [])] = Field(
        default_factory=list
    )

    def order(self, portal: Portal) -> Order:
        """Return the order of a marketplace; amounts that cannot be read count as zero and are named.

        A gift without a price counts as zero too, and is not named, where the total adds up without it.
        """
        amounts = AmountReader()
        delivery = amounts.optional_money("delivery_cost", self.delivery_cost) or ZERO
        lines = tuple(line.line(amounts, f"products[{n}]") for n, line in enumerate(self.products))
        total = total_of(self._sums(amounts), sum((line.total for line in lines), ZERO), delivery)
        if total.explained:
            gifts = (f"products[{n}]" for n, line in enumerate(self.products) if line.may_be_gift)
            amounts.forget_absent(gifts)
        currency = self._currency(amounts, portal.currency)
        created, modified = self.date_created or self.date_modified, self.date_modified or self.date_created
        if created is None or modified is None:
            amounts.unreadable.append(Unreadable(Unread.NO_TIME, "date_created"))
        recipient = self.delivery_recipient
        return Order(
            **self.model_dump(include=set(_PLAIN)),
            id=str(self.id),
            created=created or EPOCH,
            modified=modified or EPOCH,
            buyer=self._buyer(portal),
            lines=lines,
            total=total.amount if currency else None,
            currency=currency,
            delivery_cost=max(delivery, ZERO),
            paid=self._paid(),
            discount=total.discount,
            discount_inferred=total.inferred,
            unreadable=tuple(amounts.unreadable),
            recipient=Recipient(
                recipient.first_name,
                recipient.second_name,
                recipient.last_name,
                international(recipient.phone, portal.region),
            ),
            cancelled_because=self.cancellation_title or self.cancellation_name,
        )

    def _currency(self, amounts: AmountReader, home: str) -> str:
        """Return the currency of the order's money, the empty text where it is unknown."""
        field, money = ("price", self.price) if self.full_price is None else ("full_price", self.full_price)
        try:
            return currency_of(money, home) if parse_amount(money) is not None else home
        except ValueError:
            amounts.unreadable.append(Unreadable(Unread.CURRENCY, field, line_of_text(str(money))[:EXCERPT]))
            return ""

    def _sums(self, amounts: AmountReader) -> OrderSums:
        """Return the sums of the order as Prom shows them."""
        return OrderSums(
            price=amounts.money("price", self.price),
            full=amounts.optional_money("full_price", self.full_price),
            reduced=amounts.optional_money("price_with_special_offer", self.price_with_special_offer),
            discount=amounts.optional_money("special_offer_discount", self.special_offer_discount) or ZERO,
        )

    def _buyer(self, portal: Portal) -> Buyer:
        """Return the buyer, with the recipient's phone, else the order's (prom-api §5.5)."""
        return Buyer(
            prom_id=self.client_id or self.client.id,
            first_name=self.client_first_name or self.client.first_name,
            middle_name=self.client_second_name or self.client.second_name,
            last_name=self.client_last_name or self.client.last_name,
            phone=international(
                self.delivery_recipient.phone or self.phone or self.client.phone, portal.region
            ),
            email=self.email,
        )

    def _paid(self) -> Paid:
        """Return the state of the payment; a seller may also mark the order itself as paid."""
        match self.payment_status:
            case "refunded":
                return Paid.REFUNDED
            case "paid" | "paid_out":
                return Paid.PAID
        if self.status == "paid":
            return Paid.PAID
        return Paid.UNPAID if self.payment_status == "unpaid" else Paid.NOT_YET


class WirePaymentOption(WireModel):
    """A payment method of the shop (prom-api §6.1)."""

    id: Identity
    name: _Words = ""


def message_id(answer: Mapping[str, object]) -> str:
    """Return the id of a message that was sent (prom-api §6.4), "ok" without one; empty if not confirmed."""
    data = answer.get("data")
    found = parse_text(data.get("message_id")) if isinstance(data, dict) else None
    return found or ("ok" if parse_text(answer.get("status")) == "ok" else "")
