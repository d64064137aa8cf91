"""A plan as a value: sums, violations, skipped goods; a saved plan, and what of it may still be sent.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from torgsync.core.findings import Finding
from torgsync.core.plan.channels import Budget
from torgsync.core.plan.choice import EVERYTHING, Choice
from torgsync.core.plan.diff import Change, buyer_price
from torgsync.core.plan.guards import GuardViolation
from torgsync.core.problems import ProblemCode, problem
from torgsync.core.product.fields import CENT, ZERO
from torgsync.core.product.products import Existing
from torgsync.errors import Problem


@dataclass(frozen=True, slots=True)
class Skipped:
    """One good that stays out: why, its line in the export (0 where it has none), its name if it has one.

    `reason` is a `SkipReason`, `finding` the one that explains it further.
    """

    good_id: str
    reason: str
    line: int
    title: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a plan, in goods. Held ones are also counted under their verb.

    `to_send` counts goods of which something goes; the rest of such a good may be held.
    """

    create: int = 0
    update: int = 0
    remove: int = 0
    held: int = 0
    skipped: int = 0
    unchanged: int = 0
    foreign: int = 0
    to_send: int = 0

    @property
    def changes(self) -> int:
        """How many goods have changes, held ones included."""
        return self.create + self.update + self.remove

    @property
    def parted(self) -> int:
        """Of how many goods a part goes while the rest is held: each is a change of its own."""
        return max(0, self.to_send + self.held - self.changes)


@dataclass(frozen=True, slots=True)
class RemovedStock:
    """What a plan removes although it is in stock: products, pieces, and what buyers would have paid.

    `worth` is in the shop's currency; a product without a price adds nothing to it.
    """

    products: int = 0
    pieces: int = 0
    worth: Decimal = ZERO

    def plus(self, existing: Existing) -> RemovedStock:
        """Return it with one more removed product; one that is not on sale now adds nothing."""
        pieces = existing.values.get("quantity")
        on_sale = existing.values.get("status") == "on_display"
        if not on_sale or not isinstance(pieces, int) or pieces <= 0:
            return self
        price = buyer_price(existing.values) or Decimal(0)
        worth = (self.worth + price * pieces).quantize(CENT)
        return RemovedStock(self.products + 1, self.pieces + pieces, worth)


@dataclass(frozen=True, slots=True)
class Removed:
    """Products that a plan deletes, which nothing undoes, and those that it hides to delete them `later`."""

    deleted: int = 0
    later: int = 0


class ExportInfo(Struct, frozen=True):
    """The export that a plan was made from; `goods` counts its rows."""

    path: str
    goods: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of one look at a sync object; equal plans have equal ids, digests of their changes."""

    id: str
    object: str
    made: datetime
    export: ExportInfo
    counts: Counts
    budget: Budget
    violations: tuple[GuardViolation, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)  # goods, by the reason that keeps them out
    left_alone: Mapping[str, int] = field(default_factory=dict)  # goods, by the field that is Prom's
    edited: int = 0  # goods of which something goes that a person edited on Prom
    offline: bool = False  # made of what Prom showed last
    offers: int = 0  # changes that need the import
    removed: Removed = Removed()
    pending: int = 0  # goods with changes that the choice leaves out
    choice: Choice = EVERYTHING
    variants: int = 0  # goods that go along as variants of chosen ones
    removed_stock: RemovedStock = RemovedStock()
    overrides: tuple[GuardViolation, ...] = ()  # what a person allowed
    unmet: tuple[str, ...] = ()  # values of `--allow` that allowed nothing


MOVED = "moved"
"""The guard of a change that is not sent because its good changed since the plan was saved."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a saved plan says of itself; its changes follow one by one.

    `settings` is the fingerprint of everything but the rows that shapes a plan, `export` that of the file
    and all else of its reading, `state` that of what was remembered. `choice` is what of the whole was chosen
    when it was made, `allow` are the values of `--allow`, `undoes` is the run that it turns back.
    """

    id: str
    object: str
    made: datetime
    user: str
    host: str
    settings: str
    export: str
    state: str
    counts: Counts
    choice: Choice = EVERYTHING
    allow: tuple[str, ...] = field(default=())
    undoes: int = 0


class SavedVerdict(Struct, frozen=True):
    """The parts of a saved change that may be sent, or why none of it may."""

    parts: tuple[Change, ...] = ()
    moved: Problem | None = None


def judge_saved(saved: Change, fresh: Iterable[Change]) -> SavedVerdict:
    """Return what of a saved change may be sent, by what a plan made now says of the same good.

    Every field must still change from the same value to the same value; other changes of the new plan stay
    pending. What a guard holds now stays held, whatever it was when the plan was saved.
    """
    now = [change for change in fresh if change.verb is saved.verb]
    if not now:
        return SavedVerdict(moved=problem(ProblemCode.NOT_PENDING))
    pending = {name: field for change in now for name, field in change.fields.items()}
    for name, before in saved.fields.items():
        if name not in pending:
            return SavedVerdict(moved=problem(ProblemCode.FIELD_NOT_PENDING, field=name))
        now_field = pending[name]
        if (now_field.old, now_field.new) != (before.old, before.new):
            on_prom = now_field.old != before.old
            code = ProblemCode.CHANGED_ON_PROM if on_prom else ProblemCode.CHANGED_IN_EXPORT
            return SavedVerdict(moved=problem(code, field=name))
    parts = [change.narrowed(name for name in change.fields if name in saved.fields) for change in now]
    return SavedVerdict(tuple(part for part in parts if part.fields))


def refused(saved: Change) -> Change:
    """Return a saved change as one that is not performed."""
    return replace(saved, held=MOVED)


def stale(saved: SavedPlan, now: Mapping[str, str]) -> Problem | None:
    """Return why a saved plan as a whole is out of date, None where it may be looked at good by good.

    `now` holds the fingerprints of today, keyed as in `SavedPlan`.
    """
    if saved.settings == now["settings"]:
        return None
    return problem(ProblemCode.SETTINGS_CHANGED, object=saved.object)


def gone(saved: SavedPlan, now: Mapping[str, str]) -> Problem:
    """Return why no change of a saved plan is pending any more, as far as its fingerprints show."""
    if saved.state.partition("/")[0] != now["state"].partition("/")[0]:
        return problem(ProblemCode.RUN_SINCE)
    if saved.export != now["export"]:
        return problem(ProblemCode.EXPORT_SINCE)
    return problem(ProblemCode.PROM_SINCE)
