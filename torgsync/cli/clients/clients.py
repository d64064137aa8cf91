"""`torgsync clients`: the people who ordered, and those that Torgsoft knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.core.text import counted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.orders.clients import Read
    from torgsync.jobs.orders.forget import Forgotten

app = typer.Typer(help="People who ordered.", no_args_is_help=True)

SHOWN = ("id", "name", "phone", "email")
"""Columns of a client that people see."""


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
    from torgsync.cli.base.render import print_rows

    file = program.object(wanted)
    with program.job(file) as job, job.transaction() as work:
        clients = {client.id: client for client in work.clients.all()}
        orders = work.clients.orders()
        open_choices = work.clients.held() if held else {}
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
        print_rows(
            program,
            form,
            "held_orders",
            rows,
            columns=("order", *SHOWN),
            none="no order waits to be told whose it is",
        )
        if rows and form is Format.TABLE:
            order_id, (client_id, *others) = next(iter(open_choices.items()))
            program.notify(f"hint: torgsync clients choose {order_id} {client_id} -o {file.called}")
            program.notify(f"hint: torgsync clients choose {order_id} new -o {file.called}")
            if others:
                merged = f"{' '.join(others)} --into {client_id}"
                program.notify(f"hint: torgsync clients merge {merged} -o {file.called}")
        return
    documents = [
        row | {"card": clients[row["id"]].card, "orders": orders.get(row["id"], 0)} for row in people
    ]
    print_rows(program, form, "clients", documents, people, columns=(*SHOWN, "card", "orders"))


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
    _refuse_words(client)
    from torgsync.cli.base.render import plain_table, print_csv, print_json

    file = program.object(wanted)
    clock = file.settings.orders.clock
    with program.job(file) as job, job.transaction() as work:
        found = work.clients.client(client)
        if found is None:
            hint = f"see them: torgsync clients list -o {file.called}"
            raise UsageError(f"there is no client {client}", hint=hint)
        contacts = sorted(work.clients.contacts(client))
        orders = [stored.order for stored in work.orders.orders(client_id=client)]
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
        print_json({"schema": SCHEMA}, {}, {"client": document})
    elif form is Format.CSV:
        print_csv(rows, ("id", "created", "status", "total", "currency"))
    else:
        program.print(f"client {found.id}: {found.name or 'without a name'}")
        for kind, keys in known_by.items():
            if keys:
                program.print(f"{kind:<8}{', '.join(keys)}", 8)
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
    form: FormatOption = Format.TABLE,
) -> None:
    """Read the clients that Torgsoft knows; nothing is taken away, and a second time changes nothing."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.jobs.orders.clients import read_torgsoft_clients

    file = program.object(wanted)
    given = path or file.clients_path
    if given is None:
        raise UsageError(
            "which file?",
            hint=f'name it, or set it once: torgsync object edit {file.called} --set clients.path="…"',
        )
    with program.job(file) as job:
        read = read_torgsoft_clients(job, given)
    if read is None:  # pragma: no cover  # a file that is named is always read
        return
    exit_code = Exit.HELD if read.ambiguous else Exit.DONE
    numbers = {name: getattr(read, name) for name in ("rows", "new", "known", "ambiguous", "unreadable")}
    if form is Format.TABLE:
        _notify_read(program, given, read)
    elif form is Format.CSV:
        print_csv([numbers])
    else:
        head = {"schema": SCHEMA, "object": file.settings.name}
        print_json(head, {}, {"clients": numbers, "exit": int(exit_code)})
    raise typer.Exit(int(exit_code))


def _notify_read(program: Program, path: Path, read: Read) -> None:
    """Tell people what came of Torgsoft's clients."""
    number = counted(read.rows, "client")
    program.notify(f"{number} in `{path.name}`: {read.new} new, {read.known} known")
    if read.unreadable:
        phones = counted(read.unreadable, "phone is no number", "phones are no numbers")
        program.notify(f"! {phones} and will find nobody", style="warning")
    if read.ambiguous:
        rows = counted(read.ambiguous, "row fits", "rows fit")
        program.notify(f"! {rows} several known clients; none was picked", style="warning")


@app.command()
def choose(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="The order's number.", metavar="ORDER")],
    client: Annotated[
        str, typer.Argument(help="The client's id, or `new` where it is none of them.", metavar="CLIENT|new")
    ],
    wanted: ObjectOption = None,
) -> None:
    """Say whose an order is that fits several clients, or one only in part: `clients list --held`."""
    program = program_of(context)
    from torgsync.jobs.orders.clients import NEW

    if client != NEW:
        _refuse_words(client)
    from torgsync.jobs.orders.clients import choose_client

    with program.job(program.object(wanted)) as job:
        chosen = choose_client(job, order, client)
    program.notify(f"order {order} is that of client {chosen}")


