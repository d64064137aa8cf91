"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.context import Format

ObjectOption = Annotated[
    str | None,
    typer.Option("-o", "--object", help="Name, slug or path of the sync object.", metavar="OBJECT"),
]
NameArgument = Annotated[
    str | None, typer.Argument(help="Name, slug or path of the sync object.", metavar="NAME")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
