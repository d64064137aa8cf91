"""`torgsync orders`: fetched orders, their way into Torgsoft, and their parcels."""

from __future__ import annotations

import typer

from torgsync.cli.orders.done import done
from torgsync.cli.orders.export import export
from torgsync.cli.orders.fetch import fetch
from torgsync.cli.orders.list import list_
from torgsync.cli.orders.ship import ship
from torgsync.cli.orders.show import show

app = typer.Typer(help="Orders that came home.", no_args_is_help=True)
app.command()(fetch)
app.command("list")(list_)
app.command()(show)
app.command()(done)
app.command()(export)
app.command()(ship)
