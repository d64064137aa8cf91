"""The sandbox over HTTP: a WSGI application, and a server for it on loopback (prom-api §1)."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from torgsync.errors import TorgsyncError, UsageError
from torgsync.sandbox import cabinet
from torgsync.sandbox.api import endpoints, trouble
from torgsync.sandbox.api.endpoints import Call, Upload, parse_json
from torgsync.sandbox.faults import ConnectionCut, Met
from torgsync.sandbox.pages.pages import Pages
from torgsync.sandbox.shop.log import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIEnvironment

    from torgsync.sandbox.api.answers import Json
    from torgsync.sandbox.shop.rights import Right, Section
    from torgsync.sandbox.shop.shop import Shop

BASE = "/api/v1"
# What programs ask for; all other addresses are pages for people.
MACHINES = ("/api/", "/cabinet/")
LOOPBACK = {
    "127.0.0.1": ("127.0.0.1", socket.AF_INET),
    "localhost": ("127.0.0.1", socket.AF_INET),
    "::1": ("::1", socket.AF_INET6),
}


@dataclass(frozen=True)
class Route:
    """One address: its method, its path below `/api/v1/`, the right it needs, and what it does."""

    method: str
    path: str
    section: Section
    right: Right
    handler: Callable[..., Json | None]


ROUTES = (
    Route("GET", "products/list", "products", "read", endpoints.list_products),
    Route("GET", "products/<int:product_id>", "products", "read", endpoints.show_product),
    # An external id may contain slashes; they come encoded and arrive here decoded.
    Route(
        "GET",
        "products/by_external_id/<path:external_id>",
        "products",
        "read",
        endpoints.show_product_by_external_id,
    ),
    Route("POST", "products/edit", "products", "write", endpoints.edit_products),
    Route(
        "POST", "products/edit_by_external_id", "products", "write", endpoints.edit_products_by_external_id
    ),
    Route("POST", "products/import_file", "products", "write", endpoints.import_file),
    Route("POST", "products/import_url", "products", "write", endpoints.import_url),
    Route("GET", "products/import/status/<import_id>", "products", "read", endpoints.show_import),
    Route("GET", "groups/list", "groups", "read", endpoints.list_groups),
    Route("GET", "orders/list", "orders", "read", endpoints.list_orders),
    Route("GET", "orders/<int:order_id>", "orders", "read", endpoints.show_order),
    Route("POST", "orders/set_status", "orders", "write", endpoints.set_order_status),
    Route("POST", "delivery/save_declaration_id", "orders", "write", endpoints.save_declaration),
    Route("GET", "order_status_options/list", "orders", "read", endpoints.list_order_statuses),
    Route("GET", "clients/list", "clients", "read", endpoints.list_clients),
    Route("GET", "clients/<int:client_id>", "clients", "read", endpoints.show_client),
    Route("GET", "payment_options/list", "settings", "read", endpoints.list_payment_options),
    Route("GET", "delivery_options/list", "settings", "read", endpoints.list_delivery_options),
)


class SandboxApp:
    """The shop as a WSGI application, for `httpx.WSGITransport` or for `serve`.

    Where a fault cuts the connection, ConnectionCut comes out of it: `serve` closes the socket, a transport
    in-process turns it into its own error.

    The pages to look at show the pictures of the folders `photos` for the products' photos.
    """

    def __init__(self, shop: Shop, photos: Iterable[Path] = ()) -> None:
        self._shop = shop
        self._pages = Pages(shop, photos)
        self._map = Map(
            [Rule(f"{BASE}/{route.path}", methods=[route.method], endpoint=route) for route in ROUTES],
            strict_slashes=False,
            merge_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and remember it in the shop's log; what people look at is not part of it."""
        environ = _repaired(environ)
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not environ["PATH_INFO"].startswith(MACHINES):
            return self._pages(environ, start_response)
        with Request(environ) as request:
            # Read before anything is decided, so that a refused upload is not cut off in the middle, and
            # outside the lock, so that a slow sender keeps nobody waiting.
            upload, body = _read_body(request)
            if request.path.startswith(f"{cabinet.BASE}/"):
                response = _json(*cabinet.act(self._shop, request.method, request.path, body))
            else:
                response = self._asked(request, upload, body)
        return response(environ, start_response)

    def _asked(self, request: Request, upload: Upload | None, body: bytes) -> Response:
        """Answer a call of the API, and remember it; a connection that is cut is remembered, too."""
        path = request.path.removeprefix(f"{BASE}/")
        met = self._shop.faults.meet(request.method, path)
        response: Response | None = None
        try:
            response = self._troubled(request, upload, body, met)
        finally:
            self._shop.log.add(
                Record(
                    time=self._shop.now(),
                    method=request.method,
                    path=request.path,
                    query=request.query_string.decode(),
                    status=response.status_code if response else 0,
                    size=request.content_length or 0,
                    body=body,
                    fault=met[-1].fault.does if met else None,
                )
            )
        return response

    def _troubled(self, request: Request, upload: Upload | None, body: bytes, found: list[Met]) -> Response:
        """Answer as the shop does, but for the trouble that this call meets."""
        for slow in found:
            if slow.fault.does == "slow":
                self._shop.sleep(1.0 if slow.fault.seconds is None else slow.fault.seconds)
        met = found[-1] if found and found[-1].fault.does != "slow" else None
        return trouble.in_front(met) or trouble.behind(met, self._respond(request, upload, body, met))

    def _respond(self, request: Request, upload: Upload | None, body: bytes, met: Met | None) -> Response:
        """Answer one request; what is not JSON is a web page, as on the real side (prom-api §1.3)."""
        try:
            route, path = self._find(request)
            refusal = self._refusal(request, route)
            return _json(
                refusal if refusal is not None else self._perform(request, route, path, upload, body, met)
            )
        except HTTPException as page:
            return Response(page.get_body(), page.code, mimetype="text/html")

    def _find(self, request: Request) -> tuple[Route, dict[str, Any]]:
        route, path = self._map.bind("").match(request.path, request.method)
        return route, dict(path)

    def _refusal(self, request: Request, route: Route) -> Json | None:
        """Check the token; raise the web page of a 401, or return what a missing right looks like."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        rights = self._shop.tokens.get(token) if scheme == "Bearer" else None
        if rights is None or rights.expired(self._shop.now()):
            raise Unauthorized
        if rights.allow(route.section, route.right):
            return None
        if self._shop.quirks.forbidden_as == "401-html":
            raise Unauthorized
        if self._shop.quirks.forbidden_as == "403-html":
            raise Forbidden
        if route.handler in (endpoints.import_file, endpoints.import_url):
            return {"status": "error", "message": "Import forbidden"}
        return {"error": f"Access to {route.section} is forbidden"}

    def _perform(
        self,
        request: Request,
        route: Route,
        path: dict[str, Any],
        upload: Upload | None,
        body: bytes,
        met: Met | None,
    ) -> Json:
        try:
            data = parse_json(body) if body and upload is None else None
        except ValueError:
            return {"error": "Invalid JSON"}
        call = Call(
            query=request.args,
            language="uk" if request.headers.get("X-LANGUAGE", "").lower() == "uk" else "ru",
            body=data,
            upload=upload,
            met=met,
        )
        with self._shop.lock:
            self._shop.settle()
            answer = route.handler(self._shop, call, **path)
            if route.method != "GET":
                self._shop.save()
        if answer is None:
            raise NotFound
        return answer


def _repaired(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Return the environment with its path in the form that WSGI asks for: bytes of UTF-8 seen as Latin-1.

    httpx hands decoded letters over in-process, and werkzeug would stumble over Cyrillic ones.
    """
    path = environ["PATH_INFO"]
    try:
        path.encode("latin-1").decode()
    except UnicodeError:
        return {**environ, "PATH_INFO": path.encode().decode("latin-1")}
    return environ


