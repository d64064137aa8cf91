"""Compares three sides of a product field by field: desired, last sent, existing.

    desired vs existing   existing vs last sent   story            result
    equal                 any                     in step          remembered
    differs               equal                   we moved         update
    differs               differs                 edited on Prom   ours: update, marked; Prom's: left alone
    differs               nothing sent yet        first or adopted update

Values are in normal form, so comparing is `!=`. Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from torgsync.core.config.settings import Gone
from torgsync.core.product.fields import CENT, FIELDS, Channel, Discount, Photo, Value
from torgsync.core.product.products import Existing, Product

_NOTHING = object()
_COMPARED = [(field.name, field.shown) for field in FIELDS.values() if field.channel is not Channel.CREATION]
_LEAST_MONEY = Decimal(1)
_TAG = re.compile(r"<[^>]*>")
IN_MODERATION = frozenset({"approval_pending", "editing_required"})
"""Prom shows these instead of `on_display` while a moderator looks; no edit of ours can end that."""


class Verb(StrEnum):
    """What happens to a product."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


class Leaving(StrEnum):
    """Why a product leaves the shop, other than by a `SkipReason` of its good."""

    GONE = "gone"  # the export does not have it any more
    FOREIGN = "foreign"  # the export never had it, and torgsync never sent it
    UNDONE = "undone"  # a run created it that is undone
    GRACE_OVER = "grace-over"  # it was hidden for as long as the object says, and is deleted now


