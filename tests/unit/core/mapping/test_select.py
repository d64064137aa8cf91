"""Which goods go to Prom, and how many of each there are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders import fields_of, sync_object
from hypothesis import given
from hypothesis import strategies as st

from torgsync.cli.messages.status import counts_message
from torgsync.core.findings import Code
from torgsync.core.mapping.row import ExportRow
from torgsync.core.mapping.select import display_findings, why_out
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import Stock, count_stock

FOR_PARTNER = "WarehouseQuantityForPartner"
ONLY_IN_STOCK = {"accounting_centers": {"only_in_stock": True}}
CENTERS = {"WarehouseQuantity": "7,5", FOR_PARTNER: "2=1,000|8=2,500|38=4,000"}
BOTH: dict[str, Any] = {"use": ["2", "8"]}


@pytest.mark.parametrize(
    ("use", "cells", "quantity", "column"),
    [
        ([], CENTERS, "7.5", "WarehouseQuantity"),
        (["2", "8"], CENTERS, "3.5", "WarehouseQuantityForPartner"),
        (["3"], CENTERS, "0", FOR_PARTNER),
        (["2"], {"WarehouseQuantity": "0", FOR_PARTNER: ""}, "0", FOR_PARTNER),
        ([], {"WarehouseQuantity": "9", FOR_PARTNER: ""}, "9", "WarehouseQuantity"),
        (["2"], {"WarehouseQuantity": "9"}, "9", "WarehouseQuantity"),
        (["2"], {FOR_PARTNER: " "}, "0", FOR_PARTNER),
        ([], {"WarehouseQuantity": "", FOR_PARTNER: "2=1,000|8=2,000"}, "3", FOR_PARTNER),
        (["2"], {"WarehouseQuantity": "", FOR_PARTNER: "2=1,000|8=2,000"}, "1", FOR_PARTNER),
        ([], {"WarehouseQuantity": "1 234,5"}, "1234.5", "WarehouseQuantity"),
    ],
)  # fmt: skip
def test_stock_is_counted_over_the_ticked_centers(
    use: list[str], cells: dict[str, str], quantity: str, column: str
) -> None:
    """The chosen centers' sum; the summed column where none is chosen or the file has no centers."""
    stock = count_stock(sync_object(accounting_centers={"use": use}), cells)
    assert stock == Stock(Decimal(quantity), column)


@pytest.mark.parametrize("standard", ["0", "три"])
def test_stock_is_read_from_its_mapped_column(standard: str) -> None:
    """A merchant's own quantity column counts, and Torgsoft's standard ones are not even read."""
    settings = sync_object(fields=fields_of(("Залишок", "quantity")))
    cells = {"Залишок": "4", "WarehouseQuantity": standard, FOR_PARTNER: "2=x"}
    assert count_stock(settings, cells) == Stock(Decimal(4), "Залишок")


def test_balances_mapped_to_the_quantity_are_summed() -> None:
    """Where the centers' column is mapped to the quantity and none is chosen, all of them count."""
    settings = sync_object(fields=fields_of(("WarehouseQuantityForPartner", "quantity")))
    assert count_stock(settings, CENTERS).quantity == Decimal("7.5")


def test_a_file_without_stock_says_nothing_of_it() -> None:
    """No column, no quantity: such a good is not sold out."""
    settings = sync_object(**ONLY_IN_STOCK)
    stock = count_stock(settings, {"GoodName": "Капці"})
    assert stock == Stock(None)
    assert why_out(settings, {}, stock, has_photos=False) is None


@pytest.mark.parametrize(
    ("cells", "use", "column"),
    [({"WarehouseQuantity": "три"}, [], "WarehouseQuantity"), ({FOR_PARTNER: "2=x"}, ["2"], FOR_PARTNER)],
)
def test_unreadable_stock_keeps_its_last_value(cells: dict[str, str], use: list[str], column: str) -> None:
    """No quantity is guessed, and the finding names the column and its value."""
    stock = count_stock(sync_object(accounting_centers={"use": use}), cells)
    assert stock.quantity is None
    (finding,) = stock.findings
    assert (finding.code, finding.column, finding.value) == (Code.NUMBER_UNREADABLE, column, cells[column])


@pytest.mark.parametrize(
    ("cells", "fields", "use"),
    [
        ({"WarehouseQuantity": " "}, (), []),
        ({"WarehouseQuantity": "", FOR_PARTNER: ""}, (), []),
        ({"WarehouseQuantity": "", FOR_PARTNER: ""}, (), ["2"]),
        ({"Залишок": "", "WarehouseQuantity": "5"}, (("Залишок", "quantity"),), []),
    ],
)
def test_an_empty_stock_is_not_sold_out(
    cells: dict[str, str], fields: tuple[tuple[str, str], ...], use: list[str]
) -> None:
    """Empty is not 0: the last stock stays, with a finding."""
    settings = sync_object(fields=fields_of(*fields), accounting_centers={"use": use})
    stock = count_stock(settings, cells)
    assert stock.quantity is None
    (finding,) = stock.findings
    assert (finding.code, finding.args) == (Code.NUMBER_UNREADABLE, {"cell": "", "fault": "empty"})


