"""Words for yes, no and presence through the whole program: what the shop shows and offers afterwards."""

from __future__ import annotations

import shutil

import pytest
from corpus import DATA
from homes import Home

COLUMNS = "GoodID;GoodName;RetailPrice;WarehouseQuantity;Display;available"


@pytest.fixture
def home(bare: Home) -> Home:
    """A home with a sync object and without an export."""
    write_object(bare)
    return bare


def write_object(home: Home, tables: str = "") -> None:
    text = 'name = "My Prom"\napi_key = { file = "token" }\n[catalog]\npath = "TSGoods.trs"\n'
    home.object.write_text(f"{text}{tables}\n[limits]\nrequests_per_second = 50\n", "utf-8")


def write_rows(home: Home, *rows: str) -> None:
    """Write an export; each row is stock, `Display` and `available` of the goods 1, 2, …"""
    goods = (f"{number};Капці {number};100;{row}\n" for number, row in enumerate(rows, start=1))
    home.export.write_text(f"{COLUMNS}\n{''.join(goods)}", "utf-8")


def shown(home: Home) -> dict[str, str]:
    """Return the presence of every product that buyers see."""
    products = home.sandbox.products()
    return {str(one.external_id): one.presence for one in products if one.status == "on_display"}


def codes(home: Home) -> list[tuple[str, str]]:
    """Return the findings of the next look, each with its good."""
    return [(one["code"], one["good_id"]) for one in home.run("update", "--format", "json").json["findings"]]


def test_display_that_turns_to_words_changes_nothing(home: Home) -> None:
    """The same goods are shown, the hidden one is not created, and nothing is pending."""
    folder = DATA / "display-turns-to-words"
    shutil.copyfile(folder / "TSGoods.trs", home.export)
    home.run("fields", "add-all")
    assert home.sync().code == 0
    shutil.copyfile(folder / "next.trs", home.export)
    pending = home.run("update", "--format", "json").json
    assert (pending["changes"], pending["findings"]) == ([], [])
    assert home.sync().code == 0
    assert shown(home) == {"701": "available", "703": "available"}


def test_a_display_that_cannot_be_read_leaves_every_good_as_it_was(home: Home) -> None:
    """Shown stays shown and goes on being updated, out stays out, a new one waits until it can be read."""
    write_rows(home, "3;1;1", "3;0;1", "3;1;1")
    home.run("fields", "add-all")
    assert home.sync().code == 0
    for days in range(2):
        write_rows(home, "4;можливо;1", "5;можливо;1", f"{days};1;1", "6;можливо;1")
        assert codes(home) == [("display-unknown", good) for good in "124"]
        assert home.sync().code == 0
        assert shown(home) == {"1": "available", "3": "available" if days else "not_available"}
        assert home.sandbox.product("1").quantity_in_stock == 4
        assert home.run("update", "--full-refresh", "--format", "json").json["changes"] == []
    assert "it is new, and its `Display` is neither yes nor no" in home.run("why", "4").out
    write_rows(home, "4;так;1", "5;так;1", "1;1;1", "6;ні;1")
    assert home.sync().code == 0
    assert sorted(shown(home)) == ["1", "2", "3"]


def test_a_display_that_becomes_empty_puts_nothing_on_sale(home: Home) -> None:
    """What was hidden stays hidden on every later day, and what is new or was shown is shown."""
    write_rows(home, "3;1;1", "3;0;1")
    home.run("fields", "add-all")
    assert home.sync().code == 0
    for days in range(2):
        write_rows(home, f"{4 + days};;1", "3;;1", "6;;1")
        assert codes(home) == [("display-unknown", "2")]
        assert home.sync().code == 0
        assert sorted(shown(home)) == ["1", "3"]
        again = home.run("update", "--full-refresh", "--format", "json").json
        assert (again["changes"], [one["good_id"] for one in again["findings"]]) == ([], ["2"])
    write_rows(home, "5;;1", "3;1;1", "6;;1")
    assert home.sync().code == 0
    assert sorted(shown(home)) == ["1", "2", "3"]


@pytest.mark.parametrize("policy", ["hide", "delete", "not-available"])
def test_out_stays_out_whatever_removal_says(home: Home, policy: str) -> None:
    """A product that `Display` removed is not put back by a word that cannot be read."""
    write_object(home, f'[removal]\nunsold = "{policy}"')
    write_rows(home, "3;1;1", "3;1;1")
    home.run("fields", "add-all")
    home.sync()
    write_rows(home, "3;1;1", "3;0;1")
    home.sync("--allow", "removals=1")
    before = [(one.status, one.presence) for one in home.sandbox.products()]
    write_rows(home, "3;1;1", "3;?!;1")
    ran = home.sync()
    assert (ran.code, ran.json["changes"]) == (0, [])
    assert [(one.status, one.presence) for one in home.sandbox.products()] == before


def test_words_for_the_presence_next_to_a_quantity(home: Home) -> None:
    """They count before the number; what cannot be read keeps what Prom has, and is not offered when new."""
    write_object(home, '[stock]\nzero = "waiting"')
    write_rows(
        home, "3;1;так", "3;1;ні", "0;1;так", "3;1;під замовлення", "3;1;немає в наявності", "3;1;хтозна"
    )
    home.run("fields", "add-all")
    assert home.run("object", "check", "--format", "json").json["counts"][0]["code"] == "presence-unknown"
    assert home.sync().code == 0
    assert list(shown(home).values()) == [
        *("available", "waiting", "waiting", "order", "not_available", "not_available")
    ]
    assert home.sync().json["changes"] == []
    write_rows(home, "2;1;хтозна", "3;1;ні", "0;1;так", "3;1;під замовлення", "3;1;ні", "3;1;+")
    assert codes(home) == [("presence-unknown", "1")]
    assert home.sync().code == 0
    assert home.sandbox.product("1").quantity_in_stock == 3
    assert list(shown(home).values())[4:] == ["waiting", "available"]
