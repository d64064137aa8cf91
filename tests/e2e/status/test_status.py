"""`torgsync status`: how every object stands, without a request and whatever is broken."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from homes import Home, Ran
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.cli.plan.schemas import STATUS
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import read_settings, who
from torgsync.jobs import status as job
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import running
from torgsync.state.store import open_store


def status(home: Home, *args: str, code: int = 0) -> list[dict[str, Any]]:
    """Return the objects of the JSON document, which is as its schema says."""
    ran = home.run("status", "--format", "json", *args)
    assert ran.code == code, ran.err
    Draft202012Validator(STATUS).validate(ran.json)
    objects: list[dict[str, Any]] = ran.json["objects"]
    return objects


def one(home: Home, *args: str) -> dict[str, Any]:
    (document,) = status(home, *args)
    return document


def table(ran: Ran) -> list[list[str]]:
    """Return the words of the rows below the rule, and the remarks after them."""
    lines = ran.lines
    rule = next(number for number, line in enumerate(lines) if line.startswith("─"))
    return [line.split() for line in lines[rule + 1 :] if line]


def test_a_home_that_did_nothing_yet(home: Home) -> None:
    """There is no state, and none is made; the line says what to do."""
    document = one(home)
    assert document["last_run"] is document["plan"] is document["last_success"] is document["error"] is None
    assert document["imports_left"] == 8
    assert document["orders"] == {"fetched": None, "waiting": 0, "in_outbox": 0, "unwritten": 0}
    assert document["export"]["path"] == str(home.export)
    assert document["next"]
    assert not (home.folder / "state.db").exists()
    ran = home.run("status")
    assert ran.lines[-1] == 'My Prom: it was not synchronized yet: torgsync sync -o "My Prom"'
    assert not home.sandbox.log.writes()


@pytest.mark.both_states
def test_after_a_run(filled: Home) -> None:
    """Last success, plan, orders and imports are those of the run; no request is sent."""
    before = len(filled.sandbox.log.records())
    document = one(filled)
    assert len(filled.sandbox.log.records()) == before
    assert document["last_run"]["exit"] == 0
    assert document["last_success"] == document["last_run"]["finished"]
    assert document["last_success_age"] >= 0
    assert document["plan"] | {"made": ""} == {"made": "", "run": 1, "pending": 0, "held": 0}
    assert document["orders"]["fetched"] == document["last_run"]["started"]
    assert document["imports_left"] == 7
    assert document["running"] is None


def test_what_a_look_found_is_pending_and_what_a_run_held_is_held(filled: Home) -> None:
    """The newest plan counts, of a look too; after the run only what it holds is left."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    filled.edit_export(lambda text: text.replace(";899;0;899;", ";89.9;0;89.9;"))
    assert filled.run("update").code == 0
    looked = one(filled)
    assert looked["plan"] | {"made": ""} == {"made": "", "run": None, "pending": 1, "held": 1}
    assert looked["last_run"]["run"] == 1
    assert filled.sync().code == 8
    ran = one(filled)
    assert ran["plan"] | {"made": ""} == {"made": "", "run": 2, "pending": 0, "held": 1}
    assert ran["last_run"]["exit"] == 8
    assert ran["last_success"] == ran["last_run"]["finished"]
    shown = filled.run("status")
    assert any("exit code 8: torgsync history 2" in line for line in shown.lines)


def test_a_failure_leaves_the_last_success(filled: Home) -> None:
    """An alert needs the age of the last success, and the reason of the failure since."""
    success = one(filled)["last_success"]
    (filled.shop / "token").write_text("wrong\n", "utf-8")
    assert filled.sync().code == 4
    document = one(filled)
    assert (document["last_success"], document["last_run"]["exit"]) == (success, 4)


def test_confirming_an_order_is_no_synchronisation(filled: Home) -> None:
    """A run that only stores something here hides no failure."""
    (filled.shop / "token").write_text("wrong\n", "utf-8")
    assert filled.sync().code == 4
    file = load_object(filled.object)
    settings = read_settings(filled.folder, filled.server.url)
    with closing(open_store(settings.state_url)) as store, running(JobContext(settings, file, store)) as run:
        run.exit_code = run.exit_code.__class__.DONE
    assert one(filled)["last_run"]["exit"] == 4


@pytest.mark.both_states
def test_while_a_run_goes_on(filled: Home) -> None:
    """A look does not wait for its transaction; the line says who works."""
    file = load_object(filled.object)
    settings = read_settings(filled.folder, filled.server.url)
    with closing(open_store(settings.state_url)) as store:
        context = JobContext(settings, file, store)
        with running(context), store.transaction(file.slug):
            document = one(filled)
            shown = filled.run("status")
    user, host, pid = who()
    assert document["running"] | {"since": ""} == {"user": user, "host": host, "pid": pid, "since": ""}
    assert document["late"] == 0
    assert f"My Prom: a run goes on: {user} on {host}, process {pid}" in shown.lines


