"""Maps price, discount and wholesale price.

Source: docs/developers/torgsoft.md §17 no. 5, 16 and 18, docs/developers/prom-api.md §7.1, §11.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.ladder import Ladder, read_ladder
from torgsync.core.mapping.pricing import Priced, PriceRule
from torgsync.core.mapping.row import EMPTY, MappedCell, Part, Rules, finding
from torgsync.core.product.cells import CellFault, number, number_fault, readable
from torgsync.core.product.cleaning import short_text
from torgsync.core.product.currencies import named_currency
from torgsync.core.product.fields import CENT, RETAIL_FIELDS, ZERO, Discount, Value, WholesaleStep
from torgsync.core.product.money import money_fault
from torgsync.core.text import quotation

CURRENCY = "currencyId"
"""The element of an offer that names the currency of its price (torgsoft §9)."""
CURRENCY_SIGN = "EqualCurrencyName"
"""The sign of a currency to which prices are linked, and the columns of those prices in it."""
LINKED_PRICES = ("EqualSalePrice", "EqualWholesalePrice")
PERCENT = "PriceDiscountPercent"
PRICES = ("price", "sale_price", "wholesale_price")
_PRICE_TARGETS = frozenset({*PRICES, "wholesale_minimum", "wholesale_prices"})
_PRICE_FIELDS = frozenset({*RETAIL_FIELDS, "wholesale_prices"})
_READ_WITH_PRICES = (CURRENCY, CURRENCY_SIGN, *LINKED_PRICES, PERCENT)
_REMEMBERED = 1024
"""Rows whose prices are remembered."""

PricePart = tuple[Part, Mapping[str, Priced]]
"""The part of the prices, and the rules by which each was made, keyed by target."""


def money_columns(settings: SyncObject) -> tuple[str, ...]:
    """Return the columns that are mapped to prices."""
    return tuple(dict.fromkeys(mapping.column for mapping in settings.fields if mapping.to in PRICES))


def check_retail_price(rules: Rules, cell: MappedCell) -> Part:
    """Check that a price or a sale price is an amount; the prices are compared by `map_prices`.

    A sale price written like the price needs no finding of its own.
    """
    part = _check(rules, cell, *RETAIL_FIELDS)
    if part is not EMPTY and cell.mapping.to == "sale_price":
        price = rules.settings.column_of("price")
        if cell.cells.get(price) == cell.text and not _is_amount(rules, price, cell.text):
            return part._replace(findings=())
    return part


def check_wholesale_price(rules: Rules, cell: MappedCell) -> Part:
    """Check that a wholesale price is an amount."""
    return _check(rules, cell, "wholesale_prices")


def check_wholesale_minimum(_rules: Rules, cell: MappedCell) -> Part:
    """Check that the least quantity of a wholesale order is a whole number."""
    try:
        minimum = number(cell.text)
    except ValueError:
        return cell.refused(number_fault(cell.text), "wholesale_prices")
    if minimum is not None and minimum != minimum.to_integral_value():
        return cell.refused(CellFault.NOT_WHOLE, "wholesale_prices")
    return EMPTY


def _check(rules: Rules, cell: MappedCell, *fields: str) -> Part:
    if _is_amount(rules, cell.mapping.column, cell.text):
        return EMPTY
    return cell.refused(money_fault(cell.text), *fields)


def _is_amount(rules: Rules, column: str, cell: str) -> bool:
    """Return whether a cell of a column is an amount, or blank."""
    try:
        rules.money(column, cell)
    except ValueError:
        return False
    return True


class _RowPrices(Struct):
    """The prices of one row: columns keyed by target, and what `[prices]` made of those that are readable."""

    rules: Rules
    cells: Mapping[str, str]
    columns: Mapping[str, str]
    priced: Mapping[str, Priced] = {}

    def cell(self, target: str) -> str:
        return self.cells[self.columns[target]]

    def amount(self, target: str) -> Decimal:
        """Return the number in a readable cell, 0.00 where it is empty."""
        return self.rules.money(self.columns[target], self.cell(target)) or ZERO

    def price(self, target: str) -> Decimal:
        """Return the price that is sent, 0.00 where there is none."""
        return self.priced[target].value if target in self.priced else ZERO

    def finding(self, code: Code, target: str, **args: str) -> Finding:
        return finding(code, self.columns[target], self.cell(target), **args)


class PriceMapper:
    """Maps the prices of rows; rows with equal cells have equal prices, which are made once.

    Cells of different types are not equal here: a `TypedNumber` may be an amount where the text of the same
    letters may be two.
    """

    def __init__(self, rules: Rules) -> None:
        fields = rules.settings.fields
        self._columns = {mapping.to: mapping.column for mapping in fields if mapping.to in _PRICE_TARGETS}
        self._read = tuple(dict.fromkeys((*self._columns.values(), *_READ_WITH_PRICES)))
        self._rules = rules
        self._map = lru_cache(maxsize=_REMEMBERED, typed=True)(self._map_texts)

    def map(self, cells: Mapping[str, str], unreadable: set[str]) -> PricePart:
        """Return price, discount and wholesale prices, and the rules by which each price was made.

        `unreadable` are product fields whose cells were refused.
        """
        return self._map(_PRICE_FIELDS.intersection(unreadable), *map(cells.get, self._read))

    def _map_texts(self, unreadable: frozenset[str], *texts: str | None) -> PricePart:
        cells = {name: text for name, text in zip(self._read, texts, strict=True) if text is not None}
        columns = {target: column for target, column in self._columns.items() if column in cells}
        return _map_prices(self._rules, cells, columns, unreadable)


def _map_prices(
    rules: Rules, cells: Mapping[str, str], columns: Mapping[str, str], unreadable: Collection[str]
) -> PricePart:
    """Return what `PriceMapper.map` does; `columns` are those that the row has, keyed by target."""
    prices = _RowPrices(rules, cells, columns, _priced(rules, cells, columns))
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    keep = set(unreadable)
    if "price" in columns:
        other_currency, more_findings = _currency(rules, cells)
        findings += (*more_findings, *_rounding(prices))
        if other_currency:
            keep.update((*RETAIL_FIELDS, "wholesale_prices"))
        if "price" not in keep:
            retail = _retail(prices, with_discount="sale_price" in columns and "discount" not in keep)
            values.update(retail.values)
            findings += retail.findings
            keep.update(retail.keep)
    if "wholesale_prices" not in keep:
        if "wholesale_prices" in columns:
            values["wholesale_prices"], more_findings = _steps(prices, rules)
            findings += more_findings
        elif "wholesale_price" in columns:
            values["wholesale_prices"], more_findings = _ladder(prices)
            findings += more_findings
    return Part(values, tuple(findings), keep), prices.priced


def _priced(rules: Rules, cells: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, Priced]:
    """Return each readable price as `[prices]` makes it, rounded before anything is decided about it."""
    priced = {}
    for target in PRICES:
        if target in columns and (amount := _readable(rules, cells, columns[target])) is not None:
            priced[target] = rules.pricing.apply(amount)
    return priced


def _readable(rules: Rules, cells: Mapping[str, str], column: str) -> Decimal | None:
    """Return the amount in a cell, None for a blank cell, for none, and for one that is refused."""
    try:
        return rules.money(column, cells.get(column, ""))
    except ValueError:
        return None


def _ladder(prices: _RowPrices) -> tuple[tuple[WholesaleStep, ...], tuple[Finding, ...]]:
    """Return the wholesale price as Prom's ladder of one step, or a finding that it cannot be one."""
    wholesale, retail = prices.price("wholesale_price"), prices.price("price")
    if wholesale <= 0:
        return (), ()
    minimum = number(prices.cell("wholesale_minimum")) if "wholesale_minimum" in prices.columns else None
    if 0 < retail < wholesale:
        args = {"case": "above-price", "wholesale": str(wholesale), "price": str(retail)}
    elif minimum is None or minimum < 1:
        args = {"case": "no-minimum", "wholesale": str(wholesale)}
    else:
        return (WholesaleStep(int(minimum), wholesale),), ()
    return (), (prices.finding(Code.WHOLESALE_UNUSED, "wholesale_price", **args),)


