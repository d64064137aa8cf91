"""The table of pending changes: a sign, a word, the good, then one line a field.

What does not fit a screen is folded: what many goods have in common is one line. Source:
docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from torgsync.cli.base.options import Show
from torgsync.cli.base.render import SCREENFUL, plain_table
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.plan.changes import creation_words, field_lines, fold_move, sign
from torgsync.core.counts import item_count, moved_by
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.fold import Fold, FoldKind, Folds, Mover
from torgsync.core.product.field_words import field_word
from torgsync.i18n import Message, _, _n, composed, translated, verbatim

if TYPE_CHECKING:
    from rich.table import Table

    from torgsync.state.runs.change_rows import NumberedChange

FOLD = 4
"""Goods with the same change that are folded into one line whatever their number."""
INDENT = 2
"""Blanks before what belongs to the good above."""
GROUPS = 2
"""Groups of goods that a line names; more are counted."""


class TableLine(NamedTuple):
    """One line of the table; `verb` is None where it goes on with the good above.

    `indent` and `more` are the blanks before its text, and those before its lines after the first.
    """

    verb: Verb | None
    held: str | None
    good: str
    text: Message
    indent: int = 0
    more: int = 2


@dataclass
class Changes:
    """The lines of the table, the biggest price moves, and whether something was folded."""

    lines: list[TableLine] = field(default_factory=list)
    movers: list[Mover] = field(default_factory=list)
    folded: bool = False


class Source(Protocol):
    """Where the changes come from; they are read twice, and never kept as a whole."""

    def changes_by_group(self) -> Iterable[tuple[NumberedChange, str]]:
        """Return the changes, each with its good's topmost group."""

    def totals(self, *, held: bool) -> Mapping[Verb, int]:
        """Return how many goods each verb touches; with `held` how many of its changes are held."""


_Same = tuple[Verb, str, Message, str | None]
"""What makes two changes one line: verb, field, how it moves in words, guard."""


def render_changes(
    source: Source, show: Show, currency: str, outcome: Callable[[NumberedChange], Message] | None = None
) -> Changes:
    """Return the table of a plan's changes; with `outcome` also how each ended that is shown by itself."""
    totals = source.totals(held=show is Show.HELD)
    crowded = {verb for verb in Verb if totals.get(verb, 0) > SCREENFUL and show is not Show.ALL}
    sparse = any(count and verb not in crowded for verb, count in totals.items())
    same = _same_changes(source, crowded) if show is not Show.ALL and sparse else {}
    table, folds = Changes(folded=bool(crowded)), Folds()
    for item, group in source.changes_by_group():
        change = item.change
        if show is Show.HELD and not change.held:
            continue
        if change.verb in crowded:
            folds.add(change, group)
        elif (key := _same(change)) and key in same:
            same[key][group] += 1
        else:
            table.lines += _change_lines(change, whole=show is Show.ALL)
            if outcome:
                table.lines.append(_under(outcome(item)))
    for (verb, name, moves, held), groups in same.items():
        if groups:
            what = moves if name == "photos" else _moved_words(name, moves)
            goods = _items_of(groups.total(), groups)
            table.lines.append(TableLine(verb, held, "", _("{change} in {items}", change=what, items=goods)))
    for verb in Verb:
        table.lines += _fold_lines(folds.of(verb), currency)
    table.movers = folds.movers
    return table


def _same(change: Change) -> _Same | None:
    """Return what makes two changes one line: a single field with the same words before and after."""
    lines = field_lines(change.fields, folded=True)
    if len(lines) != 1 or change.verb is Verb.CREATE:
        return None
    return (change.verb, *lines[0], change.held)


def _same_changes(source: Source, crowded: set[Verb]) -> dict[_Same, Counter[str]]:
    counts = Counter(
        same
        for item, _group in source.changes_by_group()
        if item.change.verb not in crowded and (same := _same(item.change))
    )
    return {same: Counter() for same, number in counts.items() if number >= FOLD}


