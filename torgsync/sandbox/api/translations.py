"""The endpoints of translations: the texts of a product or group in one language (prom-api §3.5, §13).

`orders.py` says what a handler is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.api.call import VALUE_NOT_ALLOWED, Call
from torgsync.sandbox.api.products import FieldRefused, read_description, read_keywords, read_name
from torgsync.sandbox.shop.shop import Shop

SUFFIXES = {"ru": "", "uk": "_uk"}
PRODUCT_TEXTS = {"name": read_name, "keywords": read_keywords, "description": read_description}
GROUP_TEXTS = {"name": read_name, "description": read_description}
Readers = Mapping[str, Callable[[object], str]]


def show_product_translation(shop: Shop, call: Call, product_id: int) -> Json | None:
    """Show the texts of a product, without a wrapper; without `lang` in Russian."""
    return _shown(shop.catalog.products.find(product_id), call, PRODUCT_TEXTS)


def show_group_translation(shop: Shop, call: Call, group_id: int) -> Json | None:
    """Show the texts of a group."""
    return _shown(shop.catalog.groups.find(group_id), call, GROUP_TEXTS)


def write_product_translation(shop: Shop, call: Call) -> Json:
    """Set the texts that are given; clients name the product `product_id` or `id`."""
    texts = _given(call, PRODUCT_TEXTS)
    product = shop.catalog.products.find(_id_in(call, "product_id"))
    if product is None:
        return {"error": "Product is not found"}
    if isinstance(texts, str):
        return {"error": texts}
    shop.catalog.change(product, texts, shop.now())
    return {"status": "success"}


def write_group_translation(shop: Shop, call: Call) -> Json:
    """Set the texts that are given."""
    texts = _given(call, GROUP_TEXTS)
    group = shop.catalog.groups.find(_id_in(call, "group_id"))
    if group is None:
        return {"error": "Group is not found"}
    if isinstance(texts, str):
        return {"error": texts}
    shop.catalog.change_group(group, texts, shop.now())
    return {"status": "success"}


def _shown(item: object, call: Call, readers: Readers) -> Json | None:
    """Return the texts in one language, empty ones where there are none; None without the item."""
    if item is None:
        return None
    suffix = SUFFIXES.get(call.query.get("lang", "ru"))
    if suffix is None:
        return {"error": VALUE_NOT_ALLOWED}
    return {name: getattr(item, f"{name}{suffix}") or "" for name in readers}


def _id_in(call: Call, key: str) -> int:
    """Return the id in a body, 0 where there is none: nothing has it."""
    body = call.body if isinstance(call.body, dict) else {}
    number = body.get(key, body.get("id"))
    return number if type(number) is int else 0


def _given(call: Call, readers: Readers) -> dict[str, str] | str:
    """Return the texts of a body by the names of fields, or what is wrong with them."""
    body = call.body if isinstance(call.body, dict) else {}
    language = body.get("lang")
    suffix = SUFFIXES.get(language) if isinstance(language, str) else None
    if suffix is None:
        return f"lang: {VALUE_NOT_ALLOWED}"
    texts = {}
    for name in readers.keys() & body.keys():
        try:
            texts[f"{name}{suffix}"] = readers[name](body[name])
        except FieldRefused as refused:
            return f"{name}: {refused}"
    return texts
