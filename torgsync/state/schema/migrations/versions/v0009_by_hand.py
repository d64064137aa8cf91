"""Which version of an order Torgsoft has, what a person must do there, and where order files were put."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("orders", sa.Column("filed", sa.Integer()))
    op.add_column("orders", sa.Column("by_hand", sa.Text()))
    # Reasons that a person must look at began with the order; all others with "it".
    op.execute("UPDATE orders SET waits = true WHERE held LIKE 'order %'")
    # What changed after a file was taken was told when it changed; a file that lies there is as old as it is.
    op.execute("UPDATE orders SET filed = version WHERE phase = 'taken'")
    op.execute(
        """UPDATE orders SET filed = (
            SELECT MAX(v.version) FROM order_versions v
            WHERE v.object = orders.object AND v.order_id = orders.order_id AND v.seen <= orders.written
        ) WHERE phase IN ('moving', 'written')"""
    )
    # Money that got a place later was reversed where it had none; nothing of it was paid back.
    op.execute(
        """UPDATE postings SET kind = 'moved' WHERE kind = 'reversed' AND place = 'unmapped' AND EXISTS (
            SELECT 1 FROM postings p WHERE p.object = postings.object AND p.order_id = postings.order_id
            AND p.id > postings.id AND p.at = postings.at AND p.kind = 'expected' AND p.place <> 'unmapped'
            AND p.payment_id = postings.payment_id AND p.amount = postings.amount
        )"""
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
    )
    op.create_index("confirmations_order", "confirmations", ["object", "order_id"])
    op.add_column("objects", sa.Column("orders_begun", sa.String(32)))
    op.create_table(
        "outboxes",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("missed", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("object", "place"),
    )
