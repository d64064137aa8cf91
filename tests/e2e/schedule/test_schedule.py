"""`torgsync schedule` and `sync --due`: what is done unattended, when, by whom, and how often."""

from __future__ import annotations

import getpass
import signal
import socket
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import Home, Ran, stopped
from lxml import etree
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.core.clock import SHOP_ZONE, shop_time
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import read_settings
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import running
from torgsync.state.store import open_store

ME = f"{socket.gethostname()}\\{getpass.getuser()}"


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHOP_ZONE).astimezone(UTC)


def times(home: Home) -> list[dict[str, object]]:
    """The synchronization times of the object's file."""
    data = tomllib.loads(home.object.read_text("utf-8"))
    return list(data.get("synchronization_times", []))


def due(home: Home, at: str, *args: str) -> Ran:
    """Run `sync --due` when the clock in Kyiv shows a time."""
    return home.run("sync", "--due", "--format", "json", *args, now=kyiv(at))


def moments(ran: Ran) -> list[str]:
    """Return the times that were performed."""
    return [shop_time(taken["moment"])[8:] for taken in ran.json["due"]]


@pytest.fixture
def timed(filled: Home) -> Home:
    """The example shop after its first synchronisation, with one time of this user."""
    filled.edit_object("OFFICE-PC\\\\olena", ME.replace("\\", "\\\\"))
    return filled


# The times of an object


def test_times_are_added_listed_and_removed(home: Home) -> None:
    """The user is the one who adds it; comments, order and the other times stay."""
    before = home.object.read_text("utf-8")
    now = kyiv("2026-11-24 10:20")
    ran = home.run("schedule", "add", "--every", "2h", now=now)
    assert ran.err == (
        f"every 2 hours by `{ME}`; due now, then 2026-11-24 12:00\nnext: torgsync schedule install\n"
    )
    added = home.run(
        *("schedule", "add", "--every", "10m", "--between", "09:00-18:30", "--days", "mon-fri"),
        *("--only", "orders", "--user", "OFFICE-PC\\petro"),
        now=kyiv("2026-11-22 10:20"),
    )
    assert added.err == (
        "every 10 minutes, 09:00-18:30, mon-fri, only orders by `OFFICE-PC\\petro`; next 2026-11-23 09:00\n"
    )
    assert times(home) == [
        {"user": "OFFICE-PC\\olena", "every": "30m", "between": ["08:00", "21:00"]},
        {"user": ME, "every": "2h"},
        {
            "user": "OFFICE-PC\\petro",
            "every": "10m",
            "between": ["09:00", "18:30"],
            "days": "mon-fri",
            "only": "orders",
        },
    ]
    listed = home.run("schedule", "list", now=now)
    assert (listed.code, listed.lines[0].split()) == (0, ["no.", "object", "time", "next", "last"])
    assert "every 2 hours" in listed.out
    assert home.run("schedule", "remove", "3").err == (
        "`My Prom`: removed the synchronization time every 10 minutes, 09:00-18:30, mon-fri, only orders "
        "by `OFFICE-PC\\petro`\n"
    )
    assert home.run("schedule", "remove", "2").code == 0
    assert home.object.read_text("utf-8") == before
    assert home.run("schedule", "remove", "1").code == 0
    assert times(home) == []
    assert home.run("schedule", "list").err == "no synchronization times yet\n"
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in home.object.read_text("utf-8").splitlines() if line.startswith("#")
    ]


def test_the_list_is_read_by_programs(home: Home) -> None:
    """The next times have their offset from UTC; CSV keeps them in one cell."""
    now = kyiv("2026-10-24 20:20")
    rows = home.run("schedule", "list", "--format", "json", now=now).json["synchronization_times"]
    assert rows == [
        {
            "object": "My Prom",
            "number": 1,
            "user": "OFFICE-PC\\olena",
            "every": "30m",
            "between": "08:00-21:00",
            "days": None,
            "only": None,
            "due": True,
            "next": ["2026-10-24T17:30:00+00:00", "2026-10-24T18:00:00+00:00", "2026-10-25T06:00:00+00:00"],
            "last": None,
            "last_exit": None,
        }
    ]
    listed = home.run("schedule", "list", "--format", "csv", now=now)
    assert "2026-10-24T17:30:00+00:00 2026-10-24T18:00:00+00:00 2026-10-25T06:00:00+00:00" in listed.lines[1]


