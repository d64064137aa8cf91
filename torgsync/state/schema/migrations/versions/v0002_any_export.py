"""What big and strange exports need: models, whole readings, narrow facts of products, files of findings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, kind, default in (
        ("reading", sa.String(20), ""),
        ("read_info", sa.Text(), "{}"),
        ("quiet", sa.Text(), ""),
    ):
        op.add_column("objects", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("objects", sa.Column("foreign", sa.Integer()))
    for name in ("model", "section", "traits"):
        op.add_column("goods", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("goods", sa.Column("variant", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("goods_model", "goods", ["object", "model"])
    op.create_index("goods_standing", "goods", ["object", "standing", "reason"])
    op.create_table(
        "models",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("model", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "model"),
    )
    op.create_index("models_number", "models", ["object", "number"], unique=True)
    op.create_table(
        "sections",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("section", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "section"),
    )
    for name, pattern in (("deleted", '%"status":"deleted%'), ("available", '%"presence":"available"%')):
        op.add_column("existing", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        existing = sa.table("existing", sa.column(name), sa.column("doc"))
        op.execute(existing.update().where(existing.c.doc.like(pattern)).values({name: True}))
    op.create_index("existing_shown", "existing", ["object", "deleted", "available", "good_id"])
    op.add_column("findings", sa.Column("file", sa.Text(), nullable=False, server_default=""))
    # Rows are hashed in another way from now on: the next look maps every good anew.
    op.execute(sa.text("UPDATE goods SET digest = 0, settled = false"))
