"""Makes the terms of a product, price, discount, wholesale and stock, of what a row leads to them.

Source of the rules: docs/developers/torgsoft.md §17, docs/developers/prom-api.md §7.1, §11.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from torgsync.core.findings import Code
from torgsync.core.mapping.prices import NOTHING
from torgsync.core.mapping.row import Row
from torgsync.core.mapping.select import Stock, in_doubt
from torgsync.core.product.cells import line_of_text, number
from torgsync.core.product.fields import CENT, Discount, WholesaleStep

CURRENCY = "currencyId"
"""The element of an offer that names the currency of its price (torgsoft §9)."""


def finish_terms(work: Row, stock: Stock) -> None:
    """Put stock and prices together."""
    if "quantity" in work.wanted:
        _stock(work, stock)
    _finish_prices(work)
    if in_doubt(work.settings, stock):
        work.unreadable.add("status")
    else:
        work.values["status"] = "on_display"


def _stock(work: Row, stock: Stock) -> None:
    """Say how many there are. Of a stock that could not be read nothing is said."""
    for finding in stock.findings:
        work.find(finding.code, finding.message, finding.column, finding.value)
    if stock.quantity is None:
        work.unreadable.update(("quantity", "presence"))
        return
    whole = int(stock.quantity.to_integral_value(ROUND_FLOOR))
    if whole != stock.quantity:
        work.find(
            Code.STOCK_FRACTION,
            f"{stock.quantity} is sent as {whole}: Prom counts whole pieces",
            stock.column,
            work.cells.get(stock.column, ""),
        )
    work.values["quantity"] = whole
    work.values["presence"] = "available" if whole > 0 else "not_available"


def _finish_prices(work: Row) -> None:
    """Put price, discount and wholesale ladder together (torgsoft §17 no. 16)."""
    if "price" in work.wanted:
        _tell_currency(work)
        _tell_rounding(work)
        if "price" not in work.unreadable:
            _base_price(work)
    if "wholesale_price" in work.wanted and "wholesale_prices" not in work.unreadable:
        work.values["wholesale_prices"] = _ladder(work)


def _ladder(work: Row) -> tuple[WholesaleStep, ...]:
    """Return the wholesale price as Prom's ladder of one step; a price that cannot be one is told."""
    wholesale, retail = work.price("wholesale_price"), work.price("price")
    if wholesale <= 0:
        return ()
    if 0 < retail < wholesale:
        why = f"the wholesale price {wholesale} is above the price {retail}"
    elif work.minimum < 1:
        why = f"a wholesale price of {wholesale} without a minimum quantity"
    else:
        return (WholesaleStep(int(work.minimum), wholesale),)
    column = work.columns["wholesale_price"]
    work.find(Code.WHOLESALE_UNUSED, f"{why}; it is not sent", column, work.cells[column])
    return ()


_SIGNS = {
    "UAH": frozenset({"uah", "₴", "грн", "грн."}),
    "USD": frozenset({"usd", "$"}),
    "EUR": frozenset({"eur", "€"}),
}
"""How the accounting program may write the shop's own currency, in folded case."""


def _tell_currency(work: Row) -> None:
    """Say where a price is linked to another currency; it is never converted (torgsoft §17 no. 18).

    A sign with nothing linked to it is told as well: nobody can know that the price is not meant in it. Where
    an offer of a YML file names the very currency of its price, a price in another one is not sent.
    """
    named = line_of_text(work.cells.get(CURRENCY, ""), work.blank)
    if named and named.casefold() not in {*_SIGNS.get(work.currency, ()), work.currency.casefold()}:
        message = f"the price is in {named[:40]}, the shop sells in {work.currency}; prices are not sent"
        work.find(Code.CURRENCY_OTHER, message, CURRENCY, named)
        work.unreadable.update(("price", "discount", "wholesale_prices"))
        return
    sign = line_of_text(work.cells.get("EqualCurrencyName", ""), work.blank)
    if not sign or sign.casefold() in _SIGNS.get(work.currency, ()):
        return
    for column in ("EqualSalePrice", "EqualWholesalePrice"):
        cell = work.cells.get(column, "")
        try:
            linked = number(cell)
        except ValueError:
            continue
        if linked:
            message = f"the price is linked to {linked} {sign}; it is sent as it is, not converted"
            work.find(Code.CURRENCY_SIGN, message, column, cell)
            return
    message = f"`{sign}` stands beside the price; it is sent in {work.currency}, not converted"
    work.find(Code.CURRENCY_SIGN, message, "EqualCurrencyName", sign)