def test_a_broken_object_among_others(home: Home) -> None:
    """The times of the others are listed, and the mistake is reported."""
    home.second_object("Broken", "broken.toml").write_text("name = ", "utf-8")
    ran = home.run("schedule", "list", "--format", "json")
    assert (ran.code, ran.err) == (3, "! broken: 1 mistake in `broken.toml`\n")
    assert [row["object"] for row in ran.json["synchronization_times"]] == ["My Prom"]


@pytest.mark.parametrize(
    ("args", "output"),
    [
        (("--every", "often"), '"often" is not an interval such as `30m`, `2h` or `1d`'),
        (("--every", "36h"), '"36h" is longer than a day'),
        (("--every", "1h", "--between", "8-21"), "give two hours"),
        (("--every", "1h", "--between", "08:00"), "give two hours"),
        (("--every", "1h", "--between", "08:00-08:00"), "for the whole day leave out `between`"),
        (("--every", "1h", "--days", "weekend"), '"weekend" is not weekdays'),
        (("--every", "2d", "--days", "mon"), "with `days`, `every` must be"),
        (("--every", "1h", "--only", "prices"), "prices"),
        ((), "--every"),
        (
            ("--every", "30m", "--between", "08:00-21:00", "--user", "office-pc\\Olena", "--days", "mon-sun"),
            "`My Prom` already has this synchronization time as number 1: every 30 minutes, 08:00-21:00",
        ),
    ],
)
def test_a_time_that_cannot_be_is_refused(home: Home, args: tuple[str, ...], output: str) -> None:
    """The error has the reason and an example; the file stays as it was."""
    before = home.object.read_bytes()
    ran = home.run("schedule", "add", *args)
    assert (ran.code, home.object.read_bytes()) == (64, before)
    assert output in " ".join(ran.err.split())
    assert "hint:" in ran.err


def test_a_number_that_is_none(home: Home) -> None:
    """The message says how many there are."""
    for number in ("0", "2"):
        ran = home.run("schedule", "remove", number)
        assert ran.code == 64
        assert f"`My Prom` has 1 synchronization time, and no number {number}" in ran.err


def test_an_object_outside_the_home(home: Home) -> None:
    """It works by its path, with a warning that calls without the path do not find it."""
    path = home.object.rename(home.shop.parent / "aside.toml")
    ran = home.run("schedule", "add", "--every", "1h", "--days", "Mon - SAT", "-o", str(path))
    assert ran.code == 0
    assert f"! `torgsync sync --due` without `-o` looks only in `{home.shop}`\n" in ran.err
    assert 'days = "mon-sat"' in path.read_text("utf-8")


def test_times_in_brackets(home: Home) -> None:
    """A person who wrote the times in one line keeps that line."""
    text = home.object.read_text("utf-8")
    start = text.index("[[synchronization_times]]")
    end = text.index("\n\n", start)
    home.object.write_text(
        'synchronization_times = [{ user = "A\\\\b", every = "1h" }] # in one line\n'
        + text[:start]
        + text[end:],
        "utf-8",
    )
    assert home.run("schedule", "add", "--every", "2h", "--user", "A\\b").code == 0
    line = home.object.read_text("utf-8").splitlines()[0]
    assert line == (
        'synchronization_times = [{ user = "A\\\\b", every = "1h" }, {user = "A\\\\b", every = "2h"}]'
        " # in one line"
    )
    assert home.run("schedule", "remove", "1").code == 0
    assert times(home) == [{"user": "A\\b", "every": "2h"}]


# What is due


