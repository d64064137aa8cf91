"""Show a plan that undoes a run, and what became of it, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.program import Program
from torgsync.cli.base.render import print_json
from torgsync.cli.plan.change_table import Show
from torgsync.cli.plan.documents import change_document, plan_head, plan_tail
from torgsync.cli.plan.guards import print_guards
from torgsync.cli.plan.outcomes import (
    notify_trouble,
    outcome_documents,
    print_outcomes,
    run_document,
    trouble_of,
)
from torgsync.cli.plan.render import print_changes, print_sums
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.plan.rollback import Obstacle
from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.core.plan.rollback import NotUndone, Undone
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.execute import RunView

NAMED = 20
"""Things that stay as they are which the table names; `--show all` names more."""
_WHY = {
    Obstacle.MOVED: "it changed since then",
    Obstacle.UNKNOWN: "nobody knows what it was before",
    Obstacle.NO_CALL: "no call of Prom.ua changes it",
    Obstacle.ABSENT: "the product is not on Prom.ua any more",
    Obstacle.MODERATED: "Prom.ua's moderators deleted the product",
    Obstacle.NEVER_SENT: "it was deleted, and too little of it was ever sent from here to make it anew",
    Obstacle.REFUSED: "Prom.ua refused it when it was tried; "
    "`torgsync update --full-refresh` has it tried again",
    Obstacle.FOREIGN: "it was deleted and never sent from here, "
    "so nothing is known of which it could be made",
    Obstacle.NO_EXTERNAL_ID: "it needs an import, and Prom.ua has the product without an external id",
    Obstacle.UNCLEAR: "nobody knows whether that run did it: look it up in the seller's cabinet",
    Obstacle.KEPT: 'it was made by that run, and gone = "keep" under [removal] leaves it there',
}
"""Why something stays, in words."""


def print_plan_back(
    program: Program, job: JobContext, made: PlanResult, number: int, show: Show, *, next_step: str
) -> None:
    """Print the plan that undoes run `number`."""
    program.hide_progress()
    program.print(f"{made.plan.object}: back to the values before run {number}")
    if show in (Show.CHANGES, Show.HELD, Show.ALL) and made.plan.counts.changes:
        program.out.print()
        print_changes(program, job, made.number, show)
    if made.undone:
        _print_rest(program, made.undone, every=show is Show.ALL)
    print_guards(program, made.plan.violations)
    print_sums(program, job, made.plan, next_step, nothing="nothing to turn back")


def _print_rest(program: Program, back: Undone, *, every: bool) -> None:
    """Print what cannot be turned back, good by good, and what comes back only in part."""
    if back.remains or back.not_done or back.recreated or back.hidden:
        program.out.print()
    named = back.remains if every else back.remains[:NAMED]
    for remain in named:
        program.print(f"! stays    {_called(remain)}: {_WHY[remain.reason]}", 11)
    if rest := len(back.remains) - len(named):
        program.print(f"! stays    … and {rest} more; `--show all` lists them", 11)
    if back.not_done:
        program.print(f"{counted(back.not_done, 'change')} of that run never happened")
    if back.hidden:
        program.print(
            f"{counted(back.hidden, 'product')} that the run made would be hidden, not deleted: "
            "Prom.ua takes no deleted id a second time, and the next `torgsync sync` may want it again"
        )
    if back.recreated:
        program.print(
            f"{counted(back.recreated, 'product')} would be made anew of what was last sent from here: "
            "reviews, sales, place in lists and what was added in the cabinet do not come back, "
            "and Prom.ua may refuse an id that was deleted"
        )


def print_run_back(program: Program, job: JobContext, view: RunView, next_step: str) -> None:
    """Print what a run did that undid another one."""
    if view.declined:
        program.notify("nothing was sent")
        return
    if view.made and view.made.plan.counts.changes:
        print_outcomes(program, job, view, view.made)
    if view.outcomes.get(Outcome.DONE):
        program.print(
            "the export still asks for what was turned back, and `torgsync update` shows it as pending: "
            "restore the older export, or correct it, before the next `torgsync sync`"
        )
    if trouble := trouble_of(view, next_step):
        notify_trouble(program, trouble)


def print_plan_back_json(
    program: Program,
    job: JobContext,
    made: PlanResult,
    number: int,
    view: RunView | None = None,
    next_step: str = "",
) -> None:
    """Print the plan that undoes run `number` as one document, with what became of it once it was sent."""
    from torgsync.jobs.plan.result import PlanView

    back = made.undone
    tail: dict[str, object] = {}
    if view:
        tail = {**run_document(view), "outcomes": outcome_documents(job, made.number)}
        if trouble := trouble_of(view, next_step):
            tail["error"] = error_document(trouble)
    turns_back = {
        "run": number,
        "not_done": back.not_done if back else 0,
        "anew": back.recreated if back else 0,
        "hidden": back.hidden if back else 0,
    }
    program.hide_progress()
    print_json(
        plan_head(made.plan) | {"turns_back": turns_back},
        {
            "changes": (change_document(item.change) for item in PlanView(job, made.number).changes()),
            "remains": _remains(back),
        },
        plan_tail(made.plan) | tail,
    )


def _called(remain: NotUndone) -> str:
    called = remain.good_id or f"Prom {remain.prom_id}"
    return f"{called}  {remain.title}{f', {remain.field}' if remain.field else ''}"


def _remains(back: Undone | None) -> Iterator[dict[str, object]]:
    for remain in back.remains if back else ():
        yield {
            "good_id": remain.good_id or None,
            "prom_id": remain.prom_id or None,
            "title": remain.title,
            "field": remain.field or None,
            "reason": str(remain.reason),
            "message": _WHY[remain.reason],
        }