def _read_body(request: Request) -> tuple[Upload | None, bytes]:
    """Return the upload of a multipart request, and the bytes to remember, which other bodies are whole."""
    if request.mimetype != "multipart/form-data":
        return None, request.get_data()
    file, data = request.files.get("file"), request.form.get("data", "")
    return Upload(file=None if file is None else file.read(), data=data), data.encode()


def _json(answer: Json, status: int = 200) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False), status, mimetype="application/json")


class _QuietHandler(WSGIRequestHandler):
    """Speaks HTTP/1.1 and says nothing about requests; errors of the sandbox itself still reach stderr."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Close the connection where the shop said so; it would otherwise wait for the next request."""
        if isinstance(error, ConnectionCut):
            self.close_connection = True
        super().connection_dropped(error, environ)


class RunningServer:
    """A sandbox that listens. `url` ends with `/api/v1`, `shop_url` is the page that a buyer would see.

    As a context manager it stops at the end.
    """

    def __init__(self, shop: Shop, host: str, port: int, photos: Iterable[Path] = ()) -> None:
        address, family = LOOPBACK[host]
        # Bound here and handed over: werkzeug prints and ends the program when a port is taken.
        try:
            listener = socket.create_server((address, port), family=family)
        except OSError as error:
            raise TorgsyncError(
                f"the sandbox cannot listen on {address}, port {port}: {error.strerror}",
                hint="torgsync sandbox --port 0",
            ) from error
        with listener:
            self._server = make_server(
                address,
                port,
                SandboxApp(shop, photos),
                threaded=True,
                request_handler=_QuietHandler,
                fd=listener.fileno(),
            )
        shown = f"[{address}]" if family == socket.AF_INET6 else address
        self.shop = shop
        self.shop_url = f"http://{shown}:{self._server.port}/"
        self.url = f"http://{shown}:{self._server.port}{BASE}"
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.05,), name="torgsync-sandbox", daemon=True
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(shop: Shop, host: str = "127.0.0.1", port: int = 0, photos: Iterable[Path] = ()) -> RunningServer:
    """Start a server in a thread and return it; port 0 takes a free one. Raise UsageError for other hosts.

    A shop without passwords belongs on no network. To block: `with serve(shop) as server: server.wait()`.
    """
    if host not in LOOPBACK:
        raise UsageError(
            f"the sandbox listens on loopback only, not on `{host}`",
            hint="start it without another host: torgsync sandbox",
        )
    return RunningServer(shop, host, port, photos)
