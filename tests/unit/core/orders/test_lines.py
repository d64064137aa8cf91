"""Which line of before a line is, which good it is, and whether two versions sell the same: tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import order
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.orders.lines import free_lines, nothing_sold, recognized, same_goods, with_goods
from torgsync.core.orders.order import Line, Unread, Unreadable

(A,) = order().lines
B = Line("18", "1600000018", "BB", "Шапка", Decimal(1), Decimal("50.00"), Decimal("50.00"))
C = replace(B, good_id="19", prom_id="1600000019", sku="CC", name="Шарф")
GIFT = Line("", "1500000001", "", "Листівка", Decimal(1), Decimal(0), Decimal(0))


def deleted(line: Line, good_id: str = "", **given: object) -> Line:
    """Return a line as Prom shows it when its product was deleted."""
    return replace(line, prom_id="", sku="", good_id=good_id, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param((A, B), (deleted(A), B), (A, B), id="one is deleted"),
        pytest.param((A, B), (deleted(A, "17"), deleted(B, "18")), (A, B), id="external ids are kept"),
        pytest.param((A, B, C), (deleted(A), deleted(B), deleted(C)), (A, B, C), id="all are deleted"),
        pytest.param((B, C), (deleted(C), deleted(B)), (C, B), id="by name, in another order"),
        pytest.param((B, C), (deleted(B, name=""), deleted(C, name="")), (B, C), id="by place and amounts"),
        pytest.param((A, B), (deleted(B, quantity=Decimal(3)),), (deleted(B, quantity=Decimal(3)),),
                     id="name alone proves nothing"),
        pytest.param((A, B), (A, deleted(B, quantity=Decimal(3))), (A, replace(B, quantity=Decimal(3))),
                     id="name and place"),
        pytest.param((A, B), (deleted(A, "ABC"), B), (A, B), id="the good of an adopted product stays"),
        pytest.param((deleted(A),), (A,), (A,), id="an id that came back"),
        pytest.param((A,), (replace(A, good_id=""), replace(A, good_id="", quantity=Decimal(1))),
                     (A, replace(A, quantity=Decimal(1))), id="one product in two lines"),
        pytest.param((A, replace(A, quantity=Decimal(1))), (replace(A, quantity=Decimal(1)), A),
                     (replace(A, quantity=Decimal(1)), A), id="the same product twice"),
        pytest.param((A,), (replace(A, sku="new", name="Тапки"),), (replace(A, sku="new", name="Тапки"),),
                     id="a product that is there is shown as it is"),
        pytest.param((), (deleted(A),), (deleted(A),), id="nothing is known"),
        pytest.param((A,), (deleted(C),), (deleted(C),), id="another line"),
        pytest.param((B, C), (B, deleted(C, name="Берет")), (B, deleted(C, name="Берет")),
                     id="another name for the same money at the same place"),
    ],
)  # fmt: skip
def test_a_line_of_a_deleted_product_is_that_of_before(
    before: Sequence[Line], now: Sequence[Line], expected: Sequence[Line]
) -> None:
    """By id, else by external id, else where two of name, amounts and place agree."""
    assert recognized(now, [before]) == tuple(expected)


def test_a_good_may_have_a_name_in_each_language() -> None:
    """So its line may come under the other one; an older version may know what a newer one lost."""
    now = deleted(B, name="Шляпа")
    (found,) = recognized([now], [(B,)], {"18": {"Шапка", "Шляпа"}})
    assert (found.good_id, found.prom_id) == ("18", B.prom_id)
    assert recognized([now], [(B,)], {"18": {"Шапка", "Кепка"}}) == (now,)
    assert recognized([deleted(B)], [(deleted(B),), (), (B,)]) == (B,)


def as_shown(line: Line, form: str) -> Line:
    """Return a line as Prom shows it, in one of three forms."""
    return line if form == "there" else deleted(line, line.good_id if form == "no-id" else "")


@given(
    st.permutations(range(6)), st.lists(st.sampled_from(["there", "no-id", "no-ids"]), min_size=6, max_size=6)
)
def test_whatever_is_deleted_and_however_it_is_sorted_the_lines_are_those_of_before(
    places: Sequence[int], forms: Sequence[str]
) -> None:
    """As long as their names differ."""
    before = [
        replace(A, good_id=f"{n}", prom_id=f"9{n}", name=f"Товар {n}", price=Decimal(n % 2)) for n in range(6)
    ]
    now = [as_shown(before[place], forms[place]) for place in places]
    assert recognized(now, [before]) == tuple(before[place] for place in places)


@pytest.mark.parametrize(
    ("line", "good_id"),
    [(A, "17"), (replace(A, good_id="ABC"), "20"), (replace(A, good_id=""), "21"), (deleted(A), "")],
)
def test_a_line_gets_the_good_of_its_product(line: Line, good_id: str) -> None:
    """The external id of an adopted product stands for the good that it was linked to."""
    (found,) = with_goods([line], aliases={"ABC": "20"}, product_goods={A.prom_id: "21"})
    assert found.good_id == good_id


@pytest.mark.parametrize(
    ("given", "now", "same"),
    [
        ((A, B), (B, A), True),
        ((A,), (replace(A, name="Тапки", sku=""),), True),
        ((replace(A, good_id=""),), (A,), True),
        ((deleted(A),), (A,), True),
        ((A,), (replace(A, good_id="renumbered"),), True),
        ((), (A,), True),
        ((A,), (), False),
        ((A,), (A, B), False),
        ((A, A), (A,), False),
        ((A,), (replace(A, quantity=Decimal(1)),), False),
        ((A,), (replace(A, price=Decimal(90)),), False),
        ((A,), (replace(A, total=Decimal(190)),), False),
        ((B,), (C,), False),
        ((replace(B, good_id=""),), (C,), False),
        ((deleted(B),), (C,), False),
    ],
)
def test_a_sale_is_its_items_with_quantity_price_and_total(
    given: Sequence[Line], now: Sequence[Line], same: bool
) -> None:
    """In any order; names and articles are not part of it."""
    assert same_goods(given, now) is same


def test_what_is_free_and_no_good() -> None:
    """Not where an amount of the order cannot be read: it may be this one."""
    assert free_lines(order(lines=(A, GIFT, replace(GIFT, good_id="18")))) == (GIFT,)
    unreadable = Unreadable(Unread.AMOUNT, "products[1].price", "?")
    assert free_lines(order(lines=(A, GIFT), unreadable=(unreadable,))) == ()
    assert [nothing_sold(order(lines=lines)) for lines in ((), (GIFT,), (A, GIFT))] == [True, True, False]
