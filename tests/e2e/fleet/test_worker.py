"""`torgsync fleet worker` and `fleet status`: what is due of pushed objects is performed, and shown."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from homes import Home, Ran
from postgres import Cluster
from receivers import webhook

from torgsync.errors import Exit
from torgsync.jobs.fleet import access
from torgsync.jobs.fleet import worker as module
from torgsync.state.store import open_store

TIME = """[[synchronization_times]]
user = "OFFICE-PC\\\\olena"                    # the computer and user that synchronizes
every = "30m"
between = ["08:00", "21:00"]
"""


class Fleet:
    """The example shop, pushed with times of workers, and what workers of its home do."""

    def __init__(self, home: Home) -> None:
        self.home = home
        (home.folder / "secrets").mkdir(exist_ok=True)
        self.keep("token", "full")
        home.edit_object('{ file = "token" }', '{ file = "../secrets/token" }')
        home.edit_object(TIME, "")

    def keep(self, name: str, secret: str) -> None:
        """Write a secret of the worker."""
        path = self.home.folder / "secrets" / name
        path.write_text(f"{secret}\n", "utf-8")
        path.chmod(0o600)

    def push(self, *times: str) -> None:
        """Push the shop with times such as `every = "1m"`."""
        tables = "".join(f'\n[[synchronization_times]]\nuser = "fleet"\n{time}\n' for time in times)
        text = self.home.object.read_text("utf-8")
        self.home.object.write_text(text + tables, "utf-8")
        pushed = self.home.run("fleet", "push", str(self.home.shop), "--yes", "--shared-disk")
        assert pushed.code == 0, pushed.err

    @property
    def options(self) -> list[str]:
        """Where a worker may send a token, and read an export."""
        return ["--shared-disk", "--allow-host", urlsplit(self.home.server.url).netloc]

    def work(self, *args: str) -> Ran:
        """Perform what is due now."""
        return self.home.run("fleet", "worker", "--once", *self.options, *args)

    def runs(self) -> list[tuple[str, int]]:
        """Perform what is due now, and return the lane and the exit code of each run."""
        ran = self.work("--format", "json")
        runs = [(line["lane"], line["exit"]) for line in map(json.loads, ran.out.splitlines())]
        last = {lane == "orders": Exit(code) for lane, code in runs}
        assert ran.code == Exit.worst(last.values()), ran.err
        return runs

    def status(self) -> Any:  # noqa: ANN401
        """Return the document of `fleet status`."""
        ran = self.home.run("fleet", "status", "--format", "json")
        assert ran.code == 0, ran.err
        return ran.json

    @property
    def attempts(self) -> list[int | None]:
        """The exit codes of the last attempts at its times."""
        with closing(open_store(os.environ["TORGSYNC_STATE"])) as store, store.look("my-prom") as work:
            return [attempt.exit_code for attempt in work.schedule.attempts().values()]


@pytest.fixture
def fleet(home: Home, postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """A shop whose state is on PostgreSQL."""
    monkeypatch.setenv("TORGSYNC_STATE", postgres.create("fleet"))
    return Fleet(home)


def test_an_import_is_left_to_a_run_of_its_own(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run for goods sends prices and leaves the import; another sends it, and a later one sees its end."""
    monkeypatch.setattr(module, "LOOK_AGAIN", timedelta(0))
    fleet.push('every = "1m"')
    assert fleet.runs() == [("goods", 5), ("imports", 5), ("imports", 0)]
    assert len(fleet.home.sandbox.imports()) == 1
    assert fleet.attempts == [0]
    shop = fleet.status()["shops"][0]
    assert (shop["slug"], shop["last_run"]["exit"], shop["running"]) == ("my-prom", 0, None)
    assert shop["last_success"]
    assert fleet.runs() in ([], [("goods", 0)])  # the next minute may have come
    assert len(fleet.home.sandbox.imports()) == 1


def test_an_import_that_is_left_is_no_failure(fleet: Fleet) -> None:
    """Neither for the monitor nor for people, as long as it goes on."""
    with webhook() as hook:
        fleet.keep("beat", f"http://{hook.host}/ping")
        fleet.keep("to", f"json://{hook.host}/olena")
        people = 'to = [{ file = "../secrets/to" }]\nheartbeat = { file = "../secrets/beat" }'
        fleet.push(f'every = "1m"\n[notify]\n{people}')
        assert fleet.runs() == [("goods", 5), ("imports", 5)]
        assert (hook.pinged, hook.titles) == (["/ping/start", "/ping/0", "/ping/start", "/ping/0"], [])


