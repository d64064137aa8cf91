"""Brings orders home: into the memory with their clients and money, then into files that Torgsoft reads.

First the memory, then the file (`jobs/orders/outbox.py`), then a word to Prom where the object says so:
whatever ends a run early is taken up by the next one, so no order is lost and none doubled. Source:
docs/developers/architecture.md §7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.clients import Match, client_of, match_client
from torgsync.core.orders.order import (
    GAPS_AT_ONCE,
    STATUSES,
    STOPPING,
    Line,
    Order,
    Paid,
    by_hand,
    findings_of,
    forgotten_too_early,
    missing_numbers,
    same_order,
    without_people,
)
from torgsync.core.orders.postings import place_of, postings_due, without_method
from torgsync.core.paging import pages
from torgsync.core.plan.channels import OVERLAP
from torgsync.core.text import counted, did_you_mean
from torgsync.errors import Exit, ExportInvalid, PromRefused, TokenRefused, TorgsyncError, UsageError
from torgsync.files.config.settings import who
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.orders.clients import read_torgsoft_clients
from torgsync.jobs.orders.outbox import Delivered, deliver
from torgsync.jobs.orders.payments import settle_money
from torgsync.prom.api import Prom
from torgsync.state.orders.orders import Confirmation, Phase, Stored
from torgsync.state.store import UnitOfWork

AT_ONCE = 50
"""Orders that Prom is told of in one request."""
EARLIER = "it was placed before"
"""How the reason begins for which an order of an earlier day gets no file."""
OLD = "it was delivered before orders were brought home"
"""Why an order gets no file that had its goods handed out before this object's first fetch."""


@dataclass(slots=True)
class FetchResult:
    """What one fetch brought: numbers of orders, and what a person should know.

    `unmapped` counts new orders whose payment method has no place for its money yet, `methodless` those on
    their way whose money goes by no method; `held` those that wait for a person before they can go to
    Torgsoft, `accepted` those that Prom was told to be received. `open` counts all that wait for a person
    now, also from earlier fetches. `trouble` is what went wrong after the orders were home, `stuck` what a
    person must mend before their files can be written. `to_confirm` is the first order that a person must
    see to in Torgsoft; `begun` is when orders were first asked for, where it is known.
    """

    new: int = 0
    changed: int = 0
    unmapped: int = 0
    held: int = 0
    accepted: int = 0
    open: int = 0
    delivered: Delivered = field(default_factory=Delivered)
    findings: list[Finding] = field(default_factory=list)
    unmapped_methods: tuple[str, ...] = ()
    methodless: int = 0
    trouble: TorgsyncError | None = None
    stuck: TorgsyncError | None = None
    to_confirm: str = ""
    begun: datetime | None = None

    @property
    def ambiguous(self) -> int:
        """How many orders fit several clients and wait to be told whose they are."""
        return sum(finding.code is Code.CLIENT_AMBIGUOUS for finding in self.findings)

    @property
    def files(self) -> int:
        """How many order files were written."""
        return self.delivered.files

    @property
    def waits(self) -> bool:
        """Whether anything waits for a person."""
        return bool(self.open or self.unmapped_methods or self.methodless or self.stuck)

    @property
    def exit_code(self) -> Exit:
        """The gravest thing that happened."""
        trouble = [self.trouble.exit_code] if self.trouble else []
        return Exit.worst([*trouble, Exit.HELD if self.waits else Exit.DONE])

    def find(self, code: Code, message: str, order: str = "") -> None:
        """Note what a person should know."""
        self.findings.append(Finding(code, message, order=order))


def fetch_orders(context: JobContext, prom: Prom) -> FetchResult:
    """Fetch what is new or changed since the last fetch, with an overlap, and write the order files.

    What goes wrong once the orders are home is in the answer, not raised. What an earlier fetch left open is
    told again until it is done.
    """
    fetched = FetchResult()
    _read_clients(context, fetched)
    _bring_home(context, prom, fetched)
    settle_money(context)
    try:
        deliver(context, fetched.delivered)
    except TorgsyncError as trouble:
        fetched.find(Code.OUTBOX_FAILED, trouble.message)
        if trouble.exit_code is Exit.ERROR:  # it is in order but for the outbox, which a person must mend
            fetched.stuck = trouble
        else:
            fetched.trouble = trouble
    fetched.findings += fetched.delivered.findings
    _tell_open(context, fetched)
    if context.object.orders.accept:
        _accept(context, prom, fetched)
    return fetched


