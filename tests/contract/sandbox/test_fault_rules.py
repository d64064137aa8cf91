"""Rules of faults: their mistakes, their form on the command line, and their counters."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from torgsync.sandbox.app import SandboxApp
from torgsync.sandbox.faults import ConnectionCut, Fault, parse_fault
from torgsync.sandbox.injector import FaultInjector
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop


@pytest.mark.parametrize(
    ("does", "keys"),
    [
        *(("401", {}), ("4 2 9", {}), ("429", {"nth": 0}), ("429", {"share": 1.5})),
        *(("429", {"retry_after": -1.0}), ("429", {"on": "FETCH it"}), ("429", {"on": "GET a b"})),
        *(("429", {"seconds": 1.0}), ("gaps", {"items_every": 0}), ("gaps", {"status": 404})),
        *(("web-page", {"status": 404}), ("photos-missing", {"status": 7})),
    ],
)
def test_rules_that_say_nothing(does: str, keys: dict[str, object]) -> None:
    """A rule that could never do what it says is refused where it is made."""
    with pytest.raises(ValueError, match=r"\w"):
        Fault(does, **keys)  # type: ignore[arg-type]


def test_all_mistakes_of_a_rule() -> None:
    """A rule reports all its mistakes at once."""
    with pytest.raises(
        ValueError, match="nth is below 1; share is not between 0 and 1; `cut` knows no seconds"
    ):
        Fault("cut", nth=0, share=2, seconds=1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *(("", "names no trouble"), ("POST products/edit*", "names no trouble")),
        *(("429 nth=two", "nth=two is no number"), ("429 often=2", 'no key "often"')),
        ("GET products/list 429 429", '"429" is one word too many'),
        ("399", '"399" is none of'),
    ],
)
def test_words_that_are_no_rule(text: str, why: str) -> None:
    """The reason is named."""
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
    client = httpx.Client(transport=transport, base_url="http://sandbox.example/api/v1")
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
