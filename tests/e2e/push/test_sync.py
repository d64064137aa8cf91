"""`torgsync sync`, the whole program against the sandbox on a real socket."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import schemas
from dialects import offer, yml
from faulty import Answer, Asked, Fault, FaultyServer, breaks_before, keeps_silent_of, passes_over, says
from homes import Home, Ran
from schemas import valid
from truth import rows

from torgsync.core.product import texts
from torgsync.jobs.push import edits
from torgsync.sandbox.faults import Forward

EDIT = "POST /products/edit_by_external_id"
IMPORT = "POST /products/import_file"


def check_nothing_pending(home: Home) -> None:
    """Check that a run on unchanged input sends no write."""
    home.sandbox.log.clear()
    again = home.sync()
    assert (again.code, home.writes()) == (0, [])
    assert again.json["changes"] == []


def states(ran: Ran) -> dict[str, str]:
    """Return the state of each outcome, keyed by good."""
    valid(ran.json, schemas.SYNC)
    return {outcome["good_id"]: outcome["state"] for outcome in ran.json["outcomes"]}


# Changes of the export


def test_a_first_sync_fills_the_shop_and_a_second_sends_no_write(home: Home) -> None:
    """The shop equals the export after one run, and nothing is left to send."""
    first = home.sync()
    assert (first.code, first.err.count("Traceback")) == (0, 0)
    assert set(states(first).values()) == {"done"}
    assert len(home.sandbox.products()) == 39
    product = home.sandbox.product("26931")
    assert (product.name_uk, product.name) == ("Шуруп [/25] оцинкований 4х25, 100 шт",) * 2
    assert (str(product.price), product.quantity_in_stock, product.presence) == ("68.00", 65, "available")
    assert [image.source for image in product.images] == ["https://shop.example/photos/26931.jpg"]
    check_nothing_pending(home)


@pytest.mark.both_states
def test_the_second_day(filled: Home) -> None:
    """New goods are made, prices and stock follow, sold out is not available, gone is hidden."""
    filled.next_day()
    ran, address = filled.run("sync", "--yes", "--show", "summary"), filled.server.url.removesuffix("api/v1")
    assert (ran.code, [re.sub(r"\(\d+ s,", "(… s,", line) for line in ran.lines]) == (
        0,
        [
            "My Prom: TSGoods.trs, 40 items, utf-8",
            "",
            "2 to create, 9 to update, 2 to remove",
            "0 held, 1 skipped, 28 unchanged, 0 foreign",
            "2 products will be taken down; 11 pieces in stock (2639.50 UAH) will no longer be for sale",
            "2 products will be hidden now, and deleted after 30 days unless their items come back",
            "to send: about 6 requests, 3 to 10 minutes; uses 1 of the 7 imports left today",
            f"Done: 13 changes are on Prom.ua (… s, 10 requests, 1 import): {address}",
        ],
    )
    shop = filled.sandbox
    assert {product.external_id for product in shop.products()} >= {"26941", "26942"}
    assert shop.product("26926").price == Decimal(99)
    assert {shop.product(good).presence for good in ("26904", "26919", "26923")} == {"not_available"}
    assert {shop.product(good).quantity_in_stock for good in ("26904", "26919", "26923")} == {0}
    assert {shop.product(gone).status for gone in ("26909", "26936")} == {"not_on_display"}
    assert filled.writes() == [
        "/api/v1/products/edit_by_external_id",
        "/api/v1/products/import_file",
        "/api/v1/products/edit_by_external_id",
    ]
    check_nothing_pending(filled)


def test_the_document_of_a_run(filled: Home) -> None:
    """Keys and types are those of the published schema; requests are counted by endpoint."""
    filled.next_day()
    ran = filled.sync()
    valid(ran.json, schemas.SYNC)
    assert set(ran.json["orders"].values()) == {0}
    assert ran.json["requests"] == {
        "total": 10,
        "by_endpoint": {
            "GET orders/list": 1,
            "GET products/list": 2,
            "POST products/import_file": 1,
            "GET products/import/status": 1,
            "GET products/by_external_id": 3,
            "POST products/edit_by_external_id": 2,
        },
    }
    assert (ran.json["run"], ran.json["exit"]) == (2, 0)


def test_new_and_its_stock_cannot_be_read(home: Home) -> None:
    """A new product is created as not available; an existing one keeps its stock until it can be read."""
    balances = '"2=40,000|8=25,000"'
    home.edit_row("26931", balances, '"2=багато"')
    assert (home.sync().code, home.sandbox.product("26931").presence) == (0, "not_available")
    assert home.sandbox.product("26931").quantity_in_stock == 0
    home.edit_row("26931", '"2=багато"', balances)
    assert states(home.sync()) == {"26931": "done"}
    home.edit_row("26931", balances, '"2=мало"')
    assert home.sync().json["changes"] == []
    product = home.sandbox.product("26931")
    assert (product.presence, product.quantity_in_stock) == ("available", 65)


FIELDS = """
[[fields]]
column = "GoodName"
to = "name"
[[fields]]
column = "RetailPrice"
to = "price"
[[fields]]
column = "WarehouseQuantity"
to = "quantity"
[[fields]]
column = "Color"
to = "characteristic"
name = "Колір"
[[fields]]
column = "visota_kabluka"
to = "characteristic"
name = "Висота каблука"
unit = "см"

