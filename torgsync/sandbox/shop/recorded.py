"""Puts into a sandbox what a recorded shop held, so that both can be asked the same (prom-api §3.3, §5.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import inf
from typing import Any

from torgsync.core.recording.exchange import Exchange
from torgsync.sandbox.quirks import LONGEST_IMPORT
from torgsync.sandbox.shop import feed as yml
from torgsync.sandbox.shop.collection import Collection
from torgsync.sandbox.shop.orders import ShopOrder
from torgsync.sandbox.shop.recorded_values import (
    Document,
    client_of,
    dict_of,
    group_of,
    recorded_client,
    recorded_group,
    recorded_moment,
    recorded_option,
    recorded_order,
    recorded_product,
    text_of,
    with_id,
)
from torgsync.sandbox.shop.recorded_writes import before_writes
from torgsync.sandbox.shop.shop import Shop

LISTS = {"products": "product", "groups": "group", "orders": "order", "clients": "client"}
"""The key of a list in an answer, and that of a single one."""
IMPORTS = frozenset({"/products/import_file", "/products/import_url"})
GROUPS = "/groups/list"
STATUS = "/products/import/status/"
FAILED = frozenset({"fatal", "fail", "failed", "error"})


# Imports


@dataclass(frozen=True, slots=True)
class RecordedImport:
    """An import of a recording, started by the exchange `number`.

    It took at least `earliest` and at most `latest` seconds, as its states were asked for; `created` is how
    many products it made, None where that is not known.
    """

    number: int
    earliest: float
    latest: float
    created: int | None

    @property
    def ended(self) -> bool:
        """Whether its end was seen."""
        return self.latest < inf

    def seconds_like(self, own: float) -> float:
        """Return the seconds after which the sandbox's import has to end; `own` where that fits."""
        if self.earliest <= own <= self.latest:
            return own
        middle = (self.earliest + self.latest) / 2 if self.ended else inf
        return min(middle, float(LONGEST_IMPORT))


def imports_of(exchanges: Sequence[Exchange]) -> list[RecordedImport]:
    """Return the accepted imports, in order."""
    found = []
    for place, exchange in enumerate(exchanges):
        identity = _json(exchange).get("id") if exchange.path in IMPORTS else None
        if identity is None:
            continue
        earliest, latest, created = 0.0, inf, None
        for later in exchanges[place:]:
            if later.path != f"{STATUS}{identity}":
                continue
            report, seconds = _json(later), (later.at - exchange.at).total_seconds()
            if any(report.get(name) for name in ("total", "created", "updated", "not_changed")) or (
                str(report.get("status")).casefold() in FAILED
            ):
                latest = max(seconds, earliest)
                number = report.get("created")
                created = number if isinstance(number, int) else None
                break
            earliest = max(seconds, 0.0)
        found.append(RecordedImport(exchange.number, earliest, latest, created))
    return found


def _entries(exchange: Exchange) -> list[yml.FeedOffer | yml.FeedCategory]:
    """Return the offers and categories in the file of an import."""
    parts = (exchange.body or {}).get("parts")
    for part in parts if isinstance(parts, list) else ():
        content = dict_of(dict_of(part).get("content"))
        if content.get("kind") == "xml":
            try:
                return list(yml.read(BytesIO(str(content.get("text")).encode("utf-8", "replace"))))
            except yml.FeedInvalid:
                continue
    return []


# The shop


