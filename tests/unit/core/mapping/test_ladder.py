"""Wholesale prices of an offer: several in one cell, each from a quantity on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders import mapped
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.findings import Code
from torgsync.core.product.fields import Value, WholesaleStep

COLUMNS = (("RetailPrice", "price"), ("prices", "wholesale_prices"))


def ladder(cell: str, **tables: Any) -> Value | str:  # noqa: ANN401
    """Return the wholesale prices that a cell makes, `kept` where what Prom has stays."""
    found = mapped({"RetailPrice": "180", "prices": cell}, *COLUMNS, **tables)
    assert found.product.money("price")
    if "wholesale_prices" in found.unreadable:
        assert [finding.code for finding in found.findings] in ([Code.NUMBER_UNREADABLE], [Code.CELL_ERROR])
        return "kept"
    return found.product.values["wholesale_prices"]


@pytest.mark.parametrize(
    ("cell", "steps"),
    [
        ("10=120|5=150,50", [(5, "150.50"), (10, "120.00")]),
        (" 5 = 1 150 ", []),
        ("5=150|10=0", [(5, "150.00")]),
        ("5,0=150", [(5, "150.00")]),
        ("", []),
    ],
)
def test_wholesale_prices_are_sorted_by_quantity(cell: str, steps: list[tuple[int, str]]) -> None:
    """A price of 0 is none; where one is above the price itself, none is sent."""
    assert ladder(cell) == tuple(WholesaleStep(least, Decimal(price)) for least, price in steps)


@pytest.mark.parametrize(
    "cell",
    [
        "150",
        "=150",
        "5=",
        "5=дешево",
        "0=150",
        "2,5=150",
        "5=150|5=140",
        "5=-1",
        "5=1.450",
        "#REF!",
        "дешево",
    ],
)
def test_wholesale_prices_are_never_guessed(cell: str) -> None:
    """What Prom has stays, and the price itself goes."""
    assert ladder(cell) == "kept"


def test_a_wholesale_price_above_the_price() -> None:
    """It is reported with the highest one; a product without a price is not judged."""
    found = mapped({"RetailPrice": "100", "prices": "5=90|10=110"}, *COLUMNS)
    (finding,) = found.findings
    assert (finding.code, finding.args["wholesale"]) == (Code.WHOLESALE_UNUSED, "110.00")
    found = mapped({"RetailPrice": "0", "prices": "5=90"}, *COLUMNS)
    assert found.product.values["wholesale_prices"] == (WholesaleStep(5, Decimal("90.00")),)


def test_wholesale_prices_follow_the_rules_for_prices() -> None:
    """Markup and rounding, as for a single one."""
    assert ladder("5=100", prices={"markup": "10%", "round": "5"}) == (WholesaleStep(5, Decimal("110.00")),)


@given(st.dictionaries(st.integers(1, 999), st.decimals("0.01", "180", places=2), max_size=4))
def test_written_wholesale_prices_come_back(steps: dict[int, Decimal]) -> None:
    """Reading is the inverse of writing, in any order."""
    cell = "|".join(f"{least}={price}" for least, price in steps.items())
    assert ladder(cell) == tuple(WholesaleStep(*step) for step in sorted(steps.items()))