def _change_lines(change: Change, *, whole: bool) -> Iterator[TableLine]:
    """Yield one change: the good's name, then a line a field; a creation is short unless all is shown."""
    if change.verb is Verb.CREATE and not whole:
        yield TableLine(change.verb, change.held, change.good_id, verbatim(change.title))
        yield _under(creation_words(change.fields))
        return
    good = change.good_id or f"Prom {change.prom_id}"
    yield TableLine(change.verb, change.held, good, verbatim(change.title))
    lines = [(translated(field_word(name)), moves) for name, moves in field_lines(change.fields)]
    width = max(len(name) for name, _moves in lines)
    for name, moves in lines:
        yield _under(composed("{name}  {moves}", name=name.ljust(width), moves=moves), width + 2)
    if change.reason:
        yield _under(skip_message(change.reason))


def _under(text: Message, more: int = 2) -> TableLine:
    """Return a line that goes on with the good above; its lines after the first are indented by `more`."""
    return TableLine(None, None, "", text, INDENT, more)


def _fold_lines(folds: list[tuple[FoldKind, Fold]], currency: str) -> Iterator[TableLine]:
    """Yield a line a fold, that of most goods first; the smallest are counted where they fill a screen."""
    folds.sort(key=lambda item: (-item[1].goods, *_order(item[0])))
    shown = folds if len(folds) <= SCREENFUL else folds[: SCREENFUL - 1]
    for kind, fold in shown:
        yield TableLine(kind.verb, kind.held or None, "", _fold_words(kind, fold, currency))
    if rest := len(folds) - len(shown):
        more = _n("… and {count} smaller kind of change", "… and {count} smaller kinds of change", rest)
        yield TableLine(folds[0][0].verb, None, "", more)


def _order(kind: FoldKind) -> tuple[str, ...]:
    what = kind.group if kind.verb is Verb.CREATE else fold_move(kind)
    return (kind.held, kind.field, what, kind.reason)


def _fold_words(kind: FoldKind, fold: Fold, currency: str) -> Message:
    goods = _items_of(fold.goods, fold.groups)
    if kind.verb is Verb.CREATE:
        stock = {"items": goods, "pieces": fold.pieces}
        if not fold.worth:
            return _("{items}, {pieces} in stock", **stock)
        return _(
            "{items}, {pieces} in stock, worth {worth} {currency}",
            **stock,
            worth=fold.worth,
            currency=currency,
        )
    what = _moved_words(kind.field, fold_move(kind))
    if not kind.reason:
        return _("{change} in {items}", change=what, items=goods)
    return _("{change} in {items}: {reason}", change=what, items=goods, reason=skip_message(kind.reason))


def _moved_words(name: str, moves: Message) -> Message:
    return composed("{field} {moves}", field=field_word(name), moves=moves)


def _items_of(count: int, groups: Counter[str]) -> Message:
    """Return a number of items, with the groups that all of them are in."""
    named = [name for name, _count in groups.most_common() if name]
    if not named or len(named) < len(groups):
        return item_count(count)
    if len(named) > GROUPS:
        return _n(
            "{count} item of {groups} groups", "{count} items of {groups} groups", count, groups=len(named)
        )
    together = named[0] if len(named) == 1 else _("{one} and {other}", one=named[0], other=named[1])
    return _n("{count} item of {groups}", "{count} items of {groups}", count, groups=together)


def mover_words(mover: Mover) -> Message:
    """Return a price that moves far."""
    move = f"{mover.old} -> {mover.new} ({moved_by(mover.share * 100)} %)"
    return verbatim(f"  {mover.good_id}  {mover.title}: {move}")


def table_of(lines: Iterable[TableLine]) -> Table:
    """Return lines as a table that fits 80 columns."""
    from torgsync.cli.base.hanging import Hanging

    table = plain_table()
    table.add_column(translated(_("change")), no_wrap=True, min_width=10)
    table.add_column(translated(_("item")), overflow="fold")
    table.add_column(translated(_("name, and each field: old -> new")), overflow="fold", ratio=1)
    for line in lines:
        text = Hanging(translated(line.text), " " * line.indent, " " * line.more)
        table.add_row(sign(line.verb, line.held) if line.verb else "", line.good, text)
    return table
