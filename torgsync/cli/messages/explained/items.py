"""Findings about items of the export: what is wrong in a row."""

from __future__ import annotations

from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.core.findings import Code, Finding
from torgsync.core.photos.addresses import AddressFault
from torgsync.core.photos.pictures import PictureFlaw
from torgsync.i18n import _

ITEMS: dict[Code, Explanation] = {
    Code.ID_MISSING: Explanation(
        _(
            "a row of the export has no `GoodID`, or several of them, so it is unknown which item it "
            "is; nothing is sent"
        ),
        _("export the items from Torgsoft again"),
        Finding(Code.ID_MISSING, args={"fault": "missing", "cell": ""}),
    ),
    Code.ID_DUPLICATE: Explanation(
        _("several rows of the export have the same `GoodID`; nothing of the item is sent"),
        _("leave one of the rows; `torgsync why ID` shows the lines of all"),
        Finding(Code.ID_DUPLICATE, args={"lines": ["14", "212"]}),
    ),
    Code.ID_ODD: Explanation(
        _("a `GoodID` is not a whole number, or begins with a zero; the item is sent under this id"),
        _("check whether it is a mistyped id of another item: Prom.ua would have that item twice"),
        Finding(Code.ID_ODD, args={"fault": "no-number", "id": "26901a"}),
    ),
    Code.NAME_MISSING: Explanation(
        _("the item has no name; the name on Prom.ua stays, a new item waits"),
        _("give the item a name in Torgsoft"),
        Finding(Code.NAME_MISSING),
    ),
    Code.NAME_CUT: Explanation(
        _("the name is longer than Prom.ua accepts; its beginning is sent"),
        _("shorten the name to 110 characters to choose where it ends"),
        Finding(Code.NAME_CUT, args={"count": 142, "limit": 110}),
    ),
    Code.PRICE_MISSING: Explanation(
        _("the item has no price that can be sent; the price on Prom.ua stays, a new item waits"),
        _("enter a price in Torgsoft"),
        Finding(Code.PRICE_MISSING, args={"case": "empty"}),
    ),
    Code.PRICE_ROUNDED: Explanation(
        _(
            "a price has more than two decimals, or the rules of `[prices]` move it by more than half"
            " or remove its discount; the rounded price is sent"
        ),
        _("correct the price in Torgsoft, or choose a smaller `round` under `[prices]`"),
        Finding(Code.PRICE_ROUNDED, args={"case": "decimals", "cell": "149,995", "price": "150.00"}),
    ),
    Code.SALE_PRICE_ABOVE: Explanation(
        _("the price with discount is above the price; no discount is sent"),
        _("correct whichever of the two prices is wrong in Torgsoft"),
        Finding(Code.SALE_PRICE_ABOVE, args={"sale_price": "120.00", "price": "100.00"}),
    ),
    Code.DISCOUNT_MISMATCH: Explanation(
        _(
            "`PriceDiscountPercent` differs from the discount between the two prices; the discount of"
            " the prices is sent"
        ),
        _("correct whichever of the three numbers is wrong in Torgsoft"),
        Finding(Code.DISCOUNT_MISMATCH, args={"percent": "50", "actual": "10.00"}),
    ),
    Code.WHOLESALE_UNUSED: Explanation(
        _(
            "a wholesale price has no minimum quantity, or is above the price; it is not sent, and "
            "buyers see only the retail price"
        ),
        _("map a number of pieces to `wholesale_minimum`, or correct the wholesale price"),
        Finding(Code.WHOLESALE_UNUSED, args={"case": "no-minimum", "wholesale": "90.00"}),
    ),
    Code.NUMBER_UNREADABLE: Explanation(
        _(
            "a cell is not a number, or may be two (`1.450` is 1450 or 1.45); what Prom.ua has stays,"
            " a new item waits for its price, and is not available without its stock"
        ),
        _(
            "correct the number: digits, with one comma or point at most; three digits after it "
            "(`1,450`) are read as decimals only where all prices of the column have this sign and "
            "one cannot be thousands, such as `12,5`"
        ),
        Finding(Code.NUMBER_UNREADABLE, args={"cell": "1.450", "fault": "two-amounts", "fields": ["price"]}),
    ),
    Code.CELL_ERROR: Explanation(
        _("a spreadsheet could not compute a cell; what Prom.ua has stays, a new item may wait"),
        _("fix the formula and save the list again"),
        Finding(Code.CELL_ERROR, args={"cell": "#REF!", "fault": "error", "fields": ["price", "discount"]}),
    ),
    Code.STOCK_UNLED: Explanation(
        _(
            "no column is mapped to `quantity`; new items are created as not available, the others "
            "keep their stock on Prom.ua"
        ),
        _("map a column to `quantity`, or to `presence` where the number of pieces is unknown"),
        Finding(Code.STOCK_UNLED),
    ),
    Code.STOCK_NEGATIVE: Explanation(
        _("the stock is below zero; the item is sent as sold out"),
        _("post the missing receipt in the accounting program"),
        Finding(Code.STOCK_NEGATIVE, args={"stock": "-3"}),
    ),
    Code.STOCK_FRACTION: Explanation(
        _("the stock is not whole; the whole pieces are sent, because Prom.ua counts only those"),
        _("nothing needs to be done; or sell the item by whole pieces"),
        Finding(Code.STOCK_FRACTION, args={"stock": "2.5", "whole": "2"}),
    ),
    Code.STOCK_MISMATCH: Explanation(
        _("the stock of the centers does not add up to that of `WarehouseQuantity`; the smaller one is sent"),
        _("check whether pieces are reserved or posted twice"),
        Finding(Code.STOCK_MISMATCH, args={"total": "5", "centers": "2", "counts": "2"}),
    ),
    Code.STOCK_UNCHECKED: Explanation(
        _("one of the two columns with the stock cannot be read; the other one is sent, unchecked"),
        _("correct the cell, or export the items again"),
        Finding(Code.STOCK_UNCHECKED, args={"cell": "5 шт", "counted": "WarehouseQuantity"}),
    ),
    Code.STOCK_RESERVED: Explanation(
        _(
            "pieces were sold on Prom.ua since the export was written, or their order still waits for"
            " Torgsoft; they are not offered twice"
        ),
        _("nothing needs to be done; this ends with an export that knows the orders"),
        Finding(Code.STOCK_RESERVED, args={"title": "Корм сухий", "pieces": 2, "left": 3, "stock": 5}),
    ),
    Code.CENTERS_MISSING: Explanation(
        _("the export has no stock by accounting center; all centers count together"),
        _("let Torgsoft export `WarehouseQuantityForPartner`, or empty `use` under `[accounting_centers]`"),
        Finding(Code.CENTERS_MISSING),
    ),
    Code.CENTER_UNKNOWN: Explanation(
        _("the export has no stock for a center that the sync object names; it counts as empty"),
        _("if it is mistyped, correct it under `[accounting_centers]`"),
        Finding(Code.CENTER_UNKNOWN, args={"center": "9", "known": ["1", "4"]}),
    ),
    Code.PRODUCT_GROUP_EMPTY: Explanation(
        _("no item of the export is in the `product_group`; no item is sent to Prom.ua"),
        _("correct the name of the group in the sync object"),
        Finding(Code.PRODUCT_GROUP_EMPTY, args={"group": "Взутя", "meant": "Взуття"}),
    ),
    Code.COLUMN_MISSING: Explanation(
        _(
            "no offer of a YML file has the parameter that a field is mapped from; what was last sent"
            " of it stays"
        ),
        _("nothing needs to be done; if it is gone for good: `torgsync fields remove COLUMN`"),
        Finding(Code.COLUMN_MISSING, args={"column": "Color", "hint": "none", "meant": ""}),
    ),
    Code.DISPLAY_UNKNOWN: Explanation(
        _(
            "`Display` is neither yes nor no, or the cell that hid the item is empty now; a shown "
            "item stays shown, a hidden one hidden, a new one waits"
        ),
        _("write 1 to show the item, 0 to hide it"),
        Finding(Code.DISPLAY_UNKNOWN, args={"cell": "2", "case": "shown"}),
    ),
    Code.PRESENCE_UNKNOWN: Explanation(
        _(
            "a word for the presence is not one that the program knows; what Prom.ua has stays, a new"
            " item is created as not available"
        ),
        _("write yes, no, `order` or `waiting`"),
        Finding(Code.PRESENCE_UNKNOWN, args={"cell": "скоро"}),
    ),
    Code.TEXT_CLEANED: Explanation(
        _(
            "another program left its marks in a text: HTML codes or tags, backslashes, a "
            "spreadsheet's `=\"…\"` or `'`, invisible characters, `NULL`; they were removed"
        ),
        _('check that the rest is right; a word of your own for "nothing" goes under `placeholders`'),
        Finding(
            Code.TEXT_CLEANED, args={"marks": ["entities", "tags"], "cell": "&lt;b&gt;Капці", "text": "Капці"}
        ),
    ),
    Code.TEXT_CUT: Explanation(
        _("a text is longer than Prom.ua accepts; its beginning is sent"),
        _("shorten the text to choose what is sent"),
        Finding(Code.TEXT_CUT, args={"limit": 20, "phrases": 2, "sent": 18}),
    ),
    Code.TEXT_LONG: Explanation(
        _("a description is longer than Prom.ua may accept; it is sent whole"),
        _("if Prom.ua refuses it, shorten it to 12160 characters"),
        Finding(Code.TEXT_LONG, args={"count": 15200, "limit": 12160}),
    ),
    Code.TEXT_REFORMATTED: Explanation(
        _(
            "a size or an article looks like a date or a long number that a spreadsheet made of it; "
            "it is sent as it is"
        ),
        _("format the column as text, or use the file as Torgsoft wrote it"),
        Finding(Code.TEXT_REFORMATTED, args={"text": "1,23457E+12"}),
    ),
    Code.SKU_CUT: Explanation(
        _("an article is longer than Prom.ua accepts; its beginning is sent"),
        _("shorten the article to 25 characters, or map another column to `sku`"),
        Finding(Code.SKU_CUT, args={"count": 31, "limit": 25}),
    ),
    Code.PHOTOS_TOO_MANY: Explanation(
        _("the item has more photos than Prom.ua accepts; the first ones are sent"),
        _("name the ten best photos so that they come first"),
        Finding(Code.PHOTOS_TOO_MANY, args={"count": 14, "limit": 10}),
    ),
    Code.PHOTO_BROKEN: Explanation(
        _(
            "a file in the photo folder is not a picture, or is cut off or damaged; it is not sent, and a "
            "photo that Prom.ua has in its place stays"
        ),
        _("put the photo there again, saved as JPEG"),
        Finding(Code.PHOTO_BROKEN, args={"file": "17.jpg"}),
    ),
    Code.PHOTO_REFUSED: Explanation(
        _(
            "a photo is not published as it is, and the settings do not let it be mended; a photo that "
            "Prom.ua has in its place stays"
        ),
        _("save the photo as an upright JPEG, or allow `convert`, `rotate` or `scale` in `[catalog.photos]`"),
        Finding(Code.PHOTO_REFUSED, args={"file": "17.webp", "flaw": PictureFlaw.TYPE}),
    ),
    Code.PHOTO_UNREACHABLE: Explanation(
        _(
            "photos are published, but their addresses do not answer with them, or `url` is on this machine "
            "or in a private network, which Prom.ua cannot reach; they are sent all the same"
        ),
        _(
            "open the address in a browser, and check `publish` and `url` in `[catalog.photos]`; if the "
            "pictures were lost there, publish them again: `torgsync photos publish --again`"
        ),
        Finding(
            Code.PHOTO_UNREACHABLE,
            args={
                "count": 1,
                "address": "https://shop.example/photos/17.jpg",
                "fault": AddressFault.STATUS,
                "status": 404,
                "kind": "text/html",
            },
        ),
    ),
    Code.PHOTO_UNFIT: Explanation(
        _("a photo is sent as it is, but Prom.ua may refuse it, or buyers may not see it well"),
        _("save the photo as an upright JPEG, 200 to 10,000 pixels a side, up to 10 MB"),
        Finding(
            Code.PHOTO_UNFIT, args={"file": "17.jpg", "case": PictureFlaw.SMALL, "width": 90, "height": 120}
        ),
    ),
    Code.PHOTOS_UNREAD: Explanation(
        _(
            "the photo folder is empty, or files in it are empty or cannot be read; photos on Prom.ua stay "
            "as they are"
        ),
        _("check that the folder is connected, and put the photos there again"),
        Finding(Code.PHOTOS_UNREAD, args={"case": "none"}),
    ),
    Code.LETTERS_LOST: Explanation(
        _("the export lost a letter and has a `?` in its place; the text is sent as it is"),
        _("correct the word in Torgsoft; an export in cp1251 loses letters by itself: export in UTF-8"),
        Finding(Code.LETTERS_LOST),
    ),
    Code.GROUP_CONFLICT: Explanation(
        _(
            "items give one group, by its number, different names or places among the groups; Prom.ua has it "
            "once, so all of them go where most of them say"
        ),
        _("correct the section of the others in Torgsoft"),
        Finding(
            Code.GROUP_CONFLICT, args={"number": "1", "chosen": ["Взуття", "2"], "others": [["Взуття", ""]]}
        ),
    ),
    Code.GROUP_MISSING: Explanation(
        _("the item is in no group; a new one is created outside all groups, an old one stays where it is"),
        _("give its type of goods a section in Torgsoft"),
        Finding(Code.GROUP_MISSING),
    ),
    Code.GROUP_UNREADABLE: Explanation(
        _(
            "a part of the section's path is not `number=name`; it is skipped, and the rest of the "
            "path, or else the item's type, gives the group"
        ),
        _("correct the section in Torgsoft"),
        Finding(Code.GROUP_UNREADABLE, args={"section": "Полив"}),
    ),
    Code.SPLIT_AMBIGUOUS: Explanation(
        _(
            "a text that holds two languages has the separator more than once; the whole text goes to"
            " both languages"
        ),
        _("leave one separator in the text"),
        Finding(Code.SPLIT_AMBIGUOUS, args={"separator": "_", "count": 2}),
    ),
    Code.KEYWORD_LONG: Explanation(
        _(
            "a search phrase has more than 50 characters and is not sent; if no other is left, "
            "Prom.ua keeps the phrases it has"
        ),
        _("separate the phrases by commas, semicolons or line ends"),
        Finding(Code.KEYWORD_LONG, args={"count": 1, "limit": 50, "first": "корм сухий для дорослих котів"}),
    ),
    Code.SKU_CHARACTERS: Explanation(
        _("an article has characters that Prom.ua may refuse; it is sent as it is"),
        _("use letters, digits, spaces and `-_./`"),
        Finding(Code.SKU_CHARACTERS, args={"letters": ["#", "+"]}),
    ),
    Code.BARCODE_INVALID: Explanation(
        _("a barcode has another length, a letter or a wrong check digit; the item is sent without it"),
        _("scan the barcode again in Torgsoft"),
        Finding(
            Code.BARCODE_INVALID,
            args={"barcode": "2900000517333", "fault": "check-digit", "last": "3", "right": "2"},
        ),
    ),
    Code.SEX_UNKNOWN: Explanation(
        _("`Sex` has a number without a meaning; what Prom.ua has of the characteristic stays"),
        _("choose the sex again in Torgsoft"),
        Finding(Code.SEX_UNKNOWN, args={"cell": "7"}),
    ),
    Code.CHARACTERISTICS_TOO_MANY: Explanation(
        _("the item has more characteristics than Prom.ua accepts; the first ones are sent"),
        _("map fewer columns to characteristics"),
        Finding(Code.CHARACTERISTICS_TOO_MANY, args={"count": 104, "limit": 100}),
    ),
    Code.CURRENCY_SIGN: Explanation(
        _(
            "a price is linked to another currency in Torgsoft, or has its sign next to it; it is "
            "sent as it is, not converted"
        ),
        _("check that the price is in the currency of the shop"),
        Finding(Code.CURRENCY_SIGN, args={"case": "linked", "amount": "12.50", "sign": "$"}),
    ),
    Code.CURRENCY_OTHER: Explanation(
        _(
            "an offer of a YML file is in another currency than the shop; the prices on Prom.ua stay,"
            " a new item waits"
        ),
        _("export prices in the currency of the shop, or set `currency` under `[catalog]`"),
        Finding(Code.CURRENCY_OTHER, args={"named": "USD", "currency": "UAH"}),
    ),
    Code.VARIANT_ALIKE: Explanation(
        _(
            "nothing distinguishes the item from another one of its model; a new one is sent as a "
            "product of its own, one in their group keeps there what distinguished it"
        ),
        _("give it a size or a colour of its own"),
        Finding(Code.VARIANT_ALIKE, args={"twin": "26901", "traits": [["розмір", "38"]], "grouped": False}),
    ),
    Code.VARIANT_EXTRA: Explanation(
        _(
            "the item has a characteristic that the others of its model lack; Prom.ua wants the same "
            "ones in all variants, so it is sent as a product of its own, or keeps its place in the "
            "group"
        ),
        _("fill in the same columns for the whole model"),
        Finding(Code.VARIANT_EXTRA, args={"names": ["Матеріал"], "grouped": False}),
    ),
    Code.VARIANT_MISSING: Explanation(
        _(
            "the item lacks a characteristic that the others of its model have; Prom.ua would refuse "
            "it as a variant, so it is sent as a product of its own, or keeps its place in the group"
        ),
        _("fill it in in Torgsoft"),
        Finding(Code.VARIANT_MISSING, args={"names": ["розмір"], "grouped": False}),
    ),
}
"""What each of these findings means, and what a person can do."""
