"""The program as a whole: help, version, options before the command, colours, and real processes."""

from __future__ import annotations

import ast
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from corpus import DATA
from faulty import FaultyServer, Gate, says
from homes import ROOT, Elsewhere, Home, SandboxAddress
from matrix import sampled
from pasted import printed_commands
from typer.testing import CliRunner

from torgsync import __version__
from torgsync.cli.app import app

posix = pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals and signals on Windows")


@pytest.fixture
def empty(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """An empty home."""
    return Home(tmp_path / "home", tmp_path, sandbox_server)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process, and return its exit code and what it printed."""
    with process:
        out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def test_no_arguments_show_the_help(empty: Home) -> None:
    """`python -m torgsync` alone prints the help with a usage exit code."""
    code, out, err = finish(empty.start())
    assert (code, out) == (64, "")
    assert err.startswith("Usage: ")
    for command in ("object", "payments", "fields", "update", "sync", "orders", "clients", "sandbox", "demo"):
        assert f"\n  {command} " in err


def test_help(empty: Home) -> None:
    """With `--help` it goes to stdout."""
    ran = empty.run("--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Keep a Prom.ua shop equal to a Torgsoft export" in ran.out
    for command in ("update", "sync", "object", "payments", "fields"):
        assert empty.run(command, "--help").code == 0


def test_version(empty: Home) -> None:
    """One line."""
    assert empty.run("--version").out == f"torgsync {__version__}\n"


NAMED = re.compile(r"torgsync (?!plan$)([a-z][a-z-]*)(?: ([a-z][a-z-]*))?([^`;\n]*)")
"""A command in a text: its word, the next, and the rest; `torgsync plan` is what a saved plan says."""


def texts_of(path: Path) -> Iterator[str]:
    """Yield every text of a module but its docstrings; `{}` for what is filled in."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node.value


def unknown_command(command: Any, word: str, more: str | None, rest: str) -> str:  # noqa: ANN401
    """Return the part of a command line that does not exist, empty if all of it does."""
    for name in (word, more) if more and hasattr(command.commands.get(word), "commands") else (word,):
        command = command.commands.get(name)
        if command is None:
            return f"{word} {more}"
    known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    wanted = re.findall(r"(?<![\w-])--[a-z-]+", rest)
    return " ".join(option for option in wanted if option not in known | {"--help"})


def test_every_command_that_a_text_names_exists() -> None:
    """A hint can be pasted: the program knows its command, and every option of it."""
    command = typer.main.get_command(app)
    found = [
        (path.name, named[0])
        for path in sorted((ROOT / "torgsync").rglob("*.py"))
        if "torgsync " in path.read_text("utf-8")
        for text in texts_of(path)
        for named in NAMED.finditer(text)
        if unknown_command(command, named[1], named[2], named[3])
    ]
    assert found == []


NAMING = (
    "orders show 1",
    "orders ship 1 --parcel 20450000000001",
    "orders export",
    "orders export 1",
    "clients show Olena",
    "clients forget 12",
    "schedule add --every often",
    "sync --due --only orders",
    "sync --plan pyproject.toml",
    "object edit --set x[",
    "object edit --unset removal.gone.x",
    "object edit --unset limits",
    "doctor",
)
"""Calls that print the command of another one."""


def test_printed_commands_name_the_object_as_the_call_did(home: Home) -> None:
    """Where the object was named by its path, the commands that go on find it there too."""
    home.edit_object("[clients]", "[orders]\nenabled = false\n\n[clients]")
    home.sandbox.tokens.clear()
    path = str(home.object.rename(home.object.with_name("elsewhere.toml")))
    nouns = {"orders", "clients", "schedule", "fields", "payments", "object"}
    elsewhere = {"torgsync schedule install", "torgsync object add"}
    for line in NAMING:
        words = line.split()
        verb = 1 + (words[0] in nouns)
        named = [path] if words[0] == "object" else ["-o", path]
        ran = home.run(*words[:verb], *named, *words[verb:])
        commands = {*printed_commands(ran.out), *printed_commands(ran.err)} - elsewhere
        assert [one for one in commands if path not in one] == [], line


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (("synch",), "there is no command `synch`; did you mean `sync`?", "torgsync --help"),
        (("--hom",), "there is no option `--hom`; did you mean `--home`?", "torgsync --help"),
        (
            ("object", "add", "--token", "x"),
            "there is no option `--token`; did you mean `--api-key`?",
            "--help",
        ),
        (("object", "ad"), "there is no command `ad`", "torgsync object --help"),
        (("update", "--format", "xml"), "`--format`: `xml` is not one of", "torgsync update --help"),
        (("payments", "map"), "`METHOD` is needed", "give it on the command line"),
        (("sync", "-o", "a", "-o", "b"), "`--object` is given more than once", "or take all with `--all`"),
        (("status", "--object=a", "-ob"), "`--object` is given more than once", "once for each"),
    ],
)
def test_a_command_line_that_cannot_be_understood(
    empty: Home, args: tuple[str, ...], message: str, hint: str
) -> None:
    """Exit 64 with one sentence and the usage; nothing is written."""
    ran = empty.run(*args)
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.startswith(f"error: {message}")
    assert hint in ran.err
    assert not empty.folder.exists()


