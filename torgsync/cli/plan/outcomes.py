"""What became of the changes of a run, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.core.text import counted
from torgsync.errors import Interrupted

if TYPE_CHECKING:
    from torgsync.errors import TorgsyncError
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.sync import RunResult
    from torgsync.state.runs.plans import Numbered

SCREENFUL = 10
"""Reasons that are told; more are counted."""
WORDS = {"done": "done", "refused": "refused", "unclear": "unclear", "deferred": "left for later"}


def notify_reconciled(program: Program, made: PlanResult) -> None:
    """Say that a look told what became of changes which earlier runs had left open."""
    if made.reconciled:
        left = counted(made.reconciled, "change that an earlier run", "changes that an earlier run")
        program.notify(f"{left} left open: what became of them was looked up")


def stopped(done: RunResult, next_step: str) -> Interrupted:
    """Return what a person who stopped a run is told: how far it came, and how to go on."""
    from torgsync.state.runs.plans import State

    finished, total = done.outcomes.get(State.DONE, 0), sum(done.outcomes.values())
    return Interrupted(f"stopped by you: {finished} of {counted(total, 'change')} done", hint=next_step)


def notify_trouble(program: Program, trouble: TorgsyncError) -> None:
    """Say what ended a run early, after what it did."""
    if isinstance(trouble, Interrupted):
        program.notify(f"{trouble.message}; {trouble.hint}", style="error")
        return
    program.notify(f"error: {trouble.message}", style="error")
    if trouble.hint:
        program.notify(f"hint: {trouble.hint}")


def outcome_documents(job: JobContext, plan: int) -> list[dict[str, object]]:
    """Return what became of each change of a plan that was tried, as JSON."""
    with job.transaction() as work:
        return [
            {
                "good_id": item.change.good_id or None,
                "verb": str(item.change.verb),
                "state": str(item.state),
                "message": item.message,
            }
            for item in work.plans.changes(plan)
            if item.state is not None
        ]


def print_failures(program: Program, job: JobContext, plan: int, *, every: bool = False) -> None:
    """Name the changes that did not end well: of those with one and the same reason the first, or `every`."""
    groups: dict[tuple[str, str], list[str]] = {}
    with job.transaction() as work:
        for item in work.plans.changes(plan):
            if item.state is not None and (str(item.state) != "done" or item.message):
                what = f"{item.change.verb} {item.change.good_id} {item.change.title}".strip()
                groups.setdefault((WORDS[str(item.state)], item.message), []).append(what)
    for (state, message), changes in list(groups.items())[: None if every else SCREENFUL]:
        for what in changes if every else changes[:1]:
            more = f" (and {len(changes) - 1} more)" if len(changes) > 1 and not every else ""
            program.print(f"! {state}: {what}{more}: {message}")
    if len(groups) > SCREENFUL and not every:
        program.print(f"! … and {len(groups) - SCREENFUL} other reasons")


def outcome_words(item: Numbered) -> str:
    """Return how one change ended, or what holds it."""
    if item.state is None:
        return f"held by the guard `{item.change.held}`" if item.change.held else "no outcome is known"
    return f"{WORDS[str(item.state)]}{f': {item.message}' if item.message else ''}"
