"""Read orders again by number: their payment may be in no list of modified orders, their lines in none.

Source: docs/developers/prom-api.md §11 Q14, docs/developers/architecture.md §7.1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from torgsync.core.orders.decide import lacks_lines
from torgsync.core.orders.late import orders_to_read
from torgsync.core.orders.lines import nothing_sold
from torgsync.core.orders.order import Order
from torgsync.errors import GivenUp, PromRefused, Temporary, TokenRefused
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.state.store import UnitOfWork


def read_again(
    context: JobContext,
    prom: VerifiedShop,
    listed: Collection[str],
    store: Callable[[UnitOfWork, Order], None],
) -> Temporary | None:
    """Read the orders of which something is awaited by number, and store each as Prom shows it now.

    `listed` were in the list a moment ago and are left out. Of those that are due by their age a bounded
    number is read; each then waits for its next turn, whatever Prom answered, so that one order that cannot
    be read stops no other. Return the trouble for which orders are left to a later run, None without any.
    """
    now = context.now()
    with context.transaction() as work:
        awaited = work.orders.to_read_again(now)
    trouble = None
    for number, order_id in enumerate(orders_to_read(awaited, listed, now), 1):
        try:
            order = prom.order(order_id)
        except GivenUp as end:
            return end
        except (PromRefused, TokenRefused):  # the list may be read, so Prom does not show this one any more
            order = None
        except Temporary as passing:
            order, trouble = None, passing
        with context.transaction() as work:
            if order is not None:
                store(work, order)
            work.orders.note_read(order_id, context.now())
        context.report(Progress(Stage.ORDERS, len(listed) + number))
    return trouble


def read_whole(
    context: JobContext, prom: VerifiedShop, page: Sequence[Order], left: int
) -> tuple[list[Order], int]:
    """Read the orders of a page by number that would be held because the list left their lines out.

    At most `left` of them. Return the page with what Prom showed, and how many may still be read.
    """
    with context.transaction() as work:
        lacking = [
            order.id
            for order in page
            if nothing_sold(order) and lacks_lines(work.orders.get(order.id), order)
        ]
    whole: dict[str, Order | None] = {}
    for order_id in lacking[:left]:
        try:
            whole[order_id] = prom.order(order_id)
        except (PromRefused, TokenRefused, Temporary):  # it is held as the list shows it
            whole[order_id] = None
    return [whole.get(order.id) or order for order in page], left - len(whole)
