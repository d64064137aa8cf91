"""The shop: its state, and the actions of the seller in the cabinet and of buyers on the site."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from threading import RLock
from typing import Any

from torgsync.sandbox.faults import Fault, FaultInjector
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.shop import orders
from torgsync.sandbox.shop.collection import Collection
from torgsync.sandbox.shop.conversations import Conversations, ItemType
from torgsync.sandbox.shop.import_queue import Import, ImportQueue
from torgsync.sandbox.shop.imports import ImportSettings
from torgsync.sandbox.shop.products import ShopCatalog, ShopGroup, ShopProduct

# A sandbox may run for weeks; the oldest records are dropped.
KEPT_RECORDS = 20_000
IDS_A_SHOP = 100_000
"""How far the ids of a shop are from those of the next one: on the marketplace they are unique among all."""
EMPTY_FEED = b"<yml_catalog><shop><offers/></shop></yml_catalog>"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request and its answer, never with the token.

    `size` counts the bytes of the request's body; of an upload, `body` is the `data` part. `status` is 0
    where the connection was cut, `fault` the one that fired.
    """

    time: datetime
    method: str
    path: str
    query: str
    status: int
    size: int
    body: bytes
    fault: str | None = None


class RequestLog(deque[RequestRecord]):
    """The newest requests, oldest first. Appending is atomic; it needs no lock."""

    def records(self) -> list[RequestRecord]:
        """Return all requests, oldest first."""
        return list(self)

    def writes(self) -> list[RequestRecord]:
        """Return the requests that were no GET, whether they had an effect or not."""
        return [record for record in self if record.method != "GET"]


