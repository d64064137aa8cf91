"""A state is moved from SQLite to PostgreSQL and back: all of it, compared, or nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import NOON
from homes import ROOT
from postgres import Cluster
from sqlalchemy import Boolean, Connection, Integer, Table, create_engine, func, insert, select
from states import ME, SLUG

from torgsync.errors import Busy, Exit, StateUnusable, TorgsyncError, UsageError
from torgsync.i18n import verbatim
from torgsync.state.maintenance import move
from torgsync.state.maintenance.check import check_state
from torgsync.state.maintenance.move import Moved, move_state, require_target
from torgsync.state.runs.leases import Lease
from torgsync.state.schema.base import metadata
from torgsync.state.schema.upgrade import MIGRATIONS
from torgsync.state.server import close_all
from torgsync.state.store import open_store

ROWS = 3
MANY = 300_000


def value(column: Any, number: int) -> object:  # noqa: ANN401  # a column
    """Return a value of a column, with what databases may write in different ways."""
    kind = column.type
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer):
        return -(2**62) + number if kind.__class__.__name__ == "BigInteger" else number * 7
    if kind.python_type is not str:
        return {"Instant": NOON}.get(kind.__class__.__name__, "12.50")
    texts = ("Шуруп '4×16' \U0001f529", "a\tb\\N\n\x1f;%s\x7f", '{"a": [null]}')
    return f"{number}{texts[number % 3]}"[: getattr(kind, "length", None)]


def fill(connection: Connection, table: Table) -> None:
    for number in range(1, ROWS + 1):
        row = {column.name: value(column, number) for column in table.c}
        row |= {"object": SLUG} if "object" in table.c and len(table.primary_key) == 1 else {}
        connection.execute(insert(table).values({**row, **(_key(table, number))}))


def _key(table: Table, number: int) -> dict[str, object]:
    """Return a key that no other row has."""
    first, *_ = table.primary_key
    if len(table.primary_key) == 1 and first.name == "object":
        return {"object": f"{SLUG}-{number}"}
    return {}


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def filled(tmp_path: Path) -> str:
    """A state on SQLite that has some rows in every table."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    open_store(url).close()
    with connect(url) as connection:
        for table in metadata.sorted_tables:
            fill(connection, table)
    return url


@pytest.fixture
def server(postgres: Cluster) -> Iterator[str]:
    """An empty database on a server."""
    yield postgres.create("moved")
    close_all()


def allow(_slug: str, _lease: Lease) -> None:
    """Take every lease for one that expired."""


def contents(url: str) -> dict[str, set[tuple[object, ...]]]:
    with connect(url) as connection:
        return {
            table.name: {tuple(row) for row in connection.execute(select(table))}
            for table in metadata.sorted_tables
            if table.name != "leases"
        }