def _steps(prices: _RowPrices, rules: Rules) -> tuple[Ladder, tuple[Finding, ...]]:
    """Return the wholesale prices of a ladder, or a finding where one of them is above the price."""
    steps = read_ladder(rules, prices.cell("wholesale_prices"))
    highest, retail = max((step.price for step in steps), default=ZERO), prices.price("price")
    if not 0 < retail < highest:
        return steps, ()
    args = {"case": "above-price", "wholesale": str(highest), "price": str(retail)}
    return (), (prices.finding(Code.WHOLESALE_UNUSED, "wholesale_prices", **args),)


def _currency(rules: Rules, cells: Mapping[str, str]) -> tuple[bool, tuple[Finding, ...]]:
    """Return whether the price is in another currency than the shop's, and a finding about its currency.

    A price is never converted (torgsoft §17 no. 18). One that is only linked to another currency is sent as
    it is, with a finding, also where the sign has no amount: it is unknown what the price is meant in. Where
    an offer of a YML file names another currency for its price, no price is sent.
    """
    named = short_text(cells.get(CURRENCY, ""), rules.blank)
    if named and not _is_own(rules, named):
        args = {"named": quotation(named), "currency": rules.currency}
        return True, (finding(Code.CURRENCY_OTHER, CURRENCY, named, **args),)
    sign = short_text(cells.get(CURRENCY_SIGN, ""), rules.blank)
    if not sign or _is_own(rules, sign):
        return False, ()
    for column in LINKED_PRICES:
        cell = cells.get(column, "")
        if linked := _readable(rules, cells, column):
            args = {"case": "linked", "amount": str(linked), "sign": sign}
            return False, (finding(Code.CURRENCY_SIGN, column, cell, **args),)
    args = {"case": "sign", "sign": sign, "currency": rules.currency}
    return False, (finding(Code.CURRENCY_SIGN, CURRENCY_SIGN, sign, **args),)


