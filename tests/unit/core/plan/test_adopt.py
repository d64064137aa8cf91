"""Matching a living shop: which product is which good, and what stays ambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.plan.adopt import (
    Decision,
    GoodIdentity,
    Matching,
    ProductIdentity,
    Rule,
    decision_problem,
    match,
)
from torgsync.core.problems import ProblemCode, problem
from torgsync.core.product.products import Adopted, ExternalIds
from torgsync.errors import Problem


def here(good_id: str, sku: str = "", barcode: str = "", *names: str) -> GoodIdentity:
    return GoodIdentity(good_id, names[0] if names else "", sku, barcode, frozenset(names))


def there(prom_id: str, external_id: str = "", sku: str = "", *names: str) -> ProductIdentity:
    return ProductIdentity(prom_id, external_id, names[0] if names else "", sku, frozenset(names))


def pairs(found: Matching) -> dict[str, str]:
    """Prom's ids of what was matched with the rules that did it, keyed by good."""
    return {one.good.good_id: f"{one.product.prom_id} by {' '.join(one.by)}" for one in found.matched}


def doubts(found: Matching) -> list[tuple[str, str, str]]:
    return [
        (
            str(doubt.by),
            " ".join(good.good_id for good in doubt.goods),
            " ".join(product.prom_id for product in doubt.products),
        )
        for doubt in found.ambiguous
    ]


def test_rules_in_their_order() -> None:
    """External id, article, barcode, name: an earlier rule takes what a later one would have matched."""
    goods = [
        here("1", "A", "", "Сукня"),
        here("2", "B", "482", "Сукня"),
        here("3", "", "483", "Плащ"),
        here("4", "", "", "Шарф", "Шарф теплий"),
        here("5", "", "", "Пояс"),
    ]
    products = [
        there("11", "1", "B", "Плащ"),
        there("12", "x", "B", "Пояс"),
        there("13", "483", "", "Інше"),
        there("14", "", "", "Шарф теплий"),
        there("15", "", "", "Пальто"),
    ]
    found = match(goods, products)
    by_rule = ("11 by external-id", "12 by sku", "13 by barcode", "14 by name")
    assert pairs(found) == dict(zip("1234", by_rule, strict=True))
    assert [good.good_id for good in found.unmatched_goods] == ["5"]
    assert [product.prom_id for product in found.unmatched_products] == ["15"]


def test_what_one_rule_finds_twice_a_later_one_may_match_among_these() -> None:
    """Sizes share an article; their names distinguish them. Nothing is matched by elimination."""
    goods = [here("1", "A", "", "Сукня 42"), here("2", "A", "", "Сукня 44"), here("3", "", "", "Сукня 46")]
    products = [there("11", "", "A", "Сукня 42"), there("12", "", "A", "Сукня 46")]
    found = match(goods, products)
    assert pairs(found) == {"1": "11 by sku name"}
    assert doubts(found) == [("sku", "2", "12")]
    assert [good.good_id for good in found.unmatched_goods] == ["3"]


def test_what_is_left_alone_goes_on_to_later_rules() -> None:
    """Where a rule leaves goods without products, or products without goods, these are free again."""
    goods = [here("1", "A", "", "Сукня 42"), here("2", "A", "", "Сукня 44")]
    products = [there("11", "", "A", "Сукня 42"), there("12", "", "C", "Сукня 44")]
    assert pairs(match(goods, products)) == {"1": "11 by sku name", "2": "12 by name"}


def test_alike_in_everything() -> None:
    """Two goods and two products of one name: a person must say."""
    found = match([here("1", "", "", "Шарф"), here("2", "", "", "Шарф")], [there("11", "", "", "Шарф")])
    assert (pairs(found), doubts(found)) == ({}, [("name", "1 2", "11")])


def test_a_chain_of_names() -> None:
    """Names in two languages may match different products: all of them are ambiguous."""
    goods = [here("1", "", "", "а", "б")]
    products = [there("11", "", "", "а"), there("12", "", "", "б")]
    assert doubts(match(goods, products)) == [("name", "1", "11 12")]


