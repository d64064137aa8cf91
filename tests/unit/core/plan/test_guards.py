"""Guards: at, below and above each limit, with the flag that lets through, and in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import product, sync_object, update
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.config.settings import Limits
from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.guards import (
    PRICE_FIELDS,
    Allowed,
    Guard,
    GuardViolation,
    export_rows_violation,
    falls_to_zero,
    hold_price,
    loses_photos,
    photos_violation,
    price_violation,
    prices_flag,
    read_allowed,
    removals_cause,
    removals_violation,
    selection,
    stock_out_violation,
)
from torgsync.core.product.fields import Discount, Photo, Value
from torgsync.errors import UsageError

LIMITS = Limits()
WIDE = Limits(price_drop="100%", price_rise="9999%")  # type: ignore[arg-type]  # as a person writes them
NOTHING = Allowed()


def allow(guard: Guard, number: int) -> Allowed:
    return Allowed(numbers={guard: number})


# --allow


def test_what_is_allowed_adds_up() -> None:
    """Ids of several flags come together, numbers belong to their guards, blanks are nothing."""
    texts = ["price=17, 18", "price=19", "removals=120", " stock-out = 5", "photos=1", "prices=7", "shop=4"]
    allowed = read_allowed(texts)
    assert allowed.price == {"17", "18", "19"}
    assert allowed.numbers == {Guard.REMOVALS: 120, Guard.STOCK_OUT: 5, Guard.PHOTOS: 1}
    assert (allowed.prices, allowed.shop) == (7, "4")
    assert read_allowed(allowed.flags) == allowed
    assert (NOTHING.flags, read_allowed([])) == ((), NOTHING)


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
        "export-rows=NUMBER, prices=NUMBER, shop=ID"
    )


# Prices


def trip_of(before: str | None, after: str, limits: Limits = LIMITS) -> GuardViolation | None:
    old = {} if before is None else {"price": Decimal(before)}
    return price_violation("17", old, {"price": Decimal(after)}, limits)


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
        ("4200.00", "100.00", "42 times lower: looks like a price in USD"),
        ("100.00", "3500.00", "35 times higher: looks like a price in USD"),
        ("6000.00", "100.00", "60 times lower: looks like a price in EUR"),
    ],
)
def test_a_slip_is_held_whatever_the_limits(before: str, after: str, cause: str) -> None:
    """A factor 10, 100, 1000 or a currency rate is an accident even where any price may move."""
    violation = trip_of(before, after, WIDE)
    assert violation is not None
    assert violation.cause == cause


@pytest.mark.parametrize("after", ["9.80", "12.00", "2.95", "1.63"])
def test_an_ordinary_jump_goes_where_the_limits_are_wide(after: str) -> None:
    """Only what looks like an accident is held beside the limits."""
    assert trip_of("100.00", after, WIDE) is None


def test_a_held_price_is_explained() -> None:
    """What was seen, the limit, the likely cause and the exact flag."""
    assert trip_of("5300.00", "2650.00") == GuardViolation(
        Guard.PRICE,
        "5300.00 -> 2650.00 (-50 %)",
        "-40 % to +150 %",
        "a mistyped price",
        "--allow price=17",
        "17",
    )
    rise = trip_of("100.00", "333.33")
    assert rise is not None
    assert rise.observed == "100.00 -> 333.33 (+233.3 %)"


def test_what_the_buyer_pays_counts() -> None:
    """A discount can make a price nothing, and can take a rise back."""
    old: dict[str, Value] = {"price": Decimal("100.00")}
    off = Discount(Decimal("100.00"), "amount")
    free = price_violation("17", old, {"discount": off}, LIMITS)
    assert free is not None
    assert (free.observed, free.limit) == ("the price becomes 0.00", "more than 0")
    raised: dict[str, Value] = {"price": Decimal("300.00"), "discount": Discount(Decimal("100.00"), "amount")}
    assert price_violation("17", old, raised, LIMITS) is None
    kept: dict[str, Value] = {"price": Decimal("100.00"), "discount": Discount(Decimal(50), "percent")}
    assert price_violation("17", kept, {"price": Decimal("90.00")}, LIMITS) is None


def test_a_price_that_the_table_does_not_show_is_named() -> None:
    """What the buyer pays less a discount is told as the buyer's."""
    old: dict[str, Value] = {"price": Decimal(100)}
    cut = price_violation("17", old, {"discount": Discount(Decimal(50), "percent")}, LIMITS)
    plain = price_violation("17", old, {"price": Decimal(50)}, LIMITS)
    assert cut is not None
    assert plain is not None
    assert (cut.observed, plain.observed) == (
        "100.00 -> 50.00 (-50 %) for the buyer",
        "100.00 -> 50.00 (-50 %)",
    )


