"""The lines about held changes: few one by one, many prices with one cause together."""

from __future__ import annotations

from decimal import Decimal

from torgsync.cli.plan.render import render_guards
from torgsync.core.plan.guards import Cause, ExportSize, Guard, GuardViolation, PriceMove
from torgsync.core.reason import Reason

MOVE = PriceMove(Decimal(100), Decimal(10), Decimal("-0.4"), Decimal("1.5"))
MOVED = "100.00 -> 10.00 (-90 %); the limit is -40 % to +150 %"
ROWS = GuardViolation(
    Guard.EXPORT_ROWS, ExportSize(60, 100, Decimal("0.7")), Reason(Cause.EXPORT_CUT), count=40
)


def prices(cause: Cause, *good_ids: str) -> list[GuardViolation]:
    return [GuardViolation(Guard.PRICE, MOVE, Reason(cause), good_id) for good_id in good_ids]


def test_each_violation_has_its_limit_its_cause_and_its_flag() -> None:
    """Prices come first, whatever else is held."""
    assert list(render_guards([ROWS, *prices(Cause.MISTYPED_PRICE, "7")])) == [
        f"! held     good 7: {MOVED}",
        "           a mistyped price; if it is right: --allow price=7",
        "! held     the export has 60 rows, 40 fewer than the usual 100; the limit is 70 % of the usual rows",
        (
            "           an export that was cut short, or of one group only; if it is right: "
            "--allow export-rows=40"
        ),
    ]


def test_many_prices_with_one_cause_are_one_line() -> None:
    """The flag says that it lets all held prices through where there are others."""
    same = prices(Cause.MISTYPED_PRICE, "1", "2", "3", "4")
    assert list(render_guards(same))[1] == (
        "           a mistyped price; if they are right: --allow price=1,2,3,4"
    )
    lines = list(render_guards([*prices(Cause.EQUALS_QUANTITY, "8", "9"), *same]))
    assert lines[:2] == [
        f"! held     4 prices, such as that of good 1: {MOVED}",
        "           a mistyped price; if they are right: all held prices: --allow prices=6",
    ]
    assert lines[2] == f"! held     good 8: {MOVED}"


def test_prices_of_nothing_have_no_flag() -> None:
    """They are never sent, and no number of others counts them."""
    zero = [
        GuardViolation(Guard.PRICE, PriceMove(None, None), Reason(Cause.ZERO_PRICE), str(number))
        for number in range(4)
    ]
    assert list(render_guards([*zero, *prices(Cause.MISTYPED_PRICE, "1", "2", "3", "4")]))[:2] == [
        "! held     4 prices: the price becomes 0; the limit is more than 0",
        "           an empty or mistaken price column; a price of 0 is never sent",
    ]
