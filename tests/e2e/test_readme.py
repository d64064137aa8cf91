"""What README and examples show is what the program does: their commands are run, their outputs compared."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import EXAMPLE
from shops import Clock
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.core.findings import Code
from torgsync.errors import Exit
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop

ROOT = Path(__file__).parents[2]
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def sessions(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of all console blocks, in order, each with the lines shown below it."""
    found: list[tuple[str, list[str]]] = []
    for block in CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


@pytest.mark.parametrize("page", ["README.md", "examples/README.md"])
def test_a_page_shows_what_the_program_prints(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command in a console block gives exactly the lines below it, talk and data."""
    shop = tmp_path / "shop"
    shutil.copytree(EXAMPLE, shop)
    settings = shop / "my-prom.toml"
    hasty = settings.read_text("utf-8").replace("requests_per_second = 2", "requests_per_second = 50")
    settings.write_text(hasty, "utf-8")
    monkeypatch.chdir(shop)
    monkeypatch.setenv("MY_PROM_TOKEN", "sandbox")
    shown = sessions((ROOT / page).read_text("utf-8"))
    assert shown
    clock = Clock()
    clock.time = datetime.now(UTC)  # the program asks for what was modified since its own today
    with serve(Shop(clock=clock)) as server:
        for command, lines in shown:
            words = shlex.split(command)
            if words[0] == "cp":
                shutil.copyfile(words[1], words[2])
                continue
            program = Program(
                tmp_path / "home", server.url, sleep=lambda seconds: clock.advance(seconds=seconds)
            )
            result = CliRunner().invoke(app, words[1:], obj=program)
            talk = [line for line in result.stderr.splitlines() if not line.endswith(" …")]
            said = [line.rstrip() for line in talk + result.stdout.splitlines()]
            assert (command, said) == (command, lines)


def test_the_readme_lists_every_exit_code() -> None:
    """A script can rely on the table: it holds each code of the program, and no other."""
    table = (ROOT / "README.md").read_text("utf-8").split("## Exit codes")[1].split("##")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(Exit)


def test_the_readme_lists_every_finding() -> None:
    """A person can look up what a code means: the table holds each code with its severity, and no other."""
    table = (ROOT / "README.md").read_text("utf-8").split("## Findings")[1].split("##")[0]
    listed = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| \S.* \| \S.* \|$", table, re.MULTILINE)
    assert listed == [(str(code), str(code.severity)) for code in Code]
