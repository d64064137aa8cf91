"""`torgsync sandbox`: a Prom.ua of your own on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from torgsync.cli.context import program_of


def sandbox(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="Port on this machine; 0 picks a free one.")] = 8765,
    token: Annotated[str, typer.Option("--token", help="A token that may do everything.")] = "sandbox",  # noqa: S107  # a token of a toy
    read_only_token: Annotated[
        str | None, typer.Option("--read-only-token", help="A token that may only read.")
    ] = None,
    import_seconds: Annotated[
        float, typer.Option("--import-seconds", help="How long an import takes.", min=0)
    ] = 1.5,
    photos: Annotated[
        list[Path] | None,
        typer.Option(
            "--photos",
            help="A folder with the photos, found by file name, to be shown on the pages; may be repeated.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Serve a Prom.ua of your own until Ctrl-C. It keeps what it is told as long as it runs.

    In a browser it shows the shop as a buyer sees it, and the seller's side.
    """
    program = program_of(context)
    from torgsync.sandbox.manners import Manners
    from torgsync.sandbox.rights import Rights
    from torgsync.sandbox.server import serve
    from torgsync.sandbox.shop import Shop

    tokens = {token: Rights.full()}
    if read_only_token:
        tokens[read_only_token] = Rights.read_only()
    shop = Shop(tokens=tokens, manners=Manners(import_seconds=import_seconds))
    with serve(shop, port=port, photos=photos or ()) as server:
        program.say(f"a Prom.ua of your own at {server.url}; Ctrl-C stops it")
        program.say(f"export TORGSYNC_PROM_URL={server.url}")
        program.say(f"the shop as a buyer sees it: {server.shop_url}")
        try:
            server.wait()
        except KeyboardInterrupt:
            program.say("stopped")
