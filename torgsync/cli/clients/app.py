"""`torgsync clients`: the people who ordered, and those that Torgsoft knows."""

from __future__ import annotations

import typer

from torgsync.cli.clients.choose import choose
from torgsync.cli.clients.forget import forget
from torgsync.cli.clients.import_ import import_
from torgsync.cli.clients.list import list_
from torgsync.cli.clients.merge import merge
from torgsync.cli.clients.show import show

app = typer.Typer(help="People who ordered.", no_args_is_help=True)
app.command("list")(list_)
app.command()(show)
app.command("import")(import_)
app.command()(choose)
app.command()(merge)
app.command()(forget)