class RecordedShop:
    """Puts what a recording shows of its shop into a sandbox: at once, or when it was made."""

    def __init__(self, shop: Shop, exchanges: Sequence[Exchange]) -> None:
        self._shop = shop
        self._exchanges = exchanges
        self._seen: dict[tuple[str, int], tuple[int, object]] = {}
        self._writes: list[int] = []
        self._categories: dict[str, yml.FeedCategory] = {}
        self._listed_groups = {
            document["id"]
            for exchange in exchanges
            if exchange.path == GROUPS
            for kind, document in _documents(exchange)
            if kind == "groups"
        }
        # What a recording lists of clients is all that its shop has.
        self._shows_clients = any(exchange.path.startswith("/clients/") for exchange in exchanges)
        self._made = self._made_by_imports()
        self._options()
        first: dict[tuple[str, int], Document] = {}
        writes: list[Exchange] = []
        for exchange in exchanges:
            for kind, document in _documents(exchange):
                if (kind, document["id"]) not in first:
                    first[kind, document["id"]] = before_writes(kind, document, writes)
            if exchange.method != "GET":
                writes.append(exchange)
        self._restore(first)

    def bring_up_to(self, place: int) -> None:
        """Give the shop what the answer of this exchange shows, unless a write of the recording made it."""
        exchange = self._exchanges[place]
        for kind, document in _documents(exchange):
            key = (kind, document["id"])
            last, modified = self._seen.get(key, (-1, None))
            now = document.get("date_modified")
            ours = key in self._seen and any(last < write for write in self._writes)
            if key not in self._made and modified != now and not ours:
                self._put(kind, document)
            self._seen[key] = (place, now)
        if exchange.method != "GET":
            self._writes.append(place)

    def _made_by_imports(self) -> set[tuple[str, int]]:
        """Return the products and groups that an import of the recording made.

        A product was made by it if its file has it, it was not seen before and has one of the highest ids;
        a group if a list before did not have it.
        """
        made: set[tuple[str, int]] = set()
        runs = {run.number: run for run in imports_of(self._exchanges)}
        known: set[tuple[str, int]] = set()
        sent: list[tuple[RecordedImport, set[str], set[int]]] = []
        listed = listed_before = False
        for exchange in self._exchanges:
            for kind, document in _documents(exchange):
                key = (kind, document["id"])
                if key in known:
                    continue
                known.add(key)
                if kind == "groups" and listed_before:
                    made.add(key)
                if kind == "products":
                    for _, names, candidates in sent:
                        if document.get("external_id") in names:
                            candidates.add(document["id"])
            listed = listed or (exchange.path == GROUPS and "groups" in _json(exchange))
            if run := runs.get(exchange.number):
                entries = _entries(exchange)
                self._categories.update(
                    (entry.name, entry) for entry in entries if isinstance(entry, yml.FeedCategory)
                )
                names = {entry.id for entry in entries if isinstance(entry, yml.FeedOffer)}
                sent.append((run, names, set()))
                listed_before = listed
        for run, _, candidates in sent:
            newest = sorted(candidates, reverse=True)
            made |= {("products", number) for number in newest[: run.created]}
        return made

    def _restore(self, first: Mapping[tuple[str, int], Document]) -> None:
        start = self._exchanges[0].at
        for kind in ("groups", "clients", "products", "orders"):
            there = [
                (number, document)
                for (of, number), document in first.items()
                if of == kind
                and (of, number) not in self._made
                and (kind != "orders" or recorded_moment(document.get("date_created"), start) <= start)
            ]
            collection = self._collection(kind)
            items = [self._item(kind, document) for _, document in sorted(there, key=lambda one: one[0])]
            collection.restore(items, max([collection.next_id, *(item.id + 1 for item in items)]))
            for number, document in there:
                self._seen[kind, number] = (-1, document.get("date_modified"))
            for item in items:
                self._add_client(item)

    def _put(self, kind: str, document: Document) -> None:
        collection, item = self._collection(kind), self._item(kind, document)
        if collection.find(item.id) is not None:
            collection.replace(item)
        else:
            collection.insert(item)
        self._add_client(item)

    def _add_client(self, item: object) -> None:
        """Add the client of an order where the recording shows orders alone."""
        if not isinstance(item, ShopOrder) or not item.client_id or self._shows_clients:
            return
        if self._shop.clients.find(item.client_id) is None:
            self._shop.clients.insert(client_of(item))

    def _collection(self, kind: str) -> Collection[Any]:
        shop = self._shop
        collections: dict[str, Collection[Any]] = {
            "products": shop.catalog.products,
            "groups": shop.catalog.groups,
            "orders": shop.orders,
            "clients": shop.clients,
        }
        return collections[kind]

    def _item(self, kind: str, document: Document) -> Any:  # noqa: ANN401  # one of the shop's four kinds
        at = self._exchanges[0].at
        match kind:
            case "products":
                return recorded_product(document, at, self._listed_groups)
            case "groups":
                return recorded_group(document, at, self._categories)
            case "orders":
                return recorded_order(document, at)
        return recorded_client(document)

    def _options(self) -> None:
        """Take over the ways to pay and to deliver, where the recording lists them."""
        for path, own in (
            ("/payment_options/list", self._shop.payment_options),
            ("/delivery_options/list", self._shop.delivery_options),
        ):
            answers = [_json(exchange) for exchange in self._exchanges if exchange.path == path]
            listed = next(filter(None, answers), {}).get(path.split("/")[1])
            if isinstance(listed, list):
                own.clear()
                for document in filter(None, map(with_id, listed)):
                    kind = text_of(document, "type")
                    own[document["id"]] = recorded_option(document, None if kind == "own" else kind)


def _json(exchange: Exchange) -> Document:
    """Return the JSON object of a successful answer, an empty one where there is none."""
    body = exchange.answer.body if exchange.answer and exchange.answer.status == 200 else None  # noqa: PLR2004 - HTTP's own number
    value = body.get("json") if body else None
    return value if isinstance(value, dict) else {}


def _documents(exchange: Exchange) -> Iterator[tuple[str, Document]]:
    """Yield what an answer shows, each with the list that it belongs to."""
    if exchange.method != "GET":
        return
    answer = _json(exchange)
    for kind, single in LISTS.items():
        listed = answer.get(kind)
        for document in (*(listed if isinstance(listed, list) else ()), answer.get(single)):
            if (known := with_id(document)) is not None:
                if kind == "products" and (group := group_of(known)) is not None:
                    yield "groups", group
                yield kind, known
