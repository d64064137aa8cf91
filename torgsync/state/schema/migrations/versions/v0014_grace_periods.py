"""Products that are hidden because their goods left the export, and will be deleted later: since when."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grace_periods",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
    op.create_index("grace_periods_since", "grace_periods", ["object", "since"])
