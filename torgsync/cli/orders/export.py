"""`torgsync orders export`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from torgsync.cli.base.options import FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.orders.options import StatusOption
from torgsync.core.text import counted
from torgsync.errors import Exit, UsageError


def export(
    context: typer.Context,
    orders: Annotated[list[str] | None, typer.Argument(help="Numbers of orders.", metavar="ORDER...")] = None,
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
    from torgsync.jobs.orders.export import export_csv, export_orders, exportable_orders
    from torgsync.jobs.run import running

    narrowed = status is not None or first is not None or last is not None
    if bool(orders) == (every or narrowed):
        raise UsageError(
            "name orders, or say which ones: `--all`, `--status`, `--from`, `--to`",
            hint="see them: torgsync orders list",
        )
    if output is Format.TABLE:
        raise UsageError("an order is exported as json or csv")
    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    as_csv = output is Format.CSV
    with program.job(file) as job, running(job) as run:
        numbers, left = list(dict.fromkeys(orders or ())), 0
        if not numbers:
            numbers, left = exportable_orders(job, status, since, until, sales_only=not (to or as_csv))
        result = export_csv(job, numbers, to) if as_csv else export_orders(job, numbers, to)
        run.exit_code = Exit.HELD if result.held else Exit.DONE
    if as_csv and to is None:
        program.hide_progress()
        sys.stdout.write(result.text)
    else:
        for name in result.names:
            program.print(name)
        program.notify(f"{counted(len(result.names), 'file')} in `{result.place}`")
    if left:
        program.notify(f"{counted(left, 'order')} left out: called off, paid back, or their people forgotten")
    for finding in result.findings:
        program.notify(f"! {finding_message(finding)}", style="warning")
    raise typer.Exit(int(run.exit_code))
