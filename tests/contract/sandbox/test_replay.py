"""A recorded shop in the sandbox: what it held, who might do what, and what came and went meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shops import feed, offer

from torgsync.core.recording.compare import Difference
from torgsync.core.recording.exchange import Body, Exchange, RecordedAnswer
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.replay import Replay, ReplayClock
from torgsync.sandbox.shop.shop import Shop

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOTH = {"ru": "Жх", "uk": "Жї"}
PRODUCT: dict[str, Any] = {
    "id": 1600000007,
    "external_id": "A/7",
    "sku": "AA-7",
    "name": "Жх",
    "name_multilang": BOTH,
    "keywords": "жх",
    "description": "",
    "description_multilang": {"ru": "", "uk": None},
    "selling_type": "wholesale",
    "presence": "waiting",
    "in_stock": False,
    "regions": [],
    "price": 10.5,
    "minimum_order_quantity": 2,
    "discount": {"value": 5, "type": "percent", "date_start": "01.09.2025", "date_end": None},
    "currency": "UAH",
    "measure_unit": "шт.",
    "group": {"id": 1000007, "name": "Жх", "name_multilang": BOTH},
    "category": {"id": 35403, "caption": "жх"},
    "prices": [{"price": 9.5, "minimum_order_quantity": 10}],
    "main_image": "https://images.prom.example/11_w200_h200_x.jpg",
    "images": [{"id": 11, "url": "https://a.example/1.jpg", "thumbnail_url": "https://a.example/2.jpg"}],
    "status": "draft",
    "quantity_in_stock": 5,
    "is_variation": True,
    "variation_base_id": 1600000001,
    "variation_group_id": 5,
    "date_modified": "2026-03-01T22:00:00+00:00",
}
ORDER: dict[str, Any] = {
    "id": 300000007,
    "status": "paid",
    "status_name": "Оплачено",
    "source": "bigl",
    "date_created": "2026-03-01T16:16:39.053131+00:00",
    "date_modified": "2026-03-01T16:20:01.123456+00:00",
    "client_id": 100000007,
    "client_first_name": "Жх",
    "client_second_name": "",
    "client_last_name": "Жх",
    "client": {"id": 100000007, "first_name": "Жх", "last_name": "Жх", "second_name": None, "phone": None},
    "delivery_recipient": {"first_name": "Жх", "last_name": "Жх", "second_name": None, "phone": None},
    "phone": None,
    "email": "j@j.jj",
    "client_notes": "жх",
    "delivery_address": "жх",
    "dont_call_customer_back": False,
    "price": "21\u202fгрн",
    "full_price": "25,50\u202fгрн",
    "delivery_cost": 5,
    "delivery_option": {"id": 10000001, "name": "Нова Пошта", "shipping_service": None},
    "delivery_provider_data": {
        "provider": "nova_poshta",
        "type": "W2W",
        "sender_warehouse_id": "00000000-0000-0000-0000-000000000001",
        "recipient_warehouse_id": "00000000-0000-0000-0000-000000000002",
        "declaration_number": "20450000000000",
        "unified_status": None,
        "recipient_address": {
            "city_id": "00000000-0000-0000-0000-000000000003",
            "city_name": "жх",
            "city_katottg": None,
            "warehouse_id": "00000000-0000-0000-0000-000000000002",
            **dict.fromkeys(("street_id", "street_name", "building_number", "apartment_number")),
        },
    },
    "payment_option": {"id": 9000001, "name": "Пром-оплата"},
    "payment_data": {"type": "evopay", "status": "paid", "status_modified": "2026-03-01T16:18:15+00:00"},
    "products": [
        {
            "id": 1600000007,
            "external_id": "A/7",
            "sku": "AA-7",
            "name": "Жх",
            "name_multilang": BOTH,
            "image": "https://images.prom.example/11_w100_h100.jpg",
            "url": "https://prom.example/p1600000007-product.html",
            "quantity": 2,
            "measure_unit": "шт.",
            "price": "10,50\u202fгрн",
            "total_price": "21\u202fгрн",
            "cpa_commission": {"amount": "0.00"},
        }
    ],
    "cpa_commission": {"amount": "2.86", "is_refunded": False},
    "prosale_commission": None,
    "has_order_promo_free_delivery": False,
    "price_with_special_offer": "20,50\u202fгрн",
    "special_offer_discount": "0,50\u202fгрн",
    "special_offer_promocode": None,
    "utm": None,
    "ps_promotion": None,
    "cancellation": {"title": "жх", "initiator": "seller"},
}
GROUP = {"id": 1000007, "name": "Жх", "name_multilang": BOTH, "description": "", "image": None}
CLIENT = {
    "id": 100000007,
    "client_full_name": "Жх",
    "phones": ["+380000000000"],
    "emails": [],
    "comment": "",
    "skype": "",
    "orders_count": 1,
    "total_payout": "21\u00a0грн",
}


class Asked(list[Exchange]):
    """A recording that a test writes."""

    def add(
        self,
        call: str,
        json: object,
        *,
        status: int = 200,
        after: float = 0,
        body: Body | None = None,
        token: str = "xyz",  # noqa: S107  # invented
        query: tuple[tuple[str, str], ...] = (),
    ) -> Asked:
        """Add a request with its JSON answer, so many seconds after the first."""
        method, path = call.split()
        answer = RecordedAnswer(
            status=status,
            headers=(("Content-Type", "application/json"),),
            body={"kind": "json", "json": json},
            seconds=0.1,
        )
        self.append(
            Exchange(
                number=len(self) + 1,
                at=START + timedelta(seconds=after),
                method=method,
                path=path,
                query=query,
                headers=(("Authorization", f"Bearer {token}"), ("X-LANGUAGE", "ru"), ("Cookie", "a=b")),
                body=body,
                answer=answer,
            )
        )
        return self

    def differences(self, **quirks: Any) -> list[tuple[int, Difference]]:  # noqa: ANN401  # those of Quirks
        """Ask a sandbox the same."""
        clock = ReplayClock()
        shop = Shop(clock=clock, sleep=clock.sleep, quirks=Quirks(**quirks))
        return list(Replay(shop, clock, self, slower=1.0).differences())

    def shown(self, **quirks: Any) -> list[tuple[str, str, str, str]]:  # noqa: ANN401  # likewise
        """Return what differs, without the call."""
        found = [item for _, item in self.differences(**quirks)]
        return [(str(item.kind), item.where, str(item.recorded), str(item.sandbox)) for item in found]


def keys(found: list[tuple[str, str, str, str]]) -> Iterator[str]:
    return (where for kind, where, _, _ in found if kind == "keys")


def json_body(value: object) -> Body:
    return {"kind": "json", "json": value}


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_all_that_a_shop_holds(asked: Asked) -> None:
    """Products, groups, orders, clients and options of a recording are asked for and found."""
    asked.add("GET /products/list", {"group_id": 0, "products": [PRODUCT]}, query=(("limit", "100"),))
    asked.add("GET /products/by_external_id/A%2F7", {"product": PRODUCT})
    asked.add("GET /products/1600000007", {"product": PRODUCT})
    group = GROUP | {"description_multilang": BOTH, "parent_group_id": 1000000}
    asked.add("GET /groups/list", {"groups": [group]})
    asked.add("GET /orders/300000007", {"order": ORDER})
    asked.add("GET /clients/list", {"clients": [CLIENT]})
    asked.add("GET /clients/100000007", {"client": CLIENT})
    asked.add("GET /payment_options/list", {"payment_options": [{"id": 7, "name": "жх", "description": ""}]})
    option = {"id": 8, "name": "жх", "comment": "", "enabled": True, "type": "own"}
    asked.add("GET /delivery_options/list", {"delivery_options": [option, {"no": "id"}]})
    assert asked.shown() == [("items", "delivery_options[]", "present", "missing")]


def test_values_of_other_types(asked: Asked) -> None:
    """A value that the sandbox would write in another way is named, whatever it is."""
    wrong = PRODUCT | {"id": "1600000007", "sku": 5, "price": "10.50", "quantity_in_stock": "5", "name": None}
    wrong |= {
        "is_variation": "yes",
        "discount": [],
        "prices": {},
        "images": None,
        "category": 5,
        "in_stock": 1,
    }
    asked.add("GET /products/list", {"group_id": 0, "products": [wrong | {"date_modified": 5}]})
    order = ORDER | {
        "client_id": "1",
        "products": None,
        "delivery_cost": True,
        "payment_data": 5,
        "status": 5,
    }
    asked.add("GET /orders/list", {"orders": [order | {"date_created": "2026-03-01", "price": "much"}]})
    asked.add("GET /clients/list", {"clients": [CLIENT | {"phones": None, "emails": 5, "orders_count": "1"}]})
    asked.add("GET /products/1", {"product": []})
    asked.add("GET /orders/1", {"order": {"id": 1, "products": [{"id": None, "image": "no-image"}]}})
    asked.add("GET /products/2", {"product": {"id": 2, "group": {"id": 5}, "name_multilang": 5}})
    places = {where for kind, where, _, _ in asked.shown() if kind == "types"}
    assert {f"products[].{name}" for name in wrong if wrong[name] != PRODUCT[name]} <= places
    assert {f"orders[].{name}" for name in ("client_id", "products", "delivery_cost", "status")} <= places
    assert {f"clients[].{name}" for name in ("phones", "emails", "orders_count")} <= places


def test_an_import_and_what_it_made(asked: Asked) -> None:
    """Products that it made are made by the sandbox's import too, and asked for by the ids of there."""
    content = feed(offer("A/7"), offer("B-8"), categories='<category id="10">Жх</category>').decode()
    form = {
        "kind": "form",
        "parts": [
            {"name": "data", "filename": None, "content": json_body({"updated_fields": ["price"]})},
            {"name": "file", "filename": "p.xml", "type": None, "content": {"kind": "xml", "text": content}},
            {"name": 5},
        ],
    }
    listed = {"group_id": 0, "products": [PRODUCT]}
    asked.add("GET /products/list", listed)
    asked.add("GET /groups/list", {"groups": [GROUP | {"description_multilang": BOTH, "parent_group_id": 1}]})
    asked.add("POST /products/import_file", {"id": "abc", "status": "success"}, after=1, body=form)
    zeros = dict.fromkeys(
        """total imported created updated not_changed actualized created_active created_hidden not_in_file
        with_errors_count""".split(),
        0,
    )
    report: dict[str, Any] = {**zeros, "errors": [], "message": None, "status": "PARTIAL"}
    asked.add("GET /products/import/status/abc", report, after=2)
    done = report | {"total": 2, "created": 1, "updated": 1}
    asked.add("GET /products/import/status/abc", done, after=240)
    made = PRODUCT | {"id": 1600000099, "external_id": "B-8", "presence": "available", "status": "on_display"}
    asked.add("GET /products/by_external_id/B-8", {"product": made}, after=250)
    asked.add("GET /products/1600000099", {"product": made}, after=251)
    edit = json_body([{"id": 1600000099, "presence": "not_available"}])
    answer = {"processed_ids": [1600000099], "errors": {}}
    asked.add("POST /products/edit", answer, after=260, body=edit)
    asked.add(
        "GET /products/list", {"group_id": 0, "products": []}, query=(("last_id", "1600000007"),), after=261
    )
    found = asked.differences()
    assert (3, "import", "1.0-239.0", "1.5") not in [(n, d.where, d.recorded, d.sandbox) for n, d in found]
    assert not [item for number, item in found if number in {1, 2, 3, 4, 8, 9}], found
    # What the file does not say differs: the sandbox makes a product of the file alone.
    by_name, by_id = ({item.where for n, item in found if n == number} for number in (6, 7))
    assert by_name == by_id >= {"product.selling_type"}
    (late,) = [item for _, item in asked.differences(import_seconds=3000) if item.where == "import"]
    assert (late.recorded, late.sandbox) == ("1.0-239.0", "3000")


