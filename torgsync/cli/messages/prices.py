"""How a price came to be, in words."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from torgsync.core.product.fields import CENT


def price_step(rule: str, setting: str, before: Decimal, after: Decimal) -> str:
    """Return one rule of `[prices]` that changed a price: `markup +5 %: 100.00 -> 105.00`."""
    how = f"markup {setting} %" if rule == "markup" else f"rounded to {setting}"
    return f"{how}: {_money(before)} -> {_money(after)}"


def _money(amount: Decimal) -> str:
    """Return an amount with two places, or with all it has where it has more."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{cents if cents == amount else amount.normalize():f}"
