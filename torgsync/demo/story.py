"""The steps of the demonstration: an example shop, a Prom.ua of its own, one day and the next.

The caller runs the commands.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from torgsync.errors import TorgsyncError
from torgsync.i18n import NOTHING, Message, _
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.server import RunningServer, serve
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, ShopBuyer
from torgsync.sandbox.shop.shop import Shop

TOKEN = "demo-token"  # noqa: S105  # the sandbox's own
NAME = "My Prom"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a comment, a change of the world, and a command; each may be missing."""

    say: Message
    command: tuple[str, ...] = ()
    happens: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class World:
    """The demonstration's temporary home directory, the shop's folder and the sandbox.

    `public` is a folder that the sandbox shows on the internet, as a web server does.
    """

    home: Path
    shop: Path
    public: Path
    server: RunningServer

    @property
    def photos_url(self) -> str:
        """The address of the public folder."""
        return f"{self.server.shop_url}photos/"

    def day_after(self) -> None:
        """Have the accounting program write its next export."""
        shutil.copyfile(self.shop / "TSGoods-tomorrow.trs", self.shop / "TSGoods.trs")

    def order(self) -> None:
        """Place an order."""
        goods = [product.external_id for product in self.server.shop.products() if product.external_id]
        buyer = ShopBuyer(
            first_name="Олена", last_name="Вигадана", phone="+380500000001", email="o.v@shop.example"
        )
        self.server.shop.place_order(
            lines=[(goods[0], 1), (goods[5], 2)],
            buyer=buyer,
            payment_option_id=CASH_ON_DELIVERY.id,
            delivery_cost=Decimal(0),
            client_notes="подзвоніть після 18",
        )


@contextmanager
def world() -> Iterator[World]:
    """Yield a world that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="torgsync-demo-", ignore_cleanup_errors=True) as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(example_shop(), shop)
        marketplace = Shop(tokens={TOKEN: Rights.full()}, quirks=Quirks(import_seconds=1.2))
        public = Path(folder) / "public"
        public.mkdir()
        with serve(marketplace, photos=(public,)) as server:
            yield World(Path(folder) / "home", shop, public, server)


def example_shop() -> Path:
    """Return the folder of the example shop: inside the package, or next to it in a checkout."""
    for place in (
        Path(str(files("torgsync"))) / "example_shop",
        Path(__file__).parents[2] / "examples" / "shop",
    ):
        if place.is_dir():
            return place
    raise TorgsyncError(
        _("the example shop is not installed"), hint=_("clone the repository and run it from there")
    )


def story(world: World) -> Iterator[Step]:
    """Yield the steps, in order."""
    yield Step(
        _("A shop keeps its items in Torgsoft and wants to sell on Prom.ua. First it creates a sync object."),
        (
            *("object", "add", NAME, "--api-key", TOKEN),
            *("--export", str(world.shop / "TSGoods.trs"), "--photos", str(world.shop / "photos")),
            *("--photos-publish", str(world.public), "--photos-url", world.photos_url),
            *("--center", "2", "--center", "8"),
            *("--requests-per-second", "20"),
        ),
    )
    yield Step(
        _("It fetches the payment methods of Prom.ua and chooses where the money of each goes."),
        ("payments", "fetch"),
    )
    yield Step(NOTHING, ("payments", "map", "Накладений платіж", "--cash-register", "Каса 1"))
    yield Step(
        NOTHING, ("payments", "map", "Пром-оплата", "--current-account", "UA213223130000026007233566001")
    )
    yield Step(
        NOTHING, ("payments", "map", "Оплата на карту", "--current-account", "UA213223130000026007233566001")
    )
    yield Step(
        _("Which columns are sent: all standard ones, and two of the shop's own."), ("fields", "add-all")
    )
    yield Step(NOTHING, ("fields", "add", "opys_saytu", "--to", "description"))
    yield Step(NOTHING, ("fields", "add", "visota_kabluka", "--dynamic", "--name", "Висота каблука"))
    yield Step(
        _(
            "Prom.ua fetches photos from the internet. So each picture is put once into a folder that a web "
            "server shows; here the sandbox shows it."
        ),
        ("photos", "publish", "--yes"),
    )
    yield Step(NOTHING, ("photos", "check"))
    yield Step(_("What would change? This only looks and sends nothing."), ("update",))
    yield Step(
        _("Now the changes are sent: one import file, then edits for what imports do not set reliably."),
        ("sync", "--yes", "--show", "summary"),
    )
    yield Step(_("Is anything left to change?"), ("update", "--show", "summary"))
    yield Step(
        _(
            "The next day Torgsoft writes a new export: other prices, some items sold out, two are new, "
            "two gone."
        ),
        ("update",),
        world.day_after,
    )
    yield Step(NOTHING, ("sync", "--yes", "--show", "summary"))
    yield Step(_("And again there is nothing left to change."), ("update", "--show", "summary"))
    yield Step(
        _(
            "A buyer orders. The order, its client and its money are recorded, and a file for Torgsoft is "
            "written."
        ),
        ("sync", "--only", "orders"),
        world.order,
    )
    yield Step(NOTHING, ("orders", "list"))
    yield Step(NOTHING, ("clients", "list"))
    yield Step(NOTHING, ("payments", "report"))