def test_imports_whose_end_was_not_seen(asked: Asked) -> None:
    """A recording that ends before them says nothing of how long they take; a failed one ended."""
    form = {
        "kind": "form",
        "parts": [{"name": "file", "filename": "p.xml", "content": {"kind": "bytes", "size": 9}}],
    }
    asked.add("POST /products/import_file", {"id": "a", "status": "success"}, body=form)
    asked.add("GET /products/import/status/a", {"status": "FAIL"}, after=100)
    asked.add("POST /products/import_file", {"id": "b", "status": "success"}, after=200, body=form)
    asked.add("GET /products/import/status/b", {"status": "SUCCESS"}, after=1e6)
    asked.add("POST /products/import_file", {"id": "c"}, after=2e6, body={"kind": "form", "parts": None})
    asked.add("POST /products/import_url", {"status": "error", "message": "x"}, after=2e6, body=json_body({}))
    timing = [(item.recorded, item.sandbox) for _, item in asked.differences() if item.kind == "timing"]
    assert timing == [("1000000.0-".replace("1000000.0", "999800.0"), "1.5")]


def test_orders_that_come_and_change(asked: Asked) -> None:
    """An order placed meanwhile is there from then on; one that a buyer changed is as it was shown."""
    new = ORDER | {"id": 300000009, "date_created": "2026-03-02T09:00:30+00:00", "price": "21\u202fгрн"}
    asked.add("GET /orders/list", {"orders": [ORDER | {"payment_data": None}]})
    asked.add("GET /orders/list", {"orders": []}, after=10, query=(("last_id", "300000007"),))
    paid = ORDER | {"date_modified": "2026-03-02T09:00:20+00:00"}
    asked.add("GET /orders/list", {"orders": [new | {"payment_data": None}, paid]}, after=60)
    found = asked.shown()
    assert {kind for kind, *_ in found} <= {"types"}
    assert {where for _, where, *_ in found} <= {"orders[].date_created", "orders[].date_modified"}


