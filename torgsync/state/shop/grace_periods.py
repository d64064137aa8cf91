"""Since when products are hidden because their goods left the export; they are deleted later.

A plan records it good by good as it decides (`core/plan/decide.py`): while the product is still shown, at
each plan again; once it is hidden, the time stays; when the good comes back, or a person shows the product,
the record goes. Source: docs/developers/architecture.md §5.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from torgsync.core.plan.decide import Grace
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t

_c = t.grace_periods.c


class GracePeriodRepository(Repository):
    """The grace periods of one object, inside one transaction."""

    def since(self, good_id: str) -> datetime | None:
        """Return when the period of a good began, None where it has none."""
        since: datetime | None = self._scalar(_c.since, _c.good_id == good_id)
        return since

    def over(self, bound: datetime) -> frozenset[str]:
        """Return the goods whose period began at this moment or before."""
        return frozenset(self._scalars(_c.good_id, _c.since <= bound))

    def note(self, decided: Mapping[str, Grace | None], now: datetime) -> None:
        """Record what was decided about goods, keyed by id: a period begins, goes on or ends."""
        running = [good_id for good_id, grace in decided.items() if grace is Grace.RUNS]
        begun = {row.good_id for row in self._in_pages(self._select(_c.good_id), _c.good_id, running)}
        if self._any:
            ended = [good_id for good_id, grace in decided.items() if grace is None]
            self._delete_in_pages(t.grace_periods, _c.good_id, ended)
        starts = [good_id for good_id, grace in decided.items() if grace and good_id not in begun]
        self._upsert(t.grace_periods, [{"good_id": good_id, "since": now} for good_id in starts])

    @cached_property
    def _any(self) -> bool:
        """Whether any period ran before this transaction, as on few days of a shop."""
        return self._first(t.grace_periods) is not None
