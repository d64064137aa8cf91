"""Clients: views of them, those that Torgsoft knows, and what a person decides about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torgsync.core.orders.clients import CARD, NAME, Client, Contact, Match, client_of, match_client
from torgsync.core.orders.order import Order
from torgsync.core.orders.phones import is_phone
from torgsync.core.orders.stored import StoredOrder
from torgsync.errors import Exit, ExportInvalid, NamedFileInvalid, UsageError
from torgsync.files.catalog.sources import local_file
from torgsync.files.orders.clients import clients_stamp, read_clients
from torgsync.i18n import _
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.listing import stored_or_refuse
from torgsync.state.store import UnitOfWork

NEW = "new"
"""Given instead of a client's id where the buyer is none of the candidates."""


@dataclass(frozen=True, slots=True)
class ClientList:
    """All clients in the order they came.

    `orders` are the numbers of their orders, keyed by client id; `candidates` the ids of the clients among
    whom a person must choose, keyed by order id.
    """

    clients: list[Client]
    orders: Mapping[str, int]
    candidates: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """One client with its contacts, sorted, and its orders, newest first."""

    client: Client
    contacts: list[Contact]
    orders: list[Order]


def list_clients(context: JobContext) -> ClientList:
    """Return all clients."""
    with context.transaction() as work:
        return ClientList(work.clients.all(), work.clients.order_counts(), work.clients.candidates())


def show_client(context: JobContext, client_id: str) -> ClientDetails:
    """Return one client. Raises UsageError for an unknown one."""
    with context.transaction() as work:
        client = _known_client(context, work, client_id)
        orders = [stored.order for stored in work.orders.all(client_id=client_id)]
        return ClientDetails(client, sorted(work.clients.contacts(client_id)), orders)


# Torgsoft's clients


@dataclass(slots=True)
class ClientsImport:
    """How many clients of an export were new, were known, or fit several known ones.

    `unreadable` counts the phones among them that are no numbers.
    """

    new: int = 0
    known: int = 0
    ambiguous: int = 0
    unreadable: int = 0

    @property
    def rows(self) -> int:
        """How many clients the export had."""
        return self.new + self.known + self.ambiguous

    @property
    def exit_code(self) -> Exit:
        """The exit code of the import."""
        return Exit.HELD if self.ambiguous else Exit.DONE


def read_torgsoft_clients(
    context: JobContext, path: Path | None = None, *, again: bool = False
) -> ClientsImport | None:
    """Store Torgsoft's clients, None where there is nothing to read.

    The object's own file is read where it changed, or `again`; a `path` that is given is always read. Where
    the file is missing or of another layout, raises ExportInvalid for the object's own, else
    NamedFileInvalid. Raises Temporary where its server fails.
    """
    own, named = context.object.clients, path is not None and path != context.file.clients_path
    if path is None and own.path is None:
        return None
    with context.stop.interruptible():  # it may come from a server
        given = path or local_file(context.file, own.path or "", own.server, "clients")
    try:
        stamp = f"{given}/{clients_stamp(given, named=named)}"
        with context.transaction() as work:
            if path is None and not again and work.clients.export_stamp() == stamp:
                return None
        clients = read_clients(given, context.object.portal.region)
    except ExportInvalid as refused:
        if not named:
            raise
        raise NamedFileInvalid(
            refused.message, mistakes=refused.mistakes, unlisted=refused.unlisted, hint=refused.hint
        ) from refused
    with context.transaction() as work:
        result = _store_clients(context, work, clients)
        work.clients.set_export_stamp(stamp)
    return result


class _ContactIndex:
    """The contacts of all clients, both ways, for reading a file of many clients."""

    def __init__(self, by_contact: Mapping[Contact, Iterable[str]]) -> None:
        self._clients: dict[Contact, set[str]] = {}
        self._contacts: dict[str, set[Contact]] = {}
        for contact, clients in by_contact.items():
            for client_id in clients:
                self.add(client_id, [contact])

    def sharing(self, contacts: Iterable[Contact]) -> dict[str, set[Contact]]:
        """Return the clients that have any of these contacts, each with all its contacts."""
        client_ids = {client_id for contact in contacts for client_id in self._clients.get(contact, ())}
        return {client_id: self._contacts[client_id] for client_id in sorted(client_ids, key=int)}

    def free(self, contacts: Iterable[Contact]) -> list[Contact]:
        """Return the contacts that no client has yet."""
        return [contact for contact in contacts if contact not in self._clients]

    def add(self, client_id: str, contacts: Iterable[Contact]) -> None:
        """Add contacts of a client."""
        for contact in contacts:
            self._clients.setdefault(contact, set()).add(client_id)
            self._contacts.setdefault(client_id, set()).add(contact)


