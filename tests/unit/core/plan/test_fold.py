"""Folding: what many goods have in common is one line."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from builders import product, update

from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.fold import MOVERS, Folds, Kind, how
from torgsync.core.product.fields import Value


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("price", Decimal(100), Decimal(105), "+5 %"),
        ("price", Decimal(100), Decimal("89.6"), "-10 %"),
        ("price", None, Decimal(5), "set"),
        ("quantity", 3, 0, "sold out"),
        ("quantity", 0, 3, "back in stock"),
        ("quantity", 3, 4, "up"),
        ("quantity", 4, 3, "down"),
        ("quantity", None, 3, "set"),
        ("status", "on_display", "deleted", "on_display -> deleted"),
        ("presence", None, "available", "– -> available"),
        ("name", "a", "b", "changed"),
        ("photos", (), (1,), "set"),
        ("description", "text", "", "taken away"),
        ("ready_to_ship", False, True, "changed"),
    ],
)
def test_how_a_field_moves(name: str, old: Value, new: Value, words: str) -> None:
    """In words that many goods have in common."""
    assert how(name, FieldChange(old, new)) == words


def test_equal_moves_are_one_fold() -> None:
    """By field and share, whatever the prices; groups are counted beside."""
    folds = Folds()
    for number in range(1, 5):
        price = Decimal(100 * number)
        folds.add(update(price=(price, price * Decimal("1.05"))), "Взуття" if number < 4 else "")
    ((kind, fold),) = folds.of(Verb.UPDATE)
    assert kind == Kind(Verb.UPDATE, "", "price", "+5 %")
    assert (fold.goods, fold.groups) == (4, Counter({"Взуття": 3, "": 1}))


def test_a_change_of_two_fields_is_in_two_folds() -> None:
    """What another field says already is told once."""
    folds = Folds()
    folds.add(
        update(
            price=(Decimal(1), Decimal(2)),
            quantity=(3, 0),
            presence=("available", "not_available"),
            name=("a", "b"),
            name_ru=("c", "b"),
        ),
        "",
    )
    assert {kind.field for kind, _ in folds.of(Verb.UPDATE)} == {"price", "quantity", "name"}


def test_new_goods_are_folded_by_group_with_their_worth() -> None:
    """Pieces and what buyers pay for them."""
    folds = Folds()
    for _ in range(2):
        folds.add(creation(product(price=Decimal("10.50"), discount=None, quantity=3)), "Взуття")
    folds.add(creation(product(price=Decimal(1), discount=None, quantity=None)), "")
    (first, second) = folds.of(Verb.CREATE)
    assert (first[0].how, first[1].pieces, first[1].worth) == ("Взуття", 6, Decimal("63.00"))
    assert (second[1].goods, second[1].pieces, second[1].worth) == (1, 0, Decimal("0.00"))


def test_held_changes_and_reasons_stand_apart() -> None:
    """Two goods that leave for different reasons are two lines."""
    folds = Folds()
    fields = {"status": FieldChange("on_display", "deleted")}
    for good, held, reason in (("1", None, "gone"), ("2", "removals", "gone"), ("3", None, "foreign")):
        folds.add(Change(good, Verb.REMOVE, "", fields, held, reason=reason), "")
    assert {(kind.held, kind.reason) for kind, _ in folds.of(Verb.REMOVE)} == {
        ("", "gone"),
        ("removals", "gone"),
        ("", "foreign"),
    }


def test_the_biggest_price_moves() -> None:
    """Up or down, the biggest first, and no more than a screen holds."""
    folds = Folds()
    for number, new in enumerate(("101", "50", "190", "100.5", "120"), 1):
        folds.add(update(str(number), price=(Decimal(100), Decimal(new))), "")
    folds.add(update(price=(None, Decimal(5))), "")
    folds.add(update(price=(Decimal(0), Decimal(5))), "")
    assert [mover.good_id for mover in folds.movers] == ["3", "2", "5"]
    assert len(folds.movers) == MOVERS
