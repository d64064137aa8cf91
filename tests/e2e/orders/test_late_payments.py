"""Payments that come late are found, whether or not Prom lists the order as modified (prom-api §10 Q14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from homes import FirstDay, Home, Ran, invented_shop
from shops import Clock

from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY


@dataclass(frozen=True)
class Days:
    """A shop whose time passes only by its clock."""

    home: Home
    clock: Clock

    def buy(self, payment_option_id: int = 9000001) -> int:
        """Have a buyer place an order, and return the order's number."""
        return self.home.sandbox.place_order([("26901", 1)], payment_option_id=payment_option_id)

    def fetch(self) -> Ran:
        """Fetch orders some hours later: what did not change since is in no list any more."""
        self.clock.advance(hours=4)
        self.buy(CASH_ON_DELIVERY.id)
        return self.home.run("orders", "fetch", "--format", "json", now=self.clock.time)

    def read_again(self) -> list[int]:
        """Return the orders that were asked for by number since the last call."""
        log = self.home.sandbox.log
        found = [re.fullmatch(r".*/orders/(\d+)", record.path) for record in log.records()]
        log.clear()
        return [int(match[1]) for match in found if match]

    def payment(self, number: int) -> tuple[str, list[str]]:
        """Return the state of an order's payment, and its postings."""
        order = self.home.run("orders", "show", str(number), "--format", "json").json["order"]
        return order["payment"]["state"], [posting["kind"] for posting in order["postings"]]


@pytest.fixture
def days(tmp_path: Path, mapped_day: FirstDay) -> Iterator[Days]:
    """The example shop with all payment methods mapped."""
    clock = Clock()
    with serve(invented_shop(clock)) as server:
        yield Days(mapped_day.again(tmp_path, server), clock)


@pytest.mark.parametrize("quiet", ["true", "false"])
def test_a_payment_that_comes_hours_later(days: Days, quiet: str) -> None:
    """Read by number only while it is awaited; once it is there, the money is received, and no more read."""
    days.home.set_quirks(f"quiet_orders={quiet}")
    number = days.buy()
    days.fetch()
    assert (days.payment(number), days.read_again()) == (("unpaid", ["expected"]), [])
    assert (days.fetch().json["orders"]["changed"], days.read_again()) == (0, [number])
    days.home.sandbox.pay_order(number)
    assert days.fetch().json["orders"]["changed"] == 1
    assert days.read_again() == ([number] if quiet == "true" else [])
    assert days.payment(number) == ("paid", ["expected", "received"])
    assert (days.fetch().json["orders"]["changed"], days.read_again()) == (0, [])


def test_orders_that_are_not_paid_are_read_in_turn(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded number a fetch, for a bounded time; what cannot be read stops no other, and is reported."""
    monkeypatch.setattr("torgsync.core.orders.late.READ_AT_ONCE", 2)
    first, gone, broken = (days.buy() for _ in range(3))
    assert (days.fetch().code, days.read_again()) == (0, [])
    sandbox = days.home.sandbox
    sandbox.orders.remove(sandbox.order(gone))
    assert (days.fetch().code, days.read_again()) == (0, [first, gone])
    days.home.misbehave(f"GET orders/{broken} 500")
    ran = days.fetch()
    assert (ran.code, ran.json["error"]["kind"]) == (5, "temporary")
    assert set(days.read_again()) == {first, broken}
    days.home.misbehave()
    assert [(days.fetch().code, days.read_again()) for _ in range(2)] == [
        (0, [gone, first]),
        (0, [broken, first]),
    ]
    days.clock.advance(days=14)
    assert (days.fetch().code, days.read_again()) == (0, [])


def test_prom_that_answers_no_more(days: Days) -> None:
    """After three orders in a row nothing more is asked; what was listed has its file all the same."""
    for _ in range(5):
        days.buy()
    days.fetch()
    days.home.misbehave("GET orders/3* 500")
    ran = days.fetch()
    assert (ran.code, ran.json["error"]["kind"]) == (5, "given-up")
    assert (len(set(days.read_again())), ran.json["orders"]["files"]) == (3, 1)


def test_what_holds_an_order_ends_though_it_is_in_no_list(days: Days) -> None:
    """It is decided about again by what is stored; an order that was not shown whole is read by number."""
    days.home.set_quirks("gifts=zero")
    days.home.edit_object("[limits]", '[orders]\nfree_lines = "hold"\n\n[limits]')
    held = days.buy(CASH_ON_DELIVERY.id)
    ran = days.fetch()
    assert ran.code == 8
    days.home.set_quirks("gifts=none")
    days.home.misbehave("GET orders/* no-lines")
    days.fetch()
    days.read_again()
    days.home.misbehave()
    days.home.edit_object('free_lines = "hold"', 'free_lines = "comment"')
    ran = days.fetch()
    assert (ran.code, ran.json["orders"]["files"]) == (0, 4)
    assert held not in days.read_again()
