"""`torgsync clients`: the people who ordered, and those that Torgsoft knows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption, named, separated
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import pick, print_result, print_rows, print_table
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.shell import quoted
from torgsync.core.text import counted
from torgsync.errors import Exit, UsageError

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.orders.clients import ClientDetails, ClientList, ClientsImport
    from torgsync.jobs.orders.forget import ForgetResult


def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    held: Annotated[
        bool, typer.Option("--held", help="Orders that fit several clients, with each of these.")
    ] = False,
) -> None:
    """List the clients, in the order they came."""
    program = program_of(context, output)
    from torgsync.jobs.orders.clients import list_clients

    file = program.object(wanted)
    with program.job(file) as job:
        view = list_clients(job)
    if not held:
        rows, shown = _client_rows(view), _shown_client_rows(view)
        print_rows(program, output, "clients", rows, shown, columns=(*CLIENT_COLUMNS, "card", "orders"))
        return
    candidates = _shown_client_rows(view)
    rows = [
        {"order": order_id} | row
        for order_id, fitting in view.candidates.items()
        for row in candidates
        if row["id"] in fitting
    ]
    none = "no order waits to be told whose it is"
    print_rows(program, output, "held_orders", rows, columns=("order", *CLIENT_COLUMNS), none=none)
    if rows and output is Format.TABLE:
        order_id, (client_id, *others) = next(iter(view.candidates.items()))
        program.notify(f"hint: torgsync clients choose {order_id} {client_id} -o {file.called}")
        program.notify(f"hint: torgsync clients choose {order_id} new -o {file.called}")
        if others:
            merged = f"{' '.join(others)} --into {client_id}"
            program.notify(f"hint: torgsync clients merge {merged} -o {file.called}")


def show(
    context: typer.Context,
    client: Annotated[str, typer.Argument(help="The client's id.", metavar="CLIENT")],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one client: everything they are recognised by, and their orders."""
    program = program_of(context, output)
    _refuse_words(client, wanted)
    from torgsync.jobs.orders.clients import show_client

    file = program.object(wanted)
    with program.job(file) as job:
        details = show_client(job, client)
    document = _client_document(details)
    rows = document["orders"]
    people = partial(_print_client, program, document)
    print_result(output, rows, people, columns=ORDER_COLUMNS, tail={"client": document})


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
    program = program_of(context, output)
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
    numbers = pick(result, "rows", "new", "known", "ambiguous", "unreadable")
    head, tail = {"object": file.settings.name}, {"clients": numbers, "exit": int(result.exit_code)}
    print_result(output, [numbers], lambda: _notify(program, given, result), head=head, tail=tail)
    raise typer.Exit(int(result.exit_code))


def _notify(program: Program, path: Path, result: ClientsImport) -> None:
    number = counted(result.rows, "client")
    program.notify(f"{number} in `{path.name}`: {result.new} new, {result.known} known")
    if result.unreadable:
        phones = counted(result.unreadable, "phone is no number", "phones are no numbers")
        program.warn(f"{phones} and will find nobody")
    if result.ambiguous:
        rows = counted(result.ambiguous, "row fits", "rows fit")
        program.warn(f"{rows} several known clients; none was picked")


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
    from torgsync.jobs.orders.clients import NEW, choose_client

    if client != NEW:
        _refuse_words(client, wanted)
    with program.job(program.object(wanted)) as job:
        chosen = choose_client(job, order, client)
    program.notify(f"order {order} is that of client {chosen}")


def merge(
    context: typer.Context,
    clients: Annotated[
        list[str],
        typer.Argument(
            help="Ids of clients.",
            metavar="CLIENT...",
            callback=separated,
        ),
    ],
    into: Annotated[str, typer.Option("--into", help="The client that stays.", metavar="CLIENT")],
    wanted: ObjectOption = None,
) -> None:
    """Make several clients one: phones, e-mails and orders go to the one that stays."""
    program = program_of(context)
    for client in (*clients, into):
        _refuse_words(client, wanted)
    from torgsync.jobs.orders.clients import merge_clients

    with program.job(program.object(wanted)) as job:
        clear = merge_clients(job, clients, into)
    orders = counted(clear, "order no longer waits", "orders no longer wait") + " for a choice"
    program.notify(
        f"{counted(len(set(clients)), 'client')} merged into {into}{f'; {orders}' if clear else ''}"
    )


