"""What became of the changes of an import, by Prom's last word and by what it shows.

Source: docs/developers/prom-api.md §4.4, §11 Q4-Q6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torgsync.core.plan.channels import (
    ImportState,
    by_channel,
)
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import IN_MODERATION, Verb, is_cut
from torgsync.core.product.fields import FIELDS, Channel, Value
from torgsync.core.product.products import Existing, Product, shows
from torgsync.core.text import counted
from torgsync.jobs.push.edits import Edit
from torgsync.state.runs.plans import Numbered, State
from torgsync.state.shop.products import Accepted


@dataclass(frozen=True, slots=True)
class Ended:
    """How an import ended: what Prom said last, None where its acceptance or its end is unknown.

    `looked` tells that its products were read back already.
    """

    state: ImportState | None
    trouble: str = ""
    looked: bool = False

    @property
    def lost_photos(self) -> bool:
        """Whether some photos of some product could not be fetched."""
        return self.state is not None and self.state.photos_failed

    @property
    def word(self) -> str:
        """How the journal calls this end."""
        if self.state is None:
            return "unclear"
        return "fatal" if self.state.fatal else "finished"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one change, what to remember of it, and the edit that a new product still needs."""

    seq: int
    state: State
    message: str = ""
    accepted: Accepted | None = None
    refused: Product | None = None
    fix: Edit | None = None


ENDING = 20
"""Letters that are shown of the end of a text."""
DESCRIPTIONS = frozenset({"description", "description_ru"})
"""Texts that no offer may lack (prom-api §7.2): one that has none says its name there, and so does Prom
afterwards."""


def is_blank(known: ProductSnapshot, name: str) -> bool:
    """Tell whether a good has no such text and Prom shows one."""
    wanted, shown = known.wanted, known.existing
    return bool(wanted and shown and wanted.values.get(name) == "" and shown.values.get(name))


def settle_update(
    item: Numbered, known: ProductSnapshot, ended: Ended, beside: Mapping[str, Value], *, touched: bool
) -> Settled:
    """Settle an update by what Prom says of the whole and shows of this product.

    `beside` are values that the file could not but change besides.

    Where Prom counts errors without saying whose, a product that shows what was wanted is done, and so is one
    that shows none of the changed fields but was modified by the import. The others were refused; they are
    not sent again until they change.
    """
    values = {name: item.change.fields[name].new for name in by_channel(item.change.fields, Channel.IMPORT)}
    shown, state = known.existing, ended.state
    clean = state is not None and not state.fatal and not state.failed
    visible = any(FIELDS[name].shown for name in values)
    if shown is not None and (clean or (shows(shown, values) if visible else touched)):
        told = {**beside, **values}
        return Settled(item.seq, State.DONE, accepted=accepted_of(item.change.good_id, told, shown))
    if state is None:
        return Settled(item.seq, State.UNCLEAR, _reason(ended, item.change.good_id))
    return Settled(
        item.seq,
        State.REFUSED,
        _reason(ended, item.change.good_id),
        refused=None if state.fatal else known.desired,
    )


def settle_missing(item: Numbered, known: ProductSnapshot, ended: Ended) -> Settled:
    """Settle a product that was not made. What Prom refused by itself is not sent again until it changes."""
    if ended.state is None:
        return Settled(item.seq, State.UNCLEAR, _reason(ended, item.change.good_id))
    refused = None if ended.state.fatal else known.desired
    return Settled(item.seq, State.REFUSED, _reason(ended, item.change.good_id), refused=refused)


def arrived(item: Numbered, known: ProductSnapshot, *, touched: bool) -> bool:
    """Tell whether Prom shows what an import was to make of a product, or `touched` it where it cannot."""
    if item.change.verb is Verb.CREATE:
        return known.existing is not None and not known.existing.removed
    values = {name: item.change.fields[name].new for name in by_channel(item.change.fields, Channel.IMPORT)}
    visible = any(FIELDS[name].shown for name in values)
    return known.existing is not None and (shows(known.existing, values) if visible else touched)


def accepted_of(good_id: str, values: Mapping[str, Value], shown: Existing) -> Accepted:
    """Return what was accepted, and where Prom shows a text of its own instead, that too."""
    echo = {
        name: shown.values[name]
        for name in by_channel(values, Channel.IMPORT)
        if FIELDS[name].shown and name in shown.values and shown.values[name] != values[name]
    }
    return Accepted(good_id, values, echo)


def told_of_cuts(accepted: Accepted) -> str:
    """Return which texts Prom cut and where they end there, empty where it cut none."""
    cuts = [
        f"Prom.ua cut {name} to {counted(len(shown), 'character')}, it ends with `{shown[-ENDING:]}`"
        for name, shown in accepted.echo.items()
        if isinstance(shown, str) and is_cut(accepted.values[name], shown)
    ]
    return "; ".join(cuts)


def without_moderation(desired: Mapping[str, Value], shown: Existing) -> dict[str, Value]:
    """Leave the status out while a moderator looks at a new product: no edit can end that."""
    moderated = shown.values.get("status") in IN_MODERATION
    return {name: value for name, value in desired.items() if not (moderated and name == "status")}


def remarks_of(good_id: str, ended: Ended) -> str:
    """Return what Prom said of one product, empty where it said nothing."""
    return "; ".join(ended.state.errors_of.get(good_id, ())) if ended.state else ""


def _reason(ended: Ended, good_id: str) -> str:
    if ended.state is None:
        return ended.trouble
    said = remarks_of(good_id, ended) or "; ".join(ended.state.errors[:3])
    return said or "Prom.ua made no product of it and gave no reason"