def test_a_day_of_a_machine_that_sleeps(timed: Home) -> None:
    """Each time is performed once, of missed ones only the last, and nothing outside the hours."""
    assert moments(due(timed, "2026-11-24 07:55")) == []
    assert moments(due(timed, "2026-11-24 08:01")) == ["24 08:00"]
    assert moments(due(timed, "2026-11-24 08:29")) == []
    assert moments(due(timed, "2026-11-24 08:30")) == ["24 08:30"]
    assert moments(due(timed, "2026-11-24 14:44")) == ["24 14:30"]
    assert moments(due(timed, "2026-11-24 14:45")) == []
    assert moments(due(timed, "2026-11-24 23:00")) == []
    last = timed.run("schedule", "list", "--format", "json").json["synchronization_times"][0]
    assert (last["last"], last["last_exit"]) == ("2026-11-24T12:30:00+00:00", 0)


@pytest.mark.both_states
def test_what_is_due_is_synchronised(timed: Home) -> None:
    """Goods are sent without a question; the JSON is that of `sync`."""
    timed.next_day()
    ran = due(timed, "2026-11-24 08:01")
    assert (ran.code, ran.json["exit"]) == (0, 0)
    assert ran.json["due"] == [{"time": "every 30m, 08:00-21:00", "moment": "2026-11-24T06:00:00+00:00"}]
    assert {outcome["state"] for outcome in ran.json["outcomes"]} == {"done"}
    assert due(timed, "2026-11-24 08:02").json == {"schema": 1, "object": "My Prom", "due": [], "exit": 0}


def test_what_people_see(timed: Home) -> None:
    """The output starts with the time, for logs; if nothing is due, stdout is empty."""
    ran = timed.run("sync", "--due", now=kyiv("2026-11-24 08:01"))
    assert ran.lines[0] == "2026-11-24 08:01  every 30 minutes, 08:00-21:00"
    ran = timed.run("sync", "--due", now=kyiv("2026-11-24 08:02"))
    assert (ran.out, ran.err) == ("", "My Prom: nothing is due; next: 2026-11-24 08:30\n")
    assert timed.run("-q", "sync", "--due", now=kyiv("2026-11-24 08:02")).err == ""


def test_the_times_of_others_are_theirs(home: Home) -> None:
    """Nothing is done, with a message whose times apply; mistakes of the file are still reported."""
    ran = home.run("sync", "--due")
    assert (ran.code, ran.out, home.writes()) == (0, "", [])
    assert ran.err.startswith("My Prom: this user has no synchronization times on this computer\nhint: ")
    assert due(home, "2026-11-24 08:00").json["due"] == []
    home.edit_object("[removal]", "[removal")
    assert home.run("sync", "--due").code == 3


def test_orders_come_more_often_than_goods_go(timed: Home) -> None:
    """A time for orders fetches only orders; if goods are due too, one run does both."""
    home = timed
    home.edit_object("every = ", 'only = "goods"\nevery = ')
    home.run("schedule", "add", "--every", "10m", "--only", "orders")
    home.next_day()
    first = due(home, "2026-11-24 08:10", "--fields", "price")
    assert (moments(first), "outcomes" in first.json) == (["24 08:00", "24 08:10"], True)
    orders = due(home, "2026-11-24 08:20")
    assert (moments(orders), "outcomes" in orders.json) == (["24 08:20"], False)
    both = due(home, "2026-11-24 08:30")
    assert (moments(both), "outcomes" in both.json) == (["24 08:30", "24 08:30"], True)
    assert both.json["requests"]["by_endpoint"]["GET orders/list"] == 1


