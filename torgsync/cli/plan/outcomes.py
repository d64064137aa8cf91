"""Show what happened to the changes of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.cli.base.render import SCREENFUL
from torgsync.cli.messages.fields import VERBS
from torgsync.cli.messages.outcomes import WORDS, notice_message, reasons_message
from torgsync.cli.messages.words import time_words
from torgsync.cli.plan.sums import changes_of, count_lines, removed_lines, send_question, undone_lines
from torgsync.core.counts import import_count, request_count
from torgsync.core.plan.outcomes import Outcome
from torgsync.errors import ImportBusy, ImportOpen, Interrupted
from torgsync.i18n import Message, _, _n, composed, joined

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
    next_step: Message,
    *,
    allowed: Allowed,
    asks: bool,
    fetches: bool = False,
    waits: bool = True,
    leaves_import: bool = False,
) -> RunView:
    """Show a plan and perform it; where something would go and a person `asks` to be asked, only after a yes.

    Raises Interrupted with `next_step` as its hint.
    """
    from torgsync.jobs.push.execute import execute

    def confirm(result: PlanResult) -> bool:
        program.pages = asks and bool(result.plan.counts.to_send)  # nothing else waits for a person
        show(result)
        if not asks or not result.plan.counts.to_send:
            return True
        question = send_question(result.plan)
        if not program.shows_data:
            question = joined("\n", (*_sums(job, result), question))
        with job.stop.interruptible():
            return program.confirm(question)

    def notify(notice: Reason[Notice]) -> None:
        program.notify(notice_message(notice))

    try:
        return execute(
            job,
            source,
            allowed=allowed,
            fetches=fetches,
            waits=waits,
            leaves_import=leaves_import,
            keeps=not asks,
            confirm=confirm,
            notify=notify,
        )
    except Interrupted as stop:
        # Raised only before the plan is performed; orders that were fetched are stored.
        raise Interrupted(_("stopped by you before anything was sent"), hint=next_step) from stop


def _sums(job: JobContext, result: PlanResult) -> Iterator[Message]:
    """Yield what a person has to know of a plan whose table is not on the terminal."""
    if result.undone:
        yield from (line.text for line in undone_lines(result.undone))
    yield from count_lines(result.plan.counts)
    yield from removed_lines(result.plan, job.object.catalog.currency, job.object.removal.grace.days)


def trouble_of(view: RunView, next_step: Message) -> TorgsyncError | None:
    """Return what ended a run early; a stop also says how far the run came, and how to go on."""
    if not isinstance(view.trouble, Interrupted):
        return view.trouble
    done = _n(
        "stopped by you: {finished} of {count} change done",
        "stopped by you: {finished} of {count} changes done",
        sum(view.outcomes.values()),
        finished=view.outcomes.get(Outcome.DONE, 0),
    )
    return Interrupted(done, hint=next_step)


def notify_trouble(program: Program, trouble: TorgsyncError) -> None:
    """Show what ended a run early, after what it did."""
    if isinstance(trouble, Interrupted):
        stopped = composed("{message}; {hint}", message=trouble.message, hint=trouble.hint or "")
        program.notify(stopped, style="error")
        return
    if isinstance(trouble, ImportBusy | ImportOpen):
        program.notify(_("not finished: {trouble}", trouble=trouble.message))
    else:
        program.notify(_("error: {error}", error=trouble.message), style="error")
    if trouble.hint:
        program.hint(trouble.hint)


def print_outcomes(program: Program, job: JobContext, view: RunView, result: PlanResult) -> None:
    """Name the changes that did not end well, then say in one sentence what is on Prom.ua now."""
    from torgsync.jobs.connect import portal

    print_failures(program, job, result.number)
    where = {"spent": _spent(view), "address": portal(job)}
    parts, counts = _counts(view.outcomes), result.plan.counts
    done = sum(view.outcomes.values())
    total = max(counts.changes + counts.parted, counts.held + done)
    stays = result.undone.left if result.undone else 0
    if view.finished and not counts.held and not stays:
        sentence = _n(
            "Done: {count} change is on Prom.ua ({spent}): {address}",
            "Done: {count} changes are on Prom.ua ({spent}): {address}",
            view.outcomes[Outcome.DONE],
            **where,
        )
        program.print(sentence, style="success")
        return
    if counts.held:
        parts.append(outcome_count("held", counts.held))
    left = total - counts.held - done
    if left > 0:
        parts.append(outcome_count("open", left))
    if stays:
        parts.append(_n("{count} item stays as it is", "{count} items stay as they are", stays))
    elif len(parts) > 1:
        parts.append(_("{changes} in all", changes=changes_of(total, counts.changes)))
    outcomes = joined(", ", parts)
    sentence = (
        _("Not everything was rolled back: {outcomes} ({spent}): {address}")
        if result.undone and (left > 0 or done)
        else _("Not everything is on Prom.ua: {outcomes} ({spent}): {address}")
        if left > 0 or done
        else _("Nothing was sent to Prom.ua: {outcomes} ({spent}): {address}")
    )
    program.print(sentence.filled(outcomes=outcomes, **where), style="warning")


def _spent(view: RunView) -> Message:
    """Return the time that a run took, its requests and its imports."""
    asked = asked_words(sum(view.requests.values()), view.imports)
    return joined(", ", (time_words(timedelta(seconds=view.seconds)), asked))


def asked_words(requests: int, imports: int) -> Message:
    """Return how much was asked of Prom.ua: requests, and imports where there were any."""
    counts = (request_count(requests), import_count(imports))
    return joined(", ", counts) if imports else counts[0]


NOTHING_SENT = _("nothing was sent")


def print_kept(program: Program, job: JobContext, view: RunView) -> None:
    """Print the command that lets through later what a run held, and nothing else."""
    if view.kept:
        program.print(
            _(
                "to send what is held as it is now, and nothing else: torgsync approve {name} -o {called}",
                name=view.kept,
                called=job.file.called,
            )
        )


def print_earlier(program: Program, job: JobContext, view: RunView) -> None:
    """Print what became of the import of an earlier run, where this run found that out."""
    if earlier := view.earlier:
        outcomes = joined(", ", _counts(earlier.outcomes))
        program.print(_("the import of an earlier run: {outcomes}", outcomes=outcomes))
        print_failures(program, job, earlier.plan, of=earlier.has)


def _counts(outcomes: Mapping[Outcome, int]) -> list[Message]:
    return [outcome_count(state, outcomes[state]) for state in Outcome if state in outcomes]


_OPEN = {"held": _("held"), "open": _("not finished")}


def outcome_count(outcome: str, number: int) -> Message:
    """Return how many changes ended so, or have no outcome: a guard holds them, or the run was stopped."""
    word = _OPEN.get(outcome) or WORDS[Outcome(outcome)]
    return composed("{number} {outcome}", number=number, outcome=word)


def run_document(job: JobContext, view: RunView) -> dict[str, object]:
    """Return what the JSON document of a run says of it as a whole."""
    from torgsync.jobs.connect import portal

    return {
        "requests": {"total": sum(view.requests.values()), "by_endpoint": dict(view.requests)},
        "imports": view.imports,
        "portal": portal(job),
        "seconds": round(view.seconds, 3),
        "run": view.run or None,
        "kept": view.kept or None,
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


Failures = Mapping[tuple[Outcome, Message], Sequence[Message]]
"""Changes that did not end well, by their outcome and its reason."""


def failures(job: JobContext, plan: int, *, of: Which = _every) -> Failures:
    """Return the changes of a plan that did not end well; `of` may choose some of them."""
    from torgsync.jobs.plan.result import PlanView

    groups: dict[tuple[Outcome, Message], list[Message]] = {}
    for item in PlanView(job, plan).changes():
        if item.outcome is not None and (item.outcome is not Outcome.DONE or item.reasons) and of(item):
            good = f"{item.change.good_id} {item.change.title}".strip()
            what = composed("{verb} {good}", verb=VERBS[item.change.verb], good=good)
            groups.setdefault((item.outcome, reasons_message(item.reasons)), []).append(what)
    return groups


def print_failures(
    program: Program, job: JobContext, plan: int, *, every: bool = False, of: Which = _every
) -> None:
    """Name the changes that did not end well: of those with one and the same reason the first, or `every`.

    `of` may choose some changes of the plan.
    """
    groups = failures(job, plan, of=of)
    for (state, message), changes in list(groups.items())[: None if every else SCREENFUL]:
        for what in changes if every else changes[:1]:
            more = len(changes) - 1
            first = (
                _n("{change} ({count} more like it)", "{change} ({count} more like it)", more, change=what)
                if more and not every
                else what
            )
            word = WORDS[state]
            program.print(
                composed("! {outcome}: {change}: {reason}", outcome=word, change=first, reason=message),
                style=str(state),
            )
    if (rest := len(groups) - SCREENFUL) > 0 and not every:
        program.print(_n("! … and {count} other reason", "! … and {count} other reasons", rest))


def outcome_words(item: NumberedChange) -> Message:
    """Return how one change ended, or what holds it."""
    if item.outcome is None:
        return guard_words(item.change.held) if item.change.held else _("the outcome is unknown")
    if not (reasons := reasons_message(item.reasons)):
        return WORDS[item.outcome]
    return composed("{outcome}: {reasons}", outcome=WORDS[item.outcome], reasons=reasons)


def guard_words(guard: str) -> Message:
    """Return that a guard holds a change."""
    return _("held by the guard `{guard}`", guard=guard)
