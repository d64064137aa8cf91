"""Many shops in one sandbox: each token has a shop of its own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from lxml import html

from torgsync.demo.sandbox import SandboxOptions, open_shops
from torgsync.errors import UsageError
from torgsync.sandbox.many_shops import ManyShopsApp
from torgsync.sandbox.server import serve_shops
from torgsync.sandbox.shop.shops import Shops

FIRST, SECOND = "sandbox-token-001", "sandbox-token-002"


@pytest.fixture
def shops() -> Shops:
    return open_shops(SandboxOptions(shops=3, products=4, import_seconds=0))


@pytest.fixture
def client(shops: Shops) -> Iterator[httpx.Client]:
    transport = httpx.WSGITransport(app=ManyShopsApp(shops))
    with httpx.Client(transport=transport, base_url="http://127.0.0.1:8765") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


def test_each_token_has_a_shop_of_its_own(shops: Shops, client: httpx.Client) -> None:
    """Goods, ids, orders, imports, faults and quirks are those of one shop alone."""
    lists = {
        token: client.get("/api/v1/products/list", headers=bearer(token)).json()["products"]
        for token in (FIRST, SECOND)
    }
    assert [product["external_id"] for product in lists[FIRST]] == ["S-4", "S-3", "S-2", "S-1"]
    assert {product["id"] for product in lists[FIRST]}.isdisjoint(product["id"] for product in lists[SECOND])
    assert [product["name"] for product in lists[FIRST]] != [product["name"] for product in lists[SECOND]]
    assert set(shops.made()) == {FIRST, SECOND}
    placed = client.post(
        "/cabinet/order/place", json={"products": [{"product": "S-1"}]}, headers=bearer(SECOND)
    )
    assert [order.id for order in shops[SECOND].orders] == [placed.json()["order"]]
    assert len(shops[FIRST].orders) == 0
    imports = [shops[token].start_import(0).id for token in (FIRST, SECOND)]
    assert len({*imports}) == 2
    rules = {"rules": ["GET products/list nth=1 500"]}
    assert client.post("/cabinet/faults/set", json=rules, headers=bearer(SECOND)).json() == {"faults": 1}
    words = {"quirks": ["last_id=inclusive"]}
    assert client.post("/cabinet/quirks/set", json=words, headers=bearer(SECOND)).json() == {"quirks": 1}
    statuses = [
        client.get("/api/v1/products/list", headers=bearer(token)).status_code
        for token in (FIRST, SECOND, SECOND)
    ]
    assert statuses == [200, 500, 200]
    assert [shops[token].quirks.last_id for token in (FIRST, SECOND)] == ["exclusive", "inclusive"]
    assert [len(shops[token].log) for token in (FIRST, SECOND)] == [2, 3]


def test_mistakes_in_what_is_set(client: httpx.Client) -> None:
    """They are named, and nothing is changed."""
    for path, body in (("faults", {"rules": ["PATCH x y"]}), ("quirks", {"quirks": ["last_id=both"]})):
        answer = client.post(f"/cabinet/{path}/set", json=body, headers=bearer(FIRST))
        assert answer.status_code == 400
        assert any(words in answer.json()["error"] for words in ("one word too many", "is not one of"))


def test_a_wrong_token(shops: Shops, client: httpx.Client) -> None:
    """An unknown token is refused as in one shop, and makes no shop."""
    for headers in ({}, bearer("sandbox"), bearer("sandbox-token-004"), {"Authorization": f"Basic {FIRST}"}):
        assert client.get("/api/v1/products/list", headers=headers).status_code == 401
    assert shops.made() == {}


def test_pages(shops: Shops, client: httpx.Client) -> None:
    """The list links to the pages of each shop, at a host of its own."""
    page = html.document_fromstring(client.get("/").text)
    links = [link.get("href") for link in page.findall(".//td/a")]
    assert links == [f"http://{token}.localhost:8765/" for token in shops]
    assert shops.made() == {}
    assert client.get("/style.css").headers["content-type"].startswith("text/css")
    assert (client.get("/seller").status_code, client.get("/seller").headers["location"]) == (302, "/")
    first = client.get(str(links[0]))
    assert "S-1" in client.get(f"{links[0]}seller/products").text
    assert first.status_code == 200
    assert "4" in [cell.text for cell in html.document_fromstring(client.get("/").text).findall(".//td")]


def test_the_cabinet_asks_for_which_shop(client: httpx.Client) -> None:
    """Without a token an action says how to name the shop."""
    answer = client.post("/cabinet/order/place", json={"products": [{"product": "S-1"}]})
    assert answer.status_code == 404
    assert "TOKEN.localhost" in answer.json()["error"]
    place = f"http://{SECOND}.localhost:8765/cabinet/order/place"
    assert client.post(place, json={"products": [{"product": "S-1"}]}).status_code == 200


def test_a_host_that_is_elsewhere(client: httpx.Client) -> None:
    """A page of another site, whose name resolves to this machine, sees nothing."""
    for path in ("/", "/cabinet/order/place", "/seller"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert (answer.status_code, "sandbox-token" in answer.text) == (403, False)
    assert client.get("/", headers={"Host": "evil.example", **bearer(FIRST)}).status_code == 403


def test_over_a_socket(shops: Shops) -> None:
    """A large upload with a wrong token gets its 401."""
    with serve_shops(shops) as server:
        refused = httpx.post(
            f"{server.url}/products/import_file",
            files={"file": ("a.xml", b"x" * 3_000_000)},
            data={"data": "{}"},
        )
        assert refused.status_code == 401
        assert httpx.get(f"{server.url}/groups/list", headers=bearer(FIRST)).status_code == 200


@pytest.mark.parametrize(
    "options", [{"tokens": ("mine",)}, {"read_only_tokens": ("looker",)}, {"keep": "shop.db"}]
)
def test_options_that_are_for_one_shop(options: dict[str, object]) -> None:
    """They are refused."""
    with pytest.raises(UsageError):
        open_shops(SandboxOptions(shops=3, **options))  # type: ignore[arg-type]  # one of them each
