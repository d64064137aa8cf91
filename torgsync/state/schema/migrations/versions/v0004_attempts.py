"""The last attempt at each synchronization time."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("moment", sa.String(32), nullable=False),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("exit", sa.Integer()),
        sa.PrimaryKeyConstraint("object", "time"),
    )
