"""What concerns all shops of a state: pushed objects, sightings of violations, and what is allowed."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

from builders import LATER, NOON
from sqlalchemy import create_engine
from states import HOUR, ME, SLUG, at_once

from torgsync.core.fleet.guard import Sighting
from torgsync.state.fleet.objects import PushedObject, digest_of
from torgsync.state.fleet.sightings import Allowance
from torgsync.state.maintenance.backup import back_up_state
from torgsync.state.maintenance.check import check_state
from torgsync.state.maintenance.restore import restore_state
from torgsync.state.snapshot import copy_rows, temporary_engine
from torgsync.state.store import Store, open_store
from torgsync.state.troubles import file_of

TEXT = 'name = "Крамниця №1"  # коментар\r\n'
WHO = (ME.user, ME.host)
SLUGS = [f"shop-{number:04}" for number in range(1200)]


def push(state: Store, **texts: str) -> None:
    with state.fleet() as work:
        work.fleet_objects.put({slug: (slug.title(), text) for slug, text in texts.items()}, *WHO, NOON)


def test_objects_come_back_as_they_were_pushed(state: Store) -> None:
    """Byte for byte, with who pushed them and when; sorted by slug."""
    push(state, shop=TEXT, cafe="")
    with state.look_at_fleet() as work:
        pushed = work.fleet_objects.all()
        assert list(pushed) == ["cafe", "shop"]
        assert pushed["shop"] == PushedObject("shop", "Shop", TEXT, digest_of(TEXT), NOON, *WHO)
        assert work.fleet_objects.digests() == {"shop": digest_of(TEXT), "cafe": digest_of("")}
        assert work.fleet_objects.texts(["shop", "nosuch"]) == {"shop": pushed["shop"]}


def test_a_removed_object_keeps_its_text_until_it_is_pushed_again(state: Store) -> None:
    """It is not listed; what is known of its shop is not touched; a push revives it."""
    with state.transaction("shop") as work:
        run = work.journal.begin_run(ME, NOON)
    push(state, shop=TEXT, cafe=TEXT)
    with state.fleet() as work:
        work.fleet_objects.remove(["shop"], LATER)
        work.fleet_objects.remove(["shop"], LATER + HOUR)
        assert list(work.fleet_objects.all()) == ["cafe"]
        assert work.fleet_objects.digests().keys() == {"cafe"}
        assert work.fleet_objects.texts(["shop"]) == {}
        kept = work.fleet_objects.all(removed=True)["shop"]
        assert (kept.text, kept.removed_at) == (TEXT, LATER)
    with state.transaction("shop") as work:
        assert work.history.run(run) is not None
    push(state, shop="new")
    with state.look_at_fleet() as work:
        assert work.fleet_objects.all()["shop"].removed_at is None


def test_a_thousand_objects(state: Store) -> None:
    """More than one statement takes values."""
    push(state, **dict.fromkeys(SLUGS, TEXT))
    with state.fleet() as work:
        assert list(work.fleet_objects.texts(SLUGS[:1100])) == SLUGS[:1100]
        work.fleet_objects.remove(SLUGS[:1100], NOON)
        assert list(work.fleet_objects.all()) == SLUGS[1100:]


def test_two_pushes_wait_for_each_other(state: Store) -> None:
    """What one read is still so when it writes, also where an object is called like the transaction."""
    push(state, shop="0")
    lock = threading.Lock()

    def count(_number: int) -> None:
        with state.fleet() as work:
            assert lock.acquire(blocking=False)
            number = int(work.fleet_objects.all()["shop"].text) + 1
            work.fleet_objects.put({"shop": ("Shop", str(number))}, *WHO, NOON)
            lock.release()

    at_once(4, count)
    with state.look_at_fleet() as work:
        assert work.fleet_objects.all()["shop"].text == "4"


def test_sightings_are_known_to_every_shop(state: Store) -> None:
    """Each shop records its own, as they are now; all of a moment or later are read."""
    seen = {slug: Sighting(NOON, NOON + number * HOUR, number + 1) for number, slug in enumerate("abc")}
    for slug, sighting in seen.items():
        with state.transaction(slug) as work:
            work.sightings.replace({"price": sighting, "stock-out": sighting})
    with state.transaction("a") as work:
        assert work.sightings.own() == dict.fromkeys(("price", "stock-out"), seen["a"])
        work.sightings.replace({"price": seen["a"]})
    with state.look_at_fleet() as work:
        assert work.sightings.of_all(NOON) == {
            "price": seen,
            "stock-out": {"b": seen["b"], "c": seen["c"]},
        }
        assert work.sightings.of_all(NOON + 2 * HOUR)["price"] == {"c": seen["c"]}


def test_all_shops_are_those_with_runs(state: Store) -> None:
    """One that had no run for long is not counted, one with several once."""
    for slug, moments in {"a": (NOON,), "b": (NOON, LATER), "c": (LATER,)}.items():
        for moment in moments:
            with state.transaction(slug) as work:
                work.journal.begin_run(ME, moment)
    with state.look_at_fleet() as work:
        assert work.sightings.shops(NOON) == 3
        assert work.sightings.shops(LATER) == 2


def test_of_two_shops_at_the_same_time_one_sees_the_other(state: Store) -> None:
    """The second waits until the first has committed what it shows."""
    begun = threading.Event()
    seen: list[set[str]] = []

    def second() -> None:
        with state.transaction("b") as work:
            begun.set()
            work.sightings.wait()
            seen.append(set(work.sightings.of_all(NOON).get("price", {})))

    thread = threading.Thread(target=second)
    with state.transaction("a") as work:
        work.sightings.wait()
        thread.start()
        begun.wait(0.5)  # on SQLite it does not even begin
        work.sightings.replace({"price": Sighting(NOON, NOON, 1)})
    thread.join()
    assert seen == [{"a"}]


def test_an_allowance_ends_by_itself(state: Store) -> None:
    """The last one of a kind counts, with who gave it."""
    hour = Allowance("price", NOON + HOUR, *WHO, NOON)
    with state.fleet() as work:
        assert work.allowances.valid(NOON) == {}
        work.allowances.allow(Allowance("price", NOON + 2 * HOUR, "other", "pc", NOON))
        work.allowances.allow(hour)
    with state.transaction("shop") as work:
        assert work.allowances.valid(NOON) == {"price": hour}
        assert work.allowances.valid(NOON + HOUR) == {}


def test_a_copy_for_a_look_has_what_all_shops_share(tmp_path: Path) -> None:
    """A plan that is only looked at is guarded like one that is performed."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with closing(open_store(url)) as store, store.transaction("other") as work:
        work.sightings.replace({"price": Sighting(NOON, NOON, 1)})
        work.allowances.allow(Allowance("price", LATER, *WHO, NOON))
    source, target = create_engine(url), temporary_engine()
    with source.connect() as read, target.begin() as write:
        copy_rows(read, write, SLUG)
    source.dispose()
    with closing(Store(target)) as copied, copied.transaction(SLUG) as work:
        assert work.sightings.of_all(NOON)["price"].keys() == {"other"}
        assert work.allowances.valid(NOON).keys() == {"price"}


def test_a_backup_has_the_fleet(new_url: str, tmp_path: Path) -> None:
    """A check counts its rows, and a restore brings them back."""
    with closing(open_store(new_url)) as state:
        push(state, shop=TEXT)
    check = check_state(new_url)
    assert (check.whole, check.pushed) == (True, frozenset({"shop"}))
    assert (check.objects["shop"], check.rows["fleet_objects"]) == (1, 1)
    backup = tmp_path / ("copy.bak" if file_of(new_url) else "copy.dump")
    back_up_state(new_url, backup)
    with closing(open_store(new_url)) as state:
        push(state, shop="new", cafe="new")
    restore_state(new_url, backup, "then", tmp_path, lambda _slug, _lease: None)
    with closing(open_store(new_url)) as state, state.look_at_fleet() as work:
        assert {slug: one.text for slug, one in work.fleet_objects.all().items()} == {"shop": TEXT}
