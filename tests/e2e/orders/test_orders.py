"""Orders are fetched: into the state, into files for Torgsoft, and into `torgsync orders`."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from faulty import Answer, Asked, FaultyServer, breaks_before, loses_the_answer, says
from homes import Home

from torgsync.sandbox.faults import Forward
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, MEEST, PICKUP, PICKUP_POINT, ROZETKA, ShopBuyer

OLENA = ShopBuyer(first_name="Олена", last_name="Вигадана", phone="+380500000001", email="O.V@shop.example")


def fetch(home: Home) -> dict[str, int]:
    """Fetch orders, and return the counts."""
    orders: dict[str, int] = home.sync("--only", "orders").json["orders"]
    return orders


def nothing() -> dict[str, int]:
    """Return the counts of a fetch without orders."""
    names = ("new", "changed", "unmapped", "held", "ambiguous", "accepted", "files", "open", "taken")
    return dict.fromkeys(names, 0)


def files(home: Home) -> dict[str, Any]:
    """Return the order files, keyed by name."""
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


@pytest.mark.both_states
def test_an_order_becomes_a_file_for_torgsoft(mapped: Home) -> None:
    """One JSON file an order: numbers are strings with a point, what the format lacks is in the comment."""
    number = mapped.sandbox.place_order(
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


def test_the_same_order_again(mapped: Home) -> None:
    """An unchanged order writes neither a version nor a file."""
    mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    assert fetch(mapped) == nothing() | {"new": 1, "files": 1}
    (path,) = (mapped.folder / "outbox" / "my-prom").iterdir()
    before = path.stat().st_mtime_ns
    postings = mapped.run("payments", "report").out
    assert fetch(mapped) == nothing()
    assert (versions(mapped), path.stat().st_mtime_ns) == ([(1, "pending")], before)
    assert mapped.run("payments", "report").out == postings


def test_an_order_that_changed(mapped: Home) -> None:
    """Each change is a new version of the same order, and its money follows."""
    number = mapped.sandbox.place_order([("26901", 2)])
    fetch(mapped)
    mapped.sandbox.pay_order(number)
    assert fetch(mapped) == nothing() | {"changed": 1}
    mapped.sandbox.set_order_status(number, "delivered")
    fetch(mapped)
    assert versions(mapped) == [(1, "pending"), (2, "paid"), (3, "delivered")]
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["expected"], account["received"], account["reversed"]) == ("3426.00", "3426.00", "0.00")
    assert len(files(mapped)) == 1


def test_an_order_cancelled_after_torgsoft_took_it(mapped: Home) -> None:
    """Its reserve must be released by hand, and its money is reversed."""
    number = mapped.sandbox.place_order([("26901", 1)])
    fetch(mapped)
    take(mapped)
    assert fetch(mapped) == nothing() | {"taken": 1}
    mapped.sandbox.cancel_order(number)
    ran = mapped.run("sync", "--only", "orders")
    assert ran.code == 8
    assert f"! order {number}: it was canceled: release its reserve in Torgsoft by hand" in ran.lines
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["expected"], account["received"], account["reversed"]) == ("1713.00", "0.00", "1713.00")


def test_a_product_that_torgsoft_does_not_know(mapped: Home) -> None:
    """The whole order is held and reported; exit 8."""
    foreign = mapped.sandbox.add_product(None, name="Без номера [/b]", price=Decimal(10))
    number = mapped.sandbox.place_order([("26901", 1), (foreign, 1)])
    ran = mapped.run("sync", "--only", "orders")
    assert (ran.code, files(mapped)) == (8, {})
    assert f"! order {number}: `Без номера [/b]` has no id of the accounting program" in ran.lines
    assert mapped.run("orders", "list").lines[-1].split()[-1] != "written"


def test_an_outbox_that_cannot_be_written(mapped: Home) -> None:
    """The order is stored and reported without a traceback; a later run writes the file."""
    (mapped.folder / "outbox").write_text("in the way")
    number = mapped.sandbox.place_order([("26901", 1)])
    for _ in range(2):
        ran = mapped.run("sync", "--only", "orders")
        assert ran.code == 8
        assert "cannot be used: Not a directory" in ran.out
        assert f"! order {number}: its file for Torgsoft is still to be written" in ran.lines
        assert "hint: there is a file where a folder is needed" in ran.err
    (held,) = mapped.run("orders", "list", "--held", "--format", "json").json["orders"]
    assert held["open"] == f"order {number}: its file for Torgsoft is still to be written"
    assert "its file is not written yet" in mapped.run("orders", "show", str(number)).out
    found = mapped.run("orders", "fetch", "--format", "json").json
    assert [one["order"] for one in found["findings"] if one["code"] == "outbox-failed"] == [
        None,
        str(number),
    ]
    assert (found["orders"]["files"], found["exit"]) == (0, 8)
    (mapped.folder / "outbox").unlink()
    ran = mapped.run("sync", "--only", "orders")
    assert (ran.code, len(files(mapped))) == (0, 1)


@pytest.mark.both_states
def test_orders_before_goods(hard_filled: Home, faulty: FaultyServer) -> None:
    """Orders are stored also when sending goods fails afterwards."""
    faulty.misbehave("POST /products/edit_by_external_id", says(500, {}))
    hard_filled.sandbox.place_order([("26901", 1)], payment_option_id=CASH_ON_DELIVERY.id)
    hard_filled.next_day()
    assert hard_filled.sync().json["orders"]["new"] == 1
    assert len(files(hard_filled)) == 1


def test_a_token_without_the_right_for_orders(mapped: Home) -> None:
    """The missing right is named, and no order file is written."""
    tokens = mapped.sandbox.tokens
    tokens["full"] = replace(tokens["full"], orders="none")
    ran = mapped.run("sync", "--yes")
    assert ran.code == 4
    assert '"Orders": "Read only" («Замовлення»: «лише читання»)' in ran.err


def test_the_list_of_orders(mapped: Home) -> None:
    """Table, JSON and CSV show the same orders."""
    number = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA, paid=True)
    fetch(mapped)
    (order,) = mapped.run("orders", "list", "--format", "json").json["orders"]
    created = order.pop("created")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", created)
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
        "open": None,
        "parcel_status": None,
        "cost": "0.00",
        "commission": "0.00",
        "commission_returned": False,
        "site_commission": None,
        "instalment_commission": None,
        "delivery_fee_estimate": None,
    }
    table = mapped.run("orders", "list")
    assert max(map(len, table.lines)) <= 80
    assert table.lines[0].split() == ["order", "placed", "status", "total", "payment", "Torgsoft"]
    listed = mapped.run("orders", "list", "--format", "csv").lines
    assert listed[0] == ",".join(["id", "created", *list(order)[1:]])
    assert ",false," in listed[1]


def test_no_orders_yet(mapped: Home, tmp_path: Path) -> None:
    """An empty list says so."""
    assert tmp_path.exists()
    assert mapped.run("orders", "list").err == "no orders yet\n"
    assert mapped.run("orders", "list", "--format", "json").json == {"schema": 1, "orders": []}


def answer_of(asked: Asked, forward: Forward) -> dict[str, Any]:
    """What the marketplace answers to a request."""
    document: dict[str, Any] = json.loads(forward(asked.body).body)
    return document


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_orders_while_new_ones_arrive(hard_filled: Home, faulty: FaultyServer) -> None:
    """Each is stored exactly once, the new ones with the next fetch; then nothing is left to fetch."""
    sandbox_server = hard_filled.sandbox
    with sandbox_server.lock:
        old = [sandbox_server.place_order([("26926", 1)], buyer=OLENA) for _ in range(10_000)]
        for number in old[:-100]:
            sandbox_server.set_order_status(number, "delivered")
    late: list[int] = []

    def another_one_comes(asked: Asked, forward: Forward) -> Answer:
        late.append(sandbox_server.place_order([("26901", 1)], buyer=OLENA))
        return forward(asked.body)

    faulty.misbehave("GET /orders/list", another_one_comes, times=100)
    first = fetch(hard_filled)["new"]
    faulty.behave()
    assert first >= 10_000
    assert first + fetch(hard_filled)["new"] == 10_000 + len(late)
    listed = hard_filled.run("orders", "list", "--format", "json").json["orders"]
    assert sorted(int(order["id"]) for order in listed) == sorted([*old, *late])
    connection = sqlite3.connect(hard_filled.folder / "state.db")
    (seen,) = connection.execute("select count(*) from order_versions").fetchone()
    connection.close()
    assert seen == len(listed)
    assert fetch(hard_filled)["new"] == 0


def test_an_order_that_proms_list_left_out(hard_filled: Home, faulty: FaultyServer) -> None:
    """Its number is missing in the sequence, so it is requested; one that does not exist only once."""
    numbers = [hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA) for _ in range(40)]
    with hard_filled.sandbox.lock:
        hard_filled.sandbox.orders.remove(hard_filled.sandbox.order(numbers[7]))

    def without(asked: Asked, forward: Forward) -> Answer:
        document = answer_of(asked, forward)
        document["orders"] = [order for order in document["orders"] if order["id"] != numbers[20]]
        return Answer(200, json.dumps(document).encode())

    faulty.misbehave("GET /orders/list", without)
    ran = hard_filled.run("orders", "fetch")
    assert f"! order {numbers[20]}: it was missing from Prom.ua's list; it has been fetched now" in ran.lines
    assert len(files(hard_filled)) == 39

    def asked_by_number() -> list[str]:
        paths = [record.path for record in hard_filled.sandbox.log.records()]
        hard_filled.sandbox.log.clear()
        return [path.rpartition("/")[2] for path in paths if re.search(r"/orders/\d", path)]

    assert asked_by_number() == [str(numbers[20]), str(numbers[7])]
    hard_filled.run("orders", "fetch")
    assert asked_by_number() == [str(numbers[20])]  # it is not paid yet


def test_a_missing_number_that_prom_does_not_show(hard_filled: Home, faulty: FaultyServer) -> None:
    """It belongs to another shop: nothing fails, and it is requested once."""
    numbers = [hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA) for _ in range(20)]
    with hard_filled.sandbox.lock:
        hard_filled.sandbox.orders.remove(hard_filled.sandbox.order(numbers[7]))
    faulty.misbehave(f"GET /orders/{numbers[7]}", says(403, {"error": "Forbidden"}), times=1)
    assert fetch(hard_filled)["new"] == 19
    faulty.misbehave(f"GET /orders/{numbers[7]}", says(500, {}))
    assert "error" not in hard_filled.run("orders", "fetch", "--format", "json").json


def test_the_watermark_follows_proms_clock(mapped: Home) -> None:
    """A computer whose clock is years ahead misses no order."""
    mapped.sandbox.place_order([("26901", 1)])
    mapped.run("orders", "fetch", now=datetime(2099, 1, 1, tzinfo=UTC))
    number = mapped.sandbox.place_order([("26901", 1)])
    mapped.run("orders", "fetch")
    assert str(number) in mapped.run("orders", "list").out


def test_a_fetch_of_its_own(mapped: Home) -> None:
    """`orders fetch` does what `sync --only orders` does, in every format."""
    mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    ran = mapped.run("orders", "fetch", "--format", "json")
    assert ran.json == {
        "schema": 1,
        "object": "My Prom",
        "findings": [],
        "orders": nothing() | {"new": 1, "files": 1},
        "exit": 0,
    }
    assert mapped.run("orders", "fetch", "--format", "csv").lines == [
        ",".join(nothing()),
        "0,0,0,0,0,0,0,0,0",
    ]
    assert mapped.run("orders", "fetch").err.splitlines()[-1] == "no new orders"


def change(home: Home, number: int, **fields: Any) -> None:  # noqa: ANN401
    """Change an order on Prom."""
    with home.sandbox.lock:
        order = home.sandbox.order(number)
        changed = replace(order, date_modified=home.sandbox.now(), **fields)
        home.sandbox.orders.replace(changed)


def fewer(home: Home, number: int) -> dict[str, Any]:
    """An order's lines with one piece, as a change."""
    (line,) = home.sandbox.order(number).lines
    return {"lines": (replace(line, quantity=Decimal(1)),)}


