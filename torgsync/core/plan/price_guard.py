"""The guard of prices: holds a move past its limits, and one that looks like a slip whatever the limits are.

Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from torgsync.core.config.settings import Limits
from torgsync.core.plan.diff import Change, Verb, buyer_price
from torgsync.core.plan.guards import Cause, Guard, GuardViolation, PriceMove
from torgsync.core.product.fields import Value
from torgsync.core.reason import Reason

PRICE_FIELDS = ("price", "discount")
_FACTORS = (10, 100, 1000)
_NEAR = Decimal("0.01")
_CURRENCY_RATES = ((Decimal(35), Decimal(46), "USD"), (Decimal(46), Decimal(60), "EUR"))
"""From and up to how many hryvnias a unit of the currency may cost."""


def price_violation(
    good_id: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    limits: Limits,
    quantity: int | None = None,
) -> GuardViolation | None:
    """Return why a product's new price is held, None where it may go.

    Args:
        good_id: The good, which the violation names.
        old: The product's values on Prom, keyed by field. Without a price, only 0 or less is suspicious.
        new: The values that would be sent; what a buyer pays is compared, discount included.
        limits: By which shares a price may fall and rise.
        quantity: The stock in the export, None where it has none.
    """
    before, after = buyer_price(old), buyer_price({**old, **new})
    if after is None or before == after:
        return None
    if after <= 0:
        cause = Cause.EQUALS_QUANTITY if after == quantity else Cause.EMPTY_PRICE
        return GuardViolation(Guard.PRICE, PriceMove(None, after), Reason(cause), good_id)
    if before is None or before <= 0:
        return None
    move = PriceMove(
        before,
        after,
        -limits.price_drop,
        limits.price_rise,
        discounted=(before, after) != (old.get("price"), new.get("price", old.get("price"))),
    )
    slip = _slip(before, after)
    if move.lowest <= move.share <= move.highest and not slip:
        return None
    if after == quantity:
        slip = Reason(Cause.EQUALS_QUANTITY)
    return GuardViolation(Guard.PRICE, move, slip or Reason(Cause.MISTYPED_PRICE), good_id)


def zero_price_violation(good_id: str) -> GuardViolation:
    """Return the violation of a good on Prom whose price in the export is 0 or less: nothing allows that."""
    return GuardViolation(Guard.PRICE, PriceMove(None, None), Reason(Cause.ZERO_PRICE), good_id)


def _slip(before: Decimal, after: Decimal) -> Reason[Cause] | None:
    """Return what a jump looks like: a slipped decimal point, another currency, or neither."""
    high, low = max(before, after), min(before, after)
    ratio, direction = high / low, "lower" if after < before else "higher"
    for factor in _FACTORS:
        if abs(ratio / factor - 1) <= _NEAR:
            return Reason(Cause.DECIMAL_POINT, {"factor": factor, "direction": direction})
    for least, most, currency in _CURRENCY_RATES:
        if least <= ratio <= most:
            factor = int(f"{ratio:.0f}")
            return Reason(Cause.CURRENCY, {"factor": factor, "direction": direction, "currency": currency})
    return None


def hold_price(change: Change) -> tuple[Change, ...]:
    """Return a change with a suspicious price in two: the price is held, of a creation everything."""
    if change.verb is Verb.CREATE:
        return change.split(change.fields, Guard.PRICE)
    return change.split(PRICE_FIELDS, Guard.PRICE)
