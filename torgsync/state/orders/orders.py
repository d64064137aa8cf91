"""Orders, the newest version in a table of its own and all versions, and the goods behind their lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, exists, or_, select, union

from torgsync.core.orders.late import AWAITED, INCOMPLETE, AwaitedOrder, payment_awaited_until
from torgsync.core.orders.order import PENDING, Order
from torgsync.core.orders.reasons import Hold
from torgsync.core.orders.stored import IN_OUTBOX, Handed, Holding, OrderVersion, StoredOrder, holdings
from torgsync.state.orders.order_rows import (
    OWED,
    WAITS_FOR_PERSON,
    OrderTable,
    hold_columns,
    order_json,
    stored_order,
)
from torgsync.state.repository import Repository
from torgsync.state.schema import order_tables as t
from torgsync.state.schema import shop_tables


class OrderRepository(OrderTable):
    """Orders of one object, inside one transaction."""

    # How far orders were fetched

    def begin(self, now: datetime) -> datetime | None:
        """Return when orders were first fetched: now if they never were, None where unknown."""
        begun: datetime | None = self._scalar(shop_tables.objects.c.orders_begun)
        if begun or self.fetched_until():
            return begun
        self._upsert(shop_tables.objects, [{"orders_begun": now}])
        return now

    def fetched_until(self) -> datetime | None:
        """Return up to when orders were fetched, None before the first fetch."""
        until: datetime | None = self._scalar(shop_tables.objects.c.orders_until)
        return until

    def set_fetched_until(self, moment: datetime) -> None:
        """Store up to when orders were fetched."""
        self._upsert(shop_tables.objects, [{"orders_until": moment}])

    def numbers(self) -> list[str]:
        """Return the numbers of all orders."""
        return self._scalars(t.orders.c.order_id)

    def absent_numbers(self) -> set[int]:
        """Return the numbers that Prom was asked for and has no order of."""
        return set(self._scalars(t.absent_orders.c.number))

    def add_absent_number(self, number: int) -> None:
        """Store that Prom has no order of this number."""
        self._upsert(t.absent_orders, [{"number": number}])

    # Orders

    def get(self, order_id: str) -> StoredOrder | None:
        """Return an order, or None."""
        row = self._first(t.orders, t.orders.c.order_id == order_id)
        return stored_order(row) if row else None

    def all(
        self, *, since: datetime | None = None, until: datetime | None = None, client_id: str | None = None
    ) -> Iterator[StoredOrder]:
        """Yield the orders placed at `since` or later and before `until`, of a client; newest first."""
        c = t.orders.c
        query = self._select(t.orders).order_by(c.created.desc(), c.order_id.desc())
        if since is not None:
            query = query.where(c.created >= since)
        if until is not None:
            query = query.where(c.created < until)
        if client_id is not None:
            query = query.where(c.client_id == int(client_id))
        yield from map(stored_order, self._db.execute(query))

    def statuses(self) -> list[str]:
        """Return the statuses that Prom gave orders, a shop's own among them."""
        c = t.orders.c
        return list(self._db.execute(self._select(c.status).distinct().order_by(c.status)).scalars())

    def versions(self, order_id: str) -> list[OrderVersion]:
        """Return all versions of an order, oldest first."""
        c = t.order_versions.c
        query = self._select(t.order_versions).where(c.order_id == order_id)
        rows = self._db.execute(query.order_by(c.version))
        return [OrderVersion(row.version, row.seen, order_json().validate_json(row.doc)) for row in rows]

    def all_versions(self) -> dict[str, list[Order]]:
        """Return all versions of all orders, oldest first, keyed by order id."""
        c = t.order_versions.c
        rows = self._select(c.order_id, c.doc).order_by(c.order_id, c.version)
        versions: dict[str, list[Order]] = {}
        for row in self._db.execute(rows):
            versions.setdefault(row.order_id, []).append(order_json().validate_json(row.doc))
        return versions

    def filed_order(self, stored: StoredOrder) -> Order | None:
        """Return an order as Torgsoft was given it, None where unknown."""
        c = t.order_versions.c
        doc = self._scalar(c.doc, c.order_id == stored.order.id, c.version == stored.filed)
        return order_json().validate_json(doc) if doc else None

    def remember(self, order: Order, now: datetime, *, client_id: str, hold: Hold | None) -> int:
        """Store an order, or its new version; return the version, or 0 where Prom shows the same."""
        doc = order_json().dump_json(order).decode()
        known = self._first(t.orders, t.orders.c.order_id == order.id)
        client = int(client_id) if client_id else None
        if known and known.doc == doc:
            self._set(order.id, client_id=client, **hold_columns(hold))
            return 0
        version = known.version + 1 if known else 1
        row = {"order_id": order.id, "version": version, "doc": doc}
        facts = {"status": order.status, "created": order.created, "client_id": client, **hold_columns(hold)}
        awaited = {"payment_awaited": payment_awaited_until(order), "read": now}
        self._upsert(t.orders, [row | facts | awaited])
        self._insert(t.order_versions, [row | {"seen": now}])
        return version

    def set_client(self, order_id: str, client_id: str) -> None:
        """Store whose order it is."""
        self._set(order_id, client_id=int(client_id))

    def rewrite(self, order_id: str, change: Callable[[Order], Order]) -> None:
        """Change an order in all its versions: for what must not be kept any longer."""
        for version in self.versions(order_id):
            doc = order_json().dump_json(change(version.order)).decode()
            c = t.order_versions.c
            self._update(t.order_versions, c.order_id == order_id, c.version == version.number, doc=doc)
            self._set(order_id, doc=doc)

    def open(self) -> list[StoredOrder]:
        """Return the orders about which something is still to be done, oldest first.

        Those that wait for a person, those that changed after Torgsoft took their file, those whose file is
        owed.
        """
        return self._matching(or_(t.orders.c.hand_work.is_not(None), OWED, WAITS_FOR_PERSON))

    # What comes late

    def to_read_again(self, now: datetime) -> list[AwaitedOrder]:
        """Return the orders to read again by number, those that were read longest ago first.

        Those whose online payment is awaited, and those that are held because Prom did not show them whole.
        """
        c = t.orders.c
        incomplete = c.phase.is_(None) & c.hold.in_([str(code) for code in INCOMPLETE])
        recent = c.read.is_(None) | (c.created > now - AWAITED)
        query = self._select(c.order_id, c.payment_awaited, c.created, c.read)
        query = query.where((c.payment_awaited > now) | (incomplete & recent))
        rows = self._db.execute(query.order_by(c.read.nulls_first(), c.order_id))
        return [
            AwaitedOrder(row.order_id, row.payment_awaited or row.created + AWAITED, row.read) for row in rows
        ]

    def note_read(self, order_id: str, now: datetime) -> None:
        """Store that an order was read again."""
        self._set(order_id, read=now)

    # Prom's side

    def to_accept(self) -> list[StoredOrder]:
        """Return the new orders that are not held and not set to received on Prom yet, oldest first."""
        c = t.orders.c
        return self._matching(c.status == PENDING, c.hold.is_(None), c.accepted.is_(None))

    def accepted(self, order_id: str, now: datetime) -> None:
        """Store that an order was set to received on Prom."""
        self._set(order_id, accepted=now)

    def twins(self) -> list[str]:
        """Return the slugs of the objects that fetched an order of this object too."""
        mine, other = t.orders.alias("mine"), t.orders.alias("other")
        slugs = self._db.execute(
            select(t.orders.c.object).distinct().where(t.orders.c.object != self._slug)
        ).scalars()
        both = (mine.c.object == self._slug) & (other.c.order_id == mine.c.order_id)
        same = both & (other.c.created == mine.c.created)
        return [
            slug
            for slug in sorted(slugs)
            if self._db.execute(select(exists().where(same, other.c.object == slug))).scalar()
        ]

    # Goods that orders hold

    def holdings(self, written: datetime) -> tuple[Holding, ...]:
        """Return what orders hold of goods that an export written at a moment cannot know."""
        c = t.orders.c
        newer = or_(c.created > written, c.taken > written)
        waits = or_(c.phase.in_(IN_OUTBOX), OWED, WAITS_FOR_PERSON, c.hand_work.is_not(None))
        return holdings(map(self._handed, self._matching(newer | waits)), written)

    def _handed(self, stored: StoredOrder) -> Handed:
        doubted = stored.hand_work is not None and stored.filed is None  # Torgsoft may not have it
        waits = stored.in_outbox or stored.owed or stored.needs_person or doubted
        before = self.filed_order(stored) if stored.hand_work else None
        return Handed(stored.order, waits, stored.taken, before)