"""


@pytest.fixture
def yml_home(home: Home) -> Home:
    """A home whose export is YML, with fields for name, price, stock and two characteristics."""
    text = home.object.read_text("utf-8")
    start, end = text.index("[[fields]]"), text.index("# --- What happens")
    home.object.write_text(text[:start] + FIELDS + text[end:], "utf-8")
    home.edit_object('use = ["2", "8"]', "use = []")
    return home


def export(home: Home, *rows: dict[str, str]) -> None:
    """Have the accounting program write an offer a good, with a param for each value."""
    home.export.write_text(yml([offer(tuple(row), tuple(row.values())) for row in rows]), "utf-8")


BOOTS = {"GoodID": "1", "GoodName": "Черевики", "RetailPrice": "800", "WarehouseQuantity": "3"}
CAP = {"GoodID": "2", "GoodName": "Кашкет", "RetailPrice": "200", "WarehouseQuantity": "5"}
HEEL, BLACK, BLUE = {"visota_kabluka": "5"}, {"Color": "чорний"}, {"Color": "синій"}


def characteristics(home: Home, good_id: str) -> dict[str, str]:
    """Return the characteristics that buyers see, keyed by name."""
    return {item.name: item.value for item in home.sandbox.product(good_id).attributes}


def test_a_param_that_no_offer_has_today(yml_home: Home) -> None:
    """The value sent before stays, whatever else changes; when the param is back, nothing is pending."""
    export(yml_home, BOOTS | BLACK | HEEL, CAP | BLACK)
    assert yml_home.sync().code == 0
    assert characteristics(yml_home, "1") == {"Колір": "чорний", "Висота каблука": "5"}
    export(yml_home, BOOTS | BLACK, CAP | BLACK)
    ran = yml_home.sync()
    assert (ran.code, ran.json["changes"]) == (0, [])
    assert [finding["code"] for finding in ran.json["findings"]] == ["column-missing"]
    export(yml_home, BOOTS | BLUE, CAP | BLACK)
    assert states(yml_home.sync()) == {"1": "done"}
    assert characteristics(yml_home, "1") == {"Колір": "синій", "Висота каблука": "5"}
    export(yml_home, BOOTS | BLUE | HEEL, CAP | BLACK)
    check_nothing_pending(yml_home)


def test_a_group_that_no_offer_has(yml_home: Home) -> None:
    """With `product_group` an export without groups would empty the shop, so it is refused."""
    yml_home.edit_object(FIELDS, FIELDS + '[[fields]]\ncolumn = "Розділ"\nto = "group"\n\n')
    export(yml_home, BOOTS | BLACK | HEEL)
    assert yml_home.run("update", "--offline").code == 0
    text = yml_home.object.read_text("utf-8")
    yml_home.object.write_text(f'product_group = "Взуття"\n{text}', "utf-8")
    assert yml_home.run("update", "--offline").code == 3


def test_prom_misreads_what_is_not_available(hard: Home, faulty: FaultyServer) -> None:
    """If Prom reads the feed differently, the edit after it sets the exported availability."""

    def misread(asked: Asked, forward: Forward) -> Answer:
        assert b'available=""' in asked.body
        return forward(asked.body.replace(b'available=""', b'available="false"'))

    faulty.misbehave(IMPORT, misread)
    hard.edit_row("26931", '"2=40,000|8=25,000"', '""')
    ran = hard.sync()
    assert (ran.code, set(states(ran).values())) == (0, {"done"})
    assert hard.writes() == ["/api/v1/products/import_file", "/api/v1/products/edit_by_external_id"]
    assert hard.sandbox.product("26931").presence == "not_available"
    check_nothing_pending(hard)


def test_hidden_and_shown_again(filled: Home) -> None:
    """`Display` 0 hides a product, 1 shows it again; neither needs an import."""
    filled.edit_row("26931", ";401;65;1;", ";401;65;0;")
    hidden = filled.sync()
    assert (hidden.code, states(hidden)) == (0, {"26931": "done"})
    assert filled.sandbox.product("26931").status == "not_on_display"
    filled.edit_row("26931", ";401;65;0;", ";401;65;1;")
    shown = filled.sync()
    assert (shown.code, states(shown)) == (0, {"26931": "done"})
    assert filled.sandbox.product("26931").status == "on_display"
    assert len(filled.sandbox.imports()) == 1
    check_nothing_pending(filled)


def test_gone_and_back_again(filled: Home) -> None:
    """Prom never takes a deleted id again: this is reported, and no second import is spent on it."""
    everything = filled.export.read_bytes()
    filled.edit_object('delete_after = "30d"', 'delete_after = "0d"')
    filled.next_day()
    filled.sync()
    filled.export.write_bytes(everything)
    back = filled.sync("--allow", "price=26935", "--allow", "removals=2")
    assert back.code == 6
    assert {good for good, state in states(back).items() if state == "refused"} == {"26909", "26936"}
    again = filled.sync()
    assert states(again) == {"26941": "done", "26942": "done"}
    assert {finding["code"] for finding in again.json["findings"]} == {"deleted-before"}
    assert again.json["counts"]["skipped"] == 3
    check_nothing_pending(filled)


def test_only_some_fields(filled: Home) -> None:
    """What `--fields` leaves out stays pending."""
    filled.next_day()
    ran = filled.sync("--fields", "price")
    assert {outcome["verb"] for outcome in ran.json["outcomes"]} == {"update"}
    assert (ran.json["counts"]["create"], ran.json["counts"]["remove"], ran.json["pending"]) == (0, 0, 7)
    assert filled.sandbox.product("26904").presence == "available"
    assert set(states(filled.sync())) == {"26904", "26919", "26923", "26941", "26942", "26909", "26936"}
    check_nothing_pending(filled)


@pytest.mark.parametrize("half", ["goods", "orders"])
def test_only_one_half(filled: Home, half: str) -> None:
    """`--only` leaves the other half alone."""
    filled.next_day()
    filled.sandbox.place_order([("26901", 1)])
    ran = filled.sync("--only", half)
    writes = len(filled.writes())
    assert (ran.json["orders"]["new"], writes) == ((0, 3) if half == "goods" else (1, 0))


def test_foreign_products(filled: Home) -> None:
    """They are kept, or deleted by Prom's own id where the settings say so."""
    number = filled.sandbox.add_product(None, name="Чужий [/b]")
    filled.sandbox.add_product("f-1", name="Чужий другий")
    assert filled.sync().json["counts"]["foreign"] == 2
    filled.edit_object('foreign = "keep"', 'foreign = "delete"')
    assert f"Prom {number}" in filled.run("update").out
    ran = filled.sync()
    assert (ran.code, ran.json["counts"]["remove"]) == (0, 2)
    with pytest.raises(LookupError):
        filled.sandbox.product(number)
    check_nothing_pending(filled)


