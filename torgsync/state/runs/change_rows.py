"""The rows of changes: how a change is kept, and how it comes back.

A creation is kept as the documents of its product, any other change as its fields with old and new values. A
creation that makes the desired product as it is kept has neither, until its plan is completed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from msgspec import Struct
from sqlalchemy import Row, Select, String, and_, case, cast, select

from torgsync.core.plan.approval.kept import Approval
from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.outcomes import Outcome, OutcomeReasons, decode_reasons
from torgsync.core.product.documents import SHAPES, decoder, keep, load_list, write
from torgsync.core.product.fields import FIELDS, Value
from torgsync.core.product.products import Product
from torgsync.state.schema import run_tables as t
from torgsync.state.schema import shop_tables

if TYPE_CHECKING:
    from msgspec.json import Decoder

_SAME_NAME = ("good_id", "prom_id", "verb", "via", "held", "reason", "title")
"""Columns that are called like the attribute of a change."""
_c, _d, _g = t.changes.c, shop_tables.desired.c, shop_tables.goods.c
_VARIANT = case(
    (and_(_g.model != 0, _g.variant != 0), ',{"variant_group":"' + cast(_g.variant, String) + '"}'), else_=""
)
DESIRED = (
    select("[" + _d.price_stock + "," + _d.content + _VARIANT + "]")
    .where(t.plans.c.number == _c.plan, _d.object == t.plans.c.object, _d.good_id == _c.good_id)
    .where(_g.object == _d.object, _g.good_id == _d.good_id)
    .correlate(t.changes)
    .scalar_subquery()
)
"""The documents of the desired product; its variant group is kept apart (`state/shop/products.py`)."""
DOES = case((_c.fields == "", DESIRED), else_=_c.fields)
"""What a change does: the documents of the product that it makes, or its fields with old and new values."""
NUMBERED: Select[Any] = select(
    *(column for column in _c if column is not _c.fields),
    DOES.label("fields"),
    (_c.fields == "").label("as_desired"),
)


class NumberedChange(Struct, frozen=True):
    """A change with its number in its plan, and its outcome with the reasons where it has one."""

    seq: int
    change: Change
    outcome: Outcome | None = None
    reasons: OutcomeReasons = ()


class ChangeAttempt(Struct, frozen=True):
    """One change of a good in some plan: when it was made or sent, and by which run (None: by none yet).

    `undoes` is the run that this run was to undo, None for most; `approval` is what it performed a part of.
    """

    at: datetime
    run: int | None
    item: NumberedChange
    undoes: int | None = None
    approval: Approval | None = None


class ProductKey(NamedTuple):
    """What changes are of: a good, or a foreign product with Prom's id."""

    good_id: str
    prom_id: str = ""


class ChangePlace(Struct, frozen=True):
    """Where a report shows a change: its number, verb and topmost group, and the guard that holds it."""

    seq: int
    verb: Verb
    group: str
    held: str | None


def change_row(change: Change) -> dict[str, object]:
    """Return a change as the columns of its row."""
    row = {name: getattr(change, name) for name in _SAME_NAME}
    if change.as_desired:
        return row | {"title": "", "fields": ""}
    if change.verb is Verb.CREATE:
        return row | {"fields": f"[{','.join(_documents(change.new))}]"}
    fields = {
        name: {"old": field.old, "new": field.new}
        | ({"edited": True, "sent": field.sent} if field.edited else {})
        for name, field in change.fields.items()
    }
    return row | {"fields": write(fields)}


def _documents(values: dict[str, Value]) -> Iterator[str]:
    """Yield the documents of a product, its variant group apart, so that they are those of `DESIRED`."""
    variant = {name: values.pop(name) for name in ("variant_group",) if name in values}
    yield from keep(values)
    if variant:
        yield write(variant)


@cache
def _field_decoder() -> Decoder[dict[str, Any]]:
    """Return what reads the fields of a change that makes no product."""
    shapes = {
        name: TypedDict(  # type: ignore[operator]  # its keys are known only here
            name, dict.fromkeys(("old", "new", "sent"), SHAPES[field.kind]) | {"edited": bool}, total=False
        )
        for name, field in FIELDS.items()
    }
    return decoder(TypedDict("_Fields", shapes, total=False))  # type: ignore[operator]  # as above


def numbered_change(row: Row[Any]) -> NumberedChange:
    """Return the change of a row of `NUMBERED`."""
    outcome = Outcome(row.outcome) if row.outcome else None
    return NumberedChange(row.seq, _change(row), outcome, decode_reasons(row.reasons))


def _change(row: Row[Any]) -> Change:
    verb = Verb(row.verb)
    if verb is Verb.CREATE:
        made = creation(Product(row.good_id, load_list(row.fields)), as_desired=row.as_desired)
        return replace(
            made, title=row.title or made.title, held=row.held, prom_id=row.prom_id, reason=row.reason
        )
    stored = _field_decoder().decode(row.fields)
    fields = {
        name: FieldChange(part["old"], part["new"], part.get("edited", False), part.get("sent"))
        for name, part in ((name, stored[name]) for name in FIELDS if name in stored)
    }
    return Change(row.good_id, verb, row.title, fields, row.held, row.prom_id, row.reason)
