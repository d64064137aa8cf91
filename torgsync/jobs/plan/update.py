"""Make a plan: read the export, look at Prom, compare, and evaluate the guards. Nothing is written to Prom.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torgsync.core.findings import Finding
from torgsync.core.plan.guards import Allowed
from torgsync.core.text import counted
from torgsync.errors import Unsafe
from torgsync.jobs.catalog.export import read_export
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.earlier import open_import, reserve_sold, unfetched_photos
from torgsync.jobs.plan.export_draft import ExportDraft
from torgsync.jobs.plan.result import PlanResult
from torgsync.state.store import UnitOfWork

if TYPE_CHECKING:
    from torgsync.prom.api import Prom


def update(
    context: JobContext,
    prom: Prom | None,
    *,
    allowed: Allowed | None = None,
    full_refresh: bool = False,
    only: Sequence[str] = (),
    shop_verified: bool = False,
    run: int = 0,
) -> PlanResult:
    """Return the plan of an object.

    Args:
        context: The object.
        prom: Its shop; without it, the plan is made of what Prom showed last.
        allowed: What a person allowed.
        full_refresh: Whether everything on Prom is listed, and what it refused is tried again.
        only: The product fields that may change; the rest stays pending. All where it is empty.
        shop_verified: The caller has already checked the shop; skip the check.
        run: The run that the plan is made for, 0 for none.

    Raises:
        ExportInvalid: The export cannot be read.
        ObjectInvalid: The settings do not fit the export.
        Unsafe: The token opens another shop, or a first run meets one that is not empty.
    """
    with context.stop.interruptible():
        reading = read_export(context)
    allowed = allowed or Allowed()
    unlisted: tuple[Finding, ...] = ()
    reconciled = 0
    if prom:
        from torgsync.jobs.plan.look import look  # noqa: PLC0415  # a look without Prom needs no HTTP
        from torgsync.jobs.plan.reconcile import reconcile_earlier  # noqa: PLC0415

        unlisted = look(context, prom, full=full_refresh, allowed=None if shop_verified else allowed)
        reconciled = reconcile_earlier(context, prom, run)
    if full_refresh:
        with context.transaction() as work:
            work.products.forget_refusals()
    context.report(Progress(Stage.PLAN))
    with context.stop.interruptible(), context.transaction(durable=False) as work:
        _refuse_full_shop(context, work)
        earlier = (*reserve_sold(context, work), *unfetched_photos(work), *open_import(work))
        draft = ExportDraft(
            context=context, work=work, reading=reading, allowed=allowed, only=frozenset(only)
        )
        plan = draft.make(offline=prom is None)
    findings = (*reading.findings, *unlisted, *earlier, *draft.findings)
    return PlanResult(plan, draft.number, findings, tuple(draft.skipped), reconciled)


def _refuse_full_shop(context: JobContext, work: UnitOfWork) -> None:
    """Refuse a first run on a shop that has products already: Torgsoft's own rule (architecture §5)."""
    if work.object_state.begun() or context.object.removal.foreign == "delete":
        return
    count = work.existing.existing_count()
    if count:
        raise Unsafe(
            f"the shop of `{context.object.name}` has {counted(count, 'product')} already, "
            "and a first run needs an empty one",
            hint=f"take it over: torgsync object adopt {context.file.called} (it tells which product is "
            "which good and changes nothing on Prom.ua); or empty the shop in the seller's cabinet; or have "
            f'its products deleted: write foreign = "delete" under [removal] in `{context.file.path}`',
        )
