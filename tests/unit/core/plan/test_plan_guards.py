"""The guards of a whole plan: at, below and above each limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import sync_object, update
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.config.settings import Limits
from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.guards import (
    Allowed,
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    ProductShare,
    read_allowed,
)
from torgsync.core.plan.plan_guards import (
    deletions_violation,
    export_rows_violation,
    falls_to_zero,
    loses_photos,
    photos_violation,
    removals_cause,
    removals_violation,
    selection,
    stock_out_violation,
)
from torgsync.core.product.fields import Photo
from torgsync.core.reason import Reason

LIMITS = Limits()
CAUSE = Reason(Cause.REMOVALS, {"sources": [["gone", "120"]]})


def allow(guard: Guard, number: int) -> Allowed:
    return Allowed(numbers={guard: number})


def share_violation(guard: Guard, count: int, total: int) -> GuardViolation | None:
    """Return what the guard of this share says of so many of all, where the rest stays."""
    match guard:
        case Guard.REMOVALS:
            stay = total - count
            return removals_violation(removals=count, products=total, limits=LIMITS, cause=CAUSE, stay=stay)
        case Guard.DELETIONS:
            return deletions_violation(deletions=count, products=total, days=30, limits=LIMITS, stay=1)
        case Guard.STOCK_OUT:
            return stock_out_violation(emptied=count, in_stock=total, limits=LIMITS)
        case _:
            return photos_violation(bared=count, pictured=total, limits=LIMITS)


@pytest.mark.parametrize(
    ("guard", "count", "total", "number", "held"),
    [
        (Guard.REMOVALS, 0, 0, 0, False),
        (Guard.REMOVALS, 10, 100, 0, False),
        (Guard.REMOVALS, 11, 100, 0, True),
        (Guard.REMOVALS, 11, 100, 10, True),
        (Guard.REMOVALS, 11, 100, 11, False),
        (Guard.REMOVALS, 11, 100, 12, False),
        (Guard.REMOVALS, 1, 9, 0, True),
        (Guard.REMOVALS, 1, 10, 0, False),
        (Guard.REMOVALS, 1, 1, 0, True),
        (Guard.DELETIONS, 0, 0, 0, False),
        (Guard.DELETIONS, 10, 100, 0, False),
        (Guard.DELETIONS, 11, 100, 10, True),
        (Guard.DELETIONS, 11, 100, 11, False),
        (Guard.STOCK_OUT, 0, 0, 0, False),
        (Guard.STOCK_OUT, 50, 100, 0, False),
        (Guard.STOCK_OUT, 51, 100, 0, True),
        (Guard.STOCK_OUT, 51, 100, 50, True),
        (Guard.STOCK_OUT, 51, 100, 51, False),
        (Guard.STOCK_OUT, 1, 1, 0, True),
        (Guard.STOCK_OUT, 1, 0, 0, True),
        (Guard.PHOTOS, 0, 0, 0, False),
        (Guard.PHOTOS, 1, 2, 0, False),
        (Guard.PHOTOS, 2, 3, 0, True),
        (Guard.PHOTOS, 2, 3, 2, False),
        (Guard.PHOTOS, 1, 1, 0, True),
    ],
)
def test_a_share_has_a_limit(guard: Guard, count: int, total: int, number: int, held: bool) -> None:
    """At the limit it passes, also in small shops; past it it is held, unless a person allowed as many."""
    violation = share_violation(guard, count, total)
    assert (violation is not None and not allow(guard, number).lets(violation)) is held


# Removals


def test_no_limit_lets_all_products_go() -> None:
    """Where nothing would stay, even 100 % is passed; where goods stay, it is not."""
    anything = Limits(removals="100%")  # type: ignore[arg-type]
    last = removals_violation(removals=5, products=5, limits=anything, cause=CAUSE)
    assert last is not None
    assert last.measure == ProductShare(5, 5, None)
    assert removals_violation(removals=5, products=5, limits=anything, cause=CAUSE, stay=1) is None
    assert removals_violation(removals=5, products=5, limits=LIMITS, cause=CAUSE, stay=3)


def test_held_removals_are_measured() -> None:
    """How many of how many products, the limit and where they come from."""
    share = ProductShare(120, 960, Decimal("0.10"))
    held = GuardViolation(Guard.REMOVALS, share, CAUSE, count=120)
    assert share_violation(Guard.REMOVALS, 120, 960) == held


@pytest.mark.parametrize(
    ("sources", "before", "parts"),
    [
        ({"gone": 1}, {}, [["gone", "1"]]),
        ({"gone": 3}, {"path": "other.trs"}, [["gone", "3", "path"]]),
        (
            {"gone": 3, "other-group": 47},
            {"product_group": "Взуття"},
            [["other-group", "47", "product_group"], ["gone", "3"]],
        ),
        ({"other-group": 2}, {"product_group": "Іграшки"}, [["other-group", "2"]]),
        (
            {"out-of-stock": 2},
            {"use": ["2"], "only_in_stock": False},
            [["out-of-stock", "2", "only_in_stock", "use"]],
        ),
        ({"no-photos": 1}, {"photos": "foto"}, [["no-photos", "1", "photos"]]),
        ({"foreign": 5}, {"foreign": "keep"}, [["foreign", "5"]]),
        ({"undone": 5}, {"foreign": "delete"}, [["undone", "5"]]),
    ],
)
def test_removals_name_where_they_come_from(
    sources: dict[str, int], before: dict[str, object], parts: list[list[str]]
) -> None:
    """The largest part first, each with the settings that changed since the last run, if there was one."""
    centers = {"use": ["8"], "only_in_stock": True, "only_with_photos": True}
    catalog = {"path": "goods.trs", "photos": {"folder": "photos", "url": "https://shop.example/photos/"}}
    now = selection(sync_object(product_group="Іграшки", accounting_centers=centers, catalog=catalog))
    cause = removals_cause(sources, now, {**now, **before} if before else {})
    assert cause == Reason(Cause.REMOVALS, {"sources": parts})


# Stock and photos


@pytest.mark.parametrize(("new_centers", "cause"), [(True, Cause.NEW_CENTERS), (False, Cause.CENTERS)])
def test_held_stock_is_measured(*, new_centers: bool, cause: Cause) -> None:
    """How many of how many products, the limit, and whether other centers count than before."""
    held = stock_out_violation(emptied=2, in_stock=3, limits=LIMITS, new_centers=new_centers)
    share = ProductShare(2, 3, Decimal("0.50"))
    assert held == GuardViolation(Guard.STOCK_OUT, share, Reason(cause), count=2)


SHOTS = (Photo("https://shop.example/photos/17.jpg", "ab"),)


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
        (update(presence=("available", "waiting")), True),
        (update(presence=("order", "not_available")), False),
        (update(presence=("not_available", "available")), False),
        (update(price=(Decimal(1), Decimal(2))), False),
        (Change("17", Verb.REMOVE, "", {"quantity": FieldChange(5, 0)}), False),
    ],
)
def test_only_an_emptied_stock_falls_to_zero(change: Change, falls: bool) -> None:
    """By quantity where Prom shows one, by presence where it does not; removals have a guard of their own."""
    assert falls_to_zero(change) is falls


# Rows


@pytest.mark.parametrize(
    ("rows", "earlier", "number", "held"),
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
    rows: int, earlier: list[int], number: int, held: bool
) -> None:
    """Measured by the median of the runs before; the first run has nothing to be measured by."""
    violation = export_rows_violation(rows=rows, earlier=earlier, limits=LIMITS)
    assert (violation is not None and not allow(Guard.EXPORT_ROWS, number).lets(violation)) is held


def test_a_shrunk_export_is_measured() -> None:
    """Rows, usual rows and the limit; a median between two is cut."""
    size = ExportSize(1, 11, Decimal("0.70"))
    held = GuardViolation(Guard.EXPORT_ROWS, size, Reason(Cause.EXPORT_CUT), count=10)
    assert export_rows_violation(rows=1, earlier=[11, 12], limits=LIMITS) == held


@given(st.integers(0, 500), st.lists(st.integers(0, 500), min_size=1, max_size=10))
def test_the_allowance_of_a_violation_opens_its_guard(rows: int, earlier: list[int]) -> None:
    """What a guard says to write is what lets through."""
    violation = export_rows_violation(rows=rows, earlier=earlier, limits=LIMITS)
    if violation:
        assert read_allowed([violation.allowance]).lets(violation)
