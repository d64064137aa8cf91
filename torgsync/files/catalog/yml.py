"""The export as YML, read as a stream: each offer is cut out as bytes and parsed only when it is asked for.

The columns of the synchronisation file stand in every offer as `<param name="GoodID">` and win; what no
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

from torgsync.core.product.cells import key_of, number
from torgsync.core.product.columns import (
    CENTERS_COLUMN,
    DISPLAY_COLUMN,
    KEY,
    PICTURE,
    SUM_COLUMN,
    ColumnNames,
    ExportRecord,
    canonical,
    resolve,
)
from torgsync.core.product.groups import MODEL, NUMBER, PATH, SECTION
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import refusals
from torgsync.files.catalog.encodings import CP1251, UTF8, find_encoding, is_surely_utf8, known_encoding
from torgsync.files.catalog.guesses import Aspect, Guess, Kind, Told
from torgsync.files.catalog.layouts import guesses_of_names
from torgsync.files.catalog.refusals import AGAIN, LISTED
from torgsync.files.catalog.rows import LONGEST, RowFilter, filtered_rows

_CHUNK = 1024 * 1024
LOOK = 4096
"""How many bytes of a file are enough to see how it begins."""
_BLANK = bytes(range(0x21))  # control bytes may stand before the XML (torgsoft §2.2)
_MARK_LENGTH = 16  # bytes that a mark may reach over the end of what was read

_MARK = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(?P<end>/)?offer(?=[\s/>]))")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*?(?P<empty>/?)>""")
_SPECIAL = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_TAG = re.compile(rb"""<([A-Za-z_][^\s/>]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ID = re.compile(rb"""<offer(?=[\s])(?:[^>"']|"[^"]*"|'[^']*')*?\sid\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_KEY_PARAM = re.compile(
    rb"""<param(?:\s[^<>]*?)?\sname\s*=\s*["']GoodI[Dd]["'][^<>]*>([^<&]*)</param""", re.IGNORECASE
)
_CONTROL = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})  # no XML carries them; programs write them
_CSV_TEXT = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')
_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

_WEB_PAGE = re.compile(rb"<html[\s>]", re.IGNORECASE)

_ELEMENTS = {
    "name": "GoodName",
    "description": "Description",
    "vendorCode": "Articul",
    "barcode": "Barcode",
    "vendor": "PCName",
    "country": "Country",
    "country_of_origin": "Country",
    "quantity_in_stock": SUM_COLUMN,
    "stock_quantity": SUM_COLUMN,
    "groupId": MODEL,
    "group_id": MODEL,
}
"""Which column an element of the norm stands for; the rest of them are columns of their own name."""

SITE_TEXT = "offer_description"
"""The text of `<description>` where a param is named `Description`: that one is a part of the good's name."""

_PRICE, _SALE = "RetailPrice", "RetailPriceWithDiscount"

_READ_AS = {tag.casefold(): column for tag, column in _ELEMENTS.items()} | {
    "price": _PRICE,
    "oldprice": _PRICE,
    "model": "GoodName",
    "typeprefix": "GoodName",
    "categoryid": PATH,
}


def column_of(element: str) -> str:
    """Return the column as which an element of the norm is read, empty where it keeps its own name."""
    return _READ_AS.get(element.strip().casefold(), "")


class Section(NamedTuple):
    """A category of the file: its parent's id, empty at the root, and its name."""

    parent: str
    name: str


class Offer(NamedTuple):
    """One offer as it stands: standard columns from its elements, and its params by their own names.

    Several values of one param are joined by `|`. `available` is `true`, `false` or empty.
    """

    elements: dict[str, str]
    params: dict[str, str]
    available: str


