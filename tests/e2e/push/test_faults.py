"""The whole program survives every fault and quirk of the sandbox.

After at most two runs without faults the shop is as if there had been none, nothing was created twice, and
nothing is left to send.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from clocks import clock_of
from homes import Home, Ran
from matrix import sampled

from torgsync.prom import http
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY
from torgsync.sandbox.shop.shop import Shop

Snapshot = dict[str, dict[str, Any]]
FIRST_DAY, SECOND_DAY = 39, 41
"""How many products imports have made when the export of the day is on Prom.ua."""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Snapshot]:
    """What the shop holds after the first day and after the second without faults."""
    tokens = {"full": Rights.full()}
    with serve(Shop(tokens=tokens, quirks=Quirks(import_seconds=0))) as server:
        home = Home.of_example(tmp_path_factory.mktemp("calm"), server)
        assert home.sync().code == 0
        first = snapshot(home)
        home.next_day()
        assert home.sync().code == 0
        return first, snapshot(home)


def sync(home: Home, *args: str) -> Ran:
    """Synchronise an hour later, and check that the output has no token and no web page."""
    clock = clock_of(home.sandbox)
    clock.pass_by(hours=1)
    ran = home.run("-v", "sync", "--yes", "--format", "json", *args, now=clock.now, sleep=clock.sleep)
    for text in (ran.out, ran.err):
        assert "<html" not in text.lower()
        assert "full" not in text
        assert "Traceback" not in text
    return ran


def snapshot(home: Home) -> Snapshot:
    """Return the managed products' fields keyed by external id, without those that Prom sets."""
    shop = home.sandbox
    groups = {group.id: group.name for group in shop.groups()}
    found = {}
    for product in shop.products():
        if product.external_id is None or product.external_id.startswith("S-"):
            continue
        fields = asdict(product)
        for name in ("id", "date_modified", "images", "failed_photos", "variation_base_id"):
            del fields[name]
        fields["group_id"] = groups.get(product.group_id)
        fields["images"] = [image.source for image in product.images]
        found[product.external_id] = fields
    return found


def converges(home: Home, wanted: Snapshot, made: int) -> None:
    """Check that two runs without faults are enough, with `made` products created in all.

    An import that hangs is cancelled by a person.
    """
    for entry in home.sandbox.import_queue.running(home.sandbox.now()):
        home.sandbox.cancel_import(entry.id)
    for _ in range(2):
        home.sandbox.log.clear()
        last = sync(home)
        if not home.writes():
            break
    assert snapshot(home) == wanted
    if home.writes():
        home.sandbox.log.clear()
        last = sync(home)
    assert (last.code, home.writes(), last.json["changes"]) == (0, [], [])
    assert sum(entry.report.created for entry in home.sandbox.imports() if entry.report) == made


FAULTS = [
    ("429 every=2", {0}),
    ("429 every=3 retry_after=0.01", {0}),
    ("429 first=5", {5, 6}),
    ("500 every=2", {0, 5, 6}),
    ("502 POST *", {5, 6}),
    ("503 share=0.2 seed=3", {0, 5, 6}),
    ("POST products/edit* lost nth=1", {0}),
    ("POST products/edit* lost", {0, 6}),
    ("GET lost every=2", {0}),
    ("GET lost", {5}),
    ("POST products/edit* cut nth=1", {0}),
    ("POST products/edit* cut", {5, 6}),
    ("cut share=0.2 seed=5", {0, 5, 6}),
    ("slow every=5 seconds=0.02", {0}),
    ("POST products/edit* truncated", {0}),
    ("GET truncated every=3", {0}),
    ("GET truncated", {5}),
    ("GET web-page every=4", {0}),
    ("GET web-page status=403 every=4", {0}),
    ("POST web-page", {5, 6}),
    ("POST web-page status=503", {5, 6}),
    ("gaps items_every=3", {0, 6}),
    ("gaps items_share=0.4 seed=2", {0, 6}),
    ("gaps nth=1", {0}),
    ("gaps", {6}),
]
IMPORT_FAULTS = [
    ("POST products/import_file lost", {0}),
    ("POST products/import_file cut", {5}),
    ("POST products/import_file truncated", {0}),
    ("POST products/import_file slow seconds=0.02", {0}),
    ("POST products/import_file 500", {5}),
    ("POST products/import_file web-page", {5}),
    ("POST web-page status=403", {4}),
    ("GET products/import/status/* 500", {5}),
    ("GET products/import/status/* truncated nth=1", {0}),
    ("import-refused", {5}),
    ("import-refused reason=running nth=1", {0}),
    ("import-refused reason=running", {5}),
    ("import-never-ends", {5}),
    ("import-fails", {6}),
]
USUAL = [
    ("429 every=3 retry_after=0.01", {0}),
    ("POST products/edit* lost nth=1", {0}),
    ("gaps items_every=3", {0, 6}),
]
LOST = ("POST products/import_file lost", {0})


