"""Show what `torgsync sync` did, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.program import SCHEMA, Format, Program
from torgsync.cli.base.render import print_json
from torgsync.cli.orders.orders import found_in_orders, notify_orders, orders_document
from torgsync.cli.plan.change_table import Show
from torgsync.cli.plan.guards import print_guards
from torgsync.cli.plan.outcomes import (
    notify_trouble,
    outcome_documents,
    print_outcomes,
    run_document,
    trouble_of,
)
from torgsync.cli.plan.render import print_findings
from torgsync.cli.plan.update import print_plan

if TYPE_CHECKING:
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.push.execute import RunView


def print_run(program: Program, job: JobContext, view: RunView, next_step: str) -> None:
    """Print what a run did: orders, outcomes, and what ended it early with how to go on."""
    if view.fetched:
        notify_orders(program, job, view.fetched)
    if view.declined:
        program.notify("nothing was sent")
        return
    made = view.made
    if made and made.plan.counts.changes:
        print_outcomes(program, job, view, made)
    elif made:
        print_findings(program, job, made, every=False)
        print_guards(program, made.plan.violations)
        held = f", {made.plan.counts.held} held" if made.plan.counts.held else ""
        program.print(f"{made.plan.object}: nothing pending{held}")
    if trouble := trouble_of(view, next_step):
        notify_trouble(program, trouble)


def print_run_json(
    program: Program, job: JobContext, view: RunView, due: Sequence[dict[str, str]], next_step: str
) -> None:
    """Print what a run did as one document; `due` are the synchronization times that it was for."""
    tail: dict[str, object] = {
        **({"due": due} if due else {}),
        "orders": orders_document(view.fetched),
        **run_document(view),
    }
    if trouble := trouble_of(view, next_step) or (view.fetched and view.fetched.trouble):
        tail["error"] = error_document(trouble)
    findings = found_in_orders(view.fetched)
    if view.made is None:
        print_json({"schema": SCHEMA, "object": job.object.name}, {"findings": findings}, tail)
        return
    tail["outcomes"] = outcome_documents(job, view.made.number)
    print_plan(program, job, view.made, Format.JSON, Show.ALL, next_step="", tail=tail, more=findings)
