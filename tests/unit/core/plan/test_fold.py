"""Folding: what many goods have in common is one line."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from builders import product, update

from torgsync.core.plan.diff import Change, FieldChange, Verb, creation
from torgsync.core.plan.fold import MOVERS, FoldKind, Folds, Move, move_of
from torgsync.core.product.fields import Value


@pytest.mark.parametrize(
    ("name", "old", "new", "move", "args"),
    [
        ("price", Decimal(100), Decimal(105), Move.SHARE, ("+5",)),
        ("price", Decimal(100), Decimal("89.6"), Move.SHARE, ("-10",)),
        ("price", None, Decimal(5), Move.SET, ()),
        ("quantity", 3, 0, Move.SOLD_OUT, ()),
        ("quantity", 0, 3, Move.BACK_IN_STOCK, ()),
        ("quantity", 3, 4, Move.UP, ()),
        ("quantity", 4, 3, Move.DOWN, ()),
        ("quantity", None, 3, Move.SET, ()),
        ("status", "on_display", "deleted", Move.VALUE, ("on_display", "deleted")),
        ("presence", None, "available", Move.VALUE, ("", "available")),
        ("name", "a", "b", Move.CHANGED, ()),
        ("photos", (), (1,), Move.SET, ()),
        ("description", "text", "", Move.REMOVED, ()),
        ("ready_to_ship", False, True, Move.CHANGED, ()),
    ],
)
def test_how_a_field_moves(name: str, old: Value, new: Value, move: Move, args: tuple[str, ...]) -> None:
    """In terms that many goods have in common."""
    assert move_of(name, FieldChange(old, new)) == (move, args)


def test_equal_moves_are_one_fold() -> None:
    """By field and share, whatever the prices; groups are counted."""
    folds = Folds()
    for number in range(1, 5):
        price = Decimal(100 * number)
        folds.add(update(price=(price, price * Decimal("1.05"))), "Взуття" if number < 4 else "")
    ((kind, fold),) = folds.of(Verb.UPDATE)
    assert kind == FoldKind(Verb.UPDATE, "", "", "price", Move.SHARE, ("+5",))
    assert (fold.goods, fold.groups) == (4, Counter({"Взуття": 3, "": 1}))


def test_a_change_of_two_fields_is_in_two_folds() -> None:
    """A field that another one implies is in none."""
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
    assert (first[0].group, first[1].pieces, first[1].worth) == ("Взуття", 6, Decimal("63.00"))
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
