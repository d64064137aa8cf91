"""Small things that tests are made of: goods, products, orders and sync objects, all invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.stock import Stock
from torgsync.core.orders.clients import Contact
from torgsync.core.orders.order import Buyer, Line, Order, Paid
from torgsync.core.plan.diff import Change, FieldChange, Sent, Verb
from torgsync.core.product.cells import Section
from torgsync.core.product.fields import (
    FIELDS,
    Characteristic,
    Discount,
    FieldKind,
    Photo,
    Value,
    WholesaleStep,
)
from torgsync.core.product.products import Existing, Product
from torgsync.core.reason import Arg

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)

FULL: dict[str, Value] = {
    "name": "Сукня вечірня",
    "name_ru": "Платье вечернее",
    "sku": "AA7775",
    "price": Decimal("150.00"),
    "discount": Discount(Decimal("10.00"), "amount"),
    "wholesale_prices": (WholesaleStep(10, Decimal("100.75")),),
    "presence": "available",
    "ready_to_ship": True,
    "quantity": 5,
    "status": "on_display",
    "description": "<p>Шовк</p>",
    "description_ru": "<p>Шёлк</p>",
    "keywords": "сукня, шовк",
    "keywords_ru": "платье, шёлк",
    "group": (Section("1", "Одяг"), Section("11", "Сукні")),
    "photos": (Photo("https://shop.example/photos/17.jpg", "0011"),),
    "characteristics": (Characteristic("Колір", "", "синій"), Characteristic("Розмір", "", "42")),
    "gtin": "4820000000017",
    "mpn": "M-17",
    "vendor": "ЗАТИШОК",
    "country": "Україна",
    "unit": "шт.",
    "currency": "UAH",
    "variant_group": "501",
}
"""A product that speaks of every field there is."""


def settings_data(**tables: Any) -> dict[str, Any]:  # noqa: ANN401  # what TOML may hold
    """Return the least that makes a sync object; tables given are added or replace what is there."""
    return {"name": "My Prom", "api_key": {"env": "MY_PROM_TOKEN"}, "catalog": {"path": "goods.trs"}} | tables


def sync_object(**tables: Any) -> SyncObject:  # noqa: ANN401
    """Return a sync object with these tables."""
    return SyncObject.model_validate(settings_data(**tables))


def fields_of(*columns: tuple[str, str] | tuple[str, str, str]) -> list[dict[str, str]]:
    """Return field mappings: column, target, and a characteristic's name."""
    return [dict(zip(("column", "to", "name"), column, strict=False)) for column in columns]


def mapped(
    cells: Mapping[str, str],
    *columns: tuple[str, str] | tuple[str, str, str],
    stock: Stock | None = None,
    photos: tuple[Photo, ...] | None = None,
    **tables: Any,  # noqa: ANN401
) -> Mapped:
    """Return what becomes of one row; it has a name and a price unless `columns` map these."""
    targets = {column[1] for column in columns}
    fields = fields_of(*columns)
    row = dict(cells)
    for column, target, cell in (("GoodName", "name", "Капці"), ("RetailPrice", "price", "100")):
        if target not in targets:
            fields += fields_of((column, target))
            row[column] = cell
    settings = sync_object(fields=fields, **tables)
    return Mapper(settings).product("17", 3, row, stock or Stock(Decimal(5)), lambda _: photos)


def product(good_id: str = "17", **values: Value) -> Product:
    """Return a desired product that speaks of a name, a price and a status, and of what is given."""
    spoken: dict[str, Value] = {"name": "Капці", "price": Decimal("100.00"), "status": "on_display"}
    return Product(good_id, spoken | values)


def existing(good_id: str = "17", prom_id: str = "", **values: Value) -> Existing:
    """Return what Prom shows of `product()`, with these values instead."""
    return Existing(prom_id or f"9{good_id}", good_id, dict(product(good_id, **values).values), NOON)


def sent(**values: Value) -> Sent:
    """Return what was sent of `product()`, with these values instead."""
    return Sent(dict(product("17", **values).values))


def update(good_id: str = "17", /, prom_id: str = "", **fields: tuple[Value, Value]) -> Change:
    """Return an update from old to new values."""
    changes = {name: FieldChange(old, new) for name, (old, new) in fields.items()}
    return Change(good_id, Verb.UPDATE, "Капці", changes, prom_id=prom_id)


def shots(*photos: str, at: str = "https://shop.example/photos/") -> tuple[Photo, ...]:
    """Return photos from `name=content`; without a content only the address is known."""
    parts = (photo.partition("=") for photo in photos)
    return tuple(Photo(f"{at}{name}", content) for name, _, content in parts)


def finding(code: Code, **args: Arg) -> Finding:
    """Return a finding with these arguments."""
    return Finding(code, args=args)


def order(**given: Any) -> Order:  # noqa: ANN401
    """Return an order of one line that comes to 200.00, not paid yet."""
    line = Line("17", "1600000017", "AA7775", "Капці", Decimal(2), Decimal("100.00"), Decimal("200.00"))
    values: dict[str, Any] = {
        "id": "300000001",
        "status": "received",
        "created": NOON,
        "modified": NOON,
        "buyer": Buyer("100000001", "Іван", "", "Тестовий", "+380500000001", "buyer@example.com"),
        "lines": (line,),
        "total": Decimal("200.00"),
        "currency": "UAH",
        "delivery_name": "Нова Пошта",
        "delivery_address": "Київ, відділення 3",
        "delivery_cost": Decimal(0),
        "payment_id": "9000001",
        "payment_name": "Накладений платіж",
        "paid": Paid.NOT_YET,
    }
    return Order(**(values | given))


def contacts(**people: str) -> dict[str, set[Contact]]:
    """Return contacts by client, written `phone:1 email:a`."""
    return {client: {Contact(*word.split(":")) for word in words.split()} for client, words in people.items()}


# What Hypothesis draws

MONEY = st.decimals(0, 10_000_000, places=2)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_BY_KIND: dict[FieldKind, st.SearchStrategy[Value]] = {
    FieldKind.TEXT: TEXT,
    FieldKind.HTML: TEXT,
    FieldKind.MONEY: MONEY,
    FieldKind.DISCOUNT: st.builds(Discount, MONEY, st.sampled_from(["amount", "percent"])),
    FieldKind.LADDER: st.lists(st.builds(WholesaleStep, st.integers(1, 1000), MONEY), max_size=3).map(tuple),
    FieldKind.QUANTITY: st.integers(0, 1_000_000),
    FieldKind.FLAG: st.booleans(),
    FieldKind.PATH: st.lists(st.builds(Section, TEXT, TEXT), max_size=3).map(tuple),
    FieldKind.CHARACTERISTICS: st.lists(st.builds(Characteristic, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    FieldKind.PHOTOS: st.lists(st.builds(Photo, TEXT, TEXT), max_size=3).map(tuple),
}


def any_value(name: str) -> st.SearchStrategy[Value]:
    """Draw a value of a field, None among them."""
    return st.none() | _BY_KIND[FIELDS[name].kind]


def any_values() -> st.SearchStrategy[dict[str, Value]]:
    """Draw values of any fields."""
    drawn: dict[str, st.SearchStrategy[Value]] = {name: any_value(name) for name in FIELDS}
    return st.fixed_dictionaries({}, optional=drawn)
