"""`torgsync orders show`."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.orders.options import OrderArgument


def show(
    context: typer.Context,
    order: OrderArgument,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one order: its lines, people, delivery, money, and its way into Torgsoft."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.cli.orders.receipt import order_document, print_order
    from torgsync.jobs.orders.listing import show_order

    file = program.object(wanted)
    with program.job(file) as job:
        details = show_order(job, order)
    document = order_document(details, file.settings.orders.clock)
    lines = [{"order": order, **line} for line in document["lines"]]
    print_result(output, lines, lambda: print_order(program, document), tail={"order": document})
