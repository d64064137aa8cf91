"""Forgets a person: takes them out of the memory, the outboxes and the copies of the state; the sums stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from torgsync.core.clients import Person, client_of, is_phone, normal_phone, person_behind, trace_of
from torgsync.core.trade import without_people
from torgsync.core.words import counted
from torgsync.errors import Temporary, TorgsyncError, UsageError
from torgsync.files.orders import order_file_name
from torgsync.files.outbox import ASIDE, UNFINISHED, Outbox
from torgsync.jobs.desk import Desk
from torgsync.jobs.outbox import outbox_of
from torgsync.state.store import Memory
from torgsync.state.trade import LYING, Stored


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out: clients, the people of orders, files of the outbox, copies of the state. No names.

    `places` are old outboxes, out of reach, in which files of these orders may still lie; `named_in` are
    orders of somebody else that name the phone, `elsewhere` slugs of other objects that know the person too.
    `kept` are copies of the state that stayed because the state itself knows nobody.
    """

    clients: int = 0
    orders: int = 0
    files: int = 0
    copies: int = 0
    places: tuple[str, ...] = ()
    named_in: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        """Whether there was anybody to forget."""
        return bool(self.clients or self.orders)

    @property
    def left(self) -> bool:
        """Whether something is left that only a person can take away."""
        return bool(self.places or self.named_in or self.elsewhere)


def wanted_phone(text: str) -> str:
    """Return the phone of whom to forget, in E.164. Raises UsageError where nobody can read it."""
    normal = normal_phone(text)
    if not is_phone(normal):
        raise UsageError(
            f"`{normal}` is no phone number",
            hint="give it with its code: torgsync clients forget +380501234567",
        )
    return normal


def forget(desk: Desk, phone: str) -> Forgotten:
    """Take a person out of the memory and the outbox, keeping orders and sums; return how much that was.

    `phone` is in E.164. Files and copies of the state go first: where a run dies in between, the next one
    finds the person still. Raises TorgsyncError where the outbox cannot be used or a copy cannot be deleted.
    """
    with desk.memory() as memory:
        person = _person(memory, phone)
        orders = [stored for stored in memory.trade.orders() if stored.order.id in person.order_ids]
        others = memory.clients.elsewhere()
    elsewhere = tuple(slug for slug in others if _knows(desk, slug, phone))
    named_in = tuple(sorted(person.named_in))
    if not person.client_ids and not orders:
        desk.store.wipe()
        kept = tuple(map(str, desk.store.copies()))
        return Forgotten(named_in=named_in, elsewhere=elsewhere, kept=kept)
    files, places = _take_away(desk, orders)
    copies = desk.store.delete_copies()
    with desk.memory() as memory:
        _take_out(desk, memory, person, orders)
    desk.store.wipe()
    return Forgotten(len(person.client_ids), len(orders), files, copies, places, named_in, elsewhere)


def _person(memory: Memory, phone: str) -> Person:
    held = memory.clients.held()
    versions = memory.trade.all_versions()
    traces = {
        stored.order.id: trace_of(
            stored.client_id, held.get(stored.order.id, ()), versions.get(stored.order.id, ())
        )
        for stored in memory.trade.orders()
    }
    return person_behind(phone, memory.clients.traces(), traces)


def _knows(desk: Desk, slug: str, phone: str) -> bool:
    """Tell whether another object knows who has a phone."""
    with desk.store.work(slug) as memory:
        person = _person(memory, phone)
    return bool(person.client_ids or person.order_ids)


def _take_away(desk: Desk, orders: Sequence[Stored]) -> tuple[int, tuple[str, ...]]:
    """Take all files of orders out of all outboxes that were ever used.

    Return how many that were, and the old outboxes that are out of reach with files in them.
    """
    usual = str(desk.settings.outbox(desk.slug))
    lying = Counter(stored.place or usual for stored in orders if stored.phase in LYING)
    places = {usual, *(stored.place for stored in orders if stored.place)}
    with outbox_of(desk) as outbox:
        if (number := lying[outbox.label]) and outbox.names() is None:
            raise Temporary(
                f"the outbox `{outbox.label}` is gone, with {counted(number, 'order file')} in it",
                hint="is a share not mounted? Where the folder was deleted on purpose, make it anew",
            )
        files = _remove_files(outbox, orders)
        places.discard(outbox.label)
    unseen = []
    for place in sorted(places):
        try:
            with outbox_of(desk, place) as old:
                files += _remove_files(old, orders)
                missing = old.names() is None
        except TorgsyncError:
            missing = True
        if missing and lying[place]:
            unseen.append(place)
    return files, tuple(unseen)


def _remove_files(outbox: Outbox, orders: Sequence[Stored]) -> int:
    """Remove every file that an order may have in an outbox, half a one too; return how many that were."""
    there = outbox.names() or frozenset()
    names = (order_file_name(stored.order.id, kind) for stored in orders for kind in ("json", "csv"))
    return sum(
        outbox.remove(name)
        for whole in names
        for name in (whole, f"{whole}{UNFINISHED}", f"{whole}{ASIDE}")
        if name in there
    )


def _take_out(desk: Desk, memory: Memory, person: Person, orders: Sequence[Stored]) -> None:
    """Take the person out of the memory; no file of nobody is written afterwards."""
    stranded = [
        order_id
        for order_id, fitting in memory.clients.held().items()
        if person.client_ids.issuperset(fitting) and order_id not in person.order_ids
    ]
    for stored in orders:
        order_id = stored.order.id
        memory.trade.rewrite(order_id, without_people)
        memory.clients.settle(order_id)
        if stored.phase in (None, *LYING):
            memory.trade.withdrew_file(order_id)
    for client_id in person.client_ids:
        memory.clients.remove(client_id)
    for order_id in stranded:
        _settle_stranded(desk, memory, order_id)


def _settle_stranded(desk: Desk, memory: Memory, order_id: str) -> None:
    """Make a client of the buyer of an order who only might have been the person that was taken out."""
    stored = memory.trade.order(order_id)
    if stored and desk.object.clients.create:
        memory.trade.set_client(order_id, memory.clients.add(client_of(stored.order.buyer), desk.now()))
