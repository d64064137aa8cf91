"""Record the outcome of every change of an import, by what its products show afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Verb, keeps
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.plan.rollback import import_content
from torgsync.core.product.products import Product
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.edits import EditSender, edit_after_creation, edit_of
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.photo_results import PhotoResults
from torgsync.jobs.push.imports.read_back import ReadBack
from torgsync.jobs.push.imports.results import (
    DESCRIPTIONS,
    ImportedChange,
    ImportResult,
    accepted_of,
    cut_texts,
    is_name_instead,
    not_imported,
    updated,
    without_moderation,
)
from torgsync.jobs.push.outcomes import ChangeOutcome, OutcomeRecorder
from torgsync.state.runs.plans import NumberedChange
from torgsync.state.shop.products import Accepted


class ImportReconciler:
    """Reconciles the changes of one import.

    Args:
        context: The object.
        outcomes: The outcomes of the plan.
        editor: Sends the edits that new products still need.
        file: The import file.
        read_back: Reads products back.
        photos: The photos of the import.
        undoes: Whether the plan undoes a run.
        late: Whether an earlier run sent the import, so that a person may have edited its products since.
        edited: Whether the edits of the plan were sent before the import.
    """

    def __init__(
        self,
        context: JobContext,
        outcomes: OutcomeRecorder,
        editor: EditSender,
        file: ImportFile,
        read_back: ReadBack,
        photos: PhotoResults,
        *,
        undoes: bool,
        late: bool,
        edited: bool,
    ) -> None:
        self._context = context
        self._outcomes = outcomes
        self._editor = editor
        self._file = file
        self._read_back = read_back
        self._photos = photos
        self._undoes = undoes
        self._late = late
        self._edited = edited

    def reconcile(self, result: ImportResult, offers: int) -> None:
        """Record every outcome, page by page, and send the edits that new products need."""
        done = 0
        for page in self._file.pages():
            changes = [self._imported(item, known, result) for item, known in page]
            self._store([item for item, _ in page], changes, result)
            # A change with an edit to come gets its outcome from that: half of it is not done.
            edited_later = {item.seq for item, _ in page if self._edit_follows(item)}
            edited_later |= {change.seq for change in changes if change.edit}
            self._outcomes.record(
                ChangeOutcome(change.seq, change.outcome, change.reasons)
                for change in changes
                if change.outcome is not Outcome.DONE or change.seq not in edited_later
            )
            self._editor.send([change.edit for change in changes if change.edit])
            done += len(page)
            self._context.report(Progress(Stage.READ_BACK, done, offers))
        self._photos.store(failed=result.lost_photos)

    def _store(
        self, items: Sequence[NumberedChange], changes: Sequence[ImportedChange], result: ImportResult
    ) -> None:
        """Store what was accepted and what was refused."""
        now = self._context.now()
        with self._context.transaction() as work:
            accepted = [self._without_edits(change.accepted) for change in changes if change.accepted]
            work.products.accept(accepted, now)
            work.products.forget_refusals([one.good_id for one in accepted])
            for item, change in zip(items, changes, strict=True):
                if product := self._refused(item, change, result):
                    work.products.refuse(product, change.reasons, now)

    def _refused(self, item: NumberedChange, change: ImportedChange, result: ImportResult) -> Product | None:
        """Return the product that Prom refused by itself: as desired, or as it was to be restored."""
        if not self._undoes:
            return change.refused
        alone = change.outcome is Outcome.REFUSED and result.state is not None and not result.state.fatal
        return import_content(item.change) if alone else None

    def _edit_follows(self, item: NumberedChange) -> bool:
        return not self._edited and item.change.verb is Verb.UPDATE and edit_of(item) is not None

    def _without_edits(self, accepted: Accepted) -> Accepted:
        """Return what was accepted; after a late read-back another text may be an edit and is no echo."""
        if not self._late:
            return accepted
        echo = {
            name: shown for name, shown in accepted.echo.items() if keeps(accepted.values.get(name), shown)
        }
        return replace(accepted, echo=echo)

    def _imported(self, item: NumberedChange, known: ProductSnapshot, result: ImportResult) -> ImportedChange:
        """Return the outcome of one change."""
        if item.change.verb is Verb.UPDATE:
            return self._updated(item, known, result)
        shown = known.existing or self._read_back.one(known.good_id)
        if shown is None or shown.removed:
            return not_imported(item, known, result)
        desired = item.change.new
        edit = edit_after_creation(item.seq, known.good_id, without_moderation(desired, shown), shown)
        values = {name: value for name, value in desired.items() if not edit or name not in edit.values}
        accepted = accepted_of(known.good_id, values, shown)
        created = ImportedChange(item.seq, Outcome.DONE, accepted=accepted, edit=edit)
        return self._with_remarks(item, created, result)

    def _updated(self, item: NumberedChange, known: ProductSnapshot, result: ImportResult) -> ImportedChange:
        writes_names = self._file.fields & DESCRIPTIONS and not self._undoes
        side_effects = {name: "" for name in DESCRIPTIONS if writes_names and is_name_instead(known, name)}
        touched = not self._edited and self._file.touched(known)
        change = updated(item, known, result, side_effects, touched=touched)
        return self._with_remarks(item, change, result) if change.outcome is Outcome.DONE else change

    def _with_remarks(
        self, item: NumberedChange, change: ImportedChange, result: ImportResult
    ) -> ImportedChange:
        """Add to a change that is done what Prom said, which texts it cut and which photos it lacks."""
        said = result.errors_of(item.change.good_id)
        cuts = cut_texts(change.accepted) if change.accepted else ()
        missing = self._photos.missing(item.change.good_id, item.change.new, failed=result.lost_photos)
        return replace(change, reasons=(*said, *cuts, *missing))