def _unknown_in(table: Table) -> ColumnElement[bool]:
    """Return the condition that a good that Prom has is not in this table."""
    c = shop_tables.existing.c
    return ~exists().where(table.c.object == c.object, table.c.good_id == c.good_id)


_GOOD_IDS: BindParameter[str] = bindparam("good_ids", expanding=True)

_FOREIGN = select(shop_tables.existing.c.good_id).where(
    shop_tables.existing.c.object == bindparam("object"),
    shop_tables.existing.c.good_id.in_(_GOOD_IDS),
    _unknown_in(shop_tables.goods),
    _unknown_in(shop_tables.sent),
)
"""Built once: it is executed for every order."""

_KNOWN = union(
    *(
        select(column).where(column.table.c.object == bindparam("object"), column.in_(_GOOD_IDS))
        for column in (
            shop_tables.goods.c.good_id,
            shop_tables.existing.c.good_id,
            shop_tables.existing.c.alias,
            shop_tables.sent.c.good_id,
        )
    )
)
"""Likewise."""


class OrderedGoodRepository(Repository):
    """Goods and products of one object as lines of orders name them, inside one transaction."""

    def foreign(self, good_ids: Iterable[str]) -> frozenset[str]:
        """Return the external ids that Prom has and that are neither in an export nor were sent."""
        rows = self._db.execute(_FOREIGN, {"object": self._slug, "good_ids": list(good_ids)})
        return frozenset(rows.scalars())

    def unknown(self, good_ids: Collection[str]) -> frozenset[str]:
        """Return the external ids that neither an export, nor Prom's list, nor anything that was sent has.

        Nothing follows before an export was read to its end and the products of the shop were listed.
        """
        known = self._db.execute(_KNOWN, {"object": self._slug, "good_ids": list(good_ids)}).scalars()
        unknown = frozenset(good_ids).difference(known)
        c = shop_tables.objects.c
        both_read = unknown and self._scalar(c.reading) and self._scalar(c.looked_at)
        return unknown if both_read else frozenset()

    def in_export(self, good_ids: Collection[str]) -> frozenset[str]:
        """Return those of these good ids that are in the export."""
        c = shop_tables.goods.c
        return frozenset(self._db.execute(self._select(c.good_id).where(c.good_id.in_(good_ids))).scalars())

    def names(self, good_ids: Collection[str]) -> dict[str, set[str]]:
        """Return the names of goods in both languages, as exported, sent and shown, keyed by good id."""
        names: dict[str, set[str]] = {}
        for table in (shop_tables.desired, shop_tables.sent, shop_tables.existing):
            c = table.c
            for good_id, doc in self._db.execute(
                self._select(c.good_id, c.content).where(c.good_id.in_(good_ids))
            ):
                content = json.loads(doc)
                names.setdefault(good_id, set()).update(
                    filter(None, (content.get("name"), content.get("name_ru")))
                )
        return names

    def by_alias(self, external_ids: Collection[str]) -> Mapping[str, str]:
        """Return the goods of adopted products, keyed by the external ids that these have on Prom."""
        c = shop_tables.existing.c
        return self._pairs(self._select(c.alias, c.good_id).where(c.alias.in_(external_ids)))

    def by_product(self, prom_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the external ids that Prom last showed, keyed by Prom's product id."""
        c = shop_tables.existing.c
        query = self._select(c.prom_id, c.good_id).where(c.prom_id.in_(set(prom_ids)), c.good_id != "")
        return self._pairs(query)

    def by_sku(self, sku: str) -> str | None:
        """Return the only good of the export with this article, None where none or several have it."""
        c = shop_tables.desired.c
        pattern = json.dumps({"sku": sku}, ensure_ascii=False, separators=(",", ":"))[1:-1]
        query = self._select(c.good_id, c.content).where(c.content.contains(pattern, autoescape=True))
        good_ids = [good_id for good_id, doc in self._db.execute(query) if json.loads(doc).get("sku") == sku]
        return good_ids[0] if len(good_ids) == 1 else None