def test_an_order_that_changed_after_its_file_was_taken(mapped: Home) -> None:
    """Each run reports what to change in Torgsoft, until a person confirms it as done."""
    number = mapped.sandbox.place_order([("26901", 2)], buyer=OLENA)
    fetch(mapped)
    take(mapped)
    change(mapped, number, delivery_address="Київ", **fewer(mapped, number))
    message = f"order {number}: it was changed (items, total, delivery): change it in Torgsoft by hand too"
    for command in (("orders", "fetch"), ("sync", "--yes"), ("orders", "fetch")):
        ran = mapped.run(*command)
        assert (ran.code, f"! {message}" in ran.lines) == (8, True)
        assert f'when it is done in Torgsoft: torgsync orders done {number} -o "My Prom"' in ran.err
    for words in ("orders fetch", "sync --yes", "sync --yes --only orders"):
        document = mapped.run(*words.split(), "--format", "json").json
        (finding,) = [one for one in document["findings"] if one["code"] == "order-changed"]
        assert (finding["order"], finding["message"], document["exit"]) == (str(number), message, 8)
        assert document["orders"]["open"] == 1
    (held,) = mapped.run("orders", "list", "--held", "--format", "json").json["orders"]
    assert (held["id"], held["open"]) == (str(number), message)
    assert "to do" in mapped.run("orders", "list", "--held").out
    done = mapped.run("orders", "done", str(number))
    assert (done.code, done.err) == (0, f"1 order done in Torgsoft: {number}\n")
    assert mapped.run("orders", "fetch").code == 0
    assert mapped.run("orders", "list", "--held").err == "no order needs you\n"
    shown = mapped.run("orders", "show", str(number), "--format", "json").json["order"]["torgsoft"]
    (said,) = shown["confirmed"]
    assert (shown["by_hand"], said["what"], bool(said["user"] and said["host"])) == (
        None,
        message.removeprefix(f"order {number}: "),
        True,
    )
    assert said["at"].endswith("+00:00")
    assert "done       it was changed (items" in mapped.run("orders", "show", str(number)).out
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["expected"], account["reversed"], account["open"]) == ("5139.00", "3426.00", "1713.00")


