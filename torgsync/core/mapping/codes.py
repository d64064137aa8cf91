"""Maps articles, barcodes, producers, units, characteristics and groups of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import EMPTY, MappedCell, Part, Rules, finding
from torgsync.core.product.cells import unreadable_sections
from torgsync.core.product.cleaning import short_text, unmarked
from torgsync.core.product.fields import Characteristic
from torgsync.core.product.groups import NUMBER, PATH, SECTION, TYPE, group_path, model_key
from torgsync.core.product.texts import (
    barcode_fault,
    fit_characteristic,
    fit_sku,
    reformatted,
    split_languages,
)
from torgsync.core.text import quotation

PRODUCER = ("PCName", "Country")
"""Columns that hold one word where the export knows only one of brand and country."""
_NO_UNIT = frozenset(" -\u2010\u2011\u2012\u2013\u2014\u2015\u2212_.…?")
"""Signs that are written where there is no unit."""


def map_sku(rules: Rules, cell: MappedCell) -> Part:
    """Map an article, cut to Prom's limit."""
    text, findings = cell.short_text(rules)
    fitted = fit_sku(text)
    if reasons := (*reformatted(text), *fitted.reasons):
        findings += cell.findings(reasons, text)
    return Part({"sku": fitted.text}, findings)


def map_barcode(rules: Rules, cell: MappedCell) -> Part:
    """Map a barcode; one that is none keeps what Prom has."""
    text, findings = cell.short_text(rules)
    if not text or (fault := barcode_fault(text)) is None:
        return Part({"gtin": text}, findings)
    args = {"barcode": quotation(text), "fault": fault.code, **fault.args}
    return Part(findings=(*findings, cell.finding(Code.BARCODE_INVALID, text, **args)), keep=("gtin",))


def map_mpn(rules: Rules, cell: MappedCell) -> Part:
    """Map the manufacturer's number; an empty cell empties it."""
    text, findings = shop_language(rules, cell, *cell.short_text(rules))
    return Part({"mpn": text}, findings)


def map_unit(rules: Rules, cell: MappedCell) -> Part:
    """Map a text that is only sent when the product is created; an empty cell sends nothing."""
    text, findings = shop_language(rules, cell, *cell.short_text(rules))
    return Part({cell.mapping.to: text}, findings) if text else Part(findings=findings) if findings else EMPTY


def map_producer(rules: Rules, cell: MappedCell) -> Part:
    """Map a brand or a country; neither is sent where the export writes the same word for both."""
    part = map_unit(rules, cell)
    if part.values and cell.mapping.column in _undecided(rules.producers, cell.cells, rules.blank):
        return Part(findings=part.findings)
    return part


def shop_language(
    rules: Rules, cell: MappedCell, text: str, findings: tuple[Finding, ...]
) -> tuple[str, tuple[Finding, ...]]:
    """Return a text in the shop's language, for fields that Prom has in one language only."""
    if cell.mapping.split is None:
        return text, findings
    both = split_languages(text, cell.mapping.split)
    return (both.ru if rules.russian else both.uk), findings + cell.findings(both.reasons, text)


def brand_or_country(settings: SyncObject, cells: Mapping[str, str]) -> frozenset[str]:
    """Return the columns of a row that may hold either a brand or a country.

    With one level of producer filled in, `PCName` equals `Country` and holds a country in some shops and
    a brand in others (torgsoft §3.6). Where only one of both fields is mapped, a person has decided.
    """
    fields = settings.fields
    columns = frozenset(mapping.column for mapping in fields if mapping.to in ("vendor", "country"))
    return _undecided(columns, cells, settings.catalog.blank)


def _undecided(columns: frozenset[str], cells: Mapping[str, str], blank: frozenset[str]) -> frozenset[str]:
    if len(columns) < len(PRODUCER):
        return frozenset()
    producer, country = (short_text(cells.get(name, ""), blank) for name in PRODUCER)
    return columns.intersection(PRODUCER) if producer and producer == country else frozenset()


SECTIONS = (PATH, SECTION, TYPE, NUMBER)
"""Columns that may be mapped to the group; the path is read before the others."""


