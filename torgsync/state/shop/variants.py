"""What is remembered of models, whose goods are variants of each other, and of the sections of goods."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import and_, func

from torgsync.core.paging import PAGE
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.cells import Section
from torgsync.core.product.documents import load_variant
from torgsync.core.product.variants import Member
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t


class StoredVariant(Struct, frozen=True):
    """A member of a model, and the variant group that is remembered for it, 0 for none."""

    member: Member
    group: int


class VariantRepository(Repository):
    """Models and sections of one object, inside one transaction."""

    def dirty(self) -> Iterator[list[int]]:
        """Yield, by pages, the models of goods that are new or gone, or whose content is not clean."""
        g, after = t.goods.c, None
        while True:
            query = self._select(g.model).where(g.clean.is_(False), g.content_clean.is_(False), g.model != 0)
            if after is not None:
                query = query.where(g.model > after)
            page = list(self._db.execute(query.distinct().order_by(g.model).limit(PAGE)).scalars())
            if not page:
                return
            yield page
            after = page[-1]

    def members(self, models: Sequence[int]) -> dict[int, list[StoredVariant]]:
        """Return the goods of these models that go to Prom, keyed by model, in the order of the file."""
        g, d, s = t.goods.c, t.desired.c, t.sent.c
        rows = self._db.execute(
            self._select(g.model, g.good_id, g.line, g.variant, d.content, s.content.label("sent"))
            .join(t.desired, and_(d.object == g.object, d.good_id == g.good_id))
            .outerjoin(t.sent, and_(s.object == g.object, s.good_id == g.good_id))
            .where(g.model.in_(models), g.row_status == RowStatus.IN)
            .order_by(g.model, g.line, g.good_id)
        ).all()
        variants: dict[int, list[StoredVariant]] = {}
        for row in rows:
            traits, made = load_variant(row.content).characteristics, row.sent is not None
            group = load_variant(row.sent).group if made else 0
            member = Member(row.good_id, row.line, traits, group, made)
            variants.setdefault(row.model, []).append(StoredVariant(member, row.variant))
        return variants

    def groups(self, good_ids: Sequence[str]) -> dict[str, int]:
        """Return the variant groups in which goods were made on Prom, keyed by good, as far as they were."""
        s = t.sent.c
        query = self._select(s.good_id, s.content).where(s.content.like('%"variant_group":"%'))
        rows = self._in_pages(query, s.good_id, good_ids)
        return {row.good_id: load_variant(row.content).group for row in rows}

    def made_in(self, groups: Collection[str]) -> list[str]:
        """Return the goods that Prom has in these variant groups and that go, in the order of Prom's ids."""
        g, s, e = t.goods.c, t.sent.c, t.existing.c
        query = (
            self._select(g.good_id, e.prom_id, s.content)
            .join(t.sent, and_(s.object == g.object, s.good_id == g.good_id))
            .join(t.existing, and_(e.object == g.object, e.good_id == g.good_id))
            .where(g.row_status == RowStatus.IN, e.deleted.is_(False))
        )
        goods = [
            (len(row.prom_id), row.prom_id, row.good_id)
            for row in self._in_pages(query, g.variant, sorted(map(int, groups)))
            if str(load_variant(row.content).group) in groups
        ]
        return [good_id for *_, good_id in sorted(goods)]

    def regroup(self, groups: Mapping[str, int]) -> None:
        """Remember the variant group of goods, 0 for none; what Prom refused of them is tried again."""
        self._update_goods(t.goods, {good_id: {"variant": group} for good_id, group in groups.items()})
        self._delete_in_pages(t.refusals, t.refusals.c.good_id, list(groups))

    def numbers(self, candidates: Mapping[int, Iterator[int]]) -> dict[int, int]:
        """Return the variant groups of models: those they have, or the first that no other model has.

        `candidates` are the numbers that each model may have, best first, without end.
        """
        m = t.models.c
        rows = self._in_pages(self._select(m.model, m.number), m.model, list(candidates))
        numbers = {row.model: row.number for row in rows}
        first = {model: next(numbered) for model, numbered in candidates.items() if model not in numbers}
        owners = self._owners(list(first.values()))
        taken: dict[int, int] = {}
        for model, best in first.items():
            number = best
            while number in taken or (number in owners and self._has_goods(owners[number])):
                number = next(candidates[model])
                owners |= self._owners([number])
            taken[number] = model
        self._delete_in_pages(t.models, m.number, sorted(taken.keys() & owners.keys()))
        self._insert(t.models, [{"model": model, "number": number} for number, model in taken.items()])
        return numbers | {model: number for number, model in taken.items()}

    def _owners(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the models that have these numbers, keyed by number."""
        m = t.models.c
        return {
            row.number: row.model
            for row in self._in_pages(self._select(m.number, m.model), m.number, numbers)
        }

    def _has_goods(self, model: int) -> bool:
        g = t.goods.c
        return self._scalar(g.good_id, g.model == model, g.row_status != RowStatus.GONE) is not None

    # Sections

    def remember_sections(self, paths: Mapping[int, Sequence[Section]]) -> None:
        """Remember the paths of sections, keyed by the number that goods carry."""
        rows = [
            {"section": section, "path": json.dumps(path, ensure_ascii=False, separators=(",", ":"))}
            for section, path in paths.items()
        ]
        self._upsert(t.sections, rows)

    def paths(self) -> list[tuple[tuple[Section, ...], int]]:
        """Return every path of groups in the export, with the number of its goods."""
        g, s = t.goods.c, t.sections.c
        rows = self._db.execute(
            self._select(s.path, func.count())
            .join(t.goods, and_(g.object == s.object, g.section == s.section))
            .where(g.row_status == RowStatus.IN)
            .group_by(s.path)
            .order_by(s.path)
        )
        return [(tuple(Section(*step) for step in json.loads(path)), count) for path, count in rows]
