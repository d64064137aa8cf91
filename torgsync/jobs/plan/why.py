"""Says of one good why it is where it is.

Reads the export and the memory; asks Prom nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from math import ceil

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding, Severity
from torgsync.core.mapping.mapper import Mapper, brand_or_country, pictures
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.select import Reason, count_stock, why_out
from torgsync.core.orders.reserve import Holding
from torgsync.core.plan import guards
from torgsync.core.plan.decide import ProductSnapshot, RowStatus, Verdict
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Guard, GuardViolation
from torgsync.core.plan.why import (
    CenterStock,
    Family,
    Fate,
    Filter,
    Relative,
    center_stocks,
    family,
    fate,
    filters,
    judge,
    model_column,
    no_family,
    price_steps,
)
from torgsync.core.product.fields import Photo
from torgsync.core.product.group_tree import Tree, grow
from torgsync.core.product.groups import model_key
from torgsync.core.product.products import Existing, Product
from torgsync.core.product.variants import CODES, Member, model_of
from torgsync.core.text import did_you_mean
from torgsync.errors import InvalidInput, UsageError
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import open_export, written_at
from torgsync.jobs.catalog.export import check_columns, twins_message
from torgsync.jobs.catalog.photos import Shelf
from torgsync.jobs.context import JobContext
from torgsync.state.runs.plans import Attempt
from torgsync.state.shop.adoptions import Adoption
from torgsync.state.shop.products import Dossier, Refusal
from torgsync.state.store import UnitOfWork

ATTEMPTS = 10
"""Past changes of a good that are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """A good's row of the export: its file and lines, the cells that are led, what the rules made of them.

    A good that stands in the export more than once has several lines; the first one is looked at. `centers`
    are empty where all accounting centers stand in one file. `unsent` are columns that a rule leaves out and
    why it does.
    """

    file: str
    lines: tuple[int, ...]
    led: tuple[tuple[FieldMapping, str], ...]
    unsent: Mapping[str, str]
    filters: tuple[Filter, ...]
    centers: tuple[CenterStock, ...]
    family: Family
    out: Reason | None
    steps: tuple[str, ...]
    findings: tuple[Finding, ...]
    mapped: Mapped


