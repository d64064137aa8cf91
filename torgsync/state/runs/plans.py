"""The changes of plans, stored so that a plan costs no memory, and the outcome of each.

An object has one plan that no run performed: making a new one deletes the last. The changes of performed
plans stay; they are the history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import xxhash
from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from torgsync.core.paging import PAGE
from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.outcomes import (
    Outcome,
    OutcomeReason,
    OutcomeReasons,
    decode_reasons,
    encode_reasons,
)
from torgsync.core.product.fields import FIELDS, Channel, decode, encode
from torgsync.state.repository import Repository
from torgsync.state.schema import run_tables as t
from torgsync.state.schema import shop_tables


@dataclass(frozen=True, slots=True)
class NumberedChange:
    """A change with its number in its plan, and its outcome with the reasons where it has one."""

    seq: int
    change: Change
    outcome: Outcome | None = None
    reasons: OutcomeReasons = ()


@dataclass(frozen=True, slots=True)
class ChangeAttempt:
    """One change of a good in some plan: when it was made or sent, and by which run (None: by none yet)."""

    at: datetime
    run: int | None
    item: NumberedChange


class Plans(Repository):
    """The plans of one object."""

    def begin(self, now: datetime) -> int:
        """Delete the plans that no run performed, and return the number of a new one."""
        performed = select(t.runs.c.plan).where(t.runs.c.object == self._slug, t.runs.c.plan.is_not(None))
        stale = select(t.plans.c.number).where(
            t.plans.c.object == self._slug, t.plans.c.number.not_in(performed)
        )
        self._db.execute(delete(t.changes).where(t.changes.c.plan.in_(stale)))
        self._db.execute(
            delete(t.plans).where(t.plans.c.object == self._slug, t.plans.c.number.not_in(performed))
        )
        return self.begin_next(now)

    def begin_next(self, now: datetime) -> int:
        """Return the number of a new plan and keep the last one, of which it is made."""
        made = self._db.execute(insert(t.plans).values(object=self._slug, made=now))
        return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0

    def add(self, plan: int, changes: Iterable[Change]) -> None:
        """Append changes, in order."""
        first = self._db.execute(
            select(func.coalesce(func.max(t.changes.c.seq), 0)).where(t.changes.c.plan == plan)
        ).scalar_one()
        rows = [{"plan": plan, "seq": first + n, **_row(change)} for n, change in enumerate(changes, 1)]
        if rows:
            self._db.execute(insert(t.changes), rows)

    def page(
        self, plan: int, verb: Verb, *, via: Channel | None = None, after: int = 0, size: int = PAGE
    ) -> list[NumberedChange]:
        """Return the next changes of a verb that no guard holds, in the order of the file."""
        c = t.changes.c
        query = select(t.changes).where(c.plan == plan, c.verb == verb, c.held.is_(None), c.seq > after)
        if via is not None:
            query = query.where(c.via == via)
        return [_numbered(row) for row in self._db.execute(query.order_by(c.seq).limit(size))]

    def of_good(self, plan: int, good_id: str, prom_id: str = "") -> list[Change]:
        """Return the changes of one good, or of one foreign product by Prom's id."""
        c = t.changes.c
        query = select(t.changes).where(c.plan == plan, c.good_id == good_id, c.prom_id == prom_id)
        return [_numbered(row).change for row in self._db.execute(query.order_by(c.seq))]

    def changes(self, plan: int) -> Iterator[NumberedChange]:
        """Yield all changes: creations, updates, removals, each in the order of the file."""
        c = t.changes.c
        for verb in Verb:
            after = 0
            query = select(t.changes).where(c.plan == plan, c.verb == verb).order_by(c.seq).limit(PAGE)
            while rows := self._db.execute(query.where(c.seq > after)).all():
                yield from map(_numbered, rows)
                after = rows[-1].seq

    def attempts(self, good_id: str, most: int) -> list[ChangeAttempt]:
        """Return the last changes of a good, newest first: of every run, and of the plan that awaits one."""
        c = t.changes.c
        rows = self._db.execute(
            select(t.changes, t.plans.c.made, t.runs.c.id.label("run"), t.runs.c.started)
            .join(t.plans, t.plans.c.number == c.plan)
            .outerjoin(t.runs, t.runs.c.plan == c.plan)
            .where(t.plans.c.object == self._slug, c.good_id == good_id)
            .order_by(c.plan.desc(), t.runs.c.id.desc(), c.seq)
            .limit(most)
        )
        return [ChangeAttempt(row.started or row.made, row.run, _numbered(row)) for row in rows]

    def changed_since(self, plan: int, good_ids: Sequence[str]) -> dict[str, set[str]]:
        """Return which fields of these goods later plans have changed on Prom, keyed by good."""
        c = t.changes.c
        rows = self._db.execute(
            select(c.good_id, c.fields)
            .join(t.plans, t.plans.c.number == c.plan)
            .where(t.plans.c.object == self._slug, c.plan > plan, c.outcome == Outcome.DONE)
            .where(c.good_id.in_(good_ids), c.prom_id == "")
        )
        changed: dict[str, set[str]] = {}
        for good_id, fields in rows:
            changed.setdefault(good_id, set()).update(json.loads(fields))
        return changed

    def outcome(self, plan: int, seq: int) -> Outcome | None:
        """Return the outcome of a change, None while it has none."""
        stored = self._db.execute(
            select(t.changes.c.outcome).where(t.changes.c.plan == plan, t.changes.c.seq == seq)
        ).scalar()
        return Outcome(stored) if stored else None

    def label(self, plan: int, seq: int) -> str:
        """Return a change as a log names it: its verb, its good and the good's name."""
        c = t.changes.c
        row = self._db.execute(
            select(c.verb, c.good_id, c.prom_id, c.title).where(c.plan == plan, c.seq == seq)
        ).one()
        return f"{row.verb} {row.good_id or f'Prom {row.prom_id}'} {row.title}"

    def defer_open(self, plan: int, reason: OutcomeReason) -> int:
        """Record that all changes that no guard holds and that have no outcome were not reached.

        Returns:
            How many they are.
        """
        c = t.changes.c
        return self._db.execute(
            update(t.changes)
            .where(c.plan == plan, c.held.is_(None), c.outcome.is_(None))
            .values(outcome=Outcome.DEFERRED, reasons=encode_reasons([reason]))
        ).rowcount

    def defer_imported(self, plan: int, reason: OutcomeReason) -> None:
        """Record that all changes of an import file that have no outcome wait for the end of the import."""
        self._db.execute(
            update(t.changes)
            .where(*self._in_file(plan), t.changes.c.outcome.is_(None))
            .values(outcome=Outcome.DEFERRED, reasons=encode_reasons([reason]))
        )

    def reopen_imported(self, plan: int) -> None:
        """Remove the outcome "deferred" of the changes of an import file, to reconcile them."""
        self._db.execute(
            update(t.changes)
            .where(*self._in_file(plan), t.changes.c.outcome == Outcome.DEFERRED)
            .values(outcome=None, reasons="")
        )

    def _in_file(self, plan: int) -> tuple[ColumnElement[bool], ...]:
        c = t.changes.c
        return (c.plan == plan, c.via == Channel.IMPORT, c.verb != Verb.REMOVE, c.held.is_(None))

    def doubtful(self, plan: int, *, after: int = 0) -> list[NumberedChange]:
        """Return the next changes that no guard holds and that have no outcome, or an unclear one."""
        c = t.changes.c
        rows = self._db.execute(
            select(t.changes)
            .where(c.plan == plan, c.held.is_(None), c.seq > after)
            .where(or_(c.outcome.is_(None), c.outcome == Outcome.UNCLEAR))
            .order_by(c.seq)
            .limit(PAGE)
        )
        return [_numbered(row) for row in rows]

    def hold(self, plan: int, verb: Verb, guard: str) -> None:
        """Hold all changes of a verb that no guard holds yet."""
        c = t.changes.c
        self._db.execute(
            update(t.changes).where(c.plan == plan, c.verb == verb, c.held.is_(None)).values(held=guard)
        )

    def hold_fields(
        self, plan: int, guard: str, fields: Sequence[str], violations: Callable[[Change], bool]
    ) -> None:
        """Split every update for which `violations` returns true: these fields are held, the others go."""
        c, after = t.changes.c, 0
        last = self._db.execute(select(func.max(c.seq)).where(c.plan == plan)).scalar() or 0
        while page := [
            item for item in self.page(plan, Verb.UPDATE, after=after) if item.seq <= last
        ]:  # halves are appended behind `last`
            after = page[-1].seq
            tripping = [item for item in page if violations(item.change)]
            seqs = [item.seq for item in tripping]
            self._db.execute(delete(t.changes).where(c.plan == plan, c.seq.in_(seqs)))
            self.add(plan, [half for item in tripping for half in item.change.split(fields, guard)])

    def release(self, plan: int, guard: str) -> None:
        """Release what a guard holds, joined with the changes of the same product that are not held."""
        c = t.changes.c
        held = select(t.changes).where(c.plan == plan, c.held == guard).order_by(c.seq).limit(PAGE)
        while rows := self._db.execute(held).all():
            for item in map(_numbered, rows):
                twin = self._db.execute(
                    select(t.changes).where(
                        c.plan == plan,
                        c.held.is_(None),
                        c.verb == item.change.verb,
                        c.good_id == item.change.good_id,
                        c.prom_id == item.change.prom_id,
                    )
                ).first()
                change = replace(item.change, held=None)
                if twin is not None:
                    change = change.joined(_numbered(twin).change)
                    self._db.execute(delete(t.changes).where(c.plan == plan, c.seq == twin.seq))
                self._db.execute(
                    update(t.changes).where(c.plan == plan, c.seq == item.seq).values(_row(change))
                )

    def reasons(self, plan: int, verb: Verb) -> dict[str, int]:
        """Return how many changes of a verb there are, keyed by their reason."""
        c = t.changes.c
        rows = self._db.execute(
            select(c.reason, func.count()).where(c.plan == plan, c.verb == verb).group_by(c.reason)
        )
        return {reason: count for reason, count in rows}  # noqa: C416  # a row is no pair to mypy

    def groups(self, plan: int) -> Iterator[tuple[NumberedChange, str]]:
        """Yield all changes as `changes` does, each with the name of its good's topmost group, or nothing."""
        g, s = shop_tables.goods.c, shop_tables.sections.c
        for page in _paged(self.changes(plan)):
            ids = [item.change.good_id for item in page]
            rows = self._db.execute(
                select(g.good_id, s.path)
                .join(shop_tables.sections, and_(s.object == g.object, s.section == g.section))
                .where(g.object == self._slug, g.good_id.in_(ids))
            )
            named = {row.good_id: json.loads(row.path)[0][1] for row in rows}
            for item in page:
                yield item, "" if item.change.prom_id else named.get(item.change.good_id, "")

    def counts(self, plan: int) -> dict[tuple[Verb, Channel, bool], int]:
        """Return how many changes there are, keyed by verb, channel and whether held."""
        c = t.changes.c
        held = case((c.held.is_(None), 0), else_=1)
        rows = self._db.execute(
            select(c.verb, c.via, held.label("held"), func.count())
            .where(c.plan == plan)
            .group_by(c.verb, c.via, held)
        )
        return {(Verb(verb), Channel(via), bool(stopped)): count for verb, via, stopped, count in rows}

    def goods(self, plan: int, verb: Verb) -> int:
        """Return how many goods a verb changes; a change that was split in two counts once."""
        c = t.changes.c
        return self._db.execute(
            select(func.count(func.distinct(c.good_id + "/" + c.prom_id))).where(
                c.plan == plan, c.verb == verb
            )
        ).scalar_one()

    def held_goods(self, plan: int, *, but: str = "") -> int:
        """Return of how many goods something is held, by any guard but that one."""
        c = t.changes.c
        return self._db.execute(
            select(func.count(func.distinct(c.good_id + "/" + c.prom_id))).where(
                c.plan == plan, c.held.is_not(None), c.held != but
            )
        ).scalar_one()

    def digest(self, plan: int) -> str:
        """Return eight hexadecimal digits of the changes' content: equal plans have equal digests."""
        c = t.changes.c
        state = xxhash.xxh3_64()
        query = select(c.good_id, c.prom_id, c.verb, c.held, c.fields).where(c.plan == plan)
        for row in self._db.execute(query.order_by(c.good_id, c.seq).execution_options(yield_per=PAGE)):
            state.update("\x1f".join(str(part) for part in row).encode())
        return state.hexdigest()[:8]

    def record(self, plan: int, outcomes: Mapping[int, tuple[Outcome, OutcomeReasons]]) -> None:
        """Record outcomes with their reasons, keyed by the number of the change."""
        c = t.changes.c
        if outcomes:
            self._db.execute(
                update(t.changes)
                .where(c.plan == plan, c.seq == bindparam("of"))
                .values(outcome=bindparam("became"), reasons=bindparam("because")),
                [
                    {"of": seq, "became": outcome, "because": encode_reasons(reasons)}
                    for seq, (outcome, reasons) in outcomes.items()
                ],
            )

    def outcomes(self, plan: int) -> dict[Outcome, int]:
        """Return how many changes have which outcome."""
        c = t.changes.c
        rows = self._db.execute(
            select(c.outcome, func.count()).where(c.plan == plan, c.outcome.is_not(None)).group_by(c.outcome)
        )
        return {Outcome(outcome): count for outcome, count in rows}


