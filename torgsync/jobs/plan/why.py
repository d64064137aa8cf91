"""Explain one good: what the export, the state and the last look say of it, and what a plan would do.

Prom is not asked, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from msgspec.structs import replace as replace_struct

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Finding, Severity
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.orders.stored import Holding
from torgsync.core.plan.approval.kept import Approval
from torgsync.core.plan.causes import Causes, Facts, causes_of
from torgsync.core.plan.decide import (
    GoodStatus,
    Grace,
    ProductSnapshot,
    RowStatus,
    Verdict,
    good_status,
    judge,
)
from torgsync.core.plan.diff import Leaving, Verb
from torgsync.core.plan.guards import Guard, GuardViolation
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.plan.photo_names import PhotoNames
from torgsync.core.plan.plan_guards import change_price_violation
from torgsync.core.product.groups import grow
from torgsync.core.product.products import Existing, Product
from torgsync.core.product.variants import CODES
from torgsync.errors import InvalidInput, Temporary, TorgsyncError
from torgsync.files.catalog.content import changed_at, configured_at, written_at
from torgsync.files.catalog.export import open_export
from torgsync.files.catalog.sources import export_files
from torgsync.i18n import NOTHING, Message, joined
from torgsync.jobs.context import JobContext
from torgsync.jobs.photos.names import photo_names
from torgsync.jobs.plan import fleet_guard
from torgsync.jobs.plan.identity import violation_of
from torgsync.jobs.plan.why_row import RowView, read_row
from torgsync.jobs.unknown import unknown_good
from torgsync.state.runs.change_rows import ChangeAttempt
from torgsync.state.shop.adoptions import Adoption
from torgsync.state.shop.products import Dossier, Refusal
from torgsync.state.store import UnitOfWork

ATTEMPTS = 10
"""Past changes of a good that are shown."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a guard holds: the guard, and its violation where that is known without a plan.

    `fields` are those that the last plan held, where the guard alone does not say it.
    """

    guard: str
    violation: GuardViolation | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoodView:
    """All that is known of one good.

    `problem` is why the export could not be read. `refusal` may be older than the good is now; `refused` is
    set where Prom refused it exactly as it is. `adoption` is how an existing product became it, `candidates`
    are the Prom ids of products any of which may be it, `sold` what orders hold of it that the export cannot
    know yet, `causes` why each field of an update is to change. `names` are those of photos for people.
    """

    good_id: str
    title: str
    status: GoodStatus | SkipReason
    row_status: RowStatus
    row: RowView | None
    problem: Message
    desired: Product | None
    sent: Product | None
    sent_at: datetime | None
    existing: Existing | None
    looked: datetime | None
    verdict: Verdict
    held: Held | None
    refusal: Refusal | None
    refused: bool
    findings: tuple[Finding, ...]
    attempts: tuple[ChangeAttempt, ...]
    adoption: Adoption | None
    candidates: tuple[str, ...]
    sold: tuple[Holding, ...]
    causes: Causes
    names: PhotoNames
    deletion: datetime | None = None  # when its hidden product will be deleted, None where it will not

    @property
    def there(self) -> bool:
        """Whether Prom has a product of it, as far as is known."""
        return self.existing is not None and not self.existing.removed

    @property
    def kept_out(self) -> str:
        """Why nothing of it is sent, or not all of it: a `SkipReason` or `Leaving`; empty for no reason."""
        if self.verdict.skip:
            return self.verdict.skip
        if self.row_status is RowStatus.BLOCKED:
            return SkipReason.BLOCKED
        if self.row_status is RowStatus.GONE:
            return Leaving.GONE if self.sent or not self.there else Leaving.FOREIGN
        return self.row.out or "" if self.row else ""


def why(context: JobContext, good_id: str) -> GoodView:
    """Return what is known of a good. Raises UsageError where that is nothing; similar ids are named."""
    with suppress(TorgsyncError):  # before the state is held; whoever reads it reports that
        export_files(context.file)
    with context.transaction() as work:
        dossier = work.products.dossier(good_id)
        looked = work.object_state.looks().looked
        attempts = tuple(_approved(work, each) for each in work.plans.attempts(good_id, ATTEMPTS))
        row, problem = None, NOTHING
        try:
            row = read_row(context, work, good_id, _made(dossier))
        except (InvalidInput, Temporary) as refused:
            lines = refused.lines() if isinstance(refused, InvalidInput) else ()
            problem = joined("; ", (refused.message, *lines))
        if row is None and dossier.empty and not attempts:
            raise unknown_good(good_id, context.file.called, _ids(context, work), problem)
        tree = grow(work.variants.paths())
        kept = work.products.known([good_id]).get(good_id)
        written = written_at(context.file)
        sold = work.orders.holdings(written) if written else ()
        in_doubt = attempts and attempts[0].item.change.held == Guard.IDENTITY
        renamed = violation_of(context, work, good_id) if in_doubt else None
        shared = next(
            (
                fleet_guard.violation_of(work, attempt.item.change, context.now())
                for attempt in attempts
                if attempt.at == attempts[0].at and attempt.item.change.held == Guard.FLEET
            ),
            None,
        )
        in_import = good_id in work.plans.importing()
        since = work.grace_periods.since(good_id)
        names = photo_names(context, work)
        adoption, candidates = work.adoptions.of(good_id), tuple(work.adoptions.candidates(good_id))
    known = _known(good_id, row, dossier, readable=not problem)
    mine = tuple(holding for holding in sold if holding.good_id == good_id)
    reserved, zero = ceil(sum(holding.quantity for holding in mine)), context.object.stock.presence
    now, grace = context.now(), context.object.removal.grace
    ends = (since or now) + grace
    known = replace(known, reserved=reserved, zero=zero, importing=in_import, grace_over=ends <= now)
    if kept:
        known = replace(known, doubtful=kept.doubtful, taken=kept.taken)
    desired = known.offered
    if desired and desired.path:  # the import file has it in the group that most goods decide
        desired = Product(good_id, {**desired.values, "group": tree.path(desired.path)})
    findings = dossier.findings
    if row is not None:  # of the stored findings those stay that other goods of its model cause
        findings = (*row.findings, *(finding for finding in findings if finding.code in CODES))
    verdict = judge(known, context.object)
    held = _held(known, verdict, attempts, context.object, renamed or shared)
    return GoodView(
        good_id=good_id,
        title=known.title or next((item.item.change.title for item in attempts), ""),
        status=good_status(
            known,
            verdict,
            held=held is not None,
            errors=row is not None and any(finding.severity is Severity.ERROR for finding in row.findings),
        ),
        row_status=known.row_status,
        row=row,
        problem=problem,
        desired=desired,
        sent=Product(good_id, dossier.sent.values) if dossier.sent else None,
        sent_at=dossier.sent_at,
        existing=dossier.existing,
        looked=looked,
        verdict=verdict,
        held=held,
        refusal=dossier.refusal,
        refused=known.refused or known.deleted_before,
        findings=findings,
        attempts=attempts,
        adoption=adoption,
        candidates=candidates,
        sold=mine,
        causes=causes_of(verdict.change, known, _facts(context, dossier, attempts)),
        names=names,
        deletion=ends if verdict.grace is Grace.RUNS and not verdict.change else None,
    )


def _approved(work: UnitOfWork, attempt: ChangeAttempt) -> ChangeAttempt:
    """Return a change with the kept plan of which its run performed a part, if it did."""
    opened = work.journal.overrides(attempt.run) if attempt.run else []
    of = next((each.override.observed for each in opened if "plan" in each.override.observed), None)
    if of is None:
        return attempt
    return replace_struct(attempt, approval=Approval(str(of["plan"]), int(str(of["plan_run"]))))


def _facts(context: JobContext, dossier: Dossier, attempts: Sequence[ChangeAttempt]) -> Facts:
    """Return when the export, the settings and each field of a good were last written or sent."""
    last = dict.fromkeys(dossier.sent.values, dossier.sent_at) if dossier.sent and dossier.sent_at else {}
    done = [attempt for attempt in attempts if attempt.item.outcome is Outcome.DONE]
    for attempt in reversed(done):
        change = attempt.item.change
        last |= dict.fromkeys(last if change.verb is Verb.CREATE else change.fields, attempt.at)
    return Facts(
        export=changed_at(context.file),
        settings=configured_at(context.file),
        sent={name: at for name, at in last.items() if at},
        folder=context.object.catalog.photos is not None,
    )


def _ids(context: JobContext, work: UnitOfWork) -> set[str]:
    """Return the ids of all goods in the state, and in the export as far as it can be read."""
    ids = set(work.rows.rows_of(lambda *_: True))
    with suppress(InvalidInput, Temporary):
        catalog = open_export(context.file)
        ids.update(catalog.good_id(record) for record in catalog.records())
    return ids


def _made(dossier: Dossier) -> int | None:
    """Return the variant group in which Prom has a good, 0 for none, None where Prom does not have it."""
    if dossier.sent is None or dossier.existing is None or dossier.existing.removed:
        return None
    return int(str(dossier.sent.values.get("variant_group") or 0))


def _known(good_id: str, row: RowView | None, dossier: Dossier, *, readable: bool) -> ProductSnapshot:
    """Return what is known of the good now: its row as it is, else as it was last read."""
    row_status, desired = dossier.row_status or RowStatus.GONE, dossier.desired
    if row is not None:
        twice = len(row.lines) > 1
        row_status = RowStatus.BLOCKED if twice else RowStatus.OUT if row.out else RowStatus.IN
        desired = row.mapped.product
    elif readable:
        row_status = RowStatus.GONE
    kept = dossier.desired.values if dossier.desired else {}
    group = {"variant_group": kept["variant_group"]} if "variant_group" in kept else {}
    refusal, refused = dossier.refusal, False
    deleted = refusal is not None and refusal.after_deletion
    reason = dossier.reason
    if row is not None:
        reason = SkipReason.DISPLAY_UNKNOWN if row.waits else row.out or ""
    if desired is not None:
        desired = Product(good_id, {**desired.values, **group})
        refused = refusal is not None and {**refusal.values, **group} == desired.values
    known = ProductSnapshot(good_id, row_status, desired, dossier.sent, dossier.existing, reason=reason)
    return replace(known, refused=refused and not deleted, deleted_before=deleted)


def _held(
    known: ProductSnapshot,
    verdict: Verdict,
    attempts: Sequence[ChangeAttempt],
    settings: SyncObject,
    found: GuardViolation | None,
) -> Held | None:
    """Return what a guard holds: a price as it is known now, the rest as in the last plan.

    `found` is the violation of a good whose key changed, or of many shops.
    """
    change = verdict.change
    if change is None:
        return None
    if change.verb is not Verb.REMOVE:
        old = known.existing.values if known.existing and change.verb is Verb.UPDATE else {}
        quantity = known.desired.whole("quantity") if known.desired else None
        violation = change_price_violation(change, old, settings, quantity)
        if violation:
            return Held(violation.guard, violation)
    for attempt in attempts:
        past = attempt.item.change
        newest = attempt.at == attempts[0].at
        if newest and past.held and past.held != Guard.PRICE and past.verb is change.verb:
            fields = tuple(past.fields) if past.held == Guard.FLEET else ()
            return Held(past.held, found if found and found.guard == past.held else None, fields)
    return None
