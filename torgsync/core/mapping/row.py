"""Leads the cells of one row to fields of a product, column by column, each by the rule of its target.

Source of the rules: docs/developers/torgsoft.md §17, docs/developers/prom-api.md §7.1, §11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.prices import NOTHING, Priced, Pricing
from torgsync.core.mapping.select import unreadable
from torgsync.core.product.barcodes import why_no_barcode
from torgsync.core.product.cells import ERRORS, line_of_text, no_sections, number, why_no_number
from torgsync.core.product.fields import TARGETS, Characteristic, Value
from torgsync.core.product.groups import NUMBER, PATH, SECTION, TYPE, group_path, model_key
from torgsync.core.product.products import Product
from torgsync.core.product.texts import (
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

CHARACTERISTICS_LIMIT = 100


SEX = {"0": "", "1": "Чоловіча", "2": "Жіноча", "3": "Хлопчик", "4": "Дівчинка", "5": "Унісекс"}
"""Words for the numbers of the column `Sex`; 0 says nothing (torgsoft §3.1)."""


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


_NUMBERS = frozenset(
    {"price", "sale_price", "wholesale_price", "wholesale_minimum", "quantity", "presence", "ready_to_ship"}
)


class Row:
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
        """Tell a person something about this good."""
        self.findings.append(Finding(code, message, self.good_id, self.line, column, value[:60]))

    def remark(self, mapping: FieldMapping, remarks: Iterable[Remark], value: str = "") -> None:
        """Tell what was remarked of a cell."""
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


def _name(work: Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    if text.strip("? "):  # a name is never emptied, nor taken for one where every letter was lost
        work.set_text(mapping, text, fit_name)


def _html(work: Row, mapping: FieldMapping, cell: str) -> None:
    work.remark(mapping, damage(cell, cell))
    work.set_text(mapping, cell if line_of_text(cell, work.blank) else "", fit_description)


def _keywords(work: Row, mapping: FieldMapping, cell: str) -> None:
    work.set_text(mapping, work.short(mapping, cell), fit_keywords)


def _sku(work: Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    work.remark(mapping, reformatted(text), text)
    work.values["sku"] = work.fit(mapping, text, fit_sku)


def _barcode(work: Row, mapping: FieldMapping, cell: str) -> None:
    text = work.short(mapping, cell)
    why = why_no_barcode(text) if text else ""
    if why:
        work.find(Code.BARCODE_INVALID, f"`{text[:40]}` is not sent: {why}", mapping.column, text)
        work.unreadable.add("gtin")
    else:
        work.values["gtin"] = text


def _plain(work: Row, mapping: FieldMapping, cell: str) -> None:
    text = work.ours(work.part(mapping, work.short(mapping, cell)))
    if text or mapping.to == "mpn":
        work.values[mapping.to] = text


def _money(work: Row, mapping: FieldMapping, cell: str) -> None:
    # A new price beside an old discount, or the other way round, is a sum that nobody asked for.
    retail = mapping.to != "wholesale_price"
    amount = work.decimal(mapping, cell, *(("price", "discount") if retail else ("wholesale_prices",)))
    if amount is not None:
        # Rounded before anything is decided: what rounds to nothing is no price.
        work.priced[mapping.to] = work.pricing.apply(amount)
    work.wanted.add(mapping.to)


def _minimum(work: Row, mapping: FieldMapping, cell: str) -> None:
    minimum = work.decimal(mapping, cell, "wholesale_prices") or Decimal(0)
    if minimum != minimum.to_integral_value():
        work.refuse(mapping, cell, "is no number of whole pieces", "wholesale_prices")
    work.minimum = minimum


def _wants(work: Row, mapping: FieldMapping, _cell: str) -> None:
    work.wanted.add(mapping.to)


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _presence(work: Row, mapping: FieldMapping, cell: str) -> None:
    """Say whether it can be bought, where nobody tells how many there are; an empty cell is no."""
    text = work.short(mapping, cell).casefold()
    if text and text not in _TRUTHS:
        work.refuse(mapping, cell, "is neither true nor false", "presence")
    else:
        work.values["presence"] = "available" if _TRUTHS.get(text) else "not_available"


def _flag(work: Row, mapping: FieldMapping, cell: str) -> None:
    amount = work.decimal(mapping, cell, "ready_to_ship")
    if amount is not None:
        work.values["ready_to_ship"] = amount > 0


def _group(work: Row, mapping: FieldMapping, cell: str) -> None:
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


def _variant_group(work: Row, mapping: FieldMapping, _cell: str) -> None:
    """Note the model. Which of its goods are variants is decided later (`core/product/variants.py`)."""
    work.model = model_key(work.cells, mapping.column, work.blank)


def _characteristic(work: Row, mapping: FieldMapping, cell: str) -> None:
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


def finish_characteristics(work: Row) -> None:
    """Send no more than Prom takes, the first ones of the sync object, sorted by name."""
    count = len(work.characteristics)
    if count > CHARACTERISTICS_LIMIT:
        message = f"{count} characteristics, the first {CHARACTERISTICS_LIMIT} are sent: Prom takes no more"
        work.find(Code.CHARACTERISTICS_TOO_MANY, message)
    work.values["characteristics"] = tuple(sorted(work.characteristics[:CHARACTERISTICS_LIMIT]))


_RULES: dict[str, Callable[[Row, FieldMapping, str], None]] = {
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
