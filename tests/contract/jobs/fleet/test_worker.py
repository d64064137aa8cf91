"""What a worker asks for, with a real state and a queue that only remembers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from torgsync.core.config.schedule import Attempt
from torgsync.core.fleet.lanes import Lane
from torgsync.core.fleet.ticks import TICK, Ask, delay
from torgsync.core.fleet.trust import Trust
from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.settings import who
from torgsync.jobs.fleet.objects import PushedObjects
from torgsync.jobs.fleet.worker import BUSY_AGAIN, IMPORT_AGAIN, LOOK_AGAIN, FleetWorker, follows
from torgsync.state.runs.journal import Holder
from torgsync.state.store import Store, open_store

NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
"""In Kyiv."""
TEXT = """name = "{name}"
api_key = {{ file = "../secrets/{name}" }}
catalog = {{ path = "https://shop.example/{name}.trs" }}
orders = {{ enabled = false }}
[[synchronization_times]]
user = "{user}"
every = "30m"
"""


class Remembered:
    """A queue that remembers what it was asked."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []
        self.waiting: set[tuple[str, Lane]] = set()
        self.lost: dict[int, tuple[str, Lane]] = {}
        self.failed: list[int] = []
        self.tidied = 0
        self.once = False

    def ask(self, asks: list[Ask]) -> int:
        self.asks += asks
        return len(asks)

    def asked(self) -> set[tuple[str, Lane]]:
        return self.waiting | set(self.stalled().values())  # until they are marked as failed

    def stalled(self) -> dict[int, tuple[str, Lane]]:
        return {job: what for job, what in self.lost.items() if job not in self.failed}

    def fail(self, job: int) -> None:
        self.failed.append(job)

    def tidy(self) -> None:
        self.tidied += 1


