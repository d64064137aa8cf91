"""`torgsync object`: its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.commands import one_object
from torgsync.cli.base.options import FormatOption, NameArgument, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.base.render import pick, print_rows
from torgsync.errors import Exit, UsageError
from torgsync.i18n import _


def list_(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """List all sync objects."""
    program = program_of(context, output)
    from torgsync.jobs.config.summaries import summaries

    columns = ("slug", "name", "export", "problem")
    rows = [pick(summary, *columns) for summary in summaries(program.settings)]
    print_rows(program, output, "objects", rows, columns=columns, none=_("no objects yet"))


def remove(
    context: typer.Context,
    name: NameArgument = None,
    wanted: ObjectOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
) -> None:
    """Remove a sync object and its token. Nothing changes on Prom.ua, and what was sent is remembered."""
    program = program_of(context)
    file = program.object(one_object(context, name, wanted))
    from torgsync.jobs.config.objects import remove_object

    if not yes:
        if not program.asks:
            raise UsageError(
                _("there is no terminal to ask on, so nothing was removed"),
                hint=_(
                    "to remove it without a question: {command}",
                    command=f"torgsync object remove {file.called} --yes",
                ),
            )
        if not program.confirm(_("Remove `{path}`?", path=file.path)):
            program.notify(_("nothing was removed"))
            raise typer.Exit(int(Exit.ERROR))
    token_removed = remove_object(file, program.settings)
    done = _("removed `{path}` and its token") if token_removed else _("removed `{path}`")
    program.notify(done.filled(path=file.path))
    program.notify(
        _("the shop on Prom.ua stays as it is; a new object of the same name continues where this one ended")
    )