def _tell_open(context: JobContext, fetched: FetchResult) -> None:
    """Tell what is open, once: much of it was found in this fetch."""
    with context.transaction() as work:
        found, unmapped = list(still_open(work, context.object.clients.find_by)), work.payments.unmapped()
        methodless = work.payments.without_method()
    fetched.open = len({finding.order for finding in found})
    by_hand_too = (Code.ORDER_CHANGED, Code.ORDER_FORGOTTEN, *STOPPING)
    fetched.to_confirm = next((finding.order for finding in found if finding.code in by_hand_too), "")
    fetched.unmapped_methods = tuple(sorted(unmapped))
    for name, orders in sorted(unmapped.items()):
        has = counted(orders, "order")
        found.append(Finding(Code.PAYMENT_UNMAPPED, f"the money of {has} by `{name}` has no place yet"))
    fetched.methodless = len(methodless)
    if methodless:
        found.append(Finding(Code.PAYMENT_UNMAPPED, without_method(methodless)))
    fetched.findings += [finding for finding in found if finding not in fetched.findings]


def take_order(context: JobContext, order: Order) -> None:
    """Remember one order as Prom shows it now."""
    with context.transaction() as work:
        _take(context, work, order, FetchResult())


def _bring_home(context: JobContext, prom: Prom, fetched: FetchResult) -> None:
    """Remember every page as it comes, then ask for the numbers that the list left out.

    The watermark is the newest change that Prom itself tells: its clock counts, not this computer's. An empty
    answer moves nothing, since it is no proof that nothing changed (prom-api §11 Q9).
    """
    started = context.now()
    with context.transaction() as work:
        until = work.orders.orders_until()
        fetched.begun = work.orders.begin_orders(started)
    context.report(Progress(Stage.ORDERS))
    seen, newest = 0, until
    for page in prom.orders(until - OVERLAP if until else None):
        with context.transaction() as work:
            for order in sorted(page, key=lambda order: order.created):
                _take(context, work, order, fetched)
        seen += len(page)
        newest = max([*([newest] if newest else []), *(order.modified for order in page)])
        context.report(Progress(Stage.ORDERS, seen))
    _ask_for_missing(context, prom, fetched)
    if newest is not None and (until is None or newest > until):
        with context.transaction() as work:
            work.orders.fetched_until(min(newest, started))


def _ask_for_missing(context: JobContext, prom: Prom, fetched: FetchResult) -> None:
    """Ask for numbers that lie between known ones; those that do not exist are asked for once."""
    with context.transaction() as work:
        missing = missing_numbers(work.orders.numbers(), work.orders.absent())
    for number in missing[:GAPS_AT_ONCE]:
        try:
            order = prom.order(str(number))
        except (PromRefused, TokenRefused):  # the list may be read, so this one is not ours
            order = None
        with context.transaction() as work:
            if order is None:
                work.orders.note_absent(number)
            else:
                _take(context, work, order, fetched)
                message = f"order {number} was missing from Prom's list; it is home now"
                fetched.find(Code.ORDER_UNLISTED, message, order.id)


def _take(context: JobContext, work: UnitOfWork, order: Order, fetched: FetchResult) -> None:
    """Remember one order with its client and money; nothing happens where it is known as it is."""
    known = work.orders.order(order.id)
    order = replace(order, lines=_known_goods(work, order, known))
    if known and known.order.forgotten:
        order = without_people(order)
    if known and same_order(known.order, order):
        return
    foreign = work.orders.foreign(line.good_id for line in order.lines if line.good_id)
    found = list(findings_of(order, foreign))
    client_id = known.client_id if known else ""
    if not client_id and not order.forgotten and not (known and order.id in work.clients.held()):
        client_id = _client(context, work, order)
    old = known.held == OLD if known else fetched.begun is not None and order.created < fetched.begun
    held, waits = _why_held(order, found, context.object.orders.begin, old=old)
    if held is None and order.forgotten and not (known and known.phase is Phase.TAKEN):
        held, waits = forgotten_too_early(order.id), True
    work.orders.remember(order, context.now(), client_id=client_id, held=held, waits=waits)
    method = context.object.payment_method(order.payment_id)
    posted = work.payments.postings(order.id) if known else ()
    work.payments.post(postings_due(order, place_of(method), posted), context.now())
    fetched.findings += found
    if known:
        fetched.changed += 1
        if known.phase is Phase.TAKEN:
            _note_by_hand(work, known, order)
        if known.phase is Phase.WITHDRAWN and order.takes_place:
            work.orders.owes_file(order.id)
        return
    fetched.new += 1
    fetched.held += waits
    fetched.unmapped += bool(order.payment_id and not (method and method.mapped))


