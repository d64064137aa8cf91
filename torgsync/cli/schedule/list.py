"""`torgsync schedule list`: synchronization times, the next ones and the last attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.core.clock import SHOP_ZONE, shop_time
from torgsync.errors import Exit, ObjectInvalid

if TYPE_CHECKING:
    from torgsync.core.config.schedule import Attempt
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.config.schedule import Timed


def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List synchronization times, when each comes next, and how it ended last."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.jobs.config.schedule import timetable

    rows: list[dict[str, Any]] = []
    table_rows: list[dict[str, object]] = []
    codes = []
    for slug, read in program.objects(wanted, every=True).items():
        try:
            file = read()
        except ObjectInvalid as invalid:
            program.notify(f"! {slug}: {invalid.message}", style="warning")
            codes.append(invalid.exit_code)
            continue
        with program.job(file) as job:
            table = timetable(job)
        rows += [_render_row(file, timed) for timed in table]
        table_rows += [_render_table_row(file, timed) for timed in table]
    if form is Format.CSV:
        rows = [row | {"next": " ".join(map(str, row["next"]))} for row in rows]
    print_rows(program, form, "synchronization_times", rows, table_rows, columns=COLUMNS)
    raise typer.Exit(int(Exit.worst(codes)))


COLUMNS = (
    "object", "number", "user", "every", "between", "days", "only", "due", "next", "last", "last_exit",
)  # fmt: skip


def _render_row(file: ObjectFile, timed: Timed) -> dict[str, Any]:
    time, last = timed.time, timed.last
    return {
        "object": file.settings.name,
        "number": timed.number,
        "user": time.user,
        "every": time.every,
        "between": "-".join(time.between) if time.between else None,
        "days": time.days,
        "only": time.only,
        "due": timed.due,
        "next": [moment.astimezone(SHOP_ZONE).isoformat() for moment in timed.coming],
        "last": last.moment.astimezone(SHOP_ZONE).isoformat() if last else None,
        "last_exit": None if last is None or last.exit_code is None else int(last.exit_code),
    }


def _render_table_row(file: ObjectFile, timed: Timed) -> dict[str, object]:
    return {
        "no": timed.number,
        "object": file.settings.name,
        "time": f"{timed.time}\n{timed.time.user}",
        "next": "\n".join(["now"] * timed.due + [*map(shop_time, timed.coming)]),
        "last": _render_attempt(timed.last) if timed.last else None,
    }


def _render_attempt(last: Attempt) -> str:
    ended = "not ended" if last.exit_code is None else f"exit code {int(last.exit_code)}"
    return f"{shop_time(last.moment)}\n{ended}"
