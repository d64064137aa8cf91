"""What the state promises about orders: every version is kept, and the newest is at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from builders import LATER, NOON, existing, order, product
from states import HOUR, OLENA, row

from torgsync.core.orders.late import AWAITED, AwaitedOrder
from torgsync.core.orders.order import Line, Paid, Unread, Unreadable
from torgsync.core.orders.postings import UNMAPPED, postings_due
from torgsync.core.orders.reasons import HandWork, HoldReason
from torgsync.core.orders.stored import Confirmation, Holding, OrderVersion, StoredOrder
from torgsync.core.reason import Reason
from torgsync.state.store import Store, UnitOfWork

EARLY = NOON - 6 * HOUR
OLD = Reason(HoldReason.DELIVERED_EARLIER)
HELD = Reason(HoldReason.NO_SALE, {"status": "draft"})


def test_objects_do_not_see_each_others_orders(state: Store) -> None:
    """Neither orders nor files, clients or money."""
    with state.transaction("other") as work:
        work.orders.remember(order(paid=Paid.UNPAID), NOON, client_id="", hold=None)
        client = work.clients.add(OLENA, NOON)
        work.clients.set_candidates("300000001", [client])
        work.clients.set_export_stamp("stamp")
        work.postings.add(postings_due(order(), UNMAPPED, ()), NOON)
        work.orders.add_absent_number(7)
        work.order_files.mark_moving("300000001", "order.json", "outbox")
        work.order_files.mark_taken("300000001", NOON, Reason(HandWork.RESERVE))
        work.outboxes.record_use("outbox", other_disk=True)
    with state.transaction("my-prom") as work:
        orders, files, people = work.orders, work.order_files, work.clients
        assert (list(orders.all()), people.all(), work.postings.all()) == ([], [], ())
        assert (orders.numbers(), orders.absent_numbers()) == ([], set())
        assert (files.owed(), files.in_outbox(), orders.open()) == ([], [], [])
        assert (orders.versions("300000001"), orders.to_accept(), orders.holdings(EARLY)) == ([], [], ())
        assert (orders.statuses(), work.confirmations.of("300000001"), orders.twins()) == ([], [], [])
        assert orders.to_read_again(EARLY) == []
        assert (work.outboxes.on_other_disk("outbox"), work.postings.unmapped()) == (None, {})
        assert (people.get(client), people.candidates(), people.export_stamp()) == (None, {}, "")
        assert (people.order_counts(), people.by_contact(), people.contacts(client)) == ({}, {}, frozenset())
        assert people.sharing(OLENA.contacts) == {}
        people.remove(client)
    with state.transaction("other") as work:
        assert work.clients.get(client) is not None


def test_a_changed_order_is_a_new_version_of_the_same(work: UnitOfWork) -> None:
    """The same order again changes nothing; a change counts up, and the newest is at hand."""
    odd = replace(order().lines[0], quantity=Decimal("0.125"), total=Decimal("12.50"))
    first = order(
        lines=(odd, odd), total=None, unreadable=(Unreadable(Unread.NO_AMOUNT, "price"),), note="після 18:00"
    )
    paid = replace(first, status="paid", modified=datetime(2026, 3, 2, 14, 0, 0, 123456, UTC))
    remember = work.orders.remember
    assert remember(first, NOON, client_id="", hold=HELD) == 1
    assert work.orders.get(first.id) == StoredOrder(first, 1, "", None, HELD)
    assert remember(first, LATER, client_id="7", hold=None) == 0
    assert remember(paid, LATER, client_id="7", hold=None) == 2
    assert work.orders.get(first.id) == StoredOrder(paid, 2, "7", None, None)
    assert work.orders.get("1") is None
    assert [stored.order.id for stored in work.orders.all()] == [first.id]


def test_orders_are_filtered(work: UnitOfWork) -> None:
    """By the time they were placed and by client; the newest come first, whatever the order they came in."""
    orders = (("2", LATER, "paid", ""), ("1", NOON, "pending", ""), ("3", LATER + HOUR, "pending", "7"))
    for number, created, status, client in orders:
        found = order(id=number, created=created, status=status)
        work.orders.remember(found, NOON, client_id=client, hold=None)

    def listed(**wanted: object) -> list[str]:
        return [stored.order.id for stored in work.orders.all(**wanted)]  # type: ignore[arg-type]

    assert listed() == ["3", "2", "1"]
    assert listed(since=LATER) == ["3", "2"]
    assert listed(until=LATER) == ["1"]
    assert work.orders.statuses() == ["paid", "pending"]
    assert listed(client_id="7") == ["3"]
    assert sorted(work.orders.numbers()) == ["1", "2", "3"]
    work.orders.remember(order(id="2", created=LATER, status="delivered"), NOON, client_id="", hold=None)
    versions = {number: [one.status for one in all_] for number, all_ in work.orders.all_versions().items()}
    assert versions == {"1": ["pending"], "2": ["paid", "delivered"], "3": ["pending"]}


def test_an_order_is_rewritten_in_all_its_versions(work: UnitOfWork) -> None:
    """What must not be kept is kept nowhere; the versions stay as many."""
    work.orders.remember(order(note="one"), NOON, client_id="", hold=None)
    work.orders.remember(order(note="two", status="paid"), LATER, client_id="", hold=None)
    work.orders.rewrite("300000001", lambda found: replace(found, note=""))
    assert work.orders.versions("300000001") == [
        OrderVersion(1, NOON, order(note="")),
        OrderVersion(2, LATER, order(note="", status="paid")),
    ]
    (stored,) = work.orders.all()
    assert stored.order == order(note="", status="paid")


def test_numbers_that_prom_has_no_order_of_are_remembered(work: UnitOfWork) -> None:
    """Also when they are noted twice."""
    for number in (7, 7, 2**40):
        work.orders.add_absent_number(number)
    assert work.orders.absent_numbers() == {7, 2**40}


def test_orders_wait_for_their_payment_for_a_bounded_time(work: UnitOfWork) -> None:
    """Those that Prom awaits money for, the one that was read longest ago first; others are not listed."""
    unpaid = replace(order(), paid=Paid.UNPAID)
    for hour, number in enumerate("132"):
        work.orders.remember(replace(unpaid, id=number), NOON + hour * HOUR, client_id="", hold=None)
    work.orders.remember(replace(unpaid, id="4", status="canceled"), NOON, client_id="", hold=None)
    work.orders.remember(replace(unpaid, id="5", modified=EARLY), NOON, client_id="", hold=None)
    end = NOON + AWAITED

    def awaiting(now: datetime) -> list[str]:
        return [one.order_id for one in work.orders.to_read_again(now)]

    assert work.orders.to_read_again(LATER)[:2] == [
        AwaitedOrder("1", end, NOON),
        AwaitedOrder("5", EARLY + AWAITED, NOON),
    ]
    assert awaiting(LATER) == ["1", "5", "3", "2"]
    work.orders.note_read("1", NOON + 3 * HOUR)
    assert awaiting(end - HOUR) == ["3", "2", "1"]
    assert awaiting(end) == []
    work.orders.remember(replace(unpaid, id="3", paid=Paid.PAID), LATER, client_id="", hold=None)
    assert awaiting(LATER) == ["5", "2", "1"]


def test_orders_that_prom_did_not_show_whole_wait_for_a_bounded_time(work: UnitOfWork) -> None:
    """Those without lines or readable money, while no person entered them."""

    def awaiting(now: datetime) -> list[str]:
        return [one.order_id for one in work.orders.to_read_again(now)]

    held = {"1": HoldReason.NO_LINES, "2": HoldReason.MONEY_UNREADABLE, "3": HoldReason.GOOD_UNKNOWN}
    for number, why in held.items():
        work.orders.remember(order(id=number), NOON, client_id="", hold=Reason(why))
    assert awaiting(LATER) == ["1", "2"]
    assert awaiting(order().created + AWAITED) == []
    said = Confirmation(LATER, "olena", "till", Reason(HoldReason.NO_LINES))
    work.confirmations.add(next(one for one in work.orders.all() if one.order.id == "1"), said)
    assert awaiting(LATER) == ["2"]


def test_what_holds_an_order_changes_without_a_new_version(work: UnitOfWork) -> None:
    """Prom shows the same, and it is decided otherwise."""
    work.orders.remember(order(), NOON, client_id="", hold=Reason(HoldReason.GOOD_UNKNOWN))
    assert work.orders.remember(order(), LATER, client_id="", hold=None) == 0
    (stored,) = work.orders.all()
    assert (stored.hold, stored.version) == (None, 1)


def test_new_orders_are_accepted_once(work: UnitOfWork) -> None:
    """Those that nothing holds, oldest first; an order that went further needs it no more."""
    for number, status, held in (("1", "pending", None), ("2", "paid", None), ("3", "pending", HELD)):
        work.orders.remember(order(id=number, status=status), NOON, client_id="", hold=held)
    assert [stored.order.id for stored in work.orders.to_accept()] == ["1"]
    work.orders.accepted("1", LATER)
    assert work.orders.to_accept() == []
    stored = next(one for one in work.orders.all() if one.order.id == "1")
    assert stored.accepted == LATER


def test_objects_that_fetch_the_same_orders_are_listed(state: Store) -> None:
    """The same number at the same time is the same order; another shop may count alike."""
    with state.transaction("mine") as work:
        for number in ("1", "2"):
            work.orders.remember(order(id=number), NOON, client_id="", hold=None)
    for slug, number, created in (("twin", "2", NOON), ("other", "1", LATER), ("new", "3", NOON)):
        with state.transaction(slug) as work:
            work.orders.remember(order(id=number, created=created), NOON, client_id="", hold=None)
    with state.transaction("mine") as work:
        assert work.orders.twins() == ["twin"]


def test_goods_of_an_order_are_found_by_product_and_article(work: UnitOfWork) -> None:
    """A foreign product is neither in an export nor sent; an article of two goods finds none."""
    skus = {"17": 'A"7%', "18": None, "19": "B", "20": None, "21": "B"}
    work.rows.remember_rows(
        [row(good_id, int(good_id), product=product(good_id, sku=sku)) for good_id, sku in skus.items()]
    )
    look = work.object_state.begin_look()
    work.existing.remember_existing([existing(), existing("abc", "55"), existing("", "56")], look)
    assert work.ordered_goods.foreign(["17", "abc", "never"]) == {"abc"}
    assert work.ordered_goods.by_product(["917", "56", "57"]) == {"917": "17"}
    assert work.ordered_goods.by_sku('A"7%') == "17"
    assert work.ordered_goods.by_sku("B") is None
    assert work.ordered_goods.by_sku("A_7") is None
    assert work.ordered_goods.in_export(["17", "abc"]) == {"17"}


def test_names_of_goods_in_both_languages(work: UnitOfWork) -> None:
    """As exported, sent and shown."""
    names = {"name": "Капці", "name_ru": "Тапки"}
    work.rows.remember_rows([row("17", 17, product=product("17", name="Капці теплі"))])
    work.existing.remember_existing([existing(**names)], work.object_state.begin_look())
    work.products.remember_in_step({"19": {"price": Decimal(1)}}, NOON)
    assert work.ordered_goods.names(["17", "19", "20"]) == {
        "17": {"Капці теплі", "Капці", "Тапки"},
        "19": set(),
    }


def test_goods_that_nothing_knows(work: UnitOfWork) -> None:
    """Neither the export, nor Prom's list, nor what was sent; nothing follows before both were read."""
    assert work.ordered_goods.by_alias(["ABC"]) == {}
    ids = ["17", "18", "19", "ABC", "abc", "never"]
    work.rows.remember_rows([row("17", 17, product=product("17"))])
    adopted = replace(existing("18", "57"), alias="ABC")
    work.existing.remember_existing([existing("abc", "55"), adopted], work.object_state.begin_look())
    work.products.remember_in_step({"19": {"price": Decimal(1)}}, NOON)
    assert work.ordered_goods.unknown(ids) == frozenset()
    work.object_state.end_reading("fingerprint", "{}")
    assert work.ordered_goods.unknown(ids) == frozenset()
    work.object_state.end_look(NOON, full=True)
    assert work.ordered_goods.unknown(ids) == {"never"}
    assert work.ordered_goods.unknown([]) == frozenset()
    assert work.ordered_goods.by_alias(["ABC", "abc"]) == {"ABC": "18"}


