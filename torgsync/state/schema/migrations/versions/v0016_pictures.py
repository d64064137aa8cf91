"""What each content of the photos is as a picture, what was uploaded, and what addresses answered."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photos", sa.Column("last_good", sa.String(32), nullable=False, server_default=""))
    op.add_column("unfetched", sa.Column("status", sa.String(40), nullable=False, server_default=""))
    op.add_column("photos", sa.Column("version", sa.String(8), nullable=False, server_default=""))
    op.execute("UPDATE photos SET modified_ns = 0")  # each is looked at once
    op.create_table(
        "pictures",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "digest"),
    )
    op.create_table(
        "uploads",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("place", sa.String(1000), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("unused_since", sa.String(32)),
        sa.PrimaryKeyConstraint("object", "place", "name"),
    )
    op.create_table(
        "photo_addresses",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("address", sa.String(2000), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object", "address"),
    )
