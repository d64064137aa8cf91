"""Fills a shop with invented products: groups, variants, prices, discounts, stock and photos."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from torgsync.sandbox.shop.orders import CARRIER_PAYMENT
from torgsync.sandbox.shop.products import Attribute, Region, ShopDiscount, Wholesale
from torgsync.sandbox.shop.shop import Shop

# Russian and Ukrainian names of groups and of their products.
GROUPS = (
    ("Платья", "Сукні", (("Платье", "Сукня"), ("Сарафан", "Сарафан"))),
    ("Обувь", "Взуття", (("Туфли", "Туфлі"), ("Ботинки", "Черевики"))),
    ("Игрушки", "Іграшки", (("Мишка", "Ведмедик"), ("Конструктор", "Конструктор"))),
    ("Инструменты", "Інструменти", (("Молоток", "Молоток"), ("Отвёртка", "Викрутка"))),
    ("Косметика", "Косметика", (("Крем", "Крем"), ("Шампунь", "Шампунь"))),
)
MODELS = ("Калина", "Мальва", "Барвінок", "Чебрець", "Волошка", "Любисток")
COLOURS = (("красный", "червоний"), ("синий", "синій"), ("зелёный", "зелений"), ("чёрный", "чорний"))
SIZES = ("36", "38", "40", "42")
REGION = Region(1, "Киев", "Київ")
PHOTOS = "https://photos.shop.example"


def fill(shop: Shop, products: int, seed: int = 0) -> None:
    """Add invented products with external ids `S-1`, `S-2`, … where free, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - goods are invented, no secrets
    with shop.up_to_date():
        now = shop.now()
        shop.payment_options[CARRIER_PAYMENT.id] = CARRIER_PAYMENT
        groups = [shop.catalog.add_group({"name": ru, "name_uk": uk}, now).id for ru, uk, _ in GROUPS]
        number, added, base, size = 0, 0, 0, 0
        fields: dict[str, Any] = {}
        while added < products:
            number += 1
            external_id = f"S-{number}"
            if shop.catalog.products.find(external_id) or external_id in shop.catalog.deleted_external_ids:
                continue
            size = size + 1 if base and size + 1 < len(SIZES) and chance.random() < 0.8 else 0  # noqa: PLR2004 - most have a next size
            if size == 0:
                fields = _invent(shop, chance, number, groups)
                base = 0
            product = shop.catalog.add(
                fields
                | _stock(chance)
                | {"external_id": external_id}
                | (_variant(fields, base, size) if fields["variation_group_id"] else {}),
                now,
            )
            if fields["variation_group_id"] and not base:
                base = product.id
            added += 1


def _invent(shop: Shop, chance: random.Random, number: int, groups: list[int]) -> dict[str, Any]:
    """Return the fields that all variants of one product share."""
    place = chance.randrange(len(GROUPS))
    russian, ukrainian = chance.choice(GROUPS[place][2])
    colour_ru, colour_uk = chance.choice(COLOURS)
    model = f"{chance.choice(MODELS)} {chance.randrange(100, 1000)}"
    price = Decimal(chance.randrange(2000, 500_000)) / 100
    photos = chance.choice((0, 1, 1, 2, 3))
    return {
        "name": f"{russian} {colour_ru} {model}",
        "name_uk": f"{ukrainian} {colour_uk} {model}",
        "description": f"<p>{russian} {model}: товар придуман для пробы.</p>",
        "description_uk": f"<p>{ukrainian} {model}: товар вигадано для проби.</p>",
        "keywords": f"{russian.lower()}, {colour_ru}",
        "keywords_uk": f"{ukrainian.lower()}, {colour_uk}",
        "sku": f"{place}-{number:05}",
        "price": price,
        "discount": ShopDiscount(Decimal(chance.choice((5, 10, 15))), "percent")
        if chance.random() < 0.15  # noqa: PLR2004 - about every seventh
        else None,
        "prices": (Wholesale((price * Decimal("0.9")).quantize(Decimal("0.01")), Decimal(12)),)
        if chance.random() < 0.1  # noqa: PLR2004 - one in ten
        else (),
        "group_id": groups[place],
        "regions": (REGION,),
        "images": tuple(
            shop.catalog.new_image(f"{PHOTOS}/S-{number}_{photo}.jpg") for photo in range(photos)
        ),
        "attributes": (Attribute("Колір", "", colour_uk),),
        # Clothes and shoes come in sizes.
        "variation_group_id": number if place < 2 and chance.random() < 0.5 else None,  # noqa: PLR2004 - the first two groups, half of them
    }


def _stock(chance: random.Random) -> dict[str, Any]:
    quantity = chance.choice((0, 0, 1, 2, 3, 5, 8, 13, 40))
    if quantity:
        return {"quantity_in_stock": quantity, "presence": "available", "in_stock": chance.random() < 0.5}  # noqa: PLR2004 - half of them
    return {"quantity_in_stock": 0, "presence": chance.choice(("not_available", "order")), "in_stock": False}


def _variant(fields: dict[str, Any], base: int, size: int) -> dict[str, Any]:
    return {
        "name": f"{fields['name']} {SIZES[size]}",
        "name_uk": f"{fields['name_uk']} {SIZES[size]}",
        "is_variation": bool(base),
        "variation_base_id": base or None,
        "attributes": (*fields["attributes"], Attribute("Розмір", "", SIZES[size])),
    }
