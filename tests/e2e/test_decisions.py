"""No write without a decision: whatever standard input and output are, a person is asked or has said it."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from clocks import clock_of
from homes import Home, no_waiting
from typer.main import get_command

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.cli.base.question import confirmed
from torgsync.i18n import verbatim

if os.name != "nt":
    from terminals import KINDS, Person, call

CALLS = {
    "sync": ("sync", "sync --format json", "sync --all --fields price"),
    "approve": ("approve KEPT", "approve KEPT --only 26931 --format json"),
    "rollback": ("rollback 2", "rollback 2 --format json"),
    "object adopt": ("object adopt --write-ids", "object adopt --write-ids --format json"),
    "object remove": ("object remove",),
    "clients forget": ("clients forget 0500000001",),
    "state restore": ("state restore COPY.bak",),
    "state move": ("state move sqlite:///moved.db",),
    "fleet push": ("fleet push shops", "fleet push shops --prune --format json"),
    "photos publish": ("photos publish", "photos publish --format json"),
}
"""Calls of every command that asks before it does something, keyed by its name."""
PUSHED = """name = "a"
api_key = { file = "../secrets/a" }
catalog = { path = "https://shop.example/a.trs" }
orders = { enabled = false }
"""
"""An object that workers could perform."""
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")


def commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # Typer's own kind
    """Yield all commands of the program with their names."""
    for word, child in getattr(command, "commands", {}).items():
        yield from commands(child, f"{name} {word}".strip())
    if not hasattr(command, "commands"):
        yield name, command


def test_every_command_that_asks_is_known() -> None:
    """One that has `--yes` is tried below with every kind of stream; two others have tests of their own."""
    found = commands(get_command(app))
    asking = {name for name, one in found if any("--yes" in param.opts for param in one.params)}
    assert asking - {"object add", "photos clean"} == CALLS.keys()


@pytest.fixture
def undecided(filled: Home) -> Home:
    """A shop with a run that can be turned back, a price that is pending, and a product without an id."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    filled.sync()
    filled.edit_row("26926", ";119;0;119;", ";109;0;109;")
    filled.sandbox.add_product(None, name="Відро", name_uk="Відро")
    filled.run("object", "edit", "--set", f"catalog.photos.publish={filled.folder / 'public'}")
    return filled


def kept_plan(home: Home) -> str:
    """Have a run hold a price, and return the name of its plan."""
    home.edit_row("26931", ";68;0;68;", ";680;0;680;")
    return str(home.sync().json["kept"])


def done_in(home: Home) -> tuple[object, ...]:
    """What nothing may change that was not decided: writes, runs, objects, and who took the shop over."""
    runs = home.run("history", "--format", "json").json["runs"]
    fleet = home.run("state", "check", "--format", "json").json["rows"]["fleet_objects"]
    return home.writes(), [(run["run"], run["exit"]) for run in runs], home.object.exists(), fleet


@posix
@pytest.mark.parametrize("name", CALLS)
def test_nothing_happens_without_a_decision(
    undecided: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without a terminal to read from, exit 64 before any request; else a question, and exit 1 after a no.

    A yes that was typed before the question, or comes from a pipe or a file, decides nothing.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "COPY.bak").touch()
    (tmp_path / "shops").mkdir()
    (tmp_path / "shops" / "a.toml").write_text(PUSHED)
    kept = kept_plan(undecided) if name == "approve" else ""
    before = done_in(undecided)
    first, *others = (call.replace("KEPT", kept) for call in CALLS[name])
    calls = [*product([first], KINDS, KINDS), *product(others, KINDS, ["file"])]
    for args, *kinds in calls:
        person, asked = Person(typed="y\n", answer="n\n"), len(undecided.sandbox.log)
        program = Program(undecided.folder, undecided.server.url, sleep=no_waiting)
        code = call(program, tuple(args.split()), person, (kinds[0], kinds[1]), tmp_path)
        terminal = kinds[0] == "terminal"
        assert (args, kinds, code, person.asked) == (args, kinds, 1 if terminal else 64, int(terminal))
        assert terminal or len(undecided.sandbox.log) == asked
    assert done_in(undecided) == before


@posix
@pytest.mark.parametrize("to", ["terminal", "file"])
def test_a_yes_on_the_terminal_sends(undecided: Home, tmp_path: Path, to: str) -> None:
    """Also where the output goes into a file: the question and the sums are on the terminal."""
    person = Person(typed="n\n", answer="maybe\ny\n")
    program = Program(undecided.folder, undecided.server.url, sleep=no_waiting)
    assert call(program, ("sync",), person, ("terminal", to), tmp_path) == 0
    assert "Send 1 change to Prom.ua? [y/N]: " in person.screen.decode()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", person.screen.decode())  # zeros are dim
    assert "0 to create, 1 to update, 0 to remove" in shown
    assert undecided.sandbox.product("26926").price == Decimal(109)


