"""Tables of orders, their files, clients and payments."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, text

from torgsync.state.schema.base import (
    Amount,
    Instant,
    MachineText,
    blank,
    key,
    numbered_table,
    object_table,
    required,
)

orders = object_table(
    "orders",
    key("order_id"),
    required("version", Integer),
    required("status"),
    required("created", Instant),
    required("doc"),
    Column("client_id", Integer),
    Column("file", MachineText),
    Column("hold", String(20)),  # why it gets no file, see `HoldReason`
    blank("hold_args"),
    Column("place", MachineText),  # the outbox that its file was written to
    Column("phase", String(10)),  # how far its file is, see `FilePhase`; NULL while none was written
    Column("written", Instant),
    Column("taken", Instant),  # when the file was found gone
    Column("accepted", Instant),
    Column("filed", Integer),  # the version that Torgsoft was given, NULL where unknown
    Column("hand_work", String(20)),  # what a person has to do in Torgsoft about it, see `HandWork`
    blank("hand_work_args"),
    Column("payment_awaited", Instant),  # until when its online payment is awaited, NULL where none is
    Column("read", Instant),  # when it was last stored, or read again for its payment
    Index("orders_payment_awaited", "object", "payment_awaited"),
)

order_versions = object_table(
    "order_versions", key("order_id"), key("version", Integer), required("seen", Instant), required("doc")
)

confirmations = numbered_table(
    "confirmations",  # what a person said is done in Torgsoft
    required("order_id"),
    required("version", Integer),
    required("at", Instant),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    required("todo", String(20)),  # a `HandWork` or a `HoldReason`
    required("todo_args"),
    Index("confirmations_order", "object", "order_id"),
)

outboxes = object_table(
    "outboxes",  # places that order files were written to
    key("place", MachineText),
    required("apart", Boolean),  # on another disk than the home
    required("missed", Boolean, server_default=text("false")),  # it was missing with files in it
)

clients = numbered_table(
    "clients",
    required("name"),
    required("phone"),
    required("email"),
    required("made", Instant),
    blank("card"),
    Index("clients_phone", "object", "phone"),
    Index("clients_email", "object", "email"),
)

postings = numbered_table(
    "postings",
    required("order_id"),
    required("kind", String(10)),
    required("place", String(20)),
    required("account"),
    required("payment_id"),
    required("payment_name"),
    required("amount", Amount),
    required("currency", String(3)),
    required("at", Instant),  # when it was written down
    required("happened", Instant, server_default=""),
    Index("postings_order", "object", "order_id"),
)

contacts = object_table(
    "contacts",
    key("kind", String(10)),
    key("key"),
    key("client_id", Integer),
    Index("contacts_client", "object", "client_id"),
)

choices = object_table(
    "choices",  # the clients that fit an order's buyer, where a person must choose
    key("order_id"),
    key("client_id", Integer),
)

absent_orders = object_table(
    "absent_orders",  # numbers that Prom was asked for and has no order of
    key("number", BigInteger),
)

buyer_messages = object_table(
    "buyer_messages",  # about parcels; each is written down before it is sent, and none is sent twice
    key("order_id"),
    key("parcel"),  # the number in normal form
    required("at", Instant),
    Column("sent", Instant),  # when Prom confirmed it, NULL where that is unclear
    blank("message_id"),
)