def _known_goods(work: UnitOfWork, order: Order, known: Stored | None) -> tuple[Line, ...]:
    """Return the lines with the goods of those that Prom names none of.

    A line keeps the good that it was found to be before; else its product tells it, then its article
    (prom-api §8 no. 5).
    """
    blank = {line.prom_id for line in order.lines if not line.good_id and line.prom_id}
    before = {line.prom_id: line.good_id for line in known.order.lines if line.good_id} if known else {}
    shown = work.orders.goods_of(blank) if blank else {}

    def good_of(line: Line) -> str:
        by_product = line.good_id or before.get(line.prom_id) or shown.get(line.prom_id)
        return by_product or (work.orders.good_of_sku(line.sku) if line.sku else None) or ""

    return tuple(line if line.good_id else replace(line, good_id=good_of(line)) for line in order.lines)


def _why_held(
    order: Order, found: Iterable[Finding], begin: datetime | None, *, old: bool
) -> tuple[str | None, bool]:
    """Return why an order becomes no file, None where it does, and whether a person must look.

    A sale that was handed out before its file was due must reach the accounting program all the same; only
    those of an `old` shop, from before the first fetch, are taken to be there.
    """
    if old and order.takes_place and not order.open_sale:
        return OLD, False
    if not order.takes_place:
        refunded = order.paid is Paid.REFUNDED and not order.cancelled
        return f"it is {'refunded' if refunded else order.status}", False
    if begin is not None and order.created < begin:
        return f"{EARLIER} {begin:%Y-%m-%d}", False
    reason = next((finding.message for finding in found if finding.code in STOPPING), None)
    return reason, reason is not None


def _note_by_hand(work: UnitOfWork, known: Stored, order: Order) -> None:
    """Note what a person must do in Torgsoft about an order that changed after Torgsoft took its file."""
    filed = known.filed
    if order.takes_place and not known.order.takes_place:
        filed = known.version  # it was told that its reserve is to be released
    handed = known.order if filed == known.version else work.orders.handed(known)
    work.orders.must_be_done(order.id, filed, by_hand(handed, order, known.by_hand))


# What is open


def still_open(work: UnitOfWork, find_by: Sequence[str]) -> Iterator[Finding]:
    """Yield what a person still has to do about orders, until it is done: oldest orders first.

    `find_by` are the ticks by which clients are found.

    Those that get no file before somebody looks, those that changed after Torgsoft took their file, those
    whose file could not be written, and then those of which nobody said whose they are.
    """
    for stored in work.orders.waiting():
        order_id = stored.order.id
        if stored.by_hand:
            yield Finding(Code.ORDER_CHANGED, f"order {order_id} {stored.by_hand}", order=order_id)
        elif stored.needs_person:
            yield Finding(_why_by_hand(stored), stored.held or "", order=order_id)
        else:
            message = f"order {order_id}: its file for Torgsoft is still to be written"
            yield Finding(Code.OUTBOX_FAILED, message, order=order_id)
    for order_id, clients in work.clients.held().items():
        unclear = work.orders.order(order_id)
        if unclear and unclear.order.takes_place and not unclear.order.forgotten:
            wanted = client_of(unclear.order.buyer)
            known = {client_id: work.clients.contacts(client_id) for client_id in clients}
            why = _unclear(match_client(wanted.contacts, known, tuple(find_by)), len(clients))
            yield Finding(Code.CLIENT_AMBIGUOUS, f"order {order_id}: {why}; none was picked", order=order_id)


def _why_by_hand(stored: Stored) -> Code:
    """Return why no file of an order is written before a person does something."""
    if stored.held == forgotten_too_early(stored.order.id):
        return Code.ORDER_FORGOTTEN
    return Code.ORDER_MONEY_UNREADABLE if stored.order.unreadable else Code.ORDER_GOOD_UNKNOWN


