"""Copies of a state on PostgreSQL: under writers, between owners, with programs that are missing or old."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from builders import NOON
from postgres import Cluster
from sqlalchemy import func, select
from states import ME, SLUG, rows

from torgsync.errors import StateUnusable, TorgsyncError, UsageError
from torgsync.state.maintenance import dumps
from torgsync.state.maintenance.backup import back_up_state
from torgsync.state.maintenance.check import check_state
from torgsync.state.maintenance.restore import restore_state
from torgsync.state.runs.leases import Lease
from torgsync.state.schema.run_tables import imports, runs
from torgsync.state.store import open_store

SECRET = "vyhadanyi-parol"  # of no real server


@pytest.fixture
def url(postgres: Cluster) -> str:
    """A state of the test's own with three goods."""
    postgres.empty("state")
    address = postgres.create("own", "state")
    with closing(open_store(address)) as store, store.transaction(SLUG) as work:
        work.rows.remember_rows(rows("1", "2", "3"))
    return address


def allow(_slug: str, _lease: Lease) -> None:
    """Take every lease for one that expired."""


def counts(url: str) -> tuple[int, int, int]:
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        found = [
            work.connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in (runs, imports)
        ]
        return (len(work.rows.row_hashes()), *found)  # type: ignore[return-value]  # two of them


def test_a_copy_under_writers(url: str, tmp_path: Path) -> None:
    """It is one moment of the state: of a transaction it has all or nothing, and the file is its owner's."""
    end, wrote = threading.Event(), []

    def write() -> None:
        with closing(open_store(url)) as store:
            while not end.is_set():
                with store.transaction(SLUG) as work:
                    work.journal.begin_import(work.journal.begin_run(ME, NOON), 1, NOON)
                wrote.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up_state(url, tmp_path / f"copy{number}").path for number in range(3)]
    finally:
        end.set()
        writer.join()
    assert len(wrote) > 3
    for copy in copies:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        restore_state(url, copy, copy.name, tmp_path, allow)
        goods, begun, sent = counts(url)
        assert (goods, begun) == (3, sent)
    assert check_state(url).whole
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_copy_for_another_owner(url: str, postgres: Cluster, tmp_path: Path) -> None:
    """Tables of one user become those of the user who puts them back."""
    copy = back_up_state(url, tmp_path / "copy").path
    postgres.create("theirs")
    postgres.execute("DROP ROLE IF EXISTS olena", "CREATE ROLE olena LOGIN")
    postgres.execute("ALTER DATABASE theirs OWNER TO olena")
    postgres.execute("ALTER SCHEMA public OWNER TO olena", database="theirs")
    theirs = postgres.url("theirs").replace("postgres@", "olena@")
    restored = restore_state(theirs, copy, "now", tmp_path, allow)
    assert (restored.replaced, counts(theirs)) == (None, (3, 0, 0))
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.execute(owners, database="theirs") == [("olena",)]
    again = back_up_state(theirs, tmp_path / "again").path
    assert restore_state(theirs, again, "then", tmp_path, allow).replaced is not None
    postgres.create("theirs")


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_programs_that_are_missing_or_old(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said, nothing is left of the copy, and the state is as it was."""
    copy = back_up_state(url, tmp_path / "copy").path
    folder = tmp_path / "programs"
    folder.mkdir()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(folder))
        with pytest.raises(StateUnusable, match="`pg_dump` is not installed") as missing:
            back_up_state(url, tmp_path / "other")
        assert "postgresql-client" in (missing.value.hint or "")
        old = "echo 'pg_dump: error: aborting because of server version mismatch' >&2; exit 1"
        program(folder, "pg_dump", old)
        with pytest.raises(StateUnusable, match="is older than the server") as outdated:
            back_up_state(url, tmp_path / "other")
        assert "in the version of the server" in (outdated.value.hint or "")
        old = "echo 'pg_restore: error: unsupported version (1.99) in file header' >&2; exit 1"
        program(folder, "pg_restore", old)
        with pytest.raises(UsageError, match="unsupported version") as unread:
            restore_state(url, copy, "now", tmp_path, allow)
        assert "in the version of the server" in (unread.value.hint or "")
    assert not (tmp_path / "other").exists()
    assert counts(url) == (3, 0, 0)
    with pytest.raises(TorgsyncError, match="the backup cannot replace it"):
        dumps.load(url, copy, ["runs"], tmp_path / "nowhere")
    assert counts(url) == (3, 0, 0)


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize("given", [f":{SECRET}@127", f"@127|?password={SECRET}"])
def test_a_password_is_on_no_command_line(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """Other users see command lines; the programs get it in their environment."""
    before, _, after = given.partition("|")
    said = tmp_path / "said"
    program(tmp_path, "pg_dump", f'echo "$@" > "{said}"; echo "$PGPASSWORD" >> "{said}"; exit 1')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(StateUnusable, match="exit code 1"):
        back_up_state(url.replace("@127", before) + after, tmp_path / "copy")
    words, secret = said.read_text().splitlines()
    assert (SECRET in words, secret, "--dbname=postgresql://postgres@127" in words) == (False, SECRET, True)
