"""The endpoints of products, groups and imports (prom-api §2 to §4); `orders.py` says what a handler is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal

from torgsync.sandbox.answer_quirks import AnswerQuirks
from torgsync.sandbox.api.answers import Json, group_json, product_json
from torgsync.sandbox.api.call import Call, RefusedWithStatus, cut_page, is_digits, parse_json, refusal
from torgsync.sandbox.shop import products
from torgsync.sandbox.shop.import_errors import ANOTHER_RUNS, AnotherRuns, ImportRefused
from torgsync.sandbox.shop.imports import ImportSettings
from torgsync.sandbox.shop.shop import Shop

LIST_EXPECTED = {"ru": "Ожидается список товаров", "uk": "Очікується список товарів"}
HTTP_BAD_REQUEST = 400
LONGEST_NAME = 110
LONGEST_KEYWORDS = 1024
# Above this a price is a mistake of the sender, and could no longer be shown exactly by a JSON number.
LARGEST_NUMBER = Decimal(10) ** 12


# Keys that nothing comes of, and no error (prom-api §3.4): those seen so, and those that clients send.
PASSED_OVER = frozenset({"id", "external_id", "sku", "quantity", "presence_sure", "oldprice"})


class FieldRefused(Exception):
    """This field is wrong, so that its item is not changed at all."""


class ItemRefused(Exception):
    """This item is not changed; `texts` by field go under its id in `errors`."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in texts.items()))
        self.texts = texts


def list_products(shop: Shop, call: Call) -> Json:
    """List products; `group_id` 0 is the same as none (prom-api §3.1)."""
    parameter = call.query.get("group_id", "")
    group_id = int(parameter) if is_digits(parameter) else 0
    shown = group_id or (products.ROOT_GROUP_ID if shop.quirks.root_group_only else 0)
    listed = shop.catalog.products
    page = cut_page(shop, call, listed, among=listed.ids_in(shown) if shown else None)
    return {
        "group_id": group_id,
        "products": [product_json(product, shop.catalog, call.language) for product in page],
    }


def show_product(shop: Shop, call: Call, key: int | str) -> Json | None:
    """Show one product by its Prom id or its external id (prom-api §3.2)."""
    product = shop.catalog.products.find(key)
    return None if product is None else {"product": product_json(product, shop.catalog, call.language)}


def edit_products(shop: Shop, call: Call, kind: type[int | str]) -> Json:
    """Change item by item; under `id` are Prom ids, which are numbers, or external ids, which are texts.

    An id that is unknown, deleted or of the wrong type is silently left out, and so are the items of the
    fault `gaps`, which stay unchanged (prom-api §3.4).
    """
    if not isinstance(call.body, list) or not all(isinstance(item, dict) for item in call.body):
        return {"errors": {"error": LIST_EXPECTED[call.language]}}
    processed: list[int | str] = []
    errors: dict[str, str | dict[str, list[str]]] = {}
    gaps = call.hit if call.hit and call.hit.fault.does == "gaps" else None
    for number, item in enumerate(call.body, 1):
        if gaps and gaps.affects(number):
            continue
        key = item.get("id")
        # `True` is an int for Python and would be found under id 1.
        product = shop.catalog.products.find(key) if type(key) is kind else None
        if product is None or product.status == "deleted_by_moderator":
            continue
        try:
            fields = _edited_fields(item, product, shop.quirks)
            changed = shop.catalog.change(product, fields, shop.now())
        except ItemRefused as refused:
            by_field = {field: [text] for field, text in refused.texts.items()}
            errors[str(key)] = by_field if shop.quirks.edit_errors == "fields" else str(refused)
            continue
        if changed or shop.quirks.report_unchanged:
            processed.append(key)
    return {"processed_ids": processed, "errors": errors}


def _edited_fields(
    item: Mapping[str, object], product: products.ShopProduct, quirks: AnswerQuirks
) -> dict[str, object]:
    """Return the fields that an item sets; keys of which nothing comes are left out (prom-api §3.4, §13)."""
    fields: dict[str, object] = {}
    texts: dict[str, str] = {}
    if quirks.minimum_quantity == "required" and product.minimum_order_quantity is None:
        texts["minimum_order_quantity"] = "This field is required."
    for name, value in item.items():
        if read := READERS.get(name):
            try:
                fields[name] = read(value)
            except FieldRefused as refused:
                texts[name] = str(refused)
        elif name not in PASSED_OVER and quirks.unknown_fields == "refuse":
            texts[name] = "Unknown field."
    if texts:
        raise ItemRefused(texts)
    return fields


