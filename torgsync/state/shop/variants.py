"""What is remembered of models, whose goods are variants of each other, and of the sections of goods."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from torgsync.core.findings import Finding
from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.cells import Section
from torgsync.core.product.products import Product, load
from torgsync.core.product.variants import Member
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.schema.base import upsert


@dataclass(frozen=True, slots=True)
class StoredVariant:
    """A member of a model, and the variant group that is remembered for it, 0 for none."""

    member: Member
    group: int


class VariantRepository(Repository):
    """Models and sections of one object, inside one transaction."""

    def dirty(self) -> Iterator[list[int]]:
        """Yield, by pages, the models of goods that are new, changed, gone or pending."""
        g, after = t.goods.c, None
        while True:
            query = select(g.model).where(g.object == self._slug, g.clean.is_(False), g.model != 0)
            if after is not None:
                query = query.where(g.model > after)
            page = list(self._db.execute(query.distinct().order_by(g.model).limit(PAGE)).scalars())
            if not page:
                return
            yield page
            after = page[-1]

    def members(self, models: Sequence[int]) -> dict[int, list[StoredVariant]]:
        """Return the goods of these models that go to Prom, keyed by model, in the order of the file."""
        g, d = t.goods.c, t.desired.c
        rows = self._db.execute(
            select(g.model, g.good_id, g.line, g.variant, d.content)
            .join(t.desired, and_(d.object == g.object, d.good_id == g.good_id))
            .where(g.object == self._slug, g.model.in_(models), g.row_status == RowStatus.IN)
            .order_by(g.model, g.line, g.good_id)
        ).all()
        ids = [row.good_id for row in rows]
        groups, made = self.groups(ids), self._made(ids)
        found: dict[int, list[StoredVariant]] = {}
        for row in rows:
            traits = Product(row.good_id, load(row.content)).characteristics
            member = Member(row.good_id, row.line, traits, groups.get(row.good_id, 0), row.good_id in made)
            found.setdefault(row.model, []).append(StoredVariant(member, row.variant))
        return found

    def _made(self, good_ids: Sequence[str]) -> set[str]:
        """Return those of the goods that were sent."""
        s = t.sent.c
        found: set[str] = set()
        for page in pages(good_ids):
            found.update(
                self._db.execute(
                    select(s.good_id).where(s.object == self._slug, s.good_id.in_(page))
                ).scalars()
            )
        return found

    def groups(self, good_ids: Sequence[str]) -> dict[str, int]:
        """Return the variant groups in which goods were made on Prom, keyed by good, as far as they were."""
        s = t.sent.c
        found: dict[str, int] = {}
        for page in pages(good_ids):
            rows = self._db.execute(
                select(s.good_id, s.content)
                .where(s.object == self._slug, s.good_id.in_(page))
                .where(s.content.like('%"variant_group":"%'))
            )
            for good_id, content in rows:
                found[good_id] = int(json.loads(content)["variant_group"])
        return found

    def made_in(self, groups: Collection[str]) -> list[str]:
        """Return the goods that Prom has in these variant groups and that go, in the order of Prom's ids."""
        g, s, e = t.goods.c, t.sent.c, t.existing.c
        numbers = sorted(map(int, groups))
        found: list[tuple[int, str, str]] = []
        for page in pages(numbers):
            rows = self._db.execute(
                select(g.good_id, e.prom_id, s.content)
                .join(t.sent, and_(s.object == g.object, s.good_id == g.good_id))
                .join(t.existing, and_(e.object == g.object, e.good_id == g.good_id))
                .where(g.object == self._slug, g.row_status == RowStatus.IN, e.deleted.is_(False))
                .where(g.variant.in_(page))
            )
            found += [
                (len(prom_id), prom_id, good_id)
                for good_id, prom_id, content in rows
                if load(content).get("variant_group") in groups
            ]
        return [good_id for *_, good_id in sorted(found)]

    def regroup(self, groups: Mapping[str, int]) -> None:
        """Remember the variant group of goods, 0 for none; what Prom refused of them is tried again."""
        if not groups:
            return
        for table, change in (
            (t.goods, update(t.goods).values(variant=bindparam("to"))),
            (t.refusals, delete(t.refusals)),
        ):
            self._db.execute(
                change.where(table.c.object == self._slug, table.c.good_id == bindparam("of")),
                [{"of": good_id, "to": group} for good_id, group in groups.items()],
            )

    def number(self, model: int, candidates: Iterator[int]) -> int:
        """Return a model's variant group: the one it has, or the first that no other model has."""
        m = t.models.c
        mine = select(m.number).where(m.object == self._slug, m.model == model)
        known = self._db.execute(mine).scalar()
        if known is not None:
            return int(known)
        for number in candidates:
            holder = select(m.model).where(m.object == self._slug, m.number == number)
            other = self._db.execute(holder).scalar()
            if other is not None and self._has_goods(other):
                continue
            self._db.execute(delete(t.models).where(m.object == self._slug, m.number == number))
            self._db.execute(insert(t.models).values(object=self._slug, model=model, number=number))
            return number
        raise ValueError("no candidates")  # pragma: no cover  # they are without end

    def _has_goods(self, model: int) -> bool:
        g = t.goods.c
        query = select(g.good_id).where(
            g.object == self._slug, g.model == model, g.row_status != RowStatus.GONE
        )
        return self._db.execute(query.limit(1)).first() is not None

    def replace_findings(
        self, good_ids: Sequence[str], codes: Collection[str], findings: Iterable[Finding]
    ) -> None:
        """Forget the findings of these codes about these goods, and remember these."""
        f = t.findings.c
        for page in pages(good_ids):
            self._db.execute(
                delete(t.findings).where(
                    f.object == self._slug,
                    f.good_id.in_(page),
                    f.code.in_(sorted(codes)),
                )
            )
        rows = [t.finding_row(self._slug, finding) for finding in findings]
        if rows:
            self._db.execute(insert(t.findings), rows)

    # Sections

    def remember_sections(self, paths: Mapping[int, Sequence[Section]]) -> None:
        """Remember the paths of sections, keyed by the number that goods carry."""
        rows = [
            {
                "object": self._slug,
                "section": section,
                "path": json.dumps(path, ensure_ascii=False, separators=(",", ":")),
            }
            for section, path in paths.items()
        ]
        upsert(self._db, t.sections, rows)

    def paths(self) -> list[tuple[tuple[Section, ...], int]]:
        """Return every path of groups in the export, with the number of its goods."""
        g, s = t.goods.c, t.sections.c
        rows = self._db.execute(
            select(s.path, func.count())
            .join(t.goods, and_(g.object == s.object, g.section == s.section))
            .where(s.object == self._slug, g.row_status == RowStatus.IN)
            .group_by(s.path)
            .order_by(s.path)
        )
        return [(tuple(Section(*step) for step in json.loads(path)), count) for path, count in rows]