def test_an_order_that_changed_and_changed_back(mapped: Home) -> None:
    """It may have been changed in Torgsoft meanwhile: a person has to confirm it."""
    number = mapped.sandbox.place_order([("26901", 2)], buyer=OLENA)
    fetch(mapped)
    take(mapped)
    before = mapped.sandbox.order(number).delivery_address
    for address in ("Київ", before):
        change(mapped, number, delivery_address=address)
        ran = mapped.run("orders", "fetch")
    assert (
        f"! order {number}: it is again as Torgsoft received it: check that Torgsoft shows it so" in ran.lines
    )
    assert {"taken,", "changed", "since"} <= {*mapped.run("orders", "list").out.split()}
    mapped.run("orders", "done", str(number))
    assert mapped.run("orders", "fetch").code == 0


def test_a_held_order_is_reported_until_it_was_entered_by_hand(mapped: Home) -> None:
    """Afterwards its goods count as known to Torgsoft, and later changes are reported again."""
    foreign = mapped.sandbox.add_product(None, name="Чуже", price=Decimal(10))
    number = mapped.sandbox.place_order([("26901", 1), (foreign, 1)], buyer=OLENA)
    message = f"! order {number}: `Чуже` has no id of the accounting program"
    for _ in range(2):
        ran = mapped.run("orders", "fetch")
        assert (ran.code, ran.lines.count(message)) == (8, 1)
    assert mapped.run("orders", "done", str(number)).code == 0
    assert mapped.run("orders", "fetch").code == 0
    assert (files(mapped), mapped.run("orders", "list", "--held").out) == ({}, "")
    assert "entered by hand" in mapped.run("orders", "show", str(number)).out
    mapped.sandbox.cancel_order(number)
    assert f"! order {number}: it was canceled: release its reserve" in mapped.run("orders", "fetch").out