# Guards


def test_a_price_that_looks_mistyped(filled: Home) -> None:
    """That price is held, everything else is sent; `--allow price=ID` sends exactly this price."""
    filled.edit_row("26931", ";68;0;68;", ";6800;0;6800;")
    filled.edit_row("26926", ";129;0;129;", ";99;0;99;")
    ran = filled.sync()
    assert (ran.code, states(ran)) == (8, {"26926": "done"})
    assert ran.json["guards"] == [
        {
            "guard": "price",
            "good_id": "26931",
            "saw": "68.00 -> 6800.00 (+9900 %)",
            "limit": "-40 % to +150 %",
            "cause": "100 times higher: looks like a slipped decimal point",
            "allow": "--allow price=26931",
        }
    ]
    assert filled.sandbox.product("26931").price == Decimal("68.00")
    filled.sandbox.log.clear()
    assert (filled.sync("--allow", "price=26925").code, filled.writes()) == (8, [])
    allowed = filled.sync("--allow", "price=26931")
    assert (allowed.code, states(allowed)) == (0, {"26931": "done"})
    assert filled.sandbox.product("26931").price == Decimal("6800.00")


# Imports


def test_no_import_left_today(filled: Home) -> None:
    """Changes that need an import are deferred, the rest is sent, and the next day's run sends them."""
    filled.edit_object("imports_per_day = 8", "imports_per_day = 1")
    filled.next_day()
    ran = filled.sync()
    assert ran.code == 5
    deferred = {good for good, state in states(ran).items() if state == "deferred"}
    assert deferred == {"26941", "26942"}
    assert set(states(ran).values()) == {"deferred", "done"}
    assert filled.sandbox.product("26926").price == Decimal("99.00")
    assert filled.sandbox.imports()[1:] == []
    filled.edit_object("imports_per_day = 1", "imports_per_day = 8")
    assert states(filled.sync()) == {"26941": "done", "26942": "done"}


