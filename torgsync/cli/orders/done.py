"""`torgsync orders done`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.core.text import counted
from torgsync.errors import Exit


def done(
    context: typer.Context,
    orders: Annotated[list[str], typer.Argument(help="Numbers of orders.", metavar="ORDER...")],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say that orders were entered, changed or released in Torgsoft by hand; then nobody is asked again."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.cli.messages.orders import done_message
    from torgsync.jobs.orders.todo import confirm_orders
    from torgsync.jobs.run import running

    with program.job(program.object(wanted)) as job, running(job) as run:
        confirmed = confirm_orders(job, list(dict.fromkeys(orders)))
        run.exit_code = Exit.DONE
    rows = [{"order": order_id, "what": done_message(order_id, todo)} for order_id, todo in confirmed.items()]
    sentence = f"{counted(len(rows), 'order')} done in Torgsoft: {', '.join(confirmed)}"
    print_result(output, rows, lambda: program.notify(sentence), lists={"orders": rows})
