"""Forget a person: remove them from the state, its copies and the outboxes; orders and sums stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torgsync.core.orders.clients import PHONE, Contact, Person, client_of, person_behind, trace_of
from torgsync.core.orders.files import FileAction, decide_file
from torgsync.core.orders.order import without_people
from torgsync.core.orders.phones import normal_phone
from torgsync.core.orders.reasons import HoldReason, hand_work
from torgsync.core.orders.stored import StoredOrder
from torgsync.core.problems import problem_message
from torgsync.core.reason import Reason
from torgsync.errors import Exit, Temporary, TorgsyncError, UsageError
from torgsync.files.catalog.sources import forget_copy
from torgsync.files.orders.order_file import order_file_name
from torgsync.files.places.place import FilePlace
from torgsync.i18n import _
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.outbox import file_listing, file_names, look_at, outbox_of, place_of_file
from torgsync.jobs.run import running
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class ForgetResult:
    """What was removed: clients, the people of orders, files of the outbox, copies of the state. No names.

    `places` are old outboxes, out of reach, that may still have files of these orders; `named_in` are orders
    of other people that name the phone, `elsewhere` slugs of other objects that know the person too. `kept`
    are copies of the state that stayed because the state itself does not know the person. `by_hand` are sales
    that Torgsoft had not taken, and gets no file of any more.
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
    def known(self) -> bool:
        """Whether the state knew the person."""
        return bool(self.clients or self.orders)

    @property
    def exit_code(self) -> Exit:
        """Whether something is left that only a person can do."""
        return Exit.HELD if self.places or self.named_in or self.elsewhere or self.by_hand else Exit.DONE


def refuse_unlisted(context: JobContext, text: str) -> None:
    """Refuse a text that is no phone number, unless a client or an order has it instead of one.

    Raises UsageError.
    """
    with context.transaction() as work:
        person, _orders = _person(work, text)
    if not (text and (person.client_ids or person.order_ids)):
        hint = _(
            "give it with the code of the country: {command}",
            command=f"torgsync clients forget +380501234567 -o {context.file.called}",
        )
        raise UsageError(_("`{given}` is not a phone number", given=text), hint=hint)


def forget_person(context: JobContext, phone: str) -> ForgetResult:
    """Remove a person from the state and the outboxes, keeping orders and sums.

    `phone` is in normal form. Files and copies of the state go first, so that the next run still finds the
    person after an interruption. Raises TorgsyncError where the outbox cannot be used or a copy cannot be
    deleted.
    """
    with running(context) as run:
        result = _forget(context, phone)
        run.exit_code = result.exit_code
    return result


def _forget(context: JobContext, phone: str) -> ForgetResult:
    with context.transaction() as work:
        person, orders = _person(work, phone)
        others = work.clients.other_objects()
    elsewhere = tuple(slug for slug in others if _knows(context, slug, phone))
    named_in = tuple(sorted(person.named_in))
    forget_copy(context.file, "clients")
    if not person.client_ids and not orders:
        context.store.wipe()
        kept = tuple(map(str, context.store.copies()))
        return ForgetResult(named_in=named_in, elsewhere=elsewhere, kept=kept)
    files, places = _remove_from_outboxes(context, orders)
    copies = context.store.delete_copies()
    with context.transaction() as work:
        untaken = _remove_from_state(context, work, person)
    context.store.wipe()
    return ForgetResult(
        len(person.client_ids), len(orders), files, copies, places, named_in, elsewhere, by_hand=untaken
    )


def _person(work: UnitOfWork, phone: str) -> tuple[Person, list[StoredOrder]]:
    """Return the person with a phone, and all their orders."""
    orders = {stored.order.id: stored for stored in work.orders.all()}
    candidates, versions = work.clients.candidates(), work.orders.all_versions()
    traces = {
        order_id: trace_of(stored.client_id, candidates.get(order_id, ()), versions.get(order_id, ()))
        for order_id, stored in orders.items()
    }
    contacts = work.clients.shown_contacts()
    for client in work.clients.all():
        if client.phone:  # also one that is no number
            contacts[client.id] |= {Contact(PHONE, normal_phone(client.phone))}
    person = person_behind(phone, contacts, traces)
    return person, [stored for order_id, stored in orders.items() if order_id in person.order_ids]


