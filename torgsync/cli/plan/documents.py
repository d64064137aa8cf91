"""A plan as JSON and CSV, for other programs; `schemas.py` says what the JSON keeps.

Source: docs/developers/architecture.md §3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.cli.base.program import SCHEMA
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.plan.changes import reason_words, words
from torgsync.core.plan.decide import Plan
from torgsync.core.plan.diff import Change, FieldChange
from torgsync.core.product.fields import FIELDS, encode

if TYPE_CHECKING:
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.update import PlanResult
    from torgsync.state.store import UnitOfWork


def plan_head(plan: Plan) -> dict[str, object]:
    """Return the head of a plan's JSON document (architecture §3). What turns a run back has no export."""
    export, counts = plan.export, plan.counts
    return {
        "schema": SCHEMA,
        "object": plan.object,
        "plan": plan.id,
        "export": (
            {"path": export.path, "goods": export.goods, "encoding": export.encoding} if export.path else None
        ),
        "counts": {
            "create": counts.create,
            "update": counts.update,
            "remove": counts.remove,
            "held": counts.held,
            "skipped": counts.skipped,
            "unchanged": counts.unchanged,
            "foreign": counts.foreign,
        },
    }


def plan_tail(plan: Plan) -> dict[str, object]:
    """Return the end of a plan's JSON document: what the guards said, and the budget."""
    guards = [
        {
            "guard": str(violation.guard),
            "good_id": violation.good_id or None,
            "saw": violation.observed,
            "limit": violation.limit,
            "cause": violation.cause,
            "allow": violation.flag,
        }
        for violation in plan.violations
    ]
    budget = plan.budget
    return {
        "skipped": dict(plan.skipped),
        "left_alone": dict(plan.left_alone),
        "edited_on_prom": plan.edited,
        "pending": plan.pending,
        "dark": {
            "products": plan.removed_stock.products,
            "pieces": plan.removed_stock.pieces,
            "worth": str(plan.removed_stock.worth),
        },
        "guards": guards,
        "overrides": [
            {
                "guard": str(violation.guard),
                "good_id": violation.good_id or None,
                "saw": violation.observed,
                "limit": violation.limit,
                "allowed": violation.flag.removeprefix("--allow "),
            }
            for violation in plan.overrides
        ],
        "unmet": list(plan.unmet),
        "budget": {
            "requests": budget.requests,
            "imports": budget.imports,
            "imports_left": budget.imports_left,
        },
    }


def foreign_documents(work: UnitOfWork) -> Iterator[dict[str, object]]:
    """Yield the products on Prom.ua that are none of ours, by Prom's id."""
    for product in work.existing.foreign():
        yield {
            "prom_id": product.prom_id,
            "external_id": product.external_id or None,
            "title": product.title,
            "status": product.values.get("status"),
        }


def change_document(change: Change) -> dict[str, object]:
    """Return one change as JSON: decimals as strings, quantities as numbers."""
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
                **(_edited(name, field) if field.edited else {}),
            }
            for name, field in change.fields.items()
        },
    }


def _edited(name: str, field: FieldChange) -> dict[str, object]:
    return {"edited_on_prom": True, "last_sent": encode(FIELDS[name], field.sent)}


CHANGE_COLUMNS = (
    "good_id", "verb", "title", "via", "held", "reason", "field", "old", "new", "last_sent",
)  # fmt: skip
SKIPPED_COLUMNS = ("good_id", "title", "line", "reason", "message")
"""Headers of the CSV of a plan, which it has without rows too."""


def change_rows(job: JobContext, made: PlanResult, *, held: bool = False) -> Iterator[dict[str, object]]:
    """Yield a plan as rows for CSV, one a field; with `held` only what a guard stopped."""
    with job.transaction() as work:
        for item in work.plans.changes(made.number):
            if held and not item.change.held:
                continue
            yield from field_rows(item.change)


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


def skipped_documents(work: UnitOfWork, made: PlanResult) -> Iterator[dict[str, object]]:
    """Yield every good that stays out, as JSON or as a row for CSV."""
    from torgsync.jobs.plan.update import skipped

    for item in skipped(work, made):
        yield {
            "good_id": item.good_id,
            "title": item.title or None,
            "line": item.line or None,
            "reason": str(item.reason),
            "message": finding_message(item.finding) if item.finding else reason_words(item.reason),
        }
