"""Each endpoint of Prom.ua: what is asked, and what becomes of the answer."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from recorded import IMPORT, ORDER, PRODUCT, TOKEN, Wire, changed, form_of, page, said

from torgsync.core.orders.order import PaymentOption
from torgsync.core.plan.channels import EditAnswer
from torgsync.core.product.products import Adopted, ExternalIds
from torgsync.errors import AnswerLost, PromRefused, Temporary, TokenRefused, UsageError
from torgsync.prom.api import UNUSED_ID, Prom, connect
from torgsync.prom.http import TRIES
from torgsync.prom.request import Right

SINCE = datetime(2026, 7, 20, 18, 10, 44, 174_000, tzinfo=timezone(timedelta(hours=3)))


class Listing(Wire):
    """A list of ids, newest first, by one of the readings of `last_id` (prom-api §10 Q2)."""

    def __init__(self, ids: list[int], reading: str, key: str = "products") -> None:
        self.ids, self.reading, self.key = ids, reading, key
        self.queries: list[dict[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        self.queries.append(query)
        last = int(query.get("last_id", 10**9))
        shown = {
            "inclusive": [number for number in self.ids if number <= last],
            "exclusive": [number for number in self.ids if number < last],
            "deaf": self.ids,
        }[self.reading]
        return httpx.Response(200, json={self.key: [{"id": number} for number in shown[:100]]})


@pytest.mark.parametrize("reading", ["inclusive", "exclusive"])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 250])
def test_a_listing_brings_everything_once(reading: str, count: int) -> None:
    """Whether `last_id` is listed again or not, with consecutive ids, and whatever the last page holds."""
    ids = list(range(5000 + count, 5000, -1))
    listing = Listing(ids, reading)
    found = [int(product.prom_id) for batch in listing.prom().products() for product in batch]
    assert found == ids
    assert all(query["limit"] == "100" for query in listing.queries)


def test_a_listing_continues_below_the_smallest_id() -> None:
    """`last_id` is the smallest id itself: one less would lose a product under one of the readings."""
    listing = Listing([9, 8, 7], "exclusive")
    assert len(list(listing.prom().products())) == 1
    assert [query.get("last_id") for query in listing.queries] == [None, "7"]


def test_items_that_are_repeated_come_once() -> None:
    """By a server that ignores `last_id` and sends its first page for ever, or in a list that moved."""
    listing = Listing(list(range(300, 0, -1)), "deaf")
    assert [len(batch) for batch in listing.prom().products()] == [100]
    assert len(listing.queries) == 2
    wire = Wire(said({"products": [{"id": 2}, {"id": 1}, {"id": 2}]}))
    assert [[product.prom_id for product in batch] for batch in wire.prom().products()] == [["2", "1"]]


@pytest.mark.parametrize("key", ["products", "orders"])
def test_a_moment_is_sent_in_utc_without_fractions_or_z(key: str) -> None:
    """With milliseconds or a `Z` Prom silently lists nothing."""
    listing = Listing([2, 1], "exclusive", key)
    list(listing.prom().products(SINCE) if key == "products" else listing.prom().orders(SINCE))
    assert {query["last_modified_from"] for query in listing.queries} == {"2026-07-20T15:10:44"}
    assert len(listing.queries) == 2


def test_orders_come_page_by_page() -> None:
    """They are listed like products, under their own right."""
    wire = Wire(said({"orders": [ORDER]}), said({"orders": []}))
    assert [[order.id for order in batch] for batch in wire.prom().orders()] == [["300000001"]]
    assert wire.paths == ["/orders/list?limit=100", "/orders/list?limit=100&last_id=300000001"]
    with pytest.raises(TokenRefused, match="may not read orders"):
        list(Wire(page(401)).prom().orders())


def test_one_product_is_read_by_either_id() -> None:
    """The external id may hold slashes, blanks and Cyrillic letters; absent and deleted products are 404."""
    wire = Wire(said({"product": PRODUCT}))
    for found in (wire.prom().product("АБ 1/2?"), wire.prom().product_by_prom_id("1600000001")):
        assert found is not None
        assert (found.good_id, found.prom_id) == ("12345", "1600000001")
    assert wire.paths == ["/products/by_external_id/%D0%90%D0%91%201%2F2%3F", "/products/1600000001"]
    gone = Wire(page(404)).prom()
    assert gone.product("12345") is gone.product_by_prom_id("1") is None


def test_an_adopted_product_without_an_external_id_is_edited_by_proms_id() -> None:
    """It is sent in a request of its own, and the answer has the good's id."""
    wire = Wire(said({"processed_ids": ["5"]}), said({"errors": {"77": "no"}}))
    prom = Prom(wire.http(), ExternalIds([Adopted("7", "77", "")]))
    assert prom.edit([{"id": "5"}, {"id": "7"}]) == EditAnswer(frozenset({"5"}), {"7": "no"})
    assert wire.paths == ["/products/edit_by_external_id", "/products/edit"]
    assert wire.bodies == [b'[{"id":"5"}]', b'[{"id":77}]']


