"""Decides what becomes of an order that Prom shows: a function of values, which stores and sends nothing.

Source: docs/developers/architecture.md §7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.orders.clients import Client, Contact, client_of, match_client
from torgsync.core.orders.lines import (
    Names,
    costs_nothing,
    nothing_sold,
    recognized,
    with_goods,
    without_free_goods,
)
from torgsync.core.orders.order import Line, Order, same_order, without_people
from torgsync.core.orders.postings import Posting, place_of, postings_due
from torgsync.core.orders.reasons import (
    FINDING_OF,
    HOLD_OF,
    HandWork,
    Hold,
    HoldReason,
    Todo,
    findings_of,
    hand_work,
)
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.core.reason import Reason

NOTES = frozenset((Code.ORDER_FREE_LINE, Code.ORDER_ID_UNKNOWN))
"""Findings about what is in a file: there is nothing to be done before it is written."""

ABOUT_LINES = NOTES | {Code.ORDER_NO_LINES, Code.ORDER_GOOD_UNKNOWN, Code.ORDER_SUM}
"""Findings about the lines of an order, and what they come to."""

NEEDS_NO_FILE = (HoldReason.DELIVERED_EARLIER, HoldReason.NO_SALE, HoldReason.PLACED_EARLIER)
"""Why no file of an order is due, and nothing is to be done about its lines either."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the state knows that bears on one order.

    `aliases` are good ids keyed by the external ids of adopted products; `product_goods` and `sku_goods` are
    good ids keyed by Prom's product id and by article, for lines without a good id. `foreign` are good ids
    that Prom has and the accounting program does not, `unknown` those that neither the export, nor Prom's
    list, nor anything that was sent has. `clients` are the clients
    that share a contact with the buyer, each with all its contacts; `choosing` is whether the order waits for
    a person to choose its client. `postings` are those of the order, in the order they were made. `filed` is
    the order as Torgsoft was given it. `begun` is when orders were first fetched, None where unknown.
    `earlier` are the lines of the versions before the newest one, newest first, and `names` those of the
    goods in all of them, where a line has to be recognized by them.
    """

    aliases: Mapping[str, str]
    product_goods: Mapping[str, str]
    sku_goods: Mapping[str, str]
    foreign: Collection[str]
    unknown: Collection[str]
    clients: Mapping[str, Collection[Contact]]
    choosing: bool
    postings: Sequence[Posting]
    filed: Order | None
    begun: datetime | None
    earlier: Sequence[Sequence[Line]] = ()
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClientDecision:
    """Whose order it is.

    Without a `client_id`, `profile` is a new client to be made and `candidates` are the clients among whom a
    person must choose. With one, `new_contacts` and `profile` are what the client is to learn.
    """

    client_id: str = ""
    new_contacts: frozenset[Contact] = frozenset()
    profile: Client | None = None
    candidates: tuple[str, ...] = ()


class Correction(NamedTuple):
    """Which version Torgsoft has after it took the file, and what a person has to do there."""

    filed: int | None
    hand_work: Todo | None


@dataclass(frozen=True, slots=True)
class OrderDecision:
    """What is to be stored about an order, which is new or has changed.

    `hold` is why it gets no file, None where it gets one. `correction` is set where Torgsoft has a file of it
    already; `owes_file` where a withdrawn file is to be written after all. `unmapped` is whether its payment
    method has no cash register or account yet.
    """

    order: Order
    hold: Hold | None
    client: ClientDecision
    postings: tuple[Posting, ...]
    findings: tuple[Finding, ...]
    correction: Correction | None
    owes_file: bool
    unmapped: bool

    @property
    def waits(self) -> bool:
        """Whether a person must look before the order gets a file."""
        return self.hold is not None and self.hold.code in FINDING_OF


def is_unchanged(known: StoredOrder, incoming: Order) -> bool:
    """Return whether Prom shows an order as it is stored, so that no facts are needed to decide about it.

    An order with a line whose good is unknown needs them: the good may be known by now. So does one that is
    to be decided about again. A free line that went into the comment of the file stays there.
    """
    shown = _with_lines(incoming, known)
    order = _as_stored(replace(shown, lines=with_goods(shown.lines, [known.order.lines])), known)
    known_goods = all(line.good_id or (costs_nothing(line) and known.hold is None) for line in order.lines)
    return known_goods and same_order(known.order, order) and not decided_again(known)


def lacks_lines(known: StoredOrder | None, incoming: Order) -> bool:
    """Return whether Prom left the lines out of an order that would be held without them."""
    if known and is_unchanged(known, incoming):
        return False
    order = _with_lines(incoming, known)
    return order.takes_place and any(
        finding.code is Code.ORDER_NO_LINES for finding in findings_of(replace(order, unreadable=()))
    )


def decided_again(known: StoredOrder) -> bool:
    """Return whether an order is to be decided about again, although Prom shows what it showed.

    What holds it may not hold any more: a setting, the goods or this program changed since. A change of its
    goods that a person must enter may be none, because its lines are recognized by now.
    """
    if known.hand_work and not known.order.forgotten:
        parts = known.hand_work.args.get("parts")
        return known.hand_work.code is HandWork.CHANGE and isinstance(parts, Sequence) and "goods" in parts
    return known.unfiled and known.hold is not None and known.hold.code in HOLD_OF.values()


def decide_order(
    known: StoredOrder | None, incoming: Order, facts: OrderFacts, settings: SyncObject
) -> OrderDecision | None:
    """Return what is to be stored about an order as Prom shows it; None where nothing changed."""
    free_in_comment = settings.orders.free_lines == "comment"
    order = _with_lines(incoming, known)
    before = [known.order.lines, *facts.earlier] if known else ()
    lines = with_goods(order.lines, before, facts.aliases, facts.product_goods, facts.sku_goods, facts.names)
    if free_in_comment and not order.unreadable:
        lines = without_free_goods(lines, {*facts.foreign, *facts.unknown})
    order = _as_stored(replace(order, lines=lines), known)
    same = known is not None and same_order(known.order, order)
    if known and same:
        if not (decided_again(known) or (known.unfiled and known.hold is None)):
            return None
        order = known.order
    # What waits for a person goes on waiting when Prom's list forgets the product.
    waits = known is not None and known.hold is not None and known.hold.code is HoldReason.GOOD_UNKNOWN
    foreign = {*facts.foreign, *(facts.unknown if waits else ())}
    findings = findings_of(order, foreign, facts.unknown, free_in_comment=free_in_comment)
    hold = _hold(known, order, findings, facts.begun, settings.orders.begin)
    correction = _correction(known, order, facts) if known else None
    if known and same:
        old: object = (known.filed, known.hand_work) if correction else known.hold
        if old == (correction or hold):
            return None
    method = settings.payment_method(order.payment_id)
    return OrderDecision(
        order=order,
        hold=hold,
        client=_client(known, order, facts, settings),
        postings=postings_due(order, place_of(method), facts.postings),
        findings=_useful_findings(known, order, hold, findings),
        correction=correction,
        owes_file=known is not None and known.phase is FilePhase.WITHDRAWN and order.takes_place,
        unmapped=bool(order.payment_id) and not (method and method.mapped),
    )


def _with_lines(incoming: Order, known: StoredOrder | None) -> Order:
    """Return an order with the lines that it had, where Prom leaves out all of them and its sum is the same.

    Of the sums of an order, the one that its lines come to is its total, so without lines it may be the one
    before the discount.
    """
    if known is None or incoming.lines or not known.order.lines:
        return incoming
    before = known.order
    sums = (before.total, None if before.total is None else before.total + before.discount)
    if incoming.total not in sums:
        return incoming
    return replace(
        incoming,
        lines=before.lines,
        total=before.total,
        discount=before.discount,
        discount_inferred=before.discount_inferred,
        unreadable=incoming.unreadable or before.unreadable,
    )


def _as_stored(order: Order, known: StoredOrder | None) -> Order:
    return without_people(order) if known and known.order.forgotten else order


def _useful_findings(
    known: StoredOrder | None, order: Order, hold: Hold | None, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Return the findings that are of use.

    Nothing about the lines of an order that needs no file, and what is only to be known about a file when
    there is something new in it.
    """
    useless: frozenset[Code] = frozenset()
    if hold is not None:
        useless = ABOUT_LINES if hold.code in NEEDS_NO_FILE else NOTES
    elif known and known.hold is None and known.order.lines == order.lines:
        useless = NOTES
    return tuple(finding for finding in findings if finding.code not in useless)


