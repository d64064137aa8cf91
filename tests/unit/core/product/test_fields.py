"""The fields of a product: their channels, their targets, and their stored form."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from builders import FULL, any_value
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.columns import LAYOUT_40, LAYOUT_50, SECRET
from torgsync.core.product.fields import (
    FIELDS,
    STANDARD,
    TARGETS,
    Channel,
    Discount,
    FieldKind,
    Value,
    decode,
    encode,
)


@given(st.data(), st.sampled_from(sorted(FIELDS)))
def test_a_value_comes_back_from_json(data: st.DataObject, name: str) -> None:
    """Decoding is the inverse of encoding, through JSON text, for every field."""
    value: Value = data.draw(any_value(name))
    stored = json.loads(json.dumps(encode(FIELDS[name], value)))
    assert decode(FIELDS[name], stored) == value


def test_money_is_text_with_a_point() -> None:
    """No binary fraction ever holds money, in a price, a discount or a ladder."""
    assert encode(FIELDS["price"], Decimal("5300.10")) == "5300.10"
    assert encode(FIELDS["discount"], Discount(Decimal("12.5"), "percent")) == {
        "value": "12.5",
        "type": "percent",
    }
    assert encode(FIELDS["wholesale_prices"], FULL["wholesale_prices"]) == [
        {"quantity": 10, "price": "100.75"}
    ]


def test_a_path_is_pairs() -> None:
    """A group's path is a list of number and name, root first."""
    assert encode(FIELDS["group"], FULL["group"]) == [["1", "Одяг"], ["11", "Сукні"]]


@pytest.mark.parametrize(
    ("name", "stored"), [("discount", []), ("wholesale_prices", {}), ("photos", 1.5), ("name", [])]
)
def test_a_stored_value_of_a_strange_shape_is_refused(name: str, stored: object) -> None:
    """A broken memory is a bug that is named, not a value."""
    with pytest.raises(ValueError, match=name):
        decode(FIELDS[name], stored)


def test_every_field_is_keyed_by_its_name() -> None:
    """The list has no field under another's name, and the example product speaks of them all."""
    assert [field.name for field in FIELDS.values()] == list(FIELDS) == list(FULL)


def test_what_goes_by_import_has_its_word() -> None:
    """An import changes only what its `updated_fields` name, so each such field has a word of Prom's."""
    known = set(
        """name sku price images_urls presence quantity_in_stock description group keywords attributes
        discount labels gtin mpn""".split()
    )
    for field in FIELDS.values():
        assert field.updated in known | {""}
        if field.channel is Channel.IMPORT:
            assert field.updated


def test_what_an_edit_carries_can_be_seen() -> None:
    """Each field that goes by edit is shown by Prom, so that a silent edit can be read back."""
    assert {name for name, field in FIELDS.items() if field.channel is Channel.EDIT} == {
        "price", "discount", "wholesale_prices", "presence", "ready_to_ship", "quantity", "status",
    }  # fmt: skip
    assert all(field.shown for field in FIELDS.values() if field.channel is Channel.EDIT)


def test_every_target_makes_known_fields() -> None:
    """No column can be mapped to a field that does not exist."""
    assert {name for made in TARGETS.values() for name in made} <= set(FIELDS)


def test_the_standard_fields_are_safe() -> None:
    """`fields add-all` maps real columns to real targets, and none with purchase prices."""
    columns = [column for column, _, _ in STANDARD]
    assert set(columns) <= {*LAYOUT_40, *LAYOUT_50, "available"}  # which every YML offer has
    assert not {*SECRET, "WholesalePrice"} & set(columns)
    assert {target for _, target, _ in STANDARD} <= set(TARGETS)
    assert all(bool(name) is (target == "characteristic") for _, target, name in STANDARD)
    singles = [name or target for _, target, name in STANDARD]
    twice = {single for single in singles if singles.count(single) > 1}
    assert twice == {"group", "variant_group"}
    assert len(set(columns)) == len(columns)


def test_the_best_column_of_a_field_comes_first() -> None:
    """Sections before types of goods, a model's number before its name; every layout has one of each."""
    best = {target: [column for column, to, _ in STANDARD if to == target] for target in TARGETS}
    assert best["group"] == ["SynchronizationSectionFull", "SynchronizationSection", "GoodTypeFull"]
    assert best["variant_group"] == ["ModelGoodID", "FashionName"]
    assert {"GoodTypeFull", "FashionName"} <= set(LAYOUT_40)


def test_every_kind_is_used() -> None:
    """No shape of a value is there for nothing."""
    assert {field.kind for field in FIELDS.values()} == set(FieldKind)
