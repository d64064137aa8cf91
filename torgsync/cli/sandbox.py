"""`torgsync sandbox`: a Prom.ua of your own on loopback, and how a recording differs from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.commands import Command, Group
from torgsync.cli.base.options import FormatOption, separated
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_csv, print_json
from torgsync.core.text import counted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.core.recording.compare import FoldedDifference

EPILOG = """
\b
A manner is KEY=VALUE: last_id=inclusive|exclusive, root_group_only=true|false,
forbidden_as=200-message|401-html|403-html|403-json,
api_closed=no|401-json|403-json|200-message, texts=clean|broken,
report_unchanged=true|false, date_filters=utc|kyiv,
deleted_lines=no-id|no-ids|whole, gifts=none|zero|null,
chat_refusals=200-error|400-error|404-error, quiet_orders=true|false,
commission_seconds=SECONDS.

\b
Manners of imports: second_import=refuse|accept, imports_per_day=N,
import_seconds=SECONDS, spreadsheets=as-asked|wipe|no-ids,
busy_import_as=400-object|400-flat|400-text|200-object|200-flat,
row_errors=flat|external-ids|prom-ids|row-numbers, refused_file=ends|hangs,
failed_import_as=FATAL|FAIL|error|failed.

\b
Manners of the answers' form: whole_numbers=integer|float, order_keys=all|fewer,
product_dates=second|hour, warehouse_refs=at-once|later|never,
status_options=title|name, edit_errors=fields|text.

\b
Manners of what is taken: unknown_fields=refuse|ignore,
minimum_quantity=optional|required, cancellation_reasons=agreed|all,
plain_dates=read|empty, chat=true|false.

\b
A fault is [METHOD] [PATH] TROUBLE [KEY=VALUE ...]. The path begins below
/api/v1/ and may hold * and ?. Troubles: 429 and 500 to 599 (retry_after=SECONDS),
lost, cut, slow (seconds=N), truncated, web-page (status=200|403|503),
gaps (items_every=N, items_share=0.3), import-refused (reason=daily-limit|running),
import-never-ends, import-fails,
photos-missing (status=404, items_every=N, items_share=0.3),
status-warning, parcel-refused,
no-lines (lines=absent|null|empty, items_every=N, items_share=0.3).
All calls meet it, or those that are chosen: the nth=N one, every=N, from the
first=N to the last=N, or a random share=0.2 with seed=N.

The seller and buyers act while it runs, by JSON posted below /cabinet/, without a token:

\b
curl http://127.0.0.1:8765/cabinet/order/place -d '{"products": [{"product": "26931"}]}'

\b
curl http://127.0.0.1:8765/cabinet/product/edit -d '{"product": "26931", "price": 74.5}'

