"""The endpoints of the chat (prom-api §6.4); `orders.py` says what a handler is.

Of refusals only "Chat is disabled" was seen; their form is that of other refusals with a 200.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import TypeGuard

from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.api.call import VALUE_NOT_ALLOWED, Call, is_digits, refusal
from torgsync.sandbox.shop.conversations import COMPANY_ID, THREAD_STATUSES, ChatMessage, ItemType, ShopThread
from torgsync.sandbox.shop.shop import Shop

DISABLED = "Chat is disabled"
THREADS_ON_A_PAGE = 20
MESSAGES_ON_A_PAGE = 100
LONGEST_BODY = 1000
PROJECT = "promua"
COMPANY = str(COMPANY_ID)

Handler = Callable[[Shop, Call], Json]


def where_enabled(handler: Handler) -> Handler:
    """Let a handler answer only where the shop uses the chat (prom-api §13)."""

    @wraps(handler)
    def answer(shop: Shop, call: Call) -> Json:
        return handler(shop, call) if shop.quirks.chat else refusal(DISABLED)

    return answer


@where_enabled
def list_threads(shop: Shop, call: Call) -> Json:
    """List the threads, the last written in first; `offset` counts threads, unlike in other lists."""
    status, since = call.query.get("status"), call.query.get("date_from")
    threads = [thread for thread in shop.conversations.threads if thread.last_message_id is not None]
    if status in THREAD_STATUSES:
        threads = [thread for thread in threads if thread.status == status]
    if since and (moment := _moment(since)):
        threads = [thread for thread in threads if thread.date_sent >= moment]
    threads.sort(key=lambda thread: (thread.date_sent, thread.id), reverse=call.query.get("sort") != "asc")
    offset = call.query.get("offset", "")
    start = int(offset) if is_digits(offset) else 0
    page = threads[start : start + _limit(call, THREADS_ON_A_PAGE)]
    return _ok({"rooms": [_thread_json(thread) for thread in page]})


@where_enabled
def show_history(shop: Shop, call: Call) -> Json:
    """Show what was written in a thread, or in all of them, newest first but for `sort=asc`."""
    ident, status = call.query.get("room_ident"), call.query.get("status")
    thread = shop.conversations.threads.find(ident) if ident else None
    if (ident and thread is None) or call.query.get("project", PROJECT) != PROJECT:
        return _ok({"messages": []})
    messages = [message for message in shop.conversations.history(thread) if status in (None, message.status)]
    if call.query.get("sort") != "asc":
        messages.reverse()
    page = messages[: _limit(call, MESSAGES_ON_A_PAGE)]
    return _ok({"messages": _messages_json(shop, page)})


@where_enabled
def send_message(shop: Shop, call: Call) -> Json:
    """Write in a thread that is there already."""
    body = call.body if isinstance(call.body, dict) else {}
    thread, text = _thread(shop, body.get("room_ident")), body.get("body")
    if thread is None:
        return refusal("Room not found")
    if not is_text(text):
        return refusal(VALUE_NOT_ALLOWED)
    return sent(shop.conversations.send(thread, text, shop.now(), by_seller=True))


@where_enabled
def send_file(shop: Shop, call: Call) -> Json:
    """Send a file to a thread, by an upload with `room_ident`, perhaps with `body`; only its name is kept."""
    upload = call.upload
    if upload is None or upload.file is None:
        return refusal("A file is expected")
    thread = _thread(shop, upload.fields.get("room_ident"))
    if thread is None:
        return refusal("Room not found")
    text = upload.fields.get("body") or upload.name
    return sent(shop.conversations.send(thread, text, shop.now(), by_seller=True, item_type=ItemType.FILE))


@where_enabled
def mark_message_read(shop: Shop, call: Call) -> Json:
    """Mark a message as read."""
    number = call.body.get("message_id") if isinstance(call.body, dict) else None
    message = shop.conversations.chat.find(number) if type(number) is int else None
    if message is None:
        return refusal("Message not found")
    shop.conversations.chat.replace(replace(message, status="read"))
    return {"status": "ok"}


def is_text(text: object) -> TypeGuard[str]:
    """Return whether a body of a message may be sent."""
    return isinstance(text, str) and 0 < len(text) <= LONGEST_BODY and not text.isspace()


def sent(message: ChatMessage) -> Json:
    """Return the answer for a message that was sent."""
    return _ok({"message_id": message.id})


def _ok(data: Json) -> Json:
    return {"status": "ok", "data": data}


def _thread(shop: Shop, ident: object) -> ShopThread | None:
    return shop.conversations.threads.find(ident) if isinstance(ident, str) else None


def _limit(call: Call, most: int) -> int:
    limit = call.query.get("limit", "")
    return min(int(limit), most) if is_digits(limit) and int(limit) else most


def _moment(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?", text, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _thread_json(thread: ShopThread) -> Json:
    return {
        "id": thread.id,
        "ident": thread.ident,
        "date_sent": _date(thread.date_sent),
        "status": thread.status,
        "last_message_id": thread.last_message_id,
        "buyer_client_id": thread.client_id,
    }


def _messages_json(shop: Shop, messages: Sequence[ChatMessage]) -> list[Json]:
    threads = {thread.id: thread for thread in shop.conversations.threads}
    return [_message_json(message, threads[message.thread_id]) for message in messages]


def _message_json(message: ChatMessage, thread: ShopThread) -> Json:
    names = "id body type status context_item_id context_item_type".split()
    return {name: getattr(message, name) for name in names} | {
        "room_id": thread.id,
        "room_ident": thread.ident,
        "date_sent": _date(message.date_sent),
        "context_item_image_url": None,
        "user_name": "Магазин" if message.by_seller else thread.user_name,
        "user_ident": COMPANY if message.by_seller else thread.ident.partition("_")[0],
        "user_phone": None if message.by_seller else thread.user_phone,
        "buyer_client_id": thread.client_id,
        "is_sender": message.by_seller,
    }


def _date(moment: datetime) -> str:
    """Return a date as the chat writes it: in UTC, without saying so (prom-api §6.4)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
