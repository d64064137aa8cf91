"""The queue on a real PostgreSQL: what is asked for is performed once, whoever dies meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from postgres import Cluster

if os.name == "nt":
    pytest.skip("asyncio has no signals on Windows", allow_module_level=True)

from torgsync.core.fleet.lanes import Lane, slots_of
from torgsync.core.fleet.ticks import Ask
from torgsync.errors import StateUnusable, Temporary, TorgsyncError
from torgsync.jobs.fleet import queue as module
from torgsync.jobs.fleet import queue_schema
from torgsync.jobs.fleet.queue import Queue
from torgsync.jobs.fleet.queue_schema import prepare
from torgsync.jobs.fleet.queue_troubles import SCHEMA

NOBODY = "postgresql://postgres@127.0.0.1:1/nowhere?connect_timeout=2"


@pytest.fixture
def address(postgres: Cluster) -> str:
    """A database without a queue."""
    return postgres.create("queue")


def now() -> datetime:
    return datetime.now(UTC)


def ask(slug: str, lane: Lane = Lane.GOODS, seconds: float = 0) -> Ask:
    return Ask(slug, lane, now() + timedelta(seconds=seconds))


class Played:
    """A worker whose runs are a function of the test; it ends when nothing is left, or by a signal."""

    def __init__(self, address: str, concurrency: int = 4, *, once: bool = True, grace: float = 30) -> None:
        prepare(address, "torgsync test")
        self.queue = Queue(address, "torgsync test", slots_of(concurrency), once=once, grace=grace)
        self.done: list[tuple[str, Lane]] = []
        self.troubles: list[TorgsyncError] = []
        self.stopped = threading.Event()
        self.left = threading.Event()

    def serve(
        self, asks: Callable[[], Sequence[Ask]], work: Callable[[str, Lane], Iterable[Ask]] = lambda *_: ()
    ) -> list[tuple[str, Lane]]:
        """Ask at each tick and serve; return what was performed, in the order of its end."""

        def perform(slug: str, lane: Lane) -> Iterable[Ask]:
            after = work(slug, lane)
            self.done.append((slug, lane))
            return after

        def tick() -> None:
            self.queue.ask(asks())

        self.queue.serve(perform, tick, self.stopped.set, self.left.set, self.troubles.append)
        return self.done


def rows(address: str, query: str) -> list[tuple[object, ...]]:
    """Return what is in the queue's schema."""
    with psycopg.connect(address) as connection:
        connection.execute(f"SET search_path = {SCHEMA}")
        return connection.execute(query).fetchall()