def test_a_time_for_orders_alone_where_orders_are_left_out(timed: Home) -> None:
    """The printed way on works: the time is passed over, and a warning; a new one is refused."""
    assert timed.run("schedule", "add", "--every", "10m", "--only", "orders").code == 0
    assert timed.run("object", "edit", "My Prom", "--set", "orders.enabled=false").code == 0
    assert timed.run("schedule", "add", "--every", "20m", "--only", "orders").code == 64
    (passed,) = timed.run("schedule", "list", "--format", "json").json["synchronization_times"][1:]
    assert (passed["due"], passed["next"]) == (False, [])
    ran = timed.run("sync", "--due", now=kyiv("2026-11-23 12:00"))
    disabled = (
        "orders are not fetched (`enabled = false` in `[orders]`): what was sold on Prom.ua stays on offer"
    )
    assert (ran.code, ran.err.count(disabled)) == (0, 1)
    for command in (("object", "check"), ("doctor",)):
        ran = timed.run(*command, "--format", "json")
        hints = [line["hint"] for line in ran.json["checks"] if "skipped, because" in line["message"]]
        assert (ran.code, hints) == (0, ['torgsync schedule remove 2 -o "My Prom"'])
    assert timed.run("schedule", "remove", "1").code == 0
    ran = timed.run("sync", "--due", now=kyiv("2026-11-23 13:00"))
    assert (ran.code, ran.err) == (
        0,
        "My Prom: nothing is due; orders are off (`enabled = false` in `[orders]`)\n",
    )
    assert timed.run("sync", "--only", "orders").code == 64


def test_only_cannot_narrow_what_is_due(home: Home) -> None:
    """Each time defines its own scope."""
    assert home.run("sync", "--due", "--only", "orders").code == 64


def test_a_manual_run_holds_the_lease(timed: Home) -> None:
    """Exit 10; the time stays due, and is performed when the lease is free."""
    store = open_store(f"sqlite:///{timed.folder / 'state.db'}")
    settings = read_settings(timed.folder, timed.server.url)
    now = kyiv("2026-11-24 08:01")
    with running(JobContext(settings, load_object(timed.object), store, now=lambda: now)):
        ran = due(timed, "2026-11-24 08:01")
        assert (ran.code, ran.json["error"]["kind"]) == (10, "busy")
    store.close()
    assert moments(due(timed, "2026-11-24 08:05")) == ["24 08:00"]


@pytest.mark.both_states
def test_temporary_errors_are_retried(timed: Home) -> None:
    """After 15 minutes, not at every call; errors that need a person wait for the next time."""
    whole = timed.export.read_bytes()
    timed.export.write_bytes(whole[:-200])
    assert due(timed, "2026-11-24 08:01").code == 3
    timed.export.write_bytes(whole)
    assert moments(due(timed, "2026-11-24 08:06")) == []
    assert moments(due(timed, "2026-11-24 08:16")) == ["24 08:00"]
    (timed.shop / "token").write_text("unknown", "utf-8")
    assert due(timed, "2026-11-24 08:30").code == 4
    assert moments(due(timed, "2026-11-24 08:55")) == []


def test_a_run_that_a_person_stopped_is_finished(timed: Home) -> None:
    """The time is performed again; the pending import is reconciled, not sent twice."""
    timed.next_day()
    program = Program(timed.folder, timed.server.url, sleep=stopped, now=lambda: kyiv("2026-11-24 08:00"))
    assert CliRunner().invoke(app, ["sync", "--due"], obj=program).exit_code == 130
    assert moments(due(timed, "2026-11-24 08:05")) == []
    again = due(timed, "2026-11-24 08:15")
    assert (again.code, moments(again), len(timed.sandbox.imports())) == (0, ["24 08:00"], 2)


@pytest.mark.both_states
@pytest.mark.slow
def test_a_run_that_was_killed_is_finished(timed: Home) -> None:
    """Even if the kill was not recorded."""
    timed.edit_object("08:00", "00:00")
    timed.edit_object("21:00", "23:59")
    timed.next_day()
    process = timed.start("sync", "--due")
    try:
        until = time.monotonic() + 60
        while len(timed.sandbox.imports()) < 2 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = timed.run("schedule", "list", "--format", "json").json["synchronization_times"][0]
    assert last["last_exit"] is None
    assert "not ended" in timed.run("schedule", "list").out
    soon = datetime.now(UTC) + timedelta(minutes=16)
    ran = timed.run("sync", "--due", "--format", "json", now=soon)
    assert (ran.code, len(ran.json["due"]), len(timed.sandbox.imports())) == (0, 1, 2)


# cron, systemd and the Task Scheduler

