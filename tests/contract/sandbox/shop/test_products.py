"""The sandbox shows and edits products as prom-api §3 says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from shops import Clock, client_of

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.products import Image, Region, ShopDiscount, ShopProduct, Wholesale
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


def edit(client: httpx.Client, *items: object) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/products/edit_by_external_id", json=items).json()
    return answer


class TestReading:
    def test_product_object(self, shop: Shop, client: httpx.Client) -> None:
        """The object has exactly the keys of prom-api §3.3, with numbers as numbers and times in UTC."""
        number = shop.add_product(
            "12345",
            name="Платье",
            name_uk="Сукня",
            sku="AA7775",
            keywords="платье, вечернее платье",
            description="<p>…</p>",
            price=Decimal("150.10"),
            prices=(Wholesale(Decimal("100.75"), Decimal(10)),),
            discount=ShopDiscount(Decimal(10), "percent", "01.09.2026", "30.09.2026"),
            quantity_in_stock=5,
            images=(Image(11, "https://photos.example/1.jpg"),),
            category_id=35403,
            regions=(Region(1, "Киев", "Київ"),),
        )
        dates = {"date_start": "01.09.2026", "date_end": "30.09.2026"}
        assert client.get(f"/products/{number}").json() == {
            "product": {
                "id": number,
                "external_id": "12345",
                "sku": "AA7775",
                "name": "Платье",
                "name_multilang": {"ru": "Платье", "uk": "Сукня"},
                "keywords": "платье, вечернее платье",
                "description": "<p>…</p>",
                "description_multilang": {"ru": "<p>…</p>", "uk": None},
                "selling_type": "retail",
                "presence": "available",
                "in_stock": None,
                "regions": [{"id": 1, "ru": "Киев", "uk": "Київ"}],
                "price": 150.1,
                "minimum_order_quantity": None,
                "discount": {"value": 10, "type": "percent"} | dates,
                "currency": "UAH",
                "measure_unit": "шт.",
                "group": {"id": 1000000, "name": "Корневая группа", "name_multilang": None},
                "category": {"id": 35403, "caption": "Категорія 35403"},
                "prices": [{"price": 100.75, "minimum_order_quantity": 10}],
                "main_image": "https://images.prom.example/11_w200_h200_plate.jpg",
                "images": [
                    {
                        "id": 11,
                        "url": "https://images.prom.example/11_w200_h200_plate.jpg",
                        "thumbnail_url": "https://images.prom.example/11_w100_h100_plate.jpg",
                    }
                ],
                "status": "on_display",
                "quantity_in_stock": 5,
                "is_variation": False,
                "variation_base_id": None,
                "variation_group_id": None,
                "date_modified": "2026-03-02T09:00:00+00:00",
            }
        }

    def test_product_with_nothing(self, shop: Shop, client: httpx.Client) -> None:
        """What is not given is null; without a photo there is a placeholder, and the category is the stub."""
        number = shop.add_product()
        product = client.get(f"/products/{number}").json()["product"]
        assert (product["external_id"], product["price"], product["discount"]) == (None, None, None)
        assert (product["images"], product["category"]["id"]) == ([], 29)
        assert "no-image-200-" in product["main_image"]

    @pytest.mark.parametrize(("language", "name"), [("ru", "Платье"), ("uk", "Сукня"), ("en", "Платье")])
    def test_language(self, shop: Shop, language: str, name: str) -> None:
        """`X-LANGUAGE` chooses the language of texts; Russian is the default."""
        shop.add_product("1", name="Платье", name_uk="Сукня")
        client = client_of(shop, **{"X-LANGUAGE": language})
        assert client.get("/products/by_external_id/1").json()["product"]["name"] == name

    @pytest.mark.parametrize("external_id", ["1", "А-1", "a/b", "50% & more?", "é", "a//b"])
    def test_external_id_in_the_path(self, shop: Shop, client: httpx.Client, external_id: str) -> None:
        """Any external id can be read when it is encoded."""
        shop.add_product(external_id)
        response = client.get(f"/products/by_external_id/{quote(external_id, safe='')}")
        assert response.json()["product"]["external_id"] == external_id

    def test_absent_and_deleted(self, shop: Shop, client: httpx.Client) -> None:
        """They are 404 with a web page, by either id; drafts and hidden products are listed."""
        shop.add_product("3", status="draft")
        shop.hide_product(shop.add_product("4"))
        statuses = [product["status"] for product in client.get("/products/list").json()["products"]]
        assert statuses == ["not_on_display", "draft"]
        number = shop.add_product("1")
        shop.delete_product("1")
        for path in (f"/products/{number}", "/products/by_external_id/1", "/products/by_external_id/2"):
            response = client.get(path)
            assert response.status_code == 404
            assert "html" in response.headers["content-type"]


class TestEditing:
    def test_every_field(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """All fields of prom-api §3.4 arrive, prices exactly, and the next GET shows them."""
        number = shop.add_product("1")
        clock.advance(minutes=1)
        item = (
            '[{"id": "1", "name": "Новое", "description": "<p>1</p>", "keywords": "а, б", "price": 1713.10,'
            ' "prices": [{"price": 100.75, "minimum_order_quantity": 10}],'
            ' "discount": {"value": 12.5, "type": "percent", "date_start": "01.09.2026", "date_end": null},'
            ' "presence": "order", "in_stock": true, "quantity_in_stock": 7, "status": "not_on_display"}]'
        )
        response = client.post("/products/edit_by_external_id", content=item)
        assert response.json() == {"processed_ids": ["1"], "errors": {}}
        assert shop.product("1") == ShopProduct(
            id=number,
            date_modified=clock.time,
            external_id="1",
            name="Новое",
            description="<p>1</p>",
            keywords="а, б",
            price=Decimal("1713.10"),
            prices=(Wholesale(Decimal("100.75"), Decimal(10)),),
            discount=ShopDiscount(Decimal("12.5"), "percent", "01.09.2026"),
            presence="order",
            in_stock=True,
            quantity_in_stock=7,
            status="not_on_display",
        )
        assert client.get("/products/by_external_id/1").json()["product"]["price"] == 1713.1

    def test_by_prom_id(self, shop: Shop, client: httpx.Client) -> None:
        """The other call takes Prom ids as numbers, and answers with them."""
        number = shop.add_product("1", price=Decimal(5))
        body = [{"id": number, "price": 6}, {"id": str(number), "price": 7}, {"id": True, "price": 8}]
        assert client.post("/products/edit", json=body).json() == {"processed_ids": [number], "errors": {}}
        assert shop.product("1").price == 6

    def test_unknown_ids(self, shop: Shop, client: httpx.Client) -> None:
        """Ids that are unknown, deleted, missing or numbers instead of texts are left out without a word."""
        shop.add_product("1")
        shop.add_product("2")
        shop.delete_product("2")
        shop.add_product("3", status="deleted_by_moderator")
        items = [{"id": "1", "price": 5}, {"id": "2", "price": 5}, {"id": "3", "price": 5}]
        answer = edit(client, *items, {"id": "4", "price": 5}, {"id": 1, "price": 6}, {"price": 7})
        assert answer == {"processed_ids": ["1"], "errors": {}}

    @pytest.mark.parametrize("reported", [True, False])
    def test_nothing_changes(self, *, reported: bool) -> None:
        """An edit that changes nothing is left out without an error; by a switch it is in `processed_ids`."""
        shop = Shop(quirks=Quirks(report_unchanged=reported))
        shop.add_product("1", price=Decimal(5))
        answer = edit(client_of(shop), {"id": "1", "price": 5.00})
        assert answer == {"processed_ids": ["1"] if reported else [], "errors": {}}

    def test_keys_that_cannot_be_edited(self, shop: Shop, client: httpx.Client) -> None:
        """`quantity`, `sku` and `external_id` are ignored without a word."""
        shop.add_product("1", sku="A", quantity_in_stock=3)
        before = shop.product("1")
        item = {"id": "1", "quantity": 9, "sku": "B", "external_id": "2"}
        assert edit(client, item) == {"processed_ids": [], "errors": {}}
        assert shop.product("1") == before

    def test_without_a_minimum_quantity(self, shop: Shop, client: httpx.Client) -> None:
        """By a switch every edit of such a product is refused, as one other portal does."""
        shop.add_product("1")
        shop.add_product("2", minimum_order_quantity=Decimal(1))
        shop.quirks = Quirks(minimum_quantity="required")
        answer = edit(client, {"id": "1", "price": 6}, {"id": "2", "price": 6})
        assert answer["processed_ids"] == ["2"]
        assert list(answer["errors"]["1"]) == ["minimum_order_quantity"]

    def test_unknown_fields(self, shop: Shop, client: httpx.Client) -> None:
        """A key that no edit knows refuses its item, each such key with a text; by a switch it is ignored."""
        shop.add_product("1", price=Decimal(5))
        item = {"id": "1", "price": 6, "group": 5, "currency": "USD", "presence": "maybe"}
        assert edit(client, item)["errors"] == {
            "1": {
                "group": ["Unknown field."],
                "currency": ["Unknown field."],
                "presence": ["This value is not allowed"],
            }
        }
        assert shop.product("1").price == 5
        shop.quirks = Quirks(unknown_fields="ignore")
        assert edit(client, item | {"presence": "order"}) == {"processed_ids": ["1"], "errors": {}}
        shop.quirks = Quirks(edit_errors="text")
        errors = {"1": "group: Unknown field.; presence: This value is not allowed"}
        assert edit(client, {"id": "1", "group": 5, "presence": ""})["errors"] == errors

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(("price", 0), ("price", -1.5), ("price", "5"), ("price", True), ("price", None)),
            *(("price", 10**12), ("name", "я" * 111), ("name", " "), ("name", None)),
            *(("keywords", "я" * 1025), ("presence", "maybe"), ("presence", [])),
            *(("status", "deleted_by_moderator"), ("in_stock", 1), ("quantity_in_stock", -1)),
            *(("quantity_in_stock", 1.5), ("quantity_in_stock", True), ("discount", 5)),
            ("discount", {"value": 5, "type": "gift"}),
            ("discount", {"value": 0, "type": "amount"}),
            ("discount", {"value": 5, "type": "amount", "date_start": "2026-09-01"}),
            ("discount", {"value": 5, "type": "amount", "date_end": 5}),
            *(("prices", 5), ("prices", [5]), ("prices", [{"price": 5}])),
        ],
    )
    def test_refused_value(self, shop: Shop, client: httpx.Client, field: str, value: object) -> None:
        """A value that Prom would not take refuses its item whole, with a text under its id."""
        shop.add_product("1")
        before = shop.product("1")
        shop.add_product("2")
        good = {"id": "2", "quantity_in_stock": 1}
        answer = edit(client, {"id": "1", "description": "новое", field: value}, good)
        assert answer["processed_ids"] == ["2"]
        assert list(answer["errors"]["1"]) == [field]
        assert shop.product("1") == before

    def test_values_at_their_limit(self, shop: Shop, client: httpx.Client) -> None:
        """110 letters of a name, 1024 of keywords, and nulls where null is a value."""
        shop.add_product("1", discount=ShopDiscount(Decimal(5), "amount"), quantity_in_stock=5, in_stock=True)
        item = {"name": "я" * 110, "keywords": "я" * 1024, "discount": None, "quantity_in_stock": None}
        assert edit(client, {"id": "1", "in_stock": None, **item})["processed_ids"] == ["1"]
        product = shop.product("1")
        assert (product.discount, product.quantity_in_stock, product.in_stock) == (None, None, None)

    @pytest.mark.parametrize(
        ("language", "text"), [("ru", "Ожидается список товаров"), ("uk", "Очікується список товарів")]
    )
    @pytest.mark.parametrize("body", [{"products": []}, ["1"]])
    def test_no_bare_array(self, shop: Shop, language: str, text: str, body: object) -> None:
        """Anything but an array of objects is refused whole, with 200 and `errors.error`."""
        client = client_of(shop, **{"X-LANGUAGE": language})
        response = client.post("/products/edit", json=body)
        assert (response.status_code, response.json()) == (200, {"errors": {"error": text}})

    def test_delete(self, shop: Shop, client: httpx.Client) -> None:
        """`status: deleted` is processed, by Prom's id as well; the product is gone from lists and GETs."""
        shop.add_product("1")
        number = shop.add_product()
        assert edit(client, {"id": "1", "status": "deleted"}) == {"processed_ids": ["1"], "errors": {}}
        assert client.get("/products/by_external_id/1").status_code == 404
        assert [one["external_id"] for one in client.get("/products/list").json()["products"]] == [None]
        assert edit(client, {"id": "1", "price": 5}) == {"processed_ids": [], "errors": {}}
        body = [{"id": number, "status": "deleted"}]
        assert client.post("/products/edit", json=body).json()["processed_ids"] == [number]
        assert shop.products() == []
