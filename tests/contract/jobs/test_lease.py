"""A run keeps its lease while it works, waits or asks, and sends nothing once it has lost it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import write_shop
from homes import NO_PROCESS
from postgres import Cluster
from sqlalchemy import update

from torgsync.errors import Busy, Temporary
from torgsync.files.config import settings
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import Settings
from torgsync.i18n import verbatim
from torgsync.jobs import lease as keeping
from torgsync.jobs.context import JobContext
from torgsync.jobs.lease import LeaseKeeper
from torgsync.jobs.run import Run, running
from torgsync.state.runs.journal import Holder
from torgsync.state.runs.leases import LEASE
from torgsync.state.schema.run_tables import leases
from torgsync.state.store import open_store

OTHER = Holder("ivan", "HOME-PC", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def context(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JobContext]:
    """An object with an empty state."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    if request.param == "postgresql":
        postgres: Cluster = request.getfixturevalue("postgres")
        url = postgres.empty("state")
    file = load_object(write_shop(tmp_path, 1, 10))
    with closing(open_store(url)) as store:
        yield JobContext(Settings(tmp_path, url, None), file, store)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that renews very often."""
    monkeypatch.setattr(keeping, "RENEW_EVERY", 0.02)
    monkeypatch.setattr(keeping, "RETRY", 0.02)


def change(context: JobContext, **columns: object) -> None:
    """Have these columns in the lease."""
    with context.transaction() as work:
        work.connection.execute(update(leases).values(columns))


def age(context: JobContext) -> None:
    """Have the lease expire."""
    change(context, expires=datetime(2020, 1, 1, tzinfo=UTC))


def eventually(happens: Callable[[], bool]) -> bool:
    """Return whether something happens within some seconds."""
    until = time.monotonic() + 10
    while not happens() and time.monotonic() < until:
        time.sleep(0.01)
    return happens()


def held(context: JobContext) -> bool:
    with context.transaction() as work:
        lease = work.leases.lease()
    return lease is not None and not lease.expired(context.now())


def take_over(context: JobContext) -> int:
    """Have another computer take the object over, and return its run."""
    with context.transaction() as work:
        run = work.journal.begin_run(OTHER, context.now())
        work.leases.take(run, OTHER, context.now())
    return run


@pytest.mark.usefixtures("hasty")
def test_a_thread_renews_it(context: JobContext) -> None:
    """It does so while the run does nothing at all, and no longer than the run lasts."""
    with running(context) as run:
        age(context)
        assert eventually(lambda: held(context))
        assert run.keeper.valid
    assert not held(context)
    assert not [thread for thread in threading.enumerate() if thread.name == "lease"]


@pytest.mark.usefixtures("hasty")
def test_a_run_that_lost_it(context: JobContext) -> None:
    """It is refused before its next request and its next unit of work; the end of the other is its own."""
    other = 0

    def work() -> None:
        nonlocal other
        with running(context) as run:
            other = take_over(context)
            assert eventually(lambda: run.keeper.lost)
            with pytest.raises(Busy):
                run.before("GET", "/orders/list", 0, "")
            unit(run)

    with pytest.raises(Busy, match="was taken over by another run: ivan on HOME-PC"):
        work()
    with context.transaction() as work_after:
        lease = work_after.leases.lease()
        assert lease
        assert (lease.run, work_after.journal.requests(other - 1)) == (other, [])


def unit(run: Run) -> None:
    with run.context.transaction():
        pass


def test_a_request_is_refused_at_once(context: JobContext) -> None:
    """The journal decides, not the thread: nothing is recorded."""
    with running(context) as run:
        take_over(context)
        with pytest.raises(Busy):
            run.before("POST", "/products/edit", 1, "")
        with context.transaction() as work:
            assert work.journal.requests(run.number) == []


def test_a_lease_that_was_taken_and_released(context: JobContext) -> None:
    """There is nothing to wait for: the same command goes on."""
    with running(context) as run:
        other = take_over(context)
        with context.transaction() as work:
            work.leases.release(other)
        with pytest.raises(Busy, match="taken over and released") as refused:
            run.before("GET", "/orders/list", 0, "")
    assert str(refused.value.hint).startswith("run the same command again")


def test_an_answer_that_took_longer_than_the_lease(
    context: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that hangs until the lease has expired lets no request out."""
    late = iter([0.0])  # the time when the renewal began; afterwards it is later
    with running(context) as run:
        run.keeper._renewed = -1e9
        monkeypatch.setattr(keeping, "elapsed", lambda: next(late, LEASE.total_seconds() + 1))
        with pytest.raises(Busy, match="silent for too long"):
            run.before("POST", "/products/edit", 1, "")


