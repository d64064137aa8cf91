"""Several threads with one state: it is opened once, and they write to a file in turn."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from builders import NOON

from torgsync.errors import StateUnusable
from torgsync.i18n import Message
from torgsync.state.shared import shared_store
from torgsync.state.store import open_store
from torgsync.state.turns import in_turn

AT_ONCE = 8


def ignore(_message: Message) -> None:
    """Hear nothing."""


def test_it_is_opened_once_and_closed_by_the_last(new_url: str) -> None:
    """Whoever opens it while another uses it gets the same one; later it is opened again."""
    with shared_store(new_url, ignore) as first:
        with shared_store(new_url, ignore) as second:
            assert second is first
        with first.transaction("shop") as work:
            assert work.schedule.attempts() == {}
    with shared_store(new_url, ignore) as third:
        assert third is not first


def test_a_file_that_was_replaced_is_opened(tmp_path: Path) -> None:
    """Who goes on with the old one meanwhile keeps it; it is closed all the same."""
    path = tmp_path / "state.db"
    with ExitStack() as stack:
        old = stack.enter_context(shared_store(f"sqlite:///{path}", ignore))
        other = tmp_path / "other.db"
        with closing(open_store(f"sqlite:///{other}")) as store, store.transaction("shop") as work:
            work.object_state.note_first_write(NOON)
        for end in ("-wal", "-shm"):  # as `state restore` does
            path.with_name(path.name + end).unlink(missing_ok=True)
        other.replace(path)
        with shared_store(f"sqlite:///{path}", ignore) as new:
            assert new is not old
            with new.transaction("shop") as work:
                assert work.object_state.begun()


def test_states_in_memory_are_never_the_same() -> None:
    """Each is empty when it is opened."""
    with shared_store("sqlite://", ignore) as first, shared_store("sqlite://", ignore) as second:
        assert first is not second


def test_one_that_cannot_be_opened(tmp_path: Path) -> None:
    """Each who tries hears why, and nothing is left open."""
    for _ in range(2):
        with (
            pytest.raises(StateUnusable),
            shared_store(f"sqlite:///{tmp_path / 'missing' / 'state.db'}", ignore),
        ):
            pass


def test_threads_open_it_at_the_same_moment(new_url: str) -> None:
    """One makes its tables, all others wait for that, and all of what they write is there."""
    meeting = threading.Barrier(AT_ONCE)

    def write(number: int) -> None:
        meeting.wait()
        with shared_store(new_url, ignore) as store:
            for _ in range(5):
                with store.transaction(f"shop-{number}", durable=False) as work:
                    work.object_state.note_first_write(NOON)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, range(AT_ONCE)))
    with shared_store(new_url, ignore) as store:
        for number in range(AT_ONCE):
            with store.transaction(f"shop-{number}") as work:
                assert work.object_state.begun()


def test_a_file_is_written_to_in_turn(tmp_path: Path) -> None:
    """No thread begins while another's transaction is open, not even one with an engine of its own."""
    url, inside = f"sqlite:///{tmp_path / 'state.db'}", threading.Lock()
    open_store(url).close()

    def write(number: int) -> None:
        with closing(open_store(url)) as store, store.transaction(f"shop-{number}", durable=False):
            assert inside.acquire(blocking=False)
            time.sleep(0.01)
            inside.release()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, range(AT_ONCE)))


def test_a_thread_does_not_wait_for_itself(tmp_path: Path) -> None:
    """A block within a block goes on; then SQLite decides."""
    store = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    with closing(store), in_turn(store._engine), in_turn(store._engine), store.transaction("shop") as work:
        assert not work.object_state.begun()


def test_a_file_that_is_gone_is_opened_again(tmp_path: Path) -> None:
    """A state that was removed while it was in use is not what a later call means."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with shared_store(url, ignore) as old:
        for path in tmp_path.iterdir():
            path.unlink()
        with shared_store(url, ignore) as new:
            assert new is not old
