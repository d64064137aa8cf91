"""Thirty shops, two workers on two hosts and one PostgreSQL, in some minutes in which much goes wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet import LAUNCHER, Fleet, fleet
from fleet_day import Accidents, perform_day
from fleet_shops import FleetShop, differences, imported_twice, orders_twice_or_never
from homes import ROOT
from postgres import cluster, missing

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.imports import ImportSettings
from torgsync.sandbox.shop.shop import Shop

SHOPS, SPEED = 30, 5
SECONDS = 105


@pytest.fixture
def thirty(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet whose database loses nothing when it crashes."""
    if reason := missing():
        pytest.skip(reason)
    with cluster() as server, fleet(tmp_path, server, SHOPS) as built:
        yield built


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_nothing_is_lost_and_nothing_is_done_twice(thirty: Fleet) -> None:
    """One worker is killed three times, once while it imports, and the database restarts.

    In the end each shop is as its export, no import was sent twice, each order became one file, and no shop
    waited for longer than twice its interval.
    """
    thirty.push()
    first, second = (thirty.add_worker(f"worker-{number}", speed=SPEED) for number in (1, 2))
    accidents = Accidents(thirty, second)
    result = perform_day(
        thirty,
        SECONDS,
        {
            5: lambda: accidents.kill_at_next("POST products/import_file"),
            10: accidents.start_again,
            35: accidents.kill_at_work,
            38: accidents.start_again,
            55: thirty.cluster.restart,
            75: lambda: accidents.kill_at_next("POST products/edit*"),
            77: accidents.start_again,
        },
    )
    hosts = {run.host for run in thirty.runs()}
    assert hosts == {first.host, second.host}
    assert thirty.killed == [
        "worker-2 at POST products/import_file",
        "worker-2 at work",
        "worker-2 at POST products/edit*",
    ]
    assert (result.differences, result.duplicates, result.late) == ([], [], [])
    assert result.exits == [0, 0]
    assert sum(len(there.orders) for there in thirty.marketplace.values()) > SHOPS


@pytest.fixture
def pair(tmp_path: Path) -> tuple[FleetShop, Shop]:
    """An export, and a shop that is as the export."""
    there = Shop(quirks=Quirks(second_import="accept"))
    export = FleetShop.made(tmp_path, 1, "token", 3)
    for good in export.goods.values():
        there.add_product(
            str(good.number),
            name=good.name,
            name_uk=good.name,
            price=good.price,
            quantity_in_stock=good.stock,
        )
    return export, there


def test_a_host_of_its_own() -> None:
    """A process of the rig has the host name that it was given, and its paces can be hastened."""
    code = "import socket; print(socket.gethostname())"
    script = f"import fleet_host; fleet_host.name_host('a-host'); fleet_host.hasten(5); {code}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(LAUNCHER.parent)))},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert (done.stdout, socket.gethostname() == "a-host") == ("a-host\n", False)


def test_what_the_rig_finds(pair: tuple[FleetShop, Shop]) -> None:
    """A wrong price, stock or status, what is missing and what is too many are named."""
    export, there = pair
    assert list(differences(export, there)) == []
    there.edit_product("1", price=1)
    there.edit_product("2", quantity_in_stock=99)
    there.delete_product("3")
    there.add_product("4")
    assert [line.split(":")[0] for line in differences(export, there)] == [
        "shop-001 1", "shop-001 2", "shop-001 3", "shop-001"
    ]  # fmt: skip


def test_what_is_done_twice(pair: tuple[FleetShop, Shop]) -> None:
    """The same offer in two imports, an order with two files, and one without any, are named."""
    export, there = pair
    for price, name in ((1, "a"), (2, "a"), (2, "b")):
        offer = f'<offer id="7"><price>{price}</price><name>{name}</name></offer>'
        text = f"<yml_catalog><shop><offers>{offer}</offers></shop></yml_catalog>"
        there.import_queue.accept(text.encode(), ImportSettings(), there.quirks, there.now())
    assert imported_twice(there) == ["7"]
    orders = [export.order(there) for _ in range(3)]
    for order, files in zip(orders, (1, 2, 0), strict=True):
        for _ in range(files):
            (export.outbox / f"order-{order}.json").touch()
            export.take_orders()
    assert orders_twice_or_never(export, there) == [
        f"shop-001 order-{orders[1]}: 2 files", f"shop-001 order-{orders[2]}: 0 files"
    ]  # fmt: skip
