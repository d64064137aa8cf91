"""Explain one good: what the export, the state and the last look say of it, and what a plan would do.

Prom is not asked, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Finding, Severity
from torgsync.core.mapping.codes import brand_or_country
from torgsync.core.mapping.mapper import pictures
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.select import displayed
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import count_stock
from torgsync.core.orders.stored import Holding
from torgsync.core.plan.decide import (
    GoodStatus,
    Grace,
    ProductSnapshot,
    RowStatus,
    Verdict,
    good_status,
    judge,
    was_displayed,
)
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Guard, GuardViolation
from torgsync.core.plan.plan_guards import price_violation
from torgsync.core.plan.why import CenterStock, Filter, PriceTrace, center_stocks, filters, price_traces
from torgsync.core.product.groups import grow, model_key
from torgsync.core.product.products import Existing, Product
from torgsync.core.product.variants import CODES, Family, Member, Relative, family, model_of, no_family
from torgsync.errors import InvalidInput
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.content import written_at
from torgsync.files.catalog.export import open_export
from torgsync.i18n import NOTHING, Message, joined
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.photos import PhotoFolder
from torgsync.jobs.catalog.reading import check_columns
from torgsync.jobs.catalog.row_reader import duplicate
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.identity import violation_of
from torgsync.jobs.plan.unknown import unknown_good
from torgsync.state.runs.plans import ChangeAttempt
from torgsync.state.shop.adoptions import Adoption
from torgsync.state.shop.products import Dossier, Refusal
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class RowView:
    """A good's row of the export: what each filter decided, and what the rules made of it.

    A good may have several `lines`, of which the first one is explained. `mapped_cells` are as written, and
    `replaced` what `[[values]]` gives instead, keyed by column. `unsent` are columns with one word
    that may be a brand or a country; `centers` is the stock of each accounting center, empty where all are in
    one file; `out` is the first filter that keeps the good out; `waits` whether it is unknown if it is to
    be displayed.
    """

    file: str
    lines: tuple[int, ...]
    mapped_cells: tuple[tuple[FieldMapping, str], ...]
    replaced: Mapping[str, str]
    unsent: frozenset[str]
    filters: tuple[Filter, ...]
    centers: tuple[CenterStock, ...]
    family: Family
    out: SkipReason | None
    waits: bool
    prices: tuple[PriceTrace, ...]
    findings: tuple[Finding, ...]
    mapped: Mapped


def read_row(context: JobContext, work: UnitOfWork, good_id: str, prom_group: int | None) -> RowView | None:
    """Return the good's row, None where the export has none.

    `prom_group` is the variant group in which Prom has the good, 0 for none, None where Prom does not have
    it. Raises InvalidInput where the export cannot be read, which may show at its end only.
    """
    settings, photos_of = context.object, PhotoFolder(context.file, work)
    catalog = open_export(context.file)
    check_columns(context.file, catalog)
    records = [record for record in catalog.records() if catalog.good_id(record) == good_id]
    if not records:
        return None
    written, lines = catalog.cells(records[0]), [record.line for record in records]
    cells = settings.value_map.apply(written)
    mapper = RowMapper(settings, catalog)
    was = _was_displayed(work, [good_id]).get(good_id)
    judged = _judge(mapper, photos_of, good_id, lines, cells, was=was)
    findings = list(judged.mapped.findings)
    if len(lines) > 1:
        findings.insert(0, duplicate(good_id, lines))
    return RowView(
        file=catalog.file_of(records[0]),
        lines=tuple(lines),
        mapped_cells=tuple(
            (mapping, written[mapping.column]) for mapping in settings.fields if mapping.column in cells
        ),
        replaced={column: cells[column] for column in cells if cells[column] != written[column]},
        unsent=brand_or_country(settings, cells),
        filters=judged.filters,
        centers=center_stocks(settings, cells),
        family=_family(mapper, work, photos_of, catalog, judged, prom_group),
        out=judged.out,
        waits=displayed(settings, cells, was=was) is None,
        prices=price_traces(settings, cells, judged.mapped),
        findings=tuple(findings),
        mapped=judged.mapped,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the filters and the rules make of one good, which may be on several lines."""

    good_id: str
    lines: Sequence[int]
    filters: tuple[Filter, ...]
    mapped: Mapped

    @property
    def out(self) -> SkipReason | None:
        """The first filter that keeps it out."""
        return next((one.reason for one in self.filters if not one.passes), None)

    @property
    def relative(self) -> Relative:
        """The good as a member of its model."""
        product = self.mapped.product
        member = Member(self.good_id, self.lines[0], product.characteristics)
        twice = len(self.lines) > 1
        return Relative(member, product.title, self.out or (SkipReason.BLOCKED if twice else ""))


def _judge(
    mapper: RowMapper,
    photos_of: PhotoFolder,
    good_id: str,
    lines: Sequence[int],
    cells: Mapping[str, str],
    *,
    was: bool | None,
) -> _Judged:
    settings = mapper.settings
    stock, in_folder = count_stock(settings, cells), photos_of(good_id)
    photos = in_folder or pictures(cells) or in_folder
    outcome = filters(settings, cells, stock, None if photos is None else len(photos), was=was)
    mapped = mapper.of(cells).product(good_id, lines[0], cells, stock, photos_of, was_displayed=was)
    return _Judged(good_id, lines, outcome, mapped)