def test_prom_takes_no_import(filled: Home) -> None:
    """Exit 5 with Prom's message; prices and stock are sent, removals deferred, nothing is repeated."""
    filled.sandbox.quirks = replace(filled.sandbox.quirks, imports_per_day=1)
    filled.next_day()
    ran = filled.sync()
    assert ran.code == 5
    assert ran.json["error"]["kind"] == "temporary"
    assert "Превышено количество импортов в сутки" in ran.json["error"]["message"]
    assert filled.writes().count("/api/v1/products/import_file") == 1
    assert filled.sandbox.product("26926").price == Decimal("99.00")
    assert filled.sandbox.product("26909").status == "on_display"
    deferred = {good for good, state in states(ran).items() if state == "deferred"}
    assert deferred == {"26941", "26942", "26909", "26936"}
    filled.sandbox.quirks = replace(filled.sandbox.quirks, imports_per_day=10)
    assert filled.sync().code == 0


def test_an_import_that_was_lost_on_the_way(hard: Home, faulty: FaultyServer) -> None:
    """No product was made: after half an hour it is sure that nothing comes, and it is sent again."""
    faulty.misbehave(IMPORT, breaks_before, times=1)
    ran = hard.sync()
    assert (ran.code, set(states(ran).values())) == (5, {"deferred"})
    assert hard.sync().code == 5
    again = hard.run("sync", "--yes", "--format", "json", now=datetime.now(UTC) + timedelta(minutes=31))
    assert (again.code, again.json["budget"]["imports_left"]) == (0, 7)


