"""What each call of the API does, without HTTP (prom-api §2 to §6).

A handler gets the shop, under its lock and settled, and the call; it returns the JSON of the answer, or None
where there is nothing under this address. Refusals are answers too: Prom says them with a 200 (prom-api
§1.3).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from torgsync.core.clock import SHOP_ZONE
from torgsync.sandbox.api.answers import (
    Json,
    Language,
    client_json,
    delivery_option_json,
    group_json,
    order_json,
    payment_option_json,
    product_json,
)
from torgsync.sandbox.api.edits import EditRefused, wanted_fields
from torgsync.sandbox.shop import orders
from torgsync.sandbox.shop.imports import ImportRefused, ImportSettings
from torgsync.sandbox.shop.products import ROOT_GROUP_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torgsync.sandbox.faults import Met
    from torgsync.sandbox.shop.collection import Collection, Item
    from torgsync.sandbox.shop.orders import Client, Order
    from torgsync.sandbox.shop.products import Group, Product
    from torgsync.sandbox.shop.shop import Shop

LONGEST_PAGE = 100
SHORT_PAGE = 20
ZONES: Mapping[str, tzinfo] = {"utc": UTC, "kyiv": SHOP_ZONE}

TEXTS: Mapping[str, Mapping[Language, str]] = {
    "list-expected": {"ru": "Ожидается список товаров", "uk": "Очікується список товарів"},
    "declared": {
        "ru": "Этот ЭН уже добавлен к данному заказу",
        "uk": "Цей ЕН вже додано до цього замовлення",
    },
}
# Said in English whatever the language (prom-api §1.3); the other English texts of this file are made up
# after it.
STATUS_NOT_ALLOWED = "This status value is not allowed"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The two parts of an import by file: the file, None where it is missing, and the settings as text."""

    file: bytes | None
    data: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as the handlers see it. `body` is the JSON with exact decimals, or None.

    `met` is the trouble that the request meets, None where it meets none.
    """

    query: Mapping[str, str]
    language: Language = "ru"
    body: Any = None
    upload: Upload | None = None
    met: Met | None = None


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON may be anything
    """Parse JSON with exact decimals; raise ValueError where it is none, or holds NaN or Infinity."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON number")

    return json.loads(text, parse_float=Decimal, parse_constant=refuse)


# Lists


def _page(
    shop: Shop,
    call: Call,
    collection: Collection[Item],
    wanted: Callable[[Item], bool] | None = None,
    *,
    among: Sequence[int] | None = None,
) -> list[Item]:
    """Cut the page that a list call asks for (prom-api §2.1); unknown parameters are passed over.

    `among` are the ids to choose from, by default all.
    """
    windows = _windows(call.query, ZONES[shop.quirks.date_filters])
    if windows is None:
        return []

    def fits(item: Item) -> bool:
        # Products and groups have no date of creation, and a window for it is passed over like any parameter
        # that a call does not know.
        inside = all(low <= getattr(item, name, low) <= high for name, low, high in windows)
        return inside and (wanted is None or wanted(item))

    last_id = call.query.get("last_id", "")
    return collection.page(
        _limit(call.query),
        wanted=fits,
        among=among,
        modified_from=next(low for name, low, _ in windows if name == "date_modified"),
        last_id=int(last_id) if _is_digits(last_id) else None,
        inclusive=shop.quirks.last_id == "inclusive",
        ascending=call.query.get("sort_dir") == "asc",
    )


def _limit(query: Mapping[str, str]) -> int:
    limit = query.get("limit", "")
    if _is_digits(limit) and int(limit):
        return min(int(limit), LONGEST_PAGE)
    return SHORT_PAGE if query else LONGEST_PAGE


def _windows(query: Mapping[str, str], zone: tzinfo) -> list[tuple[str, datetime, datetime]] | None:
    """Return the attributes that are limited by dates, each with its bounds, which belong to the window.

    None where a date is not in the one form that Prom reads: the list is then empty, without a word (prom-api
    §2.1).
    """
    windows = []
    for parameter, attribute in (("last_modified", "date_modified"), ("date", "date_created")):
        bounds = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
        for place, end in enumerate(("from", "to")):
            text = query.get(f"{parameter}_{end}")
            if text is None:
                continue
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text, re.ASCII):
                return None
            try:
                bounds[place] = datetime.fromisoformat(text).replace(tzinfo=zone)
            except ValueError:
                return None
        windows.append((attribute, bounds[0], bounds[1]))
    return windows


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