def confirm_orders(context: JobContext, order_ids: Sequence[str]) -> dict[str, str]:
    """Note that a person did in Torgsoft what these orders asked for; return what that was, by order.

    Raises UsageError for an order that is not known, or that waits for nothing of the kind; then nothing is
    noted of any.
    """
    user, host, _ = who()
    done: dict[str, str] = {}
    with context.transaction() as work:
        for order_id in order_ids:
            stored = work.orders.order(order_id)
            if stored is None:
                raise UsageError(f"there is no order {order_id}", hint="see them: torgsync orders list")
            what = stored.by_hand or (stored.held if stored.needs_person else None)
            if not what:
                raise UsageError(
                    f"order {order_id} does not wait for anything to be done in Torgsoft",
                    hint=_instead(work, stored, context.file.called),
                )
            work.orders.confirm(stored, Confirmation(context.now(), user, host, what))
            done[order_id] = what
    return done


def _instead(work: UnitOfWork, stored: Stored, called: str) -> str:
    """Return what settles an order that no word of a person does."""
    if stored.order.id in work.clients.held():
        return f"nobody said whose it is: torgsync clients list --held -o {called}"
    if stored.owed:
        return f"its file is still to be written: torgsync orders fetch -o {called}"
    return f"see what does: torgsync orders list --held -o {called}"


def refuse_unknown_status(work: UnitOfWork, status: str | None) -> None:
    """Raise UsageError for a status that neither Prom's shops nor this one's orders have."""
    known = dict.fromkeys([*STATUSES, *work.orders.statuses()])
    if status is not None and status not in known:
        raise UsageError(
            f"there is no status `{status}`{did_you_mean(status, list(known))}",
            hint=f"these are known: {', '.join(filter(None, known))}",
        )


# Clients


def _read_clients(context: JobContext, fetched: FetchResult) -> None:
    try:
        read_torgsoft_clients(context)
    except ExportInvalid as wrong:
        fetched.find(Code.CLIENTS_UNREAD, wrong.message)


def _client(context: JobContext, work: UnitOfWork, order: Order) -> str:
    """Return the id of the order's client: found by the ticks, or made; empty where unclear."""
    wanted = client_of(order.buyer)
    settings = context.object.clients
    known = work.clients.known_by(wanted.contacts)
    match = match_client(wanted.contacts, known, tuple(settings.find_by))
    if match.one:
        if new := wanted.contacts - known[match.one]:
            work.clients.learn(match.one, new)
            work.clients.fill(match.one, wanted)
        return match.one
    if match.client_ids:
        work.clients.hold(order.id, match.client_ids)
        return ""
    somebody = wanted.name or wanted.phone or wanted.email
    return work.clients.add(wanted, context.now()) if settings.create and somebody else ""


def _unclear(match: Match, number: int) -> str:
    """Return why a person must say who somebody is, whom `number` clients may be."""
    if not match.against:
        return f"{number} known clients fit its buyer"
    who = f"client {match.client_ids[0]}" if number == 1 else f"one of {number} known clients"
    return f"its buyer may be {who}, but has another {match.against}"


# Prom's side


def _accept(context: JobContext, prom: Prom, fetched: FetchResult) -> None:
    """Tell Prom of the new orders that Torgsoft can have; what goes wrong is tried again by the next run."""
    with context.transaction() as work:
        waiting = [stored.order.id for stored in work.orders.to_accept() if stored.phase is not None]
    try:
        for batch in pages(waiting, AT_ONCE):
            answer = prom.receive_orders(batch)
            for order_id in batch:
                if order_id not in answer.processed:
                    told = answer.errors.get(order_id) or answer.errors.get("")
                    if reason := told or _still_new(prom, order_id):
                        message = f"order {order_id} was not set to received: {reason}"
                        fetched.find(Code.ORDER_NOT_ACCEPTED, message, order_id)
                        continue
                with context.transaction() as work:
                    work.orders.accepted(order_id, context.now())
                fetched.accepted += 1
    except TorgsyncError as trouble:
        fetched.trouble = fetched.trouble or trouble


def _still_new(prom: Prom, order_id: str) -> str:
    """Return why an order that Prom passed over is not received; nothing where it is, or went further."""
    order = prom.order(order_id)
    return "Prom.ua passed it over without a word" if order is None or order.status == "pending" else ""
