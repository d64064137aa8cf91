"""External ids that an import is writing: the product before it, until it was compared with the one after."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "id_writes",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("prom_id", sa.Text(), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=False),
        sa.Column("import_number", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "prom_id"),
    )
