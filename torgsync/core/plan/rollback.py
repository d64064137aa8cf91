"""Turns a run back: what it did and what is known now give the changes back, and what cannot go back.

Only what a run did and what is still as it left it is turned back. What moved since belongs to whoever moved
it, and is named. Values are compared with what Prom shows, or with what was last sent where it shows none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from torgsync.core.config.settings import Gone
from torgsync.core.plan.channels import by_channel
from torgsync.core.plan.decide import ProductSnapshot, why_incomplete
from torgsync.core.plan.diff import (
    IN_MODERATION,
    Change,
    FieldChange,
    Leaving,
    Sent,
    Verb,
    creation,
    removal,
    same,
)
from torgsync.core.product.fields import FIELDS, Channel, Value
from torgsync.core.product.products import Existing, Product


class Left(StrEnum):
    """Why something that a run did is not turned back."""

    MOVED = "moved"  # somebody or a later run changed it since
    UNKNOWN = "unknown"  # nobody knows what was there before
    NO_CALL = "no-call"  # no call of Prom's can change it
    ABSENT = "absent"  # the product is not on Prom any more
    MODERATED = "moderated"  # Prom's moderators deleted the product
    NEVER_SENT = "never-sent"  # a deleted product of which too little was ever sent from here
    REFUSED = "refused"  # Prom refused it, as it would go back, already
    FOREIGN = "foreign"  # a deleted product that was none of ours
    NO_EXTERNAL_ID = "no-external-id"  # what needs an import, of a product without an external id
    KEPT = "kept"  # a product that the run made, and the object keeps what left
    UNCLEAR = "unclear"  # nobody knows whether the run did it


@dataclass(frozen=True, slots=True)
class Remain:
    """One thing that stays as it is: a good's field, or the whole change where `field` is empty."""

    good_id: str
    title: str
    reason: Left
    field: str = ""
    prom_id: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """What turns one change back, None where nothing is to do, and what of it cannot go back.

    `anew` says that a deleted product is made once more, `hidden` that one is hidden instead of deleted.
    """

    change: Change | None = None
    remains: tuple[Remain, ...] = ()
    anew: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """What a plan turns back: the run, and what of it stays as it is.

    `not_done` counts the changes of the run that are known never to have happened, `anew` the products that
    are made once more, `hidden` those that are hidden instead of deleted.
    """

    run: int
    remains: tuple[Remain, ...] = ()
    not_done: int = 0
    anew: int = 0
    hidden: int = 0


def turn_back(done: Change, known: ProductSnapshot | None, gone: Gone) -> Back:
    """Return what turns a change back that a run did, by what is `known` of its good now.

    `known` is None where nothing is; `gone` is what the object does with products that leave.
    """
    if done.prom_id:
        return _left(done, Left.FOREIGN)
    if known is None:
        return _left(done, Left.ABSENT)
    if known.existing is not None and known.existing.values.get("status") == "deleted_by_moderator":
        return _left(done, Left.MODERATED)
    if done.verb is Verb.CREATE:
        return _take_out(done, known, gone)
    if done.new.get("status") == "deleted":
        return _make_anew(done, known)
    return _set_back(done, known)


def imported(change: Change) -> Product:
    """Return what an import is to make of a good on its way back, as refusals are remembered.

    Its variant group is no part of that (`state/shop/products.py`).
    """
    names = change.fields if change.verb is Verb.CREATE else by_channel(change.fields, Channel.IMPORT)
    values = {name: change.fields[name].new for name in names if name != "variant_group"}
    return Product(change.good_id, values)


def without_refused(back: Back, refused: Mapping[str, Value] | None) -> Back:
    """Return a way back without what Prom `refused` to import already, None where it refused nothing.

    Each try would cost one of the day's few imports, and nothing is taken out after it.
    """
    change = back.change
    if change is None or change.via is not Channel.IMPORT or imported(change).values != refused:
        return back
    if change.verb is Verb.CREATE:
        return _left(change, Left.REFUSED)
    names = by_channel(change.fields, Channel.IMPORT)
    rest = change.narrowed(set(change.fields) - set(names))
    return Back(rest if rest.fields else None, (*back.remains, *_remain(change, Left.REFUSED, names)))


def in_parts(change: Change) -> bool:
    """Tell whether a change takes several requests: some of it may be done, whatever the worst came to."""
    imported = change.via is Channel.IMPORT
    return change.verb is Verb.CREATE or (imported and bool(by_channel(change.fields, Channel.EDIT)))


def turn_back_unsure(
    wanted: Change, known: ProductSnapshot | None, gone: Gone, *, settled: bool, later: Collection[str]
) -> Back | None:
    """Return what turns a change back that a run may have done in part or whole; None where it did nothing.

    What is as the run wanted it was done by that run, but for the fields that `later` runs have changed. What
    Prom does not show is held against what was last sent; unless the outcome is `settled`, nobody knows it.
    """
    if wanted.prom_id:
        return None if settled else _left(wanted, Left.UNCLEAR)
    if known is None or set(later).issuperset(wanted.fields):
        return None if settled else Back()
    shown = known.on_prom
    if wanted.new.get("status") == "deleted":
        return None if shown else turn_back(wanted, known, gone)
    if shown is None:
        return None if settled else _left(wanted, Left.UNCLEAR)
    if wanted.verb is Verb.CREATE:
        back = turn_back(wanted, known, gone)
        moved = any(remain.reason is Left.MOVED for remain in back.remains)
        return _left(wanted, Left.UNCLEAR) if moved else back
    return _set_back_unsure(wanted.narrowed(set(wanted.fields) - set(later)), known, shown, settled=settled)


