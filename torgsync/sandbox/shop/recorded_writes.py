"""What a thing was before the recorded writes, where it was seen only after them (prom-api §3.4, §5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from torgsync.core.recording.exchange import Exchange
from torgsync.sandbox.shop.recorded_values import Document, dict_of

EDITS = "/products/edit"
EARLIER: Mapping[str, str | None] = {"status": "not_on_display", "presence": "waiting"}
"""What an edited product has before the edit: other words than a program writes."""


def before_writes(kind: str, document: Document, writes: Sequence[Exchange]) -> Document:
    """Return a product or an order without what these writes did to it, so that they can be done again."""
    for exchange in writes:
        if kind == "products" and exchange.path.startswith(EDITS):
            document = {**document, **dict(_before_edit(document, exchange))}
        elif kind == "orders":
            document = {**document, **dict(_before_order_write(document, exchange))}
    return document


def _before_edit(document: Document, exchange: Exchange) -> Iterator[tuple[str, object]]:
    key = "external_id" if exchange.path.endswith("by_external_id") else "id"
    body = dict_of(exchange.body).get("json")
    if str(document.get(key)) not in _processed(exchange):
        return
    for item in body if isinstance(body, list) else ():
        if str(dict_of(item).get("id")) == str(document.get(key)):
            yield from ((name, EARLIER.get(name)) for name in dict_of(item) if name != "id")


def _before_order_write(document: Document, exchange: Exchange) -> Iterator[tuple[str, object]]:
    body = dict_of(dict_of(exchange.body).get("json"))
    parcel = dict_of(document.get("delivery_provider_data"))
    if parcel.get("declaration_number") and body.get("declaration_id") == parcel["declaration_number"]:
        yield "delivery_provider_data", {**parcel, "declaration_number": None}
    if body.get("status") == document.get("status") and str(document["id"]) in _processed(exchange):
        yield "status", "pending"


def _processed(exchange: Exchange) -> set[str]:
    """Return the ids that an answer names as changed."""
    body = exchange.answer.body if exchange.answer else None
    ids = dict_of(dict_of(body).get("json")).get("processed_ids")
    return set(map(str, ids)) if isinstance(ids, list) else set()
