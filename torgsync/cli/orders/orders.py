"""`torgsync orders`: orders that came home, their way into Torgsoft, and their parcels."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.errors import error_document, report_error
from torgsync.cli.base.findings import finding_document
from torgsync.cli.base.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.core.text import counted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torgsync.core.findings import Finding
    from torgsync.core.orders.order import Order
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.orders.fetch import FetchResult
    from torgsync.state.orders.orders import Stored
    from torgsync.state.store import UnitOfWork

app = typer.Typer(help="Orders that came home.", no_args_is_help=True)

OrderArgument = Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")]
StatusOption = Annotated[
    str | None, typer.Option("--status", help="Only orders that are so now: pending, paid, refunded …")
]

FEW = 10
"""Findings of one kind that are told; more are counted."""


@app.command()
def fetch(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """Bring orders home and write their files, as `sync --only orders` does."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.jobs.connect import connect_shop
    from torgsync.jobs.orders.fetch import fetch_orders
    from torgsync.jobs.run import running

    with program.job(program.object(wanted)) as job:
        with running(job) as run, connect_shop(job, run) as prom:
            fetched = fetch_orders(job, prom)
            run.exit_code = fetched.exit_code
        if form is Format.TABLE:
            if not fetched.new and not fetched.changed:
                program.notify("no new orders")
            notify_orders(program, job, fetched)
        elif form is Format.CSV:
            print_csv([orders_document(fetched)])
        else:
            tail: dict[str, object] = {"orders": orders_document(fetched), "exit": int(run.exit_code)}
            if fetched.trouble:
                tail["error"] = error_document(fetched.trouble)
            head = {"schema": SCHEMA, "object": job.object.name}
            print_json(head, {"findings": found_in_orders(fetched)}, tail)
    raise typer.Exit(int(run.exit_code))


def orders_document(fetched: FetchResult | None) -> dict[str, object]:
    """Return what a fetch brought as numbers."""
    names = ("new", "changed", "unmapped", "held", "ambiguous", "accepted", "files", "open")
    numbers: dict[str, object] = {name: getattr(fetched, name) if fetched else 0 for name in names}
    return numbers | {"taken": fetched.delivered.taken if fetched else 0}


def found_in_orders(fetched: FetchResult | None) -> list[dict[str, object]]:
    """Return what a person should know about orders, of this fetch and still open from earlier ones."""
    found = fetched.findings if fetched else []
    return [finding_document(finding, "") | {"order": finding.order or None} for finding in found]


def notify_orders(program: Program, job: JobContext, fetched: FetchResult) -> None:
    """Tell people what a fetch brought, what went wrong, and the commands that mend it."""
    if fetched.new or fetched.changed:
        program.print(
            f"orders: {fetched.new} new, {fetched.changed} changed, "
            f"{counted(fetched.files, 'file')} for Torgsoft in the outbox"
        )
    if fetched.accepted:
        program.print(f"orders: {fetched.accepted} set to received on Prom.ua")
    _print_findings(program, fetched.findings)
    for hint in _hints(job, fetched):
        program.notify(f"hint: {hint}")
    if fetched.trouble:
        report_error(program, fetched.trouble)


