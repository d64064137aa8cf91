"""Shows a plan: the table of pending changes, its JSON, its CSV.

The table says for each change a sign and a word, so that it reads without colour; what does not fit a
screen is counted. Source: design §3, style.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from torgsync.cli.context import SCHEMA, Program
from torgsync.cli.show import counted, plain_table
from torgsync.core.diff import Change, FieldChange, Verb
from torgsync.core.fields import FIELDS, Characteristic, Discount, Kind, Photo, Step, Value, encode
from torgsync.core.findings import Finding, Severity
from torgsync.core.goods import Section
from torgsync.core.plan import Aside, Plan
from torgsync.core.select import WORDS, Reason

if TYPE_CHECKING:
    from rich.table import Table

    from torgsync.jobs.desk import Desk
    from torgsync.jobs.update import Made

SCREENFUL = 24
"""Changes of one verb that are shown before the rest is counted."""
FOLD = 4
"""Goods with one and the same change that are folded into one line."""
SIGNS = {Verb.CREATE: "+ create", Verb.UPDATE: "~ update", Verb.REMOVE: "- remove"}
STYLES = {Verb.CREATE: "green", Verb.UPDATE: "yellow", Verb.REMOVE: "red"}
MARKS = {Severity.ERROR: "✗ error", Severity.WARNING: "! warning", Severity.NOTICE: "· notice"}

_ASIDES = {
    Aside.REFUSED_BEFORE: "refused by Prom.ua before",
    Aside.MODERATED: "deleted by Prom.ua's moderators",
    Aside.NO_PRICE: "new and without a price",
}


class Show(StrEnum):
    """Which part of a plan is shown."""

    SUMMARY = "summary"
    CHANGES = "changes"
    HELD = "held"
    SKIPPED = "skipped"
    ALL = "all"


# JSON and CSV


def plan_head(plan: Plan) -> dict[str, object]:
    """Return the head of a plan's JSON document (design §3)."""
    export, counts = plan.export, plan.counts
    return {
        "schema": SCHEMA,
        "object": plan.object,
        "plan": plan.id,
        "export": {"path": export.path, "goods": export.goods, "encoding": export.encoding},
        "counts": {
            "create": counts.create,
            "update": counts.update,
            "remove": counts.remove,
            "held": counts.held,
            "skipped": counts.skipped,
            "unchanged": counts.unchanged,
            "foreign": counts.foreign,
        },
    }


def plan_tail(plan: Plan) -> dict[str, object]:
    """Return the end of a plan's JSON document: what the guards said, and the budget."""
    guards = [
        {
            "guard": str(trip.guard),
            "good_id": trip.good_id or None,
            "saw": trip.saw,
            "limit": trip.limit,
            "cause": trip.cause,
            "allow": trip.flag,
        }
        for trip in plan.trips
    ]
    budget = plan.budget
    return {
        "skipped": dict(plan.skipped),
        "guards": guards,
        "budget": {
            "requests": budget.requests,
            "imports": budget.imports,
            "imports_left": budget.imports_left,
        },
    }


def change_document(change: Change) -> dict[str, object]:
    """Return one change as JSON: decimals as strings, quantities as numbers."""
    return {
        "good_id": change.good_id or None,
        "prom_id": change.prom_id or None,
        "verb": str(change.verb),
        "title": change.title,
        "via": str(change.via),
        "held": change.held,
        "fields": {
            name: {
                "old": encode(FIELDS[name], field.old),
                "new": encode(FIELDS[name], field.new),
                **({"edited_on_prom": True} if field.edited else {}),
            }
            for name, field in change.fields.items()
        },
    }


def finding_document(finding: Finding) -> dict[str, object]:
    """Return one finding as JSON."""
    return {
        "code": str(finding.code),
        "severity": str(finding.severity),
        "good_id": finding.good_id or None,
        "line": finding.line or None,
        "column": finding.column or None,
        "message": finding.message,
    }


def change_rows(desk: Desk, made: Made) -> Iterator[dict[str, object]]:
    """Yield a plan as rows for CSV, one a field."""
    with desk.memory() as memory:
        for item in memory.plans.changes(made.number):
            for name, field in item.change.fields.items():
                yield {
                    "good_id": item.change.good_id,
                    "verb": str(item.change.verb),
                    "title": item.change.title,
                    "via": str(item.change.via),
                    "held": item.change.held or "",
                    "field": name,
                    "old": words(name, field.old),
                    "new": words(name, field.new),
                }


