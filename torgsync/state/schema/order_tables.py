"""Tables of orders, their files, clients and payments."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from torgsync.state.schema.base import Amount, Instant, metadata

orders = Table(
    "orders",
    metadata,
    Column("object", String(200), nullable=False),
    Column("order_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("doc", Text, nullable=False),
    Column("client_id", Integer),
    Column("file", Text),
    Column("hold", String(20)),  # why it gets no file, see `HoldReason`
    Column("hold_args", Text, nullable=False, default="", server_default=""),
    Column("place", Text),  # the outbox that its file was written to
    Column("phase", String(10)),  # how far its file is, see `FilePhase`; NULL while none was written
    Column("written", Instant),
    Column("taken", Instant),  # when the file was found gone
    Column("accepted", Instant),
    Column("filed", Integer),  # the version that Torgsoft was given, NULL where unknown
    Column("hand_work", String(20)),  # what a person has to do in Torgsoft about it, see `HandWork`
    Column("hand_work_args", Text, nullable=False, default="", server_default=""),
    PrimaryKeyConstraint("object", "order_id"),
)

order_versions = Table(
    "order_versions",
    metadata,
    Column("object", String(200), nullable=False),
    Column("order_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("doc", Text, nullable=False),
    PrimaryKeyConstraint("object", "order_id", "version"),
)

confirmations = Table(  # what a person said is done in Torgsoft
    "confirmations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("order_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("todo", String(20), nullable=False),  # a `HandWork` or a `HoldReason`
    Column("todo_args", Text, nullable=False),
    Index("confirmations_order", "object", "order_id"),
)

outboxes = Table(  # places that order files were written to
    "outboxes",
    metadata,
    Column("object", String(200), nullable=False),
    Column("place", Text, nullable=False),
    Column("apart", Boolean, nullable=False),  # on another disk than the home
    Column(
        "missed", Boolean, nullable=False, server_default=text("false")
    ),  # it was missing with files in it
    PrimaryKeyConstraint("object", "place"),
)

clients = Table(
    "clients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Column("card", Text, nullable=False, default="", server_default=""),
    Index("clients_phone", "object", "phone"),
    Index("clients_email", "object", "email"),
)

postings = Table(
    "postings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("order_id", Text, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("place", String(20), nullable=False),
    Column("account", Text, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("payment_name", Text, nullable=False),
    Column("amount", Amount, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("at", Instant, nullable=False),  # when it was written down
    Column("happened", Instant, nullable=False, server_default=""),
    Index("postings_order", "object", "order_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("object", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("key", Text, nullable=False),
    Column("client_id", Integer, nullable=False),
    PrimaryKeyConstraint("object", "kind", "key", "client_id"),
    Index("contacts_client", "object", "client_id"),
)

choices = Table(  # the clients that fit an order's buyer, where a person must choose
    "choices",
    metadata,
    Column("object", String(200), nullable=False),
    Column("order_id", Text, nullable=False),
    Column("client_id", Integer, nullable=False),
    PrimaryKeyConstraint("object", "order_id", "client_id"),
)

absent_orders = Table(  # numbers that Prom was asked for and has no order of
    "absent_orders",
    metadata,
    Column("object", String(200), nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("object", "number"),
)
