"""`torgsync why`: one good's way from its row to Prom.ua, section by section, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.output import wrapped
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import SCREENFUL, print_csv, print_json
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.guards import remedy
from torgsync.cli.messages.outcomes import reasons_message
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.messages.status import (
    UNSENT,
    alone_message,
    filter_message,
    price_message,
    status_message,
)
from torgsync.cli.plan.changes import moved, words
from torgsync.cli.plan.why_document import good_document, held_words
from torgsync.core.clock import shop_time
from torgsync.core.product.fields import Value
from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.core.plan.why import CenterStock
    from torgsync.core.product.variants import Family, VariantSibling
    from torgsync.jobs.plan.why import GoodView
    from torgsync.state.runs.plans import ChangeAttempt


LABEL = 11
"""The width of the column with the names of sections."""
LONGEST = 300
"""Letters of one line that the table shows."""


def why(
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(help="The item's id in Torgsoft, or its article or barcode.", metavar="ITEM")
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
    out, section = program.out, ""
    for text in wrapped(title, out.width):
        out.print(text, soft_wrap=True, style="bold")
    for line in lines:
        if line.section != section:
            out.print()
        label = "" if line.section == section else line.section
        section = line.section
        text = f"{line.about}: {line.text}" if line.about else line.text
        first, *rest = wrapped(text[:LONGEST], out.width, " " * LABEL)
        out.print(f"{label:<{LABEL}}{first[LABEL:]}", soft_wrap=True)
        for more in rest:
            out.print(more, soft_wrap=True)


_FILTERS = {
    "other-group": "group",
    "not-displayed": "display",
    "out-of-stock": "stock",
    "no-photos": "photos",
}


class WhyLine(NamedTuple):
    """One line: its section, what it is about, and its text."""

    section: str
    about: str
    text: str


def _render_good(good: GoodView, called: str) -> Iterator[WhyLine]:
    yield from _answer(good, called)
    yield from _row_lines(good)
    for finding in good.findings:
        column = f"{finding.column}: " if finding.column else ""
        yield WhyLine("findings", f"{finding.severity} {finding.code}", f"{column}{finding_message(finding)}")
    yield from _prom_lines(good)
    yield from _change_lines(good)
    for attempt in good.attempts:
        yield WhyLine("history", _time(attempt.at), _attempt_words(attempt))


def _answer(good: GoodView, called: str) -> Iterator[WhyLine]:
    yield WhyLine("answer", "", status_message(good.status))
    if good.deletion:
        yield WhyLine("answer", "deletion", f"with the first run after {_time(good.deletion)}")
    if good.problem:
        yield WhyLine("answer", "", "the export cannot be read now: this is told by what was read before")
    if good.row and good.row.out:
        yield WhyLine("answer", "kept out", skip_message(good.row.out))
    if good.held:
        observed, flag = held_words(good.held)
        observed = observed or "`torgsync update` tells the number"
        way_on = f"; if it is right: torgsync sync -o {called} {flag}" if flag else ""
        yield WhyLine("answer", f"held by the guard `{good.held.guard}`", f"{observed}{way_on}")
        if good.held.violation and (cure := remedy(good.held.violation)):
            yield WhyLine("answer", "", cure)
    if good.refusal:
        since = "" if good.refused else ", and it changed since then"
        refused = f"{reasons_message(good.refusal.reasons)}{since}"
        yield WhyLine("answer", f"refused {_time(good.refusal.at)}", refused)


def _row_lines(good: GoodView) -> Iterator[WhyLine]:
    row = good.row
    if row is None:
        absent = "the export does not have it"
        yield WhyLine("row", "", f"the export cannot be read: {good.problem}" if good.problem else absent)
        return
    places = "line" if len(row.lines) == 1 else "lines"
    yield WhyLine("row", "", f"{row.file}, {places} {' and '.join(map(str, row.lines))}")
    for stock in row.centers:
        yield WhyLine("centers", stock.center, _center_words(stock))
    for mapping, cell in row.mapped_cells:
        target = mapping.to if mapping.to != "characteristic" else f"characteristic `{mapping.name}`"
        owner = " (Prom.ua's side)" if mapping.owner == "prom" else ""
        codes = [f" ({item.severity} {item.code})" for item in row.findings if item.column == mapping.column]
        unsent = f"; not sent: {UNSENT}" if mapping.column in row.unsent else ""
        instead = row.replaced.get(mapping.column)
        words = _text(cell) if instead is None else f"{_text(cell)} (replaced by {_text(instead)})"
        yield WhyLine("columns", mapping.column, f"{words} -> {target}{owner}{''.join(codes)}{unsent}")
    for price in row.prices:
        yield WhyLine("price", "", price_message(price))
    for item in row.filters:
        mark = "✓" if item.passes else "✗ stays out by"
        yield WhyLine("filters", f"{mark} {_FILTERS[item.reason]}", filter_message(item))
    yield from _family_lines(row.family)
    if not row.out:
        for name, value in row.mapped.product.values.items():
            yield WhyLine("product", name, _value(value))
        for name in sorted(row.mapped.unreadable):
            yield WhyLine("product", name, "cannot be read; what Prom.ua has stays")


def _center_words(stock: CenterStock) -> str:
    if not stock.cell:
        says = "does not have it"
    elif stock.quantity is None:
        says = f"tells a stock that cannot be read: {stock.cell}"
    else:
        says = f"has {stock.quantity.normalize():f} of it"
    return f"`{stock.file}` {says}{'' if stock.counted else ', which are not counted'}"


def _family_lines(family: Family) -> Iterator[WhyLine]:
    others = f", with {counted(len(family.siblings), 'other good')}" if family.siblings else ""
    parts = [f"model `{family.model}`{others}"] if family.model else []
    if family.alone:
        parts.append(f"goes alone: {alone_message(family.alone)}")
    else:
        parts.append(f"variant group {family.group}" if family.group else "a variant group, not numbered yet")
    yield WhyLine("variants", "", "; ".join(parts))
    for sibling in family.siblings[:SCREENFUL]:
        yield WhyLine("variants", sibling.good_id, _sibling_words(sibling))
    if (rest := len(family.siblings) - SCREENFUL) > 0:
        yield WhyLine("variants", "", f"… and {rest} more; `--format json` lists all")


def _sibling_words(sibling: VariantSibling) -> str:
    parts = [words(sibling.differs)] if sibling.differs else []
    if sibling.lacks:
        parts.append(f"without {', '.join(sibling.lacks)}")
    text = "; ".join(parts) or "differs in no characteristic"
    if sibling.out:
        return f"{text}; stays out: {skip_message(sibling.out)}"
    return f"{text}; goes alone: {alone_message(sibling.alone)}" if sibling.alone else text


def _prom_lines(good: GoodView) -> Iterator[WhyLine]:
    there = partial(WhyLine, "on Prom.ua")
    if good.sent is None:
        yield WhyLine("sent", "", "nothing was ever sent of it")
    else:
        yield WhyLine("sent", "", f"last {_time(good.sent_at)}: {', '.join(good.sent.values)}")
    for holding in good.sold:
        yield there("sold", f"{holding.quantity.normalize():f} in order {holding.order_id}, not offered")
    if good.adoption:
        rules = " and ".join(good.adoption.by)
        by = f"by {rules}, {_time(good.adoption.at)} by {good.adoption.user}"
        yield there("adopted", f"product {good.adoption.prom_id}, {by}")
    if good.candidates:
        yield there("may be any of", f"products {', '.join(good.candidates)}")
    if good.looked is None:
        yield there("", "Prom.ua was not looked at yet")
    elif good.existing is None:
        yield there("", f"not there, as seen {_time(good.looked)}")
    else:
        changed = f", changed {_time(good.existing.modified)}" if good.existing.modified else ""
        yield there("", f"product {good.existing.prom_id}, as seen {_time(good.looked)}{changed}")
        for name in ("status", "price", "discount", "presence", "quantity"):
            if name in good.existing.values:
                yield there(name, _value(good.existing.values[name]))


def _change_lines(good: GoodView) -> Iterator[WhyLine]:
    change = good.verdict.change
    if change is None:
        yield WhyLine("plan", "", "no change")
    else:
        yield WhyLine("plan", "", f"{change.verb}, by {change.via}")
        sent = good.sent.values if good.sent else {}
        for name, field in change.fields.items():
            story = "edited on Prom.ua" if field.edited else "we moved" if name in sent else "never sent"
            story = "" if change.verb != "update" else f" ({story})"
            text = _value(field.new)
            if change.verb != "create":
                text = moved(name, field) if name == "photos" else f"{_value(field.old)} -> {text}"
            if field.edited and field.sent != field.new:
                story = f" (edited on Prom.ua; we sent {_value(field.sent)})"
            yield WhyLine("plan", name, f"{text}{story}")
    for name in good.verdict.left_alone:
        yield WhyLine("plan", name, "differs, belongs to Prom.ua's side and is left alone")


def _attempt_words(attempt: ChangeAttempt) -> str:
    item = attempt.item
    held = f"held by `{item.change.held}`" if item.change.held else ""
    ended = str(item.outcome) if item.outcome else held or "shown by `torgsync update`, not performed"
    run = f" in run {attempt.run}" if attempt.run else ""
    reasons = reasons_message(item.reasons)
    said = f": {reasons}" if reasons else ""
    names = "" if item.change.verb == "create" else f" {', '.join(item.change.fields)}"
    return f"{item.change.verb}{names}{run}: {ended}{said}"


def _time(at: datetime | None) -> str:
    return shop_time(at) if at else "–"


def _text(cell: str) -> str:
    return " ".join(cell.split()) or "(empty)"


def _value(value: Value) -> str:
    return _text(words(value))