def _was_displayed(work: UnitOfWork, good_ids: Sequence[str]) -> dict[str, bool | None]:
    """Return which goods were displayed at the last reading, keyed by id."""
    rows = work.rows.old_rows(good_ids)
    return {good_id: was_displayed(row.row_status, row.reason) for good_id, row in rows.items()}


def _family(
    mapper: RowMapper,
    work: UnitOfWork,
    photos_of: PhotoFolder,
    catalog: CatalogFile,
    judged: _Judged,
    prom_group: int | None,
) -> Family:
    """Return the model of a good and the other goods of it, as the export has them now."""
    settings = mapper.settings
    key, blank, column = judged.mapped.model, settings.catalog.blank, settings.column_of("variant_group")
    if not key:
        return no_family(column)
    rows: dict[str, Mapping[str, str]] = {}
    lines: dict[str, list[int]] = {}
    for record in catalog.records():
        cells = settings.value_map.apply(catalog.cells(record))
        if model_key(cells, column, blank) == key:
            rows.setdefault(catalog.good_id(record), cells)
        if (good_id := catalog.good_id(record)) in rows:
            lines.setdefault(good_id, []).append(record.line)
    kept = {
        variant.member.good_id: variant
        for members in work.variants.members([model_of(key)]).values()
        for variant in members
    }
    relatives, was = [], _was_displayed(work, list(rows))
    for good_id, cells in rows.items():
        relative = _judge(mapper, photos_of, good_id, lines[good_id], cells, was=was.get(good_id)).relative
        group = kept[good_id].member.group if good_id in kept else 0
        relatives.append(replace(relative, member=replace(relative.member, group=group)))
    number = max((variant.group for variant in kept.values()), default=0)
    return family(key, judged.good_id, relatives, number, prom_group)


ATTEMPTS = 10
"""Past changes of a good that are shown."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a guard holds: the guard, and its violation where that is known without a plan."""

    guard: str
    violation: GuardViolation | None = None


@dataclass(frozen=True, slots=True)
class GoodView:
    """All that is known of one good.

    `problem` is why the export could not be read. `refusal` may be older than the good is now; `refused` is
    set where Prom refused it exactly as it is. `adoption` is how an existing product became it, `candidates`
    are the Prom ids of products any of which may be it, `sold` what orders hold of it that the export cannot
    know yet.
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
    deletion: datetime | None = None  # when its hidden product will be deleted, None where it will not


def why(context: JobContext, good_id: str) -> GoodView:
    """Return what is known of a good. Raises UsageError where that is nothing; similar ids are named."""
    with context.transaction() as work:
        dossier = work.products.dossier(good_id)
        looked = work.object_state.looks().looked
        attempts = tuple(work.plans.attempts(good_id, ATTEMPTS))
        row, problem = None, NOTHING
        try:
            row = read_row(context, work, good_id, _made(dossier))
        except InvalidInput as refused:
            problem = joined("; ", (refused.message, *(mistake.words for mistake in refused.mistakes)))
        if row is None and dossier.empty and not attempts:
            raise unknown_good(good_id, context.file.called, _ids(context, work), problem)
        tree = grow(work.variants.paths())
        kept = work.products.known([good_id]).get(good_id)
        written = written_at(context.file)
        sold = work.orders.holdings(written) if written else ()
        in_doubt = attempts and attempts[0].item.change.held == Guard.IDENTITY
        renamed = violation_of(context, work, good_id) if in_doubt else None
        in_import = good_id in work.plans.importing()
        since = work.grace_periods.since(good_id)
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
    held = _held(known, verdict, attempts, context.object, renamed)
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
        deletion=ends if verdict.grace is Grace.RUNS and not verdict.change else None,
    )


def _ids(context: JobContext, work: UnitOfWork) -> set[str]:
    """Return the ids of all goods in the state, and in the export as far as it can be read."""
    ids = set(work.rows.rows_of(lambda *_: True))
    with suppress(InvalidInput):
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
    renamed: GuardViolation | None,
) -> Held | None:
    """Return what a guard holds: a price as it is known now, the rest as in the last plan.

    `renamed` is the violation of a good whose key changed.
    """
    change = verdict.change
    if change is None:
        return None
    if change.verb is not Verb.REMOVE:
        old = known.existing.values if known.existing and change.verb is Verb.UPDATE else {}
        quantity = known.desired.whole("quantity") if known.desired else None
        violation = price_violation(known.good_id, old, change.new, settings.limits, quantity)
        if violation:
            return Held(violation.guard, violation)
    for attempt in attempts:
        past = attempt.item.change
        newest = attempt.at == attempts[0].at
        if newest and past.held and past.held != Guard.PRICE and past.verb is change.verb:
            return Held(past.held, renamed if past.held == Guard.IDENTITY else None)
    return None
