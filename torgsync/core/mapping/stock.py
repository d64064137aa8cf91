"""How many pieces of a good there are, over the accounting centers that the shop sells from; its presence.

Source: docs/developers/torgsoft.md §3.9, §7, §17 no. 10, 12 and 35.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from torgsync.core.config.settings import AccountingCenters, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import EMPTY, MappedCell, Part, Rules, finding
from torgsync.core.product.cells import (
    ERRORS,
    CellFault,
    balances,
    line_of_text,
    number,
    number_fault,
    plain,
    unreadable_code,
)
from torgsync.core.product.columns import AVAILABLE_COLUMN, CENTERS_COLUMN, SUM_COLUMN
from torgsync.core.product.presence import Presence, is_presence_word, presence_of, yes_or_no
from torgsync.core.text import quotation

ZERO = Decimal(0)
_REMEMBERED = 1024
"""Different cells of stock that are remembered."""


class CenterCount(NamedTuple):
    """The balance of one accounting center and the pieces it keeps for itself.

    `center` is empty where all centers are counted as one.
    """

    center: str
    stock: Decimal
    kept: Decimal

    @property
    def left(self) -> Decimal:
        """What can be sold; a balance below zero stays what it is."""
        return min(self.stock, max(self.stock - self.kept, ZERO))


Counts = tuple[CenterCount, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """The balance of one good over the ticked accounting centers, in the good's own measure.

    `quantity` is None where it could not be read; it is never below zero. `column` is where it was read, and
    `counts` how it was counted. `presence` is set where a word, not a number, says whether the good can be
    bought.
    """

    quantity: Decimal | None
    column: str = SUM_COLUMN
    findings: tuple[Finding, ...] = ()
    counts: Counts = field(default=(), compare=False)
    presence: Presence | None = None

    @property
    def left(self) -> Decimal:
        """What the counted centers can sell together; it may be below zero."""
        return _left(self.counts)


class StockCounter:
    """Counts the stock of rows; rows with equal cells have equal stock, which is counted once."""

    def __init__(self, settings: SyncObject) -> None:
        columns = (_presence_column(settings), CENTERS_COLUMN, SUM_COLUMN, _sum_column(settings))
        self._read = tuple(dict.fromkeys(columns))
        self._settings = settings
        self._count = lru_cache(maxsize=_REMEMBERED)(self._count_texts)

    def count(self, cells: Mapping[str, str]) -> Stock:
        """Return the stock of one row, see `count_stock`."""
        return self._count(*map(cells.get, self._read))

    def _count_texts(self, *texts: str | None) -> Stock:
        cells = {name: text for name, text in zip(self._read, texts, strict=True) if text is not None}
        return count_stock(self._settings, cells)


def count_stock(settings: SyncObject, cells: Mapping[str, str]) -> Stock:
    """Return the stock of one row: nothing where a word says that it is not available, else its pieces.

    The word is in the column mapped to `presence`, else in `available`. One that cannot be read leaves both
    unknown, whatever number is next to it (torgsoft §17 no. 35). Where no number is next to it, the word
    decides alone.
    """
    column = _presence_column(settings)
    if (cell := cells.get(column)) is None:
        return _count_pieces(settings, cells)
    text = line_of_text(cell, settings.catalog.blank)
    try:
        presence = presence_of(text, settings.stock.presence)
    except ValueError:
        code = Code.CELL_ERROR if text in ERRORS else Code.PRESENCE_UNKNOWN
        return Stock(None, column, (finding(code, column, cell, **_presence_args(text)),))
    if presence is Presence.AVAILABLE:
        stock = _count_pieces(settings, cells)
        empty = stock.quantity is None and not cells.get(stock.column, "").strip()
        return Stock(None, stock.column, presence=presence) if empty else stock
    return Stock(ZERO, column, presence=presence)


def _presence_args(text: str) -> dict[str, str]:
    """Return the arguments of the finding about a word for the presence that cannot be read."""
    return {"cell": quotation(text)} | ({"fault": CellFault.ERROR} if text in ERRORS else {})


def _count_pieces(settings: SyncObject, cells: Mapping[str, str]) -> Stock:
    """Return the pieces of one row: the ticked centers' sum, or the summed column where none is ticked.

    Where none is ticked but some keep pieces of their own, all are counted one by one: no center gives away
    what another one keeps. A file without the centers' column falls back on the sum, which is in the column
    mapped to `quantity`. A file without either column has no stock. An empty cell of centers means that
    nothing is in stock (torgsoft §7), an empty sum is no number: the centers' sum is used for it where there
    is one, else the stock cannot be read. A word for the presence replaces the number. What is kept
    for the centers' own buyers is subtracted. Less than nothing counts as nothing, with a finding. Where the
    centers and the sum differ, the smaller one counts (torgsoft §17 no. 12).
    """
    centers = settings.accounting_centers
    column = CENTERS_COLUMN if _counts_by_center(centers, cells) else _sum_column(settings)
    if column not in cells:
        return Stock(None, column)
    if column == SUM_COLUMN and not cells[column].strip() and cells.get(CENTERS_COLUMN, "").strip():
        column = CENTERS_COLUMN
    cell = cells[column]
    try:
        counts = _count(centers, column, cells)
    except ValueError:
        if is_presence_word(cell):
            presence = presence_of(cell, settings.stock.presence)
            return Stock(None if presence is Presence.AVAILABLE else ZERO, column, presence=presence)
        args = {
            "cell": quotation(cell.strip()),
            "fault": CellFault.NO_QUANTITY if cell.strip() else CellFault.EMPTY,
        }
        return Stock(None, column, (finding(unreadable_code(cell), column, cell, **args),))
    findings = []
    seen = sum((count.stock for count in counts), ZERO)
    if seen < 0:
        stock = plain(seen) if column == CENTERS_COLUMN else cell.strip()
        findings.append(finding(Code.STOCK_NEGATIVE, column, cell, stock=stock))
    contradiction = None
    if column in (CENTERS_COLUMN, SUM_COLUMN):
        contradiction, unreadable = _both_sums(cells)
        if unreadable:
            other = cells[unreadable]
            args = {"cell": quotation(other.strip()), "counted": column}
            findings.append(finding(Code.STOCK_UNCHECKED, unreadable, other, **args))
    if contradiction and (column == CENTERS_COLUMN or cells[CENTERS_COLUMN].strip()):
        counts = min(counts, _as_one(centers, max(min(contradiction), ZERO)), key=_left)
        args = {
            "total": cells[SUM_COLUMN].strip(),
            "centers": plain(contradiction[0]),
            "counts": plain(max(_left(counts), ZERO)),
        }
        findings.append(finding(Code.STOCK_MISMATCH, column, cell, **args))
    return Stock(max(_left(counts), ZERO), column, tuple(findings), counts)


def _left(counts: Counts) -> Decimal:
    return sum((count.left for count in counts), ZERO)


def _counts_by_center(centers: AccountingCenters, cells: Mapping[str, str]) -> bool:
    """Return whether centers count one by one: some are ticked, or each keeps its own and has its balance."""
    if centers.use:
        return CENTERS_COLUMN in cells
    return isinstance(centers.keep, dict) and bool(cells.get(CENTERS_COLUMN, "").strip())


def _count(centers: AccountingCenters, column: str, cells: Mapping[str, str]) -> Counts:
    """Return the counts of a column; ValueError where it holds no quantity, or nothing at all."""
    cell = cells[column]
    if not (cell if column != CENTERS_COLUMN else cell + cells.get(SUM_COLUMN, "0")).strip():
        raise ValueError(cell)
    if column != CENTERS_COLUMN:
        return _as_one(centers, number(cell) or ZERO)
    by_center = balances(cell)
    return tuple(
        CenterCount(center, by_center.get(center, ZERO), centers.kept_in(center))
        for center in centers.use or by_center
    )


def _as_one(centers: AccountingCenters, stock: Decimal) -> Counts:
    return (CenterCount("", stock, centers.kept_in_all),)


def _both_sums(cells: Mapping[str, str]) -> tuple[tuple[Decimal, Decimal] | None, str]:
    """Return the centers' sum and the summed column where both exist and differ; all below zero is alike.

    Where one of them cannot be read, its column is the second value.
    """
    if CENTERS_COLUMN not in cells or SUM_COLUMN not in cells:
        return None, ""
    column = CENTERS_COLUMN
    try:
        by_center = sum(balances(cells[CENTERS_COLUMN]).values(), ZERO)
        column = SUM_COLUMN
        total = number(cells[SUM_COLUMN])
    except ValueError:
        return None, column
    if total is None:
        return None, ""
    return ((by_center, total) if max(by_center, ZERO) != max(total, ZERO) else None), ""


def _presence_column(settings: SyncObject) -> str:
    """Return the column whose words say whether a good is available."""
    return settings.column_of("presence") or AVAILABLE_COLUMN


def _sum_column(settings: SyncObject) -> str:
    return settings.column_of("quantity") or SUM_COLUMN


def stock_centers(cells: Mapping[str, str]) -> frozenset[str]:
    """Return the centers whose stock a row holds; none where that cannot be read."""
    return _centers_in(cells.get(CENTERS_COLUMN, ""))


@lru_cache(maxsize=_REMEMBERED)
def _centers_in(cell: str) -> frozenset[str]:
    try:
        return frozenset(balances(cell))
    except ValueError:
        return frozenset()


def named_centers(settings: SyncObject) -> list[str]:
    """Return the centers that a sync object names: those whose stock counts, and those that keep some."""
    centers = settings.accounting_centers
    keeping = centers.keep if isinstance(centers.keep, dict) else {}
    return list(dict.fromkeys([*centers.use, *keeping]))


def in_order(centers: Collection[str]) -> list[str]:
    """Return the ids of centers in the order in which people count: 2 before 10."""
    return sorted(centers, key=lambda center: (len(center), center))


def unknown_centers(settings: SyncObject, known: Collection[str]) -> tuple[Finding, ...]:
    """Return a finding for each center of the sync object that the export does not know.

    Where it knows none at all, everything may be sold out.
    """
    names = in_order(known)
    return tuple(
        Finding(Code.CENTER_UNKNOWN, column=CENTERS_COLUMN, args={"center": center, "known": names})
        for center in named_centers(settings)
        if known and center not in known
    )


def none_left(stock: Stock) -> bool:
    """Return whether less than one whole piece is left."""
    return stock.quantity is not None and stock.quantity < 1


def sold_out(settings: SyncObject, stock: Stock) -> bool:
    """Return whether its stock keeps a good out of the shop; an unreadable one does not.

    Less than one piece is sent as none.
    """
    return settings.accounting_centers.only_in_stock and none_left(stock)


def in_doubt(settings: SyncObject, stock: Stock) -> bool:
    """Return whether it is unknown if the stock keeps a good out: then the status stays as it is."""
    unreadable = stock.quantity is None and bool(stock.findings)
    return unreadable and settings.accounting_centers.only_in_stock


def map_presence(rules: Rules, cell: MappedCell) -> Part:
    """Map whether the good can be bought, where the number of pieces is not exported; an empty cell is no.

    The cell is read as it is: signs that are no text, such as `!` and `-`, are words for yes and no.
    """
    text = line_of_text(cell.text, rules.blank)
    try:
        return Part({"presence": presence_of(text, rules.settings.stock.presence)})
    except ValueError:
        code = Code.CELL_ERROR if text in ERRORS else Code.PRESENCE_UNKNOWN
        refusal = cell.finding(code, cell.text, **_presence_args(text))
        return Part(findings=(refusal,), keep=("presence",))


def map_ready_to_ship(_rules: Rules, cell: MappedCell) -> Part:
    """Map whether the good can be shipped at once: yes, or any number above zero."""
    with suppress(ValueError):
        flag = yes_or_no(cell.text)
        return EMPTY if flag is None else Part({"ready_to_ship": flag})
    try:
        amount = number(cell.text)
    except ValueError:
        return cell.refused(number_fault(cell.text), "ready_to_ship")
    return EMPTY if amount is None else Part({"ready_to_ship": amount > 0})


def map_stock(rules: Rules, cells: Mapping[str, str], columns: Mapping[str, str], stock: Stock) -> Part:
    """Return quantity and presence by the counted stock; one that could not be read keeps what Prom has."""
    if "quantity" not in columns:
        return EMPTY
    word = columns.get("presence")
    findings = stock.findings
    if findings and word:
        findings = tuple(each for each in findings if each.column != word)  # `map_presence` reports that one
    if stock.quantity is None and stock.presence:
        return Part({"presence": stock.presence}, keep=("quantity",))
    if stock.quantity is None:
        said = word is not None and word != stock.column  # the word is clear, the number is not
        return Part(findings=findings, keep=("quantity",) if said else ("quantity", "presence"))
    whole = int(stock.quantity)  # never below zero
    if whole != stock.quantity:
        cell = cells.get(stock.column, "")
        fraction = finding(Code.STOCK_FRACTION, stock.column, cell, stock=plain(stock.quantity), whole=whole)
        findings += (fraction,)
    presence = stock.presence or (Presence.AVAILABLE if whole > 0 else rules.settings.stock.presence)
    return Part({"quantity": whole, "presence": presence}, findings)


_SHOWN, _UNKNOWN = Part({"status": "on_display"}), Part(keep=("status",))


def map_status(rules: Rules, stock: Stock, *, doubtful: bool) -> Part:
    """Return the status on Prom; it stays where the stock or the `Display` that decides it cannot be read."""
    return _UNKNOWN if doubtful or in_doubt(rules.settings, stock) else _SHOWN
