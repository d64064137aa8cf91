"""Why a field of a product on Prom is to change: who moved it, as far as the facts say.

A cause is named only where the facts leave no other; otherwise it is `ChangeCause.EITHER`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Change, FieldChange, Verb


class ChangeCause(StrEnum):
    """What moved a field since it was last sent."""

    EDITED = "edited"  # on Prom
    NEVER_SENT = "never-sent"
    SOLD = "sold"  # orders hold pieces that the export cannot know of yet
    RELEASED = "released"  # an order held pieces, and does not any more
    TAKEN_DOWN = "taken-down"  # an earlier run hid or deleted it, and it is offered again
    PHOTOS = "photos"  # the folder of photos
    EXPORT = "export"
    SETTINGS = "settings"
    EITHER = "export-or-settings"


class Facts(Struct, frozen=True):
    """When what shapes a product was last written, all in UTC.

    Args:
        export: The export, or its newest file; None where it is missing.
        settings: The file of the sync object; None where that is unknown.
        sent: When each field was last sent, keyed by name.
        folder: Whether photos are those of a folder.
    """

    export: datetime | None
    settings: datetime | None
    sent: Mapping[str, datetime]
    folder: bool = False


Causes = Mapping[str, tuple[ChangeCause, ...]]
"""What moved the fields of a change, keyed by field."""


def causes_of(change: Change | None, known: ProductSnapshot, facts: Facts) -> Causes:
    """Return the causes of an update, keyed by field; empty for another change or none."""
    if change is None or change.verb is not Verb.UPDATE:
        return {}
    return {name: tuple(_causes(name, field, known, facts)) for name, field in change.fields.items()}


def _causes(name: str, field: FieldChange, known: ProductSnapshot, facts: Facts) -> Iterator[ChangeCause]:
    sent = known.sent.values if known.sent else {}
    desired = known.desired.values.get(name) if known.desired else None
    left = known.offered.values.get(name) if known.offered else None
    if field.edited:
        yield ChangeCause.EDITED
    elif name not in sent:
        yield ChangeCause.NEVER_SENT
    if left != desired:
        yield ChangeCause.SOLD
    if field.edited or name not in sent or (left != desired and desired == sent[name]):
        return
    if name == "status" and sent[name] in ("not_on_display", "deleted"):
        yield ChangeCause.TAKEN_DOWN
    elif name == "photos" and facts.folder:
        yield ChangeCause.PHOTOS
    elif file := _newer(facts, name):
        yield file
    elif left == desired:
        more = name == "quantity" and isinstance(desired, int) and desired > int(str(sent[name] or 0))
        yield ChangeCause.RELEASED if more or name == "presence" else ChangeCause.EITHER


def _newer(facts: Facts, name: str) -> ChangeCause | None:
    """Return which file was written since a field was sent, None for none."""
    since = facts.sent.get(name)
    export, settings = (
        at is not None and (since is None or at > since) for at in (facts.export, facts.settings)
    )
    if export and settings:
        return ChangeCause.EITHER
    return ChangeCause.EXPORT if export else ChangeCause.SETTINGS if settings else None
