"""Sends prices, stock and status in batches, and believes only what Prom confirms or shows.

An id that Prom leaves out of its answer is read back: as wanted means done, else it is tried once alone and
read back again. Source: docs/developers/prom-api.md §3.4, §11 Q4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.plan.channels import EDIT_BATCH, OVERLAP, EditAnswer, by_channel
from torgsync.core.plan.diff import Verb, own_way, same
from torgsync.core.product.fields import Channel, Value
from torgsync.core.product.products import Existing, shows
from torgsync.errors import AnswerLost, PromRefused, TorgsyncError
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.outcomes import Outcomes
from torgsync.prom.api import Prom
from torgsync.prom.wire.products import edit_item
from torgsync.state.runs.plans import Numbered, State
from torgsync.state.shop.products import Accepted

FEW = 5
"""Up to this many products are read back one by one, more by a listing."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One product to edit: the number of its change, its external id, and the new values.

    `doubted` says that Prom showed something else than what it had accepted: then it is read back at once.
    """

    seq: int
    good_id: str
    values: Mapping[str, Value]
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class _Result:
    state: State
    message: str = ""
    echo: Mapping[str, Value] = field(default_factory=dict)


_DONE = _Result(State.DONE)


class Editor:
    """Sends edits of one run. The size of a batch is halved while Prom leaves gaps."""

    def __init__(self, context: JobContext, prom: Prom, outcomes: Outcomes) -> None:
        self._context = context
        self._prom = prom
        self._outcomes = outcomes
        self._size = EDIT_BATCH

    def perform(self, plan_size: int, verb: Verb, stage: Stage) -> None:
        """Send what an edit can carry of all changes of this verb; `plan_size` is how many there are.

        Batches are filled across pages: most changes of a page may need no edit at all.
        """
        done = 0
        waiting: list[Edit] = []
        for page in self._outcomes.pages([verb], channel=None, size=EDIT_BATCH):
            self._context.report(Progress(stage, done, plan_size))
            waiting += [edit for item in page if (edit := edit_of(item))]
            while len(waiting) >= self._size:
                batch, waiting = waiting[: self._size], waiting[self._size :]
                self._send_batch(batch)
            self._remove_foreign([item for item in page if item.change.prom_id])
            done += len(page)
        if waiting:
            self._context.report(Progress(stage, done - len(waiting), plan_size))
            self.send(waiting)
        if done:
            self._context.report(Progress(stage, done, plan_size))

    def send(self, edits: Sequence[Edit]) -> None:
        """Send these edits, remember what was accepted, and note every outcome."""
        rest = list(edits)
        while rest:
            batch, rest = rest[: self._size], rest[self._size :]
            self._send_batch(batch)

    def _send_batch(self, batch: Sequence[Edit]) -> None:
        """Send a batch and settle it: what is sure at once, then what must be read back.

        One that is refused as a whole is parted, until the products stand alone that Prom means.
        """
        started = self._context.now()
        answer, unanswered = self._try(batch)
        if unanswered is State.REFUSED and len(batch) > 1:
            half = len(batch) // 2
            self._send_batch(batch[:half])
            self._send_batch(batch[half:])
            return
        sure = [edit for edit in batch if edit.good_id in answer.processed and not edit.doubted]
        self._note([(edit, _DONE) for edit in sure])
        unsure = [edit for edit in batch if edit not in sure]
        missing = [edit for edit in unsure if edit.good_id not in answer.processed]
        if len(missing) > FEW:
            settled = self._settle_by_list(missing, answer, unanswered, started)
            missing = [edit for edit in missing if edit.good_id not in settled]
            unsure = [edit for edit in unsure if edit.good_id not in settled]
        if missing and len(batch) > 1 and unanswered is not State.UNCLEAR:
            self._size = max(1, self._size // 2)
        self._settle_singly(unsure, answer, unanswered)

    def _settle_singly(self, unsure: Sequence[Edit], answer: EditAnswer, unanswered: State) -> None:
        """Read products back one by one, and settle each."""
        for done, edit in enumerate(unsure):
            try:
                result = (
                    self._confirmed(edit)
                    if edit.good_id in answer.processed
                    else self._look_again(edit, answer, unanswered)
                )
            except TorgsyncError as error:
                self._note_unread(unsure[done:], error)
                raise
            self._note([(edit, result)])

    def _settle_by_list(
        self, missing: Sequence[Edit], answer: EditAnswer, unanswered: State, started: datetime
    ) -> set[str]:
        """Settle what a listing shows of many products that Prom left out; return the goods that it settled.

        As wanted is done: what changes nothing is left out as well. Of an answer that was lost the others are
        unclear. It reads no more pages than asking for each of them would be worth.
        """
        lost = _Result(State.UNCLEAR, next(iter(answer.errors.values()), "its answer was lost"))
        results = []
        for edit, shown in self._listed(missing, started):
            if _as_wanted(edit, shown):
                results.append((edit, _DONE))
            elif unanswered is State.UNCLEAR:
                results.append((edit, lost))
        self._note(results)
        return {edit.good_id for edit, _ in results}

    def _listed(self, edits: Sequence[Edit], started: datetime) -> list[tuple[Edit, Existing]]:
        """Return the edits whose products a listing shows that begins at the newest, with what it shows."""
        wanted = {edit.good_id: edit for edit in edits}
        found: list[tuple[Edit, Existing]] = []
        with self._context.transaction() as work:
            look = work.object_state.current_look()
        try:
            for page in islice(self._prom.products(modified_from=started - OVERLAP), len(edits) // FEW):
                with self._context.transaction() as work:
                    work.existing.remember_existing(page, look)
                found += [(wanted[one.good_id], one) for one in page if one.good_id in wanted]
                if len(found) >= len(wanted):
                    break
        except TorgsyncError as error:
            self._note_unread(edits, error)
            raise
        return found

    def _note_unread(self, unsure: Sequence[Edit], error: TorgsyncError) -> None:
        """Note of edits that they were sent: that they were not reached would be a lie."""
        unread = _Result(State.UNCLEAR, f"it was sent, and its end is not known: {error.message}")
        self._note([(edit, unread) for edit in unsure])

    def _note(self, results: Sequence[tuple[Edit, _Result]]) -> None:
        """Remember what was accepted, and note the outcomes."""
        accepted = [
            Accepted(edit.good_id, edit.values, result.echo)
            for edit, result in results
            if result.state is State.DONE
        ]
        with self._context.transaction() as work:
            work.products.accept(accepted, self._context.now())
        self._outcomes.note_all((edit.seq, result.state, result.message) for edit, result in results)

    def _try(self, batch: Sequence[Edit]) -> tuple[EditAnswer, State]:
        """Send a batch; return the answer, and what became of the whole where that is known.

        An answer that was lost (unclear), or a refusal of the whole, settles nothing of it.
        """
        today = self._context.now().astimezone(SHOP_ZONE).date()
        items = [edit_item(edit.good_id, edit.values, today=today) for edit in batch]
        try:
            return self._prom.edit(items), State.DONE
        except AnswerLost as lost:
            return EditAnswer(frozenset(), {edit.good_id: lost.message for edit in batch}), State.UNCLEAR
        except PromRefused as refused:
            return EditAnswer(frozenset(), {edit.good_id: refused.message for edit in batch}), State.REFUSED

    def _look_again(self, edit: Edit, answer: EditAnswer, unanswered: State) -> _Result:
        """Settle a product that Prom left out: read it back, try it alone, read it back."""
        shown = self._read_back(edit)
        if shown is None and edit.values.get("status") != "deleted":
            with self._context.transaction() as work:
                work.existing.forget_good(edit.good_id)
            return _Result(State.UNCLEAR, "it is not on Prom.ua any more; the next run makes it anew")
        if _as_wanted(edit, shown):
            return _DONE
        alone, unanswered_alone = self._try([edit])
        if edit.good_id in alone.processed:
            return _DONE
        shown = self._read_back(edit)
        if _as_wanted(edit, shown):
            return _DONE
        for said, whole in ((alone, unanswered_alone), (answer, unanswered)):
            if reason := said.errors.get(edit.good_id):
                return _Result(State.REFUSED if whole is State.DONE else whole, reason)
        if edit.doubted and shown is not None and (own := _in_its_own_way(edit, shown)) is not None:
            return _Result(State.DONE, echo=own)
        return _Result(State.UNCLEAR, "Prom.ua took the edit without a word and shows the old value")

    def _confirmed(self, edit: Edit) -> _Result:
        """Settle a product that Prom confirmed; a doubted one is done when it shows what was sent."""
        shown = self._read_back(edit) if edit.doubted else None
        if shown is None:
            return _DONE
        own = _in_its_own_way(edit, shown)
        if own is None:
            return _Result(State.UNCLEAR, "Prom.ua took the edit and shows another value")
        return _Result(State.DONE, echo=own)

    def _read_back(self, edit: Edit) -> Existing | None:
        shown = self._prom.product(edit.good_id)
        if shown is not None:
            with self._context.transaction() as work:
                work.existing.remember_existing([shown], work.object_state.current_look())
        return shown

    def _remove_foreign(self, items: Sequence[Numbered]) -> None:
        """Delete products that have no good of ours, by Prom's own id."""
        if not items:
            return
        bodies = [{"id": int(item.change.prom_id), "status": "deleted"} for item in items]
        try:
            answer = self._prom.edit_by_prom_id(bodies)
        except (AnswerLost, PromRefused) as trouble:
            answer = EditAnswer(frozenset(), {item.change.prom_id: trouble.message for item in items})
        self._forget([item for item in items if item.change.prom_id in answer.processed])
        unsure = [item for item in items if item.change.prom_id not in answer.processed]
        for done, item in enumerate(unsure):
            reason = answer.errors.get(item.change.prom_id, "Prom.ua did not confirm it")
            try:
                shown = self._prom.product_by_prom_id(item.change.prom_id)
            except TorgsyncError:
                self._outcomes.note_all((left.seq, State.UNCLEAR, reason) for left in unsure[done:])
                raise
            if shown is None or shown.removed:
                self._forget([item])
            else:
                self._outcomes.note(item.seq, State.UNCLEAR, reason)

    def _forget(self, gone: Sequence[Numbered]) -> None:
        """Note that foreign products are not on Prom any more."""
        with self._context.transaction() as work:
            work.existing.forget_existing([item.change.prom_id for item in gone])
        self._outcomes.note_all((item.seq, State.DONE, "") for item in gone)


