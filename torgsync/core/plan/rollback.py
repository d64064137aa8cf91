"""Undo a run: from its changes and what is known now, the reverse changes and what cannot be undone.

Only what the run did and what is still as it left it is undone. What changed since is kept and named. Values
are compared with what Prom shows, or with what was last sent where Prom shows none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct, structs

from torgsync.core.config.settings import Gone, Limits
from torgsync.core.plan.channels import by_channel
from torgsync.core.plan.decide import ProductSnapshot, why_incomplete
from torgsync.core.plan.diff import IN_MODERATION, Change, FieldChange, Leaving, Verb, creation, removal, same
from torgsync.core.plan.plan_guards import price_violation
from torgsync.core.product.fields import FIELDS, RETAIL_FIELDS, Channel, Value
from torgsync.core.product.products import Existing, Product


class Obstacle(StrEnum):
    """Why something that a run did is not undone."""

    MOVED = "moved"  # a person or a later run changed it since
    UNKNOWN = "unknown"  # its value before the run is unknown
    NO_CALL = "no-call"  # no call can change it
    ABSENT = "absent"  # the product is not on Prom any more
    MODERATED = "moderated"  # Prom's moderators deleted the product
    NEVER_SENT = "never-sent"  # a deleted product of which too little was ever sent from here
    REFUSED = "refused"  # Prom refused it, as it would go back, already
    FOREIGN = "foreign"  # a deleted product that torgsync did not manage
    NO_EXTERNAL_ID = "no-external-id"  # what needs an import, of a product without an external id
    KEPT = "kept"  # a product that the run created, and the object keeps removed products
    UNCLEAR = "unclear"  # it is unknown whether the run did it


class NotUndone(Struct, frozen=True):
    """What is not undone: one field of a good, or the whole change where `field` is empty.

    `run` is the later run that changed it, 0 where none did; `created`: the run created the product.
    """

    good_id: str
    title: str
    reason: Obstacle
    field: str = ""
    prom_id: str = ""
    run: int = 0
    created: bool = False


class Reversal(Struct, frozen=True):
    """The reverse of one change, None where there is nothing to do, and what of it is not undone.

    `recreated`: a deleted product is created again; `hidden`: it is hidden instead of deleted.
    """

    change: Change | None = None
    remains: tuple[NotUndone, ...] = ()
    recreated: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """What a plan undoes: the run, and what of it is not undone.

    `not_done` counts what never happened; of these, guards had `held` the changes of these goods.
    """

    run: int
    remains: tuple[NotUndone, ...] = ()
    not_done: int = 0
    recreated: int = 0
    hidden: int = 0
    held: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Of how many products something is not undone."""
        return len({(remain.good_id, remain.prom_id) for remain in self.remains})

    @property
    def later_run(self) -> int:
        """The last run that changed since what is not undone, 0 for none: it can be undone first."""
        return max((remain.run for remain in self.remains), default=0)


def reverse_change(done: Change, known: ProductSnapshot | None, gone: Gone) -> Reversal:
    """Return the reverse of a change that a run did; `gone` is what the object does with what leaves."""
    if done.prom_id:
        return _left(done, Obstacle.FOREIGN)
    if known is None:
        return _left(done, Obstacle.ABSENT)
    if known.existing is not None and known.existing.values.get("status") == "deleted_by_moderator":
        return _left(done, Obstacle.MODERATED)
    if done.verb is Verb.CREATE:
        return _remove_created(done, known, gone)
    if done.new.get("status") == "deleted":
        return _recreate(done, known)
    return _set_back(done, known)


def restores_price(back: Change, done: Sequence[Change]) -> bool:
    """Return whether what a buyer would pay was sent from here before; `done` are changes that Prom took.

    Such a price is no typing mistake, however far it is from the one of today. No discount is as good as one
    that was sent.
    """
    names = [name for name in RETAIL_FIELDS if name in back.fields]
    sent = {name: [change.new[name] for change in done if name in change.fields] for name in names}
    return all(back.new[name] in (None, *sent[name]) for name in names)


def returns_held(back: Change, limits: Limits) -> bool:
    """Return whether the price guard would hold all of what a reverse change undid, were it sent again."""
    before = {name: moved.old for name, moved in back.fields.items()}
    whole = back.verb is Verb.UPDATE and set(back.fields) <= set(RETAIL_FIELDS)
    return whole and price_violation(back.good_id, back.new, before, limits) is not None