def _hold(
    known: StoredOrder | None,
    order: Order,
    findings: Iterable[Finding],
    begun: datetime | None,
    begin: datetime | None,
) -> Hold | None:
    """Return why an order gets no file.

    A sale that was handed out before its file was due must reach the accounting program all the same; only
    what was delivered before the first fetch is assumed to be there.
    """
    if known:
        earlier = known.hold is not None and known.hold.code is HoldReason.DELIVERED_EARLIER
    else:
        earlier = begun is not None and order.created < begun
    if earlier and order.takes_place and not order.open_sale:
        return Reason(HoldReason.DELIVERED_EARLIER)
    if not order.takes_place:
        return Reason(HoldReason.NO_SALE, {"status": order.shown})
    if begin is not None and order.created < begin:
        return Reason(HoldReason.PLACED_EARLIER, {"day": f"{begin:%Y-%m-%d}"})
    for finding in findings:
        if finding.code in HOLD_OF:
            return Reason(HOLD_OF[finding.code], finding.args)
    if not order.unreadable and nothing_sold(order):
        return Reason(HoldReason.NOTHING_SOLD)
    if order.forgotten and not (known and known.phase is FilePhase.TAKEN):
        return Reason(HoldReason.FORGOTTEN)
    return None


def _client(
    known: StoredOrder | None, order: Order, facts: OrderFacts, settings: SyncObject
) -> ClientDecision:
    """Return whose order it is: found by the ticks, or a new client; none where a person must choose."""
    if known and (known.client_id or facts.choosing):
        return ClientDecision(known.client_id)
    if order.forgotten:
        return ClientDecision()
    buyer = client_of(order.buyer)
    match = match_client(buyer.contacts, facts.clients, tuple(settings.clients.find_by))
    if match.one:
        new = buyer.contacts.difference(facts.clients[match.one])
        return ClientDecision(match.one, new, buyer if new else None)
    if match.client_ids:
        return ClientDecision(candidates=match.client_ids)
    create = settings.clients.create and (buyer.name or buyer.phone or buyer.email)
    return ClientDecision(profile=buyer if create else None)


def _correction(known: StoredOrder, order: Order, facts: OrderFacts) -> Correction | None:
    if known.phase is not FilePhase.TAKEN:
        return None
    filed, filed_order, before = known.filed, facts.filed, known.hand_work
    if filed_order and decided_again(known):
        lines = recognized(known.order.lines, facts.earlier, facts.names)
        # What only looked like a change was never to be entered.
        before = hand_work(filed_order, replace(known.order, lines=lines))
    if order.takes_place and not known.order.takes_place:
        filed = known.version  # a person was asked to release its reserve
    filed_order = known.order if filed == known.version else filed_order
    return Correction(filed, hand_work(filed_order, order, before))
