"""`torgsync why`: one good's way from its row to Prom.ua, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of

if TYPE_CHECKING:
    from decimal import Decimal

    from torgsync.core.plan.diff import Change
    from torgsync.core.plan.why import CenterStock, Family, VariantSibling
    from torgsync.core.product.fields import Value
    from torgsync.core.product.products import Product
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.plan.why import Why
    from torgsync.state.runs.plans import Attempt

LABEL = 11
SISTERS = 10
"""Other goods of a model that the table shows."""
LONGEST = 300
"""Letters of one value that the table shows."""


_FILTERS = {
    "other-group": "group",
    "not-displayed": "display",
    "out-of-stock": "stock",
    "no-photos": "photos",
}


class Line(NamedTuple):
    """One line of the answer: the section it belongs to, what it is about, and what is said."""

    section: str
    about: str
    text: str


def why(
    context: typer.Context,
    good_id: Annotated[str, typer.Argument(help="The good's id in Torgsoft.", metavar="GOOD_ID")],
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say of one good why it is, or is not, on Prom.ua as it is. Asks Prom.ua nothing."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_csv, print_json
    from torgsync.jobs.plan.why import why as explain

    file = program.object(wanted)
    with program.job(file) as job:
        told = explain(job, good_id.strip())
    if form is Format.JSON:
        print_json({"schema": SCHEMA, "object": file.settings.name, "good": _document(file, told)}, {})
    elif form is Format.CSV:
        print_csv({"section": line.section, "about": line.about, "text": line.text} for line in _lines(told))
    else:
        _print(program, told)


# The table


def _print(program: Program, told: Why) -> None:
    from torgsync.cli.base.lines import wrapped

    out, section = program.out, ""
    for text in wrapped(f"{told.good_id}  {told.title}".strip(), out.width):
        out.print(text, soft_wrap=True, style="bold")
    for line in _lines(told):
        if line.section != section:
            out.print()
        label = "" if line.section == section else line.section
        section = line.section
        text = f"{line.about}: {line.text}" if line.about else line.text
        first, *rest = wrapped(text[:LONGEST], out.width, " " * LABEL)
        out.print(f"{label:<{LABEL}}{first[LABEL:]}", soft_wrap=True)
        for more in rest:
            out.print(more, soft_wrap=True)


def _lines(told: Why) -> Iterator[Line]:
    """Yield the whole answer, section by section: the good's way from its row to Prom.ua."""
    from torgsync.cli.messages.findings import finding_message

    yield from _answer(told)
    yield from _row_lines(told)
    for finding in told.findings:
        column = f"{finding.column}: " if finding.column else ""
        yield Line("findings", f"{finding.severity} {finding.code}", f"{column}{finding_message(finding)}")
    yield from _prom_lines(told)
    yield from _change_lines(told)
    for attempt in told.attempts:
        yield Line("history", _time(attempt.at), _attempt_words(attempt))


def _answer(told: Why) -> Iterator[Line]:
    from torgsync.cli.plan.changes import reason_words
    from torgsync.core.plan.why import WORDS

    yield Line("answer", "", WORDS[told.fate])
    if told.problem:
        yield Line("answer", "", "the export cannot be read now: this is told by what was read before")
    if told.row and told.row.out:
        yield Line("answer", "kept out", reason_words(told.row.out))
    if told.held:
        observed = f"{told.held.observed}; " if told.held.observed else "`torgsync update` tells the number; "
        yield Line(
            "answer", f"held by the guard `{told.held.guard}`", f"{observed}if it is right: {told.held.flag}"
        )
    if told.refusal:
        since = "" if told.refused else ", and it changed since then"
        yield Line("answer", f"refused {_time(told.refusal.at)}", f"{told.refusal.message}{since}")


def _row_lines(told: Why) -> Iterator[Line]:
    from torgsync.cli.messages.why import filter_message, price_message

    row = told.row
    if row is None:
        absent = "the export does not have it"
        yield Line("row", "", f"the export cannot be read: {told.problem}" if told.problem else absent)
        return
    places = "line" if len(row.lines) == 1 else "lines"
    yield Line("row", "", f"{row.file}, {places} {' and '.join(map(str, row.lines))}")
    for stock in row.centers:
        yield Line("centers", stock.center, _center_words(stock))
    for mapping, cell in row.led:
        target = mapping.to if mapping.to != "characteristic" else f"characteristic `{mapping.name}`"
        owner = " (Prom.ua's side)" if mapping.owner == "prom" else ""
        codes = [f" ({item.severity} {item.code})" for item in row.findings if item.column == mapping.column]
        reason = row.unsent.get(mapping.column, "")
        unsent = f"; not sent: {reason}" if reason else ""
        yield Line("columns", mapping.column, f"{_text(cell)} -> {target}{owner}{''.join(codes)}{unsent}")
    for price in row.prices:
        yield Line("price", "", price_message(price))
    for item in row.filters:
        mark = "✓" if item.passes else "✗ stays out by"
        yield Line("filters", f"{mark} {_FILTERS[item.reason]}", filter_message(item))
    yield from _family_lines(row.family)
    if not row.out:
        for name, value in row.mapped.product.values.items():
            yield Line("product", name, _value(value))
        for name in sorted(row.mapped.unreadable):
            yield Line("product", name, "cannot be read; what Prom.ua has stays")


