"""`torgsync demo`: a first synchronisation on the sandbox, in a temporary home directory."""

from __future__ import annotations

import shlex
from typing import Any

import typer

from torgsync.cli.base.program import Program, program_of
from torgsync.errors import Exit


def demo(context: typer.Context) -> None:
    """Show the whole story: a shop is filled, changed and kept equal to its export, and an order comes home.

    It takes less than 20 seconds, needs no network and leaves nothing behind.
    """
    output = program_of(context)
    from torgsync.demo.story import story, world

    with world() as stage:
        short = {str(stage.shop / "TSGoods.trs"): "TSGoods.trs", str(stage.shop / "photos"): "photos"}
        for step in story(stage):
            if step.say:
                output.out.print(f"\n# {step.say}", style="bold cyan")
            if step.happens:
                step.happens()
            shown = shlex.join(short.get(word, word) for word in step.command)
            output.out.print(f"\n$ torgsync {shown}", style="bold", soft_wrap=True)
            program = Program(stage.home, stage.server.url, color=output.color, unattended=True)
            program.recording = output.recording
            code = _run(context.find_root().command, program, step.command)
            if code != Exit.DONE:
                raise typer.Exit(code)
        sold = sum(product.status == "on_display" for product in stage.server.shop.products())
    output.out.print(
        f"\n# That was all: {sold} products are for sale, as the export says. Nothing was left behind.",
        style="bold cyan",
    )


def _run(root: Any, program: Program, command: tuple[str, ...]) -> int:  # noqa: ANN401  # Typer's own type
    try:
        root.main(list(command), prog_name="torgsync", obj=program)
    except SystemExit as end:
        return int(end.code or 0)
    return 0
