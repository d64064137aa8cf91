"""The export as YML, read as a stream: each offer is cut out as bytes and parsed only when it is asked for.

The columns of the synchronisation file are params (`<param name="GoodID">`) of every offer and win; what no
param says is taken from the elements of the YML norm. Source: docs/developers/torgsoft.md §9, §17 no. 1, 4.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from torgsync.core.product.cells import key_of, one_key
from torgsync.core.product.columns import (
    AVAILABLE_COLUMN,
    DISPLAY_COLUMN,
    KEY,
    LADDER,
    SITE_TEXT,
    SUM_COLUMN,
    ColumnNames,
    ExportRecord,
    folded,
    resolve,
    unit_column,
)
from torgsync.core.product.groups import NUMBER, PATH, SECTION
from torgsync.disk import open_file
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import refusals
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat, Guess, ReadSettings
from torgsync.files.catalog.encodings import UTF8, declared_encoding, find_encoding, known_encoding
from torgsync.files.catalog.file_kinds import LOOK, YML_ROOT, other_xml, root_of, start_of_text
from torgsync.files.catalog.headers import guesses_of_names
from torgsync.files.catalog.quotes import OfferQuotes, OfferSurvey, guesses_of_quotes
from torgsync.files.catalog.refusals import AGAIN, CORRECTED, listed
from torgsync.files.catalog.yml import markup
from torgsync.files.catalog.yml.categories import Category, read_categories, section_columns
from torgsync.files.catalog.yml.elements import Measured, joined
from torgsync.files.catalog.yml.offers import Offer, OfferCutter, parse_offer, unreadable
from torgsync.i18n import _, verbatim

_SPECIAL = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_TAG = re.compile(rb"""<([A-Za-z_][^\s/>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ID = re.compile(rb"""<offer(?=[\s])(?:[^>"']|"[^"]*"|'[^']*')*?\sid\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_KEY_PARAM = re.compile(
    rb"""<param(?:\s[^<>]*?)?\sname\s*=\s*["']GoodI[Dd]["'][^<>]*>([^<]*)<""", re.IGNORECASE
)
_FIRST_TAG = re.compile(r"<([^\s<>/!?]+)")
_LAST_TAG = re.compile(r"</([^\s<>]+)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.DOTALL)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


@dataclass(frozen=True, kw_only=True)
class YmlFile(CatalogFile):
    """One YML export.

    `names` maps the name of a param to its column, `mapped` are the columns that the sync object uses.
    `sections` are keyed by id. `start` is the offset of the
    first byte of XML, `line` the number of its line.

    An offer that does not say whether it is available has no cell `available` where there are quantities:
    they say it then. `has_display` is whether any offer has a `Display`; where none has, no cell says
    anything, although the file has the column.
    """

    kind: FileFormat = FileFormat.YML
    has_header: bool = True
    names: Mapping[str, str]
    mapped: Collection[str]
    sections: Mapping[str, Category]
    start: int
    line: int
    quotes: OfferQuotes
    has_display: bool

    @property
    def context(self) -> bytes:
        """The tree of categories, and how the bytes of an offer become texts."""
        tree = "\x1e".join("\x1f".join((identity, *category)) for identity, category in self.sections.items())
        quotes = "".join(name for name, ours in self.quotes._asdict().items() if ours)
        return f"{self.kind} {self.encoding} {quotes} {tree}".encode()

    def _all(self) -> Iterator[ExportRecord]:
        with self._unchanged(), open_file(self.path) as file:
            file.seek(self.start)
            yield from OfferCutter(self.path, file, self.line).offers()

    def good_id(self, record: ExportRecord) -> str:
        """Return the param `GoodID`, else the offer's id. An offer that says either plainly is not parsed.

        Params that name different keys are no key (`one_key` in `core/product/cells.py`).
        """
        plain = _SPECIAL.sub(b"&", record.raw) if b"<!" in record.raw else record.raw
        if not self._keys:
            return key_of(html.unescape(_identity(plain).decode(self.encoding)))
        keys = _KEY_PARAM.findall(plain)
        if len(keys) == 1 == len(self._keys) and (key := keys[0].strip()).isdigit():
            return str(key.decode())
        offer = self._offer(record)
        values = [offer.params[name].text for name in self._keys if name in offer.params]
        return one_key("|".join(values).split("|")) or key_of(offer.elements[KEY])

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """The names of the params that hold the key."""
        return tuple(name for name, column in self.names.items() if column == KEY)

    def _offer(self, record: ExportRecord) -> Offer:
        """Return what an offer says; where it cannot be read, the refusal lists all that cannot."""
        try:
            return parse_offer(self.path, record, self.encoding, self.quotes.undone, self.mapped)
        except ExportInvalid as refused:
            broken = _broken_offers(self.path, self.start, self.line, self.encoding)
            raise unreadable(self.path, broken or refused.mistakes) from refused

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of an offer, empty where it has none."""
        offer = self._offer(record)
        cells = dict.fromkeys(self.columns, "")
        own: dict[str, Measured] = {}
        for name, value in offer.params.items():
            if value.text:
                column = self.names.get(name, "")
                own[column] = joined([own[column], value]) if column in own else value
        texts = offer.elements | section_columns(self.sections, offer.elements.get(NUMBER, ""))
        if "Description" in self.names.values():
            texts[SITE_TEXT] = texts.pop("Description", "")
        for column in cells:
            cells[column] = own[column].text if column in own else texts.get(column, "")
        for column, value in own.items():
            if (unit := unit_column(column)) in cells:
                cells[unit] = value.unit
        if not offer.has_available and SUM_COLUMN in cells and AVAILABLE_COLUMN not in offer.params:
            cells.pop(AVAILABLE_COLUMN, None)
        if not self.has_display:
            cells.pop(DISPLAY_COLUMN, None)
        return cells


def open_yml(path: Path, given: ReadSettings = ReadSettings()) -> YmlFile:  # noqa: B008  # a value that never changes
    """Look at a whole YML export and return it ready to be read. Raises ExportInvalid."""
    try:
        size, modified_ns = refusals.stamp(path)
        with open_file(path) as file:
            return _look(path, file, given, size, modified_ns)
    except OSError as error:
        raise refusals.unreadable(path, error) from error


def _look(path: Path, file: BinaryIO, given: ReadSettings, size: int, modified_ns: int) -> YmlFile:
    beginning = file.read(LOOK)
    start = start_of_text(beginning)
    line = beginning[:start].count(b"\n") + 1
    encoding, guesses = _encoding(path, file, start, beginning, given)
    file.seek(start)
    cutter = OfferCutter(path, file, line)
    survey = _Survey(path, encoding, given)
    root = root_of(beginning)
    foreign = other_xml(path, root, beginning) if root not in {"", YML_ROOT} else None
    try:
        for record in cutter.offers():
            survey.add(record)
    except ExportInvalid as refused:
        raise (not survey.offers and foreign) or refused from None
    if not survey.offers and foreign:
        raise foreign
    sections, refused_outside = _sections(path, cutter, encoding)
    if survey.broken:
        broken = _broken_offers(path, start, line, encoding)
        raise unreadable(path, sorted([*broken, *(refused_outside.mistakes if refused_outside else ())]))
    if refused_outside:
        raise refused_outside
    if survey.keyless:
        raise ExportInvalid(
            _("offers of `{path}` have neither an id nor a param `GoodID`", path=path),
            **listed([Mistake(number, "offer", _("it has no id")) for number in survey.keyless]),
            hint=_(
                "let the program that writes the file give every offer its id, the same one in every export, "
                "and export once more"
            ),
        )
    if not survey.offers:
        raise refusals.empty(path)
    names, quotes = _resolve(survey, given), survey.quotes.quotes()
    return YmlFile(
        path=path,
        encoding=encoding,
        columns=_columns(survey, names, given),
        size=size,
        modified_ns=modified_ns,
        guesses=(*guesses, *guesses_of_names(path.name, names), *guesses_of_quotes(path.name, quotes)),
        names=dict(zip(survey.params, names.columns, strict=True)),
        mapped=given.mapped,
        sections=sections,
        start=start,
        line=line,
        quotes=quotes,
        has_display=DISPLAY_COLUMN in names.columns or DISPLAY_COLUMN in survey.elements,
    )


def _encoding(
    path: Path, file: BinaryIO, start: int, beginning: bytes, given: ReadSettings
) -> tuple[str, tuple[Guess, ...]]:
    """Return the encoding: as given, by the byte order mark, as declared, else by the letters."""
    forced = known_encoding(path, given.encoding)
    if forced is None and codecs.BOM_UTF8 in beginning[:start]:
        forced = UTF8
    declared = _DECLARED.match(beginning[start:])
    if forced or declared is None:
        encoding, because = find_encoding(path, file, start, forced, longest=None)
    else:
        encoding, because = declared_encoding(path, file, start, declared[1].decode())
    if forced:
        return encoding, ()
    return encoding, (Guess(Aspect.ENCODING, verbatim(encoding), because, "encoding", path.name),)


class _Survey:
    """The names in the offers as met; only an offer with a new tag is parsed: nearly all are alike."""

    def __init__(self, path: Path, encoding: str, given: ReadSettings) -> None:
        self._path = path
        self._encoding = encoding
        self._given = given
        self._met: set[tuple[bytes, bytes]] = set()
        self.offers = 0
        self.elements: dict[str, None] = {}
        self.params: dict[str, None] = {}
        self.measured: set[str] = set()
        self.available = False
        self.keyless: list[int] = []
        self.broken = False
        self.quotes = OfferSurvey()

    def add(self, record: ExportRecord) -> None:
        """Collect the names in an offer."""
        self.offers += 1
        plain = _SPECIAL.sub(b"", record.raw) if b"<!" in record.raw else record.raw
        tags = {tag if tag[0] != b"offer" else _attributes(tag[1]) for tag in _TAG.findall(plain)}
        known = tags <= self._met and _identity(plain).strip() and not markup.is_suspect(plain)
        if known and not self.quotes.needs_another():
            return
        try:
            offer = parse_offer(self._path, record, self._encoding, self.quotes.note, self._given.mapped)
        except ExportInvalid:  # all of them are listed when the file was read to its end
            self.broken = True
            return
        self._met |= tags
        self.elements |= dict.fromkeys(offer.elements)
        self.params |= dict.fromkeys(offer.params)
        self.measured.update(name for name, value in offer.params.items() if value.unit)
        self.available |= offer.has_available
        columns = resolve(list(offer.params), self._given.names, self._given.mapped).columns
        values = zip(columns, offer.params.values(), strict=True)
        keys = (value.text for column, value in values if column == KEY)
        if not offer.elements[KEY].strip() and not any(map(str.strip, keys)):
            self.keyless.append(record.line)


def _identity(offer: bytes) -> bytes:
    """Return the raw attribute `id` of an offer, empty where there is none."""
    match = _ID.match(offer)
    return (match[1] or match[2] or b"") if match else b""


def _attributes(text: bytes) -> tuple[bytes, bytes]:
    """Return which attributes an offer has, whatever their values."""
    names = re.sub(rb"""\s*=\s*("[^"]*"|'[^']*')""", b"", text)
    return b"offer", b" ".join(names.split())


def _resolve(survey: _Survey, given: ReadSettings) -> ColumnNames:
    """Return the columns of the params; names that differ by case or blanks alone are one column.

    It is spelt as the sync object spells it, else as in the first offer.
    """
    spelt = {folded(column): column for column in given.mapped}
    first: dict[str, str] = {}
    for name in survey.params:
        first.setdefault(folded(name), spelt.get(folded(name), name))
    names = resolve(list(first.values()), given.names, given.mapped)
    meant = dict(zip(first, (spelt.get(folded(column), column) for column in names.columns), strict=True))
    places = {name: place for place, name in reversed([*enumerate(map(folded, survey.params))])}
    spelling = [*first]
    repeated = tuple((places[spelling[one]], places[spelling[other]]) for one, other in names.repeated)
    return ColumnNames(tuple(meant[folded(name)] for name in survey.params), names.aliases, repeated)


def _columns(survey: _Survey, names: ColumnNames, given: ReadSettings) -> tuple[str, ...]:
    columns = {KEY: None} | dict.fromkeys(names.columns)
    units = [
        unit_column(column)
        for name, column in zip(survey.params, names.columns, strict=True)
        if name in survey.measured
    ]
    columns |= dict.fromkeys(units)
    taken = {name.casefold() for name in columns}
    for name in survey.elements:
        column = SITE_TEXT if name == "Description" and name in names.columns else name
        if column.casefold() not in taken:
            columns[column] = None
            taken.add(column.casefold())
    if NUMBER in survey.elements:
        columns |= dict.fromkeys(name for name in (PATH, SECTION) if name not in columns)
    if survey.available and SUM_COLUMN not in columns:
        # Earlier versions read `available` as `Display` here: a column that kept goods out may not be lost.
        columns[DISPLAY_COLUMN] = None
    if LADDER in given.mapped:  # where no offer has wholesale prices any more, there are none
        columns.setdefault(LADDER)
    return tuple(name for name in columns if name)


def _broken_offers(path: Path, start: int, line: int, encoding: str) -> list[Mistake]:
    """Return what is wrong with the offers that cannot be read, in their order."""
    mistakes: list[Mistake] = []
    with suppress(OSError, ExportInvalid), open_file(path) as file:
        file.seek(start)
        for record in OfferCutter(path, file, line).offers():
            try:
                parse_offer(path, record, encoding, OfferQuotes().undone)
            except ExportInvalid as refused:
                mistakes += refused.mistakes
    return mistakes


def _sections(
    path: Path, cutter: OfferCutter, encoding: str
) -> tuple[dict[str, Category], ExportInvalid | None]:
    """Return the categories, and what is wrong where the text outside the offers is no sound XML.

    Raises ExportInvalid where the file is cut off.
    """
    whole = text = ""
    try:
        whole = cutter.outside.translate(None, markup.CONTROL_BYTES).decode(encoding)
        text = re.sub(r"^<\?xml.*?\?>", "", whole.lstrip(), count=1, flags=re.DOTALL).lstrip()
        root = markup.parse(text)
    except (etree.XMLSyntaxError, ValueError) as error:
        first, last = _FIRST_TAG.search(text), _LAST_TAG.search(text)
        if not first or not last or first[1] != last[1]:
            what = _("`{path}` is cut off, or it is a damaged YML file", path=path)
            raise ExportInvalid(what, hint=AGAIN) from error
        line = whole.count("\n") - text.count("\n") + (getattr(error, "lineno", 0) or 1)
        mistake = Mistake(cutter.line_outside(line), "", markup.fault(error))
        hint = markup.cure([mistake], CORRECTED)
        what = _("`{path}` is a damaged YML file", path=path)
        return {}, ExportInvalid(what, mistakes=(mistake,), hint=hint)
    return read_categories(root), None
