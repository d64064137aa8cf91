"""`torgsync fleet status`: how all shops of a fleet stand, and how its workers keep up."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.program import SCHEMA, Program, program_of
from torgsync.cli.base.render import pick, print_json, print_table
from torgsync.cli.fleet.guard_words import guard_lines, guard_rows
from torgsync.cli.fleet.run import run_ending
from torgsync.cli.side_by_side.summary import GOOD
from torgsync.core.clock import iso_or_none, utc_iso
from torgsync.core.counts import ago
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.core.fleet.backlog import Backlog
    from torgsync.jobs.fleet.status import FleetShop, FleetStatus


NEVER = timedelta(minutes=2)
"""How long after its moment a first run has begun, unless workers refuse the object or are busy."""


class FleetFormat(StrEnum):
    """How the status of a fleet is printed."""

    TABLE = "table"
    JSON = "json"
    PROMETHEUS = "prometheus"


def status(
    context: typer.Context,
    output: Annotated[
        FleetFormat, typer.Option("--format", help=_("How to print the result."))
    ] = FleetFormat.TABLE,
) -> None:
    """Show how every shop of the fleet stands, and how the workers keep up.

    Nothing is asked of Prom.ua. Shops whose last run failed, or that are late, come first.
    """
    program = program_of(context)
    program.json = output is FleetFormat.JSON
    from torgsync.jobs.fleet.status import fleet_status

    now = program.now()
    found = fleet_status(program.settings, now, program.notify)
    if output is FleetFormat.PROMETHEUS:
        from torgsync.jobs.fleet.metrics import fleet_metrics_text

        sys.stdout.write(fleet_metrics_text(found))
    elif output is FleetFormat.JSON:
        shops = [_shop_document(shop) for shop in found.shops]
        tail = {**_tail(found), "guards": list(guard_rows(found.guard))}
        print_json({"schema": SCHEMA, "shops": shops}, {}, tail)
    else:
        _print(program, found, now)
        for line in guard_lines(found.guard):
            program.print(line, style="held")


def _shop_document(shop: FleetShop) -> dict[str, Any]:
    last, lease = shop.last, shop.lease
    return {
        "slug": shop.slug,
        "object": shop.name,
        "last_success": iso_or_none(shop.last_success),
        "last_run": {
            "run": last.number,
            "started": utc_iso(last.started),
            "finished": iso_or_none(last.finished),
            "exit": last.exit_code,
        }
        if last
        else None,
        "late": int(shop.late.total_seconds()),
        "next": iso_or_none(shop.next),
        "running": {**pick(lease.holder, "user", "host", "pid"), "since": iso_or_none(lease.since)}
        if lease
        else None,
    }


def _tail(found: FleetStatus) -> dict[str, Any]:
    queue = found.queue
    return {
        "workers": [{"host": host, "pid": pid} for host, pid in queue.workers] if queue else None,
        "backlog": {
            str(lane): pick(backlog, "ready", "later", "at_work") for lane, backlog in queue.backlog.items()
        }
        if queue
        else None,
        "queue_error": pick(found.trouble, "kind", "message") if found.trouble else None,
        "runs_per_minute": round(found.a_minute, 2),
        "last_hour": {
            "exits": {str(code): count for code, count in sorted(found.pace.codes.items())},
            "died": found.pace.died,
        },
    }


# For people


def _print(program: Program, found: FleetStatus, now: datetime) -> None:
    if not found.shops:
        program.notify(_("no sync object was pushed yet: {command}", command="torgsync fleet push DIR"))
    else:
        headings = (_("object"), _("last success"), _("late"), _("last run"), _("at work"))
        shops = sorted(found.shops, key=_urgency)
        print_table(program, headings, (tuple(_cells(shop, now)) for shop in shops))
        program.print()
    if found.queue:
        workers = joined(", ", (f"{host} ({pid})" for host, pid in found.queue.workers))
        count = len(found.queue.workers)
        program.print(
            _n("{count} worker: {workers}", "{count} workers: {workers}", count, workers=workers)
            if count
            else _("no worker is there; start one: {command}", command="torgsync fleet worker"),
            style=None if count else "warning",
        )
        lanes = (
            composed("{lane} {counts}", lane=_LANES[lane], counts=_backlog(backlog))
            for lane, backlog in found.queue.backlog.items()
        )
        program.print(_("asked for: {lanes}", lanes=joined("; ", lanes)))
        if never := sum(shop.last is None and shop.late >= NEVER for shop in found.shops):
            program.print(
                _n(
                    "{count} shop is due and was never performed: what workers refuse is in their logs",
                    "{count} shops are due and were never performed: what workers refuse is in their logs",
                    never,
                ),
                style="warning",
            )
    elif found.trouble:
        program.warn(found.trouble.message)
        if found.trouble.hint:
            program.hint(found.trouble.hint)
    program.print(_("{count} runs a minute", count=f"{found.a_minute:.1f}"))
    program.print(_("in the last hour: {endings}", endings=joined(", ", _endings(found)) or _("no runs")))


def _urgency(shop: FleetShop) -> tuple[bool, int, bool, str]:
    """Return what shops are sorted by: those whose last run failed, those that are late, those that wait."""
    ended = shop.last.exit_code if shop.last and not shop.lease else Exit.DONE
    late = int(shop.late.total_seconds() // 60)
    return ended in GOOD, -late, ended != Exit.HELD, shop.name.casefold()


def _cells(shop: FleetShop, now: datetime) -> Iterator[object]:
    yield shop.name
    yield ago(shop.last_success, now)
    late = ago(now - shop.late, now) if shop.late >= timedelta(minutes=1) else None
    yield _("no time for workers") if shop.next is None else late
    yield _last(shop)
    holder = shop.lease.holder if shop.lease else None
    yield f"{holder.host} ({holder.pid})" if holder else None


def _last(shop: FleetShop) -> Message | None:
    """Return how the last run ended, with its exit code."""
    if shop.last is None:
        return None
    if shop.last.exit_code is None:
        return _("goes on") if shop.lease else _("it died")
    code = Exit(shop.last.exit_code)
    return composed("{code} {ending}", code=int(code), ending=run_ending(code))


_LANES = {"orders": _("orders"), "goods": _("items"), "imports": _("imports")}


def _backlog(backlog: Backlog) -> Message:
    parts = [_("{count} now", count=backlog.ready), _("{count} at work", count=backlog.at_work)]
    if backlog.later:
        parts.append(_("{count} later", count=backlog.later))
    return joined(", ", parts)


def _endings(found: FleetStatus) -> Iterator[Message]:
    counts = {Exit(code): count for code, count in found.pace.codes.items()}
    for code in Exit:
        if code in counts:
            yield composed(
                "{count} {ending} ({code})", count=counts[code], ending=run_ending(code), code=int(code)
            )
    if found.pace.died:
        yield _("{count} died", count=found.pace.died)
