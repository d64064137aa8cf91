"""Helps of the program, of its groups and commands, in both languages on a narrow terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from once import command_line
from pasted import unpasteable
from typer.testing import CliRunner

from torgsync import i18n
from torgsync.cli.app import app
from torgsync.cli.base.commands import Commands
from torgsync.cli.base.helps.completion import FIXED, kind_of
from torgsync.cli.base.helps.placeholders import PLACEHOLDERS
from torgsync.cli.base.helps.writing import LISTED
from torgsync.cli.base.language import load_catalog
from torgsync.cli.base.program import Program
from torgsync.cli.examples import EXAMPLES
from torgsync.cli.tree import COMMANDS, GROUPS, SECTIONS
from torgsync.i18n import translated

WIDTH = 80
RAW = re.compile(r"<[^>]*>|list\[|\bTEXT\b|\bINTEGER\b|\bFLOAT\b|\{[A-Z]|\.\.\.")
"""How a library writes types, and what it cuts off."""
PLACE = re.compile(r"(?<![\w-])[A-Z]+(?![\w-])")
ENGLISH = re.compile(r"(?<![\w`.<-])[A-Za-z]{2,} [a-z]{2,}(?![\w`.-])")
DATA = re.compile(r"(?s)`[^`]*`|^ +(?:curl|torgsync) .*?$|torgsync [a-z-]+(?: [a-z-]+)*", re.MULTILINE)


def walk(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Yield each command and group with its words."""
    yield words, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, (*words, name))


PAGES = list(walk(command_line(app)))


@pytest.fixture(params=i18n.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language, on a terminal of 80 columns."""
    i18n.use(load_catalog(request.param))
    yield request.param
    i18n.use(None)


def shown(language: str, words: tuple[str, ...]) -> str:
    """Return a help page as a person gets it."""
    env = {"COLUMNS": str(WIDTH), "TORGSYNC_LANG": language}
    ran = CliRunner().invoke(app, [*words, "--help"], obj=Program(), env=env, prog_name="torgsync")
    assert (ran.exit_code, ran.stderr) == (0, ""), words
    return ran.stdout


def flat(text: str) -> str:
    """Return a text in one line."""
    return " ".join(text.split())


@pytest.mark.parametrize(("words", "command"), PAGES, ids=[" ".join(words) for words, _ in PAGES])
def test_nothing_is_cut_off(language: str, words: tuple[str, ...], command: Any) -> None:  # noqa: ANN401
    """Every line fits, without a type of the library; helps, variables and summaries are whole."""
    text = shown(language, words)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert not RAW.findall(text)
    page = flat(text)
    for param in command.params:
        assert flat(i18n.translated_text(str(param.help))) in page
        assert not param.envvar or param.envvar in page
        assert all(name in page for name in param.opts if name.startswith("-"))
        if param.type_descriptor.is_choice:
            assert f"{max(param.opts, key=len)} {'|'.join(param.type_descriptor.choices)} " in page
    for name in getattr(command, "commands", ()):
        summary = (
            COMMANDS[" ".join((*words, name))][1] if words != ("sandbox",) and name not in GROUPS else ""
        )
        assert flat(translated(summary or GROUPS.get(name, ""))) in page
    kinds = {kind_of(param) for param in command.params} & set(LISTED)
    assert all(f"`{value.rstrip('=')}`" in page for kind in kinds for value in FIXED[kind]())
    assert all(f"\n  {example}\n" in text for example in EXAMPLES.get(" ".join(words), ()))
    if language != "en":
        assert not ENGLISH.findall(DATA.sub("", text))


def test_every_placeholder_is_known() -> None:
    """So it has a translation; words of choices are data."""
    met = {
        word
        for _words, command in PAGES
        for param in command.params
        if not getattr(param, "is_flag", False) and not getattr(param, "count", False)
        and not param.type_descriptor.is_choice
        for word in PLACE.findall(param.metavar or param.name.upper().replace("_", "-"))
        or [param.metavar or param.name]
    } - {"nova_poshta|ukrposhta|meest"}  # fmt: skip
    assert met <= set(PLACEHOLDERS)


def test_every_command_is_below_one_heading() -> None:
    """And in the order of the headings, which completion has too."""
    commands = PAGES[0][1].commands
    assert isinstance(commands, Commands)
    listed = [name for names in SECTIONS.values() for name in names]
    assert len(listed) == len(set(listed))
    assert list(commands) == [name for name in listed if name in commands]
    assert set(commands) == {words.split()[0] for words in COMMANDS}


def test_every_command_has_examples_that_can_be_pasted(tmp_path: Path) -> None:
    """Each is a whole command of its own, which a shell and the program take."""
    commands = {
        " ".join(words)
        for words, command in PAGES
        if not getattr(command, "no_args_is_help", False)
    }  # fmt: skip
    examples = {words: EXAMPLES.get(words, ()) for words in commands}
    assert all(examples.values())
    assert all(
        f"{line} ".startswith(f"torgsync {words} ") for words, lines in examples.items() for line in lines
    )
    assert unpasteable((line for lines in examples.values() for line in lines), tmp_path) == {}
