"""What an order costs the seller, as the Order object shows it (prom-api §5.6)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from torgsync.sandbox.shop.products import KOPIYKA

Json = dict[str, Any]

_CHEAP_DELIVERY = {"ru": "Дешевая доставка", "uk": "Дешева доставка"}


def plain_money(amount: Decimal) -> str:
    """Write a commission as orders show it: a decimal with a point."""
    return str(amount.quantize(KOPIYKA, ROUND_HALF_UP))


def site_commission_json(amount: Decimal | None) -> Json | None:
    """Return the commission for an order from the shop's own site."""
    if amount is None:
        return None
    value = int(amount) if amount == int(amount) else float(amount)
    return {"value": value, "type": 2, "title": "Комісія за замовлення з сайту"}


def instalments_json(amount: str | None) -> Json:
    """Return the part of the payment's data that is there for instalments; `commission` is a percentage."""
    return {} if amount is None else {"rpay_parts": {"commission": 3.5, "commission_amount": amount}}


def promotion_json(language: str) -> Json:
    """Return the promotion of cheap delivery; the API gives no amount."""
    return {"name": _CHEAP_DELIVERY[language], "conditions": []}
