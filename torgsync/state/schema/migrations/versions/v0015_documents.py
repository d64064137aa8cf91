"""Smaller documents: lists instead of named parts, texts that are the same in both languages once.

Changes that make a product keep its documents instead of each field's old and new value. Goods say whether
they can be created as they are desired, and runs have a column for what is kept of old ones.
"""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PAGE = 500
PRICE_STOCK = frozenset(
    ("price", "discount", "wholesale_prices", "presence", "ready_to_ship", "quantity", "status")
)
PARTS = {
    "characteristics": ("name", "unit", "value"),
    "photos": ("url", "digest"),
    "wholesale_prices": ("quantity", "price"),
}
PRODUCTS = {
    "desired": "object good_id",
    "sent": "object good_id",
    "existing": "object prom_id",
    "refusals": "object good_id",
}


def upgrade() -> None:
    op.add_column("runs", sa.Column("totals", sa.Text()))
    kept = sa.text("seq < 0")
    op.create_index("changes_kept", "changes", ["good_id"], sqlite_where=kept, postgresql_where=kept)
    op.add_column("goods", sa.Column("creatable", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table, keys in PRODUCTS.items():
        documents = ("price_stock", "echo", "content") if table == "sent" else ("price_stock", "content")
        _rewrite(table, keys.split(), documents, lambda row: map(_document, map(json.loads, row)))
    _rewrite("changes", ["plan", "seq"], ("verb", "fields"), _change)


def _rewrite(name: str, keys: list[str], columns: tuple[str, ...], new: Callable[[Any], Any]) -> None:
    """Replace columns of all rows, by pages."""
    table, base = sa.table(name, *map(sa.column, (*keys, *columns))), op.get_bind()
    order = [table.c[key] for key in keys]
    query = sa.select(*order, *(table.c[column] for column in columns)).order_by(*order).limit(PAGE)
    change = (
        sa.update(table)
        .where(*(column == sa.bindparam(f"of_{column.name}") for column in order))
        .values({column: sa.bindparam(f"to_{column}") for column in columns})
    )
    page = base.execute(query).all()
    while page:
        rows = [
            {f"of_{key}": value for key, value in zip(keys, row, strict=False)}
            | {f"to_{column}": value for column, value in zip(columns, new(row[len(keys) :]), strict=True)}
            for row in page
        ]
        base.execute(change, rows)
        page = base.execute(query.where(sa.tuple_(*order) > tuple(page[-1][: len(keys)]))).all()


def _change(row: tuple[str, str]) -> tuple[str, str]:
    verb, text = row
    fields: dict[str, Any] = json.loads(text)
    if verb == "create":
        values = {name: field["new"] for name, field in fields.items()}
        parts = (
            {name: value for name, value in values.items() if (name in PRICE_STOCK) is own}
            for own in (True, False)
        )
        return verb, f"[{','.join(map(_document, parts))}]"
    moved = {
        name: {part: value if part == "edited" else _value(name, value) for part, value in field.items()}
        for name, field in fields.items()
    }
    return verb, _write(moved)


def _document(values: dict[str, Any]) -> str:
    shorter = {name: _value(name, value) for name, value in values.items()}
    for text in ("name", "description", "keywords"):
        translated = f"{text}_ru"
        if shorter.get(translated) and shorter[translated] == shorter.get(text):
            shorter[translated] = True
    return _write(shorter)


def _value(name: str, value: Any) -> object:  # noqa: ANN401  # what JSON may hold
    if name in PARTS and value is not None:
        return [[item[part] for part in PARTS[name]] for item in value]
    if name == "discount" and value is not None:
        return {"value": value["value"], "kind": value["type"]}
    return value


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