def test_a_person_decides() -> None:
    """Before all rules: a product, or none of them."""
    goods = [here("1", "", "", "Шарф"), here("2", "", "", "Шарф"), here("3", "A")]
    products = [there("11", "", "", "Шарф"), there("12", "", "A", "Шарф")]
    found = match(goods, products, [Decision("2", "11"), Decision("1", None)])
    assert pairs(found) == {"2": "11 by decision", "3": "12 by sku"}
    assert [good.good_id for good in found.unmatched_goods] == ["1"]


def test_what_was_matched_before_stays() -> None:
    """Whatever was renamed since; only a person parts them."""
    before = ProductIdentity("11", "x", "Інше", good_id="1", by=(Rule.NAME,))
    assert pairs(match([here("1", "", "", "Шарф")], [before])) == {"1": "11 by name"}
    assert pairs(match([here("1", "", "", "Шарф")], [before], [Decision("1", None)])) == {}
    assert pairs(match([here("2", "", "", "Шарф")], [before])) == {}


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (Decision("1", "11"), None),
        (Decision("2", None), None),
        (Decision("9", "11"), problem(ProblemCode.GOOD_UNKNOWN, good_id="9")),
        (Decision("1", "99"), problem(ProblemCode.PRODUCT_UNKNOWN, prom_id="99")),
        (Decision("1", None), problem(ProblemCode.ID_TAKEN, prom_id="11")),
    ],
)
def test_decisions_that_hold(decision: Decision, why: Problem | None) -> None:
    """Good and product exist, and a good that is created again does not overwrite another one's product."""
    goods = {good.good_id: good for good in (here("1"), here("2"))}
    assert decision_problem(decision, goods, {"11": there("11", "1")}) == why


KEYS = st.sampled_from(["", "1", "2", "3", "a"])
GOODS = st.lists(
    st.builds(here, st.sampled_from("12345"), KEYS, KEYS, KEYS), unique_by=lambda good: good.good_id
)
PRODUCTS = st.lists(
    st.builds(there, st.sampled_from(["11", "12", "13", "14"]), KEYS, KEYS, KEYS),
    unique_by=lambda product: product.prom_id,
)


@given(GOODS, PRODUCTS)
def test_everything_is_matched_once(goods: list[GoodIdentity], products: list[ProductIdentity]) -> None:
    """Each good and each product is matched, doubted or alone, and never two of these."""
    found = match(goods, products)
    matched_ids = [
        *(one.good.good_id for one in found.matched),
        *(good.good_id for doubt in found.ambiguous for good in doubt.goods),
        *(good.good_id for good in found.unmatched_goods),
    ]
    assert sorted(matched_ids) == sorted(good.good_id for good in goods)
    shown = [
        *(one.product.prom_id for one in found.matched),
        *(product.prom_id for doubt in found.ambiguous for product in doubt.products),
        *(product.prom_id for product in found.unmatched_products),
    ]
    assert sorted(shown) == sorted(product.prom_id for product in products)
    assert all(doubt.goods and doubt.products for doubt in found.ambiguous)


@given(GOODS, PRODUCTS)
def test_the_order_of_the_file_decides_nothing(
    goods: list[GoodIdentity], products: list[ProductIdentity]
) -> None:
    """Another order of goods or products gives the same matches."""
    assert pairs(match(goods, products)) == pairs(match(goods[::-1], products[::-1]))


def test_names() -> None:
    """A good is called by its id, but for what was taken over; what has no external id by Prom's own id."""
    names = ExternalIds([Adopted("1", "11", "old"), Adopted("2", "12", "")])
    assert [names.external_id(good_id) for good_id in "123"] == ["old", "", "3"]
    assert [names.prom_id(good_id) for good_id in "123"] == ["11", "12", ""]
    shown = ("11", "old"), ("12", ""), ("13", "3"), ("14", "")
    assert [names.good_id(*pair) for pair in shown] == ["1", "2", "3", ""]
