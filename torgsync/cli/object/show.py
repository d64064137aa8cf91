"""`torgsync object show`: one sync object with every setting."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.commands import one_object
from torgsync.cli.base.options import NameArgument, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_csv, print_rows, print_table
from torgsync.cli.base.streams import escaped, json_text
from torgsync.errors import UsageError
from torgsync.i18n import _, composed, verbatim

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile

INDENT = 4
"""Indentation of a meaning below its key."""


class Shape(StrEnum):
    """How a sync object is shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TOML = "toml"


def show(
    context: typer.Context,
    name: NameArgument = None,
    wanted: ObjectOption = None,
    output: Annotated[Shape, typer.Option("--format", help=_("How to print the result."))] = Shape.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help=_("Explain every key."))] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help=_("Print the JSON Schema with which editors complete keys."))
    ] = False,
) -> None:
    """Show a sync object with every setting, defaults included."""
    program = program_of(context, Format.TABLE if output is Shape.TOML else Format(output))
    if schema:
        from torgsync.core.config.validation import json_schema

        sys.stdout.write(json_text(json_schema(), indent=2) + "\n")
        return
    file = program.object(one_object(context, name, wanted))
    if explain:
        if output is Shape.TOML:
            raise UsageError(_("`--explain` prints a table, JSON or CSV"))
        _print_explained(program, file, Format(output))
        return
    settings = file.settings.document
    if output is Shape.TOML:
        import tomli_w

        sys.stdout.write(escaped(tomli_w.dumps(_without_none(settings))))
        return
    if output is Shape.JSON:
        sys.stdout.write(json_text({"schema": SCHEMA, "object": settings}) + "\n")
        return
    from torgsync.core.config.keys import flat_rows

    rows = [(key, value or None if isinstance(value, dict) else value) for key, value in flat_rows(settings)]
    if output is Shape.CSV:
        print_csv({"setting": key, "value": value} for key, value in rows)
        return
    program.out.print(str(file.path), soft_wrap=True)
    print_table(program, (_("setting"), _("value")), rows)


def _print_explained(program: Program, file: ObjectFile, output: Format) -> None:
    """Print every key with its meaning and its value; keys of list items have no single value."""
    from torgsync.core.config.keys import flat_rows, toml_text
    from torgsync.core.config.validation import explained

    document = file.settings.document
    now = dict(flat_rows(document, shown=toml_text) if output is Format.TABLE else flat_rows(document))
    if isinstance(key := document["api_key"], dict):
        now["api_key"] = toml_text(key)
    if output is not Format.TABLE:
        rows = [
            {"key": item.key, "value": now.get(item.key), "needed": item.required, "meaning": item.meaning}
            for item in explained()
        ]
        print_rows(program, output, "settings", rows)
        return
    program.out.print(str(file.path), soft_wrap=True)
    for item in explained():
        value = now.get(item.key)
        program.print(verbatim(f"{item.key} = {value}" if value else item.key), INDENT)
        program.print(composed("    {meaning}", meaning=item.meaning), INDENT)


def _without_none(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: _kept(value) for key, value in settings.items() if value is not None}


def _kept(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return list(map(_kept, value))
    return _without_none(value) if isinstance(value, dict) else value
