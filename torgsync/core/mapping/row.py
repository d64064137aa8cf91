"""What mapping works with: a row of the export, an object's rules, and the parts they make of a product.

Each module of this package maps one group of targets. Its functions see cells and rules only; what they need
from another group is an argument. `Mapper` merges their results.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.pricing import Priced, Pricing
from torgsync.core.product.cells import CellFault, letters_lost, unreadable_code
from torgsync.core.product.cleaning import Cleaning, cleaned, visible
from torgsync.core.product.fields import Characteristic, Value
from torgsync.core.product.money import DecimalSigns, money
from torgsync.core.product.products import Product
from torgsync.core.reason import Arg, Reason
from torgsync.core.text import cut, one_line, quotation

VALUE_LENGTH = 60
"""Letters of a cell that a finding carries as its value."""


class Mapped(NamedTuple):
    """One mapped row: the desired product, and what a person should know about it.

    `unreadable` names the product fields whose value could not be read: they keep what was last sent.
    `priced` holds the rules by which each price was made, keyed by target: price, sale_price,
    wholesale_price. `model` is what the goods of one model have in common, empty where no column is mapped to
    the variants or the good has no model.
    """

    product: Product
    findings: tuple[Finding, ...]
    unreadable: frozenset[str] = frozenset()
    priced: Mapping[str, Priced] = MappingProxyType({})
    model: str = ""


class Part(NamedTuple):
    """What one group of targets contributes to a product.

    `values` are keyed by product field, `keep` names the fields that could not be read, and `unsent` those of
    earlier parts that are not sent after all. `findings` name neither good nor line: rows with equal cells
    share their parts. `ExportRow.placed` adds both.
    """

    values: Mapping[str, Value] = MappingProxyType({})
    findings: tuple[Finding, ...] = ()
    keep: Collection[str] = ()
    characteristic: Characteristic | None = None
    unsent: Collection[str] = ()


EMPTY = Part()


class Rules:
    """The rules of one sync object, prepared for many rows of one export.

    `decimal_signs` are those of its columns of prices.
    """

    def __init__(self, settings: SyncObject, decimal_signs: DecimalSigns) -> None:
        languages = settings.catalog.languages
        self.settings = settings
        self.decimal_signs = decimal_signs
        self.blank = settings.catalog.blank
        self.currency = settings.catalog.currency
        self.home_currency = settings.portal.currency
        self.russian = languages.name == "ru"
        self.both_languages = languages.both
        self.bilingual = frozenset(mapping.to for mapping in settings.fields if mapping.split is not None)
        self.pricing = Pricing(settings.prices)
        self.producers = frozenset(
            mapping.column for mapping in settings.fields if mapping.to in ("vendor", "country")
        )

    def money(self, column: str, cell: str) -> Decimal | None:
        """Return the amount in a cell of a column, None for a blank one; ValueError where there is none."""
        return money(cell, self.decimal_signs.get(column, ""))


def finding(code: Code, column: str = "", value: str = "", /, **args: Arg) -> Finding:
    """Return a finding about a row that is not named yet, see `ExportRow.placed`."""
    return Finding(code, column=column, value=cut(value, VALUE_LENGTH), args=args)


class ExportRow(NamedTuple):
    """One row of the export: the good, the line of the file (from 1), and its cells keyed by column."""

    good_id: str
    line: int
    cells: Mapping[str, str]

    def placed(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return findings as those about this good."""
        return tuple(
            Finding(each.code, self.good_id, self.line, each.column, each.value, args=each.args)
            for each in findings
        )


class MappedCell(Struct):  # not frozen: many are made for every row of an export
    """The cell of a field mapping, and `cells` keyed by column: it and the others that its mapping reads."""

    mapping: FieldMapping
    text: str
    cells: Mapping[str, str]

    def finding(self, code: Code, value: str, /, **args: Arg) -> Finding:
        """Return a finding about this cell."""
        return finding(code, self.mapping.column, value, **args)

    def findings(self, reasons: Iterable[Reason[Code]], value: str = "") -> tuple[Finding, ...]:
        """Return what was noticed about the text of this cell as findings."""
        return tuple(self.finding(reason.code, value, **reason.args) for reason in reasons)

    def refused(self, fault: CellFault, *fields: str) -> Part:
        """Return that `fields` cannot be read from this cell: what Prom has of them stays."""
        code, quoted = unreadable_code(self.text), quotation(self.text.strip())
        return Part(
            findings=(self.finding(code, self.text, cell=quoted, fault=fault, fields=list(fields)),),
            keep=fields,
        )

    def short_text(self, rules: Rules) -> tuple[str, tuple[Finding, ...]]:
        """Return the cell as one line of text, with findings about what was lost or removed."""
        text, marks = cleaned(self.text, rules.blank)
        if not marks and "?" not in text:  # nearly every cell
            return text, ()
        return text, self.cleaning(text, marks)

    def cleaning(self, text: str, marks: Sequence[Cleaning]) -> tuple[Finding, ...]:
        """Return findings about what was removed from the cell to make `text` of it, and lost before."""
        findings: tuple[Finding, ...] = ()
        if marks:
            cell, left = visible(self.text), quotation(one_line(text))
            args = {"cell": quotation(cell), "text": left}
            findings = (self.finding(Code.TEXT_CLEANED, cell, marks=list(marks), **args),)
        return (*findings, self.finding(Code.LETTERS_LOST, text)) if letters_lost(text) else findings
