"""Products in two documents: the terms, which move every day, and the card, which is long and stays."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TERMS = {"price", "discount", "wholesale_prices", "presence", "ready_to_ship", "quantity", "status"}
PAGE = 500


def upgrade() -> None:
    op.add_column("goods", sa.Column("card_settled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("goods", sa.Column("card", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_index("existing_good", "existing")
    op.drop_index("existing_shown", "existing")
    text, line, number, flag = sa.Text(), sa.String(length=200), sa.Integer(), sa.Boolean()
    time = sa.String(32)
    good = (("object", line), ("good_id", text))
    _split("desired", ["object", "good_id"], [*good, ("title", text), ("terms", text), ("card", text)])
    _split(
        "sent",
        ["object", "good_id"],
        [*good, ("at", time), ("terms", text), ("echo", text), ("card", text)],
    )
    _split(
        "existing",
        ["object", "prom_id"],
        [
            ("object", line),
            ("prom_id", text),
            ("good_id", text),
            ("modified", time),
            ("look", number),
            ("deleted", flag),
            ("available", flag),
            ("terms", text),
            ("card", text),
        ],
    )
    _split(
        "refusals",
        ["object", "good_id"],
        [*good, ("message", text), ("at", time), ("terms", text), ("card", text)],
    )
    op.create_index("existing_good", "existing", ["object", "good_id"])
    op.create_index("existing_shown", "existing", ["object", "deleted", "available", "good_id"])


def _split(name: str, keys: Sequence[str], columns: Sequence[tuple[str, sa.types.TypeEngine[Any]]]) -> None:
    """Make a table anew, each of whose documents is parted in two; SQLite reads a row from its front."""
    whole = op.create_table(
        f"{name}_parted",
        *(sa.Column(column, kind, nullable=column == "modified") for column, kind in columns),
        sa.PrimaryKeyConstraint(*keys),
    )
    kept = [column for column, _ in columns if column not in ("title", "terms", "card")]
    old = sa.table(name, *map(sa.column, (*kept, "doc")))
    base, after = op.get_bind(), None
    order = [old.c[key] for key in keys]
    while True:
        query = sa.select(old).order_by(*order).limit(PAGE)
        if after is not None:
            query = query.where(sa.tuple_(*order) > after)
        rows = base.execute(query).mappings().all()
        if not rows:
            break
        op.bulk_insert(whole, [_parted(dict(row), titled=name == "desired") for row in rows])
        after = tuple(rows[-1][key] for key in keys)
    op.drop_table(name)
    op.rename_table(f"{name}_parted", name)


def _parted(row: dict[str, object], *, titled: bool) -> dict[str, object]:
    values = json.loads(str(row.pop("doc")))
    terms = {name: value for name, value in values.items() if name in TERMS}
    card = {name: value for name, value in values.items() if name not in TERMS}
    title = {"title": values.get("name") or values.get("name_ru") or ""} if titled else {}
    return row | title | {"terms": _write(terms), "card": _write(card)}


def _write(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
