"""Answers of Prom.ua as documented, with invented values, and a transport that plays them back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, NamedTuple

import httpx

from torgsync.prom.api import Prom
from torgsync.prom.http import Http
from torgsync.prom.request import Right, import_request, json_request

URL = "https://prom.example/api/v1"
TOKEN = "tok3n-invented-0123456789"
PAGE = b"<!DOCTYPE html>\n<html><body><h1>Checking your browser</h1></body></html>"

PRODUCT: dict[str, Any] = {
    "id": 1600000001,
    "external_id": "12345",
    "sku": "AA7775",
    "status": "on_display",
    "presence": "available",
    "in_stock": True,
    "name": "Платье вечернее",
    "name_multilang": {"ru": "Платье вечернее", "uk": "Сукня вечірня"},
    "keywords": "платье, вечернее платье",
    "description": "<p>Шёлк</p>",
    "description_multilang": {"ru": "<p>Шёлк</p>", "uk": "<p>Шовк</p>\n<p>Довга</p>"},
    "selling_type": "universal",
    "regions": [],
    "price": 150.0,
    "currency": "UAH",
    "minimum_order_quantity": None,
    "prices": [{"price": 100.75, "minimum_order_quantity": 10}],
    "discount": {"value": 10, "type": "percent", "date_start": "01.09.2025", "date_end": "30.09.2025"},
    "quantity_in_stock": 5,
    "measure_unit": "шт.",
    "group": {"id": 1000001, "name": "Платья"},
    "category": {"id": 35403, "caption": "Женские платья"},
    "main_image": "https://images.example/1_w200_h200_x.jpg",
    "images": [{"id": 11, "url": "https://images.example/1.jpg", "thumbnail_url": ""}],
    "is_variation": False,
    "date_modified": "2025-03-30T22:00:00+00:00",
}

ORDER: dict[str, Any] = {
    "id": 300000001,
    "status": "paid",
    "status_name": "Оплачено",
    "source": "portal",
    "date_created": "2025-01-23T16:16:39.053131+00:00",
    "date_modified": "2025-01-23T18:20:01.123456+02:00",
    "client_id": 100000001,
    "client_first_name": "Іван",
    "client_second_name": "",
    "client_last_name": "Тестовий",
    "client": {"id": 100000001, "first_name": "Іван", "second_name": None, "phone": "+380000000009"},
    "delivery_recipient": {"first_name": "Іван", "last_name": "Тестовий", "phone": "+380000000000"},
    "phone": "+380000000001",
    "email": None,
    "client_notes": "подзвоніть після 18",
    "price": "1\u00a0713 грн",
    "full_price": "1\u202f713,00 грн.",
    "delivery_cost": 0,
    "delivery_address": "м. Львів, №1",
    "delivery_option": {"id": 10000001, "name": "Нова Пошта", "shipping_service": None},
    "delivery_provider_data": {
        "provider": "nova_poshta",
        "declaration_number": "20450000000000",
        "unified_status": "on_the_way",
    },
    "payment_option": {"id": 9000001, "name": "Пром-оплата"},
    "payment_data": {"type": "evopay", "status": "paid"},
    "products": [
        {
            "id": 1600000001,
            "external_id": "12345",
            "sku": "AA7775",
            "name": "Платье вечернее",
            "name_multilang": {"ru": "Платье вечернее", "uk": "Сукня вечірня"},
            "quantity": 1.5,
            "price": "1 142 грн",
            "total_price": "1 713 грн",
            "cpa_commission": {"amount": "2.86"},
        }
    ],
    "cancellation": None,
}

IMPORT: dict[str, Any] = {
    "status": "partial",
    "total": 100,
    "imported": 100,
    "created": 10,
    "updated": 62,
    "not_changed": 28,
    "created_active": 10,
    "created_hidden": 0,
    "not_in_fle": 5,
    "with_errors_count": 0,
    "errors": [{"download_images": {"code": 2004, "extra": {"status_code": 404}}}],
    "message": None,
}


def changed(answer: dict[str, Any], **values: object) -> dict[str, Any]:
    """Return a copy of an answer with other values."""
    return deepcopy(answer) | values


def parsed(body: object) -> Any:  # noqa: ANN401  (JSON is of any type)
    """Return an answer as the client parses it, with exact decimals."""
    return json.loads(json.dumps(body), parse_float=Decimal)


class Answer(NamedTuple):
    """The answer to one request."""

    status: int
    body: bytes
    headers: dict[str, str]


def said(body: object, status: int = 200, **headers: str) -> Answer:
    """Return an answer in JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json", **named})


def page(status: int, **headers: str) -> Answer:
    """Return a web page."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, PAGE, {"Content-Type": "text/html; charset=utf-8", **named})


class Wire(httpx.BaseTransport):
    """Plays answers back, the last one for ever; an exception is raised. Keeps the requests and bodies."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []
        self.largest_chunk = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the next answer."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        chunks = list(request.stream)
        self.largest_chunk = max(self.largest_chunk, *map(len, chunks), 0)
        self.requests.append(request)
        self.bodies.append(b"".join(chunks))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)

    @property
    def paths(self) -> list[str]:
        """The requested addresses, with their queries."""
        return [request.url.raw_path.decode().removeprefix("/api/v1") for request in self.requests]

    def http(self, url: str = URL, **options: Any) -> Http:  # noqa: ANN401  # those of Http
        """Return a client of this transport that never waits."""
        client = httpx.Client(base_url=url, transport=self)
        usual: dict[str, Any] = {"token": TOKEN, "shop": "My Prom", "requests_per_second": 1e9}
        return Http(client, **(usual | options))

    def prom(self) -> Prom:
        """Return a shop behind this transport."""
        return Prom(self.http())


Call = Callable[[Wire], object]
BROKEN = httpx.ReadError("[Errno 104] Connection reset by peer")
SLOW = httpx.ReadTimeout("timed out")
CLOSED = httpx.ConnectError("[Errno 111] Connection refused")
CUT = Answer(200, b'{"products": [{"id": 1', {"Content-Type": "application/json"})


def _http(asked: Wire | Http) -> Http:
    return asked if isinstance(asked, Http) else asked.http()


def get(asked: Wire | Http) -> dict[str, object]:
    return _http(asked).get("/products/list", right=Right.PRODUCTS_READ)


def edit(asked: Wire | Http, count: int = 2) -> dict[str, object]:
    items = [{"id": str(number)} for number in range(count)]
    return _http(asked).send(json_request("/products/edit", items, Right.PRODUCTS_WRITE))


def start_import(wire: Wire) -> dict[str, object]:
    return wire.http().send(import_request("{}", io.BytesIO(b"<yml_catalog/>")))


def form_of(wire: Wire) -> dict[str, tuple[str | None, str, bytes]]:
    """Return the parts of the form that was sent: file name, media type and content, keyed by name."""
    head = f"Content-Type: {wire.requests[0].headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + wire.bodies[0])
    parts: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        parts[name] = (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
    return parts