def forget(
    context: typer.Context,
    phone: Annotated[str, typer.Argument(help="The person's phone, however it is written.", metavar="PHONE")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Take a person out of state, copies of it, and outbox; orders and sums stay."""
    program = program_of(context, output)
    from torgsync.jobs.orders.forget import forget_person, wanted_phone

    person = wanted_phone(phone, named(wanted))
    file = program.object(wanted)
    if not yes:
        if not program.asks:
            raise UsageError("this cannot be taken back", hint="without a terminal, say `--yes`")
        copies = "and delete the copies of the state next to it, backups too"
        if not program.confirm(f"Take {person} out of `{file.settings.name}` for good, {copies}?"):
            program.notify("nothing was removed")
            raise typer.Exit(int(Exit.ERROR))
    with program.job(file) as job:
        result = forget_person(job, person)
    names = ("clients", "orders", "files", "copies", "places", "named_in", "elsewhere", "kept", "by_hand")
    document = pick(result, *names)
    flat = {key: " ".join(value) if isinstance(value, tuple) else value for key, value in document.items()}
    head, tail = {"object": file.settings.name}, {"forgotten": document, "exit": int(result.exit_code)}
    print_result(output, [flat], lambda: _notify_forgotten(program, result), head=head, tail=tail)
    _notify_left(program, file, result, person)
    raise typer.Exit(int(result.exit_code))


def _refuse_words(client: str, wanted: str | None) -> None:
    """Refuse what is no client's number before it gets into the log: it may be a person's name."""
    if not client.isdecimal():
        hint = f"a client is named by its number: torgsync clients list{named(wanted)}"
        raise UsageError(f"there is no client {client}", hint=hint)


CLIENT_COLUMNS = ("id", "name", "phone", "email")
ORDER_COLUMNS = ("id", "created", "status", "total", "currency")


def _shown_client_rows(view: ClientList) -> list[dict[str, object]]:
    return [pick(client, *CLIENT_COLUMNS) for client in view.clients]


def _client_rows(view: ClientList) -> list[dict[str, object]]:
    return [
        row | {"card": client.card, "orders": view.orders.get(client.id, 0)}
        for row, client in zip(_shown_client_rows(view), view.clients, strict=True)
    ]


def _client_document(details: ClientDetails) -> dict[str, Any]:
    contacts = {
        kind: [contact.key for contact in details.contacts if contact.kind == kind]
        for kind in ("phone", "email", "card")
    }
    orders = [
        {
            "id": order.id,
            "created": utc_iso(order.created),
            "status": order.status,
            "total": None if order.total is None else str(order.total),
            "currency": order.currency,
        }
        for order in details.orders
    ]
    return {"id": details.client.id, "name": details.client.name, **contacts, "orders": orders}


def _print_client(program: Program, document: dict[str, Any]) -> None:
    program.print(f"client {document['id']}: {document['name'] or 'without a name'}")
    for kind in ("phone", "email", "card"):
        if document[kind]:
            program.print(f"{kind:<8}{', '.join(document[kind])}", 8)
    if document["orders"]:
        rows = (
            (row["id"], shop_time(row["created"]), row["status"], f"{row['total'] or '?'} {row['currency']}")
            for row in document["orders"]
        )
        print_table(program, ("order", "placed", "status", "total"), rows)


def _notify_forgotten(program: Program, result: ForgetResult) -> None:
    if not result.known:
        program.notify("nobody with this phone is known")
        return
    program.notify(
        f"forgotten: {counted(result.clients, 'client')}, the people of {counted(result.orders, 'order')}, "
        f"{counted(result.files, 'file')} of the outbox"
    )
    if result.copies:
        number = counted(result.copies, "copy", "copies")
        program.notify(f"deleted: {number} of the state, which knew everybody")


def _notify_left(program: Program, file: ObjectFile, result: ForgetResult, phone: str) -> None:
    """Report where the person may still be found, and what to do about it."""
    if result.by_hand:
        sales = counted(len(result.by_hand), "sale was", "sales were")
        program.warn(f"{sales} not taken by Torgsoft yet; enter by hand: {', '.join(result.by_hand)}")
        numbers = " ".join(result.by_hand)
        program.notify(f"hint: when it is done in Torgsoft: torgsync orders done {numbers} -o {file.called}")
    for place in result.places:
        program.warn(f"files of these orders may still lie in the old outbox `{place}`; delete them there")
    for order_id in result.named_in:
        where = "in its note, address or phones; that was left"
        program.warn(f"order {order_id} of somebody else names this phone {where}")
        program.notify(f"hint: torgsync orders show {order_id} -o {file.called}")
    for slug in result.elsewhere:
        program.warn(f"the sync object `{slug}` knows this phone too")
        program.notify(f"hint: torgsync clients forget {phone} -o {quoted(slug)}")
    for copy in result.kept:
        program.warn(f"`{copy}`, a copy of the state, may know it; delete it")
    if result.known and file.settings.clients.path:
        program.notify("hint: delete the person in Torgsoft too, else its clients export brings them back")
