"""Clients as rows and documents, and what was forgotten, for people."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from torgsync.cli.base.program import Program
from torgsync.cli.base.render import plain_table
from torgsync.core.text import counted
from torgsync.files.config.objects import ObjectFile
from torgsync.jobs.orders.clients import ClientDetails, ClientList
from torgsync.jobs.orders.forget import ForgetResult

CLIENT_COLUMNS = ("id", "name", "phone", "email")
ORDER_COLUMNS = ("id", "created", "status", "total", "currency")


def shown_client_rows(view: ClientList) -> list[dict[str, object]]:
    """Return clients as rows for people."""
    return [{name: getattr(client, name) for name in CLIENT_COLUMNS} for client in view.clients]


def client_rows(view: ClientList) -> list[dict[str, object]]:
    """Return clients as rows of a document."""
    return [
        row | {"card": client.card, "orders": view.orders.get(client.id, 0)}
        for row, client in zip(shown_client_rows(view), view.clients, strict=True)
    ]


def held_rows(view: ClientList) -> list[dict[str, object]]:
    """Return a row for each order whose client a person must choose and each candidate."""
    rows = shown_client_rows(view)
    return [
        {"order": order_id} | row
        for order_id, fitting in view.candidates.items()
        for row in rows
        if row["id"] in fitting
    ]


def client_document(details: ClientDetails, clock: tzinfo) -> dict[str, Any]:
    """Return a client as JSON, its contacts by kind."""
    contacts = {
        kind: [contact.key for contact in details.contacts if contact.kind == kind]
        for kind in ("phone", "email", "card")
    }
    orders = [
        {
            "id": order.id,
            "created": order.created.astimezone(clock).isoformat(timespec="seconds"),
            "status": order.status,
            "total": None if order.total is None else str(order.total),
            "currency": order.currency,
        }
        for order in details.orders
    ]
    return {"id": details.client.id, "name": details.client.name, **contacts, "orders": orders}


def print_client(program: Program, document: dict[str, Any]) -> None:
    """Print a client for people."""
    program.print(f"client {document['id']}: {document['name'] or 'without a name'}")
    for kind in ("phone", "email", "card"):
        if document[kind]:
            program.print(f"{kind:<8}{', '.join(document[kind])}", 8)
    if document["orders"]:
        table = plain_table("order", "placed", "status", "total")
        for row in document["orders"]:
            total = f"{row['total'] or '?'} {row['currency']}"
            table.add_row(row["id"], row["created"], row["status"], total)
        program.out.print(table)


def forget_document(result: ForgetResult) -> dict[str, object]:
    """Return as JSON what was forgotten, and what is left."""
    names = ("clients", "orders", "files", "copies", "places", "named_in", "elsewhere", "kept", "by_hand")
    return {name: getattr(result, name) for name in names}


def notify_forgotten(program: Program, result: ForgetResult) -> None:
    """Report what was forgotten."""
    if not result.known:
        program.notify("nobody with this phone is known")
        return
    program.notify(
        f"forgotten: {counted(result.clients, 'client')}, the people of {counted(result.orders, 'order')}, "
        f"{counted(result.files, 'file')} of the outbox"
    )
    if result.copies:
        number = counted(result.copies, "copy", "copies")
        program.notify(f"deleted: {number} of the state from before an update, which knew everybody")


def notify_left(program: Program, file: ObjectFile, result: ForgetResult, phone: str) -> None:
    """Report where the person may still be found, and what to do about it."""

    def warn(text: str) -> None:
        program.notify(f"! {text}", style="warning")

    if result.by_hand:
        sales = counted(len(result.by_hand), "sale was", "sales were")
        warn(f"{sales} not taken by Torgsoft yet; enter by hand: {', '.join(result.by_hand)}")
        numbers = " ".join(result.by_hand)
        program.notify(f"hint: when it is done in Torgsoft: torgsync orders done {numbers} -o {file.called}")
    for place in result.places:
        warn(f"files of these orders may still lie in the old outbox `{place}`; delete them there")
    for order_id in result.named_in:
        where = "in its note, address or phones; that was left"
        warn(f"order {order_id} of somebody else names this phone {where}")
        program.notify(f"hint: torgsync orders show {order_id} -o {file.called}")
    for slug in result.elsewhere:
        warn(f"the sync object `{slug}` knows this phone too")
        program.notify(f"hint: torgsync clients forget {phone} -o {slug}")
    for copy in result.kept:
        warn(f"`{copy}`, a copy of the state from before an update, may know it; delete it")
    if result.known and file.settings.clients.path:
        program.notify("hint: delete the person in Torgsoft too, else its clients export brings them back")
