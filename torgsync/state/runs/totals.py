"""What is kept of a run whose changes and requests were removed: how many there were of each kind.

The totals of a run are a document in its row.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, select, update

from torgsync.state.runs.requests import RequestKind
from torgsync.state.schema import run_tables as t


class RunTotals(Struct, frozen=True):
    """What a run did, as numbers: of its changes, keyed by what became of them, and of its requests."""

    outcomes: Mapping[str, int]
    requests: Mapping[RequestKind, int]

    def sent(self, endpoint: str = "", outcomes: Collection[str] = ()) -> int:
        """Return how many requests there were: of an endpoint or all, with one of these outcomes or any."""
        return sum(
            number
            for kind, number in self.requests.items()
            if endpoint in ("", kind.endpoint) and (not outcomes or kind.outcome in outcomes)
        )


HAS_TOTALS: ColumnElement[bool] = t.runs.c.totals.is_not(None)
"""The condition that only the totals of a run are kept, or that the rest is about to be removed."""


def store_totals(connection: Connection, run: int, totals: RunTotals) -> None:
    """Record the totals of a run."""
    kinds = [[*kind, number] for kind, number in totals.requests.items()]
    document = json.dumps({"outcomes": totals.outcomes, "requests": kinds}, separators=(",", ":"))
    connection.execute(update(t.runs).where(t.runs.c.id == run).values(totals=document))


def load_totals(connection: Connection, runs: Sequence[int]) -> dict[int, RunTotals]:
    """Return the totals of these runs, keyed by run; those that still have their requests are left out."""
    c = t.runs.c
    rows = connection.execute(select(c.id, c.totals).where(c.id.in_(runs), HAS_TOTALS))
    return {run: _read(document) for run, document in rows}


def _read(text: str) -> RunTotals:
    document = json.loads(text)
    kinds = {RequestKind(*kind): number for *kind, number in document["requests"]}
    return RunTotals(document["outcomes"], kinds)