def map_group(rules: Rules, cell: MappedCell) -> Part:
    """Map the path of groups; a part of it that is no section is left out."""
    column = cell.mapping.column
    written = short_text(cell.cells.get(PATH, ""), rules.blank) if column in SECTIONS else ""
    findings = []
    if unreadable := unreadable_sections(written):
        section = quotation(unreadable[0])
        findings.append(finding(Code.GROUP_UNREADABLE, PATH, written, section=section))
    if path := group_path(cell.cells, column, rules.blank):
        return Part({"group": path}, tuple(findings))
    return Part(findings=(*findings, cell.finding(Code.GROUP_MISSING, cell.text)))


def model_of_row(rules: Rules, cells: Mapping[str, str], columns: Mapping[str, str]) -> str:
    """Return the model of a good, empty for none; `columns` of the row are keyed by target."""
    column = columns.get("variant_group")
    return model_key(cells, column, rules.blank) if column else ""


CHARACTERISTICS_LIMIT = 100
SEX = {"0": "", "1": "Чоловіча", "2": "Жіноча", "3": "Хлопчик", "4": "Дівчинка", "5": "Унісекс"}
"""Words for the numbers of the column `Sex`; 0 means unset (torgsoft §3.1)."""


def map_characteristic(rules: Rules, cell: MappedCell) -> Part:
    """Map one characteristic; an empty cell sends none, one that cannot be read keeps what was last sent."""
    text, findings = cell.short_text(rules)
    column = cell.mapping.column
    if column == "Sex" and text and not rules.settings.value_map.gives(column, text):
        if text not in SEX:
            findings += (cell.finding(Code.SEX_UNKNOWN, text, cell=quotation(text)),)
            return Part(findings=findings, characteristic=characteristic(rules, cell.mapping))
        text = SEX[text]
    elif column == "TheSize":
        findings += cell.findings(reformatted(text), text)
    text, findings = shop_language(rules, cell, text, findings)
    fitted = fit_characteristic(text)
    if fitted.reasons:
        findings += cell.findings(fitted.reasons, text)
    if not fitted.text:
        return Part(findings=findings) if findings else EMPTY
    unit = cell.cells.get(cell.mapping.unit_column)
    unit = _unit_text(rules, unit) if unit else None
    named = characteristic(rules, cell.mapping, fitted.text, unit)
    return Part(findings=findings, characteristic=named)


def characteristic(
    rules: Rules, mapping: FieldMapping, value: str = "", unit: str | None = None
) -> Characteristic:
    """Return a characteristic; one without a value keeps what was last sent of it.

    `unit` is that of the value in the file; where it has none, the sync object's is taken. A unit that the
    value already ends with is not sent again.
    """
    name = mapping.name or mapping.column
    if mapping.split is not None:
        both = split_languages(name, mapping.split)
        name = both.ru if rules.russian else both.uk
    unit = mapping.unit or "" if unit is None else unit
    return Characteristic(name, "" if value and unit and _ends_with(value, unit) else unit, value)


def _unit_text(rules: Rules, written: str) -> str:
    """Return the unit of a value; signs that say nothing as a text may be one: `"` is an inch."""
    if text := short_text(written, rules.blank):
        return text
    sign = unmarked(written).strip() or written.strip()
    is_unit = sign.isprintable() and not any(map(str.isalnum, sign)) and not _NO_UNIT.issuperset(sign)
    return sign if is_unit and sign not in rules.blank else ""


def _ends_with(value: str, unit: str) -> bool:
    """Return whether a value such as `5 кг` ends with its unit as a word of its own."""
    return value.casefold().endswith(unit.casefold()) and not value[: -len(unit)][-1:].isalpha()


def sorted_characteristics(mapped: Sequence[Characteristic]) -> Part:
    """Return the characteristics that Prom takes: the first ones of the sync object, sorted by name."""
    values = {"characteristics": tuple(sorted(mapped[:CHARACTERISTICS_LIMIT]))}
    if len(mapped) <= CHARACTERISTICS_LIMIT:
        return Part(values)
    count = {"count": len(mapped), "limit": CHARACTERISTICS_LIMIT}
    return Part(values, (finding(Code.CHARACTERISTICS_TOO_MANY, **count),))
