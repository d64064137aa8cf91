"""An import of the sandbox changes the catalog as prom-api §4 and §7 say."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest
from shops import Clock, RunImport, counters, feed, messages, offer

from torgsync.sandbox.shop.products import ROOT_GROUP_ID
from torgsync.sandbox.shop.shop import Shop

DELETED = "Поле status: Позиція недоступна для оновлення"


pytestmark = pytest.mark.usefixtures("each_door")


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

    def test_only_price_and_presence(self, run_import: RunImport, shop: Shop) -> None:
        """By default an existing product changes its price and presence alone."""
        shop.add_product("1", name="Старое", price=Decimal(100))
        report = run_import(feed(self.CHANGED))
        assert counters(report) == {"total": 1, "imported": 1, "updated": 1}
        product = shop.product("1")
        assert (product.price, product.presence) == (Decimal(50), "not_available")
        assert (product.name, product.keywords, product.quantity_in_stock) == ("Старое", "", None)

    @pytest.mark.parametrize(
        ("word", "changed"),
        [
            *(("name", {"name"}), ("sku", {"sku"}), ("quantity_in_stock", {"quantity_in_stock"})),
            *(("description", {"description"}), ("keywords", {"keywords"}), ("image_urls", set())),
            ("stock_quantity", set()),
        ],
    )
    def test_updated_fields(self, run_import: RunImport, shop: Shop, word: str, changed: set[str]) -> None:
        """Only what is named changes; a misspelt word changes nothing and is not complained of."""
        shop.add_product("1", name="Старое")
        before = shop.product("1")
        run_import(feed(self.CHANGED), updated_fields=[word])
        after = shop.product("1")
        names = ("name", "sku", "quantity_in_stock", "description", "keywords", "price", "presence")
        assert {name for name in names if getattr(before, name) != getattr(after, name)} == changed

    def test_the_same_file_again(self, run_import: RunImport, shop: Shop) -> None:
        """The same file again changes nothing, and no date."""
        run_import(feed(offer("1", "<picture>https://a.example/1.jpg</picture>")))
        before = shop.product("1")
        words = ["name", "price", "presence", "group", "attributes", "images_urls", "description"]
        report = run_import(
            feed(offer("1", "<picture>https://a.example/1.jpg</picture>")), updated_fields=words
        )
        assert counters(report) == {"total": 1, "imported": 1, "not_changed": 1}
        assert shop.product("1") == before

    def test_offer_without_a_price(self, run_import: RunImport, shop: Shop) -> None:
        """An offer without a price does not take the price away."""
        shop.add_product("1", price=Decimal(100))
        run_import(feed(offer("1", "<price/>", available="")))
        assert (shop.product("1").price, shop.product("1").presence) == (Decimal(100), "not_available")

    @pytest.mark.parametrize(("force", "status"), [(True, "on_display"), (False, "draft")])
    def test_draft(self, run_import: RunImport, shop: Shop, *, force: bool, status: str) -> None:
        """`force_update` puts a draft on display."""
        shop.add_product("1", status="draft")
        shop.add_product("2", status="not_on_display")
        run_import(feed(offer("1"), offer("2")), force_update=force)
        assert [product.status for product in shop.products()] == [status, "not_on_display"]

    def test_deleted_products(self, run_import: RunImport, shop: Shop) -> None:
        """The external id of a deleted product cannot be imported again."""
        shop.add_product("1")
        shop.delete_product("1")
        shop.add_product("2", status="deleted_by_moderator")
        report = run_import(feed(offer("1"), offer("2")))
        assert messages(report) == [DELETED, DELETED]
        assert report["with_errors_count"] == 2
        assert len(shop.products()) == 1

    def test_only_available(self, run_import: RunImport, shop: Shop) -> None:
        """`only_available` passes over what is not available, without counting it, yet it is not missing."""
        shop.add_product("2", presence="available")
        report = run_import(
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
        self, run_import: RunImport, shop: Shop, mark: str, left: list[tuple[str, str]]
    ) -> None:
        """What is not in the file is counted and treated as asked, hand-made products too."""
        shop.add_product("2")
        shop.add_product()
        report = run_import(feed(offer("1")), mark_missing_product_as=mark)
        assert report["not_in_file"] == 2
        assert [(product.presence, product.status) for product in shop.products()] == [
            *left,
            ("available", "on_display"),
        ]


class TestGroups:
    CATEGORIES = '<category id="20" parentId="10">Сукні</category><category id="10">Одяг</category>'

    def test_groups_with_parents(self, run_import: RunImport, client: httpx.Client) -> None:
        """Categories become groups once; parents may be anywhere in the file."""
        for _ in range(2):
            made = offer("1", "<categoryId>20</categoryId>")
            run_import(feed(made, categories=self.CATEGORIES))
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

    def test_moving_a_product(self, run_import: RunImport, shop: Shop) -> None:
        """A product moves only with `group` in `updated_fields`; an unknown category is the root."""
        shop.add_product("1")
        content = feed(offer("1", "<categoryId>10</categoryId>"), categories=self.CATEGORIES)
        run_import(content)
        assert shop.product("1").group_id == ROOT_GROUP_ID
        run_import(content, updated_fields=["group"])
        assert shop.product("1").group_id == shop.groups()[1].id
        run_import(feed(offer("1", "<categoryId>7</categoryId>")), updated_fields=["group"])
        assert shop.product("1").group_id == ROOT_GROUP_ID

    def test_category_of_the_offer_itself(self, run_import: RunImport, shop: Shop) -> None:
        """The offer's own Prom category goes before that of its group; a strange id is passed over."""
        categories = (
            '<category id="10" portal_id="5">а</category><category id="11" portal_id="x">б</category>'
        )
        group = "<categoryId>10</categoryId>"
        own = offer("1", group, "<portal_category_id>7</portal_category_id>")
        inherited, strange = offer("2", group), offer("3", "<categoryId>11</categoryId>")
        run_import(feed(own, inherited, strange, categories=categories))
        assert [product.category_id for product in shop.products()] == [7, 5, 29]


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

    def test_ten_photos(self, run_import: RunImport, shop: Shop) -> None:
        """The first ten photos are taken, the main one first; an empty address is none."""
        content = self.photos(*map(str, range(12))).replace(b"https://a.example/0.jpg", b"")
        run_import(content)
        sources = [image.source for image in shop.product("1").images]
        assert sources == [f"https://a.example/{number}.jpg" for number in range(1, 11)]

    def test_lost_photo(self, run_import: RunImport, shop: Shop) -> None:
        """A photo that cannot be fetched is reported with code 2004, and is no error by the counters."""
        report = run_import(self.photos("lost", "2"))
        assert report["errors"] == [{"download_images": {"code": 2004, "extra": {"status_code": 404}}}]
        assert counters(report) == {"total": 1, "imported": 1, "created": 1, "created_active": 1}
        assert report["status"] == "PARTIAL"
        assert len(shop.product("1").images) == 1

    def test_photos_again(self, run_import: RunImport, shop: Shop, asked: list[str]) -> None:
        """Known photos keep their ids and are not fetched again; lost ones are retried only by force."""
        run_import(self.photos("1", "lost"))
        first = shop.product("1").images
        asked.clear()
        run_import(self.photos("2", "1", "lost"), updated_fields=["images_urls"])
        assert asked == ["https://a.example/2.jpg"]
        assert shop.product("1").images[1:] == first
        asked.clear()
        run_import(self.photos("1", "lost"), updated_fields=["name"], force_update=True)
        assert asked == []
        again = {"updated_fields": ["images_urls"], "force_update": True}
        run_import(self.photos("1", "lost"), **again)
        assert asked == ["https://a.example/lost.jpg"]
        assert shop.product("1").images == first
