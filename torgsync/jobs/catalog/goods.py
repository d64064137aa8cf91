"""List and find goods: what the state remembers of them, and the export where it remembers no name.

Prom is not asked, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from torgsync.core.mapping.select import group_column
from torgsync.core.paging import pages
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.cleaning import short_text
from torgsync.core.product.fields import Value
from torgsync.core.product.groups import group_path
from torgsync.core.product.products import Product
from torgsync.core.product.search import folded, rank
from torgsync.core.shell import command
from torgsync.errors import InvalidInput, UsageError
from torgsync.files.catalog.export import open_export
from torgsync.i18n import _, _n, joined
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.reading import check_columns
from torgsync.jobs.context import JobContext
from torgsync.state.shop.goods import StoredGood

_STEP = 1000
"""Goods of one transaction, so that a long list holds up no run."""
_CODES = ("sku", "gtin", "mpn")
LISTED = 10
"""Goods that a message lists."""


@dataclass(frozen=True, slots=True)
class ListedGood:
    """One good of a list.

    `row_status` is None where the export was not read yet since the good came into it; `reason` is why it
    stays out. `names` are those of all languages, `groups` those it is in, root first. `values` are the last
    desired ones; `prom_id` and `status` are of its product on Prom, empty where there is none.
    """

    good_id: str
    row_status: RowStatus | None
    reason: str
    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: Mapping[str, Value]
    prom_id: str = ""
    status: str = ""

    @property
    def title(self) -> str:
        """The best name there is."""
        return next(iter(self.names), "")

    @property
    def codes(self) -> tuple[str, ...]:
        """Its id, article and barcodes."""
        return (self.good_id, *(str(self.values[name]) for name in _CODES if self.values.get(name)))

    @property
    def price(self) -> Decimal | None:
        """Its price, None where it has none that can be read."""
        return Product(self.good_id, self.values).money("price")


@dataclass(frozen=True, slots=True)
class GoodList:
    """Goods one after another, and how many there are in all."""

    goods: Iterator[ListedGood]
    total: int


def list_goods(context: JobContext, *, skip: int = 0, most: int | None = None) -> GoodList:
    """Return the goods in the order of the file, then those that left it and are on Prom.

    Before the first plan they are those of the export. `skip` is how many are passed over.
    """
    with context.transaction(durable=False) as work:
        ids, unnamed = work.goods.ids(), work.goods.unnamed()
    if not ids:
        rows = _of_export(context)
        ids = list(rows)
        wanted = ids[skip:][:most]
        return GoodList((rows[good_id] for good_id in wanted), len(ids))
    wanted = ids[skip:][:most]
    asked = unnamed.intersection(wanted)
    rows = _of_export(context, asked.__contains__) if asked else {}
    return GoodList(_stored(context, wanted, rows), len(ids))


def _stored(
    context: JobContext, good_ids: Sequence[str], rows: Mapping[str, ListedGood]
) -> Iterator[ListedGood]:
    """Yield goods of the state; `rows` are those of the export whose names the state does not have."""
    for page in pages(good_ids, _STEP):
        with context.transaction(durable=False) as work:
            stored = work.goods.stored(page)
        for good in map(_listed, stored):
            row = rows.get(good.good_id)
            yield (
                good if row is None else replace(good, names=row.names, groups=row.groups, values=row.values)
            )


def _listed(good: StoredGood) -> ListedGood:
    texts = (good.title, good.values.get("name"), good.values.get("name_ru"))
    return ListedGood(
        good.good_id,
        good.row_status,
        good.reason,
        tuple(dict.fromkeys(str(text) for text in texts if text)),
        tuple(section.name for section in good.path),
        good.values,
        good.prom_id,
        good.status,
    )


def _of_export(context: JobContext, wanted: Callable[[str], bool] = lambda _: True) -> dict[str, ListedGood]:
    """Return those goods of the export as far as it can be read, keyed by id, in the order of the file."""
    settings = context.object
    columns = {name: settings.column_of(name) for name in ("name", "name_ru", *_CODES)}
    goods: dict[str, ListedGood] = {}
    with suppress(InvalidInput):
        catalog = open_export(context.file)
        check_columns(context.file, catalog)
        mapper = RowMapper(settings, catalog)
        for record in catalog.records():
            good_id = catalog.good_id(record)
            if good_id in goods or not wanted(good_id):
                continue
            cells = settings.value_map.apply(catalog.cells(record))
            texts = {name: short_text(cells.get(column, "")) for name, column in columns.items() if column}
            stock = mapper.stock(cells)
            mapped = mapper.of(cells).price_stock(good_id, record.line, cells, stock)
            path = group_path(cells, group_column(settings), settings.catalog.blank)
            goods[good_id] = ListedGood(
                good_id,
                None,
                "",
                tuple(dict.fromkeys(text for name in ("name", "name_ru") if (text := texts.get(name)))),
                tuple(section.name for section in path),
                {**mapped.product.values, **{name: texts[name] for name in _CODES if texts.get(name)}},
            )
    return goods


def find_goods(context: JobContext, words: Sequence[str]) -> list[ListedGood]:
    """Return the goods that fit all words, the best first, then in the order of the file.

    Raises UsageError where there is no word.
    """
    asked = [word for text in words for word in folded(text).split()]
    if not asked:
        raise UsageError(
            _("nothing to find: give an id, an article, a barcode, a group or words of the name")
        )
    fitting = (
        (fits, good)
        for good in list_goods(context).goods
        if (fits := rank(asked, good.codes, (*good.names, *good.groups))) is not None
    )
    return [good for _, good in sorted(fitting, key=lambda found: found[0])]


def good_named(context: JobContext, text: str) -> str:
    """Return the id of the good that has this id, or else this article or barcode; the text where none has.

    Raises UsageError, which lists them, where several goods have it, and where there is no text.
    """
    if not text:
        raise UsageError(_("nothing to explain: give an id, an article or a barcode"))
    with context.transaction(durable=False) as work:
        known = not work.goods.unknown([text]) or work.plans.attempts(text, 1)
    if known or text in _of_export(context, text.__eq__):
        return text
    code = folded(text)
    found = [good for good in list_goods(context).goods if code in map(folded, good.codes)]
    if not found:  # it may be new in the export
        found = [good for good in _of_export(context).values() if code in map(folded, good.codes)]
    if len(found) > 1:
        listed = [f"{good.good_id} {good.title}".strip() for good in found[:LISTED]]
        more = [_("{count} more", count=len(found) - LISTED)] if len(found) > LISTED else []
        raise UsageError(
            _n(
                "{count} item has the article or barcode `{code}`: {items}",
                "{count} items have the article or barcode `{code}`: {items}",
                len(found),
                code=text,
                items=joined("; ", [*listed, *more]),
            ),
            hint=_(
                "name one by its id: {command}",
                command=command("why", found[0].good_id, options=f"-o {context.file.called}"),
            ),
        )
    return found[0].good_id if found else text
