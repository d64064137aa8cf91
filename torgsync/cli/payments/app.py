"""`torgsync payments`: where the money of each of Prom's payment methods goes."""

from __future__ import annotations

import typer

from torgsync.cli.payments.fetch import fetch
from torgsync.cli.payments.list import list_
from torgsync.cli.payments.map import map_
from torgsync.cli.payments.postings import postings
from torgsync.cli.payments.report import report

app = typer.Typer(help="Payment methods and where their money lands.", no_args_is_help=True)
app.command()(fetch)
app.command("map")(map_)
app.command()(report)
app.command()(postings)
app.command("list")(list_)
