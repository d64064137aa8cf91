"""Why: what becomes of a good, what each filter says of it, and how its price was made."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders import existing, led, mapped, product, sent, sync_object

from torgsync.core.plan import Known, Standing
from torgsync.core.select import CENTERS_COLUMN, Reason, count_stock, why_out
from torgsync.core.why import WORDS, Fate, Filter, fate, filters, judge, price_steps

IN, OUT, GONE, BLOCKED = Standing.IN, Standing.OUT, Standing.GONE, Standing.BLOCKED
DEAR = Decimal("120.00")

STORIES: dict[str, tuple[Fate, Known]] = {
    "new": (Fate.CREATE, Known("17", IN, product())),
    "we moved": (Fate.MOVED, Known("17", IN, product(price=DEAR), sent(), existing())),
    "edited": (Fate.EDITED, Known("17", IN, product(), sent(), existing(price=DEAR))),
    "never sent": (Fate.FIRST, Known("17", IN, product(), None, existing(price=DEAR))),
    "in step": (Fate.IN_STEP, Known("17", IN, product(), sent(), existing())),
    "gone": (Fate.TAKE_OUT, Known("17", GONE, product(), sent(), existing())),
    "gone and deleted": (Fate.GONE, Known("17", GONE, product(), sent(), existing(status="deleted"))),
    "gone and never there": (Fate.GONE, Known("17", GONE)),
    "foreign": (Fate.FOREIGN, Known("17", GONE, None, None, existing())),
    "kept out and hidden": (
        Fate.STAYS,
        Known("17", OUT, product(), sent(), existing(status="not_on_display")),
    ),
    "kept out": (Fate.OUT, Known("17", OUT)),
    "kept out and shown": (Fate.TAKE_OUT, Known("17", OUT, product(), sent(), existing())),
    "blocked": (Fate.BLOCKED, Known("17", BLOCKED, product(), sent(), existing())),
    "refused": (Fate.REFUSED_BEFORE, Known("17", IN, product(), refused=True)),
    "moderated": (
        Fate.MODERATED,
        Known("17", IN, product(), sent(), existing(status="deleted_by_moderator")),
    ),
    "no price": (Fate.NO_PRICE, Known("17", IN, product(price=None))),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_becomes_of_a_good(story: str) -> None:
    """Every story has a fate of its own, and a fate its words."""
    expected, known = STORIES[story]
    assert fate(known, judge(known, sync_object()), held=False) is expected


def test_every_fate_has_words() -> None:
    """Nothing is without an answer."""
    assert set(WORDS) == set(Fate)


def test_a_guard_holds_it() -> None:
    """What is held is told before what would happen."""
    known = Known("17", IN, product(price=DEAR), sent(), existing())
    assert fate(known, judge(known, sync_object()), held=True) is Fate.HELD


def test_a_field_that_is_the_other_sides() -> None:
    """A difference that belongs to Prom is no step and no change."""
    settings = sync_object(fields=[{"column": "RetailPrice", "to": "price", "owner": "prom"}])
    known = Known("17", IN, product(), sent(), existing(price=DEAR))
    assert fate(known, judge(known, settings), held=False) is Fate.LEFT_ALONE


def test_a_foreign_product_that_is_to_be_deleted() -> None:
    """The full overwrite takes it out; one that is deleted already is nothing to anybody."""
    settings = sync_object(removal={"foreign": "delete"})
    known = Known("17", GONE, None, None, existing())
    verdict = judge(known, settings)
    assert verdict.change is not None
    assert fate(known, verdict, held=False) is Fate.TAKE_OUT
    gone = Known("17", GONE, None, None, existing(status="deleted"))
    assert fate(gone, judge(gone, settings), held=False) is Fate.GONE


def test_a_product_that_the_settings_keep() -> None:
    """It is gone from the export, and stays where it is."""
    settings = sync_object(removal={"gone": "keep"})
    known = Known("17", GONE, product(), sent(), existing())
    assert fate(known, judge(known, settings), held=False) is Fate.STAYS


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
    """Each one passes and tells what it saw."""
    assert [(item.passes, item.words) for item in judged(CELLS)] == [
        (True, "in Взуття > Капці; every group goes"),
        (True, "`Display` is 1"),
        (True, "3 by `WarehouseQuantity` (3); only_in_stock is off"),
        (True, "1 photo; only_with_photos is off"),
    ]


@pytest.mark.parametrize("wanted", list(Reason)[:4])
@pytest.mark.parametrize("photos", [0, None])
def test_the_filter_that_keeps_a_good_out(wanted: Reason, photos: int | None) -> None:
    """The first filter that does not pass is the reason that selection gives."""
    cells = CELLS | {"Display": "1", CENTERS_COLUMN: ""}
    tables: dict[str, Any] = {"accounting_centers": {"use": ["2", "8"]}}
    match wanted:
        case Reason.OTHER_GROUP:
            tables["product_group"] = "Сукні"
        case Reason.NOT_DISPLAYED:
            cells["Display"] = "0"
        case Reason.OUT_OF_STOCK:
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
    """The section path tells, else the section, else the type of goods."""
    assert judged(cells, product_group="Капці")[0].words == f"{words}; only `Капці` goes"


def test_display_that_nobody_looks_at() -> None:
    """A tick that is off is said."""
    (_, display, *_) = judged(CELLS | {"Display": "0"}, accounting_centers={"respect_display": False})
    assert (display.passes, display.words) == (True, "`Display` is 0; respect_display is off")
    assert judged({})[1].words == "`Display` says nothing"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (CELLS, f"3 by `{CENTERS_COLUMN}` (2=1,000|8=2,000), centers 2, 8 counted"),
        (CELLS | {CENTERS_COLUMN: ""}, f"0 by `{CENTERS_COLUMN}` (empty), centers 2, 8 counted"),
        (CELLS | {CENTERS_COLUMN: "багато"}, f"`{CENTERS_COLUMN}` cannot be read: багато"),
        ({}, "the export has no column `WarehouseQuantity`"),
    ],
)
def test_what_was_counted(cells: dict[str, str], words: str) -> None:
    """The stock tells its column, its cell and the centers."""
    centers = {"use": ["2", "8"], "only_in_stock": True}
    stock = judged(cells, accounting_centers=centers)[2]
    assert stock.words == f"{words}; only_in_stock is on"
    assert judged(CELLS, None)[3].words == "no folder of photos is named; only_with_photos is off"


# Prices


@pytest.mark.parametrize(
    ("price", "sale", "steps"),
    [
        (
            "100",
            "100",
            ("`RetailPrice` 100 -> 100.00", "`Sale` 100 -> not lower than the price: no discount"),
        ),
        (
            "100",
            "90",
            ("`RetailPrice` 100 -> 100.00", "`Sale` 90 -> lower than the price: a discount of 10.00"),
        ),
        (
            "ціна",
            "",
            (
                "`RetailPrice` ціна -> cannot be used; what Prom.ua has stays",
                "`Sale` empty -> cannot be used; what Prom.ua has stays",
            ),
        ),
    ],
)
def test_how_a_price_was_made(price: str, sale: str, steps: tuple[str, str]) -> None:
    """Each cell and what became of it."""
    cells = {"RetailPrice": price, "Sale": sale}
    columns = (("RetailPrice", "price"), ("Sale", "sale_price"))
    made = mapped(cells, *columns)
    assert price_steps(sync_object(fields=led(*columns)), cells, made) == steps


def test_the_rules_of_a_price_are_told() -> None:
    """Each that changed it, in the order in which they were applied."""
    cells, columns, prices = (
        {"RetailPrice": "100"},
        (("RetailPrice", "price"),),
        {"markup": "5%", "round": "0.99"},
    )
    made = mapped(cells, *columns, prices=prices)
    assert price_steps(sync_object(fields=led(*columns), prices=prices), cells, made) == (
        "`RetailPrice` 100 -> markup +5 %: 100.00 -> 105.00; rounded to .99: 105.00 -> 104.99; 104.99",
    )


@pytest.mark.parametrize(
    ("amount", "minimum", "result"),
    [
        ("90", "10", "90.00 from 10 pieces"),
        ("90", "0", "no wholesale price"),
        ("ціна", "10", "cannot be used; what Prom.ua has stays"),
    ],
)
def test_how_a_wholesale_price_was_made(amount: str, minimum: str, result: str) -> None:
    """A ladder has a price and a quantity, or there is none."""
    cells = {"Gurt": amount, "Vid": minimum}
    columns = (("Gurt", "wholesale_price"), ("Vid", "wholesale_minimum"))
    made = mapped(cells, *columns)
    assert price_steps(sync_object(fields=led(*columns)), cells, made) == (f"`Gurt` {amount} -> {result}",)


def test_no_price_is_led() -> None:
    """Nothing is said of what is not led."""
    assert price_steps(sync_object(), {"RetailPrice": "100"}, mapped({"RetailPrice": "100"})) == ()