class Ticking:
    """A worker with a clock and a queue of the test's own."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.queue = Remembered()
        self.broken: list[str] = []
        self.now = NOON
        objects = PushedObjects(store, folder / "objects", Trust(str(folder / "secrets")))
        self.worker = FleetWorker(store, cast("Any", self.queue), objects, lambda: self.now, self._break)

    def _break(self, slug: str, _error: TorgsyncError) -> None:
        self.broken.append(slug)

    def push(self, *names: str, user: str = "fleet", more: str = "") -> None:
        texts = {name: (name, TEXT.format(name=name, user=user) + more) for name in names}
        with self.store.fleet() as work:
            work.fleet_objects.put(texts, "me", "here", NOON)

    def tick(self) -> list[Ask]:
        """Tick, and return what was asked for."""
        self.queue.asks.clear()
        self.worker.tick()
        return list(self.queue.asks)

    def attempt(self, slug: str, code: Exit | None, tries: int = 1) -> None:
        """Record an attempt at the time of a shop."""
        (time,) = self.worker.files[slug].settings.synchronization_times
        with self.store.transaction(slug) as work:
            work.schedule.take_up(time.identity, Attempt(NOON, NOON, tries, code))


@pytest.fixture
def ticking(tmp_path: Path) -> Iterator[Ticking]:
    """A worker of an empty fleet."""
    with closing(open_store(f"sqlite:///{tmp_path / 'state.db'}")) as store:
        yield Ticking(store, tmp_path)


def test_only_times_of_workers_are_asked_for(ticking: Ticking) -> None:
    """Each shop once, at its moment; what waits or was done is not asked for."""
    ticking.push("one", "two", "done", "waiting")
    ticking.push("other", user="OFFICE-PC\\\\olena")
    ticking.tick()
    ticking.attempt("done", Exit.DONE)
    ticking.queue.waiting = {("waiting", Lane.GOODS)}
    ticking.now = NOON + timedelta(minutes=15)
    assert {ask.slug for ask in ticking.tick()} == {"one", "two"}
    assert ticking.worker.file("other")
    assert ticking.worker.file("nosuch") is None


def test_a_shop_begins_with_its_own_delay(ticking: Ticking) -> None:
    """A tick asks for what begins before the next one."""
    ticking.push("one")
    ticking.tick()
    (time,) = ticking.worker.files["one"].settings.synchronization_times
    begin = NOON + delay("one", time.rhythm)
    ticking.now = begin - timedelta(seconds=61)
    assert ticking.tick() == []
    ticking.now = begin - timedelta(seconds=59)
    assert ticking.tick() == [Ask("one", Lane.GOODS, begin)]


def test_pushes_are_taken_up_and_broken_objects_named_once(ticking: Ticking) -> None:
    """A removed object is not performed any more."""
    ticking.push("one")
    ticking.push("bad", more="nosuch = 1\n")
    ticking.tick()
    ticking.tick()
    assert ticking.broken == ["bad"]
    assert list(ticking.worker.files) == ["one"]
    ticking.push("bad")
    with ticking.store.fleet() as work:
        work.fleet_objects.remove(["one"], NOON)
    ticking.tick()
    assert list(ticking.worker.files) == ["bad"]


def test_a_job_of_an_object_that_is_refused_here_is_given_back(ticking: Ticking) -> None:
    """Another worker may perform it; one that serves once does not meet it again."""
    ticking.push("bad", more="nosuch = 1\n")
    assert ticking.worker.file("bad") is None
    for once, pause in ((False, BUSY_AGAIN), (True, TICK)):
        ticking.queue.once = once
        for lane in Lane:
            assert ticking.worker.given_back("bad", lane) == [Ask("bad", lane, NOON + pause)]
    assert ticking.worker.given_back("removed", Lane.GOODS) == []


def test_what_a_dead_worker_performed_is_asked_for_again(ticking: Ticking) -> None:
    """As soon as no run holds the shop: then its attempt counts as interrupted."""
    ticking.push("one")
    ticking.tick()
    ticking.attempt("one", None)
    ticking.queue.lost = {7: ("one", Lane.GOODS)}
    ticking.now = NOON + timedelta(minutes=1)
    with ticking.store.transaction("one") as work:
        run = work.journal.begin_run(Holder("me", "elsewhere", 1), ticking.now)
        work.leases.take(run, Holder("me", "elsewhere", 1), ticking.now)
    assert (ticking.tick(), ticking.queue.failed) == ([], [])
    ticking.now = NOON + timedelta(minutes=4)
    assert ticking.tick() == [Ask("one", Lane.GOODS, ticking.now)]
    assert ticking.queue.failed == [7]


def test_a_run_that_kills_its_worker_is_not_asked_for_for_ever(ticking: Ticking) -> None:
    """After the third time it waits for its next moment; a run for an import for ten minutes."""
    ticking.push("one")
    ticking.tick()
    ticking.attempt("one", None, tries=3)
    ticking.queue.lost = {7: ("one", Lane.GOODS), 8: ("one", Lane.IMPORTS)}
    ticking.now = NOON + timedelta(minutes=4)
    assert ticking.tick() == [Ask("one", Lane.IMPORTS, ticking.now + IMPORT_AGAIN)]


def test_a_lease_of_this_process_is_held(ticking: Ticking) -> None:
    """One of its threads may hold it, although the queue took the worker for dead."""
    ticking.push("one")
    ticking.tick()
    ticking.attempt("one", None)
    ticking.queue.lost = {7: ("one", Lane.GOODS)}
    with ticking.store.transaction("one") as work:
        run = work.journal.begin_run(Holder(*who()), NOON)
        work.leases.take(run, Holder(*who()), NOON)
    assert (ticking.tick(), ticking.queue.failed) == ([], [])


def test_shops_with_which_nothing_works_are_found_once(ticking: Ticking) -> None:
    """Where people want to know; not in the first minutes, and again only after it worked."""
    notified = '[notify]\nto = [{ file = "../secrets/to" }]\n'
    ticking.push("notified", "works", more=notified)
    ticking.push("silent")
    ticking.tick()
    assert ticking.worker.newly_missed() == []
    ticking.now = NOON + timedelta(hours=2)
    ticking.tick()
    (time,) = ticking.worker.files["works"].settings.synchronization_times
    with ticking.store.transaction("works") as work:
        work.schedule.take_up(time.identity, Attempt(NOON, ticking.now, 1, Exit.TOKEN))
    assert [file.slug for file in ticking.worker.newly_missed()] == ["notified"]
    ticking.now += timedelta(minutes=10)
    assert ticking.worker.newly_missed() == []


def test_the_queue_is_tidied_every_hour(ticking: Ticking) -> None:
    """Not at every tick."""
    ticking.tick()
    ticking.now += timedelta(minutes=59)
    ticking.tick()
    ticking.now += timedelta(minutes=2)
    ticking.tick()
    assert ticking.queue.tidied == 2


@pytest.mark.parametrize(
    ("lane", "code", "left", "is_open", "expected"),
    [
        (Lane.GOODS, Exit.DONE, False, False, None),
        (Lane.GOODS, Exit.TOKEN, False, False, None),
        (Lane.GOODS, Exit.TEMPORARY, False, False, None),
        (Lane.GOODS, Exit.BUSY, False, False, (Lane.GOODS, BUSY_AGAIN)),
        (Lane.ORDERS, Exit.INTERRUPTED, False, False, (Lane.ORDERS, timedelta())),
        (Lane.GOODS, Exit.TEMPORARY, True, True, (Lane.IMPORTS, timedelta())),
        (Lane.GOODS, Exit.TEMPORARY, False, True, (Lane.IMPORTS, LOOK_AGAIN)),
        (Lane.IMPORTS, Exit.TEMPORARY, False, True, (Lane.IMPORTS, LOOK_AGAIN)),
        (Lane.IMPORTS, Exit.TEMPORARY, False, False, (Lane.IMPORTS, IMPORT_AGAIN)),
        (Lane.IMPORTS, Exit.HELD, False, False, None),
    ],
)
def test_what_follows_a_run(
    lane: Lane, code: Exit, *, left: bool, is_open: bool, expected: tuple[Lane, timedelta] | None
) -> None:
    """Failures of a time are tried again by its schedule; the rest is asked for."""
    found = follows("shop", lane, code, NOON, left=left, is_open=is_open)
    assert found == ([Ask("shop", expected[0], NOON + expected[1])] if expected else [])
