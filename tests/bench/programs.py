"""The program of a checkout, the home that it works in, and the sandbox that it talks to."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from exports import write_dull_shop
from homes import invented_shop

from tests.bench.processes import CommandFailed, Cost, run
from torgsync.errors import Exit
from torgsync.sandbox.server import RunningServer, serve
from torgsync.sandbox.shop.shop import Shop

SETTINGS = """
[accounting_centers]
use = ["2", "8"]
[limits]
requests_per_second = 50
[[payment_methods]]
id = 9000001
name = "Пром-оплата"
cash_register = "Каса 1"
"""
EACH = 71
"""Every 71st row of today's export has another price: 1.4 %."""


@dataclass(frozen=True)
class Tree:
    """A checkout whose program is measured."""

    name: str
    folder: Path

    def command(self, *args: str) -> list[str]:
        """Return a call of its program; `-P` keeps Python from taking that of the current folder."""
        return [sys.executable, "-P", "-m", "torgsync", *args]

    def environment(self, home: Path, url: str = "http://127.0.0.1:9/api/v1") -> dict[str, str]:
        """Return the variables of its program; nothing listens at the default address."""
        return {
            "PYTHONPATH": str(self.folder),
            "TORGSYNC_HOME": str(home),
            "TORGSYNC_PROM_URL": url,
            "COLUMNS": "80",
        }


def write_export(
    folder: Path, goods: int, *, changed: int = 0, moved: Mapping[int, int] = MappingProxyType({})
) -> Path:
    """Write an export and its sync object, with variants and centers, and return the export."""
    path = write_dull_shop(folder, goods, random.Random(17), changed=changed, moved=moved)  # noqa: S311
    path.write_text(path.read_text("utf-8").replace("[[fields]]", SETTINGS + "[[fields]]", 1), "utf-8")
    return folder / "TSGoods.trs"


class Exports:
    """Yesterday's and today's export of so many goods, in a folder of their own."""

    def __init__(self, parent: Path, goods: int) -> None:
        self.goods = goods
        days = [(parent / f"export-{goods}-{day}", each) for day, each in (("yesterday", 0), ("today", EACH))]
        self.yesterday, self.today = (
            folder / "TSGoods.trs"
            if (folder / "TSGoods.trs").exists()
            else write_export(folder, goods, changed=each)
            for folder, each in days
        )
        self.size = self.today.stat().st_size


class BigShop:
    """A shop of many goods, of one checkout: a home with an export and a state, and a sandbox of its own.

    `exports` are yesterday's and today's, `parent` is the folder of the home. What an earlier run left there
    is used again.
    """

    def __init__(self, parent: Path, tree: Tree, exports: Exports) -> None:
        self.tree, self.exports, self.goods = tree, exports, exports.goods
        self.folder = parent / f"{tree.name}-{self.goods}"
        self.objects, self.state = self.folder / "objects", self.folder / "state.db"
        self._synced = self.folder / "synced.db"
        self.shop: Shop = invented_shop()
        self.server: RunningServer = serve(self.shop)
        self.objects.mkdir(parents=True, exist_ok=True)
        for name in ("big.toml", "token"):
            shutil.copy(exports.yesterday.with_name(name), self.objects)
        self._settings = (self.objects / "big.toml").read_text("utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of the program in this home."""
        return self.tree.environment(self.folder, self.server.url)

    def call(self, *args: str) -> Cost:
        """Run the program, to make something ready."""
        return run(self.tree.command(*args), self.environment)

    def read(self, export: Path, settings: str = "") -> None:
        """Have the object read an export from now on, with further settings."""
        path = self.objects / "TSGoods.trs"
        path.unlink(missing_ok=True)
        os.link(export, path)
        (self.objects / "big.toml").write_text(self._settings + settings, "utf-8")

    def forget(self) -> None:
        """Remove the state, as if the shop were new."""
        for file in self.folder.glob("state.db*"):
            file.unlink()

    @property
    def state_bytes(self) -> int:
        """Return how large the state is on disk, without copies of it."""
        files = (self.folder / f"state.db{end}" for end in ("", "-wal", "-shm"))
        return sum(file.stat().st_size for file in files if file.exists())

    def synchronise(self) -> None:
        """Send everything of yesterday's export to the sandbox, and keep the state that this leaves."""
        self.forget()
        self.read(self.exports.yesterday)
        looked = 0
        for last in (*[False] * 4, True):
            try:
                self.call("sync", "-o", "big", "--yes", "--only", "goods", "--show", "summary")
                looked += 1
            except CommandFailed as failed:  # a big import may take the sandbox longer than is waited for
                if failed.code != Exit.TEMPORARY or last:
                    raise
            if looked == 2:  # the second one sees what the first one made
                break
        self.call("update", "-o", "big", "--offline", "--show", "summary")
        shutil.copy(self.state, self._synced)

    def restore(self, *, sandbox: bool = False) -> None:
        """Go back to the state in which everything was sent; with `sandbox`, to this sandbox."""
        if not self._synced.exists() or (sandbox and not self.shop.products()):
            self.synchronise()
        self.forget()
        shutil.copy(self._synced, self.state)
        os.sync()  # what the copy left to be written is not what is measured

    def close(self) -> None:
        """Stop the sandbox."""
        self.server.stop()