def _set_back_unsure(
    wanted: Change, known: ProductSnapshot, shown: Existing, *, settled: bool
) -> Back | None:
    """Set the fields back that are as the run wanted them; name those of which nobody knows."""
    its: list[str] = []
    doubted: list[str] = []
    for name, moved in _before(wanted).items():
        visible = FIELDS[name].shown and name in shown.values
        if _as_left(name, moved.new, wanted.new, known, shown):
            its.append(name)
        elif not settled and not (visible and _equal(name, moved.old, wanted.new, known, shown)):
            doubted.append(name)
    if not its and not doubted:
        return None
    back = _set_back(wanted.narrowed(its), known)
    return Back(back.change, (*back.remains, *_remain(wanted, Left.UNCLEAR, doubted)))


def _left(done: Change, reason: Left) -> Back:
    return Back(remains=(Remain(done.good_id, done.title, reason, prom_id=done.prom_id),))


def _take_out(done: Change, known: ProductSnapshot, gone: Gone) -> Back:
    """Take a product out that the run made, if all of it is as the run made it.

    It is hidden where others would be deleted: the export may ask for it again, and Prom takes no deleted id
    a second time (prom-api §4.5).
    """
    shown, hides = known.on_prom, gone == "delete"
    fields = removal(shown, "hide" if hides else gone) if shown else {}
    if shown is not None and gone == "keep":
        return _left(done, Left.KEPT)
    if shown is None or not fields:
        return Back()  # it is out already
    moved = [name for name, value in done.new.items() if not _as_left(name, value, done.new, known, shown)]
    if moved:
        return Back(remains=tuple(_remain(done, Left.MOVED, moved)))
    return Back(Change(done.good_id, Verb.REMOVE, done.title, fields, reason=Leaving.UNDONE), hidden=hides)


def _make_anew(done: Change, known: ProductSnapshot) -> Back:
    """Make a product anew that the run deleted: from what was last sent, as it was before the run."""
    if known.on_prom is not None:
        return _left(done, Left.MOVED)
    if known.existing is not None and not known.existing.external_id:
        return _left(done, Left.NO_EXTERNAL_ID)
    last = dict(known.sent.values) if known.sent else {}
    before = {name: moved.old for name, moved in _before(done).items() if moved.old is not None}
    product = Product(known.good_id, {**last, **before})
    if why_incomplete(product):
        return _left(done, Left.NEVER_SENT)
    return Back(creation(product), anew=True)


def _set_back(done: Change, known: ProductSnapshot) -> Back:
    """Set fields back that the run changed, each that is still as the run left it."""
    shown = known.on_prom
    if shown is None:
        return _left(done, Left.ABSENT)
    fields: dict[str, FieldChange] = {}
    remains: list[Remain] = []
    for name, moved in _before(done).items():
        now = _now(name, known.sent, shown)
        if _equal(name, moved.old, done.new, known, shown) and not _unknown(name, moved.old):
            continue  # it is as it was before
        if not _as_left(name, moved.new, done.new, known, shown):
            remains += _remain(done, Left.MOVED, [name])
        elif FIELDS[name].channel is Channel.CREATION:
            remains += _remain(done, Left.NO_CALL, [name])
        elif _unknown(name, moved.old):
            remains += _remain(done, Left.UNKNOWN, [name])
        else:
            fields[name] = FieldChange(now, moved.old)
    if not shown.external_id:
        imports = by_channel(fields, Channel.IMPORT)
        remains += _remain(done, Left.NO_EXTERNAL_ID, imports)
        fields = {name: moved for name, moved in fields.items() if name not in imports}
    change = Change(done.good_id, Verb.UPDATE, done.title, fields) if fields else None
    return Back(change, tuple(remains))


def _before(done: Change) -> dict[str, FieldChange]:
    """Return the fields of a change; one that a moderator looked at is shown, as no edit sets that status."""
    return {
        name: replace(moved, old="on_display") if name == "status" and moved.old in IN_MODERATION else moved
        for name, moved in done.fields.items()
    }


def _remain(done: Change, reason: Left, names: Iterable[str]) -> list[Remain]:
    return [Remain(done.good_id, done.title, reason, name) for name in names]


def _unknown(name: str, old: Value) -> bool:
    """Tell whether nobody knows what a field was before; no discount is a discount that is known."""
    return old is None and name != "discount"


def _now(name: str, sent: Sent | None, shown: Existing) -> Value:
    """Return what a field is now: as Prom shows it, or as it was last sent."""
    last = sent.values.get(name) if sent else None
    if not FIELDS[name].shown or name not in shown.values:
        return last
    now = shown.values[name]
    return last if sent and name in sent.echo and now == sent.echo[name] else now


def _as_left(
    name: str, new: Value, wanted: Mapping[str, Value], known: ProductSnapshot, shown: Existing
) -> bool:
    """Tell whether a field is still as a run left it. Nothing can have moved what no call changes."""
    if FIELDS[name].channel is Channel.CREATION:
        return True
    now = _now(name, known.sent, shown)
    moderated = name == "status" and new == "on_display" and now in IN_MODERATION
    return moderated or _equal(name, new, wanted, known, shown)


def _equal(
    name: str, value: Value, wanted: Mapping[str, Value], known: ProductSnapshot, shown: Existing
) -> bool:
    return same(name, value, wanted, shown.values, _now(name, known.sent, shown))
