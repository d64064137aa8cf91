"""A server of the sandbox on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from typing import Self
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler, make_server

from torgsync.errors import TorgsyncError, UsageError
from torgsync.i18n import _
from torgsync.sandbox.app import BASE, SandboxApp
from torgsync.sandbox.faults import ConnectionCut
from torgsync.sandbox.many_shops import ManyShopsApp
from torgsync.sandbox.shop.shop import Shop
from torgsync.sandbox.shop.shops import Shops
from torgsync.system import reason

LOOPBACK = {
    "127.0.0.1": ("127.0.0.1", socket.AF_INET),
    "localhost": ("127.0.0.1", socket.AF_INET),
    "::1": ("::1", socket.AF_INET6),
}


POLL_SECONDS = 0.05
"""How long a server that is stopped may take to notice it."""


class _RequestHandler(WSGIRequestHandler):
    """Uses HTTP/1.1 and does not log requests; errors of the sandbox itself still reach stderr."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Close the connection that a fault cuts; it would otherwise wait for the next request."""
        if isinstance(error, ConnectionCut):
            self.close_connection = True
        super().connection_dropped(error, environ)


class Listener:
    """A sandbox that listens until left; `url` ends with `/api/v1`, `shop_url` is the page of buyers."""

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        if host not in LOOPBACK:
            raise UsageError(
                _("the sandbox listens only on this computer (loopback), not on `{host}`", host=host),
                hint=_("start it without another host: torgsync sandbox"),
            )
        address, family = LOOPBACK[host]
        # Bound here: werkzeug would print a message and end the program when a port is in use.
        try:
            listener = socket.create_server((address, port), family=family)
        except OSError as error:
            raise TorgsyncError(
                _(
                    "the sandbox cannot listen on {address}, port {port}: {why}",
                    address=address,
                    port=port,
                    why=reason(error),
                ),
                hint=_("take a free port: torgsync sandbox --port 0"),
            ) from error
        with listener:
            self._server = make_server(
                address,
                port,
                app,
                threaded=True,
                request_handler=_RequestHandler,
                fd=listener.fileno(),
            )
        shown = f"[{address}]" if family == socket.AF_INET6 else address
        self.shop_url = f"http://{shown}:{self._server.port}/"
        self.url = f"http://{shown}:{self._server.port}{BASE}"
        self._thread = Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="torgsync-sandbox", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; requests in flight are answered. A second call does nothing."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()

    def wait(self) -> None:
        """Block until the server is stopped; Ctrl-C gets through as KeyboardInterrupt."""
        # A join without a limit cannot be interrupted on Windows.
        while self._thread.is_alive():
            self._thread.join(0.2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class RunningServer(Listener):
    """A sandbox of one shop that listens until left."""

    def __init__(self, shop: Shop, host: str, port: int, photos: Iterable[Path] = ()) -> None:
        super().__init__(SandboxApp(shop, photos), host, port)
        self.shop = shop


def serve(shop: Shop, host: str = "127.0.0.1", port: int = 0, photos: Iterable[Path] = ()) -> RunningServer:
    """Start a server, with port 0 on a free one. UsageError beyond loopback, as the shop has no passwords."""
    return RunningServer(shop, host, port, photos)


def serve_shops(shops: Shops, port: int = 0, photos: Iterable[Path] = ()) -> Listener:
    """Start a server of many shops, with port 0 on a free one."""
    return Listener(ManyShopsApp(shops, photos), "127.0.0.1", port)
