"""Reads YML import files in constant memory, and interprets their offers (prom-api §4.2, §7.1, §7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from lxml import etree

from torgsync.sandbox.shop.products import UNSORTED_CATEGORY_ID, Attribute, ShopDiscount, Wholesale

ROOT = "yml_catalog"
LONGEST_NAME = 130
MOST_PHOTOS = 10
LARGEST_VARIANT_GROUP = 999_999_999
SELLING_TYPES = {"r": "retail", "w": "wholesale", "u": "universal", "s": "service"}

# Recorded from the real shop or its help pages (prom-api §4.5, §7.2); the other texts here are invented.
NOT_UPDATABLE = "Поле status: Позиція недоступна для оновлення"
NAME_CUT = "Поле {field}: Максимальна довжина поля: 130, буде обрізано до 130 символів"
VARIANT_EQUAL = "Різновид не буде імпортований"
VARIANT_FOREIGN = "знайдені характеристики, яких немає в основного товару"

# The fields of a product for each word of `updated_fields`. Photos and groups need the shop, see
# `imports.py`; for labels the reference has no element of YML.
FIELDS_OF = {
    "name": ("name", "name_uk"),
    "sku": ("sku",),
    "price": ("price", "currency", "prices", "minimum_order_quantity"),
    "presence": ("presence", "in_stock"),
    "quantity_in_stock": ("quantity_in_stock",),
    "description": ("description", "description_uk"),
    "keywords": ("keywords", "keywords_uk"),
    "attributes": ("attributes", "vendor", "country"),
    "discount": ("discount",),
    "gtin": ("gtin",),
    "mpn": ("mpn",),
}


class FeedInvalid(Exception):
    """The file is no YML; the message is the parser's."""


@dataclass(frozen=True, slots=True)
class FeedCategory:
    """One `<category>`: its id in the file, its parent's, the name, and Prom's category where given."""

    id: str
    parent_id: str | None
    name: str
    portal_id: str | None


@dataclass(frozen=True, slots=True)
class FeedOffer:
    """One `<offer>`.

    `marks` are its attributes (without `id`), `texts` its simple children by tag: a tag that is there but
    empty is "", one that is missing is not in the mapping. `prices` are the wholesale ladder as pairs of
    value and quantity.
    """

    id: str
    marks: Mapping[str, str]
    texts: Mapping[str, str]
    pictures: tuple[str, ...]
    prices: tuple[tuple[str, str], ...]
    params: tuple[Attribute, ...]


def check(feed: IO[bytes]) -> None:
    """Read the file to its end, and raise FeedInvalid if it is no YML or is cut off."""
    for _ in _elements(feed):
        pass


def read(feed: IO[bytes]) -> Iterator[FeedCategory | FeedOffer]:
    """Yield categories and offers in the file's order. FeedInvalid may come late: call `check` first."""
    for element in _elements(feed):
        yield _category(element) if element.tag == "category" else _offer(element)


def _elements(feed: IO[bytes]) -> Iterator[etree._Element]:
    """Yield the elements that matter, each freed at the next; nothing is resolved, as nothing is trusted."""
    parser = etree.iterparse(
        feed, events=("end",), tag=("category", "offer"), resolve_entities=False, no_network=True
    )
    try:
        for _, element in parser:
            yield element
            # Those before it are freed, too: iterparse would keep them to the end.
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise FeedInvalid(str(error)) from error
    if parser.root is None or parser.root.tag != ROOT:
        raise FeedInvalid(f"the root element is not <{ROOT}>")


def _category(element: etree._Element) -> FeedCategory:
    number = element.get("id", "").strip()
    return FeedCategory(number, element.get("parentId"), _text(element), element.get("portal_id"))


