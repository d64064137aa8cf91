"""Torgsoft's clients, `TSClients.trs`: the dialect of the goods file, without a header, 14 columns.

A file of another shape is refused whole. Source: docs/developers/torgsoft.md §11, §17 no. 24.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from torgsync.core.orders.clients import Client, normal_email, normal_phone
from torgsync.core.text import counted, one_line
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.encodings import UTF8, find_encoding, refuse_utf16
from torgsync.files.catalog.refusals import LISTED, stamp
from torgsync.files.catalog.rows import LONGEST, Grammar, LineReader, texts, without_line_end

WIDTH = 14
NAME, EMAIL, PHONE, CARD = 0, 1, 2, 5
_NUMBERS = (3, 12, 13)
"""Columns that hold numbers: discount, turnover, bonuses. Other texts in them mean another layout."""

AGAIN = "export the clients from Torgsoft once more, and do not save the file in a spreadsheet"


def clients_stamp(path: Path, *, named: bool = False) -> str:
    """Return a stamp that differs when the file has changed. Raises ExportInvalid where it is missing.

    With `named`, a person named the file just now, so that no setting is to be corrected.
    """
    try:
        return "/".join(map(str, stamp(path)))
    except FileNotFoundError as trouble:
        if not named:
            raise _unreadable(path, trouble) from trouble
        hint = "correct the name, or the folder before it"
        raise ExportInvalid(f"there is no file `{path}`", hint=hint) from trouble
    except OSError as trouble:
        raise _unreadable(path, trouble) from trouble


def read_clients(path: Path) -> list[Client]:
    """Return the clients of a file, in its order, in normal form and without ids.

    Discounts, turnovers and bonuses are not read. Raises ExportInvalid with the place of every mistake, and
    for a file without clients: it was cut off or is still being written.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(len(codecs.BOM_UTF8))
            refuse_utf16(path, beginning)
            start = len(codecs.BOM_UTF8) if beginning == codecs.BOM_UTF8 else 0
            encoding, _ = find_encoding(path, file, start, UTF8 if start else None, longest=LONGEST)
            file.seek(start)
            rows = list(_rows(path, LineReader(file, 1), encoding))
    except OSError as trouble:
        raise _unreadable(path, trouble) from trouble
    if not rows:
        raise ExportInvalid(f"`{path}` is empty: there is no client in it", hint=AGAIN)
    return [
        Client(
            "", one_line(row[NAME]), normal_phone(row[PHONE]), normal_email(row[EMAIL]), one_line(row[CARD])
        )
        for row in rows
    ]


def _rows(path: Path, lines: LineReader, encoding: str) -> Iterator[list[str]]:
    grammar = Grammar(WIDTH, without_line_end(lines.peek(0)))
    mistakes: list[Mistake] = []
    while line := lines.take():
        number = lines.number - 1
        raw = without_line_end(line)
        if not raw.strip():
            continue
        whole = raw if grammar.strict(raw) else grammar.gather(line, lines)
        row = texts(whole, encoding, WIDTH) if whole is not None else None
        if row is None:
            mistakes.append(Mistake(number, "", f"it does not have the {WIDTH} columns of a clients export"))
        elif wrong := [column for column in _NUMBERS if not _is_number(row[column])]:
            mistakes.append(Mistake(number, f"column {wrong[0] + 1}", "it should hold a number"))
        elif not mistakes:
            yield row
    if mistakes:
        count = counted(len(mistakes), "row")
        listed = tuple(mistakes[:LISTED])
        raise ExportInvalid(f"{count} of `{path}` cannot be read", mistakes=listed, hint=AGAIN)


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").replace(",", "", 1).replace(".", "", 1).isdecimal() or not text.strip()


def _unreadable(path: Path, trouble: OSError) -> ExportInvalid:
    if isinstance(trouble, FileNotFoundError):
        return ExportInvalid(
            f"there is no file `{path}`", hint="correct `path` under `[clients]` in the sync object"
        )
    return ExportInvalid(f"`{path}` cannot be read: {trouble.strerror}", hint=AGAIN)