def test_a_run_that_died(filled: Home) -> None:
    """Its lease counts no more, and its line names the way on."""
    with closing(sqlite3.connect(filled.folder / "state.db")) as state, state:
        state.execute("UPDATE runs SET finished = NULL, exit = NULL")
    assert one(filled)["last_run"]["exit"] is None
    assert any("was interrupted: torgsync sync" in line for line in filled.run("status").lines)


def test_broken_objects_keep_no_other_from_being_shown(filled: Home) -> None:
    """What the state knows of one with mistakes is shown too; the exit code says that something is unread."""
    filled.second_object("Друга", "second.toml").write_text('name = "Друга"\nzzz = 1\n', "utf-8")
    filled.second_object("Without export", "third.toml")
    filled.edit_object("[limits]", "[limits]\nzzz = 5")
    third = filled.shop / "third.toml"
    third.write_text(third.read_text("utf-8").replace("TSGoods.trs", "nothing.trs"), "utf-8")
    mine, second, other = status(filled, code=3)
    assert (mine["object"], second["object"], other["object"]) == ("My Prom", "Друга", "Without export")
    assert mine["error"]["kind"] == second["error"]["kind"] == "object-invalid"
    assert mine["last_run"]["exit"] == 0
    assert (mine["imports_left"], mine["next"], mine["export"], mine["late"]) == (None, None, None, None)
    assert other["error"] is None
    assert other["export"] | {"path": ""} == {"path": "", "written": None, "age": None}
    ran = filled.run("status")
    assert ran.code == 3
    assert "My Prom: torgsync object check my-prom" in ran.lines
    assert any("there is no export file" in line for line in ran.lines)