def test_an_import_with_refused_goods(home: Home) -> None:
    """Prom's reason is shown with the good, the others are done, and no import is spent on it again."""
    number = home.sandbox.add_product("26931", name="Був і немає")
    home.sandbox.delete_product(number)
    ran = home.sync()
    assert ran.code == 6
    (refused,) = [outcome for outcome in ran.json["outcomes"] if outcome["state"] == "refused"]
    assert refused["good_id"] == "26931"
    assert "недоступна для оновлення" in refused["message"]
    home.sandbox.log.clear()
    assert home.sync().json["counts"]["create"] == 0
    assert home.writes() == []
    refused = "✗ error    item 26931: Шуруп [/25] оцинкований 4х25, 100 шт: Prom.ua refused it as it is now"
    assert refused in home.run("update").out


# Edits


@pytest.mark.parametrize(("fault", "edits"), [(keeps_silent_of, 2), (passes_over, 4)])
def test_edits_missing_in_the_answer(
    hard_filled: Home, faulty: FaultyServer, fault: Callable[..., Fault], edits: int
) -> None:
    """An id that is missing in the answer is read back; if it is not done, it is sent again alone."""
    faulty.misbehave(EDIT, fault("26926", "26931"), times=1)
    hard_filled.next_day()
    ran = hard_filled.sync()
    assert (ran.code, set(states(ran).values())) == (0, {"done"})
    assert hard_filled.sandbox.product("26926").price == Decimal("99.00")
    assert ran.json["requests"]["by_endpoint"]["POST products/edit_by_external_id"] == edits


def test_edits_always_ignored(hard_filled: Home, faulty: FaultyServer) -> None:
    """The edit is unclear, exit 6; removals are deferred, and the next run retries."""
    faulty.misbehave(EDIT, passes_over("26926"))
    hard_filled.next_day()
    ran = hard_filled.sync()
    state = states(ran)
    assert (ran.code, state["26926"], state["26931"]) == (6, "unclear", "done")
    assert (state["26909"], state["26936"]) == ("deferred", "deferred")
    assert hard_filled.sandbox.product("26909").status == "on_display"
    faulty.behave()
    assert states(hard_filled.sync()) == {"26926": "done", "26909": "done", "26936": "done"}


def test_edits_whose_answers_are_always_lost(hard_filled: Home, faulty: FaultyServer) -> None:
    """They were not refused: they are unclear, and the next run sends them again."""
    faulty.misbehave(EDIT, breaks_before)
    hard_filled.edit_row("26926", ";129;0;129;", ";99;0;99;")
    ran = hard_filled.sync()
    assert (ran.code, states(ran)) == (6, {"26926": "unclear"})
    assert "answer was lost" in ran.json["outcomes"][0]["message"]
    faulty.behave()
    assert states(hard_filled.sync()) == {"26926": "done"}


def test_foreign_products_that_prom_will_not_delete(hard_filled: Home, faulty: FaultyServer) -> None:
    """Their deletion is unclear, with Prom's reason where it gives one."""
    number = hard_filled.sandbox.add_product(None, name="Чужий")
    hard_filled.edit_object('foreign = "keep"', 'foreign = "delete"')
    errors = {str(number): "лише вручну"}
    faulty.misbehave("POST /products/edit", says(200, {"processed_ids": [], "errors": errors}), times=1)
    faulty.misbehave("POST /products/edit", says(200, {"error": "Не сьогодні"}), times=1)
    for reason in ("лише вручну", "Не сьогодні"):
        ran = hard_filled.sync()
        assert ran.code == 6
        (outcome,) = ran.json["outcomes"]
        assert (outcome["good_id"], outcome["state"]) == (None, "unclear")
        assert reason in outcome["message"]
    assert hard_filled.sync().code == 0


def test_an_edit_with_a_reason(hard_filled: Home, faulty: FaultyServer) -> None:
    """Prom's reason for one id is shown with it, the others are done."""

    def refuse(asked: Asked, forward: Forward) -> Answer:
        items = [item for item in json.loads(asked.body) if item["id"] != "26931"]
        report = json.loads(forward(json.dumps(items).encode()).body)
        body = {**report, "errors": {"26931": {"price": ["<b>занадто</b> мала"]}}}
        return Answer(200, json.dumps(body).encode())

    faulty.misbehave(EDIT, refuse)
    hard_filled.next_day()
    ran = hard_filled.run("sync", "--yes", "--show", "summary")
    assert ran.code == 6
    assert "! refused: update 26931 Шуруп [/25] оцинкований 4х25, 100 шт: price: занадто мала" in ran.lines
    faulty.behave()
    assert hard_filled.sync().code == 0


