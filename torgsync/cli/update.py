"""`torgsync update`: the table of pending changes. It never writes to Prom.ua."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.context import Format, Program, program_of
from torgsync.cli.each import each
from torgsync.cli.findings import finding_document
from torgsync.cli.options import FormatOption, ObjectOption
from torgsync.cli.plans import (
    Show,
    change_document,
    change_rows,
    plan_head,
    plan_tail,
    show_plan,
    skipped_documents,
)
from torgsync.cli.show import Row, write_csv, write_json
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.files.objects import ObjectFile
    from torgsync.jobs.desk import Desk
    from torgsync.jobs.update import Made

FieldsOption = Annotated[
    str | None, typer.Option("--fields", help="Only these product fields, with commas.", metavar="FIELD,…")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow", help="Let held changes through: removals=120, price=ID,ID.", metavar="GUARD=…"),
]


def update(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    show: Annotated[Show, typer.Option("--show", help="Which part to show.")] = Show.CHANGES,
    only: FieldsOption = None,
    allow: AllowOption = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="List everything on Prom.ua, and retry what it refused.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask Prom.ua nothing.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when changes are pending.")
    ] = False,
) -> None:
    """Show the pending changes. Nothing is written to Prom.ua."""
    program = program_of(context)
    program.format(form)
    from torgsync.core.guards import read_allowed
    from torgsync.jobs.market import prom_of
    from torgsync.jobs.run import refuse_held
    from torgsync.jobs.update import update as make_plan

    allowed, names = read_allowed(allow or ()), field_names(only)

    def look(file: ObjectFile) -> Exit:
        with program.desk(file) as desk:
            refuse_held(desk)
            if offline:
                made = make_plan(desk, None, allowed=allowed, only=names)
            else:
                with prom_of(desk) as prom:
                    made = make_plan(desk, prom, allowed=allowed, full_refresh=full_refresh, only=names)
            print_plan(program, desk, made, form, show, next_step=f"torgsync sync -o {file.called}")
        return Exit.PENDING if made.plan.counts.changes and detailed_exitcode else Exit.DONE

    raise typer.Exit(int(each(program, program.objects(wanted, every=True), look)))


def field_names(text: str | None) -> tuple[str, ...]:
    """Return the product fields named by `--fields`; UsageError for one that there is not."""
    from torgsync.core.fields import FIELDS
    from torgsync.core.words import did_you_mean

    names = tuple(name for part in (text or "").split(",") if (name := part.strip()))
    for name in names:
        if name not in FIELDS:
            raise UsageError(f"there is no field `{name}`{did_you_mean(name, list(FIELDS))}")
    return names


def print_plan(
    program: Program,
    desk: Desk,
    made: Made,
    form: Format,
    show: Show,
    *,
    next_step: str,
    tail: Row | None = None,
) -> None:
    """Print a plan in the form that was asked for; `tail` are further keys of its JSON document."""
    from torgsync.jobs.update import findings

    program.hide_progress()
    if form is Format.JSON:
        with desk.memory() as memory:
            changes = (change_document(item.change) for item in memory.plans.changes(made.number))
            found = (
                finding_document(finding, desk.file.catalog_path.name) for finding in findings(memory, made)
            )
            write_json(
                plan_head(made.plan),
                {
                    "changes": changes,
                    "findings": found,
                    "skipped_goods": skipped_documents(memory, made),
                },
                plan_tail(made.plan) | dict(tail or {}),
            )
    elif form is Format.CSV and show is Show.SKIPPED:
        with desk.memory() as memory:
            write_csv(skipped_documents(memory, made))
    elif form is Format.CSV:
        write_csv(change_rows(desk, made))
    else:
        show_plan(program, desk, made, show, next_step=next_step)
