"""Orders: the newest version in a table of its own, and all versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import exists, insert, or_, select, update

from torgsync.core.orders.order import PENDING, Order
from torgsync.core.orders.reasons import Hold
from torgsync.core.orders.stored import IN_OUTBOX, Handed, Holding, OrderVersion, StoredOrder, holdings
from torgsync.state.orders.order_rows import (
    ORDER,
    OWED,
    WAITS_FOR_PERSON,
    OrderTable,
    hold_columns,
    stored_order,
)
from torgsync.state.schema import order_tables as t
from torgsync.state.schema import shop_tables
from torgsync.state.schema.base import upsert


class OrderRepository(OrderTable):
    """Orders of one object, inside one transaction."""

    # How far orders were fetched

    def begin(self, now: datetime) -> datetime | None:
        """Return when orders were first fetched: now if they never were, None where unknown."""
        c = shop_tables.objects.c
        query = select(c.orders_begun, c.orders_until).where(c.object == self._slug)
        row = self._db.execute(query).one_or_none()
        if row and (row.orders_begun or row.orders_until):
            begun: datetime | None = row.orders_begun
            return begun
        upsert(self._db, shop_tables.objects, [{"object": self._slug, "orders_begun": now}])
        return now

    def fetched_until(self) -> datetime | None:
        """Return up to when orders were fetched, None before the first fetch."""
        query = select(shop_tables.objects.c.orders_until).where(shop_tables.objects.c.object == self._slug)
        return self._db.execute(query).scalar()

    def set_fetched_until(self, moment: datetime) -> None:
        """Store up to when orders were fetched."""
        upsert(self._db, shop_tables.objects, [{"object": self._slug, "orders_until": moment}])

    def numbers(self) -> list[str]:
        """Return the numbers of all orders."""
        query = select(t.orders.c.order_id).where(t.orders.c.object == self._slug)
        return list(self._db.execute(query).scalars())

    def absent_numbers(self) -> set[int]:
        """Return the numbers that Prom was asked for and has no order of."""
        c = t.absent_orders.c
        return set(self._db.execute(select(c.number).where(c.object == self._slug)).scalars())

    def add_absent_number(self, number: int) -> None:
        """Store that Prom has no order of this number."""
        upsert(self._db, t.absent_orders, [{"object": self._slug, "number": number}])

    # Orders

    def get(self, order_id: str) -> StoredOrder | None:
        """Return an order, or None."""
        row = self._db.execute(select(t.orders).where(self._is(order_id))).one_or_none()
        return stored_order(row) if row else None

    def all(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        client_id: str | None = None,
    ) -> Iterator[StoredOrder]:
        """Yield the orders placed at `since` or later and before `until`, of a client; newest first."""
        c = t.orders.c
        query = select(t.orders).where(c.object == self._slug).order_by(c.created.desc(), c.order_id.desc())
        if since is not None:
            query = query.where(c.created >= since)
        if until is not None:
            query = query.where(c.created < until)
        if client_id is not None:
            query = query.where(c.client_id == int(client_id))
        yield from self._read(query)

    def statuses(self) -> list[str]:
        """Return the statuses that Prom gave orders, a shop's own among them."""
        c = t.orders.c
        rows = select(c.status).distinct().where(c.object == self._slug).order_by(c.status)
        return list(self._db.execute(rows).scalars())

    def versions(self, order_id: str) -> list[OrderVersion]:
        """Return all versions of an order, oldest first."""
        c = t.order_versions.c
        rows = self._db.execute(
            select(t.order_versions).where(c.object == self._slug, c.order_id == order_id).order_by(c.version)
        )
        return [OrderVersion(row.version, row.seen, ORDER.validate_json(row.doc)) for row in rows]

    def all_versions(self) -> dict[str, list[Order]]:
        """Return all versions of all orders, oldest first, keyed by order id."""
        c = t.order_versions.c
        rows = select(c.order_id, c.doc).where(c.object == self._slug).order_by(c.order_id, c.version)
        versions: dict[str, list[Order]] = {}
        for row in self._db.execute(rows):
            versions.setdefault(row.order_id, []).append(ORDER.validate_json(row.doc))
        return versions

    def filed_order(self, stored: StoredOrder) -> Order | None:
        """Return an order as Torgsoft was given it, None where unknown."""
        c = t.order_versions.c
        query = select(c.doc).where(
            c.object == self._slug, c.order_id == stored.order.id, c.version == stored.filed
        )
        doc = self._db.execute(query).scalar()
        return ORDER.validate_json(doc) if doc else None

    def remember(self, order: Order, now: datetime, *, client_id: str, hold: Hold | None) -> int:
        """Store an order, or its new version; return the version, or 0 where nothing changed."""
        doc = ORDER.dump_json(order).decode()
        known = self._db.execute(
            select(t.orders.c.version, t.orders.c.doc).where(self._is(order.id))
        ).one_or_none()
        if known and known.doc == doc:
            return 0
        version = known.version + 1 if known else 1
        row = {
            "object": self._slug,
            "order_id": order.id,
            "version": version,
            "status": order.status,
            "created": order.created,
            "doc": doc,
            "client_id": int(client_id) if client_id else None,
            **hold_columns(hold),
        }
        upsert(self._db, t.orders, [row])
        self._db.execute(
            insert(t.order_versions).values(
                object=self._slug, order_id=order.id, version=version, seen=now, doc=doc
            )
        )
        return version

    def set_client(self, order_id: str, client_id: str) -> None:
        """Store whose order it is."""
        self._set(order_id, client_id=int(client_id))

    def rewrite(self, order_id: str, change: Callable[[Order], Order]) -> None:
        """Change an order in all its versions: for what must not be kept any longer."""
        for version in self.versions(order_id):
            doc = ORDER.dump_json(change(version.order)).decode()
            c = t.order_versions.c
            self._db.execute(
                update(t.order_versions)
                .where(c.object == self._slug, c.order_id == order_id, c.version == version.number)
                .values(doc=doc)
            )
            self._set(order_id, doc=doc)

    def open(self) -> list[StoredOrder]:
        """Return the orders about which something is still to be done, oldest first.

        Those that wait for a person, those that changed after Torgsoft took their file, those whose file is
        owed.
        """
        return self._matching(or_(t.orders.c.hand_work.is_not(None), OWED, WAITS_FOR_PERSON))

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
        orders = self._matching(
            or_(
                c.created > written,
                c.phase.in_(IN_OUTBOX),
                OWED,
                WAITS_FOR_PERSON,
                c.hand_work.is_not(None),
                c.taken > written,
            )
        )
        return holdings(map(self._handed, orders), written)

    def _handed(self, stored: StoredOrder) -> Handed:
        doubted = stored.hand_work is not None and stored.filed is None  # Torgsoft may not have it
        waits = stored.in_outbox or stored.owed or stored.needs_person or doubted
        before = self.filed_order(stored) if stored.hand_work else None
        return Handed(stored.order, waits, stored.taken, before)
