"""`torgsync orders`: orders that came home."""

from __future__ import annotations

import typer

from torgsync.cli.context import Format, program_of
from torgsync.cli.options import FormatOption, ObjectOption

app = typer.Typer(help="Orders that came home.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the orders, newest first."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows
    from torgsync.files.orders import SHOP_ZONE

    with program.desk(program.object(wanted)) as desk, desk.memory() as memory:
        rows = [
            {
                "id": stored.order.id,
                "created": stored.order.created.astimezone(SHOP_ZONE).isoformat(timespec="minutes"),
                "status": stored.order.status,
                "total": None if stored.order.total is None else str(stored.order.total),
                "currency": stored.order.currency,
                "payment": stored.order.payment_name,
                "client_id": stored.client_id or None,
                "file": stored.file,
            }
            for stored in memory.trade.orders()
        ]
    show_rows(program, form, "orders", rows)
