"""The endpoints of orders, clients and options (prom-api §5, §6).

A handler gets the shop, under its lock and with all due imports done, and the call; it returns the JSON of
the answer, or None where there is nothing at this address. Refusals are answers, too: Prom sends them with a
200 (prom-api §1.3).
"""

from __future__ import annotations

from dataclasses import replace

from torgsync.sandbox.api.answers import Json, client_json, order_json
from torgsync.sandbox.api.call import VALUE_NOT_ALLOWED, Call, bad_request, cut_page, refusal
from torgsync.sandbox.api.order_lines import with_lines
from torgsync.sandbox.shop import orders
from torgsync.sandbox.shop.shop import Shop

# Not recorded: that an order is being paid is one thing that a warning says (prom-api §5.3).
WARNED = {"ru": "Заказ оплачивается, статус не изменён", "uk": "Замовлення оплачується, статус не змінено"}
# Invented: which numbers Prom refuses, and with which words, is not recorded.
NO_PARCEL = {"ru": "Такой ЭН не существует", "uk": "Такої ЕН не існує"}
NOT_SAVED = {"ru": "ЭН не сохранена", "uk": "ЕН не збережено"}
DECLARED = {"ru": "Этот ЭН уже добавлен к данному заказу", "uk": "Цей ЕН вже додано до цього замовлення"}


def list_orders(shop: Shop, call: Call) -> Json:
    """List orders; a status that does not exist is an error (prom-api §5.1).

    Orders with a status of the shop's own come with those that are received (prom-api §5.2).
    """
    status = call.query.get("status")
    if status is not None and status not in orders.STATUS_NAMES:
        return {"error": VALUE_NOT_ALLOWED}
    page = cut_page(shop, call, shop.orders, lambda order: status in (None, orders.listed_as(order.status)))
    shown = (order_json(shop.as_charged(order), call.language) for order in page)
    return {"orders": with_lines(shop, shown, call.hit)}


def show_order(shop: Shop, call: Call, order_id: int) -> Json | None:
    """Show one order (prom-api §5.1)."""
    order = shop.orders.find(order_id)
    if order is None:
        return None
    (shown,) = with_lines(shop, [order_json(shop.as_charged(order), call.language)], call.hit)
    return {"order": shown}


def set_order_status(shop: Shop, call: Call) -> Json:
    """Move orders on; one that has this or a later status is silently left out (prom-api §5.3)."""
    body = call.body if isinstance(call.body, dict) else {}
    status, ids = body.get("status"), body.get("ids")
    if status not in orders.WRITABLE_STATUSES:
        return {"error": VALUE_NOT_ALLOWED}
    if not isinstance(ids, list):
        return {"error": "A list of ids is expected"}
    if call.hit and call.hit.fault.does == "status-warning":
        return {"processed_ids": [], "warning_message": WARNED[call.language]}
    reason, text = body.get("cancellation_reason"), body.get("cancellation_text")
    if status == "canceled" and _reason_is_missing(shop, reason, text):
        return {"error": "A cancellation reason is required"}
    processed: list[int] = []
    errors: dict[str, str] = {}
    for order_id in ids:
        order = shop.orders.find(order_id) if type(order_id) is int else None
        if order is None:
            errors[str(order_id)] = "Order is not found"
        elif orders.is_later(status, order.status):
            shop.set_order_status(order_id, status)
            if status == "canceled":
                shop.cancel_order(order_id, str(text or reason))
            processed.append(order_id)
    return {"processed_ids": processed, "errors": errors}


def _reason_is_missing(shop: Shop, reason: object, text: object) -> bool:
    """Return whether a reason is missing, or its text; raises a 400 for one of no list (prom-api §5.3)."""
    further = orders.FURTHER_REASONS if shop.quirks.cancellation_reasons == "all" else ()
    if reason not in (None, "", *orders.CANCELLATION_REASONS, *further):
        raise bad_request(VALUE_NOT_ALLOWED)
    return not reason or (reason in orders.REASONS_WITH_TEXT and not text)


def refund_orders(shop: Shop, call: Call) -> Json:
    """Refund what was paid by «Пром-оплата» (prom-api §5.4); the answer for other orders was not seen."""
    ids = call.body.get("ids") if isinstance(call.body, dict) else None
    if not isinstance(ids, list):
        return {"error": "A list of ids is expected"}
    processed: list[int] = []
    errors: dict[str, str] = {}
    for order_id in ids:
        order = shop.orders.find(order_id) if type(order_id) is int else None
        if order is None:
            errors[str(order_id)] = "Order is not found"
        elif order.payment_status != "paid":
            errors[str(order_id)] = "Order is not paid"
        else:
            shop.refund_order(order_id)
            processed.append(order_id)
    return {"processed_ids": processed, "errors": errors}


