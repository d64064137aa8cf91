"""What an order costs the seller: all parts of prom-api §5.6."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from builders import order

from torgsync.cli.messages.costs import cost_message, costs_messages
from torgsync.core.orders.costs import OrderCost, PlaceCost, cost_of, costs_by_place, with_costs
from torgsync.core.orders.order import Order, Paid, Unread, Unreadable
from torgsync.core.orders.postings import UNMAPPED, Place, account_balances, postings_due

CASH = Place("cash_register", "Каса 1")
CHEAP = {"promotion": "Дешева доставка з Prom"}
ROZETKA = {"carrier": "rozetka_delivery"}


def sale(goods: str, **given: Any) -> Order:  # noqa: ANN401
    """Return an order whose goods come to this sum."""
    line = replace(order().lines[0], total=Decimal(goods))
    return order(lines=(line,), total=Decimal(goods), **given)


@pytest.mark.parametrize(
    ("found", "fee"),
    [
        pytest.param(sale("700"), None, id="neither"),
        pytest.param(sale("199.99", **CHEAP), None, id="below the steps"),
        pytest.param(sale("200", **CHEAP), "10.00", id="first step"),
        pytest.param(sale("700", **CHEAP), "10.00", id="end of the first step"),
        pytest.param(sale("700.01", **CHEAP), "30.00", id="second step"),
        pytest.param(sale("300", promotion="ДЕШЕВАЯ ДОСТАВКА"), "10.00", id="in Russian"),
        pytest.param(sale("300", promotion="Знижки тижня"), None, id="another promotion"),
        pytest.param(sale("750", **CHEAP, discount=Decimal(60)), "10.00", id="without the discount"),
        pytest.param(sale("10", **ROZETKA), "10.00", id="Rozetka"),
        pytest.param(sale("700", **ROZETKA), "30.00", id="Rozetka, second step"),
        pytest.param(sale("700", **ROZETKA, **CHEAP), "30.00", id="once for both"),
        pytest.param(sale("300", **CHEAP, currency="USD"), None, id="steps are in hryvnias"),
        pytest.param(sale("300", **CHEAP, status="canceled"), None, id="cancelled, nothing was sent"),
        pytest.param(sale("300", **CHEAP, status="canceled", parcel="1"), "10.00", id="cancelled on its way"),
        pytest.param(sale("300", **CHEAP, paid=Paid.REFUNDED), None, id="paid back"),
        pytest.param(
            sale("300", **CHEAP, unreadable=(Unreadable(Unread.NO_AMOUNT, "price"),)), None, id="unreadable"
        ),
    ],
)
def test_the_fee_for_a_delivery_is_estimated(found: Order, fee: str | None) -> None:
    """Prom gives no amount: by the sum of the goods, and only where something is, or was, sent."""
    assert cost_of(found) == OrderCost(delivery=None if fee is None else Decimal(fee))


@pytest.mark.parametrize(
    ("parts", "total", "words"),
    [
        ({}, None, ""),
        ({"commission": "0.00"}, "0.00", ""),
        ({"site": "0.00"}, "0.00", ""),
        (
            {"commission": "98.46", "instalments": "20.54"},
            "119.00",
            "119.00 UAH: commission 98.46, instalments 20.54",
        ),
        ({"site": "12.30"}, "12.30", "12.30 UAH: order from your own site 12.30"),
        (
            {"commission": "98.46", "returned": True, "delivery": "10.00"},
            "10.00",
            "about 10.00 UAH: commission 98.46 (returned), delivery fee 10.00 (estimated)",
        ),
        ({"returned": True}, "0.00", ""),
    ],
)
def test_the_parts_are_added(parts: dict[str, Any], total: str | None, words: str) -> None:
    """What Prom does not give counts nothing; a commission that was returned neither."""
    amounts: dict[str, Any] = {name: part if part is True else Decimal(part) for name, part in parts.items()}
    cost = OrderCost(**amounts)
    assert (cost.total, cost_message(cost, "UAH")) == (None if total is None else Decimal(total), words)


def test_costs_are_summed_by_place() -> None:
    """Next to the money of the place; where no money moved, a row of its own, the unmapped one last."""
    paid = sale("300", commission=Decimal(5), **CHEAP)
    in_dollars = sale("300", commission=Decimal(3), currency="USD")
    orders = [(paid, CASH), (paid, CASH), (order(), CASH), (in_dollars, CASH), (order(), UNMAPPED)]
    orders.append((sale("1", commission=Decimal(7), currency=""), UNMAPPED))
    costs = costs_by_place(orders)
    rows = with_costs(account_balances(postings_due(paid, CASH, ())), costs)
    assert [(row.account, row.currency, str(row.expected), str(cost.total)) for row, cost in rows] == [
        ("Каса 1", "UAH", "300.00", "30.00"),
        ("Каса 1", "USD", "0.00", "3.00"),
        ("", "UAH", "0.00", "7.00"),
    ]
    assert [(int(cost.estimate), cost.unknown) for _, cost in rows] == [(20, 1), (0, 0), (0, 1)]
    assert list(costs_messages([cost for _, cost in rows])) == [
        "cost: what Prom.ua charges for the orders placed on these days",
        "20.00 of it is an estimate: Prom.ua does not report its fee for cheap delivery",
        "2 orders not counted in it: Prom.ua reports no commission",
    ]
    assert with_costs([], costs_by_place([(order(), CASH)])) == []
    (row,) = with_costs(account_balances(postings_due(order(), CASH, ())), {})
    assert row[1] == PlaceCost()
