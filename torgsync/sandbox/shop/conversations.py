"""What buyers and the seller write: old messages, and the threads of the chat (prom-api §6.3, §6.4).

The two have nothing in common: no chat message is in the list of messages. A thread is what Prom calls a
`room`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from torgsync.sandbox.shop.collection import Collection
from torgsync.sandbox.shop.orders import ShopClient

MESSAGE_STATUSES = ("unread", "read", "deleted")
THREAD_STATUSES = ("active", "archived", "banned")
COMPANY_ID = 200001
# The user of a buyer has another number than the client (prom-api §6.4).
USER_OFFSET = 50_000_000


class ItemType(StrEnum):
    """What a message of the chat is about, or carries."""

    PRODUCT = "product"
    ORDER = "order"
    FILE = "file"


def ident_of(client_id: int) -> str:
    """Return the name of a client's thread."""
    return f"{client_id + USER_OFFSET}_{COMPANY_ID}_buyer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopMessage:
    """A message by the form of the site; `replies` are the seller's answers, oldest first."""

    id: int
    date_created: datetime
    client_full_name: str
    phone: str
    message: str
    subject: str = ""
    status: str = "unread"
    product_id: int | None = None
    replies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopThread:
    """The thread of one buyer; `client_id` is that of the orders."""

    id: int
    client_id: int
    user_name: str
    user_phone: str | None
    date_sent: datetime
    last_message_id: int | None = None
    status: str = "active"

    @property
    def ident(self) -> str:
        """The thread's name in the API."""
        return ident_of(self.client_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message in a thread; a `context` shows the card of an order or product."""

    id: int
    thread_id: int
    date_sent: datetime
    body: str
    by_seller: bool
    type: Literal["message", "context", "notification", "system"] = "message"
    status: str = "new"
    context_item_id: int | None = None
    context_item_type: ItemType | None = None


class Conversations:
    """All messages, all threads, and what was written in these."""

    def __init__(self) -> None:
        self.messages: Collection[ShopMessage] = Collection(400001)
        self.threads: Collection[ShopThread] = Collection(500001, key=lambda thread: thread.ident)
        self.chat: Collection[ChatMessage] = Collection(600001, group=lambda message: message.thread_id)

    def write(self, now: datetime, text: str, **fields: Any) -> int:  # noqa: ANN401 - the fields of a ShopMessage
        """Add a message by the form of the site, and return its id."""
        return self.messages.add(
            lambda number: ShopMessage(id=number, date_created=now, message=text, **fields)
        ).id

    def thread_of(self, client: ShopClient, now: datetime) -> ShopThread:
        """Return the thread of a client, a new one before the first message."""
        thread = self.threads.find(ident_of(client.id))
        return thread or self.threads.add(
            lambda number: ShopThread(
                id=number,
                client_id=client.id,
                user_name=client.full_name,
                user_phone=next(iter(client.phones), None),
                date_sent=now,
            )
        )

    def send(
        self,
        thread: ShopThread,
        body: str,
        now: datetime,
        *,
        by_seller: bool = False,
        item_id: int | None = None,
        item_type: ItemType | None = None,
    ) -> ChatMessage:
        """Write in a thread, about a product or an order or with a file where one is named."""
        message = self.chat.add(
            lambda number: ChatMessage(
                id=number,
                thread_id=thread.id,
                date_sent=now,
                body=body,
                by_seller=by_seller,
                type="context" if item_type in (ItemType.PRODUCT, ItemType.ORDER) else "message",
                context_item_id=item_id,
                context_item_type=item_type,
            )
        )
        self.threads.replace(replace(thread, date_sent=now, last_message_id=message.id))
        return message

    def history(self, thread: ShopThread | None) -> list[ChatMessage]:
        """Return what was written in a thread, or in all of them, oldest first."""
        if thread is None:
            return list(self.chat)
        found = (self.chat.find(number) for number in self.chat.ids_in(thread.id))
        return [message for message in found if message is not None]
