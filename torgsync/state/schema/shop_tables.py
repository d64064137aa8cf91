"""Tables of the export, of what Prom has and of what was sent.

`goods` is narrow, because it is read completely in every run; documents are in tables of their own. A product
is stored as two documents: `price_stock`, which an edit can change and which moves every day, and `content`,
everything else, which is long and stays.
"""

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
    case,
    text,
)

from torgsync.core.findings import Finding
from torgsync.core.reason import encode_args
from torgsync.state.schema.base import Instant, metadata

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

DIRTY = {"clean": False, "content_clean": False}
PRICE_STOCK_DIRTY = {
    "clean": False,
    # Fields that are left alone are compared one by one, so such a good is compared completely.
    "content_clean": case((goods.c.left_alone != "", False), else_=goods.c.content_clean),
}
"""The values of goods of which only price and stock have changed."""


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
