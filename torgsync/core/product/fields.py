"""The fields of a product: what each holds, by which channel it reaches Prom, and how photos differ.

`FIELDS` is the whole list, in the order in which people see them. `TARGETS` is what a column
of the export can be mapped to. Source: docs/developers/prom-api.md §3.3, §3.4, §4.2, §7.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote

from msgspec import Struct

from torgsync.core.product.cells import Section
from torgsync.core.product.columns import LADDER

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class Channel(StrEnum):
    """How a change of a field reaches Prom."""

    EDIT = "edit"  # edit_by_external_id: cheap, no daily limit
    IMPORT = "import"  # an import file with `updated_fields`: about ten a day
    CREATION = "creation"  # only when the product is made; Prom cannot change it by any known call


class FieldKind(StrEnum):
    """The shape of a field's value in normal form."""

    TEXT = "text"  # str, trimmed, one line
    HTML = "html"  # str, canonical HTML
    MONEY = "money"  # Decimal with two places, in the object's currency
    DISCOUNT = "discount"  # Discount, or None for no discount
    LADDER = "ladder"  # tuple of Step, by quantity
    QUANTITY = "quantity"  # int
    FLAG = "flag"  # bool
    PATH = "path"  # tuple of Section, root first
    CHARACTERISTICS = "characteristics"  # tuple of Characteristic, sorted
    PHOTOS = "photos"  # tuple of Photo, main one first


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off the price: `kind` is "amount" (money) or "percent"."""

    value: Decimal
    kind: str


class WholesaleStep(NamedTuple):
    """One step of the wholesale ladder: the price of one piece from `quantity` pieces on."""

    quantity: int
    price: Decimal


class Characteristic(NamedTuple):
    """One characteristic as buyers see it; `unit` may be empty.

    `value` is empty only in a desired product: the export has no such column today, and what was last sent
    stays.
    """

    name: str
    unit: str
    value: str


PHOTO_LIMIT = 10
"""The most photos that Prom takes of one product."""


class Photo(NamedTuple):
    """A photo's address and the digest of its content, so that a changed photo differs."""

    url: str
    digest: str


Value = (
    str
    | Decimal
    | int
    | Discount
    | tuple[WholesaleStep, ...]
    | tuple[Section, ...]
    | tuple[Characteristic, ...]
    | tuple[Photo, ...]
    | None
)


class Field(Struct, frozen=True):
    """One field of a product.

    `shown`: a listing of Prom contains it; a field that is not shown is compared with what was last sent.
    `updated` is its word in an import's `updated_fields`, empty where it has none.
    """

    name: str
    kind: FieldKind
    channel: Channel
    shown: bool
    updated: str = ""


_FIELDS = (
    Field("name", FieldKind.TEXT, Channel.IMPORT, shown=True, updated="name"),
    Field("name_ru", FieldKind.TEXT, Channel.IMPORT, shown=True, updated="name"),
    Field("sku", FieldKind.TEXT, Channel.IMPORT, shown=True, updated="sku"),
    Field("price", FieldKind.MONEY, Channel.EDIT, shown=True, updated="price"),
    Field("discount", FieldKind.DISCOUNT, Channel.EDIT, shown=True, updated="discount"),
    Field("wholesale_prices", FieldKind.LADDER, Channel.EDIT, shown=True, updated="price"),
    Field("presence", FieldKind.TEXT, Channel.EDIT, shown=True, updated="presence"),
    Field("ready_to_ship", FieldKind.FLAG, Channel.EDIT, shown=True, updated="presence"),
    Field("quantity", FieldKind.QUANTITY, Channel.EDIT, shown=True, updated="quantity_in_stock"),
    Field("status", FieldKind.TEXT, Channel.EDIT, shown=True),
    Field("description", FieldKind.HTML, Channel.IMPORT, shown=True, updated="description"),
    Field("description_ru", FieldKind.HTML, Channel.IMPORT, shown=True, updated="description"),
    Field("keywords", FieldKind.TEXT, Channel.IMPORT, shown=False, updated="keywords"),
    Field("keywords_ru", FieldKind.TEXT, Channel.IMPORT, shown=True, updated="keywords"),
    Field("group", FieldKind.PATH, Channel.IMPORT, shown=False, updated="group"),
    Field("photos", FieldKind.PHOTOS, Channel.IMPORT, shown=False, updated="images_urls"),
    Field("characteristics", FieldKind.CHARACTERISTICS, Channel.IMPORT, shown=False, updated="attributes"),
    Field("gtin", FieldKind.TEXT, Channel.IMPORT, shown=False, updated="gtin"),
    Field("mpn", FieldKind.TEXT, Channel.IMPORT, shown=False, updated="mpn"),
    Field("vendor", FieldKind.TEXT, Channel.CREATION, shown=False),
    Field("country", FieldKind.TEXT, Channel.CREATION, shown=False),
    Field("unit", FieldKind.TEXT, Channel.CREATION, shown=True),
    Field("currency", FieldKind.TEXT, Channel.CREATION, shown=True),
    Field("variant_group", FieldKind.TEXT, Channel.CREATION, shown=False),
)
FIELDS = {field.name: field for field in _FIELDS}


