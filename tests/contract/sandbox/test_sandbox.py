"""Transport, tokens, lists and pages of the sandbox are those of prom-api §1 and §2."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Literal

import httpx
import pytest
from shops import Clock, client_of, feed, send_feed

from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, ShopProduct
from torgsync.sandbox.shop.shop import RequestRecord, Shop

pytestmark = pytest.mark.usefixtures("each_door")


def ids(response: httpx.Response, key: str = "products") -> list[int]:
    return [item["id"] for item in response.json()[key]]


def is_page(response: httpx.Response, status: int) -> bool:
    return response.status_code == status and response.headers["content-type"].startswith("text/html")


class TestTokens:
    @pytest.mark.parametrize("header", ["Bearer other", "Basic sandbox", "sandbox", ""])
    def test_unknown_token(self, shop: Shop, header: str) -> None:
        """A token that is unknown, or not sent as a bearer token, gets 401 as a web page."""
        assert is_page(client_of(shop, Authorization=header).get("/products/list"), 401)

    def test_revoked_token(self, shop: Shop, client: httpx.Client) -> None:
        """A token may be taken back while the shop runs."""
        shop.tokens.clear()
        assert is_page(client.get("/products/list"), 401)

    @pytest.mark.parametrize("page", ["401-html", "403-html"])
    def test_missing_right_as_web_page(self, page: Literal["401-html", "403-html"]) -> None:
        """A token without the right gets a web page, by a quirk."""
        shop = Shop(tokens={"reader": Rights.read_only()}, quirks=Quirks(forbidden_as=page))
        assert is_page(client_of(shop, "reader").post("/products/edit", json=[]), int(page[:3]))

    def test_missing_right_as_json(self) -> None:
        """An error object with words, its letters as escapes in the raw body (prom-api §1.3, §4.3)."""
        shop = Shop(tokens={"reader": Rights.read_only()}, quirks=Quirks(forbidden_as="403-json"))
        answer = client_of(shop, "reader").post("/products/edit", json=[])
        assert (answer.status_code, answer.json()["error"]["status"]) == (403, 403)
        assert b"\\u041d" in answer.content

    @pytest.mark.parametrize("closed", ["401-json", "403-json", "200-message"])
    def test_plan_without_api(self, closed: Literal["401-json", "403-json", "200-message"]) -> None:
        """A known token is refused everywhere, with words about the plan; an unknown one as ever."""
        shop = Shop(quirks=Quirks(api_closed=closed))
        answer = client_of(shop).get("/orders/list")
        assert (answer.status_code, "тарифного плану" in answer.json()["error"]) == (int(closed[:3]), True)
        assert is_page(client_of(shop, "other").get("/orders/list"), 401)

    def test_broken_texts(self) -> None:
        """What people typed ends in half an emoji, NUL and control characters; ids and codes do not."""
        shop = Shop(quirks=Quirks(texts="broken"))
        shop.add_product("1", name="Платье", sku="A1", price=Decimal(5))
        shop.place_order([("1", 1)], client_notes="Дякую", delivery_address="Льв\ud83dів, 1")
        (product,) = client_of(shop).get("/products/list").json()["products"]
        (order,) = client_of(shop).get("/orders/list").json()["orders"]
        assert (product["name"], product["sku"]) == ("Платье\ud83d\x00\x1b\x9b", "A1")
        assert (order["client_notes"], order["status"]) == ("Дякую\ud83d\x00\x1b\x9b", "pending")

    def test_missing_right_as_message(self) -> None:
        """By default a missing right gets 200 and a message that says "forbidden"; nothing happens."""
        shop = Shop(tokens={"reader": Rights.read_only(), "nobody": Rights()})
        shop.add_product("1", name="Платье")
        reader = client_of(shop, "reader")
        edit = reader.post("/products/edit_by_external_id", json=[{"id": "1", "name": "Другое"}])
        assert (edit.status_code, edit.json()) == (200, {"error": "Access to products is forbidden"})
        assert send_feed(reader, feed()) == {"status": "error", "message": "Import forbidden"}
        nobody = client_of(shop, "nobody").get("/orders/list").json()
        assert nobody == {"error": "Access to orders is forbidden"}
        assert shop.product("1").name == "Платье"
        assert shop.imports() == []

    def test_read_only_token_reads_every_section(self) -> None:
        """Reading needs no right to write."""
        client = client_of(Shop(tokens={"reader": Rights.read_only()}), "reader")
        sections = "products groups orders clients payment_options delivery_options messages"
        for section in sections.split():
            assert client.get(f"/{section}/list").json()[section] is not None


class TestErrors:
    @pytest.mark.parametrize("path", ["/products", "/categories", "/products/update", "/nothing/at/all"])
    def test_unknown_path(self, client: httpx.Client, path: str) -> None:
        """An unknown path gets 404 as a web page, a known one with another method 405."""
        assert is_page(client.get(path), 404)
        assert is_page(client.get("/products/edit"), 405)

    @pytest.mark.parametrize("content", [b"{", b"[NaN]", b"\xff"])
    def test_body_that_is_no_json(self, client: httpx.Client, content: bytes) -> None:
        """A body that cannot be read is a business error: 200 with `error`."""
        response = client.post("/products/edit", content=content)
        assert (response.status_code, response.json()) == (200, {"error": "Invalid JSON"})


class TestPages:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            *(({}, 100), ({"limit": "100"}, 100), ({"limit": "1000"}, 100), ({"limit": "7"}, 7)),
            *(({"limit": "0"}, 20), ({"limit": "many"}, 20), ({"last_id": "9999999999"}, 20)),
            ({"last_id": "none", "limit": "3"}, 3),
        ],
    )
    def test_limit(self, shop: Shop, client: httpx.Client, query: dict[str, str], count: int) -> None:
        """A page has at most 100 items; without a limit 100, or 20 when anything else is asked for."""
        for number in range(130):
            shop.add_product(str(number))
        assert len(ids(client.get("/products/list", params=query))) == count

    @pytest.mark.parametrize(("last_id", "left"), [("exclusive", [1, 0]), ("inclusive", [2, 1, 0])])
    def test_last_id(self, last_id: Literal["exclusive", "inclusive"], left: list[int]) -> None:
        """By default the product `last_id` is not on the page; by a switch it is."""
        shop = Shop(quirks=Quirks(last_id=last_id))
        made = [shop.add_product(str(number)) for number in range(5)]
        page = client_of(shop).get("/products/list", params={"last_id": made[2]})
        assert ids(page) == [made[place] for place in left]

    def test_deleted_product_in_the_middle(self, shop: Shop, client: httpx.Client) -> None:
        """Lists go by id, the highest first; a deleted one is left out, yet is a good `last_id`."""
        made = [shop.add_product(str(number)) for number in range(5)]
        assert ids(client.get("/products/list")) == made[::-1]
        shop.delete_product(made[2])
        assert ids(client.get("/products/list")) == [made[4], made[3], made[1], made[0]]
        assert ids(client.get("/products/list", params={"last_id": made[2]})) == [made[1], made[0]]

    def test_unknown_parameters(self, shop: Shop, client: httpx.Client) -> None:
        """Parameters that the call does not know are ignored."""
        made = shop.add_product("1")
        query = {"offset": "5", "page": "3", "external_id": "77", "ids": "1,2"}
        assert ids(client.get("/products/list", params=query)) == [made]


class TestDates:
    @pytest.fixture
    def made(self, shop: Shop, clock: Clock) -> list[int]:
        """Three products, at 9:00, 10:00 and 11:00."""
        numbers = []
        for number in range(3):
            numbers.append(shop.add_product(str(number)))
            clock.advance(hours=1)
        return numbers

    @pytest.mark.parametrize(
        ("query", "places"),
        [
            ({"last_modified_from": "2026-03-02T10:00:00"}, [2, 1]),
            ({"last_modified_to": "2026-03-02T10:00:00"}, [1, 0]),
            ({"last_modified_from": "2026-03-02T09:30:00", "last_modified_to": "2026-03-02T10:30:00"}, [1]),
            ({"date_from": "2030-01-01T00:00:00"}, [2, 1, 0]),
        ],
    )
    def test_window(
        self, client: httpx.Client, made: list[int], query: dict[str, str], places: list[int]
    ) -> None:
        """Both bounds belong to the window; products know no date of creation."""
        assert ids(client.get("/products/list", params=query)) == [made[place] for place in places]

    @pytest.mark.parametrize(
        "text",
        [
            *("2026-03-02T08:00:00Z", "2026-03-02T08:00:00.174", "2026-03-02T08:00:00.174Z"),
            *("2026-03-02T08:00:00+00:00", "2026-13-02T08:00:00", "2026-03-32", "02.03.2026"),
        ],
    )
    @pytest.mark.usefixtures("made")
    def test_other_forms_of_a_date(self, client: httpx.Client, text: str) -> None:
        """A date in another form gives an empty list, without a word."""
        assert ids(client.get("/products/list", params={"last_modified_from": text})) == []

    def test_a_date_without_a_time(self, shop: Shop, client: httpx.Client, made: list[int]) -> None:
        """Several clients send it: it is the beginning of that day; by a switch the list is empty."""
        for date, found in (("2026-03-02", made[::-1]), ("2026-03-03", [])):
            assert ids(client.get("/products/list", params={"last_modified_from": date})) == found
        shop.quirks = Quirks(plain_dates="empty")
        assert ids(client.get("/products/list", params={"last_modified_from": "2026-03-02"})) == []

    def test_dates_of_the_hour(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """By a switch a product shows the beginning of the hour, which filters compare; orders are exact."""
        shop.quirks = Quirks(product_dates="hour")
        clock.advance(minutes=59, seconds=59)
        number = shop.add_product("1", price=Decimal(5))
        shop.place_order([("1", 1)])
        product = client.get(f"/products/{number}").json()["product"]
        assert product["date_modified"] == "2026-03-02T09:00:00+00:00"
        for moment, found in (("09:00:00", [number]), ("09:00:01", [])):
            query = {"last_modified_from": f"2026-03-02T{moment}", "date_from": "2026-03-02T09:30:00"}
            assert ids(client.get("/products/list", params=query)) == found
        since = {"last_modified_from": "2026-03-02T09:30:00"}
        (order,) = client.get("/orders/list", params=since).json()["orders"]
        assert order["date_modified"] == "2026-03-02T09:59:59.000000+00:00"

    def test_an_edit_makes_it_modified(self, client: httpx.Client, made: list[int]) -> None:
        """An edited product is found by the date of the edit; one that stayed the same is not."""
        body = [{"id": made[0], "price": 5}, {"id": made[1], "status": "on_display"}]
        client.post("/products/edit", json=body)
        modified = client.get("/products/list", params={"last_modified_from": "2026-03-02T12:00:00"})
        assert ids(modified) == [made[0]]


class TestGroups:
    def test_list_of_a_group(self, shop: Shop, client: httpx.Client) -> None:
        """`group_id` shows the products of that group; without it, or with 0, all are shown."""
        group = shop.add_group("Платья", name_uk="Сукні")
        inside, outside = shop.add_product("1", group_id=group), shop.add_product("2")
        assert ids(client.get("/products/list", params={"group_id": group})) == [inside]
        assert ids(client.get("/products/list", params={"group_id": ROOT_GROUP_ID})) == [outside]
        assert ids(client.get("/products/list", params={"group_id": 0})) == [outside, inside]
        answer = client.get("/products/list", params={"group_id": "x"}).json()
        assert (answer["group_id"], len(answer["products"])) == (0, 2)

    def test_list_shows_the_root_group_only(self) -> None:
        """On some accounts the plain list shows only the root group."""
        shop = Shop(quirks=Quirks(root_group_only=True))
        shop.add_product("1", group_id=shop.add_group("Платья"))
        root = shop.add_product("2")
        assert ids(client_of(shop).get("/products/list")) == [root]

    def test_group_object(self, shop: Shop, client: httpx.Client) -> None:
        """The root is not listed; a top-level group points to it."""
        made = shop.add_group("Платья", name_uk="Сукні")
        (group,) = client.get("/groups/list").json()["groups"]
        assert group == {
            "id": made,
            "name": "Платья",
            "name_multilang": {"ru": "Платья", "uk": "Сукні"},
            "description": "",
            "description_multilang": {"ru": "", "uk": ""},
            "image": None,
            "parent_group_id": ROOT_GROUP_ID,
        }
        ukrainian = client_of(shop, **{"X-LANGUAGE": "uk"}).get("/groups/list")
        assert ukrainian.json()["groups"][0]["name"] == "Сукні"


class TestLog:
    def test_what_was_asked(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Every request is remembered with its answer, and the token with none."""
        shop.add_product("1")
        client.get("/products/list", params={"limit": 5})
        client.post("/products/edit", content=b'[{"id":1}]')
        client_of(shop, "wrong").get("/orders/list")
        first, second, third = shop.log.records()
        asked = {"method": "GET", "path": "/api/v1/products/list", "query": "limit=5"}
        assert first == RequestRecord(time=clock.time, status=200, size=0, body=b"", **asked)
        assert (second.size, second.body) == (10, b'[{"id":1}]')
        assert third.status == 401
        assert "sandbox" not in repr(shop.log.records())

    def test_writes(self, shop: Shop, client: httpx.Client) -> None:
        """A test can say that no write was sent, and what the writes were; of an upload, the settings."""
        client.get("/products/list")
        assert shop.log.writes() == []
        send_feed(client, feed(), force_update=True)
        assert [record.body for record in shop.log.writes()] == [b'{"force_update": true}']
        shop.log.clear()
        assert shop.log.records() == []