def test_orders_that_done_does_not_apply_to(mapped: Home) -> None:
    """The right command is shown instead, and nothing is stored."""
    waiting = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    fetch(mapped)
    cancelled = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    (mapped.folder / "outbox" / "my-prom" / f"order-{waiting}.json").unlink()
    fetch(mapped)
    take(mapped)
    fetch(mapped)
    mapped.sandbox.cancel_order(cancelled)
    fetch(mapped)
    ran = mapped.run("orders", "done", str(cancelled), str(waiting))
    assert (ran.code, "hint: see the orders that do: torgsync orders list --held" in ran.err) == (64, True)
    assert mapped.run("orders", "fetch").code == 8
    assert "there is no order 1" in mapped.run("orders", "done", "1").err
    (mapped.folder / "outbox" / "my-prom").rmdir()
    (mapped.folder / "outbox" / "my-prom").write_text("in the way")
    owed = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    mapped.run("orders", "fetch")
    assert "its file is not written yet: torgsync orders fetch" in mapped.run("orders", "done", str(owed)).err


def test_an_order_without_a_chosen_client(mapped: Home) -> None:
    """Each run reports it; another command chooses the client, and a cancelled order needs none."""
    mapped.edit_object('find_by = ["phone", "email"]', 'find_by = ["phone"]')
    for phone in ("+380500000001", "+380500000002"):
        mapped.sandbox.place_order([("26901", 1)], buyer=replace(OLENA, phone=phone))
    fetch(mapped)
    mapped.edit_object('find_by = ["phone"]', 'find_by = ["email"]')
    number = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    message = f"! order {number}: 2 known clients fit its buyer; none was chosen"
    for _ in range(2):
        ran = mapped.run("orders", "fetch")
        assert (ran.code, ran.lines.count(message)) == (8, 1)
        assert 'hint: torgsync clients list --held -o "My Prom"' in ran.err
    (held,) = mapped.run("orders", "list", "--held", "--format", "json").json["orders"]
    assert held["id"] == str(number)
    refused = mapped.run("orders", "done", str(number))
    assert (refused.code, "torgsync clients list --held" in refused.err) == (64, True)
    mapped.sandbox.cancel_order(number)
    assert mapped.run("orders", "fetch").code == 0


def test_money_that_goes_by_no_payment_method(hard_filled: Home, faulty: FaultyServer) -> None:
    """No mapping can apply to it: every run and the report say so."""
    number = hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA)

    def odd(asked: Asked, forward: Forward) -> Answer:
        document = answer_of(asked, forward)
        for order in document["orders"]:
            order.update(payment_option=None)
        return Answer(200, json.dumps(document).encode())

    faulty.misbehave("GET /orders/list", odd)
    where = f"see order {number} in the seller's cabinet"
    message = f"! 1 order has no payment method, so its money cannot be posted; {where}"
    for _ in range(2):
        ran = hard_filled.run("orders", "fetch")
        assert (ran.code, message in ran.lines) == (8, True)
    assert message in hard_filled.run("payments", "report").err