def _knows(context: JobContext, slug: str, phone: str) -> bool:
    with context.store.transaction(slug) as work:
        person, _ = _person(work, phone)
    return bool(person.client_ids or person.order_ids)


def _remove_from_outboxes(context: JobContext, orders: Sequence[StoredOrder]) -> tuple[int, tuple[str, ...]]:
    """Remove all files of orders from all outboxes that were ever used.

    Return how many that were, and the old outboxes that are out of reach with files in them.
    """
    usual = str(context.settings.outbox(context.slug))
    places: dict[str, list[StoredOrder]] = {usual: []}
    for stored in orders:
        places.setdefault(place_of_file(context, stored), []).append(stored)
    waiting = {place: sum(stored.in_outbox for stored in there) for place, there in places.items()}
    with outbox_of(context) as outbox:
        here = places.pop(outbox.label, [])
        files_here = waiting.get(outbox.label, 0)
        look = look_at(context, outbox)
        if files_here and (trouble := look.trouble(outbox.label, files_here)):
            hint = _("check that the share is mounted; if the folder was deleted on purpose, create it again")
            raise Temporary(problem_message(trouble), hint=hint)
        _store_taken(context, here, look.sizes or {})
        files = _remove_files(outbox, orders)
    unreachable = []
    for place, there in sorted(places.items()):
        try:
            with outbox_of(context, place) as old:
                sizes = old.sizes()
                if sizes is not None:
                    _store_taken(context, there, sizes)
                files += _remove_files(old, orders)
        except TorgsyncError:
            sizes = None
        if sizes is None and waiting[place]:
            unreachable.append(place)
    return files, tuple(unreachable)


def _store_taken(context: JobContext, orders: Sequence[StoredOrder], sizes: Mapping[str, int | None]) -> None:
    """Store which files Torgsoft took, and which it never will, while the outbox still shows it."""
    with context.transaction() as work:
        for stored in orders:
            if not stored.in_outbox:
                continue
            order_id = stored.order.id
            if decide_file(stored, file_listing(stored.file or "", sizes)).action is FileAction.TAKEN:
                due = hand_work(work.orders.filed_order(stored), stored.order)
                work.order_files.mark_taken(order_id, context.now(), due)
            elif stored.order.takes_place:
                work.order_files.hold(order_id, Reason(HoldReason.FORGOTTEN))


def _remove_files(outbox: FilePlace, orders: Sequence[StoredOrder]) -> int:
    """Remove every file that an order may have in an outbox, finished or not; return how many there were."""
    present = outbox.names() or frozenset()
    names = (order_file_name(stored.order.id, kind) for stored in orders for kind in ("json", "csv"))
    return sum(outbox.remove(part) for name in names for part in file_names(name, present))


def _remove_from_state(context: JobContext, work: UnitOfWork, person: Person) -> tuple[str, ...]:
    """Remove the person from the state, so that no file of their orders is written afterwards.

    Return the sales that Torgsoft does not have.
    """
    stranded = [
        order_id
        for order_id, fitting in work.clients.candidates().items()
        if person.client_ids.issuperset(fitting) and order_id not in person.order_ids
    ]
    untaken = []
    for stored in filter(None, map(work.orders.get, person.order_ids)):
        order_id = stored.order.id
        work.orders.rewrite(order_id, without_people)
        work.buyer_messages.forget(order_id)
        work.clients.clear_candidates(order_id)
        if stored.order.takes_place and (stored.in_outbox or stored.owed or stored.needs_person):
            untaken.append(order_id)
            if not stored.needs_person:
                work.order_files.hold(order_id, Reason(HoldReason.FORGOTTEN))
        elif stored.phase is None or stored.in_outbox:
            work.order_files.mark_withdrawn(order_id)
    for client_id in person.client_ids:
        work.clients.remove(client_id)
    # Their buyers, whose only candidate was the person that was removed, become clients of their own.
    for stored in filter(None, map(work.orders.get, stranded)):
        if context.object.clients.create:
            client_id = work.clients.add(client_of(stored.order.buyer), context.now())
            work.orders.set_client(stored.order.id, client_id)
    return tuple(sorted(untaken))
