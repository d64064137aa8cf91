"""The changes of plans, stored so that a plan costs no memory, and the outcome of each.

An object has one plan that no run performed: making a new one deletes the last. The changes of performed
plans stay; they are the history. What `compaction.py` keeps of old ones has a negative number. A creation is
kept as the documents of its product. Unless its plan is made for a run, one that makes the desired product as
it is kept has none of its own (`complete`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import islice
from typing import NamedTuple

import xxhash
from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from torgsync.core.paging import IDS, PAGE, pages
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.outcomes import Outcome, OutcomeReason, OutcomeReasons, encode_reasons
from torgsync.core.product.fields import Channel
from torgsync.state.bulk import insert_rows, update_rows
from torgsync.state.repository import Repository
from torgsync.state.runs.change_rows import (
    DESIRED,
    DOES,
    NUMBERED,
    ChangeAttempt,
    ChangePlace,
    NumberedChange,
    ProductKey,
    change_row,
    numbered_change,
)
from torgsync.state.schema import run_tables as t
from torgsync.state.schema import shop_tables

_c = t.changes.c
_FREE = _c.held.is_(None)
_OPEN = _c.outcome.is_(None)
_IN_FILE = (_c.via == Channel.IMPORT, _c.verb != Verb.REMOVE, _FREE)
"""The changes that go by an import file."""


class Deletion(NamedTuple):
    """The run that deleted a product, and when it began."""

    run: int
    at: datetime


class Plans(Repository):
    """The plans of one object."""

    def begin(self, now: datetime, *, undoes: bool = False) -> int:
        """Delete the plans that no run performed, and return the number of a new one; see `begin_next`."""
        performed = self._select(t.runs.c.plan).where(t.runs.c.plan.is_not(None))
        stale = t.plans.c.number.not_in(performed)
        self._db.execute(delete(t.changes).where(_c.plan.in_(self._select(t.plans.c.number).where(stale))))
        self._delete(t.plans, stale)
        return self.begin_next(now, undoes=undoes)

    def begin_next(self, now: datetime, part_of: int | None = None, *, undoes: bool = False) -> int:
        """Return the number of a new plan and keep the last one, of which it may be a part.

        One that `undoes` a run says nothing of what the export asks for.
        """
        return self._insert_one(t.plans, made=now, part_of=part_of, undoes=undoes)

    def leave_out(self, plan: int, goods: int) -> None:
        """Record how many goods have changes that are not in a plan, because they were not chosen."""
        self._update(t.plans, t.plans.c.number == plan, left_out=goods)

    def add(self, plan: int, changes: Iterable[Change]) -> None:
        """Append changes, in order."""
        first = self._last(plan)
        rows = ({"plan": plan, "seq": first + n, **change_row(change)} for n, change in enumerate(changes, 1))
        insert_rows(self._db, t.changes, rows)

    def complete(self, plan: int) -> None:
        """Give each change its own values: a run performs the plan, and desired products go on changing."""
        self._set(plan, _c.fields == "", fields=DESIRED)

    def page(
        self, plan: int, verb: Verb, *, via: Channel | None = None, after: int = 0, size: int = PAGE
    ) -> list[NumberedChange]:
        """Return the next changes of a verb that no guard holds, in the order of the file."""
        channel = () if via is None else (_c.via == via,)
        return self._of(plan, _c.verb == verb, _FREE, _c.seq > after, *channel, most=size)

    def first(self, plan: int, most: int) -> list[NumberedChange]:
        """Return the first changes, of any verb, in the order in which they were added."""
        return self._of(plan, _c.seq > 0, most=most)

    def of_products(self, plan: int, products: Collection[ProductKey]) -> Mapping[ProductKey, list[Change]]:
        """Return the changes of some products, keyed by product."""
        found: dict[ProductKey, list[Change]] = {product: [] for product in products}
        for item in self._of(plan, _c.good_id.in_({good_id for good_id, _ in products})):
            change = item.change
            if (product := ProductKey(change.good_id, change.prom_id)) in found:
                found[product].append(change)
        return found

    def changes(self, plan: int) -> Iterator[NumberedChange]:
        """Yield all changes: creations, updates, removals, each in the order of the file."""
        for verb in Verb:
            after = 0
            while page := self._of(plan, _c.verb == verb, _c.seq > after, most=PAGE):
                yield from page
                after = page[-1].seq

    def attempts(self, good_id: str, most: int) -> list[ChangeAttempt]:
        """Return the last changes of a good, newest first: of every run, and of the plan that awaits one."""
        rows = self._db.execute(
            NUMBERED.add_columns(t.plans.c.made, t.runs.c.id.label("run"), t.runs.c.started, t.runs.c.undoes)
            .join(t.plans, t.plans.c.number == _c.plan)
            .outerjoin(t.runs, t.runs.c.plan == _c.plan)
            .where(t.plans.c.object == self._slug, _c.good_id == good_id, _c.seq > 0)
            .order_by(_c.plan.desc(), t.runs.c.id.desc(), _c.seq)
            .limit(most)
        )
        return [
            ChangeAttempt(row.started or row.made, row.run, numbered_change(row), row.undoes) for row in rows
        ]

    def done(self, good_id: str) -> Iterator[Change]:
        """Yield the changes of a good that Prom took, whichever run sent them."""
        rows = self._db.execute(
            NUMBERED.join(t.plans, t.plans.c.number == _c.plan)
            .where(t.plans.c.object == self._slug, _c.good_id == good_id, _c.prom_id == "")
            .where(_c.outcome == Outcome.DONE)
        )
        return (numbered_change(row).change for row in rows)

    def changed_since(self, plan: int, good_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return which fields of these goods later runs have changed on Prom, keyed by good, then by field.

        Each field has the number of the last of these runs.
        """
        changed: dict[str, dict[str, int]] = {}
        for run, change in self.done_since(plan, good_ids):
            changed.setdefault(change.good_id, {}).update(dict.fromkeys(change.fields, run))
        return changed

    def done_since(self, plan: int, good_ids: Sequence[str]) -> Iterator[tuple[int, Change]]:
        """Yield what later runs did with these goods, oldest first, each change with its run."""
        rows = self._db.execute(
            NUMBERED.add_columns(t.runs.c.id.label("run"))
            .join(t.plans, t.plans.c.number == _c.plan)
            .join(t.runs, t.runs.c.plan == _c.plan)
            .where(t.plans.c.object == self._slug, _c.plan > plan, _c.outcome == Outcome.DONE)
            .where(_c.good_id.in_(good_ids), _c.prom_id == "")
            .order_by(t.runs.c.id)
        )
        return ((row.run, numbered_change(row).change) for row in rows)

    def outcome(self, plan: int, seq: int) -> Outcome | None:
        """Return the outcome of a change, None while it has none."""
        return next((item.outcome for item in self._of(plan, _c.seq == seq)), None)

    def label(self, plan: int, seq: int) -> tuple[Verb, str]:
        """Return a change as a log names it: its verb, and its good with the good's name."""
        (item,) = self._of(plan, _c.seq == seq)
        change = item.change
        return change.verb, f"{change.good_id or f'Prom {change.prom_id}'} {change.title}"

    def defer_open(self, plan: int, reason: OutcomeReason) -> int:
        """Record that all changes without a guard and an outcome were not reached, and return how many."""
        return self._set(plan, _FREE, _OPEN, outcome=Outcome.DEFERRED, reasons=encode_reasons([reason]))

    def defer_imported(self, plan: int, reason: OutcomeReason) -> None:
        """Record that all changes of an import file that have no outcome wait for the end of the import."""
        self._set(plan, *_IN_FILE, _OPEN, outcome=Outcome.DEFERRED, reasons=encode_reasons([reason]))

    def importing(self) -> frozenset[str]:
        """Return the goods of an import that was sent and whose end is not known yet."""
        of_run = (t.runs.c.id == t.imports.c.run, t.imports.c.ended.is_(None))
        sent = self._select(t.runs.c.plan).where(*of_run, t.runs.c.plan.is_not(None))
        query = select(_c.good_id).where(_c.plan.in_(sent), *_IN_FILE)
        return frozenset(self._db.execute(query).scalars())

    def doubtful(self, plan: int, *, after: int = 0) -> list[NumberedChange]:
        """Return the next changes that no guard holds and that have no outcome, or an unclear one."""
        doubt = or_(_OPEN, _c.outcome == Outcome.UNCLEAR)
        return self._of(plan, _FREE, _c.seq > after, doubt, most=PAGE)

    def hold(self, plan: int, verb: Verb, guard: str, reasons: Collection[str] = ()) -> int:
        """Hold all changes of a verb that no guard holds yet, and return how many these are.

        With `reasons` only those that leave the shop for one of them.
        """
        leaving = (_c.reason.in_(sorted(reasons)),) if reasons else ()
        return self._set(plan, _c.verb == verb, _FREE, *leaving, held=guard)

    def hold_goods(self, plan: int, verb: Verb, good_ids: Sequence[str], guard: str) -> None:
        """Hold the changes of a verb of these goods, whatever guard holds them already."""
        for page in pages(good_ids, IDS):
            self._set(plan, _c.verb == verb, _c.prom_id == "", _c.good_id.in_(page), held=guard)

    def changed(self, plan: int, verb: Verb, good_ids: Sequence[str]) -> set[str]:
        """Return those of these goods that have a change of a verb."""
        of_verb = select(_c.good_id).where(_c.plan == plan, _c.verb == verb, _c.prom_id == "")
        return {row.good_id for row in self._in_pages(of_verb, _c.good_id, good_ids)}

    def held_of(self, plan: int, good_ids: Sequence[str]) -> dict[str, bool]:
        """Return those of these goods that have changes, and whether a guard holds any of them."""
        changed = select(_c.good_id, _c.held).where(_c.plan == plan, _c.prom_id == "")
        held: dict[str, bool] = {}
        for row in self._in_pages(changed, _c.good_id, good_ids):
            held[row.good_id] = held.get(row.good_id, False) or row.held is not None
        return held

    def hold_fields(
        self, plan: int, guard: str, fields: Sequence[str], violations: Callable[[Change], bool]
    ) -> None:
        """Split every update for which `violations` returns true: these fields are held, the others go."""
        after, last = 0, self._last(plan)  # halves are appended behind `last`
        while page := [item for item in self.page(plan, Verb.UPDATE, after=after) if item.seq <= last]:
            after = page[-1].seq
            tripping = [item for item in page if violations(item.change)]
            seqs = [item.seq for item in tripping]
            self._db.execute(delete(t.changes).where(_c.plan == plan, _c.seq.in_(seqs)))
            self.add(plan, [half for item in tripping for half in item.change.split(fields, guard)])

    def keep(self, plan: int, kept: Callable[[str, Verb], bool]) -> list[tuple[str, str, Verb]]:
        """Delete the changes of goods for which `kept` returns false.

        Returns the good and, of a foreign product, Prom's id, with the verb, of each change that is deleted.
        """
        rows = self._db.execute(select(_c.seq, _c.good_id, _c.prom_id, _c.verb).where(_c.plan == plan)).all()
        lost = [row for row in rows if not kept(row.good_id, Verb(row.verb))]
        for page in pages(lost, IDS):
            seqs = [row.seq for row in page]
            self._db.execute(delete(t.changes).where(_c.plan == plan, _c.seq.in_(seqs)))
        return [(row.good_id, row.prom_id, Verb(row.verb)) for row in lost]

    def verbs(self, plan: int) -> Iterator[tuple[str, Verb]]:
        """Yield the good and the verb of each change, in the order in which they were added."""
        query = select(_c.good_id, _c.verb).where(_c.plan == plan).order_by(_c.seq)
        for good_id, verb in self._db.execute(query):
            yield good_id, Verb(verb)

    def edited(self, plan: int) -> int:
        """Return how many goods have a change of what was edited on Prom that no guard holds."""
        return self._goods(plan, _FREE, _c.fields.contains('"edited":true'))

    def holds(self, plan: int) -> dict[tuple[str, Verb], int]:
        """Return how many changes are held, keyed by guard and verb."""
        query = select(_c.held, _c.verb, func.count()).where(_c.plan == plan, _c.held.is_not(None))
        rows = self._db.execute(query.group_by(_c.held, _c.verb))
        return {(held, Verb(verb)): count for held, verb, count in rows}

    def release(self, plan: int, guard: str) -> None:
        """Release what a guard holds, joined with the changes of the same product that are not held."""
        while page := self._of(plan, _c.held == guard, most=PAGE):
            for item in page:
                change = replace(item.change, held=None)
                product = (_c.good_id == change.good_id, _c.prom_id == change.prom_id)
                for twin in self._of(plan, _FREE, _c.verb == change.verb, *product, most=1):
                    change = change.joined(twin.change)
                    self._db.execute(delete(t.changes).where(_c.plan == plan, _c.seq == twin.seq))
                self._set(plan, _c.seq == item.seq, **change_row(change))

    def reasons(self, plan: int, verb: Verb) -> dict[str, int]:
        """Return how many changes of a verb there are, keyed by their reason."""
        of_verb = select(_c.reason, func.count()).where(_c.plan == plan, _c.verb == verb)
        return self._pairs(of_verb.group_by(_c.reason))

    def removed(self, plan: int, status: str, reason: str | None = None) -> int:
        """Return how many products a plan brings to a status as they leave; with `reason` only for that.

        What a guard holds does not leave.
        """
        leaving = () if reason is None else (_c.reason == reason,)
        becomes = _c.fields.like(f'%"status":%"new":"{status}"%')
        return self._goods(plan, _c.verb == Verb.REMOVE, _FREE, becomes, *leaving)

    def deletions(self, good_ids: Sequence[str]) -> dict[str, Deletion]:
        """Return the last deletion of the product of each of these goods, keyed by good."""
        query = (
            select(_c.good_id, t.runs.c.id, t.runs.c.started)
            .join(t.runs, t.runs.c.plan == _c.plan)
            .where(t.runs.c.object == self._slug, _c.verb == Verb.REMOVE, _c.prom_id == "")
            .where(_c.outcome == Outcome.DONE, _c.fields.like('%"status":%"new":"deleted"%'))
            .order_by(_c.plan, t.runs.c.id)
        )
        return {
            row.good_id: Deletion(row.id, row.started) for row in self._in_pages(query, _c.good_id, good_ids)
        }

    def groups(self, plan: int) -> Iterator[tuple[NumberedChange, str]]:
        """Yield all changes as `changes` does, each with the name of its good's topmost group, or nothing."""
        g, s = shop_tables.goods.c, shop_tables.sections.c
        for page in _paged(self.changes(plan)):
            ids = [item.change.good_id for item in page]
            paths = self._pairs(
                self._select(g.good_id, s.path)
                .join(shop_tables.sections, and_(s.object == g.object, s.section == g.section))
                .where(g.good_id.in_(ids))
            )
            named = {good_id: json.loads(path)[0][1] for good_id, path in paths.items()}
            for item in page:
                yield item, "" if item.change.prom_id else named.get(item.change.good_id, "")

    def places(self, plan: int) -> Iterator[ChangePlace]:
        """Yield where a report shows each change, in the order in which they were added."""
        g, s = shop_tables.goods, shop_tables.sections
        of_good = and_(g.c.object == self._slug, g.c.good_id == _c.good_id, _c.prom_id == "")
        of_section = and_(s.c.object == self._slug, s.c.section == g.c.section)
        query = select(_c.seq, _c.verb, s.c.path, _c.held).select_from(
            t.changes.outerjoin(g, of_good).outerjoin(s, of_section)
        )
        name = cache(lambda path: json.loads(path)[0][1] if path else "")
        for seq, verb, path, held in self._db.execute(query.where(_c.plan == plan).order_by(_c.seq)):
            yield ChangePlace(seq, Verb(verb), name(path), held)

    def numbered(self, plan: int, seqs: Sequence[int]) -> dict[int, NumberedChange]:
        """Return the changes with these numbers, keyed by them."""
        return {item.seq: item for page in pages(seqs, IDS) for item in self._of(plan, _c.seq.in_(page))}

    def counts(self, plan: int) -> dict[tuple[Verb, Channel, bool], int]:
        """Return how many changes there are, keyed by verb, channel and whether held."""
        held = case((_c.held.is_(None), 0), else_=1)
        rows = self._db.execute(
            select(_c.verb, _c.via, held.label("held"), func.count())
            .where(_c.plan == plan)
            .group_by(_c.verb, _c.via, held)
        )
        return {(Verb(verb), Channel(via), bool(stopped)): count for verb, via, stopped, count in rows}

    def goods(self, plan: int, verb: Verb) -> int:
        """Return how many goods a verb changes; a change that was split in two counts once."""
        return self._goods(plan, _c.verb == verb)

    def held_goods(self, plan: int, *, but: str = "") -> int:
        """Return of how many goods something is held, by any guard but that one."""
        return self._goods(plan, _c.held.is_not(None), _c.held != but)

    def sent_goods(self, plan: int) -> int:
        """Return of how many goods something may go, whatever is held of them."""
        return self._goods(plan, _FREE)

    def digest(self, plan: int) -> str:
        """Return eight hexadecimal digits of the changes' content: equal plans have equal digests."""
        state = xxhash.xxh3_64()
        parts = (_c.good_id, _c.prom_id, _c.verb, func.coalesce(_c.held, ""), DOES)
        query = select(*parts).where(_c.plan == plan)
        for row in self._db.execute(query.order_by(_c.good_id, _c.seq).execution_options(yield_per=PAGE)):
            state.update("\x1f".join(row).encode())
        return state.hexdigest()[:8]

    def record(self, plan: int, outcomes: Mapping[int, tuple[Outcome, OutcomeReasons]]) -> None:
        """Record outcomes with their reasons, keyed by the number of the change."""
        rows = [
            {"plan": plan, "seq": seq, "outcome": outcome, "reasons": encode_reasons(reasons)}
            for seq, (outcome, reasons) in outcomes.items()
        ]
        update_rows(self._db, t.changes, ("plan", "seq"), rows)

    def outcomes(self, plan: int, *, imported: bool = False) -> dict[Outcome, int]:
        """Return how many changes have which outcome: all, or those of the import file."""
        which = _IN_FILE if imported else ()
        ended = select(_c.outcome, func.count()).where(_c.plan == plan, _c.outcome.is_not(None), *which)
        counts = self._pairs(ended.group_by(_c.outcome))
        return {Outcome(outcome): count for outcome, count in counts.items()}

    def _of(self, plan: int, *where: ColumnElement[bool], most: int | None = None) -> list[NumberedChange]:
        """Return the first changes that fulfil all conditions, in the order of the file."""
        query = NUMBERED.where(_c.plan == plan, *where).order_by(_c.seq).limit(most)
        return list(map(numbered_change, self._db.execute(query)))

    def _set(self, plan: int, *where: ColumnElement[bool], **values: object) -> int:
        """Set columns of the changes that fulfil all conditions; return how many these are."""
        change = update(t.changes).where(_c.plan == plan, *where).values(**values)
        return self._db.execute(change).rowcount

    def _goods(self, plan: int, *where: ColumnElement[bool]) -> int:
        products = func.count(func.distinct(_c.good_id + "/" + _c.prom_id))
        return self._db.execute(select(products).where(_c.plan == plan, *where)).scalar_one()

    def _last(self, plan: int) -> int:
        return self._db.execute(select(func.max(_c.seq)).where(_c.plan == plan)).scalar() or 0


def _paged(items: Iterator[NumberedChange]) -> Iterator[list[NumberedChange]]:
    while page := list(islice(items, PAGE)):
        yield page
