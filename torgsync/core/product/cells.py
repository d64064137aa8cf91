"""The values inside a cell of the export: numbers, balances, section paths, keys and short texts.

Everything here is text in, value out. Source: docs/developers/torgsoft.md §2, §3, §7, §8, §10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from torgsync.core.findings import Code
from torgsync.core.product.cleaning import folded_line, spreadsheet_text, unmarked
from torgsync.core.product.columns import KEY, canonical, labelled
from torgsync.core.text import quotation
from torgsync.i18n import Message, _


class CellFault(StrEnum):
    """Why a cell cannot be read as what its column is mapped to."""

    ERROR = "error"  # a spreadsheet shows an error in it
    TOO_LONG = "too-long"  # a number of too many digits
    TWO_AMOUNTS = "two-amounts"  # the sign may part thousands or decimals
    NO_DIGIT = "no-digit"  # words, or signs alone
    NO_NUMBER = "no-number"
    NO_QUANTITY = "no-quantity"
    NOT_WHOLE = "not-whole"
    NO_LADDER = "no-ladder"
    EMPTY = "empty"


class IdFault(StrEnum):
    """Why a cell holds no good's key, or a key that Torgsoft never gives."""

    MISSING = "missing"
    SEVERAL = "several"
    COLUMN_NAME = "column-name"
    SPREADSHEET = "spreadsheet"
    NO_NUMBER = "no-number"
    LEADING_ZERO = "leading-zero"


_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]+)?")
_TOO_LONG = re.compile(r"[+-]?[0-9]{16,}(?:[.,][0-9]+)?")
_LINE_ENDS = re.compile(r"[\r\n\t]")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f\u200b\u2060\ufeff]+")


def compact(text: str) -> str:
    """Return a number's text without blanks of any kind and without the marks of another program."""
    return _BLANKS.sub("", unmarked(text))


@lru_cache(maxsize=2048)  # one good asks for the same cells several times
def number(text: str) -> Decimal | None:
    """Return the exact decimal of a cell, with comma or point; None for a blank cell.

    Blanks of every kind between digits are dropped, and so are the marks of another program. Raises
    ValueError for anything else, a number of more than 15 whole digits and the digits of another script
    included: a price is never guessed (torgsoft §17 no. 5; `1,000.00` and `38,,5` are refused).
    """
    written = _BLANKS.sub("", text)
    if not written:
        return None
    if not _NUMBER.fullmatch(written) and not _NUMBER.fullmatch(written := compact(text)):
        raise ValueError(text)
    return Decimal(written.replace(",", "."))


def readable(text: str) -> Decimal | None:
    """Return the number in a cell, None for a blank cell and for one that `number` refuses."""
    try:
        return number(text)
    except ValueError:
        return None


def number_fault(text: str) -> CellFault:
    """Return what is wrong with a cell that `number` refuses."""
    if text.strip() in ERRORS:
        return CellFault.ERROR
    if not any(map(str.isdigit, text)):
        return CellFault.NO_DIGIT
    return CellFault.TOO_LONG if _TOO_LONG.fullmatch(compact(text)) else CellFault.NO_NUMBER


def unreadable_code(cell: str) -> Code:
    """Return the code of a finding about a cell that does not hold the value it should."""
    return Code.CELL_ERROR if cell.strip() in ERRORS else Code.NUMBER_UNREADABLE


@lru_cache(maxsize=256)
def plain(amount: Decimal) -> str:
    """Return a number without zeros that say nothing: 5 for 5.000."""
    return f"{amount.normalize():f}"


def balances(text: str) -> Mapping[str, Decimal]:
    """Return the quantity of each accounting center, keyed by its id, from `2=1,000|8=1,000` (torgsoft §7).

    An empty cell is an empty mapping. Raises ValueError where the cell is not of that form, or names a
    center twice.
    """
    quantities: dict[str, Decimal] = {}
    for item in filter(None, (part.strip() for part in unmarked(text).split("|"))):
        center, sign, amount = item.partition("=")
        quantity = number(amount) if sign else None
        if quantity is None or not center.strip() or center.strip() in quantities:
            raise ValueError(text)
        quantities[center.strip()] = quantity
    return quantities


class Section(NamedTuple):
    """One step of a synchronisation section's path: its number as text, and its name."""

    number: str
    name: str


_DIGITS = re.compile(r"[0-9]+")  # not `\d` or `isdigit`: those take every script's
_SECTION_BREAK = re.compile(r";(?=[0-9]+=)")


def section_path(text: str) -> tuple[Section, ...]:
    """Return the path from the root, from `1=Сад|11=Полив` or the older `1=Сад;11=Полив` (torgsoft §8).

    Items are split at their first `=`; names may contain commas. Items without a number are dropped.
    """
    sections = (_section(item) for item in _items(text))
    return tuple(section for section in sections if section)


def unreadable_sections(text: str) -> tuple[str, ...]:
    """Return the items of a section path that are no sections, as they are written."""
    return tuple(item.strip() for item in _items(text) if item.strip() and not _section(item))


