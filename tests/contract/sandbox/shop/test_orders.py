"""The sandbox shows and moves orders, clients and options as prom-api §5 and §6 say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import httpx
import pytest
from shops import Clock, client_of

from torgsync.sandbox.api.answers import money
from torgsync.sandbox.faults import Fault, parse_fault
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, MEEST, PICKUP, ROZETKA, ShopBuyer, ShopCosts
from torgsync.sandbox.shop.products import Image, ShopDiscount
from torgsync.sandbox.shop.shop import Shop

Refusal = Literal["200-error", "400-error", "404-error"]

pytestmark = pytest.mark.usefixtures("each_door")


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.advance(microseconds=53131)
    return clock


@pytest.fixture
def shop(clock: Clock) -> Shop:
    shop = Shop(clock=clock)
    image = Image(11, "https://photos.example/1.jpg")
    shop.add_product("1", name="Платье", name_uk="Сукня", sku="A", price=Decimal("856.50"), images=(image,))
    shop.add_product("2", price=Decimal("0.25"))
    return shop


def order_of(client: httpx.Client, number: int) -> dict[str, Any]:
    order: dict[str, Any] = client.get(f"/orders/{number}").json()["order"]
    return order


class TestReading:
    def test_order_object(self, shop: Shop, client: httpx.Client) -> None:
        """That of prom-api §5.5: money as localised text, times with microseconds, the buyer thrice."""
        number = shop.place_order([("1", 2)], paid=True, client_notes="подзвоніть після 18")
        order = order_of(client, number)
        assert order["id"] == number
        assert (order["status"], order["status_name"], order["source"]) == ("paid", "Оплачен", "portal")
        assert order["date_created"] == "2026-03-02T09:00:00.053131+00:00"
        assert (order["price"], order["full_price"]) == ("1\u202f713\u202fгрн", "1\u202f713\u202fгрн")
        assert order["payment_option"] == {"id": 9000001, "name": "Пром-оплата"}
        paid = {"type": "evopay", "status": "paid", "status_modified": "2026-03-02T09:00:00+00:00"}
        assert order["payment_data"] == paid
        names = {"first_name": "Іван", "last_name": "Тестовий", "second_name": None}
        person = names | {"phone": "+380500000001"}
        assert order["delivery_recipient"] == person
        assert order["client"] == person | {"id": order["client_id"]}
        delivery = order["delivery_provider_data"]
        assert delivery["provider"] == "nova_poshta"
        assert delivery["recipient_warehouse_id"] == delivery["recipient_address"]["warehouse_id"]
        assert UUID(delivery["recipient_warehouse_id"])
        assert delivery["recipient_address"]["city_name"] == "м. Львів (Львівська обл.)"
        assert order["products"] == [
            {
                "id": shop.product("1").id,
                "external_id": "1",
                "sku": "A",
                "name": "Платье",
                "name_multilang": {"ru": "Платье", "uk": "Сукня"},
                "image": "https://images.prom.example/11_w100_h100_plate.jpg",
                "url": f"https://prom.example/p{shop.product('1').id}-product.html",
                "quantity": 2,
                "measure_unit": "шт.",
                "price": "856,50\u202fгрн",
                "total_price": "1\u202f713\u202fгрн",
                "cpa_commission": {"amount": "0.00"},
            }
        ]

    def test_costs(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """All parts of prom-api §5.6; the commission is 0 in the first minutes, and lines share it."""
        shop.quirks = Quirks(commission_seconds=600)
        costs = ShopCosts(commission=Decimal("98.47"), site=Decimal("5.5"), instalments=Decimal("20.54"))
        number = shop.place_order([("1", 1), ("2", 1), ("1", 1)], costs=costs)
        assert order_of(client, number)["cpa_commission"] == {"amount": "0.00", "is_refunded": False}
        clock.advance(minutes=10)
        shop.charge_order(number, returned=True, cheap_delivery=True)
        (order,) = client.get("/orders/list").json()["orders"]
        assert order["cpa_commission"] == {"amount": "98.47", "is_refunded": True}
        assert [line["cpa_commission"]["amount"] for line in order["products"]] == ["49.23", "0.01", "49.23"]
        title = "Комісія за замовлення з сайту"
        assert order["prosale_commission"] == {"value": 5.5, "type": 2, "title": title}
        parts = {"commission": 3.5, "commission_amount": "20,54\u202fгрн"}
        assert order["payment_data"]["rpay_parts"] == parts
        assert order["ps_promotion"] == {"name": "Дешевая доставка", "conditions": []}
        shop.charge_order(number, site=Decimal(5), cheap_delivery=False)
        assert order_of(client, number)["prosale_commission"]["value"] == 5

    def test_language(self, shop: Shop) -> None:
        """`X-LANGUAGE` chooses the names of statuses and products."""
        number = shop.place_order([("1", 1)])
        order = order_of(client_of(shop, **{"X-LANGUAGE": "uk"}), number)
        assert (order["status_name"], order["products"][0]["name"]) == ("Новий", "Сукня")

    def test_money(self, shop: Shop, client: httpx.Client) -> None:
        """Thousands apart by both kinds of space, a decimal comma, kopiykas only where there are some."""
        amounts = [money(Decimal(amount), " ") for amount in ("0", "39", "1234.5", "1234567.005")]
        assert amounts == ["0 грн", "39 грн", "1 234,50 грн", "1 234 567,01 грн"]
        prices = [order_of(client, shop.place_order([("1", 2)]))["price"] for _ in range(2)]
        assert {price[1] for price in prices} == {"\u00a0", "\u202f"}

    def test_cash_on_delivery_by_own_delivery(self, shop: Shop, client: httpx.Client) -> None:
        """Other ways to pay carry no payment data, even if paid, and own delivery no carrier's."""
        number = shop.place_order(
            [("2", Decimal("1.5"))],
            payment_option_id=CASH_ON_DELIVERY.id,
            delivery_option_id=PICKUP.id,
            delivery_cost=Decimal("45.5"),
            special_offer_discount=Decimal("0.10"),
            paid=True,
        )
        order = order_of(client, number)
        assert (order["status"], order["payment_data"]) == ("paid", None)
        assert order["delivery_provider_data"] is None
        assert (order["price"], order["delivery_cost"]) == ("0,38\u202fгрн", 45.5)
        assert order["price_with_special_offer"] == "0,28\u202fгрн"
        assert order["special_offer_discount"] == "0,10\u202fгрн"
        assert order["full_price"] == "45,78\u202fгрн"
        assert "no-image" in order["products"][0]["image"]

    @pytest.mark.parametrize(
        ("kind", "price"), [("percent", "770,85\u202fгрн"), ("amount", "846,50\u202fгрн")]
    )
    def test_discounted_price(self, shop: Shop, client: httpx.Client, kind: str, price: str) -> None:
        """A buyer pays the discounted price; the line stays as it was when its product is deleted."""
        shop.edit_product("1", discount=ShopDiscount(Decimal(10), kind))
        number = shop.place_order([("1", 1)])
        shop.delete_product("1")
        (line,) = order_of(client, number)["products"]
        assert (line["external_id"], line["price"]) == ("1", price)

    @pytest.mark.parametrize(
        ("quirk", "kept"),
        [
            ("whole", {"id", "external_id", "sku", "url", "name", "price"}),
            ("no-id", {"external_id", "name", "price"}),
            ("no-ids", {"name", "price"}),
        ],
    )
    def test_lines_of_a_deleted_product(
        self, shop: Shop, client: httpx.Client, quirk: Literal["whole", "no-id", "no-ids"], kept: set[str]
    ) -> None:
        """They lose what `deleted_lines` says, in the list and in the order itself; the others nothing."""
        shop.quirks = Quirks(deleted_lines=quirk)
        number = shop.place_order([("1", 1), ("2", 1)])
        before = order_of(client, number)["products"]
        shop.delete_product("1")
        (listed,) = client.get("/orders/list").json()["orders"]
        line, other = order_of(client, number)["products"]
        assert listed["products"] == [line, other]
        assert (other, line.keys()) == (before[1], before[0].keys())
        values = {key: line[key] for key in ("id", "external_id", "sku", "url", "name", "price")}
        assert values == {key: before[0][key] if key in kept else None for key in values}

    @pytest.mark.parametrize(
        ("quirk", "money"), [("zero", "0\u202fгрн"), ("null", None)], ids=["price 0", "no price"]
    )
    def test_gifts(
        self, shop: Shop, client: httpx.Client, quirk: Literal["zero", "null"], money: str | None
    ) -> None:
        """A gift card is an ordinary line without an external id, and adds nothing to the sum."""
        shop.quirks = Quirks(gifts=quirk)
        order = order_of(client, shop.place_order([("1", 1)]))
        gift = order["products"][1]
        assert (gift["price"], gift["total_price"], gift["external_id"]) == (money, money, None)
        assert (gift["name"], bool(gift["id"]), order["price"]) == (
            "Открытка в подарок",
            True,
            "856,50\u202fгрн",
        )

    def test_lines_of_free_text(self, shop: Shop, client: httpx.Client) -> None:
        """Of no product, mostly for nothing; a gift with a price is paid by a cost of delivery below zero."""
        lines = [("Безкоштовна доставка", Decimal(0), None), ("Подарунок", Decimal(100), None)]
        number = shop.place_order([("1", 1)], free_text=lines, delivery_cost=Decimal(-100))
        order = order_of(client, number)
        assert [
            (line["name"], line["price"], line["external_id"], line["quantity"], bool(line["id"]))
            for line in order["products"][1:]
        ] == [
            ("Безкоштовна доставка", "0\u202fгрн", None, 1, True),
            ("Подарунок", "100\u202fгрн", None, 1, True),
        ]
        assert (order["delivery_cost"], order["price"]) == (-100, "956,50\u202fгрн")
        assert order["full_price"] == "856,50\u202fгрн"

    def test_statuses_of_the_shops_own(self, shop: Shop, client: httpx.Client) -> None:
        """They are a part of `received`: shown in its list, before what comes later, not set by the API."""
        own, received, new = (shop.place_order([("1", 1)]) for _ in range(3))
        shop.set_order_status(own, "custom-12")
        shop.set_order_status(received, "received")
        assert order_of(client, own)["status"] == "custom-12"
        found = client.get("/orders/list", params={"status": "received"}).json()["orders"]
        assert [(order["id"], order["status"]) for order in found] == [
            (received, "received"),
            (own, "custom-12"),
        ]
        for status, moved in (("received", [new]), ("delivered", [own, received, new])):
            body = {"status": status, "ids": [own, received, new]}
            assert client.post("/orders/set_status", json=body).json()["processed_ids"] == moved
        for wrong in ("custom-", "custom-x", "Custom-1"):
            with pytest.raises(ValueError, match="is no status"):
                shop.set_order_status(own, wrong)
        refused = client.post("/orders/set_status", json={"status": "custom-12", "ids": [own]}).json()
        assert refused == {"error": "This status value is not allowed"}

    def test_orders_without_lines(self, shop: Shop, client: httpx.Client) -> None:
        """A fault leaves them out, empties them, or has null in their place, in every order or in some."""
        numbers = [shop.place_order([("1", 1)]) for _ in range(2)]
        for lines, found in (("absent", "?"), ("null", None), ("empty", [])):
            shop.misbehave(parse_fault(f"no-lines lines={lines} items_every=2"))
            newer, older = client.get("/orders/list").json()["orders"]
            assert (bool(newer["products"]), older.get("products", "?")) == (True, found)
        shop.misbehave(parse_fault("GET orders/3* no-lines"))
        assert "products" not in order_of(client, numbers[0])

    def test_lists(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Orders come newest first, or oldest first by `sort_dir`; by status, creation or modification."""
        first = shop.place_order([("1", 1)])
        clock.advance(hours=1)
        second = shop.place_order([("1", 1)])
        clock.advance(hours=1)
        shop.pay_order(first)

        def listed(**query: str) -> list[int]:
            return [order["id"] for order in client.get("/orders/list", params=query).json()["orders"]]

        assert listed() == [second, first]
        assert listed(sort_dir="asc") == [first, second]
        assert listed(status="paid") == [first]
        assert listed(date_from="2026-03-02T09:30:00") == [second]
        assert listed(date_to="2026-03-02T09:30:00") == [first]
        assert listed(last_modified_from="2026-03-02T10:30:00") == [first]
        assert listed(date_from="2026-03-02T00:00:00.000Z") == []

    def test_absent(self, client: httpx.Client) -> None:
        """What is not there is a 404; a list by a status that does not exist is a business error."""
        assert [client.get(path).status_code for path in ("/orders/1", "/clients/1")] == [404, 404]
        response = client.get("/orders/list", params={"status": "accepted"})
        assert (response.status_code, list(response.json())) == (200, ["error"])


class TestMoving:
    def set_status(self, client: httpx.Client, body: object) -> dict[str, Any]:
        answer: dict[str, Any] = client.post("/orders/set_status", json=body).json()
        return answer

    def test_moving_on(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """An order moves on, and its date of modification with it."""
        number = shop.place_order([("1", 1)])
        clock.advance(minutes=1)
        answer = self.set_status(client, {"status": "received", "ids": [number]})
        assert answer == {"processed_ids": [number], "errors": {}}
        assert (shop.order(number).status, shop.order(number).date_modified) == ("received", clock.time)

    def test_not_back(self, shop: Shop, client: httpx.Client) -> None:
        """An order in this or a later status is left out without an error; an unknown one has one."""
        number = shop.place_order([("1", 1)])
        shop.set_order_status(number, "delivered")
        for status in ("received", "delivered"):
            body = {"status": status, "ids": [number]}
            assert self.set_status(client, body) == {"processed_ids": [], "errors": {}}
        answer = self.set_status(client, {"status": "paid", "ids": [5, "6"]})
        assert (answer["processed_ids"], list(answer["errors"])) == ([], ["5", "6"])

    @pytest.mark.parametrize("status", ["accepted", "declined", "pending", None, []])
    def test_statuses_that_cannot_be_set(self, client: httpx.Client, status: object) -> None:
        """Other statuses are refused with the text that was seen."""
        refused = {"error": "This status value is not allowed"}
        assert self.set_status(client, {"status": status, "ids": []}) == refused
        assert self.set_status(client, [status]) == refused

    def test_cancelling(self, shop: Shop, client: httpx.Client) -> None:
        """A cancellation needs a reason, and `another` a text."""
        number = shop.place_order([("1", 1)])
        body = {"status": "canceled", "ids": [number]}
        for wrong in ({}, {"cancellation_reason": "another"}):
            assert "error" in self.set_status(client, body | wrong)
        assert "error" in self.set_status(client, {"status": "received", "ids": number})
        answer = self.set_status(client, body | {"cancellation_reason": "not_available"})
        assert answer["processed_ids"] == [number]
        assert order_of(client, number)["cancellation"] == {"title": "not_available", "initiator": "seller"}

    def test_cancelling_for_a_reason_of_no_list(self, shop: Shop, client: httpx.Client) -> None:
        """Free text in its place is a 400; those of single lists are taken by a switch, some with a text."""
        number = shop.place_order([("1", 1)])
        body = {"status": "canceled", "ids": [number]}
        for reason in ("передумав", "price_changed", 5):
            response = client.post("/orders/set_status", json=body | {"cancellation_reason": reason})
            assert (response.status_code, response.json()["error"]["status"]) == (400, 400)
        shop.quirks = Quirks(cancellation_reasons="all")
        changed = body | {"cancellation_reason": "price_changed"}
        assert "error" in self.set_status(client, changed)
        assert self.set_status(client, changed | {"cancellation_text": "…"})["processed_ids"] == [number]

    def test_refund(self, shop: Shop, client: httpx.Client) -> None:
        """What was paid by «Пром-оплата» is refunded, once; of others there is an error under the id."""
        paid, unpaid = shop.place_order([("1", 1)], paid=True), shop.place_order([("1", 1)])
        answer = client.post("/orders/refund", json={"ids": [paid, unpaid, 5]}).json()
        assert (answer["processed_ids"], list(answer["errors"])) == ([paid], [str(unpaid), "5"])
        assert order_of(client, paid)["payment_data"]["status"] == "refunded"
        again = client.post("/orders/refund", json={"ids": [paid]}).json()
        assert (again["processed_ids"], list(again["errors"])) == ([], [str(paid)])
        for wrong in ({"order_id": paid, "amount": 5, "reason": "x"}, [paid]):
            assert "error" in client.post("/orders/refund", json=wrong).json()

    def test_receipt(self, shop: Shop, client: httpx.Client) -> None:
        """A fiscal receipt is attached to an order; no answer shows it."""
        number = shop.place_order([("1", 1)])
        before = order_of(client, number)
        body = {"order_id": number, "receipt_id": "5f1c"}
        assert client.post("/orders/attach_receipt", json=body).json() == {"status": "success"}
        assert (shop.order(number).receipt_id, order_of(client, number)) == ("5f1c", before)
        for other, wrong in ((body | {"order_id": 1}, ["order_id"]), ([], ["order_id", "receipt_id"])):
            answer = client.post("/orders/attach_receipt", json=other).json()
            assert (answer["status"], list(answer["errors"])) == ("error", wrong)

    def test_declaration(self, shop: Shop, client: httpx.Client) -> None:
        """A parcel's number is written once; mistakes, also a repeated number, are named field by field."""
        number = shop.place_order([("1", 1)])
        body = {"order_id": number, "declaration_id": "20450000000000", "delivery_type": "nova_poshta"}
        assert client.post("/delivery/save_declaration_id", json=body).json() == {"status": "success"}
        assert order_of(client, number)["delivery_provider_data"]["declaration_number"] == "20450000000000"
        again = client.post("/delivery/save_declaration_id", json=body)
        text = "Этот ЭН уже добавлен к данному заказу"
        assert again.json() == {"status": "error", "message": text, "errors": {"declaration_id": text}}
        for other, wrong in ((body | {"order_id": 1}, {"order_id"}), ([], body.keys())):
            answer = client.post("/delivery/save_declaration_id", json=other).json()
            assert (answer["status"], answer["errors"].keys()) == ("error", wrong)

    def test_refusals_by_fault(self, shop: Shop, client: httpx.Client) -> None:
        """A warning in place of a processed order, and a parcel's number that is refused; nothing is done."""
        number = shop.place_order([("1", 1)])
        shop.misbehave(Fault("status-warning"), Fault("parcel-refused"))
        answer = self.set_status(client, {"status": "received", "ids": [number]})
        assert (answer["processed_ids"], list(answer)) == ([], ["processed_ids", "warning_message"])
        body = {"order_id": number, "declaration_id": "20450000000000", "delivery_type": "nova_poshta"}
        refused = client.post("/delivery/save_declaration_id", json=body).json()
        assert (refused["status"], list(refused["errors"])) == ("error", ["declaration_id"])
        assert (shop.order(number).status, shop.order(number).declaration_number) == ("pending", None)

    def test_parcels_by_other_carriers(self, shop: Shop, client: httpx.Client) -> None:
        """The word of the order is not always the one that is taken; Prom issues the numbers of its own."""
        express, by_prom = (
            shop.place_order([("1", 1)], delivery_option_id=way.id) for way in (MEEST, ROZETKA)
        )
        body = {"order_id": express, "declaration_id": "AB12345678", "delivery_type": "meest_express"}
        answer = client.post("/delivery/save_declaration_id", json=body).json()
        assert answer["errors"].keys() == {"delivery_type"}
        answer = client.post("/delivery/save_declaration_id", json=body | {"delivery_type": "meest"}).json()
        assert answer == {"status": "success"}
        body = {"order_id": by_prom, "declaration_id": "AB12345678", "delivery_type": "meest"}
        assert "errors" in client.post("/delivery/save_declaration_id", json=body).json()
        shop.move_parcel(express, "in_warehouse")
        shop.move_parcel(by_prom, "on_the_way")
        for number, provider, parcel, state in (
            (express, "meest_express", "AB12345678", "in_warehouse"),
            (by_prom, "rozetka_delivery", f"PRM-{by_prom}", "on_the_way"),
        ):
            data = order_of(client, number)["delivery_provider_data"]
            assert (data["provider"], data["declaration_number"]) == (provider, parcel)
            assert data["unified_status"] == state

    def test_the_seller_and_the_bank(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Paid, refunded, cancelled: each step shows in the order and moves its date."""
        number = shop.place_order([("1", 1)])
        assert order_of(client, number)["payment_data"]["status"] == "unpaid"
        shop.pay_order(number)
        clock.advance(minutes=1)
        shop.refund_order(number)
        shop.cancel_order(number)
        order = order_of(client, number)
        assert (order["status"], order["payment_data"]["status"]) == ("canceled", "refunded")
        assert order["cancellation"]["title"] == "Немає в наявності"
        assert order["payment_data"]["status_modified"] == "2026-03-02T09:01:00+00:00"

    @pytest.mark.parametrize("quiet", [False, True], ids=["dates-move", "quiet"])
    def test_what_may_leave_the_date(
        self, shop: Shop, client: httpx.Client, clock: Clock, quiet: bool
    ) -> None:
        """A payment, a parcel's number and a commission move the date, or do not (prom-api §10 Q14)."""
        shop.quirks = Quirks(quiet_orders=quiet)
        number = shop.place_order([("1", 1)])
        body = {"order_id": number, "declaration_id": "20450000000000", "delivery_type": "nova_poshta"}
        dates = []
        for change in (
            lambda: shop.pay_order(number),
            lambda: client.post("/delivery/save_declaration_id", json=body),
            lambda: shop.charge_order(number, commission=Decimal(1)),
        ):
            clock.advance(hours=1)
            change()
            dates.append(order_of(client, number)["date_modified"][11:13])
        assert dates == (["09"] * 3 if quiet else ["10", "11", "12"])
        shop.set_order_status(number, "delivered")
        assert order_of(client, number)["date_modified"].startswith("2026-03-02T12")

    def test_what_cannot_be(self, shop: Shop) -> None:
        """Unknown names, and goods without a price, are errors of the caller."""
        shop.add_product("3")
        with pytest.raises(ValueError, match="has no price"):
            shop.place_order([("3", 1)])
        with pytest.raises(LookupError, match="no product"):
            shop.place_order([("4", 1)])
        with pytest.raises(LookupError):
            shop.place_order([("1", 1)], payment_option_id=5)
        with pytest.raises(LookupError, match="no order 5"):
            shop.order(5)
        with pytest.raises(ValueError, match="no status"):
            shop.set_order_status(5, "lost")
        assert len(shop.orders) == 0


class TestMessages:
    """The chat call that writes to the buyer of an order (prom-api §6.4)."""

    def send(self, client: httpx.Client, **body: object) -> httpx.Response:
        return client.post("/chat/send_order_context", json={"body": "ТТН 20450000000001", **body})

    def test_a_message_makes_its_thread(self, shop: Shop, client: httpx.Client) -> None:
        """It goes to the order's buyer, with the card of the order; the second one is in the same thread."""
        number = shop.place_order([("1", 1)])
        answers = [self.send(client, order_id=number).json() for _ in range(2)]
        (thread,) = shop.conversations.threads
        messages = list(shop.conversations.chat)
        assert answers == [{"status": "ok", "data": {"message_id": one.id}} for one in messages]
        assert (thread.client_id, thread.last_message_id) == (shop.order(number).client_id, messages[-1].id)
        assert (messages[0].body, messages[0].context_item_id) == ("ТТН 20450000000001", number)

    def test_what_is_a_bad_request(self, shop: Shop, client: httpx.Client) -> None:
        """A form, a number as text, no text, and more than 1000 characters."""
        number = shop.place_order([("1", 1)])
        form = client.post("/chat/send_order_context", files={"order_id": str(number)})
        wrong = [form, self.send(client, order_id=str(number)), self.send(client, order_id=number, body="")]
        wrong.append(self.send(client, order_id=number, body="x" * 1001))
        assert [answer.status_code for answer in wrong] == [400] * 4
        assert self.send(client, order_id=number, body="x" * 1000).json()["status"] == "ok"

    @pytest.mark.parametrize("quirk", ["200-error", "400-error", "404-error"])
    def test_what_is_refused(self, shop: Shop, client: httpx.Client, clock: Clock, quirk: Refusal) -> None:
        """An order older than 30 days, an unknown one, and any where the chat is switched off."""
        number = shop.place_order([("1", 1)])
        shop.quirks = replace(shop.quirks, chat_refusals=quirk, chat=False)
        words = [self.send(client, order_id=number)]
        shop.quirks = replace(shop.quirks, chat=True)
        clock.advance(days=30, seconds=1)
        words += [self.send(client, order_id=number), self.send(client, order_id=5)]
        assert {answer.status_code for answer in words} == {int(quirk[:3])}
        texts = [answer.json()["message"] for answer in words]
        assert texts == ["Chat is disabled", "Order not found", "Order not found"]
        assert len(shop.conversations.chat) == 0


class TestClients:
    def test_one_client_a_phone(self, shop: Shop, client: httpx.Client) -> None:
        """The same phone, or without one the same e-mail, is the same client; without both it is new."""
        olena = ShopBuyer(first_name="Олена", last_name="Приклад", second_name="І.", phone="+380000000001")
        by_mail = ShopBuyer(phone=None, email="olena@shop.example")
        for buyer in (olena, by_mail, olena, by_mail, ShopBuyer(phone=None), ShopBuyer(phone=None)):
            shop.place_order([("1", 2)], buyer=buyer)
        listed = client.get("/clients/list").json()["clients"]
        assert [entry["orders_count"] for entry in listed] == [1, 1, 2, 2]
        assert listed[-1] == {
            "id": listed[-1]["id"],
            "client_full_name": "Приклад Олена І.",
            "phones": ["+380000000001"],
            "emails": [],
            "comment": "",
            "skype": "",
            "orders_count": 2,
            "total_payout": "3\u00a0426\u00a0грн",
        }
        assert client.get(f"/clients/{listed[-1]['id']}").json() == {"client": listed[-1]}

    @pytest.mark.parametrize(
        ("term", "found"), [("олена", 1), ("0000002", 1), ("SHOP.example", 1), ("нема", 0)]
    )
    def test_search(self, shop: Shop, client: httpx.Client, term: str, found: int) -> None:
        """Clients are found by a part of the name, phone or e-mail."""
        shop.place_order([("1", 1)], buyer=ShopBuyer(first_name="Олена", phone="+380000000001"))
        shop.place_order([("1", 1)], buyer=ShopBuyer(phone="+380000000002", email="a@shop.example"))
        listed = client.get("/clients/list", params={"search_term": term}).json()["clients"]
        assert len(listed) == found


class TestOptions:
    def test_payment_options(self, shop: Shop, client: httpx.Client) -> None:
        """Three ways to pay, and those that a test adds; a filled shop has one with quotes in its name."""
        shop.add_payment_option(9000009, "Частинами", "до 5 платежів")
        fill(shop, 1)
        options = client.get("/payment_options/list").json()["payment_options"]
        assert [(option["id"], option["name"], option["description"]) for option in options] == [
            (9000001, "Пром-оплата", ""),
            (9000002, "Накладений платіж", ""),
            (9000003, "Оплата на карту", ""),
            (9000009, "Частинами", "до 5 платежів"),
            (9000004, 'Наложенный платеж "Нова Пошта"', ""),
        ]

    def test_delivery_options(self, client: httpx.Client) -> None:
        """The ways of delivery."""
        options = client.get("/delivery_options/list").json()["delivery_options"]
        carriers = ["nova_poshta", "ukrposhta", "own", "meest_express", "rozetka_delivery", "pickup"]
        assert [option["type"] for option in options] == carriers
        assert options[0].keys() == {"id", "name", "comment", "enabled", "type"}

    def test_order_statuses(self, shop: Shop, client: httpx.Client) -> None:
        """Those of a recorded answer, without drafts; by a switch those of another client's typings."""
        listed = client.get("/order_status_options/list").json()["order_status_options"]
        assert {option["name"]: (option["id"], option["title"]) for option in listed} == {
            "pending": (0, "Новый"),
            "received": (1, "Принят"),
            "delivered": (3, "Выполнен"),
            "canceled": (4, "Отменен"),
            "paid": (6, "Оплачен"),
        }
        shop.quirks = Quirks(status_options="name")
        listed = client.get("/order_status_options/list").json()["order_status_options"]
        assert {"id": 2, "name": "Новый", "code": "pending"} in listed
        assert len(listed) == 6
