"""A plan that was saved to be performed later: only what is still as it was looked at may go.

Source: docs/developers/architecture.md §3 (`update --out`, `sync --plan`), docs/developers/architecture.md
§5.9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from torgsync.core.plan.diff import Change
from torgsync.core.plan.plan import Counts

MOVED = "moved"
"""Stands for the guard of a change that is not performed because its good moved since the plan was made."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a saved plan says of itself; its changes follow one by one.

    `settings` is the fingerprint of everything but the rows that shapes a plan, `export` that of the file
    and all else of its reading, `state` that of what was remembered. `fields` and `allow` are the values of
    `--fields` and `--allow` that it was made with, `undoes` is the run that it turns back.
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
    fields: tuple[str, ...] = ()
    allow: tuple[str, ...] = field(default=())
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a saved change: the part that may go, or why nothing of it does."""

    go: tuple[Change, ...] = ()
    moved: str = ""


def settle(saved: Change, fresh: Iterable[Change]) -> Settled:
    """Return what of a saved change may go, by what a plan made now says of the same good.

    Every field must still go from the same value to the same value; what the new plan has besides stays
    pending. What a guard holds now stays held, whatever it was when the plan was saved.
    """
    now = [change for change in fresh if change.verb is saved.verb]
    if not now:
        return Settled(moved="it is not pending any more")
    found = {name: (change, moved) for change in now for name, moved in change.fields.items()}
    for name, old in saved.fields.items():
        if name not in found:
            return Settled(moved=f"its {name} is not pending any more")
        _, moved = found[name]
        if (moved.old, moved.new) != (old.old, old.new):
            side = "on Prom.ua" if moved.old != old.old else "in the export"
            return Settled(moved=f"its {name} changed {side} since the plan was made")
    parts = [change.narrowed(name for name in change.fields if name in saved.fields) for change in now]
    return Settled(go=tuple(part for part in parts if part.fields))


def refused(saved: Change) -> Change:
    """Return a saved change as one that is not performed."""
    return replace(saved, held=MOVED)


def stale(saved: SavedPlan, now: Mapping[str, str]) -> str:
    """Return why a saved plan as a whole is out of date, empty where it may be looked at good by good.

    `now` holds the fingerprints of today, keyed as in `SavedPlan`.
    """
    if saved.settings != now["settings"]:
        return f"the settings of `{saved.object}` changed, or the rules of this program"
    return ""


def gone(saved: SavedPlan, now: Mapping[str, str]) -> str:
    """Return why nothing of a saved plan is pending any more, as far as its fingerprints tell."""
    if saved.state.partition("/")[0] != now["state"].partition("/")[0]:
        return "nothing of it is as it was any more: another run was performed since"
    if saved.export != now["export"]:
        return "nothing of it is as it was any more: the export changed since"
    return "nothing of it is as it was any more: the products changed on Prom.ua since"