# Tokens


def test_a_token_that_may_only_read(home: Home) -> None:
    """Exit 4 names the missing right and where to grant it; neither page nor token appears anywhere."""
    home.set_quirks("forbidden_as=403-html")
    (home.shop / "token").write_text("read-only\n")
    table = home.run("sync", "--yes")
    failed = home.sync()
    assert (table.code, failed.code) == (4, 4)
    valid(failed.json, schemas.SYNC)
    assert failed.json["error"]["kind"] == "token-refused"
    assert '"Products" and "Groups": "Read and write"' in table.err
    assert "«читання і запис»" in failed.json["error"]["hint"]
    for text in (table.out, table.err, failed.out, failed.err, home.everything_written().decode("latin-1")):
        assert "<html" not in text.lower()
        assert "read-only" not in text
    assert home.sandbox.products() == []


def test_a_wrong_token(home: Home) -> None:
    """Exit 4, nothing is written, and the token appears nowhere."""
    (home.shop / "token").write_text("expired-secret-99\n")
    table, failed = home.run("sync", "--yes"), home.sync()
    assert (table.code, failed.code, home.writes()) == (4, 4, [])
    valid(failed.json, schemas.FAILED)
    assert "it is unknown, expired or revoked" in table.err
    for text in (table.out, table.err, failed.out, failed.err, home.everything_written().decode("latin-1")):
        assert "<html" not in text.lower()
        assert "expired-secret" not in text


@pytest.mark.parametrize("token", ["", "два слова", "with blank", "\u200bfull"])
def test_an_invalid_token(home: Home, token: str) -> None:
    """It is reported as a mistake of the sync object, without the token."""
    (home.shop / "token").write_text(token, "utf-8")
    ran = home.run("sync", "--yes")
    assert (ran.code, home.sandbox.log.records()) == (3, [])
    assert "api_key" in ran.err
    assert not token or token not in ran.err


# Errors of Prom


# The journal


@pytest.mark.both_states
def test_every_write_is_in_the_journal_before_its_answer(hard_filled: Home, faulty: FaultyServer) -> None:
    """The journal has a write before Prom gets it; afterwards it equals Prom's own log."""
    seen: list[list[Any]] = []

    def record_newest(asked: Asked, forward: Forward) -> Answer:
        newest = "select method, path, answered_at, status from requests order by id desc limit 1"
        seen.append(rows(hard_filled.folder / "state.db", newest))
        return forward(asked.body)

    faulty.misbehave(EDIT, record_newest)
    faulty.misbehave(IMPORT, record_newest)
    hard_filled.next_day()
    hard_filled.sandbox.log.clear()
    assert hard_filled.sync().code == 0
    assert seen == [
        [("POST", "/products/edit_by_external_id", None, None)],
        [("POST", "/products/import_file", None, None)],
        [("POST", "/products/edit_by_external_id", None, None)],
    ]
    journal = rows(
        hard_filled.folder / "state.db",
        "select method, path, status, outcome from requests where run = 2 order by id",
    )
    asked = hard_filled.sandbox.log.records()
    assert [entry[:3] for entry in journal] == [
        (record.method, record.path.removeprefix("/api/v1"), record.status) for record in asked
    ]
    assert {entry[3] for entry in journal} == {"done"}


def test_the_exit_code_is_recorded(home: Home) -> None:
    """The journal has the exit code of every run."""
    (home.shop / "token").write_text("expired\n")
    home.sync()
    (home.shop / "token").write_text("full\n")
    home.sync()
    good = home.export.read_bytes()
    home.export.write_bytes(b"")
    home.sync()
    home.export.write_bytes(good)
    assert rows(home.folder / "state.db", "select exit from runs order by id") == [(4,), (0,), (3,)]


# Concurrent and killed runs


