"""`torgsync object adopt`: take over a shop that has products already. Nothing is written to Prom.ua."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, NameArgument
from torgsync.cli.base.program import Format, Program, program_of

if TYPE_CHECKING:
    from torgsync.core.plan.adopt import Matching


def adopt(
    context: typer.Context,
    name: NameArgument = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions",
            help="CSV that says of ambiguous goods which product they are: good_id, prom_id or `new`.",
            metavar="FILE",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show; remember nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    every: Annotated[bool, typer.Option("--all", help="List everything.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Take over a shop that has products: tell which product is which good. Nothing changes on Prom.ua."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.object.adopt_render import (
        notify_next,
        print_matching,
        print_matching_csv,
        print_matching_json,
    )
    from torgsync.files.plan.decisions import read_decisions
    from torgsync.jobs.config.adopt import adopt as adopt_shop

    file = program.object(name)
    decide = partial(read_decisions, decisions) if decisions else None

    def agree(matching: Matching) -> bool:
        if form is Format.TABLE:
            print_matching(program, file, matching, every=every)
        return not dry_run and _agreed(program, form, yes=yes)

    with program.job(file) as job:
        view = adopt_shop(job, decide, agree)
    program.hide_progress()
    if form is Format.JSON:
        print_matching_json(file, view)
    elif form is Format.CSV:
        print_matching_csv(view.matching)
    elif view.adopted:
        notify_next(program, file, view)
    else:
        program.notify("nothing was taken over")
    raise typer.Exit(int(view.exit_code))


def _agreed(program: Program, form: Format, *, yes: bool) -> bool:
    if yes or not program.asks or form is not Format.TABLE:
        return True
    return typer.confirm("Take the shop over like this?", default=False, err=True)
