"""Order files for Torgsoft: one JSON file an order, written whole or not at all, and never twice.

Source: reference/torgsoft.md §12 and §17 no. 25-28.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from torgsync.core.trade import Client, Order
from torgsync.core.zone import SHOP_ZONE
from torgsync.files.objects import replace_text

SALE_TYPE = "1"


def order_file_name(order: Order) -> str:
    """Return the name of an order's file."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in order.id)
    return f"order-{safe}.json"


def write_order(outbox: Path, order: Order, client: Client) -> str:
    """Write an order's file and return its name. A file that lies there already is left as it is."""
    name = order_file_name(order)
    place = outbox / name
    if not place.exists():
        replace_text(place, json.dumps(order_document(order, client), ensure_ascii=False, indent=2) + "\n")
    return name


def order_document(order: Order, client: Client) -> dict[str, object]:
    """Return an order in Torgsoft's form: every number a string with a point, times of the shop.

    The form knows neither payment nor discount nor delivery price, so they travel in `Comment` (§12.3).
    """
    return {
        "Client": {
            "Name": client.name,
            "MPhone": client.phone,
            "EMail": client.email,
            "Address": order.delivery_address,
        },
        "Options": {
            "SaleType": SALE_TYPE,
            "Comment": _comment(order),
            "OrderNumber": order.id,
            "DeliveryCondition": order.delivery_name,
            "DeliveryAddress": order.delivery_address,
            "OrderDate": _shop_time(order.created),
            "CurrencyInternationalCode": order.currency,
        },
        "Goods": [
            {"GoodID": line.good_id, "Price": _plain(line.price), "Count": _plain(line.quantity)}
            for line in order.lines
        ],
    }


def _comment(order: Order) -> str:
    parts = [f"Prom {order.id}"]
    if order.payment_name:
        parts.append(order.payment_name)
    if order.delivery_cost:
        parts.append(f"доставка {_plain(order.delivery_cost)}")
    if order.discount:
        parts.append(f"знижка {_plain(order.discount)}")
    if order.note:
        parts.append(order.note)
    return "; ".join(parts)


def _shop_time(moment: datetime) -> str:
    return moment.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}" if number == number.to_integral_value() else f"{number:f}"
