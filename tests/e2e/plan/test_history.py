"""`history`: what was done, when, by whom, and what came of it."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import schemas
from faulty import Answer, FaultyServer
from homes import Home, stopped
from reports import read_page
from schemas import valid
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.core.clock import shop_time
from torgsync.files.config.settings import who


def rewrite(home: Home, statement: str, *values: object) -> None:
    """Change the history in the state."""
    with closing(sqlite3.connect(home.folder / "state.db")) as state:
        state.execute(statement, values)
        state.commit()


def test_before_the_first_run(home: Home) -> None:
    """The list is empty, and says so."""
    ran = home.run("history")
    assert (ran.code, ran.out, ran.err) == (0, "", "`My Prom` was not synchronized yet\n")
    assert home.run("history", "--format", "json").json == {"schema": 1, "object": "My Prom", "runs": []}
    assert home.run("history", "--format", "csv").out == ""


def test_runs_are_listed_newest_first(filled: Home) -> None:
    """Number, start in the shop's zone, duration, who, exit code, outcomes, requests, imports, overrides."""
    rewrite(
        filled,
        "UPDATE runs SET started = '2026-03-02T07:00:00.000000+00:00', "
        "finished = '2026-03-02T08:02:03.500000+00:00', user = 'olena', host = 'office-pc'",
    )
    filled.next_day()
    filled.edit_row("26931", ";74,5;0;74,5;", ";7450;0;7450;")
    assert filled.sync("--allow", "price=26931").code == 0
    ran = filled.run("history")
    user, host, _ = who()
    assert ran.code == 0
    text = "\n".join(ran.lines)
    assert ran.lines[2].startswith("  2   ")
    assert ran.lines.index(next(line for line in ran.lines if line.startswith("  1 "))) > 2
    assert re.search(r"^  1   2026-03-02 09:00   1 h 02 min   olena +0   39 done$", text, re.MULTILINE)
    assert "office-pc" in text
    assert "13 done" in text
    assert f"`--allow price=26931`, by {user}" in " ".join(text.split())
    document = filled.run("history", "--format", "json").json
    valid(document, schemas.HISTORY)
    newest, oldest = document["runs"]
    assert (newest["run"], newest["state"], newest["exit"]) == (2, "finished", 0)
    assert (newest["user"], newest["host"], newest["imports"]) == (user, host, 1)
    assert newest["counts"] == {"done": 13, "refused": 0, "unclear": 0, "deferred": 0, "held": 0, "open": 0}
    assert [opened["allowed"] for opened in newest["overrides"]] == ["price=26931"]
    assert (oldest["started"], oldest["seconds"]) == ("2026-03-02T07:00:00+00:00", 3723.5)
    rows = list(csv.DictReader(io.StringIO(filled.run("history", "--format", "csv").out)))
    assert [(row["run"], row["done"], row["overrides"]) for row in rows] == [
        ("2", "13", "price=26931"),
        ("1", "39", ""),
    ]


def test_one_run_shows_all_that_it_did(filled: Home) -> None:
    """Its changes with outcomes, its requests with answers, and the allowed violations."""
    filled.next_day()
    filled.edit_row("26931", ";74,5;0;74,5;", ";7450;0;7450;")
    filled.sync("--allow", "price=26931")
    ran = filled.run("history", "2")
    text = "\n".join(ran.lines)
    assert ran.lines[0].startswith("My Prom: run 2, ")
    assert "exit code 0" in ran.lines[1]
    assert "the guard `price` had found: 68.00 -> 7450.00" in text
    assert (
        "  price  129.00 -> 99.00 (-23 %)\n                      done" not in text
    )  # the indent is the table's
    assert "price  129.00 -> 99.00 (-23 %)" in text
    assert "  done" in text
    assert "POST /products/edit_by_external_id" in text
    whole = filled.run("history", "2", "--show", "all")
    assert "-> М’яка іграшка Лисичка" in whole.out
    document = filled.run("history", "2", "--format", "json").json
    valid(document, schemas.HISTORY_RUN)
    price = next(change for change in document["changes"] if change["good_id"] == "26926")
    assert price["fields"] == {"price": {"old": "129.00", "new": "99.00"}}
    assert (price["state"], price["message"]) == ("done", "")
    edit = next(one for one in document["requests"] if one["path"] == "/products/edit_by_external_id")
    assert (edit["method"], edit["status"], edit["outcome"]) == ("POST", 200, "done")
    rows = list(csv.DictReader(io.StringIO(filled.run("history", "2", "--format", "csv").out)))
    assert ("26926", "price", "129.00", "99.00", "done") in [
        (row["good_id"], row["field"], row["old"], row["new"], row["state"]) for row in rows
    ]


def test_many_changes_are_folded(filled: Home) -> None:
    """Long lists are folded as in the table of pending changes; `--show all` lists each."""
    ran = filled.run("history", "1")
    assert "15 items of Взуття" in ran.out
    assert "`--show all` lists every change" in ran.lines
    assert "26931" in filled.run("history", "1", "--show", "all").out


