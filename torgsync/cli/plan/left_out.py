"""The lines about what a plan leaves out: skipped goods, foreign products, findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from torgsync.cli.base.findings import INDENT, MARKS
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.plan import skip_message
from torgsync.core.plan.plan import Skipped
from torgsync.core.product.products import Existing
from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.jobs.plan.result import FindingGroup

MOST_SKIPPED = 10
"""Skipped goods of one reason that are listed; more are counted."""
FEW = 3
"""Foreign products that are listed; more are counted."""


def render_skip_reason(reason: str, number: int) -> str:
    """Return the line above the goods that a reason keeps out."""
    return f"skipped  {counted(number, 'good')} {skip_message(reason)}"


def render_skipped(goods: Iterable[Skipped], number: int) -> Iterator[str]:
    """Yield the first goods of one reason, and how many more of them there are."""
    for item in islice(goods, MOST_SKIPPED):
        line = f"line {item.line}" if item.line else ""
        message = finding_message(item.finding) if item.finding else ""
        yield f"{item.good_id}  {': '.join(filter(None, (line, item.title, message)))}"
    if number > MOST_SKIPPED:
        yield f"… and {number - MOST_SKIPPED} more; `--format json` lists all"


def render_foreign(foreign: Sequence[Existing], *, every: bool) -> Iterator[str]:
    """Yield the products that torgsync does not manage: the first of them, or `every` one."""
    for product in foreign if every else foreign[:FEW]:
        external = f" ({product.external_id})" if product.external_id else ""
        yield f"{INDENT}Prom {product.prom_id}{external}  {product.title}"
    if not every and len(foreign) > FEW:
        yield f"{INDENT}… and {len(foreign) - FEW} more; `--show all` lists them"


def render_findings(groups: Iterable[FindingGroup]) -> Iterator[str]:
    """Yield findings by code: those of the group, and how many more there are."""
    for group in groups:
        rest = group.count - len(group.findings)
        for finding in group.findings:
            place = f"line {finding.line}, " if finding.line else ""
            good = f"good {finding.good_id}: " if finding.good_id else ""
            more = f" (and {rest} more)" if rest else ""
            yield f"{MARKS[group.code.severity]}  {place}{good}{finding_message(finding)}{more}"


def skipped_documents(goods: Iterable[Skipped]) -> Iterator[dict[str, object]]:
    """Yield skipped goods as JSON or as rows for CSV."""
    for item in goods:
        yield {
            "good_id": item.good_id,
            "title": item.title or None,
            "line": item.line or None,
            "reason": str(item.reason),
            "message": finding_message(item.finding) if item.finding else skip_message(item.reason),
        }


def foreign_documents(foreign: Iterable[Existing]) -> Iterator[dict[str, object]]:
    """Yield the products on Prom.ua that torgsync does not manage as JSON."""
    for product in foreign:
        yield {
            "prom_id": product.prom_id,
            "external_id": product.external_id or None,
            "title": product.title,
            "status": product.values.get("status"),
        }
