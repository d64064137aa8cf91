"""The attempts as they are read without opening the state: the same, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from builders import LATER, NOON

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.runs.attempts import read_attempts
from torgsync.state.store import open_store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A state with attempts at two times of one object."""
    file = tmp_path / "a state.db"
    with closing(open_store(f"sqlite:///{file}")) as store, store.transaction("shop") as work:
        work.schedule.take_up("a", Attempt(NOON, LATER, tries=2))
        work.schedule.take_up("b", Attempt(NOON, NOON, exit_code=Exit.TEMPORARY))
    return file


def test_attempts_are_those_of_the_state(file: Path) -> None:
    """Each object has its own; nothing is left next to the file."""
    with closing(open_store(f"sqlite:///{file}")) as store, store.transaction("shop") as work:
        stored = work.schedule.attempts()
    assert len(stored) == 2
    assert read_attempts(file, "shop") == stored
    assert read_attempts(file, "other") == {}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def _change(sql: str) -> Callable[[Path], object]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(sql)

    return change


@pytest.mark.parametrize(
    "change",
    [
        Path.unlink,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_text("no database" * 100),
        _change("UPDATE alembic_version SET version_num = '9999'"),
        _change("DELETE FROM alembic_version"),
        _change("DROP TABLE attempts"),
    ],
)
def test_the_state_must_be_opened(file: Path, change: Callable[[Path], object]) -> None:
    """Where the file is gone, empty, something else, of another schema or not whole."""
    change(file)
    assert read_attempts(file, "shop") is None


def test_a_state_that_is_held(file: Path) -> None:
    """Nothing is waited for: a run that writes is no obstacle, and one that keeps all others off is."""
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert read_attempts(file, "shop")
        holder.execute("ROLLBACK")
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        holder.execute("PRAGMA user_version = 1")
        assert read_attempts(file, "shop") is None
