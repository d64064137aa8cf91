"""The lines that sum a plan up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from torgsync.cli.plan.render import render_sums
from torgsync.core.plan.channels import Budget
from torgsync.core.plan.plan import Counts, ExportInfo, Plan, RemovedStock

EMPTY = Plan(
    "0" * 8,
    "My Prom",
    datetime(2026, 1, 2, tzinfo=UTC),
    ExportInfo("TSGoods.trs", 40, "utf-8"),
    Counts(skipped=1, unchanged=39),
    Budget(0, 0, 8),
)
BUSY = replace(EMPTY, counts=Counts(create=2, update=9, remove=2, skipped=1, unchanged=28))


def sums(plan: Plan, next_step: str = "torgsync sync") -> list[str]:
    lines = render_sums(
        plan, currency="UAH", requests_per_second=2.0, next_step=next_step, nothing="nothing pending"
    )
    return list(lines)


def test_nothing_pending() -> None:
    """The counts, and that there is nothing."""
    assert sums(EMPTY) == [
        "0 to create, 0 to update, 0 to remove",
        "0 held, 1 skipped, 39 unchanged, 0 foreign",
        "nothing pending",
    ]


def test_everything_a_plan_sums_up() -> None:
    """What it undoes, leaves alone, removes and leaves pending, what it costs, and the next command."""
    plan = replace(
        BUSY,
        edited=1,
        left_alone={"name": 1, "price": 30},
        removed_stock=RemovedStock(2, 11, Decimal("2639.50")),
        pending=3,
        budget=Budget(6, 1, 7),
        unmet=("price=17",),
    )
    assert sums(plan)[2:] == [
        "1 change undoes what was edited on Prom.ua",
        "left to Prom.ua's side: name in 1 good, price in 30 goods",
        "2 products would leave with 11 pieces in stock, worth 2639.50 UAH",
        "other changes of 3 goods stay pending: `--fields` leaves them out",
        "Prom.ua: about 6 requests, 6 minutes, 1 import of 7 left today",
        "`--allow price=17` let nothing through: no guard holds it",
        "next: torgsync sync",
    ]


@pytest.mark.parametrize(
    ("held", "next_step", "last"),
    [
        (12, "torgsync sync", "next: torgsync sync"),
        (13, "torgsync sync", "next: torgsync sync, with the flags above if what is held is right"),
        (0, "", "Prom.ua: about 3 requests, a minute, no import"),
    ],
)
def test_the_next_command(held: int, next_step: str, last: str) -> None:
    """With flags where everything is held; none where there is no next command."""
    plan = replace(BUSY, counts=replace(BUSY.counts, held=held), budget=Budget(3, 0, 8))
    assert sums(plan, next_step)[-1] == last


def test_nothing_is_not_said_where_fields_wait() -> None:
    """What `--fields` leaves out is pending."""
    assert sums(replace(EMPTY, pending=1))[-1].startswith("other changes of 1 good stay pending")
