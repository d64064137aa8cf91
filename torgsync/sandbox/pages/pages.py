"""The pages: the shop as a buyer sees it, and the seller's side with orders, products, imports and requests.

Plain HTML and forms; the only script shows what has changed. Their words are in the language of the program;
a visitor chooses in which of its two languages the texts of the shop are shown. Values of products, imports
and requests are escaped; only descriptions are HTML, and `content.py` makes them harmless first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from html import unescape
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote, urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from torgsync.core.counts import item_count
from torgsync.disk import read_bytes
from torgsync.i18n import _, _n, translated
from torgsync.sandbox.api.answers import Language
from torgsync.sandbox.pages import actions, words
from torgsync.sandbox.pages.content import IMAGE_TYPES, PhotoFolders, name_of, safe_html
from torgsync.sandbox.pages.showcase import (
    Page,
    Showcase,
    ShowcaseCache,
    is_available,
    matches,
    percent_off,
    values_of,
)
from torgsync.sandbox.shop.import_queue import Import
from torgsync.sandbox.shop.orders import ShopOrder
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, Image, ShopProduct
from torgsync.sandbox.shop.shop import RequestRecord, Shop
from torgsync.sandbox.visitors import wrong_origin

HEADERS = {
    # No other origin and no frames; the own style sheet, pictures and script are enough.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Without any, a browser would not say that a form comes from a page of the sandbox.
    "Referrer-Policy": "same-origin",
    # The shop may change with every request.
    "Cache-Control": "no-cache",
}
FILES = {"style.css": "text/css", "icon.svg": "image/svg+xml", "refresh.js": "text/javascript"}

# 48 cards fill rows of two, three, four and six.
CARDS_A_PAGE = 48
LINES_A_PAGE = 100
IMPORTS_A_PAGE = 20
MOST_ERRORS = 100
LONGEST_BODY = 2_000
# The name of the shop in an import file, near its beginning.
NAMED = re.compile(rb"<shop>\s*<name>([^<]+)</name>")
SEE_OTHER = 303
HIDDEN_TOKEN = "•••"  # noqa: S105  # shown in place of a token


class LocalizedText(NamedTuple):
    """A text in the language of the request, or in the other one where it is missing."""

    text: str
    language: Language


class ImportRemark(NamedTuple):
    """One line of an import's report; `good` is the external id of the offer, "" without one."""

    stage: str
    good: str
    text: str


class LoggedRequest(NamedTuple):
    """One request of the log without tokens; a long `body` is cut."""

    record: RequestRecord
    address: str
    body: str


