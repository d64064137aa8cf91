"""The files that Torgsoft reads: one order each, in the form of the vendor's sample."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from builders import order
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.orders.order import Recipient
from torgsync.files.orders.order_file import (
    CSV_COLUMNS,
    order_csv,
    order_document,
    order_file_name,
    order_json,
    order_of_file,
)

(LINE,) = order().lines


def test_the_form_is_torgsofts() -> None:
    """Numbers are strings with a point, the time is the shop's, nothing is invented."""
    found = order(buyer=replace(order().buyer, phone="050 000-00-01"))
    assert order_document(found, SHOP_ZONE, "Prom") == {
        "Client": {
            "Name": "Тестовий Іван",
            "MPhone": "+380500000001",
            "EMail": "buyer@example.com",
            "Address": "Київ, відділення 3",
        },
        "Options": {
            "SaleType": "1",
            "Comment": "Prom 300000001; Накладений платіж",
            "OrderNumber": "300000001",
            "DeliveryCondition": "Нова Пошта",
            "DeliveryAddress": "Київ, відділення 3",
            "OrderDate": "2026-03-02 14:00:00",
            "CurrencyInternationalCode": "UAH",
        },
        "Goods": [{"GoodID": "17", "Price": "100", "Count": "2"}],
    }


def test_what_the_form_lacks_stands_in_the_comment() -> None:
    """Payment, delivery price, discount with its code, another recipient, parcel, unknown goods, the note."""
    found = order(
        delivery_cost=Decimal("80.50"), discount=Decimal(20), promo_code="ЗИМА", parcel="20450000000000",
        recipient=Recipient("Олена", "", "Вигадана", "0500000002"), note="подзвоніть після 18",
        lines=(LINE, replace(LINE, good_id="", name="Щось", quantity=Decimal("1.5"))),
    )  # fmt: skip
    document = json.loads(order_json(found, SHOP_ZONE, "Prom"))
    assert document["Options"]["Comment"].split("; ") == [
        "Prom 300000001",
        "Накладений платіж",
        "доставка 80.50",
        "знижка 20 за промокодом ЗИМА",
        "отримувач Вигадана Олена +380500000002",
        "ТТН 20450000000000",
        "невідомий товар: Щось x 1.5 по 100",
        "подзвоніть після 18",
    ]
    assert document["Client"]["CPhone"] == "+380500000002"
    assert [good["GoodID"] for good in document["Goods"]] == ["17"]


def test_free_lines_that_are_no_goods_stand_in_the_comment() -> None:
    """A gift that is a good of the accounting program is handed out like any other."""
    gift = replace(LINE, good_id="", name="Листівка", quantity=Decimal(1), price=Decimal(0), total=Decimal(0))
    found = order(lines=(LINE, gift, replace(gift, good_id="18")))
    document = json.loads(order_json(found, SHOP_ZONE, "Prom"))
    comment = "Prom 300000001; Накладений платіж; безкоштовно: Листівка x 1"
    assert document["Options"]["Comment"] == comment
    assert [(good["GoodID"], good["Price"]) for good in document["Goods"]] == [("17", "100"), ("18", "0")]


@pytest.mark.parametrize(
    ("utc", "local"),
    [("2026-03-29T00:30", "2026-03-29 02:30:00"), ("2026-03-29T01:30", "2026-03-29 04:30:00")],
)
def test_the_hour_that_is_left_out_is_left_out(utc: str, local: str) -> None:
    """Times are those of the shop's clock, also in the night in which it is put forward."""
    found = order(created=datetime.fromisoformat(utc).replace(tzinfo=UTC))
    options = order_document(found, SHOP_ZONE, "Prom")["Options"]
    assert isinstance(options, dict)
    assert options["OrderDate"] == local


@given(st.decimals(0, 10**9, places=2) | st.decimals(0, 10**6, places=3))
def test_numbers_are_exact(amount: Decimal) -> None:
    """No exponent, no comma, the same number when it is read back."""
    document = json.loads(order_json(order(lines=(replace(LINE, price=amount),)), SHOP_ZONE, "Prom"))
    (good,) = document["Goods"]
    assert Decimal(good["Price"]) == amount
    assert set(good["Price"]) <= set("0123456789.")


def test_a_name_is_fit_for_any_folder() -> None:
    """Numbers stay; every other character becomes an underscore."""
    assert order_file_name("300000001") == "order-300000001.json"
    assert order_file_name("../П 1", "csv") == "order-___П_1.csv"
    assert order_of_file(f"{order_file_name('300000001')}.tmp") == "300000001"


def test_an_order_as_csv_opens_in_a_spreadsheet() -> None:
    """A row a line, `;`, UTF-8 with its mark; what looks like a formula is none."""
    found = order(
        note='=HYPERLINK("x")', delivery_address="-1; «Прованс»",
        lines=(LINE, replace(LINE, good_id="18", name="+5 шт")), total=None,
    )  # fmt: skip
    raw = order_csv(found, SHOP_ZONE)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [(row["good_id"], row["name"], row["price"], row["count"]) for row in rows] == [
        ("17", "Капці", "100", "2"),
        ("18", "'+5 шт", "100", "2"),
    ]
    assert (rows[0]["note"], rows[0]["address"]) == ('\'=HYPERLINK("x")', "'-1; «Прованс»")
    assert (rows[0]["phone"], rows[0]["total"]) == ("+380500000001", "")
    assert rows[0]["placed"] == "2026-03-02T14:00:00+02:00"


@pytest.mark.parametrize("odd", ["\u202e", "\u2066", "\u200f", "\u2028", "\r\n", "\x1b", "\x85"])
def test_texts_of_a_buyer_are_lines(odd: str) -> None:
    """Line ends and signs of direction reach neither Torgsoft nor a spreadsheet."""
    text = f"Київ{odd}3"
    person = Recipient(text, text, text, text)
    found = order(
        buyer=replace(order().buyer, first_name=text, phone=text, email=text), recipient=person, note=text,
        delivery_address=text, delivery_name=text, payment_name=text, parcel=text, promo_code=text,
        lines=(LINE, replace(LINE, good_id="", name=text, sku=text)), discount=Decimal(1),
    )  # fmt: skip
    document = order_document(found, SHOP_ZONE, "Prom")
    for value in (value for part in ("Client", "Options") for value in document[part].values()):  # type: ignore[attr-defined]
        assert value.isprintable()
    rows = csv.reader(io.StringIO(order_csv(found, SHOP_ZONE).decode("utf-8-sig"), newline=""), delimiter=";")
    assert all(cell.isprintable() for row in rows for cell in row)
