"""`torgsync orders list`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.orders.options import StatusOption


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
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.orders.render import COLUMNS, order_row, shown_row, shown_todo_row
    from torgsync.jobs.orders.listing import list_orders

    file = program.object(wanted)
    clock = file.settings.orders.clock
    since, until = stretch(first, last, clock)
    with program.job(file) as job:
        orders = list_orders(job, status, since, until, held=held)
    rows = [order_row(view, clock) for view in orders]
    shown = [shown_todo_row(view, clock) if held else shown_row(view.stored, clock) for view in orders]
    narrowed = status is not None or first is not None or last is not None
    none = "no order fits" if narrowed else "no order waits for a person" if held else ""
    print_rows(program, output, "orders", rows, shown, columns=COLUMNS, none=none)
