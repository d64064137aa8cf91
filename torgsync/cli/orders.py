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
    from torgsync.core.zone import SHOP_ZONE

    with program.desk(program.object(wanted)) as desk, desk.memory() as memory:
        orders = list(memory.trade.orders())
    rows = [
        {
            "id": stored.order.id,
            "created": stored.order.created.astimezone(SHOP_ZONE).isoformat(timespec="seconds"),
            "status": stored.order.status,
            "total": None if stored.order.total is None else str(stored.order.total),
            "currency": stored.order.currency,
            "payment": stored.order.payment_name,
            "client_id": stored.client_id or None,
            "file": stored.file,
            "held": stored.held,
        }
        for stored in orders
    ]
    table = [
        {
            "order": stored.order.id,
            "placed": f"{stored.order.created.astimezone(SHOP_ZONE):%d.%m.%Y %H:%M}",
            "status": stored.order.status,
            "total": f"{stored.order.total or '?'} {stored.order.currency}",
            "payment": stored.order.payment_name,
            "Torgsoft": "file written" if stored.file else stored.held or "waits",
        }
        for stored in orders
    ]
    show_rows(program, form, "orders", rows, table)