def in_order(names: Iterable[str]) -> list[str]:
    """Return names of fields in the order in which people see them; what is no field comes last."""
    places = dict(zip(FIELDS, range(len(FIELDS)), strict=True))
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


RETAIL_FIELDS = ("price", "discount")
"""Fields that are kept together: a new price with an old discount is a sum that was never set."""
PRICE_STOCK = frozenset(field.name for field in FIELDS.values() if field.channel is Channel.EDIT)
"""Price, stock and status, which an edit changes; all other fields are the content of a product."""

TARGETS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_ru"),
    "name_ru": ("name_ru",),
    "description": ("description", "description_ru"),
    "description_ru": ("description_ru",),
    "keywords": ("keywords", "keywords_ru"),
    "keywords_ru": ("keywords_ru",),
    "price": ("price",),
    "sale_price": ("discount",),
    "wholesale_price": ("wholesale_prices",),
    "wholesale_minimum": ("wholesale_prices",),
    "wholesale_prices": ("wholesale_prices",),
    "quantity": ("quantity", "presence"),
    "presence": ("presence",),
    "ready_to_ship": ("ready_to_ship",),
    "sku": ("sku",),
    "gtin": ("gtin",),
    "mpn": ("mpn",),
    "group": ("group",),
    "vendor": ("vendor",),
    "country": ("country",),
    "unit": ("unit",),
    "variant_group": ("variant_group",),
    "characteristic": ("characteristics",),
}
"""The targets of a column (`[[fields]] to = …`), and the product fields that each makes."""

NEEDED = frozenset(
    {"name", "name_ru", "price", "sale_price", "wholesale_price", "wholesale_minimum", "quantity", "presence"}
)
"""Targets whose columns no export may lose: goods would stay on sale at old prices, or after the last one."""

STANDARD: tuple[tuple[str, str, str], ...] = (
    ("GoodName", "name", ""),
    ("RetailPrice", "price", ""),
    ("RetailPriceWithDiscount", "sale_price", ""),
    (LADDER, "wholesale_prices", ""),
    ("WarehouseQuantity", "quantity", ""),
    ("available", "presence", ""),
    ("Articul", "sku", ""),
    ("Barcode", "gtin", ""),
    ("SynchronizationSectionFull", "group", ""),
    ("SynchronizationSection", "group", ""),
    ("GoodTypeFull", "group", ""),
    ("MesUnit", "unit", ""),
    ("PCName", "vendor", ""),
    ("Country", "country", ""),
    ("ModelGoodID", "variant_group", ""),
    ("FashionName", "variant_group", ""),
    ("TheSize", "characteristic", "Розмір"),
    ("Color", "characteristic", "Колір"),
    ("Material", "characteristic", "Матеріал"),
    ("Sex", "characteristic", "Стать"),
    ("Season", "characteristic", "Сезон"),
    ("Age", "characteristic", "Вік"),
    ("Pack", "characteristic", "Упаковка"),
    ("PackSize", "characteristic", "Розмір упаковки"),
    ("PowerSupply", "characteristic", "Живлення"),
    ("CountUnitsPerBox", "characteristic", "Кількість в упаковці"),
)
"""What `fields add-all` maps: column, target, name of the characteristic.

Where several columns make one field, the first that the export has is taken (torgsoft §17).

`WholesalePrice` is left out on purpose: it is often the cost price in disguise (torgsoft §3.1).
"""


