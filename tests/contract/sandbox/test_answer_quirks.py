"""What answers look like: as recorded (prom-api §13), and by switches as earlier sections say."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import httpx
import pytest
from shops import Clock

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.orders import PICKUP, UKRPOSHTA
from torgsync.sandbox.shop.products import ShopDiscount, Wholesale
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


@pytest.fixture
def shop(clock: Clock) -> Shop:
    shop = Shop(clock=clock)
    prices = (Wholesale(Decimal(90), Decimal(12)),)
    discount = ShopDiscount(Decimal(10), "percent")
    fields: dict[str, Any] = {"prices": prices, "discount": discount, "quantity_in_stock": 3}
    shop.add_product("1", price=Decimal("100.00"), minimum_order_quantity=Decimal(2), **fields)
    shop.place_order([("1", Decimal("1.50")), ("1", Decimal("2.0"))], delivery_cost=Decimal(45))
    return shop


def order_of(client: httpx.Client) -> dict[str, Any]:
    (order,) = client.get("/orders/list").json()["orders"]
    assert client.get(f"/orders/{order['id']}").json() == {"order": order}
    found: dict[str, Any] = order
    return found


def test_whole_numbers(shop: Shop, client: httpx.Client) -> None:
    """They are integers, fractions are floats; by a switch all that may have decimals are floats."""
    lists = [client.get(path).text for path in ("/products/list", "/orders/list")]
    for key, number in {"price": "100", "value": "10", "minimum_order_quantity": "12"}.items():
        assert re.search(rf'"{key}": {number}[,}}]', lists[0]), key
    assert '"quantity": 1.5,' in lists[1]
    assert '"quantity": 2,' in lists[1]
    assert '"delivery_cost": 45,' in lists[1]
    shop.quirks = Quirks(whole_numbers="float")
    for path, before in zip(("/products/list", "/orders/list"), lists, strict=True):
        floats = client.get(path).text
        assert json.loads(floats) == json.loads(before)
        keys = "price|quantity|delivery_cost|minimum_order_quantity|value"
        assert not re.search(rf'"({keys})": \d+[,}}]', floats)
        assert '"id": 1600000001,' in floats


def test_keys_that_orders_lack(shop: Shop, client: httpx.Client) -> None:
    """By a switch orders lack the keys that those of 2023 lacked."""
    whole = order_of(client)
    shop.quirks = Quirks(order_keys="fewer")
    fewer = order_of(client)
    missing = {"cancellation", "client", "delivery_recipient", "prosale_commission"}
    assert whole.keys() - fewer.keys() == missing
    delivery = [order["delivery_provider_data"].keys() for order in (whole, fewer)]
    assert delivery[0] - delivery[1] == {"unified_status"}


def test_the_ref_of_a_warehouse(shop: Shop, client: httpx.Client, clock: Clock) -> None:
    """An order by Nova Poshta has it at once, by switches after five minutes or never; others have none."""

    def refs() -> tuple[str | None, str | None]:
        delivery = order_of(client)["delivery_provider_data"]
        return delivery["recipient_warehouse_id"], delivery["recipient_address"]["warehouse_id"]

    reference, _ = refs()
    assert refs() == (reference, reference)
    assert reference
    shop.quirks = Quirks(warehouse_refs="later")
    assert refs() == (None, None)
    clock.advance(minutes=5)
    assert refs() == (reference, reference)
    shop.quirks = Quirks(warehouse_refs="never", order_keys="fewer")
    assert refs() == (None, None)
    post = shop.place_order([("1", 1)], delivery_option_id=UKRPOSHTA.id)
    data = client.get(f"/orders/{post}").json()["order"]["delivery_provider_data"]
    assert (data["provider"], data["recipient_warehouse_id"], data["recipient_address"]) == (
        *("ukrposhta", None, None),
    )
    own = shop.place_order([("1", 1)], delivery_option_id=PICKUP.id)
    assert client.get(f"/orders/{own}").json()["order"]["delivery_provider_data"] is None


def test_a_filled_shop(client: httpx.Client, shop: Shop) -> None:
    """Invented products have a region, and photos whose addresses end in their name."""
    fill(shop, 20)
    filled = client.get("/products/list", params={"limit": 20}).json()["products"]
    for product in filled:
        assert product["regions"] == [{"id": 1, "ru": "Киев", "uk": "Київ"}]
        for image in product["images"]:
            assert re.search(r"/\d+_w200_h200_[a-z][a-z0-9-]+[a-z0-9]\.jpg$", image["url"])
            assert image["thumbnail_url"] == image["url"].replace("_w200_h200_", "_w100_h100_")
        if product["images"]:
            assert product["main_image"] == product["images"][0]["url"]
    assert any(product["images"] for product in filled)
