"""`torgsync clients show`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, program_of
from torgsync.cli.clients.options import refuse_words


def show(
    context: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id.", metavar="CLIENT")],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one client: everything they are recognised by, and their orders."""
    program = program_of(context)
    program.format(output)
    refuse_words(client)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.cli.clients.render import ORDER_COLUMNS, client_document, print_client
    from torgsync.jobs.orders.clients import show_client

    file = program.object(wanted)
    with program.job(file) as job:
        details = show_client(job, client)
    document = client_document(details, file.settings.orders.clock)
    if output is Format.JSON:
        print_json({"schema": SCHEMA}, {}, {"client": document})
    elif output is Format.CSV:
        print_csv(document["orders"], ORDER_COLUMNS)
    else:
        print_client(program, document)