@posix
def test_what_nothing_undoes_is_in_the_question(undecided: Home, tmp_path: Path) -> None:
    """Also where the table goes into a file: what is deleted, and what a way back leaves or makes again."""
    undecided.edit_object('delete_after = "30d"', 'delete_after = "0d"')
    undecided.edit_export(lambda text: re.sub(r"(?m)^26936;.*\r\n", "", text))

    def asked(command: str, answer: str) -> str:
        person = Person(typed="", answer=answer)
        program = Program(undecided.folder, undecided.server.url, sleep=no_waiting)
        call(program, tuple(command.split()), person, ("terminal", "file"), tmp_path)
        return person.screen.decode()

    screen = asked("sync --only goods", "y\n")
    assert "1 product will be deleted for good: Prom.ua does not accept a deleted id again" in screen
    assert (
        "Send 2 changes to Prom.ua? 1 of them cannot be undone: products deleted for good [y/N]: " in screen
    )
    undecided.sandbox.edit_product("26926", price=Decimal(99))
    screen = asked("rollback 3", "n\n")
    assert "! stays    26926" in screen
    assert "1 product will be created again from what was sent last" in screen


@posix
def test_what_follows_an_interrupted_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins on a line of its own."""

    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(readline=interrupt, isatty=lambda: False))
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    with pytest.raises(KeyboardInterrupt):
        confirmed(verbatim("Send it?"))
    assert shown.getvalue() == "Send it? [y/N]: \n"


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_yes_that_comes_late(filled: Home, monkeypatch: pytest.MonkeyPatch, taken_over: bool) -> None:
    """It counts, unless another run has taken the object over: then nothing is sent, and it was no run."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    clock = clock_of(filled.sandbox)

    def answer(_program: Program, _question: str) -> bool:
        clock.pass_by(minutes=11)
        if taken_over:
            filled.orphan_leases()
            assert filled.run("sync", "--yes", "--only", "goods", now=clock.now, sleep=clock.sleep).code == 0
            filled.sandbox.log.clear()
        return True

    monkeypatch.setattr(Program, "asks", True)
    monkeypatch.setattr(Program, "confirm", answer)
    ran = filled.run("sync", "--only", "goods", now=clock.now, sleep=clock.sleep)
    late = "the question waited too long for its answer" in ran.err
    assert (ran.code, len(filled.writes()), late) == ((5, 0, True) if taken_over else (0, 1, False))
    exits = [run["exit"] for run in filled.run("history", "--format", "json").json["runs"]]
    assert exits == [0, 0]


def test_orders_stay_after_a_no(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are a run, which performed no plan."""
    mapped.edit_row("26926", ";129;0;129;", ";119;0;119;")
    mapped.sandbox.place_order([("26901", 1)])
    monkeypatch.setattr(Program, "asks", True)
    ran = mapped.run("sync", stdin="")  # the end of the input is a no
    assert (ran.code, mapped.writes(), "nothing was sent" in ran.err) == (1, [], True)
    assert len(mapped.run("orders", "list", "--format", "json").json["orders"]) == 1
    newest, *_ = mapped.run("history", "--format", "json").json["runs"]
    assert (newest["run"], newest["exit"], sum(newest["counts"].values())) == (2, 1, 0)
    monkeypatch.setattr(Program, "asks", False)
    assert len(mapped.run("sync", "--yes", "--format", "json").json["outcomes"]) == 2


def test_what_is_held_goes_with_one_command(filled: Home) -> None:
    """The command that is printed lets all of it through, and keeps the options that chose what goes."""
    filled.next_day()
    filled.edit_row("26931", ";74,5;0;74,5;", ";7450;0;7450;")
    filled.edit_row("26932", ";94,5;0;94,5;", ";9450;0;9450;")
    filled.edit_object('removals = "10%"', 'removals = "1%"')
    command = 'torgsync sync -o "My Prom" --only goods --fields price,status --allow price=26931,26932 '
    ran = filled.run("sync", "--yes", "--only", "goods", "--fields", "price,status", "--allow", "price=26931")
    assert f"to allow all of it together: {command}--allow removals=2" in " ".join(ran.out.split())
    assert ran.code == 8
