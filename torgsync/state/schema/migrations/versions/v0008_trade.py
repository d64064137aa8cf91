"""How far order files are, several contacts of a client, when money moved, and orders that do not exist."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PAGE = 500


def upgrade() -> None:
    op.add_column("objects", sa.Column("clients_read", sa.Text(), nullable=False, server_default=""))
    op.add_column("goods", sa.Column("reserved", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("clients", sa.Column("card", sa.Text(), nullable=False, server_default=""))
    op.add_column("orders", sa.Column("place", sa.Text()))
    op.add_column("orders", sa.Column("phase", sa.String(10)))
    for name in ("written", "taken", "accepted"):
        op.add_column("orders", sa.Column(name, sa.String(32)))
    op.execute("UPDATE orders SET phase = 'written' WHERE file IS NOT NULL")
    op.add_column("postings", sa.Column("happened", sa.String(32), nullable=False, server_default=""))
    op.execute("UPDATE postings SET happened = at")
    op.create_table(
        "absent_orders",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("object", "number"),
    )
    op.create_table(
        "choices",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "order_id", "client_id"),
    )
    contacts = op.create_table(
        "contacts",
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object", "kind", "key", "client_id"),
    )
    op.create_index("contacts_client", "contacts", ["object", "client_id"])
    _fill(contacts)


def _fill(contacts: sa.Table) -> None:
    """Make contacts of what clients were recognised by so far."""
    clients = sa.table("clients", *map(sa.column, ("id", "object", "name", "phone", "email")))
    last = -1
    while True:
        query = sa.select(clients).where(clients.c.id > last).order_by(clients.c.id).limit(PAGE)
        rows = op.get_bind().execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        found = []
        for row in rows:
            phone = row.phone if row.phone.startswith("+") else ""
            keys = {"phone": phone, "email": row.email, "name": " ".join(row.name.casefold().split())}
            found += [
                {"object": row.object, "kind": kind, "key": key, "client_id": row.id}
                for kind, key in keys.items()
                if key
            ]
        if found:
            op.bulk_insert(contacts, found)