CRONTAB = """
import pathlib, sys
table = pathlib.Path(__file__).with_name("table")
if sys.argv[1] == "-l":
    if not table.exists():
        sys.exit("no crontab for olena")
    sys.stdout.write(table.read_text("utf-8"))
else:
    text = sys.stdin.read()
    if "REFUSE" in text:
        sys.exit("you may not use this program")
    table.write_text(text, "utf-8")
"""
CALLS = """
import pathlib, sys
calls = pathlib.Path(__file__).with_name("calls")
with calls.open("a", encoding="utf-8") as out:
    print(*sys.argv[1:], file=out)
state = pathlib.Path(__file__).with_name("there")
words = set(sys.argv[1:])
if "/Create" in words:
    file = pathlib.Path(sys.argv[sys.argv.index("/XML") + 1])
    state.write_bytes(file.read_bytes())
elif "/Delete" in words:
    state.unlink()
elif "/Query" in words and not state.exists():
    sys.exit("ERROR: The system cannot find the file specified.")
elif "show-environment" in words and pathlib.Path(__file__).with_name("no-bus").exists():
    sys.exit("Failed to connect to bus")
"""


class System:
    """A computer with fake commands that record their calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def command(self, name: str, body: str) -> None:
        path = self.folder / name
        path.write_text(f"#!{sys.executable}\n{body}", "utf-8")
        path.chmod(0o755)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """A computer without commands."""
    made = System(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return made


def name_of(home: Home) -> str:
    """Return the name of the home's entries."""
    shown = home.run("schedule", "install", "--print", "--with", "cron").out
    return shown.splitlines()[-1].removeprefix("# end of ")


def test_the_crontab_of_a_user(timed: Home, system: System) -> None:
    """It is added once, however often it is installed; other entries stay unchanged."""
    system.command("crontab", CRONTAB)
    own = 'MAILTO=""\n# mine\n17 3 * * * backup\n'
    system.write("table", own)
    shown = timed.run("schedule", "install", "--print").out
    for _ in range(2):
        ran = timed.run("schedule", "install")
        assert (ran.code, "crontab -l" in ran.err, "every 5 minutes" in ran.err) == (0, True, True)
        assert system.read("table") == own + shown
    assert (timed.folder / "logs").is_dir()
    timed.run("schedule", "add", "--every", "2m")
    assert "every 1 minute it checks" in timed.run("schedule", "install").err
    assert "\n* * * * * " in system.read("table")
    system.write("table", system.read("table") + "0 5 * * * more\n")
    assert timed.run("schedule", "install", "--remove").err == "uninstalled\n"
    assert system.read("table") == own + "0 5 * * * more\n"
    assert timed.run("schedule", "install", "--remove").err == "there was nothing to uninstall\n"


def test_a_first_crontab(timed: Home, system: System) -> None:
    """A user without one gets one; its command runs this Python in `--home`."""
    system.command("crontab", CRONTAB)
    assert timed.run("schedule", "install").code == 0
    begin, line, end = system.read("table").splitlines()
    assert begin == f"# begin of {name_of(timed)}: {timed.folder}"
    command = f"{sys.executable} -m torgsync --quiet --home {timed.folder} sync --due"
    assert line == f"*/5 * * * * {command} >>{timed.folder}/logs/schedule.log 2>&1"
    assert end.startswith("# end of torgsync-")


def test_a_home_with_signs_that_cron_reads(timed: Home, system: System, tmp_path: Path) -> None:
    """A blank, a quote and a percent sign reach the program as they are."""
    system.command("crontab", CRONTAB)
    odd = Home(tmp_path / "it's 100% mine", timed.shop, timed.server)
    assert odd.run("schedule", "install").code == 0
    line = system.read("table").splitlines()[1]
    assert "'\"'\"'s 100\\% mine'" in line


