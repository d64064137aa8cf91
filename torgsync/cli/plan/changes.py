"""Render a change: the field, how it moves, and values in words.

Source: docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from torgsync.core.plan.diff import FieldChange, Verb
from torgsync.core.plan.fold import FoldKind, Move, is_redundant
from torgsync.core.plan.plan import MOVED
from torgsync.core.product.cells import Section
from torgsync.core.product.fields import (
    FIELDS,
    Characteristic,
    Discount,
    FieldKind,
    Photo,
    PhotoMoves,
    Value,
    WholesaleStep,
    file_name,
    photo_moves,
)
from torgsync.core.text import counted

if TYPE_CHECKING:
    from rich.text import Text

NAMED = 3
"""Photos of one good that are named."""
SIGNS = {Verb.CREATE: "+ create", Verb.UPDATE: "~ update", Verb.REMOVE: "- remove"}
STYLES = {Verb.CREATE: "green", Verb.UPDATE: "yellow", Verb.REMOVE: "red"}


def sign(verb: Verb, held: str | None) -> Text:
    """Return a sign and a word for a verb, so that it reads without colour."""
    from rich.text import Text

    if held == MOVED:
        return Text(f"! moved {verb}", style="magenta")
    return Text(f"! held {verb}", style="magenta") if held else Text(SIGNS[verb], style=STYLES[verb])


def creation_words(fields: Mapping[str, FieldChange]) -> str:
    """Return the price, stock and photos of a new product."""
    parts = []
    if "price" in fields:
        parts.append(words(fields["price"].new))
    if "quantity" in fields:
        parts.append(f"{fields['quantity'].new} in stock")
    photos = fields["photos"].new if "photos" in fields else ()
    if isinstance(photos, tuple) and photos:
        parts.append(counted(len(photos), "photo"))
    return ", ".join(parts) or counted(len(fields), "field")


def field_lines(fields: Mapping[str, FieldChange], *, folded: bool = False) -> list[tuple[str, str]]:
    """Return the name of each field and how it moves; fields that another one implies are left out.

    `folded` lines hold nothing that is a good's own, such as the names of its photos.
    """
    return [
        (name, moved(name, field, folded=folded))
        for name, field in fields.items()
        if not is_redundant(name, fields)
    ]


def moved(name: str, field: FieldChange, *, folded: bool = False) -> str:
    """Return in words how a field moves; `folded` counts photos instead of naming them."""
    render = _length if FIELDS[name].kind is FieldKind.HTML else words
    before, after = render(field.old), render(field.new)
    if FIELDS[name].kind is FieldKind.PHOTOS:
        text = _photo_words(photo_moves(_photos(field.old), _photos(field.new)), 0 if folded else NAMED)
    elif field.old is None and field.new is not None:
        text = f"-> {after}"
    else:
        text = f"{before} -> {after}{_share(field)}"
    if not field.edited:
        return text
    ours = "" if field.sent == field.new else f"; we sent {render(field.sent)}"
    return f"{text} (edited on Prom{ours})"


def _photos(value: Value) -> list[Photo]:
    return [item for item in value if isinstance(item, Photo)] if isinstance(value, tuple) else []


def _photo_words(moves: PhotoMoves, named: int) -> str:
    """Return how photos move: up to `named` of a kind by their names, more of them by their number."""
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
    """Return the length of a text that would fill the screen; `–` for none."""
    return counted(len(value), "character") if isinstance(value, str) and value else "–"


def _share(field: FieldChange) -> str:
    if isinstance(field.old, Decimal) and isinstance(field.new, Decimal) and field.old:
        return f" ({(field.new - field.old) / field.old * 100:+.0f} %)"
    return ""


def words(value: Value, *, digests: bool = False) -> str:
    """Return a value in words that fit a cell; `–` for none. `digests` distinguish photos of one name."""
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


def _item_words(item: WholesaleStep | Section | Characteristic | Photo, *, digests: bool) -> str:
    match item:
        case WholesaleStep():
            return f"{item.price} from {item.quantity}"
        case Section():
            return item.name
        case Characteristic():
            return f"{item.name}: {item.value or 'as last sent'}{' ' + item.unit if item.unit else ''}"
        case Photo():
            digest = f" {item.digest}" if digests and item.digest else ""
            return f"{file_name(item.url)}{digest}"


_MOVES = {
    Move.SHARE: "{0} %",
    Move.SOLD_OUT: "sold out",
    Move.BACK_IN_STOCK: "back in stock",
    Move.UP: "up",
    Move.DOWN: "down",
    Move.VALUE: "{0} -> {1}",
    Move.SET: "set",
    Move.REMOVED: "taken away",
    Move.CHANGED: "changed",
}


def fold_move(kind: FoldKind) -> str:
    """Return how the field of a fold moves."""
    text = _MOVES[kind.move].format(*(arg or "–" for arg in kind.args))
    return f"{text} (edited on Prom)" if kind.edited else text
