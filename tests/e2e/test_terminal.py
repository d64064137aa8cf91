"""No text of an export, an order, an answer, a file name or an option drives the terminal, in any command.

`Home.run` looks at what every call of every test prints; here the texts are everywhere.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from homes import Home, Ran
from typer.core import TyperArgument, TyperOption

from torgsync.cli.app import app
from torgsync.core.text import UNSHOWN
from torgsync.errors import Exit
from torgsync.sandbox.faults import Forward, HookAnswer, HookedCall
from torgsync.sandbox.shop.orders import ShopBuyer

ODD = "\x1b]0;x\x07\x1b[31m\u202e\u2066\u200f\x9b2J\x7f"
"""A title, a colour, three directions, an erased screen: what a cell or a file name may hold."""
LINES = "\r\x85\u2028\nFORGED"
"""Ends of lines that an answer or an option may hold, and what would then look like a line of ours."""


def commands(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], list[Any]]]:  # noqa: ANN401
    """Yield the words of each command with its parameters."""
    below = getattr(command, "commands", {})
    if not below:
        yield path, command.params
    for name, one in below.items():
        yield from commands(one, *path, name)


COMMANDS = dict(commands(typer.main.get_command(app)))
ENDLESS = {("demo",), ("sandbox",)}
NEEDED = {
    ("why",): "26901",
    ("history",): "1",
    ("rollback",): "1",
    ("orders", "show"): "300000001",
    ("orders", "done"): "300000001",
    ("orders", "export"): "300000001",
    ("orders", "ship"): "300000001 --parcel 20450000000001 --dry-run",
    ("clients", "show"): "1",
    ("clients", "forget"): "+380500000001",
    ("fields", "values"): "Description --show all",
    ("object", "check"): "--show all",
    ("update",): "--show all",
    ("sync",): "--yes --no-wait",
}
"""Arguments with which a command shows much. One that is not listed is called without any."""


def shows_letters(ran: Ran, *, document: bool) -> None:
    """Assert that a call ended as it may, with lines of its own only; a document may have any texts."""
    assert ran.code in set(Exit) - {Exit.INTERRUPTED}, ran
    assert not UNSHOWN.search(ran.out + ran.err), ran
    if not document:
        assert not any(line.startswith("FORGED") for line in (ran.out + ran.err).splitlines()), ran


def spoiled(value: Any, key: str = "") -> Any:  # noqa: ANN401  # JSON
    """Return an answer in which each text for people ends oddly; dates, numbers and codes stay."""
    match value:
        case dict():
            return {name: spoiled(below, name) for name, below in value.items()}
        case list():
            return [spoiled(below, key) for below in value]
        case str() if key in {"error", "message", "name", "title", "text", "sku"} or not value.isascii():
            return value + ODD + "\ud83d" + LINES
    return value


def spoil(call: HookedCall, forward: Forward) -> HookAnswer:
    """Answer as the marketplace does, with odd texts."""
    answer = forward(call.body)
    if not answer.body.startswith((b"{", b"[")):
        return answer
    return replace(answer, body=json.dumps(spoiled(json.loads(answer.body))).encode())


@pytest.fixture
def odd_shop(mapped: Home) -> Home:
    """A shop whose name, files, goods, orders and answers are full of such texts."""
    buyer = ShopBuyer(
        first_name="Олена", last_name="Вигадана", phone="+380500000001", email="olena@example.com"
    )
    mapped.sandbox.place_order([("26901", 1)], buyer=buyer, client_notes="Дякую")
    mapped.sandbox.add_product("99", name="Чужий")
    mapped.next_day()
    head, *rows = mapped.export.read_bytes().decode("utf-8-sig").split("\r\n")
    spoilt = [";".join(cell + ODD if not cell.isascii() else cell for cell in row.split(";")) for row in rows]
    mapped.export.unlink()
    odd = mapped.export.with_name(f"TS{ODD}.trs")
    odd.write_bytes("\r\n".join([head, *spoilt]).encode())
    mapped.edit_object('"TSGoods.trs"', json.dumps(odd.name))
    mapped.edit_object('name = "My Prom"', f"name = {json.dumps('My' + ODD + 'Prom')}")
    mapped.sandbox.faults.add_hook("ANY *", spoil)
    return mapped


@pytest.mark.slow
def test_every_command_shows_letters(odd_shop: Home) -> None:
    """As a table, as JSON and as CSV, from an export, orders and answers full of such texts."""
    first = ["update", "sync", "payments", "orders"]
    met = set()
    order = sorted(COMMANDS, key=lambda path: (path[0] not in first, path[0] == "object"))
    for path in order:
        if path in ENDLESS or path == ("schedule", "install"):
            continue
        formats = any("--format" in param.opts for param in COMMANDS[path])
        for form in ("table", "json", "csv") if formats else ("",):
            words = [*path, *shlex.split(NEEDED.get(path, ""))]
            ran = odd_shop.run(*words, *(["--format", form] if form else []))
            shows_letters(ran, document=form in {"json", "csv"})
            if "]0;x" in ran.out + ran.err:
                met.add(path)
            if form == "json" and ran.out and path != ("orders", "export"):  # which writes files
                json.loads(ran.out)
    missing = {("update",), ("why",), ("orders", "show"), ("payments", "list"), ("doctor",)} - met
    assert not missing, sorted(met)


@pytest.mark.slow
def test_every_option_shows_letters(bare: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is given for each argument and option of each command."""
    monkeypatch.chdir(tmp_path)
    text = ODD + "\udce9" + LINES
    for path, params in COMMANDS.items():
        shows_letters(bare.run(*path[:-1], path[-1] + text), document=False)
        for param in params:
            value = isinstance(param, TyperOption) and not param.is_flag and not param.count
            if path not in ENDLESS and (value or isinstance(param, TyperArgument)):
                given = ["--", text] if isinstance(param, TyperArgument) else [param.opts[0], text]
                shows_letters(bare.run(*path, *given), document=False)
