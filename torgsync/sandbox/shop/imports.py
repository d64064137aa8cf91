"""The queue of imports: which are accepted, and how their status unfolds (prom-api §4.3 to §4.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from torgsync.sandbox.faults import FaultHit
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.import_work import (
    ImportRefused,
    ImportSettings,
    ImportWork,
    Report,
    missing_photos,
)
from torgsync.sandbox.shop.products import ShopCatalog

# Feeds are kept for tests, but not so many that they would fill the memory in a few weeks.
LARGEST_KEPT_FEED = 4 * 1024 * 1024

# Prom's own wording is not recorded (prom-api §4.6).
REFUSALS: Mapping[str, str] = {
    "running": "Импорт уже запущен, дождитесь его завершения",
    "daily-limit": "Превышено количество импортов в сутки",
}


@dataclass(kw_only=True)
class Import:
    """An accepted import. `report` is None until it was carried out; a large `feed` is dropped then.

    `met` is the fault that fired when it was accepted.
    """

    id: str
    accepted_at: datetime
    due_at: datetime
    settings: ImportSettings
    feed: bytes
    met: FaultHit | None = None
    report: Report | None = None

    def runs(self, now: datetime) -> bool:
        """Return whether it still runs, or hangs for good."""
        return self.due_at > now or (self.met is not None and self.met.fault.does == "import-never-ends")


class ImportQueue:
    """Accepts imports and carries them out when they are due. The lock is the shop's."""

    def __init__(self, catalog: ShopCatalog, photo_status: Callable[[str], int] | None) -> None:
        self._catalog = catalog
        self._photo_status = photo_status
        self._imports: dict[str, Import] = {}
        self.touched: set[str] = set()
        """Ids of the imports that changed since they were last saved."""

    def accept(
        self,
        feed: bytes,
        settings: ImportSettings,
        quirks: Quirks,
        now: datetime,
        hit: FaultHit | None = None,
    ) -> Import:
        """Accept an import; raise ImportRefused when another one runs or the day's imports are used up."""
        if hit and hit.fault.does == "import-refused":
            raise ImportRefused(REFUSALS[hit.fault.reason or "daily-limit"])
        if quirks.second_import == "refuse" and any(entry.runs(now) for entry in self._imports.values()):
            raise ImportRefused(REFUSALS["running"])
        day = [entry for entry in self._imports.values() if entry.accepted_at > now - timedelta(hours=24)]
        if len(day) >= quirks.imports_per_day:
            raise ImportRefused(REFUSALS["daily-limit"])
        # Letters and digits: a client that takes the id for an int64 fails here as it would there.
        number = hashlib.sha256(str(len(self._imports)).encode()).hexdigest()[:24]
        entry = Import(
            id=number,
            accepted_at=now,
            due_at=now + timedelta(seconds=quirks.import_seconds),
            settings=settings,
            feed=feed,
            met=hit,
        )
        self.restore(entry)
        self.touched.add(number)
        return entry

    def restore(self, entry: Import) -> None:
        """Add a saved import; the oldest comes first."""
        self._imports[entry.id] = entry

    def run_due_imports(self, now: datetime) -> None:
        """Carry out the due imports, in the order of acceptance; products get the date when it was due."""
        for entry in self._imports.values():
            if entry.report is None and not entry.runs(now):
                photos = self._photo_status
                if entry.met and entry.met.fault.does == "photos-missing":
                    photos = missing_photos(entry.met, photos)
                work = ImportWork(self._catalog, entry.settings, entry.due_at, photos)
                entry.report = work.carry_out(entry.feed)
                self.touched.add(entry.id)
                if len(entry.feed) > LARGEST_KEPT_FEED:
                    entry.feed = b""

    def status(self, number: str, now: datetime) -> Report | None:
        """Return zeros with SUCCESS, then with PARTIAL, then the report (prom-api §4.4)."""
        entry = self._imports.get(number)
        if entry is None:
            return None
        if entry.report is not None:
            return entry.report
        halfway = entry.accepted_at + (entry.due_at - entry.accepted_at) / 2
        return Report(status="SUCCESS" if now < halfway else "PARTIAL")

    def imports(self) -> list[Import]:
        """Return all accepted imports, oldest first."""
        return list(self._imports.values())
