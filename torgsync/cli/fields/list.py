"""`torgsync fields list`: the columns that go to Prom.ua, each with a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of

if TYPE_CHECKING:
    from torgsync.jobs.config.fields import SampledField

SAMPLE = 20
"""Letters of a sample value that the table shows."""


def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the fields that go to Prom.ua, each with a value of its column."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.jobs.config.fields import sampled_fields

    view = sampled_fields(program.object(wanted))
    rows = [_render_row(field) for field in view.fields]
    table_rows = [_render_table_row(field) for field in view.fields]
    print_rows(program, form, "fields", rows, table_rows, columns=COLUMNS)
    if view.problem:
        program.notify(f"! no samples: {view.problem}", style="warning")


COLUMNS = ("column", "to", "name", "owner", "sample", "in_export", "split")


def _render_row(field: SampledField) -> dict[str, object]:
    mapping = field.mapping
    return {
        "column": mapping.column,
        "to": mapping.to,
        "name": mapping.name,
        "owner": mapping.owner,
        "sample": field.sample or None,
        "in_export": field.in_export,
        "split": mapping.split,
    }


def _render_table_row(field: SampledField) -> dict[str, object]:
    mapping = field.mapping
    sample = "! not in the export" if field.in_export is False else field.sample[:SAMPLE]
    return {
        "column": mapping.column,
        "to": mapping.name or mapping.to,
        "owner": mapping.owner,
        "sample": sample,
    }