@pytest.mark.parametrize(("rule", "codes"), sampled(IMPORT_FAULTS, LOST))
def test_a_first_day_with(rule: str, codes: set[int], home: Home, calm: tuple[Snapshot, Snapshot]) -> None:
    """The import that fills the shop meets a fault; the next runs converge."""
    home.misbehave(rule)
    assert sync(home).code in codes
    home.misbehave()
    converges(home, calm[0], FIRST_DAY)


@pytest.mark.parametrize(("rule", "codes"), sampled(FAULTS + IMPORT_FAULTS, *USUAL, ("import-refused", {5})))
def test_a_second_day_with(rule: str, codes: set[int], filled: Home, calm: tuple[Snapshot, Snapshot]) -> None:
    """Creations, edits and removals meet a fault; the next runs converge."""
    filled.next_day()
    filled.misbehave(rule)
    assert sync(filled).code in codes
    filled.misbehave()
    converges(filled, calm[1], SECOND_DAY)


@pytest.mark.slow
def test_answers_slower_than_the_timeout(
    filled: Home, calm: tuple[Snapshot, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The effect of a request that timed out is found later."""
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.15))
    filled.next_day()
    filled.misbehave("POST products/edit* slow seconds=0.4")
    assert sync(filled).code in {0, 6}
    filled.misbehave()
    monkeypatch.undo()
    converges(filled, calm[1], SECOND_DAY)


# Quirks: unlike faults they stay


QUIRKS = [
    "last_id=inclusive",
    "last_id=exclusive",
    "root_group_only=true",
    "report_unchanged=true",
    "second_import=accept",
    "date_filters=kyiv",
    "import_seconds=400",
]


@pytest.mark.parametrize("quirk", sampled(QUIRKS, "last_id=exclusive"))
def test_a_shop_with_a_quirk(quirk: str, home: Home, calm: tuple[Snapshot, Snapshot]) -> None:
    """Two days in a shop with a quirk, which lists more than a page, end as they do in any other."""
    home.set_quirks(quirk)
    assert sync(home).code == 0
    fill(home.sandbox, 120)
    converges(home, calm[0], FIRST_DAY)
    home.next_day()
    assert sync(home, "--allow", "removals=2").code == 0
    converges(home, calm[1], SECOND_DAY)


@pytest.mark.parametrize("first_request", sampled([True, False], False))
def test_a_token_that_expires(first_request: bool, filled: Home, calm: tuple[Snapshot, Snapshot]) -> None:
    """Exit 4 and the way to a new token, whether its time was over before or ends in the middle of a run."""
    filled.next_day()
    now = datetime.now(UTC)
    if first_request:
        filled.sandbox.tokens["full"] = replace(Rights.full(), expires=now)
    else:
        # Time does not pass by itself here: the clock jumps a year when the import is sent.
        started = now + timedelta(days=1)
        filled.sandbox.tokens["full"] = replace(Rights.full(), expires=started)
        shop = filled.sandbox
        shop._clock = lambda: started if any(shop.log.writes()) else now
    ran = filled.run("sync", "--yes")
    assert (ran.code, "create a new token" in ran.err) == (4, True)
    filled.sandbox._clock = lambda: datetime.now(UTC)
    filled.sandbox.tokens["full"] = Rights.full()
    converges(filled, calm[1], SECOND_DAY)


def test_half_of_a_change_is_not_done(filled: Home) -> None:
    """Where Prom.ua takes no import, a good whose price went by an edit waits with its name all the same."""
    filled.edit_row("26926", '"Крем', '"Новий крем')
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    filled.misbehave("import-refused")
    ran = sync(filled)
    assert (ran.code, ran.json["outcomes"][0]["state"]) == (5, "deferred")
    assert ran.json["outcomes"][0]["message"].startswith("not reached: Prom.ua does not accept an import now")
    assert filled.sandbox.product("26926").price == 119


# Orders


ORDER_FAULTS = ["429 nth=1", "lost nth=1", "truncated", "web-page", "500", "cut share=0.5 seed=1"]


@pytest.mark.parametrize("fault", sampled(ORDER_FAULTS, "lost nth=1", "500"))
def test_an_order_is_stored_once(fault: str, filled: Home) -> None:
    """However often the request is repeated."""
    filled.sandbox.place_order([("26901", 2)], payment_option_id=CASH_ON_DELIVERY.id)
    filled.misbehave(f"GET orders/list {fault}")
    first = sync(filled, "--only", "orders")
    assert first.code in {0, 5, 8}
    filled.misbehave()
    second = sync(filled, "--only", "orders")
    third = sync(filled, "--only", "orders")
    new = [ran.json["orders"]["new"] for ran in (first, second, third) if "orders" in ran.json]
    assert sum(new) == 1
    assert new[-1] == 0
