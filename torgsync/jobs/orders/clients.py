"""Clients: those that Torgsoft knows, and those of whom a person must say who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torgsync.core.orders.clients import (
    CARD,
    NAME,
    Client,
    Contact,
    Match,
    client_of,
    is_phone,
    match_client,
)
from torgsync.errors import UsageError
from torgsync.files.orders.clients import clients_stamp, read_clients
from torgsync.jobs.context import JobContext
from torgsync.state.orders.orders import Stored
from torgsync.state.store import UnitOfWork

NEW = "new"
"""What a person says instead of a client's id where the buyer is none of those that fit."""


@dataclass(slots=True)
class Read:
    """What came of a clients export: how many clients were new or known, and how many rows fit several.

    `unreadable` counts the phones among them by which nobody can be called.
    """

    new: int = 0
    known: int = 0
    ambiguous: int = 0
    unreadable: int = 0

    @property
    def rows(self) -> int:
        """How many clients stood in it."""
        return self.new + self.known + self.ambiguous


def read_torgsoft_clients(context: JobContext, path: Path | None = None) -> Read | None:
    """Read Torgsoft's clients into the memory, None where there is nothing to read.

    The object's own file is read where it changed; a `path` that is given is always read. Raises
    ExportInvalid where the file is not to be had or of another shape.
    """
    given = path or context.file.clients_path
    if given is None:
        return None
    named = path is not None and path != context.file.clients_path
    stamp = f"{given}/{clients_stamp(given, named=named)}"
    with context.transaction() as work:
        if path is None and work.clients.read() == stamp:
            return None
    clients = read_clients(given)
    with context.transaction() as work:
        read = _remember(context, work, clients)
        work.clients.note_read(stamp)
    return read


class _Ledger:
    """Who is known by what, kept at hand while a file of many clients is read."""

    def __init__(self, everybody: Mapping[Contact, Iterable[str]]) -> None:
        self._clients: dict[Contact, set[str]] = {}
        self._contacts: dict[str, set[Contact]] = {}
        for contact, clients in everybody.items():
            for client_id in clients:
                self.note(client_id, [contact])

    def near(self, contacts: Iterable[Contact]) -> dict[str, set[Contact]]:
        """Return who has any of these contacts, each with all contacts that it has."""
        found = {client_id for contact in contacts for client_id in self._clients.get(contact, ())}
        return {client_id: self._contacts[client_id] for client_id in sorted(found, key=int)}

    def nobodys(self, contacts: Iterable[Contact]) -> list[Contact]:
        """Return the contacts that nobody has yet."""
        return [contact for contact in contacts if contact not in self._clients]

    def note(self, client_id: str, contacts: Iterable[Contact]) -> None:
        """Note that a client has these contacts."""
        for contact in contacts:
            self._clients.setdefault(contact, set()).add(client_id)
            self._contacts.setdefault(client_id, set()).add(contact)


def _remember(context: JobContext, work: UnitOfWork, clients: Sequence[Client]) -> Read:
    """Remember clients of Torgsoft: one with two spellings or two cards is one."""
    read = Read()
    ledger = _Ledger(work.clients.everybody())
    for client in clients:
        read.unreadable += bool(client.phone) and not is_phone(client.phone)
        if not client.contacts:
            continue
        match = _whose(client, ledger, tuple(context.object.clients.find_by))
        if len(match.client_ids) > 1:
            read.ambiguous += 1
        elif match.one:
            read.known += 1
            new = ledger.nobodys(client.contacts)
            work.clients.learn(match.one, new)
            work.clients.fill(match.one, client)
            ledger.note(match.one, new)
        else:
            read.new += 1
            ledger.note(work.clients.add(client, context.now()), client.contacts)
    return read


def _whose(client: Client, ledger: _Ledger, find_by: tuple[str, ...]) -> Match:
    """Return who a client of Torgsoft is: by the card, which is one person's, else by the ticks.

    Whom a tick contradicts, such as another phone beside the same e-mail, Torgsoft keeps as two. Who has
    nothing that the ticks ask for is told by name: else every reading would make them anew.
    """
    near = ledger.near(client.contacts)
    by_card = match_client(client.contacts, near, (CARD,))
    if by_card.client_ids:
        return by_card
    told = any(contact.kind in (CARD, *find_by) for contact in client.contacts)
    match = match_client(client.contacts, near, find_by if told else (NAME,))
    return Match(()) if match.against else match


# What a person decides


def choose_client(context: JobContext, order_id: str, client_id: str) -> str:
    """Say whose order one is, by the client's id or "new"; return the client's id.

    Raises UsageError where there is no such client, and for an order that does not wait for a choice.
    """
    with context.transaction() as work:
        wanted = client_of(_waiting(context, work, order_id).order.buyer)
        if client_id == NEW:
            client_id = work.clients.add(wanted, context.now())
        else:
            _refuse_unknown(context, work, client_id)
            work.clients.learn(client_id, wanted.contacts)
            work.clients.fill(client_id, wanted)
        work.orders.set_client(order_id, client_id)
        work.clients.settle(order_id)
    return client_id


def _waiting(context: JobContext, work: UnitOfWork, order_id: str) -> Stored:
    """Return an order that waits for a choice, or raise UsageError."""
    hint = f"see those that wait for a choice: torgsync clients list --held -o {context.file.called}"
    stored = work.orders.order(order_id)
    if stored is None:
        raise UsageError(f"there is no order {order_id}", hint=hint)
    if stored.order.forgotten:
        raise UsageError(f"the people of order {order_id} were forgotten", hint=hint)
    if order_id not in work.clients.held():
        client = f"it is that of client {stored.client_id}" if stored.client_id else "no known client fits it"
        raise UsageError(f"order {order_id} does not wait for a choice: {client}", hint=hint)
    return stored


def merge_clients(context: JobContext, client_ids: Sequence[str], into: str) -> int:
    """Make several clients one; return how many orders that settled which waited for a choice.

    Raises UsageError where there is no such client.
    """
    with context.transaction() as work:
        for client_id in (*client_ids, into):
            _refuse_unknown(context, work, client_id)
        if into in client_ids:
            raise UsageError(f"client {into} cannot be merged into itself")
        merged = {*client_ids, into}
        waiting = [
            order_id
            for order_id, fitting in work.clients.held().items()
            if merged.issuperset(fitting) and not set(fitting).isdisjoint(client_ids)
        ]
        for client_id in client_ids:
            work.clients.merge(client_id, into)
        settled = [order_id for order_id in waiting if _is_clear(context, work, order_id)]
        for order_id in settled:
            work.orders.set_client(order_id, into)
            work.clients.settle(order_id)
    return len(settled)


def _is_clear(context: JobContext, work: UnitOfWork, order_id: str) -> bool:
    """Tell whether nothing speaks against the only client that an order fits."""
    stored = work.orders.order(order_id)
    wanted = client_of(stored.order.buyer).contacts if stored else frozenset()
    find_by = tuple(context.object.clients.find_by)
    return not match_client(wanted, work.clients.known_by(wanted), find_by).against


def _refuse_unknown(context: JobContext, work: UnitOfWork, client_id: str) -> None:
    if work.clients.client(client_id) is None:
        hint = f"see them: torgsync clients list -o {context.file.called}"
        raise UsageError(f"there is no client {client_id}", hint=hint)
