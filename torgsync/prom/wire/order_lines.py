"""Lines and sums of orders: JSON of Prom.ua to values of the core. Source: docs/developers/prom-api.md §5.5.

Money stays raw until it is read, so that what cannot be read can be named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Annotated

from pydantic import BeforeValidator

from torgsync.core.orders.order import Line, Unread, Unreadable
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.fields import ZERO
from torgsync.prom.wire.values import (
    EXCERPT,
    BothTexts,
    Text,
    WireModel,
    both_texts,
    exact,
    exact_money,
    parse_amount,
    parse_text,
)

MOST_PIECES = 10_000_000
"""Of one good in one order; what is more is no quantity, and no state could store the sum of several."""

PlainText = Annotated[str, BeforeValidator(lambda raw: parse_text(raw) or "")]
"""A text that is empty where Prom has none."""


class WireOrderLine(WireModel):
    """One line of an order. A deleted product has neither `id` nor `sku`, a gift perhaps no money."""

    id: PlainText = ""
    external_id: PlainText = ""
    sku: PlainText = ""
    name: Text = None
    name_multilang: BothTexts = None
    quantity: object = None
    price: object = None
    total_price: object = None

    def line(self, amounts: AmountReader, where: str) -> Line:
        """Return the line as the core knows it; `where` names it in what cannot be read."""
        return Line(
            good_id=self.external_id,
            prom_id=self.id,
            sku=self.sku,
            name=both_texts(self.name_multilang, self.name)[0] or "",
            quantity=amounts.number(f"{where}.quantity", self.quantity) or ZERO,
            price=amounts.money(f"{where}.price", self.price) or ZERO,
            total=amounts.money(f"{where}.total_price", self.total_price) or ZERO,
        )

    @property
    def may_be_gift(self) -> bool:
        """Whether it has no money: each of its amounts is absent or 0, and one at least is absent."""
        money = (self.price, self.total_price)
        absent = [raw is None or raw == "" for raw in money]
        return any(absent) and all(
            gone or parse_amount(raw) == 0 for gone, raw in zip(absent, money, strict=True)
        )


def _pieces(raw: object) -> Decimal:
    """Return a quantity. Raises ValueError, also for more than any stock can hold."""
    quantity = exact(raw)
    if abs(quantity) > MOST_PIECES:
        raise ValueError(str(quantity))
    return quantity


class AmountReader:
    """Reads an order's numbers, and lists those that cannot be read with their text."""

    def __init__(self) -> None:
        self.unreadable: list[Unreadable] = []

    def number(self, name: str, raw: object) -> Decimal | None:
        """Return a number, None where it cannot be read; `name` names it then."""
        return self._read(name, raw, _pieces)

    def money(self, name: str, raw: object) -> Decimal | None:
        """Return an amount; likewise."""
        return self._read(name, raw, exact_money)

    def optional_money(self, name: str, raw: object) -> Decimal | None:
        """Return an amount that may be absent; likewise."""
        return None if raw is None else self.money(name, raw)

    def forget_absent(self, lines: Iterable[str]) -> None:
        """Remove the absent amounts of lines that are gifts; `lines` name them, such as `products[0]`."""
        gifts = {f"{line}.{key}" for line in lines for key in ("price", "total_price")}
        self.unreadable = [one for one in self.unreadable if one.field not in gifts]

    def _read(self, name: str, raw: object, parse: Callable[[object], Decimal]) -> Decimal | None:
        try:
            return parse(raw)
        except (ValueError, DecimalException):
            text = "" if raw is None else line_of_text(str(raw))[:EXCERPT]
            self.unreadable.append(Unreadable(Unread.AMOUNT if text else Unread.NO_AMOUNT, name, text))
            return None


@dataclass(frozen=True, slots=True)
class OrderSums:
    """The sums of an order as Prom shows them, None where one is absent or cannot be read.

    `reduced` is the price with a special offer, `discount` what the offer takes off, 0 without one.
    """

    price: Decimal | None
    full: Decimal | None
    reduced: Decimal | None
    discount: Decimal


@dataclass(frozen=True, slots=True)
class OrderTotal:
    """What the buyer pays, None where no sum can be read, and the discount in it.

    `inferred` is whether Prom shows that discount only by a price below the lines, `explained` whether lines,
    discount and delivery come to the amount.
    """

    amount: Decimal | None
    discount: Decimal
    inferred: bool
    explained: bool


def total_of(sums: OrderSums, lines: Decimal, delivery_cost: Decimal) -> OrderTotal:
    """Return what the buyer pays for lines that come to a sum, and for their delivery.

    Which of the sums includes discount and delivery is not recorded (prom-api §5.5), so the one that equals
    the sum of the lines is taken; where none does, the full price, and a finding is made of it later. A cost
    of delivery below 0 is a discount where the sum shows it, and nothing otherwise.
    """
    delivery, rebate = max(delivery_cost, ZERO), max(-delivery_cost, ZERO)
    discount, inferred = sums.discount, False
    if not discount and sums.price is not None and lines > sums.price:
        discount = lines - sums.price
        inferred, rebate = discount != rebate, ZERO
    candidates = [amount for amount in (sums.full, sums.reduced, sums.price) if amount is not None]
    for reduction in dict.fromkeys((discount + rebate, discount)):
        payable = (lines - reduction + delivery, lines - reduction)
        matching = [amount for expected in payable for amount in candidates if amount == expected]
        if matching:
            return OrderTotal(matching[0], reduction, inferred, explained=not inferred)
    return OrderTotal(next(iter(candidates), None), discount, inferred, explained=False)