def import_content(change: Change) -> Product:
    """Return what a reverse change imports, in the form in which refusals are recorded.

    The variant group is no part of that (`state/shop/products.py`).
    """
    names = change.fields if change.verb is Verb.CREATE else by_channel(change.fields, Channel.IMPORT)
    values = {name: change.fields[name].new for name in names if name != "variant_group"}
    return Product(change.good_id, values)


def without_refused(back: Reversal, refused: Mapping[str, Value] | None) -> Reversal:
    """Return a reversal without what Prom `refused` to import before, None where it refused nothing.

    Each try would cost one of the day's few imports, and no product is removed after a failed one.
    """
    change = back.change
    if change is None or change.via is not Channel.IMPORT or import_content(change).values != refused:
        return back
    if change.verb is Verb.CREATE:
        return _left(change, Obstacle.REFUSED)
    names = by_channel(change.fields, Channel.IMPORT)
    rest = change.narrowed(set(change.fields) - set(names))
    return Reversal(rest if rest.fields else None, (*back.remains, *_remain(change, Obstacle.REFUSED, names)))


def with_origin(back: Reversal, done: Change, later: Mapping[str, int]) -> Reversal:
    """Return a reversal whose remains name what they were: a creation, a field that a `later` run changed.

    `later` holds the last runs that changed fields since, keyed by field.
    """
    last = max(later.values(), default=0)
    remains = tuple(
        structs.replace(
            remain,
            run=(later.get(remain.field, 0) if remain.field else last)
            if remain.reason is Obstacle.MOVED
            else 0,
            created=done.verb is Verb.CREATE,
        )
        for remain in back.remains
    )
    return structs.replace(back, remains=remains)


def takes_several_requests(change: Change) -> bool:
    """Return whether a change takes several requests: a part may be done, whatever its outcome is."""
    imported = change.via is Channel.IMPORT
    return change.verb is Verb.CREATE or (imported and bool(by_channel(change.fields, Channel.EDIT)))


def reverse_uncertain(
    wanted: Change, known: ProductSnapshot | None, gone: Gone, *, final: bool, later: Collection[str]
) -> Reversal | None:
    """Return the reverse of a change that a run may have done in part or whole; None where it did nothing.

    What is as the run wanted it was done by that run, except fields that `later` runs have changed. What Prom
    does not show is compared with what was last sent; unless the outcome is `final`, it is unknown.
    """
    if wanted.prom_id:
        return None if final else _left(wanted, Obstacle.UNCLEAR)
    if known is None or set(later).issuperset(wanted.fields):
        return None if final else Reversal()
    shown = known.on_prom
    if wanted.new.get("status") == "deleted":
        return None if shown else reverse_change(wanted, known, gone)
    if shown is None:
        return None if final else _left(wanted, Obstacle.UNCLEAR)
    if wanted.verb is Verb.CREATE:
        back = reverse_change(wanted, known, gone)
        moved = any(remain.reason is Obstacle.MOVED for remain in back.remains)
        return _left(wanted, Obstacle.UNCLEAR) if moved else back
    return _set_back_unsure(wanted.narrowed(set(wanted.fields) - set(later)), known, shown, final=final)


def _set_back_unsure(
    wanted: Change, known: ProductSnapshot, shown: Existing, *, final: bool
) -> Reversal | None:
    """Set the fields back that are as the run wanted them; name those that are unknown."""
    now, done, doubted = _Now(wanted, known, shown), list[str](), list[str]()
    for name, moved in _before(wanted).items():
        visible = FIELDS[name].shown and name in shown.values
        if now.is_as_left(name):
            done.append(name)
        elif not final and not (visible and now.equals(name, moved.old)):
            doubted.append(name)
    if not done and not doubted:
        return None
    back = _set_back(wanted.narrowed(done), known)
    return Reversal(back.change, (*back.remains, *_remain(wanted, Obstacle.UNCLEAR, doubted)))


def _left(done: Change, reason: Obstacle) -> Reversal:
    return Reversal(remains=(NotUndone(done.good_id, done.title, reason, prom_id=done.prom_id),))


