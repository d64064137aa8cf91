"""Prices: what a shop adds to them and how it rounds them, with every step in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import fields_of, mapped, sync_object
from hypothesis import given
from hypothesis import strategies as st

from torgsync.cli.messages.findings import price_step
from torgsync.core.findings import Code
from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.pricing import Priced, Pricing, smallest_power_above
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.stock import Stock
from torgsync.core.product.fields import Discount, WholesaleStep
from torgsync.core.product.money import DecimalSigns
from torgsync.core.reason import Args

STEPS = ("0.01", "0.02", "0.05", "0.1", "0.25", "0.5", "1", "2", "5", "10", "50", "100")
ENDINGS = ("0.99", "0.9", "0.95", "9", "9.99", "3", "99", "99.90", "95")
AMOUNTS = st.decimals("0.01", 10**7, places=3)


def pricing(**prices: object) -> Pricing:
    return Pricing(sync_object(prices=prices).prices)


@pytest.mark.parametrize(
    ("to", "amount", "price"),
    [
        ("0.01", "119.46667", "119.47"),
        ("0.01", "10.005", "10.01"),
        ("0.05", "10.02", "10.00"),
        ("0.05", "10.025", "10.05"),
        ("0.5", "10.25", "10.50"),
        ("1", "10.50", "11.00"),
        ("5", "12.50", "15.00"),
        ("5", "2.49", "0.00"),
        ("10", "104.99", "100.00"),
        ("50", "1024.99", "1000.00"),
        ("0.99", "105", "104.99"),
        ("0.99", "105.49", "105.99"),
        ("0.99", "105.48", "104.99"),
        ("0.99", "0.30", "0.99"),
        ("0.99", "0.004", "0.00"),
        ("0.9", "10.4", "10.90"),
        ("9", "14", "19.00"),
        ("9", "13.99", "9.00"),
        ("9.99", "14.99", "19.99"),
        ("99", "1249.50", "1299.00"),
        ("99", "1", "99.00"),
        ("99", "0", "0.00"),
        ("0.99", "-5", "-5.00"),
    ],
)
def test_a_price_is_rounded_to_a_step_or_an_ending(to: str, amount: str, price: str) -> None:
    """What divides its power of ten is a step, half up; anything else is an ending, ties up."""
    value = pricing(round=to).apply(Decimal(amount)).value
    assert str(value) == price


@pytest.mark.parametrize(
    ("number", "power"), [("0.01", "0.1"), ("0.99", "1"), ("1", "10"), ("9.99", "10"), ("10", "100")]
)
def test_the_power_of_ten_above(number: str, power: str) -> None:
    """A power of ten is below the next one, not its own."""
    assert smallest_power_above(Decimal(number)) == Decimal(power)


@given(AMOUNTS, st.sampled_from(STEPS))
def test_a_step_divides_its_price_and_none_is_nearer(amount: Decimal, to: str) -> None:
    """The result is a multiple, at most half a step away."""
    value, step = pricing(round=to).apply(amount).value, Decimal(to)
    if amount.quantize(Decimal("0.01"), "ROUND_HALF_UP"):
        assert value % step == 0
        assert abs(value - amount) <= step / 2


@given(AMOUNTS, st.sampled_from(ENDINGS))
def test_a_price_has_its_ending_and_none_is_nearer(amount: Decimal, to: str) -> None:
    """The result ends as it should, is not below the ending itself, and the next one is not nearer."""
    value, ending = pricing(round=to).apply(amount).value, Decimal(to)
    power = smallest_power_above(ending)
    assert value % power == ending
    assert value >= ending
    assert abs(value - amount) <= power / 2 or value == ending


@given(AMOUNTS, AMOUNTS, st.sampled_from((*STEPS, *ENDINGS)), st.sampled_from(["0%", "5%", "-3%", "12.5%"]))
def test_a_higher_price_stays_the_higher(one: Decimal, two: Decimal, to: str, markup: str) -> None:
    """Rules never turn two prices round."""
    rules = pricing(round=to, markup=markup)
    low, high = sorted((one, two))
    assert rules.apply(low).value <= rules.apply(high).value


@given(AMOUNTS, st.sampled_from((*STEPS, *ENDINGS)))
def test_a_rounded_price_stays_as_it_is(amount: Decimal, to: str) -> None:
    """Rounding twice changes nothing more, and says so by no steps."""
    rules = pricing(round=to)
    once = rules.apply(amount).value
    assert rules.apply(once) == Priced(once)


@pytest.mark.parametrize(
    ("prices", "amount", "words"),
    [
        ({}, "100", []),
        ({}, "119.46667", ["rounded to 0.01: 119.46667 -> 119.47"]),
        (
            {"markup": "5%", "round": "0.99"},
            "100",
            ["markup +5 %: 100.00 -> 105.00", "rounded to .99: 105.00 -> 104.99"],
        ),
        ({"markup": "-3%", "round": "0.5"}, "100", ["markup -3 %: 100.00 -> 97.00"]),
        (
            {"markup": "+12.5%", "round": 10},
            "9.99",
            ["markup +12.5 %: 9.99 -> 11.23875", "rounded to 10: 11.23875 -> 10.00"],
        ),
        (
            {"markup": "10%", "round": 9.99},
            "100",
            ["markup +10 %: 100.00 -> 110.00", "rounded to 9.99: 110.00 -> 109.99"],
        ),
        ({"markup": "20%"}, "100", ["markup +20 %: 100.00 -> 120.00"]),
        ({"markup": "5%"}, "0", []),
    ],
)
def test_every_step_of_a_price(prices: dict[str, object], amount: str, words: list[str]) -> None:
    """A step has its rule and the amounts before and after; a rule that changed nothing is no step."""
    assert [price_step(*step) for step in pricing(**prices).apply(Decimal(amount)).steps] == words


def test_the_rules_hold_for_every_price() -> None:
    """Price, sale price and wholesale price are made alike, before they are compared."""
    result = mapped(
        {"RetailPrice": "100", "Sale": "98", "W": "80", "M": "10"},
        ("RetailPrice", "price"),
        ("Sale", "sale_price"),
        ("W", "wholesale_price"),
        ("M", "wholesale_minimum"),
        prices={"markup": "5%", "round": "0.99"},
    )
    assert result.product.values["price"] == Decimal("104.99")
    assert result.product.values["discount"] == Discount(Decimal("2.00"), "amount")
    assert result.product.values["wholesale_prices"] == (WholesaleStep(10, Decimal("83.99")),)
    assert [price_step(*priced.steps[0]) for priced in result.priced.values()] == [
        "markup +5 %: 100.00 -> 105.00",
        "markup +5 %: 98.00 -> 102.90",
        "markup +5 %: 80.00 -> 84.00",
    ]


def test_a_sale_price_that_rounds_to_the_price_is_no_discount() -> None:
    """No discount is sent where the rules make both prices equal, and there is a finding."""
    columns = (("RetailPrice", "price"), ("Sale", "sale_price"))
    result = mapped({"RetailPrice": "100", "Sale": "99,80"}, *columns, prices={"round": "5"})
    assert result.product.values["discount"] is None
    (found,) = result.findings
    args = {"case": "discount", "base": "100", "amount": "99.80", "price": "100.00", "sale_price": "100.00"}
    assert (found.code, found.args) == (Code.PRICE_ROUNDED, args)


@pytest.mark.parametrize(
    ("price", "rules", "found"),
    [
        ("20", {"round": "50"}, [{"case": "rounded", "amount": "20", "price": "0.00"}]),
        ("3", {"round": "99"}, [{"case": "rule", "setting": "99", "before": "3", "after": "99.00"}]),
        ("1,2345", {}, [{"case": "decimals", "cell": "1,2345", "price": "1.23"}]),
        ("104", {"round": "10"}, []),
    ],
)
def test_a_price_that_rounding_changed_much_is_reported(
    price: str, rules: dict[str, str], found: list[Args]
) -> None:
    """By more than half, to nothing, or from more than two decimals: the cell may be a mistake."""
    result = mapped({"RetailPrice": price}, ("RetailPrice", "price"), prices=rules)
    assert [finding.args for finding in result.findings] == found


# Cells that may be two amounts

ALL = (
    ("RetailPrice", "price"),
    ("Sale", "sale_price"),
    ("W", "wholesale_price"),
    ("M", "wholesale_minimum"),
)
CELLS = {"RetailPrice": "2,450", "Sale": "1,450", "W": "1,250", "M": "5,000"}


def prices_of(cells: dict[str, str], signs: DecimalSigns) -> tuple[Mapped, list[tuple[Code, str]]]:
    """Return a mapped row, and the code and the column of each of its findings."""
    settings = sync_object(fields=fields_of(("N", "name"), *ALL))
    result = Mapper(settings, signs).product(
        "17", 3, {"N": "Капці", **cells}, Stock(Decimal(5)), lambda _: None
    )
    return result, [(found.code, found.column) for found in result.findings]


@pytest.mark.parametrize("signs", [{}, dict.fromkeys(CELLS, ""), dict.fromkeys(CELLS, ".")])
def test_a_price_that_may_be_two_amounts_is_not_sent(signs: DecimalSigns) -> None:
    """Nor a sale price or a wholesale price; a quantity has three decimals and is no money."""
    result, found = prices_of(CELLS, signs)
    assert found == [(Code.NUMBER_UNREADABLE, column) for column in ("RetailPrice", "Sale", "W")]
    assert result.unreadable == {"price", "discount", "wholesale_prices"}
    assert result.product.values.keys().isdisjoint(result.unreadable)


def test_a_price_is_read_by_the_decimal_sign_of_its_column() -> None:
    """The same cells, where each column shows that its sign parts decimals."""
    result, found = prices_of(CELLS, dict.fromkeys(CELLS, ","))
    assert found == []
    assert result.product.values["price"] == Decimal("2.45")
    assert result.product.values["discount"] == Discount(Decimal("1.00"), "amount")
    assert result.product.values["wholesale_prices"] == (WholesaleStep(5, Decimal("1.25")),)


def test_each_cell_is_reported_once() -> None:
    """A sale price written like the price needs no finding of its own, unless the price can be read."""
    alike = {**CELLS, "Sale": CELLS["RetailPrice"], "W": "0"}
    assert prices_of(alike, {})[1] == [(Code.NUMBER_UNREADABLE, "RetailPrice")]
    assert prices_of(alike, {"RetailPrice": ","})[1] == [(Code.NUMBER_UNREADABLE, "Sale")]
    assert prices_of(alike, {"Sale": ","})[1] == [(Code.NUMBER_UNREADABLE, "RetailPrice")]
    without_price = {column: cell for column, cell in alike.items() if column != "RetailPrice"}
    assert (Code.NUMBER_UNREADABLE, "Sale") in prices_of(without_price, {})[1]


def test_a_linked_price_that_may_be_two_amounts_is_not_stated() -> None:
    """The finding about the currency speaks of its sign alone."""
    result = mapped({"EqualCurrencyName": "$", "EqualSalePrice": "1,450"})
    assert [found.args["case"] for found in result.findings] == ["sign"]
