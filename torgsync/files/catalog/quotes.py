"""Whether the texts of an export still have the quotation marks of a CSV around them (torgsoft §9).

One text in quotation marks may be a title: `"Кобзар"`. Only where all texts of a file have them, they are the
file's own and no part of any text.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple, TypeVar

from torgsync.core.product.cleaning import without_quotes
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, Guess
from torgsync.i18n import Message, _

_ROWS = 100
"""Rows or offers without any quoted text after which none is expected."""
_NO_TEXTS = frozenset(
    {"available", "categoryId", "currencyId", "delivery", "picture", "pickup", "store", "url"}
)
"""Elements of an offer that never had the quotation marks of a CSV."""

_TEXTS = _("every text of the file has quotation marks around it")
_IN_PARAMS = _("every text in a param of the file has quotation marks around it")
_IN_ELEMENTS = _("every text in an element of the file has quotation marks around it")

File = TypeVar("File", bound=CatalogFile)


class QuoteSurvey:
    """The texts of a file, as far as they are needed to say whether all of them are quoted."""

    def __init__(self) -> None:
        self.disproved = False
        self._columns: set[str] = set()
        self._doubled = False

    def add(self, column: str, text: str) -> None:
        """Take the text of a column into account; what holds no letter needs no quotes."""
        if self.disproved:
            return
        if (inner := without_quotes(text)) is not text:
            self._columns.add(column)
            self._doubled |= '"' in inner
        elif any(map(str.isalpha, text)):
            self.disproved = True

    @property
    def met(self) -> bool:
        """Whether a quoted text was met."""
        return bool(self._columns)

    @property
    def throughout(self) -> bool:
        """Whether all texts are quoted, with a sign that this is the file's doing.

        One column alone may hold titles, unless quotes inside them are doubled.
        """
        return not self.disproved and (len(self._columns) > 1 or self._doubled)


def _guess(file: str, because: Message) -> Guess:
    return Guess(Aspect.QUOTES, _("those of a CSV, not a part of the texts"), because, "", file)


def with_quotes(file: File) -> File:
    """Return a file of rows that knows whether the quotation marks around its texts are its own.

    The first unquoted text says that they are not: of nearly every file one row is read. A file that cannot
    be trusted is returned as it is; reading it will say why.
    """
    survey = QuoteSurvey()
    with suppress(ExportInvalid):
        for number, record in enumerate(file.records(), start=1):
            for column, text in file.cells(record).items():
                survey.add(column, text)
            if survey.disproved or (number > _ROWS and not survey.met):
                break
        if survey.throughout:
            return replace(file, quoted=True, guesses=(*file.guesses, _guess(file.path.name, _TEXTS)))
    return file


class OfferQuotes(NamedTuple):
    """Whether the quotation marks around params, and around other elements of offers, are the file's."""

    params: bool = False
    elements: bool = False

    def undone(self, tag: str, _name: str, text: str) -> str:
        """Return the text of an element of an offer without those that are."""
        return without_quotes(text) if (self.params if tag == "param" else self.elements) else text


def guesses_of_quotes(file: str, quotes: OfferQuotes) -> tuple[Guess, ...]:
    """Return the guesses that the quotation marks around texts of a YML file are no part of them."""
    texts = {_IN_PARAMS: quotes.params, _IN_ELEMENTS: quotes.elements}
    return tuple(_guess(file, because) for because, ours in texts.items() if ours)


class OfferSurvey:
    """The texts of a YML file, as far as they are needed to find its `OfferQuotes`."""

    def __init__(self) -> None:
        self._params, self._elements = QuoteSurvey(), QuoteSurvey()
        self._offers = 0

    def note(self, tag: str, name: str, text: str) -> str:
        """Take the text of an element of an offer into account, and return it as it is."""
        if tag == "param":
            self._params.add(name, text)
        elif tag not in _NO_TEXTS:
            self._elements.add(tag, text)
        return text

    def needs_another(self) -> bool:
        """Return whether the next offer may say more, and count it."""
        self._offers += 1
        surveys = (self._params, self._elements)
        for survey in surveys:
            survey.disproved |= self._offers > _ROWS and not survey.met
        return not all(survey.disproved for survey in surveys)

    def quotes(self) -> OfferQuotes:
        """Return what the offers say together."""
        return OfferQuotes(self._params.throughout, self._elements.throughout)
