"""Translations of products and groups are those of prom-api §3.5 and §13."""

from __future__ import annotations

import httpx
import pytest

from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


def test_a_product(shop: Shop, client: httpx.Client) -> None:
    """Its texts in one language, without a wrapper; Ukrainian keywords can be read and written here only."""
    number = shop.add_product("1", name="Платье", keywords="платье", description="<p>Шёлк</p>")
    path = f"/products/translation/{number}"
    russian = {"name": "Платье", "keywords": "платье", "description": "<p>Шёлк</p>"}
    assert client.get(path).json() == client.get(path, params={"lang": "ru"}).json() == russian
    assert client.get(path, params={"lang": "uk"}).json() == dict.fromkeys(russian, "")
    for key in ("product_id", "id"):
        texts = {"name": f"Сукня {key}", "keywords": "сукня"}
        answer = client.put("/products/translation", json={key: number, "lang": "uk", **texts})
        assert answer.json() == {"status": "success"}
        assert client.get(path, params={"lang": "uk"}).json() == texts | {"description": ""}
    assert client.get(path).json() == russian
    assert client.get(f"/products/{number}").json()["product"]["name_multilang"]["uk"] == "Сукня id"


def test_a_group(shop: Shop, client: httpx.Client) -> None:
    """The same for its name and description."""
    number = shop.add_group("Платья")
    body = {"group_id": number, "lang": "uk", "name": "Сукні", "description": "<p>Усі</p>"}
    assert client.put("/groups/translation", json=body).json() == {"status": "success"}
    path = f"/groups/translation/{number}"
    assert client.get(path, params={"lang": "ru"}).json() == {"name": "Платья", "description": ""}
    ukrainian = {"name": "Сукні", "description": "<p>Усі</p>"}
    assert client.get(path, params={"lang": "uk"}).json() == ukrainian
    (group,) = client.get("/groups/list").json()["groups"]
    assert group["description_multilang"] == {"ru": "", "uk": "<p>Усі</p>"}


@pytest.mark.parametrize("kind", ["products", "groups"])
def test_what_is_refused(shop: Shop, client: httpx.Client, kind: str) -> None:
    """What is not there is a 404 to read and an error to write; so are other languages and wrong texts."""
    number = shop.add_product("1") if kind == "products" else shop.add_group("Платья")
    assert client.get(f"/{kind}/translation/5").status_code == 404
    assert "error" in client.get(f"/{kind}/translation/{number}", params={"lang": "en"}).json()
    good = {"id": number, "lang": "uk", "name": "Назва"}
    for wrong in (
        {"id": 5},
        {"id": str(number)},
        {"lang": "en"},
        {"lang": 5},
        {"name": ""},
        {"description": 5},
    ):
        assert "error" in client.put(f"/{kind}/translation", json=good | wrong).json()
    assert "error" in client.put(f"/{kind}/translation", json=[good]).json()
