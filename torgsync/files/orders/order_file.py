"""Order files for Torgsoft: one JSON file for each order; and orders as CSV, for people.

Source: docs/developers/torgsoft.md §12 and §17 no. 25-28.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import tzinfo
from decimal import Decimal
from typing import Any, TypeVar

from torgsync.core.orders.clients import client_of
from torgsync.core.orders.lines import free_lines
from torgsync.core.orders.order import Buyer, Line, Order, Recipient
from torgsync.core.orders.phones import normal_phone
from torgsync.core.text import one_line

_Texts = TypeVar("_Texts", Order, Buyer, Recipient, Line)

SALE_TYPE = "1"

CSV_COLUMNS = (
    "order", "placed", "status", "client", "phone", "email", "delivery", "address", "recipient", "parcel",
    "payment", "good_id", "sku", "name", "price", "count", "line_total", "discount", "delivery_cost", "total",
    "currency", "note",
)  # fmt: skip


def order_file_name(order_id: str, kind: str = "json") -> str:
    """Return the name of an order's file."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in order_id)
    return f"order-{safe}.{kind}"


def order_of_file(name: str) -> str:
    """Return the number of the order in the name of a file, with any ending."""
    return name.removeprefix("order-").partition(".")[0]


def order_json(order: Order, clock: tzinfo, marketplace: str) -> bytes:
    """Return the content of an order's file: UTF-8 without a byte order mark."""
    document = order_document(order, clock, marketplace)
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def order_number_in(content: bytes) -> str | None:
    """Return the number of the order that a file holds; None where it is empty, cut, or holds none."""
    try:
        document = json.loads(content)
    except ValueError:  # cut in mid-letter too
        return None
    options = document.get("Options") if isinstance(document, dict) else None
    number = options.get("OrderNumber") if isinstance(options, dict) else None
    return number if isinstance(number, str) else None


def order_document(order: Order, clock: tzinfo, marketplace: str) -> dict[str, object]:
    """Return an order in Torgsoft's format: every number a string with a point, times in the zone `clock`.

    `marketplace` is what the shop's is called before the number of an order.

    The format has no field for payment, discount, delivery price or recipient, so `Comment` holds them
    (torgsoft §12.3), and the lines without a good id, free ones among them. A second phone is left out where
    there is none.
    """
    order = _readable(order)
    buyer = client_of(order.buyer)
    other = normal_phone(order.recipient.phone)
    client = {
        "Name": buyer.name,
        "MPhone": buyer.phone,
        **({"CPhone": other} if other not in ("", buyer.phone) else {}),
        "EMail": buyer.email,
        "Address": order.delivery_address,
    }
    options = {
        "SaleType": SALE_TYPE,
        "Comment": _comment(order, marketplace),
        "OrderNumber": order.id,
        "DeliveryCondition": order.delivery_name,
        "DeliveryAddress": order.delivery_address,
        "OrderDate": f"{order.created.astimezone(clock):%Y-%m-%d %H:%M:%S}",
        "CurrencyInternationalCode": order.currency,
    }
    return {
        "Client": client,
        "Options": options,
        "Goods": [
            {"GoodID": line.good_id, "Price": _plain(line.price), "Count": _plain(line.quantity)}
            for line in order.lines
            if line.good_id
        ],
    }


def _comment(order: Order, marketplace: str) -> str:
    parts = [f"{marketplace} {order.id}", order.payment_name]
    if order.delivery_cost:
        parts.append(f"доставка {_plain(order.delivery_cost)}")
    if order.discount:
        code = f" за промокодом {order.promo_code}" if order.promo_code else ""
        parts.append(f"знижка {_plain(order.discount)}{code}")
    if order.recipient.full_name not in ("", order.buyer.full_name):
        parts.append(f"отримувач {order.recipient.full_name} {normal_phone(order.recipient.phone)}".strip())
    if order.parcel:
        parts.append(f"ТТН {order.parcel}")
    free = free_lines(order)
    parts += [
        f"невідомий товар: {line.name} x {_plain(line.quantity)} по {_plain(line.price)}"
        for line in order.lines
        if not line.good_id and line not in free
    ]
    parts += [f"безкоштовно: {line.name} x {_plain(line.quantity)}" for line in free]
    return "; ".join(filter(None, [*parts, order.note]))


def order_csv(order: Order, clock: tzinfo) -> bytes:
    """Return an order as CSV for spreadsheets: a row for each line, `;`, UTF-8 with a byte order mark."""
    return orders_csv([order], clock).encode("utf-8-sig")


def orders_csv(orders: Iterable[Order], clock: tzinfo) -> str:
    """Return orders as the text of one CSV with a header and a row for each line of an order."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for order in orders:
        writer.writerows(map(_harmless, row) for row in _csv_rows(_readable(order), clock))
    return out.getvalue()


def _csv_rows(order: Order, clock: tzinfo) -> Iterator[tuple[str, ...]]:
    buyer = client_of(order.buyer)
    for line in order.lines:
        yield (
            order.id, order.created.astimezone(clock).isoformat(timespec="seconds"), order.shown,
            buyer.name, buyer.phone, buyer.email, order.delivery_name, order.delivery_address,
            order.recipient.full_name, order.parcel, order.payment_name, line.good_id, line.sku, line.name,
            _plain(line.price), _plain(line.quantity), _plain(line.total), _plain(order.discount),
            _plain(order.delivery_cost), "" if order.total is None else _plain(order.total),
            order.currency, order.note,
        )  # fmt: skip


def _readable(order: Order) -> Order:
    """Return an order whose texts are lines: neither line ends nor signs that turn what follows them.

    Buyers may write anything, and nothing is known of what Torgsoft makes of such signs.
    """
    return replace(
        _lines_of(order),
        buyer=_lines_of(order.buyer),
        recipient=_lines_of(order.recipient),
        lines=tuple(map(_lines_of, order.lines)),
    )


def _lines_of(part: _Texts) -> _Texts:
    values = ((field.name, getattr(part, field.name)) for field in fields(part))
    texts: dict[str, Any] = {name: one_line(text) for name, text in values if type(text) is str}
    return replace(part, **texts)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: buyers may write anything."""
    signed = text[:1] in ("+", "-") and not text[1:].replace(".", "", 1).isdecimal()
    return f"'{text}" if signed or text[:1] in ("=", "@", "\t") else text


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}" if number == number.to_integral_value() else f"{number:f}"
