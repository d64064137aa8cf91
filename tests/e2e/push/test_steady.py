"""What a synchronisation asks of Prom.ua: little on a steady day, and not much more among faults."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

import pytest
import stamina
from busy_shop import BusyShop
from exports import write_dull_shop
from homes import Home, Ran, invented_shop

from torgsync.prom.http import TRIES
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.products import ShopProduct
from torgsync.sandbox.shop.shop import Shop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

PRODUCTS = 2000
CHANGED = 1000
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Big:
    """A shop of many products, which a first run has filled; each day begins with the same state."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = MONDAY
        self.write(folder / "home" / "objects", 0)
        self.shop = self.empty()
        with serve(self.shop) as server:
            home = Home(folder / "home", folder / "home" / "objects", server)
            assert home.run("sync", "--yes", now=MONDAY).code == 0
            # The second look finds all that the first run made; after that the shop is at rest.
            assert home.run("sync", "--yes", now=MONDAY + timedelta(hours=12)).code == 0
        assert len(self.shop.products()) == PRODUCTS
        self.calm, self.calm_shop = self.tuesday(folder / "calm")

    def pairs(self) -> Iterator[tuple[ShopProduct, ShopProduct]]:
        """Yield each product after the day without faults, with what it was before."""
        return zip(self.calm_shop.products(), self.shop.products(), strict=True)

    def empty(self) -> Shop:
        """Return a shop with this day's clock."""
        shop = invented_shop()
        shop._clock = lambda: self.day
        return shop

    @staticmethod
    def write(folder: Path, changed: int) -> None:
        """Have the accounting program write the export."""
        path = write_dull_shop(folder, PRODUCTS, random.Random(7), changed=changed)  # noqa: S311
        text = path.read_text("utf-8")
        path.write_text(text + "[limits]\nrequests_per_second = 50\n", "utf-8")

    def tuesday(self, folder: Path, *faults: str) -> tuple[Ran, Shop]:
        """Synchronise on the day after, with other prices, in a copy; return the result and the shop."""
        shutil.copytree(self.folder / "home", folder / "home")
        self.write(folder / "home" / "objects", PRODUCTS // CHANGED)
        self.day = MONDAY
        shop = self.empty()
        (entry,) = self.shop.imports()
        shop.import_queue.accept(entry.feed, entry.settings, shop.quirks, MONDAY)
        assert len(shop.products()) == PRODUCTS
        self.day = MONDAY + timedelta(days=1)
        with serve(shop) as server:
            home = Home(folder / "home", folder / "home" / "objects", server)
            home.misbehave(*faults)
            ran = home.run("sync", "--yes", "--format", "json", now=self.day)
        return ran, shop


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Big]:
    """The shop after its first run."""
    with stamina.set_testing(True, attempts=TRIES):
        yield Big(tmp_path_factory.mktemp("big"))


def test_a_steady_day(big: Big) -> None:
    """Requests are a few edits, the list of modified products and orders, but no full listing."""
    ran, shop = big.calm, big.calm_shop
    assert (ran.code, ran.json["counts"]["update"]) == (0, CHANGED)
    edits, orders, modified = ceil(CHANGED / 1000) * 10, 1, 0
    asked = ran.json["requests"]
    assert asked["total"] <= edits + orders + ceil(modified / 100) + 5
    assert asked["by_endpoint"]["POST products/edit_by_external_id"] <= edits
    assert sum(product.price != before.price for product, before in big.pairs()) == CHANGED
    looks = [record.query for record in shop.log.records() if record.path.endswith("/products/list")]
    assert looks
    assert all("last_modified_from" in query for query in looks)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("trouble", ["503", "cut", "429"])
def test_every_fifth_request_fails(big: Big, seed: int, trouble: str, tmp_path: Path) -> None:
    """The run finishes all the same, with at most half as many requests more."""
    ran, _ = big.tuesday(tmp_path / "ill", f"{trouble} share=0.2 seed={seed}")
    assert (ran.code, {one["state"] for one in ran.json["outcomes"]}) == (0, {"done"})
    assert ran.json["requests"]["total"] <= 1.5 * big.calm.json["requests"]["total"]


@pytest.mark.parametrize("trouble", ["truncated nth=1", "web-page nth=1", "truncated share=0.2 seed=5"])
def test_an_edit_whose_answer_cannot_be_read_costs_little(big: Big, trouble: str, tmp_path: Path) -> None:
    """It is sent once more: a hundred products are not read back one by one."""
    ran, _ = big.tuesday(tmp_path / "ill", f"POST products/edit* {trouble}")
    assert (ran.code, {one["state"] for one in ran.json["outcomes"]}) == (0, {"done"})
    assert ran.json["requests"]["total"] <= 1.5 * big.calm.json["requests"]["total"]


def test_answers_that_are_lost_for_good_cost_little(big: Big, tmp_path: Path) -> None:
    """The changed products are read back by a listing, and are done."""
    ran, _ = big.tuesday(tmp_path / "ill", f"POST products/edit* lost first={2 * TRIES}")
    assert (ran.code, {one["state"] for one in ran.json["outcomes"]}) == (0, {"done"})
    listed = ran.json["requests"]["by_endpoint"]["GET products/list"]
    assert ran.json["requests"]["by_endpoint"]["GET products/by_external_id"] == 1
    assert listed <= big.calm.json["requests"]["by_endpoint"]["GET products/list"] + 2 * 20


@pytest.mark.parametrize(
    ("quirks", "groups"),
    [
        (Quirks(date_filters="utc"), 1),
        (Quirks(date_filters="kyiv"), 1),
        (Quirks(date_filters="utc", product_dates="hour"), 3),
    ],
)
def test_a_shop_that_changes_all_day(quirks: Quirks, groups: int, tmp_path: Path) -> None:
    """Whatever zone the filter has: what was modified in the last hours is not listed again and again.

    Where modifications are rounded to the hour, more has to be listed than what the last run changed.
    Nor are orders read again and again whose payment does not come: the older, the more seldom.
    """
    busy = BusyShop(tmp_path, quirks, products=1200, group=200)
    with serve(busy.shop) as server:
        assert busy.half_an_hour(0, server).code == 0
        busy.now += timedelta(days=1)
        numbers = busy.buy_unpaid(age * HOUR for age in (15 * 24, 53, 8, 4))
        days = [busy.half_an_hour(number, server) for number in range(1, 5)]
        busy.by_hand = []
        last = busy.half_an_hour(5, server)
        rest = Home(busy.folder, busy.objects, server).run(
            "update", "--full-refresh", "--format", "json", now=busy.clock
        )
        asked = Counter(record.path.rpartition("/orders/")[2] for record in busy.shop.log.records())
    assert {ran.code for ran in (*days, last)} == {0}
    # The first run lists all orders, the others the youngest, further back where a moment in UTC is read as
    # local time; of two hours the 54th begins a span of six.
    seldom = 0 if quirks.date_filters == "kyiv" else 2
    assert [asked[str(number)] for number in numbers] == [0, 1, seldom, 0]
    assert all(ran.json["counts"]["update"] >= busy.group for ran in days)
    # The groups and what was done by hand, an empty page, the edits, orders with those read, the checks.
    most = 2 * groups + 1 + 1 + 2 + 2 + 2 + 6
    assert max(ran.json["requests"]["total"] for ran in (*days[2:], last)) <= most
    assert rest.json["counts"]["update"] == sum(one.quantity_in_stock == 77 for one in busy.shop.products())
