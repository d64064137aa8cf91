"""Refused rows of an import find their goods."""

from __future__ import annotations

import pytest

from torgsync.core.plan.channels import RowError
from torgsync.core.plan.import_rows import RowErrors, match_rows, row_reason
from torgsync.core.plan.outcomes import OutcomeCode
from torgsync.core.reason import Reason

NAME = RowError("validation", "1001", "name")


def named(*positions: str) -> RowError:
    return RowError("validation", "1001", "name", "", positions)


@pytest.mark.parametrize(
    ("rows", "by_external_id", "by_prom_id", "found"),
    [
        ([named("17")], {"17": "17"}, {}, RowErrors({"17": (NAME,)})),
        ([named("16000", "16000")], {}, {"16000": "17"}, RowErrors({"17": (NAME,)})),
        ([named("5")], {"5": "17"}, {"5": "18"}, RowErrors({"17": (NAME,)})),
        ([named("A-1", "2")], {"A-1": "17"}, {}, RowErrors({"17": (NAME,)}, (named("2"),))),
        ([NAME], {}, {}, RowErrors({}, (NAME,))),
        ([named("17"), named("17")], {"17": "17"}, {}, RowErrors({"17": (NAME, NAME)})),
    ],
)
def test_positions_name_goods(
    rows: list[RowError], by_external_id: dict[str, str], by_prom_id: dict[str, str], found: RowErrors
) -> None:
    """By external id first, then by Prom id; what fits no good is kept as Prom said it."""
    assert match_rows(rows, by_external_id, by_prom_id) == found


def test_a_refused_row_is_a_reason() -> None:
    """With all that Prom said of it as arguments."""
    args = {"stage": "validation", "number": "1001", "field": "name", "words": "", "positions": ["2"]}
    reason = row_reason(named("2"))
    assert (reason, reason.args) == (Reason(OutcomeCode.ROW_REFUSED, args), args)
