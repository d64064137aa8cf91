"""Torgsoft's clients, `TSClients.trs`: the dialect of the goods file, without a header, 14 columns.

A file of another shape is refused whole. Source: docs/developers/torgsoft.md §11, §17 no. 24.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torgsync.core.orders.clients import Client, normal_email
from torgsync.core.orders.phones import normal_phone
from torgsync.core.text import one_line
from torgsync.disk import open_file
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.encodings import begin_text
from torgsync.files.catalog.equal_names import column_number
from torgsync.files.catalog.refusals import listed, stamp
from torgsync.files.catalog.rows import Grammar, LineReader, texts, without_line_end
from torgsync.i18n import Message, _, _n
from torgsync.system import reason

WIDTH = 14
NAME, EMAIL, PHONE, CARD = 0, 1, 2, 5
_NUMBERS = (3, 12, 13)
"""Columns that hold numbers: discount, turnover, bonuses. Other texts in them mean another layout."""

IN_THE_OBJECT = _("correct `path` under `[clients]` in the sync object")
AGAIN = _("export the clients from Torgsoft once more, and do not save the file in a spreadsheet")


def clients_stamp(path: Path, *, named: bool = False) -> str:
    """Return a stamp that changes with the file; `named`: a person just named it. Raises ExportInvalid."""
    try:
        return "/".join(map(str, stamp(path)))
    except OSError as trouble:
        hint = _("correct the name, or the folder before it") if named else IN_THE_OBJECT
        raise _unreadable(path, trouble, hint) from trouble


def read_clients(path: Path, region: str) -> list[Client]:
    """Return the clients of a file, in its order, in normal form and without ids.

    Local phones are those of a `region`, a country by ISO 3166. Discounts, turnovers and bonuses are not
    read. Raises ExportInvalid with the place of every mistake, and for a file without clients: it was cut off
    or is still being written.
    """
    try:
        with open_file(path) as file:
            _start, encoding, _why = begin_text(path, file)
            rows = list(_rows(path, LineReader(file, 1), encoding))
    except OSError as trouble:
        raise _unreadable(path, trouble) from trouble
    except ExportInvalid as refused:  # the hints of its readers are about the catalog
        raise ExportInvalid(
            refused.message, mistakes=refused.mistakes, unlisted=refused.unlisted, hint=AGAIN
        ) from refused
    if not rows:
        raise ExportInvalid(_("`{path}` is empty: there is no client in it", path=path), hint=AGAIN)
    return [
        Client(
            "",
            one_line(row[NAME]),
            normal_phone(row[PHONE], region),
            normal_email(row[EMAIL]),
            one_line(row[CARD]),
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
            what = _("it does not have the {width} columns of a clients export", width=WIDTH)
            mistakes.append(Mistake(number, "", what))
        elif wrong := [column for column in _NUMBERS if not _is_number(row[column])]:
            mistakes.append(Mistake(number, column_number(wrong[0] + 1), _("this should be a number")))
        elif not mistakes:
            yield row
    if mistakes:
        what = _n(
            "{count} row of `{path}` cannot be read",
            "{count} rows of `{path}` cannot be read",
            len(mistakes),
            path=path,
        )
        raise ExportInvalid(what, **listed(mistakes), hint=AGAIN)


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").replace(",", "", 1).replace(".", "", 1).isdecimal() or not text.strip()


def _unreadable(path: Path, trouble: OSError, missing: Message = IN_THE_OBJECT) -> ExportInvalid:
    if isinstance(trouble, FileNotFoundError):
        return ExportInvalid(_("there is no file `{path}`", path=path), hint=missing)
    return ExportInvalid(_("`{path}` cannot be read: {why}", path=path, why=reason(trouble)), hint=AGAIN)