def test_an_order_whose_total_cannot_be_read(hard_filled: Home, faulty: FaultyServer) -> None:
    """Nothing is posted, and Prom's value is reported with the order's number."""
    number = hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA)

    def odd(asked: Asked, forward: Forward) -> Answer:
        document = answer_of(asked, forward)
        for order in document["orders"]:
            order.update(price="1,713.50 UAH", full_price="договірна", price_with_special_offer=None)
        return Answer(200, json.dumps(document).encode())

    faulty.misbehave("GET /orders/list", odd)
    ran = hard_filled.run("orders", "fetch")
    assert (ran.code, files(hard_filled)) == (8, {})
    kept = "no more money is posted for the order, what was posted stays as it was"
    for text in ("`price` (`1,713.50 UAH`)", "`full_price` (`договірна`)"):
        assert f"! order {number}: cannot read {text}; {kept}" in ran.lines
    assert hard_filled.run("payments", "report").err == "no accounts yet\n"
    listed = hard_filled.run("orders", "list").lines[2]
    assert listed.split()[3:5] == ["pending", "–"]
    assert re.search(r"^total +–$", hard_filled.run("orders", "show", str(number)).out, re.MULTILINE)
    assert hard_filled.run("orders", "list", "--format", "json").json["orders"][0]["total"] is None


# Goods of order lines


# Prom's side


@pytest.fixture
def accepting(hard_filled: Home) -> Home:
    """A home that sets new orders to received on Prom."""
    hard_filled.edit_object("[clients]", "[orders]\naccept = true\n\n[clients]")
    return hard_filled


def status(home: Home, number: int) -> str:
    """Return the status of an order on Prom."""
    return home.sandbox.order(number).status


def test_new_orders_are_set_to_received(accepting: Home) -> None:
    """After they are stored and written; paid and held ones stay as they are, and no request is repeated."""
    new = accepting.sandbox.place_order([("26901", 1)], buyer=OLENA, payment_option_id=CASH_ON_DELIVERY.id)
    paid = accepting.sandbox.place_order([("26901", 1)], buyer=OLENA, paid=True)
    foreign = accepting.sandbox.add_product(None, name="Чуже", price=Decimal(10))
    held = accepting.sandbox.place_order([(foreign, 1)], buyer=OLENA)
    ran = accepting.run("orders", "fetch")
    assert "orders: 1 set to received on Prom.ua" in ran.lines
    assert [status(accepting, number) for number in (new, paid, held)] == ["received", "paid", "pending"]
    assert accepting.writes()[-1:] == ["/api/v1/orders/set_status"]
    writes = len(accepting.writes())
    for _ in range(2):
        assert fetch(accepting)["accepted"] == 0
    assert len(accepting.writes()) == writes
    shown = accepting.run("orders", "show", str(new), "--format", "json").json["order"]
    assert (shown["status"], shown["accepted"] is not None) == ("received", True)


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
def test_an_acceptance_whose_answer_is_lost(accepting: Home, faulty: FaultyServer, after: bool) -> None:
    """It is idempotent, so it is repeated until Prom has it."""
    number = accepting.sandbox.place_order([("26901", 1)], buyer=OLENA)
    faulty.misbehave("POST /orders/set_status", loses_the_answer if after else breaks_before)
    ran = accepting.run("orders", "fetch")
    assert (ran.code, "an edit of 1 order was sent and its answer was lost" in ran.err) == (5, True)
    faulty.behave()
    accepting.run("orders", "fetch")
    assert status(accepting, number) == "received"


def test_an_acceptance_that_prom_refuses(accepting: Home, faulty: FaultyServer) -> None:
    """The reason is reported for each order, and the next run tries again."""
    number = accepting.sandbox.place_order([("26901", 1)], buyer=OLENA)
    faulty.misbehave(
        "POST /orders/set_status",
        says(200, {"processed_ids": [], "errors": {str(number): "closed"}}),
        times=1,
    )
    ran = accepting.run("orders", "fetch")
    assert f'! order {number}: its status could not be set to "received": closed' in ran.lines
    faulty.misbehave("POST /orders/set_status", says(200, {"processed_ids": []}), times=1)
    ran = accepting.run("orders", "fetch")
    assert (
        f'! order {number}: its status could not be set to "received": Prom.ua left it out and gave no reason'
        in ran.lines
    )
    accepting.misbehave("status-warning last=1")
    ran = accepting.run("orders", "fetch")
    words = "Замовлення оплачується, статус не змінено"
    assert f'! order {number}: its status could not be set to "received": {words}' in ran.lines
    assert fetch(accepting)["accepted"] == 1


