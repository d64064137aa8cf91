"""Record the outcome of each change of an import, by Prom's last answer and by what its products show.

Source: docs/developers/prom-api.md §4.4, §11 Q4-Q6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from torgsync.core.plan.channels import ImportState, by_channel
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import IN_MODERATION, Verb, is_cut, keeps
from torgsync.core.plan.import_rows import RowErrors, match_rows, row_reason
from torgsync.core.plan.outcomes import (
    Outcome,
    OutcomeCode,
    OutcomeReason,
    OutcomeReasons,
    because_deleted,
    prom_said,
)
from torgsync.core.plan.rollback import import_content
from torgsync.core.product.fields import FIELDS, Channel, Value
from torgsync.core.product.products import Existing, Product, shows
from torgsync.core.reason import Reason
from torgsync.core.text import few
from torgsync.jobs.context import Progress, Stage
from torgsync.jobs.push.edits import Edit, EditSender, edit_after_creation
from torgsync.jobs.push.imports.feed_file import ImportFile, LostPhotos
from torgsync.jobs.push.outcomes import ChangeOutcome
from torgsync.state.runs.change_rows import NumberedChange
from torgsync.state.runs.journal import ImportEnd
from torgsync.state.shop.products import Accepted

FEW_ERRORS = 3
"""Errors of an import as a whole that are given as the reason of a product."""
ENDING = 20
"""Letters of the end of a cut text that are kept as an argument."""
DESCRIPTIONS = frozenset({"description", "description_ru"})
"""Texts that every offer must have (prom-api §7.2). A product that has none gets its name there, and Prom
shows that afterwards."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How an import ended: what Prom said last, None where its acceptance is unknown.

    `trouble` is why it is unknown how it ended, None where that is known. `read_back` is whether its products
    were read back already. It `hangs` where Prom has dealt with none of its rows for long; where the import
    before `hung` as well, what it did not make is not sent again until it changes. `rows` are refused ones.
    """

    state: ImportState | None
    trouble: OutcomeReason | None = None
    read_back: bool = False
    hangs: bool = False
    hung: bool = False
    rows: RowErrors = field(default_factory=RowErrors)

    @property
    def lost_photos(self) -> LostPhotos | None:
        """The photos of some products that could not be fetched, None where there are none."""
        if self.state is None or not self.state.photos_failed:
            return None
        return LostPhotos(", ".join(self.state.photo_answers))

    @property
    def fatal(self) -> bool:
        """Whether the import failed as a whole."""
        return self.state is not None and self.trouble is None and self.state.fatal

    @property
    def end(self) -> ImportEnd:
        """What the journal records."""
        if self.hangs:
            return ImportEnd.HANGING
        if self.trouble:
            return ImportEnd.UNCLEAR
        return ImportEnd.FATAL if self.fatal else ImportEnd.FINISHED

    def clean(self, good_id: str) -> bool:
        """Return whether Prom took the row of a good: it ended well, and no error may be about this row."""
        if self.state is None or self.trouble or self.fatal or self.state.failed:
            return False
        return not self.rows.unmatched and good_id not in self.rows.of_good

    def errors_of(self, good_id: str) -> OutcomeReasons:
        """Return what Prom said of one product; it says something of a success too."""
        errors = self.state.errors_of.get(good_id, ()) if self.state else ()
        said = (prom_said(*errors),) if any(errors) else ()
        return (*said, *map(row_reason, self.rows.of_good.get(good_id, ())))

    def reasons(self, good_id: str) -> OutcomeReasons:
        """Return why a product was refused or is unclear."""
        if of_product := self.errors_of(good_id):
            return of_product
        if self.trouble:
            return (self.trouble,)
        errors = few(self.state.errors, FEW_ERRORS) if self.state else ()
        said = (prom_said(*errors),) if any(errors) else ()
        return (*said, *map(row_reason, self.rows.unmatched[:FEW_ERRORS])) or (Reason(OutcomeCode.NO_REASON),)


@dataclass(frozen=True, slots=True)
class ImportedChange:
    """The outcome of one change of an import, and why, or what Prom made of it.

    `accepted` are the values to store as sent; `refused` is the product that Prom refused by itself, which is
    not sent again until it changes; `edit` is what a new product still needs.
    """

    seq: int
    outcome: Outcome
    reasons: OutcomeReasons = ()
    accepted: Accepted | None = None
    refused: Product | None = None
    edit: Edit | None = None


@dataclass(frozen=True)
class ImportReconciler:
    """Reconciles the changes of one import; `editor` sends the edits that new products still need.

    It is `late` where an earlier run sent the import, so that a person may have edited its products since.
    """

    file: ImportFile
    editor: EditSender
    late: bool

    def reconcile(self, result: ImportResult, offers: int) -> None:
        """Record every outcome, page by page, and send the edits that new products need."""
        result = self._matched(result)
        done = 0
        for page in self.file.pages():
            changes = [self._imported(item, known, result) for item, known in page]
            changes = self._with_deletions(changes, [known for _, known in page])
            self._store([item for item, _ in page], changes, result)
            # A change with an edit to come gets its outcome from that: half of it is not done.
            edited_later = {change.seq for change in changes if change.edit}
            self.file.outcomes.record(
                ChangeOutcome(change.seq, change.outcome, change.reasons)
                for change in changes
                if change.outcome is not Outcome.DONE or change.seq not in edited_later
            )
            self.editor.send([change.edit for change in changes if change.edit])
            done += len(page)
            self.file.context.report(Progress(Stage.READ_BACK, done, offers))
        self.file.photos.store(result.lost_photos)

    def _matched(self, result: ImportResult) -> ImportResult:
        """Return the result with the refused rows matched to the goods of the import."""
        rows = result.state.rows if result.state else ()
        if not rows:
            return result
        named = {position for row in rows for position in row.positions}
        by_external_id, by_prom_id = {}, {}
        for page in self.file.pages():
            for _, known in page:
                external_id = self.file.prom.names.external_id(known.good_id)
                if external_id in named:
                    by_external_id[external_id] = known.good_id
                if known.existing and known.existing.prom_id in named:
                    by_prom_id[known.existing.prom_id] = known.good_id
        return replace(result, rows=match_rows(rows, by_external_id, by_prom_id))

    def _store(
        self, items: Sequence[NumberedChange], changes: Sequence[ImportedChange], result: ImportResult
    ) -> None:
        now = self.file.context.now()
        with self.file.context.transaction() as work:
            accepted = [change.accepted for change in changes if change.accepted]
            if self.late:
                accepted = [without_edits(one) for one in accepted]
            work.products.accept(accepted, now)
            work.products.forget_refusals([one.good_id for one in accepted])
            for item, change in zip(items, changes, strict=True):
                if product := self._refused(item, change, result):
                    work.products.refuse(product, change.reasons, now)

    def _with_deletions(
        self, changes: Sequence[ImportedChange], goods: Sequence[ProductSnapshot]
    ) -> list[ImportedChange]:
        """Add to what was refused of these goods which run deleted the product: Prom takes no deleted id."""
        pairs = list(zip(changes, goods, strict=True))
        returned = [
            known.good_id
            for change, known in pairs
            if change.outcome is Outcome.REFUSED and known.deleted_by_us
        ]
        if not returned:
            return list(changes)
        with self.file.context.transaction() as work:
            deletions = work.plans.deletions(returned)
        return [
            replace(change, reasons=(*change.reasons, because_deleted(*deletion)))
            if (deletion := deletions.get(known.good_id))
            else change
            for change, known in pairs
        ]

    def _refused(self, item: NumberedChange, change: ImportedChange, result: ImportResult) -> Product | None:
        """Return the product that Prom refused by itself: as desired, or as it was to be restored."""
        if not self.file.undoes:
            return change.refused
        alone = change.outcome is Outcome.REFUSED and not result.fatal
        return import_content(item.change) if alone or change.refused else None

    def _imported(self, item: NumberedChange, known: ProductSnapshot, result: ImportResult) -> ImportedChange:
        if item.change.verb is Verb.UPDATE:
            return self._updated(item, known, result)
        shown = known.existing or self.file.read_back_one(known.good_id)
        if shown is None or shown.removed:
            return not_imported(item, known, result)
        desired = self._still_wanted(item.change.new)
        edit = edit_after_creation(item.seq, known.good_id, without_moderation(desired, shown), shown)
        values = {name: value for name, value in desired.items() if not edit or name not in edit.values}
        accepted = accepted_of(known.good_id, values, shown)
        created = ImportedChange(item.seq, Outcome.DONE, accepted=accepted, edit=edit)
        return self._with_remarks(item, created, result)

    def _still_wanted(self, created: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return what a new product was to have, without prices and stock that may be a person's by now.

        Presence stays: no import file is trusted with it, so that it is not set yet.
        """
        owned = self.file.context.object.prom_owned - {"presence"} if self.late else frozenset()
        theirs = owned.intersection(by_channel(created, Channel.EDIT))
        return {name: value for name, value in created.items() if name not in theirs}

    def _updated(self, item: NumberedChange, known: ProductSnapshot, result: ImportResult) -> ImportedChange:
        writes_names = self.file.fields & DESCRIPTIONS and not self.file.undoes
        side_effects = {name: "" for name in DESCRIPTIONS if writes_names and is_name_instead(known, name)}
        change = updated(item, known, result, side_effects, touched=self.file.touched(item, known))
        return self._with_remarks(item, change, result) if change.outcome is Outcome.DONE else change

    def _with_remarks(
        self, item: NumberedChange, change: ImportedChange, result: ImportResult
    ) -> ImportedChange:
        """Add to a change that is done what Prom said, which texts it cut and which photos it lacks."""
        said = result.errors_of(item.change.good_id)
        cuts = cut_texts(change.accepted) if change.accepted else ()
        missing = self.file.photos.missing(item.change.good_id, item.change.new, result.lost_photos)
        return replace(change, reasons=(*said, *cuts, *missing))