def _remove_created(done: Change, known: ProductSnapshot, gone: Gone) -> Reversal:
    """Remove a product that the run created, if all of it is as the run created it.

    It is hidden where others would be deleted: the export may ask for it again, and Prom takes no deleted id
    a second time (prom-api §4.5).
    """
    shown, hides = known.on_prom, gone == "delete"
    fields = removal(shown, "hide" if hides else gone) if shown else {}
    if shown is not None and gone == "keep":
        return _left(done, Obstacle.KEPT)
    if shown is None or not fields:
        return Reversal()  # it is out already
    now = _Now(done, known, shown)
    if moved := [name for name in done.fields if not now.is_as_left(name)]:
        return Reversal(remains=tuple(_remain(done, Obstacle.MOVED, moved)))
    return Reversal(
        Change(done.good_id, Verb.REMOVE, done.title, fields, reason=Leaving.UNDONE), hidden=hides
    )


def _recreate(done: Change, known: ProductSnapshot) -> Reversal:
    """Create a product again that the run deleted: from what was last sent, as it was before the run."""
    if known.on_prom is not None:
        return _left(done, Obstacle.MOVED)
    if known.existing is not None and not known.existing.external_id:
        return _left(done, Obstacle.NO_EXTERNAL_ID)
    last = dict(known.sent.values) if known.sent else {}
    before = {name: moved.old for name, moved in _before(done).items() if moved.old is not None}
    product = Product(known.good_id, {**last, **before})
    if why_incomplete(product):
        return _left(done, Obstacle.NEVER_SENT)
    return Reversal(creation(product), recreated=True)


def _set_back(done: Change, known: ProductSnapshot) -> Reversal:
    shown = known.on_prom
    if shown is None:
        return _left(done, Obstacle.ABSENT)
    now = _Now(done, known, shown)
    fields: dict[str, FieldChange] = {}
    remains: list[NotUndone] = []
    for name, moved in _before(done).items():
        unknown = moved.old is None and name != "discount"  # no discount is a known discount
        if now.equals(name, moved.old) and not unknown:
            continue  # it is as it was before
        if not now.is_as_left(name):
            remains += _remain(done, Obstacle.MOVED, [name])
        elif FIELDS[name].channel is Channel.CREATION:
            remains += _remain(done, Obstacle.NO_CALL, [name])
        elif unknown:
            remains += _remain(done, Obstacle.UNKNOWN, [name])
        else:
            fields[name] = FieldChange(now.value(name), moved.old)
    if not shown.external_id:
        imports = by_channel(fields, Channel.IMPORT)
        remains += _remain(done, Obstacle.NO_EXTERNAL_ID, imports)
        fields = {name: moved for name, moved in fields.items() if name not in imports}
    change = Change(done.good_id, Verb.UPDATE, done.title, fields) if fields else None
    return Reversal(change, tuple(remains))


def _before(done: Change) -> dict[str, FieldChange]:
    """Return the fields of a change; one in moderation becomes on display, as no edit sets that status."""
    return {
        name: moved._replace(old="on_display") if name == "status" and moved.old in IN_MODERATION else moved
        for name, moved in done.fields.items()
    }


def _remain(done: Change, reason: Obstacle, names: Iterable[str]) -> list[NotUndone]:
    return [NotUndone(done.good_id, done.title, reason, name) for name in names]


class _Now:
    """What a product is now, compared with what a change of a run made of it."""

    def __init__(self, done: Change, known: ProductSnapshot, shown: Existing) -> None:
        self._new, self._sent, self._shown = done.new, known.sent, shown.values

    def value(self, name: str) -> Value:
        """Return what a field is now: as Prom shows it, or as it was last sent."""
        sent = self._sent
        last = sent.values.get(name) if sent else None
        if not FIELDS[name].shown or name not in self._shown:
            return last
        now = self._shown[name]
        return last if sent and name in sent.echo and now == sent.echo[name] else now

    def equals(self, name: str, value: Value) -> bool:
        return same(name, value, self._new, self._shown, self.value(name))

    def is_as_left(self, name: str) -> bool:
        """Return whether a field is still as the run left it; a field that no call changes is."""
        new = self._new[name]
        moderated = name == "status" and new == "on_display" and self.value(name) in IN_MODERATION
        return FIELDS[name].channel is Channel.CREATION or moderated or self.equals(name, new)
