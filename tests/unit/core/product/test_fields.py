"""The fields of a product: their channels, their targets, their stored form, and how photos move."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from builders import FULL, any_value, shots
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.columns import LADDER, LAYOUT_40, LAYOUT_50, SECRET
from torgsync.core.product.fields import (
    FIELDS,
    STANDARD,
    TARGETS,
    Channel,
    Discount,
    FieldKind,
    PhotoMoves,
    Value,
    decode,
    encode,
    file_name,
    in_order,
    photo_moves,
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
    discount = encode(FIELDS["discount"], Discount(Decimal("12.5"), "percent"))
    assert discount == {"value": "12.5", "type": "percent"}
    ladder = encode(FIELDS["wholesale_prices"], FULL["wholesale_prices"])
    assert ladder == [{"quantity": 10, "price": "100.75"}]


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
    """The list has no field under another's name; the example product speaks of all; no kind is unused."""
    assert [field.name for field in FIELDS.values()] == list(FIELDS) == list(FULL)
    assert {field.kind for field in FIELDS.values()} == set(FieldKind)


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
    carried = {name: field.shown for name, field in FIELDS.items() if field.channel is Channel.EDIT}
    words = "price discount wholesale_prices presence ready_to_ship quantity status"
    assert carried == dict.fromkeys(words.split(), True)


def test_every_target_makes_known_fields() -> None:
    """No column can be mapped to a field that does not exist."""
    assert {name for made in TARGETS.values() for name in made} <= set(FIELDS)


def test_the_standard_fields_are_safe() -> None:
    """`fields add-all` maps real columns to real targets, and none with purchase prices."""
    columns = [column for column, _, _ in STANDARD]
    assert set(columns) <= {*LAYOUT_40, *LAYOUT_50, "available", LADDER}  # two that offers of a YML file have
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


# Photos


HERE = "https://shop.example/photos/"


@pytest.mark.parametrize(
    ("old", "new", "moves"),
    [
        (["17.jpg=a"], ["17.jpg=b"], PhotoMoves(changed=("17.jpg",))),
        ([], ["17.jpg=a", "17_1.jpg=b"], PhotoMoves(added=("17.jpg", "17_1.jpg"))),
        (["17.jpg=a", "17_1.jpg=b"], ["17.jpg=a"], PhotoMoves(removed=("17_1.jpg",))),
        (["17.jpg=a", "17_1.jpg=a"], ["17.jpg=a"], PhotoMoves(removed=("17_1.jpg",))),
        (
            ["17.jpg=a", "17_1.jpg=b", "17_2.jpg=c"],
            ["17.jpg=a", "17_1.jpg=c", "17_2.jpg=b"],
            PhotoMoves(reordered=("17_1.jpg", "17_2.jpg")),
        ),
        (["1.jpg", "2.jpg", "3.jpg"], ["2.jpg", "1.jpg", "3.jpg"], PhotoMoves(reordered=("2.jpg", "1.jpg"))),
        (
            ["1.jpg", "2.jpg"],
            ["2.jpg", "1.jpg", "3.jpg"],
            PhotoMoves(added=("3.jpg",), reordered=("2.jpg", "1.jpg")),
        ),
        (["17.jpg=a", "17_1.jpg=b"], ["17.jpg=b"], PhotoMoves(changed=("17.jpg",), removed=("17_1.jpg",))),
        (
            ["17.jpg=a", "17_2.jpg=b"],
            ["17.jpg=c", "17_1.jpg=b"],
            PhotoMoves(changed=("17.jpg",), renamed=(("17_2.jpg", "17_1.jpg"),)),
        ),
        (["a/1.jpg"], ["a/1.jpg", "b/1.jpg"], PhotoMoves(added=(f"{HERE}b/1.jpg",))),
        (["%D0%BA.jpg=a"], ["%D0%BA.jpg=b"], PhotoMoves(changed=("к.jpg",))),
    ],
)
def test_what_becomes_of_photos(old: list[str], new: list[str], moves: PhotoMoves) -> None:
    """Each file is listed once, by its name in the folder."""
    assert photo_moves(shots(*old), shots(*new)) == moves


def test_a_folder_that_moved() -> None:
    """The same content under another address is the same photo."""
    old = shots("17.jpg=a", "17_1.jpg=b", at="https://old.example/")
    assert photo_moves(old, shots("17.jpg=a", "17_1.jpg=c")) == PhotoMoves(changed=("17_1.jpg",))
    assert photo_moves(old, shots("17.jpg=a", "17_1.jpg=b")) == PhotoMoves()


def test_the_name_of_a_file() -> None:
    """It is the last part of the address, without the signs that addresses need."""
    assert file_name("https://shop.example/photos/17%20a.jpg") == "17 a.jpg"
    assert file_name("https://shop.example/") == "shop.example"


def test_fields_in_the_order_of_people() -> None:
    """As in the list of fields, not by letters; what is no field comes last."""
    names = sorted(FIELDS)
    assert in_order([*names, "other"]) == [*FIELDS, "other"]
    assert in_order(names) != names
