"""What a person should know about an order."""

from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal

import pytest
from builders import order

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.order import Line, Order, Unread, Unreadable
from torgsync.core.orders.reasons import (
    HandWork,
    HoldReason,
    findings_of,
    hold_finding,
    hold_or_work,
    work_finding,
)
from torgsync.core.reason import Args, Reason

LINE = order().lines[0]
GIFT = Line("", "1500000001", "", "Листівка", Decimal(1), Decimal(0), Decimal(0))
CARD = {"name": "Листівка"}
UNREADABLE = Unreadable(Unread.AMOUNT, "price", "договірна")


@pytest.mark.parametrize(
    ("found", "findings"),
    [
        (order(), []),
        (order(total=Decimal("199.99")), [(Code.ORDER_SUM, {"total": "199.99", "lines": "200.00"})]),
        (order(total=Decimal("250.00"), delivery_cost=Decimal(50)), []),
        (order(total=Decimal("200.00"), delivery_cost=Decimal(50)), []),
        (order(total=Decimal("180.00"), discount=Decimal(20)), []),
        (order(total=Decimal("230.00"), discount=Decimal(20), delivery_cost=Decimal(50)), []),
        (
            order(total=Decimal("180.00"), discount=Decimal(20), discount_inferred=True),
            [(Code.ORDER_SUM, {"price": "180.00", "lines": "200.00"})],
        ),
        (order(total=None), []),
        (
            order(total=Decimal(1), unreadable=(UNREADABLE,)),
            [(Code.ORDER_MONEY_UNREADABLE, {**asdict(UNREADABLE), "total_missing": False})],
        ),
        (
            order(total=None, unreadable=(UNREADABLE,)),
            [(Code.ORDER_MONEY_UNREADABLE, {**asdict(UNREADABLE), "total_missing": True})],
        ),
        (
            order(total=None, status="canceled", unreadable=(UNREADABLE,)),
            [(Code.ORDER_MONEY_UNREADABLE, {**asdict(UNREADABLE), "total_missing": False})],
        ),
        (
            order(lines=(replace(LINE, good_id=""),)),
            [(Code.ORDER_GOOD_UNKNOWN, {"name": "Капці", "good_id": ""})],
        ),
        (order(lines=()), [(Code.ORDER_NO_LINES, {"total": "200.00"})]),
        (order(lines=(GIFT,)), [(Code.ORDER_NO_LINES, {"total": "200.00"}), (Code.ORDER_FREE_LINE, CARD)]),
        (order(lines=(), total=Decimal(0)), []),
        (order(lines=(), total=Decimal(50), delivery_cost=Decimal(50)), []),
        (order(lines=(LINE, GIFT)), [(Code.ORDER_FREE_LINE, CARD)]),
        (order(lines=(LINE, replace(GIFT, good_id="18"))), []),
        (
            order(lines=(LINE, GIFT), total=None, unreadable=(UNREADABLE,)),
            [
                (Code.ORDER_MONEY_UNREADABLE, {**asdict(UNREADABLE), "total_missing": True}),
                (Code.ORDER_GOOD_UNKNOWN, {**CARD, "good_id": ""}),
            ],
        ),
    ],
)
def test_an_order_that_does_not_add_up_has_findings(found: Order, findings: list[tuple[Code, Args]]) -> None:
    """Lines less discount, with or without delivery, are the total to the kopiyka; goods have ids."""
    assert findings_of(found) == tuple(Finding(code, order="300000001", args=args) for code, args in findings)


def test_a_good_that_only_prom_knows_is_a_finding() -> None:
    """An external id that the accounting program does not have is as bad as none."""
    (finding,) = findings_of(order(), foreign={"17"})
    assert (finding.code, finding.args) == (Code.ORDER_GOOD_UNKNOWN, {"name": "Капці", "good_id": "17"})
    assert findings_of(order(), foreign={"18"}) == ()


def test_a_good_that_nothing_knows_is_another_finding() -> None:
    """The file is written; an order that waits for a person goes on waiting."""
    (finding,) = findings_of(order(), unknown={"17", "18"})
    assert (finding.code, finding.args) == (Code.ORDER_ID_UNKNOWN, {"name": "Капці", "good_id": "17"})
    (finding,) = findings_of(order(), foreign={"17"}, unknown={"17"})
    assert finding.code is Code.ORDER_GOOD_UNKNOWN


def test_a_free_line_is_an_unknown_good_where_the_owner_wants_it() -> None:
    """`free_lines = "hold"`."""
    (finding,) = findings_of(order(lines=(LINE, GIFT)), free_in_comment=False)
    assert (finding.code, finding.args) == (Code.ORDER_GOOD_UNKNOWN, {**CARD, "good_id": ""})


def test_a_reason_that_waits_for_a_person_is_a_finding() -> None:
    """The same as when the order was stored, so that it is reported once."""
    (finding,) = findings_of(order(lines=(replace(LINE, good_id=""),)))
    assert hold_finding("300000001", Reason(HoldReason.GOOD_UNKNOWN, finding.args)) == finding
    work = Reason(HandWork.CHANGE, {"parts": ["total"]})
    assert work_finding("1", work).args == {"work": "change", "parts": ["total"]}


@pytest.mark.parametrize("code", [*HoldReason, *HandWork])
def test_every_stored_code_is_one_reason(code: HoldReason | HandWork) -> None:
    """No code belongs to both enums."""
    assert hold_or_work(str(code), {}) == Reason(code)
