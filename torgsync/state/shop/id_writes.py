"""External ids that are being written, from before the import is sent until its products were compared.

What an import changed otherwise stays, also once it was put right.

Source: docs/developers/architecture.md §5.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from torgsync.core.plan.external_ids import IdWrite, ProductCopy, dump_copy, load_copy
from torgsync.state.repository import Repository
from torgsync.state.runs.journal import ImportEnd
from torgsync.state.schema import run_tables as r
from torgsync.state.schema import shop_tables as t


@dataclass(frozen=True, slots=True)
class OpenIds:
    """An import of external ids whose products were not compared yet: its number and time in the journal.

    `prom_id` is the id that Prom gave it, None where it is unknown whether Prom accepted it. `before` are the
    products as they were.
    """

    number: int
    prom_id: str | None
    started: datetime
    before: Mapping[IdWrite, ProductCopy]


class IdWriteRepository(Repository):
    """The external ids of one object that are being written, inside one transaction."""

    def begin(self, number: int, before: Mapping[IdWrite, ProductCopy]) -> None:
        """Record what the import of that number is about to write, and the products as they are."""
        self._upsert(
            t.id_writes,
            [
                {
                    "prom_id": write.prom_id,
                    "good_id": write.good_id,
                    "import_number": number,
                    "copy": dump_copy(copy),
                }
                for write, copy in before.items()
            ],
        )

    def open(self) -> OpenIds | None:
        """Return the import whose products were not compared yet, None where there is none."""
        return self._of(r.imports.c.ended.is_(None))

    def damaged(self) -> OpenIds | None:
        """Return the import that changed more than external ids, with what it changed, until put right."""
        return self._of(r.imports.c.ended == ImportEnd.DAMAGED)

    def _of(self, which: ColumnElement[bool]) -> OpenIds | None:
        c, i = t.id_writes.c, r.imports.c
        rows = self._db.execute(
            self._select(c.prom_id, c.good_id, c.copy, i.id, i.prom_id.label("given"), i.started)
            .join(r.imports, i.id == c.import_number)
            .where(which)
            .order_by(c.prom_id)
        ).all()
        if not rows:
            return None
        before = {}
        for row in rows:
            copy = load_copy(row.copy)
            before[IdWrite(row.good_id, row.prom_id, copy.name)] = copy
        return OpenIds(rows[0].id, rows[0].given, rows[0].started, before)

    def close(self, writes: Iterable[IdWrite]) -> None:
        """Forget what was written: it was compared and is as it was, or it was never sent."""
        self._delete_in_pages(t.id_writes, t.id_writes.c.prom_id, [one.prom_id for one in writes])
