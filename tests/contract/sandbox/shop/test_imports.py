"""The sandbox imports files as prom-api §4 and §7 say."""

from __future__ import annotations

import json

import httpx
import pytest
from shops import Clock, client_of, counters, feed, import_feed, offer, send_feed

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop import imports
from torgsync.sandbox.shop.shop import Shop

DELETED = "Поле status: Позиція недоступна для оновлення"


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


def test_the_report_has_the_documented_keys(client: httpx.Client, clock: Clock) -> None:
    """Every key of prom-api §4.4 is in the report, and no other."""
    report = import_feed(client, clock, feed())
    keys = (
        "status total imported created updated not_changed actualized created_active created_hidden "
        "not_in_file with_errors_count errors message"
    )
    assert sorted(report) == sorted(keys.split())
    assert json.dumps(report["errors"]) == "[]"
