"""The sentence of each finding.

Nothing but this catalogue makes these sentences, and `cli/messages/explained` says what each means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from torgsync.cli.messages import orders
from torgsync.cli.messages.outcomes import DELETED_BEFORE
from torgsync.cli.messages.photos import PHOTO_FINDINGS, unfetched_message
from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.counts import piece_count, product_count
from torgsync.core.findings import Code, Finding
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.product.cells import CellFault, IdFault, id_fault_message
from torgsync.core.product.cleaning import Cleaning
from torgsync.core.product.columns import no_column_message
from torgsync.core.product.field_words import field_word
from torgsync.core.product.fields import CENT
from torgsync.core.product.money import two_amounts
from torgsync.core.product.texts import BarcodeFault
from torgsync.i18n import Message, _, _n, composed, joined, verbatim


def finding_message(finding: Finding) -> Message:
    """Return the sentence of a finding."""
    if finding.order:
        return orders.order_message(finding)
    sentence, args = SENTENCES[finding.code], dict[str, Any](finding.args)
    if isinstance(sentence, Mapping):
        sentence = sentence[args.pop("case")]
    return fill(sentence, args)


def variant_fault(finding: Finding) -> Message:
    """Return why a good cannot be a variant, without what becomes of it."""
    args = {name: arg for name, arg in finding.args.items() if name != "grouped"}
    return fill(_VARIANTS[finding.code], args)


_FAULTS = {
    CellFault.ERROR: _("`{cell}` is a spreadsheet error"),
    CellFault.TOO_LONG: _("`{cell}` has too many digits"),
    CellFault.TWO_AMOUNTS: _("`{cell}` may be {thousands} or {decimals}"),
    CellFault.NO_DIGIT: _("`{cell}` is not a number; correct the cell"),
    CellFault.NO_NUMBER: _("`{cell}` is not a number"),
    CellFault.NO_QUANTITY: _("`{cell}` is not a quantity"),
    CellFault.NOT_WHOLE: _("`{cell}` is not a whole number of pieces"),
    CellFault.NO_LADDER: _(
        "`{cell}` is not a list of wholesale prices with quantities, such as `5=150|10=120`"
    ),
    CellFault.EMPTY: _("the stock is empty"),
}
_ODD_IDS = {
    IdFault.NO_NUMBER: _("`{id}` is not a whole number, as Torgsoft's ids are; the item keeps this id"),
    IdFault.LEADING_ZERO: _("`{id}` begins with a zero, unlike Torgsoft's ids; the item keeps this id"),
}
_BARCODES = {
    BarcodeFault.CYRILLIC: _(
        "`{barcode}` is not sent: it has the Cyrillic letter `{letter}`, which looks like the Latin `{latin}`"
    ),
    BarcodeFault.LETTER: _("`{barcode}` is not sent: it has `{letter}`, and a barcode has digits only"),
    BarcodeFault.LENGTH: _n(
        "`{barcode}` is not sent: it has {count} digit, and a barcode has 8, 12, 13 or 14",
        "`{barcode}` is not sent: it has {count} digits, and a barcode has 8, 12, 13 or 14",
    ),
    BarcodeFault.ZEROS: _("`{barcode}` is not sent: it has only zeros"),
    BarcodeFault.CHECK_DIGIT: _("`{barcode}` is not sent: its last digit is {last} and should be {right}"),
}


def _barcode(fault: str, digits: int = 0, **args: object) -> Message:
    return _BARCODES[BarcodeFault(fault)].filled(count=digits, **args)


def _unreadable(cell: str, fault: str, fields: Sequence[str] = (), name: str = "") -> Message:
    amounts = two_amounts(cell)
    why = _FAULTS[CellFault(fault)].filled(cell=cell, **(amounts._asdict() if amounts else {}))
    if name or fields:
        unsent = verbatim(f"`{name}`") if name else joined(", ", map(field_word, fields))
        return _("{why}; not sent: {fields}", why=why, fields=unsent)
    return _("{why}; not sent", why=why)


def _twice(lines: Sequence[str]) -> Message:
    if len(lines) == 1:
        return _(
            "this id is in line {line} of the export more than once; nothing of the item is sent",
            line=lines[0],
        )
    return _("this id is in lines {lines} of the export; nothing of the item is sent", lines=lines)


_DISPLAY_STAYS = {
    "shown": _("the item stays on the site"),
    "hidden": _("the item stays off the site"),
    "unknown": _("Prom.ua keeps what it has, a new item waits"),
}


def _display_unknown(cell: str, case: str = "shown") -> Message:
    stays = _DISPLAY_STAYS[case]
    if cell:
        return _("`{cell}` is neither yes nor no; {stays}", cell=cell, stays=stays)
    return _("the cell is empty; {stays}", stays=stays)


_REMOVED = {
    Cleaning.CONTROL: _("control characters removed"),
    Cleaning.INVISIBLE: _("invisible characters removed"),
    Cleaning.ENTITIES: _("HTML codes such as `&quot;` replaced by their characters"),
    Cleaning.BACKSLASHES: _("backslashes before quotes removed"),
    Cleaning.SPREADSHEET: _("a spreadsheet's text mark removed"),
    Cleaning.TAGS: _("HTML tags removed"),
}


def _cleaned(marks: Sequence[str] = (Cleaning.CONTROL,), cell: str = "", text: str = "") -> Message:
    removed = joined(", ", [_REMOVED[Cleaning(mark)] for mark in marks if mark != Cleaning.EMPTY])
    if not cell:
        return removed
    read = (
        _("`{cell}` is read as `{text}`", cell=cell, text=text)
        if text
        else _("`{cell}` is read as empty", cell=cell)
    )
    return composed("{read}: {removed}", read=read, removed=removed) if removed else read


def _keyword_long(count: int, limit: int, first: str, sent: int = 1) -> Message:
    if sent:
        return _n(
            "{count} phrase of more than {limit} characters is left out; it begins with `{first}`",
            "{count} phrases of more than {limit} characters are left out; the first begins with `{first}`",
            count,
            limit=limit,
            first=first,
        )
    return _n(
        "the only phrase has more than {limit} characters and begins with `{first}`; none is sent",
        "all {count} phrases have more than {limit} characters, the first begins with `{first}`; none is "
        "sent",
        count,
        limit=limit,
        first=first,
    )


_CUT = _n(
    "{count} character; Prom.ua accepts {limit}, the rest is cut off",
    "{count} characters; Prom.ua accepts {limit}, the rest is cut off",
)


def _text_cut(limit: int, count: int = 0, phrases: int = 0, sent: int = 0) -> Message:
    if not phrases:
        return _CUT.filled(count=count, limit=limit)
    return _n(
        "{count} phrase is too long: Prom.ua accepts {limit} characters, the first {sent} are sent",
        "{count} phrases are too long: Prom.ua accepts {limit} characters, the first {sent} are sent",
        phrases,
        limit=limit,
        sent=sent,
    )


def _group_conflict(number: str, chosen: Sequence[str], others: Sequence[Sequence[str]]) -> Message:
    return _(
        "most items have group {number} as {most}, others as {others}; all of them go where most go",
        number=number,
        most=_group_place(*chosen),
        others=joined(", ", [_group_place(*other) for other in others]),
    )


def _group_place(name: str, parent: str) -> Message:
    if parent:
        return _("`{name}` in group {parent}", name=name, parent=parent)
    return _("`{name}` at the top level", name=name)


def _alike(twin: str, traits: Sequence[Sequence[str]]) -> Message:
    if not traits:
        return _("has no characteristic that differs from `{twin}`, an item of the same model", twin=twin)
    same = joined(", ", [" ".join(trait) for trait in traits])
    return _("has the same {traits} as `{twin}`, an item of the same model", traits=same, twin=twin)


_VARIANTS: dict[Code, Sentence] = {
    Code.VARIANT_ALIKE: _alike,
    Code.VARIANT_MISSING: _("lacks {names:quoted}, which the other items of its model have"),
    Code.VARIANT_EXTRA: _("has {names:quoted}, which the other items of its model lack"),
}


def _no_variant(fault: Sentence) -> Callable[..., Message]:
    def message(grouped: object, **args: object) -> Message:
        why = fill(fault, args)
        if grouped:
            return _("{why}; what distinguishes it on Prom.ua stays as it is there", why=why)
        return _("{why}; it is sent as a product of its own", why=why)

    return message


def _group_empty(group: str, meant: str) -> Message:
    if meant:
        return _(
            "no item of the export is in the group `{group}`; did you mean `{meant}`?",
            group=group,
            meant=meant,
        )
    return _("no item of the export is in the group `{group}`", group=group)


def _rule(setting: str, before: str, after: str) -> Message:
    step = price_step("round", setting, Decimal(before), Decimal(after))
    return _("{step}, as set under `[prices]`", step=step)


SENTENCES: dict[Code, Sentence | Mapping[str, Sentence]] = {
    Code.ID_MISSING: lambda fault, cell: id_fault_message(IdFault(fault), cell),
    Code.ID_DUPLICATE: _twice,
    Code.ID_ODD: lambda **args: _ODD_IDS[IdFault(args["fault"])].filled(**args),
    Code.NAME_MISSING: _("the item has no name; none is sent"),
    Code.NAME_CUT: _CUT,
    Code.PRICE_MISSING: {
        "rounded": _("{amount} is rounded to {price}; no price is sent"),
        "empty": _("there is no price; none is sent"),
        "zero": _("the price is {amount}; none is sent"),
    },
    Code.PRICE_ROUNDED: {
        "decimals": _("`{cell}` has more than two decimals; it is read as {price}"),
        "rule": _rule,
        "discount": _("{base} and {amount} are rounded to {price} and {sale_price}; no discount is sent"),
    },
    Code.SALE_PRICE_ABOVE: _("the sale price {sale_price} is above the price {price}; no discount is sent"),
    Code.DISCOUNT_MISMATCH: _(
        "`PriceDiscountPercent` says {percent} %, the two prices say {actual} %; the prices are used"
    ),
    Code.WHOLESALE_UNUSED: {
        "above-price": _("the wholesale price {wholesale} is above the price {price}; it is not sent"),
        "no-minimum": _("the wholesale price {wholesale} has no minimum quantity; it is not sent"),
    },
    Code.NUMBER_UNREADABLE: _unreadable,
    Code.CELL_ERROR: _unreadable,
    Code.STOCK_UNLED: _(
        "no column is mapped to `quantity`: new items are not available, the others keep their stock on "
        "Prom.ua"
    ),
    Code.STOCK_NEGATIVE: _("the stock {stock} is below zero; it is sent as 0"),
    Code.STOCK_FRACTION: _("{stock} is sent as {whole}: Prom.ua counts whole pieces"),
    Code.STOCK_MISMATCH: _(
        "`WarehouseQuantity` says {total}, the centers together {centers}; {counts} is used"
    ),
    Code.STOCK_UNCHECKED: _("`{cell}` is not a quantity; only `{counted}` is used"),
    Code.STOCK_RESERVED: lambda title, pieces, left, stock: _(
        "{title}: {pieces} sold on Prom.ua and still in the export's stock; {left} of {stock} offered",
        title=title,
        pieces=piece_count(pieces),
        left=left,
        stock=stock,
    ),
    Code.CENTERS_MISSING: _(
        "the export has no column `WarehouseQuantityForPartner`; `WarehouseQuantity` is used, the stock of "
        "all centers together"
    ),
    Code.CENTER_UNKNOWN: lambda center, known: problem_message(
        problem(ProblemCode.CENTER_MISSING, center=center, known=", ".join(known))
    ),
    Code.PRODUCT_GROUP_EMPTY: _group_empty,
    Code.COLUMN_MISSING: lambda column, hint, meant: _(
        "what was last sent of it stays: {missing}", missing=no_column_message(column, hint, meant)
    ),
    Code.DISPLAY_UNKNOWN: _display_unknown,
    Code.PRESENCE_UNKNOWN: _(
        "`{cell}` is not yes, no, `order` or `waiting`; it is not sent, a new item is not available"
    ),
    Code.TEXT_CLEANED: _cleaned,
    Code.TEXT_CUT: _text_cut,
    Code.TEXT_LONG: _n(
        "{count} character; Prom.ua may accept only {limit}",
        "{count} characters; Prom.ua may accept only {limit}",
    ),
    Code.TEXT_REFORMATTED: _("`{text}` looks as if a spreadsheet had reformatted it"),
    Code.SKU_CUT: _CUT,
    Code.PHOTOS_TOO_MANY: _n(
        "{count} photo; the first {limit} are sent", "{count} photos; the first {limit} are sent"
    ),
    **PHOTO_FINDINGS,
    Code.PHOTOS_UNFETCHED: unfetched_message,
    Code.RUN_GOES_ON: _(
        "a run of {user} on {host}, process {pid}, has been going on since {since:time}; this is what was "
        "pending when it last saved its progress, and Prom.ua was not asked"
    ),
    Code.IMPORT_OPEN: lambda offers, sent: _(
        "an import of {products} was sent at {sent:time} and had not ended when this plan was made",
        products=product_count(offers),
        sent=sent,
    ),
    Code.IMPORT_HANGS: lambda offers, sent: _(
        "the import of {products} that was sent at {sent:time} hangs and blocks all later ones",
        products=product_count(offers),
        sent=sent,
    ),
    Code.LETTERS_LOST: _("a letter was lost in the export; a `?` is in its place"),
    **{code: _no_variant(fault) for code, fault in _VARIANTS.items()},
    Code.VARIANT_MOVED: _(
        "its model changed, but Prom.ua has it in the variant group {group}, which its API cannot change; "
        "what distinguishes it on Prom.ua stays as it is there"
    ),
    Code.VARIANT_APART: _(
        "Prom.ua has it as a product of its own, and its API cannot join it to the other items of its model"
    ),
    Code.GROUP_CONFLICT: _group_conflict,
    Code.GROUP_MISSING: _("it is in no group; a new item gets none on Prom.ua"),
    Code.GROUP_UNREADABLE: _("`{section}` is not a section such as `11=Полив`; it is skipped"),
    Code.SPLIT_AMBIGUOUS: _n(
        "the text has `{separator}` {count} time: all of it goes to both languages",
        "the text has `{separator}` {count} times: all of it goes to both languages",
    ),
    Code.KEYWORD_LONG: _keyword_long,
    Code.SKU_CHARACTERS: _(
        "the article has {letters:quoted}; Prom.ua accepts letters, digits, spaces and `-`, `_`, `.`, `/`"
    ),
    Code.BARCODE_INVALID: _barcode,
    Code.SEX_UNKNOWN: _("`{cell}` is not a sex from 0 to 5; it is not sent"),
    Code.CHARACTERISTICS_TOO_MANY: _n(
        "{count} characteristic; the first {limit} are sent, Prom.ua accepts no more",
        "{count} characteristics; the first {limit} are sent, Prom.ua accepts no more",
    ),
    Code.CURRENCY_SIGN: {
        "linked": _("the price is linked to {amount} {sign}; it is sent as it is, not converted"),
        "sign": _("`{sign}` is next to the price; it is sent in {currency}, not converted"),
    },
    Code.CURRENCY_OTHER: _("the price is in {named}, the shop sells in {currency}; prices are not sent"),
    Code.LIST_INCOMPLETE: _n(
        "Prom.ua's list leaves out {count} product that exists; it was found by its id",
        "Prom.ua's list leaves out {count} products that exist; each was found by its id",
    ),
    Code.ADOPT_AMBIGUOUS: _(
        "{title}: several products on Prom.ua may be this item; it waits until "
        "`torgsync object adopt --decisions FILE` says which"
    ),
    Code.ID_TAKEN: _(
        "{title}: on Prom.ua the product of another item has this id as its external id; creating the item "
        "would overwrite that product"
    ),
    Code.EXTERNAL_ID_MISSING: _(
        "{title}: Prom.ua has it without an external id: price, stock and status are sent, the rest needs one"
    ),
    Code.DELETED_FOR_GOOD: _(
        "{title}: it is out of stock, perhaps only for a while, and Prom.ua may refuse a deleted product "
        'that comes back; "hide" under `[removal]` keeps it'
    ),
    Code.REFUSED_BEFORE: _(
        "{title}: Prom.ua refused it as it is now; it is tried again when the item changes, or with "
        "`--full-refresh`"
    ),
    Code.DELETED_BEFORE: lambda title, **args: _(
        "{title}: Prom.ua refused it; {why}", title=title, why=fill(DELETED_BEFORE, args)
    ),
    Code.DELETED_BY_MODERATOR: _("{title}: Prom.ua's moderators deleted it; it is left alone"),
    **orders.FINDINGS,
}
"""A sentence for each code, or one for each `case` of it."""


def price_step(rule: str, setting: str, before: Decimal, after: Decimal) -> Message:
    """Return one rule of `[prices]` that changed a price: `markup +5 %: 100.00 -> 105.00`."""
    args = {"setting": setting, "before": _money(before), "after": _money(after)}
    if rule == "markup":
        return _("markup {setting} %: {before} -> {after}", **args)
    return _("rounded to {setting}: {before} -> {after}", **args)


def _money(amount: Decimal) -> str:
    """Return an amount with two places, or with all it has where it has more."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{cents if cents == amount else amount.normalize():f}"