@dataclass(frozen=True, slots=True)
class Held:
    """What a guard holds: the guard, the flag that lets it through, and what it saw where that is known."""

    guard: str
    flag: str
    observed: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Everything there is to say of one good.

    `problem` tells why the export could not be read; `refused` that Prom refused the good exactly as it is
    now, where `refusal` may be older. `adoption` tells how a product that was not made from here became it,
    `candidates` are Prom's ids of the products any of which may be it, `sold` what orders hold of it that the
    export cannot know yet.
    """

    good_id: str
    title: str
    fate: Fate
    row_status: RowStatus
    row: Row | None
    problem: str
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
    attempts: tuple[Attempt, ...]
    adoption: Adoption | None
    candidates: tuple[str, ...]
    sold: tuple[Holding, ...]


def why(context: JobContext, good_id: str) -> Why:
    """Return what is known of a good; UsageError with near ids where nothing is."""
    with context.transaction() as work:
        dossier = work.products.dossier(good_id)
        looked = work.object_state.looks().looked
        attempts = tuple(work.plans.attempts(good_id, ATTEMPTS))
        row, problem = None, ""
        try:
            row = _row(context, work, good_id, _made(dossier))
        except InvalidInput as refused:
            problem = "; ".join((refused.message, *map(str, refused.mistakes)))
        if row is None and dossier.empty and not attempts:
            raise _unknown(good_id, _ids(context, work), problem)
        tree = grow(work.variants.paths())
        kept = work.products.known([good_id]).get(good_id)
        written = written_at(context.file)
        sold = work.orders.holdings(written) if written else ()
        adoption, candidates = work.adoptions.of(good_id), tuple(work.adoptions.candidates(good_id))
    known = _known(good_id, row, dossier, readable=not problem)
    if kept:
        known = replace(known, doubtful=kept.doubtful, taken=kept.taken)
    mine = tuple(holding for holding in sold if holding.good_id == good_id)
    known = replace(known, reserved=ceil(sum(holding.quantity for holding in mine)))
    verdict = judge(known, context.object)
    held = _held(known, verdict, attempts, context.object)
    return Why(
        good_id=good_id,
        title=known.title or next((item.item.change.title for item in attempts), ""),
        fate=fate(
            known,
            verdict,
            held=held is not None,
            errors=row is not None and any(found.severity is Severity.ERROR for found in row.findings),
        ),
        row_status=known.row_status,
        row=row,
        problem=problem,
        desired=_among_others(known.offered, tree),
        sent=Product(good_id, dossier.sent.values) if dossier.sent else None,
        sent_at=dossier.sent_at,
        existing=dossier.existing,
        looked=looked,
        verdict=verdict,
        held=held,
        refusal=dossier.refusal,
        refused=known.refused,
        findings=_all_findings(row, dossier),
        attempts=attempts,
        adoption=adoption,
        candidates=candidates,
        sold=mine,
    )


def _all_findings(row: Row | None, dossier: Dossier) -> tuple[Finding, ...]:
    """Return what is found in the row as it is now, and what other goods of its model make of it."""
    if row is None:
        return dossier.findings
    return (*row.findings, *(finding for finding in dossier.findings if finding.code in CODES))


def _ids(context: JobContext, work: UnitOfWork) -> set[str]:
    """Return every good that the memory knows, and those of the export as far as it can be read."""
    ids = set(work.rows.rows_of(lambda *_: True))
    with suppress(InvalidInput):
        catalog = open_export(context.file)
        ids.update(catalog.good_id(record) for record in catalog.records())
    return ids


def _unknown(good_id: str, ids: Iterable[str], problem: str) -> UsageError:
    near = get_close_matches(good_id, sorted(ids), n=5)
    hint = f"near it are {', '.join(f'`{other}`' for other in near)}" if near else None
    unread = f", and the export cannot be read: {problem}" if problem else ""
    return UsageError(
        f"neither the export nor the memory has a good `{good_id}`{did_you_mean(good_id, near)}{unread}",
        hint=hint,
    )


def _made(dossier: Dossier) -> int | None:
    """Return the variant group in which Prom has a good, 0 for none, None where Prom has not got it."""
    if dossier.sent is None or dossier.existing is None or dossier.existing.removed:
        return None
    return int(str(dossier.sent.values.get("variant_group") or 0))


def _row(context: JobContext, work: UnitOfWork, good_id: str, made: int | None) -> Row | None:
    """Return the good's row, None where the export has none.

    Raises InvalidInput where the export cannot be trusted, which shows at its end at the latest.
    """
    settings, shelf = context.object, Shelf(context.file, work)
    catalog = open_export(context.file)
    check_columns(context.file, catalog)
    records = [record for record in catalog.records() if catalog.good_id(record) == good_id]
    if not records:
        return None
    cells, lines = catalog.cells(records[0]), [record.line for record in records]
    judged = _judge(settings, shelf, good_id, lines, cells)
    found = list(judged.mapped.findings)
    if len(lines) > 1:
        found.insert(0, Finding(Code.ID_DUPLICATE, twins_message(lines), good_id, lines[-1]))
    photos = None if judged.photos is None else len(judged.photos)
    return Row(
        file=catalog.file_of(records[0]),
        lines=tuple(lines),
        led=tuple((mapping, cells[mapping.column]) for mapping in settings.fields if mapping.column in cells),
        unsent=_unsent(settings, cells),
        filters=filters(settings, cells, count_stock(settings, cells), photos),
        centers=center_stocks(settings, cells),
        family=_family(settings, work, shelf, catalog, judged, made),
        out=judged.out,
        steps=price_steps(settings, cells, judged.mapped),
        findings=tuple(found),
        mapped=judged.mapped,
    )


def _unsent(settings: SyncObject, cells: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that a rule leaves out, each with the reason."""
    reason = "`PCName` and `Country` hold the same word, which may be a brand or a country"
    return dict.fromkeys(brand_or_country(settings, cells), reason)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the filters and the rules make of one good; a good that stands twice has several lines."""

    good_id: str
    lines: Sequence[int]
    photos: tuple[Photo, ...] | None
    out: Reason | None
    mapped: Mapped

    @property
    def blocked(self) -> bool:
        """Whether it stays as it is on Prom."""
        return len(self.lines) > 1

    @property
    def relative(self) -> Relative:
        """The good as a member of its model."""
        product = self.mapped.product
        member = Member(self.good_id, self.lines[0], product.characteristics)
        return Relative(member, product.title, self.out or (Reason.BLOCKED if self.blocked else ""))


def _judge(
    settings: SyncObject, shelf: Shelf, good_id: str, lines: Sequence[int], cells: Mapping[str, str]
) -> _Judged:
    stock, kept = count_stock(settings, cells), shelf(good_id)
    photos = kept or pictures(cells) or kept
    out = why_out(settings, cells, stock, has_photos=bool(photos))
    mapped = Mapper(settings).product(good_id, lines[0], cells, stock, shelf)
    return _Judged(good_id, lines, photos, out, mapped)


def _family(
    settings: SyncObject,
    work: UnitOfWork,
    shelf: Shelf,
    catalog: CatalogFile,
    judged: _Judged,
    made: int | None,
) -> Family:
    """Return the model of a good and the other goods of it, as the export has them now."""
    key = judged.mapped.model
    if not key:
        return no_family(settings)
    column, blank = model_column(settings), settings.catalog.blank
    rows: dict[str, dict[str, str]] = {}
    lines: dict[str, list[int]] = {}
    for record in catalog.records():
        cells = catalog.cells(record)
        if model_key(cells, column, blank) == key:
            rows.setdefault(catalog.good_id(record), cells)
        if (good_id := catalog.good_id(record)) in rows:
            lines.setdefault(good_id, []).append(record.line)
    kept = {
        one.member.good_id: one
        for members in work.variants.members([model_of(key)]).values()
        for one in members
    }
    relatives = []
    for good_id, cells in rows.items():
        one = _judge(settings, shelf, good_id, lines[good_id], cells).relative
        group = kept[good_id].member.group if good_id in kept else 0
        relatives.append(replace(one, member=replace(one.member, group=group)))
    number = max((one.group for one in kept.values()), default=0)
    return family(key, judged.good_id, relatives, number, made)


def _known(good_id: str, row: Row | None, dossier: Dossier, *, readable: bool) -> ProductSnapshot:
    """Return all that is known of the good now: the row as it is, else as it was when it was last read."""
    row_status, desired = dossier.row_status or RowStatus.GONE, dossier.desired
    if row is not None:
        twice = len(row.lines) > 1
        row_status = RowStatus.BLOCKED if twice else RowStatus.OUT if row.out else RowStatus.IN
        desired = row.mapped.product
    elif readable:
        row_status = RowStatus.GONE
    kept = dossier.desired.values if dossier.desired else {}
    group = {"variant_group": kept["variant_group"]} if "variant_group" in kept else {}
    refused = False
    reason = (row.out or "") if row is not None else dossier.reason
    if desired is not None:
        desired = Product(good_id, {**desired.values, **group})
        refused = dossier.refusal is not None and {**dossier.refusal.values, **group} == desired.values
    return ProductSnapshot(
        good_id, row_status, desired, dossier.sent, dossier.existing, refused=refused, reason=reason
    )


def _among_others(desired: Product | None, tree: Tree) -> Product | None:
    """Return a desired product in the group in which the import file puts it, by what most goods tell."""
    if desired is None or not desired.path:
        return desired
    return Product(desired.good_id, {**desired.values, "group": tree.path(desired.path)})


def _held(
    known: ProductSnapshot, verdict: Verdict, attempts: Sequence[Attempt], settings: SyncObject
) -> Held | None:
    """Return what a guard holds: a price by what is known now, the rest as the last plan had it."""
    change = verdict.change
    if change is None:
        return None
    if change.verb is not Verb.REMOVE:
        old = known.existing.values if known.existing and change.verb is Verb.UPDATE else {}
        quantity = known.desired.whole("quantity") if known.desired else None
        violation: GuardViolation | None = guards.price_violation(
            known.good_id, old, change.new, settings.limits, quantity
        )
        if violation:
            observed = f"{violation.observed}; the limit is {violation.limit}; {violation.cause}"
            return Held(violation.guard, violation.flag, observed)
    for attempt in attempts:
        past = attempt.item.change
        newest = attempt.at == attempts[0].at
        if newest and past.held and past.held != Guard.PRICE and past.verb is change.verb:
            return Held(past.held, f"--allow {past.held}=NUMBER")
    return None
