"""What steady and busy days ask of Prom.ua: requests, counted in one process on clocks that are set.

A steady day: of all products 1,000 prices change at once. A busy day: every half an hour a group of a
twentieth changes, a person spoils five products while the run is on, and 48 orders of the last two weeks are
not paid; for a filter of dates in UTC, for one in local time, and for modifications that are rounded to the
hour.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from pathlib import Path

from busy_shop import MONDAY, BusyShop
from exports import write_dull_shop
from homes import Home, Ran, invented_shop

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.server import serve

CHANGED = 1000
DAYS = (
    Quirks(date_filters="utc"),
    Quirks(date_filters="kyiv"),
    Quirks(date_filters="utc", product_dates="hour"),
)
Say = Callable[[str], object]


def count_requests(products: int, runs: int, say: Say) -> None:
    """Print the requests of the days of a shop of so many products; a busy one has a fifth of them."""
    with tempfile.TemporaryDirectory() as folder:
        _steady_days(Path(folder), products, say)
    for quirks in DAYS:
        with tempfile.TemporaryDirectory() as folder:
            _busy_day(Path(folder), quirks, max(products // 5, 100), runs, say)


def _steady_days(folder: Path, products: int, say: Say) -> None:
    """Print a first day, the look after it, a day of changes, and a day of rest."""
    changed = min(CHANGED, products // 10)
    now, shop = MONDAY, invented_shop(lambda: now)
    for title, hours, every, promised in (
        ("first day", 0, 0, None),
        ("the look after it", 12, 0, None),
        (f"{changed:,} prices changed", 12, products // changed, ceil(changed / 100) + 6),
        ("nothing changed", 24, products // changed, ceil(changed / 100) + 6),
    ):
        now += timedelta(hours=hours)
        objects = folder / "objects"
        path = write_dull_shop(objects, products, random.Random(7), changed=every)  # noqa: S311
        path.write_text(f"{path.read_text('utf-8')}[limits]\nrequests_per_second = 50\n", "utf-8")
        before = len(shop.log)
        with serve(shop) as server:
            ran = Home(folder, objects, server).run("sync", "--yes", "--format", "json", now=now)
        _show(title, ran, say)
        pages = [
            record.query for record in shop.log.records()[before:] if record.path.endswith("products/list")
        ]
        full = sum("last_modified_from" not in query for query in pages)
        limit = f", promised: at most {promised}" if promised else ""
        say(f"  pages of a full listing: {full}{limit}")


def _busy_day(folder: Path, quirks: Quirks, products: int, runs: int, say: Say) -> None:
    """Print the runs of a busy day."""
    busy = BusyShop(folder, quirks, products=products, group=products // 20)
    with serve(busy.shop) as server:
        busy.half_an_hour(0, server)
        busy.now += timedelta(days=1)
        busy.buy_unpaid(timedelta(hours=7 * number) for number in range(1, 49))
        for number in range(1, runs + 1):
            title = f"busy day, {quirks.date_filters}, dates to the {quirks.product_dates}, run {number}"
            _show(title, busy.half_an_hour(number, server), say)


def _show(title: str, ran: Ran, say: Say) -> None:
    asked = ran.json["requests"]
    by_endpoint = ", ".join(
        f"{number} {endpoint}" for endpoint, number in sorted(asked["by_endpoint"].items())
    )
    say(f"{title}: exit {ran.code}, {asked['total']} requests: {by_endpoint}")