def test_there_and_back(filled: str, server: str, tmp_path: Path) -> None:
    """Every row of every table arrives as it was, on a server and in a file again; no lease moves along."""
    before = contents(filled)
    moved = move_state(filled, server, allow)
    assert (moved.schema, set(moved.rows.values())) == (MIGRATIONS.newest, {ROWS})
    assert contents(server) == before
    assert contents(filled) == before
    back = f"sqlite:///{tmp_path / 'back.db'}"
    assert move_state(server, back, allow).rows == moved.rows
    assert (contents(back), contents(server)) == (before, before)
    assert (tmp_path / "back.db").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.db", "state.db"]
    for url in (server, back):
        assert check_state(url).whole
        with closing(open_store(url)) as store, store.transaction(SLUG) as work:
            assert work.leases.lease() is None


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_numbers_go_on(filled: str, target: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A new row gets a number above all that were copied."""
    url = f"sqlite:///{tmp_path / 'other.db'}" if target == "sqlite" else request.getfixturevalue("server")
    move_state(filled, url, allow)
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        for table in metadata.sorted_tables:
            keys = list(table.primary_key)
            if len(keys) == 1 and isinstance(keys[0].type, Integer):
                highest = work.connection.execute(select(func.max(keys[0]))).scalar_one()
                row = {column.name: value(column, 1) for column in table.c if column is not keys[0]}
                done = work.connection.execute(insert(table).values(row))
                assert done.inserted_primary_key is not None
                assert done.inserted_primary_key[0] == highest + 1, table.name
        assert work.journal.begin_run(ME, NOON) > ROWS


def test_a_state_that_a_run_holds(filled: str, server: str) -> None:
    """It is not moved, and nothing is left in the new place."""

    def refuse(slug: str, lease: Lease) -> None:
        raise Busy(verbatim(f"{slug} {lease.run}"))

    with pytest.raises(Busy):
        move_state(filled, server, refuse)
    assert tables(server) == 0


def tables(url: str) -> int:
    with connect(url) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        return int(connection.exec_driver_sql(query).scalar_one())


def begin_run(url: str) -> None:
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        work.journal.begin_run(ME, NOON)


def test_a_run_that_begins_meanwhile(filled: str, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits, so that what it does is not lost; both ways."""
    monkeypatch.setattr("torgsync.state.engine.PATIENCE", 1)
    copy, seen = move._copy, []

    def copy_under_a_run(read: Connection, write: Connection, table: Table) -> int:
        if table.name == "runs":
            source = read.engine.url.render_as_string(hide_password=False)
            with pytest.raises(TorgsyncError) as busy:
                begin_run(source)
            seen.append(busy.value.exit_code)
        return copy(read, write, table)

    monkeypatch.setattr(move, "_copy", copy_under_a_run)
    move_state(filled, server, allow)
    move_state(server, filled.replace("state.db", "back.db"), allow)
    assert seen == [Exit.TEMPORARY, Exit.TEMPORARY]


def test_a_place_that_is_not_empty(filled: str, postgres: Cluster, server: str, tmp_path: Path) -> None:
    """Neither rows of a state, tables of others, nor a file are replaced; empty tables do no harm."""
    postgres.execute("CREATE TABLE plans (number integer)", database="moved")
    with pytest.raises(UsageError, match="is not empty: it has `plans`"):
        move_state(filled, server, allow)
    postgres.execute("DROP TABLE plans", database="moved")
    open_store(server).close()
    assert move_state(filled, server, allow).rows["goods"] == ROWS
    with pytest.raises(UsageError, match="is not empty: it has"):
        move_state(filled, server, allow)
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match="a move never replaces a file"):
        move_state(server, f"sqlite:///{tmp_path / 'mine'}", allow)
    with pytest.raises(StateUnusable, match="does not exist"):
        move_state(server, f"sqlite:///{tmp_path / 'nowhere' / 'state.db'}", allow)
    assert (tmp_path / "mine").read_text() == "mine"


