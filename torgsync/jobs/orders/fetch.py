"""Fetch orders: into the state with their clients and money, then into files that Torgsoft reads.

First the state, then the file (`jobs/orders/delivery.py`), then a message to Prom where the object says so:
the next run takes up whatever ended this one early, so no order is lost and none doubled. Source:
docs/developers/architecture.md §7.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.decide import (
    ClientDecision,
    OrderDecision,
    decide_order,
    decided_again,
    is_unchanged,
)
from torgsync.core.orders.late import READ_AT_ONCE
from torgsync.core.orders.order import GAPS_AT_ONCE, PENDING, Order, missing_numbers
from torgsync.core.orders.reasons import HOLD_OF
from torgsync.core.orders.stored import StoredOrder
from torgsync.core.paging import pages
from torgsync.core.plan.date_filter import OVERLAP
from torgsync.errors import (
    Exit,
    ExportInvalid,
    GivenUp,
    PromRefused,
    Temporary,
    TokenRefused,
    TorgsyncError,
)
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.orders.access import orders_refused
from torgsync.jobs.orders.clients import read_torgsoft_clients
from torgsync.jobs.orders.delivery import DeliveryResult, deliver_files
from torgsync.jobs.orders.facts import order_facts
from torgsync.jobs.orders.late_payments import read_again, read_whole
from torgsync.jobs.orders.listing import open_findings
from torgsync.jobs.orders.payments import place_money, unmapped_findings
from torgsync.state.store import UnitOfWork

AT_ONCE = 50
"""Orders that one request to Prom sets to received."""

IDS_AT_ONCE = 20
"""External ids of order lines that Prom is asked for in one fetch."""

TO_CONFIRM = (Code.ORDER_CHANGED, Code.ORDER_FORGOTTEN, *HOLD_OF)
"""Findings that end when a person confirms what was done in Torgsoft."""


@dataclass(slots=True)
class FetchResult(DeliveryResult):
    """What one fetch brought: numbers of orders, and what a person should know.

    `unmapped` counts new orders whose payment method has no cash register or account yet, `methodless` those
    on their way without a payment method; `held` new orders that wait for a person before they get a file,
    `accepted` those that were set to received on Prom. `open` counts all that wait for a person now, also
    from earlier fetches. `trouble` is what went wrong after the orders were stored, `stuck` what a person
    must mend before their files can be written, `unread` why Torgsoft's clients could not be read; findings
    without arguments stand for both. `to_confirm` is the first order that a person must see to in
    Torgsoft; `begun` is when orders were first fetched, None where unknown.
    """

    new: int = 0
    changed: int = 0
    unmapped: int = 0
    held: int = 0
    accepted: int = 0
    open: int = 0
    unmapped_methods: tuple[str, ...] = ()
    methodless: int = 0
    trouble: TorgsyncError | None = None
    stuck: TorgsyncError | None = None
    unread: TorgsyncError | None = None
    to_confirm: str = ""
    begun: datetime | None = None

    @property
    def ambiguous(self) -> int:
        """How many orders fit several clients, of whom a person must choose."""
        return sum(finding.code is Code.CLIENT_AMBIGUOUS for finding in self.findings)

    @property
    def did(self) -> bool:
        """Whether the fetch changed anything, here or on Prom."""
        return bool(self.new or self.changed or self.accepted or self.files)

    @property
    def waits(self) -> bool:
        """Whether anything waits for a person."""
        return bool(self.open or self.unmapped_methods or self.methodless or self.stuck)

    @property
    def exit_code(self) -> Exit:
        """The exit code of the fetch."""
        trouble = [self.trouble.exit_code] if self.trouble else []
        return Exit.worst([*trouble, Exit.HELD if self.waits else Exit.DONE])

    def find(self, code: Code, order: str = "", **args: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, order=order, args=args))


def fetch_orders(context: JobContext, prom: VerifiedShop) -> FetchResult:
    """Fetch what is new or changed since the last fetch, with an overlap, and write the order files.

    What goes wrong once the orders are stored is in the result, not raised. What an earlier fetch left open
    is reported again until it is done. Raises TokenRefused, with the ways on, where orders may not be read.
    """
    fetched = FetchResult()
    try:
        read_torgsoft_clients(context)
    except (ExportInvalid, Temporary) as wrong:
        fetched.unread = wrong
        fetched.find(Code.CLIENTS_UNREAD)
    try:
        _store_orders(context, prom, fetched)
    except TokenRefused as refused:
        raise orders_refused(context, prom, refused) from None
    _ask_for_unknown(context, prom, fetched)
    place_money(context)
    place = len(fetched.findings)
    try:
        deliver_files(context, fetched)
    except TorgsyncError as trouble:
        fetched.findings.insert(place, Finding(Code.OUTBOX_FAILED))
        if trouble.exit_code is Exit.ERROR:  # only the outbox is wrong, and a person must mend it
            fetched.stuck = trouble
        else:
            fetched.trouble = trouble
    _report_open(context, fetched)
    if context.object.orders.accept:
        _accept(context, prom, fetched)
    return fetched


def _report_open(context: JobContext, fetched: FetchResult) -> None:
    """Add what is open and was not found in this fetch."""
    with context.transaction() as work:
        findings = list(open_findings(work, context.object.clients.find_by))
        unmapped, methodless = work.postings.unmapped(), work.postings.without_method()
    fetched.open = len({finding.order for finding in findings})
    fetched.to_confirm = next((finding.order for finding in findings if finding.code in TO_CONFIRM), "")
    fetched.unmapped_methods = tuple(sorted(unmapped))
    fetched.methodless = len(methodless)
    findings += unmapped_findings(unmapped, methodless)
    fetched.findings += [finding for finding in findings if finding not in fetched.findings]


def _store_orders(context: JobContext, prom: VerifiedShop, fetched: FetchResult) -> None:
    """Store every page as it comes, then ask for the numbers that the list left out.

    The watermark is the newest change that Prom itself reports: its clock counts, not this computer's. An
    empty answer moves nothing, since it is no proof that nothing changed (prom-api §11 Q9).
    """
    started = context.now()
    with context.transaction() as work:
        until = work.orders.fetched_until()
        fetched.begun = work.orders.begin(started)
    context.report(Progress(Stage.ORDERS))
    seen: set[str] = set()
    newest = until
    left = READ_AT_ONCE
    for listed in prom.orders(until - OVERLAP if until else None):
        page, left = read_whole(context, prom, listed, left)
        with context.transaction() as work:
            for order in sorted(page, key=lambda order: order.created):
                _store(context, work, order, fetched)
        seen |= {order.id for order in page}
        newest = max([*([newest] if newest else []), *(order.modified for order in listed)])
        context.report(Progress(Stage.ORDERS, len(seen)))
    seen |= _fetch_missing(context, prom, fetched)
    if newest is not None and (until is None or newest > until):
        with context.transaction() as work:
            work.orders.set_fetched_until(min(newest, started))
    _decide_again(context, seen, fetched)
    fetched.trouble = read_again(
        context, prom, seen, lambda work, order: _store(context, work, order, fetched)
    )


def _decide_again(context: JobContext, seen: Collection[str], fetched: FetchResult) -> None:
    """Decide about stored orders that wait for a person and that the list did not show, without requests."""
    with context.transaction() as work:
        waiting = [stored for stored in work.orders.open() if decided_again(stored)]
    for stored in waiting:
        if stored.order.id not in seen:
            with context.transaction() as work:
                decision = _store_decision(context, work, stored, stored.order, fetched)
            fetched.changed += decision is not None


def _fetch_missing(context: JobContext, prom: VerifiedShop, fetched: FetchResult) -> set[str]:
    """Ask for numbers that are missing between known ones, and return those that there are.

    Those that do not exist are asked for once.
    """
    found = set()
    with context.transaction() as work:
        missing = missing_numbers(work.orders.numbers(), work.orders.absent_numbers())
    for number in missing[:GAPS_AT_ONCE]:
        try:
            order = prom.order(str(number))
        except (PromRefused, TokenRefused):  # the list may be read, so this is another shop's order
            order = None
        with context.transaction() as work:
            if order is None:
                work.orders.add_absent_number(number)
            else:
                _store(context, work, order, fetched)
                fetched.find(Code.ORDER_UNLISTED, order.id)
                found.add(order.id)
    return found


def _ask_for_unknown(context: JobContext, prom: VerifiedShop, fetched: FetchResult) -> None:
    """Ask Prom for the external ids of orders that nothing knows: its list may be older than they.

    An order of a product that is there is decided about again, as if the list had shown the product.
    """
    findings = [finding for finding in fetched.findings if finding.code is Code.ORDER_ID_UNKNOWN]
    good_ids = list(dict.fromkeys(str(finding.args["good_id"]) for finding in findings))
    exists = _exist(context, prom, good_ids[:IDS_AT_ONCE])
    for order_id in {finding.order: None for finding in findings if exists.get(str(finding.args["good_id"]))}:
        fetched.findings = [
            finding for finding in fetched.findings if finding.order != order_id or finding not in findings
        ]
        with context.transaction() as work:
            stored = work.orders.get(order_id)
            decision = stored and _store_decision(context, work, stored, stored.order, fetched)
        if stored and decision:
            fetched.held += decision.waits and stored.version == 1
    fetched.findings = [
        replace(finding, args={**finding.args, "asked": finding.args["good_id"] in exists})
        if finding in findings
        else finding
        for finding in fetched.findings
    ]


def _exist(context: JobContext, prom: VerifiedShop, good_ids: Sequence[str]) -> dict[str, bool]:
    """Return which products Prom has, as far as it answers, and record what it shows of them."""
    exists: dict[str, bool] = {}
    for good_id in good_ids:
        try:
            product = prom.product(good_id)
        except GivenUp:
            break
        except (PromRefused, TokenRefused, Temporary):  # unknown as before
            continue
        exists[good_id] = product is not None
        if product:
            with context.transaction() as work:
                work.existing.remember_existing([product], work.object_state.current_look())
    return exists


# One order


def store_order(context: JobContext, order: Order) -> None:
    """Store one order as Prom shows it now."""
    with context.transaction() as work:
        _store(context, work, order, FetchResult())


def _store(context: JobContext, work: UnitOfWork, order: Order, fetched: FetchResult) -> None:
    """Decide about one order, and store the decision."""
    known = work.orders.get(order.id)
    if known and is_unchanged(known, order):
        return
    decision = _store_decision(context, work, known, order, fetched)
    if decision and known:
        fetched.changed += 1
    elif decision:
        fetched.new += 1
        fetched.held += decision.waits
        fetched.unmapped += decision.unmapped


def _store_decision(
    context: JobContext, work: UnitOfWork, known: StoredOrder | None, order: Order, fetched: FetchResult
) -> OrderDecision | None:
    """Decide about one order, which may be known, and store the decision; None where nothing changed."""
    decision = decide_order(known, order, order_facts(work, order, known, fetched.begun), context.object)
    if decision is None:
        return None
    now = context.now()
    client_id = _store_client(work, order.id, decision.client, now)
    work.orders.remember(decision.order, now, client_id=client_id, hold=decision.hold)
    work.postings.add(decision.postings, now)
    if decision.correction:
        work.order_files.set_hand_work(order.id, *decision.correction)
    if decision.owes_file:
        work.order_files.mark_owed(order.id)
    fetched.findings += decision.findings
    return decision


def _store_client(work: UnitOfWork, order_id: str, decision: ClientDecision, now: datetime) -> str:
    """Store whose order it is, and return the id of the client, empty where it has none."""
    if decision.candidates:
        work.clients.set_candidates(order_id, decision.candidates)
    elif decision.profile and decision.client_id:
        work.clients.learn(decision.client_id, decision.new_contacts)
        work.clients.fill(decision.client_id, decision.profile)
    elif decision.profile:
        return work.clients.add(decision.profile, now)
    return decision.client_id


# Prom's side


def _accept(context: JobContext, prom: VerifiedShop, fetched: FetchResult) -> None:
    """Set the new orders whose file was written to received on Prom; the next run repeats what fails."""
    with context.transaction() as work:
        waiting = [stored.order.id for stored in work.orders.to_accept() if stored.phase is not None]
    try:
        for batch in pages(waiting, AT_ONCE):
            answer = prom.receive_orders(batch)
            for order_id in batch:
                if order_id not in answer.processed:
                    reasons = [answer.errors[key] for key in (order_id, "") if key in answer.errors]
                    if reasons or (now := prom.order(order_id)) is None or now.status == PENDING:
                        reasons += [answer.warning] if answer.warning else []
                        args = {"reason": reasons[0]} if reasons else {}
                        fetched.find(Code.ORDER_NOT_ACCEPTED, order_id, **args)
                        continue
                with context.transaction() as work:
                    work.orders.accepted(order_id, context.now())
                fetched.accepted += 1
    except TorgsyncError as trouble:
        fetched.trouble = fetched.trouble or trouble