@pytest.mark.parametrize("new", [{"quantity": 0}, {"discount": None}])
def test_a_change_without_a_price_is_no_price_change(new: dict[str, Value]) -> None:
    """Stock, or a discount of what has no price, is not for this guard."""
    assert price_violation("17", {}, new, LIMITS) is None


@given(st.decimals("0.01", 10**6, places=2), st.decimals("0.01", 10**6, places=2))
def test_what_passes_is_within_the_limits(before: Decimal, after: Decimal) -> None:
    """No price that moved further than its limits ever gets through."""
    if price_violation("17", {"price": before}, {"price": after}, LIMITS) is None:
        assert before * Decimal("0.6") <= after <= before * Decimal("2.5")


TRIP = GuardViolation(Guard.PRICE, "", "", "", "")


def test_a_suspicious_price_is_split_off() -> None:
    """Price and discount wait for a person; stock and names go."""
    change = update(price=(Decimal(100), Decimal(1)), discount=(None, None), quantity=(1, 2))
    go, stay = hold_price(change)
    assert (set(go.fields), go.held) == ({"quantity"}, None)
    assert (set(stay.fields), stay.held) == (set(PRICE_FIELDS), "price")


def test_a_creation_is_held_whole() -> None:
    """Nothing is made without its price."""
    (held,) = hold_price(creation(product()))
    assert (held.held, held.fields) == ("price", creation(product()).fields)


def test_exactly_the_allowed_prices_go() -> None:
    """Those of the goods that a person named, and no other; their number is another matter."""
    violation = GuardViolation(Guard.PRICE, "", "", "", "", "17")
    assert Allowed(price=frozenset({"17"})).lets(violation)
    assert not Allowed(price=frozenset({"18"}), prices=5, numbers={Guard.PRICE: 5}).lets(violation)


@pytest.mark.parametrize(
    ("ids", "flag"),
    [("1", "--allow price=1"), ("1 2 3 4 5", "--allow price=1,2,3,4,5"), ("1 2 3 4 5 6", "--allow prices=6")],
)
def test_few_prices_are_allowed_by_name_and_many_by_number(ids: str, flag: str) -> None:
    """A flag that can be pasted stays short."""
    assert (
        prices_flag([GuardViolation(Guard.PRICE, "", "", "", "", good_id) for good_id in ids.split()]) == flag
    )


@pytest.mark.parametrize(
    ("after", "quantity", "cause"),
    [
        ("12", 12, "equals the quantity column"),
        ("12", 11, "10 times lower: looks like a slipped decimal point"),
        ("12", None, "10 times lower: looks like a slipped decimal point"),
        ("0", 0, "equals the quantity column"),
        ("0", 3, "an empty price"),
        ("3", 3, "equals the quantity column"),
    ],
)
def test_a_price_that_is_the_stock(after: str, quantity: int | None, cause: str) -> None:
    """A column that was led to the wrong target is named."""
    violation = price_violation("17", {"price": Decimal(120)}, {"price": Decimal(after)}, LIMITS, quantity)
    assert violation is not None
    assert violation.cause == cause


def test_a_flag_that_opened_nothing_is_told() -> None:
    """It may be mistyped, or name another good than was meant."""
    allowed = read_allowed(["price=17,18", "prices=3", "removals=5", "photos=2"])
    price = GuardViolation(Guard.PRICE, "", "", "", "", "17")
    removals = GuardViolation(Guard.REMOVALS, "", "", "", "", count=5)
    assert allowed.unmet([price, removals]) == ("price=18", "prices=3", "photos=2")
    assert allowed.unmet([GuardViolation(Guard.PRICE, "", "", "", "", "19")])[2:] == (
        "removals=5",
        "photos=2",
    )
    assert NOTHING.unmet([price]) == ()


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
    violation = removals_violation(removals=removals, products=products, limits=LIMITS, cause="", stay=stay)
    assert (violation is not None) is tripped


def test_no_limit_lets_all_products_go() -> None:
    """Where nothing would stay, even 100 % is passed; where goods stay, it is not."""
    anything = Limits(removals="100%")  # type: ignore[arg-type]
    last = removals_violation(removals=5, products=5, limits=anything, cause="")
    assert last is not None
    assert last.limit == "never all products"
    assert removals_violation(removals=5, products=5, limits=anything, cause="", stay=1) is None


@pytest.mark.parametrize(("number", "tripped"), [(10, True), (11, False), (12, False)])
def test_removals_are_allowed_by_their_number(number: int, tripped: bool) -> None:
    """A person allows what was seen; one removal more is another question."""
    allowed = allow(Guard.REMOVALS, number)
    violation = removals_violation(removals=11, products=100, limits=LIMITS, cause="", stay=89)
    assert violation is not None
    assert allowed.lets(violation) is not tripped


