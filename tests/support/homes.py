"""A home on disk, and how end-to-end tests run the program in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from pasted import printed_commands
from spoken import BYPASSED, PRODUCED, bypassing
from sqlalchemy import update
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.core.text import UNSHOWN
from torgsync.errors import Interrupted
from torgsync.i18n import verbatim
from torgsync.sandbox.faults import parse_fault
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.scenario import read_quirks
from torgsync.sandbox.shop.imports import ImportSettings
from torgsync.sandbox.shop.shop import Shop
from torgsync.state.maintenance.move import move_state
from torgsync.state.schema.run_tables import leases
from torgsync.state.store import open_store

ROOT = Path(__file__).parents[2]
NO_PROCESS = 2**22 + 1
"""A process id that no system assigns."""
EXAMPLE = ROOT / "examples" / "shop"
REPORTS = ("html", "markdown", "junit")
"""Formats of reports, whose commands are between signs of their own."""
PRINTED: dict[str, tuple[str, ...]] = {}
"""The commands that the program printed in this process, each with the call that printed it last."""


class SandboxAddress(Protocol):
    """A marketplace on loopback: its address with `/api/v1`, and what it holds."""

    url: str
    shop: Shop


def row_edited(good_id: str, before: str, after: str) -> Callable[[str], str]:
    """Return a change of one good's row in an export."""

    def change(text: str) -> str:
        lines = text.split("\r\n")
        (number,) = [number for number, line in enumerate(lines) if line.startswith(f"{good_id};")]
        assert before in lines[number]
        lines[number] = lines[number].replace(before, after, 1)
        return "\r\n".join(lines)

    return change


def no_waiting(_seconds: float) -> None:
    """Return at once, as the sandbox's imports do."""


def stopped(_seconds: float) -> None:
    """Have a person press Ctrl-C instead of waiting for an import."""
    raise Interrupted(verbatim("stopped by you"))


@dataclass
class Elsewhere:
    """A marketplace whose address is wrong."""

    url: str
    shop: Shop


@dataclass(frozen=True)
class Ran:
    """The result of one call of the program."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever the document holds
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """The lines of stdout without the blanks that only fill a table's cells."""
        return [line.rstrip() for line in self.out.splitlines()]