def test_what_is_asked_for_is_performed_and_leaves_nothing(address: str) -> None:
    """A second request for the same shop and lane is none; another lane is one."""
    played = Played(address)
    wanted = [ask("one"), ask("two"), ask("one", Lane.ORDERS)]
    assert sorted(played.serve(lambda: wanted)) == sorted(
        [("one", Lane.GOODS), ("two", Lane.GOODS), ("one", Lane.ORDERS)]
    )
    assert rows(address, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    assert rows(address, "SELECT count(*) FROM procrastinate_workers") == [(0,)]
    assert not played.troubles


def test_a_shop_and_lane_waits_once(address: str) -> None:
    """What another worker asked for meanwhile does not keep the rest from being asked for."""
    played, counts = Played(address), list[int]()

    def tick() -> list[Ask]:
        later = [ask("one", seconds=600)]
        counts.extend((played.queue.ask(later), played.queue.ask([*later, ask("two")])))
        counts.append(len(played.queue.asked()))
        return []

    assert played.serve(tick) == [("two", Lane.GOODS)]
    assert counts == [1, 1, 2]


def test_what_waits_until_later_gives_way(address: str) -> None:
    """A run that is asked for at once does not wait for the moment of one that was asked for before."""
    played, counts = Played(address), list[int]()

    def tick() -> list[Ask]:
        counts.append(played.queue.ask([ask("one", Lane.IMPORTS, 600)]))
        counts.append(played.queue.ask([ask("one", Lane.IMPORTS, 900)]))
        counts.append(played.queue.ask([ask("one", Lane.IMPORTS)]))
        return []

    assert played.serve(tick) == [("one", Lane.IMPORTS)]
    assert counts == [1, 0, 1]
    assert rows(address, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_orders_never_wait_for_imports_or_goods(address: str) -> None:
    """However many of these there are: some slots are kept, and orders go first in the others."""
    played, release = Played(address, concurrency=4), threading.Event()

    def work(_slug: str, lane: Lane) -> Iterable[Ask]:
        if lane is not Lane.ORDERS:
            assert release.wait(20)
        elif len(played.done) == 4:
            release.set()
        return ()

    wanted = [ask(f"i{n}", Lane.IMPORTS) for n in range(5)] + [ask(f"g{n}") for n in range(5)]
    done = played.serve(lambda: [*wanted, *(ask(f"o{n}", Lane.ORDERS) for n in range(5))], work)
    assert [lane for _slug, lane in done[:5]] == [Lane.ORDERS] * 5
    assert len(done) == 15


def test_a_run_begins_at_its_moment_and_may_ask_for_another(address: str) -> None:
    """As one that left an import does."""
    played, begun = Played(address), {}

    def work(slug: str, lane: Lane) -> Iterable[Ask]:
        begun[slug, lane] = now()
        return [ask(slug, Lane.IMPORTS)] if lane is Lane.GOODS else []

    wanted = [ask("soon", seconds=3)]
    played.serve(lambda: wanted, work)
    assert begun["soon", Lane.GOODS] >= wanted[0].begin
    assert begun["soon", Lane.IMPORTS] > begun["soon", Lane.GOODS]


def test_a_run_that_fails_by_a_bug_is_kept_as_failed(address: str) -> None:
    """The others go on."""
    played = Played(address)

    def work(slug: str, _lane: Lane) -> Iterable[Ask]:
        if slug == "bad":
            raise ValueError(slug)
        return ()

    assert played.serve(lambda: [ask("bad"), ask("good")], work) == [("good", Lane.GOODS)]
    assert rows(address, "SELECT status::text FROM procrastinate_jobs") == [("failed",)]


def test_a_signal_lets_runs_end_and_takes_no_more(address: str) -> None:
    """What was not begun waits for another worker."""
    played = Played(address, concurrency=1, once=False)

    def work(_slug: str, _lane: Lane) -> Iterable[Ask]:
        os.kill(os.getpid(), signal.SIGTERM)
        assert played.stopped.wait(10)
        return [ask("first")]

    assert played.serve(lambda: [ask("first"), ask("second")], work) == [("first", Lane.GOODS)]
    assert played.queue.signal is signal.SIGTERM
    assert not played.left.is_set()
    waiting = "SELECT args ->> 'slug' FROM procrastinate_jobs WHERE status = 'todo' ORDER BY 1"
    assert rows(address, waiting) == [("first",), ("second",)]


@pytest.mark.parametrize("signals", [1, 2])
def test_what_does_not_end_is_left(address: str, signals: int) -> None:
    """After the time for that, or at a second signal."""
    played = Played(address, concurrency=1, once=False, grace=1 if signals == 1 else 60)

    def work(_slug: str, _lane: Lane) -> Iterable[Ask]:
        for _ in range(signals):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)
        assert played.left.wait(10)
        return ()

    played.serve(lambda: [ask("slow")], work)
    assert played.left.is_set()


def test_without_runs_nothing_is_waited_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that waits for a server that is away holds the worker up for seconds, whatever runs may take."""
    monkeypatch.setattr(module, "LEAVE_WITHIN", 0.5)
    played = Played(address, once=False, grace=600)

    def tick() -> list[Ask]:
        os.kill(os.getpid(), signal.SIGTERM)
        assert played.left.wait(20)
        return []

    assert played.serve(tick) == []


def test_what_a_dead_worker_performed_is_found(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it gave no sign of life for a while; it can be marked as failed once, and asked for again."""
    played, seen = Played(address), []
    with psycopg.connect(address) as connection:
        connection.execute(f"SET search_path = {SCHEMA}")
        connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '40 s')"
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, args) "
            """VALUES ('goods', 'torgsync.run', 'doing', 1, '{"slug": "lost", "lane": "goods"}')"""
        )

    def tick() -> list[Ask]:
        seen.append(played.queue.stalled())
        monkeypatch.setattr(module, "DEAD_AFTER", 30.0)
        seen.append(played.queue.stalled())
        for number in seen[1]:
            played.queue.fail(number)
            played.queue.fail(number)
        seen.append(played.queue.stalled())
        played.queue.tidy()
        return [ask("lost")]

    assert played.serve(tick) == [("lost", Lane.GOODS)]
    assert [sorted(found.values()) for found in seen] == [[], [("lost", Lane.GOODS)], []]