def test_one_order_is_read_by_its_id() -> None:
    """It is wrapped like a product, and may be absent."""
    wire = Wire(said({"order": ORDER}))
    found = wire.prom().order("300000001")
    assert found is not None
    assert found.id == "300000001"
    assert wire.paths == ["/orders/300000001"]
    assert Wire(page(404)).prom().order("1") is None


def test_orders_are_received_by_their_numbers() -> None:
    """One request for several; what Prom passes over is in neither part of the answer."""
    wire = Wire(said({"processed_ids": [5], "errors": {"6": "no"}}))
    assert wire.prom().receive_orders(["5", "6", "7"]) == EditAnswer(frozenset({"5"}), {"6": "no"})
    assert wire.paths == ["/orders/set_status"]
    assert wire.bodies == [b'{"status":"received","ids":[5,6,7]}']
    with pytest.raises(TokenRefused, match="may not write orders"):
        Wire(page(401)).prom().receive_orders(["5"])
    with pytest.raises(Temporary, match="an edit of 2 orders was sent and its answer was lost"):
        Wire(*[page(500)] * TRIES).prom().receive_orders(["5", "6"])


def test_the_right_to_write_orders_is_tried_on_none() -> None:
    """A refusal of the empty request is no lack of the right."""
    wire = Wire(said({"error": "A list of ids is expected"}))
    wire.prom().try_right(Right.ORDERS_WRITE)
    assert wire.bodies == [b'{"status":"received","ids":[]}']
    with pytest.raises(TokenRefused, match="may not write orders"):
        Wire(page(401)).prom().try_right(Right.ORDERS_WRITE)


def test_a_parcel_is_saved_with_its_carrier() -> None:
    """A number that the order has already is refused; who asks reads it back."""
    wire = Wire(said({"status": "success"}))
    wire.prom().save_parcel("5", "20450000000000", "nova_poshta")
    assert wire.paths == ["/delivery/save_declaration_id"]
    body = {"order_id": 5, "declaration_id": "20450000000000", "delivery_type": "nova_poshta"}
    assert json.loads(wire.bodies[0]) == body
    again = said({"status": "error", "message": "Цей ЕН вже додано", "errors": {"declaration_id": "…"}})
    with pytest.raises(PromRefused, match="Цей ЕН вже додано"):
        Wire(again).prom().save_parcel("5", "20450000000000", "nova_poshta")


