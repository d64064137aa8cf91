"""The export as YML, read as a stream: each offer is cut out as bytes and parsed only when it is asked for.

The columns of the synchronisation file are params (`<param name="GoodID">`) of every offer and win; what no
param says is taken from the elements of the YML norm. Source: docs/developers/torgsoft.md §9, §17 no. 1, 4.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lxml import etree

from torgsync.core.product.cells import key_of
from torgsync.core.product.columns import (
    AVAILABLE_COLUMN,
    DISPLAY_COLUMN,
    KEY,
    SUM_COLUMN,
    ColumnNames,
    ExportRecord,
    resolve,
)
from torgsync.core.product.groups import NUMBER, PATH, SECTION
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import refusals
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat, Guess, ReadSettings
from torgsync.files.catalog.encodings import CP1251, UTF8, find_encoding, is_surely_utf8, known_encoding
from torgsync.files.catalog.layouts import guesses_of_names
from torgsync.files.catalog.refusals import AGAIN, LISTED
from torgsync.files.catalog.yml_offers import CONTROL_BYTES, OfferCutter, parse_offer, xml_parser

LOOK = 4096
"""How many bytes of a file are enough to see how it begins."""
_BLANK = bytes(range(0x21))  # control bytes may precede the XML (torgsoft §2.2)
_SPECIAL = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_TAG = re.compile(rb"""<([A-Za-z_][^\s/>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ID = re.compile(rb"""<offer(?=[\s])(?:[^>"']|"[^"]*"|'[^']*')*?\sid\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_KEY_PARAM = re.compile(
    rb"""<param(?:\s[^<>]*?)?\sname\s*=\s*["']GoodI[Dd]["'][^<>]*>([^<&]*)</param""", re.IGNORECASE
)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

_WEB_PAGE = re.compile(rb"<html[\s>]", re.IGNORECASE)

SITE_TEXT = "offer_description"
"""The text of `<description>` where a param is named `Description`: that one is a part of the good's name."""


class Category(NamedTuple):
    """A category of the file: its parent's id, empty at the root, and its name."""

    parent: str
    name: str


@dataclass(frozen=True, kw_only=True)
class YmlFile(CatalogFile):
    """One YML export.

    `names` maps the name of a param to its column. `sections` are keyed by id. `start` is the offset of the
    first byte of XML, `line` the number of its line.

    An offer that does not say whether it is available has no cell `available` where there are quantities:
    they say it then.
    """

    kind: FileFormat = FileFormat.YML
    has_header: bool = True
    names: Mapping[str, str]
    sections: Mapping[str, Category]
    start: int
    line: int

    @property
    def context(self) -> bytes:
        """The tree of categories, and how the bytes of an offer become texts."""
        tree = "\x1e".join("\x1f".join((number, *category)) for number, category in self.sections.items())
        return f"{self.kind} {self.encoding} {tree}".encode()

    def _all(self) -> Iterator[ExportRecord]:
        with self._unchanged(), self.path.open("rb") as file:
            file.seek(self.start)
            yield from OfferCutter(self.path, file, self.line).offers()

    def good_id(self, record: ExportRecord) -> str:
        """Return the param `GoodID`, else the offer's id. An offer that says either plainly is not parsed."""
        plain = _SPECIAL.sub(b"&", record.raw) if b"<!" in record.raw else record.raw
        if KEY not in self.names.values():
            return key_of(html.unescape(_identity(plain).decode(self.encoding)))
        found = _KEY_PARAM.findall(plain)
        if len(found) == 1 and (key := found[0].strip()).isdigit():
            return str(key.decode())
        return super().good_id(record)

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of an offer, empty where it has none."""
        offer = parse_offer(self.path, record, self.encoding)
        found = dict.fromkeys(self.columns, "")
        own: dict[str, str] = {}
        for name, text in offer.params.items():
            if text:
                own.setdefault(self.names.get(name, ""), text)
        texts = offer.elements | _section(self.sections, offer.elements.get(NUMBER, ""))
        if "Description" in self.names.values():
            texts[SITE_TEXT] = texts.pop("Description", "")
        for column in found:
            found[column] = own.get(column) or texts.get(column, "")
        if not offer.has_available and SUM_COLUMN in found and AVAILABLE_COLUMN not in offer.params:
            found.pop(AVAILABLE_COLUMN, None)
        return found


def start_of_text(beginning: bytes) -> int:
    """Return the offset of the first byte that is no byte order mark, no blank and no control byte."""
    return len(beginning) - len(beginning.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK))


def open_yml(path: Path, given: ReadSettings = ReadSettings()) -> YmlFile:  # noqa: B008  # a value that never changes
    """Look at a whole YML export and return it ready to be read. Raises ExportInvalid."""
    try:
        size, modified_ns = refusals.stamp(path)
        with path.open("rb") as file:
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
    for record in cutter.offers():
        survey.add(record)
    if not survey.offers and _WEB_PAGE.search(cutter.outside):
        raise ExportInvalid(f"`{path}` is a web page, not an export", hint=AGAIN)
    sections = _sections(path, bytes(cutter.outside), encoding)
    if survey.keyless:
        raise ExportInvalid(
            f"offers of `{path}` have neither an id nor a param `{KEY}`",
            mistakes=tuple(Mistake(number, "offer", "it has no id") for number in survey.keyless[:LISTED]),
            hint=AGAIN,
        )
    if not survey.offers:
        raise refusals.empty(path)
    names = _resolve(survey, given)
    return YmlFile(
        path=path,
        encoding=encoding,
        columns=_columns(survey, names),
        size=size,
        modified_ns=modified_ns,
        guesses=(*guesses, *guesses_of_names(path.name, names)),
        names=dict(zip(survey.params, names.columns, strict=True)),
        sections=sections,
        start=start,
        line=line,
    )


def _encoding(
    path: Path, file: BinaryIO, start: int, beginning: bytes, given: ReadSettings
) -> tuple[str, tuple[Guess, ...]]:
    """Return the encoding: as given, by the byte order mark, as declared, else by the letters.

    A declaration is not believed against letters that can only be UTF-8: a program that converts a file often
    leaves it as it was.
    """
    forced = known_encoding(path, given.encoding)
    if forced is None and beginning.startswith(codecs.BOM_UTF8):
        forced = UTF8
    declared = _DECLARED.match(beginning[start:])
    if forced or declared is None:
        encoding, because = find_encoding(path, file, start, forced, longest=None)
    else:
        name, because = known_encoding(path, declared[1].decode()), "the file declares it"
        if name == CP1251 and is_surely_utf8(path, file, start):
            name, because = UTF8, "its letters are UTF-8, although the file declares another encoding"
        encoding, _ = find_encoding(path, file, start, name, longest=None)
    if forced:
        return encoding, ()
    return encoding, (Guess(Aspect.ENCODING, encoding, because, "encoding", path.name),)


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
        self.available = False
        self.keyless: list[int] = []

    def add(self, record: ExportRecord) -> None:
        """Collect the names in an offer."""
        self.offers += 1
        plain = _SPECIAL.sub(b"", record.raw) if b"<!" in record.raw else record.raw
        tags = {tag if tag[0] != b"offer" else _attributes(tag[1]) for tag in _TAG.findall(plain)}
        if tags <= self._met and _identity(plain).strip():
            return
        offer = parse_offer(self._path, record, self._encoding)
        self._met |= tags
        self.elements |= dict.fromkeys(offer.elements)
        self.params |= dict.fromkeys(offer.params)
        self.available |= offer.has_available
        columns = resolve(list(offer.params), self._given.names, self._given.mapped).columns
        keys = (text for column, text in zip(columns, offer.params.values(), strict=True) if column == KEY)
        if not offer.elements[KEY].strip() and not any(map(str.strip, keys)):
            self.keyless.append(record.line)


def _identity(offer: bytes) -> bytes:
    """Return the raw attribute `id` of an offer, empty where there is none."""
    found = _ID.match(offer)
    return (found[1] or found[2] or b"") if found else b""


def _attributes(text: bytes) -> tuple[bytes, bytes]:
    """Return which attributes an offer has, whatever their values."""
    names = re.sub(rb"""\s*=\s*("[^"]*"|'[^']*')""", b"", text)
    return b"offer", b" ".join(names.split())


def _resolve(survey: _Survey, given: ReadSettings) -> ColumnNames:
    """Return the columns of the params; names that differ by case alone are one column."""
    params = [name.strip() for name in survey.params]
    names = resolve(params, given.names, given.mapped)
    first: dict[str, str] = {}
    columns = tuple(first.setdefault(column.casefold(), column) for column in names.columns)
    return ColumnNames(columns, names.aliases)


def _columns(survey: _Survey, names: ColumnNames) -> tuple[str, ...]:
    found = {KEY: None} | dict.fromkeys(names.columns)
    taken = {name.casefold() for name in found}
    for name in survey.elements:
        column = SITE_TEXT if name == "Description" and name in names.columns else name
        if column.casefold() not in taken:
            found[column] = None
            taken.add(column.casefold())
    if NUMBER in survey.elements:
        found |= dict.fromkeys(name for name in (PATH, SECTION) if name not in found)
    if survey.available and SUM_COLUMN not in found:
        # Earlier versions read `available` as `Display` here: a column that kept goods out may not be lost.
        found[DISPLAY_COLUMN] = None
    return tuple(name for name in found if name)


def _section(sections: Mapping[str, Category], identity: str) -> dict[str, str]:
    """Return the columns of an offer's category and its path from the root."""
    path: dict[str, str] = {}
    step = identity
    while step in sections and step not in path:
        path[step] = sections[step].name
        step = sections[step].parent
    if not path:
        return {}
    items = [f"{number}={name}" for number, name in reversed(path.items())]
    return {PATH: "|".join(items), SECTION: path[identity]}


def _sections(path: Path, outside: bytes, encoding: str) -> dict[str, Category]:
    """Return the categories. Raises ExportInvalid where what is outside the offers is no sound YML."""
    try:
        text = outside.translate(None, CONTROL_BYTES).decode(encoding)
        text = re.sub(r"^<\?xml.*?\?>", "", text.lstrip(), count=1, flags=re.DOTALL)
        root = etree.fromstring(text.lstrip(), xml_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ExportInvalid(f"`{path}` is cut off or is no sound YML file", hint=AGAIN) from error
    found: dict[str, Category] = {}
    for category in root.iterfind(".//category"):
        identity = str(category.get("id", "")).strip()
        if identity:
            name = " ".join("".join(category.itertext(with_tail=False)).replace("|", "/").split())
            found.setdefault(identity, Category(str(category.get("parentId", "")).strip(), name))
    return found
