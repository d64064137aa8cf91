"""Other forms of an answer that were recorded: older ones, and those of other shops (prom-api §13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from torgsync.sandbox.answer_quirks import AnswerQuirks
from torgsync.sandbox.api.answers import HRYVNIA, Json, money
from torgsync.sandbox.api.call import rounded_to_hour

# Numbers that may have decimals; ids and pieces in stock are always integers.
DECIMALS = frozenset({"price", "quantity", "delivery_cost", "minimum_order_quantity", "value"})
# Orders of 2023 have no such keys.
NEWER_ORDER_KEYS = ("cancellation", "client", "delivery_recipient", "prosale_commission")
# How long an order has no Ref of its warehouse where it comes later.
REF_DELAY = timedelta(minutes=5)
# How other marketplaces write their money.
SIGNS = {"satu.kz": "₸", "deal.by": "руб.", "prom.md": "лей"}


def shaped(answer: Json, quirks: AnswerQuirks, now: datetime) -> Json:
    """Return an answer in the form that the switches ask for; the answer itself may be changed."""
    for order in _listed(answer, "order"):
        _shape_order(order, quirks, now)
    if quirks.product_dates == "hour":
        for product in _listed(answer, "product"):
            moment = datetime.fromisoformat(product["date_modified"])
            product["date_modified"] = rounded_to_hour(moment).isoformat(timespec="seconds")
    if quirks.portal in SIGNS:
        for product in _listed(answer, "product"):
            if quirks.portal == "satu.kz" and product["price"] is not None:
                product["price"] = money(Decimal(str(product["price"])), " ")
        _walk(answer, partial(_in_currency, sign=SIGNS[quirks.portal]))
    if quirks.whole_numbers == "float":
        _walk(answer, _as_floats)
    return answer


def _shape_order(order: Json, quirks: AnswerQuirks, now: datetime) -> None:
    data = order["delivery_provider_data"]
    young = now - datetime.fromisoformat(order["date_created"]) < REF_DELAY
    if data and (quirks.warehouse_refs == "never" or (quirks.warehouse_refs == "later" and young)):
        data["recipient_warehouse_id"] = None
        if data["recipient_address"]:
            data["recipient_address"]["warehouse_id"] = None
    if quirks.order_keys == "fewer":
        for key in NEWER_ORDER_KEYS:
            order.pop(key, None)
        if data:
            data.pop("unified_status", None)


def _listed(answer: Json, name: str) -> Iterator[Json]:
    """Yield the objects of a list and that of a single one: `orders` and `order`."""
    if isinstance(one := answer.get(name), dict):
        yield one
    # The products of an order are lines, which have no date: only the outer key counts.
    yield from answer.get(f"{name}s", ())


def _walk(value: Any, change: Callable[[Json], None]) -> None:  # noqa: ANN401 - JSON may be anything
    """Change every object at any depth."""
    if isinstance(value, dict):
        change(value)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _walk(part, change)


def _in_currency(item: Json, *, sign: str) -> None:
    for key, value in item.items():
        if isinstance(value, str) and value.endswith(HRYVNIA):
            item[key] = f"{value.removesuffix(HRYVNIA)}{sign}"


def _as_floats(item: Json) -> None:
    for key in DECIMALS & item.keys():
        if type(item[key]) is int:
            item[key] = float(item[key])
