"""Guards: at, below and above each limit, with the flag that lets through, and in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import product, update
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.diff import Change, FieldChange, Verb, creation
from torgsync.core.fields import Discount, Photo, Value
from torgsync.core.guards import (
    PRICE_FIELDS,
    Allowed,
    Guard,
    Trip,
    export_rows_trip,
    falls_to_zero,
    hold_price,
    loses_photos,
    photos_trip,
    price_trip,
    read_allowed,
    removals_trip,
    stock_out_trip,
)
from torgsync.core.objects import Limits
from torgsync.errors import UsageError

LIMITS = Limits()
WIDE = Limits(price_drop="100%", price_rise="9999%")  # type: ignore[arg-type]  # as a person writes them
NOTHING = Allowed()


def allow(guard: Guard, number: int) -> Allowed:
    return Allowed(numbers={guard: number})


# --allow


def test_what_is_allowed_adds_up() -> None:
    """Ids of several flags come together, numbers belong to their guards, blanks are nothing."""
    allowed = read_allowed(["price=17, 18", "price=19", "removals=120", " stock-out = 5", "photos=1"])
    assert allowed.price == {"17", "18", "19"}
    assert {guard: allowed.number(guard) for guard in Guard if guard is not Guard.PRICE} == {
        Guard.REMOVALS: 120,
        Guard.STOCK_OUT: 5,
        Guard.PHOTOS: 1,
        Guard.EXPORT_ROWS: 0,
    }
    assert NOTHING.number(Guard.REMOVALS) == 0


@pytest.mark.parametrize(
    "text",
    ["removals", "removals=", "removals=all", "removals=-5", "removals=1_0", "price", "price=,", "x=1", ""],
)
def test_anything_else_is_not_understood(text: str) -> None:
    """A flag that would let through nothing, or everything, is refused with what there is."""
    with pytest.raises(UsageError) as caught:
        read_allowed([text])
    assert caught.value.message == (
        f"`--allow {text}` is not one of price=ID,ID, removals=NUMBER, stock-out=NUMBER, photos=NUMBER, "
        "export-rows=NUMBER, shop=ID"
    )


# Prices


def trip_of(before: str | None, after: str, limits: Limits = LIMITS) -> Trip | None:
    old = {} if before is None else {"price": Decimal(before)}
    return price_trip("17", old, {"price": Decimal(after)}, limits)


@pytest.mark.parametrize(
    ("before", "after", "tripped"),
    [
        ("100.00", "60.00", False),
        ("100.00", "59.99", True),
        ("100.00", "250.00", False),
        ("100.00", "250.01", True),
        ("100.00", "100.00", False),
        ("100.00", "0.00", True),
        ("100.00", "-1.00", True),
        ("0.00", "100.00", False),
        (None, "100.00", False),
        (None, "0.00", True),
    ],
)
def test_a_price_may_move_within_its_limits(before: str | None, after: str, tripped: bool) -> None:
    """At a limit it goes, past it it is held; nothing is suspicious where there was no price, but nothing."""
    assert (trip_of(before, after) is not None) is tripped


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("131.00", "13.10", "10 times lower: looks like a slipped decimal point"),
        ("131.00", "1.31", "100 times lower: looks like a slipped decimal point"),
        ("1.31", "131.00", "100 times higher: looks like a slipped decimal point"),
        ("1310.00", "1.31", "1000 times lower: looks like a slipped decimal point"),
        ("100.00", "9.91", "10 times lower: looks like a slipped decimal point"),
        ("4200.00", "100.00", "42 times lower: looks like a price in another currency"),
        ("100.00", "3500.00", "35 times higher: looks like a price in another currency"),
        ("6000.00", "100.00", "60 times lower: looks like a price in another currency"),
    ],
)
def test_a_slip_is_held_whatever_the_limits(before: str, after: str, cause: str) -> None:
    """A factor 10, 100, 1000 or a currency rate is an accident even where any price may move."""
    trip = trip_of(before, after, WIDE)
    assert trip is not None
    assert trip.cause == cause


@pytest.mark.parametrize("after", ["9.80", "12.00", "2.95", "1.63"])
def test_an_ordinary_jump_goes_where_the_limits_are_wide(after: str) -> None:
    """Only what looks like an accident is held beside the limits."""
    assert trip_of("100.00", after, WIDE) is None


def test_a_held_price_is_explained() -> None:
    """What was seen, the limit, the likely cause and the exact flag."""
    assert trip_of("5300.00", "2650.00") == Trip(
        Guard.PRICE,
        "5300.00 -> 2650.00 (-50 %)",
        "-40 % to +150 %",
        "a mistyped price",
        "--allow price=17",
        "17",
    )
    rise = trip_of("100.00", "333.33")
    assert rise is not None
    assert rise.saw == "100.00 -> 333.33 (+233.3 %)"


def test_what_the_buyer_pays_counts() -> None:
    """A discount can make a price nothing, and can take a rise back."""
    old: dict[str, Value] = {"price": Decimal("100.00")}
    off = Discount(Decimal("100.00"), "amount")
    free = price_trip("17", old, {"discount": off}, LIMITS)
    assert free is not None
    assert (free.saw, free.limit) == ("the price becomes 0.00", "more than 0")
    raised: dict[str, Value] = {"price": Decimal("300.00"), "discount": Discount(Decimal("100.00"), "amount")}
    assert price_trip("17", old, raised, LIMITS) is None
    kept: dict[str, Value] = {"price": Decimal("100.00"), "discount": Discount(Decimal(50), "percent")}
    assert price_trip("17", kept, {"price": Decimal("90.00")}, LIMITS) is None


@pytest.mark.parametrize("new", [{"quantity": 0}, {"discount": None}])
def test_a_change_without_a_price_is_no_price_change(new: dict[str, Value]) -> None:
    """Stock, or a discount of what has no price, is not for this guard."""
    assert price_trip("17", {}, new, LIMITS) is None


@given(st.decimals("0.01", 10**6, places=2), st.decimals("0.01", 10**6, places=2))
def test_what_passes_is_within_the_limits(before: Decimal, after: Decimal) -> None:
    """No price that moved further than its limits ever gets through."""
    if price_trip("17", {"price": before}, {"price": after}, LIMITS) is None:
        assert before * Decimal("0.6") <= after <= before * Decimal("2.5")


TRIP = Trip(Guard.PRICE, "", "", "", "")


def test_a_suspicious_price_is_split_off() -> None:
    """Price and discount wait for a person; stock and names go."""
    change = update(price=(Decimal(100), Decimal(1)), discount=(None, None), quantity=(1, 2))
    go, stay = hold_price(change, TRIP, NOTHING)
    assert (set(go.fields), go.held) == ({"quantity"}, None)
    assert (set(stay.fields), stay.held) == (set(PRICE_FIELDS), "price")


def test_a_creation_is_held_whole() -> None:
    """Nothing is made without its price."""
    (held,) = hold_price(creation(product()), TRIP, NOTHING)
    assert (held.held, held.fields) == ("price", creation(product()).fields)


@pytest.mark.parametrize(("trip", "allowed"), [(None, NOTHING), (TRIP, Allowed(price=frozenset({"17"})))])
def test_an_allowed_price_goes(trip: Trip | None, allowed: Allowed) -> None:
    """Exactly the goods that a person named get through."""
    change = update(price=(Decimal(100), Decimal(1)))
    assert hold_price(change, trip, allowed) == (change,)
    if trip:
        (held,) = hold_price(change, trip, Allowed(price=frozenset({"18"})))
        assert held.held == "price"


# Removals


@pytest.mark.parametrize(
    ("removals", "products", "stay", "tripped"),
    [
        (0, 0, 0, False),
        (10, 100, 90, False),
        (11, 100, 89, True),
        (1, 9, 8, True),
        (1, 10, 9, False),
        (1, 1, 0, True),
        (5, 5, 3, True),
    ],
)
def test_removals_have_a_limit(removals: int, products: int, stay: int, tripped: bool) -> None:
    """At the limit they go, past it they are held, and small shops are no exception."""
    trip = removals_trip(removals=removals, products=products, limits=LIMITS, allowed=NOTHING, stay=stay)
    assert (trip is not None) is tripped


def test_no_limit_lets_all_products_go() -> None:
    """Where nothing would stay, even 100 % is passed; where goods stay, it is not."""
    anything = Limits(removals="100%")  # type: ignore[arg-type]
    last = removals_trip(removals=5, products=5, limits=anything, allowed=NOTHING)
    assert last is not None
    assert last.limit == "never all products"
    assert removals_trip(removals=5, products=5, limits=anything, allowed=NOTHING, stay=1) is None


@pytest.mark.parametrize(("number", "tripped"), [(10, True), (11, False), (12, False)])
def test_removals_are_allowed_by_their_number(number: int, tripped: bool) -> None:
    """A person allows what was seen; one removal more is another question."""
    allowed = allow(Guard.REMOVALS, number)
    trip = removals_trip(removals=11, products=100, limits=LIMITS, allowed=allowed, stay=89)
    assert (trip is not None) is tripped


def test_held_removals_are_explained() -> None:
    """Numbers, share, limit, causes, flag."""
    trip = removals_trip(removals=120, products=960, limits=LIMITS, allowed=NOTHING, stay=840)
    assert trip == Trip(
        Guard.REMOVALS,
        "120 of 960 products would be taken out (12.5 %)",
        "10 %",
        "an export of one group only, a new filter, or a changed accounting center",
        "--allow removals=120",
    )
    alone = removals_trip(removals=1, products=1, limits=LIMITS, allowed=NOTHING)
    assert alone is not None
    assert alone.saw == "1 of 1 product would be taken out (100 %)"


# Stock


@pytest.mark.parametrize(
    ("emptied", "in_stock", "number", "tripped"),
    [
        (0, 0, 0, False),
        (50, 100, 0, False),
        (51, 100, 0, True),
        (51, 100, 50, True),
        (51, 100, 51, False),
        (1, 1, 0, True),
        (1, 0, 0, True),
    ],
)
def test_stock_may_fall_to_zero_within_its_limit(
    emptied: int, in_stock: int, number: int, tripped: bool
) -> None:
    """At the limit it falls, past it it is held, unless a person allowed as many."""
    trip = stock_out_trip(
        emptied=emptied, in_stock=in_stock, limits=LIMITS, allowed=allow(Guard.STOCK_OUT, number)
    )
    assert (trip is not None) is tripped


def test_held_stock_is_explained() -> None:
    """Numbers, share, limit, causes, flag."""
    assert stock_out_trip(emptied=2, in_stock=3, limits=LIMITS, allowed=NOTHING) == Trip(
        Guard.STOCK_OUT,
        "2 of 3 products in stock would fall to zero (66.7 %)",
        "50 %",
        "an accounting center that is not exported, or a quantity column that is empty",
        "--allow stock-out=2",
    )


SHOTS = (Photo("https://shop.example/photos/17.jpg", "ab"),)


@pytest.mark.parametrize(
    ("bared", "pictured", "number", "tripped"),
    [(0, 0, 0, False), (1, 2, 0, False), (2, 3, 0, True), (2, 3, 2, False), (1, 1, 0, True)],
)
def test_photos_may_go_within_their_limit(bared: int, pictured: int, number: int, tripped: bool) -> None:
    """At the limit they go, past it they are held, unless a person allowed as many."""
    trip = photos_trip(bared=bared, pictured=pictured, limits=LIMITS, allowed=allow(Guard.PHOTOS, number))
    assert (trip is not None) is tripped


@pytest.mark.parametrize(
    ("change", "loses"),
    [
        (update(photos=(SHOTS, ())), True),
        (update(photos=(SHOTS, SHOTS * 2)), False),
        (update(photos=(None, ())), False),
        (update(quantity=(5, 0)), False),
    ],
)
def test_only_the_last_photo_counts_as_a_loss(change: Change, loses: bool) -> None:
    """One photo fewer is a choice, none at all may be an accident."""
    assert loses_photos(change) is loses


@pytest.mark.parametrize(
    ("change", "falls"),
    [
        (update(quantity=(5, 0)), True),
        (update(quantity=(5, 1)), False),
        (update(quantity=(0, 5)), False),
        (update(quantity=(5, 0), presence=("available", "not_available")), True),
        (update(quantity=(None, 0), presence=("available", "not_available")), True),
        (update(quantity=(None, 0)), False),
        (update(presence=("available", "not_available")), True),
        (update(presence=("order", "not_available")), False),
        (update(presence=("not_available", "available")), False),
        (update(price=(Decimal(1), Decimal(2))), False),
        (Change("17", Verb.REMOVE, "", {"quantity": FieldChange(5, 0)}), False),
    ],
)
def test_only_an_emptied_stock_falls_to_zero(change: Change, falls: bool) -> None:
    """By quantity where Prom told one, by presence where it did not; removals have a guard of their own."""
    assert falls_to_zero(change) is falls


# Rows


@pytest.mark.parametrize(
    ("rows", "earlier", "number", "tripped"),
    [
        (1, [], 0, False),
        (70, [100], 0, False),
        (69, [100], 0, True),
        (69, [100], 30, True),
        (69, [100], 31, False),
        (69, [100, 100, 10], 0, True),
        (69, [10, 100, 10], 0, False),
        (70, [100, 101], 0, False),
        (200, [100], 0, False),
    ],
)
def test_an_export_may_shrink_within_its_limit(
    rows: int, earlier: list[int], number: int, tripped: bool
) -> None:
    """Measured by the median of the runs before; the first run has nothing to be measured by."""
    allowed = allow(Guard.EXPORT_ROWS, number)
    trip = export_rows_trip(rows=rows, earlier=earlier, limits=LIMITS, allowed=allowed)
    assert (trip is not None) is tripped


def test_a_shrunk_export_is_explained() -> None:
    """Numbers, limit, cause, and the flag that allows exactly this; a median between two is cut."""
    assert export_rows_trip(rows=1, earlier=[11, 12], limits=LIMITS, allowed=NOTHING) == Trip(
        Guard.EXPORT_ROWS,
        "the export has 1 row, usually 11",
        "70 % of the usual rows",
        "an export that was cut short, or of one group only",
        "--allow export-rows=10",
    )


@given(st.integers(0, 500), st.lists(st.integers(0, 500), min_size=1, max_size=10))
def test_the_flag_of_a_trip_opens_its_guard(rows: int, earlier: list[int]) -> None:
    """What a guard says to write is what lets through."""
    trip = export_rows_trip(rows=rows, earlier=earlier, limits=LIMITS, allowed=NOTHING)
    if trip:
        allowed = read_allowed([trip.flag.removeprefix("--allow ")])
        assert export_rows_trip(rows=rows, earlier=earlier, limits=LIMITS, allowed=allowed) is None
