"""Which new goods are goods that left the export under another key."""

from __future__ import annotations

import pytest
from builders import existing, product, sent

from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.core.plan.guards import Guard, GuardViolation, KeyChange
from torgsync.core.plan.identity import KeyChanges, MatchKeys, gone_keys, identity_violation, new_keys
from torgsync.core.product.fields import Characteristic, Value

SIZE_37 = (Characteristic("Розмір", "", "37"), Characteristic("Колір", "", "синій"))
SIZE_38 = (Characteristic("розмір", "", "38"),)
NO_SIZE = (Characteristic("Розмір", "", ""),)


def size(value: str) -> tuple[Characteristic, ...]:
    return (Characteristic("Розмір", "", value),)


def gone(good_id: str, /, **values: Value) -> MatchKeys:
    """Return what a good that left the export is recognised by; `values` were in the last export."""
    known = ProductSnapshot(
        good_id, RowStatus.GONE, product(good_id, **values), sent(), existing(good_id), line=0
    )
    keys = gone_keys(known, "delete")
    assert keys
    return keys


def new(good_id: str, /, **values: Value) -> MatchKeys:
    return new_keys(ProductSnapshot(good_id, RowStatus.IN, product(good_id, **values)))


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ({"gtin": "2900000007017"}, {"gtin": "2900000007017", "name": "Туфлі"}, True),
        ({"gtin": "2900000007017"}, {"gtin": "2900000007024", "name": "Туфлі"}, False),
        ({"gtin": "2900000007017", "sku": "1"}, {"gtin": "2900000007024", "sku": "1"}, True),
        ({"sku": "1"}, {"sku": "1"}, True),
        ({"sku": "A-1"}, {"sku": "a-1", "name": "КАПЦІ "}, True),
        ({"sku": "1"}, {"sku": "2"}, False),
        ({"sku": "1"}, {"sku": "1", "name": "Туфлі"}, False),
        ({"sku": "1"}, {}, False),
        ({}, {}, True),
        ({"name": "Тапки"}, {}, True),  # Prom shows `Капці`
        ({"name_ru": "Тапки", "name": "Х"}, {"name": "Y", "name_ru": "тапки"}, True),
        ({"characteristics": SIZE_37}, {"characteristics": SIZE_38}, False),
        ({"characteristics": SIZE_37}, {"characteristics": NO_SIZE}, True),
        ({"characteristics": SIZE_37}, {"characteristics": SIZE_37[:1]}, True),
        ({"characteristics": SIZE_37}, {"characteristics": size("37.0")}, True),
        ({"characteristics": SIZE_37}, {"characteristics": size(" 37,0 ")}, True),
        ({"characteristics": size("370")}, {"characteristics": SIZE_37}, False),
        ({"characteristics": size("37,5")}, {"characteristics": size("37.50")}, True),
        ({"characteristics": size("37,5")}, {"characteristics": size("37")}, False),
        ({"characteristics": size("XL  slim")}, {"characteristics": size("xl Slim")}, True),
        ({"characteristics": size("37-38")}, {"characteristics": size("37")}, False),
        (
            {"characteristics": SIZE_37, "gtin": "2900000007017"},
            {"characteristics": SIZE_38, "gtin": "2900000007017"},
            True,
        ),
    ],
)
def test_a_good_is_recognised(before: dict[str, Value], now: dict[str, Value], same: bool) -> None:
    """By barcode, or by name and article in either language unless a characteristic differs."""
    assert bool(KeyChanges([gone("701", **before)]).old_ids(new("10701", **now))) is same


@pytest.mark.parametrize(
    ("status", "policy", "counts"),
    [
        ("on_display", "delete", True),
        ("on_display", "keep", True),  # buyers would see it twice
        ("approval_pending", "keep", True),
        ("not_on_display", "delete", True),
        ("not_on_display", "hide", False),
        ("draft", "keep", False),
        ("deleted", "delete", False),
    ],
)
def test_products_that_a_new_one_would_repeat(status: str, policy: str, counts: bool) -> None:
    """Those that buyers see, and those that the plan removes."""
    shown = existing("701", status=status)
    known = ProductSnapshot("701", RowStatus.GONE, None, sent(), shown)
    assert (gone_keys(known, policy) is not None) is counts  # type: ignore[arg-type]


def test_a_product_that_was_never_sent_is_no_good_of_ours() -> None:
    """Whatever it is called."""
    assert gone_keys(ProductSnapshot("701", RowStatus.GONE, None, None, existing("701")), "delete") is None


def test_a_key_that_comes_back() -> None:
    """An adopted product has the external id of the good that comes again."""
    shown = existing("701", name="Туфлі").named("10701")
    known = ProductSnapshot("10701", RowStatus.GONE, None, sent(name="Туфлі"), shown)
    keys = gone_keys(known, "delete")
    assert keys
    assert KeyChanges([keys]).old_ids(new("701")) == ["10701"]
    assert KeyChanges([keys]).old_ids(new("702")) == []


def test_goods_that_look_alike_are_paired_one_by_one() -> None:
    """Each new good is named with another old one first; all that may be meant follow."""
    changes = KeyChanges([gone("1"), gone("2"), gone("3", sku="S")])
    assert changes
    assert list(changes.pairs([new("8"), new("9"), new("7", sku="T")])) == [
        ("1", "8"),
        ("2", "8"),
        ("2", "9"),
        ("1", "9"),
    ]
    assert list(changes.pairs([new("7"), new("8"), new("9")]))[-2:] == [("1", "9"), ("2", "9")]
    assert not KeyChanges([])


def test_the_violation_counts_new_goods() -> None:
    """Each with its likeliest old key; their number allows them."""
    assert identity_violation([], "my-prom") is None
    violation = identity_violation([("1", "8"), ("2", "8"), ("2", "9"), ("1", "9")], "my-prom")
    assert isinstance(violation, GuardViolation)
    assert (violation.guard, violation.measure) == (Guard.IDENTITY, KeyChange(2, "1", "8"))
    assert (violation.pairs, violation.allowance) == ((("1", "8"), ("2", "9")), "identity=2")
