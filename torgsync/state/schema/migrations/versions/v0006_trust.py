"""Products that were taken over, what is left to Prom's side, why a product leaves, and who allowed what."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, line, time = sa.Text(), sa.String(length=200), sa.String(length=32)
    op.add_column("objects", sa.Column("adopted_at", time))
    op.add_column("objects", sa.Column("selection", text, nullable=False, server_default=""))
    op.execute("UPDATE objects SET groups = ''")  # they are told by id and name from now on
    op.add_column("goods", sa.Column("left_alone", text, nullable=False, server_default=""))
    op.create_index(
        "goods_left_alone",
        "goods",
        ["object", "left_alone"],
        sqlite_where=sa.text("left_alone != ''"),
        postgresql_where=sa.text("left_alone != ''"),
    )
    op.add_column("existing", sa.Column("alias", text))
    op.create_index(
        "existing_alias",
        "existing",
        ["object", "alias"],
        sqlite_where=sa.text("alias IS NOT NULL"),
        postgresql_where=sa.text("alias IS NOT NULL"),
    )
    op.add_column("changes", sa.Column("reason", sa.String(length=20), nullable=False, server_default=""))
    op.create_table(
        "adoptions",
        sa.Column("object", line, nullable=False),
        sa.Column("prom_id", text, nullable=False),
        sa.Column("good_id", text, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("user", line, nullable=False),
        sa.Column("host", line, nullable=False),
        sa.PrimaryKeyConstraint("object", "prom_id"),
    )
    op.create_index("adoptions_good", "adoptions", ["object", "good_id"])
    op.create_table(
        "candidates",
        sa.Column("object", line, nullable=False),
        sa.Column("good_id", text, nullable=False),
        sa.Column("prom_id", text, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id", "prom_id"),
    )
    op.create_table(
        "unfetched",
        sa.Column("object", line, nullable=False),
        sa.Column("good_id", text, nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.PrimaryKeyConstraint("object", "good_id"),
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("object", line, nullable=False),
        sa.Column("run", sa.Integer()),
        sa.Column("at", time, nullable=False),
        sa.Column("user", line, nullable=False),
        sa.Column("host", line, nullable=False),
        sa.Column("guard", sa.String(length=20), nullable=False),
        sa.Column("allowed", text, nullable=False),
        sa.Column("saw", text, nullable=False),
    )
    op.create_index("overrides_run", "overrides", ["object", "run"])
