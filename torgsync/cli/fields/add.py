"""`torgsync fields add`: add one column."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from torgsync.cli.base.options import ObjectOption
from torgsync.cli.base.program import program_of
from torgsync.errors import UsageError


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
        program.notify(f"! {added.warning}", style="warning")