def test_the_server_may_go_and_come_again(
    postgres: Cluster, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker goes on: it says so, and performs what is asked for afterwards."""
    monkeypatch.setattr(module, "TICK", timedelta(seconds=2))
    played = Played(address, once=False)
    asked: list[str] = []

    def work(slug: str, _lane: Lane) -> Iterable[Ask]:
        if slug == "before":
            postgres.restart("fast")
        else:
            os.kill(os.getpid(), signal.SIGTERM)
        return ()

    def asks() -> list[Ask]:
        asked.append("after" if asked else "before")
        return [ask(asked[-1])]

    played.serve(asks, work)
    assert played.done[-1] == ("after", Lane.GOODS)


def test_tables_are_made_once_by_workers_that_begin_together(address: str) -> None:
    """They are in a schema of their own."""
    begun = [threading.Thread(target=prepare, args=(address, f"torgsync {n}")) for n in range(4)]
    for thread in begun:
        thread.start()
    for thread in begun:
        thread.join()
    prepare(address, "torgsync again")
    tables = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"
    assert rows(address, tables) == [(SCHEMA,)]
    assert rows(address, "SELECT count(*) FROM torgsync_schema") == [(1,)]


def test_tables_of_an_older_version_are_brought_up_to_date(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the migrations that came since; an older program then refuses them."""
    every = queue_schema._migrations()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(f"SET search_path = {SCHEMA}")
        older = [path for path in every if path.name < "03.02"]
        for path in older:
            connection.execute(path.read_bytes())
        connection.execute("CREATE TABLE torgsync_schema (migration text NOT NULL)")
        connection.execute("INSERT INTO torgsync_schema VALUES (%s)", (older[-1].name,))
    assert Played(address).serve(lambda: [ask("one")]) == [("one", Lane.GOODS)]
    monkeypatch.setattr(queue_schema, "_migrations", lambda: older)
    with pytest.raises(StateUnusable, match="newer program"):
        prepare(address, "torgsync old")


def test_what_hinders_is_said(address: str) -> None:
    """A server that does not answer passes by itself; rights and foreign tables are for a person."""
    with pytest.raises(Temporary, match="cannot be reached"):
        prepare(NOBODY, "torgsync")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS poor")
        connection.execute("CREATE ROLE poor LOGIN")
    with pytest.raises(StateUnusable, match="permission denied") as refused:
        prepare(address.replace("postgres@", "poor@"), "torgsync")
    assert "right to make schemas" in str(refused.value.hint)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(f"CREATE TABLE {SCHEMA}.procrastinate_jobs (id int)")
    with pytest.raises(StateUnusable, match="did not make"):
        prepare(address, "torgsync")


def test_what_ends_the_process_leaves_no_thread_waiting(address: str) -> None:
    """Such as an output that nothing reads: runs are asked to stop, and who waits for the queue goes on."""
    played, waiting = Played(address, once=False), threading.Event()
    waited: list[TorgsyncError] = []

    def work(_slug: str, _lane: Lane) -> list[Ask]:
        waiting.set()
        played.stopped.wait(30)
        try:
            played.queue.ask([ask("late")])
        except TorgsyncError as error:
            waited.append(error)
        return []

    def asks() -> list[Ask]:
        played.queue.ask([ask("one")])
        waiting.wait(30)
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        played.serve(asks, work)
    assert played.stopped.is_set()
    assert len(waited) == 1
