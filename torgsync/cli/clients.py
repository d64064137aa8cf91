"""`torgsync clients`: the people who ordered, and those that Torgsoft knows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption, named, separated
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import Row, pick, print_result, print_rows, print_table
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.counts import order_count
from torgsync.core.order_status import status_word
from torgsync.core.shell import quoted
from torgsync.errors import Exit, UsageError
from torgsync.i18n import _, _n, composed, translated, verbatim

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.orders.clients import ClientDetails, ClientList, ClientsImport
    from torgsync.jobs.orders.forget import ForgetResult


def list_(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    held: Annotated[
        bool, typer.Option("--held", help=_("Orders that match several clients, with each of them."))
    ] = False,
) -> None:
    """List the clients, oldest first."""
    program = program_of(context, output)
    from torgsync.jobs.orders.clients import list_clients

    file = program.object(wanted)
    with program.job(file) as job:
        view = list_clients(job)
    if not held:
        rows, none = _client_rows(view), _("no clients yet")
        columns = (*CLIENT_COLUMNS, "card", "orders")
        shown = [_for_people(row) for row in rows]
        print_rows(program, output, "clients", rows, shown, columns=columns, none=none)
        if output is Format.TABLE:
            _notify_odd_phones(program, rows)
        return
    rows = [
        {"order": order_id} | pick(client, *CLIENT_COLUMNS)
        for order_id, fitting in view.candidates.items()
        for client in view.clients
        if client.id in fitting
    ]
    none = _("no order needs a client chosen for it")
    shown = [_for_people(row) for row in rows]
    print_rows(program, output, "held_orders", rows, shown, columns=("order", *CLIENT_COLUMNS), none=none)
    if rows and output is Format.TABLE:
        order_id, (client_id, *others) = next(iter(view.candidates.items()))
        program.hint(verbatim(f"torgsync clients choose {order_id} {client_id} -o {file.called}"))
        program.hint(verbatim(f"torgsync clients choose {order_id} new -o {file.called}"))
        if others:
            merged = f"{' '.join(others)} --into {client_id}"
            program.hint(verbatim(f"torgsync clients merge {merged} -o {file.called}"))


def show(
    context: typer.Context,
    client: Annotated[str, typer.Argument(help=_("The client's id."), metavar="CLIENT")],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show one client: phones, e-mails, cards and orders."""
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
        typer.Argument(
            help=_("`TSClients.trs`; without it the one in the sync object's settings."), metavar="FILE"
        ),
    ] = None,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Read Torgsoft's clients. Nothing is removed, and reading the same file again changes nothing."""
    program = program_of(context, output)
    from torgsync.jobs.orders.clients import read_torgsoft_clients

    file = program.object(wanted)
    given = path or file.clients_path
    if given is None:
        raise UsageError(
            _("the sync object has no file of clients, and the command names none"),
            hint=_(
                "name the file, or set it once: {command}",
                command=f'torgsync object edit {file.called} --set clients.path="…"',
            ),
        )
    with program.job(file) as job:
        result = read_torgsoft_clients(job, path, again=True)
    if result is None:  # pragma: no cover  # a file that is named is always read
        return
    numbers = pick(result, "rows", "new", "known", "ambiguous", "unreadable")
    head, tail = {"object": file.settings.name}, {"clients": numbers, "exit": int(result.exit_code)}
    print_result(output, [numbers], lambda: _notify(program, given, result), head=head, tail=tail)
    raise typer.Exit(int(result.exit_code))


def _notify(program: Program, path: Path, result: ClientsImport) -> None:
    program.notify(
        _n(
            "{count} client in `{file}`: {new} new, {known} known",
            "{count} clients in `{file}`: {new} new, {known} known",
            result.rows,
            file=path.name,
            new=result.new,
            known=result.known,
        )
    )
    if result.unreadable:
        program.warn(
            _n(
                "{count} phone is not a phone number; no buyer can be matched by it",
                "{count} phones are not phone numbers; no buyer can be matched by them",
                result.unreadable,
            )
        )
    if result.ambiguous:
        program.warn(
            _n(
                "{count} row matches several known clients; none was chosen",
                "{count} rows match several known clients; none was chosen",
                result.ambiguous,
            )
        )


def choose(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help=_("The order's number."), metavar="ORDER")],
    client: Annotated[
        str, typer.Argument(help=_("The client's id, or `new` for a new client."), metavar="CLIENT|new")
    ],
    wanted: ObjectOption = None,
) -> None:
    """Choose the client of an order that matches several.

    It may also match one client only in part. `torgsync clients list --held` lists such orders.
    """
    program = program_of(context)
    from torgsync.jobs.orders.clients import NEW, choose_client

    if client != NEW:
        _refuse_words(client, wanted)
    with program.job(program.object(wanted)) as job:
        chosen = choose_client(job, order, client)
    program.notify(_("order {order} now belongs to client {client}", order=order, client=chosen))


def merge(
    context: typer.Context,
    clients: Annotated[
        list[str],
        typer.Argument(
            help=_("Ids of clients."),
            metavar="CLIENT",
            callback=separated,
        ),
    ],
    into: Annotated[str, typer.Option("--into", help=_("The client that remains."), metavar="CLIENT")],
    wanted: ObjectOption = None,
) -> None:
    """Merge several clients into one. It gets their phones, e-mails and orders."""
    program = program_of(context)
    for client in (*clients, into):
        _refuse_words(client, wanted)
    from torgsync.jobs.orders.clients import merge_clients

    with program.job(program.object(wanted)) as job:
        clear = merge_clients(job, clients, into)
    merged = _n(
        "{count} client merged into {into}",
        "{count} clients merged into {into}",
        len({*clients} - {into}),
        into=into,
    )
    if clear:
        orders = _n(
            "{count} order no longer waits for your choice",
            "{count} orders no longer wait for your choice",
            clear,
        )
        merged = composed("{merged}; {orders}", merged=merged, orders=orders)
    program.notify(merged)