def test_people_hear_of_a_shop_with_which_nothing_works(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it was passed over twice: all workers are too busy, say."""
    monkeypatch.setattr(module, "MISSED_EVERY", timedelta(0))
    with webhook() as hook:
        fleet.keep("to", f"json://{hook.host}/olena")
        fleet.push('every = "30m"\n[notify]\nto = [{ file = "../secrets/to" }]')
        late = datetime.now(UTC) + timedelta(hours=2)  # what is due then waits in the queue
        for _ in range(2):
            assert fleet.home.run("fleet", "worker", "--once", *fleet.options, now=late).code == 0
        (title,) = hook.titles
    assert "My Prom" in title


def test_orders_have_a_lane_of_their_own(fleet: Fleet) -> None:
    """They are fetched alone, and nothing of the export is sent."""
    fleet.push('every = "1m"\nonly = "orders"')
    assert fleet.runs() == [("orders", 0)]
    assert fleet.home.sandbox.imports() == []


def test_what_fails_is_said_and_tried_later(fleet: Fleet) -> None:
    """A line a run with its error; a worker that serves once ends with the gravest exit code."""
    fleet.keep("token", "unknown")
    fleet.push('every = "1m"')
    ran = fleet.work()
    assert (ran.code, "my-prom  goods  4 the token was refused: " in ran.out) == (4, True)
    assert "1 object is performed" in ran.err
    assert fleet.attempts == [4]
    status = fleet.home.run("fleet", "status")
    assert "4 the token was refused" in status.out
    assert "no worker is there" in status.out
    assert "in the last hour: 1 the token was refused (4)" in status.out
    metrics = fleet.home.run("fleet", "status", "--format", "prometheus").out
    assert 'torgsync_last_run_exit_code{object="my-prom"} 4.0' in metrics
    assert 'torgsync_fleet_runs_last_hour{exit_code="4"} 1.0' in metrics
    assert 'torgsync_fleet_jobs{lane="goods",state="ready"} 0.0' in metrics
    assert 'torgsync_fleet_held_shops{guard="price"} 0.0' in metrics
    assert 'torgsync_fleet_let_through{guard="price"} 0.0' in metrics


def test_an_object_that_a_worker_does_not_trust_is_named(fleet: Fleet) -> None:
    """It is not performed, and the option is named."""
    fleet.push('every = "1h"')
    ran = fleet.home.run("fleet", "worker", "--once", "--metrics", str(fleet.home.folder / "fleet.prom"))
    assert (ran.code, ran.out) == (3, "")
    assert "my-prom" in ran.err
    assert "0 objects are performed" in ran.err
    assert "torgsync_fleet_shops 0.0" in (fleet.home.folder / "fleet.prom").read_text("utf-8")
    later = (datetime.now(UTC) + timedelta(hours=1)).replace(minute=59)
    shown = fleet.home.run("fleet", "status", now=later).out
    assert "1 shop is due and was never performed: what workers refuse is in their logs" in shown


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_secret_that_a_worker_lacks_is_named(fleet: Fleet, form: str) -> None:
    """Its run is a line with the key and the line of the object, for people and for programs."""
    fleet.push('every = "1m"')
    (fleet.home.folder / "secrets" / "token").unlink()
    ran = fleet.work("--format", form)
    assert ran.code == 3
    if form == "json":
        assert [mistake["where"] for mistake in ran.json["error"]["mistakes"]] == ["api_key"]
    else:
        assert "my-prom  goods  3 " in ran.out
        assert " api_key: there is no token in " in ran.out


@pytest.mark.slow
def test_sigterm_gives_a_run_back(fleet: Fleet) -> None:
    """It stops at a safe point with exit code 0, and another worker goes on at once."""
    fleet.push('every = "1m"')
    fleet.home.misbehave("GET products/list slow seconds=1.5")
    process = fleet.home.start("fleet", "worker", "--format", "json", *fleet.options)
    try:
        until = time.monotonic() + 60
        while not fleet.status()["shops"][0]["running"] and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    (line,) = map(json.loads, out.splitlines())
    assert (process.returncode, line["exit"], line["run"], line["error"]) == (0, 130, 1, None)
    assert "stopping: 1 run comes to a safe point" in err
    assert fleet.attempts == [130]
    assert fleet.runs()[0] == ("goods", 5)


def test_workers_say_what_they_need(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state on PostgreSQL, and the extra."""
    ran = home.run("fleet", "worker")
    assert (ran.code, "need a state on PostgreSQL" in ran.err) == (64, True)
    assert "torgsync state move postgresql://" in ran.err
    monkeypatch.setattr(access, "has_queue", lambda: False)
    ran = home.run("fleet", "worker")
    assert (ran.code, "[fleet]" in ran.err) == (64, True)
    assert home.run("fleet", "worker", "--format", "csv").code == 64


def test_a_status_without_workers(home: Home) -> None:
    """On SQLite it shows what the state has, and why there are no workers; without a state, how to begin."""
    ran = home.run("fleet", "status")
    assert (ran.code, "there is no state yet" in ran.err) == (64, True)
    Fleet(home).push('every = "1m"')
    ran = home.run("fleet", "status")
    assert (ran.code, "My Prom" in ran.out, "not on PostgreSQL" in ran.err) == (0, True, True)
    assert home.run("fleet", "status", "--format", "json").json["queue_error"]["kind"] == "usage"
