"""The guard of a fleet: what many shops show at once is held in them, until a person lets it through."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fleet_shops import FleetShop
from homes import Home
from jsonschema import Draft202012Validator
from many_objects import ManyObjects, many_objects
from postgres import Cluster
from receivers import webhook

from torgsync.cli.plan.schemas import STATUS
from torgsync.state.store import open_store

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOODS = 6
HALF, FIFTH = Decimal("0.5"), Decimal("0.8")


@pytest.fixture
def twelve(tmp_path: Path) -> Iterator[ManyObjects]:
    """Twelve shops that are as their exports."""
    with twelve_shops(tmp_path) as made:
        yield made


@contextmanager
def twelve_shops(folder: Path) -> Iterator[ManyObjects]:
    """Yield twelve shops that are as their exports."""
    with many_objects(folder, 12, goods=GOODS, settings='language = "en"\n') as made:
        assert made.home.run("sync", "--all", "--yes", "--jobs", "4", now=NOON - timedelta(days=1)).code == 0
        yield made


def shift(shop: FleetShop) -> None:
    """Write an export whose prices are of another column: half of them far too low, half within the limit."""
    for place, (number, good) in enumerate(sorted(shop.goods.items())):
        price = (good.price * (HALF if place % 2 else FIFTH)).quantize(Decimal("0.01"))
        shop.goods[number] = replace(good, price=price, stock=good.stock + 1)
    shop.write()


def trim(shop: FleetShop) -> None:
    """Write an export with prices that are a little lower."""
    for number, good in shop.goods.items():
        shop.goods[number] = replace(good, price=(good.price * Decimal("0.97")).quantize(Decimal("0.01")))
    shop.write()


def sync(objects: ManyObjects, number: int, *args: str, now: datetime, code: int) -> Any:  # noqa: ANN401
    """Synchronise one shop; return the document."""
    at = now.timestamp()
    os.utime(objects.shops[number].export, (at - 60, at - 60))
    ran = objects.home.run(
        "sync", "-o", objects.shops[number].slug, "--yes", "--format", "json", *args, now=now
    )
    assert ran.code == code, ran.out + ran.err
    return ran.json


def sent(objects: ManyObjects, number: int, field: str = "price") -> int:
    """Return how many goods of a shop have on the marketplace what the export says."""
    shop, there = objects.shops[number], objects.there(number)
    shown = {product.external_id: product for product in there.products()}
    found = 0
    for good_id, good in shop.goods.items():
        product = shown[str(good_id)]
        if field == "price":
            found += product.price == good.price
        else:
            found += product.quantity_in_stock == good.stock
    return found


def guards(document: Any) -> set[str]:  # noqa: ANN401
    return {one["guard"] for one in document["guards"]}


def shifted(objects: ManyObjects, *, at: datetime = NOON) -> list[Any]:
    """Shift the prices of the first four shops and synchronise them a minute apart; return the documents."""
    for shop in objects.shops[:4]:
        shift(shop)
    return [sync(objects, number, now=at + number * MINUTE, code=8) for number in range(4)]


@pytest.mark.slow
def test_a_price_column_that_shifts_in_many_shops(twelve: ManyObjects) -> None:
    """The third and later hold all prices, others go on; an allowance opens it for a while."""
    documents = shifted(twelve)
    assert [sent(twelve, number) for number in range(4)] == [GOODS // 2, GOODS // 2, 0, 0]
    assert [sent(twelve, number, "quantity_in_stock") for number in range(4)] == [GOODS] * 4
    assert [("fleet" in guards(document)) for document in documents] == [False, False, True, True]
    (fleet,) = [one for one in documents[3]["guards"] if one["guard"] == "fleet"]
    assert fleet["allow"] == "--allow fleet=price"
    assert "4 of 12 shops" in fleet["saw"]
    held = {change["held"] for change in documents[3]["changes"] if "price" in change["fields"]}
    assert held == {"price", "fleet"}
    for number in range(4, 12):
        trim(twelve.shops[number])
        assert not sync(twelve, number, now=NOON + 10 * MINUTE, code=0)["guards"]
        assert sent(twelve, number) == GOODS
    # The hour is over, the shops show it still.
    assert "fleet" in guards(sync(twelve, 3, now=NOON + 90 * MINUTE, code=8))
    allow = twelve.home.run("fleet", "allow", "price", "--for", "1h", now=NOON + 100 * MINUTE)
    assert allow.code == 0
    assert "`price` is let through in all shops until" in allow.out
    assert guards(sync(twelve, 3, now=NOON + 101 * MINUTE, code=8)) == {"price"}
    assert sent(twelve, 3) == GOODS // 2
    assert guards(sync(twelve, 2, now=NOON + 159 * MINUTE, code=8)) == {"price"}
    trim(twelve.shops[2])
    assert "fleet" in guards(sync(twelve, 2, now=NOON + 161 * MINUTE, code=8))
    assert sent(twelve, 2) == 0


@pytest.mark.slow
def test_other_ways_to_the_same_prices(twelve: ManyObjects) -> None:
    """`--allow` of the shop's own guard is not enough; that of the kind is, and an approval."""
    shifted(twelve)
    own = ("--allow", f"prices={GOODS // 2}")
    assert guards(sync(twelve, 3, *own, now=NOON + 5 * MINUTE, code=8)) == {"fleet"}
    assert sent(twelve, 3) == 0
    document = sync(twelve, 3, "--allow", "fleet=price", now=NOON + 6 * MINUTE, code=8)
    assert guards(document) == {"price"}
    assert sent(twelve, 3) == GOODS // 2
    kept = sync(twelve, 2, now=NOON + 7 * MINUTE, code=8)["kept"]
    ran = twelve.home.run("approve", kept, "-o", "shop-003", "--yes", now=NOON + 8 * MINUTE)
    assert ran.code == 0, ran.out + ran.err
    assert sent(twelve, 2) == GOODS


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_shops_at_the_same_time(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    """Whichever of them come first: two have sent, the others see what these saw; the rest goes on."""
    if database == "postgresql":
        postgres: Cluster = request.getfixturevalue("postgres")
        monkeypatch.setenv("TORGSYNC_STATE", postgres.empty("state"))
    with twelve_shops(tmp_path) as objects:
        for number, shop in enumerate(objects.shops):
            (shift if number < 6 else trim)(shop)
            os.utime(shop.export, (NOON.timestamp() - 60,) * 2)
        ran = objects.home.run("sync", "--all", "--yes", "--jobs", "4", now=NOON)
        assert ran.code == 8, ran.out
        assert sorted(sent(objects, number) for number in range(6)) == [0, 0, 0, 0, GOODS // 2, GOODS // 2]
        assert [sent(objects, number) for number in range(6, 12)] == [GOODS] * 6
        allow = objects.home.run("fleet", "allow", "price", "--for", "5m", now=NOON + MINUTE)
        assert allow.code == 0, allow.err
        objects.home.run("sync", "--all", "--yes", "--jobs", "4", now=NOON + 2 * MINUTE)
        assert [sent(objects, number) for number in range(6)] == [GOODS // 2] * 6


@pytest.mark.slow
def test_removals_of_many_shops(twelve: ManyObjects) -> None:
    """Exports of one group only: removals and new items wait also where a person let the removals through."""
    for shop in twelve.shops[:4]:
        for gone in sorted(shop.goods)[: GOODS // 2]:
            del shop.goods[gone]
        shop.write()
    documents = [sync(twelve, number, now=NOON + number * MINUTE, code=8) for number in range(4)]
    assert guards(documents[1]) == {"removals", "export-rows"}
    assert guards(documents[3]) == {"removals", "export-rows", "fleet"}
    own = ("--allow", f"removals={GOODS // 2}", "--allow", f"export-rows={GOODS // 2}")
    document = sync(twelve, 3, *own, now=NOON + 9 * MINUTE, code=8)
    assert {change["held"] for change in document["changes"]} == {"fleet"}
    assert document["allow_all"].endswith("--allow fleet=export-rows --allow fleet=removals")
    both = ("--allow", "fleet=removals,export-rows")
    assert not guards(sync(twelve, 3, *own, *both, now=NOON + 10 * MINUTE, code=0))


@pytest.mark.slow
def test_plans_and_rollbacks_are_guarded_too(twelve: ManyObjects, tmp_path: Path) -> None:
    """A plan that was saved before the others showed it sends nothing of it; a look leaves no sighting."""
    file = tmp_path / "saved.plan"
    shift(twelve.shops[3])
    at = (NOON - MINUTE).timestamp()
    os.utime(twelve.shops[3].export, (at, at))
    plan = ("update", "-o", "shop-004", "--out", str(file))
    assert twelve.home.run(*plan, now=NOON).code == 0
    assert not sightings(twelve)
    runs = []
    for number in range(3):
        shift(twelve.shops[number])
        runs.append(sync(twelve, number, now=NOON + MINUTE, code=8)["run"])
    twelve.home.run("sync", "--plan", str(file), "-o", "shop-004", now=NOON + 2 * MINUTE)
    assert sent(twelve, 3) == 0
    assert sightings(twelve)["price"] == {f"shop-{number:03}" for number in (1, 2, 3, 4)}
    # Back to the prices of before: what was sent from here once is no violation.
    ran = twelve.home.run("rollback", str(runs[0]), "-o", "shop-001", "--yes", now=NOON + 3 * MINUTE)
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.slow
def test_it_is_shown_and_said_once(twelve: ManyObjects) -> None:
    """One message to each address for all shops; tables, `status` and `why` name it, with the commands."""
    with webhook() as hook:
        for shop in twelve.shops:
            file = twelve.folder / "objects" / f"{shop.slug}.toml"
            with file.open("a", encoding="utf-8") as text:
                text.write(f'[notify]\nto = ["json://{hook.host}/agency"]\n')
        shifted(twelve)
        titles = hook.titles
        assert sum("the same in many shops" in title for title in titles) == 1
        assert not any("Shop 004" in title for title in titles)
        (body,) = [one["message"] for one in hook.posted if "many shops" in one["title"]]
        assert "torgsync fleet allow price --for 1h" in body
    later = NOON + 20 * MINUTE
    table = twelve.home.run("update", "-o", "shop-004", now=later)
    assert "suspicious prices in 4 of 12 shops within an hour" in table.out
    assert "torgsync fleet allow price --for 1h" in table.out
    status = twelve.home.run("status", now=later)
    assert "torgsync fleet allow price --for 1h" in status.out
    (row,) = twelve.home.run("fleet", "allow", "--format", "json", now=later).json["guards"]
    assert (row["guard"], row["held"], row["shops"], row["until"]) == ("price", True, 4, None)
    document = twelve.home.run("status", "--format", "json", now=later).json
    Draft202012Validator(STATUS).validate(document)
    assert document["guards"] == [row]
    good = next(iter(sorted(twelve.shops[3].goods)))
    why = " ".join(twelve.home.run("why", str(good), "-o", "shop-004", now=later).out.split())
    assert "suspicious prices in 4 of 12 shops within an hour" in why
    assert "--allow fleet=price" in why
    ukrainian = twelve.home.run("--lang", "uk", "update", "-o", "shop-004", now=later)
    assert "підозрілі ціни у 4 з 12 магазинів за одну годину" in " ".join(ukrainian.out.split())


def test_three_shops(tmp_path: Path) -> None:
    """The third holds all prices until they are let through; first runs do not count, the next ones do."""
    with many_objects(tmp_path, 3, goods=4) as made:
        assert made.home.run("sync", "--all", "--yes", now=NOON - timedelta(days=1)).code == 0
        with closing(sqlite3.connect(made.folder / "state.db")) as state, state:
            state.execute("UPDATE objects SET first_write_at = NULL, adopted_at = first_write_at")
        for number, shop in enumerate(made.shops):
            shift(shop)
            sync(made, number, now=NOON, code=8)
        assert not sightings(made)
        for number, shop in enumerate(made.shops):
            trim(shop)
            document = sync(made, number, now=NOON + number * MINUTE, code=8)
            assert ("fleet" in guards(document)) is (number == 2)
        assert [sent(made, number) for number in range(3)] == [2, 2, 0]
        assert made.home.run("fleet", "allow", "price", now=NOON + 3 * MINUTE).code == 0
        assert guards(sync(made, 2, now=NOON + 4 * MINUTE, code=8)) == {"price"}
        assert sent(made, 2) == 2


def sightings(objects: ManyObjects) -> dict[str, set[str]]:
    url = f"sqlite:///{objects.folder / 'state.db'}"
    with closing(open_store(url)) as store, store.look_at_fleet() as work:
        return {kind: set(shops) for kind, shops in work.sightings.of_all(NOON - MINUTE).items()}


@pytest.mark.parametrize(
    "args",
    [
        *(("prices",), ("price", "--for", "25h"), ("price", "--for", "1m"), ("fleet",)),
        *(("--for", "2h"), ("--end",), ("price", "--for", "2h", "--end")),
    ],
)
def test_what_cannot_be_allowed(mapped: Home, args: tuple[str, ...]) -> None:
    """An unknown kind is refused with the known ones, as is a time that is too short or too long."""
    ran = mapped.run("fleet", "allow", *args)
    assert ran.code == 64
    assert ("`stock-out`" in ran.err) is (args[0] != "price")
    assert not mapped.run("fleet", "allow", "--format", "json").json["guards"]


def test_a_decision_can_be_taken_back(mapped: Home) -> None:
    """One about a kind that is held nowhere is said to be so."""
    ran = mapped.run("fleet", "allow", "photos")
    assert (ran.code, "no change of this kind is held in many shops now" in ran.err) == (0, True)
    assert "`photos` is let through in all shops until" in ran.out
    ran = mapped.run("fleet", "allow", "photos", "--end")
    assert (ran.code, ran.out) == (0, "")
    assert not mapped.run("fleet", "allow", "--format", "json").json["guards"]
