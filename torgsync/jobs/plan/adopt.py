"""Takes a living shop over: looks at all of it, tells who is who, and remembers that. Writes nothing to Prom.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.stock import count_stock
from torgsync.core.plan.adopt import Decision, Here, Matching, There, match
from torgsync.core.plan.guards import Allowed
from torgsync.core.product.cells import line_of_text
from torgsync.files.catalog.export import open_export
from torgsync.files.config.settings import who
from torgsync.jobs.catalog.export import read_export
from torgsync.jobs.catalog.photos import Shelf
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.update import look
from torgsync.jobs.shop import groups_of
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import Holder
from torgsync.state.store import UnitOfWork

Decide = Callable[[Mapping[str, Here], Mapping[str, There]], Sequence[Decision]]
"""Gives what a person decided, knowing all goods and products by their ids."""


def tell_apart(context: JobContext, prom: Prom, decide: Decide | None = None) -> Matching:
    """Return which product on Prom is which good of the export, those that a rule keeps out among them.

    Raises Unsafe where the token opens another shop than before.
    """
    read_export(context)
    look(context, prom, full=True, allowed=Allowed())
    with context.transaction(durable=False) as work:
        goods = _goods(context, work)
        products = {product.prom_id: product for product in work.adoptions.products()}
    decisions = decide(goods, products) if decide else ()
    return match(list(goods.values()), list(products.values()), decisions)


def _goods(context: JobContext, work: UnitOfWork) -> dict[str, Here]:
    """Return the goods of the export as they are compared, keyed by id, in the order of the file."""
    settings, catalog = context.object, open_export(context.file)
    mapper, shelf = Mapper(settings), Shelf(context.file, work)
    led = {mapping.to: mapping.column for mapping in settings.fields}
    found: dict[str, Here] = {}
    for record in catalog.records():
        good_id, cells = catalog.good_id(record), catalog.cells(record)
        if good_id in found:
            continue
        product = mapper.product(good_id, record.line, cells, count_stock(settings, cells), shelf).product
        plain = _cell(settings.catalog.blank, cells, "GoodName")
        names = [name for field in ("name", "name_ru") if (name := product.text(field))]
        found[good_id] = Here(
            good_id,
            product.title or plain,
            product.text("sku") or _cell(settings.catalog.blank, cells, led.get("sku", "Articul")),
            product.text("gtin") or _cell(settings.catalog.blank, cells, led.get("gtin", "Barcode")),
            frozenset(filter(None, names or [plain])),
        )
    return found


def _cell(blank: frozenset[str], cells: Mapping[str, str], column: str) -> str:
    return line_of_text(cells.get(column, ""), blank)


def take_over(context: JobContext, prom: Prom, matching: Matching) -> None:
    """Remember who is who, and by which groups the shop is known."""
    groups = groups_of(prom)
    user, host, pid = who()
    with context.transaction() as work:
        work.adoptions.take_over(matching, Holder(user, host, pid), context.now())
        if groups:
            work.object_state.remember_groups(groups)
