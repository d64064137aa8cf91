"""Why: what becomes of a good, what each filter says of it, and how its price was made."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders import fields_of, mapped, sync_object

from torgsync.cli.messages.status import alone_message, filter_message, price_message
from torgsync.core.findings import Finding
from torgsync.core.mapping.select import why_out
from torgsync.core.mapping.skip_reasons import WORDS, SkipReason
from torgsync.core.mapping.stock import Stock, count_stock
from torgsync.core.plan.why import CenterStock, Filter, center_stocks, filters, price_traces
from torgsync.core.product.columns import CENTERS_COLUMN
from torgsync.core.product.fields import Characteristic
from torgsync.core.product.variants import Alone, Member, Relative, family, no_family
from torgsync.core.reason import Reason

# Filters

CELLS = {
    "SynchronizationSectionFull": "1=Взуття|11=Капці",
    "Display": "1",
    "WarehouseQuantity": "3",
    CENTERS_COLUMN: "2=1,000|8=2,000",
}


def judged(cells: dict[str, str], photos: int | None = 1, **tables: Any) -> tuple[Filter, ...]:  # noqa: ANN401
    """What each filter says."""
    settings = sync_object(**tables)
    return filters(settings, cells, count_stock(settings, cells), photos)


def test_no_filter_is_set() -> None:
    """Each one passes and shows what it compared."""
    assert [(item.passes, filter_message(item)) for item in judged(CELLS)] == [
        (True, "in Взуття > Капці; every group is sent"),
        (True, "`Display` is 1"),
        (True, "3 by `WarehouseQuantity` (3); `only_in_stock` is off"),
        (True, "1 photo; `only_with_photos` is off"),
    ]


@pytest.mark.parametrize("wanted", list(WORDS)[:4])
@pytest.mark.parametrize("photos", [0, None])
def test_the_filter_that_keeps_a_good_out(wanted: SkipReason, photos: int | None) -> None:
    """The first filter that does not pass is the reason that selection gives."""
    cells = CELLS | {"Display": "1", CENTERS_COLUMN: ""}
    tables: dict[str, Any] = {"accounting_centers": {"use": ["2", "8"]}}
    match wanted:
        case SkipReason.OTHER_GROUP:
            tables["product_group"] = "Сукні"
        case SkipReason.NOT_DISPLAYED:
            cells["Display"] = "0"
        case SkipReason.OUT_OF_STOCK:
            tables["accounting_centers"]["only_in_stock"] = True
        case _:
            tables["accounting_centers"]["only_with_photos"] = True
    settings = sync_object(**tables)
    stock = count_stock(settings, cells)
    found = filters(settings, cells, stock, photos)
    assert [item.reason for item in found if not item.passes] == [wanted]
    assert why_out(settings, cells, stock, has_photos=bool(photos)) is wanted


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"SynchronizationSection": "Капці"}, "in Капці"),
        ({"GoodTypeFull": "Взуття,Капці"}, "in Взуття,Капці"),
        ({}, "in no group"),
    ],
)
def test_a_place_among_the_groups(cells: dict[str, str], words: str) -> None:
    """The section path decides, else the section, else the type of goods."""
    assert filter_message(judged(cells, product_group="Капці")[0]) == f"{words}; only `Капці` is sent"


def test_the_filter_reads_the_column_mapped_to_the_group() -> None:
    """`why` agrees with the selection, also where the section path differs."""
    settings = sync_object(product_group="Капці", fields=fields_of(("GoodTypeFull", "group")))
    cells = {"GoodTypeFull": "Взуття,Капці", "SynchronizationSectionFull": "1=Сад"}
    stock = count_stock(settings, cells)
    (group, *_) = filters(settings, cells, stock, 1)
    assert (group.passes, filter_message(group)) == (True, "in Взуття,Капці; only `Капці` is sent")
    assert why_out(settings, cells, stock, has_photos=True) is None


def test_a_safety_stock_is_shown_center_by_center() -> None:
    """What is kept back in a center is part of the explanation."""
    (*_, stock, _) = judged(CELLS, accounting_centers={"use": ["2", "8"], "keep": {"8": 2}})
    assert stock.args["counts"] == [["2", "1", "0"], ["8", "2", "2"]]
    assert stock.args["left"] == "1"


def test_display_without_respect_display() -> None:
    """The ignored value is shown."""
    (_, display, *_) = judged(CELLS | {"Display": "0"}, accounting_centers={"respect_display": False})
    assert (display.passes, filter_message(display)) == (True, "`Display` is 0; `respect_display` is off")
    assert filter_message(judged({})[1]) == "`Display` is empty"
    hidden = filters(sync_object(), {"Display": ""}, Stock(None), None, was=False)[1]
    assert (hidden.passes, filter_message(hidden)) == (False, "`Display` is empty: it stays as it was")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (CELLS, f"3 by `{CENTERS_COLUMN}` (2=1,000|8=2,000); centers counted: 2, 8"),
        (CELLS | {CENTERS_COLUMN: ""}, f"0 by `{CENTERS_COLUMN}` (empty); centers counted: 2, 8"),
        (CELLS | {CENTERS_COLUMN: "багато"}, f"`{CENTERS_COLUMN}` cannot be read: багато"),
        ({"WarehouseQuantity": "", "available": "так"}, "`WarehouseQuantity` is empty"),
        ({}, "the export has no column `WarehouseQuantity`"),
    ],
)
def test_what_was_counted(cells: dict[str, str], words: str) -> None:
    """The stock is explained by its column, its cell and the centers."""
    centers = {"use": ["2", "8"], "only_in_stock": True}
    stock = judged(cells, accounting_centers=centers)[2]
    assert filter_message(stock) == f"{words}; `only_in_stock` is on"
    assert filter_message(judged(CELLS, None)[3]) == "there is no photo folder; `only_with_photos` is off"


# Prices


def steps_of(cells: dict[str, str], *columns: tuple[str, str], **tables: Any) -> list[str]:  # noqa: ANN401
    settings = sync_object(fields=fields_of(*columns), **tables)
    return [price_message(step) for step in price_traces(settings, cells, mapped(cells, *columns, **tables))]


KEPT = "cannot be used, and is not sent"


@pytest.mark.parametrize(
    ("price", "sale", "steps"),
    [
        ("100", "100", ["100 -> 100.00", "100 -> not lower than the price: no discount"]),
        ("100", "90", ["100 -> 100.00", "90 -> lower than the price: a discount of 10.00"]),
        ("ціна", "", [f"ціна -> {KEPT}", f"empty -> {KEPT}"]),
    ],
)
def test_how_a_price_was_made(price: str, sale: str, steps: list[str]) -> None:
    """Each cell and what became of it."""
    cells, columns = {"RetailPrice": price, "Sale": sale}, (("RetailPrice", "price"), ("Sale", "sale_price"))
    assert steps_of(cells, *columns) == [f"`RetailPrice` {steps[0]}", f"`Sale` {steps[1]}"]


def test_the_rules_of_a_price() -> None:
    """Each that changed it, in the order in which they were applied."""
    prices = {"markup": "5%", "round": "0.99"}
    assert steps_of({"RetailPrice": "100"}, ("RetailPrice", "price"), prices=prices) == [
        "`RetailPrice` 100 -> markup +5 %: 100.00 -> 105.00; rounded to .99: 105.00 -> 104.99; 104.99"
    ]


@pytest.mark.parametrize(
    ("amount", "minimum", "result"),
    [("90", "10", "90.00 from 10 pieces"), ("90", "0", "no wholesale price"), ("ціна", "10", KEPT)],
)
def test_how_a_wholesale_price_was_made(amount: str, minimum: str, result: str) -> None:
    """A ladder has a price and a quantity, or there is none."""
    columns = (("Gurt", "wholesale_price"), ("Vid", "wholesale_minimum"))
    assert steps_of({"Gurt": amount, "Vid": minimum}, *columns) == [f"`Gurt` {amount} -> {result}"]


def test_no_price_is_mapped() -> None:
    """There is no trace without a mapped column."""
    assert not steps_of({"RetailPrice": "100"})


# The other goods of the model


def relative(good_id: str, *traits: str, out: str = "", group: int = 0) -> Relative:
    """A good of a model, with characteristics as `name=value`."""
    characteristics = tuple(
        Characteristic(name, "", value) for name, _, value in (item.partition("=") for item in traits)
    )
    return Relative(Member(good_id, int(good_id), characteristics, group), f"Капці {good_id}", out)


SMALL = relative("1", "Розмір=36")


def said(alone: Reason[Alone] | Finding | None) -> str:
    return alone_message(alone) if alone else ""


def test_the_siblings_of_a_good() -> None:
    """Each has its differences, what it lacks, and why it is not in the variant group, if so."""
    relatives = [
        relative("1", "Розмір=36", "Колір=синій"),
        relative("2", "Розмір=37", "Колір=синій"),
        relative("3", "Розмір=36", "Колір=синій"),
        relative("4", "Розмір=38"),
        relative("5", "Розмір=39", "Колір=синій", out=SkipReason.NO_PHOTOS),
    ]
    found = family("id:501", "1", relatives, 501, None)
    assert (found.model, found.group, found.alone) == ("501", 501, None)
    two, three, four, five = found.siblings
    assert (two.good_id, two.title, two.differs) == ("2", "Капці 2", (Characteristic("Розмір", "", "37"),))
    assert (two.lacks, two.out, two.alone) == ((), "", None)
    assert (three.differs, said(three.alone)) == (
        (),
        "has the same Розмір 36, Колір синій as `1`, an item of the same model",
    )
    assert (four.lacks, said(four.alone).partition(",")[0]) == (("Колір",), "lacks `Колір`")
    assert (five.out, five.alone) == (SkipReason.NO_PHOTOS, None)


@pytest.mark.parametrize(
    ("relatives", "alone"),
    [
        ([relative("1")], "the export has no other item of this model"),
        ([SMALL, relative("2", out="blocked")], "no other item of its model can go with it"),
        ([relative("1", out="no-photos"), relative("2")], "it stays out of the shop"),
        ([relative("1", out="no-photos")], "it stays out of the shop"),
        ([relative("2", group=7), relative("1")], "has no characteristic that differs from `2`, an item"),
    ],
)
def test_a_good_that_goes_alone(relatives: list[Relative], alone: str) -> None:
    """The reason is shown, whether it is in the good itself or in the others."""
    found = family("name:капці верба", "1", relatives, 0, None)
    assert (found.model, said(found.alone)[: len(alone)]) == ("капці верба", alone)


@pytest.mark.parametrize(
    ("made", "alone"),
    [
        (None, ""),
        (501, ""),
        (0, "it was created on Prom.ua by itself, and Prom.ua joins products only when they are created"),
        (
            7,
            "it was created on Prom.ua in the group 7, and Prom.ua joins products only when they are created",
        ),
    ],
)
def test_a_good_that_was_made_otherwise(made: int | None, alone: str) -> None:
    """A product cannot be moved into a group afterwards."""
    relatives = [SMALL, relative("2", "Розмір=37")]
    assert said(family("id:501", "1", relatives, 501, made).alone) == alone


def test_a_good_without_a_model() -> None:
    """Either no column is mapped, or its cell is empty."""
    unmapped = "no column is mapped to `variant_group`, the model of an item"
    assert said(no_family("").alone) == unmapped
    assert said(no_family("ModelGoodID").alone) == "`ModelGoodID` names no model"


def test_the_files_of_the_centers() -> None:
    """Each has its own stock; one may lack the good, or have an unreadable stock."""
    files = {"1": r"D:\\out\\01.First.trs", "2": "../02.Second.trs", "3": "03.Third.trs"}
    settings = sync_object(catalog={"centers": files}, accounting_centers={"use": ["1", "3"]})
    assert center_stocks(settings, {CENTERS_COLUMN: "1=3,500|2=багато"}) == (
        CenterStock("1", "01.First.trs", "3,500", Decimal("3.500"), counted=True),
        CenterStock("2", "02.Second.trs", "багато", None, counted=False),
        CenterStock("3", "03.Third.trs", "", None, counted=True),
    )
    assert center_stocks(sync_object(), {CENTERS_COLUMN: "1=3,500"}) == ()
    everything = sync_object(catalog={"centers": files})
    assert all(stock.counted for stock in center_stocks(everything, {}))
