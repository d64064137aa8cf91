"""Files that are none, or hold what no program should have to read: refused in a sentence, and at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from homes import Home, Ran
from odd_files import CONTENTS, FEW, NO_FILES, odd_files, within

from torgsync.cli.app import app
from torgsync.core.recording.exchange import first_line
from torgsync.errors import Exit

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes nor devices in folders")

Words = tuple[str, ...]
KINDS = pytest.mark.parametrize(
    "kinds", [FEW, pytest.param((*NO_FILES, *CONTENTS), marks=pytest.mark.slow)], ids=["few", "all"]
)
PLACES = {"FILE", "DIR", "PLAN"}
"""How the help calls a value that is a file or folder."""
OPENS_NOTHING = {"--photos", "--export"}
"""Options whose path is written into the sync object, whose check reports it."""
REST = {
    "rollback --out": ("rollback", "1", "--out"),
    "state restore": ("state", "restore", "--yes"),
    "fleet push": ("fleet", "push", "--yes"),
    "sandbox compare --scenario": ("sandbox", "compare", "recording", "--scenario"),
}
"""How a command is called, where the name of the option and the file are not enough."""
RIGHT = {
    "--home": {"folder", "there"},
    "state backup": {"folder"},
    "update --out": {"circle"},  # a link is replaced, never followed
    "rollback --out": {"circle"},
    "sandbox --scenario": {"empty"},
    "sandbox --keep": {"empty"},
    "sandbox compare --scenario": {"empty"},
}
"""What may be given all the same."""


def commands(command: Any = None, path: Words = ()) -> Iterator[tuple[Words, Any]]:  # noqa: ANN401
    """Yield every command of the program with the words that call it."""
    command = command or typer.main.get_command(app)
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


def calls_with_a_file() -> dict[str, Words]:
    """Return how every option and argument that takes a file is given, without the file."""
    calls = {}
    for path, command in commands():
        for parameter in command.params:
            if str(parameter.metavar).strip("[]") in PLACES:
                option = parameter.opts[0] if parameter.opts[0].startswith("-") else ""
                if option not in OPENS_NOTHING:
                    name = " ".join((*path, option)).strip()
                    calls[name] = REST.get(name, (*path, *([option] if option else [])))
    return calls


def message(ran: Ran) -> str:
    """Return the message of an error, which is one line; empty where there is none, or more than one."""
    messages = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    return messages[0] if len(messages) == 1 else ""


@KINDS
def test_every_option_that_takes_a_file(home: Home, kinds: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 64 and a sentence for whatever is no such file; nothing is sent and nothing hangs."""
    calls = calls_with_a_file()
    for name in ("sync --metrics", "fleet worker --metrics"):
        del calls[name]  # written after a run, which no trouble with it may fail
    assert {"sync --plan", "update --out", "object adopt --decisions", "clients import"} <= calls.keys()
    monkeypatch.chdir(home.folder)
    Path("recording").write_text(first_line("1.0"), "utf-8")
    home.sync()
    before = home.writes()
    wrong = []
    for number, (name, call) in enumerate(calls.items()):
        for file in odd_files(home.folder.parent / f"odd{number}", kinds):
            if file.stem in RIGHT.get(name, ()):
                continue
            words = (*call, str(file), *(("object", "list") if name.startswith("-") else ()))
            with within(words):
                ran = home.run(*words)
            if ran.code != Exit.USAGE or file.stem[:20] not in message(ran):
                wrong.append((*words, int(ran.code), ran.err[:300]))
    assert not wrong
    assert home.writes() == before


