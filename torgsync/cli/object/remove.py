"""`torgsync object remove`: remove a sync object and its token."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import NameArgument
from torgsync.cli.base.program import program_of
from torgsync.errors import UsageError


def remove(
    context: typer.Context,
    name: NameArgument = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a sync object and its token. Nothing changes on Prom.ua, and what was sent is remembered."""
    program = program_of(context)
    file = program.object(name)
    from torgsync.jobs.config.objects import remove_object

    if not yes:
        if not program.asks:
            raise UsageError("`--yes` is needed", hint="without a terminal nothing is asked")
        if not typer.confirm(f"Remove `{file.path}`?", default=False, err=True):
            program.notify("nothing was removed")
            return
    token_removed = remove_object(file, program.settings)
    program.notify(f"removed `{file.path}`" + (" and its token" if token_removed else ""))
    program.notify(
        "the shop on Prom.ua stays as it is; an object of the same name goes on where this one was"
    )
