"""What is known of goods on both sides at once, as decisions need it: desired, sent, existing and refused.

A good is *clean* when the last plan found nothing to do for it and nothing about it has changed since:
clean goods are not looked at again. Source: docs/developers/architecture.md §5.1, §5.4.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    case,
    or_,
    select,
    tuple_,
)

from torgsync.core.paging import IDS, PAGE, pages
from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.core.plan.diff import Sent
from torgsync.core.plan.outcomes import OutcomeCode
from torgsync.core.product.documents import load
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing, Product
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t

BEST_FIRST = (t.existing.c.deleted, t.existing.c.prom_id)
"""Prom may list a deleted product as well as the one that was created again under its external id."""
_STATUS = {str(status): status for status in RowStatus}
_NOT_SHOWN = '%"status":"not_on_display"%'


class SnapshotRepository(Repository):
    """Snapshots of the goods of one object, inside one transaction."""

    def dirty(
        self, known: Container[str] = (), *, whole: bool = False
    ) -> Iterator[list[ProductSnapshot | str]]:
        """Yield, in the order of the file and by pages, what is known of goods that are not clean.

        Of one that is created exactly as desired, of which nothing else is known, neither here nor to the
        caller, there is only the id, unless all are wanted `whole`. Where the content of a good that goes and
        is on Prom is clean, only price and stock are loaded.
        """
        g = t.goods.c
        query = (
            self._select(g.good_id, g.line, self._is_created_as_desired().label("as_desired"))
            .where(
                g.clean.is_(False), tuple_(g.line, g.good_id) > tuple_(bindparam("line"), bindparam("good"))
            )
            .order_by(g.line, g.good_id)
            .limit(IDS)
        )
        after = {"line": -1, "good": ""}
        while rows := self._db.execute(query, after).all():
            for page in pages(rows, PAGE):
                ids = [row.good_id for row in page if whole or not row.as_desired or row.good_id in known]
                snapshots = self._best(self._undecided, ids)
                yield [snapshots.get(row.good_id, row.good_id) for row in page]
            after = {"line": rows[-1].line, "good": rows[-1].good_id}

    def _is_created_as_desired(self) -> ColumnElement[bool]:
        """Return the condition that a good is created exactly as desired, whatever the settings are."""
        g = t.goods.c

        def absent(column: Column[Any]) -> ColumnElement[bool]:
            same = (column.table.c.object == g.object, column == g.good_id)
            return ~select(column).where(*same).correlate(t.goods).exists()

        nowhere = (t.existing.c.good_id, t.existing.c.alias, t.refusals.c.good_id, t.candidates.c.good_id)
        plain = (g.row_status == RowStatus.IN, g.reason == "", g.reserved == 0, g.left_alone == "")
        return and_(g.creatable, *plain, *map(absent, (*nowhere, t.grace_periods.c.good_id)))

    @cached_property
    def _undecided(self) -> Select[Any]:
        """The query for what is known of goods; of some only for price and stock, as `dirty` says."""
        g, e = t.goods.c, t.existing.c
        on_prom = and_(g.row_status == RowStatus.IN, e.prom_id.is_not(None), e.deleted.is_(False))
        return self._known(price_stock=and_(g.content_clean, on_prom))

    def gone(self, *, hidden: bool) -> Iterator[ProductSnapshot]:
        """Yield, by id, what is known of goods that left the export and were sent, and that Prom has.

        Years of goods may be `hidden` on Prom; without it those are left out.
        """
        g, e = t.goods.c, t.existing.c
        left = and_(g.row_status == RowStatus.GONE, e.deleted.is_(False), t.sent.c.good_id.is_not(None))
        return self._by_id(left if hidden else and_(left, e.price_stock.not_like(_NOT_SHOWN)))

    def arriving(self) -> Iterator[ProductSnapshot]:
        """Yield, by id, what is known of goods that the export offers and Prom does not have."""
        g, e = t.goods.c, t.existing.c
        absent = or_(e.prom_id.is_(None), e.deleted.is_(True))
        return self._by_id(and_(g.row_status == RowStatus.IN, g.clean.is_(False), absent))

    def _by_id(self, where: ColumnElement[bool]) -> Iterator[ProductSnapshot]:
        after = ""
        while True:
            query = self._known().where(where, t.goods.c.good_id > after).order_by(t.goods.c.good_id)
            rows = self._db.execute(query.limit(PAGE)).all()
            if not rows:
                return
            yield from (_known(row) for row in rows)
            after = rows[-1].good_id

    def known(self, good_ids: Sequence[str]) -> dict[str, ProductSnapshot]:
        """Return all that is known of these goods, keyed by id; goods never seen are left out."""
        return self._best(self._known(), good_ids)

    def _best(self, query: Select[Any], good_ids: Sequence[str]) -> dict[str, ProductSnapshot]:
        """Return what a query of `_known` says of these goods, keyed by id: of several products the best."""
        snapshots: dict[str, ProductSnapshot] = {}
        for row in self._in_pages(query.order_by(*BEST_FIRST), t.goods.c.good_id, good_ids):
            if row.good_id not in snapshots:
                snapshots[row.good_id] = _known(row)
        return snapshots

    def _known(self, *, price_stock: ColumnElement[bool] | None = None) -> Select[Any]:
        """Ask for all that is known; only price and stock where `price_stock` is true."""
        g, d, s, e, r = t.goods.c, t.desired.c, t.sent.c, t.existing.c, t.refusals.c

        def of_good(table: Table) -> ColumnElement[bool]:
            return and_(table.c.object == g.object, table.c.good_id == g.good_id)

        def content_of(table: Table) -> ColumnElement[str]:
            content: ColumnElement[str] = table.c.content
            return (content if price_stock is None else case((price_stock, None), else_=content)).label(
                f"{table.name}_content"
            )

        doubt = (
            select(t.candidates.c.prom_id)
            .where(t.candidates.c.object == g.object, t.candidates.c.good_id == g.good_id)
            .exists()
        )
        other = t.existing.alias("other")
        taken = select(other.c.prom_id).where(other.c.object == g.object, other.c.alias == g.good_id).exists()
        sources: FromClause = t.goods
        for table in (t.desired, t.sent, t.existing, t.refusals):
            sources = sources.outerjoin(table, of_good(table))
        return (
            self._select(
                g.good_id, g.row_status, g.reason, g.reserved, g.line, g.left_alone,
                case((g.model != 0, g.variant), else_=0).label("variant"),
                d.title, d.price_stock.label("desired"), content_of(t.desired),
                s.price_stock.label("sent"), s.echo, content_of(t.sent),
                e.prom_id, e.alias, e.modified, e.price_stock.label("existing"), content_of(t.existing),
                r.price_stock.label("refusals"), content_of(t.refusals),
                r.reasons.contains(f'"{OutcomeCode.DELETED_BEFORE}"').label("deleted_before"),
                doubt.label("doubtful"), taken.label("taken"),
            )
            .select_from(sources)
        )  # fmt: skip


def _known(row: Sequence[Any]) -> ProductSnapshot:
    """Return the snapshot of a row of `SnapshotRepository._known`."""
    (
        good_id, row_status, reason, reserved, line, left_alone, variant,
        title, desired, desired_content,
        sent, echo, sent_content,
        prom_id, alias, modified, existing, existing_content,
        refusals, refusals_content, deleted_before,
        doubtful, taken,
    ) = row  # fmt: skip
    refused = None not in (refusals, refusals_content) and not deleted_before
    variant = variant if desired_content is not None else 0
    return ProductSnapshot(
        good_id,
        _STATUS[row_status],
        None if desired is None else desired_product(good_id, _load(desired, desired_content), variant),
        None if sent is None else Sent(_load(sent, sent_content), {} if echo == "{}" else load(echo)),
        None
        if prom_id is None
        else Existing(prom_id, good_id, _load(existing, existing_content), modified, alias),
        refused=refused and (refusals, refusals_content) == (desired, desired_content),
        deleted_before=bool(deleted_before),
        line=line,
        name=title or "",
        doubtful=doubtful,
        taken=taken,
        reserved=reserved,
        reason=reason,
        left_alone=left_alone,
    )


def desired_product(good_id: str, values: Mapping[str, Value], variant: int) -> Product:
    """Return a desired product with its variant group, which is kept apart: other goods decide it too."""
    return Product(good_id, {**values, "variant_group": str(variant)} if variant else values)


def _load(price_stock: str, content: str | None) -> dict[str, Value]:
    return load(price_stock) if content is None else load(price_stock, content)