@cache
def page_templates() -> Environment:
    """Return the templates of all pages; to compile them is slow."""
    templates = Environment(
        loader=PackageLoader("torgsync.sandbox.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=translated,
    )
    templates.globals |= {
        "_": _,
        "_n": _n,
        "description": safe_html,
        "is_available": is_available,
        "item_count": item_count,
        "percent_off": percent_off,
        "photo_name": lambda image: name_of(image.source),
        "root_group_id": ROOT_GROUP_ID,
        "values_of": values_of,
        "words": words,
    }
    return templates


def _addresses(rules: Mapping[tuple[str, str], Callable[..., Response]]) -> Map:
    """Return which view answers an address."""
    return Map(
        [Rule(path, methods=[method], endpoint=view) for (method, path), view in rules.items()],
        strict_slashes=False,
        merge_slashes=False,
    )


class Pages:
    """The pages as a WSGI application. The files in `photos` are shown as the products' pictures."""

    def __init__(self, shop: Shop, photos: Iterable[Path] = ()) -> None:
        self._shop = shop
        self._showcase = ShowcaseCache(shop)
        self._photos = PhotoFolders(photos)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; pages are not part of the shop's log."""
        with Request(environ) as request:
            response = self._respond(request)
        response.headers.update(HEADERS)
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        try:
            if request.method == "POST" and wrong_origin(request.headers):
                raise Forbidden  # one place answers for all
            view, arguments = self._ADDRESSES.bind("").match(request.path, request.method)
            response: Response = view(self, request, **arguments)
        except HTTPException as error:
            code = error.code or NotFound.code
            response = self._page(request, "missing.html", refused=code in (BadRequest.code, Forbidden.code))
            response.status_code = code
        return response

    def _page(self, request: Request, template: str, **context: object) -> Response:
        """Fill a template with texts in the language of the request."""
        language: Language = "ru" if request.args.get("lang") == "ru" else "uk"
        html = (
            page_templates()
            .get_template(template)
            .render(
                context,
                language=language,
                link=partial(_link, language),
                photo_url=self._photo_url,
                same_page=lambda **query: _link(language, quote(request.path), **{**request.args, **query}),
                shop_name=self._name(),
                text=partial(localized, language),
            )
        )
        return Response(html.encode(errors="replace"), mimetype="text/html")

    # Pages of buyers

    def _shop_page(self, request: Request) -> Response:
        showcase = self._showcase.current()
        wanted = request.args.get("q", "").strip()
        group_id = request.args.get("group", type=int)
        if wanted:
            cards: Sequence[ShopProduct] = showcase.find(wanted)
        elif group_id is None:
            cards = showcase.cards
        elif group_id in showcase.groups or group_id == ROOT_GROUP_ID:
            cards = showcase.cards_in(group_id)
        else:
            raise NotFound
        page = Page.cut(cards[::-1], _number(request), CARDS_A_PAGE)
        return self._page(
            request,
            "shop.html",
            cards=page.map(showcase.card_of),
            group_id=None if wanted else group_id,
            products_shown=showcase.count(cards),
            shop_size=len(showcase.shown),
            tree=showcase.tree(group_id),
            wanted=wanted,
            way=[] if group_id is None or wanted else showcase.way_to(group_id),
        )

    def _product_page(self, request: Request, product_id: int, *, for_seller: bool) -> Response:
        """Show a product as buyers see it; the seller sees its details too, and those not on display."""
        try:
            product = self._shop.product(product_id)
        except LookupError as error:
            raise NotFound from error
        if product.status != "on_display" and not for_seller:
            raise NotFound
        showcase = self._showcase.current()
        return self._page(
            request,
            "product.html",
            card=showcase.card_of(product),
            for_seller=for_seller,
            payments=list(self._shop.payment_options.values()),
            product=product,
            way=showcase.way_to(product.group_id),
        )

    def _photo(self, _: Request, name: str) -> Response:
        path = self._photos.find(name)
        if path is None:
            raise NotFound
        try:
            content = read_bytes(path)
        except OSError as gone:
            raise NotFound from gone
        return Response(content, mimetype=IMAGE_TYPES[path.suffix.lower()])

    def _photo_url(self, image: Image) -> str | None:
        """Return where the picture of a photo is served, or None where no folder has it."""
        name = name_of(image.source)
        return None if self._photos.find(name) is None else f"/photos/{quote(name)}"

    def _file(self, _: Request, name: str) -> Response:
        return Response(page_templates().get_template(name).render(), mimetype=FILES[name])

    # Pages of the seller; the newest come first

    def _products_page(self, request: Request) -> Response:
        """List products by status; of deleted ones the shop has only the external id."""
        showcase = self._showcase.current()
        status, wanted = request.args.get("status"), request.args.get("q", "").strip()
        if status is not None and status not in words.STATUSES:
            raise NotFound
        products = showcase.products if status is None else showcase.by_status.get(status, [])
        products = [product for product in products if not wanted or matches(product, wanted)]
        products.sort(key=attrgetter("date_modified", "id"), reverse=True)
        gone: list[str] = []
        if status == "deleted":
            with self._shop.lock:
                gone = sorted(self._shop.catalog.deleted_external_ids)
            gone = [external_id for external_id in gone if not wanted or wanted == external_id]
        return self._page(
            request,
            "seller_products.html",
            counts=self._counts(showcase),
            gone=Page.cut(gone, _number(request), LINES_A_PAGE),
            products=Page.cut(products, _number(request), LINES_A_PAGE),
            status=status,
            total=len(showcase.products),
            wanted=wanted,
        )

    def _imports_page(self, request: Request) -> Response:
        page = Page.cut(self._shop.imports()[::-1], _number(request), IMPORTS_A_PAGE)
        return self._page(request, "seller_imports.html", imports=page, remarks=import_remarks)

    def _orders_page(self, request: Request) -> Response:
        with self._shop.lock:
            orders: list[ShopOrder] = list(self._shop.orders)[::-1]
        page = Page.cut(orders, _number(request), LINES_A_PAGE)
        can_be_paid = partial(actions.can_be_paid, self._shop)
        return self._page(request, "seller_orders.html", orders=page, can_be_paid=can_be_paid)

    def _log_page(self, request: Request) -> Response:
        page = Page.cut(self._shop.log.records()[::-1], _number(request), LINES_A_PAGE)
        return self._page(request, "seller_log.html", records=page.map(self._logged))

    def _counts(self, showcase: Showcase) -> dict[str, int]:
        """Return the number of products by status, in the order of the statuses."""
        with self._shop.lock:
            gone = len(self._shop.catalog.deleted_external_ids)
        counts = {status: len(showcase.by_status.get(status, ())) for status in words.STATUSES}
        return counts | {"deleted": gone}

    def _name(self) -> str:
        """Return the name of the shop from its newest import file, "" before the first."""
        found = (NAMED.search(entry.feed[:LONGEST_BODY]) for entry in reversed(self._shop.imports()))
        named = next(filter(None, found), None)
        return unescape(named[1].decode(errors="replace")).strip() if named else ""

    def _act(
        self, request: Request, number: int, action: Callable[[Shop, int, actions.Form], str]
    ) -> Response:
        """Do what a button says, and show the page that comes next."""
        try:
            with self._shop.up_to_date():
                place = action(self._shop, number, request.form)
                self._shop.save()
        except LookupError as error:
            raise NotFound from error
        except ValueError as error:
            raise BadRequest from error
        return redirect(place, SEE_OTHER)

    def _logged(self, record: RequestRecord) -> LoggedRequest:
        return logged_request(record, list(self._shop.tokens))

    _ADDRESSES: ClassVar[Map] = _addresses(
        {
            ("GET", "/"): _shop_page,
            ("GET", "/product/<int:product_id>"): partial(_product_page, for_seller=False),
            ("GET", "/photos/<name>"): _photo,
            ("GET", "/style.css"): partial(_file, name="style.css"),
            ("GET", "/icon.svg"): partial(_file, name="icon.svg"),
            ("GET", "/refresh.js"): partial(_file, name="refresh.js"),
            ("GET", "/seller"): lambda *_args: redirect("/seller/orders"),
            ("GET", "/seller/orders"): _orders_page,
            ("GET", "/seller/products"): _products_page,
            ("GET", "/seller/products/<int:product_id>"): partial(_product_page, for_seller=True),
            ("GET", "/seller/imports"): _imports_page,
            ("GET", "/seller/log"): _log_page,
            ("POST", "/product/<int:number>/buy"): partial(_act, action=actions.buy),
            ("POST", "/seller/orders/<int:number>/pay"): partial(_act, action=actions.pay),
            ("POST", "/seller/orders/<int:number>/cancel"): partial(_act, action=actions.cancel),
            ("POST", "/seller/products/<int:number>/price"): partial(_act, action=actions.set_price),
            ("POST", "/seller/products/<int:number>/hide"): partial(_act, action=actions.hide),
            ("POST", "/seller/products/<int:number>/show"): partial(_act, action=actions.show),
        }
    )


def _number(request: Request) -> int:
    return request.args.get("page", 1, type=int)


def _link(language: Language, path: str, **query: object) -> str:
    """Return an address of the pages in the same language, without empty and default parameters."""
    parameters = {key: value for key, value in query.items() if value not in {None, ""} and key != "lang"}
    if parameters.get("page") == 1:
        del parameters["page"]
    if query.get("lang", language) == "ru":
        parameters["lang"] = "ru"
    return f"{path}?{urlencode(parameters)}" if parameters else path


def localized(language: Language, russian: str, ukrainian: str | None) -> LocalizedText:
    """Return a text in a language, in Russian where there is no Ukrainian one."""
    if language == "uk" and ukrainian:
        return LocalizedText(ukrainian, "uk")
    return LocalizedText(russian, "ru")


def import_remarks(entry: Import) -> list[ImportRemark]:
    """Return the lines of an import's report, at most MOST_ERRORS."""
    report = entry.report or entry.hangs
    remarks = []
    for error in report.errors[:MOST_ERRORS] if report else ():
        if "category" in error:
            stage = words.STAGES.get(error["category"], error["category"])
            remarks += [
                ImportRemark(
                    stage, ", ".join(nested["positions"]), f"{nested['field_code']}: {nested['code']}"
                )
                for nested in error["errors"]
            ]
            continue
        for stage, details in error.items():
            extra: Mapping[str, Any] = details["extra"]
            status = extra.get("status_code", "–")
            text = extra.get("message") or _(
                "code {code}, answer {status}", code=details["code"], status=status
            )
            good = str(extra.get("external_id", ""))
            remarks.append(ImportRemark(words.STAGES.get(stage, stage), good, text))
    return remarks


def logged_request(record: RequestRecord, tokens: Iterable[str]) -> LoggedRequest:
    """Return a request without tokens: the log has none of its own, but a client may write one anywhere."""
    body = record.body.decode(errors="replace")
    address = f"{record.path}?{record.query}" if record.query else record.path
    for token in tokens:
        for spelling in (token, quote(token), quote(token, safe="")):
            body, address = body.replace(spelling, HIDDEN_TOKEN), address.replace(spelling, HIDDEN_TOKEN)
    return LoggedRequest(record, address, f"{body[:LONGEST_BODY]}…" if len(body) > LONGEST_BODY else body)