def _store_clients(context: JobContext, work: UnitOfWork, clients: Sequence[Client]) -> ClientsImport:
    """Store clients of Torgsoft: one with two spellings or two cards is one."""
    result = ClientsImport()
    index = _ContactIndex(work.clients.by_contact())
    for client in clients:
        result.unreadable += bool(client.phone) and not is_phone(client.phone)
        if not client.contacts:
            continue
        match = _match(client, index, tuple(context.object.clients.find_by))
        if len(match.client_ids) > 1:
            result.ambiguous += 1
        elif match.one:
            result.known += 1
            new = index.free(client.contacts)
            work.clients.learn(match.one, new)
            work.clients.fill(match.one, client)
            index.add(match.one, new)
        else:
            result.new += 1
            index.add(work.clients.add(client, context.now()), client.contacts)
    return result


def _match(client: Client, index: _ContactIndex, find_by: tuple[str, ...]) -> Match:
    """Return which client a client of Torgsoft is: by the card, which is one person's, else by the ticks.

    Clients that a tick contradicts, such as the same e-mail with another phone, are two in Torgsoft as well.
    One without any contact that the ticks name is matched by name: else every reading would add it again.
    """
    near = index.sharing(client.contacts)
    by_card = match_client(client.contacts, near, (CARD,))
    if by_card.client_ids:
        return by_card
    ticked = any(contact.kind in (CARD, *find_by) for contact in client.contacts)
    match = match_client(client.contacts, near, find_by if ticked else (NAME,))
    return Match(()) if match.against else match


# What a person decides


def choose_client(context: JobContext, order_id: str, client_id: str) -> str:
    """Store whose order one is, by the client's id or "new"; return the client's id.

    Raises UsageError where there is no such client, and for an order that does not wait for a choice.
    """
    with context.transaction() as work:
        wanted = client_of(_waiting(context, work, order_id).order.buyer)
        if client_id == NEW:
            client_id = work.clients.add(wanted, context.now())
        else:
            _known_client(context, work, client_id)
            work.clients.learn(client_id, wanted.contacts)
            work.clients.fill(client_id, wanted)
        work.orders.set_client(order_id, client_id)
        work.clients.clear_candidates(order_id)
    return client_id


def _waiting(context: JobContext, work: UnitOfWork, order_id: str) -> StoredOrder:
    """Return an order that waits for a choice, or raise UsageError."""
    hint = _(
        "see those that wait for a choice: torgsync clients list --held -o {called}",
        called=context.file.called,
    )
    stored = stored_or_refuse(context, work, order_id, hint)
    if stored.order.forgotten:
        raise UsageError(_("the people of order {order} were forgotten", order=order_id), hint=hint)
    if order_id not in work.clients.candidates():
        message = (
            _("order {order} does not wait for a choice: its client is {client}")
            if stored.client_id
            else _("order {order} does not wait for a choice: no known client matches its buyer")
        )
        raise UsageError(message.filled(order=order_id, client=stored.client_id), hint=hint)
    return stored


def merge_clients(context: JobContext, client_ids: Sequence[str], into: str) -> int:
    """Merge several clients into one; return how many orders no longer wait for a choice.

    `into` may be among the others, as in a list of all that are one person. Raises UsageError where there is
    no such client, and where no other client is named.
    """
    with context.transaction() as work:
        for client_id in (*client_ids, into):
            _known_client(context, work, client_id)
        client_ids = [client_id for client_id in client_ids if client_id != into]
        if not client_ids:
            called = context.file.called
            hint = _("name another client too; see all: torgsync clients list -o {called}", called=called)
            raise UsageError(_("client {client} cannot be merged into itself", client=into), hint=hint)
        merged = {*client_ids, into}
        waiting = [
            order_id
            for order_id, fitting in work.clients.candidates().items()
            if merged.issuperset(fitting) and not set(fitting).isdisjoint(client_ids)
        ]
        for client_id in client_ids:
            work.clients.merge(client_id, into)
        clear = [order_id for order_id in waiting if _is_clear(context, work, order_id)]
        for order_id in clear:
            work.orders.set_client(order_id, into)
            work.clients.clear_candidates(order_id)
    return len(clear)


def _is_clear(context: JobContext, work: UnitOfWork, order_id: str) -> bool:
    """Return whether no contact contradicts the only client that an order fits."""
    stored = work.orders.get(order_id)
    wanted = client_of(stored.order.buyer).contacts if stored else frozenset()
    find_by = tuple(context.object.clients.find_by)
    return not match_client(wanted, work.clients.sharing(wanted), find_by).against


def _known_client(context: JobContext, work: UnitOfWork, client_id: str) -> Client:
    client = work.clients.get(client_id)
    if client is None:
        hint = _("see all clients: torgsync clients list -o {called}", called=context.file.called)
        raise UsageError(_("there is no client {client}", client=client_id), hint=hint)
    return client
