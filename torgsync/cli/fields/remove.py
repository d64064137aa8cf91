"""`torgsync fields remove`: remove a column."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import ObjectOption
from torgsync.cli.base.program import program_of


def remove(
    context: typer.Context,
    column: Annotated[str, typer.Argument(help="Column of the export.", metavar="COLUMN")],
    wanted: ObjectOption = None,
) -> None:
    """Take a column out: its field on Prom.ua stays as it is from then on."""
    program = program_of(context)
    from torgsync.jobs.config.fields import remove_field

    file = program.object(wanted)
    for mapping in remove_field(file, column):
        program.notify(f"`{mapping.column}` is no longer led to {mapping.name or mapping.to}")
