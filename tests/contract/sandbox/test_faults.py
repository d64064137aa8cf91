"""Every fault has the effect that its rule says (prom-api §1.3, §1.4, §3.4, §4)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from shops import Clock, client_of, feed, import_feed, offer, send_feed

from torgsync.sandbox.app import SandboxApp
from torgsync.sandbox.faults import ConnectionCut, Fault, FaultInjector, parse_fault
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop

pytestmark = pytest.mark.usefixtures("each_door")


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the shop waited, in order."""
    return []


@pytest.fixture
def shop(clock: Clock, waits: list[float]) -> Shop:
    shop = Shop(clock=clock, sleep=waits.append)
    shop.add_product("1")
    return shop


def price(client: httpx.Client, amount: int = 5) -> httpx.Response:
    """Send an edit of one product's price."""
    return client.post("/products/edit_by_external_id", json=[{"id": "1", "price": amount}])


class TestAnswersWithoutEffect:
    def test_busy(self, shop: Shop, client: httpx.Client) -> None:
        """429 without any effect, with the seconds to wait where the rule has them."""
        shop.misbehave(Fault("429", nth=1), Fault("429", nth=2, retry_after=3))
        first, second, third = (price(client) for _ in range(3))
        assert (first.status_code, "Retry-After" in first.headers) == (429, False)
        assert (second.status_code, second.headers["Retry-After"]) == (429, "3")
        assert third.json()["processed_ids"] == ["1"]

    @pytest.mark.parametrize("status", ["500", "502", "503", "599"])
    def test_in_trouble(self, shop: Shop, client: httpx.Client, status: str) -> None:
        """Any 5xx is a web page and no effect."""
        shop.misbehave(Fault(status))
        response = price(client)
        assert (response.status_code, "<html" in response.text) == (int(status), True)
        assert shop.product("1").price is None

    @pytest.mark.parametrize("status", [None, 403, 503])
    def test_bot_protection(self, shop: Shop, client: httpx.Client, status: int | None) -> None:
        """A page instead of the answer, by default with 200."""
        shop.misbehave(Fault("web-page", status=status))
        response = price(client)
        assert response.status_code == (status or 200)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert shop.product("1").price is None

    def test_unknown_token(self, shop: Shop) -> None:
        """Faults fire before the token is checked."""
        shop.misbehave(Fault("429"))
        assert client_of(shop, "wrong").get("/products/list").status_code == 429


class TestConnections:
    def test_lost(self, shop: Shop, client: httpx.Client) -> None:
        """The effect happens, and the answer is lost."""
        shop.misbehave(Fault("lost", on="POST *"))
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            price(client)
        assert shop.product("1").price == 5
        assert client.get("/products/by_external_id/1").json()["product"]["price"] == 5

    def test_cut(self, shop: Shop, client: httpx.Client) -> None:
        """Nothing happens, and there is no answer; the next connection works."""
        shop.misbehave(Fault("cut", nth=1))
        with pytest.raises(httpx.RemoteProtocolError):
            price(client)
        assert shop.product("1").price is None
        assert price(client).json()["processed_ids"] == ["1"]

    def test_truncated(self, shop: Shop, client: httpx.Client) -> None:
        """Half of the JSON comes with its right length; the effect has happened."""
        shop.misbehave(Fault("truncated"))
        response = price(client)
        assert (response.status_code, response.text) == (200, '{"processed_ids": [')
        assert shop.product("1").price == 5

    def test_slow(self, shop: Shop, client: httpx.Client, waits: list[float]) -> None:
        """The answer comes late, by default after a second, and other rules go on."""
        second = [Fault(does, nth=2) for does in ("slow", "429", "cut")]
        shop.misbehave(Fault("slow", seconds=7), *second)
        assert price(client).status_code == 200
        assert waits == [7]
        assert price(client).status_code == 429
        assert waits == [7, 7, 1]

    def test_the_log_has_it(self, shop: Shop, client: httpx.Client) -> None:
        """A record has the fault of its request; a cut one has status 0."""
        shop.misbehave(Fault("cut", nth=1), Fault("429", nth=2), Fault("slow", nth=3))
        with pytest.raises(httpx.RemoteProtocolError):
            price(client)
        for _ in range(3):
            price(client)
        rows = [(record.status, record.fault) for record in shop.log.records()]
        assert rows == [(0, "cut"), (429, "429"), (200, "slow"), (200, None)]


