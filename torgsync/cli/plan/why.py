"""`torgsync why`: one good's way from its row to Prom.ua, section by section, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.output import wrapped
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import SCREENFUL, print_csv, print_json
from torgsync.cli.messages.fields import VERBS, field_word, value_word
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.guards import remedy
from torgsync.cli.messages.outcomes import WORDS, reasons_message
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.messages.status import (
    UNSENT,
    alone_message,
    filter_message,
    price_message,
    status_message,
)
from torgsync.cli.plan.changes import moved, words
from torgsync.cli.plan.outcomes import guard_words
from torgsync.cli.plan.why_document import good_document, held_words
from torgsync.core.clock import shop_time
from torgsync.core.findings import Severity
from torgsync.core.plan.adopt import Rule
from torgsync.core.plan.diff import Verb
from torgsync.core.product.fields import Channel, Value
from torgsync.i18n import NOTHING, Message, _, _n, composed, joined, translated, verbatim

if TYPE_CHECKING:
    from torgsync.core.config.catalog import FieldMapping
    from torgsync.core.findings import Finding
    from torgsync.core.plan.diff import FieldChange
    from torgsync.core.plan.why import CenterStock
    from torgsync.core.product.variants import Alone, Family, VariantSibling
    from torgsync.core.reason import Reason
    from torgsync.jobs.plan.why import GoodView, RowView
    from torgsync.state.runs.plans import ChangeAttempt


LABEL = 11
"""The width of the column with the names of sections."""
LONGEST = 300
"""Letters of a cell or a value that are shown."""


def why(
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(help=_("The item's id in Torgsoft, or its article or barcode."), metavar="ITEM")
    ],
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Explain why one item looks the way it does on Prom.ua. Asks Prom.ua nothing."""
    program = program_of(context, output)
    from torgsync.jobs.catalog.goods import good_named
    from torgsync.jobs.plan.why import why as explain

    file = program.object(wanted)
    with program.job(file) as job:
        good = explain(job, good_named(job, item.strip()))
    if output is Format.JSON:
        document = good_document(file.catalog_path.name, good)
        print_json({"schema": SCHEMA, "object": file.settings.name, "good": document}, {})
        return

    lines = _render_good(good, file.called)
    if output is Format.CSV:
        print_csv({"section": line.section, "about": line.about, "text": line.text} for line in lines)
    else:
        _print_good(program, f"{good.good_id}  {good.title}".strip(), lines)


def _print_good(program: Program, title: str, lines: Iterable[WhyLine]) -> None:
    out, section = program.out, NOTHING
    for text in wrapped(title, out.width):
        out.print(text, soft_wrap=True, style="bold")
    for line in lines:
        if line.section != section:
            out.print()
        label = "" if line.section == section else translated(line.section)
        section = line.section
        text = translated(_shortened(_about(line.about, line.text)))
        first, *rest = wrapped(text, out.width, " " * LABEL)
        out.print(f"{label:<{LABEL}}{first[LABEL:]}", soft_wrap=True)
        for more in rest:
            out.print(more, soft_wrap=True)


def _shortened(text: Message) -> Message:
    """Return a message in which long data is its beginning and its length; sentences stay whole."""
    short: dict[str, Message] = {}
    for name, arg in text.args.items():
        if isinstance(arg, Message):
            short[name] = _shortened(arg)
        elif isinstance(arg, str) and len(arg) > LONGEST:
            start = arg[:LONGEST]
            short[name] = _n(
                "{start} … ({count} character)", "{start} … ({count} characters)", len(arg), start=start
            )
    return text.filled(**short)


_FILTERS = {
    "other-group": _("group"),
    "not-displayed": _("display"),
    "out-of-stock": _("stock"),
    "no-photos": _("photos"),
}
ANSWER, ROW, CENTERS, COLUMNS = _("answer"), _("row"), _("centers"), _("columns")
PRICE, FILTERS, VARIANTS, PRODUCT = _("price"), _("filters"), _("variants"), _("product")
FINDINGS, SENT, THERE, PLAN, HISTORY = _("findings"), _("sent"), _("on Prom.ua"), _("plan"), _("history")

