"""Brings orders home: into the memory with their clients and money, and into files that Torgsoft reads.

First the memory, then the file: an order whose file was not written in time is written by the next run, and a
file that lies there already is left alone, so none is lost and none doubled. Source: design §7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import phonenumbers

from torgsync.core.findings import Code, Finding
from torgsync.core.objects import PaymentMethod
from torgsync.core.trade import Buyer, Client, Order, findings_of, match_client, postings_due
from torgsync.files.orders import write_order
from torgsync.jobs.desk import Desk, Progress, Stage
from torgsync.prom.api import Prom
from torgsync.state.store import Memory
from torgsync.state.trade import Stored

OVERLAP = timedelta(hours=3)
REGION = "UA"


@dataclass(slots=True)
class Fetched:
    """What one fetch brought: numbers of orders, and what a person should know.

    `unmapped` counts new orders whose payment method has no place for its money yet, `held` those that cannot
    go to Torgsoft as they are.
    """

    new: int = 0
    changed: int = 0
    unmapped: int = 0
    held: int = 0
    files: int = 0
    findings: list[Finding] = field(default_factory=list)
    unmapped_methods: set[str] = field(default_factory=set)


def fetch_orders(desk: Desk, prom: Prom) -> Fetched:
    """Fetch what is new or changed since the last fetch, with an overlap, and write the order files."""
    started = desk.now()
    with desk.memory() as memory:
        until = memory.trade.orders_until()
    fetched = Fetched()
    desk.tell(Progress(Stage.ORDERS))
    seen = 0
    for page in prom.orders(until - OVERLAP if until else None):
        with desk.memory() as memory:
            for order in page:
                _take(desk, memory, order, fetched)
        seen += len(page)
        desk.tell(Progress(Stage.ORDERS, seen))
    with desk.memory() as memory:
        memory.trade.fetched_until(started)
    write_files(desk, fetched)
    return fetched


def _take(desk: Desk, memory: Memory, order: Order, fetched: Fetched) -> None:
    """Remember one order with its client and money; nothing happens where it is known as it is."""
    known = memory.trade.order(order.id)
    if known and known.order == order:
        return
    found = list(findings_of(order))
    client_id = known.client_id if known else _client(desk, memory, order, found)
    held = _why_held(order, found)
    memory.trade.remember(order, desk.now(), client_id=client_id, held=held)
    method = desk.object.payment_method(order.payment_id)
    _post(desk, memory, order, method)
    fetched.findings += found
    if known:
        fetched.changed += 1
        if known.file and not order.open_sale:
            message = f"order {order.id} is {order.status} now: release its reserve in Torgsoft by hand"
            fetched.findings.append(Finding(Code.ORDER_CHANGED, message))
        return
    fetched.new += 1
    fetched.held += held is not None
    if order.payment_id and not (method and method.mapped):
        fetched.unmapped += 1
        fetched.unmapped_methods.add(order.payment_name or order.payment_id)
        message = f"order {order.id}: the money of `{order.payment_name}` has no place yet"
        fetched.findings.append(Finding(Code.PAYMENT_UNMAPPED, message))


def _why_held(order: Order, found: list[Finding]) -> str | None:
    """Return why an order cannot become a file for Torgsoft, None where it can."""
    if not order.open_sale:
        return f"it is {order.status}"
    stopping = (Code.ORDER_GOOD_UNKNOWN, Code.ORDER_MONEY_UNREADABLE)
    return next((finding.message for finding in found if finding.code in stopping), None)


def _post(desk: Desk, memory: Memory, order: Order, method: PaymentMethod | None) -> None:
    if method and method.cash_register:
        place, account = "cash_register", method.cash_register
    elif method and method.current_account:
        place, account = "current_account", method.current_account
    else:
        place, account = "unmapped", ""
    posted = memory.trade.postings(order.id)
    memory.trade.post(postings_due(order, place=place, account=account, posted=posted), desk.now())


def _client(desk: Desk, memory: Memory, order: Order, found: list[Finding]) -> str:
    """Return the id of the order's client: found by the ticks, or made; empty where unclear."""
    wanted = client_of(order.buyer)
    settings = desk.object.clients
    match = match_client(wanted, memory.trade.candidates(wanted), tuple(settings.find_by))
    if match.one:
        return match.one
    if match.client_ids:
        message = f"order {order.id}: {len(match.client_ids)} known clients fit its buyer; none was picked"
        found.append(Finding(Code.CLIENT_AMBIGUOUS, message))
        return ""
    return memory.trade.add_client(wanted, desk.now()) if settings.create else ""


def client_of(buyer: Buyer) -> Client:
    """Return an order's buyer in normal form: the phone in E.164, the e-mail in lower case."""
    return Client("", buyer.full_name, normal_phone(buyer.phone), buyer.email.strip().casefold())


def normal_phone(text: str) -> str:
    """Return a phone number in E.164; as written where it is no number that anybody could call."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return text.strip()
    if not phonenumbers.is_possible_number(number):
        return text.strip()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_files(desk: Desk, fetched: Fetched) -> None:
    """Write the order files that are still owed to Torgsoft."""
    with desk.memory() as memory:
        owed = memory.trade.unwritten()
    for stored in owed:
        name = write_order(desk.settings.outbox(desk.slug), stored.order, _written_as(stored))
        with desk.memory() as memory:
            memory.trade.wrote_file(stored.order.id, name)
        fetched.files += 1


def _written_as(stored: Stored) -> Client:
    return client_of(stored.order.buyer)
