"""`torgsync orders`: fetched orders, their way into Torgsoft, and their parcels."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import (
    FormatOption,
    FromOption,
    ObjectOption,
    ToOption,
    named,
    separated,
    stretch,
)
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.base.render import print_result, print_rows
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.orders import done_message
from torgsync.cli.orders.render import (
    COLUMNS,
    finding_documents,
    notify_order_hints,
    order_row,
    orders_document,
    print_orders,
    shown_row,
    shown_todo_row,
)
from torgsync.core.text import counted
from torgsync.errors import Interrupted, UsageError

_ORDERS = typer.Argument(help="Numbers of orders.", metavar="ORDER...", callback=separated)
OrderArgument = Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")]
StatusOption = Annotated[
    str | None, typer.Option("--status", help="Only orders that are so now: pending, paid, refunded …")
]


def fetch(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """Bring orders home and write their files, as `sync --only orders` does."""
    program = program_of(context, output)
    from torgsync.jobs.push.execute import execute_fetch

    with program.job(program.object(wanted)) as job, job.stop.handling_signals():
        try:
            view = execute_fetch(job)
        except Interrupted as stop:
            hint = f"go on with: torgsync orders fetch -o {job.file.called}"
            raise Interrupted("stopped by you before anything was sent", hint=hint) from stop
        fetched = view.fetched

        def show() -> None:
            if fetched:
                if not fetched.new and not fetched.changed:
                    program.notify("no new orders")
                print_orders(program, fetched)
                notify_order_hints(program, job, fetched)

        numbers = orders_document(fetched)
        tail: dict[str, object] = {"orders": numbers, "exit": int(view.exit_code)}
        if fetched and fetched.trouble:
            tail["error"] = error_document(fetched.trouble)
        findings = {"findings": finding_documents(fetched)}
        print_result(output, [numbers], show, head={"object": job.object.name}, lists=findings, tail=tail)
    raise typer.Exit(int(view.exit_code))


def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    status: StatusOption = None,
    held: Annotated[
        bool, typer.Option("--held", help="Only those about which a person still has to do something.")
    ] = False,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List the orders, newest first; the days are those on which they were placed."""
    program = program_of(context, output)
    from torgsync.jobs.orders.listing import list_orders

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.job(file) as job:
        orders = list_orders(job, status, since, until, held=held)
    rows = [order_row(view) for view in orders]
    shown = [shown_todo_row(view) if held else shown_row(view.stored) for view in orders]
    narrowed = status is not None or first is not None or last is not None
    none = "no order fits" if narrowed else "no order waits for a person" if held else ""
    print_rows(program, output, "orders", rows, shown, columns=COLUMNS, none=none)


def show(
    context: typer.Context,
    order: OrderArgument,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one order: its lines, people, delivery, money, and its way into Torgsoft."""
    program = program_of(context, output)
    from torgsync.cli.orders.receipt import order_document, print_order
    from torgsync.jobs.orders.listing import show_order

    file = program.object(wanted)
    with program.job(file) as job:
        details = show_order(job, order)
    document = order_document(details)

    def show_it() -> None:
        print_order(program, details.stored.order, document)

    lines = [{"order": order, **line} for line in document["lines"]]
    print_result(output, lines, show_it, tail={"order": document})


def done(
    context: typer.Context,
    orders: Annotated[list[str], _ORDERS],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say that orders were entered, changed or released in Torgsoft by hand; then nobody is asked again."""
    program = program_of(context, output)
    from torgsync.jobs.orders.listing import confirm_orders

    with program.job(program.object(wanted)) as job:
        confirmed = confirm_orders(job, orders)
    rows = [{"order": order_id, "what": done_message(order_id, todo)} for order_id, todo in confirmed.items()]
    sentence = f"{counted(len(rows), 'order')} done in Torgsoft: {', '.join(confirmed)}"
    print_result(output, rows, lambda: program.notify(sentence), lists={"orders": rows})


def export(
    context: typer.Context,
    orders: Annotated[list[str] | None, _ORDERS] = None,
    wanted: ObjectOption = None,
    output: Annotated[
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
    from torgsync.jobs.orders.export import export_orders

    narrowed = status is not None or first is not None or last is not None
    if bool(orders) == (every or narrowed):
        raise UsageError(
            "name orders, or say which ones: `--all`, `--status`, `--from`, `--to`",
            hint=f"see them: torgsync orders list{named(wanted)}",
        )
    if output is Format.TABLE:
        raise UsageError("an order is exported as json or csv")
    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    as_csv = output is Format.CSV
    with program.job(file) as job:
        numbers = orders or []
        result = export_orders(job, numbers, to, status, since, until, as_csv=as_csv)
    if as_csv and to is None:
        program.hide_progress()
        sys.stdout.write(result.text)
    else:
        for name in result.names:
            program.print(name)
        program.notify(f"{counted(len(result.names), 'file')} in `{result.place}`")
    if result.left:
        program.notify(
            f"{counted(result.left, 'order')} left out: called off, paid back, empty, "
            "or their people forgotten"
        )
    for finding in result.findings:
        program.warn(finding_message(finding))
    raise typer.Exit(int(result.exit_code))
