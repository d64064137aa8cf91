"""A home on disk and the program at work in it: what end-to-end tests hold in their hands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.context import Program
from torgsync.sandbox.server import RunningServer
from torgsync.sandbox.shop import Shop

EXAMPLE = Path(__file__).parents[1] / "examples" / "shop"


def no_waiting(_seconds: float) -> None:
    """Wait for nothing: the sandbox's imports are done at once."""


@dataclass(frozen=True)
class Ran:
    """What one call of the program gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever the document holds
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Home:
    """A temporary home, the shop's folder with export and photos, and the marketplace."""

    folder: Path
    shop: Path
    server: RunningServer

    @classmethod
    def of_example(cls, folder: Path, server: RunningServer) -> Home:
        """Return a home that holds the example shop, with `full` as its token."""
        shop = folder / "shop"
        shutil.copytree(EXAMPLE, shop)
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

    @property
    def market(self) -> Shop:
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

    def run(self, *args: str, stdin: str | None = None) -> Ran:
        """Run one command as a script would: without a terminal, against this home's marketplace."""
        program = Program(self.folder, self.server.url, sleep=no_waiting)
        result = CliRunner().invoke(app, list(args), input=stdin, obj=program)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def edit_export(self, change: Callable[[str], str]) -> None:
        """Have the accounting program write another export."""
        text = self.export.read_bytes().decode("utf-8-sig")
        self.export.write_bytes(b"\xef\xbb\xbf" + change(text).encode())

    def edit_object(self, before: str, after: str) -> None:
        """Change the sync object by hand."""
        text = self.object.read_text("utf-8")
        assert before in text
        self.object.write_text(text.replace(before, after), "utf-8")

    def writes(self) -> list[str]:
        """Return the paths of every request so far that was not a GET."""
        return [record.path for record in self.market.log.writes()]
