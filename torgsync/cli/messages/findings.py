"""The sentence of each finding, and what it means.

Nothing but this catalogue makes these sentences, so that another language is another catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from torgsync.cli.messages import orders
from torgsync.cli.messages.outcomes import DELETED_BEFORE
from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.findings import Code, Finding
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.product.cells import CellFault, IdFault, id_fault_message
from torgsync.core.product.cleaning import Cleaning
from torgsync.core.product.columns import no_column_message
from torgsync.core.product.fields import CENT
from torgsync.core.product.money import two_amounts
from torgsync.core.product.texts import BarcodeFault
from torgsync.core.text import counted


def finding_message(finding: Finding) -> str:
    """Return the sentence of a finding."""
    if finding.order:
        return orders.order_message(finding)
    sentence, args = SENTENCES[finding.code], dict[str, Any](finding.args)
    if isinstance(sentence, Mapping):
        sentence = sentence[args.pop("case")]
    return fill(sentence, args)


def variant_fault(finding: Finding) -> str:
    """Return why a good cannot be a variant, without what becomes of it."""
    args = {name: arg for name, arg in finding.args.items() if name != "grouped"}
    return fill(_VARIANTS[finding.code], args)


_FAULTS = {
    CellFault.ERROR: "`{cell}` is an error of a spreadsheet",
    CellFault.TOO_LONG: "`{cell}` has too many digits",
    CellFault.TWO_AMOUNTS: "`{cell}` may be {thousands} or {decimals}",
    CellFault.NO_NUMBER: "`{cell}` is not a number",
    CellFault.NO_QUANTITY: "`{cell}` is not a quantity",
    CellFault.NOT_WHOLE: "`{cell}` is no number of whole pieces",
    CellFault.NO_LADDER: "`{cell}` is no list of wholesale prices, each from a quantity on",
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
    amounts = two_amounts(cell)
    args = amounts._asdict() if amounts else {}
    return f"{_FAULTS[CellFault(fault)].format(cell=cell, **args)}; {ending}"


def _twice(lines: Sequence[str]) -> str:
    where = f"lines {' and '.join(lines)}" if len(lines) > 1 else f"line {lines[0]}"
    return f"stands in the export more than once, in {where}; it stays as it is on Prom"


_DISPLAY_STAYS = {
    "shown": "the good stays shown",
    "hidden": "the good stays off the site",
    "unknown": "Prom keeps what it has, a new good waits",
}


def _display_unknown(cell: str, case: str = "shown") -> str:
    said = f"`{cell}` is neither yes nor no" if cell else "the cell is empty"
    return f"{said}; {_DISPLAY_STAYS[case]}"


_REMOVED = {
    Cleaning.CONTROL: "control characters removed",
    Cleaning.INVISIBLE: "invisible characters removed",
    Cleaning.ENTITIES: "HTML entities such as `&quot;` undone",
    Cleaning.BACKSLASHES: "backslashes before quotes removed",
    Cleaning.SPREADSHEET: "a spreadsheet's text mark removed",
    Cleaning.TAGS: "HTML tags removed",
}


def _cleaned(marks: Sequence[str] = (Cleaning.CONTROL,), cell: str = "", text: str = "") -> str:
    removed = ", ".join(_REMOVED[Cleaning(mark)] for mark in marks if mark != Cleaning.EMPTY)
    counts = f"`{cell}` counts as {f'`{text}`' if text else 'empty'}" if cell else ""
    return ": ".join(filter(None, (counts, removed)))


def _keyword_long(count: int, limit: int, first: str, sent: int = 1) -> str:
    which = f"{counted(count, 'phrase')} of more than {limit} characters"
    if not sent:
        return f"nothing but {which}: `{first}…`; what Prom has stays"
    return f"{which} left out: `{first}…`"


def _text_cut(limit: int, count: int = 0, phrases: int = 0, sent: int = 0) -> str:
    if phrases:
        return f"{phrases} phrases, the first {sent} are sent: Prom takes {limit} characters"
    return f"{count} characters, Prom takes {limit}: cut"


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


_VARIANTS: dict[Code, Sentence] = {
    Code.VARIANT_ALIKE: _alike,
    Code.VARIANT_MISSING: "lacks {names:quoted}, which the other goods of its model have",
    Code.VARIANT_EXTRA: "has {names:quoted}, which the other goods of its model lack",
}
_STAYS = "; what tells it apart on Prom stays as it is there"


def _no_variant(fault: Sentence) -> Callable[..., str]:
    alone = "; it goes as a product of its own"
    return lambda grouped, **args: f"{fill(fault, args)}{_STAYS if grouped else alone}"


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
        "rule": lambda setting, before, after: (
            f"{price_step('round', setting, Decimal(before), Decimal(after))}, by `[prices]`"
        ),
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
    Code.STOCK_RESERVED: (
        "{title}: {pieces:piece} sold on Prom, which the export lacks; {left} of {stock} offered"
    ),
    Code.CENTERS_MISSING: (
        "the export has no column `WarehouseQuantityForPartner`: `WarehouseQuantity` counts, all centers "
        "together"
    ),
    Code.CENTER_UNKNOWN: lambda center, known: problem_message(
        problem(ProblemCode.CENTER_MISSING, center=center, known=", ".join(known))
    ),
    Code.PRODUCT_GROUP_EMPTY: lambda group, meant: (
        f"no good of the export lies in the group `{group}`{f'; did you mean `{meant}`?' if meant else ''}"
    ),
    Code.COLUMN_MISSING: lambda column, hint, meant: (
        f"{no_column_message(column, hint, meant)}; what was last sent of it stays"
    ),
    Code.DISPLAY_UNKNOWN: _display_unknown,
    Code.PRESENCE_UNKNOWN: (
        "`{cell}` says neither yes nor no, nor `order` or `waiting`; what Prom has stays, a new good is not "
        "available"
    ),
    Code.TEXT_CLEANED: _cleaned,
    Code.TEXT_CUT: _text_cut,
    Code.TEXT_LONG: "{count} characters; Prom may take no more than {limit}",
    Code.TEXT_REFORMATTED: "`{text}` looks like what a spreadsheet made of something else",
    Code.SKU_CUT: "{count} letters, Prom takes {limit}: cut",
    Code.PHOTOS_TOO_MANY: "{count} photos, the first {limit} are sent",
    Code.PHOTOS_UNREAD: {
        "none": "there is no photo in the folder of photos; photos on Prom.ua stay as they are",
        "empty": "{count:photo is an empty file|photos are empty files}, `{first}` for one; none is sent",
    },
    Code.PHOTOS_UNFETCHED: (
        "{title}: {photos:photo} could not be fetched by Prom; sent again with an import"
    ),
    Code.RUN_GOES_ON: (
        "a run of {user} on {host}, process {pid}, goes on since {since:time}; this is what was pending "
        "when it last recorded something, and Prom.ua was not asked"
    ),
    Code.IMPORT_OPEN: (
        "an import of {offers:product} was sent at {sent:time} and had not ended when this plan was made"
    ),
    Code.IMPORT_HANGS: (
        "the import of {offers:product} that was sent at {sent:time} hangs and blocks all later ones"
    ),
    Code.LETTERS_LOST: "a `?` stands where a letter was lost in the export",
    **{code: _no_variant(fault) for code, fault in _VARIANTS.items()},
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
    Code.KEYWORD_LONG: _keyword_long,
    Code.SKU_CHARACTERS: (
        "{letters:quoted} in an article; Prom takes letters, digits, blanks and `-`, `_`, `.`, `/`"
    ),
    Code.BARCODE_INVALID: lambda barcode, fault, **args: (
        f"`{barcode}` is not sent: {_BARCODES[BarcodeFault(fault)].format(**args)}"
    ),
    Code.SEX_UNKNOWN: "`{cell}` is not a sex from 0 to 5; what Prom has of it stays",
    Code.CHARACTERISTICS_TOO_MANY: (
        "{count} characteristics, the first {limit} are sent: Prom takes no more"
    ),
    Code.CURRENCY_SIGN: {
        "linked": "the price is linked to {amount} {sign}; it is sent as it is, not converted",
        "sign": "`{sign}` stands beside the price; it is sent in {currency}, not converted",
    },
    Code.CURRENCY_OTHER: "the price is in {named}, the shop sells in {currency}; prices are not sent",
    Code.LIST_INCOMPLETE: (
        "Prom's list leaves out {count:product that exists|products that exist}; each was found by its id"
    ),
    Code.ADOPT_AMBIGUOUS: (
        "{title}: several products on Prom may be it; it waits until "
        "`torgsync object adopt --decisions FILE` "
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
        '"hide" under `[removal]` keeps it'
    ),
    Code.REFUSED_BEFORE: (
        "{title}: Prom refused it as it is now; it is tried again when the good changes, or with "
        "`--full-refresh`"
    ),
    Code.DELETED_BEFORE: f"{{title}}: Prom refused it; {DELETED_BEFORE}",
    Code.DELETED_BY_MODERATOR: "{title}: Prom's moderators deleted it; it is left alone",
    **orders.FINDINGS,
}
"""A sentence for each code, or one for each `case` of it."""


def price_step(rule: str, setting: str, before: Decimal, after: Decimal) -> str:
    """Return one rule of `[prices]` that changed a price: `markup +5 %: 100.00 -> 105.00`."""
    how = f"markup {setting} %" if rule == "markup" else f"rounded to {setting}"
    return f"{how}: {_money(before)} -> {_money(after)}"


def _money(amount: Decimal) -> str:
    """Return an amount with two places, or with all it has where it has more."""
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{cents if cents == amount else amount.normalize():f}"


MEANING: dict[Code, str] = {
    Code.ID_MISSING: "a row without `GoodID` cannot be told from others; export the goods again",
    Code.ID_DUPLICATE: "the good stays as it is on Prom until its id stands in one row only",
    Code.ID_ODD: "the good goes under this id; correct it where it is mistyped, or it stands there twice",
    Code.NAME_MISSING: "the name that Prom has stays, a new good waits; give it a name in Torgsoft",
    Code.NAME_CUT: "the name is sent up to Prom's limit; shorten it to choose where it ends",
    Code.PRICE_MISSING: "what Prom has stays, a new good waits; give it a price in the accounting program",
    Code.PRICE_ROUNDED: "the rounded price is sent; see that it is the one you mean",
    Code.SALE_PRICE_ABOVE: "no discount is sent; correct whichever of the two prices is wrong",
    Code.DISCOUNT_MISMATCH: "what the two prices say is sent; correct whichever of the three is wrong",
    Code.WHOLESALE_UNUSED: "buyers see the retail price alone; lead a number from 1 to `wholesale_minimum`",
    Code.NUMBER_UNREADABLE: "what Prom has stays, a new good may wait for it; correct the number",
    Code.CELL_ERROR: "what Prom has stays, a new good may wait for it; mend the formula and save it anew",
    Code.STOCK_UNLED: "lead a column to `quantity`, or to `presence` where nobody tells how many there are",
    Code.STOCK_NEGATIVE: "the good is sent as sold out; post the missing receipt in the accounting program",
    Code.STOCK_FRACTION: "the whole pieces are sent and the rest is not offered; nothing needs to be done",
    Code.STOCK_MISMATCH: "the smaller stock is sent; see whether some pieces are reserved or posted twice",
    Code.STOCK_UNCHECKED: "the column that can be read is sent, unchecked; correct the other one",
    Code.STOCK_RESERVED: "they are not offered twice; the next export that knows the orders ends it",
    Code.CENTER_UNKNOWN: "it counts as empty; correct it under `[accounting_centers]` if it is mistyped",
    Code.PRODUCT_GROUP_EMPTY: "no good goes to Prom; correct `product_group` in the sync object",
    Code.COLUMN_MISSING: (
        "what was last sent of it stays; `torgsync fields remove COLUMN` if it is gone for good"
    ),
    Code.DISPLAY_UNKNOWN: "the good stays as it was, a new one waits; write 1 to show it, 0 to hide it",
    Code.PRESENCE_UNKNOWN: "what Prom has stays, a new good is not sold; write yes, no, order or waiting",
    Code.CENTERS_MISSING: "all centers count together; let the export tell the stock of each center",
    Code.TEXT_CLEANED: "marks of other programs were removed from texts; see that what is left is right",
    Code.TEXT_CUT: "the text is sent up to Prom's limit; shorten it to choose what goes",
    Code.TEXT_LONG: "the description is sent whole and Prom may refuse it; shorten it then",
    Code.TEXT_REFORMATTED: "it is sent as it is; give the column the format of text, or export from Torgsoft",
    Code.SKU_CUT: "the article is sent up to Prom's limit; shorten it, or lead another column to `sku`",
    Code.PHOTOS_TOO_MANY: "the first photos are sent; name the best ones so that they come first",
    Code.PHOTOS_UNREAD: "photos on Prom stay as they are; see whether the folder is there and uploads ended",
    Code.RUN_GOES_ON: "look once more when the run has ended",
    Code.IMPORT_OPEN: "its items wait for it; the next `torgsync sync` looks what became of them",
    Code.IMPORT_HANGS: (
        "cancel it in the seller's cabinet, «Товари» → «Імпорт»; the next `torgsync sync` sends what is left"
    ),
    Code.PHOTOS_UNFETCHED: "see whether its address works; the photo goes once more with the next import",
    Code.LETTERS_LOST: "the text is sent as it is; retype it, or export in UTF-8",
    Code.GROUP_UNREADABLE: "what is left of the path tells the group, else its type; correct the section",
    Code.SPLIT_AMBIGUOUS: "the whole text goes to both languages; leave one separator in it",
    Code.KEYWORD_LONG: "phrases so long are not sent; Prom keeps its own where no other is left; use commas",
    Code.SKU_CHARACTERS: "the article is sent as it is and Prom may refuse it; use letters, digits and -_./",
    Code.BARCODE_INVALID: "the good goes without this barcode; scan it again in the accounting program",
    Code.SEX_UNKNOWN: "what Prom has of it stays; choose the sex anew in the accounting program",
    Code.CHARACTERISTICS_TOO_MANY: "the first ones are sent; lead fewer columns to characteristics",
    Code.CURRENCY_SIGN: "the price is sent in the shop's currency, unconverted; see that it is meant so",
    Code.CURRENCY_OTHER: "what Prom has stays; export prices in the shop's currency, or change `currency`",
    Code.VARIANT_ALIKE: "Prom would refuse it beside its sisters; give it a size or colour of its own",
    Code.VARIANT_EXTRA: "Prom would refuse it beside its sisters; fill in the same columns for all of them",
    Code.VARIANT_MISSING: "Prom would refuse it beside its sisters; fill in what they have",
    Code.VARIANT_MOVED: "all else of it goes; set its size and colour in the seller's cabinet",
    Code.VARIANT_APART: "buyers see it apart from its sisters; join it to them in the seller's cabinet",
    Code.GROUP_CONFLICT: "what most goods tell is sent; correct the section of the others in Torgsoft",
    Code.GROUP_MISSING: "a new good goes to no group of the shop; give its type of goods a section",
    Code.LIST_INCOMPLETE: "Prom left products out of its list and they were read one by one; nothing is lost",
    Code.ADOPT_AMBIGUOUS: (
        "it is not made anew meanwhile; decide with `torgsync object adopt --decisions FILE`"
    ),
    Code.ID_TAKEN: "it is not made; give that product another external id in the seller's cabinet",
    Code.EXTERNAL_ID_MISSING: "texts and photos stay; `torgsync object adopt --write-ids` gives it one",
    Code.DELETED_FOR_GOOD: (
        'choose "hide", or a longer `delete_after`, under `[removal]` if it will come back, or let it go'
    ),
    Code.REFUSED_BEFORE: "Prom refused it; it is tried again when the good changes, or with `--full-refresh`",
    Code.DELETED_BEFORE: "restore its product in the cabinet and run `torgsync update --full-refresh`, "
    "or give it a new `GoodID`",
    Code.DELETED_BY_MODERATOR: "Prom's moderators took the product down; ask Prom's support for the reason",
    Code.ORDER_SUM: "the order is kept as Prom tells it; compare its lines with its total by hand",
    Code.ORDER_GOOD_UNKNOWN: "no order file is written; enter it by hand, then `torgsync orders done ORDER`",
    Code.ORDER_NO_LINES: "no file is written; see it in the seller's cabinet and enter it by hand",
    Code.ORDER_FREE_LINE: "the line is in the comment of the order's file; nothing needs to be done",
    Code.ORDER_ID_UNKNOWN: "the order's file is written; see whether Torgsoft found the item in it",
    Code.ORDER_MONEY_UNREADABLE: "no file is written; enter it by hand, then `torgsync orders done ORDER`",
    Code.ORDER_FORGOTTEN: "no file can be written; enter it by hand, then `torgsync orders done ORDER`",
    Code.ORDER_CHANGED: "change it in Torgsoft by hand, then `torgsync orders done ORDER`",
    Code.ORDER_UNLISTED: "Prom's list left the order out and it was asked for by its number; nothing is lost",
    Code.ORDER_REWRITTEN: "Torgsoft had not taken the old file; nothing needs to be done",
    Code.ORDER_WITHDRAWN: "the order was called off and its file taken back; nothing needs to be done",
    Code.ORDER_NOT_ACCEPTED: "the order is home and its file written; the next run tries again",
    Code.OUTBOX_FAILED: "the order is home; mend the outbox, and the next run writes its file",
    Code.OUTBOX_MOVED: (
        "files in the old outbox count as not taken; move them, or `torgsync orders export ORDER`"
    ),
    Code.CLIENTS_UNREAD: "orders come home without Torgsoft's clients; export `TSClients.trs` once more",
    Code.CLIENT_AMBIGUOUS: (
        "the order waits without a client; `torgsync clients choose ORDER CLIENT` says whose it is"
    ),
    Code.PAYMENT_UNMAPPED: (
        "the order is kept and its money is unmapped; run "
        "`torgsync payments map NAME --cash-register ACCOUNT`"
    ),
}
"""What each finding means for the good or the order, and what a person can do: one sentence."""
