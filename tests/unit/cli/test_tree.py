"""The tree of commands: what is known of a command before it is imported."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.commands import Commands, Group, Unloaded
from torgsync.cli.base.program import Program
from torgsync.cli.tree import COMMANDS, program_commands


@pytest.mark.parametrize("words", COMMANDS)
def test_the_line_of_a_command_is_the_first_paragraph_of_its_help(words: str) -> None:
    """So the help of a group shows what that of the command says; both know it by the same name."""
    commands = program_commands()
    *groups, name = words.split()
    for group in groups:
        commands = commands[group].commands
    known, loaded = commands.known[name], commands[name]
    assert isinstance(known, Unloaded)
    assert (known.name, known.help) == (loaded.name, loaded.help.split("\n\n")[0])
    assert not loaded.hidden


def test_names_are_known_without_an_import() -> None:
    """Of the program and of its groups, as help and completion need them."""

    def names(commands: Commands, above: str = "") -> list[str]:
        return [
            word
            for name, known in commands.known.items()
            for word in (
                names(known.commands, f"{name} ") if isinstance(known, Group) else [f"{above}{name}"]
            )
        ]

    commands = program_commands()
    assert sorted(names(commands)) == sorted(COMMANDS)
    assert not any("loaded" in vars(known) for known in commands.known.values())


def completed(shell: str, line: str) -> list[str]:
    """Return what a shell offers for a line that goes on."""
    words = {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    words |= {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    env = {"_TORGSYNC_COMPLETE": f"complete_{shell}", **words}
    ran = CliRunner().invoke(app, obj=Program(), prog_name="torgsync", env=env)
    assert ran.exit_code == 0, ran.output
    return re.findall(r'"(-*[a-z][a-z-]*)"(?=:"|$|\n|\))' if shell == "zsh" else r"(?m)^[a-z-]+", ran.stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("torgsync s", ["schedule", "sync", "status", "state", "sandbox"]),
        ("torgsync fields a", ["add-all", "add"]),
        ("torgsync -v sandbox c", ["compare"]),
        ("torgsync object --q", ["--quiet"]),
        ("torgsync object list --f", ["--format"]),
        ("torgsync sync --format ", ["table", "json"]),
    ],
)
def test_a_shell_completes_commands_and_options(shell: str, line: str, offers: list[str]) -> None:
    """Of the program, of groups, and of commands that are not imported before."""
    assert completed(shell, line) == offers