def _tell_rounding(work: Row) -> None:
    """Say where rounding may have made another price than the one that was meant (torgsoft §17 no. 5).

    A sale price that is written as the price is says nothing of its own; what is rounded to nothing is told
    as a missing price.
    """
    told = ""
    for target in ("price", "sale_price"):
        priced = work.priced.get(target)
        if priced is None or priced.value <= 0 or (cell := work.cells[work.columns[target]]) == told:
            continue
        told = cell
        amount = number(cell) or NOTHING
        if amount.quantize(CENT) != amount:
            message = f"`{cell.strip()[:40]}` has more than two decimals; it counts as {priced.value}"
            work.find(Code.PRICE_ROUNDED, message, work.columns[target], cell)
        for step in priced.steps:
            if step.rule == "round" and abs(step.after - step.before) * 2 > step.before:
                work.find(Code.PRICE_ROUNDED, f"{step.words}, by `[prices]`", work.columns[target], cell)


_NO_PRICE = "there is no price"


def _base_price(work: Row) -> None:
    price = work.price("price")
    if price <= 0:
        column = work.columns["price"]
        told = number(work.cells[column]) or NOTHING
        empty = not work.cells[column].strip()
        why = f"{told} is rounded to {price}" if told > 0 else _NO_PRICE if empty else f"the price is {told}"
        work.find(Code.PRICE_MISSING, f"{why}; none is sent", column, work.cells[column])
        work.unreadable.update(("price", "discount"))
        return
    work.values["price"] = price
    if "sale_price" not in work.wanted or "discount" in work.unreadable:
        return
    sale = work.price("sale_price")
    if sale > price:
        column = work.columns["sale_price"]
        message = f"{sale} is above the price {price}; no discount is sent"
        work.find(Code.SALE_PRICE_ABOVE, message, column, work.cells[column])
    else:
        _cross_check(work)
        _tell_lost_discount(work, price, sale)
    work.values["discount"] = Discount(price - sale, "amount") if 0 < sale < price else None


def _tell_lost_discount(work: Row, price: Decimal, sale: Decimal) -> None:
    """Say where rounding made the sale price that of no sale, or nothing at all."""
    column = work.columns["sale_price"]
    base, told = (number(work.cells[work.columns[name]]) or NOTHING for name in ("price", "sale_price"))
    written = 0 < told < base and told.quantize(CENT) < base.quantize(CENT)  # else its decimals are told
    if written and not 0 < sale < price:
        message = f"{base} and {told} are rounded to {price} and {sale}; no discount is sent"
        work.find(Code.PRICE_ROUNDED, message, column, work.cells[column])


def _cross_check(work: Row) -> None:
    """Say where the percent of the discount is not that of the two prices (torgsoft §3.6, §17 no. 16).

    The prices count. The percent may be rounded to the places with which it is written, but 0 means that
    there is no discount.
    """
    if (work.columns["price"], work.columns["sale_price"]) != ("RetailPrice", "RetailPriceWithDiscount"):
        return  # the percent belongs to these two
    cell = work.cells.get("PriceDiscountPercent", "")
    try:
        percent = number(cell)
    except ValueError:
        return  # it is sent nowhere
    base, sale = (
        (number(work.cells[work.columns[name]]) or NOTHING).quantize(CENT) for name in ("price", "sale_price")
    )
    if percent is None or base <= 0:
        return
    off = 100 * (base - sale) / base if sale > 0 else NOTHING
    rounded = off.quantize(Decimal(1).scaleb(int(percent.as_tuple().exponent)))
    if off == percent or (percent and (rounded == percent or abs(off - percent) * base < 1)):
        return
    message = f"`PriceDiscountPercent` says {cell.strip()} %, the prices {off:.2f} %; the prices count"
    work.find(Code.DISCOUNT_MISMATCH, message, "PriceDiscountPercent", cell)