def test_a_message_to_a_buyer_is_never_repeated() -> None:
    """It is JSON with the number of the order; a lost answer, and one that confirms nothing, are unclear."""
    wire = Wire(said({"status": "ok", "data": {"message_id": 600001}}))
    assert wire.prom().send_message("5", "ТТН 1") == "600001"
    assert wire.paths == ["/chat/send_order_context"]
    assert json.loads(wire.bodies[0]) == {"order_id": 5, "body": "ТТН 1"}
    assert Wire(said({"status": "ok"})).prom().send_message("5", "x") == "ok"
    for lost in (page(500), said({}), said({"data": [1]}), httpx.ReadTimeout("slow")):
        wire = Wire(lost, said({"status": "ok"}))
        with pytest.raises(AnswerLost, match="a message to a buyer was sent and its answer was lost"):
            wire.prom().send_message("5", "x")
        assert len(wire.requests) == 1
    for status in (200, 400, 404):
        with pytest.raises(PromRefused, match="Order not found"):
            Wire(said({"error": "Order not found"}, status)).prom().send_message("5", "x")
    with pytest.raises(TokenRefused, match="may not write to buyers") as refused:
        Wire(page(401)).prom().send_message("5", "x")
    assert '"Messages": "Read and write"' in str(refused.value.hint)
    wire = Wire(page(429), said({"status": "ok"}))
    assert wire.prom().send_message("5", "x") == "ok"


def test_an_edit_is_a_bare_array() -> None:
    """Anything around it is refused by Prom; prices are numbers. An edit of nothing asks nothing."""
    wire = Wire(said({"processed_ids": [12345], "errors": {}}))
    answer = wire.prom().edit([{"id": "12345", "price": 4990.5}, {"id": "7", "discount": None}])
    assert answer == EditAnswer(frozenset({"12345"}), {})
    assert wire.paths == ["/products/edit_by_external_id"]
    assert wire.bodies == [b'[{"id":"12345","price":4990.5},{"id":"7","discount":null}]']
    assert wire.requests[0].headers["Content-Type"] == "application/json"
    assert wire.prom().edit([]) == EditAnswer(frozenset(), {})
    assert len(wire.requests) == 1


def test_an_edit_by_proms_id() -> None:
    """Products without an external id are reached by Prom's."""
    wire = Wire(said({"processed_ids": [1600000001]}))
    assert wire.prom().edit_by_prom_id([{"id": 1600000001}]).processed == {"1600000001"}
    assert wire.paths == ["/products/edit"]


def test_reasons_of_an_edit_are_short_texts() -> None:
    """Prom's shapes become one line each, without tags."""
    reasons = {"1": {"presence": ["inherited from <b>base</b>", 2]}, "2": "Forbidden word in the name"}
    wire = Wire(said({"processed_ids": [], "errors": reasons}))
    assert wire.prom().edit([{"id": "1"}, {"id": "2"}]).errors == {
        "1": "presence: inherited from base ; 2",
        "2": "Forbidden word in the name",
    }


@pytest.mark.parametrize(
    "answer",
    [
        {"processed_ids": [], "errors": {UNUSED_ID: "Товар не знайдено"}},
        {"processed_ids": []},
        {"errors": {"error": "Ожидается список товаров"}},
    ],
)
def test_the_right_to_write_is_tried_on_no_product(answer: dict[str, object]) -> None:
    """However Prom says that there is none, the token could have written."""
    wire = Wire(said(answer))
    wire.prom().try_right(Right.PRODUCTS_WRITE)
    (sent,) = json.loads(wire.bodies[0])
    assert sent["id"] == UNUSED_ID


def test_a_right_that_is_missing_is_found_out() -> None:
    """Each is tried where it is needed; if every product is forbidden and none was taken, it is the token."""
    forbidden = Wire(said({"processed_ids": [], "errors": {UNUSED_ID: "Forbidden", "2": "FORBIDDEN"}})).prom()
    with pytest.raises(TokenRefused, match="may not write products"):
        forbidden.try_right(Right.PRODUCTS_WRITE)
    with pytest.raises(TokenRefused, match="may not write products"):
        forbidden.edit([{"id": UNUSED_ID}, {"id": "2"}])
    wire = Wire(said({"groups": []}))
    wire.prom().try_right(Right.GROUPS_READ)
    assert (wire.paths, wire.requests[0].method) == (["/groups/list"], "GET")


