"""One order with everything about it, as a document and for people."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from torgsync.cli.base.costs import order_cost_columns
from torgsync.cli.base.program import Program
from torgsync.cli.base.render import pick, print_table, whole_or_float
from torgsync.cli.messages.costs import cost_message
from torgsync.cli.messages.orders import done_message, hold_message, unreadable_message, work_message
from torgsync.cli.messages.parcels import message_line, parcel_message
from torgsync.cli.payments import posting_row
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.orders.clients import client_of, normal_phone
from torgsync.core.orders.costs import cost_of
from torgsync.core.orders.lines import free_lines
from torgsync.core.orders.messages import MessageState
from torgsync.core.orders.order import Order
from torgsync.core.text import one_line
from torgsync.jobs.orders.listing import OrderDetails


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


def print_order(program: Program, order: Order, document: dict[str, Any]) -> None:
    """Print an order and its document for people, at 80 columns, with what it costs the seller."""
    delivery, buyer, payment = document["delivery"], document["buyer"], document["payment"]
    torgsoft, people = document["torgsoft"], (buyer["name"], buyer["phone"], buyer["email"])
    program.print(f"order {document['id']}: {document['status']}, placed {shop_time(document['created'])}")
    keys = ("good_id", "name", "quantity", "price", "total")
    rows = ([line[key] for key in keys] for line in document["lines"])
    print_table(program, ("good", "name", "count", "price", "total"), rows)
    facts = {
        "free": "; ".join(line["name"] for line in document["lines"] if line["free"]),
        "total": f"{document['total']} {document['currency']}" if document["total"] else "–",
        "discount": _amount(document["discount"], document["promo_code"]),
        "promotion": document["promotion"],
        "delivery": ", ".join(filter(None, (delivery["way"], delivery["address"]))),
        "its cost": _amount(delivery["cost"], "free for the buyer" if delivery["free"] else None),
        "recipient": " ".join(filter(None, (delivery["recipient"], delivery["recipient_phone"]))),
        "parcel": parcel_message(order),
        "message": "; ".join(
            message_line(one["parcel"], one["state"], shop_time(one["at"])) for one in document["messages"]
        ),
        "buyer": "forgotten" if buyer["forgotten"] else " ".join(filter(None, people)),
        "client": buyer["client_id"],
        "note": document["note"],
        "payment": f"{payment['method']}, {payment['state']}",
        "Prom fees": cost_message(cost_of(order), document["currency"]),
        "cancelled": document["cancelled_because"],
        "unreadable": ", ".join(document["unreadable"]),
        "Torgsoft": _way(torgsoft),
        "to be done": torgsoft["by_hand"],
        "done": "; ".join(
            f"{said['what']} ({said['user']} on {said['host']}, {shop_time(said['at'])})"
            for said in torgsoft["confirmed"]
        ),
    }
    for name, value in facts.items():
        if value:
            program.print(f"{name:<11}{one_line(value)}", 11)
    if document["postings"]:
        print_table(program, ("money", "at", "account", "amount"), map(_posting_cells, document["postings"]))


def _posting_cells(posting: dict[str, Any]) -> tuple[str, ...]:
    amount = f"{posting['amount']} {posting['currency']}"
    return posting["kind"], shop_time(posting["at"]), posting["account"] or posting["place"], amount


def _amount(amount: str, more: str | None) -> str:
    """Return an amount with a remark in brackets; nothing where it is 0 and has no remark."""
    zero = not Decimal(amount)
    return "" if zero and not more else f"{amount}{f' ({more})' if more else ''}"


def _way(torgsoft: dict[str, Any]) -> str:
    match torgsoft["phase"]:
        case "taken" if not torgsoft["file"]:
            return f"entered by hand, {shop_time(torgsoft['taken'])}"
        case "taken":
            return f"took {torgsoft['file']}, seen {shop_time(torgsoft['taken'])}"
        case "written":
            return f"{torgsoft['file']} lies in the outbox"
        case None:
            return torgsoft["held"] or "its file is still to be written"
        case phase:
            return f"{torgsoft['file'] or 'no file'}, {phase}"
