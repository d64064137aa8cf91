"""`torgsync sandbox`: a Prom.ua of your own on loopback, and how a recording differs from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.commands import Command, Context, Group
from torgsync.cli.base.options import FormatOption, separated
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_csv, print_json
from torgsync.cli.messages.sandbox import EPILOG
from torgsync.core.counts import request_count
from torgsync.errors import Exit, UsageError
from torgsync.i18n import Message, _, _n, verbatim

if TYPE_CHECKING:
    from torgsync.core.recording.compare import FoldedDifference
    from torgsync.sandbox.server import Listener

_KINDS: dict[str, Message] = {
    "status": _("status"),
    "headers": _("headers"),
    "keys": _("keys"),
    "types": _("types"),
    "words": _("words"),
    "items": _("items"),
    "order": _("order of items"),
    "timing": _("timing"),
}
"""In what two answers differ, for people."""


def sandbox(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", help=_("Port on this machine; 0 picks a free one."), min=0, max=65535)
    ] = 8765,
    token: Annotated[
        list[str] | None,
        typer.Option(
            "--token",
            help=_("A token with all rights; `sandbox` by default."),
            metavar="TOKEN,…",
            callback=separated,
        ),
    ] = None,
    read_only_token: Annotated[
        list[str] | None,
        typer.Option(
            "--read-only-token", help=_("A token that may only read."), metavar="TOKEN,…", callback=separated
        ),
    ] = None,
    expired_token: Annotated[
        list[str] | None,
        typer.Option(
            "--expired-token", help=_("A token that has expired."), metavar="TOKEN,…", callback=separated
        ),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario", help=_("TOML file with products, tokens, manners and faults."), metavar="FILE"
        ),
    ] = None,
    manner: Annotated[
        list[str] | None,
        typer.Option(
            "--manner",
            help=_("How it behaves where the real Prom.ua's behaviour is unknown."),
            metavar="KEY=VALUE,…",
            callback=separated,
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", help=_("How it misbehaves, such as `POST products/edit* nth=2 429`."), metavar="RULE"
        ),
    ] = None,
    fill: Annotated[
        int | None,
        typer.Option(
            "--fill",
            help=_("Invent this many products, if it has none yet."),
            metavar="N",
            min=0,
            max=100_000,
        ),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help=_("File that keeps the shop."), metavar="FILE")
    ] = None,
    import_seconds: Annotated[
        float | None,
        typer.Option(
            "--import-seconds",
            help=_("How long an import takes; 1.5 by default."),
            metavar="SECONDS",
            min=0,
            max=86_400,
        ),
    ] = None,
    photos: Annotated[
        list[Path] | None,
        typer.Option(
            "--photos",
            help=_("Folder with photos for the pages, found by file name; may be repeated."),
            metavar="DIR",
        ),
    ] = None,
    shops: Annotated[
        int | None,
        typer.Option(
            "--shops",
            help=_("Play this many shops, each with a token of its own: `sandbox-token-001` and so on."),
            metavar="N",
            min=1,
            max=1_000,
        ),
    ] = None,
) -> None:
    """Run a Prom.ua of your own for rehearsals, until Ctrl-C.

    Without `--keep` it then forgets everything. In a browser it shows the shop as a buyer sees it, and the
    seller's side.
    """
    if context.invoked_subcommand:
        _refuse_options(context)
        return
    program = program_of(context)
    for folder in photos or ():
        if not folder.is_dir():
            raise UsageError(_("`--photos`: `{path}` is not a folder", path=folder))
    from torgsync.demo.sandbox import SandboxOptions, open_sandbox, open_shops
    from torgsync.sandbox.server import serve, serve_shops

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
        shops=shops,
    )
    _say_empty(program, scenario)
    if shops:
        marketplace = open_shops(options)
        with serve_shops(marketplace, port, photos or ()) as server:
            program.notify(
                _n(
                    "a Prom.ua of your own with {count} shop is at {url}; Ctrl-C stops it",
                    "a Prom.ua of your own with {count} shops is at {url}; Ctrl-C stops it",
                    shops,
                    url=server.url,
                )
            )
            program.notify(verbatim(f"export TORGSYNC_PROM_URL={server.url}"))
            program.notify(_("the list of the shops: {url}", url=server.shop_url))
            program.notify(_tokens(list(marketplace)))
            _serve(program, server)
        return
    with open_sandbox(options) as shop, serve(shop, port=port, photos=photos or ()) as server:
        program.notify(_("a Prom.ua of your own is at {url}; Ctrl-C stops it", url=server.url))
        program.notify(verbatim(f"export TORGSYNC_PROM_URL={server.url}"))
        program.notify(_("the shop as a buyer sees it: {url}", url=server.shop_url))
        program.notify(_("tokens that it knows: {tokens:quoted}", tokens=list(shop.tokens)))
        _serve(program, server)


def _serve(program: Program, server: Listener) -> None:
    """Wait until Ctrl-C."""
    try:
        server.wait()
    except KeyboardInterrupt:
        program.notify(_("stopped"))


def _tokens(tokens: Sequence[str]) -> Message:
    """Return which tokens the shops have: the first and the last of a row."""
    if len(tokens) == 1:
        return _("the token of the shop: `{token}`", token=tokens[0])
    return _("the tokens of the shops: `{first}` to `{last}`", first=tokens[0], last=tokens[-1])


def _say_empty(program: Program, scenario: Path | None) -> None:
    """Say of a scenario that it changes nothing: its file may be the wrong one, or not saved yet."""
    from torgsync.demo.sandbox import load_scenario
    from torgsync.sandbox.scenario import Scenario

    if scenario and load_scenario(scenario) == Scenario():
        program.notify(
            _("the scenario `{file}` is empty: the sandbox works as if it was not given", file=scenario)
        )


def _refuse_options(context: Context) -> None:
    """Raise UsageError for an option before the subcommand: it would have no effect there."""
    for parameter in context.command.params:
        name = parameter.name or ""
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE":
            raise UsageError(
                _(
                    "`{option}` before `{command}` has no effect",
                    option=parameter.opts[0],
                    command=context.invoked_subcommand,
                ),
                hint=_("see `{command} --help`", command=f"torgsync sandbox {context.invoked_subcommand}"),
            )


def compare(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=_("A recording that `--record` made."), metavar="FILE")],
    scenario: Annotated[
        Path | None,
        typer.Option("--scenario", help=_("TOML file with tokens, manners and faults."), metavar="FILE"),
    ] = None,
    manner: Annotated[
        list[str] | None,
        typer.Option(
            "--manner",
            help=_("How the sandbox behaves, as when it serves."),
            metavar="KEY=VALUE,…",
            callback=separated,
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help=_("How the sandbox misbehaves, as when it serves."), metavar="RULE"),
    ] = None,
    import_seconds: Annotated[
        float | None,
        typer.Option(
            "--import-seconds",
            help=_("How long an import takes; 1.5 by default."),
            metavar="SECONDS",
            min=0,
            max=86_400,
        ),
    ] = None,
    slower: Annotated[
        float,
        typer.Option(
            "--slower",
            help=_("Seconds by which answer times may differ."),
            metavar="SECONDS",
            min=0,
            max=86_400,
        ),
    ] = 1.0,
    output: FormatOption = Format.TABLE,
    detailed: Annotated[
        bool, typer.Option("--detailed-exitcode", help=_("End with 2 where anything differs."))
    ] = False,
) -> None:
    """Compare a recording with the answers of a sandbox.

    The sandbox gets the same requests, and has the products and orders that the recording shows. Compared are
    status, headers, keys, types, words of the API, items, their order, and time. Nothing is sent anywhere.
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
        if rows:
            _print_differences(program, comparison.differences)
            program.print()
        program.print(_sum(file, len(rows), comparison.requests))
    raise typer.Exit(int(Exit.PENDING if detailed and rows else Exit.DONE))