def test_what_prom_refused_is_shown_with_its_answer(hard_filled: Home, faulty: FaultyServer) -> None:
    """A refused change has Prom's reason, a held one its guard."""
    hard_filled.next_day()
    hard_filled.edit_row("26935", ";341,7;0;341,7;", ";34170;0;34170;")
    no = Answer(400, '{"error": "ціна не та"}'.encode(), (("Content-Type", "application/json"),))
    faulty.misbehave("POST /products/edit_by_external_id", lambda _asked, _forward: no)
    assert hard_filled.sync("--fields", "price").code == 6
    ran = hard_filled.run("history", "2")
    assert "held by the guard `price`" in ran.out
    assert "refused: Prom.ua refused" in ran.out
    assert "! refused: update 26910 Туфлі жіночі бежеві 311 Калина 37 (4 more like it): " in ran.out
    assert "ціна не та" in ran.out
    counts = hard_filled.run("history", "--format", "json").json["runs"][0]["counts"]
    assert (counts["held"], counts["refused"]) == (1, 5)


def test_many_requests_are_counted(filled: Home) -> None:
    """More than fit a screen are counted by endpoint and answer; `--show all` lists each."""
    insert = "INSERT INTO requests (run, sent_at, method, path, items, digest, outcome) VALUES "
    row = "(1, '2026-03-02T07:00:00.000000+00:00', 'GET', '/products/by_external_id/17', 0, '', '')"
    rewrite(filled, insert + ", ".join([row] * 25))
    ran = filled.run("history", "1")
    assert "      25   GET products/by_external_id        –   no answer" in ran.lines
    assert ran.lines[-1] == "`--show all` lists every request"
    assert filled.run("history", "1", "--show", "all").out.count("GET /products/by_external_id/17") == 25


def test_a_running_and_a_killed_run(filled: Home) -> None:
    """A run that holds the lease is running; one without lease and end was killed."""
    user, host, pid = who()
    rewrite(filled, "UPDATE runs SET finished = NULL, exit = NULL")
    assert "interrupted" in filled.run("history").out
    assert "it was interrupted; the next run finishes checking" in filled.run("history", "1").out
    rewrite(
        filled,
        "INSERT INTO leases (object, run, user, host, pid, expires) "
        "VALUES ('my-prom', 1, ?, ?, ?, '2999-01-01T00:00:00.000000+00:00')",
        user,
        host,
        pid,
    )
    assert "running" in filled.run("history").out
    assert f"it is still running, process {pid}" in filled.run("history", "1").out
    (run,) = filled.run("history", "--format", "json").json["runs"]
    assert (run["state"], run["finished"], run["seconds"], run["exit"]) == ("running", None, None, None)
    rewrite(filled, "DELETE FROM leases")
    filled.run("sync", "--yes", now=datetime.now(UTC) + timedelta(hours=9))
    _, run = filled.run("history", "--format", "json").json["runs"]
    assert (run["state"], run["exit"], run["seconds"] < 3600) == ("died", None, True)
    assert "it was interrupted after " in filled.run("history", "1").out  # with its last request


def test_a_refused_import_is_not_counted(filled: Home) -> None:
    """It does not count against the day's imports; where Prom has its own count, a later run tries again."""
    filled.edit_row("26931", '"Шуруп', '"Новий шуруп')
    filled.misbehave("import-refused")
    ran = filled.sync()
    assert (ran.code, "later runs try again by themselves" in ran.out + ran.err) == (5, True)
    refused, first = filled.run("history", "--format", "json").json["runs"]
    assert (refused["imports"], first["imports"]) == (0, 1)


def test_a_run_that_was_stopped_has_open_changes(home: Home) -> None:
    """Changes that were not reached or have no outcome yet are shown."""
    program = Program(home.folder, home.server.url, sleep=stopped)
    assert CliRunner().invoke(app, ["sync", "--yes"], obj=program).exit_code == 130
    rewrite(home, "UPDATE changes SET outcome = NULL WHERE seq = 1")
    (run,) = home.run("history", "--format", "json").json["runs"]
    assert (run["exit"], run["counts"]["open"], run["counts"]["deferred"]) == (130, 1, 38)
    whole = home.run("history", "1", "--show", "all")
    assert "the outcome is unknown" in whole.out
    assert whole.out.count("! left for later: create") == 38


def test_older_runs_are_counted(filled: Home) -> None:
    """The table shows the latest; JSON and `--show all` hold every one."""
    insert = "INSERT INTO runs (object, started, finished, user, host, pid, exit) VALUES "
    row = (
        "('my-prom', '2026-03-02T07:00:00.000000+00:00', '2026-03-02T07:01:05.000000+00:00', 'o', 'h', 1, 0)"
    )
    rewrite(filled, insert + ", ".join([row] * 30))
    ran = filled.run("history")
    assert ran.lines[-1] == "… and 11 older runs; `--show all` lists them"
    assert "1 min 05 s" in ran.out
    assert "orders or clients, on this" in ran.out  # they made no plan and asked nothing
    runs = filled.run("history", "--format", "json").json["runs"]
    assert [run["run"] for run in runs] == list(range(31, 0, -1))
    assert "older run" not in filled.run("history", "--show", "all").out
    bare = filled.run("history", "31")
    assert bare.lines[-1] == "0 requests"
    assert filled.run("history", "31", "--format", "csv").out == ""
    assert filled.run("history", "31", "--format", "json").json["changes"] == []


