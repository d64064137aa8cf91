"""Shows a plan: the table of pending changes, its JSON, its CSV.

The table says for each change a sign and a word, so that it reads without colour; what does not fit a
screen is counted. Source: design §3, style.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING

from torgsync.cli.context import SCHEMA, Program
from torgsync.cli.findings import INDENT, MARKS
from torgsync.cli.lines import wrapped
from torgsync.core.diff import Change, FieldChange, Verb
from torgsync.core.fields import FIELDS, Characteristic, Discount, Kind, Photo, Step, Value, encode
from torgsync.core.findings import SEVERITY, Severity
from torgsync.core.goods import Section
from torgsync.core.photos import PhotoMoves, file_name, photo_moves
from torgsync.core.plan import Aside, Plan
from torgsync.core.select import WORDS, Reason
from torgsync.core.words import counted

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from torgsync.jobs.desk import Desk
    from torgsync.jobs.update import Made
    from torgsync.state.store import Memory

SCREENFUL = 10
"""Changes of one verb that are shown before the rest is counted."""
NAMED = 3
"""Photos of one good that are told by name."""
FOLD = 4
"""Goods with one and the same change that are folded into one line."""
SIGNS = {Verb.CREATE: "+ create", Verb.UPDATE: "~ update", Verb.REMOVE: "- remove"}
STYLES = {Verb.CREATE: "green", Verb.UPDATE: "yellow", Verb.REMOVE: "red"}

_ASIDES = {
    Aside.REFUSED_BEFORE: "refused by Prom.ua before",
    Aside.MODERATED: "deleted by Prom.ua's moderators",
    Aside.NO_PRICE: "new and without a price that can be sent",
    Aside.NO_NAME: "new and without a name",
    Aside.NO_STOCK: "new and without a stock that can be read",
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
                    "old": words(field.old, digests=True),
                    "new": words(field.new, digests=True),
                }


# The table


def show_plan(program: Program, desk: Desk, made: Made, show: Show, *, next_step: str) -> None:
    """Print the table of pending changes and the lines that sum it up."""
    out = program.out
    plan = made.plan
    export = plan.export
    facts = f"{_file_name(export.path)}, {counted(export.goods, 'good')}, {export.encoding}"
    program.put(f"{plan.object}: {facts}")
    if show in (Show.CHANGES, Show.HELD, Show.ALL) and plan.counts.changes:
        out.print()
        out.print(_changes_table(desk, made, show))
    if show in (Show.SKIPPED, Show.ALL):
        _show_skipped(program, desk, made)
    print_findings(program, desk, made, every=show is Show.ALL)
    _show_guards(program, plan)
    _show_sums(program, plan, next_step)


def _file_name(path: str) -> str:
    """Return the last part of a path of any system."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _changes_table(desk: Desk, made: Made, show: Show) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("change", no_wrap=True, min_width=10)
    table.add_column("good", overflow="fold")
    table.add_column("name, and each field old -> new", overflow="fold", ratio=1)
    counts = made.plan.counts
    totals = {Verb.CREATE: counts.create, Verb.UPDATE: counts.update, Verb.REMOVE: counts.remove}
    limit = None if show is Show.ALL else SCREENFUL
    shown = dict.fromkeys(Verb, 0)
    with desk.memory() as memory:
        folds = {} if show is Show.ALL else _folds(item.change for item in memory.plans.changes(made.number))
        for item in memory.plans.changes(made.number):
            change = item.change
            hidden = show is Show.HELD and not change.held
            if hidden or _same(change) in folds or (limit is not None and shown[change.verb] >= limit):
                continue
            shown[change.verb] += 1
            _add_change(table, change, whole=show is Show.ALL)
    for (verb, name, how, held), number in folds.items():
        shown[verb] += number
        what = how if name == "photos" else f"{name} {how}"
        table.add_row(_sign(verb, held), "", f"{counted(number, 'good')}: {what}")
    for verb, total in totals.items():
        if (rest := total - shown[verb]) > 0 and show is Show.CHANGES:
            table.add_row(_sign(verb, None), "", f"… and {rest} more; `--show all` lists them")
    return table


_Same = tuple[Verb, str, str, str | None]


def _same(change: Change) -> _Same | None:
    """Return what makes two changes one line: a single field with the same words before and after."""
    lines = _field_lines(change.fields, folded=True)
    if len(lines) != 1 or change.verb is Verb.CREATE:
        return None
    return (change.verb, *lines[0], change.held)


