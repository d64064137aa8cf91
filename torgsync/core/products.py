"""Products: the desired one is made here from a good; last sent and existing ones have the same shape.

A product is its good's id and the values of the fields that we speak about, in normal form
(`core/fields.py`). A field that is absent is not spoken about: it is neither compared nor sent.
Source of the rules: reference/torgsoft.md §17, reference/prom-api.md §7.1, §11.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from torgsync import __version__
from torgsync.core.barcodes import why_no_barcode
from torgsync.core.fields import (
    CENT,
    FIELDS,
    TARGETS,
    TERMS,
    Characteristic,
    Discount,
    Photo,
    Step,
    Value,
    decode,
    encode,
)
from torgsync.core.findings import Code, Finding
from torgsync.core.goods import (
    ERRORS,
    KEY,
    PICTURE,
    Section,
    line_of_text,
    no_sections,
    number,
    why_no_number,
    why_odd_id,
)
from torgsync.core.groups import MODEL, MODEL_NAME, NUMBER, PATH, SECTION, TYPE, group_path, model_key
from torgsync.core.objects import FieldMapping, SyncObject
from torgsync.core.prices import NOTHING, Priced, Pricing
from torgsync.core.select import (
    CENTERS_COLUMN,
    DISPLAY_COLUMN,
    SUM_COLUMN,
    Stock,
    displayed,
    in_doubt,
    unreadable,
)
from torgsync.core.texts import (
    Both,
    Fitted,
    Remark,
    damage,
    fit_characteristic,
    fit_description,
    fit_keywords,
    fit_name,
    fit_sku,
    reformatted,
    split_languages,
)

MAPPING_VERSION = 4
"""Counts the rules by which a row becomes a product. Raising it makes the next look map every good anew."""


def rules_version() -> str:
    """Return what tells one program's rules from another's: their count and the program's own version."""
    return f"{MAPPING_VERSION}/{__version__}"


PHOTO_LIMIT = 10
CHARACTERISTICS_LIMIT = 100

SEX = {"0": "", "1": "Чоловіча", "2": "Жіноча", "3": "Хлопчик", "4": "Дівчинка", "5": "Унісекс"}
"""Words for the numbers of the column `Sex`; 0 says nothing (reference/torgsoft.md §3.1)."""


@dataclass(frozen=True, slots=True)
class Product:
    """A good in Prom's fields: values keyed by field name."""

    good_id: str
    values: Mapping[str, Value]

    def text(self, field: str) -> str:
        """Return a text field, empty where the product does not speak of it."""
        value = self.values.get(field)
        return value if isinstance(value, str) else ""

    def money(self, field: str) -> Decimal | None:
        """Return a money field."""
        value = self.values.get(field)
        return value if isinstance(value, Decimal) else None

    def whole(self, field: str) -> int | None:
        """Return a quantity."""
        value = self.values.get(field)
        return value if isinstance(value, int) else None

    @property
    def path(self) -> tuple[Section, ...]:
        """The path of groups, root first; empty where the product does not speak of it."""
        value = self.values.get("group")
        return tuple(part for part in value if isinstance(part, Section)) if isinstance(value, tuple) else ()

    @property
    def characteristics(self) -> tuple[Characteristic, ...]:
        """The characteristics, sorted; empty where the product does not speak of them."""
        value = self.values.get("characteristics")
        found = value if isinstance(value, tuple) else ()
        return tuple(part for part in found if isinstance(part, Characteristic))

    @property
    def title(self) -> str:
        """The name that people know the good by."""
        return self.text("name") or self.text("name_ru")


