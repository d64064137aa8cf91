"""Count what a day of changes asks of Prom.ua: `python tests/bench/busy_day.py [PRODUCTS [GROUP [RUNS]]]`.

Every half an hour a group of prices changes (1,000 of 20,000 products, if not given), a person spoils five
products while the run is on, and the shop is synchronised: 48 runs make a day. 48 orders of the last two
weeks are not paid. Prints the requests of each run, for a filter of dates in UTC, for one in local time, and
for modifications that are rounded to the hour.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from busy_shop import BusyShop

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.server import serve


def say(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201  # this is what it is for


def main() -> None:
    """Print the requests of each run of a day."""
    products, group, runs = [*map(int, sys.argv[1:]), *(20_000, 1000, 48)[len(sys.argv) - 1 :]]
    for quirks in (
        Quirks(date_filters="utc"),
        Quirks(date_filters="kyiv"),
        Quirks(date_filters="utc", product_dates="hour"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            busy = BusyShop(Path(folder), quirks, products=products, group=group)
            with serve(busy.shop) as server:
                busy.half_an_hour(0, server)
                busy.now += timedelta(days=1)
                busy.buy_unpaid(timedelta(hours=7 * number) for number in range(1, 49))
                for number in range(1, runs + 1):
                    ran = busy.half_an_hour(number, server)
                    asked = ran.json["requests"]
                    by = ", ".join(f"{many} {endpoint}" for endpoint, many in asked["by_endpoint"].items())
                    shop = f"{quirks.date_filters} {quirks.product_dates} {number:>3}"
                    say(f"{shop}: exit {ran.code}, {asked['total']} requests: {by}")


if __name__ == "__main__":
    main()
