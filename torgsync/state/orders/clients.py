"""Clients with their contacts, and the orders whose client a person must choose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.sql.dml import Delete

from torgsync.core.orders.clients import Client, Contact
from torgsync.state.schema import order_tables as t
from torgsync.state.schema import shop_tables
from torgsync.state.schema.base import upsert

_c = t.contacts.c
_SHARING = select(_c.client_id, _c.kind, _c.key).where(
    _c.object == bindparam("object"),
    _c.client_id.in_(
        select(_c.client_id).where(
            _c.object == bindparam("object"),
            tuple_(_c.kind, _c.key).in_(bindparam("wanted", expanding=True)),
        )
    ),
)
"""The contacts of all clients that have one of these contacts; built once, executed for every order."""


class ClientRepository:
    """Clients of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def all(self) -> list[Client]:
        """Return all clients, in the order they came."""
        c = t.clients.c
        rows = self._db.execute(select(t.clients).where(c.object == self._slug).order_by(c.id))
        return [_client(row) for row in rows]

    def get(self, client_id: str) -> Client | None:
        """Return a client, or None."""
        if not client_id.isdecimal():
            return None
        c = t.clients.c
        query = select(t.clients).where(c.object == self._slug, c.id == int(client_id))
        row = self._db.execute(query).one_or_none()
        return _client(row) if row else None

    def order_counts(self) -> Mapping[str, int]:
        """Return how many orders each client has, keyed by client id; clients without orders are left out."""
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

    def sharing(self, wanted: Iterable[Contact]) -> dict[str, frozenset[Contact]]:
        """Return the clients that have any of these contacts, oldest first, each with all its contacts."""
        contacts: dict[int, set[Contact]] = {}
        these = {"object": self._slug, "wanted": [tuple(contact) for contact in wanted]}
        for client, kind, key in self._db.execute(_SHARING, these):
            contacts.setdefault(client, set()).add(Contact(kind, key))
        return {str(client): frozenset(contacts[client]) for client in sorted(contacts)}

    def shown_contacts(self) -> dict[str, frozenset[Contact]]:
        """Return what each client can be found by, keyed by id: its contacts, and what it shows.

        It may show a phone that it never got as a contact, because another client had it.
        """
        shown = {client.id: client.contacts for client in self.all()}
        for contact, clients in self.by_contact().items():
            for client in clients:
                shown[client] = shown.get(client, frozenset()) | {contact}
        return shown

    def by_contact(self) -> dict[Contact, set[str]]:
        """Return the ids of all clients, keyed by contact."""
        c = t.contacts.c
        clients: dict[Contact, set[str]] = {}
        for row in self._db.execute(select(c.kind, c.key, c.client_id).where(c.object == self._slug)):
            clients.setdefault(Contact(row.kind, row.key), set()).add(str(row.client_id))
        return clients

    def other_objects(self) -> list[str]:
        """Return the slugs of all other objects with clients or orders, removed objects among them."""
        slugs = select(t.orders.c.object).union(select(t.clients.c.object))
        return sorted(slug for slug in self._db.execute(slugs).scalars() if slug != self._slug)

    def add(self, client: Client, now: datetime) -> str:
        """Add a client with its contacts, whether or not other clients have these; return its id."""
        result = self._db.execute(
            insert(t.clients).values(
                object=self._slug,
                name=client.name,
                phone=client.phone,
                email=client.email,
                card=client.card,
                made=now,
            )
        )
        client_id = str(result.inserted_primary_key[0]) if result.inserted_primary_key else ""
        self._add_contacts(client_id, client.contacts)
        return client_id

    def learn(self, client_id: str, more: Collection[Contact]) -> None:
        """Add the contacts that no client has yet: a shared one would make two people one."""
        taken: set[Contact] = set().union(*self.sharing(more).values())
        self._add_contacts(client_id, [contact for contact in more if contact not in taken])

    def fill(self, client_id: str, profile: Client) -> None:
        """Fill the blanks of a client from a profile."""
        known = self.get(client_id)
        if known is None:
            return
        blank = {
            name: getattr(profile, name)
            for name in ("name", "phone", "email", "card")
            if getattr(profile, name) and not getattr(known, name)
        }
        if blank:
            c = t.clients.c
            self._db.execute(
                update(t.clients).where(c.object == self._slug, c.id == int(client_id)).values(**blank)
            )

    def merge(self, client_id: str, into: str) -> None:
        """Merge a client into another: contacts, orders and open choices go to `into`."""
        old, new = int(client_id), int(into)
        profile = self.get(client_id)
        contacts = self.contacts(client_id)
        waiting = [order for order, ids in self.candidates().items() if client_id in ids]
        self._db.execute(
            update(t.orders)
            .where(t.orders.c.object == self._slug, t.orders.c.client_id == old)
            .values(client_id=new)
        )
        self.remove(client_id)
        self._add_contacts(into, contacts)
        for order in waiting:
            self.set_candidates(order, [into])
        if profile:
            self.fill(into, profile)

    def remove(self, client_id: str) -> None:
        """Delete a client with its contacts; its orders stay, without a client."""
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

    # Orders whose client a person must choose

    def set_candidates(self, order_id: str, client_ids: Sequence[str]) -> None:
        """Store that an order may be that of any of these clients."""
        upsert(
            self._db,
            t.choices,
            [{"object": self._slug, "order_id": order_id, "client_id": int(client)} for client in client_ids],
        )

    def candidates(self) -> dict[str, tuple[str, ...]]:
        """Return the clients among whom a person must choose, keyed by order id."""
        c = t.choices.c
        rows = self._db.execute(
            select(c.order_id, c.client_id).where(c.object == self._slug).order_by(c.order_id, c.client_id)
        )
        candidates: dict[str, tuple[str, ...]] = {}
        for row in rows:
            candidates[row.order_id] = (*candidates.get(row.order_id, ()), str(row.client_id))
        return candidates

    def clear_candidates(self, order_id: str) -> None:
        """Store that the client of an order is no longer to be chosen."""
        self._db.execute(self._of(t.choices).where(t.choices.c.order_id == order_id))

    # The clients export

    def export_stamp(self) -> str:
        """Return the stamp of the clients export that was read last, empty where none was."""
        c = shop_tables.objects.c
        stamp = self._db.execute(select(c.clients_read).where(c.object == self._slug)).scalar()
        return stamp or ""

    def set_export_stamp(self, stamp: str) -> None:
        """Store the stamp of the clients export that was read."""
        upsert(self._db, shop_tables.objects, [{"object": self._slug, "clients_read": stamp}])

    # Inside

    def _add_contacts(self, client_id: str, contacts: Iterable[Contact]) -> None:
        rows = [
            {"object": self._slug, "kind": kind, "key": key, "client_id": int(client_id)}
            for kind, key in sorted(set(contacts))
        ]
        upsert(self._db, t.contacts, rows)

    def _of(self, table: Any) -> Delete:  # noqa: ANN401  # one of three tables
        return delete(table).where(table.c.object == self._slug)


def _client(row: Row[Any]) -> Client:
    return Client(str(row.id), row.name, row.phone, row.email, row.card)