def test_an_order_that_was_accepted_elsewhere_meanwhile(accepting: Home, faulty: FaultyServer) -> None:
    """Prom ignores it, and the order is as desired."""
    number = accepting.sandbox.place_order([("26901", 1)], buyer=OLENA)

    def faster(asked: Asked, forward: Forward) -> Answer:
        accepting.sandbox.set_order_status(number, "delivered")
        return forward(asked.body)

    faulty.misbehave("POST /orders/set_status", faster)
    ran = accepting.run("orders", "fetch")
    assert "was not set" not in ran.out
    assert status(accepting, number) == "delivered"


def test_a_token_that_may_not_write_orders(accepting: Home) -> None:
    """Orders are stored, their files are written, the right is named: exit 4."""
    tokens = accepting.sandbox.tokens
    tokens["full"] = replace(tokens["full"], orders="read")
    accepting.sandbox.place_order([("26901", 1)], buyer=OLENA)
    ran = accepting.run("orders", "fetch")
    assert (ran.code, len(files(accepting))) == (4, 1)
    assert '"Orders": "Read and write"' in ran.err


TTN = "20450000000001"


def test_a_parcel_is_saved_on_prom(mapped: Home) -> None:
    """By the carrier that the buyer chose; blanks are no part of the number, and it is stored at once."""
    number = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    fetch(mapped)
    ran = mapped.run("orders", "ship", str(number), "--parcel", "2045 0000 000001")
    saved, buyer = ran.err.splitlines()[-2:]
    assert (ran.code, saved) == (0, f"order {number}: saved on Prom.ua")
    assert buyer.startswith(f"order {number}: no message was sent to the buyer")
    assert mapped.sandbox.order(number).declaration_number == TTN
    again = mapped.run("orders", "ship", str(number), "--parcel", TTN)
    assert (again.code, "Prom.ua has this number already" in again.err) == (0, True)
    document = mapped.run("orders", "ship", str(number), "--parcel", TTN, "--format", "json").json
    row = {"order": str(number), "parcel": TTN, "saved": False, "carrier": "nova_poshta"}
    row |= {"message": None, "message_text": None}
    assert document == {"schema": 1, "parcel": row, "exit": 0}
    csv = mapped.run("orders", "ship", str(number), "--parcel", TTN, "--format", "csv").lines
    assert csv == ["order,parcel,saved,carrier,message,message_text", f"{number},{TTN},false,nova_poshta,,"]
    assert mapped.writes().count("/api/v1/delivery/save_declaration_id") == 1
    (order,) = mapped.run("orders", "list", "--format", "json").json["orders"]
    assert order["parcel"] == TTN


@pytest.mark.parametrize("fault", ["lost", "refused twice", "broken"])
def test_a_parcel_whose_answer_says_nothing(hard_filled: Home, faulty: FaultyServer, fault: str) -> None:
    """The order is read back: the number that it has was saved, another one was not."""
    number = hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA)
    hard_filled.run("orders", "fetch")
    if fault == "lost":
        faulty.misbehave("POST /delivery", loses_the_answer, times=1)
    elif fault == "broken":
        faulty.misbehave("POST /delivery", says(500, {}))
    else:
        with hard_filled.sandbox.lock:
            order = hard_filled.sandbox.order(number)
            hard_filled.sandbox.orders.replace(replace(order, declaration_number=TTN))
    ran = hard_filled.run("orders", "ship", str(number), "--parcel", TTN)
    assert ran.code == (5 if fault == "broken" else 0)


def test_a_parcel_that_prom_refuses(mapped: Home) -> None:
    """Its own words name what is wrong with the number, and the next try is not harmed."""
    number = str(mapped.sandbox.place_order([("26901", 1)], buyer=OLENA))
    fetch(mapped)
    mapped.misbehave("parcel-refused last=1")
    ran = mapped.run("orders", "ship", number, "--parcel", TTN)
    assert ran.code == 6
    assert "ЕН не збережено: declaration_id: Такої ЕН не існує" in ran.err
    assert mapped.run("orders", "ship", number, "--parcel", TTN).code == 0


def test_a_parcel_of_an_order_that_prom_shows_no_more(hard_filled: Home, faulty: FaultyServer) -> None:
    """It was saved, and there is nothing to read back."""
    number = hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA)
    hard_filled.run("orders", "fetch")
    faulty.misbehave(f"GET /orders/{number}", says(404, b"<html></html>"))
    assert hard_filled.run("orders", "ship", str(number), "--parcel", TTN).code == 0
    assert hard_filled.sandbox.order(number).declaration_number == TTN