SEVERITIES = {Severity.ERROR: _("error"), Severity.WARNING: _("warning"), Severity.NOTICE: _("notice")}
RULES = {
    Rule.EXTERNAL_ID: _("external id"),
    Rule.SKU: _("article"),
    Rule.BARCODE: _("barcode"),
    Rule.NAME: _("name"),
    Rule.DECISION: _("a person's decision"),
}
"""By what a product was matched to an item."""


class WhyLine(NamedTuple):
    """One line: its section, what it is about, and its text."""

    section: Message
    about: Message
    text: Message


def _about(about: Message, text: Message) -> Message:
    return composed("{about}: {text}" if about else "{text}", about=about, text=text)


def _render_good(good: GoodView, called: str) -> Iterator[WhyLine]:
    yield from _answer(good, called)
    yield from _row_lines(good)
    for finding in good.findings:
        severity = composed("{severity} `{code}`", severity=SEVERITIES[finding.severity], code=finding.code)
        column = verbatim(f"`{finding.column}`" if finding.column else "")
        yield WhyLine(FINDINGS, severity, _about(column, finding_message(finding)))
    yield from _prom_lines(good)
    yield from _change_lines(good)
    for attempt in good.attempts:
        yield WhyLine(HISTORY, verbatim(_time(attempt.at)), _attempt_words(attempt))


def _answer(good: GoodView, called: str) -> Iterator[WhyLine]:
    answer = partial(WhyLine, ANSWER)
    yield answer(NOTHING, status_message(good.status))
    if good.deletion:
        yield answer(_("deletion"), _("with the first run after {at:time}", at=good.deletion))
    if good.problem:
        yield answer(NOTHING, _("the export cannot be read now: this is from the last time it was read"))
    if good.row and good.row.out:
        yield answer(_("left out"), skip_message(good.row.out))
    if good.held:
        observed, flag = held_words(good.held)
        seen = observed or _("`torgsync update` shows the number")
        if flag:
            command = f"torgsync sync -o {called} {flag}"
            seen = _("{seen}; if it is right: {command}", seen=seen, command=command)
        yield answer(guard_words(good.held.guard), seen)
        if good.held.violation and (cure := remedy(good.held.violation)):
            yield answer(NOTHING, cure)
    if good.refusal:
        refused = reasons_message(good.refusal.reasons)
        if not good.refused:
            refused = _("{reasons}; the item has changed since then", reasons=refused)
        yield answer(_("refused {at:time}", at=good.refusal.at), refused)


def _row_lines(good: GoodView) -> Iterator[WhyLine]:
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
        for name, value in row.mapped.product.values.items():
            yield WhyLine(PRODUCT, field_word(name), _value(name, value))
        for name in sorted(row.mapped.unreadable):
            yield WhyLine(PRODUCT, field_word(name), _("cannot be read; what Prom.ua has stays"))


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
    value = _text(cell)
    if instead is not None:
        value = _("{value} (replaced by {other})", value=value, other=_text(instead))
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
        pieces = f"{stock.quantity.normalize():f}"
        text = _("`{file}`: {pieces} in stock", file=stock.file, pieces=pieces)
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