def encode(field: Field, value: Value) -> object:
    """Return a value as JSON: decimals are strings with a point, tuples are lists, their items have names."""
    if isinstance(value, Discount):
        return {"value": str(value.value), "type": value.kind}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [list(item) if field.kind is FieldKind.PATH else _encode_item(item) for item in value]
    return value


def _encode_item(item: WholesaleStep | Section | Characteristic | Photo) -> dict[str, object]:
    pairs = item._asdict().items()
    return {key: str(part) if isinstance(part, Decimal) else part for key, part in pairs}


def decode(field: Field, stored: object) -> Value:
    """Return the value that `encode` made into `stored`."""
    if stored is None:
        return None
    if isinstance(stored, str | int):  # most of them
        return Decimal(stored) if field.kind is FieldKind.MONEY else stored
    match field.kind:
        case FieldKind.DISCOUNT if isinstance(stored, dict):
            return Discount(Decimal(stored["value"]), stored["type"])
        case FieldKind.LADDER if isinstance(stored, list):
            return tuple(WholesaleStep(item["quantity"], Decimal(item["price"])) for item in stored)
        case FieldKind.PATH if isinstance(stored, list):
            return tuple(Section(*item) for item in stored)
        case FieldKind.CHARACTERISTICS if isinstance(stored, list):
            return tuple(Characteristic(**item) for item in stored)
        case FieldKind.PHOTOS if isinstance(stored, list):
            return tuple(Photo(**item) for item in stored)
        case _:
            raise ValueError(f"{field.name}: {type(stored).__name__}")


class PhotoMoves(Struct, frozen=True):
    """What becomes of a good's photos, by file name, each in the order in which buyers see them.

    `changed` have another content under the same name, `renamed` the same under another one (old name, new
    name). `reordered` have another position than before.
    """

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    reordered: tuple[str, ...] = ()


def photo_moves(old: Sequence[Photo], new: Sequence[Photo]) -> PhotoMoves:
    """Return what becomes of a good's photos.

    A photo is the same by its content, where that is not known by its address.
    """
    names = [Counter(file_name(photo.url) for photo in photos) for photos in (old, new)]
    taken = {name for counts in names for name, count in counts.items() if count > 1}
    before, after = _contents(old, taken), _contents(new, taken)
    if Counter(before.values()) == Counter(after.values()):
        places = zip(before.items(), after.items(), strict=True)
        return PhotoMoves(reordered=tuple(here[0] for there, here in places if there[1] != here[1]))
    gone = {content: name for name, content in before.items() if name not in after}
    renamed = {
        name: gone.pop(content) for name, content in after.items() if name not in before and content in gone
    }
    stay = [name for name in after if name in before]
    stood = [name for name in before if name in after]
    return PhotoMoves(
        changed=tuple(name for name in stay if before[name] != after[name]),
        added=tuple(name for name in after if name not in before and name not in renamed),
        removed=tuple(name for name in before if name not in after and name not in renamed.values()),
        renamed=tuple((past, name) for name, past in renamed.items()),
        reordered=tuple(here for there, here in zip(stood, stay, strict=True) if there != here),
    )


def _contents(photos: Iterable[Photo], taken: Collection[str]) -> dict[str, str]:
    """Return the contents of photos keyed by file name, or by address where the name is taken twice."""
    return {
        photo.url if (name := file_name(photo.url)) in taken else name: photo.digest or photo.url
        for photo in photos
    }


def file_name(url: str) -> str:
    """Return the name of a photo's file in the folder, without the mark of its version."""
    return unquote(url.rstrip("/").rsplit("/", 1)[-1].partition("?v=")[0])
