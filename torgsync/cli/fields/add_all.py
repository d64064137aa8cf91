"""`torgsync fields add-all`: add every standard field."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import ObjectOption
from torgsync.cli.base.program import program_of
from torgsync.core.text import counted


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