def test_writes_before_anything_was_seen(asked: Asked) -> None:
    """What a write changed is put back first, so that the sandbox has something to change as well."""
    parcel = {"order_id": 300000007, "declaration_id": "20450000000000", "delivery_type": "nova_poshta"}
    asked.add("POST /delivery/save_declaration_id", {"status": "success"}, body=json_body(parcel))
    status = {"status": "paid", "ids": [300000007]}
    asked.add("POST /orders/set_status", {"processed_ids": [300000007], "errors": {}}, body=json_body(status))
    for name, path in ((1600000007, "edit"), ("A/7", "edit_by_external_id")):
        items = [{"id": name, "presence": "waiting" if path == "edit" else "order"}, {"id": 1}]
        answer = {"processed_ids": [name], "errors": {}}
        asked.add(f"POST /products/{path}", answer, body=json_body(items))
    asked.add("POST /products/edit", {"errors": {"error": "x"}}, body=json_body({}))
    asked.add("GET /products/list", {"group_id": 0, "products": [PRODUCT | {"presence": "order"}]})
    asked.add("GET /orders/list", {"orders": [ORDER]})
    found = [(number, item.where) for number, item in asked.differences() if number < 6]
    assert found == [(3, "processed_ids[]")]  # the first edit of two changed what the second set back


