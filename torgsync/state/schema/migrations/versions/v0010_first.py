"""The first schema. Numbers below 0010 belonged to versions that were never released."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absent_orders",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("object", "number"),
    )
    op.create_table(
        "adoptions",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("prom_id", sa.Text(), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("object", "prom_id"),
    )
    op.create_index("adoptions_good", "adoptions", ["object", "good_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("moment", sa.String(32), nullable=False),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("exit", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("object", "time"),
    )
    op.create_table(
        "candidates",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("prom_id", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id", "prom_id"),
    )
    op.create_table(
        "changes",
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("prom_id", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=8), nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("held", sa.String(length=20), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("plan", "seq"),
    )
    op.create_index("changes_verb", "changes", ["plan", "verb", "via"], unique=False)
    op.create_table(
        "choices",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "order_id", "client_id"),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("made", sa.String(32), nullable=False),
        sa.Column("card", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("clients_email", "clients", ["object", "email"], unique=False)
    op.create_index("clients_phone", "clients", ["object", "phone"], unique=False)
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("confirmations_order", "confirmations", ["object", "order_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "kind", "key", "client_id"),
    )
    op.create_index("contacts_client", "contacts", ["object", "client_id"], unique=False)
    op.create_table(
        "desired",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("price_stock", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
    op.create_table(
        "existing",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("prom_id", sa.Text(), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("modified", sa.String(32), nullable=True),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("price_stock", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("object", "prom_id"),
    )
    op.create_index(
        "existing_alias",
        "existing",
        ["object", "alias"],
        unique=False,
        sqlite_where=sa.text("alias IS NOT NULL"),
        postgresql_where=sa.text("alias IS NOT NULL"),
    )
    op.create_index("existing_good", "existing", ["object", "good_id"], unique=False)
    op.create_index("existing_shown", "existing", ["object", "deleted", "available", "good_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("findings_good", "findings", ["object", "good_id"], unique=False)
    op.create_table(
        "goods",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("row_status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.Column("content_clean", sa.Boolean(), nullable=False),
        sa.Column("model", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("section", sa.BigInteger(), nullable=False),
        sa.Column("traits", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("left_alone", sa.Text(), server_default="", nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
    op.create_index(
        "goods_left_alone",
        "goods",
        ["object", "left_alone"],
        unique=False,
        sqlite_where=sa.text("left_alone != ''"),
        postgresql_where=sa.text("left_alone != ''"),
    )
    op.create_index("goods_model", "goods", ["object", "model"], unique=False)
    op.create_index("goods_row_status", "goods", ["object", "row_status", "reason"], unique=False)
    op.create_index("goods_dirty", "goods", ["object", "clean", "line", "good_id"], unique=False)
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("prom_id", sa.Text(), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("ended", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("imports_day", "imports", ["object", "started"], unique=False)
    op.create_table(
        "leases",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("expires", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("object"),
    )
    op.create_table(
        "models",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("model", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "model"),
    )
    op.create_index("models_number", "models", ["object", "number"], unique=True)
    op.create_table(
        "objects",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("settings", sa.String(length=40), nullable=False),
        sa.Column("looked_at", sa.String(32), nullable=True),
        sa.Column("full_look_at", sa.String(32), nullable=True),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("orders_until", sa.String(32), nullable=True),
        sa.Column("orders_begun", sa.String(32), nullable=True),
        sa.Column("first_write_at", sa.String(32), nullable=True),
        sa.Column("reading", sa.String(length=20), nullable=False),
        sa.Column("read_info", sa.Text(), nullable=False),
        sa.Column("noop_plan", sa.Text(), nullable=False),
        sa.Column("foreign", sa.Integer(), nullable=True),
        sa.Column("groups", sa.Text(), server_default="", nullable=False),
        sa.Column("adopted_at", sa.String(32), nullable=True),
        sa.Column("selection", sa.Text(), server_default="", nullable=False),
        sa.Column("clients_read", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("object"),
    )
    op.create_table(
        "order_versions",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(32), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "order_id", "version"),
    )
    op.create_table(
        "orders",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("phase", sa.String(length=10), nullable=True),
        sa.Column("written", sa.String(32), nullable=True),
        sa.Column("taken", sa.String(32), nullable=True),
        sa.Column("accepted", sa.String(32), nullable=True),
        sa.Column("waits", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("filed", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("object", "order_id"),
    )
    op.create_table(
        "outboxes",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("missed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("object", "place"),
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("guard", sa.String(length=20), nullable=False),
        sa.Column("allowed", sa.Text(), nullable=False),
        sa.Column("observed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("overrides_run", "overrides", ["object", "run"], unique=False)
    op.create_table(
        "photos",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("object", "name"),
    )
    op.create_table(
        "plans",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("made", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("payment_name", sa.Text(), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("happened", sa.String(32), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("postings_order", "postings", ["object", "order_id"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("price_stock", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.String(32), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("requests_run", "requests", ["run"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=True),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("finished", sa.String(32), nullable=True),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("exit", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sections",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("section", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "section"),
    )
    op.create_table(
        "sent",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("price_stock", sa.Text(), nullable=False),
        sa.Column("echo", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
    op.create_table(
        "unfetched",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
