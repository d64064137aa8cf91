"""The import file: what a product looks like in it, and that every text comes through."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from torgsync.core.product.cells import Section
from torgsync.core.product.cleaning import clean
from torgsync.core.product.fields import Characteristic, Discount, Photo, Value, WholesaleStep
from torgsync.core.product.products import Product
from torgsync.prom.feed import write_feed

MADE = datetime(2026, 7, 20, 18, 10, 44)  # noqa: DTZ001  (the file's date has no zone)
SHOES = (Section("1", "Взуття"), Section("11", "Літнє, <легке> & зручне"))

FULL = builders.FULL | {
    "wholesale_prices": (WholesaleStep(10, Decimal("140.75")), WholesaleStep(50, Decimal("130.00"))),
    "group": SHOES,
    "photos": tuple(Photo(f"https://images.example/{n}.jpg", "d") for n in range(12)),
    "characteristics": (Characteristic("Висота", "см", "8"), Characteristic("Колір", "", "синій|чорний")),
}


def written(
    offers: Iterable[Product], paths: Iterable[tuple[Section, ...]] = (SHOES,), shop: str = "My Prom"
) -> bytes:
    out = io.BytesIO()
    offers = list(offers)
    count = write_feed(out, shop=shop, made=MADE, currency="UAH", paths=paths, offers=offers)
    assert count == len(offers)
    return out.getvalue()


def offer(**values: Value) -> etree._Element:
    found = etree.fromstring(written([Product("12345", values)])).find("shop/offers/offer")
    assert found is not None
    return found


def texts(element: etree._Element, *tags: str) -> list[str | None]:
    return [element.findtext(tag) for tag in tags]


def test_a_full_product() -> None:
    """The whole file is compared, since Prom reads every letter of it."""
    out = written([Product("12345", FULL)], [SHOES[:1], SHOES, SHOES])
    pictures = "".join(f"<picture>https://images.example/{n}.jpg</picture>" for n in range(10))
    assert out.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<yml_catalog date="2026-07-20 18:10"><shop><name>My Prom</name><company>My Prom</company><url/>'
        '<currencies><currency id="UAH" rate="1"/></currencies>'
        '<categories><category id="1">Взуття</category>'
        '<category id="11" parentId="1">Літнє, &lt;легке&gt; &amp; зручне</category></categories>'
        '<offers><offer id="12345" available="true" in_stock="true" selling_type="u" group_id="501">'
        "<name>Платье вечернее</name><name_ua>Сукня вечірня</name_ua><categoryId>11</categoryId>"
        "<price>150.00</price><discount>10.00</discount><currencyId>UAH</currencyId>"
        f"{pictures}<quantity_in_stock>5</quantity_in_stock>"
        "<vendor>ЗАТИШОК</vendor><vendorCode>AA7775</vendorCode><gtin>4820000000017</gtin><mpn>M-17</mpn>"
        "<country>Україна</country>"
        "<keywords>платье, шёлк</keywords><keywords_ua>сукня, шовк</keywords_ua>"
        "<description><![CDATA[<p>Шёлк</p>]]></description>"
        "<description_ua><![CDATA[<p>Шовк</p>]]></description_ua>"
        "<minimum_order_quantity>10</minimum_order_quantity>"
        "<prices><price><value>140.75</value><quantity>10</quantity></price>"
        "<price><value>130.00</value><quantity>50</quantity></price></prices>"
        '<param name="Висота" unit="см">8</param><param name="Колір">синій|чорний</param>'
        "</offer></offers></shop></yml_catalog>"
    )


def test_a_product_of_one_name_says_no_more_than_it_knows() -> None:
    """There is no group, no price and no photo that was not wanted; the description is mandatory."""
    assert etree.tostring(offer(name="Шуруп [/25]"), encoding="unicode") == (
        '<offer id="12345" available=""><name>Шуруп [/25]</name><name_ua>Шуруп [/25]</name_ua>'
        "<currencyId>UAH</currencyId><description>&lt;p&gt;Шуруп [/25]&lt;/p&gt;</description>"
        "<description_ua>&lt;p&gt;Шуруп [/25]&lt;/p&gt;</description_ua></offer>"
    )


def test_a_russian_shop_sends_no_ukrainian_texts() -> None:
    """Without `name_ua` neither description nor keywords of that language apply."""
    found = offer(name_ru="Платье", keywords="сукня", keywords_ru="платье")
    tags = ("name", "name_ua", "keywords", "keywords_ua", "description", "description_ua")
    assert texts(found, *tags) == ["Платье", None, "платье", None, "<p>Платье</p>", None]


def test_a_ukrainian_shop_sends_its_texts_in_both_places() -> None:
    """A row without the Russian name is rejected, so the Ukrainian texts replace it."""
    found = offer(name="Сукня", keywords="сукня", description="<p>Шовк</p>")
    assert texts(found, "name", "keywords", "description") == ["Сукня", "сукня", "<p>Шовк</p>"]
    assert texts(found, "name_ua", "keywords_ua", "description_ua") == ["Сукня", "сукня", "<p>Шовк</p>"]


@pytest.mark.parametrize(
    ("field", "value", "attribute", "text"),
    [
        *(("presence", word, "available", "") for word in ("not_available", "order", "waiting", "")),
        ("ready_to_ship", True, "in_stock", "true"),
        *(("ready_to_ship", value, "in_stock", None) for value in (False, None)),
    ],
)
def test_attributes_of_an_offer(field: str, value: Value, attribute: str, text: str | None) -> None:
    """`false` may mean "to order", so presence is then empty, and set by edit; unready goods say nothing."""
    assert offer(name="x", **{field: value}).get(attribute) == text


@pytest.mark.parametrize(
    ("field", "value", "tag", "text"),
    [
        ("discount", Discount(Decimal("170.00"), "amount"), "discount", "170.00"),
        ("discount", Discount(Decimal("10.00"), "percent"), "discount", "10%"),
        ("discount", Discount(Decimal("12.50"), "percent"), "discount", "12.5%"),
        ("discount", None, "discount", None),
        ("currency", "EUR", "currencyId", "EUR"),
        ("name", "a < b & c", "description_ua", "<p>a &lt; b &amp; c</p>"),
    ],
)
def test_elements_of_an_offer(field: str, value: Value, tag: str, text: str | None) -> None:
    """A discount is an amount or a percentage; a currency may be its own; a name is escaped in a text."""
    values: dict[str, Value] = {"name": "x", "price": Decimal("200.00"), field: value}
    assert offer(**values).findtext(tag) == text


def test_without_a_price_there_is_neither_discount_nor_ladder() -> None:
    """Prom would load such a product as "to order"."""
    found = offer(name="x", discount=FULL["discount"], wholesale_prices=FULL["wholesale_prices"])
    assert texts(found, "price", "discount", "prices", "minimum_order_quantity") == [None] * 4


def test_an_empty_ladder_is_no_ladder() -> None:
    """A product without wholesale prices is sold in retail."""
    nothing: dict[str, Value] = dict.fromkeys(("wholesale_prices", "characteristics", "photos", "group"), ())
    found = offer(name="x", price=Decimal("2.00"), **nothing)
    assert found.get("selling_type") is None
    assert texts(found, "prices", "categoryId") == [None, None]


def test_a_group_is_written_once_and_after_its_parent() -> None:
    """Numbers are the groups' identity; the first parent counts."""
    paths = [SHOES, (Section("2", "Сад"),), (Section("2", "Сад"), Section("11", "Літнє")), ()]
    root = etree.fromstring(written([], paths))
    found = [(item.get("id"), item.get("parentId")) for item in root.iterfind("shop/categories/category")]
    assert found == [("1", None), ("11", "1"), ("2", None)]