def test_a_parcel_that_cannot_be_saved(mapped: Home) -> None:
    """Exit 64 with a sentence, and Prom is asked for nothing."""
    picked_up = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA, delivery_option_id=PICKUP.id)
    shipped, cancelled = (mapped.sandbox.place_order([("26901", 1)], buyer=OLENA) for _ in range(2))
    mapped.sandbox.cancel_order(cancelled)
    fetch(mapped)
    for words, message in (
        (f"1 --parcel {TTN}", "there is no order 1"),
        (f"{picked_up} --parcel {TTN}", f"--parcel {TTN} --carrier nova_poshta -o"),
        (f"{shipped} --parcel 2045", "Нова Пошта uses 14 digits"),
        (f"{shipped} --parcel x --carrier meest", "Meest uses 8 to 30 letters and digits"),
        (f"{shipped} --parcel {TTN} --carrier nova_pochta", "did you mean `nova_poshta`?"),
        (f"{shipped} --parcel PRM-000001", "goes another way: it is probably mistyped"),
        (f"{cancelled} --parcel {TTN}", "is canceled; nothing is sent for it"),
    ):
        ran = mapped.run("orders", "ship", *words.split())
        assert (words, ran.code, message in ran.err) == (words, 64, True)
    assert "/api/v1/delivery/save_declaration_id" not in mapped.writes()


def test_other_carriers(mapped: Home) -> None:
    """`meest_express` is sent as `meest`; what Prom carries, and what is collected, takes no number."""
    express, by_prom, collected = (
        mapped.sandbox.place_order([("26901", 1)], buyer=OLENA, delivery_option_id=way.id)
        for way in (MEEST, ROZETKA, PICKUP_POINT)
    )
    fetch(mapped)
    ran = mapped.run("orders", "ship", str(express), "--parcel", "ab12345678", "--format", "json")
    row = {"order": str(express), "parcel": "AB12345678", "saved": True, "carrier": "meest"}
    row |= {"message": None, "message_text": None}
    assert (ran.code, ran.json["parcel"]) == (0, row)
    writes = mapped.writes().count("/api/v1/delivery/save_declaration_id")
    for number, why, hint in (
        (by_prom, "from Prom.ua, which delivers it itself", "change the delivery of the order"),
        (collected, "the buyer of order", f"--parcel {TTN} --carrier nova_poshta -o"),
    ):
        ran = mapped.run("orders", "ship", str(number), "--parcel", TTN)
        assert (ran.code, why in ran.err, hint in ran.err) == (64, True, True)
    assert mapped.writes().count("/api/v1/delivery/save_declaration_id") == writes
    mapped.sandbox.move_parcel(by_prom, "on_the_way")
    mapped.sandbox.move_parcel(express, "in the air")
    assert fetch(mapped)["changed"] == 2
    shown = mapped.run("orders", "show", str(by_prom)).out
    assert f"PRM-{by_prom} (Магазини Rozetka), number issued by Prom.ua" in shown
    assert "on the way" in shown
    assert "AB12345678 (Meest), in the air" in mapped.run("orders", "show", str(express)).out
    again = mapped.run("orders", "ship", str(by_prom), "--parcel", f"PRM-{by_prom}")
    assert (again.code, "has this number already" in again.err) == (0, True)
    listed = mapped.run("orders", "list", "--format", "json").json["orders"]
    assert [order["parcel_status"] for order in listed] == [None, "on_the_way", "in the air"]
    assert fetch(mapped) == nothing()


# One order


def test_an_order_is_shown(mapped: Home) -> None:
    """Lines, people, delivery, money, versions and its way into Torgsoft; it reads at 80 columns."""
    number = mapped.sandbox.place_order(
        [("26901", 1), ("26931", Decimal("1.5"))],
        buyer=OLENA,
        delivery_cost=Decimal(80),
        special_offer_discount=Decimal("35.5"),
        client_notes="подзвоніть [після] 18",
    )
    fetch(mapped)
    mapped.sandbox.pay_order(number)
    fetch(mapped)
    shown = mapped.run("orders", "show", str(number), "--format", "json").json
    order = shown["order"]
    assert (shown["schema"], order["id"], order["status"]) == (1, str(number), "paid")
    assert [line["quantity"] for line in order["lines"]] == [1, 1.5]
    assert (order["discount"], order["delivery"]["cost"], order["total"]) == ("35.50", "80.00", "1859.50")
    assert order["buyer"] == {
        "name": "Вигадана Олена",
        "phone": "+380500000001",
        "email": "o.v@shop.example",
        "client_id": "1",
        "forgotten": False,
    }
    assert [version["status"] for version in order["versions"]] == ["pending", "paid"]
    assert [posting["kind"] for posting in order["postings"]] == ["expected", "received"]
    assert order["postings"][0]["payment_id"] == "9000001"
    assert order["torgsoft"]["phase"] == "written"
    people = mapped.run("orders", "show", str(number))
    assert max(map(len, people.lines)) <= 80
    for words in ("note       подзвоніть [після] 18", "Шуруп [/25]", "discount   35.50", "its cost   80.00"):
        assert words in people.out
    rows = mapped.run("orders", "show", str(number), "--format", "csv").lines
    assert (rows[0], len(rows)) == ("order,good_id,sku,name,quantity,price,total,free", 3)


