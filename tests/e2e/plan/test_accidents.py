"""Accidents of living shops: nothing wrong reaches Prom without a flag that allows exactly this."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
import schemas
from homes import Home, Ran
from schemas import valid

Goods = dict[str, tuple[Decimal, str, str]]


def shown(home: Home) -> Goods:
    """Price, presence and status of all products of the marketplace, keyed by external id."""
    return {
        product.external_id or str(product.id): (
            product.price or Decimal(0),
            product.presence,
            product.status,
        )
        for product in home.sandbox.products()
    }


def prices(change: Callable[[Decimal], Decimal]) -> Callable[[str], str]:
    """Return a change of all prices of an export of the example's shape."""

    def moved(match: re.Match[str]) -> str:
        old, first, second, third = (match[number] for number in (1, 2, 3, 4))
        new = [
            str(change(Decimal(text.replace(",", "."))).quantize(Decimal("0.01"), ROUND_HALF_UP)).replace(
                ".", ","
            )
            for text in (first, third)
        ]
        return f"{old}{new[0]};{second};{new[1]};"

    def all_rows(text: str) -> str:
        head, *rows = text.split("\r\n")
        pattern = r'^(\d+;(?:"(?:[^"]|"")*";){4})([\d,]+);([\d,]+);([\d,]+);'
        return "\r\n".join([head, *(re.sub(pattern, moved, row) for row in rows)])

    return all_rows


def guards_of(ran: Ran) -> set[str]:
    """Return the guards that held something."""
    return {guard["guard"] for guard in ran.json["guards"]}


def test_prices_divided_by_a_currency_rate(filled: Home) -> None:
    """Every price is held with the probable cause; one flag with their number sends them all."""
    before = shown(filled)
    filled.edit_export(prices(lambda price: price / 41))
    ran = filled.sync()
    assert (ran.code, shown(filled), guards_of(ran)) == (8, before, {"price"})
    causes = {guard["cause"] for guard in ran.json["guards"]}
    assert causes == {"41 times lower: looks like a price in USD"}
    table = filled.run("update")
    assert "! held     39 prices, such as that of item 26901: 1713.00 -> 41.78 (-98 %); the limit is" in (
        table.out
    )
    assert "if they are right: --allow prices=39" in table.out
    assert "all 39" not in table.out
    assert filled.sync("--allow", "prices=38").code == 8
    assert shown(filled) == before
    allowed = filled.sync("--allow", "prices=39")
    assert (allowed.code, len(allowed.json["outcomes"])) == (0, 39)
    assert shown(filled)["26901"][0] == Decimal("41.78")
    assert {override["guard"] for override in allowed.json["overrides"]} == {"price"}


def test_all_prices_nothing(filled: Home) -> None:
    """A price of 0 is not sent: Prom keeps the old one."""
    before = shown(filled)
    filled.edit_export(prices(lambda _price: Decimal(0)))
    ran = filled.sync()
    counts = ran.json["counts"]
    assert (ran.code, shown(filled), counts["held"], counts["unchanged"]) == (8, before, 39, 0)
    assert {(guard["guard"], guard["saw"]) for guard in ran.json["guards"]} == {
        ("price", "the price becomes 0")
    }
    assert "price-missing" in {finding["code"] for finding in ran.json["findings"]}
    ran = filled.run("sync", "--yes")
    assert "! held     39 prices: the price becomes 0; the limit is more than 0" in ran.lines
    assert "My Prom: no changes are pending, 39 held" in ran.lines


def test_a_product_group_filter_added_by_mistake(filled: Home) -> None:
    """The hides are held, and the guard says that they come from the new filter."""
    before = shown(filled)
    filled.edit_object("# product_group", "product_group")
    ran = filled.sync()
    assert (ran.code, shown(filled), guards_of(ran)) == (8, before, {"removals"})
    assert ran.json["dark"]["products"] == 0  # what is held stays on sale
    (guard,) = ran.json["guards"]
    number = ran.json["counts"]["remove"]
    assert guard["cause"] == f"{number} of these removals come from your new settings (product group)"
    again = filled.sync()
    assert again.json["guards"] == ran.json["guards"]
    allowed = filled.sync("--allow", f"removals={number}")
    assert (allowed.code, allowed.json["overrides"][0]["allowed"]) == (0, f"removals={number}")
    assert allowed.json["dark"]["products"] > 0
    assert sum(status == "not_on_display" for *_, status in shown(filled).values()) == number


