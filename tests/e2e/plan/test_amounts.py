"""Prices that may be two amounts, through the whole program: what could be wrong never reaches the shop."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence

import pytest
from corpus import DATA
from dialects import csv, offer, xlsx, yml
from homes import Home, Ran

COLUMNS = ("GoodID", "GoodName", "RetailPrice", "RetailPriceWithDiscount", "WarehouseQuantity")


def set_up(home: Home, name: str = "TSGoods.trs") -> None:
    """Make a sync object by hand, and map the standard columns."""
    home.object.write_text(
        f'name = "My Prom"\napi_key = {{ file = "token" }}\n[catalog]\npath = "{name}"\n'
        "[limits]\nrequests_per_second = 50\n",
        "utf-8",
    )
    assert home.run("fields", "add-all").code == 0


def prices(home: Home) -> dict[str, str]:
    """Return the price of each product of the shop, keyed by its external id."""
    return {str(product.external_id): str(product.price) for product in home.sandbox.products()}


def refused(ran: Ran) -> list[str]:
    """Return the sentences about unreadable numbers, each with its good."""
    found = [one for one in ran.json["findings"] if one["code"] == "number-unreadable"]
    return [f"{one['good_id']} {one['message']}" for one in found]


def test_a_price_that_may_be_two_amounts_is_never_sent(bare: Home) -> None:
    """Not in the first run, and not later; it is sent when the column shows what its sign is."""
    shutil.copy(DATA / "price-thousands" / "TSGoods.trs", bare.export)
    set_up(bare)
    check = bare.run("object", "check", "--format", "json")
    assert (check.code, len(refused(check))) == (0, 5)
    first = bare.sync()
    assert refused(first)[:3] == [
        "701 `1.450` may be 1450 or 1.45; not sent: price, discount",
        "702 `1,450` may be 1450 or 1.45; not sent: price, discount",
        "703 `12.345` may be 12345 or 12.345; not sent: price, discount",
    ]
    sent = {"700": "1450", "705": "1450.0", "706": "1450.5", "707": "0.45", "708": "119.47"}
    assert {good_id: float(price) for good_id, price in prices(bare).items()} == {
        good_id: float(price) for good_id, price in sent.items()
    }
    bare.edit_export(lambda text: text.replace("1450;1450;", "1.500;1.500;").replace('"Капці 0"', '"Нові"'))
    later = bare.sync()
    assert "700 `1.500` may be 1500 or 1.5; not sent: price, discount" in refused(later)
    assert (float(prices(bare)["700"]), bare.sandbox.product("700").name) == (1450, "Нові")


def test_the_decimal_sign_of_a_column_decides_about_rows_that_did_not_change(bare: Home) -> None:
    """Another cell of the column shows the sign, or takes that away; `why` says the same as the plan."""

    def write(*last: str) -> None:
        cells = [
            ["1", "Капці", "1,450", "1,450", "3"],
            ["2", "Лійка", "12,50", "12,50", "3"],
            ["3", "Віник", *last, "3"],
        ]
        bare.export.write_text(csv(COLUMNS, cells), "utf-8")

    write("7", "7")
    set_up(bare)
    assert (refused(bare.sync()), float(prices(bare)["1"])) == ([], 1.45)
    write("7.5", "7")
    sentence = "`1,450` may be 1450 or 1.45; not sent: price, discount"
    assert refused(bare.run("update", "--format", "json")) == [f"1 {sentence}"]
    assert sentence in " ".join(bare.run("why", "1").out.split())
    assert (refused(bare.sync()), float(prices(bare)["3"])) == ([f"1 {sentence}"], 7.5)
    assert float(prices(bare)["1"]) == 1.45
    write("7,5", "7")
    ran = bare.run("update", "--format", "json")
    assert (refused(ran), ran.json["changes"]) == ([], [])
    assert sentence not in " ".join(bare.run("why", "1").out.split())


def as_elements(rows: Sequence[Sequence[str]]) -> bytes:
    """Write a YML file by the norm."""
    offers = [
        f'<offer id="{row[0]}" available="true"><name>{row[1]}</name><price>{row[3]}</price>'
        f"<quantity_in_stock>{row[4]}</quantity_in_stock></offer>"
        for row in rows
    ]
    return yml(offers).encode()


FORMS: dict[str, tuple[str, Callable[[list[list[str]]], bytes]]] = {
    "trs-cp1251": ("TSGoods.trs", lambda rows: csv(COLUMNS, rows).encode("cp1251")),
    "csv-commas": ("goods.csv", lambda rows: csv(COLUMNS, rows, delimiter=",").encode()),
    "xlsx": ("goods.xlsx", lambda rows: xlsx([COLUMNS, *rows])),
    "yml-params": ("goods.yml", lambda rows: yml([offer(COLUMNS, row) for row in rows]).encode()),
    "yml-elements": ("goods.yml", as_elements),
}


@pytest.mark.parametrize("form", FORMS)
def test_amounts_in_every_format(form: str, bare: Home) -> None:
    """The same cells are refused, and read by the decimal sign of their column, in every form."""
    name, write = FORMS[form]
    rows = [["1", "Капці", "1,450", "1,450", "3"], ["2", "Лійка", "999,000", "999,000", "3"]]
    (bare.shop / name).write_bytes(write(rows))
    set_up(bare, name)
    assert [one[:1] for one in refused(bare.run("object", "check", "--format", "json"))] == ["1", "2"]
    rows.append(["3", "Віник", "12,5", "12,5", "3"])
    (bare.shop / name).write_bytes(write(rows))
    changes = bare.run("update", "--format", "json").json["changes"]
    assert [change["fields"]["price"]["new"] for change in changes] == ["1.45", "999.00", "12.50"]


def test_a_number_of_a_spreadsheet_is_one_amount(bare: Home) -> None:
    """Its point is the decimal sign, but says nothing about a text in the same column."""
    rows: list[tuple[str | float, ...]] = [
        ("1", "Капці", 12.345, 12.345, 3),
        ("2", "Лійка", "1.450", "1.450", 3),
        ("3", "Віник", 7.5, 7.5, 3),
    ]
    (bare.shop / "goods.xlsx").write_bytes(xlsx([COLUMNS, *rows]))
    set_up(bare, "goods.xlsx")
    ran = bare.run("update", "--format", "json")
    assert [one[:1] for one in refused(ran)] == ["2"]
    assert [change["fields"]["price"]["new"] for change in ran.json["changes"]] == ["12.35", "7.50"]