def test_what_an_export_cannot_know_is_held(work: UnitOfWork) -> None:
    """Orders newer than the export, owed, in the outbox, or found taken later; others are known to it."""
    for number in "123456":
        created, held = LATER if number == "5" else EARLY, {"4": OLD, "5": HELD}.get(number)
        work.orders.remember(order(id=number, created=created), NOON, client_id="", hold=held)
    work.order_files.mark_moving("2", "order-2.json", "/outbox")
    for number, taken in (("3", LATER), ("6", EARLY)):
        work.order_files.mark_moving(number, "f", "/outbox")
        work.order_files.mark_taken(number, taken)
    pieces = Decimal(2)
    assert work.orders.holdings(NOON) == tuple(Holding("17", number, pieces) for number in "1235")
    assert [holding.order_id for holding in work.orders.holdings(LATER)] == ["1", "2"]


def test_an_order_line_keeps_its_parts(work: UnitOfWork) -> None:
    """Quantities and prices come back digit by digit."""
    line = Line("17", "16", "A", "Капці", Decimal("1.50"), Decimal("0.10"), Decimal("0.15"))
    work.orders.remember(order(lines=(line,)), NOON, client_id="", hold=None)
    (stored,) = work.orders.all()
    assert stored.order.lines == (line,)
    assert str(stored.order.lines[0].quantity) == "1.50"


def test_the_time_of_the_first_fetch_is_remembered(work: UnitOfWork) -> None:
    """The first one counts."""
    assert work.orders.begin(NOON) == NOON
    assert work.orders.begin(LATER) == NOON


def test_the_time_of_the_last_fetch_is_remembered(work: UnitOfWork) -> None:
    """Nothing else of the object changes; a first fetch that was not recorded is not taken to be now."""
    assert work.orders.fetched_until() is None
    work.object_state.begin_look()
    work.orders.set_fetched_until(NOON)
    assert (work.orders.fetched_until(), work.object_state.current_look()) == (NOON, 1)
    assert work.orders.begin(LATER) is None
