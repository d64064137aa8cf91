"""`torgsync state` checks, copies and puts back; a damaged state stops every command in one line."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from faulty import FaultyServer, Gate
from homes import Home
from oddities import BROKEN
from postgres import Cluster
from typer.main import get_command

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.errors import Exit
from torgsync.sandbox.faults import Forward, HookAnswer, HookedCall
from torgsync.state import engine
from torgsync.state.schema.upgrade import MIGRATIONS

NOT_ASKED = {"sandbox", "demo", "state check", "state restore", "state move", "object remove"}
"""Commands that serve, that have a home of their own, are for a damaged state, or take the object away."""


def overwritten(path: Path) -> None:
    """Write over all pages of a state but the first."""
    with closing(sqlite3.connect(path)) as state:
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def test_a_whole_state_is_checked(filled: Home) -> None:
    """The table is short and says so; the document has counts; objects that are gone are named."""
    ran = filled.run("state", "check")
    assert (ran.code, ran.lines[-1]) == (0, "ok: the database is not damaged, and its schema is complete")
    document = filled.run("state", "check", "--format", "json").json
    assert (document["schema"], document["state_schema"], document["exit"]) == (1, MIGRATIONS.newest, 0)
    assert (document["rows"]["goods"], document["unknown"], document["faults"]) == (40, [], [])
    assert filled.run("state", "check", "--format", "csv").out.startswith("table,rows\nabsent_orders,0\n")
    filled.object.unlink()
    ran = filled.run("state", "check")
    assert (ran.code, "! " in ran.out) == (0, False)
    assert "  my-prom: " in ran.out
    assert "it is called by its path, or its file was deleted" in ran.out


def test_old_runs_are_removed_by_a_check(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what was removed and given back; where another process writes, why nothing was."""
    assert filled.sync().code == 0
    monkeypatch.setattr(engine, "PATIENCE", 0)
    with closing(sqlite3.connect(filled.folder / "state.db", isolation_level=None)) as state:
        state.execute("UPDATE runs SET finished = '2025-03-02T07:00:00.000000+00:00'")
        state.execute("CREATE TABLE ballast (text TEXT)")
        state.executemany("INSERT INTO ballast VALUES (hex(zeroblob(50000)))", 40 * [()])
        state.execute("DROP TABLE ballast")
        state.execute("BEGIN IMMEDIATE")
        ran = filled.run("state", "check")
        assert (ran.code, "! old runs were left as they are: the state" in ran.out) == (0, True)
        blocked = filled.run("state", "check", "--format", "json").json
        assert (blocked["removed"], blocked["not_removed"]["exit"], blocked["exit"]) == ([], 5, 0)
        state.execute("ROLLBACK")
    ran = filled.run("state", "check")
    assert (ran.code, ran.lines[-3:]) == (
        0,
        [
            "my-prom: only totals are kept of 1 old run; removed: 39 changes, 6 requests",
            "4.0 MB were released to the file system",
            "ok: the database is not damaged, and its schema is complete",
        ],
    )
    document = filled.run("state", "check", "--format", "json").json
    assert (document["removed"], document["space"]["given_back"], document["space"]["kept"]) == ([], 0, None)
    assert filled.run("history", "1").code == 0


def test_there_and_back(mapped: Home) -> None:
    """A day is undone by the backup from before; the next run brings all in step again."""
    backup = mapped.run("state", "backup")
    path = Path(backup.out.strip())
    assert path.parent == mapped.folder
    mapped.sandbox.place_order([("26901", 2)])
    mapped.next_day()
    assert mapped.sync().code == 0
    refused = mapped.run("state", "restore", str(path))
    assert (refused.code, mapped.run("history").lines[-1]) == (64, mapped.run("history").lines[-1])
    ran = mapped.run("state", "restore", str(path), "--yes", "--format", "json")
    replaced = ran.json["restored"]["replaced"]
    assert mapped.run("state", "check").code == 0
    again = mapped.sync()
    assert (again.code, again.json["orders"]["new"]) == (0, 1)
    assert mapped.sync().json["changes"] == []
    mapped.next_day()
    later = datetime.now(UTC) + timedelta(seconds=2)  # a copy is named by its second
    assert mapped.run("state", "restore", replaced, "--yes", now=later).code == 0
    assert mapped.sync().json["orders"]["new"] == 0
    assert mapped.run("clients", "forget", "+380501234567", "--yes").code == 0


