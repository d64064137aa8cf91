"""Look at Prom: record what it shows now, everything once a week, in between what was modified since.

By that, what earlier runs left without an outcome is reconciled, before anything is compared: what a run has
sent and could not remember would else be taken for an edit by a person. Imports are reconciled before
(`jobs/push/execute.py`). Source: docs/developers/architecture.md §5, §6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.channels import EDIT_BATCH, by_channel
from torgsync.core.plan.date_filter import (
    OVERLAP,
    RECENT,
    FilterZone,
    filter_bound,
    probe_bound,
    read_as_local,
)
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Allowed
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason
from torgsync.core.product.fields import FIELDS, Channel
from torgsync.core.product.products import Existing, shows
from torgsync.core.reason import Reason
from torgsync.jobs.connect import VerifiedShop, groups_of, refuse_other_shop
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.prom.api import Prom
from torgsync.state.runs.change_rows import NumberedChange
from torgsync.state.runs.journal import OpenPlan
from torgsync.state.shop.products import Accepted

FULL_LOOK_EVERY = timedelta(days=7)


def look(context: JobContext, prom: Prom, *, full: bool, allowed: Allowed) -> tuple[Finding, ...]:
    """Record what Prom shows now; return a finding where products exist that the list leaves out.

    After a `full` look, every product that should be there and was not listed is requested by its id: a list
    proves no absence (prom-api §11 Q3). A shop that is not verified yet is checked before anything is
    recorded: raises Unsafe where the token opens another one, unless `allowed` lets the object begin again.
    Raises PromRefused where nothing was sent yet and a product cannot be read.
    """
    started = context.now()
    with context.transaction() as work:
        looks, first_run = work.object_state.looks(), not work.object_state.begun()
        number = work.object_state.begin_look()
    # Until something was sent, the shop may be emptied in the cabinet, which no look at changes would show.
    full = (
        full
        or first_run
        or looks.looked is None
        or looks.full is None
        or started - looks.full > FULL_LOOK_EVERY
    )
    with context.transaction() as work:
        usual = work.existing.existing_count() or None if full else None
    since = None if full or looks.looked is None else _bound(context, prom, looks.looked)
    context.report(Progress(Stage.LOOK, 0, usual))
    # A product that cannot be read is none the less one of a shop that a first run needs empty.
    pages = prom.products(modified_from=since, complete=first_run)
    first = next(pages, [])
    if not (first_run or isinstance(prom, VerifiedShop)):
        refuse_other_shop(context, prom, allowed, first)
        with context.transaction() as work:
            forgotten = not work.object_state.begun()
        if forgotten:
            return look(context, prom, full=True, allowed=allowed)
    local = _remember(context, chain([first], pages), number, since, usual)
    if looks.looked and since and not _holds(context, local=local):
        wide = filter_bound(looks.looked, FilterZone.UNKNOWN)
        _remember(context, prom.products(modified_from=wide), number, wide, usual)
    hidden = _request_unlisted(context, prom, number) if full else 0
    groups = groups_of(prom) if full and not first_run else frozenset()
    with context.transaction() as work:
        work.object_state.end_look(started, full=full)
        if groups:
            work.object_state.remember_groups(groups)
        prom.names = work.adoptions.names()
    return (Finding(Code.LIST_INCOMPLETE, args={"count": hidden}),) if hidden else ()


def _remember(
    context: JobContext,
    listed: Iterable[list[Existing]],
    number: int,
    since: datetime | None,
    usual: int | None,
) -> bool:
    """Record the pages of a list; return whether they show that `since` was read as local time.

    `usual` is how many products are expected, if that is known.
    """
    count, local = 0, False
    for page in listed:
        with context.transaction() as work:
            work.existing.remember_existing(page, number)
        local = local or (since is not None and read_as_local(since, (shown.modified for shown in page)))
        count += len(page)
        context.report(Progress(Stage.LOOK, count, max(usual, count) if usual else None))
    return local


def _bound(context: JobContext, prom: Prom, looked: datetime) -> datetime:
    """Return the moment since when Prom is asked for what was modified after the last look."""
    zone = _learn_zone(context, prom)
    with context.transaction() as work:
        exact = work.existing.shows_exact_times(looked - OVERLAP)
    return filter_bound(looked, zone, exact=exact)


def _learn_zone(context: JobContext, prom: Prom) -> FilterZone:
    """Return how Prom reads dates in filters; where that is unknown, one request may show it.

    Only a filter in local time lists what was edited shortly ago since a moment that is yet to come.
    """
    now = context.now()
    with context.transaction() as work:
        zone = work.object_state.filter_zone()
        if zone is not FilterZone.UNKNOWN or not work.journal.edited_since(now - RECENT):
            return zone
    bound = probe_bound(now)
    page = next(prom.products(modified_from=bound), [])
    local = read_as_local(bound, (shown.modified for shown in page))
    zone = FilterZone.LOCAL if local else FilterZone.UTC
    with context.transaction() as work:
        work.object_state.note_filter_zone(zone)
    return zone


def _holds(context: JobContext, *, local: bool) -> bool:
    """Return whether a list agrees with the zone for which it was asked; else the zone is unknown again.

    A list that shows the filter in `local` time teaches just that. Where it does not, and local time was
    counted on, the bound may have been too late.
    """
    with context.transaction() as work:
        zone = work.object_state.filter_zone()
        if local:
            work.object_state.note_filter_zone(FilterZone.LOCAL)
        elif zone is FilterZone.LOCAL:
            work.object_state.note_filter_zone(FilterZone.UNKNOWN)
    return local or zone is not FilterZone.LOCAL


def read_back(context: JobContext, prom: Prom, good_id: str) -> Existing | None:
    """Record what Prom shows of one product, None where there is none; a list never proves an absence."""
    if shown := prom.product(good_id):
        with context.transaction() as work:
            work.existing.remember_existing([shown], work.object_state.current_look())
    return shown


def _request_unlisted(context: JobContext, prom: Prom, number: int) -> int:
    """Request every product that the look `number` did not list, and return how many of them exist."""
    with context.transaction() as work:
        unseen = work.existing.unseen(number)
    hidden = 0
    for done, good_id in enumerate(unseen, 1):
        context.report(Progress(Stage.LOOK, done, len(unseen)))
        if product := prom.product(good_id):
            hidden += 1
            with context.transaction() as work:
                work.existing.remember_existing([product], number)
    with context.transaction() as work:
        work.existing.forget_unseen(number)
    return hidden


DONE = Reason(OutcomeCode.FOUND_DONE)
NOT_REACHED = Reason(OutcomeCode.RUN_ENDED_BEFORE)
HALF = Reason(OutcomeCode.MADE_IN_PART)


def reconcile_earlier(context: JobContext, prom: Prom, run: int) -> int:
    """Reconcile the changes of runs before `run`, and return how many were; 0 is a look that is no run."""
    with context.transaction() as work:
        left = work.journal.open_plans(run)
    count = sum(_Reconciler(context, prom, plan).reconcile() for plan in left)
    with context.transaction() as work:
        work.journal.end_dead_runs(run)
    return count


_Judged = tuple[Outcome, OutcomeReason, Accepted | None]
"""What became of a change, why, and what Prom took of it."""


@dataclass
class _Reconciler:
    """The changes of one plan; `asked` counts the products that were asked for one by one."""

    context: JobContext
    prom: Prom
    left: OpenPlan
    asked: int = 0

    def reconcile(self) -> int:
        """Reconcile all changes in doubt, page by page, and return how many were."""
        count = 0
        for page in self._pages():
            with self.context.transaction() as work:
                known = work.products.known([item.change.good_id for item in page])
            reconciled = [
                (item, *judged)
                for item in page
                if (judged := self._judge(item, known.get(item.change.good_id)))
            ]
            with self.context.transaction() as work:
                work.products.accept([took for *_, took in reconciled if took], self.context.now())
                work.plans.record(
                    self.left.plan,
                    {item.seq: (outcome, (reason,)) for item, outcome, reason, _ in reconciled},
                )
            count += len(reconciled)
        return count

    def _pages(self) -> Iterator[list[NumberedChange]]:
        after = 0
        while True:
            with self.context.transaction() as work:
                page = work.plans.doubtful(self.left.plan, after=after)
            if not page:
                return
            after = page[-1].seq
            yield page

    def _judge(self, item: NumberedChange, known: ProductSnapshot | None) -> _Judged | None:
        """Return what became of a change and what Prom took of it; None where that is unknown."""
        change = item.change
        if change.verb is Verb.REMOVE:
            return self._judge_removal(item, known)
        values = change.new
        half = change.verb is Verb.UPDATE and change.via is Channel.IMPORT and item.outcome is None
        if half:
            # Edits go before the import, which was reconciled before where there was one.
            values = {name: change.new[name] for name in by_channel(change.fields, Channel.EDIT)}
        shown = known.existing if known else None
        if shown is None or shown.removed:
            return self._not_done(item)
        # What Prom does not show stays unclear.
        visible = bool(values) and all(FIELDS[name].shown for name in values)
        if half and not self.left.imported:
            if values and shows(shown, values):
                return Outcome.DEFERRED, NOT_REACHED, Accepted(change.good_id, values, {})
            return self._not_done(item)
        if shows(shown, values) and (item.outcome is None or visible):
            return Outcome.DONE, DONE, Accepted(change.good_id, values, {})
        if change.verb is Verb.CREATE and self.left.imported and item.outcome is None:
            took = {name: value for name, value in values.items() if shown.values.get(name, value) == value}
            return Outcome.DEFERRED, HALF, Accepted(change.good_id, took, {})
        return self._not_done(item)

    def _judge_removal(self, item: NumberedChange, known: ProductSnapshot | None) -> _Judged | None:
        change = item.change
        deletes = change.new.get("status") == "deleted"
        shown = known.existing if known and not change.prom_id else None
        if deletes and self.asked < EDIT_BATCH:  # no more were in flight
            self.asked += 1
            # No look at what was modified shows that a product was deleted.
            if change.prom_id:
                shown = self.prom.product_by_prom_id(change.prom_id)
            else:
                shown = self.prom.product(change.good_id) if shown else None
            if shown is None or shown.removed:
                if not change.prom_id:
                    return Outcome.DONE, DONE, Accepted(change.good_id, change.new, {})
                with self.context.transaction() as work:
                    work.existing.forget_existing([change.prom_id])
                return Outcome.DONE, DONE, None
        elif shown is not None and not deletes and shows(shown, change.new):
            return Outcome.DONE, DONE, Accepted(change.good_id, change.new, {})
        return self._not_done(item)

    @staticmethod
    def _not_done(item: NumberedChange) -> _Judged | None:
        return None if item.outcome else (Outcome.DEFERRED, NOT_REACHED, None)