@dataclass(frozen=True, slots=True)
class Existing:
    """A product as Prom shows it now: the fields that Prom shows back, in normal form.

    `good_id` is its good, whose id is its external id on Prom but for adopted products: for these `alias` is
    the external id, empty where Prom has none. A product that is no good's has its external id as `good_id`,
    empty where it was made in the cabinet. `modified` is Prom's own time of the last change, aware and in
    UTC, None where Prom tells none. `photos` counts those that Prom shows, as long as it was just asked.
    """

    prom_id: str
    good_id: str
    values: Mapping[str, Value]
    modified: datetime | None = None
    alias: str | None = None
    photos: int | None = field(default=None, compare=False)

    @property
    def removed(self) -> bool:
        """Whether it is deleted, and so cannot be changed any more (reference/prom-api.md §11 Q3)."""
        return self.values.get("status") in ("deleted", "deleted_by_moderator")

    @property
    def external_id(self) -> str:
        """The external id on Prom, empty where it has none."""
        return self.good_id if self.alias is None else self.alias

    @property
    def title(self) -> str:
        """The name that Prom shows, in the shop's language where it tells it."""
        found = (self.values.get(name) for name in ("name", "name_ru"))
        return next((name for name in found if isinstance(name, str) and name), "")

    def named(self, good_id: str) -> Existing:
        """Return it as the product of a good, or of none where that is its external id."""
        alias = None if good_id == self.external_id else self.external_id
        return replace(self, good_id=good_id, alias=alias)


class Kept(NamedTuple):
    """The values of a product as two JSON texts with sorted keys: equal texts are equal values.

    The terms are short and move every day; the card is long and rarely moves (`core/fields.py`).
    """

    terms: str
    card: str


def keep(values: Mapping[str, Value]) -> Kept:
    """Return values as they are kept."""
    terms = {name: value for name, value in values.items() if name in TERMS}
    card = {name: value for name, value in values.items() if name not in TERMS}
    return Kept(dump(terms), dump(card))


_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_read = json.JSONDecoder().decode


def dump(values: Mapping[str, Value]) -> str:
    """Return values as one JSON text."""
    return _write({name: encode(FIELDS[name], value) for name, value in values.items()})


