"""Match the rows that Prom refused in an import with its goods (docs/developers/prom-api.md §4.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from torgsync.core.plan.channels import RowError
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReason
from torgsync.core.reason import Reason


@dataclass(frozen=True, slots=True)
class RowErrors:
    """Refusals keyed by good, and those that name no good of the import, as Prom sent them."""

    of_good: Mapping[str, tuple[RowError, ...]] = field(default_factory=dict)
    unmatched: tuple[RowError, ...] = ()


def match_rows(
    rows: Iterable[RowError], by_external_id: Mapping[str, str], by_prom_id: Mapping[str, str]
) -> RowErrors:
    """Return refusals by their goods, which are the values of both mappings.

    A position is an external id first, then a Prom id. One that is neither is kept as it is: it may be a
    number of a row (prom-api §4.4).
    """
    of_good: dict[str, list[RowError]] = {}
    unmatched = []
    for row in rows:
        strange = []
        for position in dict.fromkeys(row.positions):
            good_id = by_external_id.get(position) or by_prom_id.get(position)
            if good_id:
                of_good.setdefault(good_id, []).append(replace(row, positions=()))
            else:
                strange.append(position)
        if strange or not row.positions:
            unmatched.append(replace(row, positions=tuple(strange)))
    return RowErrors({good_id: tuple(errors) for good_id, errors in of_good.items()}, tuple(unmatched))


def row_reason(row: RowError) -> OutcomeReason:
    """Return a refusal as the reason of an outcome; one that was matched names no position."""
    args = {"stage": row.stage, "number": row.number, "field": row.column, "words": row.words}
    return Reason(OutcomeCode.ROW_REFUSED, {**args, "positions": list(row.positions)})
