"""Orders come home: into the state, into files for Torgsoft, and into `torgsync orders`."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from faulty import FaultyMarket, says
from homes import Home

from torgsync.sandbox.orders import CASH_ON_DELIVERY, Buyer

OLENA = Buyer(first_name="Олена", last_name="Вигадана", phone="+380500000001", email="O.V@shop.example")


@pytest.fixture
def mapped(filled: Home) -> Home:
    """The example shop after its first synchronisation, with a place for all money."""
    filled.run("payments", "fetch")
    for method in ("9000001", "9000002", "9000003"):
        filled.run("payments", "map", method, "--cash-register", "Каса 1")
    return filled


def fetch(home: Home) -> dict[str, int]:
    """Bring orders home, and return what came."""
    orders: dict[str, int] = home.sync("--only", "orders").json["orders"]
    return orders


def nothing() -> dict[str, int]:
    """What a fetch tells that brought nothing."""
    names = ("new", "changed", "unmapped", "held", "ambiguous", "accepted", "files", "taken")
    return dict.fromkeys(names, 0)


def files(home: Home) -> dict[str, Any]:
    """The order files, keyed by name."""
    outbox = home.folder / "outbox" / "my-prom"
    return {path.name: json.loads(path.read_bytes()) for path in sorted(outbox.glob("*"))}


def take(home: Home) -> list[str]:
    """Have Torgsoft take all order files, and return their names."""
    taken = sorted((home.folder / "outbox" / "my-prom").glob("*.json"))
    for path in taken:
        path.unlink()
    return [path.name for path in taken]


def versions(home: Home) -> list[tuple[int, str]]:
    """The versions of all orders: number and status."""
    connection = sqlite3.connect(home.folder / "state.db")
    try:
        rows = connection.execute("select version, doc from order_versions order by order_id, version")
        return [(version, json.loads(doc)["status"]) for version, doc in rows]
    finally:
        connection.close()


def test_an_order_becomes_a_file_for_torgsoft(mapped: Home) -> None:
    """One JSON file an order: numbers are strings with a point, what the form lacks stands in the comment."""
    number = mapped.market.place_order(
        [("26901", 1), ("26926", Decimal("2.5"))],
        buyer=OLENA,
        payment_option_id=CASH_ON_DELIVERY.id,
        client_notes="подзвоніть [після] 18",
    )
    ran = mapped.run("sync", "--only", "orders")
    assert (ran.code, ran.lines) == (0, ["orders: 1 new, 0 changed, 1 file for Torgsoft in the outbox"])
    (name,) = files(mapped)
    document = files(mapped)[name]
    placed = document["Options"].pop("OrderDate")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", placed)
    assert (name, document) == (
        f"order-{number}.json",
        {
            "Client": {
                "Name": "Вигадана Олена",
                "MPhone": "+380500000001",
                "EMail": "o.v@shop.example",
                "Address": "м. Львів (Львівська обл.), №1: вул. Тестова, 1",
            },
            "Options": {
                "SaleType": "1",
                "Comment": f"Prom {number}; Накладений платіж; подзвоніть [після] 18",
                "OrderNumber": str(number),
                "DeliveryCondition": "Нова Пошта",
                "DeliveryAddress": "м. Львів (Львівська обл.), №1: вул. Тестова, 1",
                "CurrencyInternationalCode": "UAH",
            },
            "Goods": [
                {"GoodID": "26901", "Price": "1713", "Count": "1"},
                {"GoodID": "26926", "Price": "129", "Count": "2.5"},
            ],
        },
    )
    raw = (mapped.folder / "outbox" / "my-prom" / name).read_bytes()
    assert raw.startswith(b"{")
    assert [path.name for path in (mapped.folder / "outbox" / "my-prom").iterdir()] == [name]


def test_delivery_and_discount_stand_in_the_comment(mapped: Home) -> None:
    """The form has no place for them, and the sum adds up."""
    mapped.market.place_order(
        [("26901", 1)], delivery_cost=Decimal(80), special_offer_discount=Decimal("35.5")
    )
    ran = mapped.run("sync", "--only", "orders")
    assert (ran.code, len(ran.lines)) == (0, 1)
    (document,) = files(mapped).values()
    assert document["Options"]["Comment"].split("; ")[1:] == ["Пром-оплата", "доставка 80", "знижка 35.50"]
    (order,) = mapped.run("orders", "list", "--format", "json").json["orders"]
    assert order["total"] == "1757.50"


def test_the_same_order_again(mapped: Home) -> None:
    """An order that is known as it is writes nothing, neither a version nor a file."""
    mapped.market.place_order([("26901", 1)], buyer=OLENA)
    assert fetch(mapped) == nothing() | {"new": 1, "files": 1}
    (path,) = (mapped.folder / "outbox" / "my-prom").iterdir()
    before = path.stat().st_mtime_ns
    postings = mapped.run("payments", "report").out
    assert fetch(mapped) == nothing()
    assert (versions(mapped), path.stat().st_mtime_ns) == ([(1, "pending")], before)
    assert mapped.run("payments", "report").out == postings


def test_an_order_that_torgsoft_took(mapped: Home) -> None:
    """A file that was taken away is not written a second time, also when the order changes."""
    number = mapped.market.place_order([("26901", 1)])
    fetch(mapped)
    (path,) = (mapped.folder / "outbox" / "my-prom").iterdir()
    path.unlink()
    mapped.market.set_order_status(number, "received")
    assert fetch(mapped)["changed"] == 1
    assert files(mapped) == {}


def test_an_order_that_changed(mapped: Home) -> None:
    """Each change is a new version of the same order, and its money follows."""
    number = mapped.market.place_order([("26901", 2)])
    fetch(mapped)
    mapped.market.pay_order(number)
    assert fetch(mapped) == nothing() | {"changed": 1}
    mapped.market.set_order_status(number, "delivered")
    fetch(mapped)
    assert versions(mapped) == [(1, "pending"), (2, "paid"), (3, "delivered")]
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["expected"], account["received"], account["reversed"]) == ("3426.00", "3426.00", "0.00")
    assert len(files(mapped)) == 1


def test_an_order_cancelled_after_torgsoft_took_it(mapped: Home) -> None:
    """Its reserve must be released by hand, and its money is reversed."""
    number = mapped.market.place_order([("26901", 1)])
    fetch(mapped)
    take(mapped)
    assert fetch(mapped) == nothing() | {"taken": 1}
    mapped.market.cancel_order(number)
    ran = mapped.run("sync", "--only", "orders")
    assert ran.code == 0
    assert f"! order {number} is canceled now: release its reserve in Torgsoft by hand" in ran.lines
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["expected"], account["received"], account["reversed"]) == ("1713.00", "0.00", "1713.00")


def test_an_order_cancelled_before_we_saw_it(mapped: Home) -> None:
    """It is kept, becomes no file, posts nothing, and nobody need do anything about it."""
    number = mapped.market.place_order([("26901", 1)])
    mapped.market.cancel_order(number)
    assert fetch(mapped) == nothing() | {"new": 1}
    (order,) = mapped.run("orders", "list", "--format", "json").json["orders"]
    assert (order["file"], order["held"]) == (None, "it is canceled")
    assert mapped.run("payments", "report").err == "no accounts yet\n"


def test_a_product_that_torgsoft_does_not_know(mapped: Home) -> None:
    """The whole order is held back and told; exit 8."""
    foreign = mapped.market.add_product(None, name="Без номера [/b]", price=Decimal(10))
    number = mapped.market.place_order([("26901", 1), (foreign, 1)])
    ran = mapped.run("sync", "--only", "orders")
    assert (ran.code, files(mapped)) == (8, {})
    assert f"! order {number}: `Без номера [/b]` has no id of the accounting program" in ran.lines
    assert mapped.run("orders", "list").lines[-1].split()[-1] != "written"


def test_an_outbox_that_cannot_be_written(mapped: Home) -> None:
    """The order is kept, the trouble is told without a traceback, and the next run writes the file."""
    (mapped.folder / "outbox").write_text("in the way")
    mapped.market.place_order([("26901", 1)])
    ran = mapped.run("sync", "--only", "orders")
    assert ran.code == 1
    assert "error: `" in ran.err
    assert "cannot be used" in ran.err
    (mapped.folder / "outbox").unlink()
    ran = mapped.run("sync", "--only", "orders")
    assert (ran.code, len(files(mapped))) == (0, 1)


def test_many_orders(mapped: Home) -> None:
    """Every page is read, and the list is newest first."""
    numbers = [mapped.market.place_order([("26926", 1)], buyer=OLENA) for _ in range(105)]
    assert fetch(mapped)["new"] == 105
    listed = mapped.run("orders", "list", "--format", "json").json["orders"]
    assert [int(order["id"]) for order in listed] == sorted(numbers, reverse=True)
    assert len(files(mapped)) == 105


def test_orders_before_goods(hard_filled: Home, faulty: FaultyMarket) -> None:
    """Orders are at home also when goods meet trouble afterwards."""
    faulty.misbehave("POST /products/edit_by_external_id", says(500, {}))
    hard_filled.market.place_order([("26901", 1)], payment_option_id=CASH_ON_DELIVERY.id)
    hard_filled.next_day()
    assert hard_filled.sync().json["orders"]["new"] == 1
    assert len(files(hard_filled)) == 1


def test_a_token_without_the_right_for_orders(mapped: Home) -> None:
    """The missing right is named, and no order file is written."""
    tokens = mapped.market.tokens
    tokens["full"] = replace(tokens["full"], orders="none")
    ran = mapped.run("sync")
    assert ran.code == 4
    assert 'give "Orders" the right "Read only" («Замовлення»: «лише читання»)' in ran.err


def test_the_list_of_orders(mapped: Home) -> None:
    """Table, JSON and CSV tell the same orders."""
    number = mapped.market.place_order([("26901", 1)], buyer=OLENA, paid=True)
    fetch(mapped)
    (order,) = mapped.run("orders", "list", "--format", "json").json["orders"]
    created = order.pop("created")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[23]:00", created)
    assert order == {
        "id": str(number),
        "status": "paid",
        "total": "1713.00",
        "currency": "UAH",
        "payment": "Пром-оплата",
        "client_id": "1",
        "file": f"order-{number}.json",
        "phase": "written",
        "held": None,
        "parcel": None,
    }
    table = mapped.run("orders", "list")
    assert max(map(len, table.lines)) <= 80
    assert table.lines[0].split() == ["order", "placed", "status", "total", "payment", "Torgsoft"]
    assert mapped.run("orders", "list", "--format", "csv").lines[0] == (
        "id,created,status,total,currency,payment,client_id,file,phase,held,parcel"
    )


def test_no_orders_yet(mapped: Home, tmp_path: Path) -> None:
    """An empty list says so."""
    assert tmp_path.exists()
    assert mapped.run("orders", "list").err == "no orders yet\n"
    assert mapped.run("orders", "list", "--format", "json").json == {"schema": 1, "orders": []}
