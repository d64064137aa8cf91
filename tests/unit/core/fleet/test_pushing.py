"""What a push changes, and which removals it holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.fleet.pushing import FleetChanges, HeldRemovals, ObjectText, compare


def one(name: str, token: str = "", **document: Any) -> ObjectText:  # noqa: ANN401
    """Return an object whose token is its own unless one is named."""
    whole = {"name": name, "api_key": {"file": token or name}} | document
    return ObjectText(name, repr(whole), whole)


def objects(*names: str) -> dict[str, ObjectText]:
    return {name: one(name) for name in names}


def sides(changes: FleetChanges) -> tuple[list[str], list[str], list[str], list[str]]:
    return list(changes.created), list(changes.changed), list(changes.missing), list(changes.removed)


def test_each_kind_of_change() -> None:
    """Sorted by slug; only a prune removes what is missing."""
    written = objects("b", "a", "same") | {"new": one("new", limits={"removals": "5%"})}
    stored = objects("same", "gone") | {"new": one("new", limits={"removals": "10%"})}
    changes = compare(written, stored, objects("b"))
    assert sides(changes) == (["a", "b"], ["new"], ["gone"], [])
    assert (changes.unchanged, changes.count, changes.held) == (1, 3, None)
    assert [change.again for change in changes.created.values()] == [False, True]
    values = changes.changed["new"].changes
    assert values is not None
    assert values.values == (("limits.removals", "10%", "5%"),)
    assert sides(compare(written, stored, {}, prune=True))[3] == ["gone"]


def test_a_comment_is_a_change_without_values() -> None:
    """It is stored all the same: the text is what people read."""
    old = one("a")
    changed = compare({"a": ObjectText("a", f"# c\n{old.text}", old.document)}, {"a": old}, {}).changed["a"]
    assert changed.changes is not None
    assert (changed.changes.values, changed.changes.tables) == ((), ())


def test_another_name_for_the_same_token() -> None:
    """It is named, for the state of a shop is found by its name."""
    changes = compare({"new": one("new", "token")} | objects("b"), {"old": one("old", "token")}, {})
    assert [(old.slug, new.slug) for old, new in changes.renamed] == [("old", "new")]
    assert compare(objects("new"), objects("old"), {}).renamed == ()


@pytest.mark.parametrize(
    ("total", "missing", "held"),
    [
        (1, 1, False),
        (2, 1, False),
        (2, 2, True),
        (10, 1, False),
        (19, 2, True),
        (20, 2, False),
        (21, 3, True),
    ],
)
def test_more_than_a_tenth_is_held(total: int, missing: int, held: bool) -> None:
    """One may always go; with as many as are allowed all go, with one less none does."""
    names = [f"{number:02}" for number in range(total)]
    stored, written = objects(*names), objects(*names[missing:])
    changes = compare(written, stored, {}, prune=True)
    assert len(changes.removed) == (0 if held else missing)
    assert changes.held == (HeldRemovals(missing, total) if held else None)
    if changes.held:
        assert changes.held.allowance == f"removals={missing}"
        assert compare(written, stored, {}, prune=True, allowed=missing - 1).held
        assert len(compare(written, stored, {}, prune=True, allowed=missing).removed) == missing
    assert compare(written, stored, {}).held is None


TEXTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2), max_size=8)


@given(TEXTS, TEXTS, st.booleans(), st.integers(0, 8))
def test_a_push_makes_the_fleet_as_the_folder(
    written: dict[str, int], stored: dict[str, int], prune: bool, allowed: int
) -> None:
    """All that is written is there after it, and what is missing as long as nothing removed it."""
    ours, theirs = (
        {slug: one(slug, n=number) for slug, number in side.items()} for side in (written, stored)
    )
    changes = compare(ours, theirs, {}, prune=prune, allowed=allowed)
    after = theirs | {slug: ours[slug] for slug in (*changes.created, *changes.changed)}
    after = {slug: text for slug, text in after.items() if slug not in changes.removed}
    assert {slug: after[slug] for slug in ours} == ours
    left = after.keys() - ours.keys()
    assert left == (set() if prune and not changes.held else changes.missing.keys())
    assert changes.unchanged == sum(written[slug] == stored.get(slug) for slug in written)
    again = compare(ours, after, {}, prune=prune, allowed=allowed)
    assert (again.created, again.changed, again.removed) == ({}, {}, {})