def attach_receipt(shop: Shop, call: Call) -> Json:
    """Attach a fiscal receipt to an order, which no answer shows (prom-api §5.4)."""
    body = call.body if isinstance(call.body, dict) else {}
    order_id, receipt = body.get("order_id"), body.get("receipt_id")
    order = shop.orders.find(order_id) if type(order_id) is int else None
    is_id = (isinstance(receipt, str) and receipt != "") or type(receipt) is int
    if order is None or not is_id:
        mistaken = [name for name, wrong in (("order_id", order is None), ("receipt_id", not is_id)) if wrong]
        return refusal("Invalid receipt") | {"errors": dict.fromkeys(mistaken, VALUE_NOT_ALLOWED)}
    shop.orders.replace(replace(order, receipt_id=str(receipt)))
    return {"status": "success"}


def save_declaration(shop: Shop, call: Call) -> Json:
    """Write the parcel's number to an order; the same number again is an error (prom-api §5.4)."""
    body = call.body if isinstance(call.body, dict) else {}
    order_id, number = body.get("order_id"), body.get("declaration_id")
    order = shop.orders.find(order_id) if type(order_id) is int else None
    mistakes = {
        "order_id": order is None,
        "declaration_id": not isinstance(number, str) or not number,
        "delivery_type": body.get("delivery_type") not in orders.DECLARATION_TYPES
        or (order is not None and order.delivery_option == orders.ROZETKA),
    }
    if order is None or any(mistakes.values()):
        fields = {name: VALUE_NOT_ALLOWED for name, mistaken in mistakes.items() if mistaken}
        return refusal("Invalid declaration") | {"errors": fields}
    if call.hit and call.hit.fault.does == "parcel-refused":
        return refusal(NOT_SAVED[call.language]) | {"errors": {"declaration_id": NO_PARCEL[call.language]}}
    if order.declaration_number == number:
        text = DECLARED[call.language]
        return refusal(text) | {"errors": {"declaration_id": text}}
    shop.orders.replace(replace(order, declaration_number=number, date_modified=shop.touched(order)))
    return {"status": "success"}


def list_order_statuses(shop: Shop, call: Call) -> Json:
    """List the statuses of orders; this shop has none of its own (prom-api §5.4, §13)."""
    words = {code: names[call.language] for code, names in orders.STATUS_NAMES.items()}
    if shop.quirks.status_options == "name":
        numbered = enumerate(words.items(), 1)
        options: list[Json] = [{"id": place, "name": name, "code": code} for place, (code, name) in numbered]
    else:
        numbers = orders.STATUS_NUMBERS.items()
        options = [{"id": number, "name": code, "title": words[code]} for code, number in numbers]
    return {"order_status_options": options}


def list_clients(shop: Shop, call: Call) -> Json:
    """List clients; `search_term` is looked for in name, phones and e-mails (prom-api §6.2)."""
    term = call.query.get("search_term", "").casefold()

    def matches(client: orders.ShopClient) -> bool:
        return any(term in text.casefold() for text in (client.full_name, *client.phones, *client.emails))

    return {"clients": [client_json(client) for client in cut_page(shop, call, shop.clients, matches)]}


def show_client(shop: Shop, call: Call, client_id: int) -> Json | None:  # noqa: ARG001 - every handler is called alike
    """Show one client (prom-api §6.2)."""
    client = shop.clients.find(client_id)
    return None if client is None else {"client": client_json(client)}


def list_payment_options(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - every handler is called alike
    """List the ways to pay (prom-api §6.1)."""
    options = shop.payment_options.values()
    return {
        "payment_options": [
            {"id": option.id, "name": option.name, "description": option.description} for option in options
        ]
    }


def list_delivery_options(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - every handler is called alike
    """List the ways of delivery (prom-api §6.1); Prom's values of `type` are unknown."""
    return {
        "delivery_options": [
            {
                "id": option.id,
                "name": option.name,
                "comment": "",
                "enabled": True,
                "type": option.provider or "own",
            }
            for option in shop.delivery_options.values()
        ]
    }
