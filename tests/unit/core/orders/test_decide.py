"""What becomes of an order that Prom shows: tables of situations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from builders import LATER, NOON, order, sync_object

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code
from torgsync.core.orders.clients import Contact, client_of
from torgsync.core.orders.decide import (
    ClientDecision,
    Correction,
    OrderDecision,
    OrderFacts,
    decide_order,
    is_unchanged,
    lacks_lines,
)
from torgsync.core.orders.order import Line, Order, Paid, Recipient, Unread, Unreadable, without_people
from torgsync.core.orders.postings import Money
from torgsync.core.orders.reasons import HandWork, Hold, HoldReason, Todo, hand_work
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.core.reason import Reason

(LINE,) = order().lines
UNKNOWN = order(lines=(replace(LINE, good_id=""),))
UNREADABLE = order(total=None, unreadable=(Unreadable(Unread.AMOUNT, "price", "?"),))
CANCELED, DELIVERED, DRAFT = order(status="canceled"), order(status="delivered"), order(status="draft")
REFUNDED = order(status="paid", paid=Paid.REFUNDED)
OFFERED = order(total=Decimal("180.00"), discount=Decimal("20.00"), discount_inferred=True)
GIFT = Line("", "1500000001", "", "Листівка", Decimal(1), Decimal(0), Decimal(0))
WITH_GIFT = order(lines=(LINE, GIFT))
MOVED = order(delivery_address="Львів")
FORGOTTEN = without_people(order())
BUYER = client_of(order().buyer)
PHONE = Contact("phone", "+380500000001")
SETTINGS = sync_object(payment_methods=[{"id": 9000001, "name": "Картка", "cash_register": "Каса 1"}])
NO_FACTS = OrderFacts({}, {}, {}, (), (), {}, choosing=False, postings=(), filed=None, begun=None)
NO_LINES = Reason(HoldReason.NO_LINES, {"total": "9"})
HELD_OLD = Reason(HoldReason.DELIVERED_EARLIER)
NO_SALE = Reason(HoldReason.NO_SALE, {"status": "draft"})


def stored(version: Order, **given: Any) -> StoredOrder:  # noqa: ANN401
    return StoredOrder(version, 1, "", **given)


def decide(
    known: StoredOrder | None,
    incoming: Order,
    settings: SyncObject = SETTINGS,
    **facts: Any,  # noqa: ANN401
) -> OrderDecision:
    decision = decide_order(known, incoming, replace(NO_FACTS, **facts), settings)
    assert decision is not None
    return decision


@pytest.mark.parametrize(
    ("known", "incoming"),
    [
        (order(), order()),
        (order(), order(modified=LATER)),
        (order(), UNKNOWN),
        (FORGOTTEN, order(modified=LATER)),
        (order(), order(lines=(replace(LINE, good_id="", prom_id="", sku=""),))),
        (order(), order(lines=())),
        (OFFERED, order(lines=())),
        (UNREADABLE, replace(UNREADABLE, lines=())),
        (order(lines=()), order(lines=())),
    ],
    ids=[
        *("same", "only touched", "its good is known", "only the people differ", "a product was deleted"),
        *("without lines", "without lines and offer", "without lines and sum", "never had lines"),
    ],
)
def test_an_order_that_did_not_change_is_not_stored(known: Order, incoming: Order) -> None:
    """Nor where only its forgotten people come again."""
    assert decide_order(stored(known, phase=FilePhase.TAKEN), incoming, NO_FACTS, SETTINGS) is None


GOODS = Reason(HandWork.CHANGE, {"parts": ["goods"]})
GONE = replace(LINE, good_id="", prom_id="", sku="")
RENAMED = order(lines=(replace(GONE, name="Тапки"),))
BOTH_NAMES = {"17": {"Капці", "Тапки"}}
UNKNOWN_GOOD = Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці", "good_id": ""})
FOREIGN_GOOD = Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці", "good_id": "17"})


@pytest.mark.parametrize(
    ("known", "facts", "expected"),
    [
        (stored(WITH_GIFT, hold=UNKNOWN_GOOD), {}, (None, None)),
        (stored(UNKNOWN, hold=UNKNOWN_GOOD), {"sku_goods": {"AA7775": "17"}}, (None, None)),
        (stored(order(lines=(GONE,)), hold=UNKNOWN_GOOD), {"earlier": [(LINE,)]}, (None, None)),
        (stored(UNKNOWN, hold=UNKNOWN_GOOD), {}, None),
        (stored(order(lines=()), hold=Reason(HoldReason.NO_LINES, {"total": "200.00"})), {}, None),
        (stored(WITH_GIFT, hold=UNKNOWN_GOOD, phase=FilePhase.TAKEN), {}, None),
        (stored(order()), {"foreign": {"17"}}, (FOREIGN_GOOD, None)),
        (stored(order(), phase=FilePhase.WRITTEN, filed=1), {"foreign": {"17"}}, None),
        (StoredOrder(order(lines=(GONE,)), 2, "", phase=FilePhase.TAKEN, filed=1, hand_work=GOODS),
         {"filed": order(), "earlier": [(LINE,)]}, (None, Correction(1, None))),
        (StoredOrder(RENAMED, 2, "", phase=FilePhase.TAKEN, filed=1, hand_work=GOODS),
         {"filed": order(), "earlier": [(LINE,)], "names": BOTH_NAMES}, (None, Correction(1, None))),
        (StoredOrder(RENAMED, 2, "", phase=FilePhase.TAKEN, filed=1, hand_work=GOODS),
         {"filed": order(), "earlier": [(LINE,)]}, None),
        (StoredOrder(order(lines=(LINE, LINE)), 2, "", phase=FilePhase.TAKEN, filed=1, hand_work=GOODS),
         {"filed": order()}, None),
    ],
    ids=[
        *("a gift", "a good that is known by now", "known by an earlier version", "still unknown"),
        *("no lines", "confirmed", "foreign before its file was written", "its file was written"),
        *("a deleted product", "its name in the other language", "another item", "another quantity"),
    ],
)  # fmt: skip
def test_what_waits_is_decided_about_again(
    known: StoredOrder, facts: dict[str, Any], expected: tuple[Hold | None, Correction | None] | None
) -> None:
    """Though Prom shows the same: what holds it, and what only looked like a change of its goods, may end."""
    decision = decide_order(known, known.order, replace(NO_FACTS, **facts), SETTINGS)
    assert (decision and (decision.hold, decision.correction)) == expected


def test_a_change_of_goods_that_was_none_asks_for_nothing_after_the_next_change() -> None:
    """A person who was asked to enter it has nothing to check."""
    known = StoredOrder(order(lines=(GONE,)), 2, "", phase=FilePhase.TAKEN, filed=1, hand_work=GOODS)
    decision = decide(known, order(lines=(GONE,), status="paid"), filed=order(), earlier=[(LINE,)])
    assert (decision.order.lines, decision.correction) == ((LINE,), Correction(1, None))
    real = replace(known, order=order(lines=(replace(LINE, quantity=Decimal(9)),)))
    assert decide(real, order(), filed=order()).correction == Correction(1, Reason(HandWork.CHECK_SAME))


@pytest.mark.parametrize(
    ("known", "incoming", "lacks"),
    [
        (None, order(), False),
        (None, order(lines=()), True),
        (None, order(lines=(GIFT,)), True),
        (None, replace(UNREADABLE, lines=()), True),
        (None, order(lines=(), status="draft"), False),
        (stored(order()), order(lines=(), status="paid"), False),
        (stored(order()), order(lines=(), total=Decimal(9)), True),
        (stored(order(lines=()), hold=NO_LINES), order(lines=()), True),
        (stored(order(lines=()), hold=NO_LINES, phase=FilePhase.TAKEN), order(lines=()), False),
    ],
)
def test_an_order_of_which_the_lines_were_left_out(
    known: StoredOrder | None, incoming: Order, lacks: bool
) -> None:
    """Not one that is known with its lines, nor one that a person has entered."""
    assert lacks_lines(known, incoming) is lacks


@pytest.mark.parametrize(
    ("known", "line", "products", "skus", "good_id"),
    [
        (None, LINE, {"1600000017": "18"}, {}, "17"),
        (order(), replace(LINE, good_id=""), {"1600000017": "18"}, {}, "17"),
        (UNKNOWN, replace(LINE, good_id=""), {"1600000017": "18"}, {"AA7775": "19"}, "18"),
        (None, replace(LINE, good_id=""), {}, {"AA7775": "19"}, "19"),
        (None, replace(LINE, good_id=""), {}, {}, ""),
    ],
    ids=["as Prom says", "as before", "by product", "by article", "unknown"],
)
def test_a_line_gets_the_good_it_can_be_found_by(
    known: Order | None, line: Line, products: dict[str, str], skus: dict[str, str], good_id: str
) -> None:
    """What was found before stays; then the product decides, then the article."""
    incoming = order(lines=(line,), note="changed")
    decision = decide(stored(known) if known else None, incoming, product_goods=products, sku_goods=skus)
    assert [one.good_id for one in decision.order.lines] == [good_id]


@pytest.mark.parametrize(
    ("known", "incoming", "begun", "hold", "waits"),
    [
        (None, order(), None, None, False),
        (None, order(), NOON, None, False),
        (None, DELIVERED, LATER, HELD_OLD, False),
        (None, DELIVERED, NOON, None, False),
        (None, DELIVERED, None, None, False),
        (None, order(), LATER, None, False),
        (stored(order(), hold=HELD_OLD), DELIVERED, None, HELD_OLD, False),
        (stored(order()), DELIVERED, LATER, None, False),
        (None, CANCELED, LATER, Reason(HoldReason.NO_SALE, {"status": "canceled"}), False),
        (None, DRAFT, None, Reason(HoldReason.NO_SALE, {"status": "draft"}), False),
        (None, REFUNDED, None, Reason(HoldReason.NO_SALE, {"status": "refunded"}), False),
        (None, UNKNOWN, None, Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці", "good_id": ""}), True),
        (
            None,
            replace(UNREADABLE, lines=UNKNOWN.lines),
            None,
            Reason(
                HoldReason.MONEY_UNREADABLE,
                {"why": "amount", "field": "price", "text": "?", "total_missing": True},
            ),
            True,
        ),
        (None, order(total=Decimal(1)), None, None, False),
        (None, order(lines=()), None, Reason(HoldReason.NO_LINES, {"total": "200.00"}), True),
        (stored(order()), order(lines=(), total=Decimal(9)), None, NO_LINES, True),
        (None, order(lines=(), total=Decimal(0)), None, Reason(HoldReason.NOTHING_SOLD), False),
        (None, order(lines=(GIFT,), total=Decimal(0)), None, Reason(HoldReason.NOTHING_SOLD), False),
        (None, WITH_GIFT, None, None, False),
        (stored(FORGOTTEN), DELIVERED, None, Reason(HoldReason.FORGOTTEN), True),
        (stored(FORGOTTEN, phase=FilePhase.TAKEN), DELIVERED, None, None, False),
    ],
)
def test_why_an_order_gets_no_file(
    known: StoredOrder | None, incoming: Order, begun: datetime | None, hold: Hold | None, waits: bool
) -> None:
    """An old delivery, no sale, an unknown good or amount, a forgotten buyer; a sum that differs does not."""
    decision = decide(known, incoming, begun=begun)
    assert (decision.hold, decision.waits) == (hold, waits)


def test_an_order_of_an_earlier_day_gets_no_file() -> None:
    """Of the day from which orders count on, it does."""
    settings = sync_object(orders={"since": "2026-03-03"})
    earlier = Reason(HoldReason.PLACED_EARLIER, {"day": "2026-03-03"})
    assert decide(None, order(), settings).hold == earlier
    assert decide(None, order(created=NOON + timedelta(days=1)), settings).hold is None


def test_a_good_that_only_prom_has_holds_the_order() -> None:
    """With the id that Prom has for it."""
    decision = decide(None, order(), foreign={"17"})
    assert decision.hold == Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці", "good_id": "17"})
    assert [finding.code for finding in decision.findings] == [Code.ORDER_GOOD_UNKNOWN]


def test_a_free_line_that_is_no_good_is_no_good_in_the_file() -> None:
    """Also one whose external id the accounting program does not have, unless the owner wants to see it."""
    alien = replace(GIFT, good_id="999")
    for foreign, unknown in (({"999"}, ()), ((), {"999"})):
        decision = decide(None, order(lines=(LINE, alien)), foreign=foreign, unknown=unknown)
        assert (decision.order, decision.hold) == (WITH_GIFT, None)
        assert [finding.code for finding in decision.findings] == [Code.ORDER_FREE_LINE]
    held = decide(None, WITH_GIFT, sync_object(orders={"free_lines": "hold"}))
    assert held.hold == Reason(HoldReason.GOOD_UNKNOWN, {"name": "Листівка", "good_id": ""})


def test_a_good_that_nothing_knows_is_a_finding_and_holds_nothing_new() -> None:
    """An order that waits for a person goes on waiting when Prom forgets the product."""
    decision = decide(None, order(), unknown={"17"})
    assert [finding.code for finding in decision.findings] == [Code.ORDER_ID_UNKNOWN]
    assert decision.hold is None
    waiting = stored(order(), hold=Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці", "good_id": "17"}))
    decision = decide(waiting, MOVED, unknown={"17"})
    assert decision.hold == waiting.hold


@pytest.mark.parametrize(
    ("known", "incoming", "codes"),
    [
        (None, replace(WITH_GIFT, status="draft"), []),
        (None, replace(UNKNOWN, status="canceled"), []),
        (None, order(lines=(), status="draft"), []),
        (None, order(total=Decimal(1), status="draft"), []),
        (None, replace(UNREADABLE, status="draft"), [Code.ORDER_MONEY_UNREADABLE]),
        (None, order(lines=(*UNKNOWN.lines, GIFT)), [Code.ORDER_GOOD_UNKNOWN]),
        (stored(WITH_GIFT), replace(WITH_GIFT, status="paid"), []),
        (stored(WITH_GIFT), order(lines=(GIFT, LINE)), [Code.ORDER_FREE_LINE]),
        (stored(replace(WITH_GIFT, status="draft"), hold=NO_SALE), WITH_GIFT, [Code.ORDER_FREE_LINE]),
    ],
)
def test_findings_are_of_use(known: StoredOrder | None, incoming: Order, codes: list[Code]) -> None:
    """Nothing is reported about the lines of an order that needs no file, and nothing twice."""
    assert [finding.code for finding in decide(known, incoming).findings] == codes


@pytest.mark.parametrize(
    ("known", "unchanged"),
    [(stored(order()), True), (stored(WITH_GIFT), True), (stored(UNKNOWN), False),
     (stored(WITH_GIFT, hold=NO_SALE), False), (stored(order(note="x")), False),
     (stored(order(), hold=UNKNOWN_GOOD), False), (stored(order(), hand_work=GOODS), False),
     (stored(FORGOTTEN, hand_work=GOODS), True)],
)  # fmt: skip
def test_an_order_as_it_is_stored_needs_no_facts(known: StoredOrder, unchanged: bool) -> None:
    """Unless it has a line whose good may be known by now."""
    assert is_unchanged(known, replace(known.order, note="")) is unchanged


@pytest.mark.parametrize(
    ("known", "incoming", "facts", "client"),
    [
        (None, order(), {}, ClientDecision(profile=BUYER)),
        (None, order(), {"clients": {"7": BUYER.contacts}}, ClientDecision("7")),
        (None, order(), {"clients": {"7": {PHONE}}}, ClientDecision("7", BUYER.contacts - {PHONE}, BUYER)),
        (None, order(), {"clients": {"7": {PHONE}, "8": {PHONE}}}, ClientDecision(candidates=("7", "8"))),
        (stored(order()), MOVED, {"choosing": True}, ClientDecision()),
        (stored(order()), MOVED, {}, ClientDecision(profile=BUYER)),
        (StoredOrder(order(), 1, "5"), MOVED, {"clients": {"7": {PHONE}}}, ClientDecision("5")),
        (stored(FORGOTTEN), DELIVERED, {}, ClientDecision()),
        (None, order(buyer=replace(order().buyer, first_name="", last_name="", phone="", email="")), {},
         ClientDecision()),
    ],
    ids=["new", "known", "learns", "several", "waits", "again", "has one", "forgotten", "nameless"],
)  # fmt: skip
def test_whose_order_it_is(
    known: StoredOrder | None, incoming: Order, facts: dict[str, Any], client: ClientDecision
) -> None:
    """The only client that fits; a person chooses among several, and nothing is asked twice."""
    assert decide(known, incoming, **facts).client == client


def test_no_client_is_made_where_the_object_forbids_it() -> None:
    """The order stays without one."""
    assert decide(None, order(), sync_object(clients={"create": False})).client == ClientDecision()


def test_money_is_posted_where_the_method_says() -> None:
    """And counted as unmapped where the method has no place."""
    decision = decide(None, order())
    assert [(posting.kind, posting.account) for posting in decision.postings] == [(Money.EXPECTED, "Каса 1")]
    assert not decision.unmapped
    assert decide(None, order(payment_id="8")).unmapped
    assert not decide(None, order(payment_id="")).unmapped
    assert decide(stored(order()), MOVED, postings=decision.postings).postings == ()


CHANGE = Reason(HandWork.CHANGE, {"parts": ["delivery"]})
RELEASE = Reason(HandWork.RELEASE, {"cancelled": True})


@pytest.mark.parametrize(
    ("known", "incoming", "filed", "correction"),
    [
        (stored(order(), phase=FilePhase.WRITTEN, filed=1), MOVED, order(), None),
        (stored(order(), phase=FilePhase.TAKEN, filed=1), order(note="x"), order(), Correction(1, None)),
        (stored(order(), phase=FilePhase.TAKEN, filed=1), MOVED, order(), Correction(1, CHANGE)),
        (
            StoredOrder(order(note="x"), 2, "", phase=FilePhase.TAKEN, filed=1),
            order(),
            MOVED,
            Correction(1, CHANGE),
        ),
        (stored(order(), phase=FilePhase.TAKEN), CANCELED, None, Correction(None, RELEASE)),
        (
            StoredOrder(CANCELED, 2, "", phase=FilePhase.TAKEN, filed=1, hand_work=RELEASE),
            order(),
            order(),
            Correction(2, Reason(HandWork.RESERVE)),
        ),
    ],
)
def test_what_is_to_be_corrected_after_torgsoft_took_the_file(
    known: StoredOrder, incoming: Order, filed: Order | None, correction: Correction | None
) -> None:
    """Against what Torgsoft was given; a sale that was cancelled meanwhile is to be reserved again."""
    assert decide(known, incoming, filed=filed).correction == correction


@pytest.mark.parametrize(
    ("phase", "incoming", "owes"),
    [
        (FilePhase.WITHDRAWN, order(), True),
        (FilePhase.WITHDRAWN, DRAFT, False),
        (FilePhase.TAKEN, order(), False),
    ],
)
def test_a_withdrawn_file_is_owed_once_its_order_is_a_sale_again(
    phase: FilePhase, incoming: Order, owes: bool
) -> None:
    """What Torgsoft took is corrected by hand instead."""
    assert decide(stored(CANCELED, phase=phase), incoming).owes_file is owes


PAID_BACK = order(status="paid", paid=Paid.REFUNDED)


@pytest.mark.parametrize(
    ("filed", "incoming", "before", "todo"),
    [
        (order(), order(status="paid"), None, None),
        (order(), CANCELED, None, RELEASE),
        (None, CANCELED, None, RELEASE),
        (order(), PAID_BACK, None, Reason(HandWork.RELEASE, {"cancelled": False})),
        (CANCELED, order(), None, Reason(HandWork.RESERVE)),
        (CANCELED, PAID_BACK, None, None),
        (order(), MOVED, None, CHANGE),
        (order(), order(delivery_name="Самовивіз"), RELEASE, CHANGE),
        (order(), order(), CHANGE, Reason(HandWork.CHECK_SAME)),
        (UNKNOWN, order(), None, None),
        (order(lines=()), order(), None, None),
        (None, MOVED, None, None),
        (None, MOVED, RELEASE, RELEASE),
        (order(), without_people(MOVED), RELEASE, RELEASE),
    ],
)
def test_only_what_torgsoft_was_not_given_asks_for_a_person(
    filed: Order | None, incoming: Order, before: Todo | None, todo: Todo | None
) -> None:
    """What is unknown is not invented."""
    assert hand_work(filed, incoming, before) == todo


def test_every_part_that_differs_is_named() -> None:
    """In one order."""
    work = hand_work(order(), order(lines=(), total=None, recipient=Recipient("Олена")))
    assert work == Reason(HandWork.CHANGE, {"parts": ["goods", "total", "recipient"]})
