"""The chat call that writes to the buyer of an order (prom-api §6.4); `orders.py` says what a handler is."""

from __future__ import annotations

from datetime import timedelta

from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.api.call import Call, RefusedWithStatus, bad_request, refusal
from torgsync.sandbox.faults import HTTP_OK
from torgsync.sandbox.shop.conversations import ItemType
from torgsync.sandbox.shop.shop import Shop

LONGEST_TEXT = 1000
OLDEST_ORDER = timedelta(days=30)
DISABLED, NOT_FOUND = "Chat is disabled", "Order not found"


def send_order_context(shop: Shop, call: Call) -> Json:
    """Send a message with the card of an order to its buyer; its thread is made where there is none.

    A form, a body that is no text, and one that is too long are a 400; the words are invented. "Order not
    found" and "Chat is disabled" were seen, but not their status: the quirk `chat_refusals` has it.
    """
    body = call.body if isinstance(call.body, dict) else {}
    order_id, text = body.get("order_id"), body.get("body")
    if call.upload is not None or type(order_id) is not int or not isinstance(text, str) or not text:
        raise bad_request("A JSON object with order_id and body is expected")
    if len(text) > LONGEST_TEXT:
        raise bad_request(f"body is longer than {LONGEST_TEXT} characters")
    if not shop.quirks.chat:
        return _refused(shop, DISABLED)
    order, now = shop.orders.find(order_id), shop.now()
    client = shop.clients.find(order.client_id) if order else None
    if order is None or client is None or now - order.date_created > OLDEST_ORDER:
        return _refused(shop, NOT_FOUND)
    thread = shop.conversations.thread_of(client, now)
    message = shop.conversations.send(
        thread, text, now, by_seller=True, item_id=order.id, item_type=ItemType.ORDER
    )
    return {"status": "ok", "data": {"message_id": message.id}}


def _refused(shop: Shop, words: str) -> Json:
    status = int(shop.quirks.chat_refusals.partition("-")[0])
    if status != HTTP_OK:
        raise RefusedWithStatus(status, refusal(words))
    return refusal(words)