def test_a_question_that_is_forgotten(context: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps the object for a while; a yes counts unless another run has taken the object over."""
    monkeypatch.setattr(keeping, "RENEW_EVERY", 0.02)
    monkeypatch.setattr(keeping, "THINKING", 0.2)

    def think() -> bool:
        age(context)
        assert eventually(lambda: held(context))
        time.sleep(0.4)
        age(context)
        time.sleep(0.2)
        assert not held(context)
        return True

    with running(context) as run:
        assert run.answer(think)
        assert held(context)
        assert not run.answer(lambda: False)
        with pytest.raises(Temporary, match="waited too long"):
            run.answer(lambda: bool(take_over(context)))


def test_a_state_that_cannot_be_used_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewals are tried again; the lease is valid until its time is over by this computer's clock."""
    monkeypatch.setattr(keeping, "RENEW_EVERY", 0.01)
    monkeypatch.setattr(keeping, "RETRY", 0.01)
    tries = []

    def renew(_give_up: Callable[[], bool]) -> bool:
        tries.append(1)
        raise Temporary(verbatim("the server is away"))

    keeper = LeaseKeeper(renew)
    keeper.start()
    assert eventually(lambda: len(tries) > 3)
    valid = [keeper.valid]
    monkeypatch.setattr(keeping, "elapsed", lambda: keeper._renewed + LEASE.total_seconds())
    assert [*valid, keeper.valid] == [True, False]
    keeper.stop()


def test_a_renewal_in_hand_ends_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that waits for a server gives up."""
    monkeypatch.setattr(keeping, "RENEW_EVERY", 0.01)
    waits, ends = threading.Event(), threading.Event()

    def renew(give_up: Callable[[], bool]) -> bool:
        waits.set()
        while not give_up():
            time.sleep(0.01)
        ends.set()
        raise Temporary(verbatim("the server is away"))

    keeper = LeaseKeeper(renew)
    keeper.start()
    assert waits.wait(10)
    keeper.stop()
    assert ends.is_set()


# Who may take an object over


def leave_run(context: JobContext, **columns: object) -> None:
    """Leave a lease behind, as a killed process does, with these columns instead."""
    with context.transaction() as work:
        me = Holder(*settings.who())
        work.leases.take(work.journal.begin_run(me, context.now()), me, context.now(), settings.machine())
    change(context, **columns)


def test_a_dead_process_of_this_system(context: JobContext) -> None:
    """It is taken over at once, as one that an older program left, which named no system."""
    for machine in (settings.machine(), ""):
        leave_run(context, pid=NO_PROCESS, machine=machine)
        with running(context):
            pass


@pytest.mark.parametrize(
    "columns",
    [
        {"host": "HOME-PC", "pid": NO_PROCESS},
        {"machine": "another boot", "pid": NO_PROCESS},
        {"pid": os.getppid()},
        {"pid": os.getpid()},
    ],
)
def test_who_may_be_alive(context: JobContext, columns: dict[str, object]) -> None:
    """Another computer, another system of this name, and a run of this very process: until it has expired."""
    leave_run(context, **columns)
    with pytest.raises(Busy, match="another run is working"), running(context):
        pass
    age(context)
    with running(context):
        pass


def test_runs_of_one_process(context: JobContext) -> None:
    """Of many threads that begin at once, one holds the object and the others are refused."""
    begin, end, busy, took = threading.Barrier(6), threading.Barrier(6), [], []

    def work() -> None:
        begin.wait()
        try:
            with running(context):
                took.append(1)
                end.wait(20)
        except Busy:
            busy.append(1)
            end.wait(20)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(took), len(busy)) == (1, 5)


def test_a_system_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the name of the host decides, as ever."""
    settings.machine.cache_clear()
    monkeypatch.setattr(settings, "Path", lambda _path: Path("/nowhere/at/all"))
    assert settings.machine() == ""
    settings.machine.cache_clear()
