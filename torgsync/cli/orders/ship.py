"""`torgsync orders ship`: the number of an order's parcel, and the message to its buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import print_result
from torgsync.core.orders.parcels import CARRIER_WORDS, CARRIERS
from torgsync.core.text import did_you_mean
from torgsync.errors import AnswerLost, UsageError
from torgsync.i18n import _

if TYPE_CHECKING:
    from torgsync.jobs.orders.shipping import Shipment


def ship(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help=_("The order's number."), metavar="ORDER")],
    parcel: Annotated[str, typer.Option("--parcel", help=_("The parcel's number."), metavar="NUMBER")],
    carrier: Annotated[
        str | None,
        typer.Option(
            "--carrier", help=_("Who delivers it; without it the buyer's choice."), metavar="|".join(CARRIERS)
        ),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option(
            "--message",
            help=_(
                "Text to the buyer, sent once per parcel; `{parcel}`, `{order}` and `{carrier}` are filled "
                "in. Without it the text of `[orders] ship_message`."
            ),
            metavar="MESSAGE",
        ),
    ] = None,
    no_message: Annotated[bool, typer.Option("--no-message", help=_("Write nothing to the buyer."))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show what would be sent."))] = False,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Save a parcel's number on Prom.ua.

    The buyer gets a message where `ship_message` or `--message` has one.
    """
    program = program_of(context, output)
    from torgsync.jobs.orders.shipping import ShipRequest, plan_shipment, ship_order

    if carrier is not None and carrier not in CARRIER_WORDS:
        raise UsageError(
            _(
                "unknown carrier `{carrier}`{near}",
                carrier=carrier,
                near=did_you_mean(carrier, CARRIER_WORDS),
            ),
            hint=_("known carriers: {carriers:quoted}", carriers=list(CARRIERS)),
        )
    if message is not None and no_message:
        raise UsageError(_("give either `--message` or `--no-message`, not both"))
    request = ShipRequest(order, parcel, carrier or "", message, silent=no_message)
    with program.job(program.object(wanted)) as job, job.stop.handling_signals():
        if dry_run:
            shipment = plan_shipment(job, request)
        else:
            shipment = ship_order(job, request, lambda plan: _show_plan(program, plan))
    _print_shipment(program, output, shipment, dry_run=dry_run)
    raise typer.Exit(0 if dry_run else int(shipment.exit_code))


def _show_plan(program: Program, shipment: Shipment) -> None:
    """Show what is about to be sent: a message cannot be taken back."""
    from torgsync.cli.messages.parcels import plan_lines

    for line in plan_lines(shipment):
        program.notify(line)


def _print_shipment(program: Program, output: Format, shipment: Shipment, *, dry_run: bool) -> None:
    from torgsync.cli.messages.parcels import done_lines, plan_lines

    def show() -> None:
        if dry_run:
            for line in plan_lines(shipment):
                program.print(line)
            return
        saved, *message = done_lines(shipment)
        program.notify(saved)
        for line in message:
            (program.warn if shipment.trouble else program.notify)(line)
        lost = isinstance(shipment.trouble, AnswerLost)  # the line above says what to do
        if shipment.trouble and shipment.trouble.hint and not lost:
            program.hint(shipment.trouble.hint)

    written = shipment.message
    row = {
        "order": shipment.order_id,
        "parcel": shipment.parcel.number,
        "saved": shipment.saved,
        "carrier": shipment.parcel.carrier or None,
        "message": str(written.state) if written else None,
        "message_text": written.text if written else None,
    }
    tail: dict[str, object] = {"parcel": row, "exit": 0 if dry_run else int(shipment.exit_code)}
    if shipment.trouble:
        tail["error"] = error_document(shipment.trouble)
    print_result(output, [row], show, tail=tail)
