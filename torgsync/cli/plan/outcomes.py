"""Show what happened to the changes of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.cli.base.render import SCREENFUL
from torgsync.cli.messages.outcomes import WORDS, notice_message, reasons_message
from torgsync.cli.plan.sums import count_lines, removed_lines, send_question, undone_lines
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.text import counted
from torgsync.errors import ImportBusy, ImportOpen, Interrupted

if TYPE_CHECKING:
    from torgsync.core.plan.guards import Allowed
    from torgsync.core.reason import Reason
    from torgsync.errors import TorgsyncError
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.execute import Notice, PlanSource, RunView
    from torgsync.state.runs.change_rows import NumberedChange

Which = Callable[["NumberedChange"], bool]
"""Whether a change is meant."""


def _every(_: NumberedChange) -> bool:
    return True


def perform(
    program: Program,
    job: JobContext,
    source: PlanSource | None,
    show: Callable[[PlanResult], None],
    next_step: str,
    *,
    allowed: Allowed,
    asks: bool,
    fetches: bool = False,
    waits: bool = True,
) -> RunView:
    """Show a plan and perform it; where something would go and a person `asks` to be asked, only after a yes.

    Raises Interrupted with `next_step` as its hint.
    """
    from torgsync.jobs.push.execute import execute

    def confirm(result: PlanResult) -> bool:
        show(result)
        if not asks or not result.plan.counts.to_send:
            return True
        question = send_question(result.plan)
        if not program.shows_data:
            question = "\n".join((*_sums(job, result), question))
        with job.stop.interruptible():
            return program.confirm(question)

    def notify(notice: Reason[Notice]) -> None:
        program.notify(notice_message(notice))

    try:
        return execute(
            job, source, allowed=allowed, fetches=fetches, waits=waits, confirm=confirm, notify=notify
        )
    except Interrupted as stop:
        # Raised only before the plan is performed; orders that were fetched are stored.
        raise Interrupted("stopped by you before anything was sent", hint=next_step) from stop


def _sums(job: JobContext, result: PlanResult) -> Iterator[str]:
    """Yield what a person has to know of a plan whose table is not on the terminal."""
    if result.undone:
        yield from (line.text for line in undone_lines(result.undone))
    yield from count_lines(result.plan.counts)
    yield from removed_lines(result.plan, job.object.catalog.currency, job.object.removal.grace.days)


def trouble_of(view: RunView, next_step: str) -> TorgsyncError | None:
    """Return what ended a run early; a stop also says how far the run came, and how to go on."""
    if not isinstance(view.trouble, Interrupted):
        return view.trouble
    finished, total = view.outcomes.get(Outcome.DONE, 0), sum(view.outcomes.values())
    return Interrupted(f"stopped by you: {finished} of {counted(total, 'change')} done", hint=next_step)


def notify_trouble(program: Program, trouble: TorgsyncError) -> None:
    """Show what ended a run early, after what it did."""
    if isinstance(trouble, Interrupted):
        program.notify(f"{trouble.message}; {trouble.hint}", style="error")
        return
    if isinstance(trouble, ImportBusy | ImportOpen):
        program.notify(f"not finished: {trouble.message}")
    else:
        program.notify(f"error: {trouble.message}", style="error")
    if trouble.hint:
        program.hint(trouble.hint)


def print_outcomes(program: Program, job: JobContext, view: RunView, result: PlanResult) -> None:
    """Print how many changes ended how, and name those that did not end well."""
    parts = _counts(view.outcomes)
    if result.plan.counts.held:
        parts.append(f"{result.plan.counts.held} held")
    requests = counted(sum(view.requests.values()), "request")
    program.print(f"{', '.join(parts) or 'nothing sent'}; {requests}")
    print_failures(program, job, result.number)


def print_earlier(program: Program, job: JobContext, view: RunView) -> None:
    """Print what became of the import of an earlier run, where this run found that out."""
    if earlier := view.earlier:
        program.print(f"the import of an earlier run: {', '.join(_counts(earlier.outcomes))}")
        print_failures(program, job, earlier.plan, of=earlier.has)


def _counts(outcomes: Mapping[Outcome, int]) -> list[str]:
    return [f"{number} {WORDS[state]}" for state, number in sorted(outcomes.items())]


def run_document(view: RunView) -> dict[str, object]:
    """Return what the JSON document of a run says of it as a whole."""
    return {
        "requests": {"total": sum(view.requests.values()), "by_endpoint": dict(view.requests)},
        "run": view.run or None,
        "exit": int(view.exit_code),
    }


def earlier_documents(job: JobContext, view: RunView) -> list[dict[str, object]]:
    """Return the outcome of each change of the import of an earlier run, where this run found it, as JSON."""
    return outcome_documents(job, view.earlier.plan, of=view.earlier.has) if view.earlier else []


def outcome_documents(job: JobContext, plan: int, *, of: Which = _every) -> list[dict[str, object]]:
    """Return the outcome of each change of a plan that has one, as JSON; `of` may choose some of them."""
    from torgsync.jobs.plan.result import PlanView

    return [
        {
            "good_id": item.change.good_id or None,
            "verb": str(item.change.verb),
            "state": str(item.outcome),
            "message": reasons_message(item.reasons),
        }
        for item in PlanView(job, plan).changes()
        if item.outcome is not None and of(item)
    ]


def print_failures(
    program: Program, job: JobContext, plan: int, *, every: bool = False, of: Which = _every
) -> None:
    """Name the changes that did not end well: of those with one and the same reason the first, or `every`.

    `of` may choose some changes of the plan.
    """
    from torgsync.jobs.plan.result import PlanView

    groups: dict[tuple[str, str], list[str]] = {}
    for item in PlanView(job, plan).changes():
        if item.outcome is not None and (item.outcome is not Outcome.DONE or item.reasons) and of(item):
            what = f"{item.change.verb} {item.change.good_id} {item.change.title}".strip()
            groups.setdefault((WORDS[item.outcome], reasons_message(item.reasons)), []).append(what)
    for (state, message), changes in list(groups.items())[: None if every else SCREENFUL]:
        for what in changes if every else changes[:1]:
            more = f" (and {len(changes) - 1} more)" if len(changes) > 1 and not every else ""
            program.print(f"! {state}: {what}{more}: {message}")
    if len(groups) > SCREENFUL and not every:
        program.print(f"! … and {len(groups) - SCREENFUL} other reasons")


def outcome_words(item: NumberedChange) -> str:
    """Return how one change ended, or what holds it."""
    if item.outcome is None:
        return f"held by the guard `{item.change.held}`" if item.change.held else "no outcome is known"
    reasons = reasons_message(item.reasons)
    return f"{WORDS[item.outcome]}{f': {reasons}' if reasons else ''}"
