"""`torgsync history`: what was done, when, by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption, Show
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import pick, print_csv, print_json, print_table
from torgsync.cli.messages.guards import override_observed
from torgsync.cli.messages.outcomes import reasons_message
from torgsync.cli.plan.documents import change_document, field_rows
from torgsync.cli.plan.outcomes import asked_words, outcome_count, outcome_words, print_failures, time_words
from torgsync.cli.plan.render import print_changes
from torgsync.core.clock import shop_second, shop_time, utc_iso
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.run import PastRun, PastRuns
    from torgsync.state.runs.change_rows import NumberedChange
    from torgsync.state.runs.history import RunRecord, WrittenIds
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
    output: FormatOption = Format.TABLE,
    show: Annotated[
        HistoryPart, typer.Option("--show", help=_("What fits a screen, or everything."))
    ] = HistoryPart.CHANGES,
) -> None:
    """List the runs of an object, newest first, or show all that one of them did."""
    program = program_of(context, output)
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
        program.notify(_("`{object}` was not synchronised yet", object=job.object.name))
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
    yield _STATES[past.state] if record.exit_code is None else record.exit_code
    yield tuple(_did(past))


_STATES: dict[str, Message] = {
    "finished": _("finished"),
    "running": _("running"),
    "died": _("interrupted"),
}
"""How far a run is, by its `RunState`."""


def _did(past: PastRun) -> Iterator[Message]:
    record = past.record
    if record.undoes and record.turned_back:
        yield _("rolled back run {run}", run=record.undoes)
    elif record.undoes:
        yield _("was to roll back run {run}", run=record.undoes)
    outcomes = joined(
        ", ", (outcome_count(name, number) for name, number in record.outcomes.items() if number)
    )
    if record.exit_code == Exit.STALE:  # Prom was not asked, so it refused nothing
        outcomes = _("its plan was out of date")
    did = [*_fetched(past), *_shipped(past), *(_wrote(record.ids) if record.ids else ())]
    if outcomes or not did:
        yield outcomes or _nothing(past)
    yield from did
    yield asked_words(record.requests, record.imports)
    for opened in record.overrides:
        yield _opened(opened)
    if record.kept:
        yield _("what it held was kept as the plan `{name}`", name=record.kept)
    if past.undone_by:
        yield _("rolled back by run {runs}", runs=list(past.undone_by))


def _opened(opened: Overridden) -> Message:
    """Return what a person let through: of a plan that is made for it, or of one that an earlier run kept."""
    allowed, of = opened.override.allowed, opened.override.observed
    if "plan" not in of:
        return _("`--allow {allowed}`, by {user}", allowed=allowed, user=opened.user)
    return _(
        "approved from the plan `{name}` of run {run}, by {user}: {allowed}",
        name=of["plan"],
        run=of["plan_run"],
        user=opened.user,
        allowed=allowed,
    )


def _wrote(ids: WrittenIds) -> Iterator[Message]:
    if ids.changed:
        yield _n(
            "{count} product changed in more than the external id",
            "{count} products changed in more than the external id",
            ids.changed,
        )
    if ids.open:
        yield _("the outcome of its import of external ids is not known yet")
    if ids.written or not (ids.changed or ids.open):
        yield _n("{count} external id written", "{count} external ids written", ids.written)


def _nothing(past: PastRun) -> Message:
    """Return that a run changed nothing, in the words of what it was for."""
    record = past.record
    if record.plan is not None:
        return _("no changes")
    if not record.requests:
        return _("orders or clients, on this computer only")
    return _("no new orders") if record.exit_code in (Exit.DONE, Exit.HELD) else _("nothing was done")


def _fetched(past: PastRun) -> Iterator[Message]:
    """Yield how many orders a run fetched: new ones, and new versions."""
    if past.record.orders:
        record = past.record
        changed = record.orders - record.new_orders
        yield _("orders fetched: {new} new, {changed} changed", new=record.new_orders, changed=changed)


def _shipped(past: PastRun) -> Iterator[Message]:
    """Yield what `orders ship` did."""
    record = past.record
    if record.parcels:
        yield _n("{count} parcel number saved", "{count} parcel numbers saved", record.parcels)
    if record.messages:
        yield _n("{count} message sent to buyers", "{count} messages sent to buyers", record.messages)
    if record.unclear_messages:
        yield _n(
            "{count} message to a buyer: unknown whether it was sent",
            "{count} messages to buyers: unknown whether they were sent",
            record.unclear_messages,
        )


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
    undone_by, ids = row.pop("undone_by"), row.pop("external_ids")
    return {
        **row,
        **counts,
        "ids_written": ids["written"] if ids else None,
        "ids_changed": ids["changed"] if ids else None,
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
    from torgsync.jobs.run import RunState

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
    if past.state is RunState.RUNNING:
        program.print(_("it is still running, process {pid}", pid=record.holder.pid))
    elif record.finished is None:
        program.print(_("it was interrupted; the next run finishes checking what it left open"))
    elif past.state is RunState.DIED:
        took = time_words(record.finished - record.started)
        program.print(
            _("it was interrupted after {took}; a later run finished checking what it left open", took=took)
        )
    else:
        took = time_words(record.finished - record.started)
        program.print(_("it took {took}, exit code {code}", took=took, code=record.exit_code))
    for line in _did(past):
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
                *(request.items or None, request.status, _request_outcome(request.outcome)),
            )
            for request in requests
        )
        print_table(program, (_("at"), _("request"), _("items"), _("status"), _("outcome")), rows)
        return
    _print_kinds(program, Counter(request.kind for request in requests))
    program.print(_("`--show all` lists every request"))


def _request_outcome(outcome: str) -> Message:
    """Return how a request ended; the kind of an error is a code."""
    if outcome == "done":
        return _("done")
    return composed("`{kind}`", kind=outcome) if outcome else _("no answer")


def _print_kinds(program: Program, kinds: Mapping[RequestKind, int]) -> None:
    counts = (
        (number, f"{kind.method} {kind.endpoint}", kind.status, _request_outcome(kind.outcome))
        for kind, number in kinds.items()
    )
    print_table(program, (_("requests"), _("address"), _("status"), _("outcome")), counts)