def test_a_noun_without_a_verb(empty: Home) -> None:
    """The noun's own help is shown."""
    for noun in ("object", "payments", "fields", "orders", "clients"):
        ran = empty.run(noun)
        assert (ran.code, ran.out, "Usage: " in ran.err) == (64, "", True)


def test_the_home_folder(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable names it, and the option wins over the variable."""
    monkeypatch.setenv("TORGSYNC_HOME", str(home.folder))
    assert "My Prom" in CliRunner().invoke(app, ["object", "list"]).stdout
    other = ["--home", str(tmp_path / "new"), "object", "list"]
    assert CliRunner().invoke(app, other).stderr == "no objects yet\n"


def test_a_home_that_cannot_be_made(empty: Home, tmp_path: Path) -> None:
    """The folder is named, and how to take another."""
    (tmp_path / "file").write_text("in the way")
    ran = empty.run("--home", str(tmp_path / "file" / "home"), "object", "list")
    assert ran.code == 64
    assert ran.err.startswith(f"error: the home folder `{tmp_path / 'file' / 'home'}` cannot be made: ")
    assert ran.err.endswith("hint: name another one with `--home DIR`\n")


@pytest.mark.parametrize("address", ["prom.ua/api/v1", "https://user:secret@prom.example/api/v1"])
def test_an_invalid_address(home: Home, address: str) -> None:
    """An address without http, or with a password in it, is refused before anything is asked."""
    ran = Home(home.folder, home.shop, Elsewhere(address, home.sandbox)).run("update")
    assert (ran.code, ran.out) == (64, "")
    assert "the address of Prom.ua's API in `TORGSYNC_PROM_URL` is not a web address" in ran.err
    assert "secret" not in ran.err


def test_another_state(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`TORGSYNC_STATE` moves the state elsewhere."""
    monkeypatch.setenv("TORGSYNC_STATE", f"sqlite:///{(tmp_path / 'other.db').as_posix()}")
    assert home.run("update").code == 0
    assert (tmp_path / "other.db").exists()
    assert not (home.folder / "state.db").exists()


def test_tables_without_a_terminal_have_no_blanks_at_their_ends(filled: Home) -> None:
    """Their columns are as wide as the longest value; who compares texts or pastes them wants no padding."""
    for command in (("status",), ("object", "list"), ("goods", "list"), ("history",), ("fields", "list")):
        lines = filled.run(*command).out.splitlines()
        assert len(lines) > 1
        assert [line for line in lines if line != line.rstrip()] == []


def test_output_that_no_person_waits_for(home: Home) -> None:
    """Without a terminal it is in the language of the sync object, unless the call names one."""
    home.edit_object('name = "My Prom"', 'name = "My Prom"\nlanguage = "uk"')
    assert "to create" not in home.run("update", "--offline").out
    assert "to create" in home.run("--lang", "en", "update", "--offline").out
    second = home.second_object("Second", "second.toml")
    second.write_text(second.read_text("utf-8").replace('language = "uk"\n', ""), "utf-8")
    first, other = home.run("update", "--offline").out.split("\n\nSecond")
    assert "to create" not in first
    assert "to create" in other
    assert home.run("update", "--offline", "-o", "Second").out.count("to create") == 1


@pytest.mark.slow
def test_a_console_of_another_encoding(home: Home) -> None:
    """Output is UTF-8 whatever the platform thinks, so that no name stops the program."""
    with subprocess.Popen(
        [sys.executable, "-m", "torgsync", "update", "--format", "csv", "--offline"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**home.environment(), "PYTHONIOENCODING": "cp866", "PYTHONUTF8": "0"},
    ) as process:
        out, err = process.communicate(timeout=300)
    assert (process.returncode, b"Traceback" in err) == (0, False)
    assert "М’яка іграшка Ведмедик Мишко 40 см" in out.decode("utf-8")


def test_retries_are_silent(hard: Home, faulty: FaultyServer) -> None:
    """A successful retry prints nothing."""
    faulty.misbehave("GET /products/list", says(429, {"error": "slow"}, Retry_After="0"), times=1)
    code, out, err = finish(hard.start("update", "--show", "summary"))
    assert (code, err) == (
        0,
        "reading the export …\nlooking at the photos …\nreading Prom.ua …\nmaking the plan …\n",
    )
    assert "39 to create" in out


@posix
@pytest.mark.parametrize(("command", "option"), [("sync", ("--yes",)), ("orders fetch", ())])
def test_stopped_before_there_is_a_plan(
    hard_filled: Home, faulty: FaultyServer, command: str, option: tuple[str, ...]
) -> None:
    """Ctrl-C while orders are fetched ends with 130 too, and the lease is released."""
    gate = Gate()
    faulty.misbehave("GET /orders/list", gate, times=1)
    process = hard_filled.start(*command.split(), *option)
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGINT)
    gate.opened.set()
    code, _, err = finish(process)
    assert (code, "Traceback" in err) == (130, False)
    assert err.splitlines()[-3:] == [
        "error: stopped by you before anything was sent",
        "",
        f'hint: go on with: torgsync {command} -o "My Prom"',
    ]
    assert hard_filled.sync().code == 0


