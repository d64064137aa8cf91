"""`torgsync clients choose`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import ObjectOption
from torgsync.cli.base.program import program_of
from torgsync.cli.clients.options import refuse_words


def choose(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")],
    client: Annotated[
        str, typer.Argument(help="The client's id, or `new` where it is none of them.", metavar="CLIENT|new")
    ],
    wanted: ObjectOption = None,
) -> None:
    """Say whose an order is that fits several clients, or one only in part: `clients list --held`."""
    program = program_of(context)
    from torgsync.jobs.orders.clients import NEW, choose_client

    if client != NEW:
        refuse_words(client)
    with program.job(program.object(wanted)) as job:
        chosen = choose_client(job, order, client)
    program.notify(f"order {order} is that of client {chosen}")
