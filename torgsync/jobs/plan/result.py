"""The result of making a plan, and the parts of it that are kept in the state because they can be many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace as replace_struct

from torgsync.core.findings import Code, Finding, Severity
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.paging import pages
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.photo_names import PhotoNames
from torgsync.core.plan.plan import Plan, Skipped
from torgsync.core.product.products import Existing
from torgsync.jobs.context import JobContext
from torgsync.jobs.photos.names import photo_names
from torgsync.state.runs.change_rows import ChangePlace, NumberedChange
from torgsync.state.store import UnitOfWork

if TYPE_CHECKING:
    from torgsync.core.plan.approval.kept import Approval
    from torgsync.core.plan.rollback import Undone

_INCOMPLETE = frozenset(
    {SkipReason.NO_PRICE, SkipReason.NO_NAME, SkipReason.NO_STOCK, SkipReason.DISPLAY_UNKNOWN}
)
"""Why a new good waits for a cell of its row."""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan, the number under which the state keeps its changes, and what was found meanwhile.

    `findings` are those of the look as a whole, `skipped` the goods that the export offers and the plan
    leaves out; those of rows are in the state. `reconciled` counts changes of earlier runs whose outcome only
    this look showed. `undone` is set where the plan undoes a run, `approval` where it is the approved part
    of a kept plan.
    """

    plan: Plan
    number: int
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    reconciled: int = 0
    undone: Undone | None = None
    approval: Approval | None = None


def without_open_import(result: PlanResult) -> PlanResult:
    """Return a result without the finding of an open import, which has ended since."""
    left = tuple(found for found in result.findings if found.code is not Code.IMPORT_OPEN)
    return replace(result, findings=left)


def findings(work: UnitOfWork, result: PlanResult) -> Iterator[Finding]:
    """Yield all findings: of the look as a whole, then of the goods, by line."""
    yield from result.findings
    yield from work.rows.findings()


def skipped(work: UnitOfWork, result: PlanResult, reason: str | None = None) -> Iterator[Skipped]:
    """Yield every good that stays out, or those of one reason, each with the finding that explains it."""
    yield from work.products.skipped(reason)
    for item in result.skipped:
        if reason in (None, item.reason):
            yield replace(item, finding=_error(work, item)) if item.reason in _INCOMPLETE else item


def _error(work: UnitOfWork, item: Skipped) -> Finding | None:
    """Return the first error of a good's row."""
    rows = work.rows.findings(item.good_id)
    return next((finding for finding in rows if finding.severity is Severity.ERROR), None)


class FindingGroup(Struct, frozen=True):
    """All findings of one code: their number and the first of them, or all."""

    code: Code
    count: int
    findings: tuple[Finding, ...]


class ListedChange(NamedTuple):
    """A change with the address of its good's first photo, empty for none."""

    item: NumberedChange
    photo: str


class PlanView:
    """What of a plan is shown and kept in the state; each part is read again whenever it is asked for."""

    def __init__(self, context: JobContext, number: int) -> None:
        self._context = context
        self.number = number

    def changes(self) -> Iterator[NumberedChange]:
        """Yield the changes: creations, updates, removals, each in the order of the file."""
        with self._context.transaction(durable=False) as work:
            yield from work.plans.changes(self.number)

    def changes_by_group(self) -> Iterator[tuple[NumberedChange, str]]:
        """Yield the changes as people see them, each with its good's topmost group, empty for none."""
        names = self._photo_names
        with self._context.transaction(durable=False) as work:
            for item, group in work.plans.groups(self.number):
                yield replace_struct(item, change=names.of_change(item.change)), group

    def holds(self) -> Counter[str]:
        """Return how many changes each guard holds."""
        held = Counter[str]()
        with self._context.transaction(durable=False) as work:
            for (guard, _verb), count in work.plans.holds(self.number).items():
                held[guard] += count
        return held

    def places(self) -> list[ChangePlace]:
        """Return where a report shows each change."""
        with self._context.transaction(durable=False) as work:
            return list(work.plans.places(self.number))

    def listed(self, seqs: Sequence[int]) -> Iterator[ListedChange]:
        """Yield the changes with these numbers, in this order, each with its good's photo."""
        for page in pages(seqs):
            with self._context.transaction(durable=False) as work:
                numbered = work.plans.numbered(self.number, page)
                goods = [item.change.good_id for item in numbered.values() if not item.change.prom_id]
                photos = work.products.main_photos(goods)
            for item in (numbered[seq] for seq in page if seq in numbered):
                photo = "" if item.change.prom_id else photos.get(item.change.good_id, "")
                named = self._photo_names.of_change(item.change)
                yield ListedChange(replace_struct(item, change=named), photo)

    @cached_property
    def _photo_names(self) -> PhotoNames:
        with self._context.transaction(durable=False) as work:
            return photo_names(self._context, work)

    def totals(self, *, held: bool) -> Counter[Verb]:
        """Return how many goods each verb touches; with `held` how many of its changes are held."""
        with self._context.transaction(durable=False) as work:
            if not held:
                return Counter({verb: work.plans.goods(self.number, verb) for verb in Verb})
            totals = Counter[Verb]()
            for (verb, _, is_held), count in work.plans.counts(self.number).items():
                totals[verb] += count if is_held else 0
            return totals


class PlanResultView(PlanView):
    """A plan that was just made, with its findings, skipped goods and foreign products."""

    def __init__(self, context: JobContext, result: PlanResult) -> None:
        super().__init__(context, result.number)
        self.result = result

    def findings(self) -> Iterator[Finding]:
        """Yield all findings."""
        with self._context.transaction(durable=False) as work:
            yield from findings(work, self.result)

    def finding_groups(self, most: int | None = None) -> Iterator[FindingGroup]:
        """Yield the findings by code: the first of each, at most so many, or every one.

        The gravest come first, then those that are first in the file.
        """
        with self._context.transaction(durable=False) as work:
            counts = Counter(finding.code for finding in self.result.findings)
            counts += Counter(work.rows.finding_counts())
            by_first = [(next(self._of_code(work, code)), code) for code in counts]
            for first, code in sorted(by_first, key=lambda group: group[0].place):
                shown = (first,) if most == 1 else tuple(islice(self._of_code(work, code), most))
                yield FindingGroup(code, counts[code], shown)

    def _of_code(self, work: UnitOfWork, code: Code) -> Iterator[Finding]:
        """Yield the findings of a code: of the look as a whole, then of the goods, by line."""
        of_look = (finding for finding in self.result.findings if finding.code is code)
        yield from sorted(of_look, key=lambda finding: finding.line)
        yield from work.rows.findings(code=code)

    def skipped(self, reason: str | None = None) -> Iterator[Skipped]:
        """Yield every good that stays out, or those of one reason."""
        with self._context.transaction(durable=False) as work:
            yield from skipped(work, self.result, reason)

    def foreign(self) -> list[Existing]:
        """Return the products on Prom that torgsync does not manage, by Prom's id."""
        with self._context.transaction(durable=False) as work:
            return work.existing.foreign()