def test_every_command_with_an_object(home: Home) -> None:
    """A sync object that is named by its file, and is none: exit 3, or 64 where there is no file."""
    wrong, read = [], 0
    for path, command in commands():
        names = [name for parameter in command.params for name in parameter.opts]
        needed = [p for p in command.params if p.required and not p.opts[0].startswith("-")]
        if "--object" not in names or getattr(command, "commands", None):
            continue
        for file in odd_files(home.folder.parent / "odd", ("pipe", "deep-key", "digits")):
            decided = ["--yes"] if "--yes" in names else []
            words = (*path, *("1" for _ in needed), *decided, "-o", str(file))
            with within(words):
                ran = home.run(*words)
            missing = not os.path.lexists(file)
            said = ran.out if path == ("status",) else message(ran)  # its table has a line for each object
            spoken = file.stem[:20] in said
            if ran.code not in CODES or (not missing and (ran.code == Exit.INVALID) is not spoken):
                wrong.append((*words, int(ran.code), ran.err[:300]))
            read += ran.code == Exit.INVALID
    assert not wrong
    assert read > 50


CODES = {Exit.INVALID, Exit.USAGE}
"""Codes of a command with a sync object that is none; a mistake of its other options may be found first."""


SETTINGS = {
    "catalog.path": ("update", "object check", "fields list", "object adopt"),
    "api_key.file": ("update", "orders fetch", "doctor"),
    "clients.path": ("clients import", "orders fetch"),
    "catalog.photos.folder": ("update", "object check"),
    "orders.outbox": ("object check", "orders fetch"),
}
"""Keys of a sync object that name a file or folder, and commands that open it."""


@KINDS
@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_that_names_a_file(home: Home, key: str, kinds: Words) -> None:
    """Exit 3, or a line of the check; nothing hangs and nothing is sent."""
    text = home.object.read_text("utf-8")
    for file in [*odd_files(home.folder.parent / "odd", kinds), Path("zero\\u0000byte")]:
        home.object.write_text(text, "utf-8")
        assert home.run("object", "edit", "--set", f'{key}="{file}"').code in {Exit.DONE, Exit.INVALID}
        for command in SETTINGS[key][: 1 if kinds is FEW else None]:
            with within((key, file, command)):
                ran = home.run(*command.split())
            checks = command in {"object check", "doctor"}
            assert checks or ran.code in {Exit.INVALID, Exit.ERROR, Exit.DONE}, (file, command, ran.err)
    assert not home.writes()


HUGE = "9" * 30
NUMBERS = (
    f"history {HUGE}",
    f"rollback {HUGE} --yes",
    f"rollback {HUGE} --out plan",
    f"orders show {HUGE}",
    f"orders done {HUGE}",
    f"orders export {HUGE}",
    f"orders ship {HUGE} --parcel 1",
    f"clients show {HUGE}",
    f"clients choose {HUGE} {HUGE}",
    f"clients merge {HUGE} --into {HUGE}1",
    f"payments list --order {HUGE}",
    f"schedule remove {HUGE}",
    f"schedule add --every {HUGE}d",
    f"why {HUGE}",
    f"update --allow removals={'9' * 5000}",
    "orders list --from 0001-01-01",
    "orders list --to 9999-12-31",
    "payments report --from 0001-01-01 --to 9999-12-31",
    f"object add Other --requests-per-second nan --export {os.devnull} --api-key x",
    f"object edit --set limits.imports_per_day={HUGE}",
    f"object edit --set limits.imports_per_day={'9' * 5000}",
    "object edit --set limits.requests_per_second=nan",
    "object edit --set limits.requests_per_second=0.0000000001",
    f"sandbox --fill {HUGE}",
    "sandbox --import-seconds 1e400",
    "sandbox --import-seconds nan",
    f"sandbox --manner imports_per_day={'9' * 5000}",
    "sandbox compare recording --slower 1e400",
)


def test_numbers_and_dates_that_nothing_has(filled: Home) -> None:
    """Exit 64 and a sentence, however large they are; also for those that a database could not hold."""
    wrong = []
    for call in NUMBERS:
        ran = filled.run(*call.split())
        if ran.code not in {Exit.USAGE, Exit.INVALID} or not message(ran):
            wrong.append((call[:60], int(ran.code), ran.err[:200]))
    assert not wrong
