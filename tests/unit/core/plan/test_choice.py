"""What of a plan is chosen: the goods, and the options that say so."""

from __future__ import annotations

import pytest

from torgsync.core.plan.choice import EVERYTHING, Choice
from torgsync.core.plan.diff import Verb

CHANGES = [
    ("9", Verb.REMOVE),
    ("1", Verb.CREATE),
    ("2", Verb.UPDATE),
    ("2", Verb.UPDATE),  # split by a guard
    ("3", Verb.UPDATE),
    ("", Verb.REMOVE),  # a foreign product
]


@pytest.mark.parametrize(
    ("choice", "members", "taken"),
    [
        (EVERYTHING, "", {"9", "1", "2", "3", ""}),
        (Choice(fields=("price",)), "", {"9", "1", "2", "3", ""}),
        (Choice(goods=("9", "2", "7")), "", {"9", "2"}),
        (Choice(groups=("Взуття",)), "93", {"3"}),
        (Choice(first=2), "", {"1", "2"}),
        (Choice(groups=("Взуття",), first=1), "23", {"2"}),
        (Choice(first=9), "", {"1", "2", "3"}),
    ],
)
def test_goods_are_chosen(choice: Choice, members: str, taken: set[str]) -> None:
    """By id, by group, or the first with changes; a removal only by the id of its good."""
    assert choice.taken(CHANGES, set(members)) == taken
    assert choice.takes_removal("9") is ("9" in taken)


def test_options_repeat_the_choice() -> None:
    """They can be pasted, with quotes where a name needs them."""
    assert (EVERYTHING.options, bool(EVERYTHING), EVERYTHING.of_goods) == ("", False, False)
    choice = Choice(("price", "name"), (), ("Дім і сад", "Взуття"), 3)
    assert choice.options == ' --fields price,name --group "Дім і сад" --group Взуття --first 3'
    assert Choice(goods=("1", "a b")).options == ' --good "1,a b"'
    assert not Choice(fields=("price",)).of_goods
