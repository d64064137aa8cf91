"""The draft of a plan from the export: every good that may have changed is decided, then the guards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from msgspec import Struct

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.paging import pages
from torgsync.core.plan.choice import Choice
from torgsync.core.plan.decide import Grace, ProductSnapshot, RowStatus, decide, remove_foreign
from torgsync.core.plan.diff import Change, Verb, creation_as_desired
from torgsync.core.plan.guards import Guard
from torgsync.core.plan.identity import identity_violation
from torgsync.core.plan.outcomes import because_deleted
from torgsync.core.plan.plan import Counts, Plan, Skipped
from torgsync.core.plan.plan_guards import export_rows_violation, zero_price_violation
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing
from torgsync.jobs.catalog.export import ExportReading
from torgsync.jobs.plan.choice import chosen_goods
from torgsync.jobs.plan.draft import Draft, RowStatuses, counts_of
from torgsync.jobs.plan.identity import changed_in_plan, hold_pairs, key_changes

_FINDINGS = {
    SkipReason.REFUSED_BEFORE: Code.REFUSED_BEFORE,
    SkipReason.DELETED_BEFORE: Code.DELETED_BEFORE,
    SkipReason.MODERATED: Code.DELETED_BY_MODERATOR,
    SkipReason.AMBIGUOUS: Code.ADOPT_AMBIGUOUS,
    SkipReason.ID_TAKEN: Code.ID_TAKEN,
    SkipReason.NO_EXTERNAL_ID: Code.EXTERNAL_ID_MISSING,
}
"""The finding of a good that is skipped; others have findings of their row."""


class _Noted(Struct):
    """What is to be remembered of a page of goods that were decided."""

    clean: list[str] = []
    in_step: dict[str, Mapping[str, Value]] = {}
    left_alone: dict[str, str] = {}
    graces: dict[str, Grace | None] = {}
    skips: list[tuple[ProductSnapshot, SkipReason]] = []


@dataclass(kw_only=True)
class ExportDraft(Draft):
    """The draft of a plan from the export.

    All changes of the chosen fields are decided and measured by the guards; then the goods that were not
    chosen are left out. `recorded` says that the plan is made for a run. `given_away` are goods that keep
    their price because it is 0 in the export.
    """

    reading: ExportReading
    choice: Choice
    recorded: bool = False
    given_away: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    _pending: set[str] = field(default_factory=set)  # goods with changes that the choice leaves out
    _variants: int = 0
    _removed: set[str] = field(default_factory=set)
    _foreign: int = 0
    _importing: frozenset[str] = frozenset()  # goods of an import that has no end yet
    _grace_over: frozenset[str] = frozenset()  # goods whose products may be deleted
    _waiting: int = 0  # goods that go of which no change at all is among the chosen fields

    def make(self, *, offline: bool) -> Plan:
        """Decide every dirty good, then evaluate the guards of the whole plan."""
        self.begin()
        if grace := self.context.object.removal.grace:
            self._grace_over = self.work.grace_periods.over(self.made - grace)
            self.work.rows.mark_dirty(self._grace_over)
        if sums := self.work.object_state.cached_noop_plan():
            # Nothing changed since a plan without changes.
            recorded = json.loads(sums)
            counts, skipped = Counts(**recorded["counts"]), recorded["skipped"]
            self.guard_fleet(records=self.recorded, whole=not self.choice)
            return self._finish(counts, skipped, recorded.get("left_alone", {}), offline=offline)
        self._importing = self.work.plans.importing()
        for page in self.work.products.dirty(self._importing, whole=bool(self.choice.fields)):
            self.work.plans.add(self.number, list(self._decide(page)))
        self._remove_foreign()
        row_statuses = self.work.rows.row_statuses()
        chosen = self._chosen()
        self._evaluate_guards(row_statuses, chosen)
        if chosen is not None:
            self._leave_out(chosen)
        counts, skipped = self._counts(row_statuses), self._skip_counts(row_statuses)
        left_alone = self.work.rows.left_alone()
        if not (counts.changes or self.skipped or self._pending or self.violations):
            sums = json.dumps({"counts": asdict(counts), "skipped": skipped, "left_alone": left_alone})
            self.work.object_state.cache_noop_plan(sums)
        return self._finish(counts, skipped, left_alone, offline=offline)

    def _finish(
        self, counts: Counts, skipped: dict[str, int], left_alone: dict[str, int], *, offline: bool
    ) -> Plan:
        if self._pending:
            self.work.plans.leave_out(self.number, len(self._pending))
        return replace(
            self.plan(self.reading.info, counts),
            skipped=skipped,
            left_alone=left_alone,
            offline=offline,
            pending=len(self._pending),
            choice=self.choice,
            variants=self._variants,
            unmet=self.allowed.unmet(self.opened),
        )

    def _decide(self, page: Sequence[ProductSnapshot | str]) -> Iterator[Change]:
        """Yield the changes of a page of goods; of those that are created as desired there is only the id."""
        noted = _Noted()
        for known in page:
            if isinstance(known, str):
                yield creation_as_desired(known)
            else:
                yield from self._decide_good(known, noted)
        self.work.products.remember_in_step(noted.in_step, self.context.now())
        self.work.rows.leave_alone(noted.left_alone)
        self.work.rows.mark_clean(noted.clean)
        self.work.grace_periods.note(noted.graces, self.made)
        self._find(noted.skips)

    def _decide_good(self, known: ProductSnapshot, noted: _Noted) -> Iterator[Change]:
        if known.good_id in self._importing:
            known = replace(known, importing=True)
        if known.good_id in self._grace_over:
            known = replace(known, grace_over=True)
        verdict = decide(known, self.context.object)
        if verdict.grace or not self._stays_hidden(known):
            noted.graces[known.good_id] = verdict.grace
        if known.left_alone != (left_alone := ",".join(verdict.left_alone)):
            noted.left_alone[known.good_id] = left_alone
        if verdict.skip:
            noted.skips.append((known, verdict.skip))
            if verdict.change is None:
                self.skipped.append(Skipped(known.good_id, verdict.skip, known.line, known.title))
        if unrecorded := _unrecorded(known, verdict.in_step):
            noted.in_step[known.good_id] = unrecorded
        if verdict.change:
            yield from self._emit(known, verdict.change)
        elif not verdict.skip:
            noted.clean.append(known.good_id)

    def _stays_hidden(self, known: ProductSnapshot) -> bool:
        """Return whether a product stays hidden for its deletion, whenever that is by the settings of now."""
        gone = known.row_status is RowStatus.GONE and known.hidden_by_us
        return gone and self.context.object.removal.gone == "delete"

    def _find(self, skips: Sequence[tuple[ProductSnapshot, SkipReason]]) -> None:
        """Add the findings of skipped goods; one of a product that a run deleted before names the run."""
        returned = [known.good_id for known, reason in skips if reason is SkipReason.DELETED_BEFORE]
        deletions = self.work.plans.deletions(returned)
        for known, reason in skips:
            if reason in _FINDINGS:
                deletion = deletions.get(known.good_id)
                args = {"title": known.title, **(because_deleted(*deletion).args if deletion else {})}
                self.findings.append(Finding(_FINDINGS[reason], good_id=known.good_id, args=args))

    def _emit(self, known: ProductSnapshot, change: Change) -> Iterator[Change]:
        """Yield a change, narrowed to the chosen fields, with a suspicious price split off."""
        if self.choice.fields:
            # A creation needs all fields, so of the chosen ones it has none.
            fields = () if change.verb is Verb.CREATE else self.choice.fields
            whole, change = change, change.narrowed(fields)
            if len(change.fields) < len(whole.fields):
                self._pending.add(change.good_id)
            if not change.fields:
                self._waiting += change.verb is not Verb.REMOVE
                return
        if change.verb is Verb.REMOVE and known.row_status is RowStatus.OUT:
            self._removed.add(change.good_id)
        quantity = known.desired.whole("quantity") if known.desired else None
        yield from self.emit(change, known.existing, quantity)

    def _remove_foreign(self) -> None:
        self._foreign = self.work.existing.foreign_count()
        if self.context.object.removal.foreign == "delete":
            foreign = [(product, remove_foreign(product)) for product in self.work.existing.foreign()]
            if self.choice.fields and "status" not in self.choice.fields:
                products = (product for product, change in foreign if change)
                self._pending |= {_product(one.good_id, one.prom_id) for one in products}
                return
            for product, change in foreign:
                if change:
                    self.note_removal(change, product)
            self.work.plans.add(self.number, [change for _, change in foreign if change])

    def note_removal(self, change: Change, existing: Existing | None) -> None:
        """Warn of what a removal deletes, where it is chosen."""
        if self.choice.takes_removal(change.good_id):
            super().note_removal(change, existing)

    def _chosen(self) -> Collection[str] | None:
        """Return the goods whose changes are chosen, None where all are; other prices break no rule."""
        if not self.choice.of_goods:
            return None
        taken, variants = chosen_goods(self.work, self.number, self.choice)
        chosen, self._variants = taken | variants, len(variants)
        self.violations = [violation for violation in self.violations if violation.good_id in chosen]
        self.opened = [violation for violation in self.opened if violation.good_id in chosen]
        return chosen

    def _leave_out(self, chosen: Collection[str]) -> None:
        """Delete the changes that are not chosen; what guards hold of the rest stays held."""

        def kept(good_id: str, verb: Verb) -> bool:
            return self.choice.takes_removal(good_id) if verb is Verb.REMOVE else good_id in chosen

        lost = self.work.plans.keep(self.number, kept)
        self._pending |= {_product(good_id, prom_id) for good_id, prom_id, _ in lost}
        self._waiting += len({good_id for good_id, _, verb in lost if verb is not Verb.REMOVE})
        self._removed -= {good_id for good_id, _, verb in lost if verb is Verb.REMOVE}
        holds = self.work.plans.holds(self.number)
        guards = {guard for guard, _ in holds} | {Guard.PRICE}
        self.violations = [
            replace(violation, waiting=holds.get((violation.guard, Verb.CREATE), 0))
            if violation.waiting
            else violation
            for violation in self.violations
            if violation.guard in guards
        ]

    def _evaluate_guards(self, row_statuses: RowStatuses, chosen: Collection[str] | None) -> None:
        rows = export_rows_violation(
            rows=self.reading.info.goods,
            earlier=self.work.journal.export_rows(),
            limits=self.context.object.limits,
        )
        self._hold_changed_keys()
        keeps_foreign = self.context.object.removal.foreign == "keep"
        self.guard(row_statuses, foreign=self._foreign if keeps_foreign else 0, first=[rows])
        # A price of 0 in the export is never sent, but shown.
        missing = self.work.rows.findings(code=Code.PRICE_MISSING)
        for page in pages([finding.good_id for finding in missing if finding.value.strip()]):
            known = self.work.products.known(page)
            here = [
                item.good_id for item in known.values() if item.on_prom and item.row_status == RowStatus.IN
            ]
            held = [one for one in here if chosen is None or one in chosen or one in self.choice.named]
            self.violations += map(zero_price_violation, held)
            self.given_away.update(held)
        self.guard_fleet(records=self.recorded, whole=not self.choice)

    def _hold_changed_keys(self) -> None:
        """Hold new goods that are goods which left the export, with the removals of these."""
        pairs = changed_in_plan(self.work, self.number, key_changes(self.context, self.work))
        if self._holds(identity_violation(pairs, self.context.file.called)):
            hold_pairs(self.work, self.number, pairs)

    def _counts(self, row_statuses: RowStatuses) -> Counts:
        skipped, total = len(self.skipped), Counter[str]()
        for (row_status, _), count in row_statuses.items():
            total[row_status] += count
        counts = counts_of(
            self.work,
            self.number,
            skipped=total[RowStatus.OUT] - len(self._removed) + total[RowStatus.BLOCKED] + skipped,
            unchanged=total[RowStatus.IN] - skipped - self._waiting,
            foreign=self._foreign,
        )
        changed = self.work.plans.held_of(self.number, sorted(self.given_away))
        alone = self.given_away - changed.keys() - self._pending - {item.good_id for item in self.skipped}
        held = counts.held + sum(not changed.get(good_id) for good_id in self.given_away)
        unchanged = counts.unchanged - counts.create - counts.update - len(alone)
        return replace(counts, held=held, unchanged=unchanged)

    def _skip_counts(self, row_statuses: RowStatuses) -> dict[str, int]:
        """Return the goods that stay out by reason, those that are being removed included."""
        reasons = Counter[str]()
        for (row_status, reason), count in sorted(row_statuses.items()):
            if reason and row_status != RowStatus.IN:
                reasons[reason] += count
        return dict(reasons + Counter(item.reason for item in self.skipped))


def _unrecorded(known: ProductSnapshot, in_step: Mapping[str, Value]) -> dict[str, Value]:
    """Return the fields in step that are not recorded as sent yet."""
    sent = known.sent.values if known.sent else {}
    return {name: value for name, value in in_step.items() if name not in sent or sent[name] != value}


def _product(good_id: str, prom_id: str) -> str:
    """Return one name for a good, or for a foreign product, which may have no id of a good."""
    return f"{good_id}/{prom_id}" if prom_id else good_id
