"""What tests of the sandbox are made with: a clock, a client at the door, and import files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from torgsync.sandbox.server import SandboxApp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torgsync.sandbox.shop import Shop


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        """Let time pass; the arguments are those of timedelta."""
        self.time += timedelta(**delta)


def client_of(shop: Shop, bearer: str = "sandbox", **headers: str) -> httpx.Client:
    """Return a client whose requests reach the shop without a socket; its paths begin below `/api/v1`."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=SandboxApp(shop)),
        base_url="http://sandbox.example/api/v1",
        headers={"Authorization": f"Bearer {bearer}"} | headers,
    )


def visitor_of(shop: Shop, photos: Iterable[Path] = ()) -> httpx.Client:
    """Return a client that visits the shop's pages without a socket, as a browser would."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=SandboxApp(shop, photos)), base_url="http://sandbox.example"
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
