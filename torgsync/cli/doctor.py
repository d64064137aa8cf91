"""`torgsync doctor`: everything that a synchronisation needs, a line each, with the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from torgsync.cli.base.errors import each
from torgsync.cli.base.findings import print_checks, render_checks
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, program_of
from torgsync.cli.base.render import print_csv, print_json
from torgsync.errors import Exit
from torgsync.i18n import verbatim

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile


def doctor(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """Check everything that a sync needs.

    It looks at the token and its rights, the export, photos, limits, the lock, the schedule and the state of
    one sync object, or of all.
    """
    program = program_of(context, output)
    from torgsync.jobs.config.doctor import diagnose

    objects = program.objects(wanted, every=True)

    def look(file: ObjectFile) -> Exit:
        with program.job(file, any_state=True) as job:
            diagnosis = diagnose(job)
        rows = render_checks(diagnosis.lines)
        if output is Format.JSON:
            document = {"schema": SCHEMA, "object": file.settings.name, "exit": int(diagnosis.exit_code)}
            print_json(document, {"checks": rows})
        elif output is Format.CSV:
            print_csv({"object": file.settings.name, **row} for row in rows)
        else:
            if len(objects) > 1:
                program.print(verbatim(file.settings.name), style="bold")
            print_checks(program, diagnosis.lines)
        return diagnosis.exit_code

    raise typer.Exit(int(each(program, objects, look)))