@posix
def test_stopped_by_a_person(hard_filled: Home, faulty: FaultyServer) -> None:
    """Ctrl-C ends with 130 and a hint; the next run finishes."""
    hard_filled.next_day()
    gate = Gate(after=True)
    faulty.misbehave("POST /products/edit_by_external_id", gate, times=1)
    process = hard_filled.start("sync", "--yes")
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGINT)
    gate.opened.set()
    code, _, err = finish(process)
    assert code == 130
    assert "stopped by you: 13 of 13 changes done" not in err
    assert err.splitlines()[-1].endswith('; go on with: torgsync sync -o "My Prom"')
    assert "Traceback" not in err
    assert hard_filled.sync().code == 0
    assert len(hard_filled.sandbox.products()) == 41


@posix
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_rollback_is_stopped_by_a_person(hard_filled: Home, faulty: FaultyServer, number: int) -> None:
    """Requests in flight are finished and counted, exit 130; the same command continues."""
    hard_filled.edit_object('gone = "delete"', 'gone = "hide"')
    hard_filled.next_day()
    assert hard_filled.sync().code == 0
    gate = Gate(after=True)
    faulty.misbehave("POST /products/edit_by_external_id", gate, times=1)
    process = hard_filled.start("rollback", "2", "--yes")
    assert gate.reached.wait(60)
    process.send_signal(number)
    gate.opened.set()
    code, out, err = finish(process)
    assert (code, "Traceback" in err) == (130, False)
    assert err.splitlines()[-1].startswith("stopped by you: ")
    assert err.splitlines()[-1].endswith(' of 13 changes done; go on with: torgsync rollback 2 -o "My Prom"')
    assert "unclear" in out
    assert hard_filled.run("rollback", "2", "--yes").code == 0
    assert hard_filled.sandbox.product("26926").price == 129
    assert hard_filled.sandbox.product("26941").status == "not_on_display"


# On a terminal


def talk(home: Home, answer: str, *args: str) -> tuple[int, str]:
    """Run a command on a terminal where a person answers, and return its code and the whole screen."""
    import pty

    person, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "torgsync", *args],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**home.environment(), "TERM": "xterm", "COLUMNS": "80", "LINES": "50", "NO_COLOR": ""},
    ) as process:
        os.close(terminal)
        screen = b""
        try:
            while chunk := os.read(person, 65536) if select.select([person], [], [], 60)[0] else b"":
                screen += chunk
                if answer and b"[y/N]: " in screen:
                    os.write(person, answer.encode())
                    answer = ""
            process.kill()  # one that waits for another answer would wait for ever
        except OSError:  # on Linux, the end of a terminal that was closed
            pass
        os.close(person)
    return process.returncode, screen.decode()


@posix
def test_a_person_says_yes(filled: Home) -> None:
    """Then it is sent, with a transient progress bar."""
    filled.next_day()
    code, screen = talk(filled, "y\n", "sync")
    assert code == 0
    assert "Send 13 changes to Prom.ua? [y/N]: " in screen
    assert "Done: 13 changes are on Prom.ua (" in screen
    assert "\x1b[33m~ update" in screen
    assert len(filled.sandbox.products()) == 41


@posix
@pytest.mark.parametrize(
    ("command", "indent"), sampled([(("object", "check"), 22), (("update",), 4)], (("update",), 4))
)
def test_a_narrow_terminal(home: Home, command: tuple[str, ...], indent: int) -> None:
    """Long lines go on below, indented, and only a path is wider than the screen; a pipe gets them whole."""
    shutil.copyfile(DATA / "refused-54-columns" / "TSGoods.trs", home.export)
    piped = home.run(*command)
    assert max(map(len, (piped.out + piped.err).splitlines())) > 200
    code, screen = talk(home, "", "--no-color", *command)
    lines = screen.splitlines()
    assert code == 3
    assert max(len(line) for line in lines if str(home.folder) not in line) <= 80
    assert f'{"":<{indent}}extra_columns = ["…", "…", "…", "…", "…", "…"]' in lines
