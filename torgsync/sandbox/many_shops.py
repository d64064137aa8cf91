"""A sandbox of many shops as a WSGI application: which of them a request is for.

A call of the API is for the shop that knows its token. The cabinet is for the shop of the token, too, sent as
to the API or as a host name, `sandbox-token-007.localhost`; so are the pages. The page of a host without a
token lists all shops.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from torgsync.sandbox import cabinet
from torgsync.sandbox.app import BASE, SandboxApp, json_response
from torgsync.sandbox.pages.pages import FILES
from torgsync.sandbox.pages.shop_list import shop_list_page
from torgsync.sandbox.shop.shop import Shop
from torgsync.sandbox.shop.shops import Shops
from torgsync.sandbox.visitors import named_shop, wrong_host

WHICH_SHOP = (
    "say for which shop: send `Authorization: Bearer TOKEN`, or use the host TOKEN.localhost; "
    "the page / lists the tokens"
)


class ManyShopsApp:
    """The shops as one WSGI application; the pages of all of them show the pictures of the same folders.

    `refused` is a shop that knows no token: it answers calls without a valid one, and has them in its log.
    """

    def __init__(self, shops: Shops, photos: Iterable[Path] = ()) -> None:
        self._shops = shops
        self._photos = tuple(photos)
        self._apps: dict[str, SandboxApp] = {}
        self._lock = Lock()
        self.refused = Shop()
        self.refused.tokens.clear()
        self._refusing = SandboxApp(self.refused)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on to the shop that it is for."""
        with Request(environ) as request:
            token = self._token_of(request)
            app = self._refusing if token is None else self._app_of(token)
            if token is None and not request.path.startswith(f"{BASE}/"):
                return self._without_shop(request)(environ, start_response)
        return app(environ, start_response)

    def _token_of(self, request: Request) -> str | None:
        """Return the token of the shop that a request is for; None for none."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            token = named_shop(request.headers)
        return token if token in self._shops else None

    def _app_of(self, token: str) -> SandboxApp:
        with self._lock:
            if token not in self._apps:
                self._apps[token] = SandboxApp(self._shops[token], self._photos)
            return self._apps[token]

    def _without_shop(self, request: Request) -> Response | SandboxApp:
        """Return what answers a request outside the API that is for no shop."""
        if request.path.removeprefix("/") in FILES:
            return self._refusing
        request.get_data()  # all of it, so that no connection is cut off in the middle
        wrong = wrong_host(request.headers)
        if request.path.startswith(f"{cabinet.BASE}/"):
            error = wrong or WHICH_SHOP
            return json_response({"error": error}, Forbidden.code if wrong else NotFound.code)
        if wrong:
            return Response(wrong, Forbidden.code)
        return shop_list_page(request, self._shops) if request.path == "/" else redirect("/")
