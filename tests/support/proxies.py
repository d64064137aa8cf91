"""Stands between the program and a database, and breaks connections at a chosen message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Rule = Callable[[bytes], bool]


@dataclass
class Proxy:
    """A port on loopback that passes everything on to another one.

    The connection with the `nth` message that `word` is in is broken, once: before the server got it, or
    `after` that, without its answer. `seen` counts these messages.
    """

    port: int
    word: bytes = b"COMMIT"
    nth: int = 0
    after: bool = False
    seen: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def behind(self, url: str) -> str:
        """Return the address of a database through this port."""
        return url.replace(f":{self.port}/", f":{self._listener.getsockname()[1]}/")

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
                threading.Thread(target=self._questions, args=(client, server), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _questions(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._breaks(data):
                    if self.after:
                        client.shutdown(socket.SHUT_RDWR)  # so that the answer goes nowhere
                        server.sendall(data)
                        server.settimeout(1)
                        with suppress(OSError):
                            server.recv(65536)
                    break
                server.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _breaks(self, data: bytes) -> bool:
        if self.word not in data:
            return False
        with self._lock:
            self.seen += 1
            return self.seen == self.nth


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
