"""How a change reads: the field, how it moves, and values in words.

Source: docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from torgsync.core.mapping.select import WORDS, SkipReason
from torgsync.core.plan.diff import FieldChange, Leaving, Verb
from torgsync.core.plan.fold import told_by_another
from torgsync.core.plan.saved import MOVED
from torgsync.core.product.cells import Section
from torgsync.core.product.fields import (
    FIELDS,
    Characteristic,
    Discount,
    FieldKind,
    Photo,
    Value,
    WholesaleStep,
)
from torgsync.core.product.photos import PhotoMoves, file_name, photo_moves
from torgsync.core.text import counted

if TYPE_CHECKING:
    from rich.text import Text

NAMED = 3
"""Photos of one good that are told by name."""
SIGNS = {Verb.CREATE: "+ create", Verb.UPDATE: "~ update", Verb.REMOVE: "- remove"}
STYLES = {Verb.CREATE: "green", Verb.UPDATE: "yellow", Verb.REMOVE: "red"}

_ASIDES = {
    SkipReason.REFUSED_BEFORE: "refused by Prom.ua before",
    SkipReason.MODERATED: "deleted by Prom.ua's moderators",
    SkipReason.NO_PRICE: "new and without a price that can be sent",
    SkipReason.NO_NAME: "new and without a name",
    SkipReason.NO_STOCK: "new and without a stock that can be read",
    SkipReason.AMBIGUOUS: "of which nobody knows which product on Prom.ua it is",
    SkipReason.ID_TAKEN: "whose id another product has on Prom.ua",
    SkipReason.NO_EXTERNAL_ID: "without an external id on Prom.ua",
}
_LEAVES = {
    Leaving.GONE: "not in the export any more",
    Leaving.FOREIGN: "never sent from here",
    Leaving.UNDONE: "made by the run that is turned back",
}


def sign(verb: Verb, held: str | None) -> Text:
    """Return a sign and a word for what happens, so that it reads without colour."""
    from rich.text import Text

    if held == MOVED:
        return Text(f"! moved {verb}", style="magenta")
    return Text(f"! held {verb}", style="magenta") if held else Text(SIGNS[verb], style=STYLES[verb])


def creation_words(fields: Mapping[str, FieldChange]) -> str:
    """Return what a new product is worth knowing by: its price, its stock, its photos."""
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
    """Return a line a field: its name and how it moves. What says the same twice is said once.

    `folded` lines say nothing that is a good's own, such as the names of its photos.
    """
    return [
        (name, moved(name, field, folded=folded))
        for name, field in fields.items()
        if not told_by_another(name, fields)
    ]


def moved(name: str, field: FieldChange, *, folded: bool = False) -> str:
    """Return in words how a field moves; `folded` counts photos instead of naming them."""
    tell = _length if FIELDS[name].kind is FieldKind.HTML else words
    before, after = tell(field.old), tell(field.new)
    if FIELDS[name].kind is FieldKind.PHOTOS:
        text = _photo_words(photo_moves(_photos(field.old), _photos(field.new)), 0 if folded else NAMED)
    elif field.old is None and field.new is not None:
        text = f"-> {after}"
    else:
        text = f"{before} -> {after}{_share(field)}"
    if not field.edited:
        return text
    ours = "" if field.sent == field.new else f"; we sent {tell(field.sent)}"
    return f"{text} (edited on Prom{ours})"


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


def reason_words(reason: str) -> str:
    """Return why a good stays out, in words."""
    if reason in set(Leaving):
        return _LEAVES[Leaving(reason)]
    skip = SkipReason(reason)
    return WORDS.get(skip) or _ASIDES[skip]
