"""The tables of the state, in SQLAlchemy Core: portable between SQLite and PostgreSQL.

`goods` is narrow, because it is read completely at every look; documents are in tables of their own. A
product is stored as two documents: `price_stock`, which an edit can change and which moves every day, and
`content`, everything else, which is long and stays. Times are ISO 8601 texts in UTC, money is exact text,
documents are JSON texts in normal form, so that equal texts are equal values. `object` is the sync object's
slug everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    case,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from torgsync.core.findings import Finding
from torgsync.core.reason import encode_args


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as ISO 8601 text in UTC with microseconds: it sorts as text."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a time; a naive one is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, ANN401
        """Read a time."""
        return None if value is None else datetime.fromisoformat(value)


class Amount(TypeDecorator[Decimal]):
    """Exact money, kept as text."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write an amount."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002, ANN401
        """Read an amount."""
        return None if value is None else Decimal(value)


metadata = MetaData()

objects = Table(
    "objects",
    metadata,
    Column("object", String(200), primary_key=True),
    Column("settings", String(40), nullable=False, default=""),
    Column("looked_at", Instant),
    Column("full_look_at", Instant),
    Column("look", Integer, nullable=False, default=0),
    Column("orders_until", Instant),
    Column("orders_begun", Instant),  # when orders were first asked for
    Column("first_write_at", Instant),
    Column("reading", String(20), nullable=False, default=""),  # fingerprint of the last whole reading
    Column("read_info", Text, nullable=False, default="{}"),
    Column("noop_plan", Text, nullable=False, default=""),  # sums of a plan that found nothing to do
    Column("foreign", Integer),  # products that are not ours, where that is known
    Column("groups", Text, nullable=False, default="", server_default=""),  # ids of the shop's groups
    Column("adopted_at", Instant),
    Column("selection", Text, nullable=False, default="", server_default=""),  # as the last run used it
    Column("clients_read", Text, nullable=False, default="", server_default=""),  # stamp of a clients export
)

goods = Table(
    "goods",
    metadata,
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("row_hash", BigInteger, nullable=False),
    Column("row_status", String(8), nullable=False),
    Column("reason", String(20), nullable=False, default=""),
    Column("line", Integer, nullable=False),
    Column("clean", Boolean, nullable=False, default=False),
    Column("content_clean", Boolean, nullable=False, default=False),  # only its terms are to be looked at
    Column("model", BigInteger, nullable=False, default=0),
    Column("variant", Integer, nullable=False, default=0),
    Column("section", BigInteger, nullable=False, default=0),
    Column("traits", BigInteger, nullable=False, default=0),
    Column("content_hash", BigInteger, nullable=False, default=0),  # hash of what makes the card
    Column("left_alone", Text, nullable=False, default="", server_default=""),  # fields that are Prom's
    Column("reserved", Integer, nullable=False, default=0, server_default="0"),  # pieces of unknown orders
    PrimaryKeyConstraint("object", "good_id"),
    Index("goods_dirty", "object", "clean", "line", "good_id"),
    Index("goods_model", "object", "model"),
    Index("goods_row_status", "object", "row_status", "reason"),
    Index(
        "goods_left_alone",
        "object",
        "left_alone",
        sqlite_where=text("left_alone != ''"),
        postgresql_where=text("left_alone != ''"),
    ),
)

