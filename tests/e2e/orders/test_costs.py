"""What orders cost the seller is shown with each order, and summed up by place (prom-api §5.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from homes import Home

from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, ShopCosts

COMMISSION, INSTALMENTS = Decimal("98.46"), Decimal("20.54")


def listed(home: Home) -> list[Any]:
    """Return what each order costs, newest first, with its commission."""
    orders = home.run("orders", "list", "--format", "json").json["orders"]
    return [(order["cost"], order["commission"]) for order in orders]


def test_the_true_cost_of_an_order(mapped: Home) -> None:
    """All commissions; that of the order is 0 in the first minutes, and is there with the next fetch."""
    shop = mapped.sandbox
    mapped.set_quirks("commission_seconds=600", "quiet_orders=true")
    costs = ShopCosts(commission=COMMISSION, instalments=INSTALMENTS, cheap_delivery=True)
    number = shop.place_order([("26901", 1)], costs=costs, paid=True)
    site = ShopCosts(site=Decimal("12.3"))
    shop.place_order([("26931", 1)], costs=site, payment_option_id=CASH_ON_DELIVERY.id)
    mapped.run("orders", "fetch")
    assert listed(mapped) == [("12.30", "0.00"), ("50.54", "0.00")]
    order = shop.order(number)
    shop.orders.replace(replace(order, date_created=order.date_created - timedelta(minutes=10)))
    mapped.run("orders", "fetch")
    assert listed(mapped) == [("12.30", "0.00"), ("149.00", "98.46")]
    shown = mapped.run("orders", "show", str(number), "--format", "json").json["order"]
    assert {name: value for name, value in shown.items() if "commission" in name or "fee" in name} == {
        "commission": "98.46",
        "commission_returned": False,
        "site_commission": None,
        "instalment_commission": "20.54",
        "delivery_fee_estimate": "30.00",
    }
    fees = "about 149.00 UAH: commission 98.46, instalments 20.54, delivery fee 30.00 (estimated)"
    assert f"Prom fees  {fees}\n" in mapped.run("orders", "show", str(number)).out
    report = mapped.run("payments", "report")
    headings = ["account", "expected", "received", "reversed", "open", "cost", "currency"]
    assert report.lines[0].split() == headings
    assert (report.lines[2].split()[-2:], max(map(len, report.lines)) <= 80) == (["161.30", "UAH"], True)
    assert report.err.splitlines()[1:] == [
        "cost: what Prom.ua charges for the orders placed on these days",
        "30.00 of it is an estimate: Prom.ua does not report its fee for cheap delivery",
    ]
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    costs_of = ("cost", "cost_estimate", "cost_unknown")
    assert [account[name] for name in costs_of] == ["161.30", "30.00", 0]


def test_a_commission_that_is_given_back(mapped: Home) -> None:
    """A cancelled order costs nothing more; one cancelled before it was fetched counts in its place."""
    shop = mapped.sandbox
    numbers = [shop.place_order([("26901", 1)], costs=ShopCosts(commission=COMMISSION)) for _ in range(2)]
    shop.cancel_order(numbers[0])
    mapped.run("orders", "fetch")
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["account"], account["cost"]) == ("Каса 1", "196.92")
    for number in numbers:
        shop.cancel_order(number)
        shop.charge_order(number, returned=True)
    mapped.run("orders", "fetch")
    assert listed(mapped) == [("0.00", "98.46")] * 2
    shown = mapped.run("orders", "show", str(numbers[1])).out
    assert "Prom fees  0.00 UAH: commission 98.46 (returned)" in shown
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert (account["reversed"], account["cost"]) == ("1713.00", "0.00")
