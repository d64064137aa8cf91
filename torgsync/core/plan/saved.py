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
from torgsync.core.problems import ProblemCode, problem
from torgsync.errors import Problem

MOVED = "moved"
"""The guard of a change that is not sent because its good changed since the plan was saved."""


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
class SavedVerdict:
    """The parts of a saved change that may be sent, or why none of it may."""

    parts: tuple[Change, ...] = ()
    moved: Problem | None = None


def judge_saved(saved: Change, fresh: Iterable[Change]) -> SavedVerdict:
    """Return what of a saved change may be sent, by what a plan made now says of the same good.

    Every field must still change from the same value to the same value; other changes of the new plan stay
    pending. What a guard holds now stays held, whatever it was when the plan was saved.
    """
    now = [change for change in fresh if change.verb is saved.verb]
    if not now:
        return SavedVerdict(moved=problem(ProblemCode.NOT_PENDING))
    pending = {name: field for change in now for name, field in change.fields.items()}
    for name, before in saved.fields.items():
        if name not in pending:
            return SavedVerdict(moved=problem(ProblemCode.FIELD_NOT_PENDING, field=name))
        now_field = pending[name]
        if (now_field.old, now_field.new) != (before.old, before.new):
            on_prom = now_field.old != before.old
            code = ProblemCode.CHANGED_ON_PROM if on_prom else ProblemCode.CHANGED_IN_EXPORT
            return SavedVerdict(moved=problem(code, field=name))
    parts = [change.narrowed(name for name in change.fields if name in saved.fields) for change in now]
    return SavedVerdict(tuple(part for part in parts if part.fields))


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
    """Return why no change of a saved plan is pending any more, as far as its fingerprints show."""
    if saved.state.partition("/")[0] != now["state"].partition("/")[0]:
        return "nothing of it is as it was any more: another run was performed since"
    if saved.export != now["export"]:
        return "nothing of it is as it was any more: the export changed since"
    return "nothing of it is as it was any more: the products changed on Prom.ua since"