class TestEdits:
    @pytest.fixture(autouse=True)
    def _ten(self, shop: Shop) -> None:
        for number in range(2, 11):
            shop.add_product(str(number))

    def edit(self, client: httpx.Client) -> list[str]:
        """Edit all ten products, and return the ids that were processed."""
        body = [{"id": str(number), "price": number} for number in range(1, 11)]
        answer = client.post("/products/edit_by_external_id", json=body).json()
        assert answer["errors"] == {}
        ids: list[str] = answer["processed_ids"]
        return ids

    def test_every_third_is_skipped(self, shop: Shop, client: httpx.Client) -> None:
        """The gaps are silent, and the items stay unchanged."""
        shop.misbehave(Fault("gaps", items_every=3, last=1))
        assert self.edit(client) == ["1", "2", "4", "5", "7", "8", "10"]
        assert [one.external_id for one in shop.products() if one.price is None] == ["3", "6", "9"]
        assert self.edit(client) == ["3", "6", "9"]

    def test_a_share_is_skipped(self, shop: Shop, client: httpx.Client) -> None:
        """The seed decides which items: each call has others, and the same seed repeats them."""
        runs = []
        for _ in range(2):
            shop.misbehave(Fault("gaps", items_share=0.5, seed=4))
            for key in range(1, 11):
                shop.edit_product(str(key), price=None)
            runs.append([self.edit(client), self.edit(client)])
        assert runs[0] == runs[1]
        first, second = runs[0]
        assert 0 < len(first) < 10
        assert second

    def test_all_are_skipped(self, shop: Shop, client: httpx.Client) -> None:
        """Without a choice of items no item is edited, by either call."""
        shop.misbehave(Fault("gaps"))
        assert self.edit(client) == []
        assert {product.price for product in shop.products()} == {None}
        body = [{"id": shop.product("1").id, "price": 5}]
        assert client.post("/products/edit", json=body).json() == {"processed_ids": [], "errors": {}}


