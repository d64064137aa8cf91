"""Maps the group of a good and the model whose variants it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.core.findings import Code
from torgsync.core.mapping.row import QUOTED_LENGTH, ExportRow, MappedCell, Part, Rules
from torgsync.core.product.cells import line_of_text, unreadable_sections
from torgsync.core.product.groups import NUMBER, PATH, SECTION, TYPE, group_path, model_key

_SECTIONS = (PATH, SECTION, TYPE, NUMBER)
"""Columns that may be mapped to the group; the path is read before the others."""


def map_group(rules: Rules, cell: MappedCell) -> Part:
    """Map the path of groups; a part of it that is no section is left out."""
    row, column = cell.row, cell.mapping.column
    written = line_of_text(row.cells.get(PATH, ""), rules.blank) if column in _SECTIONS else ""
    findings = []
    if unreadable := unreadable_sections(written):
        section = unreadable[0][:QUOTED_LENGTH]
        findings.append(row.finding(Code.GROUP_UNREADABLE, PATH, written, section=section))
    if path := group_path(row.cells, column, rules.blank):
        return Part({"group": path}, tuple(findings))
    return Part(findings=(*findings, cell.finding(Code.GROUP_MISSING, cell.text)))


def model_of_row(rules: Rules, row: ExportRow, columns: Mapping[str, str]) -> str:
    """Return the model of a good, empty for none; `columns` of the row are keyed by target."""
    column = columns.get("variant_group")
    return model_key(row.cells, column, rules.blank) if column else ""
