"""A shop whose prices change every half an hour, for a test and a benchmark of what that asks of Prom.ua."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exports import write_dull_shop
from homes import Home, Ran, SandboxAddress, invented_shop

from torgsync.sandbox.quirks import Quirks

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
SETTINGS = """
[limits]
requests_per_second = 50
price_drop = "99%"
[[payment_methods]]
id = 9000001
name = "Пром-оплата"
cash_register = "Каса 1"
"""


class BusyShop:
    """A shop whose prices change all day, at the program and by hand, while its clock goes on."""

    def __init__(self, folder: Path, quirks: Quirks, *, products: int, group: int) -> None:
        self.products, self.group = products, group
        self.objects, self.now, self.folder = folder / "objects", MONDAY, folder
        self.moved: dict[int, int] = {}
        self.shop = invented_shop()
        self.shop.quirks = quirks
        self.shop._clock = lambda: self.now
        self.looked = 0
        self.by_hand: list[int] = []

    def clock(self) -> datetime:
        """Return the time, which a look at the clock moves on; now and then a person edits meanwhile."""
        self.looked += 1
        self.now += timedelta(milliseconds=20)
        if self.by_hand and self.looked % 7 == 0:
            self.shop.edit_product(str(self.by_hand.pop()), quantity_in_stock=77)
        return self.now

    def buy_unpaid(self, ages: Iterable[timedelta]) -> list[int]:
        """Have buyers place orders that are to be paid online, so long ago, and return their numbers."""
        now, orders = self.now, []
        for good, age in enumerate(sorted(ages, reverse=True), 1):
            self.now = now - age
            orders.append(self.shop.place_order([(str(good), 1)]))
        self.now = now
        return orders

    def half_an_hour(self, number: int, server: SandboxAddress) -> Ran:
        """Change the prices of a group of goods, let a person spoil some others, and synchronise."""
        self.now += timedelta(minutes=30)
        first = number * self.group % self.products + 1
        for good in range(first, first + self.group):
            self.moved[good] = 10 + number
        if number:
            self.by_hand = [(first + 7 * step) % self.products + 1 for step in range(5)]
        path = write_dull_shop(self.objects, self.products, random.Random(7), moved=self.moved)  # noqa: S311
        text = path.read_text("utf-8")
        path.write_text(text + SETTINGS, "utf-8")
        home = Home(self.folder, self.objects, server)
        return home.run("sync", "--yes", "--format", "json", now=self.clock)
