"""Whether orders may be read: what the object says, and what to do where the token lacks the right."""

from __future__ import annotations

from torgsync.errors import TokenRefused, TorgsyncError, UsageError
from torgsync.files.config.objects import ObjectFile
from torgsync.i18n import _
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom
from torgsync.prom.request import Right


def require_orders(file: ObjectFile) -> None:
    """Raise UsageError where the object fetches no orders."""
    if not file.settings.orders.enabled:
        raise UsageError(
            _("`{object}` fetches no orders: `enabled = false` in its `[orders]`", object=file.settings.name),
            hint=_(
                "to fetch them: torgsync object edit {called} --set orders.enabled=true", called=file.called
            ),
        )


def orders_refused(context: JobContext, prom: Prom, refused: TokenRefused) -> TokenRefused:
    """Return the error of a token that was refused when orders were listed, with the ways on.

    Prom answers a token that lacks this one right as it answers an expired one (prom-api §1.3). A token that
    may read products is not expired; one that may not is returned as `refused`.
    """
    try:
        prom.try_right(Right.PRODUCTS_READ)
    except TorgsyncError:
        return refused
    words = str(refused.problem.args.get("words", "")) if refused.problem else ""
    return with_ways_on(context, prom.http.responses.lacks(Right.ORDERS_READ, words))


def with_ways_on(context: JobContext, lacks: TokenRefused) -> TokenRefused:
    """Return the error of a token that may not read orders, with the commands that go on without them."""
    return TokenRefused(
        lacks.message,
        hint=_(
            "{hint}\n"
            "to send the items without fetching orders:\n  torgsync sync --only goods -o {called}\n"
            "to never fetch orders:\n  torgsync object edit {called} --set orders.enabled=false",
            hint=lacks.hint,
            called=context.file.called,
        ),
        problem=lacks.problem,
    )