def _folds(changes: Iterator[Change]) -> dict[_Same, int]:
    counts = Counter(same for change in changes if (same := _same(change)))
    return {same: number for same, number in counts.items() if number >= FOLD}


def _add_change(table: Table, change: Change, *, whole: bool) -> None:
    """Add one change: the good's name, then a line a field; a creation tells little unless all is wanted."""
    sign = _sign(change.verb, change.held)
    if change.verb is Verb.CREATE and not whole:
        table.add_row(sign, change.good_id, change.title)
        table.add_row("", "", f"  {_creation_words(change.fields)}")
        return
    table.add_row(sign, change.good_id or f"Prom {change.prom_id}", change.title)
    lines = _field_lines(change.fields)
    width = max(len(name) for name, _ in lines)
    for name, how in lines:
        table.add_row("", "", f"  {name:<{width}}  {how}")


def _sign(verb: Verb, held: str | None) -> Text:
    from rich.text import Text

    return Text(f"! held {verb}", style="magenta") if held else Text(SIGNS[verb], style=STYLES[verb])


def _creation_words(fields: Mapping[str, FieldChange]) -> str:
    parts = []
    if "price" in fields:
        parts.append(words(fields["price"].new))
    if "quantity" in fields:
        parts.append(f"{fields['quantity'].new} in stock")
    photos = fields["photos"].new if "photos" in fields else ()
    if isinstance(photos, tuple) and photos:
        parts.append(counted(len(photos), "photo"))
    return ", ".join(parts) or counted(len(fields), "field")


def _field_lines(fields: Mapping[str, FieldChange], *, folded: bool = False) -> list[tuple[str, str]]:
    """Return a line a field: its name and how it moves. What says the same twice is said once.

    `folded` lines say nothing that is a good's own, such as the names of its photos.
    """
    return [
        (name, moved(name, field, folded=folded))
        for name, field in fields.items()
        if not _told_by_another(name, fields)
    ]


def _told_by_another(name: str, fields: Mapping[str, FieldChange]) -> bool:
    """Tell whether another line says it: the same text in Russian, or the presence that a quantity makes."""
    field = fields[name]
    if name.endswith("_ru"):
        twin = fields.get(name.removesuffix("_ru"))
        return twin is not None and twin.new == field.new
    quantity = fields.get("quantity")
    if name == "presence" and quantity is not None and isinstance(quantity.new, int):
        return field.new == ("available" if quantity.new > 0 else "not_available")
    return False


def moved(name: str, field: FieldChange, *, folded: bool = False) -> str:
    """Return in words how a field moves; `folded` counts photos instead of naming them."""
    tell = _length if FIELDS[name].kind is Kind.HTML else words
    before, after = tell(field.old), tell(field.new)
    if FIELDS[name].kind is Kind.PHOTOS:
        text = _photo_words(photo_moves(_photos(field.old), _photos(field.new)), 0 if folded else NAMED)
    elif field.old is None and field.new is not None:
        text = f"-> {after}"
    else:
        text = f"{before} -> {after}{_share(field)}"
    return f"{text} (edited on Prom)" if field.edited else text


def _photos(value: Value) -> list[Photo]:
    return [item for item in value if isinstance(item, Photo)] if isinstance(value, tuple) else []


def _photo_words(moves: PhotoMoves, named: int) -> str:
    """Return what becomes of photos: up to `named` of a kind by their names, more of them by their number."""
    kinds = (
        ("changed", moves.changed),
        ("added", moves.added),
        ("removed", moves.removed),
        ("renamed", [f"{old} -> {new}" for old, new in moves.renamed]),
        ("reordered", moves.reordered),
    )
    parts = (
        f"{', '.join(names) if len(names) <= named else counted(len(names), 'photo')} {done}"
        for done, names in kinds
        if names
    )
    return "; ".join(parts) or "the same under other addresses"


def _length(value: Value) -> str:
    """Return how long a text is, which would fill the screen; `–` for none."""
    return counted(len(value), "character") if isinstance(value, str) and value else "–"


def _share(field: FieldChange) -> str:
    if isinstance(field.old, Decimal) and isinstance(field.new, Decimal) and field.old:
        return f" ({(field.new - field.old) / field.old * 100:+.0f} %)"
    return ""


def words(value: Value, *, digests: bool = False) -> str:
    """Return a value in words that fit a cell; `–` for none. `digests` tell photos of one name apart."""
    match value:
        case None | "" | ():
            return "–"
        case bool():
            return "yes" if value else "no"
        case Discount():
            return f"-{value.value}" if value.kind == "amount" else f"-{value.value} %"
        case tuple():
            return "; ".join(_item_words(item, digests=digests) for item in value)
        case _:
            return str(value)


