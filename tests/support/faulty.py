"""Faults that only tests need, as hooks of the sandbox's injector."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from subprocess import Popen
from threading import Event

from torgsync.sandbox.faults import Forward, Hook, HookAnswer, HookedCall
from torgsync.sandbox.server import RunningServer
from torgsync.sandbox.shop.shop import Shop

Asked = HookedCall
Answer = HookAnswer
Fault = Hook

PAGE = b"<!DOCTYPE html><html><body><h1>Who are you?</h1></body></html>"


class FaultyServer(RunningServer):
    """A sandbox on loopback with faults; `url` ends with `/api/v1`. It stops at the end of a `with` block."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop, "127.0.0.1", 0)

    def misbehave(self, calls: str, fault: Fault, *, times: float = inf) -> None:
        """Let a fault answer the next `times` requests such as `POST /products/edit`, a prefix of the path.

        Of several faults the first one answers; `ANY` is every method.
        """
        self.shop.faults.add_hook(f"{calls.replace(' /', ' ')}*", fault, times=times)

    def behave(self) -> None:
        """Remove all faults."""
        self.shop.faults.clear_hooks()


def says(status: int, body: bytes | dict[str, object], **headers: str) -> Fault:
    """Answer this instead, without any effect; a `bytes` body is a web page."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    media_type = "text/html; charset=utf-8" if isinstance(body, bytes) else "application/json"
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    answer = Answer(status, content, (("Content-Type", media_type), *named))
    return lambda _call, _forward: answer


def loses_the_answer(call: Asked, forward: Forward) -> Answer:
    """Pass the request on, and cut the answer in the middle."""
    return replace(forward(call.body), cut=True)


def breaks_before(_call: Asked, _forward: Forward) -> Answer:
    """Do nothing, and cut the answer in the middle."""
    return Answer(200, b'{"processed_ids": []}', cut=True)


def keeps_silent_of(*ids: str) -> Fault:
    """Do the whole edit, and leave these ids out of `processed_ids`."""

    def fault(call: Asked, forward: Forward) -> Answer:
        answer = forward(call.body)
        document = json.loads(answer.body)
        document["processed_ids"] = [one for one in document["processed_ids"] if str(one) not in ids]
        return replace(answer, body=json.dumps(document).encode())

    return fault


def passes_over(*ids: str) -> Fault:
    """Silently leave these ids out of an edit: neither done nor an error."""

    def fault(call: Asked, forward: Forward) -> Answer:
        items = [item for item in json.loads(call.body) if str(item["id"]) not in ids]
        return forward(json.dumps(items).encode())

    return fault


def _cut_after(after: bool, call: Asked, forward: Forward, act: Callable[[], object]) -> Answer:
    """Act before or after the effect of a request, and cut its answer."""
    answer = forward(call.body) if after else Answer(200, b"{}")
    act()
    return replace(answer, cut=True)


@dataclass
class Gate:
    """Holds a request, before or `after` its effect, until it is `opened`; sets `reached` meanwhile."""

    after: bool = False
    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)

    def __call__(self, call: Asked, forward: Forward) -> Answer:
        """Wait, and cut the answer."""
        return _cut_after(self.after, call, forward, self._wait)

    def _wait(self) -> None:
        self.reached.set()
        self.opened.wait(60)


@dataclass
class Kills:
    """Kills the client's process at the request with this number, before or `after` its effect."""

    nth: int
    after: bool
    process: Popen[str] | None = None
    count: int = 0

    def __call__(self, call: Asked, forward: Forward) -> Answer:
        """Pass all requests before it on."""
        self.count += 1
        if self.count != self.nth or self.process is None:
            return forward(call.body)
        return _cut_after(self.after, call, forward, self._kill)

    def _kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
