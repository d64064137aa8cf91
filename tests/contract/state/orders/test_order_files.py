"""What the state promises about order files: each is followed until Torgsoft has it."""

from __future__ import annotations

import pytest
from builders import LATER, NOON, order

from torgsync.core.orders.reasons import HandWork, Hold, HoldReason
from torgsync.core.orders.stored import Confirmation, FilePhase, StoredOrder
from torgsync.core.reason import Reason
from torgsync.state.store import UnitOfWork

NUMBER = "300000001"
FILE = "order-300000001.json"
CHANGE = Reason(HandWork.CHANGE, {"parts": ["delivery", "total"]})


def stored(work: UnitOfWork) -> StoredOrder:
    known = work.orders.get(NUMBER)
    assert known is not None
    return known


def test_an_order_file_is_owed_until_it_is_written(work: UnitOfWork) -> None:
    """Oldest first; what is held owes none, and a new version of a written order owes none again."""
    no_sale = Reason(HoldReason.NO_SALE, {"status": "draft"})
    for number, created, held in (("2", LATER, None), ("1", NOON, None), ("3", NOON, no_sale)):
        work.orders.remember(order(id=number, created=created), NOON, client_id="", hold=held)
    assert [stored.order.id for stored in work.order_files.owed()] == ["1", "2"]
    work.order_files.mark_moving("1", "order-1.json", "/outbox")
    work.orders.remember(order(id="1", created=NOON, status="paid"), LATER, client_id="", hold=None)
    assert [stored.order.id for stored in work.order_files.owed()] == ["2"]
    (moving,) = work.order_files.in_outbox()
    assert (moving.version, moving.phase) == (2, FilePhase.MOVING)
    assert (moving.file, moving.place) == ("order-1.json", "/outbox")


def test_an_order_file_is_followed_until_torgsoft_has_it(work: UnitOfWork) -> None:
    """Written, taken, taken back: each is remembered with its time, and ends its waiting."""
    work.orders.remember(order(), NOON, client_id="", hold=None)

    def state() -> tuple[object, ...]:
        known = stored(work)
        return known.phase, known.written, known.taken, len(work.order_files.in_outbox())

    work.order_files.mark_moving(NUMBER, FILE, "/outbox")
    work.order_files.mark_written(NUMBER, NOON)
    assert state() == (FilePhase.WRITTEN, NOON, None, 1)
    work.order_files.mark_taken(NUMBER, LATER)
    assert state() == (FilePhase.TAKEN, NOON, LATER, 0)
    work.order_files.mark_written(NUMBER, LATER)
    assert state() == (FilePhase.WRITTEN, LATER, None, 1)
    work.order_files.mark_withdrawn(NUMBER)
    assert state() == (FilePhase.WITHDRAWN, LATER, None, 0)


def test_torgsoft_is_known_to_have_the_version_that_it_was_given(work: UnitOfWork) -> None:
    """Until it is given another one, or a person says that it has the newest."""
    orders, files = work.orders, work.order_files
    first, second = order(), order(delivery_address="Львів")
    orders.remember(first, NOON, client_id="", hold=None)
    files.mark_moving(NUMBER, FILE, "/outbox")
    files.mark_written(NUMBER, NOON)
    orders.remember(second, LATER, client_id="", hold=None)
    known = stored(work)
    assert (known.filed, known.version, orders.filed_order(known), orders.open()) == (1, 2, first, [])
    files.mark_taken(NUMBER, LATER, CHANGE)
    assert [one.hand_work for one in orders.open()] == [CHANGE]
    said = Confirmation(LATER, "olena", "office", CHANGE)
    work.confirmations.add(stored(work), said)
    known = stored(work)
    assert (known.filed, known.phase, known.taken, orders.open()) == (2, FilePhase.TAKEN, LATER, [])
    assert (work.confirmations.of(NUMBER), work.confirmations.of("1")) == ([said], [])
    files.set_hand_work(NUMBER, 1, CHANGE)
    assert (stored(work).filed, stored(work).hand_work) == (1, CHANGE)
    files.mark_moving(NUMBER, FILE, "/outbox")
    assert (stored(work).filed, stored(work).hand_work) == (2, None)
    files.mark_found(NUMBER, FILE, "/elsewhere", LATER)
    known = stored(work)
    assert (known.filed, known.place, known.written) == (None, "/elsewhere", LATER)
    assert orders.filed_order(known) is None
    files.mark_current(NUMBER)
    assert orders.filed_order(stored(work)) == second
    files.mark_owed(NUMBER)
    assert [one.order.id for one in orders.open()] == [NUMBER]


@pytest.mark.parametrize(
    "hold",
    [
        Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці [/25]", "good_id": ""}),
        Reason(
            HoldReason.MONEY_UNREADABLE,
            {"why": "amount", "field": "price", "total_missing": True},
        ),
        Reason(HoldReason.FORGOTTEN),
    ],
)
def test_an_order_that_waits_for_a_person_is_taken_once_it_was_entered(work: UnitOfWork, hold: Hold) -> None:
    """Its goods count as Torgsoft's from then on; one that is no sale does not wait."""
    no_sale = Reason(HoldReason.NO_SALE, {"status": "canceled"})
    work.orders.remember(order(), NOON, client_id="", hold=hold)
    work.orders.remember(order(id="2", status="canceled"), NOON, client_id="", hold=no_sale)
    (waiting,) = work.orders.open()
    assert (waiting.order.id, waiting.hold, waiting.needs_person, waiting.owed) == (NUMBER, hold, True, False)
    said = Confirmation(LATER, "olena", "office", hold)
    work.confirmations.add(waiting, said)
    assert (work.orders.open(), work.confirmations.of(NUMBER)) == ([], [said])
    known = stored(work)
    assert (known.phase, known.taken, known.file, known.filed) == (FilePhase.TAKEN, LATER, None, 1)


def test_an_order_that_can_get_no_file_waits_for_a_person(work: UnitOfWork) -> None:
    """Nothing is left of its file."""
    work.orders.remember(order(), NOON, client_id="", hold=None)
    work.order_files.mark_moving(NUMBER, FILE, "/outbox")
    work.order_files.hold(NUMBER, Reason(HoldReason.FORGOTTEN))
    known = stored(work)
    assert (known.needs_person, known.file, known.place, known.filed) == (True, None, None, None)


def test_an_outbox_is_stored_with_its_disk(work: UnitOfWork) -> None:
    """None where nothing was written yet; the last use counts."""
    assert work.outboxes.on_other_disk("/share") is None
    for other_disk in (False, True):
        work.outboxes.record_use("/share", other_disk=other_disk)
        assert work.outboxes.on_other_disk("/share") is other_disk
    assert not work.outboxes.missed("/share")
    work.outboxes.set_missed("/share", missed=True)
    assert work.outboxes.missed("/share")
