"""`torgsync history`: what was done, when, by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import (
    MaxLengthOption,
    ObjectOption,
    PlanFormat,
    PlanFormatOption,
    Show,
    check_length,
)
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import pick, print_csv, print_json, print_table
from torgsync.cli.messages.guards import override_observed
from torgsync.cli.messages.outcomes import reasons_message
from torgsync.cli.messages.words import time_words
from torgsync.cli.plan.documents import change_document, field_rows
from torgsync.cli.plan.outcomes import outcome_words, print_failures
from torgsync.cli.plan.render import print_changes
from torgsync.cli.plan.reports.run_words import STATES, did, ended_words, request_outcome
from torgsync.core.clock import shop_second, shop_time, utc_iso
from torgsync.errors import UsageError
from torgsync.i18n import _, _n

if TYPE_CHECKING:
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.run import PastRun, PastRuns
    from torgsync.state.runs.change_rows import NumberedChange
    from torgsync.state.runs.history import RunRecord
    from torgsync.state.runs.journal import Overridden
    from torgsync.state.runs.requests import Request, RequestKind


class HistoryPart(StrEnum):
    """How much of it is shown."""

    CHANGES = "changes"
    ALL = "all"


def history(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(help=_("The number of a run, to show all it did."), metavar="RUN", min=1)
    ] = None,
    wanted: ObjectOption = None,
    form: PlanFormatOption = PlanFormat.TABLE,
    max_length: MaxLengthOption = None,
    show: Annotated[
        HistoryPart, typer.Option("--show", help=_("What fits a screen, or everything."))
    ] = HistoryPart.CHANGES,
) -> None:
    """List the runs of an object, newest first, or show all that one of them did."""
    output = form.plain
    program = program_of(context, output)
    most = check_length(context, form, max_length)
    if form.is_report:
        _print_report(program, wanted, number, form, most)
        return
    file = program.object(wanted)
    from torgsync.jobs.run import requests_of, run_of, runs

    every = show is HistoryPart.ALL
    with program.job(file) as job:
        if number is None:
            listed = runs(job, LATEST if output is Format.TABLE and not every else None)
            _print_runs(program, job, listed, output)
        else:
            past, requests = run_of(job, number), requests_of(job, number)
            if output is Format.JSON:
                head = {"schema": SCHEMA, "object": job.object.name, "run": _document(past)}
                changes = map(_change, _changes(job, past))
                print_json(head, {"changes": changes, "requests": map(_request, requests)})
            elif output is Format.CSV:
                print_csv(_rows(job, past))
            else:
                _print_run(program, job, past, requests, every=every)


def _print_report(
    program: Program, wanted: str | None, number: int | None, form: PlanFormat, most: int
) -> None:
    """Print the report of one run. Raises UsageError where none is named."""
    from torgsync.cli.plan.reports.document import ReportDocument
    from torgsync.cli.plan.reports.run_report import run_report
    from torgsync.jobs.run import requests_of, run_of

    if number is None:
        raise UsageError(
            _("`--format {format}` is for one run", format=form),
            hint=_(
                "name it: `torgsync history RUN --format {format}`; the list of runs is printed as a table, "
                "JSON or CSV",
                format=form,
            ),
        )
    file = program.object(wanted)
    document = ReportDocument(program, form, 1, most)
    with program.job(file) as job:
        past, requests = run_of(job, number), requests_of(job, number)
        title = _("run {run}", run=number)
        with document.speaking(job.object), document.written(title, {file.slug: lambda: file}):
            document.add(run_report(job, past, requests, language=document.language_of(job.object)))


LATEST = 20
"""Runs, and requests of one run, that the table shows one by one."""

# All runs


def _print_runs(program: Program, job: JobContext, listed: PastRuns, output: Format) -> None:
    """Print runs, newest first."""
    runs = listed.runs
    if output is Format.JSON:
        head = {"schema": SCHEMA, "object": job.object.name}
        print_json(head, {"runs": (_document(past) for past in runs)})
    elif output is Format.CSV:
        print_csv(map(_flat, runs))
    elif not runs:
        program.notify(_("`{object}` was not synchronized yet", object=job.object.name))
    else:
        headings = (_("run"), _("started"), _("took"), _("by"), _("exit"), _("what it did"))
        print_table(program, headings, map(_cells, runs))
        if rest := listed.total - len(runs):
            program.print(
                _n(
                    "… and {count} older run; `--show all` lists it",
                    "… and {count} older runs; `--show all` lists them",
                    rest,
                )
            )
        if listed.complete_since:
            program.print(_("before {since:time} only totals are kept", since=listed.complete_since))


def _cells(past: PastRun) -> Iterator[object]:
    record = past.record
    yield record.number
    yield shop_time(record.started)
    yield time_words(record.finished - record.started) if record.finished else None
    yield (record.holder.user, record.holder.host)
    yield STATES[past.state] if record.exit_code is None else record.exit_code
    yield tuple(did(past))


def _document(past: PastRun) -> dict[str, Any]:
    record = past.record
    ended = record.finished
    return {
        "run": record.number,
        "started": utc_iso(record.started),
        "finished": utc_iso(ended) if ended else None,
        "seconds": round((ended - record.started).total_seconds(), 3) if ended else None,
        **pick(record.holder, "user", "host"),
        "state": str(past.state),
        "exit": record.exit_code,
        "counts": dict(record.outcomes),
        **pick(record, "requests", "imports", "orders", "parcels", "messages", "unclear_messages"),
        "totals_only": record.totals is not None,
        "external_ids": pick(record.ids, "written", "changed") if record.ids else None,
        "kept": record.kept,
        "stale": {"plan": record.stale.name, "run": record.stale.run} if record.stale else None,
        "overrides": [_override(opened) for opened in record.overrides],
        "undoes": record.turned_back,
        "undone_by": list(past.undone_by),
    }


def _override(opened: Overridden) -> dict[str, object]:
    return {
        **pick(opened.override, "guard", "allowed"),
        "saw": override_observed(opened.override.guard, opened.override.observed),
        "at": utc_iso(opened.at),
        **pick(opened, "user", "host"),
        "plan": opened.override.observed.get("plan"),
        "plan_run": opened.override.observed.get("plan_run"),
    }


def _flat(past: PastRun) -> dict[str, object]:
    row = _document(past)
    counts, overrides = row.pop("counts"), row.pop("overrides")
    undone_by, ids, stale = row.pop("undone_by"), row.pop("external_ids"), row.pop("stale")
    return {
        **row,
        **counts,
        "ids_written": ids["written"] if ids else None,
        "ids_changed": ids["changed"] if ids else None,
        "stale": stale["plan"] if stale else None,
        "overrides": " ".join(opened["allowed"] for opened in overrides),
        "undone_by": " ".join(map(str, undone_by)),
    }


# One run


def _changes(job: JobContext, past: PastRun) -> Iterator[NumberedChange]:
    from torgsync.jobs.plan.result import PlanView

    plan = past.record.plan
    return iter(()) if plan is None or past.record.totals else PlanView(job, plan).changes()


def _change(item: NumberedChange) -> dict[str, object]:
    return change_document(item.change) | {
        "state": str(item.outcome) if item.outcome else None,
        "message": reasons_message(item.reasons),
    }


def _request(request: Request) -> dict[str, object]:
    return {
        "sent_at": utc_iso(request.sent_at),
        **pick(request, "method", "path", "items", "status"),
        "outcome": request.outcome or None,
    }


def _rows(job: JobContext, past: PastRun) -> Iterator[dict[str, object]]:
    for item in _changes(job, past):
        for row in field_rows(item.change):
            yield {**row, "state": item.outcome or "", "message": reasons_message(item.reasons)}


def _print_run(
    program: Program, job: JobContext, past: PastRun, requests: Sequence[Request], *, every: bool
) -> None:
    record = past.record
    program.print(
        _(
            "{object}: run {run}, {started:time}, by {user} on {host}",
            object=job.object.name,
            run=record.number,
            started=record.started,
            user=record.holder.user,
            host=record.holder.host,
        )
    )
    program.print(ended_words(past))
    for line in did(past):
        program.print(line)
    for opened in record.overrides:
        guard = opened.override.guard
        seen = override_observed(guard, opened.override.observed)
        program.print(_("  the guard `{guard}` had found: {seen}", guard=guard, seen=seen), 4)
    if record.totals:
        program.print(_("only its totals are kept; `keep` in `[history]` sets how long changes are kept"))
    elif record.plan and any(record.outcomes.values()):
        print_changes(program, job, record.plan, Show.ALL if every else Show.CHANGES, outcome_words)
        _print_found(program, job, record)
        print_failures(program, job, record.plan, every=every)
    if requests:
        program.print()
        _print_requests(program, requests, every=every)
    elif record.totals and record.totals.requests:
        program.out.print()
        _print_kinds(program, record.totals.requests)


def _print_found(program: Program, job: JobContext, record: RunRecord) -> None:
    """Print why guards hold what a run kept."""
    from torgsync.cli.plan.guards import render_found
    from torgsync.cli.plan.labels import label_width
    from torgsync.jobs.run import kept_of

    kept = kept_of(job, record.number) if record.kept else None
    if kept:
        program.print()
        for line in render_found(kept.violations):
            program.print(line, label_width())


def _print_requests(program: Program, requests: Sequence[Request], *, every: bool) -> None:
    """Print each request, or of many how often each endpoint answered what."""
    if every or len(requests) <= LATEST:
        rows = (
            (
                shop_second(request.sent_at),
                f"{request.method} {request.path}",
                *(request.items or None, request.status, request_outcome(request.outcome)),
            )
            for request in requests
        )
        print_table(program, (_("at"), _("request"), _("items"), _("status"), _("outcome")), rows)
        return
    _print_kinds(program, Counter(request.kind for request in requests))
    program.print(_("`--show all` lists every request"))


def _print_kinds(program: Program, kinds: Mapping[RequestKind, int]) -> None:
    counts = (
        (number, f"{kind.method} {kind.endpoint}", kind.status, request_outcome(kind.outcome))
        for kind, number in kinds.items()
    )
    print_table(program, (_("requests"), _("address"), _("status"), _("outcome")), counts)
