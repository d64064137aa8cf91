"""A marketplace that misbehaves on demand: the sandbox behind a door that drops, cuts, refuses and waits."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from subprocess import Popen
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from torgsync.sandbox.server import BASE, SandboxApp
from torgsync.sandbox.shop.shop import Shop

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PAGE = b"<!DOCTYPE html><html><body><h1>Who are you?</h1></body></html>"


@dataclass(frozen=True)
class Asked:
    """A request: its path begins below `/api/v1`."""

    method: str
    path: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What goes back. A `cut` one ends in the middle of its body."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    cut: bool = False


Forward = Callable[[bytes], Answer]
"""Hands a request's body, changed or not, to the sandbox behind the door."""
Fault = Callable[[Asked, Forward], Answer]


@dataclass
class _Rule:
    method: str
    path: str
    fault: Fault
    times: float

    def takes(self, asked: Asked) -> bool:
        """Tell whether this request meets the fault, and count it."""
        if self.times < 1 or self.method not in ("ANY", asked.method) or not asked.path.startswith(self.path):
            return False
        self.times -= 1
        return True


class FaultyMarket:
    """A sandbox on loopback with faults; `url` ends with `/api/v1`. It stops at the end of a `with` block."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._rules: list[_Rule] = []
        self._app = SandboxApp(shop)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.port}{BASE}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def misbehave(self, ask: str, fault: Fault, *, times: float = float("inf")) -> None:
        """Have the next `times` requests such as `POST /products/edit` meet a fault; the first rule wins.

        `ANY` stands for every method.
        """
        method, path = ask.split()
        self._rules.append(_Rule(method, path, fault, times))

    def behave(self) -> None:
        """Be honest again."""
        self._rules.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        asked = Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(BASE), body)
        rule = next((rule for rule in self._rules if rule.takes(asked)), None)

        def forward(content: bytes) -> Answer:
            inside = {**environ, "wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content))}
            parts, status, headers = run_wsgi_app(self._app, inside)
            return Answer(int(status.split()[0]), b"".join(parts), tuple(headers))

        answer = rule.fault(asked, forward) if rule else forward(body)
        kept = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
        start_response(f"{answer.status} Said", [*kept, ("Content-Length", str(len(answer.body)))])
        return [answer.body[: len(answer.body) // 2] if answer.cut else answer.body]


class _Quiet(WSGIRequestHandler):
    """Speaks HTTP/1.1 and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # the signature is werkzeug's
        pass


# What can go wrong


def says(status: int, body: bytes | dict[str, object], **headers: str) -> Fault:
    """Answer this instead, without any effect; a `bytes` body is a web page."""
    page = isinstance(body, bytes)
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    kind = "text/html; charset=utf-8" if page else "application/json"
    answer = Answer(status, content, (("Content-Type", kind), *named))
    return lambda _asked, _forward: answer


def loses_the_answer(asked: Asked, forward: Forward) -> Answer:
    """Do what was asked, and cut the answer in the middle."""
    return replace(forward(asked.body), cut=True)


def breaks_before(_asked: Asked, _forward: Forward) -> Answer:
    """Do nothing, and cut the answer in the middle."""
    return Answer(200, b'{"processed_ids": []}', cut=True)


def keeps_silent_of(*ids: str) -> Fault:
    """Do the whole edit, and leave these ids out of `processed_ids`."""

    def fault(asked: Asked, forward: Forward) -> Answer:
        answer = forward(asked.body)
        told = json.loads(answer.body)
        told["processed_ids"] = [one for one in told["processed_ids"] if str(one) not in ids]
        return replace(answer, body=json.dumps(told).encode())

    return fault


def passes_over(*ids: str) -> Fault:
    """Leave these ids out of an edit without a word: neither done nor an error."""

    def fault(asked: Asked, forward: Forward) -> Answer:
        items = [item for item in json.loads(asked.body) if str(item["id"]) not in ids]
        return forward(json.dumps(items).encode())

    return fault


@dataclass
class Gate:
    """Holds a request until it is opened; `reached` tells that it stands there."""

    after: bool = False
    """Whether the request has its effect before it is held."""
    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)

    def __call__(self, asked: Asked, forward: Forward) -> Answer:
        """Wait, with or without the effect; whoever asked is gone or gets an answer that is cut."""
        done = forward(asked.body) if self.after else Answer(200, b"{}")
        self.reached.set()
        self.opened.wait(60)
        return replace(done, cut=True)


@dataclass
class Kills:
    """Kills whoever asks, at the request with this number: before it has its effect, or after it."""

    nth: int
    after: bool
    process: Popen[str] | None = None
    count: int = 0

    def __call__(self, asked: Asked, forward: Forward) -> Answer:
        """Answer all requests before it."""
        self.count += 1
        if self.count != self.nth or self.process is None:
            return forward(asked.body)
        done = forward(asked.body) if self.after else Answer(200, b"{}")
        self.process.kill()
        self.process.wait()
        return replace(done, cut=True)