@dataclass(frozen=True)
class YmlFile:
    """One YML export that was looked at and can be read; see `CatalogFile`.

    `names` leads the name of a param to its column. `sections` are keyed by id. `start` is the offset of the
    first byte of XML, `line` the number of its line.

    An offer that is not available has nothing in stock, whatever number it carries. In a file without any
    quantity, `available` becomes `Display` instead: how many there are is not known.
    """

    path: Path
    encoding: str
    columns: tuple[str, ...]
    size: int
    modified_ns: int
    guesses: tuple[Guess, ...]
    names: Mapping[str, str]
    sections: Mapping[str, Section]
    start: int
    line: int

    @property
    def kind(self) -> Kind:
        """The format."""
        return Kind.YML

    @property
    def has_header(self) -> bool:
        """Every value stands beside its name."""
        return True

    @property
    def context(self) -> bytes:
        """The tree of categories, and how the bytes of an offer become texts."""
        tree = "\x1e".join(
            f"{number}\x1f{parent}\x1f{name}" for number, (parent, name) in self.sections.items()
        )
        return f"{self.kind} {self.encoding} {tree}".encode()

    def file_of(self, record: ExportRecord) -> str:  # noqa: ARG002  # all records come from the one file
        """Return the name of the file in which the record stands."""
        return self.path.name

    def records(self, row_filter: RowFilter | None = None) -> Iterator[ExportRecord]:
        """Yield the goods as `_all` does, each with its hash; rows that `row_filter` knows are skipped."""
        return filtered_rows(self._all(), row_filter)

    def _all(self) -> Iterator[ExportRecord]:
        """Yield the offers in file order, each as its first line and its bytes.

        Raises ExportInvalid, at the latest at the end, where the file is cut or changed while it was read.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                yield from _Cutter(self.path, file, self.line).offers()
            unchanged = refusals.stamp(self.path) == (self.size, self.modified_ns)
        except OSError as error:
            raise refusals.unreadable(self.path, error) from error
        if not unchanged:
            raise refusals.changed(self.path)

    def good_id(self, record: ExportRecord) -> str:
        """Return the param `GoodID`, else the offer's id. An offer that says either plainly is not parsed."""
        plain = _SPECIAL.sub(b"&", record.raw) if b"<!" in record.raw else record.raw
        if KEY not in self.names.values():
            return key_of(html.unescape(_identity(plain).decode(self.encoding)))
        found = _KEY_PARAM.findall(plain)
        if len(found) == 1 and (key := found[0].strip()).isdigit():
            return str(key.decode())
        return key_of(self.cells(record).get(KEY, ""))

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of an offer, keyed by column; empty where the offer does not speak of one.

        Raises ExportInvalid where the offer is no sound XML.
        """
        offer = _parse(self.path, record, self.encoding)
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
        if offer.available == "false" and SUM_COLUMN in found:
            found |= {SUM_COLUMN: "0"} | ({CENTERS_COLUMN: ""} if CENTERS_COLUMN in found else {})
        elif offer.available and not found.get(DISPLAY_COLUMN, "0") and SUM_COLUMN not in found:
            found[DISPLAY_COLUMN] = "0" if offer.available == "false" else "1"
        return found


def start_of_text(beginning: bytes) -> int:
    """Return where the first byte stands that is no byte order mark, no blank and no control byte."""
    return len(beginning) - len(beginning.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK))


def open_yml(path: Path, told: Told = Told()) -> YmlFile:  # noqa: B008  # a value that never changes
    """Look at a YML export and return it ready to be read.

    The whole file is read: for its encoding, for its end, for offers without a key and for all names that
    stand in them. Raises ExportInvalid.
    """
    try:
        size, modified_ns = refusals.stamp(path)
        with path.open("rb") as file:
            return _look(path, file, told, size, modified_ns)
    except OSError as error:
        raise refusals.unreadable(path, error) from error


def _look(path: Path, file: BinaryIO, told: Told, size: int, modified_ns: int) -> YmlFile:
    beginning = file.read(LOOK)
    start = start_of_text(beginning)
    line = beginning[:start].count(b"\n") + 1
    encoding, guesses = _encoding(path, file, start, beginning, told)
    file.seek(start)
    cutter = _Cutter(path, file, line)
    survey = _Survey(path, encoding, told)
    for record in cutter.offers():
        survey.add(record)
    if not survey.offers and _WEB_PAGE.search(cutter.outside):
        raise refusals.web_page(path)
    sections = _sections(path, bytes(cutter.outside), encoding)
    if survey.keyless:
        raise ExportInvalid(
            f"offers of `{path}` have neither an id nor a param `{KEY}`",
            mistakes=tuple(Mistake(number, "offer", "it has no id") for number in survey.keyless[:LISTED]),
            hint=AGAIN,
        )
    if not survey.offers:
        raise refusals.empty(path)
    names = _resolve(survey, told)
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
    path: Path, file: BinaryIO, start: int, beginning: bytes, told: Told
) -> tuple[str, tuple[Guess, ...]]:
    """Return the encoding: as told, by the byte order mark, as declared, else by the letters.

    A declaration is not believed against letters that can only be UTF-8: a program that converts a file often
    leaves it as it was.
    """
    forced = known_encoding(path, told.encoding)
    if forced is None and beginning.startswith(codecs.BOM_UTF8):
        forced = UTF8
    declared = _DECLARED.match(beginning[start:])
    if forced or declared is None:
        found = find_encoding(path, file, start, forced, longest=None)
        because = found.because
    else:
        said = known_encoding(path, declared[1].decode())
        if said == CP1251 and is_surely_utf8(path, file, start):
            said, because = UTF8, "its letters are UTF-8, although the file declares another encoding"
        else:
            because = "the file declares it"
        found = find_encoding(path, file, start, said, longest=None)
    if forced:
        return found.name, ()
    return found.name, (Guess(Aspect.ENCODING, found.name, because, "encoding", path.name),)


class _Cutter:
    """Cuts a file into offers, and keeps what stands outside of them.

    Comments, CDATA and quoted attributes are stepped over: an `</offer>` inside a text ends nothing.
    """

    def __init__(self, path: Path, file: BinaryIO, line: int) -> None:
        self._path = path
        self._file = file
        self._buffer = b""
        self._at = 0  # what stands before has been dealt with
        self._line = line  # of the byte at that place
        self.outside = bytearray()

    def offers(self) -> Iterator[ExportRecord]:
        """Yield the offers. Raises ExportInvalid where one of them does not end."""
        at = 0
        while row_hash := self._mark(at):
            if row_hash[0] in _CLOSED_BY:
                at = self._behind(row_hash.end(), _CLOSED_BY[row_hash[0]])
                continue
            if row_hash["end"]:
                raise self._refusal(row_hash.start(), "an offer ends here that has not begun")
            self._leave(row_hash.start())
            end = self._offer(row_hash.end())
            yield ExportRecord(self._line, self._buffer[self._at : end])
            self._advance(end)
            if self._at > _CHUNK:
                self._buffer = self._buffer[self._at :]
                self._at = 0
            at = self._at
        self._leave(len(self._buffer))

    def _offer(self, at: int) -> int:
        """Return where the offer ends whose tag goes on at `at`."""
        while not (tag := _TAG_END.match(self._buffer, at)):
            if not self._more():
                raise self._refusal(self._at, "this offer has no end")
        at = tag.end()
        if tag["empty"]:
            return at
        while row_hash := self._mark(at):
            if row_hash[0] in _CLOSED_BY:
                at = self._behind(row_hash.end(), _CLOSED_BY[row_hash[0]])
            elif row_hash["end"]:
                return self._behind(row_hash.end(), b">")
            else:
                raise self._refusal(row_hash.start(), "an offer begins here before the one above has ended")
        raise self._refusal(self._at, "this offer has no end")

    def _mark(self, at: int) -> re.Match[bytes] | None:
        """Return the next mark from `at` on, reading as far as it takes; None at the end of the file."""
        while not (found := _MARK.search(self._buffer, at)):
            at = max(at, len(self._buffer) - _MARK_LENGTH)
            if not self._more():
                return None
        return found

    def _behind(self, at: int, row_hash: bytes) -> int:
        """Return the place behind the next `row_hash`."""
        start = at
        while (found := self._buffer.find(row_hash, at)) < 0:
            at = max(start, len(self._buffer) - len(row_hash))
            if not self._more():
                raise self._refusal(start, f"`{row_hash.decode()}` is missing")
        return found + len(row_hash)

    def _more(self) -> bool:
        """Read on. Raises ExportInvalid where an offer grows past every measure."""
        if len(self._buffer) - self._at > LONGEST:
            raise self._refusal(self._at, "what begins here does not end")
        chunk = self._file.read(_CHUNK)
        self._buffer += chunk
        return bool(chunk)

    def _leave(self, end: int) -> None:
        """Keep the bytes up to `end` as standing outside."""
        gap = self._buffer[self._at : end]
        self.outside += gap if gap.strip() else b""
        if len(self.outside) > LONGEST:
            raise self._refusal(self._at, "too much stands beside the offers")
        self._advance(end)

    def _advance(self, end: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, end)
        self._at = end

    def _refusal(self, at: int, what: str) -> ExportInvalid:
        line = self._line + self._buffer.count(b"\n", self._at, at)
        return ExportInvalid(
            f"`{self._path}` is cut off or damaged", mistakes=(Mistake(line, "", what),), hint=AGAIN
        )


class _Survey:
    """The names that stand in the offers, in the order in which they are met.

    An offer is parsed only where it holds a tag that was not met before: nearly all hold the same ones.
    """

    def __init__(self, path: Path, encoding: str, told: Told) -> None:
        self._path = path
        self._encoding = encoding
        self._told = told
        self._met: set[tuple[bytes, bytes]] = set()
        self.offers = 0
        self.elements: dict[str, None] = {}
        self.params: dict[str, None] = {}
        self.available = False
        self.keyless: list[int] = []

    def add(self, record: ExportRecord) -> None:
        """Learn what stands in an offer."""
        self.offers += 1
        plain = _SPECIAL.sub(b"", record.raw) if b"<!" in record.raw else record.raw
        tags = {tag if tag[0] != b"offer" else _attributes(tag[1]) for tag in _TAG.findall(plain)}
        if tags <= self._met and _identity(plain).strip():
            return
        offer = _parse(self._path, record, self._encoding)
        self._met |= tags
        self.elements |= dict.fromkeys(offer.elements)
        self.params |= dict.fromkeys(offer.params)
        self.available |= bool(offer.available)
        columns = resolve(list(offer.params), self._told.names, self._told.led).columns
        keys = (text for column, text in zip(columns, offer.params.values(), strict=True) if column == KEY)
        if not offer.elements[KEY].strip() and not any(map(str.strip, keys)):
            self.keyless.append(record.line)


def _identity(offer: bytes) -> bytes:
    """Return the attribute `id` of an offer as it stands, empty where there is none."""
    found = _ID.match(offer)
    return (found[1] or found[2] or b"") if found else b""


def _attributes(text: bytes) -> tuple[bytes, bytes]:
    """Return which attributes an offer has, whatever their values."""
    names = re.sub(rb"""\s*=\s*("[^"]*"|'[^']*')""", b"", text)
    return b"offer", b" ".join(names.split())


