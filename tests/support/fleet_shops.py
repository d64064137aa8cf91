"""Shops of a fleet: exports that change all day, buyers who order, and what must hold in the end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from lxml import etree

from torgsync.core.product.columns import BARE_50, LAYOUT_50
from torgsync.sandbox.shop.shop import Shop

COLUMNS = (*LAYOUT_50, "opys_saytu")
FIELDS = (
    ("GoodName", "name"),
    ("opys_saytu", "description"),
    ("RetailPrice", "price"),
    ("WarehouseQuantity", "quantity"),
    ("SynchronizationSectionFull", "group"),
)
GROUPS = ("1=Сад|11=Полив", "1=Сад|12=Насіння", "2=Дім|21=Кухня", "2=Дім|22=Світло")
DAILY = frozenset({"price", "quantity_in_stock", "available", "presence", "in_stock"})
"""What of an offer changes by the day: an offer that is sent again with other ones of these is the same."""
OBJECT = """\
name = "{name}"
api_key = {{ file = "../secrets/{token}" }}
[catalog]
path = "{export}"
[orders]
outbox = "{outbox}"
[connection]
url = "{url}"
[limits]
requests_per_second = {pace}
[[payment_methods]]
id = 9000001
name = "Пром-оплата"
cash_register = "Каса 1"
[[synchronization_times]]
user = "{user}"
every = "{every}"
"""


@dataclass(frozen=True)
class ShopGood:
    """One good of an export."""

    number: int
    name: str
    price: Decimal
    stock: int
    group: str


@dataclass
class FleetShop:
    """One shop: its folder with the export and the outbox, its token, and the goods of the export.

    At first these are `first`. `taken` counts what the accounting program took from the outbox.
    """

    slug: str
    token: str
    folder: Path
    chance: random.Random
    first: int
    goods: dict[int, ShopGood] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    @classmethod
    def made(cls, folder: Path, number: int, token: str, goods: int) -> FleetShop:
        """Return the shop with this number; its export has so many goods."""
        shop = cls(f"shop-{number:03}", token, folder / f"shop-{number:03}", random.Random(number), goods)  # noqa: S311
        shop.outbox.mkdir(parents=True)
        for _ in range(goods):
            shop._add()
        shop.write()
        return shop

    @property
    def export(self) -> Path:
        """The accounting program's file."""
        return self.folder / "TSGoods.trs"

    @property
    def outbox(self) -> Path:
        """Where order files wait for the accounting program."""
        return self.folder / "orders"

    def text(self, url: str, every: str, user: str = "fleet", pace: int = 50) -> str:
        """Return the sync object."""
        head = OBJECT.format(
            name=self.slug.replace("-", " ").capitalize(),
            token=self.token,
            export=self.export,
            outbox=self.outbox,
            url=url,
            pace=pace,
            user=user,
            every=every,
        )
        return head + "".join(f'[[fields]]\ncolumn = "{column}"\nto = "{to}"\n' for column, to in FIELDS)

    def change(self, *, new: bool) -> None:
        """Have the accounting program write another export: some prices and stocks, with `new` a new good."""
        for number in self.chance.sample(sorted(self.goods), 3):
            good = self.goods[number]
            price = (good.price * self.chance.choice((95, 98, 103, 107)) / 100).quantize(Decimal("0.01"))
            self.goods[number] = replace(good, price=price, stock=self.chance.randrange(20))
        if new:
            self._add()
        self.write()

    def write(self) -> None:
        """Write the export in one step, as the accounting program does."""
        blank = {name: "0" if place in BARE_50 else '""' for place, name in enumerate(COLUMNS)}
        lines = [";".join(f'"{name}"' for name in COLUMNS)]
        for good in self.goods.values():
            row = blank | {
                "GoodID": str(good.number),
                "GoodName": f'"{good.name}"',
                "RetailPrice": str(good.price).replace(".", ","),
                "RetailPriceWithDiscount": str(good.price).replace(".", ","),
                "WarehouseQuantity": str(good.stock),
                "Display": "1",
                "ModelGoodID": "",
                "SynchronizationSectionFull": f'"{good.group}"',
                "opys_saytu": f'"<p>{good.name}: вигаданий товар.</p>"',
            }
            lines.append(";".join(row[name] for name in COLUMNS))
        new = self.export.with_suffix(".new")
        new.write_text("".join(f"{line}\r\n" for line in lines), "utf-8-sig", newline="")
        new.replace(self.export)

    def _add(self) -> None:
        number = len(self.goods) + 1
        price = Decimal(self.chance.randrange(2_000, 200_000)) / 100
        stock = self.chance.randrange(20)
        good = ShopGood(number, f"Товар вигаданий {number}", price, stock, self.chance.choice(GROUPS))
        self.goods[number] = good

    def take_orders(self) -> None:
        """Have the accounting program take the files from the outbox, as it does all day."""
        for path in self.outbox.glob("*.json"):
            self.taken[path.stem] += 1
            path.unlink()

    def order(self, shop: Shop) -> int | None:
        """Have a buyer order an item that the marketplace shows; None where it has none yet."""
        shown = [product for product in shop.products() if product.price is not None]
        if not shown:
            return None
        return shop.place_order([(self.chance.choice(shown).id, 1)], paid=True)


def differences(shop: FleetShop, there: Shop) -> Iterator[str]:
    """Yield where the marketplace is not as the export; orders must have been subtracted by then."""
    shown = {product.external_id: product for product in there.products()}
    for number, good in shop.goods.items():
        product = shown.pop(str(number), None)
        if product is None:
            yield f"{shop.slug} {number}: it is not there"
            continue
        stock = good.stock
        wanted = (good.price, good.name, "on_display")
        found = (product.price, product.name_uk or product.name, product.status)
        if wanted != found:
            yield f"{shop.slug} {number}: {found}, not {wanted}"
        if product.quantity_in_stock != stock:
            yield f"{shop.slug} {number}: stock {product.quantity_in_stock}, not {stock}"
    yield from (f"{shop.slug}: {external_id} is too many" for external_id in shown)


def imported_twice(there: Shop) -> list[str]:
    """Return the offers that more than one import created or changed in the same way."""
    sent: Counter[tuple[str, bytes]] = Counter()
    for entry in there.imports():
        root = etree.fromstring(entry.feed)
        for offer in root.iter("offer"):
            kept = [etree.tostring(part) for part in offer if part.tag not in DAILY]
            sent[offer.get("id", ""), b"".join(kept)] += 1
    return [offer for (offer, _), times in sent.items() if times > 1]


def orders_twice_or_never(shop: FleetShop, there: Shop) -> list[str]:
    """Return the orders of which the accounting program did not get exactly one file."""
    wanted = {f"order-{order.id}" for order in there.orders}
    return [
        f"{shop.slug} {name}: {shop.taken[name]} files"
        for name in sorted(wanted | set(shop.taken))
        if shop.taken[name] != 1 or name not in wanted
    ]