def _paged(items: Iterator[NumberedChange]) -> Iterator[list[NumberedChange]]:
    while page := list(islice(items, PAGE)):
        yield page


def _row(change: Change) -> dict[str, object]:
    fields = {
        name: {
            "old": encode(FIELDS[name], field.old),
            "new": encode(FIELDS[name], field.new),
            **({"edited": True, "sent": encode(FIELDS[name], field.sent)} if field.edited else {}),
        }
        for name, field in change.fields.items()
    }
    return {
        "good_id": change.good_id,
        "prom_id": change.prom_id,
        "verb": change.verb,
        "via": change.via,
        "held": change.held,
        "reason": change.reason,
        "title": change.title,
        "fields": json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
    }


def _numbered(row: Row[Any]) -> NumberedChange:
    fields = {
        name: FieldChange(
            decode(FIELDS[name], stored["old"]),
            decode(FIELDS[name], stored["new"]),
            stored.get("edited", False),
            decode(FIELDS[name], stored.get("sent")),
        )
        for name, stored in json.loads(row.fields).items()
    }
    change = Change(row.good_id, Verb(row.verb), row.title, fields, row.held, row.prom_id, row.reason)
    outcome = Outcome(row.outcome) if row.outcome else None
    return NumberedChange(row.seq, change, outcome, decode_reasons(row.reasons))