def load(*texts: str) -> dict[str, Value]:
    """Return the values that `keep` or `dump` wrote, those of all texts together, by name."""
    found: dict[str, Value] = {}
    for text in texts:
        if text != "{}":
            for name, value in _read(text).items():
                if name in FIELDS:
                    found[name] = decode(FIELDS[name], value)
    return dict(sorted(found.items())) if len(texts) > 1 else found


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of one good: its desired product, and what a person should know.

    `unreadable` names the product fields whose value could not be read: they keep what was last sent.
    `priced` tells by which rules each price was made, keyed by target: price, sale_price, wholesale_price.
    `model` is what the goods of one model have in common, empty where no column is led to the variants or
    the good has no model.
    """

    product: Product
    findings: tuple[Finding, ...]
    unreadable: frozenset[str] = frozenset()
    priced: Mapping[str, Priced] = field(default_factory=dict)
    model: str = ""


class Mapper:
    """Makes desired products by the rules of one sync object."""

    def __init__(self, settings: SyncObject) -> None:
        self._settings = settings
        self._languages = settings.catalog.languages
        self._pricing = Pricing(settings.prices)
        self._terms = [mapping for mapping in settings.fields if mapping.to in _MAKE_TERMS]

    def product(
        self, good_id: str, line: int, cells: Mapping[str, str], stock: Stock, photos: PhotoSource
    ) -> Mapped:
        """Return the desired product of one row.

        `cells` are keyed by column; `stock` is the balance that selection counted; `photos` gives the good's
        photos, or None where photos are not ours to send (absent is no signal: they stay untouched).
        """
        work = _Row(good_id, line, cells, self._settings, self._pricing)
        if odd := why_odd_id(good_id):
            work.find(Code.ID_ODD, f"`{good_id[:40]}` {odd}; it goes under it", KEY, good_id)
        work.lead(self._settings.fields)
        _finish_texts(work, self._languages.name, both=self._languages.both)
        _finish_terms(work, stock)
        if any(mapping.to == "characteristic" for mapping in self._settings.fields):
            _finish_characteristics(work)
        shots = photos(good_id)
        if shots is None:
            shots = pictures(cells)
        if shots is not None:
            if len(shots) > PHOTO_LIMIT:
                work.find(Code.PHOTOS_TOO_MANY, f"{len(shots)} photos, the first {PHOTO_LIMIT} are sent")
            work.values["photos"] = shots[:PHOTO_LIMIT]
        _finish_brand(work)
        if self._settings.accounting_centers.respect_display and displayed(cells) is None:
            cell = cells[DISPLAY_COLUMN]
            message = f"`{cell.strip()[:40]}` is neither 0 nor 1; the good is shown"
            work.find(Code.DISPLAY_UNKNOWN, message, DISPLAY_COLUMN, cell)
        work.values["currency"] = self._settings.catalog.currency
        work.values.setdefault("unit", "шт.")
        return work.mapped()

    def terms(self, good_id: str, line: int, cells: Mapping[str, str], stock: Stock) -> Mapped:
        """Return the terms of one row and the findings about them, as `product` makes both."""
        work = _Row(good_id, line, cells, self._settings, self._pricing)
        work.lead(self._terms)
        _finish_terms(work, stock)
        return work.mapped()


_MAKE_TERMS = frozenset(target for target, fields in TARGETS.items() if TERMS.issuperset(fields))
_NUMBERS = frozenset(
    {"price", "sale_price", "wholesale_price", "wholesale_minimum", "quantity", "presence", "ready_to_ship"}
)
_READ_UNASKED = {
    *(PATH, SECTION, TYPE, NUMBER, MODEL, MODEL_NAME),
    *(DISPLAY_COLUMN, PICTURE, "PCName", "Country"),
}
"""Columns that selection or a rule of the card reads, wherever they are led."""


def term_columns(settings: SyncObject) -> frozenset[str]:
    """Return the columns that make the terms of a good and nothing else.

    Where only these changed, the card of the good and its place in the shop are what they were, unless its
    stock keeps it out.
    """
    terms = {SUM_COLUMN, CENTERS_COLUMN}
    terms |= {mapping.column for mapping in settings.fields if mapping.to in _MAKE_TERMS}
    card = {mapping.column for mapping in settings.fields if mapping.to not in _MAKE_TERMS}
    return frozenset(terms - card - _READ_UNASKED)


CURRENCY = "currencyId"
"""The element of an offer that names the currency of its price (§9)."""

_WEB_ADDRESS = re.compile(r"https?://\S+")


def pictures(cells: Mapping[str, str]) -> tuple[Photo, ...] | None:
    """Return the photos that the export itself names by their addresses; None where it names none.

    Paths of the merchant's own disk are nothing that Prom could fetch. What the pictures show is not known,
    so they have no digest (reference/torgsoft.md §6, §9).
    """
    found = dict.fromkeys(
        _WEB_ADDRESS.findall(cells.get(PICTURE, "").replace("_x000d_", " ").replace("|", " "))
    )
    return tuple(Photo(url, "") for url in found) or None


PhotoSource = Callable[[str], tuple[Photo, ...] | None]
"""Gives a good's photos by its id, main one first; None where there is no source of photos."""


