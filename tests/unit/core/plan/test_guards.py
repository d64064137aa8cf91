"""What guards measured, what allows it, and how both are stored and read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from torgsync.core.plan.guards import (
    SHOP,
    Allowed,
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    KeyChange,
    Measure,
    MissingShop,
    PriceMove,
    ProductShare,
    allowances,
    decode_measure,
    encode_measure,
    prices_allowance,
    read_allowed,
)
from torgsync.core.reason import Reason, decode_args, encode_args
from torgsync.errors import UsageError

ZERO = Allowed()
MOVE = PriceMove(Decimal(2), Decimal(1), Decimal("-0.4"), Decimal("1.5"))


@pytest.mark.parametrize("old", [None, Decimal(0)])
def test_a_price_that_comes_from_nothing_has_no_share(old: Decimal | None) -> None:
    """There is nothing that it could be compared with."""
    assert PriceMove(old, Decimal(1)).share == 0


def price_of(good_id: str, cause: Cause = Cause.MISTYPED_PRICE) -> GuardViolation:
    return GuardViolation(Guard.PRICE, MOVE, Reason(cause), good_id)


def test_what_is_allowed_adds_up() -> None:
    """Ids of several flags come together, numbers belong to their guards, blanks are nothing."""
    texts = ["price=17, 18", "price=19", "removals=120", " stock-out = 5", "photos=1", "prices=7", "shop=4"]
    allowed = read_allowed(texts)
    assert allowed.price == {"17", "18", "19"}
    assert allowed.numbers == {Guard.REMOVALS: 120, Guard.STOCK_OUT: 5, Guard.PHOTOS: 1}
    assert (allowed.prices, allowed.shop) == (7, "4")
    assert read_allowed(allowed.flags) == allowed
    assert (ZERO.flags, read_allowed([])) == ((), ZERO)


@pytest.mark.parametrize(
    "text",
    ["removals", "removals=", "removals=all", "removals=-5", "removals=1_0", "price", "price=,", "x=1", ""],
)
def test_anything_else_is_not_understood(text: str) -> None:
    """A flag that would let through nothing, or everything, is refused with what there is."""
    with pytest.raises(UsageError) as caught:
        read_allowed([text])
    forms = ["price=ID,ID", "removals=N", "deletions=N", "stock-out=N", "photos=N", "export-rows=N"]
    forms += ["identity=N", "fleet=KIND", "prices=N", "shop=ID"]
    name = text.partition("=")[0]
    one = [form for form in forms if form.startswith(f"{name}=")]
    assert caught.value.message.startswith(f"`--allow {text}` cannot be used")
    assert caught.value.hint == "write it so: " + ", ".join(f"`{form}`" for form in one or forms)


def test_exactly_the_allowed_prices_go() -> None:
    """Those of the goods that a person named, and no other; their number is another matter."""
    violation = price_of("17")
    assert Allowed(price=frozenset({"17"})).lets(violation)
    assert not Allowed(price=frozenset({"18"}), prices=5, numbers={Guard.PRICE: 5}).lets(violation)


@pytest.mark.parametrize(
    ("ids", "flag"), [("1", "price=1"), ("1 2 3 4 5", "price=1,2,3,4,5"), ("1 2 3 4 5 6", "prices=6")]
)
def test_few_prices_are_allowed_by_name_and_many_by_number(ids: str, flag: str) -> None:
    """A flag that can be pasted stays short."""
    assert prices_allowance([price_of(good_id) for good_id in ids.split()]) == flag


def test_an_allowance_that_opened_nothing_is_reported() -> None:
    """It may be mistyped, or name another good than was meant."""
    allowed = read_allowed(["price=17,18", "prices=3", "removals=5", "photos=2"])
    share = ProductShare(5, 9, None)
    removals = GuardViolation(Guard.REMOVALS, share, Reason(Cause.REMOVALS, {"sources": []}), count=5)
    price = price_of("17")
    assert allowed.unmet([price, removals]) == ("price=18", "prices=3", "photos=2")
    assert allowed.unmet([price_of("19")])[2:] == ("removals=5", "photos=2")
    assert ZERO.unmet([price]) == ()


def test_a_violation_names_what_allows_exactly_it() -> None:
    """A price by its good, anything else by its number; a price of 0 is never sent."""
    share = GuardViolation(Guard.PHOTOS, ProductShare(2, 3, None), Reason(Cause.PHOTO_FOLDER), count=2)
    assert (price_of("17").allowance, share.allowance) == ("price=17", "photos=2")
    assert price_of("17", Cause.ZERO_PRICE).allowance == ""
    assert read_allowed([share.allowance]).lets(share)


def test_all_violations_are_allowed_together() -> None:
    """Prices by their goods, or by their number where they are many; a price of 0 never is."""
    share = GuardViolation(Guard.PHOTOS, ProductShare(2, 3, None), Reason(Cause.PHOTO_FOLDER), count=2)
    zero = price_of("9", Cause.ZERO_PRICE)
    assert allowances([share, zero, price_of("17"), price_of("18")]) == ("price=17,18", "photos=2")
    assert allowances([zero]) == ()
    many = [price_of(str(number)) for number in range(6)]
    assert allowances(many) == ("prices=6",)


@pytest.mark.parametrize(
    ("guard", "measure"),
    [
        (Guard.PRICE, MOVE),
        (Guard.PRICE, PriceMove(None, Decimal("0.00"), discounted=True)),
        (Guard.PRICE, PriceMove(None, None)),
        (Guard.REMOVALS, ProductShare(1, 2, None)),
        (Guard.STOCK_OUT, ProductShare(1, 2, Decimal("0.5"))),
        (Guard.EXPORT_ROWS, ExportSize(1, 11, Decimal("0.70"))),
        (Guard.IDENTITY, KeyChange(2, "701", "0701")),
        (SHOP, MissingShop(3, 0)),
    ],
)
def test_a_stored_measure_is_read_back(guard: str, measure: Measure) -> None:
    """As numbers and decimals, whatever else is stored with it."""
    stored = encode_args({**encode_measure(measure), "more": 2})
    assert decode_measure(guard, decode_args(stored)) == measure
