"""Helpers of the sandbox's tests: a clock, clients, and import files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from torgsync.sandbox.app import SandboxApp
from torgsync.sandbox.faults import ConnectionCut
from torgsync.sandbox.server import RunningServer, serve
from torgsync.sandbox.shop.shop import Shop

RunImport = Callable[..., dict[str, Any]]
"""Sends an import file with its settings as keywords, and returns the final report."""


class Clock:
    """A clock that moves only by `advance`."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        """Let time pass; the arguments are those of timedelta."""
        self.time += timedelta(**delta)


class InProcess(httpx.BaseTransport):
    """Passes requests to a shop without a socket; a cut connection looks as it does over one."""

    def __init__(self, shop: Shop) -> None:
        self._wsgi = httpx.WSGITransport(app=SandboxApp(shop))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._wsgi.handle_request(request)
        except ConnectionCut as cut:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.") from cut


class Doors:
    """How clients reach their shops during one test: over a socket, or without one.

    A server is reused by the next test, as stopping one takes longer than most tests.
    """

    def __init__(self) -> None:
        self._sockets = False
        self._idle: list[RunningServer] = []
        self._busy: dict[Shop, RunningServer] = {}
        self._clients = ExitStack()

    @contextmanager
    def during(self, *, sockets: bool) -> Iterator[None]:
        """Use sockets or not, and close all clients at the end."""
        self._sockets = sockets
        try:
            with ExitStack() as self._clients:
                yield
        finally:
            self._sockets = False
            self._idle += self._busy.values()
            self._busy.clear()

    def client(self, shop: Shop, headers: dict[str, str]) -> httpx.Client:
        """Return a client of a shop."""
        if not self._sockets:
            return httpx.Client(
                transport=InProcess(shop), base_url="http://sandbox.localhost/api/v1", headers=headers
            )
        if shop not in self._busy:
            self._busy[shop] = self._server(shop)
        client = httpx.Client(base_url=self._busy[shop].url, headers=headers)
        return self._clients.enter_context(client)

    def _server(self, shop: Shop) -> RunningServer:
        if not self._idle:
            return serve(shop)
        server = self._idle.pop()
        server._server.app = SandboxApp(shop)
        return server

    def stop(self) -> None:
        """Stop all servers."""
        for server in self._idle:
            server.stop()
        self._idle.clear()


DOORS = Doors()


def client_of(shop: Shop, bearer: str = "sandbox", **headers: str) -> httpx.Client:
    """Return a client whose requests reach the shop by the door of the test; paths begin below `/api/v1`."""
    return DOORS.client(shop, {"Authorization": f"Bearer {bearer}"} | headers)


def visitor_of(shop: Shop, photos: Iterable[Path] = ()) -> httpx.Client:
    """Return a client that visits the shop's pages without a socket, as a browser would."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=SandboxApp(shop, photos)), base_url="http://sandbox.localhost"
    )


def offer(offer_id: str = "1", *parts: str, **marks: str) -> str:
    """Return an `<offer>` that Prom takes; a part given replaces the element of the same name."""
    elements = {
        "name": "<name>Платье</name>",
        "price": "<price>100</price>",
        "description": "<description>Описание</description>",
    }
    extra = ""
    for part in parts:
        tag = part[1 : part.index(">")].rstrip("/").split()[0]
        if tag in elements:
            elements[tag] = part
        else:
            extra += part
    attributes = "".join(f' {name}="{value}"' for name, value in ({"available": "true"} | marks).items())
    return f'<offer id="{offer_id}"{attributes}>{"".join(elements.values())}{extra}</offer>'


def feed(*offers: str, categories: str = "") -> bytes:
    """Return a YML file of these offers."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-03-02 09:00"><shop>'
        f"<categories>{categories}</categories><offers>{''.join(offers)}</offers></shop></yml_catalog>"
    ).encode()


def send_feed(client: httpx.Client, content: bytes, **settings: object) -> dict[str, Any]:
    """Send an import file, and return the answer."""
    response = client.post(
        "/products/import_file",
        files={"file": ("products.xml", content, "application/xml")},
        data={"data": json.dumps(settings)},
    )
    answer: dict[str, Any] = response.json()
    return answer


def import_feed(client: httpx.Client, clock: Clock, content: bytes, **settings: object) -> dict[str, Any]:
    """Send an import file, wait for its end, and return the final report."""
    started = send_feed(client, content, **settings)
    clock.advance(seconds=10)
    report: dict[str, Any] = client.get(f"/products/import/status/{started['id']}").json()
    return report


def counters(report: dict[str, Any]) -> dict[str, int]:
    """Return the counters of a report that are not zero."""
    return {name: value for name, value in report.items() if isinstance(value, int) and value}


def messages(report: dict[str, Any]) -> list[str]:
    """Return the messages of a report's lines on offers."""
    return [line["import"]["extra"]["message"] for line in report["errors"]]
