"""The sandbox imports files as prom-api §4 and §7 say."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from shops import Clock, client_of, feed, import_feed, offer, send_feed

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop import imports
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, Attribute, ShopDiscount, Wholesale
from torgsync.sandbox.shop.shop import Shop

if TYPE_CHECKING:
    import httpx

DELETED = "Поле status: Позиція недоступна для оновлення"


pytestmark = pytest.mark.usefixtures("each_door")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock=clock)


@pytest.fixture
def client(shop: Shop) -> httpx.Client:
    return client_of(shop)


def counters(report: dict[str, Any]) -> dict[str, int]:
    """Return the counters of a report that are not zero."""
    return {name: value for name, value in report.items() if isinstance(value, int) and value}


def messages(report: dict[str, Any]) -> list[str]:
    """Return the messages of a report's lines on offers."""
    return [line["import"]["extra"]["message"] for line in report["errors"]]


class TestAcceptance:
    def test_answer(self, shop: Shop, client: httpx.Client) -> None:
        """An accepted import has an id of 24 hexadecimal digits."""
        answer = send_feed(client, feed())
        assert answer == {"id": shop.imports()[0].id, "status": "success"}
        assert len(bytes.fromhex(answer["id"])) == 12
        assert shop.imports()[0].feed == feed()

    @pytest.mark.parametrize(
        "data",
        [
            "",
            "{",
            "[]",
            '{"mark_missing_product_as": "gone"}',
            '{"mark_missing_product_as": ["none"]}',
            '{"updated_fields": "price"}',
        ],
    )
    def test_settings_that_cannot_be_read(self, shop: Shop, client: httpx.Client, data: str) -> None:
        """Wrong settings are refused: status and message, and no id."""
        answer = client.post("/products/import_file", files={"file": ("a.xml", feed())}, data={"data": data})
        assert answer.json() == {"status": "error", "message": "Invalid import settings"}
        assert shop.imports() == []

    def test_no_file(self, client: httpx.Client) -> None:
        """An upload without a file with a name, or no upload at all, is refused."""
        refused = {"status": "error", "message": "A file is expected"}
        nameless = {"data": (None, b"{}"), "file": (None, feed())}
        assert client.post("/products/import_file", files=nameless).json() == refused
        assert client.post("/products/import_file", json={}).json() == refused

    def test_link(self, client: httpx.Client) -> None:
        """The sandbox fetches nothing: an import by link is refused without an id."""
        answer = client.post("/products/import_url", json={"url": "https://shop.example/feed.xml"}).json()
        assert (answer["status"], set(answer)) == ("error", {"status", "message"})

    def test_unknown_import(self, client: httpx.Client) -> None:
        """The state of an import that never was is a 404."""
        assert client.get("/products/import/status/0123456789abcdef01234567").status_code == 404

    def test_ten_a_day(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """The eleventh import within 24 hours is refused; refused ones do not count."""
        for _ in range(10):
            assert "id" in send_feed(client, feed())
            clock.advance(hours=1)
        assert send_feed(client, feed()).keys() == {"status", "message"}
        clock.advance(hours=14)
        assert "id" in send_feed(client, feed())
        assert "id" not in send_feed(client, feed())
        assert len(shop.imports()) == 11

    def test_second_import_is_accepted(self, client: httpx.Client, clock: Clock) -> None:
        """Two imports of one file run side by side: one creates, for the other nothing is changed."""
        first, second = send_feed(client, feed(offer())), send_feed(client, feed(offer()))
        clock.advance(seconds=10)
        reports = [client.get(f"/products/import/status/{sent['id']}").json() for sent in (first, second)]
        assert [(report["created"], report["not_changed"]) for report in reports] == [(1, 0), (0, 1)]

    def test_second_import_is_refused(self, clock: Clock) -> None:
        """By a switch an import is refused while another one runs."""
        client = client_of(Shop(clock=clock, quirks=Quirks(second_import="refuse")))
        assert "id" in send_feed(client, feed())
        assert "id" not in send_feed(client, feed())
        clock.advance(seconds=1.5)
        assert "id" in send_feed(client, feed())


class TestStatus:
    def test_the_status_unfolds(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """SUCCESS with zeros, PARTIAL with zeros, then the counters; only then the product is there."""
        path = f"/products/import/status/{send_feed(client, feed(offer()))['id']}"
        seen = []
        for _ in range(3):
            report = client.get(path).json()
            seen.append((report["status"], counters(report), len(shop.products())))
            clock.advance(seconds=0.8)
        assert seen == [
            ("SUCCESS", {}, 0),
            ("PARTIAL", {}, 0),
            ("SUCCESS", {"total": 1, "imported": 1, "created": 1, "created_active": 1}, 1),
        ]

    def test_duration(self, clock: Clock) -> None:
        """The duration is a manner; products carry the date of the import's end, however late one looks."""
        shop = Shop(clock=clock, quirks=Quirks(import_seconds=600))
        send_feed(client_of(shop), feed(offer()))
        clock.advance(seconds=599)
        assert shop.products() == []
        clock.advance(hours=1)
        assert shop.product("1").date_modified.isoformat() == "2026-03-02T09:10:00+00:00"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b'{"products": []}',
            b"PK\x03\x04 a workbook",
            b"<shop><offer id='1'><name>a</name><description/></offer></shop>",
            feed(offer())[:-20],
        ],
    )
    def test_no_yml(self, shop: Shop, client: httpx.Client, clock: Clock, content: bytes) -> None:
        """A file that is no YML, or is cut off, is FATAL with a validation line, and changes nothing."""
        report = import_feed(client, clock, content, mark_missing_product_as="deleted")
        assert (report["status"], counters(report)) == ("FATAL", {})
        assert [list(line) for line in report["errors"]] == [["validation"]]
        assert shop.products() == []

    def test_no_offers(self, client: httpx.Client, clock: Clock) -> None:
        """A file without offers stays SUCCESS with zeros."""
        report = import_feed(client, clock, feed())
        assert (report["status"], counters(report)) == ("SUCCESS", {})

    def test_entities_stay_shut(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """An entity that points to a file is not opened."""
        content = (
            '<!DOCTYPE y [<!ENTITY e SYSTEM "file:///etc/hostname">]><yml_catalog><offer id="1">'
            "<name>a&e;</name><description/></offer></yml_catalog>"
        )
        import_feed(client, clock, content.encode())
        assert shop.product("1").name == "a"

    def test_a_large_feed_is_let_go(
        self, shop: Shop, client: httpx.Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A feed above the limit is dropped once it was carried out."""
        monkeypatch.setattr(imports, "LARGEST_KEPT_FEED", 10)
        import_feed(client, clock, feed(offer()))
        assert (shop.imports()[0].feed, len(shop.products())) == (b"", 1)


class TestCreation:
    def test_all_fields(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
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
        import_feed(client, clock, feed(made, categories=group), updated_fields=[])
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

    def test_ids_are_consecutive(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Products get their ids in the order of the file, one after the other."""
        import_feed(client, clock, feed(offer("b"), offer("a")))
        first, second = shop.products()
        assert (first.external_id, second.external_id, second.id) == ("b", "a", first.id + 1)

    @pytest.mark.parametrize(
        ("mark", "presence"),
        [
            ("true", "available"),
            ("склад", "available"),
            ("", "not_available"),
            ("false", "order"),
        ],
    )
    def test_available(
        self, shop: Shop, client: httpx.Client, clock: Clock, mark: str, presence: str
    ) -> None:
        """Empty means not available, "false" means on order, any other text means available."""
        import_feed(client, clock, feed(offer(available=mark)))
        assert shop.product("1").presence == presence

    def test_available_as_an_element(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """An old example has it as a child; where it is nowhere, the product is available."""
        child = offer("1", "<available></available>").replace(' available="true"', "")
        nowhere = offer("2").replace(' available="true"', "")
        import_feed(client, clock, feed(child, nowhere))
        assert [product.presence for product in shop.products()] == ["not_available", "available"]

    @pytest.mark.parametrize(
        ("parts", "name_uk", "keywords_uk"),
        [
            ("<name_ua>Сукня</name_ua><keywords_ua>а</keywords_ua>", None, None),
            ("<description_ua>о</description_ua><keywords_ua>а</keywords_ua>", None, None),
            ("<name_ua>Сукня</name_ua><description_ua>о</description_ua>", "Сукня", None),
            (
                "<name_ua>Сукня</name_ua><description_ua>о</description_ua><keywords_ua>а</keywords_ua>",
                "Сукня",
                "а",
            ),
        ],
    )
    def test_ukrainian_texts(
        self,
        shop: Shop,
        client: httpx.Client,
        clock: Clock,
        parts: str,
        name_uk: str | None,
        keywords_uk: str | None,
    ) -> None:
        """The Ukrainian name needs the description, the Ukrainian keywords need both."""
        import_feed(client, clock, feed(offer("1", parts)))
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
        self,
        shop: Shop,
        client: httpx.Client,
        clock: Clock,
        parts: str,
        price: int,
        discount: ShopDiscount | None,
    ) -> None:
        """`oldprice` is the price without the discount; `discount` is an amount or per cent."""
        made = f'<offer id="1"><name>a</name><description/>{parts}</offer>'
        import_feed(client, clock, feed(made))
        assert (shop.product("1").price, shop.product("1").discount) == (Decimal(price), discount)

    def test_ladder_without_a_price(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Wholesale prices without a price load as "on order"."""
        ladder = "<prices><price><value>90</value><quantity>10</quantity></price></prices>"
        import_feed(client, clock, feed(offer("1", "<price></price>", ladder)))
        assert (shop.product("1").presence, shop.product("1").price) == ("order", None)

    def test_name_of_a_vendor_model(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Prom puts the name of such an offer together from three elements."""
        parts = "<typePrefix>Платье</typePrefix><vendor>ACME</vendor><model>X1</model>"
        import_feed(client, clock, feed(offer("1", parts, type="vendor.model")))
        assert shop.product("1").name == "Платье ACME X1"

    def test_long_names_are_cut(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Names above 130 are cut, each with a line in the report that is no error."""
        long = "я" * 131
        made = offer(
            "1",
            f"<name>{long}</name>",
            f"<name_ua>{long}</name_ua>",
            "<description_ua>о</description_ua>",
        )
        report = import_feed(client, clock, feed(made, offer("2", f"<name>{long[:130]}</name>")))
        assert messages(report) == [
            "Поле Назва позиції: Максимальна довжина поля: 130, буде обрізано до 130 символів",
            "Поле Назва позиції_укр: Максимальна довжина поля: 130, буде обрізано до 130 символів",
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
            (offer("1", "<price/>", "<discount>5</discount>"), "Ціна"),
            (offer("1", "<price/>", "<oldprice>5</oldprice>"), "Ціна"),
            (offer("1", "<price>0</price>"), "Ціна"),
            (offer("1", "<price>1,50</price>"), "Ціна"),
            (offer("1", "<discount>much</discount>"), "Знижка"),
            (offer("1", "<quantity_in_stock>1.5</quantity_in_stock>"), "Кількість"),
            (offer("1", "<prices><price><value>5</value></price></prices>"), "Мінімальне_замовлення_опт"),
            (offer("1", group_id="1000000000"), "ID_групи_різновидів"),
            (offer("1", group_id="x"), "ID_групи_різновидів"),
        ],
    )
    def test_refused_offers(
        self, shop: Shop, client: httpx.Client, clock: Clock, made: str, message: str
    ) -> None:
        """An offer that Prom would not take is counted and told; the others are imported."""
        report = import_feed(client, clock, feed(made, offer("2")))
        expected = {"total": 2, "imported": 1, "created": 1, "created_active": 1, "with_errors_count": 1}
        assert counters(report) == expected
        assert (report["status"], messages(report)[0].split(":")[0]) == ("PARTIAL", f"Поле {message}")
        assert [product.external_id for product in shop.products()] == ["2"]

    def test_id_twice_in_a_file(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """The second offer of an id is refused."""
        report = import_feed(client, clock, feed(offer("1"), offer("1", "<price>5</price>")))
        assert (report["created"], report["with_errors_count"]) == (1, 1)
        assert shop.product("1").price == 100


class TestUpdating:
    CHANGED = offer(
        "1",
        "<name>Новое</name>",
        "<price>50</price>",
        "<description>Новое</description>",
        "<quantity_in_stock>7</quantity_in_stock>",
        "<keywords>новое</keywords>",
        "<vendorCode>N</vendorCode>",
        available="",
    )

    def test_only_price_and_presence(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """By default an existing product changes its price and presence alone."""
        shop.add_product("1", name="Старое", price=Decimal(100))
        report = import_feed(client, clock, feed(self.CHANGED))
        assert counters(report) == {"total": 1, "imported": 1, "updated": 1}
        product = shop.product("1")
        assert (product.price, product.presence) == (Decimal(50), "not_available")
        assert (product.name, product.keywords, product.quantity_in_stock) == ("Старое", "", None)

    @pytest.mark.parametrize(
        ("word", "changed"),
        [
            ("name", {"name"}),
            ("sku", {"sku"}),
            ("quantity_in_stock", {"quantity_in_stock"}),
            ("description", {"description"}),
            ("keywords", {"keywords"}),
            ("image_urls", set()),
            ("stock_quantity", set()),
        ],
    )
    def test_updated_fields(
        self, shop: Shop, client: httpx.Client, clock: Clock, word: str, changed: set[str]
    ) -> None:
        """Only what is named changes; a misspelt word changes nothing and is not complained of."""
        shop.add_product("1", name="Старое")
        before = shop.product("1")
        import_feed(client, clock, feed(self.CHANGED), updated_fields=[word])
        after = shop.product("1")
        names = ("name", "sku", "quantity_in_stock", "description", "keywords", "price", "presence")
        assert {name for name in names if getattr(before, name) != getattr(after, name)} == changed

    def test_the_same_file_again(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """The same file again changes nothing, and no date."""
        import_feed(client, clock, feed(offer("1", "<picture>https://a.example/1.jpg</picture>")))
        before = shop.product("1")
        words = ["name", "price", "presence", "group", "attributes", "images_urls", "description"]
        report = import_feed(
            client,
            clock,
            feed(offer("1", "<picture>https://a.example/1.jpg</picture>")),
            updated_fields=words,
        )
        assert counters(report) == {"total": 1, "imported": 1, "not_changed": 1}
        assert shop.product("1") == before

    def test_offer_without_a_price(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """An offer without a price does not take the price away."""
        shop.add_product("1", price=Decimal(100))
        import_feed(client, clock, feed(offer("1", "<price/>", available="")))
        assert (shop.product("1").price, shop.product("1").presence) == (Decimal(100), "not_available")

    @pytest.mark.parametrize(("force", "status"), [(True, "on_display"), (False, "draft")])
    def test_draft(self, shop: Shop, client: httpx.Client, clock: Clock, *, force: bool, status: str) -> None:
        """`force_update` puts a draft on display."""
        shop.add_product("1", status="draft")
        shop.add_product("2", status="not_on_display")
        import_feed(client, clock, feed(offer("1"), offer("2")), force_update=force)
        assert [product.status for product in shop.products()] == [status, "not_on_display"]

    def test_deleted_products(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """The external id of a deleted product cannot be imported again."""
        shop.add_product("1")
        shop.delete_product("1")
        shop.add_product("2", status="deleted_by_moderator")
        report = import_feed(client, clock, feed(offer("1"), offer("2")))
        assert messages(report) == [DELETED, DELETED]
        assert report["with_errors_count"] == 2
        assert len(shop.products()) == 1

    def test_only_available(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """`only_available` passes over what is not available, without counting it, yet it is not missing."""
        shop.add_product("2", presence="available")
        report = import_feed(
            client,
            clock,
            feed(offer("1"), offer("2", available=""), offer("3", available="false")),
            only_available=True,
            mark_missing_product_as="deleted",
        )
        assert counters(report) == {"total": 1, "imported": 1, "created": 1, "created_active": 1}
        assert [product.external_id for product in shop.products()] == ["2", "1"]

    @pytest.mark.parametrize(
        ("mark", "left"),
        [
            ("none", [("available", "on_display"), ("available", "on_display")]),
            ("not_available", [("not_available", "on_display"), ("not_available", "on_display")]),
            ("not_on_display", [("available", "not_on_display"), ("available", "not_on_display")]),
            ("deleted", []),
        ],
    )
    def test_missing_products(
        self, shop: Shop, client: httpx.Client, clock: Clock, mark: str, left: list[tuple[str, str]]
    ) -> None:
        """What is not in the file is counted and treated as asked, hand-made products too."""
        shop.add_product("2")
        shop.add_product()
        report = import_feed(client, clock, feed(offer("1")), mark_missing_product_as=mark)
        assert report["not_in_file"] == 2
        assert [(product.presence, product.status) for product in shop.products()] == [
            *left,
            ("available", "on_display"),
        ]


class TestGroups:
    CATEGORIES = '<category id="20" parentId="10">Сукні</category><category id="10">Одяг</category>'

    def test_groups_with_parents(self, client: httpx.Client, clock: Clock) -> None:
        """Categories become groups once; parents are found wherever they stand in the file."""
        for _ in range(2):
            made = offer("1", "<categoryId>20</categoryId>")
            import_feed(client, clock, feed(made, categories=self.CATEGORIES))
        groups = {group["name"]: group for group in client.get("/groups/list").json()["groups"]}
        assert groups.keys() == {"Одяг", "Сукні"}
        assert groups["Сукні"]["parent_group_id"] == groups["Одяг"]["id"]
        assert groups["Одяг"]["parent_group_id"] == ROOT_GROUP_ID
        product = client.get("/products/by_external_id/1").json()["product"]
        assert product["group"] == {
            "id": groups["Сукні"]["id"],
            "name": "Сукні",
            "name_multilang": {"ru": "Сукні", "uk": None},
        }

    def test_moving_a_product(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """A product moves only with `group` in `updated_fields`; an unknown category is the root."""
        shop.add_product("1")
        content = feed(offer("1", "<categoryId>10</categoryId>"), categories=self.CATEGORIES)
        import_feed(client, clock, content)
        assert shop.product("1").group_id == ROOT_GROUP_ID
        import_feed(client, clock, content, updated_fields=["group"])
        assert shop.product("1").group_id == shop.groups()[1].id
        import_feed(client, clock, feed(offer("1", "<categoryId>7</categoryId>")), updated_fields=["group"])
        assert shop.product("1").group_id == ROOT_GROUP_ID

    def test_category_of_the_offer_itself(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """The offer's own Prom category goes before that of its group; a strange id is passed over."""
        categories = (
            '<category id="10" portal_id="5">а</category><category id="11" portal_id="x">б</category>'
        )
        group = "<categoryId>10</categoryId>"
        own = offer("1", group, "<portal_category_id>7</portal_category_id>")
        inherited, strange = offer("2", group), offer("3", "<categoryId>11</categoryId>")
        import_feed(client, clock, feed(own, inherited, strange, categories=categories))
        assert [product.category_id for product in shop.products()] == [7, 5, 29]


class TestVariants:
    def test_variants(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Variants that differ in a param's value belong to the first one."""
        size = '<param name="Розмір">{}</param>'
        small, large = (offer(mark, size.format(mark), group_id="501") for mark in ("S", "L"))
        import_feed(client, clock, feed(small, large, offer("X")))
        base, variant, single = shop.products()
        assert (base.is_variation, base.variation_base_id, base.variation_group_id) == (False, None, 501)
        assert (variant.is_variation, variant.variation_base_id) == (True, base.id)
        assert single.variation_group_id is None

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ('<param name="Розмір">42</param>', "Різновид не буде імпортований"),
            (
                '<param name="Розмір">43</param><param name="Колір">а</param>',
                "знайдені характеристики, яких немає в основного товару",
            ),
        ],
    )
    def test_refused_variants(self, client: httpx.Client, clock: Clock, params: str, message: str) -> None:
        """A variant that differs in nothing, or has a param that the first one lacks, is refused."""
        base = offer("1", '<param name="Розмір">42</param>', group_id="501")
        report = import_feed(client, clock, feed(base, offer("2", params, group_id="501")))
        assert messages(report) == [message]

    def test_existing_products_become_variants(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Variants are among the attributes of existing products."""
        base, variant = shop.add_product("1"), shop.add_product("2")
        content = feed(
            offer("1", '<param name="а">1</param>', group_id="5"),
            offer("2", '<param name="а">2</param>', group_id="5"),
        )
        import_feed(client, clock, content)
        assert shop.product(variant).is_variation is False
        import_feed(client, clock, content, updated_fields=["attributes"])
        assert shop.product(variant).variation_base_id == base


class TestPhotos:
    @pytest.fixture
    def asked(self) -> list[str]:
        return []

    @pytest.fixture
    def shop(self, clock: Clock, asked: list[str]) -> Shop:
        """A shop whose photos exist unless their address says "lost"."""

        def status(address: str) -> int:
            asked.append(address)
            return 404 if "lost" in address else 200

        return Shop(clock=clock, photo_status=status)

    @staticmethod
    def photos(*names: str) -> bytes:
        return feed(offer("1", *(f"<picture>https://a.example/{name}.jpg</picture>" for name in names)))

    def test_ten_photos(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """The first ten photos are taken, the main one first; an empty address is none."""
        content = self.photos(*map(str, range(12))).replace(b"https://a.example/0.jpg", b"")
        import_feed(client, clock, content)
        sources = [image.source for image in shop.product("1").images]
        assert sources == [f"https://a.example/{number}.jpg" for number in range(1, 11)]

    def test_lost_photo(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """A photo that cannot be fetched is told with code 2004, and is no error by the counters."""
        report = import_feed(client, clock, self.photos("lost", "2"))
        assert report["errors"] == [{"download_images": {"code": 2004, "extra": {"status_code": 404}}}]
        assert counters(report) == {"total": 1, "imported": 1, "created": 1, "created_active": 1}
        assert report["status"] == "PARTIAL"
        assert len(shop.product("1").images) == 1

    def test_photos_again(self, shop: Shop, client: httpx.Client, clock: Clock, asked: list[str]) -> None:
        """Known photos keep their ids and are not fetched again; lost ones are retried only by force."""
        import_feed(client, clock, self.photos("1", "lost"))
        first = shop.product("1").images
        asked.clear()
        import_feed(client, clock, self.photos("2", "1", "lost"), updated_fields=["images_urls"])
        assert asked == ["https://a.example/2.jpg"]
        assert shop.product("1").images[1:] == first
        asked.clear()
        import_feed(client, clock, self.photos("1", "lost"), updated_fields=["name"], force_update=True)
        assert asked == []
        again = {"updated_fields": ["images_urls"], "force_update": True}
        import_feed(client, clock, self.photos("1", "lost"), **again)
        assert asked == ["https://a.example/lost.jpg"]
        assert shop.product("1").images == first


def test_the_report_has_the_documented_keys(client: httpx.Client, clock: Clock) -> None:
    """Every key of prom-api §4.4 is in the report, and no other."""
    report = import_feed(client, clock, feed())
    keys = (
        "status total imported created updated not_changed actualized created_active created_hidden "
        "not_in_file with_errors_count errors message"
    )
    assert sorted(report) == sorted(keys.split())
    assert json.dumps(report["errors"]) == "[]"