class Counting(dict[int, ShopProduct]):
    """Products that count how often one is looked at."""

    looked_at = 0

    def __getitem__(self, number: int) -> ShopProduct:
        self.looked_at += 1
        return super().__getitem__(number)


class Filled:
    """A shop of so many products, one of which was edited an hour after all were made."""

    def __init__(self, size: int) -> None:
        self.clock = Clock()
        self.shop = Shop(clock=self.clock)
        self.group = self.shop.add_group("Платья")
        with self.shop.lock:
            now = self.clock()
            made = [self.shop.catalog.add({"name": "Товар"}, now).id for _ in range(size)]
        self.middle = made[size // 2]
        self.clock.advance(hours=1)
        self.shop.edit_product(self.middle, group_id=self.group)
        self.looks = Counting(self.shop.catalog.products._items)
        self.shop.catalog.products._items = self.looks

    def looks_for(self, query: dict[str, str | int]) -> tuple[list[int], int]:
        """Return the ids of one page, and how many products were looked at for it."""
        self.looks.looked_at = 0
        page = client_of(self.shop).get("/products/list", params=query).json()["products"]
        return [product["id"] for product in page], self.looks.looked_at


@pytest.fixture(scope="module", params=[100, 100_000])
def filled(request: pytest.FixtureRequest) -> Filled:
    return Filled(request.param)


def test_a_page_looks_at_no_other_products(filled: Filled) -> None:
    """Wherever it begins; so with the products of a group, and those modified lately, in either order."""
    ids, looks = filled.looks_for({"limit": 40, "last_id": filled.middle})
    assert (len(ids), looks) == (40, 40)
    assert filled.looks_for({"limit": 100, "group_id": filled.group}) == ([filled.middle], 1)
    since = f"{filled.clock():%Y-%m-%dT%H:%M:%S}"
    for order in ("asc", "desc"):
        ids, looks = filled.looks_for({"limit": 100, "last_modified_from": since, "sort_dir": order})
        assert ids == [filled.middle]
        assert looks <= 64


def test_a_group_that_is_left() -> None:
    """A product that moves to another group, or is deleted, leaves its old one."""
    shop = Shop()
    first, second = shop.add_group("Платья"), shop.add_group("Обувь")
    staying, leaving = shop.add_product(group_id=first), shop.add_product(group_id=first)
    shop.edit_product(leaving, group_id=second)
    inside = shop.catalog.products.ids_in
    assert (inside(first), inside(second)) == ([staying], [leaving])
    shop.delete_product(leaving)
    assert list(inside(second)) == []


def test_an_id_is_given_out_once_its_item_was_made() -> None:
    """An item that cannot be made leaves nothing behind."""
    shop = Shop()
    with pytest.raises(TypeError, match="colour"):
        shop.add_product(colour="red")
    before = shop.catalog.products.next_id
    assert (shop.add_product(), len(shop.products())) == (before, 1)


def test_a_walk_steps_over_stale_spans() -> None:
    """The spans that were left out hold nothing that was modified since then."""
    clock = Clock()
    shop = Shop(clock=clock)
    made = [shop.add_product() for _ in range(300)]
    clock.advance(hours=1)
    for number in made[::50]:
        shop.edit_product(number, name="Інший")
    since = clock() - timedelta(minutes=1)
    found = shop.catalog.products.page(
        100, matches=lambda product: product.date_modified >= since, modified_from=since
    )
    assert [product.id for product in found] == made[::50][::-1]