@pytest.mark.parametrize(
    "text",
    [
        *("Шуруп [/25]", "a < b & c", 'Екран 5" TFT', "[red]:wrench:", "]]>", "😀 ї"),
        "<p>a]]>b</p><script>if (a[b[0]]>1) {}</script>",
    ],
)
def test_a_text_comes_through_exactly(text: str) -> None:
    """Whatever it looks like; `]]>` does not end the file's own section."""
    assert texts(offer(name=text, description=text), "name_ua", "description_ua") == [text, text]


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(shop=words, name=words, text=words, good_id=words, group=words, unit=words)
def test_every_text_that_xml_can_carry_comes_through(
    shop: str, name: str, text: str, good_id: str, group: str, unit: str
) -> None:
    """A parser reads what was written, without the control characters that no XML carries."""
    items = (Characteristic(name, unit, text),)
    values: dict[str, Value] = {"name": name, "description": text, "characteristics": items}
    root = etree.fromstring(written([Product(good_id, values)], [(Section("7", group),)], shop))
    found, param = root.find("shop/offers/offer"), root.find("shop/offers/offer/param")
    assert found is not None
    assert param is not None
    assert texts(root, "shop/name", "shop/categories/category") == [clean(shop), clean(group)]
    assert (found.get("id"), found.findtext("name_ua", "")) == (clean(good_id), clean(name))
    read = (param.get("name"), param.get("unit", ""), param.text or "")
    assert read == (clean(name), clean(unit), clean(text))
    if name and text:
        assert found.findtext("description_ua") == clean(text)


@given(st.decimals(0, 10_000_000, places=2), st.integers(0, 10**9))
def test_numbers_come_through_exactly(price: Decimal, quantity: int) -> None:
    """Every kopiyka and every piece."""
    found = offer(name="x", price=price, quantity=quantity)
    assert Decimal(found.findtext("price", "")) == price
    assert found.findtext("quantity_in_stock") == str(quantity)


def test_a_large_feed_does_not_fill_the_memory() -> None:
    """Offers are written while the next ones are drawn; few are kept."""
    out = io.BytesIO()
    size = len(written([Product("1", FULL)] * 2)) - len(written([Product("1", FULL)]))
    unwritten: list[int] = []

    def many() -> Iterator[Product]:
        for number in range(2_000):
            unwritten.append(number * size - out.getbuffer().nbytes)
            yield Product(str(number), FULL)

    assert write_feed(out, shop="x", made=MADE, currency="UAH", paths=[], offers=many()) == 2_000
    assert max(unwritten) < 100_000
