"""The catalogue of findings: every code that is made from data has a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import finding

from torgsync.cli.messages.findings import SENTENCES, finding_message
from torgsync.core.findings import Code, Finding
from torgsync.core.reason import decode_args, encode_args


def test_every_finding_about_a_good_or_a_file_has_a_sentence() -> None:
    """Findings about orders, clients and payments are in catalogues of their own."""
    others = ("order-", "outbox-", "client", "payment-")
    assert {code for code in Code if not code.startswith(others)} <= set(SENTENCES)


_PRICE = ["price", "discount"]
_TWO_PRICES = {
    "case": "discount",
    "base": "100",
    "amount": "99.80",
    "price": "100.00",
    "sale_price": "100.00",
}
_SENTENCES = {
    "there is no price; none is sent": finding(Code.PRICE_MISSING, case="empty"),
    "20 is rounded to 0.00; no price is sent":
        finding(Code.PRICE_MISSING, case="rounded", amount="20", price="0.00"),
    "rounded to 99: 3.00 -> 99.00, as set under `[prices]`":
        finding(Code.PRICE_ROUNDED, case="rule", setting="99", before="3.00", after="99.00"),
    "`1,234` has more than two decimals; it is read as 1.23":
        finding(Code.PRICE_ROUNDED, case="decimals", cell="1,234", price="1.23"),
    "100 and 99.80 are rounded to 100.00 and 100.00; no discount is sent":
        finding(Code.PRICE_ROUNDED, **_TWO_PRICES),
    "`2900000517333` is not sent: its last digit is 3 and should be 2":
        finding(Code.BARCODE_INVALID, barcode="2900000517333", fault="check-digit", last="3", right="2"),
    "`12345` is not sent: it has 5 digits, and a barcode has 8, 12, 13 or 14":
        finding(Code.BARCODE_INVALID, barcode="12345", fault="length", digits=5),
    "`А9` is not sent: it has the Cyrillic letter `А`, which looks like the Latin `A`":
        finding(Code.BARCODE_INVALID, barcode="А9", fault="cyrillic", letter="А", latin="A"),
    "`29 0` is not sent: it has ` `, and a barcode has digits only":
        finding(Code.BARCODE_INVALID, barcode="29 0", fault="letter", letter=" "),
    "the price is in usd, the shop sells in UAH; prices are not sent":
        finding(Code.CURRENCY_OTHER, named="usd", currency="UAH"),
    "`$` is next to the price; it is sent in PLN, not converted":
        finding(Code.CURRENCY_SIGN, case="sign", sign="$", currency="PLN"),
    "the wholesale price 90.00 has no minimum quantity; it is not sent":
        finding(Code.WHOLESALE_UNUSED, case="no-minimum", wholesale="90.00"),
    "the wholesale price 110.00 is above the price 100.00; it is not sent":
        finding(Code.WHOLESALE_UNUSED, case="above-price", wholesale="110.00", price="100.00"),
    "`PriceDiscountPercent` says 50 %, the two prices say 10.00 %; the prices are used":
        finding(Code.DISCOUNT_MISMATCH, percent="50", actual="10.00"),
    "`2,5` is not a whole number of pieces; not sent: wholesale prices":
        finding(Code.NUMBER_UNREADABLE, cell="2,5", fault="not-whole", fields=["wholesale_prices"]),
    "`1111` has too many digits; not sent: price, discount":
        finding(Code.NUMBER_UNREADABLE, cell="1111", fault="too-long", fields=_PRICE),
    "`1.450` may be 1450 or 1.45; not sent: price, discount":
        finding(Code.NUMBER_UNREADABLE, cell="1.450", fault="two-amounts", fields=_PRICE),
    "`12,345` may be 12345 or 12.345; not sent: wholesale prices":
        finding(Code.NUMBER_UNREADABLE, cell="12,345", fault="two-amounts", fields=["wholesale_prices"]),
    "`2` is neither yes nor no; the item stays off the site":
        finding(Code.DISPLAY_UNKNOWN, cell="2", case="hidden"),
    "`2` is neither yes nor no; the item stays on the site": finding(Code.DISPLAY_UNKNOWN, cell="2"),
    "the cell is empty; the item stays off the site": finding(Code.DISPLAY_UNKNOWN, cell="", case="hidden"),
    "`&lt;b&gt;Капці` is read as `Капці`: HTML codes such as `&quot;` replaced by their "
    "characters, HTML tags removed":
        finding(Code.TEXT_CLEANED, marks=["entities", "tags"], cell="&lt;b&gt;Капці", text="Капці"),
    "`NULL` is read as empty": finding(Code.TEXT_CLEANED, marks=["empty"], cell="NULL", text=""),
    "control characters removed": finding(Code.TEXT_CLEANED),
    "1 phrase of more than 50 characters is left out; it begins with `я`":
        finding(Code.KEYWORD_LONG, count=1, limit=50, first="я"),
    "all 2 phrases have more than 50 characters, the first begins with `я`; none is sent":
        finding(Code.KEYWORD_LONG, count=2, limit=50, first="я", sent=0),
    "the stock is empty; not sent": finding(Code.NUMBER_UNREADABLE, cell="", fault="empty"),
    "`#REF!` is a spreadsheet error; not sent: price, discount":
        finding(Code.CELL_ERROR, cell="#REF!", fault="error", fields=_PRICE),
    "`WarehouseQuantity` says 5, the centers together 2.000; 2.000 is used":
        finding(Code.STOCK_MISMATCH, total="5", centers="2.000", counts="2.000"),
    "most items have group 1 as `Я` in group 2, others as `Я` in group 3, `Сад` at the top level; all of "
    "them go where most go":
        finding(Code.GROUP_CONFLICT, number="1", chosen=["Я", "2"], others=[["Я", "3"], ["Сад", ""]]),
    "has the same size 6 as `1`, an item of the same model; what distinguishes it on Prom.ua stays as "
    "it is there": finding(Code.VARIANT_ALIKE, twin="1", traits=[["size", "6"]], grouped=True),
    "has no characteristic that differs from `1`, an item of the same model; it is sent as a product "
    "of its own": finding(Code.VARIANT_ALIKE, twin="1", traits=[], grouped=False),
    "lacks `а`, `б`, which the other items of its model have; it is sent as a product of its own":
        finding(Code.VARIANT_MISSING, names=["а", "б"], grouped=False),
    "has `scent`, which the other items of its model lack; it is sent as a product of its own":
        finding(Code.VARIANT_EXTRA, names=["scent"], grouped=False),
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "made"), _SENTENCES.items())
def test_a_sentence_is_made_of_stored_arguments(sentence: str, made: Finding) -> None:
    """Arguments that the state stored as JSON give the same sentence."""
    assert finding_message(replace(made, args=decode_args(encode_args(made.args)))) == sentence
