"""Plans that are a part of another one or undo a run, and how many goods a choice left out."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("part_of", sa.Integer()))
    op.add_column("plans", sa.Column("undoes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("plans", sa.Column("left_out", sa.Integer(), nullable=False, server_default="0"))
