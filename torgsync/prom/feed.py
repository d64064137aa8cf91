"""The import file: YML, one offer in memory at a time (docs/developers/prom-api.md §7.1, §7.2, §11 Q6)."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, TypeVar

from lxml import etree

from torgsync.core.product.cells import Section
from torgsync.core.product.cleaning import clean
from torgsync.core.product.fields import PHOTO_LIMIT, Characteristic, Discount, Photo, WholesaleStep
from torgsync.core.product.products import ExternalIds, Product


def write_feed(
    out: BinaryIO,
    *,
    shop: str,
    made: datetime,
    currency: str,
    paths: Iterable[tuple[Section, ...]],
    offers: Iterable[Product],
    names: ExternalIds | None = None,
) -> int:
    """Write the file to `out` in UTF-8 and return the number of its offers.

    Texts are written unchanged, but for control characters, which XML does not allow. `currency` is the
    default of offers without one. `paths` are the groups of all offers, root first; each group is written
    once, under its first parent. `names` maps goods to external ids.
    """
    count = 0
    names = names or ExternalIds()
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("yml_catalog", {"date": f"{made:%Y-%m-%d %H:%M}"}), file.element("shop"):
            file.write(_leaf("name", shop), _leaf("company", shop), _leaf("url", ""))
            with file.element("currencies"):
                file.write(_leaf("currency", "", id=currency, rate="1"))
            with file.element("categories"):
                for category in _categories(paths):
                    file.write(category)
            with file.element("offers"):
                for product in offers:
                    file.write(_offer(product, currency, names.external_id(product.good_id)))
                    count += 1
    return count


def _categories(paths: Iterable[tuple[Section, ...]]) -> Iterator[etree._Element]:
    written: set[str] = set()
    for path in paths:
        parent: Section | None = None
        for section in path:
            if section.number not in written:
                written.add(section.number)
                above = {"parentId": parent.number} if parent else {}
                yield _leaf("category", section.name, id=section.number, **above)
            parent = section


def _offer(product: Product, currency: str, external_id: str) -> etree._Element:
    offer = etree.Element("offer", _attributes(product, external_id))
    # Without a Russian name, which is mandatory, the Ukrainian one replaces it.
    name = product.text("name")
    offer.append(_leaf("name", product.text("name_ru") or name))
    if name:
        offer.append(_leaf("name_ua", name))
    # An offer without a group gets no `categoryId`: the element is optional, Prom then puts the product into
    # the root group, and an invented group would be visible in the shop (prom-api §7.2).
    groups = _parts(product, "group", Section)[-1:]
    offer.extend(_leaf("categoryId", section.number) for section in groups)
    offer.extend(_money(product, currency))
    offer.extend(_leaf("picture", photo.url) for photo in _parts(product, "photos", Photo)[:PHOTO_LIMIT])
    quantity = product.whole("quantity")
    if quantity is not None:
        offer.append(_leaf("quantity_in_stock", str(quantity)))
    plain = {"vendor": "vendor", "vendorCode": "sku", "gtin": "gtin", "mpn": "mpn", "country": "country"}
    offer.extend(_leaf(tag, product.text(field)) for tag, field in plain.items() if product.text(field))
    offer.extend(_texts(product))
    offer.extend(_ladder(product))
    for item in _parts(product, "characteristics", Characteristic):
        unit = {"unit": item.unit} if item.unit else {}
        offer.append(_leaf("param", item.value, name=item.name, **unit))
    return offer


def _attributes(product: Product, external_id: str) -> dict[str, str]:
    """Return the offer's attributes.

    Any presence but "available" is the empty text: "false" may mean "to order". Both are provisional:
    presence itself is set by edit afterwards (prom-api §11 Q6).
    """
    available = "true" if product.text("presence") == "available" else ""
    attributes = {"id": clean(external_id), "available": available}
    if product.values.get("ready_to_ship") is True:
        attributes["in_stock"] = "true"
    if product.values.get("wholesale_prices"):
        attributes["selling_type"] = "u"  # a ladder belongs to what is sold in retail and wholesale
    if product.text("variant_group"):
        attributes["group_id"] = product.text("variant_group")
    return attributes


def _money(product: Product, currency: str) -> Iterator[etree._Element]:
    """Yield price and discount; Prom allows no discount without a price."""
    price, discount = product.money("price"), product.values.get("discount")
    if price is not None:
        yield _leaf("price", f"{price:f}")
        if isinstance(discount, Discount):
            percent = discount.kind == "percent"  # `10%` for 10.00, `12.5%` for 12.50
            value = f"{discount.value.normalize():f}%" if percent else f"{discount.value:f}"
            yield _leaf("discount", value)
    yield _leaf("currencyId", product.text("currency") or currency)


def _texts(product: Product) -> Iterator[etree._Element]:
    """Yield keywords and descriptions.

    The tag `description` is mandatory, `name_ua` applies only together with `description_ua`, `keywords_ua`
    only together with both (prom-api §7.2): the name replaces a missing description.
    """
    name, name_ru = product.text("name"), product.text("name_ru") or product.text("name")
    keywords, keywords_ru = product.text("keywords"), product.text("keywords_ru")
    if keywords_ru or keywords:
        yield _leaf("keywords", keywords_ru or keywords)
    if keywords and name:
        yield _leaf("keywords_ua", keywords)
    description, description_ru = product.text("description"), product.text("description_ru")
    yield _raw_html("description", description_ru or description or _paragraph(name_ru))
    if name:
        yield _raw_html("description_ua", description or _paragraph(name))


def _ladder(product: Product) -> Iterator[etree._Element]:
    """Yield the wholesale prices, never without a price: it would load as "to order" (prom-api §7.2)."""
    steps = _parts(product, "wholesale_prices", WholesaleStep)
    if not steps or product.money("price") is None:
        return
    yield _leaf("minimum_order_quantity", str(steps[0].quantity))
    prices = etree.Element("prices")
    for step in steps:
        price = etree.SubElement(prices, "price")
        price.append(_leaf("value", f"{step.price:f}"))
        price.append(_leaf("quantity", str(step.quantity)))
    yield prices


Part = TypeVar("Part", Section, WholesaleStep, Characteristic, Photo)


def _parts(product: Product, field: str, kind: type[Part]) -> list[Part]:
    """Return the items of a field that holds several, none where the product lacks it."""
    value = product.values.get(field)
    return [part for part in value if isinstance(part, kind)] if isinstance(value, tuple) else []


def _leaf(tag: str, text: str, **attributes: str) -> etree._Element:
    element = etree.Element(tag, {name: clean(value) for name, value in attributes.items()})
    element.text = clean(text) or None
    return element


def _raw_html(tag: str, text: str) -> etree._Element:
    """Return an element with HTML in CDATA, or escaped where the text itself would end the section."""
    element, cleaned = etree.Element(tag), clean(text)
    element.text = cleaned if "]]>" in cleaned else etree.CDATA(cleaned)
    return element


def _paragraph(name: str) -> str:
    return f"<p>{html.escape(name, quote=False)}</p>"
