"""The endpoints of old messages (prom-api §6.3); `orders.py` says what a handler is."""

from __future__ import annotations

from dataclasses import replace

from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.api.call import VALUE_NOT_ALLOWED, Call, cut_page
from torgsync.sandbox.shop.conversations import MESSAGE_STATUSES, ShopMessage
from torgsync.sandbox.shop.shop import Shop

# Seen for any wrong body of a reply (prom-api §1.3).
WRONG_ID = "Incorrect message id"


def list_messages(shop: Shop, call: Call) -> Json:
    """List messages by status and date, newest first."""
    status = call.query.get("status")
    if status is not None and status not in MESSAGE_STATUSES:
        return {"error": VALUE_NOT_ALLOWED}
    page = cut_page(shop, call, shop.conversations.messages, lambda message: status in (None, message.status))
    return {"messages": [_message_json(message) for message in page]}


def show_message(shop: Shop, call: Call, message_id: int) -> Json | None:  # noqa: ARG001 - every handler is called alike
    """Show one message."""
    message = shop.conversations.messages.find(message_id)
    return None if message is None else {"message": _message_json(message)}


def set_message_status(shop: Shop, call: Call) -> Json:
    """Mark messages; ids that are unknown are in `errors`. The real answer is not recorded."""
    body = call.body if isinstance(call.body, dict) else {}
    status, ids = body.get("status"), body.get("ids")
    if status not in MESSAGE_STATUSES:
        return {"error": VALUE_NOT_ALLOWED}
    if not isinstance(ids, list):
        return {"error": "A list of ids is expected"}
    processed, errors = [], {}
    for message_id in ids:
        message = _found(shop, message_id)
        if message is None:
            errors[str(message_id)] = WRONG_ID
        else:
            shop.conversations.messages.replace(replace(message, status=status))
            processed.append(message_id)
    return {"processed_ids": processed, "errors": errors}


def reply_to_message(shop: Shop, call: Call) -> Json:
    """Answer a message, which is read then. The real answer is not recorded."""
    body = call.body if isinstance(call.body, dict) else {}
    message, text = _found(shop, body.get("id")), body.get("message")
    if message is None:
        return {"error": WRONG_ID}
    if not isinstance(text, str) or not text.strip():
        return {"error": "A message is expected"}
    replies = (*message.replies, text)
    shop.conversations.messages.replace(replace(message, status="read", replies=replies))
    return {"status": "success"}


def _found(shop: Shop, message_id: object) -> ShopMessage | None:
    # `True` is an int for Python.
    return shop.conversations.messages.find(message_id) if type(message_id) is int else None


def _message_json(message: ShopMessage) -> Json:
    names = "id client_full_name phone message subject status product_id".split()
    shown = {name: getattr(message, name) for name in names}
    return shown | {"date_created": message.date_created.isoformat(timespec="microseconds")}
