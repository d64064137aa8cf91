"""The lines of orders in the forms that are known or feared (prom-api §5.5, §13).

A product that was deleted takes its ids away from the lines of its orders; a gift may have no money; and a
fault leaves out the lines of an order altogether.
"""

from __future__ import annotations

from collections.abc import Iterable

from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.faults import FaultHit
from torgsync.sandbox.shop.orders import FREE_TEXT_ID, GIFT
from torgsync.sandbox.shop.shop import Shop


def with_lines(shop: Shop, orders: Iterable[Json], hit: FaultHit | None) -> list[Json]:
    """Return orders with their lines as the switches of the shop and a fault make them."""
    shaped = list(orders)
    for number, order in enumerate(shaped, 1):
        for line in order["products"]:
            _shape_line(shop, line)
        if hit and hit.fault.does == "no-lines" and hit.affects(number):
            _leave_out(order, hit.fault.lines or "absent")
    return shaped


def _shape_line(shop: Shop, line: Json) -> None:
    quirks, product_id = shop.quirks, line["id"]
    if product_id == GIFT.product_id:
        line["isGift"] = True
        if quirks.gifts == "null":
            line.update(price=None, total_price=None)
    elif product_id == FREE_TEXT_ID:
        return
    elif quirks.deleted_lines != "whole" and shop.catalog.products.find(product_id) is None:
        line.update(id=None, sku=None, url=None)
        if quirks.deleted_lines == "no-ids":
            line["external_id"] = None


def _leave_out(order: Json, form: str) -> None:
    if form == "absent":
        del order["products"]
    else:
        order["products"] = [] if form == "empty" else None