def forget(
    context: typer.Context,
    phone: Annotated[str, typer.Argument(help=_("The person's phone, in any format."), metavar="PHONE")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Delete a person's data for good.

    It is removed from the state, its copies and the outbox. Orders and their sums stay.
    """
    program = program_of(context, output)
    from torgsync.core.orders.phones import is_phone, normal_phone
    from torgsync.jobs.orders.forget import forget_person, refuse_unlisted

    file = program.object(wanted)
    person = normal_phone(phone, file.settings.portal.region)
    if not is_phone(person):
        with program.job(file) as job:
            refuse_unlisted(job, person)
    if not yes:
        if not program.asks:
            raise UsageError(
                _("there is no terminal to ask on, so nothing was removed"),
                hint=_(
                    "this cannot be undone; to do it without a question: {command}",
                    command=f"torgsync clients forget {quoted(person)} -o {file.called} --yes",
                ),
            )
        question = _(
            "Remove {person} from `{name}` for good, and delete the copies of the state next to it, "
            "backups included?",
            person=person,
            name=file.settings.name,
        )
        if not is_phone(person):
            program.warn(_("several people may have given `{phone}`: all of them are removed", phone=person))
        if not program.confirm(question):
            program.notify(_("nothing was removed"))
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


def _notify_odd_phones(program: Program, rows: list[dict[str, object]]) -> None:
    from torgsync.core.orders.phones import is_phone

    phones = {str(row["phone"]) for row in rows if row["phone"]}
    if odd := sorted(phone for phone in phones if not is_phone(phone)):
        program.warn(_("not real phone numbers, so no client is found by them: {phones:quoted}", phones=odd))


def _refuse_words(client: str, wanted: str | None) -> None:
    """Refuse what is no client's number before it gets into the log: it may be a person's name."""
    if not client.isdecimal():
        hint = _("give its number: {command}", command=f"torgsync clients list{named(wanted)}")
        raise UsageError(_("there is no client {client}", client=client), hint=hint)


_CONTACTS = {"phone": _("phone"), "email": _("e-mail"), "card": _("card")}
CLIENT_COLUMNS = ("id", "name", "phone", "email")
ORDER_COLUMNS = ("id", "created", "status", "total", "currency")


def _client_rows(view: ClientList) -> list[dict[str, object]]:
    return [
        pick(client, *CLIENT_COLUMNS, "card") | {"orders": view.orders.get(client.id, 0)}
        for client in view.clients
    ]


def _for_people(row: Row) -> Row:
    """Return a row of a client as people see it: a person has a name of another kind than a thing."""
    shown = ("order", *CLIENT_COLUMNS)
    return {"full name" if key == "name" else key: row[key] for key in shown if key in row}


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
    name = document["name"] or _("without a name")
    program.print(_("client {client}: {name}", client=document["id"], name=name))
    words = {kind: translated(word) for kind, word in _CONTACTS.items()}
    width = max(map(len, words.values())) + 2
    for kind, word in words.items():
        if document[kind]:
            program.print(verbatim(f"{word:<{width}}{', '.join(document[kind])}"), width)
    if document["orders"]:
        rows = (
            (
                row["id"],
                shop_time(row["created"]),
                status_word(row["status"]),
                f"{row['total'] or '?'} {row['currency']}",
            )
            for row in document["orders"]
        )
        print_table(program, (_("order"), _("placed"), _("status"), _("total")), rows)


def _notify_forgotten(program: Program, result: ForgetResult) -> None:
    if not result.known:
        program.notify(_("no person with this phone is known"))
        return
    program.notify(
        _(
            "removed: {clients}, people in {orders}, {files} in the outbox",
            clients=_n("{count} client", "{count} clients", result.clients),
            orders=order_count(result.orders),
            files=_n("{count} file", "{count} files", result.files),
        )
    )
    if result.copies:
        program.notify(
            _n(
                "deleted: {count} copy of the state, which had the data of all people",
                "deleted: {count} copies of the state, which had the data of all people",
                result.copies,
            )
        )


def _notify_left(program: Program, file: ObjectFile, result: ForgetResult, phone: str) -> None:
    """Report where the person may still be found, and what to do about it."""
    if result.by_hand:
        program.warn(
            _n(
                "{count} sale is not in Torgsoft yet; enter it by hand: {orders}",
                "{count} sales are not in Torgsoft yet; enter them by hand: {orders}",
                len(result.by_hand),
                orders=", ".join(result.by_hand),
            )
        )
        command = f"torgsync orders done {' '.join(result.by_hand)} -o {file.called}"
        program.hint(_("when it is done in Torgsoft: {command}", command=command))
    for place in result.places:
        program.warn(
            _(
                "files of these orders may still be in the old outbox `{place}`; delete them there",
                place=place,
            )
        )
    for order_id in result.named_in:
        program.warn(
            _(
                "order {order}, of another buyer, has this phone in its note, address or phones; it was left",
                order=order_id,
            )
        )
        program.hint(verbatim(f"torgsync orders show {order_id} -o {file.called}"))
    for slug in result.elsewhere:
        program.warn(_("the sync object `{name}` has this phone too", name=slug))
        program.hint(verbatim(f"torgsync clients forget {quoted(phone)} -o {quoted(slug)}"))
    for copy in result.kept:
        program.warn(_("`{path}`, a copy of the state, may have the phone; delete it", path=copy))
    if result.known and file.settings.clients.path:
        program.hint(_("delete the person in Torgsoft too; otherwise its export of clients brings them back"))
