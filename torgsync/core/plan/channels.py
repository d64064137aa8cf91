"""The channel of each change, what it costs, and when Prom's answer means "done".

Prices, stock and status go by `edit_by_external_id`; creations and everything else by one import file a run
(architecture §5.7). Source: docs/developers/prom-api.md §3.4, §4.2 to §4.4, §11 Q4, Q5, Q11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from msgspec import Struct

from torgsync.core.product.fields import FIELDS, Channel

EDIT_BATCH = 100
"""Products in one edit, at most; halved while Prom leaves gaps."""

IMPORT_TAKES = 5 * 60
"""Seconds that an import takes Prom, about: three minutes to nearly ten were seen (prom-api §4.4)."""
IMPORT_WINDOW = timedelta(hours=24)
"""The time in which imports are counted."""

COUNTERS = ("created", "updated", "not_changed", "with_errors_count")


def by_channel(fields: Iterable[str], channel: Channel) -> list[str]:
    """Return those of the fields that a channel sends, in the order of `FIELDS`."""
    wanted = set(fields)
    return [name for name, field in FIELDS.items() if name in wanted and field.channel is channel]


def updated_fields(fields: Iterable[str]) -> list[str]:
    """Return the words for an import's `updated_fields`: exactly those whose fields changed, sorted."""
    return sorted({FIELDS[name].updated for name in by_channel(fields, Channel.IMPORT)})


class EditAnswer(Struct, frozen=True):
    """What Prom said of one edit: ids it processed, and its reasons for others, keyed by external id.

    An id may be in neither: partial success is silent (prom-api §3.4). `warning` is what Prom said of the
    edit as a whole: with nothing processed it is the reason (prom-api §5.3).
    """

    processed: frozenset[str]
    errors: Mapping[str, str]
    warning: str = ""


FAILURES = frozenset({"FATAL", "FAIL", "ERROR", "FAILED"})
"""States of an import that failed as a whole; all but the first are other clients' (prom-api §4.4)."""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why Prom refused some rows of an import: its stage, its number, the field of the row, and its words.

    `positions` name the rows by a value of theirs: an external id, a Prom id, or a number of unknown origin.
    """

    stage: str
    number: str
    column: str
    words: str = ""
    positions: tuple[str, ...] = ()


class ImportState(Struct, frozen=True):
    """What Prom says of a running or finished import.

    `status` is in upper case; `counters` hold Prom's numbers; `errors` are short texts that name no product,
    photos that could not be fetched included, and `errors_of` those that do, keyed by external id. A
    successful import may have some too. `rows` are refusals of rows by their positions. `photos_failed` is
    set where photos are among the errors, `photo_answers` are the HTTP statuses of their addresses.
    """

    status: str
    counters: Mapping[str, int]
    errors: tuple[str, ...] = ()
    photos_failed: bool = False
    errors_of: Mapping[str, tuple[str, ...]] = {}
    rows: tuple[RowError, ...] = ()
    photo_answers: tuple[str, ...] = ()

    @property
    def fatal(self) -> bool:
        """Whether the import failed as a whole."""
        return self.status in FAILURES

    @property
    def begun(self) -> bool:
        """Whether Prom has counted any offer; right after an import was sent it has counted none."""
        return any(self.counters.get(name) for name in (*COUNTERS, "total", "imported"))

    def covers(self, offers: int) -> bool:
        """Return whether every offer was dealt with. `SUCCESS` with zeros means "wait" (prom-api §4.4)."""
        return self.begun and self.dealt_with >= offers > 0

    @property
    def dealt_with(self) -> int:
        """How many offers the counters speak of; refused rows may be missing in them (prom-api §4.4)."""
        counted = sum(self.counters.get(name, 0) for name in COUNTERS)
        named = len({position for row in self.rows for position in row.positions})
        return counted + max(named - self.failed, 0)

    @property
    def failed(self) -> int:
        """How many offers Prom counts as failed; photos are not among them."""
        return self.counters.get("with_errors_count", 0)


class Budget(Struct, frozen=True):
    """What a plan costs: requests in all, imports among them, and imports left in the rolling 24 hours."""

    requests: int
    imports: int
    imports_left: int

    def seconds(self, requests_per_second: float) -> float:
        """Return about how long it takes at this pace, with the waiting for Prom to import."""
        return self.requests / requests_per_second + self.imports * IMPORT_TAKES


def budget(*, edits: int, imports: int, offers: int, imports_left: int) -> Budget:
    """Return the cost of `edits` products to edit and one import of `offers` offers.

    An import costs its upload, some three looks at its state, and the listing that reads it back.
    """
    batches = -(-edits // EDIT_BATCH)
    import_requests = 1 + 3 + (offers // EDIT_BATCH + 1) if imports else 0
    return Budget(batches + import_requests, imports, imports_left)