@pytest.mark.both_states
def test_two_runs_at_once(hard_filled: Home, faulty: FaultyServer) -> None:
    """A second `sync` names the holder of the lease and sends nothing; the first finishes.

    `update` shows what is pending as the first recorded it last, and leaves no trace.
    """
    hard_filled.next_day()
    refused: list[Ran] = []
    looked: list[Ran] = []

    def others_begin(asked: Asked, forward: Forward) -> Answer:
        refused.extend((hard_filled.run("sync", "--yes"), hard_filled.sync()))
        asks = len(hard_filled.sandbox.log)
        hard_filled.edit_row("26901", ";1713;0;1713;", ";1700;0;1700;")
        plan = str(hard_filled.folder / "plan")
        looks: tuple[tuple[str, ...], ...] = ((), ("--format", "json"), ("--format", "csv"), ("--out", plan))
        looked.extend(hard_filled.run("update", *args) for args in looks)
        assert len(hard_filled.sandbox.log) == asks
        return forward(asked.body)

    faulty.misbehave(EDIT, others_begin, times=1)
    first = hard_filled.sync()
    second, document = refused
    assert [ran.code for ran in (first, *refused)] == [0, 10, 10]
    assert [ran.code for ran in looked] == [0] * 4
    said = f"process {os.getpid()}, has been going on since "
    assert [said in ran.out + ran.err for ran in looked] == [True] * 4
    assert looked[1].json["counts"]["update"] == 10
    assert hard_filled.run("update", "--format", "json").json["counts"]["to_send"] == 1
    hard_filled.edit_row("26901", ";1700;0;1700;", ";1713;0;1713;")
    assert "error: another run is working with `My Prom`: " in second.err
    assert f"process {os.getpid()}" in second.err
    valid(document.json, schemas.FAILED)
    assert document.json["error"]["kind"] == "busy"
    assert set(states(first).values()) == {"done"}
    check_nothing_pending(hard_filled)


# Orders


def test_an_unmapped_payment(filled: Home) -> None:
    """The order is stored, exit 8 names the command that maps it, and that command works."""
    filled.sandbox.place_order([("26901", 2)])
    ran = filled.run("sync", "--yes")
    assert ran.code == 8
    assert "orders: 1 new, 0 changed, 1 file for Torgsoft in the outbox" in ran.lines
    assert (
        "! no cash register or account chosen yet for the payment method `Пром-оплата` (1 order)" in ran.lines
    )
    hints = [line.removeprefix("hint: torgsync ") for line in ran.err.splitlines() if line.startswith("hint")]
    assert hints == [
        'payments fetch -o "My Prom"',
        'payments map Пром-оплата --cash-register "REGISTER NAME" -o "My Prom"',
    ]
    assert [filled.run(*shlex.split(hint)).code for hint in hints] == [0, 0]
    assert filled.sync().code == 0


# Several objects


def test_two_objects_and_none_is_named(filled: Home) -> None:
    """`sync` requires a name or `--all`; nothing is sent."""
    filled.second_object("Zweiter", "zweiter.toml")
    filled.next_day()
    ran = filled.run("sync", "--yes")
    assert (ran.code, ran.out, filled.writes()) == (64, "", [])
    assert ran.err == (
        "error: there are 2 sync objects: `My Prom`, `Zweiter`\n\n"
        "hint: name one with `--object NAME`, or take all with `--all`\n"
    )
    assert filled.run("orders", "list").err.endswith("hint: name one with `--object NAME`\n")
    assert filled.sync("-o", "my-prom").code == 0


def test_all_objects(filled: Home) -> None:
    """One fails, the other is synchronised; the exit code is the gravest, the output one document."""
    broken = filled.second_object("Abc", "abc.toml")
    broken.write_text(broken.read_text("utf-8").replace('"TSGoods.trs"', '"nowhere.trs"'), "utf-8")
    filled.next_day()
    ran = filled.sync("--all")
    assert ran.code == 3
    failed, done = ran.json["objects"]
    valid(failed, schemas.FAILED_OF_SEVERAL)
    valid(done, schemas.SYNC)
    assert len(done["outcomes"]) == 13
    table = filled.run("sync", "--all", "--yes")
    assert table.code == 3
    assert "My Prom: no changes are pending" in table.lines


