"""Receivers of notifications and pings on loopback, in threads; some of them answer badly on purpose."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """What a web server got; it answers with `status`, and a redirect is to `target`."""

    port: int = 0
    status: int = 200
    target: str = ""
    posted: list[dict[str, Any]] = field(default_factory=list)
    pinged: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host with its port."""
        return f"127.0.0.1:{self.port}"

    @property
    def titles(self) -> list[str]:
        """The titles of the messages that came."""
        return [str(message["title"]) for message in self.posted]


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Serve a webhook for messages, and a monitor for pings."""
    received = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer()

        def do_GET(self) -> None:
            received.pinged.append(self.path)
            self._answer()

        def _answer(self) -> None:
            self.send_response(received.status)
            if received.target and received.status // 100 == 3:  # a redirect
                self.send_header("Location", received.target)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"OK")

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox:
    """The mails that came."""

    port: int = 0
    mails: list[Message] = field(default_factory=list)


@contextmanager
def mail_server(answer: str = "250 OK") -> Iterator[Mailbox]:
    """Serve SMTP without encryption, with one answer to all mails; every login is refused."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    box = Mailbox()

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802
            box.mails.append(message_from_bytes(envelope.content))
            return answer

    box.port = closed_port()
    controller = Controller(
        Handler(),
        hostname="127.0.0.1",
        port=box.port,
        auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def hanging(drip: bytes = b"") -> Iterator[int]:
    """Accept connections and never answer, or only a byte now and then; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    taken: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                taken.append(client)
                if drip:
                    threading.Thread(target=send_slowly, args=(client,), daemon=True).start()

    def send_slowly(client: socket.socket) -> None:
        with suppress(OSError):
            while not ended.wait(0.05):
                client.send(drip)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for client in taken:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()


def end_senders() -> None:
    """Wait for the threads of messages and pings whose receivers are gone: their sockets are to be closed."""
    for worker in threading.enumerate():
        if worker.name in ("torgsync-notify", "torgsync-heartbeat"):
            worker.join(20)
            assert not worker.is_alive(), worker


def closed_port() -> int:
    """Return a port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