# Products and groups


def list_products(shop: Shop, call: Call) -> Json:
    """List products; `group_id` 0 is the same as none (prom-api §3.1)."""
    asked = call.query.get("group_id", "")
    group_id = int(asked) if _is_digits(asked) else 0
    shown = group_id or (ROOT_GROUP_ID if shop.quirks.root_group_only else 0)
    page = _page(shop, call, shop.catalog.products, among=shop.catalog.ids_in(shown) if shown else None)
    return {
        "group_id": group_id,
        "products": [product_json(product, shop.catalog, call.language) for product in page],
    }


def show_product(shop: Shop, call: Call, product_id: int) -> Json | None:
    """Show one product by its Prom id (prom-api §3.2)."""
    return _shown(shop, call, shop.catalog.find(product_id))


def show_product_by_external_id(shop: Shop, call: Call, external_id: str) -> Json | None:
    """Show one product by its external id (prom-api §3.2)."""
    return _shown(shop, call, shop.catalog.find(external_id))


def _shown(shop: Shop, call: Call, product: Product | None) -> Json | None:
    return None if product is None else {"product": product_json(product, shop.catalog, call.language)}


def edit_products(shop: Shop, call: Call) -> Json:
    """Edit by Prom ids, which are numbers (prom-api §3.4)."""
    return _edit(shop, call, int)


def edit_products_by_external_id(shop: Shop, call: Call) -> Json:
    """Edit by external ids, which are strings under the same key `id` (prom-api §3.4)."""
    return _edit(shop, call, str)


def _edit(shop: Shop, call: Call, kind: type[int | str]) -> Json:
    """Change item by item. An id that is unknown, deleted or of the wrong type is left out without a word.

    So are the items that gaps strike: they stay as they are (prom-api §3.4).
    """
    if not isinstance(call.body, list) or not all(isinstance(item, dict) for item in call.body):
        return {"errors": {"error": TEXTS["list-expected"][call.language]}}
    processed: list[int | str] = []
    errors: dict[str, str] = {}
    gaps = call.met if call.met and call.met.fault.does == "gaps" else None
    for number, item in enumerate(call.body, 1):
        if gaps and gaps.strikes(number):
            continue
        key = item.get("id")
        # `True` is an int for Python and would be found under id 1.
        product = shop.catalog.find(key) if type(key) is kind else None
        if product is None or product.status == "deleted_by_moderator":
            continue
        try:
            changed = shop.catalog.change(product, wanted_fields(item), shop.now())
        except EditRefused as refusal:
            errors[str(key)] = str(refusal)
            continue
        if changed or shop.quirks.report_unchanged:
            processed.append(key)
    return {"processed_ids": processed, "errors": errors}


def list_groups(shop: Shop, call: Call) -> Json:
    """List the groups without the root (prom-api §3.6)."""
    page: list[Group] = _page(shop, call, shop.catalog.groups)
    return {"groups": [group_json(group, shop.catalog, call.language) for group in page]}


# Imports


def import_file(shop: Shop, call: Call) -> Json:
    """Accept an import by file; a refusal has no `id` (prom-api §4.3)."""
    upload = call.upload
    if upload is None or upload.file is None:
        return _refusal("A file is expected")
    try:
        settings = ImportSettings.from_json(parse_json(upload.data))
    except ValueError:
        return _refusal("Invalid import settings")
    except ImportRefused as refusal:
        return _refusal(str(refusal))
    try:
        accepted = shop.desk.accept(upload.file, settings, shop.quirks, shop.now(), call.met)
    except ImportRefused as refusal:
        return _refusal(str(refusal))
    return {"id": accepted.id, "status": "success"}


