"""What a shop adds to its prices and how it rounds them, step by step.

Applied alike to price, sale price and wholesale price, before they are compared. Source: `[prices]` of the
sync object; without it a price is rounded to the kopiyka and nothing else.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from torgsync.core.config.settings import Prices
from torgsync.core.product.fields import CENT


class PriceRule(StrEnum):
    """A rule of `[prices]`."""

    MARKUP = "markup"
    ROUND = "round"


class PriceStep(NamedTuple):
    """One rule that changed a price.

    `setting` is what the rule is set to: the percent of a markup with its sign, `+5`, or the step or ending
    to which a price is rounded, `5` or `.99`.
    """

    rule: PriceRule
    setting: str
    before: Decimal
    after: Decimal


class Priced(NamedTuple):
    """A price to two places, 0.00 where there is none, and the rules that made it, in their order."""

    value: Decimal
    steps: tuple[PriceStep, ...] = ()


class Pricing:
    """The rules of one shop."""

    def __init__(self, prices: Prices) -> None:
        self._markup = prices.markup
        self._to = prices.round
        self._step = smallest_power_above(prices.round)
        self._is_step = self._step % prices.round == 0
        self._percent = f"{_short(self._markup * 100):+f}"
        self._ending = f"{self._to:f}" if self._is_step else f"{self._to:f}".removeprefix("0")

    def apply(self, amount: Decimal) -> Priced:
        """Return the price that the rules make of an amount; a rule that changed nothing is no step.

        What rounds to nothing is no price, so no ending can make one of it.
        """
        steps = []
        marked = amount * (1 + self._markup)
        if marked != amount:
            steps.append(PriceStep(PriceRule.MARKUP, self._percent, amount, marked))
        value = self._round(marked)
        if value != marked:
            steps.append(PriceStep(PriceRule.ROUND, self._ending, marked, value))
        return Priced(value, tuple(steps))

    def _round(self, amount: Decimal) -> Decimal:
        cents = amount.quantize(CENT, ROUND_HALF_UP)
        if cents <= 0:
            return cents
        if self._is_step:
            count = (amount / self._to).to_integral_value(ROUND_HALF_UP)
            return (count * self._to).quantize(CENT)
        count = ((amount - self._to) / self._step + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
        return (max(count, Decimal(0)) * self._step + self._to).quantize(CENT)


def smallest_power_above(number: Decimal) -> Decimal:
    """Return the smallest power of ten greater than a number above zero: 10 for 9.99, 100 for 10."""
    return Decimal(1).scaleb(number.adjusted() + 1)


def _short(number: Decimal) -> Decimal:
    return number.normalize() if number % 1 else number.quantize(Decimal(1))
