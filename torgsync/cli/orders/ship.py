"""`torgsync orders ship`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.orders.options import OrderArgument
from torgsync.errors import Exit, UsageError


def ship(
    context: typer.Context,
    order: OrderArgument,
    parcel: Annotated[str, typer.Option("--parcel", help="The parcel's number.", metavar="NUMBER")],
    carrier: Annotated[
        str | None,
        typer.Option("--carrier", help="nova_poshta, ukrposhta or meest; without it the buyer's choice."),
    ] = None,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Save the number of an order's parcel on Prom.ua."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.core.text import did_you_mean
    from torgsync.jobs.connect import connect_shop
    from torgsync.jobs.orders.shipping import CARRIERS, ship_order
    from torgsync.jobs.run import running

    if carrier is not None and carrier not in CARRIERS:
        raise UsageError(
            f"there is no carrier `{carrier}`{did_you_mean(carrier, CARRIERS)}",
            hint=f"these are known: {', '.join(CARRIERS)}",
        )
    with program.job(program.object(wanted)) as job, running(job) as run, connect_shop(job, run) as prom:
        view = ship_order(job, prom, order, parcel, carrier)
        run.exit_code = Exit.DONE
    row = {"order": order, "parcel": view.parcel, "saved": view.saved}
    sentence = f"order {order}: {'saved on Prom.ua' if view.saved else 'Prom.ua has this number already'}"
    print_result(output, [row], lambda: program.notify(sentence), tail={"parcel": row})
