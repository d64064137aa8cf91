"""Old messages and the chat are those of prom-api §6.3 and §6.4."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from shops import Clock, client_of

from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.shop.orders import ShopBuyer
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")

OLENA = ShopBuyer(first_name="Олена", last_name="Приклад", phone="+380000000001")


def asked(client: httpx.Client, path: str, **query: str | int) -> Any:  # noqa: ANN401 - JSON
    return client.get(path, params=query).json()


def threads(client: httpx.Client, **query: str | int) -> list[dict[str, Any]]:
    answer = asked(client, "/chat/rooms", **query)
    assert answer["status"] == "ok"
    found: list[dict[str, Any]] = answer["data"]["rooms"]
    return found


def history(client: httpx.Client, thread: str | None = None, **query: str | int) -> list[dict[str, Any]]:
    place = {} if thread is None else {"room_ident": thread}
    answer = asked(client, "/chat/messages_history", **place, **query)
    assert answer["status"] == "ok"
    found: list[dict[str, Any]] = answer["data"]["messages"]
    return found


def bodies(client: httpx.Client, thread: str | None = None, **query: str | int) -> list[str]:
    return [message["body"] for message in history(client, thread, **query)]


class TestMessages:
    def test_a_message(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Newest first, by status and date; one of them in its wrapper."""
        product = shop.add_product("1")
        first = shop.write_message("Чи є M?", subject="Розмір", product="1", buyer=OLENA)
        clock.advance(hours=1)
        second = shop.write_message("Дякую")
        assert [entry["id"] for entry in asked(client, "/messages/list")["messages"]] == [second, first]
        later = asked(client, "/messages/list", date_from="2026-03-02T09:30:00", status="unread")
        assert [entry["id"] for entry in later["messages"]] == [second]
        assert asked(client, f"/messages/{first}") == {
            "message": {
                "id": first,
                "date_created": "2026-03-02T09:00:00.000000+00:00",
                "client_full_name": "Приклад Олена",
                "phone": "+380000000001",
                "message": "Чи є M?",
                "subject": "Розмір",
                "status": "unread",
                "product_id": product,
            }
        }
        assert "error" in asked(client, "/messages/list", status="new")
        assert client.get("/messages/1").status_code == 404

    def test_marking(self, shop: Shop, client: httpx.Client) -> None:
        """Statuses are set by ids; an unknown id is an error under its number."""
        number = shop.write_message("Дякую")
        body: dict[str, object] = {"status": "deleted", "ids": [number, 5]}
        answer = client.post("/messages/set_status", json=body).json()
        assert (answer["processed_ids"], list(answer["errors"])) == ([number], ["5"])
        assert asked(client, "/messages/list", status="deleted")["messages"][0]["id"] == number
        for wrong in ({"status": "new", "ids": [number]}, {"status": "read", "ids": number}, [number]):
            assert "error" in client.post("/messages/set_status", json=wrong).json()

    def test_reply(self, shop: Shop, client: httpx.Client) -> None:
        """An answer makes the message read; a wrong id gets the text that was seen."""
        number = shop.write_message("Чи є M?")
        assert client.post("/messages/reply", json={"id": number, "message": "Є"}).json() == {
            "status": "success"
        }
        message = shop.conversations.messages.find(number)
        assert message is not None
        assert (message.status, message.replies) == ("read", ("Є",))
        for wrong in ({"id": 5, "message": "Є"}, {"thread_id": number, "text": "Є"}, [number]):
            assert client.post("/messages/reply", json=wrong).json() == {"error": "Incorrect message id"}
        assert "error" in client.post("/messages/reply", json={"id": number, "message": " "}).json()


