"""How one change reads: fields, values, photos and the moves of folds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from torgsync.cli.plan.changes import field_lines, fold_move, moved, words
from torgsync.core.plan.diff import FieldChange, Verb
from torgsync.core.plan.fold import FoldKind, Move
from torgsync.core.product.fields import Characteristic, Discount, Photo, Value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ((), "–"),
        (False, "no"),
        (Decimal("1.50"), "1.50"),
        (Discount(Decimal(5), "amount"), "-5"),
        (Discount(Decimal(5), "percent"), "-5 %"),
        (
            (Characteristic("Розмір", "", "36"), Characteristic("Вага", "кг", "")),
            "Розмір: 36; Вага: as last sent кг",
        ),
    ],
)
def test_a_value_fits_a_cell(value: Value, text: str) -> None:
    """Lists are parted by semicolons."""
    assert words(value) == text


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("price", FieldChange(Decimal(100), Decimal(95)), "100 -> 95 (-5 %)"),
        ("price", FieldChange(None, Decimal(95)), "-> 95"),
        ("description", FieldChange("<b>a</b>", ""), "`a` -> –"),
        ("description", FieldChange("<b>a</b>", "a"), "8 characters -> 1 character"),
        (
            "price",
            FieldChange(Decimal(70), Decimal(95), edited=True, sent=Decimal(90)),
            "70 -> 95 (+36 %) (edited on Prom.ua; last sent: 90)",
        ),
        ("name", FieldChange("a", "b", edited=True, sent="b"), "a -> b (edited on Prom.ua)"),
    ],
)
def test_a_field_moves(name: str, field: FieldChange, text: str) -> None:
    """With the share of a price, and with what was edited on Prom."""
    assert moved(name, field) == text


def test_photos_are_named_where_they_are_few() -> None:
    """A photo taken again is changed though its name is the same; folded lines count photos."""
    old = tuple(Photo(f"https://x.example/{name}.jpg", name) for name in "ab")
    new = (Photo("https://x.example/a.jpg", "c"), old[1])
    assert moved("photos", FieldChange(old, new)) == "a.jpg changed"
    assert moved("photos", FieldChange(old, new), folded=True) == "1 photo changed"
    assert moved("photos", FieldChange(old, old[1:])) == "a.jpg removed"
    many = tuple(Photo(f"https://x.example/{n}.jpg", str(n)) for n in range(4))
    assert moved("photos", FieldChange((), many)) == "4 photos added"


def test_what_another_field_implies_is_left_out() -> None:
    """The presence of a quantity is not repeated."""
    fields = {"presence": FieldChange("available", "not_available"), "quantity": FieldChange(5, 0)}
    assert field_lines(fields) == [("quantity", "5 -> 0")]


@pytest.mark.parametrize(
    ("move", "args", "edited", "text"),
    [
        (Move.SHARE, ("+5",), False, "+5 %"),
        (Move.VALUE, ("", "available"), False, "– -> available"),
        (Move.REMOVED, (), True, "emptied (edited on Prom.ua)"),
        (Move.SOLD_OUT, (), False, "sold out"),
    ],
)
def test_the_move_of_a_fold(move: Move, args: tuple[str, ...], *, edited: bool, text: str) -> None:
    """In words that many goods have in common."""
    assert fold_move(FoldKind(Verb.UPDATE, "", "", "price", move, args, edited)) == text
