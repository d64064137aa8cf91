"""Keeps back what was sold on Prom after the export was written."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.stored import held_pieces
from torgsync.core.reason import Args
from torgsync.files.catalog.content import written_at
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork


def reserve_sold(context: JobContext, work: UnitOfWork) -> Iterator[Finding]:
    """Reserve what was sold on Prom after the export was written, and yield a finding for each such good.

    Source: docs/developers/architecture.md §6.
    """
    written = written_at(context.file)
    pieces = held_pieces(work.orders.holdings(written)) if written else {}
    work.rows.reserve({good_id: ceil(number) for good_id, number in pieces.items()})
    for good_id, good in work.products.known(sorted(pieces)).items():
        stock = good.desired.whole("quantity") if good.desired else None
        if stock is None or good.offered is None:
            continue
        left = good.offered.whole("quantity") or 0
        args: Args = {"title": good.title, "pieces": good.reserved, "left": left, "stock": stock}
        yield Finding(Code.STOCK_RESERVED, good_id=good_id, line=good.line, args=args)
