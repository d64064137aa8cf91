"""Match a living shop to the export, and record the result. Nothing of this is written to Prom.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.stock import count_stock
from torgsync.core.plan.adopt import Decision, GoodIdentity, Matching, ProductIdentity, match
from torgsync.core.plan.external_ids import IdsView
from torgsync.core.plan.guards import Allowed
from torgsync.core.product.cleaning import short_text
from torgsync.errors import Exit
from torgsync.files.catalog.export import open_export
from torgsync.files.config.settings import who
from torgsync.jobs.catalog.export import read_export
from torgsync.jobs.connect import connect_unverified, groups_of
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.look import look
from torgsync.jobs.run import Run, refuse_held, running
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import Holder

Decide = Callable[[Mapping[str, GoodIdentity], Mapping[str, ProductIdentity]], Sequence[Decision]]
"""Returns what a person decided, given all goods and products keyed by their ids."""


def match_shop(context: JobContext, prom: Prom, decide: Decide | None = None) -> Matching:
    """Return which product on Prom is which good of the export, goods that a filter keeps out included.

    Raises Unsafe where the token opens another shop.
    """
    read_export(context)
    look(context, prom, full=True, allowed=Allowed())
    with context.transaction(durable=False) as work:
        goods = _goods(context)
        products = {product.prom_id: product for product in work.adoptions.products()}
    decisions = decide(goods, products) if decide else ()
    return match(list(goods.values()), list(products.values()), decisions)


def _goods(context: JobContext) -> dict[str, GoodIdentity]:
    """Return what the goods of the export are matched by, keyed by id, in the order of the file."""
    settings, catalog = context.object, open_export(context.file)
    mapper = Mapper(settings)
    columns = {mapping.to: mapping.column for mapping in settings.fields}
    goods: dict[str, GoodIdentity] = {}
    for record in catalog.records():
        good_id, cells = catalog.good_id(record), settings.value_map.apply(catalog.cells(record))
        if good_id in goods:
            continue
        stock = count_stock(settings, cells)
        product = mapper.product(good_id, record.line, cells, stock, lambda _good_id: None).product
        plain = _cell(settings.catalog.blank, cells, "GoodName")
        names = [name for field in ("name", "name_ru") if (name := product.text(field))]
        goods[good_id] = GoodIdentity(
            good_id,
            product.title or plain,
            product.text("sku") or _cell(settings.catalog.blank, cells, columns.get("sku", "Articul")),
            product.text("gtin") or _cell(settings.catalog.blank, cells, columns.get("gtin", "Barcode")),
            frozenset(filter(None, names or [plain])),
        )
    return goods


def _cell(blank: frozenset[str], cells: Mapping[str, str], column: str) -> str:
    return short_text(cells.get(column, ""), blank)


def take_over(context: JobContext, prom: Prom, matching: Matching) -> None:
    """Record which product is which good, and the groups that the shop is recognised by."""
    groups = groups_of(prom)
    user, host, pid = who()
    with context.transaction() as work:
        work.adoptions.take_over(matching, Holder(user, host, pid), context.now())
        if groups:
            work.object_state.remember_groups(groups)
        prom.names = work.adoptions.names()


@dataclass(frozen=True, slots=True)
class AdoptionView:
    """The result of taking a shop over; after a `first_run` the imports of today are unknown.

    `ids` is what was done to write external ids, None where that was not asked for.
    """

    matching: Matching
    adopted: bool
    exit_code: Exit
    first_run: bool
    ids: IdsView | None = None


WriteIds = Callable[[Run, Prom, Matching, bool], IdsView]
"""Writes external ids once a shop was taken over; with False it returns what it would write."""


def adopt(
    context: JobContext,
    decide: Decide | None,
    agree: Callable[[Matching], bool | None],
    write_ids: WriteIds | None = None,
) -> AdoptionView:
    """Match products to goods; where `agree` returns True for the result, it is stored.

    With False, or with None for a result that was only to be shown, the run was none. `write_ids` is called
    afterwards; it alone writes to Prom. Raises Busy where another run holds the object.
    """
    refuse_held(context)
    with running(context) as run, connect_unverified(context, run) as prom:
        matching = match_shop(context, prom, decide)
        run.undecided = True
        agreed = run.answer(lambda: agree(matching))
        adopted = bool(agreed)
        run.undecided = not adopted
        if adopted:
            take_over(context, prom, matching)
        run.exit_code = Exit.HELD if adopted and matching.ambiguous else Exit.DONE
        run.exit_code = Exit.ERROR if agreed is False else run.exit_code
        ids = write_ids(run, prom, matching, adopted) if write_ids else None
        if ids:
            run.exit_code = Exit.worst([run.exit_code, ids.exit_code])
            run.undecided = not (adopted or ids.trouble)
        with context.transaction(durable=False) as work:
            first_run = work.history.count() == 1
    return AdoptionView(matching, adopted, run.exit_code, first_run, ids)
