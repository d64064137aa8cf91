"""`torgsync object list`: all sync objects."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, program_of
from torgsync.errors import ObjectInvalid


def list_(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """List all sync objects."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.files.config.objects import list_objects, load_object, name_in

    rows = []
    for path in list_objects(program.settings.objects):
        try:
            settings = load_object(path).settings
            state = {"name": settings.name, "export": settings.catalog.path, "problem": None}
        except ObjectInvalid as broken:
            state = {"name": name_in(path) or path.stem, "export": None, "problem": broken.message}
        rows.append({"slug": path.stem, **state})
    print_rows(program, form, "objects", rows, columns=("slug", "name", "export", "problem"))
