"""`torgsync clients`: the people who ordered."""

from __future__ import annotations

import typer

from torgsync.cli.context import Format, program_of
from torgsync.cli.options import FormatOption, ObjectOption

app = typer.Typer(help="People who ordered.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the clients, in the order they came."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows

    with program.desk(program.object(wanted)) as desk, desk.memory() as memory:
        rows = [
            {"id": client.id, "name": client.name, "phone": client.phone, "email": client.email}
            for client in memory.trade.clients()
        ]
    show_rows(program, form, "clients", rows)