def _offer(element: etree._Element) -> FeedOffer:
    texts: dict[str, str] = {}
    pictures: list[str] = []
    prices: list[tuple[str, str]] = []
    params: list[Attribute] = []
    for child in element.iterchildren("*"):
        tag = str(child.tag)
        if tag == "picture":
            pictures.append(_text(child))
        elif tag == "prices":
            prices += [
                (_text(price.find("value")), _text(price.find("quantity")))
                for price in child.iterchildren("price")
            ]
        elif tag == "param":
            name, unit = (child.get(mark, "").strip() for mark in ("name", "unit"))
            params.append(Attribute(name, unit, _text(child)))
        else:
            texts[tag] = _text(child)
    marks = {str(name): str(value) for name, value in element.attrib.items()}
    number = marks.pop("id", "").strip()
    return FeedOffer(number, marks, texts, tuple(filter(None, pictures)), tuple(prices), tuple(params))


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


class OfferRefused(Exception):
    """This offer is not imported; the message is the line of the report."""


@dataclass(frozen=True, slots=True)
class OfferReading:
    """One offer: fields of a product, the group's id in the file, photos, and lines of the report."""

    fields: dict[str, Any]
    group: str | None
    photos: tuple[str, ...]
    remarks: tuple[str, ...]


def interpret(offer: FeedOffer) -> OfferReading:
    """Read one offer by itself; raise OfferRefused where Prom would refuse it."""
    texts = offer.texts
    if not offer.id:
        raise OfferRefused("Поле Ідентифікатор_товару: обов'язкове поле")
    name = _name(offer)
    if "description" not in texts:
        raise OfferRefused("Поле Опис: обов'язкове поле")
    # The Ukrainian name needs the description, the keywords need both (prom-api §7.2).
    ukrainian = bool(texts.get("name_ua")) and bool(texts.get("description_ua"))
    name_uk = texts["name_ua"] if ukrainian else None
    remarks = [
        NAME_CUT.format(field=label)
        for label, text in (("Назва позиції", name), ("Назва позиції_укр", name_uk))
        if text is not None and len(text) > LONGEST_NAME
    ]
    fields: dict[str, Any] = {
        "name": name[:LONGEST_NAME],
        "name_uk": None if name_uk is None else name_uk[:LONGEST_NAME],
        "description": texts["description"],
        "description_uk": texts.get("description_ua") or None,
        "keywords": texts.get("keywords", ""),
        "keywords_uk": (texts.get("keywords_ua") or None) if ukrainian else None,
        "sku": texts.get("vendorCode") or None,
        "selling_type": SELLING_TYPES.get(offer.marks.get("selling_type", "r"), "retail"),
        "presence": _presence(offer),
        "in_stock": {"true": True, "false": False}.get(offer.marks.get("in_stock", "").lower()),
        "currency": texts.get("currencyId") or "UAH",
        "quantity_in_stock": _whole(texts.get("quantity_in_stock"), "Кількість"),
        "minimum_order_quantity": _number(
            texts.get("minimum_order_quantity"), "Мінімальний_обсяг_замовлення"
        ),
        "prices": tuple(
            Wholesale(_needed(value, "Оптова_ціна"), _needed(quantity, "Мінімальне_замовлення_опт"))
            for value, quantity in offer.prices
        ),
        "category_id": _whole(texts.get("portal_category_id"), "Ідентифікатор_підрозділу")
        or UNSORTED_CATEGORY_ID,
        "attributes": offer.params,
        "vendor": texts.get("vendor") or None,
        "country": texts.get("country") or texts.get("country_of_origin") or None,
        "gtin": texts.get("gtin") or texts.get("barcode") or None,
        "mpn": texts.get("mpn") or None,
        "variation_group_id": _variant_group(offer),
    }
    fields |= _price(offer)
    if offer.prices and fields["price"] is None:
        # A ladder without a price loads as «Под заказ» (prom-api §7.2).
        fields["presence"] = "order"
    group = texts.get("categoryId") or None
    return OfferReading(fields, group, offer.pictures[:MOST_PHOTOS], tuple(remarks))


