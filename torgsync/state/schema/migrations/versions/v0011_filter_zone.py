"""Remember how Prom reads dates in filters."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("objects", sa.Column("filter_zone", sa.Text(), nullable=False, server_default=""))
