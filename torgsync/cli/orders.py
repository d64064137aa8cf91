"""`torgsync orders`: orders that came home, their way into Torgsoft, and their parcels."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.context import SCHEMA, Format, Program, error_document, program_of, tell
from torgsync.cli.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.core.words import counted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.jobs.desk import Desk
    from torgsync.jobs.orders import Fetched
    from torgsync.state.trade import Stored

app = typer.Typer(help="Orders that came home.", no_args_is_help=True)

OrderArgument = Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")]
StatusOption = Annotated[
    str | None, typer.Option("--status", help="Only orders that Prom.ua shows so: pending, paid …")
]


@app.command()
def fetch(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """Bring orders home and write their files, as `sync --only orders` does."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import write_csv, write_json
    from torgsync.core.guards import Allowed
    from torgsync.jobs.market import prom_of
    from torgsync.jobs.orders import fetch_orders
    from torgsync.jobs.run import running
    from torgsync.jobs.shop import refuse_other_shop

    with program.desk(program.object(wanted)) as desk:
        with running(desk) as run, prom_of(desk, run) as prom:
            refuse_other_shop(desk, prom, Allowed())
            fetched = fetch_orders(desk, prom)
            run.exit_code = exit_code(fetched)
        if form is Format.TABLE:
            if not fetched.new and not fetched.changed:
                program.say("no new orders")
            say_orders(program, desk, fetched)
        elif form is Format.CSV:
            write_csv([orders_document(fetched)])
        else:
            tail: dict[str, object] = {"orders": orders_document(fetched), "exit": int(run.exit_code)}
            if fetched.trouble:
                tail["error"] = error_document(fetched.trouble)
            write_json({"schema": SCHEMA, "object": desk.object.name}, {}, tail)
    raise typer.Exit(int(run.exit_code))


def exit_code(fetched: Fetched) -> Exit:
    """Return the exit code of a fetch."""
    trouble = [fetched.trouble.exit_code] if fetched.trouble else []
    return Exit.worst([*trouble, Exit.HELD if fetched.waits else Exit.DONE])


def orders_document(fetched: Fetched | None) -> dict[str, object]:
    """Return what a fetch brought as numbers."""
    names = ("new", "changed", "unmapped", "held", "ambiguous", "accepted", "files")
    numbers: dict[str, object] = {name: getattr(fetched, name) if fetched else 0 for name in names}
    return numbers | {"taken": fetched.delivered.taken if fetched else 0}


def say_orders(program: Program, desk: Desk, fetched: Fetched) -> None:
    """Tell people what a fetch brought, what went wrong, and the commands that mend it."""
    if fetched.new or fetched.changed:
        program.put(
            f"orders: {fetched.new} new, {fetched.changed} changed, "
            f"{counted(fetched.files, 'file')} for Torgsoft in the outbox"
        )
    if fetched.accepted:
        program.put(f"orders: {fetched.accepted} set to received on Prom.ua")
    for finding in fetched.findings:
        program.put(f"! {finding.message}")
    called = desk.file.called
    known = {method.name for method in desk.object.payment_methods}
    if fetched.unmapped_methods - known:
        program.say(f"hint: torgsync payments fetch -o {called}")
    for name in sorted(fetched.unmapped_methods):
        program.say(f'hint: torgsync payments map "{name}" --cash-register "…" -o {called}')
    if fetched.ambiguous:
        program.say(f"hint: torgsync clients list --held -o {called}")
    if fetched.trouble:
        tell(program, fetched.trouble)


@app.command("list")
def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    status: StatusOption = None,
    held: Annotated[
        bool, typer.Option("--held", help="Only those that wait for a person before Torgsoft gets them.")
    ] = False,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List the orders, newest first; the days are those on which they were placed."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows
    from torgsync.jobs.orders import waits_for_person

    file = program.object(wanted)
    clock = file.settings.orders.clock
    since, until = stretch(first, last, clock)
    with program.desk(file) as desk, desk.memory() as memory:
        orders = list(memory.trade.orders(status=status, since=since, until=until, held=held))
    if held:
        orders = [stored for stored in orders if waits_for_person(stored)]
    table = [
        {
            "order": stored.order.id,
            "placed": f"{stored.order.created.astimezone(clock):%d.%m.%Y %H:%M}",
            "status": stored.order.status,
            "total": f"{'?' if stored.order.total is None else stored.order.total} {stored.order.currency}",
            "payment": stored.order.payment_name,
            "Torgsoft": _on_its_way(stored),
        }
        for stored in orders
    ]
    show_rows(program, form, "orders", [_row(stored, clock) for stored in orders], table)