@dataclass(frozen=True)
class Home:
    """A temporary home, the shop's folder with export and photos, and the marketplace."""

    folder: Path
    shop: Path
    server: SandboxAddress

    @classmethod
    def of_example(cls, folder: Path, server: SandboxAddress) -> Home:
        """Return a home that holds the example shop, with `full` as its token."""
        shop = folder / "shop"
        shutil.copytree(EXAMPLE, shop)
        (shop / "TSGoods.trs").touch()  # it is as old as the checkout
        text = (shop / "my-prom.toml").read_text("utf-8")
        text = text.replace('{ env = "MY_PROM_TOKEN" }', '{ file = "token" }')
        text = text.replace("requests_per_second = 2", "requests_per_second = 50")
        (shop / "my-prom.toml").write_text(text, "utf-8")
        (shop / "token").write_text("full\n", "utf-8")
        objects = folder / "home" / "objects"
        objects.mkdir(parents=True)
        for name in ("TSGoods.trs", "TSGoods-tomorrow.trs", "token", "my-prom.toml"):
            (shop / name).rename(objects / name)
        shutil.move(shop / "photos", objects / "photos")
        return cls(folder / "home", objects, server)

    @classmethod
    def empty(cls, folder: Path, server: SandboxAddress) -> Home:
        """Return a home without a sync object and an export, with `full` as its token."""
        objects = folder / "home" / "objects"
        objects.mkdir(parents=True)
        (objects / "token").write_text("full\n", "utf-8")
        return cls(folder / "home", objects, server)

    @property
    def sandbox(self) -> Shop:
        """The marketplace's own view."""
        return self.server.shop

    @property
    def export(self) -> Path:
        """The accounting program's file."""
        return self.shop / "TSGoods.trs"

    @property
    def object(self) -> Path:
        """The sync object's file."""
        return self.shop / "my-prom.toml"

    def run(
        self,
        *args: str,
        stdin: str | None = None,
        now: datetime | Callable[[], datetime] | None = None,
        sleep: Callable[[float], None] = no_waiting,
    ) -> Ran:
        """Run one command without a terminal; `now` is its clock, `sleep` waits seconds for an import."""
        program = Program(self.folder, self.server.url, sleep=sleep)
        if now:
            program.now = now if callable(now) else lambda: now
        PRODUCED.clear()
        result = CliRunner().invoke(app, list(args), input=stdin, obj=program)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        ran = Ran(result.exit_code, result.stdout, result.stderr)
        assert not UNSHOWN.search(ran.out + ran.err), f"{args} printed {(ran.out + ran.err)!r}"
        helps = "Usage: " in {ran.out[:7], ran.err[:7]}  # they have a test of their own
        if not helps and not {"csv", "help", *REPORTS} & set(args):
            PRINTED.update(dict.fromkeys(chain(printed_commands(ran.out), printed_commands(ran.err)), args))
            if not {"json", "--format=json", "--schema", "--print", "prometheus"} & set(args):
                BYPASSED.update(dict.fromkeys(chain(bypassing(ran.out), bypassing(ran.err)), args))
        return ran

    def sync(self, *args: str) -> Ran:
        """Run `sync --yes` as a program would, with one JSON document as output."""
        return self.run("sync", "--yes", "--format", "json", *args)

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Start one command as a process of its own."""
        return started(args, self.environment())

    def environment(self) -> dict[str, str]:
        """Return the environment variables of a separate process for this home and its marketplace."""
        places = {"TORGSYNC_HOME": str(self.folder), "TORGSYNC_PROM_URL": self.server.url}
        return {**os.environ, **places, "PYTHONPATH": str(ROOT)}

    def edit_row(self, good_id: str, before: str, after: str) -> None:
        """Have the accounting program change one good."""
        self.edit_export(row_edited(good_id, before, after))

    def edit_export(self, change: Callable[[str], str]) -> None:
        """Have the accounting program write another export."""
        text = self.export.read_bytes().decode("utf-8-sig")
        self.export.write_bytes(b"\xef\xbb\xbf" + change(text).encode())

    def edit_object(self, before: str, after: str) -> None:
        """Change the sync object by hand."""
        text = self.object.read_text("utf-8")
        assert before in text
        self.object.write_text(text.replace(before, after), "utf-8")

    def next_day(self) -> None:
        """Have the accounting program write the export of the day after."""
        shutil.copyfile(self.shop / "TSGoods-tomorrow.trs", self.export)

    def second_object(self, name: str, file: str) -> Path:
        """Add another sync object, made after the first, and return its file."""
        path = self.object.with_name(file)
        text = self.object.read_text("utf-8").replace('name = "My Prom"', f'name = "{name}"')
        path.write_text(text, "utf-8")
        return path

    def everything_written(self) -> bytes:
        """Return the bytes of all files of the home but the export's, the photos' and the token's own."""
        skipped = {self.export, self.shop / "TSGoods-tomorrow.trs", self.shop / "token"}
        files = [path for path in self.folder.rglob("*") if path.is_file() and path not in skipped]
        return b"".join(path.read_bytes() for path in files if path.suffix.lower() != ".jpg")

    def misbehave(self, *rules: str) -> None:
        """Set the marketplace's faults, in the syntax of `torgsync sandbox --fault`."""
        self.sandbox.misbehave(*map(parse_fault, rules))

    def set_quirks(self, *quirks: str) -> None:
        """Change the marketplace's quirks, in the syntax of `torgsync sandbox --manner`."""
        self.sandbox.quirks = read_quirks(self.sandbox.quirks, quirks)

    def orphan_leases(self) -> None:
        """Give every lease to a process that does not run, as if its holder had been killed."""
        url = os.environ.get("TORGSYNC_STATE") or f"sqlite:///{self.folder / 'state.db'}"
        with closing(open_store(url)) as store, store.transaction("any") as work:
            work.connection.execute(update(leases).values(pid=NO_PROCESS))

    def writes(self) -> list[str]:
        """Return the paths of every request so far that was not a GET."""
        return [record.path for record in self.sandbox.log.writes()]


def started(args: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a command as a process of its own, whose output can be read."""
    return subprocess.Popen(
        [sys.executable, "-m", "torgsync", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    )


def invented_shop(clock: Callable[[], datetime] | None = None) -> Shop:
    """Return an empty shop whose imports are done at once."""
    tokens = {"full": Rights.full(), "read-only": Rights.read_only()}
    return Shop(tokens=tokens, quirks=Quirks(import_seconds=0), clock=clock)


@dataclass(frozen=True)
class FirstDay:
    """The result of the example shop's first synchronisation: a home, and the import that Prom got."""

    home: Home
    feed: bytes
    settings: ImportSettings

    def again(self, folder: Path, sandbox_server: SandboxAddress) -> Home:
        """Return a home and fill a marketplace as that synchronisation did."""
        shutil.copytree(self.home.folder, folder / "home")
        if server := os.environ.get("TORGSYNC_STATE"):
            file = folder / "home" / "state.db"
            move_state(f"sqlite:///{file}", server, lambda _slug, _lease: None)
            file.unlink()
        shop = sandbox_server.shop
        shop.import_queue.accept(self.feed, self.settings, shop.quirks, shop.now())
        return Home(folder / "home", folder / "home" / "objects", sandbox_server)
