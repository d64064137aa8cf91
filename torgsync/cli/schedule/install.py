"""`torgsync schedule install`: have this computer call the program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.program import Program, program_of
from torgsync.core.config.schedule import Caller
from torgsync.core.text import counted
from torgsync.errors import TorgsyncError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torgsync.files.config.objects import ObjectFile


def install(
    context: typer.Context,
    caller: Annotated[
        Caller | None, typer.Option("--with", help="What calls the program; the usual one, if not given.")
    ] = None,
    show: Annotated[bool, typer.Option("--print", help="Only show what would be installed.")] = False,
    take_out: Annotated[bool, typer.Option("--remove", help="Take it out again.")] = False,
) -> None:
    """Have this computer call `torgsync sync --due` every few minutes, for all objects of this home."""
    program = program_of(context)
    from torgsync.files.config.timers import timer, usual_caller
    from torgsync.jobs.config.due import own_times
    from torgsync.jobs.config.schedule import job_of, lost

    if show and take_out:
        raise UsageError("give either `--print` or `--remove`")
    files = list(_readable(program))
    job = job_of(program.settings, files)
    entry = timer(caller or usual_caller(), job)
    if show:
        sys.stdout.write(entry.text)
        return
    if take_out:
        program.notify("taken out" if entry.remove() else "there was nothing to take out")
        return
    place = entry.install()
    program.notify(f"installed in {place}")
    program.notify(
        f"every {counted(job.minutes, 'minute')} it looks whether a time has come{entry.condition}"
    )
    for what, cure in lost(files):
        program.notify(f"! {what} may not be known there", style="warning")
        if cure:
            program.notify(f"hint: {cure}")
    if not any(own_times(file.settings) for file in files):
        program.notify(f"! no time is that of `{job.user}`, so nothing will be done", style="warning")
        program.notify("hint: torgsync schedule add --every 30m --between 08:00-21:00")


def _readable(program: Program) -> Iterator[ObjectFile]:
    """Yield every object of the home that has no mistakes; `sync --due` reports those of the others."""
    from torgsync.files.config.objects import list_objects, load_object

    for path in list_objects(program.settings.objects):
        try:
            yield load_object(path)
        except TorgsyncError as wrong:
            program.notify(f"! {wrong.message}", style="warning")
