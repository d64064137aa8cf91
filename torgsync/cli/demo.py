"""`torgsync demo`: a first synchronisation on the sandbox, in a temporary home directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from torgsync.cli.base.program import Program, program_of
from torgsync.core.shell import in_lines
from torgsync.errors import Exit
from torgsync.i18n import _n, translated


def demo(context: typer.Context) -> None:
    """Try the program on an invented shop.

    The shop is filled, kept equal to its export, and an order is fetched. It takes less than 20 seconds,
    needs no network and leaves nothing behind.
    """
    output = program_of(context)
    from torgsync.demo.story import story, world

    with _without_variables(), world() as stage:
        paths = (stage.shop / "TSGoods.trs", stage.shop / "photos", stage.public)
        short = {str(path): path.name for path in paths}
        for step in story(stage):
            if step.say:
                output.out.print(f"\n# {translated(step.say)}", style="bold cyan")
            if step.happens:
                step.happens()
            words = ["torgsync", *(short.get(word, word) for word in step.command)]
            output.out.print(f"\n$ {in_lines(words, output.out.width - 2)}", style="bold", soft_wrap=True)
            program = Program(stage.home, stage.server.url, color=output.color, unattended=True)
            program.language = output.language
            program.recording = output.recording
            code = _run(context.find_root().command, program, step.command)
            if code != Exit.DONE:
                raise typer.Exit(code)
        sold = sum(product.status == "on_display" for product in stage.server.shop.products())
    done = _n(
        "That was all: {count} product is for sale, as in the export. Nothing was left behind.",
        "That was all: {count} products are for sale, as in the export. Nothing was left behind.",
        sold,
    )
    output.out.print(f"\n# {translated(done)}", style="bold cyan")


@contextmanager
def _without_variables() -> Iterator[None]:
    """Keep the variables of the user out of the demo: home, state and options are its own."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("TORGSYNC_")}
    try:
        yield
    finally:
        os.environ.update(kept)


def _run(root: Any, program: Program, command: tuple[str, ...]) -> int:  # noqa: ANN401  # Typer's own type
    try:
        root.main(list(command), prog_name="torgsync", obj=program)
    except SystemExit as end:
        return int(end.code or 0)
    return 0