def _center_words(stock: CenterStock) -> str:
    if not stock.cell:
        found = "does not have it"
    elif stock.quantity is None:
        found = f"tells a stock that cannot be read: {stock.cell}"
    else:
        found = f"has {stock.quantity.normalize():f} of it"
    return f"`{stock.file}` {found}{'' if stock.counted else ', which are not counted'}"


def _family_lines(family: Family) -> Iterator[Line]:
    """Yield the model of a good and the other goods of it, or why the good goes alone."""
    from torgsync.cli.messages.why import alone_message
    from torgsync.core.text import counted

    others = f", with {counted(len(family.siblings), 'other good')}" if family.siblings else ""
    parts = [f"model `{family.model}`{others}"] if family.model else []
    if family.alone:
        parts.append(f"goes alone: {alone_message(family.alone)}")
    else:
        parts.append(f"variant group {family.group}" if family.group else "a variant group, not numbered yet")
    yield Line("variants", "", "; ".join(parts))
    for sibling in family.siblings[:SISTERS]:
        yield Line("variants", sibling.good_id, _sibling_words(sibling))
    if (rest := len(family.siblings) - SISTERS) > 0:
        yield Line("variants", "", f"… and {rest} more; `--format json` lists all")


def _sibling_words(sibling: VariantSibling) -> str:
    from torgsync.cli.messages.why import alone_message
    from torgsync.cli.plan.changes import reason_words, words

    parts = [words(sibling.differs)] if sibling.differs else []
    if sibling.lacks:
        parts.append(f"without {', '.join(sibling.lacks)}")
    text = "; ".join(parts) or "differs in no characteristic"
    if sibling.out:
        return f"{text}; stays out: {reason_words(sibling.out)}"
    return f"{text}; goes alone: {alone_message(sibling.alone)}" if sibling.alone else text


def _prom_lines(told: Why) -> Iterator[Line]:
    if told.sent is None:
        yield Line("sent", "", "nothing was ever sent of it")
    else:
        yield Line("sent", "", f"last {_time(told.sent_at)}: {_names(told.sent)}")
    for holding in told.sold:
        yield Line(
            "on Prom.ua", "sold", f"{holding.quantity.normalize():f} in order {holding.order_id}, not offered"
        )
    if told.adoption:
        rules = " and ".join(told.adoption.by)
        by = f"by {rules}, {_time(told.adoption.at)} by {told.adoption.user}"
        yield Line("on Prom.ua", "adopted", f"product {told.adoption.prom_id}, {by}")
    if told.candidates:
        yield Line("on Prom.ua", "may be any of", f"products {', '.join(told.candidates)}")
    if told.looked is None:
        yield Line("on Prom.ua", "", "Prom.ua was not looked at yet")
    elif told.existing is None:
        yield Line("on Prom.ua", "", f"not there, as seen {_time(told.looked)}")
    else:
        changed = f", changed {_time(told.existing.modified)}" if told.existing.modified else ""
        yield Line(
            "on Prom.ua", "", f"product {told.existing.prom_id}, as seen {_time(told.looked)}{changed}"
        )
        for name in ("status", "price", "discount", "presence", "quantity"):
            if name in told.existing.values:
                yield Line("on Prom.ua", name, _value(told.existing.values[name]))


def _change_lines(told: Why) -> Iterator[Line]:
    from torgsync.cli.plan.changes import moved

    change = told.verdict.change
    if change is None:
        yield Line("plan", "", "no change")
    else:
        yield Line("plan", "", f"{change.verb}, by {change.via}")
        sent = told.sent.values if told.sent else {}
        for name, field in change.fields.items():
            story = "edited on Prom.ua" if field.edited else "we moved" if name in sent else "never sent"
            story = "" if change.verb != "update" else f" ({story})"
            old = "" if change.verb == "create" else f"{_value(field.old)} -> "
            text = f"{old}{_value(field.new)}"
            if name == "photos" and old:
                text = moved(name, field)
            if field.edited and field.sent != field.new:
                story = f" (edited on Prom.ua; we sent {_value(field.sent)})"
            yield Line("plan", name, f"{text}{story}")
    for name in told.verdict.left_alone:
        yield Line("plan", name, "differs, belongs to Prom.ua's side and is left alone")


