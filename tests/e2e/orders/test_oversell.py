"""What is sold on Prom.ua is not offered again before the accounting program knows of it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import schemas
from homes import Home
from schemas import valid


@pytest.fixture
def sold(filled: Home) -> Home:
    """Two pieces of 26926 were ordered after the export was written; 15 are in stock."""
    earlier = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    os.utime(filled.export, (earlier, earlier))
    filled.sandbox.place_order([("26926", 2)])
    return filled


def stock(home: Home) -> tuple[int | None, str]:
    product = home.sandbox.product("26926")
    return product.quantity_in_stock, product.presence


def grow(home: Home, number: int, quantity: int) -> None:
    """Have the seller make it more pieces of the first line of an order."""
    shop = home.sandbox
    order = shop.order(number)
    line = replace(order.lines[0], quantity=Decimal(quantity))
    changed = replace(order, lines=(line, *order.lines[1:]), date_modified=shop.now())
    shop.orders.replace(changed)


def foreign(home: Home) -> int:
    """A product that the accounting program does not know, in Prom's number."""
    return home.sandbox.add_product(None, name="Без номера", price=Decimal(10))


def export_again(home: Home) -> None:
    """Have the accounting program write its export after now."""
    later = (datetime.now(UTC) + timedelta(minutes=1)).timestamp()
    os.utime(home.export, (later, later))


def test_pieces_that_the_export_cannot_know_are_kept_back(sold: Home) -> None:
    """They are subtracted once from the stock that is sent; the plan and `why` name the orders."""
    ran = sold.sync()
    valid(ran.json, schemas.SYNC)
    assert stock(sold) == (13, "available")
    (found,) = [finding for finding in ran.json["findings"] if finding["code"] == "stock-reserved"]
    assert "2 pieces sold on Prom.ua and still in the export's stock; 13 of 15 offered" in found["message"]
    why = sold.run("why", "26926", "--format", "json").json["good"]
    assert [item["quantity"] for item in why["sold"]] == [2.0]
    assert why["desired"]["quantity"] == 13
    assert "sold: 2 in order " in sold.run("why", "26926").out
    sold.sandbox.log.clear()
    again = sold.sync()
    assert (again.json["counts"]["update"], sold.writes(), stock(sold)) == (0, [], (13, "available"))


def test_an_order_that_is_still_in_the_outbox(sold: Home) -> None:
    """Its pieces are kept back until Torgsoft took its file and wrote another export."""
    sold.sync()
    export_again(sold)
    sold.sync()
    assert stock(sold) == (13, "available")
    for file in (sold.folder / "outbox" / "my-prom").iterdir():
        file.unlink()
    sold.sync()
    assert stock(sold) == (15, "available")


def test_an_order_that_is_delivered_before_its_file_is_due(sold: Home) -> None:
    """Torgsoft gets it all the same, and its pieces are kept back until then."""
    sold.sync()
    number = sold.sandbox.place_order([("26926", 1)])
    sold.sandbox.set_order_status(number, "delivered")
    ran = sold.sync()
    assert (ran.code, ran.json["orders"]["files"], stock(sold)) == (8, 1, (12, "available"))
    export_again(sold)
    sold.sync()
    assert stock(sold) == (12, "available")


def test_orders_that_were_delivered_before_the_first_fetch(home: Home) -> None:
    """They are taken to be in Torgsoft; those that came after it began, though it broke off, are not."""
    alien = foreign(home)
    before = home.sandbox.place_order([(alien, 1)])
    home.sandbox.set_order_status(before, "delivered")
    home.misbehave("GET orders/list 503")
    assert home.run("orders", "fetch").code == 5
    after = home.sandbox.place_order([(alien, 1)])
    home.sandbox.set_order_status(after, "delivered")
    home.misbehave()
    home.run("orders", "fetch")
    held = {row["id"]: row["held"] for row in home.run("orders", "list", "--format", "json").json["orders"]}
    assert "before orders were fetched for the first time" in held[str(before)]
    assert "before orders were fetched for the first time" not in (held[str(after)] or "")


def test_an_order_that_waits_for_a_person(sold: Home) -> None:
    """No export can know it, however new, until a person says that it was entered."""
    sold.sync()
    number = str(sold.sandbox.place_order([("26926", 1), (foreign(sold), 1)]))
    assert sold.sync().code == 8
    assert stock(sold) == (12, "available")
    export_again(sold)
    assert sold.sync().code == 8
    assert stock(sold) == (12, "available")
    assert sold.run("orders", "done", number).code == 0
    export_again(sold)
    os.utime(sold.export, ((datetime.now(UTC) + timedelta(hours=1)).timestamp(),) * 2)
    sold.sync()
    assert stock(sold) == (13, "available")


def test_an_order_that_grew_after_torgsoft_took_it(sold: Home) -> None:
    """What Torgsoft lacks of it is kept back until a person says that it was changed there."""
    sold.sync()
    for file in (sold.folder / "outbox" / "my-prom").iterdir():
        file.unlink()
    (order,) = sold.run("orders", "list", "--format", "json").json["orders"]
    sold.sync()
    later = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    os.utime(sold.export, (later, later))
    sold.sync()
    assert stock(sold) == (15, "available")
    grow(sold, int(order["id"]), 5)
    assert sold.sync().code == 8
    assert stock(sold) == (12, "available")
    sold.run("orders", "done", order["id"])
    os.utime(sold.export, (later + 60, later + 60))
    sold.sync()
    assert stock(sold) == (15, "available")