def test_orders_are_listed_by_day_and_status(mapped: Home) -> None:
    """Only those that were placed on these days, or that Prom shows so."""
    first = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    mapped.sandbox.place_order([("26901", 1)], buyer=OLENA, paid=True)
    fetch(mapped)

    def listed(*args: str) -> list[str]:
        found = mapped.run("orders", "list", "--format", "json", *args).json["orders"]
        return [order["id"] for order in found]

    assert listed("--status", "pending") == [str(first)]
    assert listed("--to", "2020-01-01") == listed("--to", "01.01.2020") == []
    assert len(listed("--from", "2020-01-01")) == len(listed("--from", "30.11.2020")) == 2


def test_a_status_that_there_is_not(mapped: Home) -> None:
    """The error lists the statuses and suggests the nearest one."""
    mapped.sandbox.place_order([("26901", 1)], buyer=OLENA)
    fetch(mapped)
    for command in (("list",), ("export",)):
        ran = mapped.run("orders", *command, "--status", "payed")
        assert (ran.code, ran.out) == (64, "")
        assert "there is no status `payed`; did you mean `paid`?" in ran.err
        known = "`pending`, `received`, `paid`, `delivered`, `canceled`, `draft`, `refunded`"
        assert f"hint: the statuses are {known}" in ran.err
    assert mapped.run("orders", "list", "--status", "Нове", "--lang", "uk").code == 0


def test_an_order_that_was_paid_back_is_not_shown_as_paid(mapped: Home) -> None:
    """Prom still shows it as paid, but the money was returned to the buyer."""
    number = mapped.sandbox.place_order([("26901", 1)], buyer=OLENA, paid=True)
    fetch(mapped)
    mapped.sandbox.refund_order(number)
    fetch(mapped)
    assert mapped.run("orders", "list").lines[2].split()[3] == "refunded"
    assert f"order {number}: refunded, placed" in mapped.run("orders", "show", str(number)).out
    assert mapped.run("orders", "list", "--status", "paid").err == "no order matches\n"
    (order,) = mapped.run("orders", "list", "--status", "refunded", "--format", "json").json["orders"]
    assert order["status"] == "refunded"


def test_nothing_as_csv_has_its_header(mapped: Home) -> None:
    """A program that reads it finds its columns."""
    header = (
        "id,created,status,total,currency,payment,client_id,file,phase,held,parcel,open,parcel_status,cost,"
        "commission,commission_returned,site_commission,instalment_commission,delivery_fee_estimate"
    )
    assert mapped.run("orders", "list", "--format", "csv").lines == [header]
    header = "place,account,expected,received,reversed,open,currency,cost,cost_estimate,cost_unknown"
    assert mapped.run("payments", "report", "--format", "csv").lines == [header]
    header = "at,order,kind,place,account,payment_id,payment,amount,currency"
    assert mapped.run("payments", "postings", "--format", "csv").lines == [header]
    header = "good_id,verb,title,via,held,reason,field,old,new,last_sent"
    assert mapped.run("update", "--format", "csv").lines == [header]


def test_more_findings_than_fit_a_screen_are_counted(mapped: Home) -> None:
    """The first are shown, and the document has all of them."""
    numbers = [mapped.sandbox.place_order([("26901", 1)], buyer=OLENA) for _ in range(12)]
    fetch(mapped)
    take(mapped)
    for number in numbers:
        mapped.sandbox.cancel_order(number)
    ran = mapped.run("orders", "fetch")
    assert len([line for line in ran.lines if "release its reserve" in line]) == 10
    assert "! … and 2 more of `order-changed`; `--format json` lists all" in ran.lines
    assert len(mapped.run("orders", "fetch", "--format", "json").json["findings"]) == 12


def test_people_are_in_no_log_and_no_journal(accepting: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the output at the highest verbosity nor the record of requests has personal data."""
    accepting.sandbox.place_order([("26901", 1)], buyer=OLENA, client_notes="Код під'їзду 0000")
    with caplog.at_level(logging.DEBUG):
        ran = accepting.run("-vv", "orders", "fetch")
        number = accepting.run("orders", "list", "--format", "json").json["orders"][0]["id"]
        accepting.run("-vv", "orders", "ship", number, "--parcel", TTN)
    connection = sqlite3.connect(accepting.folder / "state.db")
    journal = repr([connection.execute(f"select * from {table}").fetchall() for table in JOURNAL])  # noqa: S608
    connection.close()
    assert "set_status" in journal
    assert "/orders/set_status" in caplog.text
    for words in ("Олена", "Вигадана", "500000001", "O.V@", "o.v@", "Код під"):
        assert words not in caplog.text + ran.out + ran.err + journal


JOURNAL = ("requests", "runs", "imports", "plans", "changes", "findings", "leases")