def test_a_crontab_that_is_not_to_be_had(timed: Home, system: System) -> None:
    """The command's error is reported, and nothing is lost."""
    system.command("crontab", CRONTAB)
    system.write("table", "# REFUSE\n")
    ran = timed.run("schedule", "install")
    assert (ran.code, system.read("table")) == (1, "# REFUSE\n")
    assert "error: `crontab -` failed: you may not use this program" in ran.err
    assert "`--print`" in ran.err
    system.command("crontab", "import sys\nsys.exit('permission denied')")
    assert "`crontab -l` failed: permission denied" in timed.run("schedule", "install").err


def test_a_computer_that_has_nothing(timed: Home, system: System) -> None:
    """The message says what is missing, and what to do."""
    assert list(system.folder.iterdir()) == []
    ran = timed.run("schedule", "install")
    assert (ran.code, "this computer has no `crontab`" in ran.err) == (1, True)
    assert timed.run("schedule", "install", "--print").code == 0


def test_a_timer_of_systemd(timed: Home, system: System, tmp_path: Path) -> None:
    """Both files are written and the timer starts; removal deletes both."""
    system.command("systemctl", CALLS)
    name = name_of(timed)
    folder = tmp_path / "config" / "systemd" / "user"
    shown = timed.run("schedule", "install", "--print").out
    assert timed.run("schedule", "install").code == 0
    service = (folder / f"{name}.service").read_text("utf-8")
    clock = (folder / f"{name}.timer").read_text("utf-8")
    assert shown == f"# {folder / name}.service\n{service}\n# {folder / name}.timer\n{clock}"
    assert f"ExecStart={sys.executable} -m torgsync --quiet --home {timed.folder} sync --due\n" in service
    assert "OnCalendar=*:0/5\n" in clock
    calls = f"--user daemon-reload\n--user enable --now {name}.timer\n"
    assert system.read("calls").endswith(calls)
    assert "1 synchronization time of this user, called by systemd" in timed.run("object", "check").out
    assert timed.run("schedule", "install", "--remove").err == "uninstalled\n"
    assert system.read("calls").endswith(f"--user disable --now {name}.timer\n--user daemon-reload\n")
    assert list(folder.iterdir()) == []
    assert timed.run("schedule", "install", "--remove").err == "there was nothing to uninstall\n"


def test_a_systemd_that_refuses(timed: Home, system: System, tmp_path: Path) -> None:
    """Its error is reported, and no file of the timer is left."""
    system.command("systemctl", "import sys\nsys.exit('Failed to connect to bus')")
    ran = timed.run("schedule", "install", "--with", "systemd")
    assert ran.code == 1
    assert "error: `systemctl --user daemon-reload` failed: Failed to connect to bus\n" in ran.err
    assert list((tmp_path / "config" / "systemd" / "user").iterdir()) == []


def test_arguments_as_systemd_reads_them(timed: Home, system: System, tmp_path: Path) -> None:
    """Blanks, quotes, percents, dollars and backslashes reach the program as they are."""
    assert list(system.folder.iterdir()) == []
    odd = Home(tmp_path / 'a $HOME "b" %i \\c', timed.shop, timed.server)
    shown = odd.run("schedule", "install", "--print", "--with", "systemd").out
    assert '/a $$HOME \\"b\\" %%i \\\\c" sync --due\n' in shown


def test_a_computer_whose_systemd_has_no_users(timed: Home, system: System) -> None:
    """In a container or under `su`, cron is used."""
    system.command("systemctl", CALLS)
    system.command("crontab", CRONTAB)
    system.write("no-bus", "")
    assert timed.run("schedule", "install").code == 0
    assert "sync --due" in system.read("table")


def test_a_task_of_windows(timed: Home, system: System) -> None:
    """The task is made from XML that is well-formed, in UTF-16, and deleted by its name."""
    system.command("schtasks", CALLS)
    ran = timed.run("schedule", "install", "--with", "windows")
    assert (ran.code, f"the Task Scheduler as `{name_of(timed)}`" in ran.err) == (0, True)
    task = etree.fromstring((system.folder / "there").read_bytes())
    names = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Interval", namespaces=names) == "PT5M"
    assert task.findtext(".//t:UserId", namespaces=names) == ME
    assert task.findtext(".//t:Command", namespaces=names) == sys.executable
    arguments = task.findtext(".//t:Arguments", namespaces=names)
    assert arguments == f"-m torgsync --quiet --home {timed.folder} sync --due"
    assert "1 synchronization time of this user, called by windows" in timed.run("object", "check").out
    assert timed.run("schedule", "install", "--remove", "--with", "windows").err == "uninstalled\n"
    assert "nothing on this computer calls `sync --due`" in timed.run("object", "check").out
    again = timed.run("schedule", "install", "--remove", "--with", "windows")
    assert again.err == "there was nothing to uninstall\n"