def test_rights(asked: Asked) -> None:
    """A token that was refused each time has no right; how it is refused is compared."""
    forbidden = {"error": "Access to orders is forbidden"}
    asked.add("GET /orders/list", forbidden, status=401, token="goods")
    asked.add("GET /products/list", {"group_id": 0, "products": []}, token="goods")
    asked.add(
        "POST /products/edit",
        {"status": "error", "message": "Import forbidden"},
        token="look",
        body=json_body([]),
    )
    asked.add("GET /products/list", {"group_id": 0, "products": []}, token="look")
    asked.add("GET /unknown", {}, status=404)
    found = asked.shown(forbidden_as="401-html")
    assert ("headers", "Content-Type", "application/json", "text/html") in found
    assert ("status", "", "401", "200") in asked.shown()
    assert "status" not in {kind for kind, *_ in found[:1]}


def test_bodies_of_other_kinds(asked: Asked) -> None:
    """What was no JSON is sent as it is, a spreadsheet is put together again, and a size is zeros."""
    for body in (
        {"kind": "text", "text": "no json"},
        {"kind": "xml", "text": "<a/>"},
        {"kind": "zip", "members": {"a.xml": "<a/>"}},
        {"kind": "zip", "members": None},
        {"kind": "bytes", "size": 7},
        {"kind": "bytes", "size": "7"},
        {"kind": "json", "json": "\ud83d"},
    ):
        asked.add("POST /products/edit", {"error": "Invalid JSON"}, body=body)
    parts = [
        {"name": "file", "filename": "a.bin", "content": {"kind": "xml", "text": "<a"}},
        {"name": "data"},
    ]
    asked.add("POST /products/import_file", {"id": "x"}, body={"kind": "form", "parts": parts})
    assert {kind for kind, *_ in asked.shown()} <= {"keys", "timing"}


