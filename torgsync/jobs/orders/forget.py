"""Forgets a person: takes them out of the memory, the outboxes and the copies of the state; the sums stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from torgsync.core.orders.clients import Person, client_of, is_phone, normal_phone, person_behind, trace_of
from torgsync.core.orders.order import by_hand, forgotten_too_early, without_people
from torgsync.core.text import counted
from torgsync.errors import Temporary, TorgsyncError, UsageError
from torgsync.files.orders.order_file import order_file_name
from torgsync.files.orders.outbox import ASIDE, UNFINISHED, Outbox
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.outbox import outbox_of, place_of_file
from torgsync.state.orders.orders import LYING, Phase, Stored
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out: clients, the people of orders, files of the outbox, copies of the state. No names.

    `places` are old outboxes, out of reach, in which files of these orders may still lie; `named_in` are
    orders of somebody else that name the phone, `elsewhere` slugs of other objects that know the person too.
    `kept` are copies of the state that stayed because the state itself knows nobody. `by_hand` are sales that
    Torgsoft had not taken, and gets no file of any more.
    """

    clients: int = 0
    orders: int = 0
    files: int = 0
    copies: int = 0
    places: tuple[str, ...] = ()
    named_in: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        """Whether there was anybody to forget."""
        return bool(self.clients or self.orders)

    @property
    def left(self) -> bool:
        """Whether something is left that only a person can do."""
        return bool(self.places or self.named_in or self.elsewhere or self.by_hand)


def wanted_phone(text: str) -> str:
    """Return the phone of whom to forget, in E.164. Raises UsageError where nobody can read it."""
    normal = normal_phone(text)
    if not is_phone(normal):
        raise UsageError(
            f"`{normal}` is no phone number",
            hint="give it with its code: torgsync clients forget +380501234567",
        )
    return normal


def forget(context: JobContext, phone: str) -> Forgotten:
    """Take a person out of the memory and the outbox, keeping orders and sums; return how much that was.

    `phone` is in E.164. Files and copies of the state go first: where a run dies in between, the next one
    finds the person still. Raises TorgsyncError where the outbox cannot be used or a copy cannot be deleted.
    """
    with context.transaction() as work:
        person = _person(work, phone)
        orders = [stored for stored in work.orders.orders() if stored.order.id in person.order_ids]
        others = work.clients.elsewhere()
    elsewhere = tuple(slug for slug in others if _knows(context, slug, phone))
    named_in = tuple(sorted(person.named_in))
    if not person.client_ids and not orders:
        context.store.wipe()
        kept = tuple(map(str, context.store.copies()))
        return Forgotten(named_in=named_in, elsewhere=elsewhere, kept=kept)
    files, places = _take_away(context, orders)
    copies = context.store.delete_copies()
    with context.transaction() as work:
        untaken = _take_out(context, work, person)
    context.store.wipe()
    return Forgotten(
        len(person.client_ids), len(orders), files, copies, places, named_in, elsewhere, by_hand=untaken
    )


def _person(work: UnitOfWork, phone: str) -> Person:
    held = work.clients.held()
    versions = work.orders.all_versions()
    traces = {
        stored.order.id: trace_of(
            stored.client_id, held.get(stored.order.id, ()), versions.get(stored.order.id, ())
        )
        for stored in work.orders.orders()
    }
    return person_behind(phone, work.clients.traces(), traces)


def _knows(context: JobContext, slug: str, phone: str) -> bool:
    """Tell whether another object knows who has a phone."""
    with context.store.transaction(slug) as work:
        person = _person(work, phone)
    return bool(person.client_ids or person.order_ids)


def _take_away(context: JobContext, orders: Sequence[Stored]) -> tuple[int, tuple[str, ...]]:
    """Take all files of orders out of all outboxes that were ever used.

    Return how many that were, and the old outboxes that are out of reach with files in them.
    """
    usual = str(context.settings.outbox(context.slug))
    of: dict[str, list[Stored]] = {usual: []}
    for stored in orders:
        of.setdefault(place_of_file(context, stored), []).append(stored)
    lying = {place: sum(stored.phase in LYING for stored in there) for place, there in of.items()}
    with outbox_of(context) as outbox:
        here = of.pop(outbox.label, [])
        if (number := lying.get(outbox.label)) and outbox.names() is None:
            raise Temporary(
                f"the outbox `{outbox.label}` is gone, with {counted(number, 'order file')} in it",
                hint="is a share not mounted? Where the folder was deleted on purpose, make it anew",
            )
        _look(context, outbox, here)
        files = _remove_files(outbox, orders)
    unseen = []
    for place, there in sorted(of.items()):
        try:
            with outbox_of(context, place) as old:
                missing = old.names() is None
                if not missing:
                    _look(context, old, there)
                files += _remove_files(old, orders)
        except TorgsyncError:
            missing = True
        if missing and lying[place]:
            unseen.append(place)
    return files, tuple(unseen)


def _look(context: JobContext, outbox: Outbox, orders: Sequence[Stored]) -> None:
    """Note what Torgsoft took, and what it never will, before the files go: afterwards nobody can tell."""
    there = outbox.names() or frozenset()
    with context.transaction() as work:
        for stored in orders:
            if stored.phase in LYING and not _lies(stored, there):
                lacks = by_hand(work.orders.handed(stored), stored.order)
                work.orders.took_file(stored.order.id, context.now(), lacks)
            elif stored.phase in LYING and stored.order.takes_place:
                work.orders.waits_for_person(stored.order.id, forgotten_too_early(stored.order.id))


def _lies(stored: Stored, there: Collection[str]) -> bool:
    """Tell whether Torgsoft has not taken a file: it lies there, or a run died while it was moved."""
    name = stored.file or ""
    half = UNFINISHED if stored.phase is Phase.MOVING else ASIDE
    return name in there or f"{name}{half}" in there


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


def _take_out(context: JobContext, work: UnitOfWork, person: Person) -> tuple[str, ...]:
    """Take the person out of the memory; no file of nobody is written afterwards.

    Return the sales that Torgsoft does not have.
    """
    stranded = [
        order_id
        for order_id, fitting in work.clients.held().items()
        if person.client_ids.issuperset(fitting) and order_id not in person.order_ids
    ]
    orders = [stored for stored in work.orders.orders() if stored.order.id in person.order_ids]
    untaken = [stored.order.id for stored in orders if _is_untaken(stored)]
    for stored in orders:
        order_id = stored.order.id
        work.orders.rewrite(order_id, without_people)
        work.clients.settle(order_id)
        if order_id in untaken and not stored.needs_person:
            work.orders.waits_for_person(order_id, forgotten_too_early(order_id))
        elif order_id not in untaken and stored.phase in (None, *LYING):
            work.orders.withdrew_file(order_id)
    for client_id in person.client_ids:
        work.clients.remove(client_id)
    for order_id in stranded:
        _settle_stranded(context, work, order_id)
    return tuple(sorted(untaken))


def _is_untaken(stored: Stored) -> bool:
    """Tell whether an order is a sale that Torgsoft should have and does not."""
    return stored.order.takes_place and (stored.phase in LYING or stored.owed or stored.needs_person)


def _settle_stranded(context: JobContext, work: UnitOfWork, order_id: str) -> None:
    """Make a client of the buyer of an order who only might have been the person that was taken out."""
    stored = work.orders.order(order_id)
    if stored and context.object.clients.create:
        work.orders.set_client(order_id, work.clients.add(client_of(stored.order.buyer), context.now()))
