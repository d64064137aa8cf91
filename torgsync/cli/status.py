"""`torgsync status`: how sync objects stand, a line each, without a request."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import ObjectOption, StatusFormat
from torgsync.cli.base.program import SCHEMA, Program, program_of
from torgsync.cli.base.render import pick, print_csv, print_json, print_table
from torgsync.cli.base.streams import json_text
from torgsync.cli.fleet.held import held_rows, print_held
from torgsync.core.clock import iso_or_none, utc_iso
from torgsync.core.config.storages import kind_of
from torgsync.core.counts import ago, span
from torgsync.core.shell import quoted
from torgsync.errors import Exit, InvalidInput
from torgsync.i18n import Message, _, _n, composed, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.status import Known, ObjectStatus
    from torgsync.state.runs.status import LastRun


def status(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: Annotated[
        StatusFormat, typer.Option("--format", help=_("How to print the result."))
    ] = StatusFormat.TABLE,
    schema: Annotated[
        bool, typer.Option("--schema", help=_("Only print the JSON Schema of `--format json`."))
    ] = False,
) -> None:
    """Show how every sync object stands, a line each. Nothing is asked of Prom.ua.

    It reads what earlier runs left, also while a run goes on, and not the export.
    """
    program = program_of(context)
    program.json = output is StatusFormat.JSON
    if schema:
        from torgsync.cli.plan.schemas import STATUS

        print(json_text(STATUS, indent=2))  # noqa: T201  # it is the data asked for
        return
    from torgsync.jobs.status import statuses

    now = program.now()
    objects = program.objects(wanted, every=True)
    found = list(statuses(program.settings, objects, now, program.notify))
    if output is StatusFormat.PROMETHEUS:
        from torgsync.jobs.unattended.metrics import metrics_text_of

        sys.stdout.write(metrics_text_of(found))
    elif output is StatusFormat.TABLE:
        _print_table(program, found, now)
        print_held(program, now)
    else:
        documents = [_document(one, now) for one in found]
        if program.json:
            print_json({"schema": SCHEMA}, {"objects": documents, "guards": held_rows(program, now)})
        else:
            print_csv(map(_flat, documents))
    raise typer.Exit(int(Exit.worst(one.exit_code for one in found)))


# For programs


def _document(one: ObjectStatus, now: datetime) -> dict[str, Any]:
    known, export = one.known, one.export
    plan, lease = (known.plan, known.lease) if known else (None, None)
    return {
        "slug": one.slug,
        "object": one.name,
        "error": pick(one.error, "kind", "message") if one.error else None,
        "last_success": iso_or_none(known.last_success if known else None),
        "last_success_age": _age(known.last_success if known else None, now),
        "last_run": _run(known.last) if known and known.last else None,
        "plan": {"made": utc_iso(plan.made), **pick(plan, "run", "pending", "held")} if plan else None,
        "orders": {
            "fetched": iso_or_none(known.fetched),
            "waiting": known.waiting,
            "in_outbox": known.in_outbox,
            "unwritten": known.owed,
        }
        if known
        else None,
        "imports_left": one.imports_left,
        "export": {
            "path": export.place,
            "written": iso_or_none(export.written),
            "age": _age(export.written, now),
        }
        if export
        else None,
        "next": iso_or_none(one.next),
        "late": None if one.late is None else int(one.late.total_seconds()),
        "missed_since": iso_or_none(one.missed),
        "running": {**pick(lease.holder, "user", "host", "pid"), "since": iso_or_none(lease.since)}
        if lease
        else None,
    }


def _run(last: LastRun) -> dict[str, object]:
    return {
        "run": last.number,
        "started": utc_iso(last.started),
        "finished": iso_or_none(last.finished),
        "exit": last.exit_code,
    }


def _age(moment: datetime | None, now: datetime) -> int | None:
    return int((now - moment).total_seconds()) if moment else None


_PARTS = {
    "error": ("kind", "message"),
    "last_run": ("run", "started", "finished", "exit"),
    "plan": ("made", "run", "pending", "held"),
    "orders": ("fetched", "waiting", "in_outbox", "unwritten"),
    "export": ("path", "written", "age"),
    "running": ("user", "host", "pid", "since"),
}
"""Keys whose values are documents of their own, which CSV has as columns."""


def _flat(document: dict[str, Any]) -> dict[str, object]:
    row: dict[str, object] = {}
    for key, value in document.items():
        if key in _PARTS:
            row |= {f"{key}_{part}": value[part] if value else None for part in _PARTS[key]}
        else:
            row[key] = value
    return row


# For people


def _print_table(program: Program, found: Sequence[ObjectStatus], now: datetime) -> None:
    headings = (
        *(_("object"), _("last success"), _("plan"), _("pending"), _("held"), _("orders to do")),
        *(_("imports left"), _("export age"), _("due in")),
    )
    print_table(program, headings, (tuple(_cells(one, now)) for one in found))
    remarks = [(one, remark) for one in found for remark in _remarks(one)]
    if remarks:
        program.print()
    for one, remark in remarks:
        program.print(composed("{object}: {remark}", object=one.name, remark=remark))


def _cells(one: ObjectStatus, now: datetime) -> Iterator[object]:
    known = one.known
    plan = known.plan if known else None
    yield one.name
    yield ago(known.last_success if known else None, now)
    yield ago(plan.made if plan else None, now)
    yield plan.pending if plan else None
    yield plan.held if plan else None
    yield known.waiting if known else None
    yield one.imports_left
    yield ago(one.export.written if one.export else None, now)
    yield _("now") if one.late else span(one.next - now) if one.next else None


def _remarks(one: ObjectStatus) -> Iterator[Message]:
    """Yield what a person should know of an object beyond its line, each with the command that says more."""
    called = one.file.called if one.file else quoted(one.stem)
    if one.error:
        yield one.error.message
        if one.error.hint:
            yield one.error.hint
        elif isinstance(one.error, InvalidInput):
            yield verbatim(f"torgsync object check {called}")
    if one.export and one.export.hangs:
        yield _("the folder `{folder}` of the export does not answer", folder=one.export.path.parent)
    elif one.export and one.export.written is None:
        if kind_of(one.export.place):
            yield _("the export `{path}` was not fetched yet", path=one.export.place)
        else:
            yield _("there is no export file `{path}`", path=one.export.place)
    if one.missed:
        yield _(
            "nothing has run since {since:time}, although synchronization times were due: "
            "torgsync schedule list -o {called}",
            since=one.missed,
            called=called,
        )
    if one.known:
        yield from _work(one.known, called, usable=one.error is None)


def _work(known: Known, called: str, *, usable: bool) -> Iterator[Message]:
    """Yield who works with an object, how its last run ended, and what waits."""
    if known.lease:
        holder = known.lease.holder
        yield _(
            "a run goes on: {user} on {host}, process {pid}",
            user=holder.user,
            host=holder.host,
            pid=str(holder.pid),
        )
    elif known.last is None:
        if usable:
            yield _("it was not synchronized yet: torgsync sync -o {called}", called=called)
    elif known.last.exit_code != Exit.DONE:
        yield _ended(known.last, called)
    if known.unplaced:
        yield _n(
            "the payment method of {count} order has no cash register or account: "
            "torgsync payments fetch -o {called}",
            "the payment methods of {count} orders have no cash register or account: "
            "torgsync payments fetch -o {called}",
            known.unplaced,
            called=called,
        )
    if known.todo:
        yield _("what orders wait for: torgsync orders list --held -o {called}", called=called)
    if known.owed:
        yield _("order files could not be written: torgsync doctor -o {called}", called=called)


def _ended(last: LastRun, called: str) -> Message:
    if last.exit_code is None:
        return _(
            "the last run, {at:time}, was interrupted: torgsync sync -o {called}",
            at=last.started,
            called=called,
        )
    if last.number is None:
        return _(
            "no run came of the synchronization time of {at:time}: exit code {code}, torgsync explain {code}",
            at=last.started,
            code=str(last.exit_code),
        )
    return _(
        "the last run, {at:time}, ended with exit code {code}: torgsync history {run} -o {called}",
        at=last.started,
        code=str(last.exit_code),
        run=str(last.number),
        called=called,
    )