def _resolve(survey: _Survey, told: Told) -> ColumnNames:
    """Return the columns of the params; names that differ by case alone are one column."""
    given = [name.strip() for name in survey.params]
    names = resolve(given, told.names, told.led)
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
        found[DISPLAY_COLUMN] = None
    return tuple(name for name in found if name)


def _parser() -> etree.XMLParser[etree._Element]:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _parse(path: Path, record: ExportRecord, encoding: str) -> Offer:
    """Return what an offer says. Raises ExportInvalid with its line."""
    try:
        text = record.raw.translate(None, _CONTROL).decode(encoding)
        root = etree.fromstring(text, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        what = re.sub(r", line \d+, column \d+.*", "", str(error).partition("\n")[0])
        what = "a bare `&` stands in it, which XML writes as `&amp;`" if "EntityRef" in what else what
        raise ExportInvalid(
            f"an offer of `{path}` cannot be read",
            mistakes=(Mistake(record.line, "offer", what),),
            hint=AGAIN,
        ) from error
    said: dict[str, list[str]] = {}
    params: dict[str, list[str]] = {}
    for child in root.iterchildren("*"):
        value = _unquoted(_inside(child))
        if child.tag == "param":
            params.setdefault(str(child.get("name", "")).strip(), []).append(value)
        else:
            said.setdefault(str(child.tag), []).append(value)
    available = str(root.get("available") or said.get("available", [""])[0]).strip().casefold()
    if available:
        said["available"] = [available]
    if group := root.get("group_id"):
        said.setdefault("group_id", [str(group)])
    return Offer(
        {**_elements(said), KEY: str(root.get("id", ""))},
        {name: "|".join(dict.fromkeys(filter(None, values))) for name, values in params.items() if name},
        available,
    )


def _inside(element: etree._Element) -> str:
    """Return the text of an element; where HTML stands in it as elements, with its tags."""
    inner = (etree.tostring(part, encoding="unicode") for part in element)
    return (element.text or "") + "".join(inner)


def _unquoted(text: str) -> str:
    """Return a value without the quotation marks that the CSV left around it (torgsoft §9)."""
    found = _CSV_TEXT.fullmatch(text.strip())
    return found[1].replace('""', '"') if found else text


def _elements(said: dict[str, list[str]]) -> dict[str, str]:
    """Return the columns that the elements of the norm make."""
    found: dict[str, str] = {}
    for tag, values in said.items():
        if tag not in {"price", "oldprice", "picture", "categoryId", "typePrefix", "model"}:
            column = _ELEMENTS.get(tag) or canonical(tag)
            found.setdefault(column, values[0])
    if "GoodName" not in found:
        parts = [said.get(tag, [""])[0].strip() for tag in ("typePrefix", "vendor", "model")]
        composed = " ".join(filter(None, parts)) if "model" in said else ""
        if composed or "name_ua" in found:
            found["GoodName"] = composed or found["name_ua"]
    if "picture" in said:
        found[PICTURE] = "\n".join(filter(None, (value.strip() for value in said["picture"])))
    if "categoryId" in said:
        found[NUMBER] = said["categoryId"][0].strip()
    if "price" in said:
        price = said["price"][0].strip()
        old = said.get("oldprice", [""])[0].strip()
        found[_PRICE] = old if _is_less(price, old) else price
        found[_SALE] = price
    return found


def _is_less(price: str, old: str) -> bool:
    try:
        low, high = number(price), number(old)
    except ValueError:
        return False
    return low is not None and high is not None and low < high


def _section(sections: Mapping[str, Section], identity: str) -> dict[str, str]:
    """Return the columns that tell an offer's category and its path from the root."""
    path: dict[str, str] = {}
    step = identity
    while step in sections and step not in path:
        path[step] = sections[step].name
        step = sections[step].parent
    if not path:
        return {}
    items = [f"{number}={name}" for number, name in reversed(path.items())]
    return {PATH: "|".join(items), SECTION: path[identity]}


def _sections(path: Path, outside: bytes, encoding: str) -> dict[str, Section]:
    """Return the categories. Raises ExportInvalid where what stands outside the offers is no sound YML."""
    try:
        text = outside.translate(None, _CONTROL).decode(encoding)
        text = re.sub(r"^<\?xml.*?\?>", "", text.lstrip(), count=1, flags=re.DOTALL)
        root = etree.fromstring(text.lstrip(), _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ExportInvalid(f"`{path}` is cut off or is no sound YML file", hint=AGAIN) from error
    found: dict[str, Section] = {}
    for category in root.iterfind(".//category"):
        identity = str(category.get("id", "")).strip()
        if identity:
            name = " ".join("".join(category.itertext(with_tail=False)).replace("|", "/").split())
            found.setdefault(identity, Section(str(category.get("parentId", "")).strip(), name))
    return found