def test_a_person_is_asked(filled: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A "no" changes nothing and ends with exit code 1."""
    assert filled.run("state", "backup", str(tmp_path)).code == 0
    (backup,) = tmp_path.glob("state.db.backup-*.bak")
    before = (filled.folder / "state.db").read_bytes()
    monkeypatch.setattr(Program, "asks", True)
    ran = filled.run("state", "restore", str(backup), stdin="n\n")
    assert (ran.code, ran.err.endswith("nothing was changed\n")) == (1, True)
    assert (filled.folder / "state.db").read_bytes() == before
    ran = filled.run("state", "restore", str(backup), stdin="y\n")
    assert (ran.code, "is kept; go back to it with: torgsync state restore" in ran.err) == (0, True)


def test_a_run_keeps_its_state(filled: Home, tmp_path: Path) -> None:
    """While a process holds an object, a backup is made and none is put back; a dead holder holds nothing."""
    with closing(sqlite3.connect(filled.folder / "state.db")) as state, state:
        holder = (socket.gethostname(), os.getppid())
        state.execute(
            "INSERT INTO leases (object, run, user, host, pid, expires) "
            "VALUES ('my-prom', 1, 'olena', ?, ?, '9999-01-01T00:00:00+00:00')",
            holder,
        )
    backup = tmp_path / "copy"
    assert filled.run("state", "backup", str(backup)).code == 0
    ran = filled.run("state", "restore", str(backup), "--yes")
    assert (ran.code, ran.err.splitlines()[0]) == (
        10,
        f"error: another run is working with `my-prom`: olena on {holder[0]}, process {holder[1]}",
    )
    filled.orphan_leases()
    assert filled.run("state", "restore", str(backup), "--yes").code == 0


def test_a_damaged_state_is_put_right(filled: Home) -> None:
    """The check says what is wrong; its hint, pasted, mends it."""
    assert filled.run("state", "backup").code == 0
    overwritten(filled.folder / "state.db")
    ran = filled.run("state", "check")
    assert ran.code == 1
    assert "is damaged" in ran.out
    document = filled.run("state", "check", "--format", "json").json
    assert (document["whole"], document["exit"]) == (False, 1)
    (hint,) = [line for line in ran.err.splitlines() if "torgsync state restore" in line]
    path = hint.split("torgsync state restore ")[1].strip()
    assert filled.run("state", "restore", path, "--yes").code == 0
    assert filled.run("state", "check").code == 0
    with closing(sqlite3.connect(filled.folder / "state.db")) as state, state:
        state.execute("ALTER TABLE goods RENAME TO other")
    ran = filled.run("state", "check")
    assert (ran.code, ran.lines[-1]) == (1, "✗ the table `goods` is missing")
    assert "torgsync state restore" in ran.err
    with closing(sqlite3.connect(filled.folder / "state.db")) as state, state:
        state.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "pip install --upgrade torgsync" in filled.run("state", "check").err


def leaves(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Yield every command of the program with its words."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from leaves(inner, (*words, name))
    else:
        yield words, command


def calls() -> Iterator[tuple[str, list[str]]]:
    """Yield a call of every command that needs a state, with its words."""
    for words, command in leaves(get_command(app)):
        if words[0] in NOT_ASKED or " ".join(words) in NOT_ASKED:
            continue
        given = list(words)
        for parameter in command.params:
            if "--yes" in parameter.opts:
                given.append("--yes")
            elif parameter.required:
                given += [*parameter.opts[:1], "1"] if parameter.opts[0].startswith("-") else ["1"]
        yield " ".join(words), given


NEED_IT = {
    "update", "sync", "why", "history", "rollback", "orders fetch", "orders list", "clients list",
    "payments fetch", "object adopt", "state backup", "schedule list",
}  # fmt: skip
"""Some of the commands that do nothing without the state."""


@pytest.mark.parametrize("where", ["damaged", "away"])
def test_every_command_reports_a_state_without_use(
    filled: Home, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None ends with a traceback or sends anything; those that need the state all name the same way on."""
    if where == "damaged":
        overwritten(filled.folder / "state.db")
        said, code = "is damaged", Exit.ERROR
    else:
        monkeypatch.setenv("TORGSYNC_STATE", "postgresql://torgsync@127.0.0.1:1/torgsync")
        said, code = "cannot be reached now", Exit.TEMPORARY
    saying = set()
    for name, given in calls():
        ran = filled.run(*given)
        assert ran.code in set(Exit), given
        if name == "doctor":
            filled.sandbox.log.clear()  # it tries the right to write with an edit of nothing
        if said in ran.err + ran.out:
            saying.add(name)
            assert ran.code == code, given
    assert filled.writes() == []
    assert saying >= NEED_IT


# On PostgreSQL


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, mapped: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose state is on SQLite or PostgreSQL, with the shop taken over."""
    if request.param == "postgresql":
        postgres: Cluster = request.getfixturevalue("postgres")
        monkeypatch.setenv("TORGSYNC_STATE", postgres.empty("state"))
        assert mapped.run("object", "adopt", "--yes").code == 0
        assert mapped.sync().code in {Exit.DONE, Exit.HELD}
    return mapped


TEXTS = {
    "client_notes",
    "client_first_name",
    "client_last_name",
    "delivery_address",
    "description",
    "comment",
}
"""Keys of answers whose texts people typed."""


def broken(value: Any, key: str = "") -> Any:  # noqa: ANN401  # JSON may be anything
    """Return a part of an answer with odd characters in all texts that people typed."""
    if isinstance(value, dict):
        return {name: broken(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [broken(inner, key) for inner in value]
    return value + "".join(BROKEN) if isinstance(value, str) and key in TEXTS else value


def break_texts(call: HookedCall, forward: Forward) -> HookAnswer:
    """Break the texts of an answer."""
    answer = forward(call.body)
    if not answer.body.startswith(b"{"):
        return answer
    return replace(answer, body=json.dumps(broken(json.loads(answer.body))).encode())


def test_odd_texts_in_every_cell_and_answer(either: Home) -> None:
    """Controls, and in answers halves of letters and NUL, stop no run; a second one finds nothing to do."""

    def spoil(text: str) -> str:
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
        for place, name in enumerate(header):
            if name in {"GoodName", "Description", "Color", "Country", "FashionName"} and rows[0][place]:
                rows[0][place] += " b\x1b[31m\x7f\x9b\u202e"
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([header, *rows])
        return file.getvalue()

    either.edit_export(spoil)
    either.sandbox.place_order([("26926", 1)], client_notes="дякую")
    either.sandbox.faults.add_hook("ANY *", break_texts)
    assert either.sync().code in {Exit.DONE, Exit.HELD}
    again = either.sync()
    assert again.code in {Exit.DONE, Exit.HELD}
    assert [change for change in again.json["changes"] if not change["held"]] == []
    for words in ("orders list", "clients list", "history", "why 26901", "state check"):
        assert either.run(*words.split()).code == 0


# A terminal that is closed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no hangup")
def test_a_terminal_that_is_closed(hard_filled: Home, faulty: FaultyServer) -> None:
    """The request in flight is finished and recorded, as for Ctrl-C; the next run goes on."""
    import fcntl
    import pty
    import termios

    hard_filled.next_day()
    gate = Gate(after=True)
    faulty.misbehave("POST /products/edit_by_external_id", gate, times=1)
    person, terminal = pty.openpty()

    def own_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [sys.executable, "-m", "torgsync", "sync", "--yes"],
        stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        preexec_fn=own_terminal,  # noqa: PLW1509  # one system call
        env=hard_filled.environment(),
    )  # fmt: skip
    os.close(terminal)
    try:
        assert gate.reached.wait(60)
        os.close(person)
        process.send_signal(signal.SIGHUP)  # a shell sends one, too
        gate.opened.set()
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.wait()
    assert hard_filled.run("history", "--format", "json").json["runs"][0]["exit"] == 130
    assert hard_filled.sync().code == 0
