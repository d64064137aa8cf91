"""What is known of goods on both sides at once: desired, sent, existing and refused.

A good is *clean* when the last plan found nothing to do for it and nothing about it has changed since:
clean goods are not looked at again. Source: docs/developers/architecture.md §5.1, §5.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    case,
    or_,
    select,
    tuple_,
)

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.select import SkipReason
from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.core.plan.diff import Sent
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReasons, decode_reasons, encode_reasons
from torgsync.core.plan.plan import Skipped
from torgsync.core.product.fields import FIELDS, PRICE_STOCK, Value
from torgsync.core.product.products import Existing, Product, dump, keep, load
from torgsync.core.product.variants import PLACED
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.existing import facts
from torgsync.state.shop.object_state import ObjectState
from torgsync.state.shop.rows import RowRepository

_BEST_FIRST = (t.existing.c.deleted, t.existing.c.prom_id)
"""Prom may list a deleted product as well as the one that was created again under its external id."""


_NOT_SHOWN = '%"status":"not_on_display"%'


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Prom refused of a good: the desired product, Prom's reasons, and when."""

    values: Mapping[str, Value]
    reasons: OutcomeReasons
    at: datetime

    @property
    def after_deletion(self) -> bool:
        """Whether a run had deleted its product before."""
        return any(reason.code is OutcomeCode.DELETED_BEFORE for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is remembered of one good, whether the export has it or not.

    `row_status` is None where no export ever had it; `sent_at` and `refusal` are None where there is none.
    """

    row_status: RowStatus | None
    reason: str
    desired: Product | None
    sent: Sent | None
    sent_at: datetime | None
    existing: Existing | None
    refusal: Refusal | None
    findings: tuple[Finding, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is remembered."""
        return self.row_status is None and self.sent is None and self.existing is None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Prom accepted of one product, and what it showed right after where that differs."""

    good_id: str
    values: Mapping[str, Value]
    echo: Mapping[str, Value]


class ProductRepository(Repository):
    """What is known of the goods of one object on both sides, inside one transaction."""

    def __init__(
        self, connection: Connection, slug: str, object_state: ObjectState, rows: RowRepository
    ) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state
        self._rows = rows

    def dirty(self) -> Iterator[list[ProductSnapshot]]:
        """Yield, in the order of the file and by pages, what is known of goods that are not clean.

        Where the content of a good that goes and is on Prom is clean, only price and stock are loaded.
        """
        e = t.existing.c
        on_prom = and_(t.goods.c.row_status == RowStatus.IN, e.prom_id.is_not(None), e.deleted.is_(False))
        after: tuple[int, str] | None = None
        while True:
            g = t.goods.c
            query = self._known(price_stock=and_(g.content_clean, on_prom)).where(g.clean.is_(False))
            if after is not None:
                query = query.where(tuple_(g.line, g.good_id) > after)
            rows = self._db.execute(query.order_by(g.line, g.good_id, *_BEST_FIRST).limit(PAGE)).all()
            if not rows:
                return
            yield [_known(best) for _, (best, *_) in groupby(rows, attrgetter("good_id"))]
            after = (rows[-1].line, rows[-1].good_id)

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
        snapshots: dict[str, ProductSnapshot] = {}
        for row in self._in_pages(self._known().order_by(*_BEST_FIRST), t.goods.c.good_id, good_ids):
            snapshots.setdefault(row.good_id, _known(row))
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
                g.good_id, g.row_status, g.reason, g.reserved, g.line,
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

    def dossier(self, good_id: str) -> Dossier:
        """Return all that is remembered of one good."""

        def row_of(table: Table) -> Row[Any] | None:
            query = self._select(table).where(table.c.good_id == good_id)
            return self._db.execute(query.order_by(*(_BEST_FIRST if table is t.existing else ()))).first()

        good, wanted, sent, shown, refused = map(row_of, (t.goods, t.desired, t.sent, t.existing, t.refusals))
        return Dossier(
            RowStatus(good.row_status) if good else None,
            good.reason if good else "",
            _desired(
                good_id, load(wanted.price_stock, wanted.content), good.variant if good and good.model else 0
            )
            if wanted
            else None,
            Sent(load(sent.price_stock, sent.content), load(sent.echo)) if sent else None,
            sent.at if sent else None,
            Existing(
                shown.prom_id, good_id, load(shown.price_stock, shown.content), shown.modified, shown.alias
            )
            if shown
            else None,
            Refusal(load(refused.price_stock, refused.content), decode_reasons(refused.reasons), refused.at)
            if refused
            else None,
            tuple(self._rows.findings(good_id)),
        )

    def skipped(self, reason: str | None = None) -> Iterator[Skipped]:
        """Yield the goods of the last export that a rule or an error keeps out, in the order of the file.

        With `reason` only those.
        """
        g = t.goods.c
        rows = self._db.execute(
            self._select(g.good_id, g.line, g.reason)
            .where(g.row_status != RowStatus.IN, g.reason != "" if reason is None else g.reason == reason)
            .order_by(g.line, g.good_id)
        ).all()
        for page in pages(rows):
            known = self.known([row.good_id for row in page])
            blocked = self._blocking([row.good_id for row in page if row.reason == SkipReason.BLOCKED])
            for good_id, line, why in page:
                yield Skipped(good_id, why, line, known[good_id].title, blocked.get(good_id))

    def _blocking(self, good_ids: Sequence[str]) -> dict[str, Finding]:
        """Return what blocks these goods, keyed by id."""
        findings = self._rows.findings(good_ids=good_ids, code=Code.ID_DUPLICATE) if good_ids else ()
        return {finding.good_id: finding for finding in findings}

    def accept(self, accepted: Sequence[Accepted], now: datetime) -> None:
        """Remember, good by good, what Prom accepted; what it shows of that is taken as shown from now on."""
        if accepted:
            self._object_state.recount()
        for page in pages(accepted):
            ids = [item.good_id for item in page]
            s, e = t.sent.c, t.existing.c
            rows = self._db.execute(self._select(t.sent).where(s.good_id.in_(ids)))
            sent = {row.good_id: row for row in rows}
            shown: dict[str, dict[str, object]] = {}
            best_first = (
                self._select(e.prom_id, e.good_id, e.price_stock, e.content, e.modified, e.look)
                .where(e.good_id.in_(ids))
                .order_by(*_BEST_FIRST)
            )
            for row in self._db.execute(best_first).mappings():
                shown.setdefault(str(row["good_id"]), dict(row))
            news, views = [], []
            joined: list[str] = []  # goods that Prom made in another variant group than they were in
            for item in page:
                before = sent.get(item.good_id)
                echo = load(before.echo) if before else {}
                echo = {name: value for name, value in echo.items() if name not in item.values}
                past = load(before.price_stock, before.content) if before else {}
                group = past.get("variant_group")
                if item.values.get("variant_group", group) != group:
                    joined.append(item.good_id)
                new = {"good_id": item.good_id, "at": now, "echo": dump(echo | dict(item.echo))}
                news.append(new | keep(past | dict(item.values))._asdict())
                if view := shown.get(item.good_id):
                    seen = {name: value for name, value in item.values.items() if FIELDS[name].shown}
                    values = load(str(view["price_stock"]), str(view["content"])) | seen | dict(item.echo)
                    views.append({**view, **keep(values)._asdict(), **facts(values)})
            self._upsert(t.sent, news)
            self._upsert(t.existing, views)
            self._rows.replace_findings(joined, PLACED)
            price_stock = {
                item.good_id for item in page if PRICE_STOCK.issuperset((*item.values, *item.echo))
            }
            self._rows.mark_dirty(price_stock, content=False)
            self._rows.mark_dirty(good_id for good_id in ids if good_id not in price_stock)

    def remember_in_step(self, values: Mapping[str, Mapping[str, Value]], now: datetime) -> None:
        """Remember as sent what Prom was found to show already, keyed by good."""
        items = [Accepted(good_id, fields, {}) for good_id, fields in values.items() if fields]
        self.accept(items, now)

    def refuse(self, product: Product, reasons: OutcomeReasons, now: datetime) -> None:
        """Remember that Prom refused this content of a good, so that no import is spent on it again.

        Its variant group is no part of that: it is decided by other goods, and kept apart.
        """
        self._object_state.invalidate_noop_plan()
        values = {name: value for name, value in product.values.items() if name != "variant_group"}
        row = {"good_id": product.good_id, "at": now, "reasons": encode_reasons(reasons)}
        self._upsert(t.refusals, [row | keep(values)._asdict()])

    def refused(self, good_ids: Sequence[str]) -> dict[str, dict[str, Value]]:
        """Return the content that Prom refused of these goods, keyed by id; without the variant group."""
        c = t.refusals.c
        rows = self._db.execute(
            self._select(c.good_id, c.price_stock, c.content).where(c.good_id.in_(good_ids))
        )
        return {good_id: load(price_stock, content) for good_id, price_stock, content in rows}

    def forget_refusals(self, good_ids: Sequence[str] | None = None) -> None:
        """Let these goods, or all, be tried again."""
        self._object_state.invalidate_noop_plan()
        if good_ids is None:
            self._delete(t.refusals)
            self._update(t.goods, **t.DIRTY)
        else:
            self._delete_in_pages(t.refusals, t.refusals.c.good_id, good_ids)

    def forget_shop(self) -> None:
        """Forget all that was seen and sent: the object starts over, in another shop or an emptied one."""
        for table in (
            t.existing,
            t.sent,
            t.adoptions,
            t.candidates,
            t.id_writes,
            t.unfetched,
            t.grace_periods,
        ):
            self._delete(table)
        self.forget_refusals()
        self._object_state.start_over()


def _known(r: Row[Any]) -> ProductSnapshot:
    wanted = None
    if r.desired is not None:
        variant = r.variant if r.desired_content is not None else 0
        wanted = _desired(r.good_id, _load(r.desired, r.desired_content), variant)
    sent = Sent(_load(r.sent, r.sent_content), load(r.echo)) if r.sent is not None else None
    shown = None
    if r.prom_id is not None:
        # Most agree.
        agrees = sent is not None and (r.existing, r.existing_content) == (r.sent, r.sent_content)
        seen = sent.values if sent and agrees else _load(r.existing, r.existing_content)
        shown = Existing(r.prom_id, r.good_id, seen, r.modified, r.alias)
    refused = (r.refusals, r.refusals_content)
    return ProductSnapshot(
        r.good_id,
        RowStatus(r.row_status),
        wanted,
        sent,
        shown,
        refused=refused == (r.desired, r.desired_content) and None not in refused and not r.deleted_before,
        deleted_before=bool(r.deleted_before),
        line=r.line,
        name=r.title or "",
        doubtful=r.doubtful,
        taken=r.taken,
        reserved=r.reserved,
        reason=r.reason,
    )


def _desired(good_id: str, values: Mapping[str, Value], variant: int) -> Product:
    """Return a desired product with its variant group, which is kept apart: other goods decide it too."""
    return Product(good_id, {**values, "variant_group": str(variant)} if variant else values)


def _load(price_stock: str, content: str | None) -> dict[str, Value]:
    return load(price_stock) if content is None else load(price_stock, content)