@pytest.mark.parametrize(
    ("cells", "use", "quantity", "column"),
    [
        ({"WarehouseQuantity": "9", FOR_PARTNER: "2=x"}, [], 9, FOR_PARTNER),
        ({"WarehouseQuantity": "три", FOR_PARTNER: "2=4"}, ["2"], 4, "WarehouseQuantity"),
    ],
)
def test_the_other_of_two_stocks_cannot_be_read(
    cells: dict[str, str], use: list[str], quantity: int, column: str
) -> None:
    """The selected one counts, with a finding that nothing confirms it."""
    stock = count_stock(sync_object(accounting_centers={"use": use}), cells)
    assert stock.quantity == quantity
    (finding,) = stock.findings
    assert (finding.code, finding.column, finding.value) == (Code.STOCK_UNCHECKED, column, cells[column])


def test_less_than_nothing_is_nothing() -> None:
    """A negative balance counts as 0, with a notice."""
    stock = count_stock(sync_object(), {"WarehouseQuantity": "-3"})
    assert stock.quantity == 0
    assert [finding.code for finding in stock.findings] == [Code.STOCK_NEGATIVE]


@pytest.mark.parametrize(
    ("tables", "cells", "quantity", "photos", "reason"),
    [
        ({}, {}, "0", False, None),
        ({}, {"Display": "0"}, "5", True, SkipReason.NOT_DISPLAYED),
        ({}, {"Display": " 0,000"}, "5", True, SkipReason.NOT_DISPLAYED),
        ({}, {"Display": " 1"}, "5", True, None),
        ({}, {"Display": "Ні "}, "5", True, SkipReason.NOT_DISPLAYED),
        ({"accounting_centers": {"only_in_stock": True}}, {"Display": "можливо"}, "0", False, None),
        ({"accounting_centers": {"respect_display": False}}, {"Display": "0"}, "5", True, None),
        (ONLY_IN_STOCK, {"Display": "1"}, "0", True, SkipReason.OUT_OF_STOCK),
        (ONLY_IN_STOCK, {}, "0.5", True, SkipReason.OUT_OF_STOCK),
        (ONLY_IN_STOCK, {}, "1", True, None),
        (ONLY_IN_STOCK, {}, None, True, None),
        ({"accounting_centers": {"only_with_photos": True}}, {}, "5", False, SkipReason.NO_PHOTOS),
        ({"accounting_centers": {"only_with_photos": True}}, {}, "5", True, None),
        ({"product_group": "Взуття"}, {"GoodTypeFull": "Одяг"}, "5", True, SkipReason.OTHER_GROUP),
        ({"product_group": "Взуття"}, {"GoodTypeFull": "Взуття,Капці"}, "5", True, None),
    ],
)
def test_a_good_that_stays_out_has_a_reason(
    tables: dict[str, Any],
    cells: dict[str, str],
    quantity: str | None,
    photos: bool,
    reason: SkipReason | None,
) -> None:
    """Group, `Display`, stock and photos each keep a good out when the object says so, and only then."""
    stock = Stock(None if quantity is None else Decimal(quantity))
    assert why_out(sync_object(**tables), cells, stock, has_photos=photos) is reason


@pytest.mark.parametrize("respect", [True, False])
@pytest.mark.parametrize("cells", [{"Display": " "}, {}])
@pytest.mark.parametrize("was", [True, False, None])
def test_an_empty_display_says_nothing(cells: dict[str, str], respect: bool, was: bool | None) -> None:
    """A good that was hidden stays hidden, and this is reported; any other is shown."""
    settings = sync_object(accounting_centers={"respect_display": respect})
    hidden = was is False and respect and bool(cells)
    out = why_out(settings, cells, Stock(None), has_photos=True, was_displayed=was)
    assert out is (SkipReason.NOT_DISPLAYED if hidden else None)
    found = display_findings(settings, ExportRow("17", 3, cells), was=was)
    assert [finding.args for finding in found] == ([{"cell": "", "case": "hidden"}] if hidden else [])


