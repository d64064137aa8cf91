"""Until when the online payment of an order is awaited, and when the order was last read."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

AWAITED = timedelta(days=14)
NAMES = ("object", "order_id", "status", "doc", "payment_awaited", "read")
ORDERS = sa.table("orders", *(sa.column(name, sa.Text()) for name in NAMES))


def upgrade() -> None:
    op.add_column("orders", sa.Column("payment_awaited", sa.String(32)))
    op.add_column("orders", sa.Column("read", sa.String(32)))
    op.create_index("orders_payment_awaited", "orders", ["object", "payment_awaited"])
    c = ORDERS.c
    unpaid = sa.select(c.object, c.order_id, c.doc).where(
        c.doc.contains('"paid":"unpaid"'), c.status.not_in(["canceled", "draft"])
    )
    connection = op.get_bind()
    for row in connection.execute(unpaid).all():
        modified = datetime.fromisoformat(json.loads(row.doc)["modified"]).astimezone(UTC)
        connection.execute(
            sa.update(ORDERS)
            .where(c.object == row.object, c.order_id == row.order_id)
            .values(payment_awaited=_text(modified + AWAITED), read=_text(modified))
        )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
