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
from torgsync.errors import Interrupted, UsageError
from torgsync.i18n import _, _n, verbatim

_ORDERS = typer.Argument(help=_("Numbers of orders."), metavar="ORDER", callback=separated)
OrderArgument = Annotated[str, typer.Argument(help=_("The order's number."), metavar="ORDER")]
StatusOption = Annotated[
    str | None,
    typer.Option(
        "--status",
        help=_(
            "Only orders with this status: pending, received, paid, delivered, canceled, draft, refunded."
        ),
    ),
]


def fetch(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """Fetch orders and write their files for Torgsoft.

    The same as `torgsync sync --only orders`.
    """
    program = program_of(context, output)
    from torgsync.jobs.push.execute import execute_fetch

    with program.job(program.object(wanted)) as job, job.stop.handling_signals():
        try:
            view = execute_fetch(job)
        except Interrupted as stop:
            hint = _("go on with: {command}", command=f"torgsync orders fetch -o {job.file.called}")
            raise Interrupted(_("stopped by you before anything was sent"), hint=hint) from stop
        fetched = view.fetched

        def show() -> None:
            if fetched:
                if not fetched.new and not fetched.changed:
                    program.notify(_("no new orders"))
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
        bool, typer.Option("--held", help=_("Only orders for which you still have to do something."))
    ] = False,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List the orders, newest first.

    `--from` and `--to` are the days on which they were placed.
    """
    program = program_of(context, output)
    from torgsync.jobs.orders.listing import list_orders

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.job(file) as job:
        orders = list_orders(job, status, since, until, held=held)
    rows = [order_row(view) for view in orders]
    shown = [shown_todo_row(view) if held else shown_row(view.stored) for view in orders]
    narrowed = status is not None or first is not None or last is not None
    none = _("no order matches") if narrowed else _("no order needs you") if held else _("no orders yet")
    print_rows(program, output, "orders", rows, shown, columns=COLUMNS, none=none)


def show(
    context: typer.Context,
    order: OrderArgument,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one order: its lines, people, delivery and money.

    It also shows what Torgsoft has of the order.
    """
    program = program_of(context, output)
    from torgsync.cli.orders.receipt import order_document, print_order
    from torgsync.jobs.orders.listing import show_order

    file = program.object(wanted)
    with program.job(file) as job:
        details = show_order(job, order)
    document = order_document(details)

    def show_it() -> None:
        print_order(program, details.stored, document)

    lines = [{"order": order, **line} for line in document["lines"]]
    print_result(output, lines, show_it, tail={"order": document})


def done(
    context: typer.Context,
    orders: Annotated[list[str], _ORDERS],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Confirm that orders are done in Torgsoft by hand.

    You entered, changed or released them there, and they are not reported to you again.
    """
    program = program_of(context, output)
    from torgsync.jobs.orders.listing import confirm_orders

    with program.job(program.object(wanted)) as job:
        confirmed = confirm_orders(job, orders)
    rows = [{"order": order_id, "what": done_message(order_id, todo)} for order_id, todo in confirmed.items()]
    sentence = _n(
        "{count} order done in Torgsoft: {orders}",
        "{count} orders done in Torgsoft: {orders}",
        len(rows),
        orders=", ".join(confirmed),
    )
    print_result(output, rows, lambda: program.notify(sentence), lists={"orders": rows})


def export(
    context: typer.Context,
    orders: Annotated[list[str] | None, _ORDERS] = None,
    wanted: ObjectOption = None,
    output: Annotated[
        Format,
        typer.Option(
            "--format", help=_("`json` as Torgsoft reads it; `csv` for a spreadsheet, never into the outbox.")
        ),
    ] = Format.JSON,
    to: Annotated[
        str | None,
        typer.Option(
            "--to-folder",
            help=_("Folder or address; without it JSON goes into the outbox, CSV to standard output."),
            metavar="DIR|URL",
        ),
    ] = None,
    status: StatusOption = None,
    first: FromOption = None,
    last: ToOption = None,
    every: Annotated[bool, typer.Option("--all", help=_("All orders; name none."))] = False,
) -> None:
    """Write order files again.

    They go into the outbox for Torgsoft, or elsewhere for people.
    """
    program = program_of(context)
    from torgsync.jobs.orders.export import export_orders

    narrowed = status is not None or first is not None or last is not None
    if bool(orders) == (every or narrowed):
        raise UsageError(
            _("name orders, or choose them with `--all`, `--status`, `--from` or `--to`"),
            hint=_("see them: {command}", command=f"torgsync orders list{named(wanted)}"),
        )
    if output is Format.TABLE:
        raise UsageError(_("orders are exported as `json` or `csv`"))
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
            program.print(verbatim(name))
        program.notify(
            _n(
                "{count} file in `{place}`",
                "{count} files in `{place}`",
                len(result.names),
                place=result.place,
            )
        )
    if result.left:
        program.notify(
            _n(
                "{count} order left out: cancelled, refunded, empty, or its buyer was forgotten",
                "{count} orders left out: cancelled, refunded, empty, or their buyers were forgotten",
                result.left,
            )
        )
    for finding in result.findings:
        program.warn(finding_message(finding))
    raise typer.Exit(int(result.exit_code))
