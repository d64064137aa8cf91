"""Maps articles, barcodes, producers, units and other texts of one line."""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import EMPTY, QUOTED_LENGTH, MappedCell, Part, Rules
from torgsync.core.product.barcodes import barcode_fault
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.texts import fit_sku, reformatted, split_languages

_PRODUCER = ("PCName", "Country")


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
    finding = cell.finding(
        Code.BARCODE_INVALID, text, barcode=text[:QUOTED_LENGTH], fault=fault.code, **fault.args
    )
    return Part(findings=(*findings, finding), keep=("gtin",))


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
    if part.values and cell.mapping.column in _undecided(rules.producers, cell.row.cells, rules.blank):
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
    if len(columns) < len(_PRODUCER):
        return frozenset()
    producer, country = (line_of_text(cells.get(name, ""), blank) for name in _PRODUCER)
    return columns.intersection(_PRODUCER) if producer and producer == country else frozenset()
