"""Clients: those that Torgsoft knows, those of whom a person must say who they are, those to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torgsync.core.clients import CARD, NAME, PHONE, Client, Contact, client_of, match_client, normal_phone
from torgsync.core.trade import Order, without_people
from torgsync.errors import UsageError
from torgsync.files.clients import clients_stamp, read_clients
from torgsync.files.orders import order_file_name
from torgsync.files.outbox import UNFINISHED
from torgsync.jobs.desk import Desk
from torgsync.jobs.outbox import outbox_of
from torgsync.state.store import Memory

NEW = "new"
"""What a person says instead of a client's id where the buyer is none of those that fit."""


@dataclass(slots=True)
class Read:
    """What came of a clients export: how many clients were new or known, and how many rows fit several."""

    new: int = 0
    known: int = 0
    ambiguous: int = 0


def read_torgsoft_clients(desk: Desk, path: Path | None = None) -> Read | None:
    """Read Torgsoft's clients into the memory, None where there is nothing to read.

    The object's own file is read where it changed; a `path` that is given is always read. Raises
    ExportInvalid where the file is not to be had or of another shape.
    """
    given = path or desk.file.clients_path
    if given is None:
        return None
    stamp = f"{given}/{clients_stamp(given)}"
    with desk.memory() as memory:
        if path is None and memory.clients.read() == stamp:
            return None
    clients = read_clients(given)
    with desk.memory() as memory:
        read = _remember(desk, memory, clients)
        memory.clients.note_read(stamp)
    return read


def _remember(desk: Desk, memory: Memory, clients: Sequence[Client]) -> Read:
    """Remember clients of Torgsoft: one with two spellings or two cards is one.

    Who has nothing that the ticks ask for is told by name: else every reading would make them anew.
    """
    read = Read()
    ticks = (CARD, *desk.object.clients.find_by)
    everybody = memory.clients.everybody()
    for client in clients:
        if not client.contacts:
            continue
        known = {
            identity: [contact for contact in client.contacts if identity in everybody.get(contact, ())]
            for contact in client.contacts
            for identity in everybody.get(contact, ())
        }
        told = any(contact.kind in ticks for contact in client.contacts)
        match = match_client(client.contacts, known, ticks if told else (NAME,))
        if len(match.client_ids) > 1:
            read.ambiguous += 1
            continue
        if match.one:
            read.known += 1
            new = [contact for contact in client.contacts if contact not in everybody]
            memory.clients.learn(match.one, new)
            memory.clients.fill(match.one, client)
        else:
            read.new += 1
            new = [*client.contacts]
        identity = match.one or memory.clients.add(client, desk.now())
        for contact in new:
            everybody.setdefault(contact, set()).add(identity)
    return read


# What a person decides


def choose_client(desk: Desk, order_id: str, client_id: str) -> str:
    """Say whose order one is, by the client's id or "new"; return the client's id.

    Raises UsageError where there is no such order or client.
    """
    with desk.memory() as memory:
        stored = memory.trade.order(order_id)
        if stored is None:
            raise UsageError(f"there is no order {order_id}", hint="see them: torgsync clients list --held")
        if stored.order.forgotten:
            raise UsageError(f"the people of order {order_id} were forgotten")
        wanted = client_of(stored.order.buyer)
        if client_id == NEW:
            client_id = memory.clients.add(wanted, desk.now(), own=True)
        else:
            _refuse_unknown(memory, client_id)
            memory.clients.learn(client_id, wanted.contacts)
            memory.clients.fill(client_id, wanted)
        memory.trade.set_client(order_id, client_id)
        memory.clients.settle(order_id)
    return client_id


def merge_clients(desk: Desk, client_ids: Sequence[str], into: str) -> int:
    """Make several clients one; return how many orders that settled which waited for a choice.

    Raises UsageError where there is no such client.
    """
    with desk.memory() as memory:
        for client_id in (*client_ids, into):
            _refuse_unknown(memory, client_id)
        if into in client_ids:
            raise UsageError(f"client {into} cannot be merged into itself")
        for client_id in client_ids:
            memory.clients.merge(client_id, into)
        settled = [order_id for order_id, fitting in memory.clients.held().items() if fitting == (into,)]
        for order_id in settled:
            memory.trade.set_client(order_id, into)
            memory.clients.settle(order_id)
    return len(settled)


def _refuse_unknown(memory: Memory, client_id: str) -> None:
    if memory.clients.client(client_id) is None:
        raise UsageError(f"there is no client {client_id}", hint="see them: torgsync clients list")


# Forgetting


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out: clients, the people of orders, and files of the outbox. No names."""

    clients: int
    orders: int
    files: int


def forget(desk: Desk, phone: str) -> Forgotten:
    """Take a person out of the memory and the outbox, keeping orders and sums; return how much that was.

    The files go first: where a run dies in between, the next one finds the person still. Raises UsageError
    for what is no phone, and TorgsyncError where the outbox cannot be used.
    """
    normal = normal_phone(phone)
    if not normal.startswith("+"):
        raise UsageError("this is no phone number", hint="give it with its code: +380501234567")

    def theirs(order: Order) -> bool:
        return normal in (normal_phone(order.buyer.phone), normal_phone(order.recipient.phone))

    with desk.memory() as memory:
        clients = tuple(memory.clients.known_by({Contact(PHONE, normal)}))
        orders = set(memory.trade.with_version(theirs))
        for client in clients:
            orders |= {stored.order.id for stored in memory.trade.orders(client_id=client)}
        lying = {stored.order.id for stored in memory.trade.lying()}
        owed = {stored.order.id for stored in memory.trade.unwritten()}
    files = _take_away(desk, sorted(orders)) if orders else 0
    with desk.memory() as memory:
        for order_id in orders:
            memory.trade.rewrite(order_id, without_people)
            memory.clients.settle(order_id)
            if order_id in lying | owed:
                memory.trade.withdrew_file(order_id)
        for client in clients:
            memory.clients.remove(client)
    desk.store.wipe()
    return Forgotten(len(clients), len(orders), files)


def _take_away(desk: Desk, order_ids: Sequence[str]) -> int:
    """Take all files of orders out of the outbox, and return how many that were."""
    names = [order_file_name(order_id, kind) for order_id in order_ids for kind in ("json", "csv")]
    with outbox_of(desk) as outbox:
        lying = outbox.names() or frozenset()
        return sum(
            outbox.remove(there)
            for name in names
            for there in (name, f"{name}{UNFINISHED}")
            if there in lying
        )