def halved(value: Any) -> Any:  # noqa: ANN401  # JSON may be anything
    """Put half an emoji at the end of every text."""
    if isinstance(value, dict):
        return {key: halved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [halved(item) for item in value]
    return f"{value}\ud83d" if isinstance(value, str) else value


def test_half_an_emoji_in_every_text(asked: Asked) -> None:
    """Every call is asked and compared, whatever its address, parameters, headers and bodies hold."""
    asked.add(
        "GET /products/list", {"group_id": 0, "products": [halved(PRODUCT)]}, query=(("a\ud83d", "\ud83d"),)
    )
    asked.add("GET /products/by_external_id/A%2F7\ud83d", {"product": halved(PRODUCT)}, token="x\ud83d\r\ny")
    asked.add("GET /groups/list", {"groups": [halved(GROUP)]}, token="x\nо")
    asked.add("GET /orders/list", {"orders": [ORDER | {"delivery_address": "\ud83d, Львів"}, halved(ORDER)]})
    asked.add("GET /orders/300000007", {"order": ORDER | {"delivery_address": "Льв\udc00ів, 1"}})
    asked.add("GET /clients/list", {"clients": [halved(CLIENT)]}, query=(("search_term", "\ud83d"),))
    for path in ("payment_options", "delivery_options", "order_status_options"):
        asked.add(f"GET /{path}/list", {path: [halved({"id": 7, "name": "x", "type": "y"})]})
    for path in ("messages/list", "chat/rooms", "chat/messages_history"):
        asked.add(f"GET /{path}", halved({"error": "x"}), query=(("room_ident", "\ud83d"),))
    for kind in ("products", "groups"):
        asked.add(f"GET /{kind}/translation/1600000007", halved({"name": "x"}), query=(("lang", "uk\ud83d"),))
        asked.add(f"PUT /{kind}/translation", {}, body=json_body(halved({"lang": "uk", "name": "x"})))
    for path in (
        *("products/edit", "products/edit_by_external_id", "products/import_url", "orders/set_status"),
        *("orders/refund", "orders/attach_receipt", "delivery/save_declaration_id", "messages/set_status"),
        *("messages/reply", "chat/send_message", "chat/mark_message_read"),
    ):
        asked.add(f"POST /{path}", {}, body=json_body(halved([{"id": "A/7", "status": "paid", "url": "x"}])))
    context = {"order_id": 300000007, "body": "x\ud83d"}
    asked.add(
        "POST /chat/send_order_context", {"status": "ok", "data": {"message_id": 1}}, body=json_body(context)
    )
    content = halved({"kind": "xml", "text": "<a/>"}) | {"kind": "xml"}
    zipped = {"kind": "zip", "members": {"a\ud83d.xml": "\ud83d"}}
    for file in (content, zipped):
        parts = [{"name": "file\ud83d", "filename": "\ud83d.xml", "type": "x/\ud83d", "content": file}]
        asked.add("POST /products/import_file", {"id": "x\ud83d"}, body={"kind": "form", "parts": parts})
        asked.add("POST /chat/send_file", {"id": "x\ud83d"}, body={"kind": "form", "parts": parts})
        asked.add("GET /products/import/status/x\ud83d", {})
    assert asked.differences()


def test_orders_alone(asked: Asked) -> None:
    """Their buyers are known, so that they can be written to; a list of clients has none added to it."""
    asked.add(
        "GET /orders/list",
        {"orders": [ORDER, ORDER | {"id": 300000008}, ORDER | {"id": 5, "client_id": None}]},
    )
    text = {"order_id": 300000007, "body": "ТТН"}
    asked.add(
        "POST /chat/send_order_context", {"status": "ok", "data": {"message_id": 1}}, body=json_body(text)
    )
    later = ORDER | {"id": 300000009, "client_id": 7, "date_created": "2026-03-02T09:00:30+00:00"}
    asked.add("GET /orders/300000009", {"order": later}, after=60)
    asked.add(
        "POST /chat/send_order_context",
        {"status": "ok", "data": {"message_id": 2}},
        body=json_body(text | {"order_id": 300000009}),
        after=61,
    )
    assert not [item for number, item in asked.differences() if number in {2, 4}]
    asked.add("GET /clients/list", {"clients": []}, after=70)
    assert not [item for number, item in asked.differences() if number == 5]


def test_nothing_recorded(asked: Asked) -> None:
    """It differs in nothing."""
    assert asked.shown() == []
