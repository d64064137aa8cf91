"""Amounts of money in the cells of an export, and the decimal sign of a whole column of them.

`1.450` and `1,450` may each be two amounts: the sign may part the thousands, or the decimals. Such a cell is
read only where the other cells of its column show which of the two the sign does there. Quantities are not
read here: Torgsoft writes `1,000` for one piece. Source: docs/developers/torgsoft.md §16, §17 no. 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from torgsync.core.product.cells import CellFault, compact, number, number_fault

DecimalSigns = Mapping[str, str]
"""The decimal sign of each column with a cell that may be two amounts, empty where none is certain."""

_TWO_AMOUNTS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
_SIGN = re.compile(r"[.,]")


class TypedNumber(str):
    """A cell that a file holds as a number and not as a text: its point is the decimal sign, always."""

    __slots__ = ()


class TwoAmounts(NamedTuple):
    """The two amounts that a cell may mean, as texts."""

    thousands: str
    decimals: str


def two_amounts(cell: str) -> TwoAmounts | None:
    """Return the two amounts that a cell may mean, None for any other cell."""
    if not (sign := doubtful_sign(cell)):
        return None
    whole, _, parts = compact(cell).partition(sign)
    return TwoAmounts(whole + parts, f"{whole}.{parts}".rstrip("0").rstrip("."))


@lru_cache(maxsize=2048, typed=True)  # a typed number is never in doubt
def doubtful_sign(cell: str) -> str:
    """Return the sign of a cell that may be two amounts, empty for any other cell.

    One to three digits without a leading zero, the only sign, and three digits.
    """
    if len(cell) < len("1.450") or isinstance(cell, TypedNumber):  # nearly every price
        return ""
    match = _TWO_AMOUNTS.fullmatch(compact(cell))
    return match[1] if match else ""


def money(cell: str, decimal_sign: str = "") -> Decimal | None:
    """Return the exact amount in a cell, None for a blank one.

    `decimal_sign` is that of its column, empty where none is certain. Raises ValueError for what is no
    number, see `number`, and for what may be two amounts.
    """
    return number(cell) if isinstance(cell, TypedNumber) else _money(cell, decimal_sign)


@lru_cache(maxsize=2048)  # one good asks for the same cells several times
def _money(cell: str, decimal_sign: str) -> Decimal | None:
    amount = number(cell)
    if (sign := doubtful_sign(cell)) and sign != decimal_sign:
        raise ValueError(cell)
    return amount


def money_fault(cell: str) -> CellFault:
    """Return what is wrong with a cell that `money` refuses."""
    return CellFault.TWO_AMOUNTS if doubtful_sign(cell) else number_fault(cell)


class _Column(Struct):
    """What the cells of one column show about their signs."""

    signs: set[str]
    certain: bool = False  # some cell has a sign that cannot part thousands
    several: bool = False  # some cell has more than one sign
    doubtful: bool = False  # some cell may be two amounts

    def add(self, cell: str) -> None:
        """Take a cell into account; a number that the file holds as one says nothing about texts."""
        signs = () if isinstance(cell, TypedNumber) else _SIGN.findall(cell)
        if not signs:
            return
        self.signs.update(signs)
        self.several |= len(signs) > 1
        if doubtful_sign(cell):
            self.doubtful = True
        elif not self.certain:
            self.certain = _is_number(cell)

    @property
    def decimal(self) -> str:
        """The decimal sign, empty where none is certain."""
        certain = self.certain and not self.several and len(self.signs) == 1
        return next(iter(self.signs)) if certain else ""


def _is_number(cell: str) -> bool:
    try:
        number(cell)
    except ValueError:
        return False
    return True


def decimal_signs(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> DecimalSigns:
    """Return the decimal sign of each of `columns` that has a cell which may be two amounts.

    It is certain where all cells with a sign have that one sign, once, and some number among them cannot be
    thousands: there are not three digits behind the sign, more than three before it, or a leading zero.
    """
    columns_by_name = {column: _Column(set()) for column in columns}
    for cells in rows:
        for name, column in columns_by_name.items():
            column.add(cells.get(name, ""))
    return {name: column.decimal for name, column in columns_by_name.items() if column.doubtful}