def test_rows_that_arrive_otherwise(filled: str, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found by the checksum, and nothing stays in the new place."""
    pages = move._pages

    def spoiled(connection: Connection, table: Table) -> Iterator[list[tuple[object, ...]]]:
        for page in pages(connection, table):
            arrives = connection.dialect.name == "postgresql" and table.name == "photos"
            yield [(*page[0][:-1], "other"), *page[1:]] if arrives else page

    monkeypatch.setattr(move, "_pages", spoiled)
    with pytest.raises(TorgsyncError, match="did not arrive as it was sent"):
        move_state(filled, server, allow)
    assert tables(server) == 0


def test_no_state_and_a_newer_one(tmp_path: Path, filled: str, server: str) -> None:
    """Neither is moved."""
    with pytest.raises(UsageError, match="there is no state yet"):
        move_state(f"sqlite:///{tmp_path / 'nowhere.db'}", server, allow)
    with connect(filled) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(TorgsyncError, match="newer torgsync"):
        move_state(filled, server, allow)
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("state.db", "not the address of a database"),
        ("https://example.com/x", "not there"),
        ("sqlite://", "not there"),
        ("mysql://server/x", "not there"),
        ("sqlite:///{folder}/state.db", "there already"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, target: str, words: str) -> None:
    """It is refused before anything is opened."""
    with pytest.raises(UsageError, match=words) as caught:
        require_target(f"sqlite:///{tmp_path / 'state.db'}", target.format(folder=tmp_path))
    assert caught.value.hint


def test_what_is_said_of_an_address(tmp_path: Path) -> None:
    """One with a password is not repeated; a file has its whole path."""
    old = f"sqlite:///{tmp_path / 'state.db'}"
    assert require_target(old, "postgresql://shop:secret@db/x") == Moved(
        str(tmp_path / "state.db"), "postgresql://shop:***@db/x", ""
    )
    assert require_target(old, "postgresql://db/x?password=secret").address == ""
    assert require_target(old, "postgresql://shop@db/x").address == "postgresql://shop@db/x"
    file = Path("moved.db").absolute()
    found = require_target(old, "sqlite:///moved.db")
    assert (found.target, found.address) == (str(file), f"sqlite:///{file.as_posix()}")


MOVE = """
import sys
from torgsync.state.maintenance import move
copy = move._copy
def slow(read, write, table):
    rows = copy(read, write, table)
    if table.name == "runs":
        print("half", flush=True)
        sys.stdin.read()
    return rows
move._copy = slow if sys.argv[3] == "stop" else copy
done = move.move_state(sys.argv[1], sys.argv[2], lambda slug, lease: None)
with open("/proc/self/status") as status:  # what `getrusage` gives begins with that of the parent
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(sum(done.rows.values()), peak)
"""


def start(source: str, target: str, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MOVE, source, target, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle(filled: str, server: str, tmp_path: Path, number: signal.Signals) -> None:
    """The new place is empty, the state as it was, and the same command does it then; both ways."""
    before, moved = contents(filled), f"sqlite:///{tmp_path / 'moved.db'}"
    for source, target in ((filled, server), (server, moved)):
        with start(source, target, "stop") as process:
            assert process.stdout
            assert process.stdout.readline() == "half\n"
            process.send_signal(number)
        assert process.returncode not in (0, None)
        if target == server:
            eventually_empty(server)
        else:
            assert not (tmp_path / "moved.db").exists()
        assert contents(source) == before
        move_state(source, target, allow)
    assert contents(moved) == before


def eventually_empty(url: str) -> None:
    """Wait until the server has noticed that its client is gone."""
    until = time.monotonic() + 20
    while tables(url) and time.monotonic() < until:
        time.sleep(0.1)
    assert tables(url) == 0


@pytest.mark.slow
def test_many_rows(tmp_path: Path, server: str) -> None:
    """They need no memory: it is as with few."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    open_store(url).close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as state, state:
        state.executemany(
            "INSERT INTO findings (object, good_id, code, line, name, value, args, file) "
            "VALUES ('my-prom', ?, 'x', 1, 'Шуруп', '', '{}', '')",
            ((str(number),) for number in range(MANY)),
        )
    peaks = []
    for source, target in ((url, server), (server, f"sqlite:///{tmp_path / 'back.db'}")):
        with start(source, target, "on") as process:
            out, _ = process.communicate()
        rows, peak = map(int, out.split())
        assert rows == MANY
        peaks.append(peak)
    assert max(peaks) < 200_000  # kB


def test_a_disk_that_takes_no_file(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no bug, and leaves nothing behind."""

    def full(*_paths: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(move, "put_new", full)
    before = set(tmp_path.iterdir())
    with pytest.raises(TorgsyncError, match="cannot be moved to"):
        move_state(filled, f"sqlite:///{tmp_path / 'moved.db'}", allow)
    assert set(tmp_path.iterdir()) == before