class TestImports:
    @pytest.mark.parametrize(
        ("reason", "word"), [(None, "сутки"), ("daily-limit", "сутки"), ("running", "одновременных")]
    )
    def test_refused(self, shop: Shop, client: httpx.Client, reason: str | None, word: str) -> None:
        """No id, and a text with the reason."""
        shop.quirks = Quirks(busy_import_as="200-flat")
        shop.misbehave(parse_fault("import-refused" + (f" reason={reason}" if reason else "")))
        answer = send_feed(client, feed(offer()))
        assert (answer["status"] in ("error", 400), "id" in answer) == (True, False)
        assert word in answer["message"]
        assert shop.imports() == []

    def test_never_ends(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Accepted, and its counters stay at zero; it counts as running until it is cancelled."""
        shop.misbehave(Fault("import-never-ends", nth=1))
        report = import_feed(client, clock, feed(offer("2")))
        assert (report["status"], report["total"]) == ("PARTIAL", 0)
        clock.advance(days=2)
        assert len(shop.products()) == 1
        assert "id" not in send_feed(client, feed(offer("2")))
        shop.cancel_import()
        assert import_feed(client, clock, feed(offer("2")))["created"] == 1

    def test_fails(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Accepted, and it ends with the shop's word for a failure and without any product."""
        for word in ("FATAL", "FAIL", "error", "failed"):
            shop.quirks = Quirks(failed_import_as=word)
            shop.misbehave(Fault("import-fails"))
            report = import_feed(client, clock, feed(offer("2")))
            assert (report["status"], report["total"], len(shop.products())) == (word, 0, 1)

    def test_photos_missing(self, shop: Shop, client: httpx.Client, clock: Clock) -> None:
        """Photos that cannot be fetched are reported with 2004, and no error is counted."""
        photos = "".join(f"<picture>https://shop.example/{number}.jpg</picture>" for number in range(4))
        content = feed(offer("2", photos))
        shop.misbehave(Fault("photos-missing", nth=1, items_every=2))
        report = import_feed(client, clock, content)
        assert report["with_errors_count"] == 0
        assert report["errors"] == [{"download_images": {"code": 2004, "extra": {"status_code": 404}}}] * 2
        product = shop.product("2")
        assert [image.source[-5] for image in product.images] == ["0", "2"]
        again = import_feed(client, clock, content, force_update=True, updated_fields=["images_urls"])
        assert (again["updated"], len(shop.product("2").images)) == (1, 4)

    def test_photos_missing_next_to_others(self, clock: Clock) -> None:
        """The rule comes first; the shop decides about the other photos."""
        fault = Fault("photos-missing", items_every=2, status=403)
        shop = Shop(clock=clock, photo_status=lambda _: 500, faults=[fault])
        pictures = "<picture>https://shop.example/1.jpg</picture><picture>http://shop.example/2.jpg</picture>"
        report = import_feed(client_of(shop), clock, feed(offer("2", pictures)))
        assert [line["download_images"]["extra"]["status_code"] for line in report["errors"]] == [500, 403]


def test_an_expired_token(clock: Clock) -> None:
    """From its moment on a token gets 401 as a web page, like an unknown one."""
    rights = Rights(products="read", expires=clock.time + timedelta(days=1))
    client = client_of(Shop(clock=clock, tokens={"old": rights}), "old")
    assert client.get("/products/list").status_code == 200
    clock.advance(days=1)
    response = client.get("/products/list")
    assert (response.status_code, "html" in response.headers["content-type"]) == (401, True)


def test_filters_in_the_zone_of_kyiv(shop: Shop, client: httpx.Client) -> None:
    """By a switch the dates of filters are read in Kyiv's time; answers stay in UTC."""
    shop.quirks = Quirks(date_filters="kyiv")
    for hour, count in (("11:00:00", 1), ("11:00:01", 0)):
        query = {"last_modified_from": f"2026-03-02T{hour}"}
        assert len(client.get("/products/list", params=query).json()["products"]) == count
    (product,) = client.get("/products/list").json()["products"]
    assert product["date_modified"].startswith("2026-03-02T09:00")


@pytest.mark.parametrize(
    ("rule", "fired"),
    [
        *(("429", [1, 2, 3, 4, 5, 6]), ("429 nth=2", [2]), ("429 every=2", [2, 4, 6])),
        *(("429 first=3", [3, 4, 5, 6]), ("429 last=2", [1, 2])),
        *(("429 first=2 last=5 every=2", [2, 4]), ("429 share=0", [])),
        *(("POST products/* 429 nth=1", []), ("GET products/l?st 429 nth=1", [1])),
        *(("ANY orders/* 429", []), ("products/list 429 nth=1", [1])),
    ],
)
def test_which_calls(shop: Shop, client: httpx.Client, rule: str, fired: list[int]) -> None:
    """A rule fires by method, path and number; calls are counted from the rule's start."""
    shop.misbehave(parse_fault(rule))
    statuses = [client.get("/products/list").status_code for _ in range(6)]
    assert [number for number, status in enumerate(statuses, 1) if status == 429] == fired


def test_every_rule_counts(shop: Shop, client: httpx.Client) -> None:
    """A rule also counts calls for which another one fired; the first one that fires wins."""
    shop.misbehave(Fault("429", every=2), Fault("500", on="GET products/list", nth=4), Fault("gaps"))
    statuses = [client.get("/products/list").status_code for _ in range(4)]
    assert statuses == [200, 429, 200, 429]
    assert [(one.matched, one.fired) for one in shop.faults.tally()] == [(4, 2), (4, 0), (0, 0)]
    shop.misbehave()
    assert client.get("/products/list").status_code == 200


@pytest.mark.parametrize("text", ["lost", "GET lost", "* cut", "GET p*/list 429", "POST products/edit* lost"])
def test_a_path_that_some_call_has_is_taken(text: str) -> None:
    """Wildcards may be anywhere, and without a path every call is covered."""
    assert parse_fault(text).does in text


@pytest.mark.parametrize(
    ("does", "keys"),
    [
        *(("401", {}), ("4 2 9", {}), ("429", {"nth": 0}), ("429", {"share": 1.5})),
        *(("429", {"retry_after": -1.0}), ("429", {"on": "FETCH it"}), ("429", {"on": "GET a b"})),
        *(("429", {"seconds": 1.0}), ("gaps", {"items_every": 0}), ("gaps", {"status": 404})),
        *(("web-page", {"status": 404}), ("photos-missing", {"status": 7})),
        *(
            ("no-lines", {"lines": "gone"}),
            ("import-refused", {"reason": "none"}),
            ("gaps", {"lines": "null"}),
        ),
    ],
)
def test_rules_that_say_nothing(does: str, keys: dict[str, object]) -> None:
    """A rule that could never do what it says is refused where it is made."""
    with pytest.raises(ValueError, match=r"\w"):
        Fault(does, **keys)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *(("", "names no fault"), ("POST products/edit*", "names no fault")),
        *(("429 nth=two", "`nth=two` is not a number"), ("429 often=2", "no key `often`")),
        ("GET products/list 429 429", '"429" is one word too many'),
        ("399", '"399" is not a fault'),
        *((rule, "no path of the API begins like") for rule in ("GET 503 lost", "429 500")),
        *((rule, "no path of the API begins") for rule in ("POST produts/edit* cut", "GET products lost")),
    ],
)
def test_words_that_are_no_rule(text: str, why: str) -> None:
    """The reason is named; a rule with a mistyped path would never fire, and the rehearsal prove nothing."""
    with pytest.raises(ValueError, match=why):
        parse_fault(text)


