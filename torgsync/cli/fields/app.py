"""`torgsync fields`: which columns of the export go to Prom.ua, and as what."""

from __future__ import annotations

import typer

from torgsync.cli.fields.add import add
from torgsync.cli.fields.add_all import add_all
from torgsync.cli.fields.list import list_
from torgsync.cli.fields.remove import remove

app = typer.Typer(help="Columns of the export and where they go.", no_args_is_help=True)

app.command("add-all")(add_all)
app.command("add")(add)
app.command("remove")(remove)
app.command("list")(list_)
