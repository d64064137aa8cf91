"""Render a change: the field, how it moves, and values in words.

Source: docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from torgsync.cli.messages.fields import value_word
from torgsync.core.counts import moved_by, photo_count
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
from torgsync.core.text import one_line
from torgsync.i18n import NOTHING, Message, _, _n, composed, joined, verbatim

if TYPE_CHECKING:
    from rich.text import Text

BEGINNING = 40
"""Letters of a long text that are shown."""
_TAG = re.compile(r"<[^>]*>")
NAMED = 3
"""Photos of one good that are named."""
SIGNS = {Verb.CREATE: _("+ create"), Verb.UPDATE: _("~ update"), Verb.REMOVE: _("- remove")}
HELD_SIGNS = {
    Verb.CREATE: _("! held create"),
    Verb.UPDATE: _("! held update"),
    Verb.REMOVE: _("! held remove"),
}
MOVED_SIGNS = {
    Verb.CREATE: _("! changed since: create"),
    Verb.UPDATE: _("! changed since: update"),
    Verb.REMOVE: _("! changed since: remove"),
}
"""Signs of changes that a saved plan has, and that are not sent because the product changed meanwhile."""
NONE = verbatim("–")


def sign(verb: Verb, held: str | None) -> Text:
    """Return a sign and a word for a verb, so that it reads without colour."""
    from rich.text import Text

    if not held:
        return Text(SIGNS[verb].translated(), style=str(verb))
    signs = MOVED_SIGNS if held == MOVED else HELD_SIGNS
    return Text(signs[verb].translated(), style="held")


def creation_words(fields: Mapping[str, FieldChange]) -> Message:
    """Return the price, stock and photos of a new product."""
    parts = []
    if "price" in fields:
        parts.append(words(fields["price"].new))
    if "quantity" in fields:
        parts.append(_("{pieces} in stock", pieces=fields["quantity"].new))
    photos = fields["photos"].new if "photos" in fields else ()
    if isinstance(photos, tuple) and photos:
        parts.append(photo_count(len(photos)))
    return joined(", ", parts) if parts else _n("{count} field", "{count} fields", len(fields))


def field_lines(fields: Mapping[str, FieldChange], *, folded: bool = False) -> list[tuple[str, Message]]:
    """Return the name of each field and how it moves; fields that another one implies are left out.

    `folded` lines hold nothing that is a good's own, such as the names of its photos.
    """
    return [
        (name, moved(name, field, folded=folded))
        for name, field in fields.items()
        if not is_redundant(name, fields)
    ]


class MoveParts(NamedTuple):
    """How a field moves in words.

    `before` is None where `after` says it all, as of photos, and empty for what is set for the first time.
    `share` is the move in percent, of numbers alone; `sent` what was sent last, where a person edited it.
    """

    before: Message | None
    after: Message
    share: str = ""
    edited: bool = False
    sent: Message | None = None


def move_parts(name: str, field: FieldChange, *, folded: bool = False) -> MoveParts:
    """Return in words how a field moves; `folded` counts photos instead of naming them."""
    html = FIELDS[name].kind is FieldKind.HTML
    render: Callable[[Value], Message] = _beginning if html else partial(value_words, name)
    before, after = render(field.old), render(field.new)
    if html and before == after:  # they differ later, or by their tags
        before, after = _length(field.old), _length(field.new)
    sent = render(field.sent) if field.edited and field.sent != field.new else None
    if FIELDS[name].kind is FieldKind.PHOTOS and (field.old or field.new):
        text = _photo_words(photo_moves(_photos(field.old), _photos(field.new)), 0 if folded else NAMED)
        return MoveParts(None, text, "", field.edited, sent)
    if field.old is None and field.new is not None:
        return MoveParts(NOTHING, after, "", field.edited, sent)
    return MoveParts(before, after, _share(field), field.edited, sent)


def moved(name: str, field: FieldChange, *, folded: bool = False) -> Message:
    """Return in words how a field moves; `folded` counts photos instead of naming them."""
    parts = move_parts(name, field, folded=folded)
    share = f" ({parts.share})" if parts.share else ""
    if parts.before is None:
        text = parts.after
    elif parts.before:
        text = composed("{before} -> {after}{share}", before=parts.before, after=parts.after, share=share)
    else:
        text = composed("-> {after}", after=parts.after)
    return edited_words(text, parts)


def edited_words(move: Message, parts: MoveParts) -> Message:
    """Return how a field moves, with what a person did to it on Prom.ua."""
    if not parts.edited:
        return move
    if parts.sent is None:
        return _("{move} (edited on Prom.ua)", move=move)
    return _("{move} (edited on Prom.ua; last sent: {sent})", move=move, sent=parts.sent)


def value_words(name: str, value: Value) -> Message:
    """Return a value of a field as people say it."""
    return value_word(name, value) or words(value)


def _photos(value: Value) -> list[Photo]:
    return [item for item in value if isinstance(item, Photo)] if isinstance(value, tuple) else []


def _photo_words(moves: PhotoMoves, named: int) -> Message:
    """Return how photos move: up to `named` of a kind by their names, more of them by their number."""
    kinds = (
        (_("{photos} changed"), moves.changed),
        (_("{photos} added"), moves.added),
        (_("{photos} removed"), moves.removed),
        (_("{photos} renamed"), [f"{old} -> {new}" for old, new in moves.renamed]),
        (_("{photos} reordered"), moves.reordered),
    )
    parts = [
        done.filled(photos=joined(", ", names) if len(names) <= named else photo_count(len(names)))
        for done, names in kinds
        if names
    ]
    return joined("; ", parts) if parts else _("the same photos under other addresses")


def _beginning(value: Value) -> Message:
    """Return how a text begins, without its tags, and its length where there is more; `–` for none."""
    if not isinstance(value, str) or not value:
        return NONE
    text = one_line(unescape(_TAG.sub(" ", value)))
    if len(text) <= BEGINNING:
        return composed("`{text}`", text=text)
    return _n(
        "`{start}…` ({count} character)",
        "`{start}…` ({count} characters)",
        len(value),
        start=text[:BEGINNING],
    )


def _length(value: Value) -> Message:
    """Return the length of a text that would fill the screen; `–` for none."""
    if not isinstance(value, str) or not value:
        return NONE
    return _n("{count} character", "{count} characters", len(value))


def _share(field: FieldChange) -> str:
    if isinstance(field.old, Decimal) and isinstance(field.new, Decimal) and field.old:
        return f"{moved_by((field.new - field.old) / field.old * 100)} %"
    return ""


def words(value: Value, *, digests: bool = False) -> Message:
    """Return a value in words that fit a cell; `–` for none. `digests` distinguish photos of one name."""
    match value:
        case None | "" | ():
            return NONE
        case bool():
            return _("yes") if value else _("no")
        case Discount():
            return verbatim(f"-{value.value}" if value.kind == "amount" else f"-{value.value} %")
        case tuple():
            return joined("; ", [_item_words(item, digests=digests) for item in value])
        case _:
            return verbatim(str(value))


def _item_words(item: WholesaleStep | Section | Characteristic | Photo, *, digests: bool) -> Message:
    match item:
        case WholesaleStep():
            return _("{price} from {quantity}", price=item.price, quantity=item.quantity)
        case Section():
            return verbatim(item.name)
        case Characteristic():
            value = item.value or _("as last sent")
            unit = f" {item.unit}" if item.unit else ""
            return composed("{name}: {value}{unit}", name=item.name, value=value, unit=unit)
        case Photo():
            digest = f" {item.digest}" if digests and item.digest else ""
            return verbatim(f"{file_name(item.url)}{digest}")


_MOVES = {
    Move.SHARE: composed("{new} %"),
    Move.SOLD_OUT: _("sold out"),
    Move.BACK_IN_STOCK: _("back in stock"),
    Move.UP: _("up"),
    Move.DOWN: _("down"),
    Move.VALUE: composed("{old} -> {new}"),
    Move.SET: _("set"),
    Move.REMOVED: _("emptied"),
    Move.CHANGED: _("changed"),
}


def fold_move(kind: FoldKind) -> Message:
    """Return how the field of a fold moves."""
    shown = [value_word(kind.field, arg) or arg or NONE for arg in reversed(kind.args)]
    text = _MOVES[kind.move].filled(**dict(zip(("new", "old"), shown, strict=False)))
    return _("{move} (edited on Prom.ua)", move=text) if kind.edited else text
