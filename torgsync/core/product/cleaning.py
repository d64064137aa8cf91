"""What other programs leave around the text of a cell: the marks by which a spreadsheet keeps a text a text.

Source: docs/developers/torgsoft.md §10.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r'\s*=\s*"((?:[^"]|"")*)"\s*')
_APOSTROPHE = re.compile(r"\s*'(?=.)", re.DOTALL)


def spreadsheet_text(cell: str) -> str:
    """Return a cell without the marks of a spreadsheet: `="0530"` and `'0530` are the text `0530`."""
    if "=" in cell and (formula := _FORMULA.fullmatch(cell)):
        return formula[1].replace('""', '"')
    return _APOSTROPHE.sub("", cell, count=1) if "'" in cell and _APOSTROPHE.match(cell) else cell
