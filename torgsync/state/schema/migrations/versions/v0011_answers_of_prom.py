"""Remember what Prom answers: how it reads dates in filters, and messages to buyers about parcels."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT, NAME, TIME = sa.Text(), sa.String(200), sa.String(32)


def upgrade() -> None:
    op.add_column("objects", sa.Column("filter_zone", TEXT, nullable=False, server_default=""))
    op.create_table(
        "buyer_messages",
        sa.Column("object", NAME, nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("parcel", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("sent", TIME),
        sa.Column("message_id", TEXT, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("object", "order_id", "parcel"),
    )