@pytest.mark.parametrize(
    ("centers", "cells", "quantity", "words"),
    [
        (BOTH | {"keep": 1}, CENTERS, "1.5", "2: 1.000 less 1 kept, 8: 2.500 less 1 kept = 1.500"),
        (BOTH | {"keep": {"8": 2}}, CENTERS, "1.5", "2: 1.000, 8: 2.500 less 2 kept = 1.500"),
        ({"use": ["2"], "keep": 5}, CENTERS, "0", "2: 1.000 less 5 kept = 0"),
        ({"keep": 2}, {"WarehouseQuantity": "9"}, "7", "9 less 2 kept"),
        ({"keep": 0.5}, {"WarehouseQuantity": "9"}, "8.5", "9 less 0.5 kept"),
        ({"keep": {"2": 1, "8": 3}}, {"WarehouseQuantity": "9"}, "5", "9 less 4 kept"),
        ({"keep": 20}, {"WarehouseQuantity": "9"}, "0", "9 less 20 kept"),
        ({"keep": {"2": 3, "9": 4}}, CENTERS, "6.5", "2: 1.000 less 3 kept, 8: 2.500, 38: 4.000 = 6.500"),
        ({"keep": {"2": 3}}, {"WarehouseQuantity": "4", FOR_PARTNER: " "}, "1", "4 less 3 kept"),
        ({}, {"WarehouseQuantity": "9"}, "9", "9"),
    ],
)
def test_what_is_kept_is_not_offered(
    centers: dict[str, Any], cells: dict[str, str], quantity: str, words: str
) -> None:
    """A safety stock is taken off each ticked center, each of a table, or the sum, a table together."""
    stock = count_stock(sync_object(accounting_centers=centers), cells)
    assert (stock.quantity, stock.findings) == (Decimal(quantity), ())
    counts = [[one.center, str(one.stock), str(one.kept)] for one in stock.counts]
    assert counts_message(counts, str(stock.left)) == words


@pytest.mark.parametrize(
    ("centers", "total", "by_center", "sum_of_centers", "counts"),
    [
        ({}, "1", "8=2,000", "2", "1"),
        ({}, "5", "8=2,000", "2", "2"),
        ({"use": ["8"]}, "1", "8=2,000", "2", "1"),
        ({"use": ["8"]}, "4", "2=3,000|8=2,000", "5", "2"),
        ({"use": ["8"]}, "9", "", "0", "0"),
        ({"use": ["2", "8"], "keep": 1}, "1", "2=1,000|8=2,000", "3", "0"),
    ],
)
def test_the_smaller_of_two_stocks_counts(
    centers: dict[str, Any], total: str, by_center: str, sum_of_centers: str, counts: str
) -> None:
    """Where sum and centers differ, there is a finding."""
    cells = {"WarehouseQuantity": total, FOR_PARTNER: by_center}
    stock = count_stock(sync_object(accounting_centers=centers), cells)
    assert stock.quantity == Decimal(counts)
    (finding,) = stock.findings
    args = {"total": total, "centers": sum_of_centers, "counts": counts}
    assert (finding.code, finding.args) == (Code.STOCK_MISMATCH, args)


@pytest.mark.parametrize("use", [[], ["8"]])
def test_less_than_nothing_in_the_sum_is_no_mismatch(use: list[str]) -> None:
    """Torgsoft leaves the centers empty where the sum is below zero: both mean nothing."""
    cells = {"WarehouseQuantity": "-3", FOR_PARTNER: ""}
    stock = count_stock(sync_object(accounting_centers={"use": use}), cells)
    assert stock.quantity == 0
    assert Code.STOCK_MISMATCH not in [finding.code for finding in stock.findings]


QUANTITIES = st.decimals(-50, 50, places=3)


@given(st.dictionaries(st.sampled_from(["2", "8", "38"]), QUANTITIES), st.integers(0, 9))
def test_keeping_never_adds_stock(by_center: dict[str, Decimal], keep: int) -> None:
    """With a safety stock there is never more than without, and never less than nothing."""
    cells = {FOR_PARTNER: "|".join(f"{center}={amount}" for center, amount in by_center.items())}
    use = ["2", "8"]
    without = count_stock(sync_object(accounting_centers={"use": use}), cells).quantity
    kept = count_stock(sync_object(accounting_centers={"use": use, "keep": keep}), cells).quantity
    assert without is not None
    assert kept is not None
    assert 0 <= kept <= without


def test_the_group_is_read_from_its_mapped_column() -> None:
    """The product group follows the column that makes the group on Prom, and the shop's placeholders."""
    fields, catalog = fields_of(("GoodTypeFull", "group")), {"path": "x", "placeholders": ["-"]}
    settings = sync_object(product_group="Взуття", fields=fields, catalog=catalog)
    cells = {"GoodTypeFull": "Взуття,Капці", "SynchronizationSectionFull": "1=Сад"}
    assert why_out(settings, cells, Stock(None), has_photos=True) is None
    blank = {"GoodTypeFull": " - ", "SynchronizationSectionFull": "1=Сад"}
    assert why_out(settings, blank, Stock(None), has_photos=True) is SkipReason.OTHER_GROUP
