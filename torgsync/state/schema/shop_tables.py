"""Tables of the export, of what Prom has and of what was sent.

`goods` is narrow, because it is read completely in every run; documents are in tables of their own. A product
is stored as two documents: `price_stock`, which an edit can change and which moves every day, and `content`,
everything else, which is long and stays.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Text, case, text

from torgsync.core.findings import Finding
from torgsync.core.reason import encode_args
from torgsync.state.schema.base import (
    Instant,
    MachineText,
    blank,
    key,
    numbered_table,
    object_table,
    required,
)

objects = object_table(
    "objects",
    required("settings", String(40), default=""),
    Column("looked_at", Instant),
    Column("full_look_at", Instant),
    required("look", Integer, default=0),
    Column("orders_until", Instant),
    Column("orders_begun", Instant),  # when orders were first asked for
    Column("first_write_at", Instant),
    required("reading", String(20), default=""),  # fingerprint of the last whole reading
    required("read_info", default="{}"),
    required("noop_plan", default=""),  # sums of a plan that found nothing to do
    Column("foreign", Integer),  # products that are not ours, where that is known
    blank("groups"),  # ids of the shop's groups
    Column("adopted_at", Instant),
    blank("selection", MachineText),  # as the last run used it
    blank("clients_read", MachineText),  # stamp of a clients export
    blank("filter_zone"),  # how Prom reads dates in filters, as far as that was learned
)

goods = object_table(
    "goods",
    key("good_id"),
    required("row_hash", BigInteger),
    required("row_status", String(8)),
    required("reason", String(20), default=""),
    required("line", Integer),
    required("clean", Boolean, default=False),
    required("content_clean", Boolean, default=False),  # only price and stock are to be compared
    required("model", BigInteger, default=0),
    required("variant", Integer, default=0),
    required("section", BigInteger, default=0),
    required("traits", BigInteger, default=0),
    required("content_hash", BigInteger, default=0),  # of all but price and stock
    blank("left_alone"),  # fields that are Prom's
    required("reserved", Integer, default=0, server_default="0"),  # pieces of unknown orders
    required("creatable", Boolean, default=False, server_default=text("false")),  # exactly as it is desired
    Index("goods_dirty", "object", "clean", "line", "good_id"),
    Index("goods_model", "object", "model"),
    Index("goods_row_status", "object", "row_status", "reason"),
    Index(
        "goods_left_alone",
        "object",
        "left_alone",
        # For PostgreSQL the migration says so too; here that would import its dialect at every start.
        sqlite_where=text("left_alone != ''"),
    ),
)

models = object_table(
    "models",
    key("model", BigInteger),
    required("number", Integer),
    Index("models_number", "object", "number", unique=True),
)

sections = object_table("sections", key("section", BigInteger), required("path"))

desired = object_table(
    "desired", key("good_id"), required("title"), required("price_stock"), required("content")
)

sent = object_table(
    "sent",
    key("good_id"),
    required("at", Instant),
    required("price_stock"),
    required("echo", default="{}"),
    required("content"),
)

existing = object_table(
    "existing",
    key("prom_id"),
    required("good_id"),
    Column("modified", Instant),
    required("look", Integer),
    required("deleted", Boolean, default=False),
    required("available", Boolean, default=False),
    required("price_stock"),
    required("content"),
    Column("alias", Text),  # the external id of an adopted product, where it is not its good's id
    Index("existing_good", "object", "good_id"),
    Index("existing_shown", "object", "deleted", "available", "good_id"),
    Index(
        "existing_alias",
        "object",
        "alias",
        # as above
        sqlite_where=text("alias IS NOT NULL"),
    ),
)

adoptions = object_table(
    "adoptions",
    key("prom_id"),
    required("good_id"),
    required("by", String(40)),
    required("at", Instant),
    required("user", MachineText(200)),
    required("host", MachineText(200)),
    Index("adoptions_good", "object", "good_id"),
)

id_writes = object_table(
    "id_writes",
    key("prom_id"),
    required("good_id"),
    required("import_number", Integer),
    required("copy"),  # of the product before the import
)

candidates = object_table("candidates", key("good_id"), key("prom_id"), required("by", String(40)))

refusals = object_table(
    "refusals",
    key("good_id"),
    required("reasons"),
    required("at", Instant),
    required("price_stock"),
    required("content"),
)

grace_periods = object_table(
    "grace_periods",
    key("good_id"),
    required("since", Instant),  # when its product was hidden because the export lacks it
    Index("grace_periods_since", "object", "since"),
)

findings = numbered_table(
    "findings",
    required("good_id"),
    required("code", String(40)),
    required("args"),
    required("line", Integer),
    required("name", MachineText(200)),
    required("value", MachineText),
    required("file", MachineText, default=""),
    Index("findings_good", "object", "good_id"),
)

photos = object_table(
    "photos",
    key("name", MachineText(255)),
    required("size", BigInteger),
    required("modified_ns", BigInteger),
    required("digest", String(32)),
    required("last_good", String(32), default=""),
    required("version", String(8), default=""),
)

pictures = object_table("pictures", key("digest", String(32)), required("record"))

photo_addresses = object_table("photo_addresses", key("address", MachineText(2000)), required("answer"))

uploads = object_table(
    "uploads",
    key("place", MachineText(1000)),
    key("name", String(40)),
    required("size", BigInteger),
    required("files"),
    required("at", Instant),
    Column("unused_since", Instant),  # when it was first found that nothing uses it any more
)

unfetched = object_table(
    "unfetched",
    key("good_id"),
    required("photos", Integer),
    required("at", Instant),
    required("status", String(40), default=""),
)

DIRTY = {"clean": False, "content_clean": False}
PRICE_STOCK_DIRTY = {
    "clean": False,
    # Fields that are left alone are compared one by one, so such a good is compared completely.
    "content_clean": case((goods.c.left_alone != "", False), else_=goods.c.content_clean),
}
"""The values of goods of which only price and stock have changed."""


def finding_row(finding: Finding) -> dict[str, object]:
    """Return a finding as a row of its table."""
    return {
        "good_id": finding.good_id,
        "code": finding.code,
        "args": encode_args(finding.args),
        "line": finding.line,
        "name": finding.column,
        "value": finding.value,
        "file": finding.file,
    }