def _in_its_own_way(edit: Edit, shown: Existing) -> dict[str, Value] | None:
    """Return what Prom shows instead of what was sent, where it may; None where a value has another meaning.

    Prom stores some values in its own way, and would be taken for a person who edits them for ever: such a
    way is remembered as the echo of what we sent.
    """
    own = {
        name: shown.values[name]
        for name, value in edit.values.items()
        if name in shown.values and not same(name, value, edit.values, shown.values)
    }
    harmless = all(own_way(name, edit.values[name], value) for name, value in own.items())
    return own if harmless else None


def _as_wanted(edit: Edit, shown: Existing | None) -> bool:
    if shown is None:
        return edit.values.get("status") == "deleted"
    return shows(shown, edit.values)


def edit_of(item: Numbered) -> Edit | None:
    """Return what an edit can carry of a change, None where it carries nothing."""
    change = item.change
    names = by_channel(change.fields, Channel.EDIT)
    if change.prom_id or not names:
        return None
    doubted = any(change.fields[name].edited for name in names)
    return Edit(item.seq, change.good_id, {name: change.fields[name].new for name in names}, doubted)


def fix_up(seq: int, good_id: str, desired: Mapping[str, Value], shown: Existing) -> Edit | None:
    """Return the edit that a new product still needs: presence above all, with which no feed is trusted."""
    names = [
        name
        for name in by_channel(desired, Channel.EDIT)
        if name in shown.values and shown.values[name] != desired[name]
    ]
    return Edit(seq, good_id, {name: desired[name] for name in names}) if names else None
