"""`torgsync object list`: all sync objects."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, program_of


def list_(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """List all sync objects."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.jobs.config.objects import summaries

    rows = [
        {"slug": one.slug, "name": one.name, "export": one.export, "problem": one.problem}
        for one in summaries(program.settings)
    ]
    print_rows(program, form, "objects", rows, columns=("slug", "name", "export", "problem"))
