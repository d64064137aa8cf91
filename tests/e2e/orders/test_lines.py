"""Lines of orders as Prom shows them: of deleted products, without a price, free, unknown, or missing."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from faulty import Answer, Asked, FaultyServer
from homes import Home, Ran

from torgsync.sandbox.faults import Forward

GIFT = "Листівка в подарунок"


def outbox(home: Home) -> dict[str, Any]:
    """Return the order files, keyed by the number of the order."""
    files = (home.folder / "outbox" / "my-prom").glob("order-*.json")
    return {path.stem.removeprefix("order-"): json.loads(path.read_bytes()) for path in files}


def take(home: Home) -> list[str]:
    """Have Torgsoft take all order files, and return the numbers of the orders."""
    numbers = list(outbox(home))
    for number in numbers:
        (home.folder / "outbox" / "my-prom" / f"order-{number}.json").unlink()
    return numbers


def fetch(home: Home) -> Ran:
    """Fetch orders, with one JSON document as output."""
    return home.run("orders", "fetch", "--format", "json")


def codes(ran: Ran) -> list[str]:
    """Return the codes of the findings of a fetch."""
    return [finding["code"] for finding in ran.json["findings"]]


@pytest.mark.parametrize("quirk", ["no-id", "no-ids"])
def test_the_product_of_an_order_is_deleted(mapped: Home, quirk: str) -> None:
    """The sale is what it was: nothing is asked, and the next changes of the order come through."""
    mapped.set_quirks(f"deleted_lines={quirk}")
    number = mapped.sandbox.place_order([("26901", 1), ("26926", 2)])
    waiting = mapped.sandbox.place_order([("26926", 1)])
    assert fetch(mapped).code == 0
    (mapped.folder / "outbox" / "my-prom" / f"order-{number}.json").unlink()
    mapped.sandbox.delete_product("26926")
    ran = fetch(mapped)
    assert (ran.code, ran.json["orders"]["changed"], codes(ran)) == (0, 0, [])
    for order in (number, waiting):
        mapped.sandbox.pay_order(order)
    ran = fetch(mapped)
    assert (ran.code, ran.json["orders"]["changed"], codes(ran)) == (0, 2, [])
    assert [good["GoodID"] for good in outbox(mapped)[str(waiting)]["Goods"]] == ["26926"]
    shown = mapped.run("orders", "show", str(number), "--format", "json").json["order"]
    assert [line["good_id"] for line in shown["lines"]] == ["26901", "26926"]
    mapped.sandbox.cancel_order(number)
    assert codes(fetch(mapped)) == ["order-changed"]


@pytest.mark.parametrize("quirk", ["zero", "null"])
def test_a_gift_in_every_order(mapped: Home, quirk: str) -> None:
    """It is in the comment of the file and shown; no order waits for it, unless the owner wants that."""
    mapped.set_quirks(f"gifts={quirk}")
    number = mapped.sandbox.place_order([("26901", 1)])
    ran = mapped.run("orders", "fetch")
    assert ran.code == 0
    assert f"! order {number}: `{GIFT}` is free and is not an item of the accounting program" in ran.lines[1]
    document = outbox(mapped)[str(number)]
    assert document["Options"]["Comment"].endswith(f"; безкоштовно: {GIFT} x 1")
    assert [good["GoodID"] for good in document["Goods"]] == ["26901"]
    assert f"free       {GIFT}" in mapped.run("orders", "show", str(number)).out
    mapped.sandbox.pay_order(number)
    ran = fetch(mapped)
    assert (ran.code, ran.json["orders"]["changed"], codes(ran)) == (0, 1, [])
    mapped.edit_object("[limits]", '[orders]\nfree_lines = "hold"\n\n[limits]')
    mapped.sandbox.place_order([("26901", 1)])
    held = mapped.sandbox.place_order([("26901", 1)])
    ran = fetch(mapped)
    assert (ran.code, codes(ran)) == (8, ["order-good-unknown"] * 2)
    mapped.run("orders", "done", str(held))
    take(mapped)
    mapped.edit_object('free_lines = "hold"', 'free_lines = "comment"')
    ran = fetch(mapped)
    assert (ran.code, ran.json["orders"]["changed"], codes(ran)) == (0, 1, ["order-free-line"])
    assert take(mapped) == [str(held - 1)]
    assert (fetch(mapped).json["orders"]["changed"], take(mapped)) == (0, [])


@pytest.mark.parametrize("lines", ["absent", "null", "empty"])
def test_orders_come_without_their_lines(mapped: Home, lines: str) -> None:
    """A new one gets no file until they come; one that is known keeps what it had."""
    known, owed = (mapped.sandbox.place_order([("26901", 1)], delivery_cost=Decimal(80)) for _ in range(2))
    fetch(mapped)
    (mapped.folder / "outbox" / "my-prom" / f"order-{known}.json").unlink()
    new = mapped.sandbox.place_order([("26901", 1)])
    mapped.sandbox.place_order([("26901", 1)])
    for number in (known, owed):
        mapped.sandbox.set_order_status(number, "received")
    mapped.misbehave(f"no-lines lines={lines}")
    ran = mapped.run("orders", "fetch")
    message = f"order {new}: Prom.ua shows a total of 1713.00 and nothing that was bought"
    assert (ran.code, list(outbox(mapped))) == (8, [str(owed)])
    assert sum(line.startswith("! order") for line in ran.lines) == 2
    assert message in ran.out
    assert codes(fetch(mapped)) == ["order-no-lines", "order-no-lines"]
    refused = mapped.run("orders", "export", str(new))
    assert (refused.code, f"shows no items of order {new}" in refused.err) == (64, True)
    mapped.misbehave(f"GET orders/list no-lines lines={lines}")
    mapped.sandbox.place_order([("26901", 1)])
    ran = fetch(mapped)
    assert (ran.code, ran.json["orders"]["new"], codes(ran)) == (0, 1, [])
    assert sorted(outbox(mapped)) == [str(number) for number in (owed, new, new + 1, new + 2)]


def test_a_change_of_goods_that_an_older_version_took_for_one(mapped: Home) -> None:
    """The lines of a deleted product are recognized by now: nothing is to be entered any more."""
    number = str(mapped.sandbox.place_order([("26901", 1), ("26926", 2)]))
    fetch(mapped)
    take(mapped)
    fetch(mapped)
    with closing(sqlite3.connect(mapped.folder / "state.db")) as state, state:
        (doc,) = state.execute("SELECT doc FROM orders WHERE order_id = ?", (number,)).fetchone()
        order = json.loads(doc)
        order["lines"][1] |= {"good_id": "", "prom_id": "", "sku": ""}
        state.execute(
            "INSERT INTO order_versions SELECT object, order_id, 2, seen, ? FROM order_versions"
            " WHERE order_id = ?",
            (json.dumps(order), number),
        )
        state.execute(
            """UPDATE orders SET doc = ?, version = 2, hand_work = 'change',
            hand_work_args = '{"parts": ["goods"]}' WHERE order_id = ?""",
            (json.dumps(order), number),
        )
    mapped.set_quirks("deleted_lines=no-ids")
    mapped.sandbox.delete_product("26926")
    ran = fetch(mapped)
    assert (ran.code, ran.json["orders"]["changed"], codes(ran), outbox(mapped)) == (0, 1, [], {})
    shown = mapped.run("orders", "show", number, "--format", "json").json["order"]
    assert [line["good_id"] for line in shown["lines"]] == ["26901", "26926"]
    assert fetch(mapped).json["orders"]["changed"] == 0


def test_an_order_of_what_nothing_knows(mapped: Home, tmp_path: Path) -> None:
    """Its file is written, with a warning; before export and list were read there is nothing to compare."""
    mapped.sandbox.add_product("77001", name="Чуже", price=Decimal(10))
    number = mapped.sandbox.place_order([("77001", 1)])
    mapped.sandbox.delete_product("77001")
    ran = mapped.run("orders", "fetch")
    assert (ran.code, list(outbox(mapped))) == (0, [str(number)])
    assert f"! order {number}: `Чуже` has the id `77001`, which neither the export nor Prom.ua has" in ran.out
    mapped.sandbox.add_product("77002", name="Нове", price=Decimal(10))
    unseen = mapped.sandbox.place_order([("77002", 1)])
    ran = fetch(mapped)
    assert (ran.code, codes(ran), ran.json["orders"]["held"]) == (8, ["order-good-unknown"], 1)
    assert str(unseen) not in outbox(mapped)
    mapped.run("orders", "done", str(unseen))
    mapped.misbehave("GET products/by_external_id/77003 500")
    mapped.sandbox.add_product("77003", name="Новіше", price=Decimal(10))
    number = mapped.sandbox.place_order([("77003", 1)])
    ran = mapped.run("orders", "fetch")
    assert (
        f"! order {number}: `Новіше` has the id `77003`, which the export does not have, nor did" in ran.out
    )
    fresh = Home.of_example(tmp_path / "fresh", mapped.server)
    assert "order-id-unknown" not in codes(fetch(fresh))


def test_nothing_was_bought(mapped: Home) -> None:
    """Gifts alone need no file and no person."""
    mapped.sandbox.add_product(None, name="Каталог", price=Decimal(0))
    gift = next(product.id for product in mapped.sandbox.products() if product.name == "Каталог")
    number = mapped.sandbox.place_order([(gift, 1)], delivery_cost=Decimal(60))
    ran = fetch(mapped)
    assert (ran.code, outbox(mapped)) == (0, {})
    (order,) = mapped.run("orders", "list", "--format", "json").json["orders"]
    assert (order["id"], order["held"]) == (str(number), "nothing was bought")


NULLS = ("client", "delivery_recipient", "delivery_provider_data", "cancellation", "client_notes", "phone")
NO_SALE = ("draft", "canceled")
MANY = 500


def odd_orders(asked: Asked, forward: Forward) -> Answer:
    """Answer with nulls, absent keys and broken texts in every tenth order each."""
    answer = forward(asked.body)
    document = json.loads(answer.body)
    for order in document["orders"]:
        match order["id"] % 10:
            case 5:
                order.update(dict.fromkeys(NULLS))
            case 6:
                for key in NULLS:
                    del order[key]
            case 7:
                order["client_notes"] = "дзвоніть \U0001f600"
    return Answer(200, json.dumps(document).replace("\\ud83d\\ude00", "\\ud83d").encode())


@pytest.mark.slow
def test_five_hundred_orders_of_every_kind(hard_filled: Home, faulty: FaultyServer) -> None:
    """Each goes to Torgsoft exactly once, and only what has something to be done asks for a person."""
    home, shop = hard_filled, hard_filled.sandbox
    home.run("payments", "fetch")
    for method in ("9000001", "9000002", "9000003"):
        home.run("payments", "map", method, "--cash-register", "Каса 1")
    catalog = shop.add_product(None, name="Каталог", price=Decimal(0))
    alien = shop.add_product(None, name="Не з обліку", price=Decimal(5))
    more: dict[str, list[int | str]] = {"catalog": [catalog], "doomed": ["26926"], "alien": [alien]}
    free = {
        "service": [("Безкоштовна доставка", Decimal(0), None), ("Дзвоніть \U0001f600", Decimal(0), None)],
        "rebate": [("Подарунок", Decimal(0), None)],
    }
    home.set_quirks("deleted_lines=no-ids")
    expected = Counter[str]()
    kinds: dict[str, str] = {}
    faulty.misbehave("GET /orders/list", odd_orders)
    for n in range(MANY):
        names = ("goods", "gift", "catalog", "doomed", *NO_SALE, "service" if n % 2 else "rebate")
        kind = names[n % 7] if n % 49 else "alien"
        home.set_quirks(f"gifts={'null' if kind == 'gift' else 'none'}")
        number = shop.place_order(
            [(key, 1) for key in ("26901", *more.get(kind, []))],
            free_text=free.get(kind, []),
            delivery_cost=Decimal(-100 if kind == "rebate" else 0),
        )
        if kind in NO_SALE:
            shop.set_order_status(number, kind)
        elif n % 10 == 0:
            shop.set_order_status(number, "custom-7")
        kinds[str(number)] = kind
        expected[kind] += 1
    home.set_quirks("gifts=null")
    sales = {number for number, kind in kinds.items() if kind not in (*NO_SALE, "alien")}
    first = fetch(home)
    assert first.json["orders"]["new"] == MANY
    assert (first.json["orders"]["files"], first.json["orders"]["open"]) == (len(sales), expected["alien"])
    taken = take(home)
    assert set(taken) == sales
    shop.delete_product("26926")
    for days, lines in enumerate(("null", "absent", "empty")):
        home.misbehave(f"no-lines lines={lines} items_every=3")
        for order in list(shop.orders):
            if order.status not in NO_SALE:
                shop.set_order_status(order.id, ("received", "paid", "delivered")[days])
        ran = fetch(home)
        assert ran.json["orders"]["open"] == expected["alien"]
        assert outbox(home) == {}
    assert {one["id"] for one in home.run("orders", "list", "--format", "json").json["orders"]} == set(kinds)