class Shop:
    """A shop on the marketplace, all in memory.

    `tokens` are the API tokens with their rights; by default there is one, `sandbox`, with all rights.
    `clock` returns the time in UTC. `photo_status` returns the HTTP status of a photo's address; without it
    every photo can be fetched. Nothing is ever really fetched. `faults` are rules of fault injection; `sleep`
    waits the seconds of a slow answer. `number` distinguishes it from other shops of the same marketplace,
    which have other ids. `kept_records` is the length of its log.

    Products are identified by their Prom id (an int) or their external id (a text); an unknown one is a
    LookupError. Thread-safe.
    """

    def __init__(
        self,
        *,
        tokens: Mapping[str, Rights] | None = None,
        quirks: Quirks | None = None,
        faults: Iterable[Fault] = (),
        clock: Callable[[], datetime] | None = None,
        photo_status: Callable[[str], int] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        number: int = 0,
        kept_records: int = KEPT_RECORDS,
    ) -> None:
        offset = number * IDS_A_SHOP
        self.lock = RLock()
        self.quirks = quirks or Quirks()
        self.faults = FaultInjector(faults)
        self.sleep = sleep
        self.tokens: dict[str, Rights] = dict(tokens or {"sandbox": Rights.full()})
        self.log = RequestLog(maxlen=kept_records)
        self.catalog = ShopCatalog(offset)
        seed = f"{number}/" if number else ""
        self.import_queue = ImportQueue(self.catalog, photo_status, seed)
        self.orders: Collection[orders.ShopOrder] = Collection(300000001 + offset)
        self.clients: Collection[orders.ShopClient] = Collection(
            100000001 + offset, key=attrgetter("contact")
        )
        self.conversations = Conversations()
        self.payment_options = {
            option.id: option
            for option in (orders.PROM_PAYMENT, orders.CASH_ON_DELIVERY, orders.CARD_TRANSFER)
        }
        self.delivery_options = {option.id: option for option in orders.DELIVERY_OPTIONS}
        self.conversations = Conversations()
        self._clock = clock or (lambda: datetime.now(UTC))
        # Called under the lock after every write.
        self.save_hook: Callable[[], None] = lambda: None

    def misbehave(self, *faults: Fault) -> None:
        """Replace all rules of faults, and count from zero; without any the shop behaves."""
        self.faults.replace_rules(faults)

    def save(self) -> None:
        """Save all changes, where a persistence is set."""
        with self.lock:
            self.save_hook()

    def now(self) -> datetime:
        """Return the shop's time in UTC."""
        return self._clock()

    @contextmanager
    def up_to_date(self) -> Iterator[None]:
        """Hold the lock, with all due imports done, to read or change the shop."""
        with self.lock:
            self.import_queue.run_due_imports(self.now())
            yield

    # What tests read

    def product(self, key: int | str) -> ShopProduct:
        """Return the product as it is now; it does not change with the shop."""
        with self.up_to_date():
            product = self.catalog.products.find(key)
        if product is None:
            raise LookupError(f"the shop has no product {key!r}")
        return product

    def products(self) -> list[ShopProduct]:
        """Return all products that are not deleted, oldest first."""
        with self.up_to_date():
            return list(self.catalog.products)

    def groups(self) -> list[ShopGroup]:
        """Return all groups but the root, oldest first."""
        with self.up_to_date():
            return list(self.catalog.groups)

    def imports(self) -> list[Import]:
        """Return all accepted imports, oldest first."""
        with self.up_to_date():
            return list(self.import_queue.imports.values())

    def start_import(self, seconds: float) -> Import:
        """Start an import in the cabinet that changes nothing and takes so long; it blocks all others."""
        with self.up_to_date():
            quirks = replace(self.quirks, second_import="accept", import_seconds=seconds)
            return self.import_queue.accept(EMPTY_FEED, ImportSettings(), quirks, self.now())

    def cancel_import(self, number: str | None = None) -> Import:
        """Cancel an import in the cabinet, by default the oldest that runs or hangs; else a LookupError."""
        with self.up_to_date():
            return self.import_queue.cancel(number, self.now())

    def order(self, order_id: int) -> orders.ShopOrder:
        """Return the order as it is now."""
        with self.lock:
            order = self.orders.find(order_id)
        if order is None:
            raise LookupError(f"the shop has no order {order_id}")
        return order

    # What the seller does in the cabinet

    def add_product(self, external_id: str | None = None, **fields: Any) -> int:  # noqa: ANN401 - the fields of a ShopProduct
        """Add a product by hand, and return its Prom id; many have no external id (prom-api §8)."""
        with self.up_to_date():
            if external_id is not None and self.catalog.products.find(external_id):
                raise ValueError(f"the shop has a product {external_id!r} already")
            product = self.catalog.add({"name": "Товар", **fields, "external_id": external_id}, self.now())
            return product.id

    def edit_product(self, key: int | str, **fields: Any) -> None:  # noqa: ANN401 - likewise
        """Change a product by hand."""
        with self.lock:
            self.catalog.change(self.product(key), fields, self.now())

    def hide_product(self, key: int | str) -> None:
        """Hide a product from the site; it stays in the cabinet and in lists."""
        self.edit_product(key, status="not_on_display")

    def delete_product(self, key: int | str) -> None:
        """Delete a product for good: its external id can never be imported again (prom-api §4.5)."""
        self.edit_product(key, status="deleted")

    def add_group(self, name: str, *, name_uk: str | None = None) -> int:
        """Add a top-level group by hand, and return its id."""
        with self.up_to_date():
            return self.catalog.add_group({"name": name, "name_uk": name_uk}, self.now()).id

    def add_payment_option(self, option_id: int, name: str, description: str = "") -> None:
        """Add a payment option, or rename one."""
        with self.lock:
            self.payment_options[option_id] = orders.ShopOption(option_id, name, description=description)

    def set_order_status(self, order_id: int, status: str) -> None:
        """Move an order to any status of prom-api §5.2, as the cabinet allows, also to one of its own."""
        if not orders.is_status(status):
            raise ValueError(f"{status!r} is no status of an order")
        with self.lock:
            self.orders.replace(replace(self.order(order_id), status=status, date_modified=self.now()))

    def cancel_order(self, order_id: int, reason: str = "Немає в наявності") -> None:
        """Cancel an order."""
        with self.lock:
            self.set_order_status(order_id, "canceled")
            self.orders.replace(replace(self.order(order_id), cancellation=reason))

    def move_parcel(self, order_id: int, status: str | None = None, number: str | None = None) -> None:
        """Set how far the parcel of an order is, and its number where the seller or Prom issues one.

        A parcel by «Магазини Rozetka» gets its number from Prom with its first status (prom-api §5.5).
        """
        with self.lock:
            order = self.order(order_id)
            if number is None and order.delivery_option.provider == orders.ROZETKA.provider:
                number = f"PRM-{order_id}"
            number = number or order.declaration_number
            order = replace(order, declaration_number=number, unified_status=status or order.unified_status)
            self.orders.replace(replace(order, date_modified=self.touched(order)))

    def charge_order(self, order_id: int, **costs: Any) -> None:  # noqa: ANN401 - the fields of ShopCosts
        """Have the marketplace change what an order costs the seller."""
        with self.lock:
            order = self.order(order_id)
            charged = replace(order, costs=replace(order.costs, **costs), date_modified=self.touched(order))
            self.orders.replace(charged)

    def as_charged(self, order: orders.ShopOrder) -> orders.ShopOrder:
        """Return an order as it is shown now: the commission of a new one is 0 at first (prom-api §5.5)."""
        if self.now() - order.date_created >= timedelta(seconds=self.quirks.commission_seconds):
            return order
        return replace(order, costs=replace(order.costs, commission=Decimal(0)))

    def touched(self, order: orders.ShopOrder) -> datetime:
        """Return the date of modification after what may leave it as it was (prom-api §10 Q14)."""
        return order.date_modified if self.quirks.quiet_orders else self.now()

    def refund_order(self, order_id: int) -> None:
        """Refund a paid order: its payment becomes `refunded`."""
        self._set_payment(order_id, "refunded")

    # What buyers do on the site

    def place_order(
        self,
        lines: Iterable[tuple[int | str, int | Decimal]],
        *,
        buyer: orders.ShopBuyer | None = None,
        payment_option_id: int = orders.PROM_PAYMENT.id,
        delivery_option_id: int = orders.NOVA_POSHTA.id,
        paid: bool = False,
        free_text: Iterable[tuple[str, Decimal, str | None]] = (),
        **details: Any,  # noqa: ANN401 - the fields of an order that have defaults
    ) -> int:
        """Place an order of (product, quantity) pairs at discounted prices in hryvnias, and return its id.

        `free_text` are lines of no product: name, price and mostly no external id (prom-api §5.5, §13).
        The stock does not change: the reference does not say that Prom subtracts orders.
        """
        with self.lock:
            now = self.now()
            order_lines = tuple(self._line(key, Decimal(quantity)) for key, quantity in lines)
            order_lines += tuple(
                replace(
                    orders.GIFT,
                    product_id=orders.FREE_TEXT_ID,
                    name=name,
                    name_uk=None,
                    price=price,
                    external_id=external_id,
                )
                for name, price, external_id in free_text
            )
            if self.quirks.gifts != "none":
                order_lines += (orders.GIFT,)
            buyer = buyer or orders.ShopBuyer()
            payment_option = self.payment_options[payment_option_id]
            delivery_option = self.delivery_options[delivery_option_id]
            client = self._client_of(buyer)
            is_by_prom = payment_option_id == orders.PROM_PAYMENT.id
            order = self.orders.add(
                lambda number: orders.ShopOrder(
                    id=number,
                    status="pending",
                    date_created=now,
                    date_modified=now,
                    client_id=client.id,
                    buyer=buyer,
                    lines=order_lines,
                    payment_option=payment_option,
                    delivery_option=delivery_option,
                    **details,
                    payment_status="unpaid" if is_by_prom else None,
                    payment_modified=now if is_by_prom else None,
                )
            )
            orders_count, total_payout = client.orders_count + 1, client.total_payout + order.full_price
            self.clients.replace(replace(client, orders_count=orders_count, total_payout=total_payout))
            if paid:
                self.pay_order(order.id)
            return order.id

    def pay_order(self, order_id: int) -> None:
        """Pay an order: its status becomes `paid`, past `received` (prom-api §5.2)."""
        with self.lock:
            modified = self.touched(self.order(order_id))
            self.set_order_status(order_id, "paid")
            self._set_payment(order_id, "paid")
            self.orders.replace(replace(self.order(order_id), date_modified=modified))

    def write_message(
        self,
        text: str,
        *,
        subject: str = "",
        product: int | str | None = None,
        buyer: orders.ShopBuyer | None = None,
    ) -> int:
        """Write to the shop by the form of the site, and return the message's id (prom-api §6.3)."""
        with self.lock:
            now, client = self.now(), self._client_of(buyer or orders.ShopBuyer())
            return self.conversations.write(
                now,
                text,
                client_full_name=client.full_name,
                phone=next(iter(client.phones), ""),
                subject=subject,
                product_id=None if product is None else self.product(product).id,
            )

    def write_in_chat(
        self,
        text: str,
        *,
        order_id: int | None = None,
        product: int | str | None = None,
        buyer: orders.ShopBuyer | None = None,
    ) -> int:
        """Write in the chat, perhaps about an order or a product, and return the message's id."""
        with self.lock:
            order = None if order_id is None else self.order(order_id)
            client = self._client_of(order.buyer if order else buyer or orders.ShopBuyer())
            thread = self.conversations.thread_of(client, self.now())
            item = order_id if product is None else self.product(product).id
            kind = ItemType.ORDER if order else None if product is None else ItemType.PRODUCT
            return self.conversations.send(thread, text, self.now(), item_id=item, item_type=kind).id

    def _set_payment(self, order_id: int, status: str) -> None:
        with self.lock:
            now = self.now()
            order = self.order(order_id)
            if order.payment_status is not None:
                order = replace(order, payment_status=status, payment_modified=now)
            self.orders.replace(replace(order, date_modified=now))

    def _line(self, key: int | str, quantity: Decimal) -> orders.ShopOrderLine:
        product = self.product(key)
        price = product.price_to_pay
        if price is None:
            raise ValueError(f"product {key!r} has no price")
        return orders.ShopOrderLine(
            product_id=product.id,
            external_id=product.external_id,
            sku=product.sku,
            name=product.name,
            name_uk=product.name_uk,
            image_id=product.images[0].id if product.images else None,
            quantity=quantity,
            measure_unit=product.measure_unit,
            price=price,
        )

    def _client_of(self, buyer: orders.ShopBuyer) -> orders.ShopClient:
        """Return the client of this buyer, a new one for an unknown buyer."""
        known = self.clients.find(buyer.phone or buyer.email or "")
        if known is not None:
            return known
        names = (buyer.last_name, buyer.first_name, buyer.second_name)
        return self.clients.add(
            lambda number: orders.ShopClient(
                id=number,
                full_name=" ".join(filter(None, names)),
                phones=(buyer.phone,) if buyer.phone else (),
                emails=(buyer.email,) if buyer.email else (),
            )
        )
