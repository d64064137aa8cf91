"""Which goods go to Prom, and how many of each there are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders import led, sync_object

from torgsync.core.findings import Code
from torgsync.core.select import WORDS, Reason, Stock, count_stock, in_group, why_out

FOR_PARTNER = "WarehouseQuantityForPartner"
CENTERS = {"WarehouseQuantity": "9", "WarehouseQuantityForPartner": "2=1,000|8=2,500|38=4,000"}


@pytest.mark.parametrize(
    ("use", "cells", "quantity", "column"),
    [
        ([], CENTERS, "9", "WarehouseQuantity"),
        (["2", "8"], CENTERS, "3.5", "WarehouseQuantityForPartner"),
        (["3"], CENTERS, "0", FOR_PARTNER),
        (["2"], {"WarehouseQuantity": "9", FOR_PARTNER: ""}, "0", FOR_PARTNER),
        (["2"], {"WarehouseQuantity": "9"}, "9", "WarehouseQuantity"),
        ([], {"WarehouseQuantity": ""}, "0", "WarehouseQuantity"),
        ([], {"WarehouseQuantity": "1 234,5"}, "1234.5", "WarehouseQuantity"),
    ],
)  # fmt: skip
def test_stock_is_counted_over_the_ticked_centers(
    use: list[str], cells: dict[str, str], quantity: str, column: str
) -> None:
    """The ticked centers' sum; the summed column where none is ticked or the file tells no centers."""
    stock = count_stock(sync_object(accounting_centers={"use": use}), cells)
    assert stock == Stock(Decimal(quantity), column)


def test_stock_is_read_where_it_is_led_from() -> None:
    """A merchant's own quantity column counts, and Torgsoft's standard one does not."""
    settings = sync_object(fields=led(("Залишок", "quantity")))
    assert count_stock(settings, {"Залишок": "4", "WarehouseQuantity": "0"}) == Stock(Decimal(4), "Залишок")


def test_balances_led_to_the_quantity_are_summed() -> None:
    """Where the centers' column is led to the quantity and none is ticked, all of them count."""
    settings = sync_object(fields=led(("WarehouseQuantityForPartner", "quantity")))
    assert count_stock(settings, CENTERS).quantity == Decimal("7.5")


def test_a_file_without_stock_says_nothing_of_it() -> None:
    """No column, no quantity: such a good is not sold out."""
    settings = sync_object(accounting_centers={"only_in_stock": True})
    stock = count_stock(settings, {"GoodName": "Капці"})
    assert stock == Stock(None)
    assert why_out(settings, {}, stock, has_photos=False) is None


@pytest.mark.parametrize(
    ("cells", "use", "column"),
    [
        ({"WarehouseQuantity": "три"}, [], "WarehouseQuantity"),
        ({"WarehouseQuantityForPartner": "2=x"}, ["2"], "WarehouseQuantityForPartner"),
    ],
)
def test_unreadable_stock_keeps_its_last_value(cells: dict[str, str], use: list[str], column: str) -> None:
    """No quantity is guessed, and the finding names the column and what stands there."""
    stock = count_stock(sync_object(accounting_centers={"use": use}), cells)
    assert stock.quantity is None
    (finding,) = stock.findings
    assert (finding.code, finding.column, finding.value) == (Code.NUMBER_UNREADABLE, column, cells[column])


def test_less_than_nothing_is_nothing() -> None:
    """A negative balance counts as 0, with a notice."""
    stock = count_stock(sync_object(), {"WarehouseQuantity": "-3"})
    assert stock.quantity == 0
    assert [finding.code for finding in stock.findings] == [Code.STOCK_NEGATIVE]


@pytest.mark.parametrize(
    ("tables", "cells", "quantity", "photos", "reason"),
    [
        ({}, {}, "0", False, None),
        ({}, {"Display": "0"}, "5", True, Reason.NOT_DISPLAYED),
        ({}, {"Display": " 1"}, "5", True, None),
        ({"accounting_centers": {"respect_display": False}}, {"Display": "0"}, "5", True, None),
        ({"accounting_centers": {"only_in_stock": True}}, {"Display": "1"}, "0", True, Reason.OUT_OF_STOCK),
        ({"accounting_centers": {"only_in_stock": True}}, {}, "0.5", True, None),
        ({"accounting_centers": {"only_in_stock": True}}, {}, None, True, None),
        ({"accounting_centers": {"only_with_photos": True}}, {}, "5", False, Reason.NO_PHOTOS),
        ({"accounting_centers": {"only_with_photos": True}}, {}, "5", True, None),
        ({"product_group": "Взуття"}, {"GoodTypeFull": "Одяг"}, "5", True, Reason.OTHER_GROUP),
        ({"product_group": "Взуття"}, {"GoodTypeFull": "Взуття,Капці"}, "5", True, None),
    ],
)
def test_a_good_that_stays_out_has_a_reason(
    tables: dict[str, Any], cells: dict[str, str], quantity: str | None, photos: bool, reason: Reason | None
) -> None:
    """Group, `Display`, stock and photos each keep a good out when the object says so, and only then."""
    stock = Stock(None if quantity is None else Decimal(quantity))
    assert why_out(sync_object(**tables), cells, stock, has_photos=photos) is reason


@pytest.mark.parametrize(
    ("group", "cells", "inside"),
    [
        ("Полив", {"SynchronizationSectionFull": "1=Сад|11=Полив|21=Лійки, відра"}, True),
        ("лійки,  відра", {"SynchronizationSectionFull": "1=Сад|21=Лійки,  Відра"}, True),
        ("Одяг", {"SynchronizationSectionFull": "1=Сад", "GoodTypeFull": "Одяг"}, False),
        ("Полив", {"SynchronizationSectionFull": "", "SynchronizationSection": " полив "}, True),
        ("Сад", {"SynchronizationSection": "Полив", "GoodTypeFull": "Сад,Полив"}, False),
        ("Лійки, відра, шланги", {"GoodTypeFull": "Сад,Лійки, відра, шланги"}, True),
        ("відра", {"GoodTypeFull": "Сад,Лійки, відра, шланги"}, False),
        ("Взут", {"GoodTypeFull": "Взуття"}, False),
        ("Сад", {}, False),
    ],
)
def test_a_group_holds_what_is_under_it(group: str, cells: dict[str, str], inside: bool) -> None:
    """The section path is asked first, then the section, then the type of goods; names are whole."""
    assert in_group(group, cells) is inside


def test_every_reason_can_be_said() -> None:
    """No reason is left without words."""
    assert set(WORDS) == set(Reason)
