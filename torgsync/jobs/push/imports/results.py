"""Decide the outcome of each change of an import, by Prom's last answer and by what it shows.

Source: docs/developers/prom-api.md §4.4, §11 Q4-Q6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torgsync.core.plan.channels import ImportState, by_channel
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import IN_MODERATION, Verb, is_cut
from torgsync.core.plan.outcomes import Outcome, OutcomeCode, OutcomeReason, OutcomeReasons, prom_said
from torgsync.core.product.fields import FIELDS, Channel, Value
from torgsync.core.product.products import Existing, Product, shows
from torgsync.core.reason import Reason
from torgsync.jobs.push.edits import Edit
from torgsync.state.runs.journal import ImportEnd
from torgsync.state.runs.plans import NumberedChange
from torgsync.state.shop.products import Accepted


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How an import ended.

    Args:
        state: What Prom said last, None where the acceptance or the end of the import is unknown.
        trouble: Why it is unknown.
        read_back: Whether its products were read back already.
    """

    state: ImportState | None
    trouble: OutcomeReason | None = None
    read_back: bool = False

    @property
    def lost_photos(self) -> bool:
        """Whether some photos of some product could not be fetched."""
        return self.state is not None and self.state.photos_failed

    @property
    def end(self) -> ImportEnd:
        """What the journal records."""
        if self.state is None:
            return ImportEnd.UNCLEAR
        return ImportEnd.FATAL if self.state.fatal else ImportEnd.FINISHED

    def errors_of(self, good_id: str) -> OutcomeReasons:
        """Return what Prom said of one product; it says something of a success too."""
        errors = self.state.errors_of.get(good_id, ()) if self.state else ()
        return (prom_said(*errors),) if any(errors) else ()

    def reasons(self, good_id: str) -> OutcomeReasons:
        """Return why a product was refused or is unclear."""
        if self.state is None:
            return (self.trouble,) if self.trouble else ()
        if of_product := self.errors_of(good_id):
            return of_product
        errors = self.state.errors[:3]
        return (prom_said(*errors) if any(errors) else Reason(OutcomeCode.NO_REASON),)


@dataclass(frozen=True, slots=True)
class ImportedChange:
    """The outcome of one change of an import.

    Args:
        seq: The number of the change in the plan.
        outcome: What happened to it.
        reasons: Why, or what Prom made of it.
        accepted: The values to store as sent.
        refused: The product that Prom refused by itself; it is not sent again until it changes.
        edit: The edit that a new product still needs.
    """

    seq: int
    outcome: Outcome
    reasons: OutcomeReasons = ()
    accepted: Accepted | None = None
    refused: Product | None = None
    edit: Edit | None = None


ENDING = 20
"""Letters of the end of a cut text that are kept as an argument."""
DESCRIPTIONS = frozenset({"description", "description_ru"})
"""Texts that every offer must have (prom-api §7.2). A product that has none gets its name there, and Prom
shows that afterwards."""


def is_name_instead(known: ProductSnapshot, field: str) -> bool:
    """Return whether a good has no such text although Prom shows one."""
    wanted, shown = known.wanted, known.existing
    return bool(wanted and shown and wanted.values.get(field) == "" and shown.values.get(field))


def updated(
    item: NumberedChange,
    known: ProductSnapshot,
    result: ImportResult,
    side_effects: Mapping[str, Value],
    *,
    touched: bool,
) -> ImportedChange:
    """Return the outcome of an update.

    When Prom counts errors without naming products, a product that shows what was wanted is done, and so is
    one that shows none of the changed fields but was modified by the import. The others were refused.

    Args:
        item: The update.
        known: The product as it was read back.
        result: How the import ended.
        side_effects: Values that the file could not but change as well.
        touched: Whether the import modified the product.
    """
    values = _imported_values(item)
    state, shown = result.state, known.existing
    clean = state is not None and not state.fatal and not state.failed
    if shown is not None and (clean or _shows_or_touched(shown, values, touched=touched)):
        accepted = accepted_of(item.change.good_id, {**side_effects, **values}, shown)
        return ImportedChange(item.seq, Outcome.DONE, accepted=accepted)
    return not_imported(item, known, result)


def not_imported(item: NumberedChange, known: ProductSnapshot, result: ImportResult) -> ImportedChange:
    """Return the outcome of a change that Prom does not show: unclear or refused."""
    reasons = result.reasons(item.change.good_id)
    if result.state is None:
        return ImportedChange(item.seq, Outcome.UNCLEAR, reasons)
    refused = None if result.state.fatal else known.desired
    return ImportedChange(item.seq, Outcome.REFUSED, reasons, refused=refused)


def has_arrived(item: NumberedChange, known: ProductSnapshot, *, touched: bool) -> bool:
    """Return whether Prom shows what an import was to make, or the import `touched` what cannot be seen."""
    if item.change.verb is Verb.CREATE:
        return known.existing is not None and not known.existing.removed
    return known.existing is not None and _shows_or_touched(
        known.existing, _imported_values(item), touched=touched
    )


def _imported_values(item: NumberedChange) -> dict[str, Value]:
    fields = item.change.fields
    return {name: fields[name].new for name in by_channel(fields, Channel.IMPORT)}


def _shows_or_touched(shown: Existing, values: Mapping[str, Value], *, touched: bool) -> bool:
    visible = any(FIELDS[name].shown for name in values)
    return shows(shown, values) if visible else touched


def accepted_of(good_id: str, values: Mapping[str, Value], shown: Existing) -> Accepted:
    """Return what was accepted, with the echo where Prom shows another text."""
    echo = {
        name: shown.values[name]
        for name in by_channel(values, Channel.IMPORT)
        if FIELDS[name].shown and name in shown.values and shown.values[name] != values[name]
    }
    return Accepted(good_id, values, echo)


def cut_texts(accepted: Accepted) -> OutcomeReasons:
    """Return which texts Prom cut, their length now, and how they end."""
    return tuple(
        Reason(OutcomeCode.TEXT_CUT, {"field": name, "length": len(shown), "ending": shown[-ENDING:]})
        for name, shown in accepted.echo.items()
        if isinstance(shown, str) and is_cut(accepted.values[name], shown)
    )


def without_moderation(desired: Mapping[str, Value], shown: Existing) -> dict[str, Value]:
    """Leave the status out while a new product is in moderation: no edit can end that."""
    moderated = shown.values.get("status") in IN_MODERATION
    return {name: value for name, value in desired.items() if not (moderated and name == "status")}