class FieldChange(NamedTuple):
    """One field's old and new value.

    `edited`: it was edited on Prom since it was sent; `sent` is then what had been sent.
    """

    old: Value
    new: Value
    edited: bool = False
    sent: Value = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to one product.

    `fields` are keyed by field name in the order of `FIELDS`; a creation lists all of them with `old` None.
    `held` is the name of the guard that stopped it. `prom_id` is set only for a foreign product, which has
    no good of ours; `good_id` is then its external id, or empty. `reason` says why a product leaves the shop,
    and is empty for what stays there. `as_desired`: it makes the product exactly as the state keeps the
    desired one, so that its values need not be kept twice.
    """

    good_id: str
    verb: Verb
    title: str
    fields: Mapping[str, FieldChange]
    held: str | None = None
    prom_id: str = ""
    reason: str = ""
    as_desired: bool = field(default=False, compare=False)

    @property
    def via(self) -> Channel:
        """The most expensive channel that it needs."""
        if self.verb is Verb.CREATE or any(FIELDS[name].channel is Channel.IMPORT for name in self.fields):
            return Channel.IMPORT
        return Channel.EDIT

    @property
    def new(self) -> dict[str, Value]:
        """The new values, keyed by field."""
        return {name: change.new for name, change in self.fields.items()}

    def narrowed(self, names: Iterable[str]) -> Change:
        """Return it with these fields alone; the others stay pending."""
        wanted = set(names)
        return self._with({name: change for name, change in self.fields.items() if name in wanted})

    def split(self, names: Iterable[str], held: str) -> tuple[Change, ...]:
        """Return it in two: fields that may go, and those that a guard holds; no empty halves."""
        stopped = set(names)
        go = {name: change for name, change in self.fields.items() if name not in stopped}
        stay = {name: change for name, change in self.fields.items() if name in stopped}
        halves = ((go, self.held), (stay, held))
        return tuple(replace(self._with(fields), held=guard) for fields, guard in halves if fields)

    def joined(self, other: Change) -> Change:
        """Return it with the fields of another change of the same product, in the order of `FIELDS`."""
        both = {**self.fields, **other.fields}
        return self._with({name: both[name] for name in FIELDS if name in both})

    def _with(self, fields: Mapping[str, FieldChange]) -> Change:
        whole = len(fields) == len(self.fields)
        return replace(self, fields=fields, as_desired=self.as_desired and whole)


class Sent(Struct, frozen=True):
    """What Prom accepted from us, and what it showed right afterwards where that was not the same.

    Prom cuts names and tidies HTML. `echo` holds its version of such a field, so that the difference is not
    taken for an edit by a person and sent again for ever.
    """

    values: Mapping[str, Value]
    echo: Mapping[str, Value] = {}


class Comparison(Struct, frozen=True):
    """What differs, what is in step (to be remembered as sent), and what was left alone for its owner."""

    fields: Mapping[str, FieldChange]
    in_step: Mapping[str, Value]
    left_alone: tuple[str, ...] = ()


def creation(product: Product, *, as_desired: bool = False) -> Change:
    """Return the change that makes a product."""
    fields = {name: FieldChange(None, product.values[name]) for name in FIELDS if name in product.values}
    return Change(product.good_id, Verb.CREATE, product.title, fields, as_desired=as_desired)


def creation_as_desired(good_id: str) -> Change:
    """Return the creation of a product by the values that the state keeps, which are left there."""
    return Change(good_id, Verb.CREATE, "", {}, as_desired=True)


def compare(
    desired: Product, sent: Sent | None, existing: Existing, prom_owned: frozenset[str] = frozenset()
) -> Comparison:
    """Return how a product on Prom differs from the desired one.

    A field that Prom does not show, or shows nothing for, is compared with what was last sent. Fields of the
    channel `creation` cannot be changed and are not compared.
    """
    fields: dict[str, FieldChange] = {}
    in_step: dict[str, Value] = {}
    left_alone: list[str] = []
    wanted, shown = desired.values, existing.values
    past, echo = (sent.values, sent.echo) if sent else ({}, {})
    for name, is_shown in _COMPARED:
        if name not in wanted:
            continue
        want = wanted[name]
        last = past.get(name, _NOTHING)
        now = shown.get(name, last) if is_shown else last
        if name in echo and now == echo[name]:
            now = last
        if (
            now == want  # most
            or same(name, want, wanted, shown, now)
            or (not want and _is_copied_name(name, now, wanted, shown))
            or (name == "status" and want == "on_display" and now in IN_MODERATION)
        ):
            in_step[name] = want
        elif name in prom_owned:
            left_alone.append(name)
        else:
            edited = last is not _NOTHING and now != last
            fields[name] = FieldChange(
                _value(now), want, edited=edited, sent=_value(last) if edited else None
            )
    return Comparison(fields, in_step, tuple(left_alone))


def _is_copied_name(name: str, now: object, *sides: Mapping[str, Value]) -> bool:
    """Return whether Prom shows a name of the product for a description that it does not have."""
    if name not in ("description", "description_ru") or not isinstance(now, str):
        return False
    return any(_bare(now) == _bare(str(side.get(key))) for side in sides for key in ("name", "name_ru"))


def same(
    name: str, want: Value, wanted: Mapping[str, Value], shown: Mapping[str, Value], now: object = _NOTHING
) -> bool:
    """Return whether a field shows what is wanted; `now` replaces what `shown` holds.

    A discount may be kept as an amount or as a share: it is the same where buyers pay the same. Photos are
    the same by their content, whatever their files are called now: Prom has a copy of its own.
    """
    now = shown.get(name) if now is _NOTHING else now
    if now == want or (name == "photos" and _contents(now) == _contents(want) is not None):
        return True
    if not isinstance(want, Discount) or not isinstance(now, Discount) or want.kind == now.kind:
        return False
    price = wanted.get("price", shown.get("price"))
    pays, asked = (buyer_price({"price": price, "discount": discount}) for discount in (now, want))
    return pays is not None and asked is not None and abs(pays - asked) < CENT


def _contents(photos: object) -> list[str] | None:
    """Return the digests of photos; None for anything else, or where the content of one is not known."""
    if not isinstance(photos, tuple):
        return None
    known = [photo.digest for photo in photos if isinstance(photo, Photo) and photo.digest]
    return known if len(known) == len(photos) else None


def own_way(name: str, wanted: Value, shown: Value) -> bool:
    """Return whether Prom may keep `shown` for `wanted` without harm: its own word, or a rounded price."""
    if isinstance(wanted, Decimal) and isinstance(shown, Decimal):
        return abs(wanted - shown) < _LEAST_MONEY
    return name in ("presence", "status", "ready_to_ship")


def keeps(wanted: Value, shown: Value) -> bool:
    """Return whether Prom may show `shown` for `wanted`: what is no text, or a text that it cut or tidied.

    For no text at all it shows what the file had to say instead (prom-api §7.2).
    """
    if not isinstance(wanted, str) or not isinstance(shown, str):
        return True
    return _bare(wanted) in ("", _bare(shown)) or is_cut(wanted, shown)


def is_cut(wanted: Value, shown: str) -> bool:
    """Return whether Prom shows a text without its end; tags and blanks are ignored."""
    bare, kept = _bare(str(wanted)), _bare(shown)
    return kept not in ("", bare) and bare.startswith(kept)


def _bare(text: str) -> str:
    return "".join(_TAG.sub("", text).split())


def _value(now: object) -> Value:
    """Narrow what was shown or sent back to a value; nothing at all is None."""
    return None if now is _NOTHING else now  # type: ignore[return-value]  # it came out of a mapping of values


def removal(existing: Existing, policy: Gone) -> dict[str, FieldChange]:
    """Return the fields that take a product out of the shop by this policy; empty where it is out already."""
    now = existing.values
    if existing.removed or policy == "keep":
        return {}
    if policy == "not-available":
        wanted: dict[str, Value] = {"presence": "not_available"}
        if now.get("quantity"):
            wanted["quantity"] = 0
        return {
            name: FieldChange(now.get(name), value)
            for name, value in wanted.items()
            if now.get(name) != value
        }
    target = "deleted" if policy == "delete" else "not_on_display"
    if now.get("status") == target or (policy == "hide" and now.get("status") == "draft"):
        return {}
    return {"status": FieldChange(now.get("status"), target)}


def buyer_price(values: Mapping[str, Value]) -> Decimal | None:
    """Return what a buyer pays for one piece: the price less its discount; None where there is no price."""
    price, discount = values.get("price"), values.get("discount")
    if not isinstance(price, Decimal):
        return None
    if not isinstance(discount, Discount):
        return price
    return price - (discount.value if discount.kind == "amount" else price * discount.value / 100)
