"""A plan as JSON and CSV, for other programs; `schemas.py` says what the JSON keeps.

Source: docs/developers/architecture.md §3.
"""

from __future__ import annotations

from collections.abc import Iterator

from torgsync.cli.base.program import SCHEMA
from torgsync.cli.base.render import pick
from torgsync.cli.messages.guards import Letting, allow_command, allow_flag, cause, limit, observed, remedy
from torgsync.cli.plan.changes import words
from torgsync.core.plan.diff import Change
from torgsync.core.plan.guards import GuardViolation
from torgsync.core.plan.plan import Plan
from torgsync.core.product.fields import FIELDS, encode

COUNTS = ("create", "update", "remove", "held", "skipped", "unchanged", "foreign", "to_send")


def plan_head(plan: Plan) -> dict[str, object]:
    """Return the head of a plan's JSON document (architecture §3). A plan that undoes a run has no export."""
    export = plan.export
    return {
        "schema": SCHEMA,
        "object": plan.object,
        "plan": plan.id,
        "export": pick(export, "path", "goods", "encoding") if export.path else None,
        "counts": pick(plan.counts, *COUNTS),
    }


def plan_tail(plan: Plan, letting: Letting, *, approved: bool = False) -> dict[str, object]:
    """Return the end of a plan's JSON document: sums, guards and the budget."""
    removed = plan.removed_stock
    return {
        "skipped": dict(plan.skipped),
        "left_alone": dict(plan.left_alone),
        "edited_on_prom": plan.edited,
        "pending": plan.pending,
        "choice": _choice(plan),
        "dark": pick(removed, "products", "pieces") | {"worth": str(removed.worth)},
        "deletions": {"now": plan.removed.deleted, "later": plan.removed.later},
        "guards": [
            _violation(held) | {"cause": cause(held), "allow": allow_flag(held)} | _more(held)
            for held in plan.violations
        ],
        "overrides": [_violation(opened) | {"allowed": opened.allowance} for opened in plan.overrides],
        "unmet": list(plan.unmet),
        "allow_all": allow_command(plan, letting, approved=approved) or None,
        "budget": pick(plan.budget, "requests", "imports", "imports_left"),
    }


def _choice(plan: Plan) -> dict[str, object] | None:
    """Return what was chosen, None for everything; `variants` are goods that go along with those."""
    if not plan.choice:
        return None
    lists = {name: list(getattr(plan.choice, name)) for name in ("fields", "goods", "groups")}
    return lists | {"first": plan.choice.first or None, "variants": plan.variants}


def _more(held: GuardViolation) -> dict[str, object]:
    """Return what only some guards say: another way on, what waits too, old and new keys."""
    pairs = [{"old": old, "new": new} for old, new in held.pairs]
    more = {"remedy": remedy(held), "waiting": held.waiting, "pairs": pairs}
    return {name: value for name, value in more.items() if value}


def _violation(held: GuardViolation) -> dict[str, object]:
    return {
        "guard": str(held.guard),
        "good_id": held.good_id or None,
        "saw": observed(held),
        "limit": limit(held),
    }


def change_document(change: Change) -> dict[str, object]:
    """Return one change as JSON: decimals as strings, quantities as numbers."""
    edited = {"edited_on_prom": True}
    return {
        "good_id": change.good_id or None,
        "prom_id": change.prom_id or None,
        "verb": str(change.verb),
        "title": change.title,
        "via": str(change.via),
        "held": change.held,
        "reason": change.reason or None,
        "fields": {
            name: {
                "old": encode(FIELDS[name], field.old),
                "new": encode(FIELDS[name], field.new),
                **(edited | {"last_sent": encode(FIELDS[name], field.sent)} if field.edited else {}),
            }
            for name, field in change.fields.items()
        },
    }


CHANGE_COLUMNS = (
    "good_id", "verb", "title", "via", "held", "reason", "field", "old", "new", "last_sent",
)  # fmt: skip
SKIPPED_COLUMNS = ("good_id", "title", "line", "reason", "message")
"""Headers of the CSV of a plan; a plan without rows has them too."""


def field_rows(change: Change) -> Iterator[dict[str, object]]:
    """Yield one change as rows for CSV, one a field."""
    for name, field in change.fields.items():
        yield {
            "good_id": change.good_id,
            "verb": str(change.verb),
            "title": change.title,
            "via": str(change.via),
            "held": change.held or "",
            "reason": change.reason,
            "field": name,
            "old": words(field.old, digests=True),
            "new": words(field.new, digests=True),
            "last_sent": words(field.sent, digests=True) if field.edited else "",
        }
