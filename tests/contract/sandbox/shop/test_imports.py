"""The sandbox imports files as prom-api §4 and §7 say."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from shops import Clock, RunImport, client_of, counters, feed, import_feed, messages, offer, send_feed

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.scenario import read_quirks
from torgsync.sandbox.shop import import_queue
from torgsync.sandbox.shop.import_errors import ANOTHER_RUNS
from torgsync.sandbox.shop.products import ROOT_GROUP_ID
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


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
            *("", "{", "[]", '{"mark_missing_product_as": "gone"}'),
            *('{"mark_missing_product_as": ["none"]}', '{"updated_fields": "price"}'),
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
        """The sandbox fetches nothing: an import by link is refused; one that never was is a 404."""
        answer = client.post("/products/import_url", json={"url": "https://shop.example/feed.xml"}).json()
        assert (answer["status"], set(answer)) == ("error", {"status", "message"})
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

    def test_second_import_is_accepted(self, clock: Clock) -> None:
        """By a switch two imports of one file run at once: one creates, for the other nothing changes."""
        client = client_of(Shop(clock=clock, quirks=Quirks(second_import="accept")))
        first, second = send_feed(client, feed(offer())), send_feed(client, feed(offer()))
        clock.advance(seconds=10)
        reports = [client.get(f"/products/import/status/{sent['id']}").json() for sent in (first, second)]
        assert [(report["created"], report["not_changed"]) for report in reports] == [(1, 0), (0, 1)]

    @pytest.mark.parametrize(
        ("shape", "status", "answer"),
        [
            ("400-object", 400, {"error": {"status": 400, "message": "{words}"}}),
            ("400-flat", 400, {"status": 400, "message": "{words}"}),
            ("400-text", 400, {"error": "{words}"}),
            ("200-object", 200, {"error": {"status": 400, "message": "{words}"}}),
            ("200-flat", 200, {"status": 400, "message": "{words}"}),
        ],
    )
    def test_second_import_is_refused(
        self, clock: Clock, shape: str, status: int, answer: dict[str, Any]
    ) -> None:
        r"""While another one runs, in all shapes and both languages, with all Cyrillic letters as `\u…`."""
        shop = Shop(clock=clock, quirks=read_quirks(Quirks(), [f"busy_import_as={shape}"]))
        client = client_of(shop)
        shop.start_import(60)
        for language, words in ANOTHER_RUNS.items():
            files, headers = {"file": ("a.xml", feed())}, {"X-LANGUAGE": language}
            refused = client.post("/products/import_file", files=files, data={"data": "{}"}, headers=headers)
            assert (refused.status_code, refused.text.isascii()) == (status, True)
            assert refused.json() == json.loads(json.dumps(answer).replace("{words}", words))
        assert len(shop.imports()) == 1
        clock.advance(seconds=60)
        assert "id" in send_feed(client, feed())


class TestRefusedRows:
    """Rows that are refused, as nested errors, and files of nothing else."""

    @pytest.mark.parametrize(
        ("shape", "positions"),
        [("external-ids", ["1", "2"]), ("row-numbers", ["1", "2"]), ("prom-ids", ["{prom_id}", "2"])],
    )
    def test_nested_errors(self, clock: Clock, shape: str, positions: list[str]) -> None:
        """They name field and rows, and are counted in the total alone."""
        shop = Shop(clock=clock, quirks=read_quirks(Quirks(), [f"row_errors={shape}"]))
        shop.add_product("1")
        report = import_feed(client_of(shop), clock, feed(*REFUSED, offer("3")))
        rows = [position.format(prom_id=shop.product("1").id) for position in positions]
        error = {"code": 1001, "field_code": "price", "positions": rows}
        assert report["errors"] == [{"category": "validation", "errors": [error]}]
        assert counters(report) == {"total": 3, "imported": 1, "created": 1, "created_active": 1}
        assert report["status"] == "PARTIAL"

    def test_a_file_of_nothing_else_hangs(self, clock: Clock) -> None:
        """By a switch: its counters stay at zero, and it blocks all others until a person cancels it."""
        shop = Shop(clock=clock, quirks=Quirks(refused_file="hangs", failed_import_as="FAIL"))
        client = client_of(shop)
        sent = send_feed(client, feed(*REFUSED))
        clock.advance(days=1)
        report = client.get(f"/products/import/status/{sent['id']}").json()
        assert (report["status"], counters(report), len(report["errors"])) == ("PARTIAL", {}, 2)
        assert "id" not in send_feed(client, feed())
        assert shop.cancel_import().id == sent["id"]
        assert client.get(f"/products/import/status/{sent['id']}").json()["status"] == "FAIL"
        assert "id" in send_feed(client, feed(*REFUSED, offer("3")))
        with pytest.raises(LookupError, match="no such import is running"):
            shop.cancel_import(sent["id"])


REFUSED = [offer("1", "<price>0</price>"), offer("2", "<price>0</price>")]


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
        """The duration is a quirk; products have the date of the import's end, however late they are read."""
        shop = Shop(clock=clock, quirks=Quirks(import_seconds=600))
        send_feed(client_of(shop), feed(offer()))
        clock.advance(seconds=599)
        assert shop.products() == []
        clock.advance(hours=1)
        assert shop.product("1").date_modified.isoformat() == "2026-03-02T09:10:00+00:00"

    @pytest.mark.parametrize(
        "content",
        [
            *(b"", b'{"products": []}', b"PK\x03\x04 a workbook"),
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
        monkeypatch.setattr(import_queue, "LARGEST_KEPT_FEED", 10)
        import_feed(client, clock, feed(offer()))
        assert (shop.imports()[0].feed, len(shop.products())) == (b"", 1)


def test_the_report_has_the_documented_keys(client: httpx.Client, clock: Clock) -> None:
    """Every key of prom-api §4.4 is in it, and no other; a file without offers stays SUCCESS with zeros."""
    report = import_feed(client, clock, feed())
    assert (report["status"], counters(report), report["errors"]) == ("SUCCESS", {}, [])
    keys = (
        "status total imported created updated not_changed actualized created_active created_hidden "
        "not_in_file with_errors_count errors message"
    )
    assert sorted(report) == sorted(keys.split())


DELETED = "Поле status: Позиція недоступна для оновлення"


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
        content = feed(offer("1", "<picture>https://a.example/1.jpg</picture>"))
        run_import(content)
        before = shop.product("1")
        words = ["name", "price", "presence", "group", "attributes", "images_urls", "description"]
        report = run_import(content, updated_fields=words)
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
            ("none", ["available on_display"] * 2),
            ("not_available", ["not_available on_display"] * 2),
            ("not_on_display", ["available not_on_display"] * 2),
            ("deleted", []),
        ],
    )
    def test_missing_products(self, run_import: RunImport, shop: Shop, mark: str, left: list[str]) -> None:
        """What is not in the file is counted and treated as asked, hand-made products too."""
        shop.add_product("2")
        shop.add_product()
        report = run_import(feed(offer("1")), mark_missing_product_as=mark)
        assert report["not_in_file"] == 2
        found = [f"{product.presence} {product.status}" for product in shop.products()]
        assert found == [*left, "available on_display"]


