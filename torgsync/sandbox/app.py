"""The sandbox as a WSGI application (prom-api §1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from torgsync.sandbox import cabinet
from torgsync.sandbox.api import fault_responses, products
from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.api.call import Call, Upload, parse_json, refusal
from torgsync.sandbox.api.routes import ROUTES, Route
from torgsync.sandbox.faults import FaultHit
from torgsync.sandbox.injector import Hook, HookAnswer, HookedCall
from torgsync.sandbox.pages.pages import Pages
from torgsync.sandbox.shop.log import RequestRecord
from torgsync.sandbox.shop.shop import Shop

BASE = "/api/v1"
# Addresses for programs; all other ones are pages for people.
MACHINES = ("/api/", "/cabinet/")


class SandboxApp:
    """The shop as a WSGI application, for `httpx.WSGITransport` or for `serve`.

    Raises ConnectionCut where a fault cuts the connection: `serve` closes the socket, a transport in-process
    turns it into its own error. The pages show the pictures of the folders `photos` as the products' photos.
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
        """Answer one request, by a hook where a test has set one."""
        environ = _repaired(environ)
        path = environ["PATH_INFO"].removeprefix(f"{BASE}/")
        hook = self._shop.faults.hook_for(environ["REQUEST_METHOD"], path)
        app = self._answer if hook is None else partial(self._answer_by_hook, hook)
        return app(environ, start_response)

    def _answer_by_hook(
        self, hook: Hook, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        call = HookedCall(environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(BASE), body)

        def forward(content: bytes) -> HookAnswer:
            inside = {**environ, "wsgi.input": BytesIO(content), "CONTENT_LENGTH": str(len(content))}
            response = Response.from_app(self._answer, inside)
            return HookAnswer(response.status_code, response.get_data(), tuple(response.headers))

        answer = hook(call, forward)
        response = Response(answer.body, answer.status, [*answer.headers])
        if answer.cut:
            response.set_data(answer.body[: len(answer.body) // 2])
            # The client misses the rest, and takes the connection for broken.
            response.content_length = len(answer.body)
        return response(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and record it in the shop's log, but for pages."""
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not environ["PATH_INFO"].startswith(MACHINES):
            return self._pages(environ, start_response)
        with Request(environ) as request:
            # Read before anything is decided, so that a refused upload is not cut off in the middle, and
            # outside the lock, so that a slow sender blocks no other request.
            upload, body = _read_body(request)
            if request.path.startswith(f"{cabinet.BASE}/"):
                response = _json(*cabinet.perform(self._shop, request.method, request.path, body))
            else:
                response = self._answer_call(request, upload, body)
        return response(environ, start_response)

    def _answer_call(self, request: Request, upload: Upload | None, body: bytes) -> Response:
        """Answer a call of the API, and record it, also where the connection is cut."""
        path = request.path.removeprefix(f"{BASE}/")
        hits = self._shop.faults.match(request.method, path)
        response: Response | None = None
        try:
            response = self._respond_with_faults(request, upload, body, hits)
        finally:
            self._shop.log.add(
                RequestRecord(
                    time=self._shop.now(),
                    method=request.method,
                    path=request.path,
                    query=request.query_string.decode(),
                    status=response.status_code if response else 0,
                    size=request.content_length or 0,
                    body=body,
                    fault=hits[-1].fault.does if hits else None,
                )
            )
        return response

    def _respond_with_faults(
        self, request: Request, upload: Upload | None, body: bytes, hits: list[FaultHit]
    ) -> Response:
        """Answer as the shop does, but for the faults that fire for this call."""
        for slow in hits:
            if slow.fault.does == "slow":
                self._shop.sleep(1.0 if slow.fault.seconds is None else slow.fault.seconds)
        hit = hits[-1] if hits and hits[-1].fault.does != "slow" else None
        response = fault_responses.before_effect(hit)
        return response or fault_responses.after_effect(hit, self._respond(request, upload, body, hit))

    def _respond(
        self, request: Request, upload: Upload | None, body: bytes, hit: FaultHit | None
    ) -> Response:
        """Answer one request; without JSON the answer is a web page, as on the real side (prom-api §1.3)."""
        try:
            route, path = self._find(request)
            refused = self._refused(request, route)
            if refused is not None:
                return _json(refused)
            return _json(self._perform(request, route, path, upload, body, hit))
        except HTTPException as page:
            return Response(page.get_body(), page.code, mimetype="text/html")

    def _find(self, request: Request) -> tuple[Route, dict[str, Any]]:
        route, path = self._map.bind("").match(request.path, request.method)
        return route, dict(path)

    def _refused(self, request: Request, route: Route) -> Json | None:
        """Check the token; raise the web page of a 401, or return the answer for a missing right."""
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
        if route.handler in (products.import_file, products.import_url):
            return refusal("Import forbidden")
        return {"error": f"Access to {route.section} is forbidden"}

    def _perform(
        self,
        request: Request,
        route: Route,
        path: dict[str, Any],
        upload: Upload | None,
        body: bytes,
        hit: FaultHit | None,
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
            hit=hit,
        )
        with self._shop.lock:
            self._shop.run_due_imports()
            answer = route.handler(self._shop, call, **path)
            if route.method != "GET":
                self._shop.save()
        if answer is None:
            raise NotFound
        return answer


def _repaired(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Return the environment with its path in the form that WSGI requires: bytes of UTF-8 read as Latin-1.

    In-process, httpx passes decoded letters, and werkzeug would fail on Cyrillic ones.
    """
    path = environ["PATH_INFO"]
    try:
        path.encode("latin-1").decode()
    except UnicodeError:
        return {**environ, "PATH_INFO": path.encode().decode("latin-1")}
    return environ


def _read_body(request: Request) -> tuple[Upload | None, bytes]:
    """Return the upload of a multipart request, and the body to record: its `data`, or the whole body."""
    if request.mimetype != "multipart/form-data":
        return None, request.get_data()
    file, data = request.files.get("file"), request.form.get("data", "")
    return Upload(file=None if file is None else file.read(), data=data), data.encode()


def _json(answer: Json, status: int = 200) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False), status, mimetype="application/json")
