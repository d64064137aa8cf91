"""Orders, clients and postings that came home.

An order keeps its newest version at hand and all versions behind it. Postings are only added, never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update

from torgsync.core.trade import Client, Money, Order, Posting
from torgsync.state import tables as t

_ORDER = TypeAdapter(Order)


@dataclass(frozen=True, slots=True)
class Stored:
    """An order as it is remembered.

    `file` is the name of its order file, None while none was written; `held` says why none can be.
    """

    order: Order
    version: int
    client_id: str
    file: str | None
    held: str | None


class Trade:
    """Orders, clients and postings of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    # Orders

    def orders_until(self) -> datetime | None:
        """Return up to when orders were fetched."""
        return self._db.execute(
            select(t.objects.c.orders_until).where(t.objects.c.object == self._slug)
        ).scalar()

    def fetched_until(self, moment: datetime) -> None:
        """Remember up to when orders were fetched."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "orders_until": moment}])

    def order(self, order_id: str) -> Stored | None:
        """Return an order, or None."""
        row = self._db.execute(
            select(t.orders).where(t.orders.c.object == self._slug, t.orders.c.order_id == order_id)
        ).one_or_none()
        return _stored(row) if row else None

    def orders(self) -> Iterator[Stored]:
        """Yield all orders, newest first."""
        c = t.orders.c
        query = select(t.orders).where(c.object == self._slug).order_by(c.created.desc(), c.order_id.desc())
        return map(_stored, self._db.execute(query))

    def unwritten(self) -> list[Stored]:
        """Return the orders that have no order file yet and that nothing holds, oldest first."""
        c = t.orders.c
        rows = self._db.execute(
            select(t.orders)
            .where(c.object == self._slug, c.file.is_(None), c.held.is_(None))
            .order_by(c.created, c.order_id)
        )
        return [_stored(row) for row in rows]

    def remember(self, order: Order, now: datetime, *, client_id: str, held: str | None) -> int:
        """Remember an order, or its new version; return the version, or 0 where nothing changed."""
        doc = _ORDER.dump_json(order).decode()
        known = self._db.execute(
            select(t.orders.c.version, t.orders.c.doc).where(
                t.orders.c.object == self._slug, t.orders.c.order_id == order.id
            )
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
            "held": held,
        }
        t.upsert(self._db, t.orders, [row])
        self._db.execute(
            insert(t.order_versions).values(
                object=self._slug, order_id=order.id, version=version, seen=now, doc=doc
            )
        )
        return version

    def wrote_file(self, order_id: str, name: str) -> None:
        """Remember the order file of an order: it is written once."""
        self._db.execute(
            update(t.orders)
            .where(t.orders.c.object == self._slug, t.orders.c.order_id == order_id)
            .values(file=name)
        )

    # Clients

    def clients(self) -> list[Client]:
        """Return all clients, in the order they came."""
        c = t.clients.c
        rows = self._db.execute(select(t.clients).where(c.object == self._slug).order_by(c.id))
        return [Client(str(row.id), row.name, row.phone, row.email) for row in rows]

    def candidates(self, wanted: Client) -> tuple[Client, ...]:
        """Return the clients that share phone, e-mail or name with `wanted`."""
        c = t.clients.c
        rows = self._db.execute(
            select(t.clients)
            .where(c.object == self._slug)
            .where(
                ((c.phone == wanted.phone) & (c.phone != ""))
                | ((c.email == wanted.email) & (c.email != ""))
                | ((c.name == wanted.name) & (c.name != ""))
            )
            .order_by(c.id)
        )
        return tuple(Client(str(row.id), row.name, row.phone, row.email) for row in rows)

    def add_client(self, client: Client, now: datetime) -> str:
        """Remember a new client and return its id."""
        made = self._db.execute(
            insert(t.clients).values(
                object=self._slug, name=client.name, phone=client.phone, email=client.email, made=now
            )
        )
        return str(made.inserted_primary_key[0]) if made.inserted_primary_key else ""

    # Money

    def postings(self, order_id: str | None = None) -> tuple[Posting, ...]:
        """Return the postings of one order, or all, in the order they were made."""
        c = t.postings.c
        query = select(t.postings).where(c.object == self._slug).order_by(c.id)
        if order_id is not None:
            query = query.where(c.order_id == order_id)
        return tuple(
            Posting(
                order_id=row.order_id,
                kind=Money(row.kind),
                place=row.place,
                account=row.account,
                payment_id=row.payment_id,
                payment_name=row.payment_name,
                amount=row.amount,
                currency=row.currency,
            )
            for row in self._db.execute(query)
        )

    def post(self, postings: Sequence[Posting], now: datetime) -> None:
        """Add postings."""
        if postings:
            self._db.execute(
                insert(t.postings),
                [
                    {
                        "object": self._slug,
                        "order_id": posting.order_id,
                        "kind": posting.kind,
                        "place": posting.place,
                        "account": posting.account,
                        "payment_id": posting.payment_id,
                        "payment_name": posting.payment_name,
                        "amount": posting.amount,
                        "currency": posting.currency,
                        "at": now,
                    }
                    for posting in postings
                ],
            )


def _stored(row: Row[Any]) -> Stored:
    client = "" if row.client_id is None else str(row.client_id)
    return Stored(_ORDER.validate_json(row.doc), row.version, client, row.file, row.held)
