"""What a push would change in the objects of a fleet, and which removals a person must allow first."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from torgsync.core.config.keys import Document, SettingChanges, changes_between

REMOVALS = Fraction(1, 10)
"""Share of a fleet's objects of which more are not removed by one push, unless a person allows it."""
ALWAYS = 1
"""How many may be removed in a fleet of any size."""


class ObjectText(Struct, frozen=True):
    """One version of a sync object: its name, its text, and what the text holds."""

    name: str
    text: str
    document: Document

    @property
    def secret(self) -> object:
        """Where its token is kept."""
        return self.document.get("api_key")


class ObjectChange(Struct, frozen=True):
    """What a push does to one object; `changes` are None where it is created, or `again` after a removal."""

    slug: str
    name: str
    changes: SettingChanges | None = None
    again: bool = False


class HeldRemovals(Struct, frozen=True):
    """So many removals of so many objects, which were not allowed."""

    count: int
    total: int

    @property
    def allowance(self) -> str:
        """The value of `--allow` that lets them through."""
        return f"removals={self.count}"


class FleetChanges(Struct, frozen=True):
    """What differs between a folder and the objects of a fleet, keyed by slug and sorted by it.

    Objects that the folder lacks are `missing`; those of them that are to be removed are `removed`, unless
    their number is `held`. `renamed` are a missing object and a new one with the same token, `twins` the
    names of objects of the folder that share one: each would fetch every order.
    """

    created: Mapping[str, ObjectChange]
    changed: Mapping[str, ObjectChange]
    missing: Mapping[str, ObjectChange]
    removed: Mapping[str, ObjectChange]
    renamed: tuple[tuple[ObjectChange, ObjectChange], ...]
    unchanged: int
    held: HeldRemovals | None
    twins: tuple[tuple[str, ...], ...] = ()

    @property
    def count(self) -> int:
        """How many objects are stored or removed."""
        return len(self.created) + len(self.changed) + len(self.removed)


def compare(
    written: Mapping[str, ObjectText],
    stored: Mapping[str, ObjectText],
    gone: Mapping[str, ObjectText],
    *,
    prune: bool = False,
    allowed: int = 0,
) -> FleetChanges:
    """Compare the objects of a folder with those of a fleet, all keyed by slug.

    Args:
        written: The objects of the folder.
        stored: Those of the fleet.
        gone: Those that were removed from the fleet.
        prune: Whether those that the folder lacks are removed.
        allowed: How many a person allows to remove.
    """
    created = {
        slug: ObjectChange(slug, one.name, again=slug in gone)
        for slug, one in sorted(written.items())
        if slug not in stored
    }
    changed = {
        slug: ObjectChange(slug, one.name, changes_between(stored[slug].document, one.document))
        for slug, one in sorted(written.items())
        if slug in stored and stored[slug].text != one.text
    }
    missing = {
        slug: ObjectChange(slug, one.name) for slug, one in sorted(stored.items()) if slug not in written
    }
    count, most = len(missing) if prune else 0, max(ALWAYS, allowed)
    held = HeldRemovals(count, len(stored)) if count > most and count > len(stored) * REMOVALS else None
    renamed = tuple(
        (old, new)
        for old in missing.values()
        for new in created.values()
        if stored[old.slug].secret == written[new.slug].secret
    )
    sharing: dict[str, list[str]] = {}
    for _slug, one in sorted(written.items()):
        sharing.setdefault(repr(one.secret), []).append(one.name)
    return FleetChanges(
        created,
        changed,
        missing,
        missing if prune and not held else {},
        renamed,
        len(written) - len(created) - len(changed),
        held,
        tuple(tuple(names) for names in sharing.values() if len(names) > 1),
    )
