"""Actions of the seller and of buyers below `/cabinet/`, in-process and over a socket."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from shops import client_of

from torgsync.sandbox.faults import Fault
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, ShopCosts
from torgsync.sandbox.shop.products import ShopDiscount
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.add_product("1", name="Платье", price=Decimal(100))
    return shop


@pytest.fixture
def client(shop: Shop) -> httpx.Client:
    return client_of(shop, "unknown")


def post(client: httpx.Client, path: str, body: object, status: int = 200) -> dict[str, Any]:
    """Send a body and return the answer, which must have this status. No token is looked at."""
    place = client.base_url.copy_with(raw_path=f"/cabinet/{path}".encode())
    response = client.post(place, json=body)
    answer: dict[str, Any] = response.json()
    assert response.status_code == status, answer
    return answer


def test_what_buyers_write(shop: Shop, client: httpx.Client) -> None:
    """A message by the form of the site, and in the chat about an order, by its buyer, or a product."""
    olena = {"first_name": "Олена", "phone": "+380000000001"}
    order = post(client, "order/place", {"products": [{"product": "1"}], "buyer": olena})["order"]
    number = post(client, "message/write", {"text": "Чи є M?", "product": "1", "buyer": olena})["message"]
    message = shop.conversations.messages.find(number)
    assert message is not None
    assert (message.message, message.phone) == ("Чи є M?", "+380000000001")
    assert message.product_id == shop.product("1").id
    post(client, "chat/write", {"text": "Коли?", "order": order})
    post(client, "chat/write", {"text": "А ця?", "product": "1", "buyer": olena})
    (thread,) = shop.conversations.threads
    history = shop.conversations.history(thread)
    assert [line.context_item_type for line in history] == ["order", "product"]
    assert "no order" in post(client, "chat/write", {"text": "?", "order": 5}, 404)["error"]


def test_an_order_with_lines_of_free_text(shop: Shop, client: httpx.Client) -> None:
    """Lines of no product of the shop, free or paid by a cost of delivery below zero."""
    lines = [{"name": "Листівка"}, {"name": "Подарунок", "price": 10, "external_id": "g-1"}]
    body = {"products": [{"product": "1"}], "lines": lines, "delivery_cost": -10}
    order = shop.order(post(client, "order/place", body)["order"])
    found = [(line.name, line.price, line.external_id) for line in order.lines[1:]]
    assert found == [("Листівка", Decimal(0), None), ("Подарунок", Decimal(10), "g-1")]
    assert (order.price, order.full_price) == (Decimal(110), Decimal(100))


def test_a_payment_option(shop: Shop, client: httpx.Client) -> None:
    """The seller adds one; its name may hold quotes."""
    name = 'Оплата "частинами"'
    assert post(client, "payment/add", {"id": 9000009, "name": name}) == {"option": 9000009}
    assert shop.payment_options[9000009].name == name


def test_imports(shop: Shop, client: httpx.Client) -> None:
    """One that is started blocks all others until it is cancelled; without any, there is none to cancel."""
    number = post(client, "import/start", {"seconds": 600})["import"]
    assert [entry.id for entry in shop.import_queue.running(shop.now())] == [number]
    assert post(client, "import/cancel", {}) == {"import": number}
    assert shop.import_queue.running(shop.now()) == []
    refused = post(client, "import/cancel", {"id": number}, status=404)
    assert refused == {"error": "no such import is running"}


class TestOrders:
    def test_a_life(self, shop: Shop, client: httpx.Client) -> None:
        """Placed, paid, moved on, given back, cancelled."""
        number = post(client, "order/place", {"products": [{"product": "1", "quantity": 1.5}]})["order"]
        assert shop.order(number).lines[0].quantity == Decimal("1.5")
        assert post(client, "order/pay", {"order": number}) == {"order": number}
        assert shop.order(number).status == "paid"
        post(client, "order/status", {"order": number, "status": "custom-7"})
        assert shop.order(number).status == "custom-7"
        post(client, "order/status", {"order": number, "status": "delivered"})
        assert shop.order(number).status == "delivered"
        post(client, "order/parcel", {"order": number, "number": "20450000000001", "status": "on_the_way"})
        assert shop.order(number).unified_status == "on_the_way"
        post(client, "order/refund", {"order": number})
        assert shop.order(number).payment_status == "refunded"
        post(client, "order/cancel", {"order": number, "reason": "Передумав"})
        assert (shop.order(number).status, shop.order(number).cancellation) == ("canceled", "Передумав")

    def test_all_fields(self, shop: Shop, client: httpx.Client) -> None:
        """Buyer, options, money and notes as in the body; a product may be named by its Prom id."""
        body = {
            "products": [{"product": shop.product("1").id}],
            "buyer": {"first_name": "Олена", "phone": "+380000000001"},
            "payment_option_id": CASH_ON_DELIVERY.id,
            "delivery_cost": 45.5,
            "special_offer_discount": 10,
            "client_notes": "подзвоніть",
            "paid": True,
            "costs": {"commission": 9.5},
        }
        order = shop.order(post(client, "order/place", body)["order"])
        assert (order.buyer.first_name, order.buyer.last_name) == ("Олена", "Тестовий")
        assert (order.full_price, order.status) == (Decimal("135.5"), "paid")
        assert (order.client_notes, order.payment_option) == ("подзвоніть", CASH_ON_DELIVERY)
        assert post(client, "order/costs", {"order": order.id, "instalments": 20.54}) == {"order": order.id}
        costs = ShopCosts(commission=Decimal("9.5"), instalments=Decimal("20.54"))
        assert shop.order(order.id).costs == costs


class TestProducts:
    def test_a_life(self, shop: Shop, client: httpx.Client) -> None:
        """Added, edited, hidden, deleted."""
        group = post(client, "group/add", {"name": "Платья", "name_uk": "Сукні"})["group"]
        fields = {"external_id": "2", "name": "Сарафан", "price": 74.5, "group_id": group}
        number = post(client, "product/add", fields)["product"]
        product = shop.product("2")
        assert (product.id, product.name, product.price) == (number, "Сарафан", Decimal("74.5"))
        assert product.group_id == group
        discount = {"value": 5, "type": "percent", "date_end": "31.12.2026"}
        post(client, "product/edit", {"product": "2", "quantity_in_stock": 3, "discount": discount})
        product = shop.product("2")
        assert (product.quantity_in_stock, product.price) == (3, Decimal("74.5"))
        assert product.discount == ShopDiscount(Decimal(5), "percent", None, "31.12.2026")
        post(client, "product/edit", {"product": "2", "discount": None, "group_id": None})
        assert (shop.product("2").discount, shop.product("2").group_id) == (None, group)
        post(client, "product/hide", {"product": number})
        assert shop.product("2").status == "not_on_display"
        assert post(client, "product/delete", {"product": "2"}) == {"product": number}
        assert [one.external_id for one in shop.products()] == ["1"]

    def test_not_in_the_request_log(self, shop: Shop, client: httpx.Client) -> None:
        """The log and the faults are for calls of the API, not for actions of people."""
        shop.misbehave(Fault("429"))
        post(client, "product/hide", {"product": "1"})
        assert (shop.log.records(), shop.faults.tally()[0].matched) == ([], 0)


@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        ("order/steal", {}, 404, "there is no /cabinet/order/steal"),
        ("order/pay", {"order": 5}, 404, "the shop has no order 5"),
        ("product/hide", {"product": "77"}, 404, "the shop has no product '77'"),
        ("product/add", {"external_id": "1"}, 400, "already"),
        ("order/place", {"products": [{"product": "1"}], "payment_option_id": 7}, 404, "no option 7"),
        ("product/edit", {"product": "1", "price": 0, "prise": 5}, 400, "cannot be used"),
        ("order/place", {"products": []}, 400, "cannot be used"),
        ("order/place", [], 400, "cannot be used"),
        (
            "order/place",
            {"products": [{"product": "1"}], "lines": [{"price": -1}]},
            400,
            "cannot be used",
        ),
        ("order/status", {"order": 5, "status": "custom-x"}, 400, "cannot be used"),
    ],
)
def test_what_cannot_be_done(
    shop: Shop, client: httpx.Client, path: str, body: object, status: int, why: str
) -> None:
    """The reason is named, with every mistake of the body, and nothing is done."""
    before = shop.products()
    answer = post(client, path, body, status)
    assert why in answer["error"]
    assert bool(answer.get("mistakes")) == ("cannot be used" in why)
    assert (shop.products(), len(shop.orders)) == (before, 0)
    if isinstance(body, dict) and "prise" in body:
        assert [line.split(":")[0] for line in answer["mistakes"]] == ["price", "prise"]


def test_what_is_no_json(client: httpx.Client) -> None:
    """Broken JSON is named as such; a GET shows the keys of the body."""
    place = client.base_url.copy_with(raw_path=b"/cabinet/order/cancel")
    response = client.post(place, content=b"{")
    assert (response.status_code, response.json()["error"].startswith("the body is no JSON")) == (400, True)
    response = client.get(place)
    assert response.status_code == 405
    assert response.json() == {"error": "send JSON by POST", "keys": ["order", "reason"]}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program
        ({"Origin": "own", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Referer": "own/seller", "Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://shop.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Referer": "https://shop.example/sandbox.localhost"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "shop.example"}, 403),
        ({"Host": "127.0.0.1.shop.example"}, 403),
        ({"Host": "localhost.shop.example:8765", "Origin": "http://localhost.shop.example:8765"}, 403),
        ({"Host": "["}, 403),
        ({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200),
        ({"Host": "[::1]:1"}, 200),
        ({"Host": "shop.localhost:1"}, 200),
    ],
)
def test_pages_of_other_sites_change_nothing(
    shop: Shop, client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    """What a browser sends for another site is refused, whatever form or name it uses; so are its reads.

    By another name of this machine neither pages nor the API can be used, with a token that all know.
    """
    address = client.base_url.copy_with(raw_path=b"/")
    own = str(address).rstrip("/")
    sent = {name: value.replace("own", own) for name, value in headers.items()}
    place = address.copy_with(raw_path=b"/cabinet/product/edit")
    form = {**sent, "Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post(place, content='{"product": "1", "name": "Інша"}'.encode(), headers=form)
    assert (answer.status_code, shop.product("1").name == "Інша") == (status, status == 200)
    if "Host" in headers:
        assert client.get(address, headers=sent).status_code == status
        price, edit = shop.product("1").price, [{"id": shop.product("1").id, "price": 7}]
        sent["Authorization"] = "Bearer sandbox"
        assert client.get("/products/list", headers=sent).status_code == status
        assert client.post("/products/edit", json=edit, headers=sent).status_code == status
        assert (shop.product("1").price == price) == (status != 200)