def import_url(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - every handler is called alike
    """Refuse an import by link: the sandbox fetches nothing."""
    return _refusal("Не удалось загрузить файл по ссылке")


def show_import(shop: Shop, call: Call, import_id: str) -> Json | None:  # noqa: ARG001 - likewise
    """Show the state of an import (prom-api §4.4)."""
    report = shop.desk.status(import_id, shop.now())
    return None if report is None else report.as_json()


def _refusal(message: str) -> Json:
    return {"status": "error", "message": message}


# Orders and clients


def list_orders(shop: Shop, call: Call) -> Json:
    """List orders; a status that does not exist is an error (prom-api §5.1)."""
    status = call.query.get("status")
    if status is not None and status not in orders.STATUS_NAMES:
        return {"error": STATUS_NOT_ALLOWED}

    def wanted(order: Order) -> bool:
        return status is None or order.status == status

    page = _page(shop, call, shop.orders, wanted)
    return {"orders": [order_json(order, call.language) for order in page]}


def show_order(shop: Shop, call: Call, order_id: int) -> Json | None:
    """Show one order (prom-api §5.1)."""
    order = shop.orders.get(order_id)
    return None if order is None else {"order": order_json(order, call.language)}


def set_order_status(shop: Shop, call: Call) -> Json:
    """Move orders on. One that is in this or a later status already is left out without a word.

    Source: docs/developers/prom-api.md §5.3.
    """
    body = call.body if isinstance(call.body, dict) else {}
    status, ids = body.get("status"), body.get("ids")
    if status not in orders.WRITABLE_STATUSES:
        return {"error": STATUS_NOT_ALLOWED}
    if not isinstance(ids, list):
        return {"error": "A list of ids is expected"}
    reason, text = body.get("cancellation_reason"), body.get("cancellation_text")
    if status == "canceled" and (
        reason not in orders.CANCELLATION_REASONS or (reason == "another" and not text)
    ):
        return {"error": "A cancellation reason is required"}
    processed: list[int] = []
    errors: dict[str, str] = {}
    for order_id in ids:
        order = shop.orders.get(order_id) if type(order_id) is int else None
        if order is None:
            errors[str(order_id)] = "Order is not found"
        elif orders.is_later(status, order.status):
            shop.set_order_status(order_id, status)
            if status == "canceled":
                shop.cancel_order(order_id, str(text or reason))
            processed.append(order_id)
    return {"processed_ids": processed, "errors": errors}


def save_declaration(shop: Shop, call: Call) -> Json:
    """Write the parcel's number to an order; the same number again is an error (prom-api §5.4)."""
    body = call.body if isinstance(call.body, dict) else {}
    order_id, number = body.get("order_id"), body.get("declaration_id")
    order = shop.orders.get(order_id) if type(order_id) is int else None
    wrong = {
        "order_id": order is None,
        "declaration_id": not isinstance(number, str) or not number,
        "delivery_type": body.get("delivery_type") not in orders.DECLARATION_TYPES,
    }
    if order is None or any(wrong.values()):
        fields = {name: STATUS_NOT_ALLOWED for name, is_wrong in wrong.items() if is_wrong}
        return _refusal("Invalid declaration") | {"errors": fields}
    if order.declaration_number == number:
        text = TEXTS["declared"][call.language]
        return _refusal(text) | {"errors": {"declaration_id": text}}
    shop.orders.replace(order.id, replace(order, declaration_number=number, date_modified=shop.now()))
    return {"status": "success"}


def list_order_statuses(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - every handler is called alike
    """List the statuses of orders; this shop has none of its own (prom-api §5.4)."""
    return {
        "order_status_options": [
            {"id": number, "name": names[call.language], "code": code}
            for number, (code, names) in enumerate(orders.STATUS_NAMES.items(), 1)
        ]
    }


def list_clients(shop: Shop, call: Call) -> Json:
    """List clients; `search_term` is looked for in name, phones and e-mails (prom-api §6.2)."""
    term = call.query.get("search_term", "").casefold()

    def wanted(client: Client) -> bool:
        return any(term in text.casefold() for text in (client.full_name, *client.phones, *client.emails))

    return {"clients": [client_json(client) for client in _page(shop, call, shop.clients, wanted)]}


def show_client(shop: Shop, call: Call, client_id: int) -> Json | None:  # noqa: ARG001 - every handler is called alike
    """Show one client (prom-api §6.2)."""
    client = shop.clients.get(client_id)
    return None if client is None else {"client": client_json(client)}


def list_payment_options(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - likewise
    """List the ways to pay (prom-api §6.1)."""
    return {"payment_options": [payment_option_json(option) for option in shop.payment_options.values()]}


def list_delivery_options(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - likewise
    """List the ways of delivery (prom-api §6.1)."""
    return {"delivery_options": [delivery_option_json(option) for option in shop.delivery_options.values()]}
