"""The sentence of each finding.

Nothing but this catalogue makes these sentences, so that another language is another catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from torgsync.cli.messages import orders
from torgsync.core.clock import shop_time
from torgsync.core.findings import Code, Finding
from torgsync.core.product.cells import CellFault, IdFault, id_fault_message
from torgsync.core.product.columns import no_column_message
from torgsync.core.product.fields import CENT
from torgsync.core.product.texts import BarcodeFault
from torgsync.core.text import counted

Sentence = str | Callable[..., str]


def finding_message(finding: Finding) -> str:
    """Return the sentence of a finding."""
    if finding.order:
        return orders.order_message(finding)
    sentence, args = SENTENCES[finding.code], dict[str, Any](finding.args)
    if isinstance(sentence, Mapping):
        sentence = sentence[args.pop("case")]
    return sentence(**args) if callable(sentence) else sentence.format_map(args)


def variant_fault(finding: Finding) -> str:
    """Return why a good cannot be a variant, without what becomes of it."""
    args = {name: arg for name, arg in finding.args.items() if name != "grouped"}
    return _VARIANTS[finding.code](**args)


_FAULTS = {
    CellFault.ERROR: "`{cell}` is an error of a spreadsheet",
    CellFault.TOO_LONG: "`{cell}` has too many digits",
    CellFault.NO_NUMBER: "`{cell}` is not a number",
    CellFault.NO_QUANTITY: "`{cell}` is not a quantity",
    CellFault.NOT_WHOLE: "`{cell}` is no number of whole pieces",
    CellFault.NO_FLAG: "`{cell}` is neither true nor false",
    CellFault.EMPTY: "the stock is empty",
}
_ODD_IDS = {
    IdFault.NO_NUMBER: "is no whole number, as Torgsoft's ids are",
    IdFault.LEADING_ZERO: "begins with a zero, as none of Torgsoft's ids does",
}
_BARCODES = {
    BarcodeFault.CYRILLIC: "the Cyrillic letter `{letter}`, which looks like `{latin}`, stands in it",
    BarcodeFault.LETTER: "`{letter}` stands in it, and a barcode has digits only",
    BarcodeFault.LENGTH: "it has {digits} digits, and a barcode has 8, 12, 13 or 14",
    BarcodeFault.ZEROS: "it has zeros only",
    BarcodeFault.CHECK_DIGIT: "its last digit is {last} and should be {right}",
}


def _unreadable(cell: str, fault: str, fields: Sequence[str] = (), name: str = "") -> str:
    unsent = name or " and ".join(field.replace("_", " ") for field in fields)
    ending = f"not sent: {unsent}" if unsent else "what Prom has stays"
    return f"{_FAULTS[CellFault(fault)].format(cell=cell)}; {ending}"


def _twice(lines: Sequence[str]) -> str:
    where = f"lines {' and '.join(lines)}" if len(lines) > 1 else f"line {lines[0]}"
    return f"stands in the export more than once, in {where}; it stays as it is on Prom"


def _text_cut(limit: int, count: int = 0, phrases: int = 0, sent: int = 0) -> str:
    if phrases:
        return f"{phrases} phrases, the first {sent} are sent: Prom takes {limit} characters"
    return f"{count} characters, Prom takes {limit}: cut"


def _rounded(setting: str, before: str, after: str) -> str:
    return f"{price_step('round', setting, Decimal(before), Decimal(after))}, by `[prices]`"


def _no_group(group: str, meant: str) -> str:
    near = f"; did you mean `{meant}`?" if meant else ""
    return f"no good of the export lies in the group `{group}`{near}"


def _group_conflict(number: str, chosen: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    instead = " and ".join(_group_place(*other) for other in others)
    most = _group_place(*chosen)
    return f"group {number} is {most} in most goods, and {instead} in others; all go to the first"


def _group_place(name: str, parent: str) -> str:
    return f"`{name}` under {parent}" if parent else f"`{name}` at the top"


def _alike(twin: str, traits: Sequence[Sequence[str]]) -> str:
    what = ", ".join(" ".join(trait) for trait in traits)
    same = f"has the same {what} as `{twin}`" if what else f"differs from `{twin}` in no characteristic"
    return f"{same}, a good of the same model"


def _missing_traits(names: Sequence[str]) -> str:
    return f"lacks {_quoted(names)}, which the other goods of its model have"


def _extra_traits(names: Sequence[str]) -> str:
    return f"has {_quoted(names)}, which the other goods of its model lack"


_VARIANTS: dict[Code, Callable[..., str]] = {
    Code.VARIANT_ALIKE: _alike,
    Code.VARIANT_MISSING: _missing_traits,
    Code.VARIANT_EXTRA: _extra_traits,
}
_STAYS = "; what tells it apart on Prom stays as it is there"


def _no_variant(fault: Callable[..., str]) -> Callable[..., str]:
    def sentence(*, grouped: bool, **args: object) -> str:
        return f"{fault(**args)}{_STAYS if grouped else '; it goes as a product of its own'}"

    return sentence


def _empty_photos(count: int, first: str) -> str:
    photos = counted(count, "photo is an empty file", "photos are empty files")
    return f"{photos}, `{first}` for one; none is sent"


def _unlisted(count: int) -> str:
    left_out = counted(count, "product that exists", "products that exist")
    return f"Prom's list leaves out {left_out}; each was found by its id"


def _reserved(title: str, pieces: int, left: int | None, stock: int) -> str:
    sold = counted(pieces, "piece")
    return f"{title}: {sold} sold on Prom, which the export lacks; {left} of {stock} offered"


def _open_import(sent: str, offers: int) -> str:
    at = shop_time(datetime.fromisoformat(sent))
    return f"an import of {counted(offers, 'product')} was sent at {at} and has not ended yet"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


SENTENCES: dict[Code, Sentence | Mapping[str, Sentence]] = {
    Code.ID_MISSING: lambda fault, cell: id_fault_message(IdFault(fault), cell),
    Code.ID_DUPLICATE: _twice,
    Code.ID_ODD: lambda **args: f"`{args['id']}` {_ODD_IDS[IdFault(args['fault'])]}; it goes under it",
    Code.NAME_MISSING: "the good has no name; none is sent",
    Code.NAME_CUT: "{count} letters, Prom takes {limit}: cut",
    Code.PRICE_MISSING: {
        "rounded": "{amount} is rounded to {price}; none is sent",
        "empty": "there is no price; none is sent",
        "zero": "the price is {amount}; none is sent",
    },
    Code.PRICE_ROUNDED: {
        "decimals": "`{cell}` has more than two decimals; it counts as {price}",
        "rule": _rounded,
        "discount": "{base} and {amount} are rounded to {price} and {sale_price}; no discount is sent",
    },
    Code.SALE_PRICE_ABOVE: "{sale_price} is above the price {price}; no discount is sent",
    Code.DISCOUNT_MISMATCH: (
        "`PriceDiscountPercent` says {percent} %, the prices {actual} %; the prices count"
    ),
    Code.WHOLESALE_UNUSED: {
        "above-price": "the wholesale price {wholesale} is above the price {price}; it is not sent",
        "no-minimum": "a wholesale price of {wholesale} without a minimum quantity; it is not sent",
    },
    Code.NUMBER_UNREADABLE: _unreadable,
    Code.CELL_ERROR: _unreadable,
    Code.STOCK_UNLED: (
        "no column is led to `quantity`: new goods are not available, Prom keeps the stock of others"
    ),
    Code.STOCK_NEGATIVE: "{stock} is less than nothing and counts as 0",
    Code.STOCK_FRACTION: "{stock} is sent as {whole}: Prom counts whole pieces",
    Code.STOCK_MISMATCH: (
        "`WarehouseQuantity` says {total}, the centers together {centers}; {counts} counts"
    ),
    Code.STOCK_UNCHECKED: "`{cell}` is not a quantity; `{counted}` alone counts",
    Code.STOCK_RESERVED: _reserved,
    Code.CENTERS_MISSING: (
        "the export has no column `WarehouseQuantityForPartner`: `WarehouseQuantity` counts, all centers "
        "together"
    ),
    Code.CENTER_UNKNOWN: lambda center, known: (
        f"the export tells no stock of the center `{center}`; it tells that of {', '.join(known)}"
    ),
    Code.PRODUCT_GROUP_EMPTY: _no_group,
    Code.COLUMN_MISSING: lambda column, hint, meant: (
        f"{no_column_message(column, hint, meant)}; what was last sent of it stays"
    ),
    Code.DISPLAY_UNKNOWN: "`{cell}` is neither 0 nor 1; the good is shown",
    Code.TEXT_CLEANED: "control characters were taken out",
    Code.TEXT_CUT: _text_cut,
    Code.TEXT_LONG: "{count} characters; Prom may take no more than {limit}",
    Code.TEXT_REFORMATTED: "`{text}` looks like what a spreadsheet made of something else",
    Code.SKU_CUT: "{count} letters, Prom takes {limit}: cut",
    Code.PHOTOS_TOO_MANY: "{count} photos, the first {limit} are sent",
    Code.PHOTOS_UNREAD: {
        "none": "there is no photo in the folder of photos; photos on Prom.ua stay as they are",
        "empty": _empty_photos,
    },
    Code.PHOTOS_UNFETCHED: lambda title, photos: (
        f"{title}: {counted(photos, 'photo')} could not be fetched by Prom; sent again with an import"
    ),
    Code.IMPORT_OPEN: _open_import,
    Code.LETTERS_LOST: "a `?` stands where a letter was lost in the export",
    Code.VARIANT_ALIKE: _no_variant(_alike),
    Code.VARIANT_EXTRA: _no_variant(_extra_traits),
    Code.VARIANT_MISSING: _no_variant(_missing_traits),
    Code.VARIANT_MOVED: (
        f"its model changed, and Prom has it in the variant group {{group}}, which no call changes{_STAYS}"
    ),
    Code.VARIANT_APART: (
        "Prom has it as a product of its own, and no call joins it to the other goods of its model"
    ),
    Code.GROUP_CONFLICT: _group_conflict,
    Code.GROUP_MISSING: "it lies in no group; a new good goes to none on Prom",
    Code.GROUP_UNREADABLE: "`{section}` is no section such as `11=Полив`; it is passed over",
    Code.SPLIT_AMBIGUOUS: "`{separator}` stands {count} times in it: the whole text goes to both languages",
    Code.KEYWORD_LONG: lambda count, limit, first: (
        f"{counted(count, 'phrase')} of more than {limit} characters left out: `{first}…`"
    ),
    Code.SKU_CHARACTERS: lambda letters: (
        f"{_quoted(letters)} in an article; Prom takes letters, digits, blanks and `-`, `_`, `.`, `/`"
    ),
    Code.BARCODE_INVALID: lambda barcode, fault, **args: (
        f"`{barcode}` is not sent: {_BARCODES[BarcodeFault(fault)].format(**args)}"
    ),
    Code.SEX_UNKNOWN: "`{cell}` is not a sex from 0 to 5; it is not sent",
    Code.CHARACTERISTICS_TOO_MANY: (
        "{count} characteristics, the first {limit} are sent: Prom takes no more"
    ),
    Code.CURRENCY_SIGN: {
        "linked": "the price is linked to {amount} {sign}; it is sent as it is, not converted",
        "sign": "`{sign}` stands beside the price; it is sent in {currency}, not converted",
    },
    Code.CURRENCY_OTHER: "the price is in {named}, the shop sells in {currency}; prices are not sent",
    Code.LIST_INCOMPLETE: _unlisted,
    Code.ADOPT_AMBIGUOUS: (
        "{title}: several products on Prom may be it; it waits until `torgsync object adopt --decisions` "
        "says which"
    ),
    Code.ID_TAKEN: (
        "{title}: another good's product has its id as external id on Prom; made anew it would overwrite "
        "that one"
    ),
    Code.EXTERNAL_ID_MISSING: (
        "{title}: Prom has it without an external id: price, stock and status go, the rest needs one"
    ),
    Code.DELETED_FOR_GOOD: (
        "{title}: it is out of stock, which may pass, and Prom may refuse a deleted product that comes back; "
        '"hide" under [removal] keeps it'
    ),
    Code.REFUSED_BEFORE: (
        "{title}: Prom refused it as it is now; it is tried again when the good changes, or with "
        "`--full-refresh`"
    ),
    Code.DELETED_BY_MODERATOR: "{title}: Prom's moderators deleted it; it is left alone",
    **orders.FINDINGS,
}
"""A template for the finding's arguments, a function that takes them, or one of both for each `case`."""


def price_step(rule: str, setting: str, before: Decimal, after: Decimal) -> str:
    """Return one rule of `[prices]` that changed a price: `markup +5 %: 100.00 -> 105.00`."""
    how = f"markup {setting} %" if rule == "markup" else f"rounded to {setting}"
    return f"{how}: {_money(before)} -> {_money(after)}"


def _money(amount: Decimal) -> str:
    """Return an amount with two places, or with all it has where it has more."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{cents if cents == amount else amount.normalize():f}"
