"""Write external ids to products that were taken over without one: first two, then the rest.

Each import is recorded before it is sent, with the products as they were; what a killed run sent is
reconciled by the next one before it sends anything. Source: docs/developers/prom-api.md §4.7, §11 Q5, Q11.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from torgsync.core.plan.adopt import Matching
from torgsync.core.plan.channels import IMPORT_WINDOW, ImportState
from torgsync.core.plan.external_ids import (
    FIRST,
    IdOutcome,
    IdPlan,
    IdResult,
    IdsView,
    IdWrite,
    ProductCopy,
    finished,
    first_two,
    judge,
    planned_ids,
    refused_before,
    started,
    without_own_edits,
)
from torgsync.core.plan.import_rows import match_rows
from torgsync.core.plan.imports import ACCEPTED, HANGS_AFTER, LOST, TURN, is_late
from torgsync.core.problems import ProblemCode, error_of, problem, problem_of
from torgsync.core.text import few
from torgsync.disk import make_file, make_folder
from torgsync.errors import (
    AnswerLost,
    ImportBusy,
    PromRefused,
    Temporary,
    TorgsyncError,
)
from torgsync.i18n import _
from torgsync.jobs.connect import VerifiedShop, verified
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.adopt import WriteIds
from torgsync.jobs.push.id_errors import (
    answer_lost,
    hangs,
    harmed,
    no_ids,
    still_harmed,
    still_working,
    used_up,
)
from torgsync.jobs.run import Run
from torgsync.prom.api import Prom
from torgsync.prom.spreadsheet import refuse_missing_library, write_ids_file
from torgsync.state.runs.journal import ImportEnd
from torgsync.state.shop.id_writes import OpenIds

Copies = Mapping[IdWrite, ProductCopy]
"""Products as they were before an import, keyed by what was to be written."""


Agree = Callable[[IdPlan, bool], bool | None]
"""Shows what would be written and asks a person, where the shop was taken over; None decides nothing."""


def id_writer(agree: Agree, *, again: bool = False) -> WriteIds:
    """Return what writes external ids; `again` also after an import that did harm was put right.

    Raises UsageError where the spreadsheet cannot be written.
    """
    refuse_missing_library()
    return partial(write_ids, agree, again)


def write_ids(
    agree: Agree,
    again: bool,  # noqa: FBT001
    run: Run,
    prom: Prom,
    matching: Matching,
    adopted: bool,  # noqa: FBT001
) -> IdsView:
    """Write the external ids that are missing, where the shop was `adopted` and `agree` returns True.

    Nothing is written after an import that did harm, until it was put right and a person said `again`.
    What ends it early is in the view, not raised: what was done before must be reported too.
    """
    context = run.context
    with context.transaction() as work:
        left_behind, damaged = work.id_writes.open(), work.id_writes.damaged()
        used = work.journal.imports_since(context.now() - IMPORT_WINDOW)
    left = max(0, context.object.limits.imports_per_day - used)
    view = IdsView(planned_ids(matching, left))
    try:
        if adopted or damaged:
            writer = _IdWriter(context, verified(context, prom), run.number, view)
            if damaged:
                writer.refuse_damaged(damaged, again=again, adopted=adopted)
            if adopted and left_behind:
                writer.reconcile(left_behind)
                view.plan = planned_ids(matching, left, view.results)
        if view.plan.writes:
            view.agreed = run.answer(lambda: agree(view.plan, adopted))
        if adopted and view.agreed:
            writer.perform()
    except TorgsyncError as error:
        view.trouble = error
    return view


@dataclass
class _IdWriter:
    """The imports of one run that write external ids; `view` is what it did."""

    context: JobContext
    prom: VerifiedShop
    run: int
    view: IdsView

    def perform(self) -> None:
        """Write what is planned. Raises Unsafe where more than an external id changed."""
        self._refuse_used_up()
        rest = list(self.view.plan.writes)
        copies = self._copies(rest) if len(rest) > FIRST else {}
        sent = list[IdWrite]()
        while rest and not sent:
            chosen = first_two(copies, rest)
            rest = [one for one in rest if one not in chosen]
            sent = self._write(chosen)
        if not rest:
            return
        if not any(self.view.by_product[one.prom_id].has_id for one in sent):
            raise no_ids(len(sent))
        self._write(rest)

    def reconcile(self, left: OpenIds) -> None:
        """Find out what became of an import that an earlier run left, and never send it again."""
        state = None
        if left.prom_id:
            state = self._state_of(left)
        else:
            self._look_for(left)
        self._judge(left.number, left.before, state)

    def refuse_damaged(self, left: OpenIds, *, again: bool, adopted: bool) -> None:
        """Raise Unsafe where an import did harm that was not put right, or no person said so."""
        results = self._compared(left.before, None)
        self.view.note(results)
        if error := still_harmed(left.started, results, self.context.file.called, again=again):
            raise error
        if adopted:
            with self.context.transaction() as work:
                work.journal.end_import(left.number, ImportEnd.PUT_RIGHT)
        self.view.by_product.clear()

    def _refuse_used_up(self) -> None:
        plan, now = self.view.plan, self.context.now()
        if plan.imports_left >= plan.imports:
            return
        with self.context.transaction() as work:
            oldest = work.journal.oldest_import(now - IMPORT_WINDOW)
        raise used_up(plan.imports, plan.imports_left, (oldest or now) + IMPORT_WINDOW)

    # What Prom shows

    def _copies(self, writes: Sequence[IdWrite]) -> dict[str, ProductCopy]:
        """Return the products as Prom shows them now, keyed by its id; a list never proves an absence."""
        wanted, found = {one.prom_id for one in writes}, dict[str, ProductCopy]()
        for page in self.prom.copies():
            found |= {copy.prom_id: copy for copy in page if copy.prom_id in wanted}
            self.context.report(Progress(Stage.LOOK, len(found), len(wanted)))
        for prom_id in sorted(wanted - found.keys()):
            self.context.report(Progress(Stage.LOOK, len(found), len(wanted)))
            if copy := self.prom.copy(prom_id):
                found[prom_id] = copy
        return found

    def _shown(self, writes: Iterable[IdWrite]) -> dict[str, ProductCopy]:
        """Return the products as Prom shows them now; two are asked for by id, which shows all of them."""
        asked = list(writes)
        if len(asked) > FIRST:
            return self._copies(asked)
        copies = {one.prom_id: self.prom.copy(one.prom_id) for one in asked}
        return {prom_id: copy for prom_id, copy in copies.items() if copy}

    # What is sent

    def _write(self, writes: Sequence[IdWrite]) -> list[IdWrite]:
        """Write external ids to those of the products that may have one, and compare them afterwards.

        Returns those that were sent.
        """
        holders = dict[IdWrite, str | None]()
        for done, one in enumerate(writes, 1):
            self.context.report(Progress(Stage.LOOK, done, len(writes)))
            holders[one] = self.prom.holder(one.good_id)
        shown = self._shown(writes)  # after that, for name and code go as they are at that moment
        rows = dict[IdWrite, ProductCopy]()
        for one in writes:
            copy = shown.get(one.prom_id)
            why = refused_before(one, copy, holders[one])
            if why or copy is None:
                self.view.note([IdResult(one, why or IdOutcome.GONE)])
            else:
                rows[one] = copy
        if rows:
            number, state = self._send(rows)
            self._judge(number, rows, state)
        return list(rows)

    def _send(self, rows: Copies) -> tuple[int, ImportState | None]:
        """Send the rows as one import; return its number and its last state, None where it is unknown."""
        with self._file(rows) as path:
            for pause in (0, *TURN.pauses()):
                if pause:
                    self.context.report(Progress(Stage.FREE))
                    self.context.pause(pause)
                try:
                    sent = self._start(path, rows)
                except ImportBusy as error:
                    refused: TorgsyncError = error
                    continue
                except PromRefused as error:
                    refused = error
                    break
                if sent.prom_id:
                    return sent.number, self._wait(sent)
                self._look_for(sent)
                return sent.number, None
        if isinstance(refused, ImportBusy):
            raise refused
        raise error_of(
            Temporary,
            problem(ProblemCode.IMPORT_NOT_TAKEN, problem_of(refused)),
            _(
                "look at the imports in the seller's cabinet, «Товари» › «Імпорт»; then run the same "
                "command again"
            ),
        )

    def _start(self, path: Path, rows: Copies) -> OpenIds:
        """Send the file once. Raises PromRefused where Prom took no import."""
        self.context.report(Progress(Stage.UPLOAD))
        with self.context.transaction() as work:
            began = self.context.now()
            number = work.journal.begin_import(self.run, len(rows), began)
            work.id_writes.begin(number, rows)
        try:
            import_id = self.prom.import_external_ids(path)
        except AnswerLost:
            return OpenIds(number, None, began, rows)
        except TorgsyncError as error:
            end = ImportEnd.BUSY if isinstance(error, ImportBusy) else ImportEnd.REFUSED
            with self.context.transaction() as work:
                work.journal.end_import(number, end)
                work.id_writes.close(rows)
            raise
        with self.context.transaction() as work:
            work.journal.import_accepted(number, import_id)
        return OpenIds(number, import_id, began, rows)

    @contextmanager
    def _file(self, rows: Copies) -> Iterator[Path]:
        """Write the spreadsheet for the time of the block; one that a killed run left behind is removed."""
        folder = self.context.settings.feeds / self.context.slug
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix="import-") as temporary:
            path = Path(temporary) / "products.xlsx"
            make_file(path)
            write_ids_file(path, rows.items())
            yield path

    # How it ended

    def _state_of(self, left: OpenIds) -> ImportState | None:
        """Return the state of an earlier import; None where Prom knows it no more, or it hangs."""
        try:
            state = self._asked(left)
        except PromRefused:
            return None
        if state is None and self._is_late(left.started):
            with self.context.transaction() as work:
                work.journal.end_ids(left.number, ImportEnd.HANGING, 0)
                work.id_writes.close(left.before)
            raise hangs(left.started)
        return state or self._wait(left)

    def _asked(self, left: OpenIds) -> ImportState | None:
        """Return the state of an import that ended, None where it has not."""
        state, rows = self.prom.import_state(str(left.prom_id)), len(left.before)
        self.context.report(Progress(Stage.IMPORT, min(state.dealt_with, rows), rows))
        ended = finished(state, rows) or (started(state) and self._is_late(left.started))
        return state if ended else None

    def _wait(self, left: OpenIds) -> ImportState:
        """Return the final state of an import. Raises Temporary where that takes too long for this run."""
        self.context.report(Progress(Stage.IMPORT, 0, len(left.before)))
        for pause in ACCEPTED.pauses():
            self.context.pause(pause)
            if state := self._asked(left):
                return state
        raise still_working(left.started)

    def _look_for(self, left: OpenIds) -> None:
        """Read back the products of an import whose answer was lost until all have their external ids.

        Raises Temporary where they have not, as long as Prom may still work on it.
        """
        for pause in (0, *LOST.pauses()):
            self.context.report(Progress(Stage.READ_BACK))
            if pause:
                self.context.pause(pause)
            shown = self._shown(left.before)
            if all(shown[one.prom_id].external_id for one in left.before if one.prom_id in shown):
                return
            if self._is_late(left.started):
                return
        raise answer_lost(left.started + HANGS_AFTER)

    def _is_late(self, began: datetime) -> bool:
        return is_late(began, self.context.now())

    def _judge(self, number: int, before: Copies, state: ImportState | None) -> None:
        """Compare the products with what they were, and record the result and the end of the import.

        Raises Unsafe where more than an external id differs.
        """
        results = self._compared(before, state)
        if state and not state.fatal and any(one.outcome is IdOutcome.REFUSED for one in results):
            self.context.pause(ACCEPTED.then)  # what was imported may be shown a little later
            results = self._compared(before, state)
        written = {one.write.prom_id: one.write.good_id for one in results if one.has_id}
        changed = [one for one in results if one.outcome is IdOutcome.CHANGED]
        known = state is not None or len(written) == len(results)
        end = ImportEnd.FATAL if state and state.fatal else ImportEnd.FINISHED if known else ImportEnd.UNCLEAR
        end = ImportEnd.DAMAGED if changed else end
        with self.context.transaction() as work:
            work.existing.note_external_ids(written)
            if changed:
                work.object_state.forget_full_look()
            work.journal.end_ids(number, end, len(written))
            work.id_writes.close(one.write for one in results if one.outcome is not IdOutcome.CHANGED)
        self.view.note(results)
        if changed:
            raise harmed(changed, self.context.file.called)

    def _compared(self, before: Copies, state: ImportState | None) -> list[IdResult]:
        self.context.report(Progress(Stage.READ_BACK))
        after, said = self._shown(before), state.errors_of if state else {}
        general = few(state.errors, 3) if state else ()
        rows = match_rows(
            state.rows if state else (),
            {one.good_id: one.prom_id for one in before},
            {one.prom_id: one.prom_id for one in before},
        ).of_good
        results = []
        for done, (one, copy) in enumerate(before.items(), 1):
            self.context.report(Progress(Stage.READ_BACK, done, len(before)))
            errors = rows.get(one.prom_id, ())
            refused = tuple(" ".join(filter(None, (row.words, row.number, row.column))) for row in errors)
            words = said.get(one.good_id) or said.get(one.prom_id) or refused or general
            result = judge(one, copy, after.get(one.prom_id), words)
            results.append(self._without_own_edits(result) if result.differences else result)
        return results

    def _without_own_edits(self, result: IdResult) -> IdResult:
        """Leave out what a run of ours changed between the import and this comparison."""
        with self.context.transaction() as work:
            known = work.products.known([result.write.good_id]).get(result.write.good_id)
        shown = self.prom.product_by_prom_id(result.write.prom_id)
        if shown is None or known is None or known.sent is None:
            return result
        return without_own_edits(result, shown, known.sent.values)
