"""Clients with their contacts, and the orders whose client a person must choose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select, tuple_

from torgsync.core.orders.clients import Client, Contact
from torgsync.state.repository import HIGHEST, Repository
from torgsync.state.schema import order_tables as t
from torgsync.state.schema import shop_tables

_SHOWN = ("name", "phone", "email", "card")
_c = t.contacts.c
_SHARING = select(_c.client_id, _c.kind, _c.key).where(
    _c.object == bindparam("object"),
    _c.client_id.in_(
        select(_c.client_id).where(
            _c.object == bindparam("object"), tuple_(_c.kind, _c.key).in_(bindparam("wanted", expanding=True))
        )
    ),
)
"""The contacts of all clients that have one of these contacts; built once, executed for every order."""


class ClientRepository(Repository):
    """Clients of one object, inside one transaction."""

    def all(self) -> list[Client]:
        """Return all clients, in the order they came."""
        return [_client(row) for row in self._db.execute(self._select(t.clients).order_by(t.clients.c.id))]

    def get(self, client_id: str) -> Client | None:
        """Return a client, or None."""
        if not client_id.isdecimal() or int(client_id) > HIGHEST:
            return None
        row = self._first(t.clients, t.clients.c.id == int(client_id))
        return _client(row) if row else None

    def order_counts(self) -> Mapping[str, int]:
        """Return how many orders each client has, keyed by client id; clients without orders are left out."""
        c = t.orders.c
        counts = self._select(c.client_id, func.count()).where(c.client_id.is_not(None)).group_by(c.client_id)
        return {str(client): number for client, number in self._db.execute(counts)}

    def contacts(self, client_id: str) -> frozenset[Contact]:
        """Return all contacts of a client."""
        contacts = self._select(_c.kind, _c.key).where(_c.client_id == int(client_id))
        return frozenset(Contact(kind, key) for kind, key in self._db.execute(contacts))

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
        clients: dict[Contact, set[str]] = {}
        for kind, key, client in self._db.execute(self._select(_c.kind, _c.key, _c.client_id)):
            clients.setdefault(Contact(kind, key), set()).add(str(client))
        return clients

    def other_objects(self) -> list[str]:
        """Return the slugs of all other objects with clients or orders, removed objects among them."""
        slugs = select(t.orders.c.object).union(select(t.clients.c.object))
        return sorted(slug for slug in self._db.execute(slugs).scalars() if slug != self._slug)

    def add(self, client: Client, now: datetime) -> str:
        """Add a client with its contacts, whether or not other clients have these; return its id."""
        shown = {name: getattr(client, name) for name in _SHOWN}
        client_id = str(self._insert_one(t.clients, **shown, made=now))
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
            for name in _SHOWN
            if getattr(profile, name) and not getattr(known, name)
        }
        if blank:
            self._update(t.clients, t.clients.c.id == int(client_id), **blank)

    def merge(self, client_id: str, into: str) -> None:
        """Merge a client into another: contacts, orders and open choices go to `into`."""
        profile, contacts = self.get(client_id), self.contacts(client_id)
        waiting = [order for order, ids in self.candidates().items() if client_id in ids]
        self._update(t.orders, t.orders.c.client_id == int(client_id), client_id=int(into))
        self.remove(client_id)
        self._add_contacts(into, contacts)
        for order in waiting:
            self.set_candidates(order, [into])
        if profile:
            self.fill(into, profile)

    def remove(self, client_id: str) -> None:
        """Delete a client with its contacts; its orders stay, without a client."""
        number = int(client_id)
        self._update(t.orders, t.orders.c.client_id == number, client_id=None)
        for table, column in (
            (t.contacts, _c.client_id),
            (t.choices, t.choices.c.client_id),
            (t.clients, t.clients.c.id),
        ):
            self._delete(table, column == number)

    # Orders whose client a person must choose

    def set_candidates(self, order_id: str, client_ids: Sequence[str]) -> None:
        """Store that an order may be that of any of these clients."""
        rows = [{"order_id": order_id, "client_id": int(client)} for client in client_ids]
        self._upsert(t.choices, rows)

    def candidates(self) -> dict[str, tuple[str, ...]]:
        """Return the clients among whom a person must choose, keyed by order id."""
        c = t.choices.c
        choices = self._select(c.order_id, c.client_id).order_by(c.order_id, c.client_id)
        candidates: dict[str, tuple[str, ...]] = {}
        for order, client in self._db.execute(choices):
            candidates[order] = (*candidates.get(order, ()), str(client))
        return candidates

    def clear_candidates(self, order_id: str) -> None:
        """Store that the client of an order is no longer to be chosen."""
        self._delete(t.choices, t.choices.c.order_id == order_id)

    # The clients export

    def export_stamp(self) -> str:
        """Return the stamp of the clients export that was read last, empty where none was."""
        return self._scalar(shop_tables.objects.c.clients_read) or ""

    def set_export_stamp(self, stamp: str) -> None:
        """Store the stamp of the clients export that was read."""
        self._upsert(shop_tables.objects, [{"clients_read": stamp}])

    def _add_contacts(self, client_id: str, contacts: Iterable[Contact]) -> None:
        rows = [
            {"kind": kind, "key": key, "client_id": int(client_id)} for kind, key in sorted(set(contacts))
        ]
        self._upsert(t.contacts, rows)


def _client(row: Row[Any]) -> Client:
    return Client(str(row.id), row.name, row.phone, row.email, row.card)
