"""Offers of an import file become products as prom-api §7 says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from shops import RunImport, counters, feed, messages, offer

from torgsync.sandbox.shop.products import Attribute, ShopDiscount, Wholesale
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


class TestCreation:
    def test_all_fields(self, run_import: RunImport, shop: Shop) -> None:
        """A new product gets all its fields, whatever `updated_fields` says."""
        made = offer(
            "12345",
            "<name_ua>Сукня</name_ua>",
            "<categoryId>10</categoryId>",
            "<price>1713</price>",
            "<discount>12.5%</discount>",
            "<currencyId>USD</currencyId>",
            "<quantity_in_stock>5</quantity_in_stock>",
            "<vendor>ACME</vendor><vendorCode>AA7775</vendorCode><barcode>4820000000000</barcode><mpn>M1</mpn>",
            "<country>Україна</country>",
            "<keywords>платье</keywords><keywords_ua>сукня</keywords_ua>",
            "<description><![CDATA[<p>1</p>]]></description>",
            "<description_ua><![CDATA[<p>2</p>]]></description_ua>",
            "<minimum_order_quantity>2</minimum_order_quantity>",
            "<prices><price><value>100.75</value><quantity>10</quantity></price></prices>",
            '<param name="Розмір" unit="см">42</param>',
            "<!-- a comment -->",
            in_stock="true",
            selling_type="u",
        )
        group = '<category id="10" portal_id="35403">Платья</category>'
        run_import(feed(made, categories=group), updated_fields=[])
        product = shop.product("12345")
        assert (product.name, product.name_uk) == ("Платье", "Сукня")
        assert (product.description, product.description_uk) == ("<p>1</p>", "<p>2</p>")
        assert (product.keywords, product.keywords_uk) == ("платье", "сукня")
        assert (product.price, product.currency) == (Decimal(1713), "USD")
        assert product.discount == ShopDiscount(Decimal("12.5"), "percent")
        assert product.prices == (Wholesale(Decimal("100.75"), Decimal(10)),)
        assert product.minimum_order_quantity == 2
        assert (product.sku, product.vendor, product.gtin) == ("AA7775", "ACME", "4820000000000")
        assert (product.mpn, product.country) == ("M1", "Україна")
        assert product.attributes == (Attribute("Розмір", "см", "42"),)
        assert (product.quantity_in_stock, product.in_stock) == (5, True)
        assert (product.selling_type, product.status) == ("universal", "on_display")
        assert (product.group_id, product.category_id) == (shop.groups()[0].id, 35403)

    @pytest.mark.parametrize(
        ("mark", "presence"),
        [("true", "available"), ("склад", "available"), ("", "not_available"), ("false", "order")],
    )
    def test_available(self, run_import: RunImport, shop: Shop, mark: str, presence: str) -> None:
        """Empty means not available, "false" means on order, any other text means available."""
        run_import(feed(offer(available=mark)))
        assert shop.product("1").presence == presence

    def test_available_as_an_element(self, run_import: RunImport, shop: Shop) -> None:
        """As in an old example; without any the product is available. Ids follow the order of the file."""
        child = offer("b", "<available></available>").replace(' available="true"', "")
        nowhere = offer("a").replace(' available="true"', "")
        run_import(feed(child, nowhere))
        first, second = shop.products()
        assert (first.external_id, second.external_id, second.id) == ("b", "a", first.id + 1)
        assert (first.presence, second.presence) == ("not_available", "available")

    @pytest.mark.parametrize(
        ("parts", "name_uk", "keywords_uk"),
        [
            ("name keywords", None, None),
            ("description keywords", None, None),
            ("name description", "а", None),
            ("name description keywords", "а", "а"),
        ],
    )
    def test_ukrainian_texts(
        self, run_import: RunImport, shop: Shop, parts: str, name_uk: str | None, keywords_uk: str | None
    ) -> None:
        """The Ukrainian name needs the description, the Ukrainian keywords need both."""
        run_import(feed(offer("1", *(f"<{part}_ua>а</{part}_ua>" for part in parts.split()))))
        assert (shop.product("1").name_uk, shop.product("1").keywords_uk) == (name_uk, keywords_uk)

    @pytest.mark.parametrize(
        ("parts", "price", "discount"),
        [
            ("<price>80</price><oldprice>100</oldprice>", 100, ShopDiscount(Decimal(20), "amount")),
            ("<price>100</price><oldprice>100</oldprice>", 100, None),
            ("<price>100</price><discount>15</discount>", 100, ShopDiscount(Decimal(15), "amount")),
        ],
    )
    def test_discounts(
        self, run_import: RunImport, shop: Shop, parts: str, price: int, discount: ShopDiscount | None
    ) -> None:
        """`oldprice` is the price without the discount; `discount` is an amount or per cent."""
        made = f'<offer id="1"><name>a</name><description/>{parts}</offer>'
        run_import(feed(made))
        assert (shop.product("1").price, shop.product("1").discount) == (Decimal(price), discount)

    def test_special_offers(self, run_import: RunImport, shop: Shop) -> None:
        """A ladder without a price loads as "on order"; the name of a vendor model has three elements."""
        ladder = "<prices><price><value>90</value><quantity>10</quantity></price></prices>"
        parts = "<typePrefix>Платье</typePrefix><vendor>ACME</vendor><model>X1</model>"
        run_import(feed(offer("1", "<price></price>", ladder), offer("2", parts, type="vendor.model")))
        assert (shop.product("1").presence, shop.product("1").price) == ("order", None)
        assert shop.product("2").name == "Платье ACME X1"

    def test_long_names_are_cut(self, run_import: RunImport, shop: Shop) -> None:
        """Names above 130 are cut, each with a line in the report that is no error."""
        long = "я" * 131
        names = (f"<name>{long}</name>", f"<name_ua>{long}</name_ua>", "<description_ua>о</description_ua>")
        report = run_import(feed(offer("1", *names), offer("2", f"<name>{long[:130]}</name>")))
        why = "Максимальна довжина поля: 130, буде обрізано до 130 символів"
        assert messages(report) == [
            f"Поле {field}: {why}" for field in ("Назва позиції", "Назва позиції_укр")
        ]
        assert (report["status"], report["with_errors_count"], report["created"]) == ("PARTIAL", 0, 2)
        assert (len(shop.product("1").name), len(shop.product("1").name_uk or "")) == (130, 130)

    @pytest.mark.parametrize(
        ("made", "message"),
        [
            (offer("1", "<name></name>"), "Назва_позиції"),
            (
                offer("1", "<name/>", "<name_ua>а</name_ua><description_ua>а</description_ua>"),
                "Назва_позиції",
            ),
            (offer("1").replace("<description>Описание</description>", ""), "Опис"),
            (offer(""), "Ідентифікатор_товару"),
            *((offer("1", "<price/>", f"<{tag}>5</{tag}>"), "Ціна") for tag in ("discount", "oldprice")),
            *((offer("1", f"<price>{price}</price>"), "Ціна") for price in ("0", "1,50")),
            (offer("1", "<discount>much</discount>"), "Знижка"),
            (offer("1", "<quantity_in_stock>1.5</quantity_in_stock>"), "Кількість"),
            (offer("1", "<prices><price><value>5</value></price></prices>"), "Мінімальне_замовлення_опт"),
            *((offer("1", group_id=group), "ID_групи_різновидів") for group in ("1000000000", "x")),
        ],
    )
    def test_refused_offers(self, run_import: RunImport, shop: Shop, made: str, message: str) -> None:
        """A refused offer is counted and reported; the others are imported."""
        report = run_import(feed(made, offer("2")))
        expected = {"total": 2, "imported": 1, "created": 1, "created_active": 1, "with_errors_count": 1}
        assert counters(report) == expected
        assert (report["status"], messages(report)[0].split(":")[0]) == ("PARTIAL", f"Поле {message}")
        assert [product.external_id for product in shop.products()] == ["2"]

    def test_id_twice_in_a_file(self, run_import: RunImport, shop: Shop) -> None:
        """The second offer of an id is refused."""
        report = run_import(feed(offer("1"), offer("1", "<price>5</price>")))
        assert (report["created"], report["with_errors_count"]) == (1, 1)
        assert shop.product("1").price == 100


class TestVariants:
    def test_variants(self, run_import: RunImport, shop: Shop) -> None:
        """Variants that differ in a param's value belong to the first one."""
        size = '<param name="Розмір">{}</param>'
        small, large = (offer(mark, size.format(mark), group_id="501") for mark in ("S", "L"))
        run_import(feed(small, large, offer("X")))
        base, variant, single = shop.products()
        assert (base.is_variation, base.variation_base_id, base.variation_group_id) == (False, None, 501)
        assert (variant.is_variation, variant.variation_base_id) == (True, base.id)
        assert single.variation_group_id is None

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            (("42", ""), "Різновид не буде імпортований"),
            (
                ("43", '<param name="Колір">а</param>'),
                "знайдені характеристики, яких немає в основного товару",
            ),
        ],
    )
    def test_refused_variants(self, run_import: RunImport, params: tuple[str, str], message: str) -> None:
        """A variant that differs in nothing, or has a param that the first one lacks, is refused."""
        size = '<param name="Розмір">{}</param>{}'
        base = offer("1", size.format("42", ""), group_id="501")
        report = run_import(feed(base, offer("2", size.format(*params), group_id="501")))
        assert messages(report) == [message]

    def test_existing_products_become_variants(self, run_import: RunImport, shop: Shop) -> None:
        """Variants are among the attributes of existing products."""
        base, variant = shop.add_product("1"), shop.add_product("2")
        content = feed(
            offer("1", '<param name="а">1</param>', group_id="5"),
            offer("2", '<param name="а">2</param>', group_id="5"),
        )
        run_import(content)
        assert shop.product(variant).is_variation is False
        run_import(content, updated_fields=["attributes"])
        assert shop.product(variant).variation_base_id == base
