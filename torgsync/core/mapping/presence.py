"""Maps what buyers can have: quantity, presence, readiness to ship, and the status of the product."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import EMPTY, ExportRow, MappedCell, Part, Rules
from torgsync.core.mapping.stock import Stock, in_doubt
from torgsync.core.product.cells import CellFault, number, number_fault

_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}


def map_presence(rules: Rules, cell: MappedCell) -> Part:
    """Map whether the good can be bought, where the number of pieces is not exported; an empty cell is no."""
    text, findings = cell.short_text(rules)
    flag = _FLAGS.get(text.casefold())
    if flag is None:
        refused = cell.refused(CellFault.NO_FLAG, "presence")
        return refused._replace(findings=findings + refused.findings)
    return Part({"presence": "available" if flag else "not_available"}, findings)


def map_ready_to_ship(_rules: Rules, cell: MappedCell) -> Part:
    """Map whether the good can be shipped at once: any number above zero."""
    try:
        amount = number(cell.text)
    except ValueError:
        return cell.refused(number_fault(cell.text), "ready_to_ship")
    return EMPTY if amount is None else Part({"ready_to_ship": amount > 0})


def map_stock(row: ExportRow, columns: Mapping[str, str], stock: Stock) -> Part:
    """Return quantity and presence by the counted stock; one that could not be read keeps what Prom has."""
    if "quantity" not in columns:
        return EMPTY
    findings = [
        row.finding(finding.code, finding.column, finding.value, **finding.args) for finding in stock.findings
    ]
    if stock.quantity is None:
        return Part(findings=tuple(findings), keep=("quantity", "presence"))
    whole = int(stock.quantity.to_integral_value(ROUND_FLOOR))
    if whole != stock.quantity:
        findings.append(_fraction(row, stock, whole))
    presence = "available" if whole > 0 else "not_available"
    return Part({"quantity": whole, "presence": presence}, tuple(findings))


def _fraction(row: ExportRow, stock: Stock, whole: int) -> Finding:
    cell = row.cells.get(stock.column, "")
    return row.finding(Code.STOCK_FRACTION, stock.column, cell, stock=str(stock.quantity), whole=whole)


def map_status(rules: Rules, stock: Stock) -> Part:
    """Return the status on Prom; it stays where the stock that decides about it cannot be read."""
    return Part(keep=("status",)) if in_doubt(rules.settings, stock) else Part({"status": "on_display"})
