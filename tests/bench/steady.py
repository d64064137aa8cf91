"""Count what a steady day asks of Prom.ua: `python tests/bench/steady.py [PRODUCTS]`, else 100,000.

Fills a sandbox by a first synchronisation, then changes 1,000 prices and synchronises on the next day, and on
the day after that with nothing changed. Prints the requests of each day by what was asked, and what the
promise allows: 10 edits, a look per 100 products modified on Prom since the last look, the pages of orders,
and 5. Times are ratios to the first day.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from exports import write_dull_shop
from homes import Home, invented_shop

from torgsync.sandbox.server import serve

CHANGED = 1000
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def say(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201  # this is what it is for


class Steady:
    """A shop of many products, and the clock that it goes by."""

    def __init__(self, folder: Path, products: int) -> None:
        self.objects, self.products, self.day = folder / "objects", products, MONDAY
        self.shop = invented_shop()
        self.shop._clock = lambda: self.day
        self.first = 0.0
        self.folder = folder

    def write(self, changed: int) -> None:
        """Have the accounting program write the export, every `changed`-th price another one."""
        path = write_dull_shop(self.objects, self.products, random.Random(7), changed=changed)  # noqa: S311
        text = path.read_text("utf-8")
        path.write_text(f"{text}[limits]\nrequests_per_second = 50\n", "utf-8")

    def live(self, title: str, after: timedelta) -> None:
        """Synchronise once and print what it asked."""
        self.day += after
        before = len(self.shop.log.records())
        started = time.monotonic()
        with serve(self.shop) as server:
            home = Home(self.folder, self.objects, server)
            ran = home.run("sync", "--yes", "--format", "json", now=self.day)
        if ran.code:
            say(ran.out or ran.err)
        seconds = time.monotonic() - started
        self.first = self.first or seconds
        asked, counts = ran.json["requests"], ran.json["counts"]
        say(f"{title}: exit {ran.code}, {seconds / self.first:.2f} times the first, changes {counts}")
        for endpoint, number in sorted(asked["by_endpoint"].items()):
            say(f"  {number:>5} {endpoint}")
        looks = [
            record.query
            for record in self.shop.log.records()[before:]
            if record.path.endswith("/products/list")
        ]
        full = sum("last_modified_from" not in query for query in looks)
        say(f"  {asked['total']:>5} in all; pages of a full listing: {full}")


def main() -> None:
    """Print the requests of a first day, a day of changes, and a day of rest."""
    products = int(sys.argv[1]) if sys.argv[1:] else 100_000
    with tempfile.TemporaryDirectory() as folder:
        steady = Steady(Path(folder), products)
        steady.write(0)
        steady.live("first day", timedelta(0))
        steady.live("the look after it", timedelta(hours=12))
        steady.write(products // CHANGED)
        say(f"promised for the next: at most {10 + ceil(0 / 100) + 1 + 5}")
        steady.live(f"{CHANGED} prices changed", timedelta(hours=12))
        say(f"promised for the next: at most {ceil(CHANGED / 100) + 1 + 5}")
        steady.live("nothing changed", timedelta(days=1))


if __name__ == "__main__":
    main()