def test_fetched_orders_are_counted(filled: Home) -> None:
    """By every run that fetched some, with a plan or without; one that found none says so."""
    filled.sandbox.place_order([("26904", 1)])
    filled.sandbox.place_order([("26931", 2)])
    filled.run("orders", "fetch")
    filled.run("orders", "fetch")
    filled.sandbox.place_order([("26931", 1)])
    filled.run("sync", "--yes")
    filled.run("sync", "--yes")
    runs = filled.run("history", "--format", "json").json["runs"]
    assert [(past["run"], past["orders"]) for past in runs] == [(5, 0), (4, 1), (3, 0), (2, 2), (1, 0)]
    shown = filled.run("history").out
    assert (
        shown.count("orders fetched: 2 new, 0 changed"),
        shown.count("orders fetched: 1 new, 0 changed"),
    ) == (1, 1)
    assert (shown.count("no new orders"), shown.count("no changes")) == (1, 1)


@pytest.mark.parametrize(
    "command", ["orders done 99999", "orders export 99999", "sync --good 99999 --yes", "rollback 99 --yes"]
)
def test_a_mistake_of_the_call_is_no_run(filled: Home, command: str) -> None:
    """Nothing was done, so history stays as it is; the number is free."""
    assert filled.run(*command.split()).code == 64
    runs = filled.run("history", "--format", "json").json["runs"]
    assert [past["run"] for past in runs] == [1]


def test_an_unknown_run(filled: Home) -> None:
    """It is a usage error, as JSON with `--format json`."""
    for number in ("0", "x", "7"):
        ran = filled.run("history", number)
        assert (ran.code, ran.out) == (64, "")
    assert ran.err == ('error: `My Prom` has no run 7\n\nhint: see its runs: torgsync history -o "My Prom"\n')
    assert filled.run("history", "7", "--format", "json").json["error"]["kind"] == "usage"


def test_runs_of_two_objects(filled: Home, tmp_path: Path) -> None:
    """Numbers are counted over all objects, and each lists its own."""
    assert tmp_path
    filled.second_object("Second", "second.toml")
    assert filled.run("history", "1", "-o", "Second").code == 64
    assert filled.run("history", "-o", "Second", "--format", "json").json["runs"] == []


def test_an_old_run_keeps_its_totals(filled: Home) -> None:
    """The next run removes its changes and requests; what followed it is rolled back as before."""

    def rollback_of_the_second() -> tuple[list[Any], list[Any], dict[str, Any]]:
        out = str(filled.folder / "back.plan")
        document = filled.run("rollback", "2", "--out", out, "--format", "json").json
        return document["changes"], document["remains"], document["counts"]

    filled.next_day()
    filled.edit_row("26926", ";99;0;99;", ";12900;0;12900;")
    assert filled.sync("--allow", "price=26926").code == 0
    # The price from before was sent by the run whose changes go; no guard takes it for a mistake.
    back = rollback_of_the_second()
    assert back[2]["held"] == 0
    rewrite(
        filled,
        "UPDATE runs SET started = ?, finished = ? WHERE id = 1",
        *2 * ["2025-03-02T07:00:00.000000+00:00"],
    )
    second, before = filled.run("history", "--format", "json").json["runs"]
    assert filled.sync().code == 0
    document = filled.run("history", "--format", "json").json
    valid(document, schemas.HISTORY)
    assert document["runs"][1:] == [second, before | {"totals_only": True}]
    assert rollback_of_the_second() == back
    since = shop_time(datetime.fromisoformat(second["started"]))
    assert filled.run("history").lines[-1] == f"before {since} only totals are kept"
    ran = filled.run("history", "1")
    assert "only its totals are kept; `keep` in `[history]` sets how long changes are kept" in ran.lines
    assert "39 done" in ran.out
    assert "POST products/import_file" in ran.out
    document = filled.run("history", "1", "--format", "json").json
    valid(document, schemas.HISTORY_RUN)
    assert (document["changes"], document["requests"]) == ([], [])
    page = read_page(filled.run("--lang", "en", "history", "1", "--format", "html").out)
    assert "only its totals are kept" in page.text
    assert "POST products/import_file" in page.texts("code")
    filled.sandbox.log.clear()
    ran = filled.run("rollback", "1", "--yes")
    assert (ran.code, list(filled.sandbox.log)) == (64, [])
    assert f"run 1 cannot be rolled back: of runs before {since} only totals are kept" in ran.err