# The table


def show_plan(program: Program, desk: Desk, made: Made, show: Show, *, next_step: str) -> None:
    """Print the table of pending changes and the lines that sum it up."""
    out = program.out
    plan = made.plan
    out.print(
        f"{plan.object}: {plan.export.path}, {counted(plan.export.goods, 'good')}, {plan.export.encoding}",
        soft_wrap=True,
    )
    if show in (Show.CHANGES, Show.HELD, Show.ALL) and plan.counts.changes:
        out.print()
        out.print(_changes_table(desk, made, show))
    if show in (Show.SKIPPED, Show.ALL):
        _show_skipped(program, plan)
    print_findings(program, made.findings, every=show is Show.ALL)
    _show_guards(program, plan)
    _show_sums(program, plan, next_step)


def _changes_table(desk: Desk, made: Made, show: Show) -> Table:
    table = plain_table("", "id", "good", "field", "old -> new")
    table.columns[0].no_wrap = True
    table.columns[1].overflow = "fold"
    table.columns[2].min_width = 12
    counts = made.plan.counts
    limits = dict.fromkeys(Verb, None if show is Show.ALL else SCREENFUL)
    totals = {Verb.CREATE: counts.create, Verb.UPDATE: counts.update, Verb.REMOVE: counts.remove}
    shown = dict.fromkeys(Verb, 0)
    with desk.memory() as memory:
        folded = {} if show is Show.ALL else _folds(item.change for item in memory.plans.changes(made.number))
        for item in memory.plans.changes(made.number):
            change = item.change
            if show is Show.HELD and not change.held:
                continue
            if _same(change) in folded:
                continue
            limit = limits[change.verb]
            if limit is not None and shown[change.verb] >= limit:
                continue
            shown[change.verb] += 1
            _add_change(table, change, whole=show is Show.ALL)
        for (verb, name, old, new, held), number in folded.items():
            shown[verb] += number
            _add_row(table, verb, held, "", counted(number, "good"), FIELDS[name].name, f"{old} -> {new}")
    for verb, total in totals.items():
        rest = total - shown[verb]
        if rest > 0 and show is Show.CHANGES:
            _add_row(table, verb, None, "", f"… and {rest} more", "", "`--show all` lists them")
    return table


_Same = tuple[Verb, str, str, str, str | None]


def _same(change: Change) -> _Same | None:
    """Return what makes two changes one line: a single field with the same words before and after."""
    if len(change.fields) != 1 or change.verb is Verb.CREATE:
        return None
    name, field = next(iter(change.fields.items()))
    return (change.verb, name, words(name, field.old), words(name, field.new), change.held)


def _folds(changes: Iterator[Change]) -> dict[_Same, int]:
    counts: dict[_Same, int] = {}
    for change in changes:
        if same := _same(change):
            counts[same] = counts.get(same, 0) + 1
    return {same: number for same, number in counts.items() if number >= FOLD}


def _add_change(table: Table, change: Change, *, whole: bool) -> None:
    fields = change.fields
    if change.verb is Verb.CREATE and not whole:
        _add_row(table, change.verb, change.held, change.good_id, change.title, "", _creation_words(fields))
        return
    first = True
    for name, field in fields.items():
        text = words(name, field.new) if change.verb is Verb.CREATE else _moved(name, field)
        if field.edited:
            text += " (edited on Prom)"
        good_id = change.good_id or change.prom_id
        cells = (good_id, change.title) if first else ("", "")
        _add_row(table, change.verb if first else None, change.held if first else None, *cells, name, text)
        first = False


def _add_row(
    table: Table, verb: Verb | None, held: str | None, good_id: str, title: str, field: str, text: str
) -> None:
    from rich.text import Text

    sign = "" if verb is None else f"! held {verb}" if held else SIGNS[verb]
    style = "" if verb is None else "magenta" if held else STYLES[verb]
    table.add_row(Text(sign, style=style), good_id, title, field, text)


