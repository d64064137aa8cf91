"""What is sold on Prom.ua is not offered again before the accounting program knows of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
import schemas
from homes import Home
from schemas import valid


@pytest.fixture
def sold(filled: Home) -> Home:
    """Two pieces of 26926 were ordered after the export was written; 15 are in stock."""
    earlier = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    os.utime(filled.export, (earlier, earlier))
    filled.market.place_order([("26926", 2)])
    return filled


def stock(home: Home) -> tuple[int | None, str]:
    product = home.market.product("26926")
    return product.quantity_in_stock, product.presence


def export_again(home: Home) -> None:
    """Have the accounting program write its export after now."""
    later = (datetime.now(UTC) + timedelta(minutes=1)).timestamp()
    os.utime(home.export, (later, later))


def test_pieces_that_the_export_cannot_know_are_kept_back(sold: Home) -> None:
    """They come off the stock that is sent, once; the plan and `why` tell of which orders."""
    ran = sold.sync()
    valid(ran.json, schemas.SYNC)
    assert stock(sold) == (13, "available")
    (found,) = [finding for finding in ran.json["findings"] if finding["code"] == "stock-reserved"]
    assert "2 pieces sold on Prom, which the export lacks; 13 of 15 offered" in found["message"]
    why = sold.run("why", "26926", "--format", "json").json["good"]
    assert [item["quantity"] for item in why["sold"]] == [2.0]
    assert "sold: 2 in order " in sold.run("why", "26926").out
    sold.market.log.clear()
    again = sold.sync()
    assert (again.json["counts"]["update"], sold.writes(), stock(sold)) == (0, [], (13, "available"))


def test_an_order_that_still_lies_in_the_outbox(sold: Home) -> None:
    """Even an export written later does not know it, until Torgsoft took its file and wrote once more."""
    sold.sync()
    export_again(sold)
    sold.sync()
    assert stock(sold) == (13, "available")
    for file in (sold.folder / "outbox" / "my-prom").iterdir():
        file.unlink()
    sold.sync()
    assert stock(sold) == (15, "available")


def test_all_of_it_is_sold(filled: Home) -> None:
    """More than there is leaves nothing, and nothing is not available."""
    filled.market.place_order([("26926", 99)])
    filled.run("sync", "--yes", "--only", "orders")
    plan = filled.run("update", "--format", "json").json
    (change,) = plan["changes"]
    assert change["fields"]["quantity"] == {"old": 15, "new": 0}
    filled.sync()
    assert stock(filled) == (0, "not_available")


def test_an_order_that_is_called_off(sold: Home) -> None:
    """Its pieces are offered again."""
    sold.sync()
    (order,) = sold.run("orders", "list", "--format", "json").json["orders"]
    sold.market.cancel_order(int(order["id"]))
    sold.sync()
    assert stock(sold) == (15, "available")


def test_an_order_that_is_delivered_before_its_file_is_due(sold: Home) -> None:
    """Torgsoft gets it all the same, and its pieces are kept back until then."""
    sold.sync()
    number = sold.market.place_order([("26926", 1)])
    sold.market.set_order_status(number, "delivered")
    ran = sold.sync()
    assert (ran.code, ran.json["orders"]["files"], stock(sold)) == (8, 1, (12, "available"))
    export_again(sold)
    sold.sync()
    assert stock(sold) == (12, "available")


def test_orders_that_were_delivered_before_the_first_fetch(filled: Home) -> None:
    """They are taken to be in Torgsoft; later ones are not."""
    filled.market.set_order_status(filled.market.place_order([("26926", 1)]), "delivered")
    first = filled.run("orders", "fetch", "--format", "json").json
    assert filled.run("orders", "list", "--held", "--format", "json").json["orders"] == []
    assert not list((filled.folder / "outbox").rglob("*.json")), first