@pytest.mark.parametrize(("only_in_stock", "guard"), [("false", "stock-out"), ("true", "removals")])
def test_every_good_out_of_stock(filled: Home, only_in_stock: str, guard: str) -> None:
    """Whether they are sold out or taken off the site, it is held."""
    filled.edit_object("only_in_stock = false", f"only_in_stock = {only_in_stock}")
    filled.sync()
    before = shown(filled)
    filled.edit_export(lambda text: re.sub(r"(\d+)=\d+,\d{3}", r"\1=0,000", text))
    ran = filled.sync()
    assert (ran.code, shown(filled), guards_of(ran)) == (8, before, {guard})


def test_thirty_products_edited_in_the_cabinet(filled: Home) -> None:
    """Both values are shown; fields owned by the export are restored, those owned by Prom counted."""
    ids = [str(number) for number in range(26901, 26931)]
    for good_id in ids:
        filled.sandbox.edit_product(good_id, price=shown(filled)[good_id][0] + 10)
    document = filled.run("update", "--format", "json").json
    valid(document, schemas.UPDATE)
    assert (document["edited_on_prom"], document["counts"]["update"]) == (30, 30)
    field = document["changes"][0]["fields"]["price"]
    assert field == {"old": "1723.00", "new": "1713.00", "edited_on_prom": True, "last_sent": "1713.00"}
    assert "30 changes undo what was edited on Prom.ua" in filled.run("update").lines
    filled.edit_object('to = "price"\nowner = "torgsoft"', 'to = "price"\nowner = "prom"')
    before = shown(filled)
    for _ in range(2):
        ran = filled.sync()
        assert (ran.code, shown(filled), ran.json["left_alone"]) == (0, before, {"price": 30})
    table = filled.run("update").lines
    assert "kept as it is on Prom.ua: price in 30 items" in table


def test_a_price_edited_to_a_slip_is_not_set_back_unseen(filled: Home) -> None:
    """A cabinet price ten times higher is shown with all three values, and held."""
    filled.edit_row("26931", ";68;0;68;", ";70;0;70;")
    filled.sandbox.edit_product("26931", price=Decimal(700))
    table = " ".join(filled.run("update").out.split())
    assert "price 700.00 -> 70.00 (-90 %) (edited on Prom.ua; last sent: 68.00)" in table
    assert filled.sync().code == 8
    assert filled.sandbox.product("26931").price == Decimal(700)


def test_an_allow_flag_without_a_violation(filled: Home) -> None:
    """It is reported, whether or not changes are pending."""
    for _ in range(2):
        ran = filled.run("update", "--allow", "price=nothing", "--allow", "removals=3")
        assert "`--allow price=nothing` had no effect: no guard holds this" in ran.lines
        assert "`--allow removals=3` had no effect: no guard holds this" in ran.lines


def test_who_allowed_a_violation_is_recorded(filled: Home) -> None:
    """With the user, the time, the run, and what the guard measured."""
    filled.edit_row("26931", ";68;0;68;", ";6800;0;6800;")
    run = filled.sync("--allow", "price=26931").json["run"]
    connection = sqlite3.connect(filled.folder / "state.db")
    rows = connection.execute("select run, guard, allowed, observed, user, at from overrides").fetchall()
    connection.close()
    ((number, guard, allowed, observed, user, at),) = rows
    assert (number, guard, allowed) == (run, "price", "price=26931")
    assert json.loads(observed)["new"] == "6800.00"
    assert user
    assert at.endswith("+00:00")


def test_a_product_that_may_not_be_restored(filled: Home) -> None:
    """A good that is only out of stock is deleted with a warning."""
    filled.edit_object('unsold = "hide"', 'unsold = "delete"')
    filled.edit_object("only_in_stock = false", "only_in_stock = true")
    filled.edit_export(lambda text: re.sub(r'(\r\n26926;.*?)"2=[^"]*"', r'\1"2=0,000"', text, count=1))
    document = filled.run("update", "--format", "json").json
    gone = {
        change["good_id"]: change["reason"] for change in document["changes"] if change["verb"] == "remove"
    }
    assert gone["26926"] == "out-of-stock"
    warned = {found["good_id"] for found in document["findings"] if found["code"] == "deleted-for-good"}
    assert warned == set(gone)


def test_a_shrunken_export_does_not_become_the_usual_one(filled: Home) -> None:
    """However often it is read: a held export is no baseline, until a person allows it."""
    rows = filled.export.read_bytes().split(b"\r\n26921;")[0] + b"\r\n"
    filled.export.write_bytes(rows)
    for _ in range(4):
        ran = filled.sync()
        assert (ran.code, "export-rows" in guards_of(ran)) == (8, True)
    flags = [flag for guard in ran.json["guards"] for flag in guard["allow"].split()]
    assert filled.sync(*flags).code == 0
    assert guards_of(filled.sync()) == set()