def _print_findings(program: Program, findings: Iterable[Finding]) -> None:
    """Print findings one by one; of many of one kind the first, and how many more."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.code] += 1
        if counts[finding.code] <= FEW:
            program.print(f"! {finding.message}")
    for code, count in counts.items():
        if count > FEW:
            program.print(f"! … and {count - FEW} more of `{code}`; `--format json` tells all")


def _hints(job: JobContext, fetched: FetchResult) -> Iterator[str]:
    """Yield the commands that settle what is open."""
    from torgsync.core.findings import Code

    called = job.file.called
    known = {method.name for method in job.object.payment_methods}
    if set(fetched.unmapped_methods) - known:
        yield f"torgsync payments fetch -o {called}"
    for name in fetched.unmapped_methods:
        yield f'torgsync payments map "{name}" --cash-register "…" -o {called}'
    if any(finding.code is Code.CLIENT_AMBIGUOUS for finding in fetched.findings):
        yield f"torgsync clients list --held -o {called}"
    if fetched.to_confirm:
        yield f"when it is done in Torgsoft: torgsync orders done {fetched.to_confirm} -o {called}"
    if fetched.stuck and fetched.stuck.hint:
        yield fetched.stuck.hint


@app.command("list")
def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    status: StatusOption = None,
    held: Annotated[
        bool, typer.Option("--held", help="Only those about which a person still has to do something.")
    ] = False,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List the orders, newest first; the days are those on which they were placed."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.jobs.orders.fetch import still_open

    file = program.object(wanted)
    clock = file.settings.orders.clock
    since, until = stretch(first, last, clock)
    with program.job(file) as job, job.transaction() as work:
        todo: dict[str, list[str]] = {}
        for finding in still_open(work, job.object.clients.find_by):
            todo.setdefault(finding.order, []).append(finding.message)
        fitting = _fitting(work, status, since, until)
        orders = [stored for stored in fitting if not held or stored.order.id in todo]
    rows = [_row(stored, clock, todo.get(stored.order.id, ())) for stored in orders]
    shown = [_shown(stored, clock) for stored in orders]
    if held:
        shown = [_open(stored, clock, todo[stored.order.id]) for stored in orders]
    narrowed = status is not None or first is not None or last is not None
    none = "no order fits" if narrowed else "no order waits for a person" if held else ""
    print_rows(program, form, "orders", rows, shown, columns=COLUMNS, none=none)


COLUMNS = (
    "id", "created", "status", "total", "currency", "payment", "client_id", "file", "phase", "held", "parcel",
    "open",
)  # fmt: skip


def _shown(stored: Stored, clock: tzinfo) -> dict[str, object]:
    """Return what people see of an order first: a total that cannot be read is a dash."""
    order = stored.order
    return {
        "order": order.id,
        "placed": f"{order.created.astimezone(clock):%d.%m.%Y %H:%M}",
        "status": order.shown,
        "total": _total(order),
        "payment": order.payment_name,
        "Torgsoft": _on_its_way(stored),
    }


def _open(stored: Stored, clock: tzinfo, todo: Iterable[str]) -> dict[str, object]:
    """Return what people see of an order about which they still have to do something."""
    order = stored.order
    about = f"order {order.id}"
    return {
        "order": order.id,
        "placed": f"{order.created.astimezone(clock):%d.%m.%Y}",
        "total": _total(order),
        "to be done": "; ".join(message.removeprefix(about).lstrip(": ") for message in todo),
    }


def _total(order: Order) -> str | None:
    return None if order.total is None else f"{order.total} {order.currency}"


def _row(stored: Stored, clock: tzinfo, todo: Iterable[str]) -> dict[str, object]:
    """Return an order as a row of a document; `open` is what a person still has to do about it."""
    order = stored.order
    return {
        "id": order.id,
        "created": order.created.astimezone(clock).isoformat(timespec="seconds"),
        "status": order.shown,
        "total": None if order.total is None else str(order.total),
        "currency": order.currency,
        "payment": order.payment_name,
        "client_id": stored.client_id or None,
        "file": stored.file,
        "phase": str(stored.phase) if stored.phase else None,
        "held": stored.held,
        "parcel": order.parcel or None,
        "open": "; ".join(todo) or None,
    }


_PHASES = {
    "moving": "being written",
    "written": "file written",
    "taken": "taken",
    "withdrawn": "taken back",
}


def _on_its_way(stored: Stored) -> str:
    if stored.by_hand:
        return "taken, changed since"
    if stored.phase:
        return _PHASES[stored.phase]
    return stored.held or "waits"


@app.command()
def show(
    context: typer.Context,
    order: OrderArgument,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show one order: its lines, people, delivery, money, and its way into Torgsoft."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.cli.orders.receipts import order_document, print_order

    file = program.object(wanted)
    with program.job(file) as job, job.transaction() as work:
        stored = work.orders.order(order)
        if stored is None:
            raise UsageError(f"there is no order {order}", hint="see them: torgsync orders list")
        versions, postings = work.orders.versions(order), work.payments.postings(order)
        confirmations = work.orders.confirmations(order)
    clock = file.settings.orders.clock
    document = order_document(stored, versions, postings, confirmations, clock)
    if form is Format.JSON:
        print_json({"schema": SCHEMA}, {}, {"order": document})
    elif form is Format.CSV:
        print_csv([{"order": order, **line} for line in document["lines"]])
    else:
        print_order(program, document)


@app.command()
def done(
    context: typer.Context,
    orders: Annotated[list[str], typer.Argument(help="Numbers of orders.", metavar="ORDER...")],
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say that orders were entered, changed or released in Torgsoft by hand; then nobody is asked again."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.jobs.orders.fetch import confirm_orders
    from torgsync.jobs.run import running

    with program.job(program.object(wanted)) as job, running(job) as run:
        confirmed = confirm_orders(job, list(dict.fromkeys(orders)))
        run.exit_code = Exit.DONE
    rows = [{"order": order, "what": what} for order, what in confirmed.items()]
    if form is Format.JSON:
        print_json({"schema": SCHEMA}, {"orders": rows})
    elif form is Format.CSV:
        print_csv(rows)
    else:
        program.notify(f"{counted(len(rows), 'order')} done in Torgsoft: {', '.join(confirmed)}")


@app.command()
def export(
    context: typer.Context,
    orders: Annotated[list[str] | None, typer.Argument(help="Numbers of orders.", metavar="ORDER...")] = None,
    wanted: ObjectOption = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format", help="json: as Torgsoft reads it; csv: for a spreadsheet, never into the outbox."
        ),
    ] = Format.JSON,
    to: Annotated[
        str | None,
        typer.Option(
            "--to-folder",
            help="Folder or address; without it JSON goes into the outbox, CSV to standard output.",
            metavar="DIR|URL",
        ),
    ] = None,
    status: StatusOption = None,
    first: FromOption = None,
    last: ToOption = None,
    every: Annotated[bool, typer.Option("--all", help="All orders that fit, none named.")] = False,
) -> None:
    """Write order files once more, on purpose: for Torgsoft into the outbox, for people elsewhere."""
    program = program_of(context)
    from torgsync.core.orders.order import STOPPING
    from torgsync.jobs.orders.outbox import csv_of_orders, export_csv, export_orders
    from torgsync.jobs.run import running

    narrowed = status is not None or first is not None or last is not None
    if bool(orders) == (every or narrowed):
        raise UsageError(
            "name orders, or say which ones: `--all`, `--status`, `--from`, `--to`",
            hint="see them: torgsync orders list",
        )
    if form is Format.TABLE:
        raise UsageError("an order is exported as json or csv")
    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    as_csv = form is Format.CSV
    with program.job(file) as job, running(job) as run:
        numbers, left = list(dict.fromkeys(orders or ())), 0
        if not numbers:
            with job.transaction() as work:
                fitting = [stored.order for stored in _fitting(work, status, since, until)]
            numbers = [order.id for order in fitting if _may_be_written(order, sales_only=not (to or as_csv))]
            left = len(fitting) - len(numbers)
        if as_csv and to is None:
            text, findings = csv_of_orders(job, numbers)
        else:
            written = export_csv(job, numbers, to) if as_csv and to else export_orders(job, numbers, to)
            findings = written.findings
        waits = any(finding.code in STOPPING for finding in findings)
        run.exit_code = Exit.HELD if waits else Exit.DONE
    if as_csv and to is None:
        program.hide_progress()
        sys.stdout.write(text)
    else:
        for name in written.names:
            program.print(name)
        program.notify(f"{counted(len(written.names), 'file')} in `{written.place}`")
    if left:
        program.notify(f"{counted(left, 'order')} left out: called off, paid back, or their people forgotten")
    for finding in findings:
        program.notify(f"! {finding.message}", style="warning")
    raise typer.Exit(int(run.exit_code))


def _fitting(
    work: UnitOfWork, status: str | None, since: datetime | None, until: datetime | None
) -> list[Stored]:
    """Return the orders that fit, newest first. Raises UsageError for a status that nothing has."""
    from torgsync.jobs.orders.fetch import refuse_unknown_status

    refuse_unknown_status(work, status)
    found = work.orders.orders(since=since, until=until)
    return [stored for stored in found if status in (None, stored.order.shown)]


def _may_be_written(order: Order, *, sales_only: bool) -> bool:
    return not order.forgotten and (not sales_only or order.takes_place)


@app.command()
def ship(
    context: typer.Context,
    order: OrderArgument,
    parcel: Annotated[str, typer.Option("--parcel", help="The parcel's number.", metavar="NUMBER")],
    carrier: Annotated[
        str | None,
        typer.Option("--carrier", help="nova_poshta, ukrposhta or meest; without it the buyer's choice."),
    ] = None,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Save the number of an order's parcel on Prom.ua."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.core.text import did_you_mean
    from torgsync.jobs.connect import connect_shop
    from torgsync.jobs.orders.shipping import CARRIERS, ship_order
    from torgsync.jobs.run import running

    if carrier is not None and carrier not in CARRIERS:
        raise UsageError(
            f"there is no carrier `{carrier}`{did_you_mean(carrier, CARRIERS)}",
            hint=f"these are known: {', '.join(CARRIERS)}",
        )
    with (
        program.job(program.object(wanted)) as job,
        running(job) as run,
        connect_shop(job, run) as prom,
    ):
        saved = ship_order(job, prom, order, parcel, carrier)
        run.exit_code = Exit.DONE
        with job.transaction() as work:
            stored = work.orders.order(order)
    row = {"order": order, "parcel": stored.order.parcel if stored else None, "saved": saved}
    if form is Format.JSON:
        print_json({"schema": SCHEMA}, {}, {"parcel": row})
    elif form is Format.CSV:
        print_csv([row])
    else:
        program.notify(f"order {order}: {'saved on Prom.ua' if saved else 'Prom.ua has this number already'}")