def _creation_words(fields: Mapping[str, FieldChange]) -> str:
    parts = []
    if "price" in fields:
        parts.append(words("price", fields["price"].new))
    if "quantity" in fields:
        parts.append(f"{fields['quantity'].new} in stock")
    if "photos" in fields and isinstance(fields["photos"].new, tuple):
        parts.append(counted(len(fields["photos"].new), "photo"))
    return ", ".join(parts) or counted(len(fields), "field")


def _moved(name: str, field: FieldChange) -> str:
    before, after = words(name, field.old), words(name, field.new)
    if FIELDS[name].kind is Kind.HTML:
        return f"{len(before)} -> {len(after)} characters"
    move = ""
    if isinstance(field.old, Decimal) and isinstance(field.new, Decimal) and field.old:
        share = (field.new - field.old) / field.old * 100
        move = f" ({share:+.0f} %)"
    return f"{before} -> {after}{move}"


def words(name: str, value: Value) -> str:
    """Return a value in words that fit a cell; `–` for none."""
    match value:
        case None | "" | ():
            return "–"
        case bool():
            return "yes" if value else "no"
        case Discount():
            return f"-{value.value}" if value.kind == "amount" else f"-{value.value} %"
        case tuple():
            return "; ".join(_item_words(item) for item in value)
        case _:
            return str(value) if name else ""


def _item_words(item: Step | Section | Characteristic | Photo) -> str:
    match item:
        case Step():
            return f"{item.price} from {item.quantity}"
        case Section():
            return item.name
        case Characteristic():
            return f"{item.name}: {item.value}{' ' + item.unit if item.unit else ''}"
        case Photo():
            return item.url.rsplit("/", 1)[-1]


def _show_skipped(program: Program, plan: Plan) -> None:
    program.out.print()
    for reason, number in plan.skipped.items():
        text = WORDS.get(Reason(reason)) if reason in set(Reason) else _ASIDES.get(Aside(reason))
        program.out.print(f"skipped  {counted(number, 'good')} {text}", soft_wrap=True)


def print_findings(program: Program, findings: tuple[Finding, ...], *, every: bool) -> None:
    """Print findings by code: the first of each, and how many more there are."""
    if not findings:
        return
    program.out.print()
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    for group in sorted(groups.values(), key=lambda items: list(Severity).index(items[0].severity)):
        for finding in group if every else group[:1]:
            place = f"line {finding.line}, " if finding.line else ""
            good = f"good {finding.good_id}: " if finding.good_id else ""
            more = f" (and {len(group) - 1} more)" if len(group) > 1 and not every else ""
            mark = MARKS[finding.severity]
            program.out.print(f"{mark}  {place}{good}{finding.message}{more}", soft_wrap=True)


def _show_guards(program: Program, plan: Plan) -> None:
    if not plan.trips:
        return
    program.out.print()
    for trip in plan.trips[:SCREENFUL]:
        good = f"good {trip.good_id}: " if trip.good_id else ""
        program.out.print(f"! held     {good}{trip.saw}; the limit is {trip.limit}", soft_wrap=True)
        program.out.print(f"           {trip.cause}; if it is right: {trip.flag}", soft_wrap=True)
    if len(plan.trips) > SCREENFUL:
        program.out.print(f"           … and {len(plan.trips) - SCREENFUL} more", soft_wrap=True)


def _show_sums(program: Program, plan: Plan, next_step: str) -> None:
    counts, budget = plan.counts, plan.budget
    out = program.out
    out.print()
    out.print(
        f"{counts.create} to create, {counts.update} to update, {counts.remove} to remove; "
        f"{counts.held} held, {counts.skipped} skipped, {counts.unchanged} unchanged, "
        f"{counts.foreign} foreign",
        soft_wrap=True,
    )
    if plan.left_alone:
        out.print(f"{counted(plan.left_alone, 'field')} differ and belong to Prom.ua's side", soft_wrap=True)
    if budget.requests:
        imports = f"{counted(budget.imports, 'import')} of {budget.imports_left} left today"
        about = f"about {counted(budget.requests, 'request')}"
        out.print(f"Prom.ua: {about}, {imports if budget.imports else 'no import'}", soft_wrap=True)
    if counts.changes - counts.held > 0 and next_step:
        out.print(f"next: {next_step}", soft_wrap=True)
    elif not counts.changes:
        out.print("nothing pending", soft_wrap=True)
