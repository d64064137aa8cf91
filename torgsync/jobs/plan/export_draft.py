"""The draft of what the export asks for: every good that is not settled is decided.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.select import SkipReason
from torgsync.core.paging import pages
from torgsync.core.plan.decide import ProductSnapshot, RowStatus, decide, remove_foreign
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.plan import Counts, Plan, Skipped
from torgsync.core.plan.plan_guards import export_rows_violation, zero_price_violation
from torgsync.core.product.fields import Value
from torgsync.jobs.catalog.export import ExportReading
from torgsync.jobs.plan.budget import budget_of, going_changes, offers_of
from torgsync.jobs.plan.draft import Draft

_FINDINGS = {
    SkipReason.REFUSED_BEFORE: Code.REFUSED_BEFORE,
    SkipReason.MODERATED: Code.DELETED_BY_MODERATOR,
    SkipReason.AMBIGUOUS: Code.ADOPT_AMBIGUOUS,
    SkipReason.ID_TAKEN: Code.ID_TAKEN,
    SkipReason.NO_EXTERNAL_ID: Code.EXTERNAL_ID_MISSING,
}
"""The finding of a good that is skipped; others have findings of their row."""

RowStatuses = Mapping[tuple[str, str], int]
"""Goods counted by the status of their row and its reason."""


@dataclass(kw_only=True)
class ExportDraft(Draft):
    """The draft of a plan from the export.

    `only` are the fields that may change, all where it is empty. `pending` counts goods with changes that
    this choice leaves out, `given_away` those that stay because their price in the export is 0.
    """

    reading: ExportReading
    only: frozenset[str]
    pending: int = 0
    given_away: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    _removed: int = 0
    _foreign: int = 0
    _waiting: int = 0  # goods that go of which no change at all is among the chosen fields

    def make(self, *, offline: bool) -> Plan:
        """Decide every dirty good, then evaluate the guards of the whole plan."""
        now = self.context.now()
        self.number = self.work.plans.begin(now)
        if sums := self.work.object_state.cached_noop_plan():
            return self._cached(sums, now, offline=offline)
        for page in self.work.products.dirty():
            self.work.plans.add(self.number, list(self._decide(page)))
        self._remove_foreign()
        row_statuses = self.work.rows.row_statuses()
        self._evaluate_guards(row_statuses)
        counts, skipped = self._counts(row_statuses), self._skip_counts(row_statuses)
        left_alone = self.work.rows.left_alone()
        if not (counts.changes or self.skipped or self.pending or self.violations):
            sums = json.dumps({"counts": asdict(counts), "skipped": skipped, "left_alone": left_alone})
            self.work.object_state.cache_noop_plan(sums)
        going = going_changes(self.work, self.number)
        return Plan(
            id=self.work.plans.digest(self.number),
            object=self.context.object.name,
            made=now,
            export=self.reading.info,
            counts=counts,
            budget=budget_of(self.context, self.work, going),
            offers=offers_of(going),
            violations=tuple(self.violations),
            skipped=skipped,
            left_alone=left_alone,
            edited=self.edited,
            offline=offline,
            pending=self.pending,
            removed_stock=self.removed_stock,
            overrides=tuple(self.opened),
            unmet=self.allowed.unmet(self.opened),
        )

    def _cached(self, sums: str, now: datetime, *, offline: bool) -> Plan:
        """Return the plan of a shop in which nothing changed since a plan without changes."""
        recorded = json.loads(sums)
        return Plan(
            id=self.work.plans.digest(self.number),
            object=self.context.object.name,
            made=now,
            export=self.reading.info,
            counts=Counts(**recorded["counts"]),
            budget=budget_of(self.context, self.work, {}),
            skipped=recorded["skipped"],
            left_alone=recorded.get("left_alone", {}),
            offline=offline,
            unmet=self.allowed.unmet(()),
        )

    def _decide(self, page: Sequence[ProductSnapshot]) -> Iterator[Change]:
        settled: list[str] = []
        in_step: dict[str, Mapping[str, Value]] = {}
        left_alone: dict[str, str] = {}
        for known in page:
            verdict = decide(known, self.context.object)
            left_alone[known.good_id] = ",".join(verdict.left_alone)
            if verdict.skip:
                self._skip(known, verdict.skip, whole=verdict.change is None)
            if unrecorded := _unrecorded(known, verdict.in_step):
                in_step[known.good_id] = unrecorded
            if verdict.change:
                yield from self._emit(known, verdict.change)
            elif not verdict.skip:
                settled.append(known.good_id)
        self.work.products.remember_in_step(in_step, self.context.now())
        self.work.rows.leave_alone(left_alone)
        self.work.rows.settle(settled)

    def _skip(self, known: ProductSnapshot, reason: SkipReason, *, whole: bool) -> None:
        if whole:
            self.skipped.append(Skipped(known.good_id, reason, known.line, known.title))
        if reason in _FINDINGS:
            args = {"title": known.title}
            self.findings.append(Finding(_FINDINGS[reason], good_id=known.good_id, args=args))

    def _emit(self, known: ProductSnapshot, change: Change) -> Iterator[Change]:
        """Yield a change, narrowed to the chosen fields, with a suspicious price split off."""
        if self.only:
            whole, change = change, _chosen(change, self.only)
            self.pending += len(change.fields) < len(whole.fields)
            if not change.fields:
                self._waiting += change.verb is not Verb.REMOVE
                return
        self._removed += change.verb is Verb.REMOVE and known.row_status is RowStatus.OUT
        quantity = known.desired.whole("quantity") if known.desired else None
        yield from self.emit(change, known.existing, quantity)

    def _remove_foreign(self) -> None:
        self._foreign = self.work.existing.foreign_count()
        if self.context.object.removal.foreign == "delete":
            foreign = [(product, remove_foreign(product)) for product in self.work.existing.foreign()]
            if self.only and "status" not in self.only:
                self.pending += sum(change is not None for _, change in foreign)
                return
            for product, change in foreign:
                if change:
                    self.count_removal(change, product)
            self.work.plans.add(self.number, [change for _, change in foreign if change])

    def _evaluate_guards(self, row_statuses: RowStatuses) -> None:
        rows = export_rows_violation(
            rows=self.reading.info.goods,
            earlier=self.work.journal.export_rows(),
            limits=self.context.object.limits,
        )
        stay = sum(count for (row_status, _), count in row_statuses.items() if row_status == RowStatus.IN)
        keeps_foreign = self.context.object.removal.foreign == "keep"
        self.guard(stay=stay, foreign=self._foreign if keeps_foreign else 0, first=[rows])
        self._hold_zero_prices()

    def _hold_zero_prices(self) -> None:
        """Report the goods on Prom whose price in the export is 0: it is never sent, but shown."""
        missing = self.work.rows.findings(code=Code.PRICE_MISSING)
        for page in pages([finding.good_id for finding in missing if finding.value.strip()]):
            known = self.work.products.known(page)
            held = [good_id for good_id, good in known.items() if good.on_prom]
            self.violations += map(zero_price_violation, held)
            self.given_away += len(held)

    def _counts(self, row_statuses: RowStatuses) -> Counts:
        plans, skipped = self.work.plans, len(self.skipped)
        create, update, remove = (plans.goods(self.number, verb) for verb in Verb)
        total = Counter[str]()
        for (row_status, _), count in row_statuses.items():
            total[row_status] += count
        return Counts(
            create=create,
            update=update,
            remove=remove,
            held=plans.held_goods(self.number) + self.given_away,
            skipped=total[RowStatus.OUT] - self._removed + total[RowStatus.BLOCKED] + skipped,
            unchanged=total[RowStatus.IN] - create - update - skipped - self._waiting,
            foreign=self._foreign,
        )

    def _skip_counts(self, row_statuses: RowStatuses) -> dict[str, int]:
        """Return the goods that stay out by reason, those that are being removed included."""
        reasons = Counter[str]()
        for (_, reason), count in sorted(row_statuses.items()):
            if reason:
                reasons[reason] += count
        return dict(reasons + Counter(item.reason for item in self.skipped))


def _chosen(change: Change, fields: frozenset[str]) -> Change:
    """Return the part of a change that touches these fields; a creation needs all fields and has none."""
    return change.narrowed(() if change.verb is Verb.CREATE else fields)


def _unrecorded(known: ProductSnapshot, in_step: Mapping[str, Value]) -> dict[str, Value]:
    """Return the fields in step that are not recorded as sent yet."""
    sent = known.sent.values if known.sent else {}
    return {name: value for name, value in in_step.items() if name not in sent or sent[name] != value}