def _row(stored: Stored, clock: tzinfo) -> dict[str, object]:
    order = stored.order
    return {
        "id": order.id,
        "created": order.created.astimezone(clock).isoformat(timespec="seconds"),
        "status": order.status,
        "total": None if order.total is None else str(order.total),
        "currency": order.currency,
        "payment": order.payment_name,
        "client_id": stored.client_id or None,
        "file": stored.file,
        "phase": str(stored.phase) if stored.phase else None,
        "held": stored.held,
        "parcel": order.parcel or None,
    }


_PHASES = {
    "moving": "being written",
    "written": "file written",
    "taken": "taken",
    "withdrawn": "taken back",
}


def _on_its_way(stored: Stored) -> str:
    if stored.phase:
        return _PHASES[stored.phase]
    return stored.held or "waits"


@app.command()
def show(
    context: typer.Context,
    order: OrderArgument,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show one order: its lines, people, delivery, money, and its way into Torgsoft."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.receipts import order_document, print_order
    from torgsync.cli.show import write_csv, write_json

    file = program.object(wanted)
    with program.desk(file) as desk, desk.memory() as memory:
        stored = memory.trade.order(order)
        if stored is None:
            raise UsageError(f"there is no order {order}", hint="see them: torgsync orders list")
        versions, postings = memory.trade.versions(order), memory.payments.postings(order)
    document = order_document(stored, versions, postings, file.settings.orders.clock)
    if form is Format.JSON:
        write_json({"schema": SCHEMA}, {}, {"order": document})
    elif form is Format.CSV:
        write_csv([{"order": order, **line} for line in document["lines"]])
    else:
        print_order(program, document)


@app.command()
def export(
    context: typer.Context,
    orders: Annotated[list[str] | None, typer.Argument(help="Numbers of orders.", metavar="ORDER...")] = None,
    wanted: ObjectOption = None,
    form: Annotated[
        Format, typer.Option("--format", help="json: as Torgsoft reads it; csv: for a spreadsheet.")
    ] = Format.JSON,
    to: Annotated[
        str | None,
        typer.Option("--to-folder", help="Folder or address; without it the outbox.", metavar="DIR|URL"),
    ] = None,
    status: StatusOption = None,
    first: FromOption = None,
    last: ToOption = None,
    every: Annotated[bool, typer.Option("--all", help="All orders that fit, none named.")] = False,
) -> None:
    """Write order files once more, on purpose: into the outbox, or into another folder."""
    program = program_of(context)
    from torgsync.jobs.outbox import export_orders
    from torgsync.jobs.run import running

    narrowed = status is not None or first is not None or last is not None
    if bool(orders) == (every or narrowed):
        raise UsageError(
            "name orders, or say which ones: `--all`, `--status`, `--from`, `--to`",
            hint="see them: torgsync orders list",
        )
    if form is Format.TABLE:
        raise UsageError("an order is exported as json or csv")
    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.desk(file) as desk, running(desk) as run:
        numbers = list(dict.fromkeys(orders or ()))
        if not numbers:
            with desk.memory() as memory:
                found = list(memory.trade.orders(status=status, since=since, until=until))
            numbers = [
                stored.order.id
                for stored in found
                if not stored.order.forgotten and (to or form is Format.CSV or stored.order.takes_place)
            ]
        place, names = export_orders(desk, numbers, as_csv=form is Format.CSV, to=to)
        run.exit_code = Exit.DONE
    for name in names:
        program.put(name)
    program.say(f"{counted(len(names), 'file')} in `{place}`")


@app.command()
def ship(
    context: typer.Context,
    order: OrderArgument,
    parcel: Annotated[str, typer.Option("--parcel", help="The parcel's number.", metavar="NUMBER")],
    carrier: Annotated[
        str | None,
        typer.Option("--carrier", help="nova_poshta, ukrposhta or meest; without it the buyer's choice."),
    ] = None,
    wanted: ObjectOption = None,
) -> None:
    """Save the number of an order's parcel on Prom.ua."""
    program = program_of(context)
    from torgsync.core.guards import Allowed
    from torgsync.core.words import did_you_mean
    from torgsync.jobs.market import prom_of
    from torgsync.jobs.parcels import CARRIERS, ship_order
    from torgsync.jobs.run import running
    from torgsync.jobs.shop import refuse_other_shop

    if carrier is not None and carrier not in CARRIERS:
        raise UsageError(
            f"there is no carrier `{carrier}`{did_you_mean(carrier, CARRIERS)}",
            hint=f"these are known: {', '.join(CARRIERS)}",
        )
    with (
        program.desk(program.object(wanted)) as desk,
        running(desk) as run,
        prom_of(desk, run) as prom,
    ):
        refuse_other_shop(desk, prom, Allowed())
        saved = ship_order(desk, prom, order, parcel, carrier)
        run.exit_code = Exit.DONE
    program.say(f"order {order}: {'saved on Prom.ua' if saved else 'Prom.ua has this number already'}")
