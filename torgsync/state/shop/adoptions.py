"""What is remembered of a shop that was taken over: which product is which good, and who decided so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func

from torgsync.core.paging import PAGE
from torgsync.core.plan.adopt import Matching, ProductIdentity, Rule
from torgsync.core.product.documents import load
from torgsync.core.product.products import Adopted, Existing, ExternalIds
from torgsync.state.repository import Repository
from torgsync.state.runs.journal import Holder
from torgsync.state.schema import shop_tables as t


@dataclass(frozen=True, slots=True)
class Adoption:
    """How a good came to its product: by which rules, when, and who had it taken over."""

    prom_id: str
    by: tuple[Rule, ...]
    at: datetime
    user: str


class AdoptionRepository(Repository):
    """The products of one object that were not made from here, inside one transaction."""

    def names(self) -> ExternalIds:
        """Return how Prom calls the goods whose products have another external id, or none."""
        a, e = t.adoptions.c, t.existing.c
        rows = self._db.execute(
            self._select(a.good_id, a.prom_id, e.alias)
            .join(t.existing, and_(e.object == a.object, e.prom_id == a.prom_id))
            .where(e.alias.is_not(None))
        )
        return ExternalIds(Adopted(row.good_id, row.prom_id, row.alias) for row in rows)

    def products(self) -> Iterator[ProductIdentity]:
        """Yield the products that Prom shows as they are compared, by Prom's id, without deleted ones."""
        c, a = t.existing.c, t.adoptions.c
        query = (
            self._select(c.prom_id, c.good_id, c.price_stock, c.content, c.alias, a.by)
            .outerjoin(t.adoptions, and_(a.object == c.object, a.prom_id == c.prom_id))
            .where(c.deleted.is_(False))
            .order_by(func.length(c.prom_id), c.prom_id)
            .execution_options(yield_per=PAGE)
        )
        with self._db.execute(query) as rows:
            for row in rows:
                shown = Existing(
                    row.prom_id, row.good_id, load(row.price_stock, row.content), alias=row.alias
                )
                values = shown.values
                yield ProductIdentity(
                    shown.prom_id,
                    shown.external_id,
                    shown.title,
                    str(values.get("sku") or ""),
                    frozenset(str(values[name]) for name in ("name", "name_ru") if values.get(name)),
                    str(values.get("status") or ""),
                    shown.good_id if row.by else "",
                    tuple(map(Rule, (row.by or "").split())),
                )

    def take_over(self, matching: Matching, holder: Holder, now: datetime) -> None:
        """Remember who is who: what is matched is ours from now on, what is ambiguous waits for a person.

        What was sent before stays remembered, also where the product's good has another key now. Every good
        is compared again by the next plan.
        """
        c, a = t.existing.c, t.adoptions.c
        matched = {pair.product.prom_id: pair for pair in matching.matched}
        renamed: dict[str, str] = {}  # old ids of goods, keyed by new ones
        for row in self._db.execute(self._select(c.prom_id, c.good_id, c.alias)).all():
            external_id = row.good_id if row.alias is None else row.alias
            pair = matched.get(row.prom_id)
            good_id = pair.good.good_id if pair else external_id
            alias = None if good_id == external_id else external_id
            if (good_id, alias) != (row.good_id, row.alias):
                self._update(t.existing, c.prom_id == row.prom_id, good_id=good_id, alias=alias)
            if pair and row.good_id != good_id:
                renamed[good_id] = row.good_id
        self._rename_sent(renamed)
        decided = {prom_id: pair.good.good_id for prom_id, pair in matched.items()}
        kept = self._pairs(self._select(a.prom_id, a.good_id))
        others = [prom_id for prom_id, good_id in kept.items() if decided.get(prom_id) != good_id]
        self._delete_in_pages(t.adoptions, a.prom_id, others)
        who = {"at": now, "user": holder.user, "host": holder.host}
        self._insert(
            t.adoptions,
            [
                who | {"prom_id": prom_id, "good_id": good_id, "by": " ".join(matched[prom_id].by)}
                for prom_id, good_id in decided.items()
                if kept.get(prom_id) != good_id
            ],
        )
        known = set(self._scalars(t.sent.c.good_id))
        nothing = {"at": now, "price_stock": "{}", "echo": "{}", "content": "{}"}
        ours = [pair.good.good_id for pair in matching.matched if pair.good.good_id not in known]
        self._insert(t.sent, [{"good_id": good_id} | nothing for good_id in ours])
        self._delete(t.candidates)
        self._insert(
            t.candidates,
            [
                {"good_id": good.good_id, "prom_id": product.prom_id, "by": doubt.by}
                for doubt in matching.ambiguous
                for good in doubt.goods
                for product in doubt.products
            ],
        )
        self._upsert(t.objects, [{"adopted_at": now, "noop_plan": "", "foreign": None}])
        self._update(t.goods, **t.DIRTY)

    def _rename_sent(self, renamed: Mapping[str, str]) -> None:
        """Give what was sent of products to the goods that they are now, keyed by these."""
        s = t.sent.c
        sent = {
            row.good_id: row for row in self._in_pages(self._select(t.sent), s.good_id, [*renamed.values()])
        }
        moved = {new: sent[old] for new, old in renamed.items() if old in sent}
        self._delete_in_pages(t.sent, s.good_id, [*sent, *moved])
        self._insert(t.sent, [{**row._asdict(), "good_id": new} for new, row in moved.items()])

    def of(self, good_id: str) -> Adoption | None:
        """Return how a good was taken over, None where it was not."""
        row = self._first(t.adoptions, t.adoptions.c.good_id == good_id)
        return Adoption(row.prom_id, tuple(map(Rule, row.by.split())), row.at, row.user) if row else None

    def candidates(self, good_id: str) -> list[str]:
        """Return Prom's ids of the products any of which a good may be; none where that is decided."""
        c = t.candidates.c
        prom_ids: list[str] = self._scalars(c.prom_id, c.good_id == good_id)
        return sorted(prom_ids, key=lambda prom_id: (len(prom_id), prom_id))

    def adopted_at(self) -> datetime | None:
        """Return when the shop was taken over, None where it never was."""
        at: datetime | None = self._scalar(t.objects.c.adopted_at)
        return at