class TestGroups:
    CATEGORIES = '<category id="20" parentId="10">Сукні</category><category id="10">Одяг</category>'

    def test_groups_with_parents(self, run_import: RunImport, client: httpx.Client) -> None:
        """Categories become groups once; parents may be anywhere in the file."""
        for _ in range(2):
            run_import(feed(offer("1", "<categoryId>20</categoryId>"), categories=self.CATEGORIES))
        groups = {group["name"]: group for group in client.get("/groups/list").json()["groups"]}
        assert groups.keys() == {"Одяг", "Сукні"}
        assert groups["Сукні"]["parent_group_id"] == groups["Одяг"]["id"]
        assert groups["Одяг"]["parent_group_id"] == ROOT_GROUP_ID
        product = client.get("/products/by_external_id/1").json()["product"]
        names = {"name": "Сукні", "name_multilang": {"ru": "Сукні", "uk": None}}
        assert product["group"] == {"id": groups["Сукні"]["id"]} | names

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
        both = '<category id="{}" portal_id="{}">а</category>'
        categories = both.format(10, 5) + both.format(11, "x")
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
        run_import(self.photos(*map(str, range(12))).replace(b"https://a.example/0.jpg", b""))
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
        run_import(self.photos("1", "lost"), updated_fields=["images_urls"], force_update=True)
        assert asked == ["https://a.example/lost.jpg"]
        assert shop.product("1").images == first
