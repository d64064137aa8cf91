"""`torgsync fields`: which columns of the export go to Prom.ua, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.core.text import counted
from torgsync.errors import UsageError

SAMPLE = 20
"""Letters of a sample value that the table shows."""


class Owner(StrEnum):
    """Who decides about a field once the product is made."""

    TORGSOFT = "torgsoft"
    PROM = "prom"


app = typer.Typer(help="Columns of the export and where they go.", no_args_is_help=True)


@app.command("add-all")
def add_all(context: typer.Context, wanted: ObjectOption = None) -> None:
    """Add every standard field that the export has."""
    program = program_of(context)
    from torgsync.jobs.config.fields import add_standard_fields

    file = program.object(wanted)
    added = add_standard_fields(file)
    program.notify(f"{counted(len(added.mappings), 'field')} added to `{file.path.name}`")
    if added.own_columns:
        names = ", ".join(f"`{name}`" for name in added.own_columns)
        program.notify(f"columns of your own, not sent yet: {names}")


@app.command()
def add(
    context: typer.Context,
    column: Annotated[str, typer.Argument(help="Column of the export.", metavar="COLUMN")],
    target: Annotated[
        str | None,
        typer.Option("--to", help="What it is on Prom.ua: description, keywords, …", metavar="TARGET"),
    ] = None,
    dynamic: Annotated[bool, typer.Option("--dynamic", help="A characteristic of your own.")] = False,
    name: Annotated[str | None, typer.Option("--name", help="The characteristic's name for buyers.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="The characteristic's unit.")] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", help="What parts Ukrainian from Russian in one cell: _", metavar="SIGN"),
    ] = None,
    owner: Annotated[
        Owner, typer.Option("--owner", help="torgsoft, or prom: set at creation, then left alone.")
    ] = Owner.TORGSOFT,
    wanted: ObjectOption = None,
) -> None:
    """Add one column, as one of Prom.ua's fields or as a characteristic of your own."""
    program = program_of(context)
    from torgsync.jobs.config.fields import add_field

    if dynamic == bool(target):
        raise UsageError("give either `--to TARGET` or `--dynamic`")
    file = program.object(wanted)
    added = add_field(
        file, column, target or "characteristic", name=name, unit=unit, split=split, owner=owner.value
    )
    parted = f', Ukrainian and Russian parted by "{added.mapping.split}"' if added.mapping.split else ""
    program.notify(f"`{added.mapping.column}` -> {added.mapping.name or added.mapping.to}{parted}")
    if added.warning:
        program.notify(f"! {added.warning}", style="warning")


@app.command()
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


@app.command("list")
def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the fields that go to Prom.ua, each with a value of its column."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.jobs.config.fields import sampled_fields

    found, problem = sampled_fields(program.object(wanted))
    rows: list[dict[str, object]] = []
    shown: list[dict[str, object]] = []
    for item in found:
        field = item.mapping
        row: dict[str, object] = {
            "column": field.column,
            "to": field.to,
            "name": field.name,
            "owner": field.owner,
        }
        rows.append(row | {"sample": item.sample or None, "in_export": item.there, "split": field.split})
        sample = "! not in the export" if item.there is False else item.sample[:SAMPLE]
        shown.append(
            {"column": field.column, "to": field.name or field.to, "owner": field.owner, "sample": sample}
        )
    columns = ("column", "to", "name", "owner", "sample", "in_export", "split")
    print_rows(program, form, "fields", rows, shown, columns=columns)
    if problem:
        program.notify(f"! no samples: {problem}", style="warning")
