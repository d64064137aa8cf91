"""What a model promises: no offer that Prom would refuse, and the same group number every time."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.findings import Code
from torgsync.core.product.fields import Characteristic
from torgsync.core.product.variants import (
    CODES,
    HIGHEST_NUMBER,
    Arranged,
    Member,
    arrange,
    group_numbers,
    model_of,
    moved,
    stands_alone,
)


def member(good_id: str, line: int = 0, group: int = 0, **traits: str) -> Member:
    """Return a good of a model; its line defaults to its number."""
    items = tuple(Characteristic(name, "", value) for name, value in sorted(traits.items()))
    return Member(good_id, line or int(good_id), items, group)


SMALL = [["size", "36"]]


def faults(arranged: Arranged) -> dict[str, Code]:
    return {finding.good_id: finding.code for finding in arranged.findings}


@pytest.mark.parametrize(
    ("goods", "variants", "twins"),
    [
        ([member("10", size="38"), member("1", size="36"), member("2", size="37")], "1 2 10", {}),
        ([member("1")], "1", {}),
        ([], "", {}),
        ([member("1", size="36"), member("2", size="37"), member("3", size="36")], "1 2", {"3": SMALL}),
        ([member("1"), member("2")], "1", {"2": []}),
        ([member("1", size="36", heel=""), member("2", size="36", heel="")], "1", {"2": SMALL}),
    ],
    ids=["all differ", "alone", "no goods", "twins", "no characteristics", "an empty characteristic"],
)
def test_goods_that_differ_are_variants(
    goods: list[Member], variants: str, twins: dict[str, list[list[str]]]
) -> None:
    """By id, whatever order they come in; one that differs in nothing, which Prom refuses, goes alone."""
    arranged = arrange(goods)
    assert arranged.variants == tuple(variants.split())
    args = {finding.good_id: finding.args for finding in arranged.findings}
    assert args == {twin: {"twin": "1", "traits": same, "grouped": False} for twin, same in twins.items()}
    assert set(faults(arranged).values()) <= {Code.VARIANT_ALIKE}


@pytest.mark.parametrize("other", ["XL", "xl", " XL ", "ХL"])
def test_a_size_that_looks_the_same_is_the_same(other: str) -> None:
    """Case, blanks and Cyrillic letters that look Latin make no other size."""
    arranged = arrange([member("1", size="XL"), member("2", size=other), member("3", size="XXL")])
    assert arranged.variants == ("1", "3")
    assert faults(arranged) == {"2": Code.VARIANT_ALIKE}


def test_a_good_that_prom_has_in_the_group_stays_there() -> None:
    """No call takes it from the group: its characteristics on Prom stay."""
    arranged = arrange([member("1", group=5, size="36"), member("2", group=5, size="36")])
    (finding,) = arranged.findings
    assert finding.good_id == "2"
    assert finding.args == {"twin": "1", "traits": [["size", "36"]], "grouped": True}
    assert moved("2", 9, 5).code in CODES


def test_a_finding_has_the_line_of_its_good() -> None:
    """It is the second one's, which goes alone."""
    (finding,) = arrange([member("1", size="36"), member("2", line=9, size="36")]).findings
    assert (finding.good_id, finding.line) == ("2", 9)


@pytest.mark.parametrize(
    ("odd", "code", "names"),
    [({}, Code.VARIANT_MISSING, ["size"]), ({"size": "38", "scent": "rose"}, Code.VARIANT_EXTRA, ["scent"])],
)
def test_other_characteristics_go_alone(odd: dict[str, str], code: Code, names: list[str]) -> None:
    """Prom refuses what the main one lacks, and which one is the main one is not known."""
    arranged = arrange([member("1", 0, 0, **odd), member("2", size="36"), member("3", size="37")])
    assert (arranged.variants, faults(arranged)) == (("2", "3"), {"1": code})
    assert arranged.findings[0].args["names"] == names


def test_what_is_on_prom_in_a_group_stays_there() -> None:
    """A new good that equals it goes alone."""
    arranged = arrange([member("1", size="36"), member("2", group=501, size="36")])
    assert (arranged.variants, faults(arranged)) == (("2",), {"1": Code.VARIANT_ALIKE})


NAMES = st.sampled_from(["size", "colour", "cloth"])
GOODS = st.lists(
    st.tuples(st.dictionaries(NAMES, st.sampled_from("ab")), st.sampled_from([0, 0, 501])), max_size=6
).map(lambda drawn: [member(str(n), n, group, **traits) for n, (traits, group) in enumerate(drawn, 1)])


@given(GOODS)
def test_no_variant_is_one_that_prom_refuses(goods: list[Member]) -> None:
    """Every good is a variant or has a finding; variants differ, and have the same names, in any order."""
    arranged = arrange(goods)
    assert sorted([*arranged.variants, *faults(arranged)]) == sorted(one.good_id for one in goods)
    assert {finding.code for finding in arranged.findings} <= CODES
    known = {one.good_id: one for one in goods}
    variants = [known[good_id] for good_id in arranged.variants]
    assert len({one.characteristics for one in variants}) == len(variants)
    assert len({one.names for one in variants}) <= 1


@given(GOODS, st.randoms())
def test_the_order_of_goods_decides_nothing(goods: list[Member], chance: object) -> None:
    """Lines do: the same file makes the same variants."""
    mixed = list(goods)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis draws a Random
    assert arrange(mixed) == arrange(goods)


# Numbers


@pytest.mark.parametrize(("key", "model"), [("", 0), ("id:4310", 4310), ("id:999999999", HIGHEST_NUMBER)])
def test_a_model_keeps_its_id(key: str, model: int) -> None:
    """As long as Prom takes the number."""
    assert model_of(key) == model


@pytest.mark.parametrize(
    "key", ["id:1000000000", "id:" + "7" * 5000, "id:0", "id:x", "name:4310", "name:Капці Ж сині"]
)
def test_any_other_model_has_a_number_below_zero(key: str) -> None:
    """Always the same one, that no model id has, in 63 bits and a sign."""
    assert -(2**62) <= model_of(key) < 0
    assert model_of(key) == model_of(key)
    assert not stands_alone(model_of(key))


def test_a_model_id_makes_a_group_of_one() -> None:
    """Prom joins a product to a group only when it is made, and more sizes may come."""
    assert stands_alone(4310)


def test_the_group_on_prom_is_the_first_choice() -> None:
    """Then the model's own number, then those behind it."""
    assert list(islice(group_numbers(4310, [77, 0, HIGHEST_NUMBER + 1]), 3)) == [77, 4310, 4311]
    assert list(islice(group_numbers(HIGHEST_NUMBER, []), 2)) == [HIGHEST_NUMBER, 1]


@given(st.text())
def test_every_number_is_one_that_prom_takes(name: str) -> None:
    """From 1 to 999 999 999."""
    for number in islice(group_numbers(model_of(f"name:{name}"), []), 3):
        assert 1 <= number <= HIGHEST_NUMBER
