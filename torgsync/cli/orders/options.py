"""Options that several commands of `torgsync orders` share."""

from __future__ import annotations

from typing import Annotated

import typer

OrderArgument = Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")]
StatusOption = Annotated[
    str | None, typer.Option("--status", help="Only orders that are so now: pending, paid, refunded …")
]
