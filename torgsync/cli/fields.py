"""`torgsync fields`: which columns of the export go to Prom.ua, and as what."""

from __future__ import annotations

import typer

from torgsync.cli.context import Format, program_of
from torgsync.cli.options import FormatOption, ObjectOption

app = typer.Typer(help="Columns of the export and where they go.", no_args_is_help=True)


@app.command("add-all")
def add_all(context: typer.Context, wanted: ObjectOption = None) -> None:
    """Add every standard field that the export has."""
    program = program_of(context)
    from torgsync.jobs.fields import add_standard_fields

    file = program.object(wanted)
    added = add_standard_fields(file)
    program.say(f"{len(added.mappings)} fields added to `{file.path.name}`")
    if added.own_columns:
        names = ", ".join(f"`{name}`" for name in added.own_columns)
        program.say(f"columns of your own, not sent yet: {names}")


@app.command("list")
def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the fields that go to Prom.ua."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows

    show_rows(
        program,
        form,
        "fields",
        [
            {"column": field.column, "to": field.to, "name": field.name, "owner": field.owner}
            for field in program.object(wanted).settings.fields
        ],
    )
