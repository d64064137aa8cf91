"""One order with everything about it, as a document and for people."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from torgsync.cli.base.costs import order_cost_columns
from torgsync.cli.base.program import Program
from torgsync.cli.base.render import pick, print_table, whole_or_float
from torgsync.cli.messages.costs import cost_message
from torgsync.cli.messages.orders import (
    done_message,
    hold_message,
    hold_words,
    unreadable_message,
    work_message,
)
from torgsync.cli.messages.parcels import message_line, parcel_message
from torgsync.cli.messages.words import PHASES, account_word, payment_word, posting_word
from torgsync.cli.payments import posting_row
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.order_status import status_word
from torgsync.core.orders.clients import client_of
from torgsync.core.orders.costs import cost_of
from torgsync.core.orders.lines import free_lines
from torgsync.core.orders.messages import MessageState
from torgsync.core.orders.phones import is_phone, normal_phone
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.core.text import one_line
from torgsync.i18n import Message, _, composed, joined, translated, verbatim
from torgsync.jobs.orders.listing import OrderDetails

FACTS = 11
"""Columns of the names of facts, where these are not longer."""


def order_document(details: OrderDetails) -> dict[str, Any]:
    """Return an order as JSON: money as decimal strings, times in UTC."""
    stored, order = details.stored, details.stored.order
    free = free_lines(order)
    buyer = client_of(order.buyer)

    def moment(when: datetime | None) -> str | None:
        return utc_iso(when) if when else None

    def money(amount: Decimal | None) -> str | None:
        return None if amount is None else str(amount)

    return {
        "id": order.id,
        "status": order.shown,
        "created": moment(order.created),
        "modified": moment(order.modified),
        "source": order.source or None,
        "lines": [
            {
                "good_id": line.good_id or None,
                "sku": line.sku or None,
                "name": line.name,
                "quantity": whole_or_float(line.quantity),
                "price": str(line.price),
                "total": str(line.total),
                "free": line in free,
            }
            for line in order.lines
        ],
        "discount": str(order.discount),
        "promo_code": order.promo_code or None,
        "promotion": order.promotion or None,
        "delivery": {
            "way": order.delivery_name or None,
            "carrier": order.carrier or None,
            "address": order.delivery_address or None,
            "cost": str(order.delivery_cost),
            "free": order.free_delivery,
            "recipient": order.recipient.full_name or None,
            "recipient_phone": normal_phone(order.recipient.phone) or None,
            "parcel": order.parcel or None,
            "parcel_status": order.parcel_status or None,
        },
        "total": money(order.total),
        "currency": order.currency,
        **order_cost_columns(cost_of(order)),
        "payment": {"id": order.payment_id or None, "method": order.payment_name, "state": str(order.paid)},
        "buyer": {
            "name": buyer.name or None,
            "phone": buyer.phone or None,
            "email": buyer.email or None,
            "client_id": stored.client_id or None,
            "forgotten": order.forgotten,
        },
        "note": order.note or None,
        "cancelled_because": order.cancelled_because or None,
        "unreadable": list(map(unreadable_message, order.unreadable)),
        "torgsoft": {
            "file": stored.file,
            "phase": str(stored.phase) if stored.phase else None,
            "written": moment(stored.written),
            "taken": moment(stored.taken),
            "held": stored.hold and hold_message(order.id, stored.hold),
            "by_hand": stored.hand_work and work_message(stored.hand_work),
            "confirmed": [
                {
                    "at": moment(said.at),
                    **pick(said, "user", "host"),
                    "what": done_message(order.id, said.todo),
                }
                for said in details.confirmations
            ],
        },
        "accepted": moment(stored.accepted),
        "messages": [
            {
                "parcel": message.parcel,
                "state": str(MessageState.SENT if message.sent else MessageState.UNCLEAR),
                "at": moment(message.sent or message.at),
            }
            for message in details.messages
        ],
        "postings": [posting_row(posting) for posting in details.postings],
        "versions": [
            {
                "version": version.number,
                "seen": moment(version.seen),
                "status": version.order.status,
                "paid": str(version.order.paid),
                "total": money(version.order.total),
            }
            for version in details.versions
        ],
    }


def print_order(program: Program, stored: StoredOrder, document: dict[str, Any]) -> None:
    """Print an order and its document for people, at 80 columns, with what it costs the seller."""
    order = stored.order
    delivery, buyer, payment = document["delivery"], document["buyer"], document["payment"]
    torgsoft, people = document["torgsoft"], (buyer["name"], buyer["phone"], buyer["email"])
    program.print(
        _(
            "order {order}: {status}, placed {at:time}",
            order=document["id"],
            status=status_word(document["status"]),
            at=document["created"],
        )
    )
    keys = ("good_id", "name", "quantity", "price", "total")
    rows = ([line[key] for key in keys] for line in document["lines"])
    print_table(program, (_("item"), _("name"), _("quantity"), _("price"), _("total")), rows)
    facts: dict[Message, str] = {
        _("free"): "; ".join(line["name"] for line in document["lines"] if line["free"]),
        _("total"): f"{document['total']} {document['currency']}" if document["total"] else "–",
        _("discount"): _amount(document["discount"], document["promo_code"]),
        _("promotion"): document["promotion"],
        _("delivery"): ", ".join(filter(None, (delivery["way"], delivery["address"]))),
        _("its cost"): _amount(delivery["cost"], _("free for the buyer") if delivery["free"] else None),
        _("recipient"): _person(delivery["recipient"], delivery["recipient_phone"]),
        _("parcel"): parcel_message(order),
        _("message"): joined(
            "; ",
            (message_line(one["parcel"], one["state"], shop_time(one["at"])) for one in document["messages"]),
        ),
        _("buyer"): _("forgotten") if buyer["forgotten"] else _person(*people),
        _("client"): buyer["client_id"],
        _("note"): document["note"],
        _("payment"): joined(", ", (payment["method"], payment_word(payment["state"]))),
        _("Prom fees"): cost_message(cost_of(order), document["currency"]),
        _("cancelled"): document["cancelled_because"],
        _("unreadable"): joined(", ", document["unreadable"]),
        verbatim("Torgsoft"): _way(torgsoft, stored),
        _("to be done"): torgsoft["by_hand"],
        _("done"): joined("; ", map(_confirmed, torgsoft["confirmed"])),
    }
    named = {translated(name): translated(value) for name, value in facts.items() if value}
    width = max(FACTS, *(len(name) + 2 for name in named))
    program.print()
    for name, value in named.items():
        program.print(verbatim(f"{name:<{width}}{one_line(value)}"), width)
    if document["postings"]:
        program.print()
        headings = (_("money"), _("at"), _("account"), _("amount"))
        print_table(program, headings, map(_posting_cells, document["postings"]))


def _person(name: str | None, phone: str | None, email: str | None = None) -> Message:
    """Return a person in one line, and with a remark for a phone that is no number."""
    person = verbatim(" ".join(filter(None, (name, phone, email))))
    if phone and not is_phone(phone):
        return _("{person} (this is not a real phone number: no client is found by it)", person=person)
    return person


def _confirmed(said: dict[str, Any]) -> Message:
    return _(
        "{what} ({user} on {host}, {at:time})",
        what=said["what"],
        user=said["user"],
        host=said["host"],
        at=said["at"],
    )


def _posting_cells(posting: dict[str, Any]) -> tuple[str, ...]:
    amount = f"{posting['amount']} {posting['currency']}"
    return posting_word(posting["kind"]), shop_time(posting["at"]), account_word(posting), amount


def _amount(amount: str, more: str | None) -> Message:
    """Return an amount with a remark in brackets; nothing where it is 0 and has no remark."""
    zero = not Decimal(amount)
    if not more:
        return verbatim("" if zero else amount)
    return composed("{amount} ({more})", amount=amount, more=more)


def _way(torgsoft: dict[str, Any], stored: StoredOrder) -> Message:
    match torgsoft["phase"]:
        case "taken" if not torgsoft["file"]:
            return _("entered by hand, {at:time}", at=torgsoft["taken"])
        case "taken":
            return _("took `{file}`, seen {at:time}", file=torgsoft["file"], at=torgsoft["taken"])
        case "written":
            return _("`{file}` is in the outbox", file=torgsoft["file"])
        case None:
            if stored.hold:
                return hold_words(stored.order.id, stored.hold)
            return _("its file is not written yet")
        case phase:
            return composed(
                "{file}, {phase}",
                file=composed("`{file}`", file=torgsoft["file"]) if torgsoft["file"] else _("no file"),
                phase=PHASES[FilePhase(phase)],
            )
