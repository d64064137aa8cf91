"""Findings about stock quote what is in the file, and sums without zeros that say nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from builders import sync_object

from torgsync.core.findings import Code
from torgsync.core.mapping.stock import count_stock

BOTH = "WarehouseQuantityForPartner"


@pytest.mark.parametrize(
    ("cells", "code", "args"),
    [
        (
            {"WarehouseQuantity": "-2", BOTH: "2=3,000"},
            Code.STOCK_MISMATCH,
            {"total": "-2", "centers": "3", "counts": "0"},
        ),
        (
            {"WarehouseQuantity": "5,000", BOTH: "2=3,000|8=-1,500"},
            Code.STOCK_MISMATCH,
            {"total": "5,000", "centers": "1.5", "counts": "1.5"},
        ),
        ({"WarehouseQuantity": "-2,000"}, Code.STOCK_NEGATIVE, {"stock": "-2,000"}),
        ({"WarehouseQuantity": "", BOTH: "2=-2,000"}, Code.STOCK_NEGATIVE, {"stock": "-2"}),
    ],
)
def test_what_is_quoted(cells: Mapping[str, str], code: Code, args: Mapping[str, str]) -> None:
    """Not 0 for a number below zero, and not 5.000 for 5."""
    found = {finding.code: finding.args for finding in count_stock(sync_object(), cells).findings}
    assert found[code] == args