def test_what_the_clock_does_not_know(home: Home, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in a variable, a state elsewhere, and times of others are reported when the entry is made."""
    system.command("crontab", CRONTAB)
    home.edit_object('{ file = "token" }', '{ env = "MY_PROM_TOKEN" }')
    monkeypatch.setenv("TORGSYNC_STATE", f"sqlite:///{home.folder / 'other.db'}")
    broken = home.second_object("Broken", "broken.toml")
    broken.write_text("name = ", "utf-8")
    output = home.run("schedule", "install").err
    assert "! the environment variable `TORGSYNC_STATE` may be unknown there\n" in output
    assert "! the environment variable `MY_PROM_TOKEN` may be unknown there\n" in output
    assert 'hint: keep the token in a file: torgsync object edit "My Prom" --api-key -\n' in output
    assert f"! `{ME}` has no synchronization time, so nothing will run\n" in output
    assert "! 1 mistake in `broken.toml`\n" in output


def test_printing_and_removing_at_once(home: Home) -> None:
    """They exclude each other."""
    assert home.run("schedule", "install", "--print", "--remove").code == 64


@pytest.mark.slow
def test_a_python_without_a_window(timed: Home) -> None:
    """Without stdout and stderr, as under the Task Scheduler, the run works as usual."""
    timed.edit_object('between = ["08:00", "21:00"]', "")
    timed.next_day()
    code = (
        "import sys; sys.stdout = sys.stderr = None; sys.argv[0] = 'torgsync'\n"
        "from torgsync.cli.app import main; main()"
    )
    command = [sys.executable, "-c", code, "sync", "--due"]
    done = subprocess.run(command, env=timed.environment(), check=False)
    assert (done.returncode, len(timed.sandbox.imports())) == (0, 2)


# Times of workers


def test_times_of_workers_are_left_alone(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by a user who is called like them: `sync --due` does nothing, and every listing has them."""
    monkeypatch.setattr(getpass, "getuser", lambda: "fleet")
    filled.edit_object("OFFICE-PC\\\\olena", "Fleet")
    asked = len(filled.sandbox.log)
    assert due(filled, "2026-12-01 10:00").json["due"] == []
    ran = filled.run("sync", "--due", now=kyiv("2026-12-01 10:00"))
    assert (ran.code, ran.err) == (0, "My Prom: nothing is due; workers perform its times\n")
    assert len(filled.sandbox.log) == asked
    status = filled.run("status", "--format", "json", now=kyiv("2026-12-01 10:00")).json
    assert (status["objects"][0]["next"] is not None, status["objects"][0]["late"]) == (True, False)
    check = filled.run("object", "check")
    assert "performed by workers, once it is pushed" in check.out
    assert "does anything call" not in check.out
    doctor = filled.run("doctor")
    assert "no worker performs it: this state is the file " in doctor.out


def test_a_time_is_added_for_workers(filled: Home) -> None:
    """The next step is to push it; a user of that name on a computer is another one."""
    ran = filled.run("schedule", "add", "--every", "2h", "--user", "fleet")
    assert (ran.code, "next: torgsync fleet push DIR" in ran.err) == (0, True)
    ran = filled.run("schedule", "add", "--every", "2h", "--user", f"{socket.gethostname()}\\fleet")
    assert (ran.code, "fleet push" in ran.err) == (0, False)
    assert [time["user"] for time in times(filled)][1:] == ["fleet", f"{socket.gethostname()}\\fleet"]
