"""The sandbox over a real socket: it listens on loopback only, prints nothing, and stops on request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from shops import feed, offer

from torgsync.errors import TorgsyncError, UsageError
from torgsync.sandbox.server import RunningServer, serve
from torgsync.sandbox.shop.shop import Shop

TOKEN = {"Authorization": "Bearer sandbox"}


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with serve(Shop()) as server:
        yield server


def test_requests_over_a_socket(server: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A client reads and writes; nothing is printed."""
    server.shop.add_product("а/1")
    with httpx.Client(base_url=server.url, headers=TOKEN) as client:
        edit = client.post("/products/edit_by_external_id", json=[{"id": "а/1", "price": 5}])
        assert edit.json()["processed_ids"] == ["а/1"]
        assert client.get("/products/by_external_id/%D0%B0%2F1").json()["product"]["price"] == 5
        assert client.get("/nothing").status_code == 404
    assert server.url.startswith("http://127.0.0.1:")
    assert server.url.endswith("/api/v1")
    assert capfd.readouterr() == ("", "")


def test_refused_upload_is_read_to_its_end(server: RunningServer) -> None:
    """A large upload with a wrong token gets its 401 and no broken connection."""
    content = feed(*(offer(str(number)) for number in range(20_000)))
    response = httpx.post(
        f"{server.url}/products/import_file", files={"file": ("products.xml", content)}, data={"data": "{}"}
    )
    assert response.status_code == 401
    assert server.shop.log.records()[0].size > len(content)


def test_many_clients_at_once(server: RunningServer) -> None:
    """Edits and additions from many threads lose nothing."""
    made = [server.shop.add_product(str(number), quantity_in_stock=0) for number in range(8)]

    def work(number: int) -> None:
        for stock in range(1, 6):
            server.shop.add_product(f"{number}-{stock}")
            body = [{"id": number, "quantity_in_stock": stock}]
            answer = httpx.post(f"{server.url}/products/edit", headers=TOKEN, json=body)
            assert answer.json()["processed_ids"] == [number]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, made))
    products = server.shop.products()
    assert [product.quantity_in_stock for product in products[:8]] == [5] * 8
    numbers = [product.id for product in products]
    assert (len(numbers), numbers) == (48, sorted(set(numbers)))
    assert len(server.shop.log.writes()) == 40


def test_stop() -> None:
    """A stopped server does not listen any more; stopping twice does no harm, and `wait` returns."""
    server = serve(Shop())
    waiter = threading.Thread(target=server.wait)
    waiter.start()
    server.stop()
    server.stop()
    waiter.join(10)
    assert not waiter.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.5", "shop.example", ""])  # noqa: S104 - must be refused
def test_other_hosts(host: str) -> None:
    """A shop without passwords is not put on a network."""
    with pytest.raises(UsageError, match=r"only on this computer \(loopback\)"):
        serve(Shop(), host=host)


@pytest.mark.parametrize(("host", "shown"), [("localhost", "127.0.0.1"), ("::1", "[::1]")])
def test_names_of_loopback(host: str, shown: str) -> None:
    """The other names of loopback are as good as its number."""
    try:
        server = serve(Shop(), host=host)
    except TorgsyncError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert server.url.startswith(f"http://{shown}:")
        assert httpx.get(f"{server.url}/products/list", headers=TOKEN).json()["products"] == []


def test_port_in_use(server: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
    """A port in use is an error; nothing is printed and the program goes on."""
    port = httpx.URL(server.url).port
    assert port is not None
    with pytest.raises(TorgsyncError, match=f"cannot listen on 127.0.0.1, port {port}"):
        serve(Shop(), port=port)
    assert capfd.readouterr() == ("", "")
