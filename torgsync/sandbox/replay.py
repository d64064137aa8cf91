"""Asks a sandbox what a recording asked, at the recorded times, and compares the answers (prom-api §9)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

from werkzeug.test import Client
from werkzeug.wrappers import Response

from torgsync.core.recording.compare import (
    IMPORT_ENDS,
    Difference,
    DifferenceKind,
    Ids,
    Shown,
    call_of,
    compare,
)
from torgsync.core.recording.exchange import Body, Exchange, RecordedAnswer
from torgsync.sandbox.app import BASE, SandboxApp
from torgsync.sandbox.faults import ConnectionCut
from torgsync.sandbox.quirks import Rights, Section
from torgsync.sandbox.shop.recorded import STATUS, RecordedShop, imports_of
from torgsync.sandbox.shop.shop import Shop

SENT_HEADERS = frozenset({"authorization", "x-language"})
"""Headers of a recorded request that decide its answer."""
NOTHING_DONE = 429
"""Statuses from here on say that a write had no effect: asking it again would do it twice."""


LARGEST_ZEROS = 64_000_000
REFUSALS = frozenset({401, 403})
SECTIONS: Mapping[str, Section] = {
    "products": "products",
    "groups": "groups",
    "orders": "orders",
    "delivery": "orders",
    "order_status_options": "orders",
    "clients": "clients",
    "messages": "messages",
    "chat": "messages",
    "payment_options": "settings",
    "delivery_options": "settings",
}
"""The right that a path needs, by its first segment."""


class ReplayClock:
    """The time of a replay: that of the recorded requests, and what passes while one is answered."""

    def __init__(self) -> None:
        self._now = datetime.min.replace(tzinfo=UTC)
        self._slept = 0.0

    def __call__(self) -> datetime:
        """Return the time."""
        return self._now + timedelta(seconds=self._slept)

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self._slept += seconds

    def begin(self, at: datetime) -> None:
        """Begin a request; what an earlier one took is over."""
        self._now, self._slept = at, 0.0

    @property
    def slept(self) -> float:
        """Seconds that passed since the request began."""
        return self._slept


class Replay:
    """One recording, asked of one shop; `slower` are the seconds by which an answer's time may differ.

    What the recorded shop held is put into the sandbox before it is asked for. A write that the recorded
    side did not perform (429, 5xx) is asked only where the sandbox has faults of its own.
    """

    def __init__(
        self, shop: Shop, clock: ReplayClock, exchanges: Sequence[Exchange], *, slower: float
    ) -> None:
        self._shop = shop
        self._clock = clock
        self._exchanges = exchanges = list(map(_sendable, exchanges))
        self._slower = slower
        self._ids = Ids()
        self._client = Client(SandboxApp(shop), Response)
        self._imports = {run.number: run for run in imports_of(exchanges)}

    def differences(self) -> Iterator[tuple[int, Difference]]:
        """Yield the differences of all answers, each with the number of its exchange."""
        if not self._exchanges:
            return
        self._clock.begin(self._exchanges[0].at)
        give_rights(self._shop, self._exchanges)
        # Lines lost their ids where they had in the recording; most products of lines are not in it.
        self._shop.quirks = replace(self._shop.quirks, deleted_lines="whole")
        recorded = RecordedShop(self._shop, self._exchanges)
        for place, exchange in enumerate(self._exchanges):
            self._clock.begin(exchange.at)
            recorded.bring_up_to(place)
            for difference in self._differences_of(exchange):
                yield exchange.number, difference

    def _differences_of(self, exchange: Exchange) -> Iterator[Difference]:
        status = exchange.answer.status if exchange.answer else 0
        if exchange.method != "GET" and status >= NOTHING_DONE and not self._shop.faults.tally():
            call = call_of(exchange)
            yield Difference(DifferenceKind.STATUS, call, "", str(status), Shown.NOT_ASKED)
            return
        run = self._imports.get(exchange.number)
        own = self._shop.quirks
        if run is None:
            yield from compare(exchange, self._ask(exchange), self._ids, slower=self._slower)
            return
        seconds = run.seconds_like(own.import_seconds)
        if seconds != own.import_seconds:
            latest = f"{run.latest:.1f}" if run.ended else ""
            yield Difference(
                DifferenceKind.TIMING,
                call_of(exchange),
                IMPORT_ENDS,
                f"{run.earliest:.1f}-{latest}",
                f"{own.import_seconds:g}",
            )
        # As long as the recorded one, so that its later states can be compared.
        self._shop.quirks = replace(own, import_seconds=seconds)
        try:
            yield from compare(exchange, self._ask(exchange), self._ids, slower=self._slower)
        finally:
            self._shop.quirks = own

    def _ask(self, exchange: Exchange) -> RecordedAnswer | None:
        """Return the sandbox's answer to a recorded request, None where the connection is cut."""
        try:
            response = self._client.open(**self._request(exchange))
        except ConnectionCut:
            return None
        content = response.get_data()
        return RecordedAnswer(
            status=response.status_code,
            headers=tuple(response.headers.items()),
            body=_body(content, response.mimetype or ""),
            seconds=self._clock.slept,
        )

    def _request(self, exchange: Exchange) -> dict[str, Any]:
        headers = [(name, text) for name, text in exchange.headers if name.lower() in SENT_HEADERS]
        body = exchange.body or {}
        sent: dict[str, Any] = {}
        match body.get("kind"):
            case "json":
                content = json.dumps(self._translated(body.get("json"), exchange.path))
                sent = {"data": content.encode("utf-8", "surrogatepass"), "content_type": "application/json"}
            case "form":
                sent = {"data": _form(body), "content_type": "multipart/form-data"}
            case None:
                pass
            case _:
                sent = {"data": _content(body), "content_type": "text/plain"}
        return {
            "path": f"{BASE}{self._path(exchange.path)}",
            "method": exchange.method,
            "query_string": urlencode(
                [(key, self._parameter(exchange.path, key, text)) for key, text in exchange.query]
            ),
            "headers": headers,
            **sent,
        }

    def _path(self, path: str) -> str:
        """Return the path with the sandbox's ids."""
        segments = path.split("/")
        noun = (
            "import" if path.startswith(STATUS) else segments[1].removesuffix("s") if path.count("/") else ""
        )
        return "/".join([*segments[:-1], str(self._ids.of(noun, segments[-1]))])

    def _parameter(self, path: str, key: str, text: str) -> str:
        noun = path.split("/")[1].removesuffix("s") if key == "last_id" else key.removesuffix("_id")
        return str(self._ids.of(noun, text))

    def _translated(self, value: Any, path: str, key: str = "") -> Any:  # noqa: ANN401  # JSON may be anything
        """Return JSON with the sandbox's ids of what has others there."""
        if isinstance(value, dict):
            return {name: self._translated(item, path, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._translated(item, path, key) for item in value]
        if key in {"id", "ids"} and isinstance(value, int):
            return self._ids.of(path.split("/")[1].removesuffix("s"), value)
        return self._ids.of(key.removesuffix("_id"), value) if key.endswith("_id") else value


def _sendable(exchange: Exchange) -> Exchange:
    """Return an exchange without what no request can carry: half an emoji, a line end in a header."""
    cleaned = replace(
        exchange,
        method=_whole_signs(exchange.method),
        path=_whole_signs(exchange.path).replace("?", "%3F"),
        query=tuple((_whole_signs(key), _whole_signs(text)) for key, text in exchange.query),
        headers=tuple((_in_header(name), _in_header(text)) for name, text in exchange.headers),
        body=_whole_signs(exchange.body),
    )
    if exchange.answer is None:
        return cleaned
    return replace(cleaned, answer=replace(exchange.answer, body=_whole_signs(exchange.answer.body)))


def _whole_signs(value: Any) -> Any:  # noqa: ANN401  # JSON may be anything
    """Return a value with a sign of its own for each half of an emoji in its texts."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, Mapping):
        return {_whole_signs(key): _whole_signs(item) for key, item in value.items()}
    return [_whole_signs(item) for item in value] if isinstance(value, list) else value


def _in_header(text: str) -> str:
    """Return a text as a header can hold it."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text.encode("latin-1", "replace").decode("latin-1"))


def give_rights(shop: Shop, exchanges: Iterable[Exchange]) -> None:
    """Let the sandbox know the recorded tokens; a right that was refused each time is none."""
    tried: dict[tuple[str, str, str], list[bool]] = {}
    for exchange in exchanges:
        section = SECTIONS.get(exchange.path.split("/")[1]) if exchange.path.count("/") else None
        bearer = next((text for name, text in exchange.headers if name.lower() == "authorization"), "")
        if section and exchange.answer:
            right = "read" if exchange.method == "GET" else "write"
            refused = exchange.answer.status in REFUSALS or _forbids(exchange.answer.body)
            tried.setdefault((bearer.removeprefix("Bearer "), section, right), []).append(refused)
    for token in {token for token, _, _ in tried}:
        rights = {}
        for section in set(SECTIONS.values()):
            write, read = (tried.get((token, section, right), []) for right in ("write", "read"))
            can_read = not read or not all(read)
            can_write = can_read and (not write or not all(write))
            rights[section] = "write" if can_write else "read" if can_read else "none"
        shop.tokens.setdefault(token, replace(Rights.full(), **rights))  # type: ignore[arg-type]  # sections and rights


def _forbids(body: Body | None) -> bool:
    answer = body.get("json") if body and body.get("kind") == "json" else None
    refusal = answer.get("error") or answer.get("message") if isinstance(answer, dict) else None
    return "forbidden" in str(refusal).casefold()


def _body(content: bytes, kind: str) -> Body | None:
    """Return the body of the sandbox's answer as a recording would hold it."""
    if not content:
        return None
    try:
        return {"kind": "json", "json": json.loads(content)}
    except ValueError:
        return {"kind": "page" if "html" in kind else "text"}


def _form(body: Body) -> dict[str, Any]:
    parts = body.get("parts")
    form: dict[str, Any] = {}
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and isinstance(part.get("name"), str):
            content = part["content"] if isinstance(part.get("content"), dict) else {}
            filename = part.get("filename")
            form[part["name"]] = (
                _content(content).decode("utf-8", "replace")
                if filename is None
                else (BytesIO(_content(content)), str(filename), str(part.get("type") or "application/xml"))
            )
    return form


def _content(body: Mapping[str, Any]) -> bytes:
    """Return the bytes of a recorded body; of what was not kept, as many zeros."""
    match body.get("kind"):
        case "json":
            return json.dumps(body.get("json")).encode()
        case "bytes":
            size = body.get("size")
            return bytes(min(size, LARGEST_ZEROS)) if isinstance(size, int) and size > 0 else b""
        case "zip":
            members = body.get("members")
            out = BytesIO()
            with ZipFile(out, "w") as archive:
                for name, text in members.items() if isinstance(members, dict) else ():
                    archive.writestr(str(name), str(text))
            return out.getvalue()
    return str(body.get("text") or "").encode("utf-8", "surrogatepass")
