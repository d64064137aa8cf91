"""`torgsync clients`: the people who ordered, and those that Torgsoft knows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from torgsync.cli.context import SCHEMA, Format, program_of
from torgsync.cli.options import FormatOption, ObjectOption
from torgsync.core.words import counted
from torgsync.errors import Exit, UsageError

app = typer.Typer(help="People who ordered.", no_args_is_help=True)


@app.command("list")
def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    held: Annotated[
        bool, typer.Option("--held", help="Orders that fit several clients, with each of these.")
    ] = False,
) -> None:
    """List the clients, in the order they came."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows

    file = program.object(wanted)
    with program.desk(file) as desk, desk.memory() as memory:
        clients = {client.id: client for client in memory.clients.all()}
        orders = memory.clients.orders()
        open_choices = memory.clients.held() if held else {}
    people = [
        {"id": client.id, "name": client.name, "phone": client.phone, "email": client.email}
        for client in clients.values()
    ]
    if held:
        rows = [
            {"order": order_id} | row
            for order_id, fitting in open_choices.items()
            for row in people
            if row["id"] in fitting
        ]
        show_rows(program, form, "held_orders", rows)
        if rows and form is Format.TABLE:
            first = rows[0]
            program.say(f"hint: torgsync clients choose {first['order']} {first['id']} -o {file.called}")
            fitting = " ".join(next(iter(open_choices.values()))[1:])
            program.say(f"hint: torgsync clients merge {fitting} --into {first['id']} -o {file.called}")
        return
    documents = [
        row | {"card": clients[row["id"]].card, "orders": orders.get(row["id"], 0)} for row in people
    ]
    show_rows(program, form, "clients", documents, people)


@app.command()
def show(
    context: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id.", metavar="CLIENT")],
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show one client: everything they are recognised by, and their orders."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import plain_table, write_csv, write_json

    file = program.object(wanted)
    clock = file.settings.orders.clock
    with program.desk(file) as desk, desk.memory() as memory:
        found = memory.clients.client(client)
        if found is None:
            raise UsageError(f"there is no client {client}", hint="see them: torgsync clients list")
        contacts = sorted(memory.clients.contacts(client))
        orders = [stored.order for stored in memory.trade.orders(client_id=client)]
    rows = [
        {
            "id": order.id,
            "created": order.created.astimezone(clock).isoformat(timespec="seconds"),
            "status": order.status,
            "total": None if order.total is None else str(order.total),
            "currency": order.currency,
        }
        for order in orders
    ]
    known_by = {
        kind: [contact.key for contact in contacts if contact.kind == kind]
        for kind in ("phone", "email", "card")
    }
    if form is Format.JSON:
        document = {"id": found.id, "name": found.name, **known_by, "orders": rows}
        write_json({"schema": SCHEMA}, {}, {"client": document})
    elif form is Format.CSV:
        write_csv(rows)
    else:
        program.put(f"client {found.id}: {found.name or 'without a name'}")
        for kind, keys in known_by.items():
            if keys:
                program.put(f"{kind:<8}{', '.join(keys)}", 8)
        if rows:
            table = plain_table("order", "placed", "status", "total")
            for row in rows:
                total = f"{row['total'] or '?'} {row['currency']}"
                table.add_row(str(row["id"]), str(row["created"]), str(row["status"]), total)
            program.out.print(table)


@app.command("import")
def import_(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(help="TSClients.trs; without it the one of the sync object.", metavar="FILE"),
    ] = None,
    wanted: ObjectOption = None,
) -> None:
    """Read the clients that Torgsoft knows; nothing is taken away, and a second time changes nothing."""
    program = program_of(context)
    from torgsync.jobs.clients import read_torgsoft_clients

    file = program.object(wanted)
    given = path or file.clients_path
    if given is None:
        raise UsageError(
            "which file?",
            hint=f'name it, or set it once: torgsync object edit {file.called} --set clients.path="…"',
        )
    with program.desk(file) as desk:
        read = read_torgsoft_clients(desk, given)
    if read:
        program.say(
            f"{counted(read.new + read.known + read.ambiguous, 'client')} in `{given.name}`: "
            f"{read.new} new, {read.known} known"
        )
        if read.ambiguous:
            rows = counted(read.ambiguous, "row fits", "rows fit")
            program.say(f"! {rows} several known clients; none was picked", style="warning")
            raise typer.Exit(int(Exit.HELD))


@app.command()
def choose(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")],
    client: Annotated[
        str, typer.Argument(help="The client's id, or `new` where it is none of them.", metavar="CLIENT|new")
    ],
    wanted: ObjectOption = None,
) -> None:
    """Say whose order one is."""
    program = program_of(context)
    from torgsync.jobs.clients import choose_client

    with program.desk(program.object(wanted)) as desk:
        chosen = choose_client(desk, order, client)
    program.say(f"order {order} is that of client {chosen}")


@app.command()
def merge(
    context: typer.Context,
    clients: Annotated[list[str], typer.Argument(help="Ids of clients.", metavar="CLIENT...")],
    into: Annotated[str, typer.Option("--into", help="The client that stays.", metavar="CLIENT")],
    wanted: ObjectOption = None,
) -> None:
    """Make several clients one: phones, e-mails and orders go to the one that stays."""
    program = program_of(context)
    from torgsync.jobs.clients import merge_clients

    with program.desk(program.object(wanted)) as desk:
        settled = merge_clients(desk, list(dict.fromkeys(clients)), into)
    orders = f"; {counted(settled, 'order')} no longer waits for a choice" if settled else ""
    program.say(f"{counted(len(set(clients)), 'client')} merged into {into}{orders}")


@app.command()
def forget(
    context: typer.Context,
    phone: Annotated[str, typer.Argument(help="The person's phone, however it is written.", metavar="PHONE")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wanted: ObjectOption = None,
) -> None:
    """Take a person out of the state and the outbox; orders and sums stay."""
    program = program_of(context)
    from torgsync.jobs.clients import forget as forget_person
    from torgsync.jobs.run import running

    file = program.object(wanted)
    if not yes:
        if not program.asks:
            raise UsageError("this cannot be taken back", hint="without a terminal, say `--yes`")
        typer.confirm("Take this person out for good?", abort=True, err=True)
    with program.desk(file) as desk, running(desk) as run:
        gone = forget_person(desk, phone)
        run.exit_code = Exit.DONE
    if not gone.clients and not gone.orders:
        program.say("nobody with this phone is known")
        return
    program.say(
        f"forgotten: {counted(gone.clients, 'client')}, the people of {counted(gone.orders, 'order')}, "
        f"{counted(gone.files, 'file')} of the outbox"
    )
    if file.settings.clients.path:
        program.say("hint: delete the person in Torgsoft too, else its clients export brings them back")
