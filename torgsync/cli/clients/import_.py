"""`torgsync clients import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.core.text import counted
from torgsync.errors import UsageError

if TYPE_CHECKING:
    from torgsync.jobs.orders.clients import ClientsImport


def import_(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(help="TSClients.trs; without it the one of the sync object.", metavar="FILE"),
    ] = None,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Read the clients that Torgsoft knows; nothing is taken away, and a second time changes nothing."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.jobs.orders.clients import read_torgsoft_clients

    file = program.object(wanted)
    given = path or file.clients_path
    if given is None:
        raise UsageError(
            "which file?",
            hint=f'name it, or set it once: torgsync object edit {file.called} --set clients.path="…"',
        )
    with program.job(file) as job:
        result = read_torgsoft_clients(job, given)
    if result is None:  # pragma: no cover  # a file that is named is always read
        return
    numbers = {name: getattr(result, name) for name in ("rows", "new", "known", "ambiguous", "unreadable")}
    print_result(
        output,
        [numbers],
        lambda: _notify(program, given, result),
        head={"object": file.settings.name},
        tail={"clients": numbers, "exit": int(result.exit_code)},
    )
    raise typer.Exit(int(result.exit_code))


def _notify(program: Program, path: Path, result: ClientsImport) -> None:
    """Report what came of Torgsoft's clients."""
    number = counted(result.rows, "client")
    program.notify(f"{number} in `{path.name}`: {result.new} new, {result.known} known")
    if result.unreadable:
        phones = counted(result.unreadable, "phone is no number", "phones are no numbers")
        program.notify(f"! {phones} and will find nobody", style="warning")
    if result.ambiguous:
        rows = counted(result.ambiguous, "row fits", "rows fit")
        program.notify(f"! {rows} several known clients; none was picked", style="warning")
