"""The report of a run: what became of each change, what failed and why, what is held, and what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from torgsync.cli.messages.explained.exits import EXITS
from torgsync.cli.messages.guards import allow_command, override_observed
from torgsync.cli.messages.outcomes import WORDS
from torgsync.cli.plan.outcomes import Failures, failures, outcome_count, outcome_words
from torgsync.cli.plan.reports.holds import holds_of, past_holds
from torgsync.cli.plan.reports.pictures import picture_source
from torgsync.cli.plan.reports.plan_report import named, remarks
from torgsync.cli.plan.reports.prices import price_moves
from torgsync.cli.plan.reports.report import Failure, Figure, Hold, ObjectReport, Requests, Tone
from torgsync.cli.plan.reports.rows import listings
from torgsync.cli.plan.reports.run_words import did, ended_words, request_outcome, stale_words
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.shell import quoted
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.core.plan.approval.kept import KeptPlan
    from torgsync.core.plan.guards import GuardViolation
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanView
    from torgsync.jobs.push.execute import RunView
    from torgsync.jobs.run import PastRun
    from torgsync.state.runs.history import RunRecord
    from torgsync.state.runs.requests import Request

REASONS = 100
"""Reasons that a report names; Prom may have a new one for each item."""
NAMED = 10
"""Changes that ended in one way for one reason which a report names; more are counted."""


def run_report(
    job: JobContext,
    past: PastRun,
    requests: Sequence[Request],
    *,
    language: str,
    view: RunView | None = None,
) -> ObjectReport:
    """Return the report of a run.

    Right after it, its `view` also says why things are held, what ended it early, and what was found.
    """
    from torgsync.jobs.plan.result import PlanResultView, PlanView
    from torgsync.jobs.run import kept_of

    record, called = past.record, job.file.called
    has_changes = record.plan is not None and record.totals is None
    plan = PlanView(job, record.plan) if has_changes and record.plan else None
    result, trouble = (view.result, view.trouble) if view else (None, None)
    headline, tone = _headline(past)
    kept = kept_of(job, record.number) if record.kept else None
    violations = kept.violations if kept else result.plan.violations if result else ()
    titles = dict.fromkeys((violation.good_id for violation in violations), "")
    prices = price_moves(named(plan.changes(), titles)) if plan else None
    update = f"torgsync update -o {called}"
    return ObjectReport(
        object=job.object.name,
        id=job.slug,
        language=language,
        title=_("run {run}", run=record.number),
        about=(composed("{when:time}", when=record.started), ended_words(past)),
        headline=headline,
        tone=tone,
        figures=_figures(record),
        trouble=tuple(filter(None, (trouble.message, trouble.hint))) if trouble else (),
        holds=_holds(job, plan, violations, kept, titles),
        allow=_approval(job, kept) if kept else _letting(job, view),
        next_step=update
        if any(count for name, count in record.outcomes.items() if name != Outcome.DONE)
        else "",
        everything=f"torgsync history {record.number} -o {called} --show all",
        failures=tuple(_failures(job, record.plan if plan else None, view)),
        prices=prices,
        notes=tuple(_notes(past)),
        listings=listings(job, plan, outcome_words) if plan else (),
        remarks=remarks(PlanResultView(job, result)) if result else (),
        requests=tuple(_requests(past, requests)),
        ending=_ending(record),
        pictures=picture_source(job.object),
    )


_FIGURES = {
    Outcome.DONE: Tone.GOOD,
    Outcome.REFUSED: Tone.BAD,
    Outcome.UNCLEAR: Tone.CARE,
    Outcome.DEFERRED: Tone.CARE,
}


def _figures(record: RunRecord) -> tuple[Figure, ...]:
    figures = [
        Figure(record.outcomes.get(state, 0), WORDS[state], tone, waits=state is not Outcome.DONE)
        for state, tone in _FIGURES.items()
    ]
    figures.append(Figure(record.outcomes.get("held", 0), _("held"), Tone.CARE, waits=True))
    return tuple(figure for figure in figures if figure.count or not figure.waits)


def _headline(past: PastRun) -> tuple[Message, Tone]:
    """Return in one sentence what is on Prom.ua after a run."""
    record = past.record
    counts = {name: number for name, number in record.outcomes.items() if number}
    done = counts.get(Outcome.DONE, 0)
    tone = _TONES.get(record.exit_code, Tone.BAD) if record.exit_code is not None else Tone.CARE
    if record.exit_code == Exit.STALE:
        return stale_words(record), tone
    if record.exit_code == Exit.DONE and done and set(counts) == {Outcome.DONE}:
        return _n("{count} change is on Prom.ua", "{count} changes are on Prom.ua", done), tone
    if not counts:
        return _("no changes were sent"), tone
    outcomes = joined(", ", (outcome_count(name, number) for name, number in counts.items()))
    if record.turned_back or record.undoes:
        return _("Not everything was rolled back: {outcomes}", outcomes=outcomes), tone
    return _("Not everything is on Prom.ua: {outcomes}", outcomes=outcomes), tone


_TONES: dict[int | None, Tone] = {
    Exit.DONE: Tone.GOOD,
    Exit.HELD: Tone.CARE,
    Exit.TEMPORARY: Tone.CARE,
}


def _notes(past: PastRun) -> Iterator[Message]:
    record = past.record
    yield from did(past)
    for opened in record.overrides:
        guard = opened.override.guard
        seen = override_observed(guard, opened.override.observed)
        yield _("the guard `{guard}` had found: {seen}", guard=guard, seen=seen)
    if record.totals:
        yield _("only its totals are kept; `keep` in `[history]` sets how long changes are kept")


def _holds(
    job: JobContext,
    view: PlanView | None,
    violations: Sequence[GuardViolation],
    kept: KeptPlan | None,
    titles: Mapping[str, str],
) -> tuple[Hold, ...]:
    if violations:
        return holds_of(violations, titles, partial(_approval, job, kept) if kept else None)
    return tuple(past_holds(view.holds() if view else {}))


def _approval(job: JobContext, kept: KeptPlan, item: str = "") -> str:
    """Return the command that approves what a run kept, or only what of it one item has."""
    only = f" --only {quoted(item)}" if item else ""
    return f"torgsync approve {kept.name}{only} -o {job.file.called}"


def _letting(job: JobContext, view: RunView | None) -> str:
    """Return the command that lets through what was held and not kept, where that is known."""
    if view is None or (result := view.result) is None:
        return ""
    undone = f"rollback {result.undone.run}" if result.undone else "sync"
    letting = f"torgsync {undone} -o {job.file.called} {{}}".format
    return allow_command(result.plan, letting, approved=result.approval is not None)


def _failures(job: JobContext, plan: int | None, view: RunView | None) -> Iterator[Failure]:
    """Yield what did not end well in a run, and in the import of an earlier one whose end it found out."""
    if view and view.earlier:
        yield from _failed(failures(job, view.earlier.plan, of=view.earlier.has))
    if plan is not None:
        yield from islice(_failed(failures(job, plan)), REASONS)


def _failed(groups: Failures) -> Iterator[Failure]:
    for (outcome, reason), items in groups.items():
        failed = outcome in (Outcome.REFUSED, Outcome.UNCLEAR)
        yield Failure(str(outcome), WORDS[outcome], reason, len(items), tuple(items[:NAMED]), failed)


def _requests(past: PastRun, requests: Sequence[Request]) -> Iterator[Requests]:
    """Yield how often each address answered in which way."""
    totals = past.record.totals
    kinds = totals.requests if totals else Counter(request.kind for request in requests)
    for kind, count in kinds.items():
        yield Requests(count, f"{kind.method} {kind.endpoint}", kind.status, request_outcome(kind.outcome))


def _ending(record: RunRecord) -> tuple[int, Message, Message] | None:
    """Return the exit code of a run, what it means, and what to do."""
    if record.exit_code not in list(Exit):
        return None
    known = EXITS[Exit(record.exit_code)]
    return record.exit_code, known.meaning, known.cure
