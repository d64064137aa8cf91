"""Maps names, descriptions and keywords, each in one language or in both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import EMPTY, MappedCell, Part, Rules, finding
from torgsync.core.product.cleaning import cleaned_html, cleaned_lines
from torgsync.core.product.fields import Value
from torgsync.core.product.texts import Fitted, fit_description, fit_keywords, fit_name, split_languages

TEXTS = ("name", "description", "keywords")
"""Texts that Prom has in Ukrainian, and under the name `…_ru` in Russian."""


def map_name(rules: Rules, cell: MappedCell) -> Part:
    """Map a name. It is never emptied, and a text in which every letter was lost is no name."""
    text, findings = cell.short_text(rules)
    if not text:  # the name is missing, which says it all
        return EMPTY
    if not text.strip("? "):
        return Part(findings=findings) if findings else EMPTY
    return _fit(cell, text, fit_name, findings)


def map_description(rules: Rules, cell: MappedCell) -> Part:
    """Map a description: HTML, or plain text whose lines become paragraphs."""
    text, marks = cleaned_html(cell.text, rules.blank)
    return _fit(cell, text, fit_description, cell.cleaning(text, marks))


def map_keywords(rules: Rules, cell: MappedCell) -> Part:
    """Map search phrases, separated by commas, semicolons, bars or line ends."""
    text, findings = cell.short_text(rules)
    return _fit(cell, text and cleaned_lines(cell.text)[0], fit_keywords, findings)


def _fit(cell: MappedCell, text: str, fit: Callable[[str], Fitted], findings: tuple[Finding, ...]) -> Part:
    """Return a text within Prom's limit, or each of its languages where the cell holds both.

    Where nothing of a text is within the limit, the field is not sent: what Prom has stays.
    """
    mapping = cell.mapping
    if mapping.split is None:
        fitted = fit(text)
        if fitted.reasons:
            findings += cell.findings(fitted.reasons, text)
        return Part(_sent(mapping.to, text, fitted), findings)
    both = split_languages(text, mapping.split)
    uk = fit(both.uk)
    findings += cell.findings(both.reasons, text) + cell.findings(uk.reasons, both.uk)
    ru = uk
    if both.ru != both.uk:
        ru = fit(both.ru)
        findings += cell.findings(ru.reasons, both.ru)
    return Part(_sent(mapping.to, both.uk, uk) | _sent(f"{mapping.to}_ru", both.ru, ru), findings)


def _sent(field: str, text: str, fitted: Fitted) -> dict[str, Value]:
    return {field: fitted.text} if fitted.text or not text else {}


def complete_languages(
    rules: Rules,
    cells: Mapping[str, str],
    columns: Mapping[str, str],
    values: Mapping[str, Value],
    absent: Collection[str],
) -> Part:
    """Put each text into the languages in which it is sent.

    The first text is in the shop's language; the other language takes it over where it has no text of its
    own. A text that the export lacks today (its target is `absent`) is not overwritten. `columns` of the row
    are keyed by target, `values` by product field.
    """
    added: dict[str, Value] = {}
    unsent = []
    for text in TEXTS:
        other = f"{text}_ru"
        if text not in values or text in rules.bilingual:
            continue
        if (rules.both_languages or rules.russian) and other not in absent and other not in values:
            added[other] = values[text]
        if rules.russian and not rules.both_languages:
            unsent.append(text)
    column = columns.get("name") or columns.get("name_ru")
    name = "" if "name" in unsent else values.get("name")
    if column and not (name or values.get("name_ru") or added.get("name_ru")):
        return Part(added, (finding(Code.NAME_MISSING, column, cells[column]),), unsent=unsent)
    return Part(added, unsent=unsent)
