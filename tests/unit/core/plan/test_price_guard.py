"""The price guard: at, below and above its limits, and what looks like a slip."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import product, sync_object, update
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.config.settings import Limits, Prices
from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.guards import Cause, Guard, GuardViolation, PriceMove
from torgsync.core.plan.plan_guards import (
    change_price_violation,
    hold_price,
    price_violation,
    zero_price_violation,
)
from torgsync.core.product.fields import Discount, Value
from torgsync.core.reason import Reason

LIMITS = Limits()
WIDE = Limits(price_drop="100%", price_rise="9999%")  # type: ignore[arg-type]  # as a person writes them
LOWEST, HIGHEST = Decimal("-0.40"), Decimal("1.50")


def decimal_point(factor: int, direction: str) -> Reason[Cause]:
    return Reason(Cause.DECIMAL_POINT, {"factor": factor, "lower": direction == "lower"})


def currency(factor: int, direction: str, name: str) -> Reason[Cause]:
    return Reason(Cause.CURRENCY, {"factor": factor, "lower": direction == "lower", "currency": name})


def violation_of(before: str | None, after: str, limits: Limits = LIMITS) -> GuardViolation | None:
    old = {} if before is None else {"price": Decimal(before)}
    return price_violation("17", old, {"price": Decimal(after)}, limits)


@pytest.mark.parametrize(
    ("prices", "after", "cause"),
    [
        ({"markup": "5%"}, "1.70", decimal_point(100, "lower")),
        ({"markup": "-10%"}, "1.46", decimal_point(100, "lower")),
        ({"round": "0.5"}, "1.50", decimal_point(100, "lower")),
        ({}, "1.70", Reason(Cause.MISTYPED_PRICE)),
        ({"markup": "500%"}, "9.72", Reason(Cause.MISTYPED_PRICE)),
    ],
)
def test_a_slip_is_known_behind_the_rules_for_prices(
    prices: dict[str, str], after: str, cause: Reason[Cause]
) -> None:
    """The jump of what the export has is not that of what is sent."""
    rules = Prices.model_validate(prices)
    old, new = {"price": Decimal(162)}, {"price": Decimal(after)}
    violation = price_violation("17", old, new, LIMITS, prices=rules)
    assert violation is not None
    assert violation.cause == cause


@pytest.mark.parametrize(
    ("sent", "cause"),
    [("255.50", Cause.EDITED_PRICE), ("250.00", Cause.EDITED_PRICE), ("999.00", Cause.MISTYPED_PRICE)],
)
def test_the_cause_of_a_jump_may_be_an_edit(sent: str, cause: Cause) -> None:
    """A person who edits a price on Prom makes no mistake of the export; its own jump is one."""
    moved = FieldChange(Decimal(990), Decimal("255.50"), edited=True, sent=Decimal(sent))
    change = Change("17", Verb.UPDATE, "", {"price": moved})
    held = change_price_violation(change, {"price": Decimal(990)}, sync_object())
    assert held is not None
    assert held.cause.code is cause


@pytest.mark.parametrize(
    ("before", "after", "held"),
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
def test_a_price_may_move_within_its_limits(before: str | None, after: str, held: bool) -> None:
    """At a limit it goes, past it it is held; nothing is suspicious where there was no price, but nothing."""
    assert (violation_of(before, after) is not None) is held


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ("131.00", "13.10", decimal_point(10, "lower")),
        ("131.00", "1.31", decimal_point(100, "lower")),
        ("1.31", "131.00", decimal_point(100, "higher")),
        ("1310.00", "1.31", decimal_point(1000, "lower")),
        ("100.00", "9.91", decimal_point(10, "lower")),
        ("4200.00", "100.00", currency(42, "lower", "USD")),
        ("100.00", "3500.00", currency(35, "higher", "USD")),
        ("6000.00", "100.00", currency(60, "lower", "EUR")),
    ],
)
def test_a_slip_is_held_whatever_the_limits(before: str, after: str, cause: Reason[Cause]) -> None:
    """A factor 10, 100, 1000 or a currency rate is an accident even where any price may move."""
    violation = violation_of(before, after, WIDE)
    assert violation is not None
    assert violation.cause == cause


@pytest.mark.parametrize("after", ["9.80", "12.00", "2.95", "1.63"])
def test_an_ordinary_jump_goes_where_the_limits_are_wide(after: str) -> None:
    """Other than by the limits, only what looks like an accident is held."""
    assert violation_of("100.00", after, WIDE) is None


def test_a_held_price_is_measured() -> None:
    """What a buyer pays before and after, the limits, the likely cause and the good."""
    move = PriceMove(Decimal("5300.00"), Decimal("2650.00"), LOWEST, HIGHEST)
    held = GuardViolation(Guard.PRICE, move, Reason(Cause.MISTYPED_PRICE), "17")
    assert violation_of("5300.00", "2650.00") == held
    assert move.share == Decimal("-0.5")


def test_what_the_buyer_pays_counts() -> None:
    """A discount can make a price nothing, and can take a rise back."""
    old: dict[str, Value] = {"price": Decimal("100.00")}
    off = Discount(Decimal("100.00"), "amount")
    free = price_violation("17", old, {"discount": off}, LIMITS)
    assert free is not None
    assert free.measure == PriceMove(None, Decimal("0.00"))
    raised: dict[str, Value] = {"price": Decimal("300.00"), "discount": Discount(Decimal("100.00"), "amount")}
    assert price_violation("17", old, raised, LIMITS) is None
    kept: dict[str, Value] = {"price": Decimal("100.00"), "discount": Discount(Decimal(50), "percent")}
    assert price_violation("17", kept, {"price": Decimal("90.00")}, LIMITS) is None


@pytest.mark.parametrize(
    ("new", "discounted"),
    [({"discount": Discount(Decimal(50), "percent")}, True), ({"price": Decimal(50)}, False)],
)
def test_a_price_that_the_table_does_not_show_is_marked(new: dict[str, Value], *, discounted: bool) -> None:
    """What the buyer pays less a discount is not the price itself."""
    held = price_violation("17", {"price": Decimal(100)}, new, LIMITS)
    assert held is not None
    assert held.measure == PriceMove(Decimal(100), Decimal(50), LOWEST, HIGHEST, discounted)


@pytest.mark.parametrize("new", [{"quantity": 0}, {"discount": None}])
def test_a_change_without_a_price_is_no_price_change(new: dict[str, Value]) -> None:
    """Stock, or a discount of what has no price, is not for this guard."""
    assert price_violation("17", {}, new, LIMITS) is None


@given(st.decimals("0.01", 10**6, places=2), st.decimals("0.01", 10**6, places=2))
def test_what_passes_is_within_the_limits(before: Decimal, after: Decimal) -> None:
    """No price that moved further than its limits ever gets through."""
    if price_violation("17", {"price": before}, {"price": after}, LIMITS) is None:
        assert before * Decimal("0.6") <= after <= before * Decimal("2.5")


def test_a_suspicious_price_is_split_off() -> None:
    """Price and discount wait for a person; stock and names go."""
    change = update(price=(Decimal(100), Decimal(1)), discount=(None, None), quantity=(1, 2))
    go, stay = hold_price(change)
    assert (set(go.fields), go.held) == ({"quantity"}, None)
    assert (set(stay.fields), stay.held) == ({"price", "discount"}, "price")


def test_a_creation_is_held_whole() -> None:
    """Nothing is made without its price."""
    (held,) = hold_price(creation(product()))
    assert (held.held, held.fields) == ("price", creation(product()).fields)


@pytest.mark.parametrize(
    ("after", "quantity", "cause"),
    [
        ("12", 12, Reason(Cause.EQUALS_QUANTITY)),
        ("12", 11, decimal_point(10, "lower")),
        ("12", None, decimal_point(10, "lower")),
        ("0", 0, Reason(Cause.EQUALS_QUANTITY)),
        ("0", 3, Reason(Cause.EMPTY_PRICE)),
        ("3", 3, Reason(Cause.EQUALS_QUANTITY)),
    ],
)
def test_a_price_that_is_the_stock(after: str, quantity: int | None, cause: Reason[Cause]) -> None:
    """A column that was mapped to the wrong target is named."""
    violation = price_violation("17", {"price": Decimal(120)}, {"price": Decimal(after)}, LIMITS, quantity)
    assert violation is not None
    assert violation.cause == cause


def test_a_price_of_nothing_in_the_export_is_held_for_good() -> None:
    """Nothing allows it, so it names no new price."""
    held = zero_price_violation("17")
    assert (held.measure, held.cause, held.allowance) == (PriceMove(None, None), Reason(Cause.ZERO_PRICE), "")
