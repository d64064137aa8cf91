"""`torgsync fields`: which columns of the export go to Prom.ua, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.base.render import pick, print_rows
from torgsync.errors import UsageError
from torgsync.i18n import _, _n, composed

if TYPE_CHECKING:
    from torgsync.jobs.config.fields import SampledField
    from torgsync.jobs.config.values import ColumnValue
COLUMNS = ("column", "to", "name", "owner", "sample", "in_export", "split")
SAMPLE = 20
"""Letters of a sample value that the table shows."""
FIRST = 40
"""Values of a column that people see without `--show all`."""


def list_(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """List the fields sent to Prom.ua, each with an example."""
    program = program_of(context, output)
    from torgsync.jobs.config.fields import sampled_fields

    view = sampled_fields(program.object(wanted))
    rows = [_render_row(field) for field in view.fields]
    table_rows = [_render_table_row(field) for field in view.fields]
    print_rows(program, output, "fields", rows, table_rows, columns=COLUMNS, none=_("no fields yet"))
    if view.problem:
        program.warn(_("no examples: {problem}", problem=view.problem))


def _render_row(field: SampledField) -> dict[str, object]:
    mapping = field.mapping
    sample = {"sample": field.sample or None, "in_export": field.in_export}
    return {**pick(mapping, "column", "to", "name", "owner"), **sample, "split": mapping.split}


def _sample(text: str) -> str:
    return text if len(text) <= SAMPLE else f"{text[: SAMPLE - 1]}…"


def _render_table_row(field: SampledField) -> dict[str, object]:
    mapping = field.mapping
    sample: str = _("! not in the export") if field.in_export is False else _sample(field.sample)
    return pick(mapping, "column", "to", "owner") | {"to": mapping.name or mapping.to, "sample": sample}


class Extent(StrEnum):
    """How many values of a column a table shows."""

    SUMMARY = "summary"
    ALL = "all"


def values(
    context: typer.Context,
    column: Annotated[str, typer.Argument(help=_("Column of the export."), metavar="COLUMN")],
    show: Annotated[
        Extent, typer.Option("--show", help=_("The most frequent values, or all."))
    ] = Extent.SUMMARY,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """List the values of a column and how often each occurs.

    It also shows what `[[values]]` of the sync object replaces them with.
    """
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
        program.notify(
            _n(
                "{count} more value: `--show all` lists it",
                "{count} more values: `--show all` lists them",
                rest,
            )
        )
    if not view.mapped:
        program.notify(_("to replace words, write in `{file}`:", file=file.path.name))
        example = composed(
            'map = {{ "{ours}" = "{theirs}" }}', ours=_("word of the export"), theirs=_("word for Prom.ua")
        )
        for line in ("[[values]]", f'column = "{view.column}"', example):
            program.notify(composed("  {line}", line=line))


def _render_value(value: ColumnValue) -> dict[str, object]:
    instead = "" if value.replaced_by is None else value.replaced_by or _("(empty)")
    rows = value.count or _("not in the export")
    return {"value": value.value or _("(empty)"), "rows": rows, "replaced by": instead}


class Owner(StrEnum):
    """Who decides about a field once the product is made."""

    TORGSOFT = "torgsoft"
    PROM = "prom"


def add(
    context: typer.Context,
    column: Annotated[str, typer.Argument(help=_("Column of the export."), metavar="COLUMN")],
    target: Annotated[
        str | None,
        typer.Option(
            "--to",
            help=_("What it is on Prom.ua: `description`, `keywords` or another field."),
            metavar="TARGET",
        ),
    ] = None,
    dynamic: Annotated[bool, typer.Option("--dynamic", help=_("A characteristic of your own."))] = False,
    name: Annotated[
        str | None, typer.Option("--name", help=_("The characteristic's name for buyers."))
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help=_("The characteristic's unit."))] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split", help=_("Sign between Ukrainian and Russian in one cell: `_`"), metavar="SIGN"
        ),
    ] = None,
    owner: Annotated[
        Owner,
        typer.Option(
            "--owner", help=_("`torgsoft`, or `prom`: set when the product is created, then left alone.")
        ),
    ] = Owner.TORGSOFT,
    wanted: ObjectOption = None,
) -> None:
    """Send one more column, as a field of Prom.ua or a characteristic.

    A characteristic is one of your own: `--dynamic`.
    """
    program = program_of(context)
    from torgsync.jobs.config.fields import add_field

    if dynamic == bool(target):
        raise UsageError(_("give either `--to TARGET` or `--dynamic`"))
    file = program.object(wanted)
    added = add_field(
        file, column, target or "characteristic", name=name, unit=unit, split=split, owner=owner.value
    )
    mapping = added.mapping
    target_name = mapping.name or mapping.to
    program.notify(
        _(
            "`{column}` -> {target}, Ukrainian and Russian separated by `{split}`",
            column=mapping.column,
            target=target_name,
            split=mapping.split,
        )
        if mapping.split
        else composed("`{column}` -> {target}", column=mapping.column, target=target_name)
    )
    if added.warning:
        program.warn(added.warning)


def add_all(context: typer.Context, wanted: ObjectOption = None) -> None:
    """Send every standard field that the export has."""
    program = program_of(context)
    from torgsync.jobs.config.fields import add_standard_fields

    file = program.object(wanted)
    added = add_standard_fields(file)
    program.notify(
        _n(
            "{count} field added to `{file}`",
            "{count} fields added to `{file}`",
            len(added.mappings),
            file=file.path.name,
        )
    )
    if added.own_columns:
        names = list(added.own_columns)
        program.notify(_("columns of your own, not sent yet: {names:quoted}", names=names))


def remove(
    context: typer.Context,
    column: Annotated[str, typer.Argument(help=_("Column of the export."), metavar="COLUMN")],
    wanted: ObjectOption = None,
) -> None:
    """Stop sending a column. Its field on Prom.ua stays as it is."""
    program = program_of(context)
    from torgsync.jobs.config.fields import remove_field

    file = program.object(wanted)
    for mapping in remove_field(file, column):
        target = mapping.name or mapping.to
        program.notify(_("`{column}` is no longer sent as {target}", column=mapping.column, target=target))
