"""One file per accounting center, read as if all goods were in one (torgsoft §7).

The main file gives texts and prices of the goods that it has, the next one of those that it lacks, and
so on. Quantities come from all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from torgsync.core.product.cells import number
from torgsync.core.product.columns import (
    AVAILABLE_COLUMN,
    CENTERS_COLUMN,
    DISPLAY_COLUMN,
    KEY,
    SUM_COLUMN,
    ExportRecord,
)
from torgsync.core.product.presence import Presence, presence_of, yes_or_no
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.catalog_file import CatalogFile, FileFormat
from torgsync.i18n import _

_SEPARATOR = b"\x1e"
UNTOLD = "?"
"""The stock of a center whose file has the good and leaves it empty: it is not nothing."""
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class CenterFiles(CatalogFile):
    """The files of several accounting centers as one, keyed by the center's id, the main file first.

    A good's balances are in `WarehouseQuantityForPartner`, their sum in `WarehouseQuantity`; it is displayed
    where any of the files displays it. A quantity that cannot be read stays as it is; the mapping reports it.
    """

    files: Mapping[str, CatalogFile]

    @property
    def context(self) -> bytes:
        """What is outside the rows of each file, and whose file it is."""
        return _SEPARATOR.join(center.encode() + b" " + file.context for center, file in self.files.items())

    def _all(self) -> Iterator[ExportRecord]:
        """Yield every good once, by the first file that has it; a good that is twice in one file comes twice.

        `raw` holds the balances of all files before the row itself. All files are read before the first good
        is yielded. Raises ExportInvalid as they do.
        """
        balances: dict[str, list[tuple[str, str, str]]] = {}
        for center, file in self.files.items():
            for record in file.records():
                cells = file.cells(record)
                balance = (center, _stock_cell(cells), cells.get(DISPLAY_COLUMN, "").strip())
                known = balances.setdefault(file.good_id(record), [])
                if all(center != other for other, *_ in known):
                    known.append(balance)
        earlier: set[str] = set()
        for place, file in enumerate(self.files.values()):
            here: set[str] = set()
            for record in file.records():
                good_id = file.good_id(record)
                if good_id not in earlier or good_id in here:
                    head = (str(place), *_merged(balances.get(good_id, ())))
                    clean = (text.encode().replace(_SEPARATOR, b"") for text in head)
                    yield ExportRecord(record.line, _SEPARATOR.join([*clean, record.raw]))
                here.add(good_id)
            earlier |= here

    def good_id(self, record: ExportRecord) -> str:
        """Return the good's key as its own file has it."""
        file, _balances, row = self._parts(record)
        return file.good_id(row)

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of a record, with the balances of all centers."""
        file, (balances, total, display), row = self._parts(record)
        cells = file.cells(row)
        cells |= {CENTERS_COLUMN: balances, SUM_COLUMN: total}
        cells.pop(AVAILABLE_COLUMN, None)  # the balances have it
        if DISPLAY_COLUMN in cells:
            cells[DISPLAY_COLUMN] = display
        return {column: cells[column] for column in self.columns if column in cells}

    def file_of(self, record: ExportRecord) -> str:
        """Return the name of the file that gives the good's texts; `line` counts in that one."""
        return self._parts(record)[0].path.name

    def _parts(self, record: ExportRecord) -> tuple[CatalogFile, tuple[str, str, str], ExportRecord]:
        place, balances, total, display, raw = record.raw.split(_SEPARATOR, 4)
        file = list(self.files.values())[int(place)]
        return file, (balances.decode(), total.decode(), display.decode()), ExportRecord(record.line, raw)


def compose(files: Mapping[str, CatalogFile]) -> CenterFiles:
    """Return the files of several accounting centers as one; `files` by center, the main file first.

    An offer of a YML file speaks of what it has, so such a file may lack a param that another one has: goods
    that it gives then have no value for it. Raises ExportInvalid where other files have not the same columns,
    in whatever order, or have no quantities.
    """
    main = next(iter(files.values()))
    spoken = dict.fromkeys(chain.from_iterable(file.columns for file in files.values()))
    uneven = all(file.kind is FileFormat.YML for file in files.values())
    mistakes: list[Mistake] = []
    first = main.path.name
    for file in files.values():
        wrong = [
            _("it has no column `{column}`", column=name)
            for name in (KEY, SUM_COLUMN)
            if name not in file.columns
        ]
        if not uneven:
            missing = [name for name in main.columns if name not in (*file.columns, SUM_COLUMN)]
            more = [name for name in file.columns if name not in (*main.columns, SUM_COLUMN)]
            wrong += [
                _("it has no column `{column}`, `{main}` has", column=name, main=first) for name in missing
            ]
            wrong += [
                _("it has a column `{column}`, `{main}` has not", column=name, main=first) for name in more
            ]
        mistakes += [Mistake(0, file.path.name, what) for what in wrong]
    if mistakes:
        raise ExportInvalid(
            _("the files of the accounting centers do not have the same columns as `{path}`", path=main.path),
            mistakes=tuple(mistakes),
            hint=_("let Torgsoft write the same fields into all of them, and export once more"),
        )
    columns = tuple(spoken) if uneven else main.columns
    return CenterFiles(
        path=main.path,
        kind=main.kind,
        encoding=main.encoding,
        has_header=main.has_header,
        columns=columns if CENTERS_COLUMN in columns else (*columns, CENTERS_COLUMN),
        size=sum(file.size for file in files.values()),
        modified_ns=max(file.modified_ns for file in files.values()),
        guesses=tuple(guess for file in files.values() for guess in file.guesses),
        files=files,
    )


def _merged(balances: Sequence[tuple[str, str, str]]) -> tuple[str, str, str]:
    """Return the balances by center, their sum, and the `Display` that counts: a yes before other words."""
    displayed = sorted((display for *_, display in balances), key=_display_rank)
    display = "".join(displayed[:1])
    total = Decimal(0)
    unreadable = ""
    items = []
    for center, cell, _display in balances:
        try:
            quantity = number(cell)
        except ValueError:
            quantity = None
        if quantity is None:
            unreadable = unreadable or cell or UNTOLD
            items.append(f"{center}={cell or UNTOLD}")
            continue
        total += quantity
        items.append(f"{center}={_written(quantity)}")
    return "|".join(items), unreadable or _short(total), display


def _stock_cell(cells: Mapping[str, str]) -> str:
    """Return the quantity of one file; nothing where a word says that the good is not available there.

    A word that cannot be read is returned itself: it is no quantity.
    """
    word = cells.get(AVAILABLE_COLUMN)
    try:
        available = word is None or presence_of(word, Presence.NOT_AVAILABLE) is Presence.AVAILABLE
    except ValueError:
        return (word or "").strip()
    return cells[SUM_COLUMN].strip() if available else "0"


def _display_rank(display: str) -> int:
    """Return which `Display` of several files counts: shown, unreadable, hidden."""
    try:
        return 2 if yes_or_no(display) is False else 0
    except ValueError:
        return 1


def _written(quantity: Decimal) -> str:
    """Return a quantity as Torgsoft writes balances: with a comma and at least three decimals."""
    exact = max(quantity, quantity.quantize(_THOUSANDTH), key=lambda value: -int(value.as_tuple().exponent))
    return format(exact, "f").replace(".", ",")


def _short(quantity: Decimal) -> str:
    text = format(quantity, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
