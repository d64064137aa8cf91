"""A request to Prom.ua as a value, and the journal of requests."""

from __future__ import annotations

import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, Protocol

import xxhash

from torgsync.prom.rights import Right

Json = dict[str, object]
Effect = Literal["values", "import"]
"""The effect of a write: "values" sets values and may be repeated; an "import" is one of few and may not
(prom-api §4.6)."""

Files = Mapping[str, tuple[str, BinaryIO, str]]
"""Files of a form, keyed by part: file name, open file, media type. They are streamed."""

CHUNK = 65536
"""Bytes of a file that are hashed at a time."""


class RequestJournal(Protocol):
    """A record of every try, written before it is sent, so that an interrupted run can be reconciled."""

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        """Record a try and return its entry.

        Args:
            method: HTTP method.
            path: path below the API's base address.
            items: number of items in the body, 0 for a GET.
            digest: xxh3 of the body in hex, never the body.
        """

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        """Record how it ended: the HTTP status, None without an answer, and "done" or an error's kind."""


@dataclass
class ApiRequest:
    """One request with all its tries. `effect` is None for a read."""

    method: str
    path: str
    right: Right
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = None
    data: Mapping[str, str] | None = None
    files: Files | None = None
    effect: Effect | None = None
    items: int = 0
    digest: str = xxhash.xxh3_64_hexdigest(b"")
    in_doubt: bool = False
    """Whether a try may have had its effect although no answer confirmed it."""
    tries: int = 0


def json_request(path: str, json: object, right: Right, effect: Effect) -> ApiRequest:
    """Return a POST of JSON."""
    body = json_text.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    digest = xxhash.xxh3_64_hexdigest(body)
    items = json.get("ids") if isinstance(json, dict) else json
    count = len(items) if isinstance(items, list) else 1
    return ApiRequest("POST", path, right, body=body, effect=effect, items=count, digest=digest)


def form_request(
    path: str, data: Mapping[str, str], files: Files, right: Right, effect: Effect
) -> ApiRequest:
    """Return a POST of a form with files.

    The digest covers what the form carries, without the boundary, which differs from try to try.
    """
    digest = xxhash.xxh3_64()
    for name, text in data.items():
        digest.update(f"{name}={text}\n".encode())
    for _, handle, _ in files.values():
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
        handle.seek(0)
    return ApiRequest(
        "POST", path, right, data=data, files=files, effect=effect, items=1, digest=str(digest.hexdigest())
    )
