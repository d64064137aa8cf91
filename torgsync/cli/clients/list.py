"""`torgsync clients list`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of


def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    held: Annotated[
        bool, typer.Option("--held", help="Orders that fit several clients, with each of these.")
    ] = False,
) -> None:
    """List the clients, in the order they came."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.clients.render import CLIENT_COLUMNS, client_rows, held_rows, shown_client_rows
    from torgsync.jobs.orders.clients import list_clients

    file = program.object(wanted)
    with program.job(file) as job:
        view = list_clients(job)
    if not held:
        rows, shown = client_rows(view), shown_client_rows(view)
        print_rows(program, output, "clients", rows, shown, columns=(*CLIENT_COLUMNS, "card", "orders"))
        return
    rows = held_rows(view)
    none = "no order waits to be told whose it is"
    print_rows(program, output, "held_orders", rows, columns=("order", *CLIENT_COLUMNS), none=none)
    if rows and output is Format.TABLE:
        order_id, (client_id, *others) = next(iter(view.candidates.items()))
        program.notify(f"hint: torgsync clients choose {order_id} {client_id} -o {file.called}")
        program.notify(f"hint: torgsync clients choose {order_id} new -o {file.called}")
        if others:
            merged = f"{' '.join(others)} --into {client_id}"
            program.notify(f"hint: torgsync clients merge {merged} -o {file.called}")
