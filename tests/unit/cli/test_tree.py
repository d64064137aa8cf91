"""The tree of commands: what is known of a command before it is imported."""

from __future__ import annotations

import pytest

from torgsync.cli.base.commands import Commands, Group, Unloaded
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