def list_groups(shop: Shop, call: Call) -> Json:
    """List the groups without the root (prom-api §3.6)."""
    page: list[products.ShopGroup] = cut_page(shop, call, shop.catalog.groups)
    return {"groups": [group_json(group, shop.catalog, call.language) for group in page]}


def import_file(shop: Shop, call: Call) -> Json:
    """Accept an import by file; a refusal has no `id` (prom-api §4.3)."""
    upload = call.upload
    if upload is None or upload.file is None:
        return refusal("A file is expected")
    try:
        settings = ImportSettings.from_json(parse_json(upload.data))
        accepted = shop.import_queue.accept(upload.file, settings, shop.quirks, shop.now(), call.hit)
    except AnotherRuns:
        raise _another_runs(shop.quirks.busy_import_as, ANOTHER_RUNS[call.language]) from None
    except ImportRefused as error:
        return refusal(str(error))
    except ValueError:
        return refusal("Invalid import settings")
    return {"id": accepted.id, "status": "success"}


def _another_runs(shape: str, words: str) -> RefusedWithStatus:
    """Return the refusal while another import runs, in one of the shapes of prom-api §1.3."""
    status, _, place = shape.partition("-")
    said = {"status": HTTP_BAD_REQUEST, "message": words}
    shapes: Json = {"object": {"error": said}, "flat": said, "text": {"error": words}}
    return RefusedWithStatus(int(status), shapes[place])


def import_url(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - every handler is called alike
    """Refuse an import by link: the sandbox fetches nothing."""
    return refusal("Не удалось загрузить файл по ссылке")


def show_import(shop: Shop, call: Call, import_id: str) -> Json | None:  # noqa: ARG001 - every handler is called alike
    """Show the state of an import (prom-api §4.4)."""
    report = shop.import_queue.status(import_id, shop.now())
    return None if report is None else asdict(report)


def _text(longest: int | None) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise FieldRefused("a string is expected")
        if longest is not None and len(value) > longest:
            raise FieldRefused(f"Максимальна довжина поля: {longest}")
        return value

    return read


read_description = _text(None)
read_keywords = _text(LONGEST_KEYWORDS)


def read_name(value: object) -> str:
    """Return a name; raises FieldRefused."""
    name = _text(LONGEST_NAME)(value)
    if not name.strip():
        raise FieldRefused("a name is required")
    return name


def _one_of(words: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise FieldRefused("This value is not allowed")
        return value

    return read


def _flag(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise FieldRefused("true, false or null is expected")


def _positive(value: object) -> Decimal:
    # JSON's true is an int for Python, and must not become a price of 1.
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise FieldRefused("a number is expected")
    if not 0 < value < LARGEST_NUMBER:
        raise FieldRefused("a number above zero is expected")
    return Decimal(value)


def _stock(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < LARGEST_NUMBER:
        raise FieldRefused("a whole number is expected")
    return value


def _discount(value: object) -> products.ShopDiscount | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") not in ("amount", "percent"):
        raise FieldRefused("value and type (amount or percent) are expected")
    dates = (value.get("date_start"), value.get("date_end"))
    for date in dates:
        if date is not None and not (isinstance(date, str) and re.fullmatch(r"\d\d\.\d\d\.\d{4}", date)):
            raise FieldRefused("a date DD.MM.YYYY is expected")
    return products.ShopDiscount(_positive(value.get("value")), value["type"], *dates)


def _prices(value: object) -> tuple[products.Wholesale, ...]:
    if not isinstance(value, list) or not all(isinstance(rung, dict) for rung in value):
        raise FieldRefused("a list of price and minimum_order_quantity is expected")
    names = ("price", "minimum_order_quantity")
    return tuple(products.Wholesale(*(_positive(rung.get(name)) for name in names)) for rung in value)


READERS: Mapping[str, Callable[[object], object]] = {
    "name": read_name,
    "description": read_description,
    "keywords": read_keywords,
    "price": _positive,
    "prices": _prices,
    "discount": _discount,
    "presence": _one_of(products.PRESENCES),
    "in_stock": _flag,
    "quantity_in_stock": _stock,
    "status": _one_of(products.EDITABLE_STATUSES),
}