def _sum(file: Path, differences: int, requests: int) -> Message:
    """Return how many differences there are in how many requests."""
    if not requests:
        return _("the recording `{file}` has no request, so nothing was compared", file=file)
    asked = request_count(requests)
    if not differences:
        return _("no difference in {requests}", requests=asked)
    return _n(
        "{count} difference in {requests}", "{count} differences in {requests}", differences, requests=asked
    )


def _print_differences(program: Program, differences: Sequence[FoldedDifference]) -> None:
    """Print the differences of each call below its name."""
    from torgsync.cli.messages.recording import difference_place, sides

    calls = dict.fromkeys(folded.difference.call for folded in differences)
    for number, call in enumerate(calls):
        if number:
            program.print()
        program.print(verbatim(call))
        for folded in differences:
            if folded.difference.call == call:
                recorded, sandbox = sides(folded.difference)
                line = _n(
                    "  {kind}: {where} ({count} answer, first in request {first})",
                    "  {kind}: {where} ({count} answers, first in request {first})",
                    folded.count,
                    kind=_KINDS[folded.difference.kind],
                    where=difference_place(folded),
                    first=folded.first,
                )
                program.print(line, 4)
                sides_line = _(
                    "    recorded: {recorded}; sandbox: {sandbox}", recorded=recorded, sandbox=sandbox
                )
                program.print(sides_line, 6)


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
