"""The program does the same whatever answers of Prom.ua look like (prom-api §13), day after day."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
from homes import Home

from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, PICKUP

AS_RECORDED = ("whole_numbers=integer", "product_dates=second", "warehouse_refs=at-once")
OTHERWISE = ("whole_numbers=float", "product_dates=hour", "warehouse_refs=never")


def stored_orders(home: Home) -> list[tuple[str, int, str]]:
    with closing(sqlite3.connect(home.folder / "state.db")) as state:
        return state.execute("select order_id, version, doc from order_versions order by 1, 2").fetchall()


@pytest.mark.parametrize(("first", "second"), [(AS_RECORDED, OTHERWISE), (OTHERWISE, AS_RECORDED)])
def test_another_shape_is_no_change(mapped: Home, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    """Orders and products that are read again in another shape are what they were."""
    mapped.set_quirks(*first)
    lines = (("26901", Decimal(2)), ("26926", Decimal("1.5")))
    mapped.sandbox.place_order(lines, delivery_cost=Decimal(45))
    mapped.sandbox.place_order(lines, delivery_option_id=PICKUP.id, payment_option_id=CASH_ON_DELIVERY.id)
    assert mapped.sync().json["orders"]["files"] == 2
    before, written = stored_orders(mapped), len(mapped.writes())
    mapped.set_quirks(*second)
    assert mapped.run("update", "--full-refresh", "--format", "json").json["changes"] == []
    again = mapped.sync()
    assert (again.code, again.json["orders"]["changed"]) == (0, 0)
    assert (stored_orders(mapped), len(mapped.writes())) == (before, written)


def test_orders_without_the_newer_keys(mapped: Home) -> None:
    """They are orders like any other: a file each, once, and nothing for a person to do."""
    mapped.set_quirks("order_keys=fewer")
    number = mapped.sandbox.place_order([("26901", 2)])
    cancelled = mapped.sandbox.place_order([("26901", 1)])
    mapped.sandbox.cancel_order(cancelled)
    orders = mapped.sync("--only", "orders").json["orders"]
    assert (orders["new"], orders["files"], orders["held"], orders["open"]) == (2, 1, 0, 0)
    mapped.set_quirks("order_keys=all")
    again = mapped.sync("--only", "orders")
    assert (again.code, again.json["orders"]["files"], again.json["orders"]["open"]) == (0, 0, 0)
    assert f"{number}" in mapped.run("orders", "list").out


@pytest.mark.parametrize("form", ["fields", "text"])
def test_an_edit_that_is_refused(filled: Home, form: str) -> None:
    """Whether the reason is a text or an object by fields, it is shown, and the next run sends the item."""
    filled.set_quirks(f"edit_errors={form}", "minimum_quantity=required")
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    ran = filled.sync()
    (refused,) = ran.json["outcomes"]
    assert (ran.code, refused["state"]) == (6, "refused")
    assert refused["message"] == "minimum_order_quantity: This field is required."
    filled.set_quirks("minimum_quantity=optional")
    assert filled.sync().code == 0
    assert filled.sandbox.product("26926").price == Decimal("119.00")


@pytest.mark.slow
def test_the_second_day_in_other_shapes(mapped: Home) -> None:
    """Import, edits and removals end as usual where dates are rounded to the hour; nothing is left."""
    mapped.set_quirks(*OTHERWISE, "order_keys=fewer", "edit_errors=text", "plain_dates=empty")
    mapped.sandbox.place_order([("26901", 1)])
    mapped.next_day()
    assert mapped.sync().code == 0
    assert mapped.sandbox.product("26926").price == Decimal("99.00")
    again = mapped.sync()
    assert (again.code, again.json["changes"], again.json["orders"]["changed"]) == (0, [], 0)
