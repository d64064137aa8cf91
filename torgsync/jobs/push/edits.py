"""Send prices, stock and status in batches; an edit counts only once Prom confirms or shows it.

An id that Prom leaves out of its answer is read back: a product as wanted is done, any other is sent once
more by itself and read back again. Source: docs/developers/prom-api.md §3.4, §11 Q4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from torgsync.core.plan.channels import EDIT_BATCH, by_channel
from torgsync.core.plan.date_filter import filter_bound
from torgsync.core.plan.diff import Verb, own_way, same
from torgsync.core.plan.outcomes import (
    Outcome,
    OutcomeCode,
    OutcomeReason,
    OutcomeReasons,
    because_of,
    prom_said,
)
from torgsync.core.product.fields import Channel, Value
from torgsync.core.product.products import Existing, shows
from torgsync.core.reason import Reason
from torgsync.errors import AnswerLost, PromRefused, TorgsyncError
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.look import read_back
from torgsync.jobs.push.outcomes import FEW, ChangeOutcome, OutcomeRecorder
from torgsync.prom.wire.products import edit_item
from torgsync.state.runs.change_rows import NumberedChange
from torgsync.state.shop.products import Accepted


@dataclass(frozen=True, slots=True)
class Edit:
    """One product to edit, by the change `seq` of the plan, and its new values, keyed by field.

    It is `doubted` where Prom showed something else than what it had accepted; then it is read back at once.
    It is `half` of its change where the rest goes by an import: done, it does not make the change done.
    """

    seq: int
    good_id: str
    values: Mapping[str, Value]
    doubted: bool = False
    half: bool = False


@dataclass(frozen=True, slots=True)
class _Result:
    outcome: Outcome
    reasons: OutcomeReasons = ()
    echo: Mapping[str, Value] = field(default_factory=dict)


_DONE = _Result(Outcome.DONE)


def _unclear(code: OutcomeCode) -> _Result:
    return _Result(Outcome.UNCLEAR, (Reason(code),))


@dataclass(frozen=True, slots=True)
class _Answer:
    """Prom's answer to a batch: the products it processed, and reasons for others, keyed by their id.

    As a `whole` the batch is unclear where the answer was lost, refused where all of it was refused;
    otherwise done, which says nothing about a single product.
    """

    processed: frozenset[str]
    reasons: Mapping[str, OutcomeReason]
    whole: Outcome = Outcome.DONE


class EditSender:
    """Sends the edits of one run. The size of a batch is halved while Prom leaves gaps."""

    def __init__(self, context: JobContext, prom: VerifiedShop, outcomes: OutcomeRecorder) -> None:
        self._context = context
        self._prom = prom
        self._outcomes = outcomes
        self._size = EDIT_BATCH

    def perform(self, plan_size: int, verb: Verb, stage: Stage) -> None:
        """Send what an edit can carry of all changes of a verb; `plan_size` is how many there are.

        Batches are filled across pages, because most changes of a page may need no edit at all.
        """
        done = 0
        waiting: list[Edit] = []
        for page in self._outcomes.pages([verb], channel=None, size=EDIT_BATCH):
            self._context.report(Progress(stage, done, plan_size))
            waiting += [edit for item in page if (edit := edit_of(item))]
            while len(waiting) >= self._size:
                batch, waiting = waiting[: self._size], waiting[self._size :]
                self._send_batch(batch)
            remove_foreign(self._prom, self._outcomes, [item for item in page if item.change.prom_id])
            done += len(page)
        if waiting:
            self._context.report(Progress(stage, done - len(waiting), plan_size))
            self.send(waiting)
        if done:
            self._context.report(Progress(stage, done, plan_size))

    def send(self, edits: Sequence[Edit]) -> None:
        """Send these edits, store what was accepted, and record every outcome."""
        rest = list(edits)
        while rest:
            batch, rest = rest[: self._size], rest[self._size :]
            self._send_batch(batch)

    def _send_batch(self, batch: Sequence[Edit]) -> None:
        """Send a batch and find out the outcome of each of its edits.

        A batch that is refused as a whole is divided until the refused products are known.
        """
        started = self._context.now()
        answer = self._try(batch)
        if answer.whole is Outcome.REFUSED and len(batch) > 1:
            half = len(batch) // 2
            self._send_batch(batch[:half])
            self._send_batch(batch[half:])
            return
        sure = [edit for edit in batch if edit.good_id in answer.processed and not edit.doubted]
        self._record([(edit, _DONE) for edit in sure])
        unsure = [edit for edit in batch if edit not in sure]
        missing = [edit for edit in unsure if edit.good_id not in answer.processed]
        if len(missing) > FEW:
            known = self._reconcile_by_listing(missing, answer, started)
            missing = [edit for edit in missing if edit.good_id not in known]
            unsure = [edit for edit in unsure if edit.good_id not in known]
        if missing and len(batch) > 1 and answer.whole is not Outcome.UNCLEAR:
            self._size = max(1, self._size // 2)
        self._reconcile_singly(unsure, answer)

    def _reconcile_singly(self, unsure: Sequence[Edit], answer: _Answer) -> None:
        """Read products back one by one and record the outcome of each."""
        for done, edit in enumerate(unsure):
            try:
                confirmed = edit.good_id in answer.processed
                result = self._confirmed(edit) if confirmed else self._left_out(edit, answer)
            except TorgsyncError as error:
                self._record_unread(unsure[done:], error)
                raise
            self._record([(edit, result)])

    def _reconcile_by_listing(self, missing: Sequence[Edit], answer: _Answer, started: datetime) -> set[str]:
        """Record what a listing shows of many products that Prom left out; return the goods recorded.

        It begins with the newest, and takes no more pages than reading each product would be worth. A product
        as wanted is done, because Prom also leaves out what an edit does not change. When the answer was
        lost, the others are unclear.
        """
        wanted = {edit.good_id: edit for edit in missing}
        listed: list[tuple[Edit, Existing]] = []
        with self._context.transaction() as work:
            look, zone = work.object_state.current_look(), work.object_state.filter_zone()
        since = filter_bound(started, zone)
        try:
            for page in islice(self._prom.products(modified_from=since), len(missing) // FEW):
                with self._context.transaction() as work:
                    work.existing.remember_existing(page, look)
                listed += [
                    (wanted[product.good_id], product) for product in page if product.good_id in wanted
                ]
                if len(listed) >= len(wanted):
                    break
        except TorgsyncError as error:
            self._record_unread(missing, error)
            raise
        results = []
        for edit, shown in listed:
            if _as_wanted(edit, shown):
                results.append((edit, _DONE))
            elif answer.whole is Outcome.UNCLEAR:
                results.append((edit, _Result(Outcome.UNCLEAR, (answer.reasons[edit.good_id],))))
        self._record(results)
        return {edit.good_id for edit, _ in results}

    def _record_unread(self, unsure: Sequence[Edit], error: TorgsyncError) -> None:
        """Record that edits were sent and could not be read back; they were not merely "not reached"."""
        unread = _Result(Outcome.UNCLEAR, (because_of(OutcomeCode.END_UNKNOWN, error),))
        self._record([(edit, unread) for edit in unsure])

    def _record(self, results: Sequence[tuple[Edit, _Result]]) -> None:
        accepted = [
            Accepted(edit.good_id, edit.values, result.echo)
            for edit, result in results
            if result.outcome is Outcome.DONE
        ]
        with self._context.transaction() as work:
            work.products.accept(accepted, self._context.now())
        self._outcomes.record(
            ChangeOutcome(edit.seq, result.outcome, result.reasons)
            for edit, result in results
            if not (edit.half and result.outcome is Outcome.DONE)
        )

    def _try(self, batch: Sequence[Edit]) -> _Answer:
        today = self._context.now().astimezone(self._context.object.orders.clock).date()
        items = [edit_item(edit.good_id, edit.values, today=today) for edit in batch]
        try:
            answer = self._prom.edit(items)
        except (AnswerLost, PromRefused) as error:
            whole = Outcome.UNCLEAR if isinstance(error, AnswerLost) else Outcome.REFUSED
            reason = because_of(OutcomeCode.FAILED, error)
            return _Answer(frozenset(), {edit.good_id: reason for edit in batch}, whole)
        reasons = {good_id: prom_said(words) for good_id, words in answer.errors.items()}
        return _Answer(answer.processed, reasons)

    def _left_out(self, edit: Edit, answer: _Answer) -> _Result:
        """Return the result for a product that Prom left out: read it back, try it alone, read it back."""
        shown = read_back(self._context, self._prom, edit.good_id)
        if shown is None and edit.values.get("status") != "deleted":
            with self._context.transaction() as work:
                work.existing.forget_good(edit.good_id)
            return _unclear(OutcomeCode.NOT_ON_PROM)
        if _as_wanted(edit, shown):
            return _DONE
        alone = self._try([edit])
        if edit.good_id in alone.processed:
            return _DONE
        shown = read_back(self._context, self._prom, edit.good_id)
        if _as_wanted(edit, shown):
            return _DONE
        for tried in (alone, answer):
            if reason := tried.reasons.get(edit.good_id):
                outcome = Outcome.REFUSED if tried.whole is Outcome.DONE else tried.whole
                return _Result(outcome, (reason,))
        if edit.doubted and shown is not None and (echo := _echo(edit, shown)) is not None:
            return _Result(Outcome.DONE, echo=echo)
        return _unclear(OutcomeCode.OLD_VALUE_SHOWN)

    def _confirmed(self, edit: Edit) -> _Result:
        """Return the result for a product that Prom confirmed; a doubted one must also show what was sent."""
        shown = read_back(self._context, self._prom, edit.good_id) if edit.doubted else None
        if shown is None:
            return _DONE
        echo = _echo(edit, shown)
        return _unclear(OutcomeCode.OTHER_VALUE_SHOWN) if echo is None else _Result(Outcome.DONE, echo=echo)


def _echo(edit: Edit, shown: Existing) -> dict[str, Value] | None:
    """Return the values that Prom stores in its own way; None where one of them has another meaning.

    Without the echo such a value would look like an edit by a person at every look.
    """
    echo = {
        name: shown.values[name]
        for name, value in edit.values.items()
        if name in shown.values and not same(name, value, edit.values, shown.values)
    }
    harmless = all(own_way(name, edit.values[name], value) for name, value in echo.items())
    return echo if harmless else None


def _as_wanted(edit: Edit, shown: Existing | None) -> bool:
    if shown is None:
        return edit.values.get("status") == "deleted"
    return shows(shown, edit.values)


def edit_of(item: NumberedChange) -> Edit | None:
    """Return what an edit can carry of a change, None where it carries nothing."""
    change = item.change
    names = by_channel(change.fields, Channel.EDIT)
    if change.prom_id or not names:
        return None
    return Edit(
        item.seq,
        change.good_id,
        {name: change.fields[name].new for name in names},
        doubted=any(change.fields[name].edited for name in names),
        half=change.via is Channel.IMPORT,
    )


def edit_after_creation(seq: int, good_id: str, desired: Mapping[str, Value], shown: Existing) -> Edit | None:
    """Return the edit that a new product still needs: presence above all, with which no feed is trusted."""
    values = {
        name: desired[name]
        for name in by_channel(desired, Channel.EDIT)
        if name in shown.values and shown.values[name] != desired[name]
    }
    return Edit(seq, good_id, values) if values else None


# Products that belong to no good, by Prom's own id


def remove_foreign(prom: VerifiedShop, outcomes: OutcomeRecorder, items: Sequence[NumberedChange]) -> None:
    """Delete the products of these changes, which name them by Prom's id; read back what is not confirmed."""
    if not items:
        return
    answer = _delete(prom, items)
    _record_gone(outcomes, [item for item in items if item.change.prom_id in answer.processed])
    unsure = [item for item in items if item.change.prom_id not in answer.processed]
    for done, item in enumerate(unsure):
        reason = answer.reasons.get(item.change.prom_id, Reason(OutcomeCode.NOT_CONFIRMED))
        try:
            shown = prom.product_by_prom_id(item.change.prom_id)
        except TorgsyncError:
            outcomes.record(ChangeOutcome(left.seq, Outcome.UNCLEAR, (reason,)) for left in unsure[done:])
            raise
        if shown is None or shown.removed:
            _record_gone(outcomes, [item])
        else:
            outcomes.record([ChangeOutcome(item.seq, Outcome.UNCLEAR, (reason,))])


def _delete(prom: VerifiedShop, items: Sequence[NumberedChange]) -> _Answer:
    """Return the answer, keyed by Prom id."""
    bodies = [{"id": int(item.change.prom_id), "status": "deleted"} for item in items]
    try:
        answer = prom.edit_by_prom_id(bodies)
    except (AnswerLost, PromRefused) as error:
        reason = because_of(OutcomeCode.FAILED, error)
        return _Answer(frozenset(), {item.change.prom_id: reason for item in items})
    reasons = {prom_id: prom_said(words) for prom_id, words in answer.errors.items()}
    return _Answer(answer.processed, reasons)


def _record_gone(outcomes: OutcomeRecorder, items: Sequence[NumberedChange]) -> None:
    """Remove foreign products from the snapshot and record that they are deleted."""
    with outcomes.context.transaction() as work:
        work.existing.forget_existing([item.change.prom_id for item in items])
    outcomes.record(ChangeOutcome(item.seq, Outcome.DONE) for item in items)
