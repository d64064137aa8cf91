"""What is known of goods, and what Prom accepted and refused of them.

Source: docs/developers/architecture.md §5.1, §5.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    Connection,
    Row,
    Table,
)

from torgsync.core.findings import PLACED, Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.paging import pages
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.diff import Sent
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReasons, decode_reasons, encode_reasons
from torgsync.core.plan.plan import Skipped
from torgsync.core.product.documents import dump, keep, load, load_main_photo
from torgsync.core.product.fields import FIELDS, PRICE_STOCK, Value
from torgsync.core.product.products import Existing, Product
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.existing import facts
from torgsync.state.shop.object_state import ObjectState
from torgsync.state.shop.rows import RowRepository
from torgsync.state.shop.snapshots import BEST_FIRST, SnapshotRepository, desired_product


class Refusal(Struct, frozen=True):
    """What Prom refused of a good: the desired product, Prom's reasons, and when."""

    values: Mapping[str, Value]
    reasons: OutcomeReasons
    at: datetime

    @property
    def after_deletion(self) -> bool:
        """Whether a run had deleted its product before."""
        return any(reason.code is OutcomeCode.DELETED_BEFORE for reason in self.reasons)


class Dossier(Struct, frozen=True):
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


class ProductRepository(SnapshotRepository):
    """What is known of the goods of one object on both sides, inside one transaction."""

    def __init__(
        self, connection: Connection, slug: str, object_state: ObjectState, rows: RowRepository
    ) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state
        self._rows = rows

    def dossier(self, good_id: str) -> Dossier:
        """Return all that is remembered of one good."""

        def row_of(table: Table) -> Row[Any] | None:
            query = self._select(table).where(table.c.good_id == good_id)
            return self._db.execute(query.order_by(*(BEST_FIRST if table is t.existing else ()))).first()

        good, wanted, sent, shown, refused = map(row_of, (t.goods, t.desired, t.sent, t.existing, t.refusals))
        return Dossier(
            RowStatus(good.row_status) if good else None,
            good.reason if good else "",
            desired_product(
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

    def main_photos(self, good_ids: Sequence[str]) -> dict[str, str]:
        """Return the addresses of the first photos that these goods are to have, keyed by good."""
        d = t.desired.c
        rows = self._in_pages(self._select(d.good_id, d.content), d.good_id, good_ids)
        photos = {row.good_id: load_main_photo(row.content) for row in rows}
        return {good_id: photo for good_id, photo in photos.items() if photo}

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
                .order_by(*BEST_FIRST)
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
