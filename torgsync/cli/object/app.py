"""`torgsync object`: its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.commands import one_object
from torgsync.cli.base.options import FormatOption, NameArgument, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.base.render import pick, print_rows
from torgsync.errors import Exit, UsageError


def list_(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """List all sync objects."""
    program = program_of(context, output)
    from torgsync.jobs.config.summaries import summaries

    columns = ("slug", "name", "export", "problem")
    rows = [pick(summary, *columns) for summary in summaries(program.settings)]
    print_rows(program, output, "objects", rows, columns=columns)


def remove(
    context: typer.Context,
    name: NameArgument = None,
    wanted: ObjectOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a sync object and its token. Nothing changes on Prom.ua, and what was sent is remembered."""
    program = program_of(context)
    file = program.object(one_object(context, name, wanted))
    from torgsync.jobs.config.objects import remove_object

    if not yes:
        if not program.asks:
            raise UsageError("`--yes` is needed", hint="without a terminal nothing is asked")
        if not program.confirm(f"Remove `{file.path}`?"):
            program.notify("nothing was removed")
            raise typer.Exit(int(Exit.ERROR))
    token_removed = remove_object(file, program.settings)
    program.notify(f"removed `{file.path}`" + (" and its token" if token_removed else ""))
    program.notify(
        "the shop on Prom.ua stays as it is; an object of the same name goes on where this one was"
    )