def _items(text: str) -> list[str]:
    return text.split("|") if "|" in text else _SECTION_BREAK.split(text)


def _section(item: str) -> Section | None:
    identity, sign, name = item.partition("=")
    whole = sign and _DIGITS.fullmatch(identity.strip()) and name.strip()
    return Section(identity.strip(), name.strip()) if whole else None


ERRORS = frozenset(
    "#REF! #VALUE! #N/A #DIV/0! #NAME? #NULL! #NUM! #ПОСИЛ! #ЗНАЧ! #Н/Д #ДІЛ/0! #ІМ'Я? #ЧИСЛО! "
    "#ССЫЛКА! #ДЕЛ/0! #ИМЯ? #ПУСТО!".split()
)
"""What a spreadsheet shows in the place of a value that it cannot compute, in its three languages (torgsoft
§10)."""

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
_BROKEN = re.compile(r"\d+(?:[.,]\d+)+")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_RESPELLED = re.compile(r"=?[\"'`´‘’“”„«»]*(\d+)(?:[.,]0{1,2})?[\"'`´‘’“”„«»]*", re.ASCII)
KEY_BREAK = "\x1f"
"""Parts the keys of a row that has several; no key contains it."""


def key_of(text: str) -> str:
    """Return a good's key from its cell: trimmed, and as Torgsoft wrote it where a spreadsheet re-spelled it.

    The key is a whole number (torgsoft §3.1): `26 003`, `5,00`, `="701"` and `'701` would be new goods next
    to 26003, 5 and 701. What may be two numbers, such as `1,000`, stays as it is. A key of another program
    loses marks, invisible letters and superfluous blanks.
    """
    trimmed = text.strip()
    if not trimmed or _DIGITS.fullmatch(trimmed):  # nearly every key
        return trimmed
    plain = spreadsheet_text(" ".join(_INVISIBLE.sub("", _LINE_ENDS.sub(" ", text)).split())).strip()
    respelled = _RESPELLED.fullmatch(compact(plain))
    return respelled[1] if respelled else plain


def one_key(cells: Iterable[str]) -> str:
    """Return the key that all cells of a row spell, empty where none does; all keys where they differ."""
    return KEY_BREAK.join(dict.fromkeys(filter(None, map(key_of, cells))))


def id_doubt(text: str) -> IdFault | None:
    """Return why a key is none that Torgsoft gives, None where it may be one."""
    if not _DIGITS.fullmatch(text):
        return IdFault.NO_NUMBER
    return IdFault.LEADING_ZERO if text[0] == "0" else None


def id_fault(text: str) -> IdFault | None:
    """Return what is wrong with a good's key, None where nothing is.

    A spreadsheet that rounded long numbers made one key of several goods, and `1,000` may be 1 or 1000.
    """
    if text.isdigit() and text.isascii():  # nearly every key
        return None
    if not text:
        return IdFault.MISSING
    if KEY_BREAK in text:
        return IdFault.SEVERAL
    if canonical(text) == KEY or labelled(text) == KEY:
        return IdFault.COLUMN_NAME
    if text in ERRORS or _SCIENTIFIC.fullmatch(text) or _BROKEN.fullmatch(text):
        return IdFault.SPREADSHEET
    return None


def id_fault_message(fault: IdFault, cell: str) -> Message:
    """Return the sentence of a fault for the refusal of a whole file, which is raised below the catalogue."""
    quoted = quotation(cell)
    return {
        IdFault.MISSING: _("this row has no `GoodID`"),
        IdFault.SEVERAL: _("this row has several keys: {keys:quoted}", keys=quoted.split(KEY_BREAK)),
        IdFault.COLUMN_NAME: _("`{cell}` is the name of the column, which is repeated here", cell=quoted),
        IdFault.SPREADSHEET: _("`{cell}` is what a spreadsheet made of a `GoodID`", cell=quoted),
    }[fault]


PLACEHOLDERS = frozenset({"нет информации", "немає інформації"})
"""Words that mean an empty cell (torgsoft §3.5), in lower case."""

_ADDRESS = re.compile(r"<[^<>]*>|https?://\S+")
_LOST_LETTER = re.compile(r"(?<=[^\W_])\?(?=[^\W_])|(?<=\d)\?|(?<![\w?])\?+(?=[^\W\d_])|(?<!\S)\?{2,}(?!\S)")
"""Inside a word, after a digit, before a word, or a word of nothing else; `Чому?` is a question."""


def line_of_text(text: str, blank: frozenset[str] = PLACEHOLDERS) -> str:
    """Return a short text trimmed, with blanks folded; empty for one of `blank`, in folded case.

    This is the normal form of a text that no other program marked, such as Prom's. For a cell of the export
    see `core/product/cleaning.py`.
    """
    folded = folded_line(text)
    return "" if folded.casefold() in blank else folded


def letters_lost(text: str) -> bool:
    """Return whether a `?` is where a letter was lost."""
    return "?" in text and _LOST_LETTER.search(_ADDRESS.sub(" ", text)) is not None
