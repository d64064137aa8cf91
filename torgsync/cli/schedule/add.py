"""`torgsync schedule add`: add a synchronization time."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import BetweenOption, DaysOption, ObjectOption
from torgsync.cli.base.program import program_of
from torgsync.cli.plan.sync import Only
from torgsync.core.clock import shop_time


def add(
    context: typer.Context,
    every: Annotated[str, typer.Option("--every", help="How often: 30m, 2h, 1d.", metavar="INTERVAL")],
    between: BetweenOption = None,
    days: DaysOption = None,
    only: Annotated[Only | None, typer.Option("--only", help="Only goods out, or only orders home.")] = None,
    user: Annotated[
        str | None,
        typer.Option("--user", help="Who does it: COMPUTER\\USER; you, if not given.", metavar="USER"),
    ] = None,
    wanted: ObjectOption = None,
) -> None:
    """Add a synchronization time."""
    program = program_of(context)
    from torgsync.jobs.config import schedule

    file = program.object(wanted)
    me = schedule.myself()
    time = schedule.add(
        file, user=user or me, every=every, between=between, days=days, only=only.value if only else None
    )
    with program.job(program.object(wanted)) as job:
        timed = schedule.timed(job, time)
    at_once = "due now, then" if timed.due else "next"
    program.notify(f"{time} by `{time.user}`; {at_once} {shop_time(timed.coming[0])}")
    if file.path.parent != program.settings.objects:
        program.notify(
            f"! `sync --due` without `-o` looks only in `{program.settings.objects}`", style="warning"
        )
    elif time.user == me:
        program.notify("next: torgsync schedule install")
