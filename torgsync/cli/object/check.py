"""`torgsync object check`: settings, token, export, photos, and what each good would be."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, NameArgument
from torgsync.cli.base.program import Format, program_of
from torgsync.errors import Exit


class Places(StrEnum):
    """How many places of each finding are shown."""

    SUMMARY = "summary"
    ALL = "all"


def check(
    context: typer.Context,
    name: NameArgument = None,
    form: FormatOption = Format.TABLE,
    show: Annotated[
        Places, typer.Option("--show", help="The first places of each finding, or all.")
    ] = Places.SUMMARY,
) -> None:
    """Check a sync object: settings, token, export, photos, and what each good would be."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.object.check_render import print_check, print_check_csv, print_check_json
    from torgsync.jobs.config.check import check as check_object

    file = program.object(name)
    checked = check_object(file, program.settings)
    if form is Format.TABLE:
        print_check(program, file, checked, every=show is Places.ALL or program.verbosity > 0)
    elif form is Format.CSV:
        print_check_csv(file, checked)
    else:
        print_check_json(file, checked)
    raise typer.Exit(int(Exit.INVALID if checked.failed else Exit.DONE))