def _name(offer: FeedOffer) -> str:
    texts = offer.texts
    if offer.marks.get("type") == "vendor.model":
        name = " ".join(filter(None, (texts.get(part) for part in ("typePrefix", "vendor", "model"))))
    else:
        name = texts.get("name", "")
    if not name:
        raise OfferRefused("Поле Назва_позиції: обов'язкове поле")
    return name


def _presence(offer: FeedOffer) -> str:
    """Read `available`: "" is not available, "false" is on order, any other text and a missing one available.

    An old example has it as a child (prom-api §7.2).
    """
    mark = offer.marks.get("available", offer.texts.get("available", "true")).strip().lower()
    return {"": "not_available", "false": "order"}.get(mark, "available")


def _price(offer: FeedOffer) -> dict[str, Any]:
    """Read price and discount; `oldprice` is the price without the discount, and becomes the product's."""
    texts = offer.texts
    price = _number(texts.get("price"), "Ціна")
    off, old = texts.get("discount"), _number(texts.get("oldprice"), "Ціна")
    if (off or old is not None) and price is None:
        raise OfferRefused("Поле Ціна: обов'язкове поле для знижки")
    if price == 0:
        raise OfferRefused("Поле Ціна: має бути більше нуля")
    if off:
        kind = "percent" if off.endswith("%") else "amount"
        return {"price": price, "discount": ShopDiscount(_needed(off.removesuffix("%"), "Знижка"), kind)}
    if old is not None and price is not None and old > price:
        return {"price": old, "discount": ShopDiscount(old - price, "amount")}
    return {"price": price, "discount": None}


def _variant_group(offer: FeedOffer) -> int | None:
    number = _whole(offer.marks.get("group_id"), "ID_групи_різновидів")
    if number is not None and not 1 <= number <= LARGEST_VARIANT_GROUP:
        raise OfferRefused("Поле ID_групи_різновидів: має бути від 1 до 999999999")
    return number


def _number(text: str | None, label: str) -> Decimal | None:
    return _needed(text, label) if text else None


def _needed(text: str, label: str) -> Decimal:
    """Read a decimal with a point; a comma or anything else is refused."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise OfferRefused(f"Поле {label}: невірне число")
    return Decimal(text)


def _whole(text: str | None, label: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]+", text):
        raise OfferRefused(f"Поле {label}: має бути цілим числом")
    return int(text)


@dataclass(slots=True)
class _VariantGroup:
    """The variants of one `group_id` that the file brought so far; the first one is the main product."""

    base_id: int
    names: frozenset[str]
    values: set[frozenset[tuple[str, str]]] = field(default_factory=set)


class Variants:
    """Variants of a group: each differs in a value, all have the params of the first (prom-api §7.2)."""

    def __init__(self) -> None:
        self._families: dict[int, _VariantGroup] = {}

    def check(self, reading: OfferReading) -> dict[str, Any]:
        """Return the variant fields of a product; raise OfferRefused when it may not join its group."""
        family = self._families.get(reading.fields["variation_group_id"] or 0)
        if family is None:
            return {"is_variation": False, "variation_base_id": None}
        params = _params(reading)
        if not {name for name, _ in params} <= family.names:
            raise OfferRefused(VARIANT_FOREIGN)
        if params in family.values:
            raise OfferRefused(VARIANT_EQUAL)
        return {"is_variation": True, "variation_base_id": family.base_id}

    def join(self, reading: OfferReading, product_id: int) -> None:
        """Add an imported product, as the main one if it is the first of its group."""
        number = reading.fields["variation_group_id"]
        if number is not None:
            params = _params(reading)
            family = self._families.setdefault(
                number, _VariantGroup(product_id, frozenset(name for name, _ in params))
            )
            family.values.add(params)


def _params(reading: OfferReading) -> frozenset[tuple[str, str]]:
    return frozenset((attribute.name, attribute.value) for attribute in reading.fields["attributes"])
