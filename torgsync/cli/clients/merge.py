"""`torgsync clients merge`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import ObjectOption
from torgsync.cli.base.program import program_of
from torgsync.cli.clients.options import refuse_words
from torgsync.core.text import counted


def merge(
    context: typer.Context,
    clients: Annotated[list[str], typer.Argument(help="Ids of clients.", metavar="CLIENT...")],
    into: Annotated[str, typer.Option("--into", help="The client that stays.", metavar="CLIENT")],
    wanted: ObjectOption = None,
) -> None:
    """Make several clients one: phones, e-mails and orders go to the one that stays."""
    program = program_of(context)
    for client in (*clients, into):
        refuse_words(client)
    from torgsync.jobs.orders.clients import merge_clients

    with program.job(program.object(wanted)) as job:
        clear = merge_clients(job, list(dict.fromkeys(clients)), into)
    orders = counted(clear, "order no longer waits", "orders no longer wait") + " for a choice"
    program.notify(
        f"{counted(len(set(clients)), 'client')} merged into {into}{f'; {orders}' if clear else ''}"
    )
