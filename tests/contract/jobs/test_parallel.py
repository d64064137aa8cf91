"""Work in threads: at most so many at once, each with a stop, all of them stopped by one request."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextvars import ContextVar

import pytest

from torgsync.errors import Interrupted
from torgsync.jobs.context import StopRequest, StopSignal
from torgsync.jobs.parallel import Parallel
from torgsync.threads import SIGNALS, ContextThreadPool, closing_after, start_thread

LONG = 30.0
"""Seconds that nothing here may take."""
_said: ContextVar[str] = ContextVar("said", default="nothing")


def test_at_most_so_many_at_once() -> None:
    """All are performed, none before it may be, and results come as they are there."""
    at_work, most, lock = 0, 0, threading.Lock()

    def work(_stop: StopSignal) -> str:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.01)
        with lock:
            at_work -= 1
        return threading.current_thread().name

    parallel = Parallel({str(number): work for number in range(20)}, 3)
    found = dict(parallel.results())
    assert found == {str(number): f"torgsync {number}" for number in range(20)}
    assert (most, parallel.waiting, parallel.at_work) == (3, [], set())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all(number: signal.Signals) -> None:
    """Those that only wait end at once, others where they look; none is begun any more."""
    waiting, noticed = threading.Barrier(3), []

    def waits(stop: StopSignal) -> str:
        waiting.wait()
        with stop.interruptible():
            stop.sleep(LONG)
        return "went on"

    def works(stop: StopSignal) -> str:
        waiting.wait()
        stop.sleep(LONG)
        return "looked" if stop.requested else "missed it"

    def ended(stop: StopSignal) -> str:
        try:
            return waits(stop)
        except Interrupted:
            return "interrupted"

    def press(_stop: StopSignal) -> str:
        waiting.wait()
        os.kill(os.getpid(), number)
        return "pressed"

    before = signal.getsignal(number)
    parallel = Parallel({"a": ended, "b": works, "c": press, "d": ended, "e": ended}, 3)
    parallel.stopping = lambda: noticed.append(True)
    started = time.monotonic()
    assert dict(parallel.results()) == {"a": "interrupted", "b": "looked", "c": "pressed"}
    assert time.monotonic() - started < LONG / 2
    assert (parallel.waiting, parallel.stopped, noticed) == (["d", "e"], True, [True])
    assert signal.getsignal(number) == before


def test_a_signal_within_the_handler_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that come at one moment are two: the run does not go on as if there had been one."""
    request = StopSignal.request

    def interrupted(stop: StopSignal) -> None:
        monkeypatch.setattr(StopSignal, "request", request)
        signal.raise_signal(signal.SIGTERM)
        request(stop)

    monkeypatch.setattr(StopSignal, "request", interrupted)
    with StopSignal().handling_signals(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_second_signal_ends_at_once() -> None:
    """Whatever the threads do: they end with the process."""
    go_on = threading.Event()

    def press(stop: StopSignal) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        while not stop.requested:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        go_on.wait(LONG)

    with pytest.raises(KeyboardInterrupt):
        dict(Parallel({"a": press}, 1).results())
    go_on.set()


def test_what_one_raises_is_raised() -> None:
    """It is for errors that concern all of them."""

    def fails(_stop: StopSignal) -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        dict(Parallel({"a": fails}, 2).results())


def test_a_request_from_another_thread() -> None:
    """It ends a sleep, is the same for all runs that share it, and may be made again."""
    request = StopRequest()
    first, second = StopSignal(request), StopSignal(request)
    threading.Timer(0.05, first.request).start()
    ended: list[float] = []

    def sleep() -> None:
        started = time.monotonic()
        second.sleep(LONG)
        ended.append(time.monotonic() - started)

    thread = threading.Thread(target=sleep)
    thread.start()
    thread.join(LONG)
    assert ended[0] < LONG / 2
    second.request()
    for stop in (first, second):
        with pytest.raises(Interrupted):
            stop.check()
    assert not StopSignal().requested


def test_threads_of_a_run_have_its_context() -> None:
    """A new thread of Python has none."""
    _said.set("by the run")
    with ContextThreadPool(2) as pool:
        assert [*pool.map(lambda _: _said.get(), range(3))] == ["by the run"] * 3
    heard: list[str] = []

    def hear() -> None:
        heard.append(_said.get())

    start_thread(hear, "hears").join()
    assert heard == ["by the run"]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals come to the main thread only")
def test_threads_of_a_run_get_no_signals() -> None:
    """One that a thread got would not interrupt the main thread, which waits for an answer."""
    blocked: list[set[int]] = []
    closed = threading.Event()

    def look() -> None:
        blocked.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    start_thread(look, "looks").join()
    with ContextThreadPool(1) as pool:
        pool.submit(look).result()

    def close() -> None:
        look()
        closed.set()

    with closing_after(0, close) as late:
        assert closed.wait(LONG)
        assert late.is_set()
    assert [set(SIGNALS) <= found for found in blocked] == [True, True, True]
    assert not set(SIGNALS) & signal.pthread_sigmask(signal.SIG_BLOCK, ())
