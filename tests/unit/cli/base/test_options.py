"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from homes import Home

from torgsync.cli.app import app
from torgsync.cli.base.options import separated

WHOLE = {
    "--set": "a value may be a list itself",
    "--allow": "ids of goods are a list themselves",
    "--fault": "a path may hold a comma",
    "--photos": "a folder may be called anything",
    "--group": "a group may be called anything",
    "words": "what is looked for may hold a comma",
}
"""Options that are only repeated, and why no comma separates their values."""


def parameters(command: Any, path: str = "torgsync") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield every option and argument of a command and of those below it, with its command."""
    for parameter in command.params:
        yield path, parameter
    for name, below in getattr(command, "commands", {}).items():
        yield from parameters(below, f"{path} {name}")


def test_one_parser_for_every_list() -> None:
    """Whatever takes several values takes them with commas too, or its values may hold one."""
    several = [
        (path, parameter)
        for path, parameter in parameters(typer.main.get_command(app))
        if getattr(parameter, "multiple", False) or parameter.nargs == -1
    ]
    apart = {
        parameter.opts[0]
        for _, parameter in several
        if getattr(parameter.callback, "__wrapped__", None) is not separated
    }
    assert apart == set(WHOLE)
    assert len(several) > 10


@pytest.mark.parametrize(
    "given",
    [
        ("--center", "8,2", "--find-by", "email,phone"),
        ("--center", "8", "--center", "2", "--find-by", "email", "--find-by", "phone"),
        ("--center", " 8 , 2,8,", "--find-by", "email, phone,email"),
        ("--set", "accounting_centers.use=8, 2", "--set", "clients.find_by=email, phone"),
    ],
)
def test_a_list_in_every_way(home: Home, given: tuple[str, ...]) -> None:
    """With commas, repeated, or both: each is named once, in its order."""
    assert home.run("object", "edit", *given).code == 0
    settings = home.run("object", "show", "--format", "json").json["object"]
    assert settings["accounting_centers"]["use"] == ["8", "2"]
    assert settings["clients"]["find_by"] == ["email", "phone"]


def test_a_list_of_nothing(home: Home) -> None:
    """It is refused, not taken for an option that was not given."""
    for given in ("", " , "):
        ran = home.run("object", "edit", "--center", given)
        assert (ran.code, ran.err.splitlines()[0]) == (64, "error: `--center` is empty")