def _attempt_words(attempt: Attempt) -> str:
    item = attempt.item
    held = f"held by `{item.change.held}`" if item.change.held else ""
    ended = str(item.state) if item.state else held or "shown by `torgsync update`, not performed"
    run = f" in run {attempt.run}" if attempt.run else ""
    said = f": {item.message}" if item.message else ""
    names = "" if item.change.verb == "create" else f" {', '.join(item.change.fields)}"
    return f"{item.change.verb}{names}{run}: {ended}{said}"


def _names(product: Product) -> str:
    return ", ".join(product.values)


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else "–"


def _text(cell: str) -> str:
    return " ".join(cell.split()) or "(empty)"


def _value(value: Value) -> str:
    from torgsync.cli.plan.changes import words

    return _text(words(value))


# JSON


def _document(file: ObjectFile, told: Why) -> dict[str, object]:
    """Return the whole answer as JSON."""
    from torgsync.cli.base.findings import finding_document
    from torgsync.core.plan.why import WORDS

    change = told.verdict.change
    name = told.row.file if told.row else file.catalog_path.name
    return {
        "good_id": told.good_id,
        "title": told.title,
        "fate": str(told.fate),
        "message": WORDS[told.fate],
        "standing": str(told.row_status),
        "export_problem": told.problem or None,
        "row": _row_document(told),
        "findings": [finding_document(finding, name) for finding in told.findings],
        "desired": _values(told.desired),
        "sent": {"at": _iso(told.sent_at), "values": _values(told.sent)} if told.sent else None,
        "looked": _iso(told.looked),
        "existing": {
            "prom_id": told.existing.prom_id,
            "external_id": told.existing.external_id or None,
            "modified": _iso(told.existing.modified),
            "removed": told.existing.removed,
            "values": _encoded(told.existing.values),
        }
        if told.existing
        else None,
        "change": _change_document(change) if change else None,
        "adopted": {
            "prom_id": told.adoption.prom_id,
            "by": list(map(str, told.adoption.by)),
            "at": _iso(told.adoption.at),
            "user": told.adoption.user,
        }
        if told.adoption
        else None,
        "candidates": list(told.candidates),
        "sold": [{"order": holding.order_id, "quantity": float(holding.quantity)} for holding in told.sold],
        "left_alone": list(told.verdict.left_alone),
        "held": {"guard": told.held.guard, "saw": told.held.observed or None, "allow": told.held.flag}
        if told.held
        else None,
        "refusal": {"at": _iso(told.refusal.at), "message": told.refusal.message, "current": told.refused}
        if told.refusal
        else None,
        "attempts": [
            {
                "at": _iso(attempt.at),
                "run": attempt.run,
                "state": str(attempt.item.state) if attempt.item.state else None,
                "message": attempt.item.message,
                **_change_document(attempt.item.change),
            }
            for attempt in told.attempts
        ],
    }


def _row_document(told: Why) -> dict[str, object] | None:
    from torgsync.cli.messages.why import alone_message, filter_message, price_message

    row = told.row
    if row is None:
        return None
    return {
        "file": row.file,
        "lines": list(row.lines),
        "columns": [
            {
                "column": mapping.column,
                "value": cell,
                "to": mapping.to,
                "name": mapping.name,
                "owner": mapping.owner,
                "unsent": row.unsent.get(mapping.column),
            }
            for mapping, cell in row.led
        ],
        "price_steps": [price_message(price) for price in row.prices],
        "filters": [
            {"filter": str(item.reason), "passes": item.passes, "message": filter_message(item)}
            for item in row.filters
        ],
        "centers": [
            {
                "center": stock.center,
                "file": stock.file,
                "value": stock.cell or None,
                "quantity": None if stock.quantity is None else _number(stock.quantity),
                "counted": stock.counted,
            }
            for stock in row.centers
        ],
        "variants": {
            "model": row.family.model or None,
            "group": row.family.group or None,
            "alone": alone_message(row.family.alone) if row.family.alone else None,
            "sisters": [
                {
                    "good_id": sibling.good_id,
                    "title": sibling.title or None,
                    "differs": [item._asdict() for item in sibling.differs],
                    "lacks": list(sibling.lacks),
                    "out": sibling.out or None,
                    "alone": alone_message(sibling.alone) if sibling.alone else None,
                }
                for sibling in row.family.siblings
            ],
        },
        "reason": str(row.out) if row.out else None,
        "unreadable": sorted(row.mapped.unreadable),
    }


def _number(quantity: Decimal) -> int | float:
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def _change_document(change: Change) -> dict[str, object]:
    from torgsync.cli.plan.documents import change_document

    document = change_document(change)
    return {key: document[key] for key in ("verb", "via", "held", "fields")}


def _values(product: Product | None) -> dict[str, object] | None:
    return _encoded(product.values) if product else None


def _encoded(values: Mapping[str, Value]) -> dict[str, object]:
    from torgsync.core.product.fields import FIELDS, encode

    return {name: encode(FIELDS[name], value) for name, value in values.items()}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
