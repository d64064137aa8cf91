"""What `torgsync why` says of an item's row of the export, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from torgsync.cli.base.render import SCREENFUL
from torgsync.cli.messages.fields import value_word
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.messages.status import (
    UNSENT,
    alone_message,
    filter_message,
    price_message,
)
from torgsync.cli.plan.changes import words
from torgsync.core.findings import Severity
from torgsync.core.plan.diff import Verb
from torgsync.core.product.cells import plain
from torgsync.core.product.field_words import field_word
from torgsync.core.product.fields import Value, in_order
from torgsync.i18n import NOTHING, Message, _, _n, composed, joined, verbatim

if TYPE_CHECKING:
    from torgsync.core.config.catalog import FieldMapping
    from torgsync.core.findings import Finding
    from torgsync.core.plan.why import CenterStock
    from torgsync.core.product.variants import Alone, Family, VariantSibling
    from torgsync.core.reason import Reason
    from torgsync.jobs.plan.why import GoodView
    from torgsync.jobs.plan.why_row import RowView


_FILTERS = {
    "other-group": _("group"),
    "not-displayed": _("display"),
    "out-of-stock": _("stock"),
    "no-photos": _("photos"),
}
ROW, CENTERS, COLUMNS = _("row"), _("centers"), _("columns")
PRICE, FILTERS, VARIANTS, PRODUCT = _("price"), _("filters"), _("variants"), _("product")

SEVERITIES = {Severity.ERROR: _("error"), Severity.WARNING: _("warning"), Severity.NOTICE: _("notice")}


class WhyLine(NamedTuple):
    """One line: its section, what it is about, and its text."""

    section: Message
    about: Message
    text: Message


def about_words(about: Message, text: Message) -> Message:
    """Return a text with what it is about, if it is about anything."""
    return composed("{about}: {text}" if about else "{text}", about=about, text=text)


def row_lines(good: GoodView) -> Iterator[WhyLine]:
    """Yield what the row has, what the filters decide, and what the rules make of it."""
    row = good.row
    if row is None:
        absent = _("the export does not have it")
        broken = _("the export cannot be read: {problem}", problem=good.problem)
        yield WhyLine(ROW, NOTHING, broken if good.problem else absent)
        return
    yield WhyLine(ROW, NOTHING, _places(row.file, row.lines))
    for stock in row.centers:
        yield WhyLine(CENTERS, verbatim(stock.center), _center_words(stock))
    for mapping, cell in row.mapped_cells:
        yield WhyLine(COLUMNS, verbatim(f"`{mapping.column}`"), _cell_words(row, mapping, cell))
    for price in row.prices:
        yield WhyLine(PRICE, NOTHING, price_message(price))
    for item in row.filters:
        kind = _FILTERS[item.reason]
        mark = (
            composed("✓ {filter}", filter=kind) if item.passes else _("✗ left out by {filter}", filter=kind)
        )
        yield WhyLine(FILTERS, mark.filled(filter=_FILTERS[item.reason]), filter_message(item))
    yield from _family_lines(row.family)
    if not row.out:
        yield from _product_lines(good, row)


def _product_lines(good: GoodView, row: RowView) -> Iterator[WhyLine]:
    """Yield the product that is made of the row, less what was sold on Prom.ua."""
    values = good.desired.values if good.desired else {}
    created = good.verdict.change is not None and good.verdict.change.verb is Verb.CREATE
    for name in in_order(values):
        if name == "status" and not (good.there or created):
            continue  # it is not on the site, and is not sent there
        value = good.names.of_value(good.good_id, values[name])
        shown, in_row = value_words(name, value), row.mapped.product.whole("quantity")
        if name == "quantity" and values[name] != in_row:
            sold = plain(sum((one.quantity for one in good.sold), Decimal(0)))
            shown = _("{left} ({stock} in the export, {sold} sold)", left=shown, stock=in_row, sold=sold)
        yield WhyLine(PRODUCT, field_word(name), shown)
    for name in in_order(row.mapped.unreadable):
        yield WhyLine(PRODUCT, field_word(name), _("cannot be read, and is not sent"))


def _places(file: str, lines: Sequence[int]) -> Message:
    """Return where a row is."""
    if len(lines) == 1:
        return _("`{file}`, line {line}", file=file, line=lines[0])
    return _("`{file}`, lines {lines}", file=file, lines=list(lines))


def _cell_words(row: RowView, mapping: FieldMapping, cell: str) -> Message:
    """Return what a cell has, what it is on Prom.ua, and what was found in it."""
    characteristic = _("characteristic `{name}`", name=mapping.name)
    target = characteristic if mapping.to == "characteristic" else composed("`{to}`", to=mapping.to)
    if mapping.owner == "prom":
        target = _("{target} (kept as it is on Prom.ua)", target=target)
    instead = row.replaced.get(mapping.column)
    value = text_words(cell)
    if instead is not None:
        value = _("{value} (replaced by {other})", value=value, other=text_words(instead))
    codes = [
        composed(" ({severity} `{code}`)", severity=SEVERITIES[item.severity], code=item.code)
        for item in row.findings
        if item.column == mapping.column
    ]
    text = composed("{value} -> {target}{codes}", value=value, target=target, codes=joined("", codes))
    if mapping.column not in row.unsent:
        return text
    return _("{text}; not sent: {reason}", text=text, reason=UNSENT)


def _center_words(stock: CenterStock) -> Message:
    if not stock.cell:
        text = _("`{file}` does not have it", file=stock.file)
    elif stock.quantity is None:
        text = _("`{file}` has a stock that cannot be read: {cell}", file=stock.file, cell=stock.cell)
    else:
        text = _("`{file}`: {pieces} in stock", file=stock.file, pieces=plain(stock.quantity))
    return text if stock.counted else _("{text}, not counted", text=text)


def _family_lines(family: Family) -> Iterator[WhyLine]:
    parts = []
    if family.model:
        parts.append(_("model `{model}`", model=family.model))
    if family.siblings:
        parts.append(
            _n("{count} other item of this model", "{count} other items of this model", len(family.siblings))
        )
    if family.alone:
        parts.append(_alone_words(family.alone))
    elif family.group:
        parts.append(_("variant group {group}", group=family.group))
    else:
        parts.append(_("a variant group without a number yet"))
    yield WhyLine(VARIANTS, NOTHING, joined("; ", parts))
    for sibling in family.siblings[:SCREENFUL]:
        yield WhyLine(VARIANTS, verbatim(sibling.good_id), _sibling_words(sibling))
    if (rest := len(family.siblings) - SCREENFUL) > 0:
        yield WhyLine(VARIANTS, NOTHING, _("… and {more} more; `--format json` lists all", more=rest))


def _alone_words(alone: Reason[Alone] | Finding) -> Message:
    return _("a product of its own: {reason}", reason=alone_message(alone))


def _sibling_words(sibling: VariantSibling) -> Message:
    parts = [words(sibling.differs)] if sibling.differs else []
    if sibling.lacks:
        parts.append(_("without {names}", names=list(sibling.lacks)))
    if not parts:
        parts.append(_("differs in no characteristic"))
    if sibling.out:
        parts.append(_("left out: {reason}", reason=skip_message(sibling.out)))
    elif sibling.alone:
        parts.append(_alone_words(sibling.alone))
    return joined("; ", parts)


def text_words(cell: str) -> Message:
    """Return a cell as one line."""
    return verbatim(text) if (text := " ".join(cell.split())) else _("(empty)")


def value_words(name: str, value: Value) -> Message:
    """Return the value of a field as people say it."""
    return value_word(name, value) or (
        text_words(value) if isinstance(value, str) and value else words(value)
    )