def is_name_instead(known: ProductSnapshot, field: str) -> bool:
    """Return whether a good has no such text although Prom shows one."""
    wanted, shown = known.wanted, known.existing
    return bool(wanted and shown and wanted.values.get(field) == "" and shown.values.get(field))


def updated(
    item: NumberedChange,
    known: ProductSnapshot,
    result: ImportResult,
    side_effects: Mapping[str, Value],
    *,
    touched: bool,
) -> ImportedChange:
    """Return the outcome of an update.

    When Prom counts errors without naming products, a product that shows what was wanted is done, and so is
    one that shows none of the changed fields but was `touched`, modified by the import. The others were
    refused. `side_effects` are values that the file could not but change as well.
    """
    values, shown = _imported_values(item), known.existing
    touched = touched and item.change.good_id not in result.rows.of_good
    clean = result.clean(item.change.good_id)
    if shown is not None and (clean or _shows_or_touched(shown, values, touched=touched)):
        accepted = accepted_of(item.change.good_id, {**side_effects, **values}, shown)
        return ImportedChange(item.seq, Outcome.DONE, accepted=accepted)
    return not_imported(item, known, result)


def not_imported(item: NumberedChange, known: ProductSnapshot, result: ImportResult) -> ImportedChange:
    """Return the outcome of a change that Prom does not show: unclear or refused."""
    reasons = result.reasons(item.change.good_id)
    named = bool(result.errors_of(item.change.good_id))
    if result.trouble and not named:
        given_up = known.desired if result.hangs and result.hung else None
        return ImportedChange(item.seq, Outcome.UNCLEAR, reasons, refused=given_up)
    refused = None if result.fatal and not named else known.desired
    return ImportedChange(item.seq, Outcome.REFUSED, reasons, refused=refused)