\b
Others: order/pay, order/cancel, order/refund, order/status, order/parcel, order/costs,
product/add, product/hide, product/delete, group/add, payment/add, message/write,
chat/write, import/start, import/cancel; a GET of one tells its keys.
"""


def sandbox(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", help="Port on this machine; 0 picks a free one.", min=0, max=65535)
    ] = 8765,
    token: Annotated[
        list[str] | None,
        typer.Option(
            "--token",
            help="A token that may do everything; `sandbox` by default.",
            metavar="TOKEN,…",
            callback=separated,
        ),
    ] = None,
    read_only_token: Annotated[
        list[str] | None,
        typer.Option(
            "--read-only-token", help="A token that may only read.", metavar="TOKEN,…", callback=separated
        ),
    ] = None,
    expired_token: Annotated[
        list[str] | None,
        typer.Option(
            "--expired-token", help="A token whose time is over.", metavar="TOKEN,…", callback=separated
        ),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option("--scenario", help="TOML file with goods, tokens, manners and faults.", metavar="FILE"),
    ] = None,
    manner: Annotated[
        list[str] | None,
        typer.Option(
            "--manner",
            help="How it behaves where the real one is not known.",
            metavar="KEY=VALUE,…",
            callback=separated,
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", help="How it misbehaves, such as `POST products/edit* nth=2 429`.", metavar="RULE"
        ),
    ] = None,
    fill: Annotated[
        int | None,
        typer.Option(
            "--fill", help="Invent so many products, if it has none yet.", metavar="N", min=0, max=100_000
        ),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="File in which the shop is kept.", metavar="FILE")
    ] = None,
    import_seconds: Annotated[
        float | None,
        typer.Option(
            "--import-seconds",
            help="How long an import takes; 1.5 by default.",
            metavar="SECONDS",
            min=0,
            max=86_400,
        ),
    ] = None,
    photos: Annotated[
        list[Path] | None,
        typer.Option(
            "--photos",
            help="A folder with the photos, found by file name, to be shown on the pages; may be repeated.",
            exists=True,
            file_okay=False,
            metavar="DIR",
        ),
    ] = None,
) -> None:
    """Serve a Prom.ua of your own until Ctrl-C. Without `--keep` it forgets everything then.

    In a browser it shows the shop as a buyer sees it, and the seller's side.
    """
    if context.invoked_subcommand:
        _refuse_options(context)
        return
    program = program_of(context)
    from torgsync.demo.sandbox import SandboxOptions, open_sandbox
    from torgsync.sandbox.server import serve

    options = SandboxOptions(
        scenario=scenario,
        quirks=tuple(manner or ()),
        faults=tuple(fault or ()),
        tokens=tuple(token or ()),
        read_only_tokens=tuple(read_only_token or ()),
        expired_tokens=tuple(expired_token or ()),
        products=fill,
        import_seconds=import_seconds,
        keep=keep,
    )
    _say_empty(program, scenario)
    with open_sandbox(options) as shop, serve(shop, port=port, photos=photos or ()) as server:
        program.notify(f"a Prom.ua of your own at {server.url}; Ctrl-C stops it")
        program.notify(f"export TORGSYNC_PROM_URL={server.url}")
        program.notify(f"the shop as a buyer sees it: {server.shop_url}")
        try:
            server.wait()
        except KeyboardInterrupt:
            program.notify("stopped")


def _say_empty(program: Program, scenario: Path | None) -> None:
    """Say of a scenario that it changes nothing: its file may be the wrong one, or not saved yet."""
    from torgsync.demo.sandbox import load_scenario
    from torgsync.sandbox.scenario import Scenario

    if scenario and load_scenario(scenario) == Scenario():
        program.notify(f"the scenario `{scenario}` is empty: the sandbox is as it would be without it")


def _refuse_options(context: typer.Context) -> None:
    """Raise UsageError for an option before the subcommand: it would have no effect there."""
    for parameter in context.command.params:
        name = parameter.name or ""
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE":
            raise UsageError(
                f"`{parameter.opts[0]}` before `{context.invoked_subcommand}` has no effect",
                hint=f"see `torgsync sandbox {context.invoked_subcommand} --help`",
            )


def compare(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A recording that `--record` made.", metavar="FILE")],
    scenario: Annotated[
        Path | None,
        typer.Option("--scenario", help="TOML file with tokens, manners and faults.", metavar="FILE"),
    ] = None,
    manner: Annotated[
        list[str] | None,
        typer.Option(
            "--manner",
            help="How the sandbox behaves, as when it serves.",
            metavar="KEY=VALUE,…",
            callback=separated,
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help="How the sandbox misbehaves, as when it serves.", metavar="RULE"),
    ] = None,
    import_seconds: Annotated[
        float | None,
        typer.Option(
            "--import-seconds",
            help="How long an import takes; 1.5 by default.",
            metavar="SECONDS",
            min=0,
            max=86_400,
        ),
    ] = None,
    slower: Annotated[
        float,
        typer.Option(
            "--slower",
            help="Seconds by which the time of an answer may differ.",
            metavar="SECONDS",
            min=0,
            max=86_400,
        ),
    ] = 1.0,
    output: FormatOption = Format.TABLE,
    detailed: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 2 where anything differs.")
    ] = False,
) -> None:
    """Ask a sandbox what a recording asked, and list how its answers differ.

    Compared are status, headers, keys, types, words of the API, items, their order, and time. The sandbox
    holds what the recording shows; nothing is sent anywhere.
    """
    program = program_of(context, output)
    from torgsync.cli.messages.recording import ROW, difference_row
    from torgsync.demo.compare import compare_recording
    from torgsync.demo.sandbox import SandboxOptions

    options = SandboxOptions(
        scenario=scenario,
        quirks=tuple(manner or ()),
        faults=tuple(fault or ()),
        import_seconds=import_seconds,
    )
    _say_empty(program, scenario)
    comparison = compare_recording(file, options, slower)
    rows = [difference_row(folded) for folded in comparison.differences]
    if output is Format.JSON:
        head = {"schema": SCHEMA, "requests": comparison.requests}
        print_json(head, {"differences": rows})
    elif output is Format.CSV:
        print_csv(rows, ROW)
    else:
        asked = counted(comparison.requests, "request")
        if rows:
            _print_differences(program, comparison.differences)
            program.print("")
        found = counted(len(rows), "difference") if rows else "no difference"
        nothing = f"`{file}` is a recording without any request, so nothing was compared"
        program.print(f"{found} in {asked}" if comparison.requests else nothing)
    raise typer.Exit(int(Exit.PENDING if detailed and rows else Exit.DONE))


def _print_differences(program: Program, differences: Sequence[FoldedDifference]) -> None:
    """Print the differences of each call below its name."""
    from torgsync.cli.messages.recording import difference_place, sides

    calls = dict.fromkeys(folded.difference.call for folded in differences)
    for number, call in enumerate(calls):
        if number:
            program.print("")
        program.print(call)
        for folded in differences:
            if folded.difference.call == call:
                recorded, sandbox = sides(folded.difference)
                answers = f"{counted(folded.count, 'answer')}, first request {folded.first}"
                program.print(f"  {folded.difference.kind}: {difference_place(folded)} ({answers})", 4)
                program.print(f"    recorded: {recorded}; sandbox: {sandbox}", 6)


app = typer.Typer(
    name="sandbox",
    cls=Group,
    invoke_without_command=True,
    epilog=EPILOG,
    add_completion=False,
    rich_markup_mode=None,
)
app.callback()(sandbox)
app.command("compare", cls=Command)(compare)
