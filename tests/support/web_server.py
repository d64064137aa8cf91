"""A web server on loopback that answers byte for byte what a test says, also what no good server would."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

Answer = Callable[["Asked"], Iterable[bytes]]
"""Returns the parts of an answer, in which it may take its time; the connection is closed after them."""


@dataclass(frozen=True)
class Asked:
    """A request: its path with the query, and its headers in lower case."""

    path: str
    headers: dict[str, str]


@dataclass
class WebServer:
    """What is served by path, `*` for all others; `asked` are all requests, `ended` is set at the end."""

    port: int
    scheme: str = "http"
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def serve(self, path: str, *answers: Answer) -> None:
        """Give these answers to the next requests of a path, the last one to all that follow."""
        waiting = list(answers)

        def answer(asked: Asked) -> Iterable[bytes]:
            return (waiting.pop(0) if len(waiting) > 1 else waiting[0])(asked)

        self.answers[path] = answer

    def times(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(asked.path == path for asked in self.asked)


def says(status: int, body: bytes = b"", length: int | None = None, **headers: str) -> Answer:
    """Answer this; `length` is announced instead of the true one, a negative one not at all."""
    announced = len(body) if length is None else length
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if announced >= 0 and status != 304:
        named["Content-Length"] = str(announced)
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return lambda _asked: ["\r\n".join(lines).encode(), body]


def if_changed(etag: str, answer: Answer) -> Answer:
    """Answer 304 to whoever has this version."""

    def chosen(asked: Asked) -> Iterable[bytes]:
        same = asked.headers.get("if-none-match") == etag
        return says(304, ETag=etag)(asked) if same else answer(asked)

    return chosen


@contextmanager
def web_server(context: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Serve for the time of a `with` block, with a certificate where a `context` has one."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = WebServer(listener.getsockname()[1], "https" if context else "http")

    def converse(connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError), connection:
            connection.settimeout(30)
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    if not (part := connection.recv(4096)):
                        return
                    head += part
                first, *lines = head.decode().rstrip().split("\r\n")
                pairs = (line.split(": ", 1) for line in lines)
                asked = Asked(first.split()[1], {name.lower(): value for name, value in pairs})
                server.asked.append(asked)
                answer = server.answers.get(asked.path) or server.answers.get("*") or says(404)
                for part in answer(asked):
                    connection.sendall(part)

    def accept() -> None:
        with suppress(OSError):  # the listener is closed at the end
            while True:
                connection, _ = listener.accept()
                Thread(target=converse, args=(connection,), daemon=True).start()

    thread = Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
