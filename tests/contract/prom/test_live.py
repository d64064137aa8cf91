"""The facts of docs/developers/prom-api.md that can be checked by reading.

The sandbox is checked in every run, a real shop by `pytest -m live` when TORGSYNC_LIVE_TOKEN holds one
of its tokens (reading is enough; nothing is ever written), at TORGSYNC_LIVE_URL or else at Prom.ua itself.
What fails there is not a bug of the sandbox alone: the reference is to be corrected with it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from shops import Clock, client_of

from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY
from torgsync.sandbox.shop.shop import Shop

TOKEN = os.environ.get("TORGSYNC_LIVE_TOKEN", "")
URL = os.environ.get("TORGSYNC_LIVE_URL", "https://my.prom.ua/api/v1")
PACE = 0.5
"""Seconds between two requests to a real shop (prom-api §1.4)."""
# A key, and a whole number that is written as a float.
WHOLE_FLOAT = re.compile(r'"(?:price|quantity|delivery_cost|minimum_order_quantity|value)": ?-?\d+\.0+\b')
PHOTO = re.compile(r"_w200_h200_[^/]*\.(?:jpe?g|png|webp)(?:\?.*)?")
MONEY = re.compile(r"\d[\d\s\u00a0\u202f]*([.,]\d{1,2})?\s*\S*")

# Without a token there is no test of a real shop but one, which is skipped. A host is resolved as soon as
# it is allowed, which needs a network that only a live run has.
REAL = [
    pytest.param("real shop", marks=[pytest.mark.live, pytest.mark.allow_hosts([httpx.URL(URL).host])])
    for _ in range(bool(TOKEN))
]


@pytest.fixture(scope="module")
def example() -> Shop:
    """A shop with more products than a page holds, and a few orders."""
    shop = Shop(clock=Clock())
    fill(shop, 130)
    for number in range(1, 4):
        shop.place_order([(f"S-{number}", number)], payment_option_id=CASH_ON_DELIVERY.id)
    shop.write_message("Чи є M?")
    shop.write_in_chat("Коли відправите?")
    return shop


@pytest.fixture(params=["sandbox", *REAL])
def client(request: pytest.FixtureRequest, example: Shop) -> Iterator[httpx.Client]:
    """A client that may read."""
    if request.param == "sandbox":
        yield client_of(example)
        return
    hooks = {"request": [lambda _: time.sleep(PACE)]}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=URL, headers=headers, event_hooks=hooks, timeout=45) as real:
        yield real


def listed(client: httpx.Client, what: str, **query: str | int) -> list[dict[str, Any]]:
    """Return the items of one page."""
    response = client.get(f"/{what}/list", params=query)
    assert response.status_code == 200
    items: list[dict[str, Any]] = response.json()[what]
    return items


def is_page(response: httpx.Response, status: int) -> bool:
    return response.status_code == status and "html" in response.headers["content-type"]


@pytest.mark.live
@pytest.mark.skipif(not TOKEN, reason="TORGSYNC_LIVE_TOKEN holds no token of a real shop, so none was asked")
def test_a_real_shop_is_asked() -> None:
    """A live run asks one."""
    assert len(REAL) == 1


def test_an_unknown_token(client: httpx.Client) -> None:
    """prom-api §1.3: 401 with a web page."""
    assert is_page(client.get("/products/list", headers={"Authorization": "Bearer unknown"}), 401)


@pytest.mark.parametrize("path", ["/nothing", "/products/by_external_id/torgsync-has-no-such-id"])
def test_an_unknown_path(client: httpx.Client, path: str) -> None:
    """prom-api §1.3: 404 with a web page, for an address and for a product."""
    assert is_page(client.get(path), 404)


def test_order_and_length_of_a_page(client: httpx.Client) -> None:
    """prom-api §2.1: ids fall, a page has at most 100, and a limit is kept."""
    ids = [product["id"] for product in listed(client, "products", limit=1000)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) <= 100
    assert [product["id"] for product in listed(client, "products", limit=2)] == ids[:2]


def test_the_next_page(client: httpx.Client) -> None:
    """prom-api §2.1: nothing above `last_id` is listed, whether it is listed itself or not."""
    ids = [product["id"] for product in listed(client, "products", limit=5)]
    if len(ids) < 3:
        pytest.skip("the shop has fewer than 3 products")
    following = [product["id"] for product in listed(client, "products", limit=5, last_id=ids[2])]
    assert all(number <= ids[2] for number in following)
    assert set(ids[3:]) <= set(following) | {ids[2]}


def test_unknown_parameters(client: httpx.Client) -> None:
    """prom-api §2.1: they are passed over in silence."""
    plain = [product["id"] for product in listed(client, "products", limit=3)]
    assert [product["id"] for product in listed(client, "products", limit=3, offset=1, page=7)] == plain


def test_a_date_filter(client: httpx.Client) -> None:
    """prom-api §2.1: the plain form works, also for a far future; another one is an empty list."""
    since = listed(client, "products", limit=3, last_modified_from="2001-01-01T00:00:00")
    assert len(since) == len(listed(client, "products", limit=3))
    assert listed(client, "products", last_modified_from="2999-01-01T00:00:00") == []
    for moment in ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00.174Z"):
        assert listed(client, "orders", last_modified_from=moment) == []


def test_a_product(client: httpx.Client) -> None:
    """prom-api §3.2, §3.3: in its wrapper, the same by either id, with the keys and kinds that we read."""
    products = listed(client, "products", limit=20)
    if not products:
        pytest.skip("the shop has no products")
    product = client.get(f"/products/{products[0]['id']}").json()["product"]
    for key in "external_id sku name keywords status presence price currency images group discount".split():
        assert key in product
    assert isinstance(product["id"], int)
    assert product["price"] is None or isinstance(product["price"], int | float)
    assert product["date_modified"].endswith("+00:00")
    named = next((one for one in products if one["external_id"]), None)
    if named:
        path = f"/products/by_external_id/{quote(named['external_id'], safe='')}"
        assert client.get(path).json()["product"]["id"] == named["id"]


def test_the_language(client: httpx.Client) -> None:
    """prom-api §1.1: `X-LANGUAGE` chooses which of the two names is `name`."""
    answer = client.get("/products/list", params={"limit": 20}, headers={"X-LANGUAGE": "uk"}).json()
    for product in answer["products"]:
        both = product.get("name_multilang") or {}
        if both.get("uk"):
            assert product["name"] == both["uk"]


def test_orders(client: httpx.Client) -> None:
    """prom-api §5.5: money is localised text, dates are in UTC, lines name their products."""
    for order in listed(client, "orders", limit=20):
        for key in ("price", "full_price"):
            assert order.get(key) is None or MONEY.fullmatch(order[key]), key
        assert order["date_created"].endswith("+00:00")
        assert isinstance(order["products"], list)
        assert client.get(f"/orders/{order['id']}").json()["order"]["id"] == order["id"]
        break


def test_an_order_status_that_does_not_exist(client: httpx.Client) -> None:
    """prom-api §1.3: a business error has status 200."""
    response = client.get("/orders/list", params={"status": "no-such-status"})
    assert (response.status_code, "error" in response.json()) == (200, True)


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("groups", {"id", "name", "parent_group_id"}),
        ("payment_options", {"id", "name"}),
        ("delivery_options", {"id", "name", "type"}),
    ],
)
def test_groups_and_options(client: httpx.Client, what: str, keys: set[str]) -> None:
    """prom-api §3.6, §6.1: ids and names, and the parents of groups."""
    for item in listed(client, what):
        assert keys <= item.keys()


@pytest.mark.parametrize("what", ["products", "orders"])
def test_whole_numbers(client: httpx.Client, what: str) -> None:
    """prom-api §13: they are integers."""
    found = WHOLE_FLOAT.search(client.get(f"/{what}/list", params={"limit": 100}).text)
    assert found is None, found


def test_photos_and_regions(client: httpx.Client) -> None:
    """prom-api §13: sizes in the addresses of photos, the main one first; regions in both languages."""
    for product in listed(client, "products", limit=100):
        photos = [image["url"] for image in product["images"]]
        assert all(PHOTO.search(url) for url in photos), photos
        assert not photos or product["main_image"] == photos[0]
        for region in product["regions"]:
            assert {"id", "ru", "uk"} <= region.keys()


def test_a_translation(client: httpx.Client) -> None:
    """prom-api §13: Ukrainian keywords can be read, without a wrapper."""
    products = listed(client, "products", limit=1)
    if not products:
        pytest.skip("the shop has no products")
    answer = client.get(f"/products/translation/{products[0]['id']}", params={"lang": "uk"}).json()
    assert {"name", "keywords", "description"} <= answer.keys()


def test_order_statuses(client: httpx.Client) -> None:
    """prom-api §13: the code is the name, and there is no draft."""
    options = client.get("/order_status_options/list").json()["order_status_options"]
    codes = {option["name"]: option["id"] for option in options}
    assert {"pending": 0, "received": 1, "delivered": 3, "canceled": 4, "paid": 6}.items() <= codes.items()
    assert "draft" not in codes
    assert all(option["title"] for option in options)


def test_descriptions_of_payment_options(client: httpx.Client) -> None:
    """prom-api §13: they are texts."""
    for option in listed(client, "payment_options"):
        assert isinstance(option["description"], str)


def test_the_delivery_of_an_order(client: httpx.Client) -> None:
    """prom-api §13: an order by Nova Poshta has keys for the Ref of its warehouse and for its address."""
    for order in listed(client, "orders", limit=100):
        delivery = order.get("delivery_provider_data")
        if delivery and delivery["provider"] == "nova_poshta":
            assert {"recipient_warehouse_id", "recipient_address"} <= delivery.keys()


def test_a_date_without_a_time(client: httpx.Client) -> None:
    """prom-api §13: several clients send it, so it means something: an empty list would be a surprise."""
    if not listed(client, "orders", limit=1):
        pytest.skip("the shop has no orders")
    assert listed(client, "orders", limit=1, date_from="2001-01-01")


def test_messages_and_chat(client: httpx.Client) -> None:
    """prom-api §6.3, §6.4: a list of old messages, and the chat's own form, unless it is switched off."""
    assert isinstance(client.get("/messages/list", params={"limit": 1}).json()["messages"], list)
    for call, key in (("rooms", "rooms"), ("messages_history", "messages")):
        answer = client.get(f"/chat/{call}", params={"limit": 1}).json()
        if answer["status"] == "ok":
            assert isinstance(answer["data"][key], list)
        else:
            assert "disabled" in str(answer)


def test_an_import_that_never_was(client: httpx.Client) -> None:
    """prom-api §4.4: the state of an unknown import is no success."""
    response = client.get("/products/import/status/0123456789abcdef01234567")
    assert response.status_code != 200 or "error" in response.json()