class _Row:
    """One row on its way: values made so far, findings, and what is put together from several columns."""

    def __init__(
        self, good_id: str, line: int, cells: Mapping[str, str], settings: SyncObject, pricing: Pricing
    ) -> None:
        self.settings = settings
        self.blank = settings.catalog.blank
        self.russian = settings.catalog.languages.name == "ru"
        self.currency = settings.catalog.currency
        self.pricing = pricing
        self.good_id = good_id
        self.line = line
        self.cells = cells
        self.values: dict[str, Value] = {}
        self.findings: list[Finding] = []
        self.unreadable: set[str] = set()
        self.characteristics: list[Characteristic] = []
        self.priced: dict[str, Priced] = {}
        self.minimum = Decimal(0)
        self.wanted: set[str] = set()
        self.columns: dict[str, str] = {}
        self.parted: set[str] = set()
        self.absent: set[str] = set()
        self.model = ""

    def lead(self, mappings: Iterable[FieldMapping]) -> None:
        """Lead each column that the row has where its mapping says, and note the others."""
        for mapping in mappings:
            cell = self.cells.get(mapping.column)
            if cell is not None and not ("#" in cell and self.is_error(mapping, cell)):
                self.columns[mapping.to] = mapping.column
                _RULES[mapping.to](self, mapping, cell)
            else:
                self.absent.add(mapping.to)
                if mapping.to == "characteristic":
                    self.characterise(mapping, "")

    def is_error(self, mapping: FieldMapping, cell: str) -> bool:
        """Tell whether a cell holds an error of a spreadsheet where a text should be, and note it.

        What should be a number is told by who reads it.
        """
        if cell.strip() not in ERRORS or mapping.to in _NUMBERS:
            return False
        message = f"`{cell.strip()}` is an error of a spreadsheet; not sent: {mapping.name or mapping.to}"
        self.find(Code.CELL_ERROR, message, mapping.column, cell)
        self.unreadable.update(() if mapping.to == "characteristic" else TARGETS[mapping.to])
        return True

    def mapped(self) -> Mapped:
        """Return what became of the row."""
        return Mapped(
            Product(self.good_id, self.values),
            tuple(self.findings),
            frozenset(self.unreadable),
            self.priced,
            self.model,
        )

    def find(self, code: Code, message: str, column: str = "", value: str = "") -> None:
        self.findings.append(Finding(code, message, self.good_id, self.line, column, value[:60]))

    def remark(self, mapping: FieldMapping, remarks: Iterable[Remark], value: str = "") -> None:
        for remark in remarks:
            self.find(remark.code, remark.message, mapping.column, value)

    def short(self, mapping: FieldMapping, cell: str) -> str:
        """Return a cell as one line of text, with findings for what was lost or taken out."""
        text = line_of_text(cell, self.blank)
        self.remark(mapping, damage(cell, text), text)
        return text

    def part(self, mapping: FieldMapping, text: str) -> Both:
        """Return a text in both languages; without a separator to part it by, it is that of both."""
        if mapping.split is None:
            return Both(text, text)
        both = split_languages(text, mapping.split)
        self.remark(mapping, both.remarks, text)
        return both

    def ours(self, both: Both) -> str:
        """Return a text in the shop's language, for fields that have only one on Prom."""
        return both.ru if self.russian else both.uk

    def fit(self, mapping: FieldMapping, text: str, fit: Callable[[str], Fitted]) -> str:
        """Return a text within Prom's limit, with findings."""
        result = fit(text)
        self.remark(mapping, result.remarks, text)
        return result.text

    def set_text(self, mapping: FieldMapping, text: str, fit: Callable[[str], Fitted]) -> None:
        """Put a text where its mapping leads, or each of its languages where it is written in both."""
        if mapping.split is None:
            self.values[mapping.to] = self.fit(mapping, text, fit)
            return
        both = self.part(mapping, text)
        self.values[mapping.to] = self.fit(mapping, both.uk, fit)
        same = both.ru == both.uk
        self.values[f"{mapping.to}_ru"] = self.values[mapping.to] if same else self.fit(mapping, both.ru, fit)
        self.parted.add(mapping.to)

    def characterise(self, mapping: FieldMapping, value: str) -> None:
        """Note a characteristic; an empty value keeps what was last sent."""
        name = mapping.name or mapping.column
        if mapping.split is not None:
            name = self.ours(split_languages(name, mapping.split))
        self.characteristics.append(Characteristic(name, mapping.unit or "", value))

    def price(self, target: str) -> Decimal:
        """Return the price that the rules made, 0.00 where there is none."""
        return self.priced[target].value if target in self.priced else NOTHING

    def decimal(self, mapping: FieldMapping, cell: str, *fields: str) -> Decimal | None:
        """Return a cell's number; where it cannot be read, `fields` keep what Prom has."""
        try:
            return number(cell)
        except ValueError:
            self.refuse(mapping, cell, why_no_number(cell), *fields)
            return None

    def refuse(self, mapping: FieldMapping, cell: str, why: str, *fields: str) -> None:
        """Send nothing of `fields` because of a cell, and say why."""
        unsent = " and ".join(field.replace("_", " ") for field in fields)
        message = f"`{cell.strip()[:40]}` {why}; not sent: {unsent}"
        self.find(unreadable(cell), message, mapping.column, cell)
        self.unreadable.update(fields)


