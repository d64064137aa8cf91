"""`torgsync object`: its commands."""

from __future__ import annotations

import typer

from torgsync.cli.object.add import add
from torgsync.cli.object.adopt import adopt
from torgsync.cli.object.check import check
from torgsync.cli.object.edit import edit
from torgsync.cli.object.list import list_
from torgsync.cli.object.remove import remove
from torgsync.cli.object.show import show

app = typer.Typer(help="Sync objects: one shop's settings each.", no_args_is_help=True)

app.command("add")(add)
app.command("edit")(edit)
app.command("remove")(remove)
app.command("adopt")(adopt)
app.command("list")(list_)
app.command("show")(show)
app.command("check")(check)