def test_held_removals_are_explained() -> None:
    """Numbers, share, limit, causes, flag."""
    cause = "120 are not in the export any more"
    violation = removals_violation(removals=120, products=960, limits=LIMITS, cause=cause, stay=840)
    assert violation == GuardViolation(
        Guard.REMOVALS,
        "120 of 960 products would be taken out (12.5 %)",
        "10 %",
        cause,
        "--allow removals=120",
        count=120,
    )
    alone = removals_violation(removals=1, products=1, limits=LIMITS, cause="")
    assert alone is not None
    assert alone.observed == "1 of 1 product would be taken out (100 %)"


@pytest.mark.parametrize(
    ("sources", "before", "cause"),
    [
        ({"gone": 1}, {}, "1 is not in the export any more"),
        ({"gone": 3}, {"path": "other.trs"}, "3 of these removals come from your new export path"),
        (
            {"gone": 3, "other-group": 47},
            {"product_group": "Взуття"},
            "47 of these removals come from your new product group; 3 are not in the export any more",
        ),
        ({"other-group": 2}, {"product_group": "Іграшки"}, "2 lie outside the product group"),
        ({"not-displayed": 1}, {}, "1 has `Display` = 0"),
        (
            {"out-of-stock": 2},
            {"use": ["2"], "only_in_stock": False},
            "2 of these removals come from your new only_in_stock and accounting centers",
        ),
        ({"no-photos": 1}, {"photos": "foto"}, "1 of these removals comes from your new folder of photos"),
        ({"foreign": 5}, {}, "5 were never sent from here"),
    ],
)
def test_removals_say_where_they_come_from(
    sources: dict[str, int], before: dict[str, object], cause: str
) -> None:
    """The largest part first; what the settings made new is named, once something is known to compare."""
    centers = {"use": ["8"], "only_in_stock": True, "only_with_photos": True}
    catalog = {"path": "goods.trs", "photos": {"folder": "photos", "url": "https://shop.example/photos/"}}
    settings = sync_object(product_group="Іграшки", accounting_centers=centers, catalog=catalog)
    now = selection(settings)
    assert removals_cause(sources, now, {**now, **before} if before else {}) == cause


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
    violation = stock_out_violation(emptied=emptied, in_stock=in_stock, limits=LIMITS)
    assert (violation is not None and not allow(Guard.STOCK_OUT, number).lets(violation)) is tripped


def test_held_stock_is_explained() -> None:
    """Numbers, share, limit, causes, flag."""
    told = stock_out_violation(emptied=2, in_stock=3, limits=LIMITS, cause="your new accounting centers")
    assert told is not None
    assert told.cause == "your new accounting centers"
    assert stock_out_violation(emptied=2, in_stock=3, limits=LIMITS) == GuardViolation(
        Guard.STOCK_OUT,
        "2 of 3 products in stock would fall to zero (66.7 %)",
        "50 %",
        "an accounting center that is not exported, or a quantity column that is empty",
        "--allow stock-out=2",
        count=2,
    )


SHOTS = (Photo("https://shop.example/photos/17.jpg", "ab"),)


@pytest.mark.parametrize(
    ("bared", "pictured", "number", "tripped"),
    [(0, 0, 0, False), (1, 2, 0, False), (2, 3, 0, True), (2, 3, 2, False), (1, 1, 0, True)],
)
def test_photos_may_go_within_their_limit(bared: int, pictured: int, number: int, tripped: bool) -> None:
    """At the limit they go, past it they are held, unless a person allowed as many."""
    violation = photos_violation(bared=bared, pictured=pictured, limits=LIMITS)
    assert (violation is not None and not allow(Guard.PHOTOS, number).lets(violation)) is tripped


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
    violation = export_rows_violation(rows=rows, earlier=earlier, limits=LIMITS)
    assert (violation is not None and not allow(Guard.EXPORT_ROWS, number).lets(violation)) is tripped


def test_a_shrunk_export_is_explained() -> None:
    """Numbers, limit, cause, and the flag that allows exactly this; a median between two is cut."""
    assert export_rows_violation(rows=1, earlier=[11, 12], limits=LIMITS) == GuardViolation(
        Guard.EXPORT_ROWS,
        "the export has 1 row, 10 fewer than the usual 11",
        "70 % of the usual rows",
        "an export that was cut short, or of one group only",
        "--allow export-rows=10",
        count=10,
    )


@given(st.integers(0, 500), st.lists(st.integers(0, 500), min_size=1, max_size=10))
def test_the_flag_of_a_trip_opens_its_guard(rows: int, earlier: list[int]) -> None:
    """What a guard says to write is what lets through."""
    violation = export_rows_violation(rows=rows, earlier=earlier, limits=LIMITS)
    if violation:
        assert read_allowed([violation.flag.removeprefix("--allow ")]).lets(violation)