def test_a_rule_in_any_order() -> None:
    """The words of a rule may be in any order."""
    rule = Fault("429", on="POST products/edit*", nth=2, retry_after=1.5)
    assert parse_fault("POST products/edit* nth=2 429 retry_after=1.5") == rule
    assert parse_fault("429 retry_after=1.5 nth=2 POST products/edit*") == rule


def test_random_calls_from_many_threads() -> None:
    """A share depends on seed and number of the call, not on the order of threads."""

    def fired(threads: int) -> int:
        faults = FaultInjector([Fault("500", share=0.2, seed=11)])
        with ThreadPoolExecutor(threads) as pool:
            return sum(map(len, pool.map(lambda _: faults.match("GET", "products/list"), range(500))))

    assert fired(1) == fired(8)
    assert 60 < fired(8) < 140


def test_a_cut_in_process_is_an_exception() -> None:
    """In-process there is no connection: the caller of the application gets ConnectionCut."""
    transport = httpx.WSGITransport(app=SandboxApp(Shop(faults=[Fault("cut")])))
    client = httpx.Client(transport=transport, base_url="http://sandbox.localhost/api/v1")
    with client, pytest.raises(ConnectionCut):
        client.get("/products/list")


def test_a_slow_answer_blocks_no_other() -> None:
    """A client that gives up goes on at once, and the shop answers others."""
    shop = Shop(faults=[Fault("slow", on="GET orders/list", seconds=1.5)])
    with serve(shop) as server, httpx.Client(headers={"Authorization": "Bearer sandbox"}) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get(f"{server.url}/orders/list", timeout=0.1)
        started = time.monotonic()
        assert client.get(f"{server.url}/products/list", timeout=1).status_code == 200
        assert time.monotonic() - started < 1
