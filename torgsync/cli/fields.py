"""`torgsync fields`: which columns of the export go to Prom.ua, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.base.render import pick, print_rows
from torgsync.core.text import counted
from torgsync.errors import UsageError

if TYPE_CHECKING:
    from torgsync.jobs.config.fields import SampledField
    from torgsync.jobs.config.values import ColumnValue
COLUMNS = ("column", "to", "name", "owner", "sample", "in_export", "split")
SAMPLE = 20
"""Letters of a sample value that the table shows."""
FIRST = 40
"""Values of a column that people see without `--show all`."""


def list_(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """List the fields that go to Prom.ua, each with a value of its column."""
    program = program_of(context, output)
    from torgsync.jobs.config.fields import sampled_fields

    view = sampled_fields(program.object(wanted))
    rows = [_render_row(field) for field in view.fields]
    table_rows = [_render_table_row(field) for field in view.fields]
    print_rows(program, output, "fields", rows, table_rows, columns=COLUMNS)
    if view.problem:
        program.warn(f"no samples: {view.problem}")


def _render_row(field: SampledField) -> dict[str, object]:
    mapping = field.mapping
    sample = {"sample": field.sample or None, "in_export": field.in_export}
    return {**pick(mapping, "column", "to", "name", "owner"), **sample, "split": mapping.split}


def _render_table_row(field: SampledField) -> dict[str, object]:
    mapping = field.mapping
    sample = "! not in the export" if field.in_export is False else field.sample[:SAMPLE]
    return pick(mapping, "column", "to", "owner") | {"to": mapping.name or mapping.to, "sample": sample}


class Extent(StrEnum):
    """How many values of a column a table shows."""

    SUMMARY = "summary"
    ALL = "all"


def values(
    context: typer.Context,
    column: Annotated[str, typer.Argument(help="Column of the export.", metavar="COLUMN")],
    show: Annotated[
        Extent, typer.Option("--show", help="The most frequent values, or all.")
    ] = Extent.SUMMARY,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """List the values of a column with the number of rows, and what `[[values]]` replaces them by."""
    program = program_of(context, output)
    from torgsync.jobs.config.values import column_values

    file = program.object(wanted)
    view = column_values(file, column)
    names = ("value", "count", "replaced_by")
    rows = [pick(value, *names) for value in view.values]
    shown = view.values if show is Extent.ALL else view.values[:FIRST]
    print_rows(program, output, "values", rows, [_render_value(value) for value in shown], columns=names)
    if output is not Format.TABLE:
        return
    if rest := len(view.values) - len(shown):
        program.notify(f"{counted(rest, 'more value')}: `--show all` lists them")
    if not view.mapped:
        program.notify(f"to replace words, write in `{file.path.name}`:")
        example = 'map = { "word of the export" = "word for Prom.ua" }'
        for line in ("[[values]]", f'column = "{view.column}"', example):
            program.notify(f"  {line}")


def _render_value(value: ColumnValue) -> dict[str, object]:
    instead = "" if value.replaced_by is None else value.replaced_by or "(empty)"
    rows = value.count or "not in the export"
    return {"value": value.value or "(empty)", "rows": rows, "replaced by": instead}


class Owner(StrEnum):
    """Who decides about a field once the product is made."""

    TORGSOFT = "torgsoft"
    PROM = "prom"


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
        program.warn(added.warning)


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
