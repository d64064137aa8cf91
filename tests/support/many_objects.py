"""A home with many sync objects, a marketplace that plays a shop for each, and what must hold afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fleet_shops import FleetShop, differences, imported_twice, orders_twice_or_never
from homes import ROOT, Home, started

from torgsync.demo.sandbox import SandboxOptions, open_shops
from torgsync.sandbox.server import Listener, serve_shops
from torgsync.sandbox.shop.shop import Shop
from torgsync.sandbox.shop.shops import Shops


@dataclass(frozen=True)
class ManyObjects:
    """A home, its objects and their exports, and the marketplace with their shops by token."""

    folder: Path
    server: Listener
    marketplace: Shops
    shops: list[FleetShop]

    @property
    def home(self) -> Home:
        """The home, to run the program in it within this process."""
        (first, *_) = self.marketplace.values()
        return Home(self.folder, self.folder / "objects", _Address(self.server.url, first))

    def file(self, number: int) -> Path:
        """Return the file of an object, counted from 0."""
        return self.folder / "objects" / f"{self.shops[number].slug}.toml"

    def there(self, number: int) -> Shop:
        """Return the marketplace's view of a shop, counted from 0."""
        return self.marketplace[self.shops[number].token]

    def environment(self) -> dict[str, str]:
        """Return the variables of a process in this home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TORGSYNC_")}
        places = {"TORGSYNC_HOME": str(self.folder), "TORGSYNC_PROM_URL": self.server.url}
        return {**kept, **places, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "TORGSYNC_LANG": "en"}

    def start(self, *args: str) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        return started(args, self.environment())

    def close_the_day(self, now: datetime) -> None:
        """Have the accounting programs take their orders, and write exports that count them; all is sent."""
        for shop in self.shops:
            shop.take_orders()
        assert self.home.run("sync", "--all", "--yes", now=now).code == 0
        for shop in self.shops:
            shop.write()
            os.utime(shop.export, (now.timestamp() + 60, now.timestamp() + 60))
        assert self.home.run("sync", "--all", "--yes", now=now + timedelta(minutes=2)).code == 0

    def wrong(self) -> list[str]:
        """Return where a shop is not as its export, and what was imported or written twice, or never."""
        found = []
        for shop in self.shops:
            there = self.marketplace[shop.token]
            shop.take_orders()
            found += [*differences(shop, there), *orders_twice_or_never(shop, there)]
            found += [f"{shop.slug} {offer}: imported twice" for offer in imported_twice(there)]
        return found


@dataclass
class _Address:
    url: str
    shop: Shop


@contextmanager
def many_objects(
    folder: Path,
    count: int,
    *,
    goods: int = 10,
    pace: int = 50,
    settings: str = "",
    seconds: float = 0,
) -> Iterator[ManyObjects]:
    """Yield a home with so many objects, each with so many goods, and `settings` before their tables.

    An import takes so many `seconds`.
    """
    options = SandboxOptions(import_seconds=seconds, shops=count)
    objects = folder / "home" / "objects"
    objects.mkdir(parents=True)
    marketplace = open_shops(options)
    with serve_shops(marketplace) as server:
        shops = []
        for number, token in enumerate(marketplace, start=1):
            shop = FleetShop.made(folder, number, token, goods)
            (shop.folder / "token").write_text(token, "ascii")
            text = shop.text(server.url, "30m", pace=pace)
            text = text.replace(f'[connection]\nurl = "{server.url}"\n', "")
            text = text.replace(f'file = "../secrets/{token}"', f'file = "{shop.folder / "token"}"')
            (objects / f"{shop.slug}.toml").write_text(settings + text, "utf-8")
            shops.append(shop)
        yield ManyObjects(folder / "home", server, marketplace, shops)
