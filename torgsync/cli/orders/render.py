"""Orders as rows and documents, and what a fetch brought, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from torgsync.cli.base.costs import ORDER_COST_COLUMNS, order_cost_columns
from torgsync.cli.base.errors import report_error
from torgsync.cli.base.findings import finding_document
from torgsync.cli.base.program import Program
from torgsync.cli.base.render import SCREENFUL, pick
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.orders import hold_message, hold_word, todo_message
from torgsync.cli.messages.words import PHASES
from torgsync.core.clock import shop_day, shop_time, utc_iso
from torgsync.core.config.accounts import map_command
from torgsync.core.findings import Code, Finding
from torgsync.core.order_status import status_word
from torgsync.core.orders.costs import cost_of
from torgsync.core.orders.order import Order
from torgsync.core.orders.stored import StoredOrder
from torgsync.i18n import Message, _, _n, composed, joined, verbatim

if TYPE_CHECKING:  # `torgsync sync` shows these too, and the state's library is slow to import
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.orders.fetch import FetchResult
    from torgsync.jobs.orders.listing import OrderView

COLUMNS = (
    "id", "created", "status", "total", "currency", "payment", "client_id", "file", "phase", "held", "parcel",
    "open", "parcel_status", *ORDER_COST_COLUMNS,
)  # fmt: skip


def order_row(view: OrderView) -> dict[str, object]:
    """Return an order as a row of a document; `open` is what a person still has to do about it."""
    stored, order = view.stored, view.stored.order
    return {
        "id": order.id,
        "created": utc_iso(order.created),
        "status": order.shown,
        "total": None if order.total is None else str(order.total),
        "currency": order.currency,
        "payment": order.payment_name,
        "client_id": stored.client_id or None,
        "file": stored.file,
        "phase": str(stored.phase) if stored.phase else None,
        "held": stored.hold and hold_message(order.id, stored.hold),
        "parcel": order.parcel or None,
        "open": joined("; ", map(finding_message, view.todo)) or None,
        "parcel_status": order.parcel_status or None,
        **order_cost_columns(cost_of(order)),
    }


def shown_row(stored: StoredOrder) -> dict[str, object]:
    """Return an order as a row for people: a total that cannot be read is a dash."""
    order = stored.order
    return {
        "order": order.id,
        "placed": shop_time(order.created),
        "status": status_word(order.shown),
        "total": _total(order),
        "payment": order.payment_name,
        "Torgsoft": _torgsoft(stored),
    }


def shown_todo_row(view: OrderView) -> dict[str, object]:
    """Return an order about which something is to be done as a row for people."""
    order = view.stored.order
    return {
        "order": order.id,
        "placed": shop_day(order.created),
        "total": _total(order),
        "to be done": joined("; ", map(todo_message, view.todo)),
    }


def _total(order: Order) -> str | None:
    return None if order.total is None else f"{order.total} {order.currency}"


def _torgsoft(stored: StoredOrder) -> Message:
    if stored.hand_work:
        return _("taken, changed since")
    if stored.phase:
        return PHASES[stored.phase]
    return hold_word(stored.hold) if stored.hold else _("waits")


# What a fetch brought


def orders_document(fetched: FetchResult | None) -> dict[str, object]:
    """Return what a fetch brought as numbers."""
    names = ("new", "changed", "unmapped", "held", "ambiguous", "accepted", "files", "open", "taken")
    return pick(fetched, *names) if fetched else dict.fromkeys(names, 0)


def finding_documents(fetched: FetchResult | None) -> list[dict[str, object]]:
    """Return the findings about orders, of this fetch and still open from earlier ones."""
    findings = _with_errors(fetched) if fetched else ()
    return [finding_document(finding, "") | {"order": finding.order or None} for finding in findings]


def _with_errors(fetched: FetchResult) -> Iterator[Finding]:
    """Yield the findings of a fetch, those that stand for an error with its message."""
    errors = {Code.CLIENTS_UNREAD: fetched.unread, Code.OUTBOX_FAILED: fetched.stuck or fetched.trouble}
    for finding in fetched.findings:
        error = None if finding.order else errors.get(finding.code)
        yield replace(finding, args={"trouble": error.message}) if error else finding


def print_orders(program: Program, fetched: FetchResult) -> None:
    """Print what a fetch brought and found."""
    if fetched.new or fetched.changed:
        program.print(
            _n(
                "orders: {new} new, {changed} changed, {count} file for Torgsoft in the outbox",
                "orders: {new} new, {changed} changed, {count} files for Torgsoft in the outbox",
                fetched.files,
                new=fetched.new,
                changed=fetched.changed,
            )
        )
    if fetched.accepted:
        program.print(_("orders: {count} set to received on Prom.ua", count=fetched.accepted))
    _print_findings(program, _with_errors(fetched))


def notify_order_hints(program: Program, job: JobContext, fetched: FetchResult) -> None:
    """Show the commands that mend what a fetch found, and what went wrong."""
    for hint in _hints(job, fetched):
        program.hint(hint)
    if fetched.trouble:
        report_error(program, fetched.trouble)


def _print_findings(program: Program, findings: Iterable[Finding]) -> None:
    """Print findings one by one; of many of one kind the first, and how many more."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.code] += 1
        if counts[finding.code] <= SCREENFUL:
            program.print(composed("! {finding}", finding=finding_message(finding)))
    for code, count in counts.items():
        if count > SCREENFUL:
            rest = count - SCREENFUL
            program.print(
                _("! … and {count} more of `{code}`; `--format json` lists all", count=rest, code=code)
            )


def _hints(job: JobContext, fetched: FetchResult) -> Iterator[Message]:
    called = job.file.called
    known = {method.name for method in job.object.payment_methods}
    if set(fetched.unmapped_methods) - known:
        yield verbatim(f"torgsync payments fetch -o {called}")
    for name in fetched.unmapped_methods:
        yield map_command(name, called)
    if any(finding.code is Code.CLIENT_AMBIGUOUS for finding in fetched.findings):
        yield verbatim(f"torgsync clients list --held -o {called}")
    if fetched.to_confirm:
        command = f"torgsync orders done {fetched.to_confirm} -o {called}"
        yield _("when it is done in Torgsoft: {command}", command=command)
    if fetched.stuck and fetched.stuck.hint:
        yield fetched.stuck.hint