@app.command()
def merge(
    context: typer.Context,
    clients: Annotated[list[str], typer.Argument(help="Ids of clients.", metavar="CLIENT...")],
    into: Annotated[str, typer.Option("--into", help="The client that stays.", metavar="CLIENT")],
    wanted: ObjectOption = None,
) -> None:
    """Make several clients one: phones, e-mails and orders go to the one that stays."""
    program = program_of(context)
    for client in (*clients, into):
        _refuse_words(client)
    from torgsync.jobs.orders.clients import merge_clients

    with program.job(program.object(wanted)) as job:
        settled = merge_clients(job, list(dict.fromkeys(clients)), into)
    orders = counted(settled, "order no longer waits", "orders no longer wait") + " for a choice"
    program.notify(
        f"{counted(len(set(clients)), 'client')} merged into {into}{f'; {orders}' if settled else ''}"
    )


@app.command()
def forget(
    context: typer.Context,
    phone: Annotated[str, typer.Argument(help="The person's phone, however it is written.", metavar="PHONE")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Take a person out of state, copies of it, and outbox; orders and sums stay."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.jobs.orders.forget import forget as forget_person
    from torgsync.jobs.orders.forget import wanted_phone
    from torgsync.jobs.run import running

    person = wanted_phone(phone)
    file = program.object(wanted)
    if not yes:
        if not program.asks:
            raise UsageError("this cannot be taken back", hint="without a terminal, say `--yes`")
        copies = "and delete the copies of the state from before updates"
        typer.confirm(
            f"Take {person} out of `{file.settings.name}` for good, {copies}?", abort=True, err=True
        )
    with program.job(file) as job, running(job) as run:
        gone = forget_person(job, person)
        run.exit_code = Exit.HELD if gone.left else Exit.DONE
    names = ("clients", "orders", "files", "copies", "places", "named_in", "elsewhere", "kept", "by_hand")
    document = {name: getattr(gone, name) for name in names}
    if form is Format.TABLE:
        _notify_forgotten(program, gone)
    elif form is Format.CSV:
        flat = {name: " ".join(told) if isinstance(told, tuple) else told for name, told in document.items()}
        print_csv([flat])
    else:
        head = {"schema": SCHEMA, "object": file.settings.name}
        print_json(head, {}, {"forgotten": document, "exit": int(run.exit_code)})
    _notify_what_is_left(program, file, gone, person)
    raise typer.Exit(int(run.exit_code))


def _notify_forgotten(program: Program, gone: Forgotten) -> None:
    if not gone.anybody:
        program.notify("nobody with this phone is known")
        return
    program.notify(
        f"forgotten: {counted(gone.clients, 'client')}, the people of {counted(gone.orders, 'order')}, "
        f"{counted(gone.files, 'file')} of the outbox"
    )
    if gone.copies:
        number = counted(gone.copies, "copy", "copies")
        program.notify(f"deleted: {number} of the state from before an update, which knew everybody")


def _notify_what_is_left(program: Program, file: ObjectFile, gone: Forgotten, phone: str) -> None:
    """Tell where the person may still be found, and what to do about it."""
    if gone.by_hand:
        sales = counted(len(gone.by_hand), "sale was", "sales were")
        program.notify(
            f"! {sales} not taken by Torgsoft yet; enter by hand: {', '.join(gone.by_hand)}", style="warning"
        )
        numbers = " ".join(gone.by_hand)
        program.notify(f"hint: when it is done in Torgsoft: torgsync orders done {numbers} -o {file.called}")
    for place in gone.places:
        message = f"! files of these orders may still lie in the old outbox `{place}`; delete them there"
        program.notify(message, style="warning")
    for order_id in gone.named_in:
        where = "in its note, address or phones; that was left"
        program.notify(f"! order {order_id} of somebody else names this phone {where}", style="warning")
        program.notify(f"hint: torgsync orders show {order_id} -o {file.called}")
    for slug in gone.elsewhere:
        program.notify(f"! the sync object `{slug}` knows this phone too", style="warning")
        program.notify(f"hint: torgsync clients forget {phone} -o {slug}")
    for copy in gone.kept:
        program.notify(
            f"! `{copy}`, a copy of the state from before an update, may know it; delete it", style="warning"
        )
    if gone.anybody and file.settings.clients.path:
        program.notify("hint: delete the person in Torgsoft too, else its clients export brings them back")


def _refuse_words(client: str) -> None:
    """Refuse what is no client's number before it gets into the log: it may be somebody's name."""
    if not client.isdecimal():
        hint = "a client is named by its number: torgsync clients list"
        raise UsageError(f"there is no client {client}", hint=hint)