class TestChat:
    def test_a_thread(self, shop: Shop, client: httpx.Client) -> None:
        """One thread a buyer, known by the orders' client; an old message is in no thread."""
        shop.add_product("1", price=Decimal(5))
        order = shop.place_order([("1", 1)], buyer=OLENA)
        shop.write_message("листом", buyer=OLENA)
        about = shop.write_in_chat("Коли відправите?", order_id=order)
        last = shop.write_in_chat("Дякую", buyer=OLENA)
        (thread,) = threads(client)
        assert thread["buyer_client_id"] == shop.order(order).client_id
        assert thread == {
            "id": thread["id"],
            "ident": f"{thread['buyer_client_id'] + 50_000_000}_200001_buyer",
            "date_sent": "2026-03-02T09:00:00",
            "status": "active",
            "last_message_id": last,
            "buyer_client_id": thread["buyer_client_id"],
        }
        first, second = history(client, thread["ident"], sort="asc")
        assert first == {
            "id": about,
            "room_id": thread["id"],
            "room_ident": thread["ident"],
            "body": "Коли відправите?",
            "date_sent": "2026-03-02T09:00:00",
            "type": "context",
            "status": "new",
            "context_item_id": order,
            "context_item_type": "order",
            "context_item_image_url": None,
            "user_name": "Приклад Олена",
            "user_ident": thread["ident"].partition("_")[0],
            "user_phone": "+380000000001",
            "buyer_client_id": thread["buyer_client_id"],
            "is_sender": False,
        }
        assert (second["id"], second["type"], second["context_item_type"]) == (last, "message", None)

    def test_lists(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """20 threads a page, the last written in first; 100 messages, of one thread or of all."""
        for number in range(23):
            clock.advance(minutes=1)
            shop.write_in_chat(f"{number}", buyer=ShopBuyer(phone=f"+3800000000{number:02}"))
        names = [thread["ident"] for thread in threads(client, limit=100)]
        assert len(names) == 20
        assert [thread["ident"] for thread in threads(client, limit=2, offset=1)] == names[1:3]
        assert len(threads(client, offset=20)) == 3
        assert threads(client, status="banned") == []
        assert [thread["ident"] for thread in threads(client, date_from="2026-03-02T09:23:00")] == names[:1]
        assert len(threads(client, date_from="2026-03-02")) == 20
        assert len(threads(client, date_from="2026-13-02", sort="asc")) == 20
        assert bodies(client, limit=2) == ["22", "21"]
        assert bodies(client, status="new", project="promua", sort="asc", limit=2) == ["0", "1"]
        assert bodies(client, names[0]) == ["22"]
        assert bodies(client, "1_2_buyer") == bodies(client, project="satu") == []
        assert bodies(client, status="read") == []

    def test_writing(self, shop: Shop, client: httpx.Client) -> None:
        """A text or a file into a thread that is there; up to 1,000 letters."""
        number = shop.write_in_chat("Добрий день", buyer=OLENA)
        (thread,) = threads(client)
        ident = {"room_ident": thread["ident"]}
        answer = client.post("/chat/send_message", json=ident | {"body": "я" * 1000}).json()
        assert answer == {"status": "ok", "data": {"message_id": number + 1}}
        file = {"file": ("рахунок.pdf", b"%PDF", "application/pdf")}
        assert client.post("/chat/send_file", data=ident, files=file).json()["status"] == "ok"
        (last,) = history(client, limit=1)
        assert (last["body"], last["context_item_type"], last["is_sender"]) == ("рахунок.pdf", "file", True)
        assert (last["user_name"], last["user_ident"], last["user_phone"]) == ("Магазин", "200001", None)
        refused = [
            client.post("/chat/send_message", json={"room_ident": "5", "body": "Так"}),
            client.post("/chat/send_message", json=["Так"]),
            *(
                client.post("/chat/send_message", json=ident | {"body": text})
                for text in ("", " ", "я" * 1001)
            ),
            client.post("/chat/send_file", json=ident),
            client.post("/chat/send_file", data={"room_ident": "5"}, files=file),
            client.post("/chat/mark_message_read", json={"message_id": 5}),
            client.post("/chat/mark_message_read", json=[number]),
        ]
        assert [answer.json()["status"] for answer in refused] == ["error"] * len(refused)
        assert client.post("/chat/mark_message_read", json={"message_id": number}).json() == {"status": "ok"}
        assert bodies(client, status="read") == ["Добрий день"]

    def test_switched_off(self, shop: Shop, client: httpx.Client) -> None:
        """A shop without the chat says so at every call of it."""
        shop.quirks = Quirks(chat=False)
        off = {"status": "error", "message": "Chat is disabled"}
        assert asked(client, "/chat/rooms") == asked(client, "/chat/messages_history") == off
        for call in ("send_message", "send_file", "mark_message_read"):
            assert client.post(f"/chat/{call}", json={}).json() == off
        assert asked(client, "/messages/list") == {"messages": []}

    def test_rights(self, shop: Shop) -> None:
        """Messages and chat have a right of their own."""
        shop.tokens = {"orders": Rights(orders="write"), "reader": Rights.read_only()}
        for path in ("/messages/list", "/chat/rooms"):
            assert asked(client_of(shop, "orders"), path) == {"error": "Access to messages is forbidden"}
            assert "error" not in asked(client_of(shop, "reader"), path)
        assert "error" in client_of(shop, "reader").post("/chat/mark_message_read", json={}).json()