def _is_own(rules: Rules, named: str) -> bool:
    """Return whether a word or a sign is the currency of the export's prices."""
    with suppress(ValueError):
        if named_currency(named, rules.home_currency) == rules.currency:
            return True
    return named.casefold() == rules.currency.casefold()


def _rounding(prices: _RowPrices) -> Iterator[Finding]:
    """Yield findings where rounding may have made another price than was meant (torgsoft §17 no. 5).

    A sale price written like the price needs no finding of its own; what is rounded to nothing is reported as
    a missing price.
    """
    last_cell = ""
    for target in ("price", "sale_price"):
        priced = prices.priced.get(target)
        if priced is None or priced.value <= 0 or (cell := prices.cell(target)) == last_cell:
            continue
        last_cell = cell
        amount = prices.amount(target)
        if amount.quantize(CENT) != amount:
            args = {"case": "decimals", "cell": quotation(cell.strip()), "price": str(priced.value)}
            yield prices.finding(Code.PRICE_ROUNDED, target, **args)
        for step in priced.steps:
            if step.rule is PriceRule.ROUND and abs(step.after - step.before) * 2 > step.before:
                args = {"case": "rule", "setting": step.setting}
                args |= {"before": str(step.before), "after": str(step.after)}
                yield prices.finding(Code.PRICE_ROUNDED, target, **args)


def _retail(prices: _RowPrices, *, with_discount: bool) -> Part:
    price = prices.price("price")
    if price <= 0:
        return Part(findings=(_missing_price(prices, price),), keep=RETAIL_FIELDS)
    if not with_discount:
        return Part({"price": price})
    sale = prices.price("sale_price")
    if sale > price:
        args = {"sale_price": str(sale), "price": str(price)}
        findings: tuple[Finding, ...] = (prices.finding(Code.SALE_PRICE_ABOVE, "sale_price", **args),)
    else:
        findings = (*_percent(prices), *_lost_discount(prices, price, sale))
    discount = Discount(price - sale, "amount") if 0 < sale < price else None
    return Part({"price": price, "discount": discount}, findings)


def _missing_price(prices: _RowPrices, price: Decimal) -> Finding:
    amount = prices.amount("price")
    if amount > 0:
        args = {"case": "rounded", "amount": str(amount), "price": str(price)}
    elif not prices.cell("price").strip():
        args = {"case": "empty"}
    else:
        args = {"case": "zero", "amount": str(amount)}
    return prices.finding(Code.PRICE_MISSING, "price", **args)


def _lost_discount(prices: _RowPrices, price: Decimal, sale: Decimal) -> tuple[Finding, ...]:
    """Return a finding where rounding left no discount, or no sale price at all."""
    base, amount = prices.amount("price"), prices.amount("sale_price")
    discounted = 0 < amount < base and amount.quantize(CENT) < base.quantize(CENT)  # else: too many decimals
    if not discounted or 0 < sale < price:
        return ()
    args = {"case": "discount", "base": str(base), "amount": str(amount)}
    args |= {"price": str(price), "sale_price": str(sale)}
    return (prices.finding(Code.PRICE_ROUNDED, "sale_price", **args),)


def _percent(prices: _RowPrices) -> tuple[Finding, ...]:
    """Return a finding where the percent of the discount contradicts the prices (torgsoft §3.6, §17 no. 16).

    The prices count. The percent may be rounded to the places with which it is written, but 0 means that
    there is no discount.
    """
    if (prices.columns["price"], prices.columns["sale_price"]) != ("RetailPrice", "RetailPriceWithDiscount"):
        return ()  # the percent belongs to these two
    cell = prices.cells.get(PERCENT, "")
    percent = readable(cell)  # it is not sent
    base, sale = (prices.amount(target).quantize(CENT) for target in ("price", "sale_price"))
    if percent is None or base <= 0:
        return ()
    actual = 100 * (base - sale) / base if sale > 0 else ZERO
    rounded = actual.quantize(Decimal(1).scaleb(int(percent.as_tuple().exponent)))
    if actual == percent or (percent and (rounded == percent or abs(actual - percent) * base < 1)):
        return ()
    args = {"percent": cell.strip(), "actual": f"{actual:.2f}"}
    return (finding(Code.DISCOUNT_MISMATCH, PERCENT, cell, **args),)
