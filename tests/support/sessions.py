"""Runs the console blocks of a page of the documentation, in the example shop and a sandbox of its own."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from homes import EXAMPLE
from shops import Clock
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.sandbox.server import RunningServer, serve
from torgsync.sandbox.shop.shop import Shop

_CONSOLE = re.compile(r"```console(?: exit=(\d+))?\n(.*?)```", re.DOTALL)
_SANDBOX = re.compile(r"http://127\.0\.0\.1:8765(?=/)")
"""The address at which pages have the sandbox."""


_SECONDS = re.compile(r"\(\d+ s,")
"""How long a run took."""


@dataclass
class Step:
    """A command of a page, with the lines shown below it and the exit code of its block."""

    command: str
    code: int
    lines: list[str] = field(default_factory=list)


def steps_of(text: str) -> list[Step]:
    """Return the commands of all console blocks, in order.

    A block whose last command ends with a code other than 0 begins with "```console exit=8".
    """
    found: list[Step] = []
    for code, block in _CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step(line[2:], 0))
            else:
                found[-1].lines.append(line)
        found[-1].code = int(code or 0)
    return found


@dataclass
class Walk:
    """A person in the folder of the example shop, with a sandbox that they call Prom.ua."""

    home: Path
    server: RunningServer
    clock: Clock

    def run(self, command: str) -> tuple[int, list[str]]:
        """Run one command; return its exit code and the lines that it printed, talk before data."""
        words = shlex.split(command)
        match words:
            case ["cp", source, target]:
                shutil.copyfile(source, target)
                return 0, []
            case ["curl", address, "-d", body]:
                origin = self.server.url.removesuffix("/api/v1")
                request = Request(_SANDBOX.sub(origin, address), body.encode())  # noqa: S310  # loopback
                with urlopen(request) as answer:  # noqa: S310  # loopback
                    return 0, answer.read().decode().splitlines()
        assert words[0] == "torgsync", command
        pause = self.clock.advance
        program = Program(self.home, self.server.url, sleep=lambda seconds: pause(seconds=seconds))
        result = CliRunner().invoke(app, words[1:], obj=program)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        talk = [line for line in result.stderr.splitlines() if not line.endswith(" …")]
        return result.exit_code, [self._as_shown(line) for line in talk + result.stdout.splitlines()]

    def _as_shown(self, line: str) -> str:
        """Return a line with the address of the pages' sandbox, and the time that they have."""
        address = self.server.url.removesuffix("api/v1")
        return _SECONDS.sub("(4 s,", line.rstrip().replace(address, "http://127.0.0.1:8765/"))


@contextmanager
def walk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """Yield a person who begins in a copy of the example shop; `folder` is empty."""
    shop = folder / "shop"
    shutil.copytree(EXAMPLE, shop)
    settings = shop / "my-prom.toml"
    hasty = settings.read_text("utf-8").replace("requests_per_second = 2", "requests_per_second = 50")
    settings.write_text(hasty, "utf-8")
    monkeypatch.chdir(shop)
    monkeypatch.setenv("MY_PROM_TOKEN", "sandbox")
    clock = Clock()
    clock.time = datetime.now(UTC)  # the program asks for what was modified since its own today
    with serve(Shop(clock=clock)) as server:
        yield Walk(folder / "home", server, clock)