def _name(work: _Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    if text.strip("? "):  # a name is never emptied, nor taken for one where every letter was lost
        work.set_text(mapping, text, fit_name)


def _html(work: _Row, mapping: FieldMapping, cell: str) -> None:
    work.remark(mapping, damage(cell, cell))
    work.set_text(mapping, cell if line_of_text(cell, work.blank) else "", fit_description)


def _keywords(work: _Row, mapping: FieldMapping, cell: str) -> None:
    work.set_text(mapping, work.short(mapping, cell), fit_keywords)


def _sku(work: _Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    work.remark(mapping, reformatted(text), text)
    work.values["sku"] = work.fit(mapping, text, fit_sku)


def _barcode(work: _Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    why = why_no_barcode(text) if text else ""
    if why:
        work.find(Code.BARCODE_INVALID, f"`{text[:40]}` is not sent: {why}", mapping.column, text)
        work.unreadable.add("gtin")
    else:
        work.values["gtin"] = text


def _plain(work: _Row, mapping: FieldMapping, cell: str) -> None:
    text = work.ours(work.part(mapping, work.short(mapping, cell)))
    if text or mapping.to == "mpn":
        work.values[mapping.to] = text


def _money(work: _Row, mapping: FieldMapping, cell: str) -> None:
    # A new price beside an old discount, or the other way round, is a sum that nobody asked for.
    retail = mapping.to != "wholesale_price"
    amount = work.decimal(mapping, cell, *(("price", "discount") if retail else ("wholesale_prices",)))
    if amount is not None:
        # Rounded before anything is decided: what rounds to nothing is no price.
        work.priced[mapping.to] = work.pricing.apply(amount)
    work.wanted.add(mapping.to)


def _minimum(work: _Row, mapping: FieldMapping, cell: str) -> None:
    minimum = work.decimal(mapping, cell, "wholesale_prices") or Decimal(0)
    if minimum != minimum.to_integral_value():
        work.refuse(mapping, cell, "is no number of whole pieces", "wholesale_prices")
    work.minimum = minimum


def _wants(work: _Row, mapping: FieldMapping, _cell: str) -> None:
    work.wanted.add(mapping.to)


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _presence(work: _Row, mapping: FieldMapping, cell: str) -> None:
    """Say whether it can be bought, where nobody tells how many there are; an empty cell is no."""
    text = work.short(mapping, cell).casefold()
    if text and text not in _TRUTHS:
        work.refuse(mapping, cell, "is neither true nor false", "presence")
    else:
        work.values["presence"] = "available" if _TRUTHS.get(text) else "not_available"


def _flag(work: _Row, mapping: FieldMapping, cell: str) -> None:
    amount = work.decimal(mapping, cell, "ready_to_ship")
    if amount is not None:
        work.values["ready_to_ship"] = amount > 0


def _group(work: _Row, mapping: FieldMapping, cell: str) -> None:
    told = line_of_text(work.cells.get(PATH, ""), work.blank) if mapping.column in _SECTIONS else ""
    if unread := no_sections(told):
        message = f"`{unread[0][:40]}` is no section such as `11=Полив`; it is passed over"
        work.find(Code.GROUP_UNREADABLE, message, PATH, told)
    path = group_path(work.cells, mapping.column, work.blank)
    if path:
        work.values["group"] = path
    else:
        work.find(
            Code.GROUP_MISSING, "it lies in no group; a new good goes to none on Prom", mapping.column, cell
        )


_SECTIONS = (PATH, SECTION, TYPE, NUMBER)
"""Columns that are led to the group, of which the path is asked before the others."""


def _variant_group(work: _Row, mapping: FieldMapping, _cell: str) -> None:
    """Note the model. Which of its goods are variants is decided when all are known (`core/variants.py`)."""
    work.model = model_key(work.cells, mapping.column, work.blank)


def _characteristic(work: _Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    if mapping.column == "Sex" and text:
        if text not in SEX:
            message = f"`{text[:40]}` is not a sex from 0 to 5; it is not sent"
            work.find(Code.SEX_UNKNOWN, message, mapping.column, text)
        text = SEX.get(text, "")
    elif mapping.column == "TheSize":
        work.remark(mapping, reformatted(text), text)
    text = work.fit(mapping, work.ours(work.part(mapping, text)), fit_characteristic)
    if text:
        work.characterise(mapping, text)


def _finish_characteristics(work: _Row) -> None:
    """Send no more than Prom takes, the first ones of the sync object, sorted by name."""
    count = len(work.characteristics)
    if count > CHARACTERISTICS_LIMIT:
        message = f"{count} characteristics, the first {CHARACTERISTICS_LIMIT} are sent: Prom takes no more"
        work.find(Code.CHARACTERISTICS_TOO_MANY, message)
    work.values["characteristics"] = tuple(sorted(work.characteristics[:CHARACTERISTICS_LIMIT]))


_RULES: dict[str, Callable[[_Row, FieldMapping, str], None]] = {
    "name": _name,
    "name_ru": _name,
    "description": _html,
    "description_ru": _html,
    "keywords": _keywords,
    "keywords_ru": _keywords,
    "price": _money,
    "sale_price": _money,
    "wholesale_price": _money,
    "wholesale_minimum": _minimum,
    "quantity": _wants,
    "presence": _presence,
    "ready_to_ship": _flag,
    "sku": _sku,
    "gtin": _barcode,
    "mpn": _plain,
    "group": _group,
    "vendor": _plain,
    "country": _plain,
    "unit": _plain,
    "variant_group": _variant_group,
    "characteristic": _characteristic,
}


def _finish_texts(work: _Row, language: str, *, both: bool) -> None:
    """Bring each text into its language: the first one is `language`'s, and where `both`, the other's too."""
    for text in ("name", "description", "keywords"):
        other = f"{text}_ru"
        if text not in work.values or text in work.parted:
            continue
        if (both or language == "ru") and other not in work.absent:  # its own text stays there
            work.values.setdefault(other, work.values[text])
        if language == "ru" and not both:
            del work.values[text]
    column = work.columns.get("name") or work.columns.get("name_ru")
    if column and not (work.values.get("name") or work.values.get("name_ru")):
        work.find(Code.NAME_MISSING, "the good has no name; none is sent", column, work.cells[column])


def _finish_terms(work: _Row, stock: Stock) -> None:
    """Put stock and prices together."""
    if "quantity" in work.wanted:
        _stock(work, stock)
    _finish_prices(work)
    if in_doubt(work.settings, stock):
        work.unreadable.add("status")
    else:
        work.values["status"] = "on_display"


def _stock(work: _Row, stock: Stock) -> None:
    """Say how many there are. Of a stock that could not be read nothing is said."""
    for finding in stock.findings:
        work.find(finding.code, finding.message, finding.column, finding.value)
    if stock.quantity is None:
        work.unreadable.update(("quantity", "presence"))
        return
    whole = int(stock.quantity.to_integral_value(ROUND_FLOOR))
    if whole != stock.quantity:
        work.find(
            Code.STOCK_FRACTION,
            f"{stock.quantity} is sent as {whole}: Prom counts whole pieces",
            stock.column,
            work.cells.get(stock.column, ""),
        )
    work.values["quantity"] = whole
    work.values["presence"] = "available" if whole > 0 else "not_available"


def _finish_prices(work: _Row) -> None:
    """Put price, discount and wholesale ladder together (reference/torgsoft.md §17 no. 16)."""
    if "price" in work.wanted:
        _tell_currency(work)
        _tell_rounding(work)
        if "price" not in work.unreadable:
            _base_price(work)
    if "wholesale_price" in work.wanted and "wholesale_prices" not in work.unreadable:
        work.values["wholesale_prices"] = _ladder(work)


def _ladder(work: _Row) -> tuple[Step, ...]:
    """Return the wholesale price as Prom's ladder of one step; a price that cannot be one is told."""
    wholesale, retail = work.price("wholesale_price"), work.price("price")
    if wholesale <= 0:
        return ()
    if 0 < retail < wholesale:
        why = f"the wholesale price {wholesale} is above the price {retail}"
    elif work.minimum < 1:
        why = f"a wholesale price of {wholesale} without a minimum quantity"
    else:
        return (Step(int(work.minimum), wholesale),)
    column = work.columns["wholesale_price"]
    work.find(Code.WHOLESALE_UNUSED, f"{why}; it is not sent", column, work.cells[column])
    return ()


_SIGNS = {
    "UAH": frozenset({"uah", "₴", "грн", "грн."}),
    "USD": frozenset({"usd", "$"}),
    "EUR": frozenset({"eur", "€"}),
}
"""How the accounting program may write the shop's own currency, in folded case."""


def _tell_currency(work: _Row) -> None:
    """Say where a price is linked to another currency; it is never converted (§17 no. 18).

    A sign with nothing linked to it is told as well: nobody can know that the price is not meant in it. Where
    an offer of a YML file names the very currency of its price, a price in another one is not sent.
    """
    named = line_of_text(work.cells.get(CURRENCY, ""), work.blank)
    if named and named.casefold() not in {*_SIGNS.get(work.currency, ()), work.currency.casefold()}:
        message = f"the price is in {named[:40]}, the shop sells in {work.currency}; prices are not sent"
        work.find(Code.CURRENCY_OTHER, message, CURRENCY, named)
        work.unreadable.update(("price", "discount", "wholesale_prices"))
        return
    sign = line_of_text(work.cells.get("EqualCurrencyName", ""), work.blank)
    if not sign or sign.casefold() in _SIGNS.get(work.currency, ()):
        return
    for column in ("EqualSalePrice", "EqualWholesalePrice"):
        cell = work.cells.get(column, "")
        try:
            linked = number(cell)
        except ValueError:
            continue
        if linked:
            message = f"the price is linked to {linked} {sign}; it is sent as it is, not converted"
            work.find(Code.CURRENCY_SIGN, message, column, cell)
            return
    message = f"`{sign}` stands beside the price; it is sent in {work.currency}, not converted"
    work.find(Code.CURRENCY_SIGN, message, "EqualCurrencyName", sign)


def _tell_rounding(work: _Row) -> None:
    """Say where rounding may have made another price than the one that was meant (§17 no. 5).

    A sale price that is written as the price is says nothing of its own; what is rounded to nothing is told
    as a missing price.
    """
    told = ""
    for target in ("price", "sale_price"):
        priced = work.priced.get(target)
        if priced is None or priced.value <= 0 or (cell := work.cells[work.columns[target]]) == told:
            continue
        told = cell
        amount = number(cell) or NOTHING
        if amount.quantize(CENT) != amount:
            message = f"`{cell.strip()[:40]}` has more than two decimals; it counts as {priced.value}"
            work.find(Code.PRICE_ROUNDED, message, work.columns[target], cell)
        for step in priced.steps:
            if step.rule == "round" and abs(step.after - step.before) * 2 > step.before:
                work.find(Code.PRICE_ROUNDED, f"{step.words}, by `[prices]`", work.columns[target], cell)


_NO_PRICE = "there is no price"


def _base_price(work: _Row) -> None:
    price = work.price("price")
    if price <= 0:
        column = work.columns["price"]
        told = number(work.cells[column]) or NOTHING
        empty = not work.cells[column].strip()
        why = f"{told} is rounded to {price}" if told > 0 else _NO_PRICE if empty else f"the price is {told}"
        work.find(Code.PRICE_MISSING, f"{why}; none is sent", column, work.cells[column])
        work.unreadable.update(("price", "discount"))
        return
    work.values["price"] = price
    if "sale_price" not in work.wanted or "discount" in work.unreadable:
        return
    sale = work.price("sale_price")
    if sale > price:
        column = work.columns["sale_price"]
        message = f"{sale} is above the price {price}; no discount is sent"
        work.find(Code.SALE_PRICE_ABOVE, message, column, work.cells[column])
    else:
        _cross_check(work)
        _tell_lost_discount(work, price, sale)
    work.values["discount"] = Discount(price - sale, "amount") if 0 < sale < price else None


def _tell_lost_discount(work: _Row, price: Decimal, sale: Decimal) -> None:
    """Say where rounding made the sale price that of no sale, or nothing at all."""
    column = work.columns["sale_price"]
    base, told = (number(work.cells[work.columns[name]]) or NOTHING for name in ("price", "sale_price"))
    written = 0 < told < base and told.quantize(CENT) < base.quantize(CENT)  # else its decimals are told
    if written and not 0 < sale < price:
        message = f"{base} and {told} are rounded to {price} and {sale}; no discount is sent"
        work.find(Code.PRICE_ROUNDED, message, column, work.cells[column])


def _cross_check(work: _Row) -> None:
    """Say where the percent of the discount is not that of the two prices (§3.6, §17 no. 16).

    The prices count. The percent may be rounded to the places with which it is written, but 0 means that
    there is no discount.
    """
    if (work.columns["price"], work.columns["sale_price"]) != ("RetailPrice", "RetailPriceWithDiscount"):
        return  # the percent belongs to these two
    cell = work.cells.get("PriceDiscountPercent", "")
    try:
        percent = number(cell)
    except ValueError:
        return  # it is sent nowhere
    base, sale = (
        (number(work.cells[work.columns[name]]) or NOTHING).quantize(CENT) for name in ("price", "sale_price")
    )
    if percent is None or base <= 0:
        return
    off = 100 * (base - sale) / base if sale > 0 else NOTHING
    rounded = off.quantize(Decimal(1).scaleb(int(percent.as_tuple().exponent)))
    if off == percent or (percent and (rounded == percent or abs(off - percent) * base < 1)):
        return
    message = f"`PriceDiscountPercent` says {cell.strip()} %, the prices {off:.2f} %; the prices count"
    work.find(Code.DISCOUNT_MISMATCH, message, "PriceDiscountPercent", cell)


def brand_or_country(settings: SyncObject, cells: Mapping[str, str]) -> frozenset[str]:
    """Return the columns of a row of which nobody can tell whether they hold a brand or a country.

    With one level of producer filled in, `PCName` equals `Country` and holds a country in some shops and
    a brand in others (reference/torgsoft.md §3.6). Where only one of both fields is led, a person has told.
    """
    led = {mapping.to: mapping.column for mapping in settings.fields if mapping.to in ("vendor", "country")}
    producer, land = (line_of_text(cells.get(name, ""), settings.catalog.blank) for name in _PRODUCER)
    if len(led) < len(_PRODUCER) or not producer or producer != land:
        return frozenset()
    return frozenset(led.values()).intersection(_PRODUCER)


_PRODUCER = ("PCName", "Country")


def _finish_brand(work: _Row) -> None:
    """Send neither brand nor country where the export writes the same word for both."""
    unsure = brand_or_country(work.settings, work.cells)
    for target in ("vendor", "country"):
        if work.columns.get(target) in unsure:
            work.values.pop(target, None)