def _prom_lines(good: GoodView) -> Iterator[WhyLine]:
    there = partial(WhyLine, THERE)
    if good.sent is None:
        yield WhyLine(SENT, NOTHING, _("nothing was ever sent"))
    else:
        names = joined(", ", map(field_word, good.sent.values))
        yield WhyLine(SENT, NOTHING, _("last {at}: {fields}", at=_time(good.sent_at), fields=names))
    for holding in good.sold:
        pieces = f"{holding.quantity.normalize():f}"
        sold = _("{pieces} in order `{order}`, not for sale", pieces=pieces, order=holding.order_id)
        yield there(_("sold"), sold)
    if good.adoption:
        adopted = _(
            "product {product}, by {rules}, {at:time} by {user}",
            product=good.adoption.prom_id,
            rules=joined(", ", map(RULES.__getitem__, good.adoption.by)),
            at=good.adoption.at,
            user=good.adoption.user,
        )
        yield there(_("adopted"), adopted)
    if good.candidates:
        yield there(_("possible matches"), _("products {products}", products=list(good.candidates)))
    if good.looked is None:
        yield there(NOTHING, _("Prom.ua has not been asked yet"))
    elif good.existing is None:
        yield there(NOTHING, _("not there, as seen {at:time}", at=good.looked))
    else:
        seen = _("product {product}, as seen {at:time}", product=good.existing.prom_id, at=good.looked)
        if good.existing.modified:
            seen = _("{seen}, changed {at:time}", seen=seen, at=good.existing.modified)
        yield there(NOTHING, seen)
        for name in ("status", "price", "discount", "presence", "quantity"):
            if name in good.existing.values:
                yield there(field_word(name), _value(name, good.existing.values[name]))


def _change_lines(good: GoodView) -> Iterator[WhyLine]:
    change = good.verdict.change
    if change is None:
        yield WhyLine(PLAN, NOTHING, _("no change"))
    else:
        way = {"verb": VERBS[change.verb]}
        imported = change.via is Channel.IMPORT
        by = _("{verb}, by an import file", **way) if imported else _("{verb}, by an edit", **way)
        yield WhyLine(PLAN, NOTHING, by)
        sent = good.sent.values if good.sent else {}
        for name, field in change.fields.items():
            yield WhyLine(PLAN, field_word(name), _field_words(change.verb, name, field, known=name in sent))
    for name in good.verdict.left_alone:
        yield WhyLine(PLAN, field_word(name), _("differs, but is kept as it is on Prom.ua"))


def _field_words(verb: Verb, name: str, field: FieldChange, *, known: bool) -> Message:
    """Return how a field moves and who changed it; `known` is whether it was ever sent."""
    new = _value(name, field.new)
    if verb is Verb.CREATE:
        return new
    if name == "photos":
        text = moved(name, field._replace(edited=False))
    else:
        text = composed("{old} -> {new}", old=_value(name, field.old), new=new)
    if verb is not Verb.UPDATE:
        return text
    if field.edited and field.sent != field.new:
        return _("{move} (edited on Prom.ua; last sent: {sent})", move=text, sent=_value(name, field.sent))
    if field.edited:
        return _("{move} (edited on Prom.ua)", move=text)
    return _("{move} (the export changed)", move=text) if known else _("{move} (never sent)", move=text)


def _attempt_words(attempt: ChangeAttempt) -> Message:
    item = attempt.item
    if item.outcome:
        ended = WORDS[item.outcome]
    elif item.change.held:
        ended = guard_words(item.change.held)
    else:
        ended = _("shown by `torgsync update`, not sent")
    what = VERBS[item.change.verb]
    if item.change.verb is not Verb.CREATE:
        names = joined(", ", map(field_word, item.change.fields))
        what = composed("{verb} ({fields})", verb=what, fields=names)
    if attempt.run:
        what = _("{change} in run {run}", change=what, run=attempt.run)
    text = composed("{change}: {outcome}", change=what, outcome=ended)
    reasons = reasons_message(item.reasons)
    return composed("{text}: {reasons}", text=text, reasons=reasons) if reasons else text


def _time(at: datetime | None) -> str:
    return shop_time(at) if at else "–"


def _text(cell: str) -> Message:
    return verbatim(text) if (text := " ".join(cell.split())) else _("(empty)")


def _value(name: str, value: Value) -> Message:
    return value_word(name, value) or (_text(value) if isinstance(value, str) and value else words(value))