def test_an_import_is_a_form_of_file_and_settings(tmp_path: Path) -> None:
    """Products that are not in the file are left alone, and only what changed is overwritten."""
    feed = tmp_path / "feed-17.xml"
    feed.write_bytes(b"<yml_catalog>\xd1\x97</yml_catalog>")
    wire = Wire(said({"id": "0123456789abcdef01234567", "status": "success"}))
    assert wire.prom().start_import(feed, ["name", "images_urls"]) == "0123456789abcdef01234567"
    form = form_of(wire)
    assert wire.paths == ["/products/import_file"]
    assert form["file"] == ("products.xml", "application/xml", b"<yml_catalog>\xd1\x97</yml_catalog>")
    assert json.loads(form["data"][2]) == {
        "force_update": False,
        "only_available": False,
        "mark_missing_product_as": "none",
        "updated_fields": ["name", "images_urls"],
    }


def test_an_import_streams_its_file(tmp_path: Path) -> None:
    """A feed of any size is sent in small pieces."""
    feed = tmp_path / "feed.xml"
    feed.write_bytes(b"x" * 1_000_000)
    wire = Wire(said({"id": "1"}))
    wire.prom().start_import(feed, [])
    assert wire.largest_chunk == 65536
    assert len(wire.bodies[0]) > 1_000_000


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": "error", "message": "Ліміт імпортів"}, "Ліміт імпортів"),
        ({"status": "success", "message": "<i>hanging</i>"}, "did not accept the import: hanging"),
        ({"id": "", "status": "success"}, "did not accept the import: no reason was given"),
    ],
)
def test_an_import_without_an_id_was_refused(answer: dict[str, object], reason: str, tmp_path: Path) -> None:
    """The missing id is the only reliable sign."""
    (tmp_path / "feed.xml").touch()
    wire = Wire(said(answer))
    with pytest.raises(PromRefused, match=reason):
        wire.prom().start_import(tmp_path / "feed.xml", [])
    assert len(wire.requests) == 1


def test_the_state_of_an_import_has_counters_and_photos() -> None:
    """A photo that failed is reported though no counter includes it; `SUCCESS` with zeros means "wait"."""
    wire = Wire(said(IMPORT))
    state = wire.prom().import_state("0123456789abcdef01234567")
    assert wire.paths == ["/products/import/status/0123456789abcdef01234567"]
    assert state.covers(100)
    assert state.errors == ("download_images: code: 2004, extra: status_code: 404",)
    zeros = {key: 0 for key, value in IMPORT.items() if isinstance(value, int)}
    failed = Wire(said({"status": "error", "message": "зламалось"})).prom().import_state("1")
    assert (failed.fatal, failed.errors) == (True, ("зламалось",))
    state = Wire(said(changed(zeros, status="SUCCESS", errors=[]))).prom().import_state("1")
    assert (state.status, state.dealt_with, state.errors) == ("SUCCESS", 0, ())


def test_groups_are_known_by_their_ids() -> None:
    """A hundred of them identify a shop; one without an id is left out."""
    groups = [{"id": 12, "name": "Взуття", "parent_group_id": None}, {"name": "?"}, {"id": "13"}]
    wire = Wire(said({"groups": groups}))
    assert wire.prom().groups() == {"12": "Взуття", "13": ""}
    assert wire.paths == ["/groups/list?limit=100"]


def test_payment_methods_are_listed() -> None:
    """A method is its id and name."""
    options = [{"id": 9000001, "name": "Пром-оплата", "description": None}, {"id": 9000002, "name": None}]
    wire = Wire(said({"status": "success", "payment_options": options}))
    found = wire.prom().payment_options()
    assert found == [PaymentOption(9000001, "Пром-оплата"), PaymentOption(9000002, "")]
    assert wire.paths == ["/payment_options/list"]


def test_connect_opens_and_closes_a_shop() -> None:
    """A server that is not there is temporary trouble; an address that is none is wrong usage."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with (
        connect(f"http://127.0.0.1:{port}/api/v1", TOKEN, shop="My Prom", requests_per_second=1e9) as prom,
        pytest.raises(Temporary, match=f"no connection to `127.0.0.1:{port}`"),
    ):
        prom.payment_options()
    with pytest.raises(UsageError), connect("nowhere", TOKEN, shop="My Prom"):
        pass