models = Table(
    "models",
    metadata,
    Column("object", String(200), nullable=False),
    Column("model", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("object", "model"),
    Index("models_number", "object", "number", unique=True),
)

sections = Table(
    "sections",
    metadata,
    Column("object", String(200), nullable=False),
    Column("section", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    PrimaryKeyConstraint("object", "section"),
)

desired = Table(
    "desired",
    metadata,
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("price_stock", Text, nullable=False),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("object", "good_id"),
)

sent = Table(
    "sent",
    metadata,
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("price_stock", Text, nullable=False),
    Column("echo", Text, nullable=False, default="{}"),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("object", "good_id"),
)

existing = Table(
    "existing",
    metadata,
    Column("object", String(200), nullable=False),
    Column("prom_id", Text, nullable=False),
    Column("good_id", Text, nullable=False),
    Column("modified", Instant),
    Column("look", Integer, nullable=False),
    Column("deleted", Boolean, nullable=False, default=False),
    Column("available", Boolean, nullable=False, default=False),
    Column("price_stock", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("alias", Text),  # the external id of an adopted product, where it is not its good's id
    PrimaryKeyConstraint("object", "prom_id"),
    Index("existing_good", "object", "good_id"),
    Index("existing_shown", "object", "deleted", "available", "good_id"),
    Index(
        "existing_alias",
        "object",
        "alias",
        sqlite_where=text("alias IS NOT NULL"),
        postgresql_where=text("alias IS NOT NULL"),
    ),
)

adoptions = Table(
    "adoptions",
    metadata,
    Column("object", String(200), nullable=False),
    Column("prom_id", Text, nullable=False),
    Column("good_id", Text, nullable=False),
    Column("by", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    PrimaryKeyConstraint("object", "prom_id"),
    Index("adoptions_good", "object", "good_id"),
)

candidates = Table(
    "candidates",
    metadata,
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("prom_id", Text, nullable=False),
    Column("by", String(40), nullable=False),
    PrimaryKeyConstraint("object", "good_id", "prom_id"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("price_stock", Text, nullable=False),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("object", "good_id"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("code", String(40), nullable=False),
    Column("args", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("value", Text, nullable=False),
    Column("file", Text, nullable=False, default=""),
    Index("findings_good", "object", "good_id"),
)

photos = Table(
    "photos",
    metadata,
    Column("object", String(200), nullable=False),
    Column("name", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("digest", String(32), nullable=False),
    PrimaryKeyConstraint("object", "name"),
)

unfetched = Table(
    "unfetched",
    metadata,
    Column("object", String(200), nullable=False),
    Column("good_id", Text, nullable=False),
    Column("photos", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("object", "good_id"),
)

plans = Table(
    "plans",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("made", Instant, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("plan", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("good_id", Text, nullable=False),
    Column("prom_id", Text, nullable=False, default=""),
    Column("verb", String(8), nullable=False),
    Column("via", String(8), nullable=False),
    Column("held", String(20)),
    Column("title", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("outcome", String(10)),
    Column("reasons", Text, nullable=False, default=""),  # of the outcome
    Column("reason", String(20), nullable=False, default="", server_default=""),  # why it leaves the shop
    PrimaryKeyConstraint("plan", "seq"),
    Index("changes_verb", "plan", "verb", "via"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("plan", Integer),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("exit", Integer),
    Column("rows", Integer),
    Column("undoes", Integer),  # the run that it turns back
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("run", Integer),
    Column("at", Instant, nullable=False),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("guard", String(20), nullable=False),
    Column("allowed", Text, nullable=False),
    Column("observed", Text, nullable=False),
    Index("overrides_run", "object", "run"),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("digest", String(40), nullable=False),
    Column("answered_at", Instant),
    Column("status", Integer),
    Column("outcome", Text, nullable=False, default=""),
    Index("requests_run", "run"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("object", String(200), nullable=False),
    Column("run", Integer, nullable=False),
    Column("prom_id", Text),
    Column("offers", Integer, nullable=False),
    Column("started", Instant, nullable=False),
    Column("ended", String(12)),
    Index("imports_day", "object", "started"),
)

leases = Table(
    "leases",
    metadata,
    Column("object", String(200), primary_key=True),
    Column("run", Integer, nullable=False),
    Column("user", String(200), nullable=False),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("expires", Instant, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("object", String(200), nullable=False),
    Column("time", Text, nullable=False),  # what a synchronization time is remembered by
    Column("moment", Instant, nullable=False),
    Column("started", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("exit", Integer),
    PrimaryKeyConstraint("object", "time"),
)

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
    Column("held", Text),
    Column("place", Text),  # the outbox that its file was written to
    Column("phase", String(10)),  # how far its file is, see `trade.Phase`; NULL while none was written
    Column("written", Instant),
    Column("taken", Instant),  # when the file was found gone
    Column("accepted", Instant),
    Column("waits", Boolean, nullable=False, default=False, server_default=text("false")),  # for a person
    Column("filed", Integer),  # the version that Torgsoft was given, NULL where nobody knows
    Column("by_hand", Text),  # what a person must do in Torgsoft about a change that it was not given
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
    Column("what", Text, nullable=False),
    Index("confirmations_order", "object", "order_id"),
)

outboxes = Table(  # places that order files were written to
    "outboxes",
    metadata,
    Column("object", String(200), nullable=False),
    Column("place", Text, nullable=False),
    Column("apart", Boolean, nullable=False),  # whether it lay on another disk than the home
    Column("missed", Boolean, nullable=False, server_default=text("false")),  # it was gone with files in it
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


DIRTY = {"clean": False, "content_clean": False}
PRICE_STOCK_DIRTY = {
    "clean": False,
    # Fields that are left alone are compared one by one, so such a good is compared completely.
    "content_clean": case((goods.c.left_alone != "", False), else_=goods.c.content_clean),
}
"""The values of goods of which only price and stock have changed."""


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, or replace the columns given of those whose primary key is there already."""
    if not rows:
        return
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    connection.execute(statement, rows)


def finding_row(slug: str, finding: Finding) -> dict[str, object]:
    """Return a finding of an object as a row of its table."""
    return {
        "object": slug,
        "good_id": finding.good_id,
        "code": finding.code,
        "args": encode_args(finding.args),
        "line": finding.line,
        "name": finding.column,
        "value": finding.value,
        "file": finding.file,
    }
