"""Global options and environment variables, for every command and group of the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperOption
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.commands import variable_of
from torgsync.cli.base.program import Program

ELSEWHERE = {"TORGSYNC_STATE", "TORGSYNC_PROM_URL"}
"""Variables with another meaning than an option."""
PERMITS = {
    *("yes", "allow", "plan", "due", "all", "decisions", "write-ids", "again", "remove", "set", "unset"),
    *("parcel", "carrier", "message", "into", "cash-register", "current-account", "api-key"),
    *("editor", "version", "help"),
}
"""What lets something be sent, deleted or lifted, and what does something else than the command."""
CHOSEN = {
    "update": {"good", "group", "first", "fields"},
    "sync": {"good", "group", "first", "fields"},
    "fields add": {"to", "name", "unit", "split", "owner"},
}
"""What chooses for one call, keyed by the command."""

Context = Any


def walk(command: Any, ctx: Context) -> Iterator[Context]:  # noqa: ANN401
    """Yield a context for a command and for all below it."""
    yield ctx
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, below.context_class(below, info_name=name, parent=ctx))


ROOT = typer.main.get_command(app)
CONTEXTS = list(walk(ROOT, ROOT.context_class(ROOT, info_name="torgsync", **ROOT.context_settings)))


def path(ctx: Context) -> list[str]:
    """Return the words of a command."""
    return [*path(ctx.parent), ctx.info_name] if ctx.parent else []


def test_global_options_and_h_at_every_level() -> None:
    """After the name of each command and group; `-h` is `--help`, which names them all."""
    for ctx in CONTEXTS:
        words = path(ctx)
        for help_option in ("-h", "--help"):
            args = [*words, "--home", "x", "-vv", "-q", "--no-color", "--record", "y", help_option]
            ran = CliRunner().invoke(app, args, obj=Program())
            assert (ran.exit_code, ran.stderr) == (0, ""), words
            assert ran.stdout.startswith("Usage: "), words
            text = " ".join(ran.stdout.split())
            assert all(name in text for name in ("--home DIR", "-v", "-q", "--no-color", "--record FILE"))
        assert not words or "Global options, see `torgsync --help`" in text


@pytest.mark.parametrize(
    ("args", "verbosity", "color"),
    [
        ("--home HOME -v object list", 1, True),
        ("object --home HOME -v --no-color list", 1, False),
        ("object list --home HOME -vv", 2, True),
        ("-v --home X object -v --home Y list -v --home HOME", 3, True),
        ("-q object list --home HOME -v", -1, True),
        ("-v object list --home HOME -q --no-color", -1, False),
    ],
)
def test_options_of_all_places_count(tmp_path: Any, args: str, verbosity: int, color: bool) -> None:  # noqa: ANN401
    """The last home wins, each `-v` counts, and `-q` outweighs them."""
    program = Program()
    words = args.replace("HOME", str(tmp_path)).split()
    assert CliRunner().invoke(app, words, obj=program).exit_code == 0
    assert (program.home, program.verbosity, program.color) == (tmp_path, verbosity, color)


def options() -> Iterator[tuple[Context, TyperOption, str, str | None]]:
    """Yield each option with the context of its command, its name and its variable."""
    for ctx in CONTEXTS:
        for param in [*ctx.command.params, ctx.command.get_help_option(ctx)]:
            if isinstance(param, TyperOption):
                yield ctx, param, max(param.opts, key=len).lstrip("-"), variable_of(ctx, param)


def test_a_variable_means_one_option() -> None:
    """Also none that means something else; the home has the variable that it had before."""
    named = [variable for *_, variable in options() if variable]
    assert len(named) == len(set(named)) > 100
    assert not ELSEWHERE & set(named)
    assert {"TORGSYNC_HOME", "TORGSYNC_LANG", "TORGSYNC_SYNC_OBJECT", "TORGSYNC_PAYMENTS_REPORT_FROM"} <= set(
        named
    )


def test_no_variable_permits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No option that permits is read from the environment, by its own name or by that in the code."""
    met = set()
    for ctx, option, name, variable in options():
        if variable is None:
            words = "_".join(["TORGSYNC", *path(ctx)])
            for called in (name, str(option.name)):
                monkeypatch.setenv(f"{words}_{called}".upper().replace("-", "_"), "1")
            assert option.value_from_envvar(ctx) is None, (path(ctx), name)
            met.add(name)
        assert variable is None or name not in PERMITS, (path(ctx), name)
        command = " ".join(path(ctx))
        assert variable is None or name not in CHOSEN.get(command, ()), (command, name)
        assert variable is None or command != "object edit", name
    assert met >= PERMITS.union(*CHOSEN.values())


def test_variables_are_read_and_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401
    """By a command and by the program; the command line outweighs them, and an error names what was set."""
    monkeypatch.setenv("TORGSYNC_HOME", str(tmp_path))
    monkeypatch.setenv("TORGSYNC_VERBOSE", "2")
    monkeypatch.setenv("TORGSYNC_NO_COLOR", "1")
    monkeypatch.setenv("TORGSYNC_OBJECT_LIST_FORMAT", "json")
    program = Program()

    def run(*args: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, ["object", "list", *args], obj=program)
        return ran.exit_code, ran.stdout + ran.stderr

    assert run() == (0, '{"schema": 1, "objects": []}\n')
    assert (program.home, program.verbosity, program.color) == (tmp_path, 2, False)
    assert run("--format", "csv") == (0, "slug,name,export,problem\n")
    assert "[env var: TORGSYNC_OBJECT_LIST_FORMAT; default: table]" in " ".join(run("-h")[1].split())
    assert '"kind": "usage", "exit": 64' in run("--nothing")[1]
    assert "variable" not in run("--format", "xml")[1]
    monkeypatch.setenv("TORGSYNC_OBJECT_LIST_FORMAT", "xml")
    assert "from the variable `TORGSYNC_OBJECT_LIST_FORMAT`: `xml` is not one of" in run()[1]
    monkeypatch.setenv("TORGSYNC_VERBOSE", "much")
    assert "from the variable `TORGSYNC_VERBOSE`: `much` is not a whole number\n" in run()[1]
