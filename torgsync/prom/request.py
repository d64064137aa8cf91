"""A request to Prom.ua as a value, its right, and the journal (docs/developers/prom-api.md §1.2)."""

from __future__ import annotations

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import BinaryIO, Literal, Protocol

import xxhash

from torgsync.core.problems import RIGHTS
from torgsync.i18n import Message, _, verbatim

Json = dict[str, object]
Effect = Literal["values", "import", "message"]
"""The effect of a write: "values" sets values and may be repeated; an "import" is one of few, a "message" is
read by a buyer, and neither may (prom-api §4.6, §6.4)."""

YML_FILE = ("products.xml", "application/xml")
XLSX_FILE = ("products.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

CHUNK = 65536
"""Bytes of a file that are hashed at a time."""


@unique
class Right(Enum):
    """A right of a token: its section in the cabinet, and the list that it opens."""

    PRODUCTS_READ = ("«Товари» і «Групи»", "/products/list")
    PRODUCTS_WRITE = ("«Товари» і «Групи»",)
    ORDERS_READ = ("«Замовлення»", "/orders/list")
    ORDERS_WRITE = ("«Замовлення»",)
    GROUPS_READ = ("«Товари» і «Групи»", "/groups/list")
    SETTINGS_READ = ("«Способи оплати»", "/payment_options/list")
    CLIENTS_READ = ("«Клієнти»", "/clients/list")
    CHAT_WRITE = ("«Повідомлення»",)

    def __init__(self, section: str, list_path: str = "") -> None:
        self.section = section
        self.list_path = list_path

    @property
    def doing(self) -> Message:
        """What a token may do by it."""
        return RIGHTS[self.name]

    @property
    def in_cabinet(self) -> Message:
        """The section and the right to give, as the seller's cabinet names them."""
        level = "«лише читання»" if self.list_path else "«читання і запис»"
        return verbatim(f"{self.section}: {level}")

    @property
    def instruction(self) -> Message:
        """The section and the right to give, in the language of the person and as the cabinet shows them."""
        return _INSTRUCTIONS[self.name]


_INSTRUCTIONS = {
    "PRODUCTS_READ": _('"Products" and "Groups": "Read only" («Товари» і «Групи»: «лише читання»)'),
    "PRODUCTS_WRITE": _('"Products" and "Groups": "Read and write" («Товари» і «Групи»: «читання і запис»)'),
    "ORDERS_READ": _('"Orders": "Read only" («Замовлення»: «лише читання»)'),
    "ORDERS_WRITE": _('"Orders": "Read and write" («Замовлення»: «читання і запис»)'),
    "GROUPS_READ": _('"Products" and "Groups": "Read only" («Товари» і «Групи»: «лише читання»)'),
    "SETTINGS_READ": _('"Payment options": "Read only" («Способи оплати»: «лише читання»)'),
    "CLIENTS_READ": _('"Clients": "Read only" («Клієнти»: «лише читання»)'),
    "CHAT_WRITE": _('"Messages": "Read and write" («Повідомлення»: «читання і запис»)'),
}


NEEDED_RIGHTS = (Right.PRODUCTS_WRITE, Right.ORDERS_READ, Right.SETTINGS_READ)
"""The rights of a new token; one that lacks a right is refused later."""


class RequestJournal(Protocol):
    """A record of every try, written before it is sent, so that an interrupted run can be reconciled."""

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        """Record a try and return its entry; `items` is 0 for a GET, `digest` the body's xxh3 in hex."""

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        """Record how it ended: the HTTP status, None without an answer, and "done" or an error's kind."""


@dataclass
class ApiRequest:
    """One request with all its tries. `effect` is None for a read.

    `form` are the two parts of an import, its settings and the file, which is streamed; `file_type` are the
    name and the media type that the file is sent with. `in_doubt` is whether a try may have had its effect
    although no answer confirmed it, `pause` the seconds before the next try. `asks_for_state` is set where
    the `status` of the answer is the state of an import and not the success of the request.
    """

    method: str
    path: str
    right: Right
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = None
    form: tuple[str, BinaryIO] | None = None
    file_type: tuple[str, str] = YML_FILE
    effect: Effect | None = None
    items: int = 0
    digest: str = xxhash.xxh3_64_hexdigest(b"")
    in_doubt: bool = False
    tries: int = 0
    pause: float = 0.0
    asks_for_state: bool = False


def json_request(path: str, json: object, right: Right, effect: Effect = "values") -> ApiRequest:
    """Return a POST of JSON, as a rule one that sets values."""
    body = json_text.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    digest = xxhash.xxh3_64_hexdigest(body)
    items = json.get("ids") if isinstance(json, dict) else json
    count = len(items) if isinstance(items, list) else 1
    return ApiRequest("POST", path, right, body=body, effect=effect, items=count, digest=digest)


def import_request(
    settings: str, file: BinaryIO, file_type: tuple[str, str] = YML_FILE, items: int = 1
) -> ApiRequest:
    """Return the form of an import; the digest leaves out the boundary, which differs from try to try."""
    state = xxhash.xxh3_64(f"data={settings}\n".encode())
    while chunk := file.read(CHUNK):
        state.update(chunk)
    file.seek(0)
    path, right, digest = "/products/import_file", Right.PRODUCTS_WRITE, state.hexdigest()
    form = (settings, file)
    return ApiRequest(
        "POST", path, right, form=form, file_type=file_type, effect="import", items=items, digest=digest
    )
