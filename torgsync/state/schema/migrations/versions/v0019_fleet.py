"""Objects that were pushed, what is known of all shops together, and the machine of a lease's holder."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fleet_objects",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("pushed_at", sa.String(32), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("removed_at", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("object"),
    )
    op.create_table(
        "fleet_sightings",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "kind"),
    )
    op.create_table(
        "fleet_allowances",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.add_column("leases", sa.Column("machine", sa.String(80), nullable=False, server_default=""))
    op.create_index("runs_object", "runs", ["object", "id"])
    op.create_index("runs_started", "runs", ["started"])
