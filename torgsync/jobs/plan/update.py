"""Make a plan: read the export, look at Prom, compare, and evaluate the guards. Nothing is written to Prom.

Every good that is not clean is decided. Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.choice import EVERYTHING, Choice
from torgsync.core.plan.guards import Allowed
from torgsync.core.reason import Args
from torgsync.errors import Unsafe
from torgsync.i18n import _, _n
from torgsync.jobs.catalog.export import read_export
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.choice import refuse_unknown
from torgsync.jobs.plan.export_draft import ExportDraft
from torgsync.jobs.plan.reserve import reserve_sold
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
    choice: Choice = EVERYTHING,
    run: int = 0,
    stateless: bool = False,
) -> PlanResult:
    """Return the plan of an object; without `prom` it is made of what Prom showed last.

    Args:
        allowed: What a person allowed.
        full_refresh: Whether everything on Prom is listed, and what it refused is tried again.
        choice: What may be sent; the rest stays pending.
        run: The run that the plan is made for, 0 for none.
        stateless: Whether the state is empty, so that products are ours by their external ids.

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
        # A plan without Prom needs no HTTP.
        from torgsync.jobs.plan.look import look, reconcile_earlier  # noqa: PLC0415

        unlisted = look(context, prom, full=full_refresh, allowed=allowed)
        reconciled = reconcile_earlier(context, prom, run)
    if stateless:
        from torgsync.jobs.plan.stateless import own_by_external_id  # noqa: PLC0415  # few plans are

        own_by_external_id(context)
    if full_refresh:
        with context.transaction() as work:
            work.products.forget_refusals()
    context.report(Progress(Stage.PLAN))
    with context.stop.interruptible(), context.transaction(durable=False) as work:
        _refuse_full_shop(context, work)
        earlier = (
            *reserve_sold(context, work),
            *unfetched_photos(work),
            *unreachable_photos(context, work),
            *open_import(work),
        )
        draft = ExportDraft(
            context=context,
            work=work,
            reading=reading,
            allowed=allowed,
            choice=choice,
            recorded=bool(run),
        )
        plan = draft.make(offline=prom is None)
        if run:  # now: another process may be about to read a newer export
            work.plans.complete(draft.number)
    findings = (*reading.findings, *unlisted, *earlier, *draft.findings)
    return PlanResult(plan, draft.number, findings, tuple(draft.skipped), reconciled)


def pending(
    context: JobContext,
    *,
    allowed: Allowed,
    full_refresh: bool = False,
    choice: Choice = EVERYTHING,
    offline: bool = False,
    stateless: bool = False,
    running: Finding | None = None,
) -> PlanResult:
    """Return the plan of an object, to be shown or saved; nothing is sent. Raises what `update` raises.

    Raises UsageError where the choice names what there is not. `running` is the finding that a run holds the
    object: then Prom is not asked.
    """
    refuse_unknown(context, choice)
    if offline or running:
        result = update(context, None, allowed=allowed, choice=choice)
        return replace(result, findings=(*filter(None, (running,)), *result.findings))
    from torgsync.jobs.connect import connect_unverified  # noqa: PLC0415  # as above

    with connect_unverified(context) as prom:
        return update(
            context, prom, allowed=allowed, full_refresh=full_refresh, choice=choice, stateless=stateless
        )


def _refuse_full_shop(context: JobContext, work: UnitOfWork) -> None:
    """Refuse a first run on a shop that has products already: Torgsoft's own rule (architecture §5)."""
    if work.object_state.begun() or context.object.removal.foreign == "delete":
        return
    if count := work.existing.existing_count():
        raise Unsafe(
            _n(
                "the shop of `{object}` already has {count} product, and a first run needs an empty shop",
                "the shop of `{object}` already has {count} products, and a first run needs an empty shop",
                count,
                object=context.object.name,
            ),
            hint=_(
                "match its products with the items of the export; this changes nothing on Prom.ua: "
                "torgsync object adopt {called}\n"
                "if it is not your shop, replace the token: torgsync object edit {called} --api-key -",
                called=context.file.called,
            ),
        )


def unfetched_photos(work: UnitOfWork) -> Iterator[Finding]:
    """Yield a finding for each good whose photos Prom could not fetch."""
    lost = work.photos.unfetched()
    goods = work.products.known(list(lost))
    for good_id, (number, status) in lost.items():
        good = goods[good_id]
        args: Args = {"title": good.title, "photos": number, **({"status": status} if status else {})}
        yield Finding(Code.PHOTOS_UNFETCHED, good_id=good_id, line=good.line, args=args)


def unreachable_photos(context: JobContext, work: UnitOfWork) -> Iterator[Finding]:
    """Yield a finding where photos cannot be fetched from their addresses."""
    url = context.object.photos_url
    if url and context.settings.hides(context.object, url):
        yield Finding(Code.PHOTO_UNREACHABLE, args={"address": url})
        return
    if not context.object.publishes_photos:
        return
    from torgsync.jobs.photos.checked import PublishedPhotos  # noqa: PLC0415  # most objects publish none

    if faulty := list(PublishedPhotos(context, work).unreachable()):
        first, answer = faulty[0], faulty[0].answer
        size: Args = {} if answer.size is None else {"size": answer.size}
        seen: Args = {"fault": first.fault, "status": answer.status, "kind": answer.type, **size}
        yield Finding(Code.PHOTO_UNREACHABLE, args={"count": len(faulty), "address": first.address, **seen})


def open_import(work: UnitOfWork) -> Iterator[Finding]:
    """Yield a finding where an import was sent and its end is not known yet, or where one hangs."""
    found = ((Code.IMPORT_OPEN, work.journal.unfinished_import()),)
    for code, sent in (*found, (Code.IMPORT_HANGS, work.journal.hanging_import())):
        if sent:
            args: Args = {"sent": sent.started.isoformat(), "offers": sent.offers}
            yield Finding(code, args=args)