# Usage


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--format", "csv"), "`--format`: `csv` is not one of `table`, `json`"),
        (("--only", "clients"), "`--only`: `clients` is not one of"),
        (("--fields", "cost"), "there is no field `cost`"),
    ],
)
def test_wrong_usage(home: Home, args: tuple[str, ...], message: str) -> None:
    """Exit 64 before any request."""
    ran = home.run("sync", *args)
    assert (ran.code, ran.out, home.sandbox.log.records()) == (64, "", [])
    assert ran.err.lower().startswith(f"error: {message}".lower())


def test_state_that_cannot_be_opened(home: Home) -> None:
    """A state that is no database is reported, and nothing is sent."""
    (home.folder / "state.db").write_bytes(b"no database at all" * 100)
    ran = home.run("sync", "--yes")
    assert (ran.code, home.sandbox.log.records()) == (1, [])
    assert ran.err.startswith("error: the state `")
    assert "is not a database" in ran.err


def test_a_copy_of_the_home(filled: Home, tmp_path: Path) -> None:
    """A home can be moved: everything in it is relative."""
    shutil.move(filled.folder, tmp_path / "elsewhere")
    moved = Home(tmp_path / "elsewhere", tmp_path / "elsewhere" / "objects", filled.server)
    check_nothing_pending(moved)


def test_a_text_that_prom_cut_is_reported(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is done, with a warning that shows the end of the text; it is not sent again."""
    monkeypatch.setattr(texts, "NAME_LIMIT", 200)
    filled.edit_row("26926", '"Крем [red] для рук ягідний', f'"Крем [red] для рук ягідний {"дуже " * 30}')
    ran = filled.run("sync", "--yes")
    assert ran.code == 0
    assert "! done: update 26926" in ran.out
    assert "name: Prom.ua cut it to 130 characters, it ends with `" in ran.out
    filled.sandbox.log.clear()
    assert (filled.sync().code, filled.writes()) == (0, [])


def test_a_batch_that_prom_refuses_for_one_good(hard_filled: Home, faulty: FaultyServer) -> None:
    """The batch is bisected until that good is alone: the others are sent, with few requests."""
    hard_filled.next_day()
    no = Answer(400, '{"error": "ціна не та"}'.encode(), (("Content-Type", "application/json"),))
    faulty.misbehave(
        "POST /products/edit_by_external_id",
        lambda asked, forward: no if b'"26910"' in asked.body else forward(asked.body),
    )
    ran = hard_filled.sync("--fields", "price")
    assert ran.code == 6
    states = {one["good_id"]: one["state"] for one in ran.json["outcomes"]}
    assert states == {**dict.fromkeys(states, "done"), "26910": "refused"}
    assert len(states) > 4
    assert ran.json["requests"]["by_endpoint"]["POST products/edit_by_external_id"] <= 8


def test_batches_are_filled_across_pages(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few price changes among many name changes need only as many edits as full batches."""
    monkeypatch.setattr(edits, "EDIT_BATCH", 3)
    filled.next_day()
    filled.edit_export(lambda text: text.replace('"М’яка', '"Нова м’яка').replace('"Шуруп', '"Новий шуруп'))
    ran = filled.sync()
    assert ran.code == 0
    price_stock = {"price", "discount", "quantity", "presence"}
    updates = [one for one in ran.json["changes"] if one["verb"] == "update"]
    edited = [one for one in updates if price_stock & one["fields"].keys()]
    removed = [one for one in ran.json["changes"] if one["verb"] == "remove"]
    assert len(edited) < len(updates)
    wanted = -(-len(edited) // 3) + -(-len(removed) // 3)
    asked = ran.json["requests"]["by_endpoint"]["POST products/edit_by_external_id"]
    assert wanted <= asked <= wanted + 1  # new products may need one of their own
