"""Clients and their contacts, and the orders of which a person must say whose they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, update
from sqlalchemy.sql.dml import Delete

from torgsync.core.orders.clients import Client, Contact
from torgsync.state.schema import tables as t


class Clients:
    """Clients of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def all(self) -> list[Client]:
        """Return all clients, in the order they came."""
        c = t.clients.c
        rows = self._db.execute(select(t.clients).where(c.object == self._slug).order_by(c.id))
        return [_client(row) for row in rows]

    def client(self, client_id: str) -> Client | None:
        """Return a client, or None."""
        if not client_id.isdecimal():
            return None
        c = t.clients.c
        query = select(t.clients).where(c.object == self._slug, c.id == int(client_id))
        row = self._db.execute(query).one_or_none()
        return _client(row) if row else None

    def orders(self) -> Mapping[str, int]:
        """Return how many orders each client has, keyed by client id; who has none is left out."""
        c = t.orders.c
        rows = self._db.execute(
            select(c.client_id, func.count())
            .where(c.object == self._slug, c.client_id.is_not(None))
            .group_by(c.client_id)
        )
        return {str(client): number for client, number in rows}

    def contacts(self, client_id: str) -> frozenset[Contact]:
        """Return all contacts of a client."""
        c = t.contacts.c
        rows = self._db.execute(
            select(c.kind, c.key).where(c.object == self._slug, c.client_id == int(client_id))
        )
        return frozenset(Contact(row.kind, row.key) for row in rows)

    def known_by(self, wanted: Iterable[Contact]) -> dict[str, frozenset[Contact]]:
        """Return who has any of these contacts, oldest client first, each with all contacts that it has."""
        found: dict[int, set[Contact]] = {}
        c = t.contacts.c
        these = select(c.client_id).where(
            c.object == self._slug, tuple_(c.kind, c.key).in_([tuple(contact) for contact in wanted])
        )
        rows = select(c.client_id, c.kind, c.key).where(c.object == self._slug, c.client_id.in_(these))
        for client, kind, key in self._db.execute(rows):
            found.setdefault(client, set()).add(Contact(kind, key))
        return {str(client): frozenset(found[client]) for client in sorted(found)}

    def traces(self) -> dict[str, frozenset[Contact]]:
        """Return by what each client can be found, keyed by id: its contacts, and what is shown of it.

        What is shown may be a phone that it never got as a contact, because another client had it.
        """
        shown = {client.id: client.contacts for client in self.all()}
        for contact, clients in self.everybody().items():
            for client in clients:
                shown[client] = shown.get(client, frozenset()) | {contact}
        return shown

    def everybody(self) -> dict[Contact, set[str]]:
        """Return who has which contact: ids of clients, keyed by contact."""
        c = t.contacts.c
        found: dict[Contact, set[str]] = {}
        for row in self._db.execute(select(c.kind, c.key, c.client_id).where(c.object == self._slug)):
            found.setdefault(Contact(row.kind, row.key), set()).add(str(row.client_id))
        return found

    def elsewhere(self) -> list[str]:
        """Return the slugs of all other objects that know any client or order, removed ones among them."""
        found = select(t.orders.c.object).union(select(t.clients.c.object))
        return sorted(slug for slug in self._db.execute(found).scalars() if slug != self._slug)

    def add(self, client: Client, now: datetime) -> str:
        """Remember a new client with its contacts, whoever else has these, and return its id."""
        made = self._db.execute(
            insert(t.clients).values(
                object=self._slug,
                name=client.name,
                phone=client.phone,
                email=client.email,
                card=client.card,
                made=now,
            )
        )
        identity = str(made.inserted_primary_key[0]) if made.inserted_primary_key else ""
        self._give(identity, client.contacts)
        return identity

    def learn(self, client_id: str, more: Collection[Contact]) -> None:
        """Give a client the contacts that are nobody's yet: a shared one would make two people one."""
        taken: set[Contact] = set().union(*self.known_by(more).values())
        self._give(client_id, [contact for contact in more if contact not in taken])

    def fill(self, client_id: str, told: Client) -> None:
        """Fill what is blank in a client by what is told of it."""
        known = self.client(client_id)
        if known is None:
            return
        blank = {
            name: getattr(told, name)
            for name in ("name", "phone", "email", "card")
            if getattr(told, name) and not getattr(known, name)
        }
        if blank:
            c = t.clients.c
            self._db.execute(
                update(t.clients).where(c.object == self._slug, c.id == int(client_id)).values(**blank)
            )

    def merge(self, client_id: str, into: str) -> None:
        """Make two clients one: contacts, orders and open choices go to `into`."""
        old, new = int(client_id), int(into)
        told = self.client(client_id)
        contacts = self.contacts(client_id)
        waiting = [order for order, ids in self.held().items() if client_id in ids]
        self._db.execute(
            update(t.orders)
            .where(t.orders.c.object == self._slug, t.orders.c.client_id == old)
            .values(client_id=new)
        )
        self.remove(client_id)
        self._give(into, contacts)
        for order in waiting:
            self.hold(order, [into])
        if told:
            self.fill(into, told)

    def remove(self, client_id: str) -> None:
        """Forget a client with its contacts; its orders stay, without a client."""
        number = int(client_id)
        self._db.execute(
            update(t.orders)
            .where(t.orders.c.object == self._slug, t.orders.c.client_id == number)
            .values(client_id=None)
        )
        for table, column in (
            (t.contacts, t.contacts.c.client_id),
            (t.choices, t.choices.c.client_id),
            (t.clients, t.clients.c.id),
        ):
            self._db.execute(self._of(table).where(column == number))

    # Orders of which a person must say whose they are

    def hold(self, order_id: str, client_ids: Sequence[str]) -> None:
        """Remember that an order may be that of any of these clients."""
        t.upsert(
            self._db,
            t.choices,
            [{"object": self._slug, "order_id": order_id, "client_id": int(client)} for client in client_ids],
        )

    def held(self) -> dict[str, tuple[str, ...]]:
        """Return the clients that fit each order of which a person must choose, keyed by order."""
        c = t.choices.c
        rows = self._db.execute(
            select(c.order_id, c.client_id).where(c.object == self._slug).order_by(c.order_id, c.client_id)
        )
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[row.order_id] = (*found.get(row.order_id, ()), str(row.client_id))
        return found

    def settle(self, order_id: str) -> None:
        """Remember that nobody need choose any more whose order this is."""
        self._db.execute(self._of(t.choices).where(t.choices.c.order_id == order_id))

    # The clients export

    def read(self) -> str:
        """Return the stamp of the clients export that was read last, empty where none was."""
        c = t.objects.c
        stamp = self._db.execute(select(c.clients_read).where(c.object == self._slug)).scalar()
        return stamp or ""

    def note_read(self, stamp: str) -> None:
        """Remember the stamp of the clients export that was read."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "clients_read": stamp}])

    # Inside

    def _give(self, client_id: str, contacts: Iterable[Contact]) -> None:
        rows = [
            {"object": self._slug, "kind": kind, "key": key, "client_id": int(client_id)}
            for kind, key in sorted(set(contacts))
        ]
        t.upsert(self._db, t.contacts, rows)

    def _of(self, table: Any) -> Delete:  # noqa: ANN401  # one of three tables
        return delete(table).where(table.c.object == self._slug)


def _client(row: Row[Any]) -> Client:
    return Client(str(row.id), row.name, row.phone, row.email, row.card)