def has_arrived(item: NumberedChange, known: ProductSnapshot, *, touched: bool) -> bool:
    """Return whether Prom shows what an import was to make, or the import `touched` what cannot be seen."""
    shown = known.existing
    if shown is None:
        return False
    if item.change.verb is Verb.CREATE:
        return not shown.removed
    return _shows_or_touched(shown, _imported_values(item), touched=touched)


def _imported_values(item: NumberedChange) -> dict[str, Value]:
    fields = item.change.fields
    return {name: fields[name].new for name in by_channel(fields, Channel.IMPORT)}


def _shows_or_touched(shown: Existing, values: Mapping[str, Value], *, touched: bool) -> bool:
    visible = any(FIELDS[name].shown for name in values)
    return shows(shown, values) if visible else touched


def accepted_of(good_id: str, values: Mapping[str, Value], shown: Existing) -> Accepted:
    """Return what was accepted, with the echo where Prom shows another text."""
    echo = {
        name: shown.values[name]
        for name in by_channel(values, Channel.IMPORT)
        if FIELDS[name].shown and name in shown.values and shown.values[name] != values[name]
    }
    return Accepted(good_id, values, echo)


def without_edits(accepted: Accepted) -> Accepted:
    """Return what was accepted, where a person may have edited it since: another text is no echo then."""
    echo = {name: shown for name, shown in accepted.echo.items() if keeps(accepted.values.get(name), shown)}
    return replace(accepted, echo=echo)


def cut_texts(accepted: Accepted) -> OutcomeReasons:
    """Return which texts Prom cut, their length now, and how they end."""
    return tuple(
        Reason(OutcomeCode.TEXT_CUT, {"field": name, "length": len(shown), "ending": shown[-ENDING:]})
        for name, shown in accepted.echo.items()
        if isinstance(shown, str) and is_cut(accepted.values[name], shown)
    )


def without_moderation(desired: Mapping[str, Value], shown: Existing) -> dict[str, Value]:
    """Leave the status out while a new product is in moderation: no edit can end that."""
    moderated = {"status"} if shown.values.get("status") in IN_MODERATION else ()
    return {name: value for name, value in desired.items() if name not in moderated}
