"""Maps columns to characteristics: size, colour and whatever else buyers filter by."""

from __future__ import annotations

from collections.abc import Sequence

from torgsync.core.config.settings import FieldMapping
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.codes import shop_language
from torgsync.core.mapping.row import QUOTED_LENGTH, ExportRow, MappedCell, Part, Rules
from torgsync.core.product.fields import Characteristic
from torgsync.core.product.texts import fit_characteristic, reformatted, split_languages

CHARACTERISTICS_LIMIT = 100
SEX = {"0": "", "1": "Чоловіча", "2": "Жіноча", "3": "Хлопчик", "4": "Дівчинка", "5": "Унісекс"}
"""Words for the numbers of the column `Sex`; 0 means unset (torgsoft §3.1)."""


def map_characteristic(rules: Rules, cell: MappedCell) -> Part:
    """Map one characteristic; an empty cell sends none."""
    text, findings = cell.short_text(rules)
    column = cell.mapping.column
    if column == "Sex" and text:
        if text not in SEX:
            findings += (cell.finding(Code.SEX_UNKNOWN, text, cell=text[:QUOTED_LENGTH]),)
        text = SEX.get(text, "")
    elif column == "TheSize":
        findings += cell.findings(reformatted(text), text)
    text, findings = shop_language(rules, cell, text, findings)
    fitted = fit_characteristic(text)
    if fitted.reasons:
        findings += cell.findings(fitted.reasons, text)
    named = characteristic(rules, cell.mapping, fitted.text) if fitted.text else None
    return Part(findings=findings, characteristic=named)


def characteristic(rules: Rules, mapping: FieldMapping, value: str = "") -> Characteristic:
    """Return a characteristic; one without a value keeps what was last sent of it."""
    name = mapping.name or mapping.column
    if mapping.split is not None:
        both = split_languages(name, mapping.split)
        name = both.ru if rules.russian else both.uk
    return Characteristic(name, mapping.unit or "", value)


def sorted_characteristics(row: ExportRow, mapped: Sequence[Characteristic]) -> Part:
    """Return the characteristics that Prom takes: the first ones of the sync object, sorted by name."""
    findings: tuple[Finding, ...] = ()
    if len(mapped) > CHARACTERISTICS_LIMIT:
        count = {"count": len(mapped), "limit": CHARACTERISTICS_LIMIT}
        findings = (row.finding(Code.CHARACTERISTICS_TOO_MANY, **count),)
    return Part({"characteristics": tuple(sorted(mapped[:CHARACTERISTICS_LIMIT]))}, findings)
