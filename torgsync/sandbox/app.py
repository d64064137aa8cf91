"""The sandbox as a WSGI application (prom-api §1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from torgsync.sandbox import cabinet
from torgsync.sandbox.api import chat, messages, order_context, orders, products, translations
from torgsync.sandbox.api.answers import Json, Language
from torgsync.sandbox.api.broken_texts import broken
from torgsync.sandbox.api.call import Call, RefusedWithStatus, Upload, parse_json, refusal
from torgsync.sandbox.api.shapes import shaped
from torgsync.sandbox.faults import HTTP_OK, ConnectionCut, Fault, FaultHit, Hook, HookAnswer, HookedCall
from torgsync.sandbox.pages.pages import Pages
from torgsync.sandbox.quirks import Section
from torgsync.sandbox.shop.shop import RequestRecord, Shop
from torgsync.sandbox.visitors import wrong_host, wrong_origin

BASE = "/api/v1"
# Addresses for programs; all other ones are pages for people.
MACHINES = ("/api/", "/cabinet/")

# Invented: no JSON, and words that no client should ever print.
BOT_PAGE = """<!DOCTYPE html><html lang="uk"><head><title>Just a moment...</title></head>
<body><h1>Перевіряємо, чи ви людина</h1><p>Увімкніть JavaScript і cookies.</p></body></html>"""
SERVER_PAGE = (
    "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
)
TOO_MANY = 429
# Invented: neither the words for a missing right nor those for a plan are recorded (prom-api §10 Q1).
NO_ACCESS = "Немає доступу до цього розділу"
API_CLOSED = "API недоступний для вашого тарифного плану"


@dataclass(frozen=True)
class Route:
    """One address: its path is below `/api/v1/`, and all but a GET needs the right to write."""

    method: str
    path: str
    section: Section
    handler: Callable[..., Json | None]


# The client has its own list of paths: client and sandbox share no code on purpose.
ROUTES = (
    Route("GET", "products/list", "products", products.list_products),
    Route("GET", "products/<int:key>", "products", products.show_product),
    # An external id may contain slashes; they come encoded and arrive here decoded.
    Route("GET", "products/by_external_id/<path:key>", "products", products.show_product),
    Route("POST", "products/edit", "products", partial(products.edit_products, kind=int)),
    Route("POST", "products/edit_by_external_id", "products", partial(products.edit_products, kind=str)),
    Route("POST", "products/import_file", "products", products.import_file),
    Route("POST", "products/import_url", "products", products.import_url),
    Route("GET", "products/import/status/<import_id>", "products", products.show_import),
    Route("GET", "groups/list", "groups", products.list_groups),
    Route("GET", "products/translation/<int:product_id>", "products", translations.show_product_translation),
    Route("PUT", "products/translation", "products", translations.write_product_translation),
    Route("GET", "groups/translation/<int:group_id>", "groups", translations.show_group_translation),
    Route("PUT", "groups/translation", "groups", translations.write_group_translation),
    Route("GET", "orders/list", "orders", orders.list_orders),
    Route("GET", "orders/<int:order_id>", "orders", orders.show_order),
    Route("POST", "orders/set_status", "orders", orders.set_order_status),
    Route("POST", "orders/refund", "orders", orders.refund_orders),
    Route("POST", "orders/attach_receipt", "orders", orders.attach_receipt),
    Route("POST", "delivery/save_declaration_id", "orders", orders.save_declaration),
    Route("GET", "order_status_options/list", "orders", orders.list_order_statuses),
    Route("GET", "clients/list", "clients", orders.list_clients),
    Route("GET", "clients/<int:client_id>", "clients", orders.show_client),
    Route("GET", "payment_options/list", "settings", orders.list_payment_options),
    Route("GET", "delivery_options/list", "settings", orders.list_delivery_options),
    Route("POST", "chat/send_order_context", "messages", order_context.send_order_context),
    Route("GET", "messages/list", "messages", messages.list_messages),
    Route("GET", "messages/<int:message_id>", "messages", messages.show_message),
    Route("POST", "messages/set_status", "messages", messages.set_message_status),
    Route("POST", "messages/reply", "messages", messages.reply_to_message),
    Route("GET", "chat/rooms", "messages", chat.list_threads),
    Route("GET", "chat/messages_history", "messages", chat.show_history),
    Route("POST", "chat/send_message", "messages", chat.send_message),
    Route("POST", "chat/send_file", "messages", chat.send_file),
    Route("POST", "chat/mark_message_read", "messages", chat.mark_message_read),
)
# The same in every shop, and slow to compile.
_ADDRESSES = Map(
    [Rule(f"{BASE}/{route.path}", methods=[route.method], endpoint=route) for route in ROUTES],
    strict_slashes=False,
    merge_slashes=False,
)


class SandboxApp:
    """The shop as a WSGI application, for `httpx.WSGITransport` or for `serve`.

    Raises ConnectionCut where a fault cuts the connection: `serve` closes the socket, a transport in-process
    turns it into its own error. The pages show the pictures of the folders `photos` as the products' photos.
    """

    def __init__(self, shop: Shop, photos: Iterable[Path] = ()) -> None:
        self._shop = shop
        self._pages = Pages(shop, photos)

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
        with Request(environ) as request:
            wrong = wrong_host(request.headers)
            if not environ["PATH_INFO"].startswith(MACHINES):
                page = Response(wrong, Forbidden.code) if wrong else self._pages
                return page(environ, start_response)
            # Read before anything is decided, so that a refused upload is not cut off in the middle, and
            # outside the lock, so that a slow sender blocks no other request.
            upload, body = _read_body(request)
            if wrong:
                response = json_response({"error": wrong}, Forbidden.code)
            elif request.path.startswith(f"{cabinet.BASE}/"):
                response = self._answer_cabinet(request, body)
            else:
                response = self._answer_call(request, upload, body)
        return response(environ, start_response)

    def _answer_cabinet(self, request: Request, body: bytes) -> Response:
        """Perform an action of the cabinet, unless a page of another site asks for it."""
        if wrong := wrong_origin(request.headers):
            return json_response({"error": wrong}, Forbidden.code)
        return json_response(*cabinet.perform(self._shop, request.method, request.path, body))

    def _answer_call(self, request: Request, upload: Upload | None, body: bytes) -> Response:
        """Answer a call of the API, and record it, also where the connection is cut."""
        hits = self._shop.faults.match(request.method, request.path.removeprefix(f"{BASE}/"))
        status = 0
        try:
            response = self._respond_with_faults(request, upload, body, hits)
            status = response.status_code
        finally:
            self._shop.log.append(
                RequestRecord(
                    time=self._shop.now(),
                    method=request.method,
                    path=request.path,
                    query=request.query_string.decode(),
                    status=status,
                    size=request.content_length or 0,
                    body=body,
                    fault=hits[-1].fault.does if hits else None,
                )
            )
        return response

    def _respond_with_faults(
        self, request: Request, upload: Upload | None, body: bytes, hits: list[FaultHit]
    ) -> Response:
        """Answer as the shop does, but for faults; raises ConnectionCut where no answer arrives."""
        for slow in hits:
            if slow.fault.does == "slow":
                self._shop.sleep(1.0 if slow.fault.seconds is None else slow.fault.seconds)
        hit = hits[-1] if hits and hits[-1].fault.does != "slow" else None
        if hit and (answer := _instead(hit.fault)):
            return answer
        response = self._respond(request, upload, body, hit)
        if hit and hit.fault.does == "lost":
            raise ConnectionCut
        if hit and hit.fault.does == "truncated":
            whole = response.get_data()
            # With the length of the half: only parsing the JSON shows that something is missing.
            response.set_data(whole[: len(whole) // 2])
        return response

    def _respond(
        self, request: Request, upload: Upload | None, body: bytes, hit: FaultHit | None
    ) -> Response:
        """Answer one request; without JSON the answer is a web page, as on the real side (prom-api §1.3)."""
        try:
            route, path = _ADDRESSES.bind("").match(request.path, request.method)
            if refused := self._refused(request, route):
                return refused
            try:
                data = parse_json(body) if body and upload is None else None
            except ValueError:
                return json_response({"error": "Invalid JSON"})
            language: Language = "uk" if request.headers.get("X-LANGUAGE", "").lower() == "uk" else "ru"
            call = Call(query=request.args, language=language, body=data, upload=upload, hit=hit)
            with self._shop.up_to_date():
                answer = route.handler(self._shop, call, **path)
                if route.method != "GET":
                    self._shop.save()
            if answer is None:
                raise NotFound
            answer = shaped(answer, self._shop.quirks, self._shop.now())
            return json_response(broken(answer) if self._shop.quirks.texts == "broken" else answer)
        except RefusedWithStatus as refused:
            return Response(json.dumps(refused.answer), refused.status, mimetype="application/json")
        except HTTPException as page:
            return Response(page.get_body(), page.code, mimetype="text/html")

    def _refused(self, request: Request, route: Route) -> Response | None:
        """Check the token; raise the web page of a 401, or return the answer for a missing right or plan."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        rights = self._shop.tokens.get(token) if scheme == "Bearer" else None
        if rights is None or rights.expired(self._shop.now()):
            raise Unauthorized
        if self._shop.quirks.api_closed != "no":
            status, _, _ = self._shop.quirks.api_closed.partition("-")
            return json_response({"error": API_CLOSED}, int(status))
        if rights.allow(route.section, "read" if route.method == "GET" else "write"):
            return None
        if self._shop.quirks.forbidden_as == "401-html":
            raise Unauthorized
        if self._shop.quirks.forbidden_as == "403-html":
            raise Forbidden
        if self._shop.quirks.forbidden_as == "403-json":
            return json_response({"error": {"status": 403, "message": NO_ACCESS}}, Forbidden.code)
        if route.handler in (products.import_file, products.import_url):
            return json_response(refusal("Import forbidden"))
        return json_response({"error": f"Access to {route.section} is forbidden"})


def _instead(fault: Fault) -> Response | None:
    """Return the response of a fault without any effect, None where the shop itself answers."""
    if fault.does == "cut":
        raise ConnectionCut
    if fault.does == "web-page":
        return Response(BOT_PAGE, fault.status or HTTP_OK, content_type="text/html; charset=utf-8")
    if not fault.does.isdigit():
        return None
    status = int(fault.does)
    if status == TOO_MANY:
        answer = json_response({"error": "Too many requests"}, status)
    else:
        answer = Response(SERVER_PAGE.format(status=status), status, mimetype="text/html")
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = f"{fault.retry_after:g}"
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
    file, fields = request.files.get("file"), request.form.to_dict()
    data = fields.get("data", "")
    if file is None:
        return Upload(file=None, data=data, fields=fields), data.encode()
    return Upload(file=file.read(), name=file.filename or "", data=data, fields=fields), data.encode()


def json_response(answer: Json, status: int = 200) -> Response:
    """Return an answer in JSON, with escapes for its letters, as Prom writes them (prom-api §4.3)."""
    return Response(json.dumps(answer), status, mimetype="application/json")
