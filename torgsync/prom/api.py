"""Prom.ua's endpoints: one method each, values in and values out.

Source: docs/developers/prom-api.md §2, §3, §4, §5.1, §6.1, §6.4, §11 Q2, Q4, Q5.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from torgsync.core.orders.order import Order, PaymentOption
from torgsync.core.plan.channels import EditAnswer, ImportState
from torgsync.core.plan.external_ids import ProductCopy
from torgsync.core.portals import PROM, Portal
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.product.products import Existing, ExternalIds
from torgsync.errors import PromRefused
from torgsync.prom.http import Http, ignore_idle, open_client
from torgsync.prom.pace import shared_pace
from torgsync.prom.recording.recorder import Recorder
from torgsync.prom.request import (
    XLSX_FILE,
    YML_FILE,
    ApiRequest,
    RequestJournal,
    Right,
    import_request,
    json_request,
)
from torgsync.prom.responses import NotFound, is_forbidden, lost_answer
from torgsync.prom.spreadsheet import UPDATED_FIELDS
from torgsync.prom.wire.copies import WireCopy
from torgsync.prom.wire.orders import WireOrder, WirePaymentOption, message_id
from torgsync.prom.wire.products import WireGroup, WireProduct, edit_answer, import_id, import_state
from torgsync.prom.wire.values import listed, single

LIST_LIMIT = 100
"""Items of one page: the most that Prom gives (prom-api §2.1). The sandbox has a constant of its own."""

UNUSED_ID = "torgsync-has-no-such-product"
"""An external id that no product has: an edit of it shows whether a token may edit."""

Keyed = TypeVar("Keyed", WireProduct, WireCopy, WireOrder)


class Prom:
    """One shop on Prom.ua.

    Goods are identified by their ids; `names` maps them to Prom's. Every method may raise TokenRefused,
    PromRefused or Temporary; those that write may raise AnswerLost.
    """

    def __init__(self, http: Http, names: ExternalIds | None = None) -> None:
        self.http = http
        self.names = names or ExternalIds()

    def products(
        self, modified_from: datetime | None = None, *, complete: bool = False
    ) -> Iterator[list[Existing]]:
        """Yield the products page by page, newest first, all or those modified since a moment.

        The moment is aware; the caller adds the overlap for the unknown time zone (prom-api §11 Q9). A
        product that is not listed may exist all the same (prom-api §11 Q3). One whose id cannot be read is
        left out; raises PromRefused for it where the list has to be `complete`.
        """
        right = Right.PRODUCTS_READ
        for page in self._pages("products", WireProduct, modified_from, right, complete=complete):
            yield [self._named(product) for product in page]

    def product(self, good_id: str) -> Existing | None:
        """Return the product of a good, None where it is absent or deleted."""
        external_id = self.names.external_id(good_id)
        path = f"by_external_id/{_segment(external_id)}" if external_id else self.names.prom_id(good_id)
        return self._product(path)

    def product_by_prom_id(self, prom_id: str) -> Existing | None:
        """Return a product by Prom's own id, None where it is absent or deleted."""
        return self._product(_segment(prom_id))

    def holder(self, external_id: str) -> str | None:
        """Return Prom's id of the product that has an external id, None where none has it."""
        product = self._product(f"by_external_id/{_segment(external_id)}")
        return product.prom_id if product else None

    def copies(self) -> Iterator[list[ProductCopy]]:
        """Yield all that the list shows of the products, page by page, newest first."""
        for page in self._pages("products", WireCopy, None, Right.PRODUCTS_READ):
            yield [product.copy_of() for product in page]

    def copy(self, prom_id: str) -> ProductCopy | None:
        """Return all that Prom shows of one product, None where it is absent or deleted."""
        try:
            answer = self.http.get(f"/products/{_segment(prom_id)}", right=Right.PRODUCTS_READ)
        except NotFound:
            return None
        return single(answer, "product", WireCopy).copy_of()

    def _product(self, path: str) -> Existing | None:
        try:
            answer = self.http.get(f"/products/{path}", right=Right.PRODUCTS_READ)
        except NotFound:
            return None
        return self._named(single(answer, "product", WireProduct))

    def _named(self, product: WireProduct) -> Existing:
        existing = product.existing()
        return existing.named(self.names.good_id(existing.prom_id, existing.good_id))

    def edit(self, items: Sequence[Mapping[str, object]]) -> EditAnswer:
        """Set values of goods' products; `wire.products.edit_item` makes the items, with the good under `id`.

        A good that is in neither part of the answer may be unchanged: read it back (prom-api §11 Q4).
        Products without an external id are sent in a request of their own.
        """
        by_external_id, by_prom_id = {}, {}
        for item in items:
            good_id = str(item["id"])
            if external_id := self.names.external_id(good_id):
                by_external_id[external_id] = (good_id, {**item, "id": external_id})
            else:
                prom_id = self.names.prom_id(good_id)
                by_prom_id[prom_id] = (good_id, {**item, "id": int(prom_id)})
        processed: set[str] = set()
        errors: dict[str, str] = {}
        for path, sent in (("/products/edit_by_external_id", by_external_id), ("/products/edit", by_prom_id)):
            answer = self._edit(path, [item for _, item in sent.values()])
            processed |= {sent[identity][0] for identity in answer.processed if identity in sent}
            errors |= {sent[identity][0]: why for identity, why in answer.errors.items() if identity in sent}
        return EditAnswer(frozenset(processed), errors)

    def edit_by_prom_id(self, items: Sequence[Mapping[str, object]]) -> EditAnswer:
        """Set values of products by Prom's own id, an integer under `id`; the answer's ids are text."""
        return self._edit("/products/edit", items)

    def start_import(self, feed: Path, updated_fields: Sequence[str], *, force: bool = False) -> str:
        """Stream a feed to Prom and return the import's id; products that are not in it are left alone.

        `updated_fields` are those of `core.plan.channels.updated_fields`; new products get all fields. With
        `force` Prom reads photos again whose address it knows (prom-api §4.5). After AnswerLost it is not
        repeated before a read-back (prom-api §4.6). Raises ImportBusy where another import is running.
        """
        return self._start_import(feed, updated_fields, YML_FILE, force=force)

    def import_external_ids(self, sheet: Path) -> str:
        """Send a spreadsheet of `prom.spreadsheet` and return the import's id (prom-api §4.7)."""
        return self._start_import(sheet, UPDATED_FIELDS, XLSX_FILE)

    def _start_import(
        self, path: Path, updated_fields: Sequence[str], file_type: tuple[str, str], *, force: bool = False
    ) -> str:
        settings = {
            "force_update": force,
            "only_available": False,
            "mark_missing_product_as": "none",
            "updated_fields": list(updated_fields),
        }
        with path.open("rb") as file:
            answer = self.http.send(import_request(json.dumps(settings), file, file_type))
        identity = import_id(answer)
        if not identity:
            words = self.http.responses.words(answer.get("message"))
            if is_forbidden(words):
                raise self.http.responses.lacks(Right.PRODUCTS_WRITE, words)
            raise error_of(PromRefused, problem(ProblemCode.NO_IMPORT_ID, words=words))
        return identity

    def import_state(self, identity: str) -> ImportState:
        """Return the progress of an import: at first `SUCCESS` with zeros (prom-api §4.4)."""
        path = f"/products/import/status/{_segment(identity)}"
        answer = self.http.send(ApiRequest("GET", path, Right.PRODUCTS_READ, asks_for_state=True))
        return import_state(answer, self.http.responses.words)

    def groups(self) -> dict[str, str]:
        """Return the names of the shop's groups by id, the first hundred, without the root group."""
        answer = self.http.get("/groups/list", {"limit": LIST_LIMIT}, right=Right.GROUPS_READ)
        return {str(group.id): group.name or "" for group in listed(answer, "groups", WireGroup)}

    def payment_options(self) -> list[PaymentOption]:
        """Return the shop's payment methods, in Prom's order."""
        answer = self.http.get("/payment_options/list", right=Right.SETTINGS_READ)
        options = listed(answer, "payment_options", WirePaymentOption)
        return [PaymentOption(option.id, option.name) for option in options]

    def orders(self, modified_from: datetime | None = None) -> Iterator[list[Order]]:
        """Yield the orders page by page, newest first, all or those modified since an aware moment."""
        for page in self._pages("orders", WireOrder, modified_from, Right.ORDERS_READ):
            yield [order.order(self.http.portal) for order in page]

    def order(self, order_id: str) -> Order | None:
        """Return one order, None where there is none with this id."""
        try:
            answer = self.http.get(f"/orders/{_segment(order_id)}", right=Right.ORDERS_READ)
        except NotFound:
            return None
        return single(answer, "order", WireOrder).order(self.http.portal)

    def receive_orders(self, order_ids: Sequence[str]) -> EditAnswer:
        """Set the status of orders to "received"; ids of the answer are order ids.

        An order that is in neither part of the answer has this status or a later one (prom-api §5.3).
        """
        body = {"status": "received", "ids": [int(order_id) for order_id in order_ids]}
        answer = self.http.send(json_request("/orders/set_status", body, Right.ORDERS_WRITE))
        return edit_answer(answer, list(order_ids), self.http.responses.words)

    def save_parcel(self, order_id: str, parcel: str, carrier: str) -> None:
        """Write a parcel's number to an order; `carrier` is Prom's code of the carrier (prom-api §5.4).

        Raises PromRefused, also for a number that the order has already: read it back.
        """
        body = {"order_id": int(order_id), "declaration_id": parcel, "delivery_type": carrier}
        self.http.send(json_request("/delivery/save_declaration_id", body, Right.ORDERS_WRITE))

    def send_message(self, order_id: str, text: str) -> str:
        """Send a message with the card of an order to its buyer, and return its id (prom-api §6.4).

        It is never repeated: after AnswerLost the buyer may have it, after any other error not. Raises
        PromRefused for an order that Prom does not find any more, and where the chat is switched off.
        """
        body = {"order_id": int(order_id), "body": text}
        request = json_request("/chat/send_order_context", body, Right.CHAT_WRITE, "message")
        if sent := message_id(self.http.send(request)):
            return sent
        raise lost_answer(request, problem(ProblemCode.KEY_MISSING, key="message_id"))

    def try_right(self, right: Right) -> None:
        """Use a right in a way that changes nothing. Raises TokenRefused where the token lacks it.

        A right to read is tried on its list, one to write on a product that does not exist, or on an empty
        list of orders, which Prom may refuse in any way.
        """
        if right.list_path:
            self.http.get(right.list_path, right=right)
            return
        with suppress(PromRefused):
            if right is Right.ORDERS_WRITE:
                self.receive_orders([])
            else:
                self._edit("/products/edit_by_external_id", [{"id": UNUSED_ID, "presence": "not_available"}])

    def _edit(self, path: str, items: Sequence[Mapping[str, object]]) -> EditAnswer:
        if not items:
            return EditAnswer(frozenset(), {})
        answer = self.http.send(json_request(path, list(items), Right.PRODUCTS_WRITE))
        result = edit_answer(answer, [str(item["id"]) for item in items], self.http.responses.words)
        # A missing right may be reported product by product (prom-api §11 Q1).
        reasons = list(result.errors.values())
        if not result.processed and reasons and all(map(is_forbidden, reasons)):
            raise self.http.responses.lacks(Right.PRODUCTS_WRITE, reasons[0])
        return result

    def _pages(
        self,
        key: str,
        model: type[Keyed],
        modified_from: datetime | None,
        right: Right,
        *,
        complete: bool = False,
    ) -> Iterator[list[Keyed]]:
        """Yield pages of new items, until a page has none (prom-api §11 Q2).

        Whether `last_id` itself is listed again is open, so it is sent unchanged and duplicates are dropped.
        Ids descend, so an item whose id is not below the smallest one so far is a duplicate, also with a
        server that ignores `last_id` and repeats the first page for ever.
        """
        params: dict[str, str | int] = {"limit": LIST_LIMIT}
        if modified_from is not None:
            params["last_modified_from"] = f"{modified_from.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
        smallest: int | None = None
        while True:
            answer = self.http.get(f"/{key}/list", params, right=right)
            items = listed(answer, key, model, complete=complete)
            fresh = {item.id: item for item in items if smallest is None or item.id < smallest}
            if not fresh:
                return
            yield list(fresh.values())
            smallest = min(fresh)
            params["last_id"] = smallest


def _segment(identity: str) -> str:
    """Return an id as one segment of a path: external ids may hold slashes, blanks and Cyrillic letters."""
    return quote(identity, safe="")


@contextmanager
def connect(
    url: str,
    token: str,
    *,
    shop: str,
    called: str = "",
    requests_per_second: float = 2.0,
    journal: RequestJournal | None = None,
    names: ExternalIds | None = None,
    sleep: Callable[[float], None] = time.sleep,
    on_idle: Callable[[bool], None] = ignore_idle,
    recorder: Recorder | None = None,
    insecure: bool = False,
    portal: Portal = PROM,
) -> Iterator[Prom]:
    """Connect to the shop at `url`; `shop` names it in messages, `called` in commands.

    Raises UsageError for an address that `open_client` refuses, TokenRefused for a bad token.
    """
    with open_client(url, insecure=insecure, called=called) as client:
        http = Http(
            client,
            token=token,
            shop=shop,
            called=called,
            requests_per_second=requests_per_second,
            journal=journal,
            sleep=sleep,
            pace=shared_pace(str(client.base_url), token),
            on_idle=on_idle,
            recorder=recorder,
            portal=portal,
        )
        yield Prom(http, names)
