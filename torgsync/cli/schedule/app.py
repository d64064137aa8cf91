"""`torgsync schedule`: when an object is synchronised unattended, and what calls the program then."""

from __future__ import annotations

import typer

from torgsync.cli.schedule.add import add
from torgsync.cli.schedule.install import install
from torgsync.cli.schedule.list import list_
from torgsync.cli.schedule.remove import remove

app = typer.Typer(help="Synchronization times, and what calls the program then.", no_args_is_help=True)

app.command("add")(add)
app.command("list")(list_)
app.command("remove")(remove)
app.command("install")(install)