def test_a_share_that_hangs(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two exports in it are waited for once, and the rest is shown."""
    filled.second_object("Second", "second.toml")
    waited: list[float] = []

    def hangs(seconds: float, _work: object) -> None:
        waited.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(job, "within", hangs)
    first, second = status(filled)
    assert waited == [job.SECONDS]
    assert first["last_run"]["exit"] == 0
    assert first["export"]["written"] is second["export"]["written"] is None
    assert f"My Prom: the folder `{filled.shop}` of the export does not answer" in filled.run("status").lines


def test_a_damaged_state(filled: Home) -> None:
    """Nothing of it is known, and what the settings say is still shown."""
    (filled.folder / "state.db").write_bytes(b"no database at all " * 100)
    ran = filled.run("status", "--format", "json")
    assert ran.code == 1
    (document,) = ran.json["objects"]
    Draft202012Validator(STATUS).validate(ran.json)
    assert document["error"]["kind"] == "state-unusable"
    assert document["orders"] is document["imports_left"] is None
    assert document["export"]["written"]


def test_an_older_state_is_brought_up_to_date(filled: Home) -> None:
    """As by every command; it says so."""
    with closing(sqlite3.connect(filled.folder / "state.db")) as state, state:
        for table in ("fleet_objects", "fleet_sightings", "fleet_allowances"):
            state.execute(f"DROP TABLE {table}")
        for index in ("runs_object", "runs_started"):
            state.execute(f"DROP INDEX {index}")
        state.execute("ALTER TABLE leases DROP COLUMN machine")
        state.execute("ALTER TABLE plans DROP COLUMN part_of")
        state.execute("ALTER TABLE plans DROP COLUMN left_out")
        state.execute("ALTER TABLE plans DROP COLUMN undoes")
        state.execute("UPDATE alembic_version SET version_num = '0017'")
    ran = filled.run("status", "--format", "json")
    assert ran.json["objects"][0]["last_run"]["exit"] == 0
    assert "is updated from schema 0017" in ran.err


def test_a_time_that_is_due_is_late(filled: Home) -> None:
    """Since the first time of its hours; only one of this user: others may run elsewhere."""
    now = datetime(2026, 12, 1, 8, 10, tzinfo=UTC)

    def late() -> tuple[int, str]:
        ran = filled.run("status", "--format", "json", now=now)
        (document,) = ran.json["objects"]
        return document["late"], document["next"]

    assert late() == (0, "2026-12-01T08:30:00+00:00")
    filled.edit_object("OFFICE-PC\\\\olena", who()[0])
    os.utime(filled.object, (0, 0))
    assert late() == (130 * 60, "2026-12-01T08:30:00+00:00")
    assert filled.run("status", now=now).lines[3].split()[-1] == "now"


def test_nothing_ran_for_twice_the_interval(filled: Home) -> None:
    """It is said since when, with the way on; the exit code stays that of a look."""
    filled.edit_object("OFFICE-PC\\\\olena", who()[0])
    soon, later = (datetime.now(UTC) + timedelta(**gap) for gap in ({"minutes": 5}, {"days": 3}))
    assert one_at(filled, soon)["missed_since"] is None
    began = filled.run("history", "1", "--format", "json").json["run"]["started"]
    since = datetime.fromisoformat(one_at(filled, later)["missed_since"])
    assert timedelta() <= since - datetime.fromisoformat(began) < timedelta(minutes=5)
    shown = filled.run("status", now=later)
    said = " ".join(shown.out.split())
    assert (shown.code, "although synchronization times were due: torgsync schedule list" in said) == (
        0,
        True,
    )


def one_at(home: Home, now: datetime) -> dict[str, Any]:
    """Return the document of the only object at a time."""
    (document,) = home.run("status", "--format", "json", now=now).json["objects"]
    return dict(document)


def test_a_time_of_which_no_run_came(filled: Home) -> None:
    """Its exit code is kept with the time alone."""
    filled.edit_object("OFFICE-PC\\\\olena", who()[0])
    (filled.shop / "token").unlink()
    now = datetime.now(UTC) + timedelta(days=1)
    at = now.replace(hour=10, minute=5)
    assert filled.run("sync", "--due", now=at).code not in (0, 8)
    last = json.loads(filled.run("status", "--format", "json", now=at).out)["objects"][0]["last_run"]
    assert last["exit"] not in (0, 8, None)
    shown = filled.run("status", now=at)
    assert any("exit code" in line for line in shown.lines)


def test_csv_has_a_row_for_each_object(filled: Home) -> None:
    """With the keys of the document as columns."""
    filled.second_object("Second", "second.toml")
    ran = filled.run("status", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["object"] for row in rows] == ["My Prom", "Second"]
    assert (rows[0]["last_run_exit"], rows[1]["last_run_exit"], rows[0]["imports_left"]) == ("0", "", "7")


def test_the_schema_is_printed(home: Home) -> None:
    assert home.run("status", "--schema").json == STATUS


def test_prometheus_reads_the_same(filled: Home) -> None:
    """Also of an object that is broken."""
    filled.second_object("Друга", "second.toml").write_text('name = "Друга"\nzzz = 1\n', "utf-8")
    ran = filled.run("status", "--format", "prometheus")
    assert ran.code == 3
    found = {
        (sample.name, sample.labels["object"]): sample.value
        for family in text_string_to_metric_families(ran.out)
        for sample in family.samples
    }
    assert found["torgsync_readable", "my-prom"] == 1
    assert found["torgsync_readable", "друга"] == 0
    assert found["torgsync_last_run_exit_code", "my-prom"] == 0
    assert found["torgsync_imports_left", "my-prom"] == 7


def test_the_table_fits_80_columns_in_both_languages(filled: Home) -> None:
    """Also with a long name."""
    filled.second_object("Магазин іграшок та взуття пані Олени Прекрасної", "second.toml")
    for language in ("en", "uk"):
        program = Program(filled.folder, filled.server.url)
        result = CliRunner().invoke(app, ["--lang", language, "status"], obj=program)
        head = result.stdout.split("\n\n")[0]
        assert max(map(len, map(str.rstrip, head.splitlines()))) <= 80
        assert "7" in head


@pytest.mark.skipif(os.name == "nt", reason="root and modes are POSIX's")
def test_a_state_that_is_gone_is_no_new_one(filled: Home) -> None:
    """Where copies of it are left, it was lost."""
    shutil.copyfile(filled.folder / "state.db", filled.folder / "state.db.0016.bak")
    for path in Path(filled.folder).glob("state.db*"):
        if not path.name.endswith(".bak"):
            path.unlink()
    ran = filled.run("status", "--format", "json")
    assert ran.code == 1, ran.out
    assert ran.json["objects"][0]["error"]["kind"] == "state-unusable"
    assert not (filled.folder / "state.db").exists()


def test_what_was_not_chosen_is_still_pending(filled: Home) -> None:
    """A run for a few items leaves the rest to be sent."""
    filled.next_day()
    pending = len(filled.run("update", "--format", "json").json["changes"])
    chosen = filled.sync("--only", "goods", "--first", "2")
    done = sum(chosen.json["counts"][verb] for verb in ("create", "update", "remove"))
    (document,) = filled.run("status", "--format", "json").json["objects"]
    assert document["plan"]["pending"] == pending - done
