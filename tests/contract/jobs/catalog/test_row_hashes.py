"""The hashes by which the state recognises what a row holds."""

from __future__ import annotations

from torgsync.core.product.cells import Section
from torgsync.core.product.fields import Characteristic
from torgsync.jobs.catalog.row_hashes import content_hash, section_number, traits_hash


def test_a_cell_that_a_row_lacks_is_no_empty_cell() -> None:
    """An offer that lost an element has another content than one whose element is empty."""
    columns = ("GoodName", "Color")
    named = {"GoodName": "Капці"}
    cells = (named, {**named, "Color": ""}, {**named, "Color": "синій"})
    assert len({content_hash(row, columns) for row in cells}) == len(cells)


def test_the_hashes_are_those_that_the_state_has() -> None:
    """Another hash would have every good of every shop mapped again."""
    assert content_hash({"A": "1", "B": "\udc80"}, ("A", "B")) == 5_169_457_655_893_991_775
    assert content_hash({"A": "1"}, ("A", "B")) == 2_295_703_981_926_660_981
    assert section_number(()) == 0
    assert section_number((Section("1", "Сад"), Section("11", "Полив"))) == 8_480_436_192_662_484_400
    assert traits_hash(()) == 2_561_979_861_487_051_355
    assert traits_hash((Characteristic("Колір", "", "синій"),)) == 802_878_228_706_058_441
