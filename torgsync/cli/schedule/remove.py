"""`torgsync schedule remove`: remove a synchronization time."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import ObjectOption
from torgsync.cli.base.program import program_of


def remove(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Its number, as `list` shows it.", metavar="NUMBER")],
    wanted: ObjectOption = None,
) -> None:
    """Take a synchronization time out."""
    program = program_of(context)
    from torgsync.jobs.config import schedule

    file = program.object(wanted)
    gone = schedule.remove(file, number)
    program.notify(f"`{file.settings.name}` is not synchronised {gone} by `{gone.user}` any more")
