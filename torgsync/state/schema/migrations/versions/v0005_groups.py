"""The groups of the shop, by which it is told from another one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("objects", sa.Column("groups", sa.Text(), nullable=False, server_default=""))