def _item_words(item: Step | Section | Characteristic | Photo, *, digests: bool) -> str:
    match item:
        case Step():
            return f"{item.price} from {item.quantity}"
        case Section():
            return item.name
        case Characteristic():
            return f"{item.name}: {item.value or 'as last sent'}{' ' + item.unit if item.unit else ''}"
        case Photo():
            digest = f" {item.digest}" if digests and item.digest else ""
            return f"{file_name(item.url)}{digest}"


def _show_skipped(program: Program, desk: Desk, made: Made) -> None:
    """Print each reason with the number of goods it keeps out, and the first of them."""
    from torgsync.jobs.update import skipped

    out = program.out
    out.print()
    with desk.memory() as memory:
        for reason, number in made.plan.skipped.items():
            program.put(f"skipped  {counted(number, 'good')} {reason_words(reason)}", 9)
            for item in islice(skipped(memory, made, reason), SCREENFUL):
                line = f"line {item.line}" if item.line else ""
                parts = ": ".join(filter(None, (line, item.title, item.message)))
                for text in wrapped(f"{item.good_id}  {parts}", out.width, INDENT):
                    out.print(text, soft_wrap=True)
            if number > SCREENFUL:
                rest = f"… and {number - SCREENFUL} more; `--format json` lists all"
                program.put(f"{INDENT}{rest}")


def reason_words(reason: str) -> str:
    """Return why a good stays out, in words."""
    return WORDS[Reason(reason)] if reason in set(Reason) else _ASIDES[Aside(reason)]


def skipped_documents(memory: Memory, made: Made) -> Iterator[dict[str, object]]:
    """Yield every good that stays out, as JSON or as a row for CSV."""
    from torgsync.jobs.update import skipped

    for item in skipped(memory, made):
        yield {
            "good_id": item.good_id,
            "title": item.title or None,
            "line": item.line or None,
            "reason": str(item.reason),
            "message": item.message or reason_words(item.reason),
        }


def print_findings(program: Program, desk: Desk, made: Made, *, every: bool) -> None:
    """Print findings by code: the first of each, and how many more there are."""
    with desk.memory(lasting=False) as memory:
        counts = Counter(finding.code for finding in made.told) + Counter(memory.catalog.finding_counts())
        if counts:
            program.out.print()
        for code in sorted(counts, key=lambda code: (list(Severity).index(SEVERITY[code]), code)):
            told = (finding for finding in made.told if finding.code is code)
            found = chain(told, memory.catalog.findings(code=code))
            for finding in found if every else islice(found, 1):
                place = f"line {finding.line}, " if finding.line else ""
                good = f"good {finding.good_id}: " if finding.good_id else ""
                more = f" (and {counts[code] - 1} more)" if counts[code] > 1 and not every else ""
                mark = MARKS[finding.severity]
                program.put(f"{mark}  {place}{good}{finding.message}{more}", len(INDENT))


def _show_guards(program: Program, plan: Plan) -> None:
    if not plan.trips:
        return
    program.out.print()
    for trip in plan.trips[:SCREENFUL]:
        good = f"good {trip.good_id}: " if trip.good_id else ""
        program.put(f"! held     {good}{trip.saw}; the limit is {trip.limit}", len(INDENT))
        program.put(f"{INDENT}{trip.cause}; if it is right: {trip.flag}", len(INDENT))
    if len(plan.trips) > SCREENFUL:
        program.put(f"{INDENT}… and {len(plan.trips) - SCREENFUL} more")


def _show_sums(program: Program, plan: Plan, next_step: str) -> None:
    counts, budget = plan.counts, plan.budget
    out = program.out
    out.print()
    out.print(f"{counts.create} to create, {counts.update} to update, {counts.remove} to remove")
    rest = f"{counts.unchanged} unchanged, {counts.foreign} foreign"
    out.print(f"{counts.held} held, {counts.skipped} skipped, {rest}")
    if plan.left_alone:
        program.put(f"{counted(plan.left_alone, 'field')} differ and belong to Prom.ua's side")
    if budget.requests:
        imports = f"{counted(budget.imports, 'import')} of {budget.imports_left} left today"
        about = f"about {counted(budget.requests, 'request')}"
        program.put(f"Prom.ua: {about}, {imports if budget.imports else 'no import'}")
    if counts.changes - counts.held > 0 and next_step:
        program.put(f"next: {next_step}")
    elif not counts.changes:
        program.put("nothing pending")
