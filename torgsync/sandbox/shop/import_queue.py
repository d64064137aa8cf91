"""The imports of a shop: one at a time, each with its state until it ends (prom-api §4.3, §4.4, §4.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from torgsync.sandbox.faults import FaultHit
from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop import products
from torgsync.sandbox.shop.import_errors import (
    CANCELLED,
    DAILY_LIMIT,
    FAILED,
    AnotherRuns,
    ImportRefused,
    Shape,
)
from torgsync.sandbox.shop.imports import ImportSettings, ImportWork, Report, missing_photos

# Feeds are kept for tests, but not so many that they would fill the memory in a few weeks.
LARGEST_KEPT_FEED = 4 * 1024 * 1024


@dataclass(kw_only=True)
class Import:
    """An accepted import; `met` is the fault that fired for it, `report` None until it was carried out.

    `row_errors`, `failed_as` and `may_hang` are the shop's quirks when it was accepted. Where it `hangs`, all
    of its rows were refused, and only a person ends it.
    """

    id: str
    accepted_at: datetime
    due_at: datetime
    settings: ImportSettings
    feed: bytes
    met: FaultHit | None = None
    report: Report | None = None
    spreadsheets: str = "as-asked"
    row_errors: Shape = "flat"
    failed_as: str = "FATAL"
    may_hang: bool = False
    hangs: Report | None = None

    def runs(self, now: datetime) -> bool:
        """Return whether it still runs, or hangs until it is cancelled."""
        return self.report is None and (self.due_at > now or self._never_ends)

    @property
    def _never_ends(self) -> bool:
        return self.hangs is not None or bool(self.met and self.met.fault.does == "import-never-ends")

    def fail(self, message: str) -> None:
        """End it as one that failed."""
        self.report = Report(status=self.failed_as, message=message)


class ImportQueue:
    """Accepts imports and carries them out when they are due. The lock is the shop's.

    `imports` are all that were accepted, by id, oldest first; `touched` the ids of those that changed since
    they were last saved. Queues with another `seed` give other ids.
    """

    def __init__(
        self, catalog: products.ShopCatalog, photo_status: Callable[[str], int] | None, seed: str = ""
    ) -> None:
        self._catalog = catalog
        self._photo_status = photo_status
        self._seed = seed
        self.imports: dict[str, Import] = {}
        self.touched: set[str] = set()

    def accept(
        self,
        feed: bytes,
        settings: ImportSettings,
        quirks: Quirks,
        now: datetime,
        hit: FaultHit | None = None,
    ) -> Import:
        """Accept an import; raise AnotherRuns when one runs, ImportRefused when the day's are used up."""
        if hit and hit.fault.does == "import-refused" and hit.fault.reason != "running":
            raise ImportRefused(DAILY_LIMIT)
        refused = hit and hit.fault.does == "import-refused"
        if refused or (quirks.second_import == "refuse" and self.running(now)):
            raise AnotherRuns
        day = [entry for entry in self.imports.values() if entry.accepted_at > now - timedelta(hours=24)]
        if len(day) >= quirks.imports_per_day:
            raise ImportRefused(DAILY_LIMIT)
        # Letters and digits: a client that takes the id for an int64 fails here as it would there.
        number = hashlib.sha256(f"{self._seed}{len(self.imports)}".encode()).hexdigest()[:24]
        entry = Import(
            id=number,
            accepted_at=now,
            due_at=now + timedelta(seconds=quirks.import_seconds),
            settings=settings,
            feed=feed,
            met=hit,
            spreadsheets=quirks.spreadsheets,
            row_errors=quirks.row_errors,
            failed_as=quirks.failed_import_as,
            may_hang=quirks.refused_file == "hangs",
        )
        self.imports[number] = entry
        self.touched.add(number)
        return entry

    def running(self, now: datetime) -> list[Import]:
        """Return the imports that still run or hang, oldest first."""
        return [entry for entry in self.imports.values() if entry.runs(now)]

    def cancel(self, number: str | None, now: datetime) -> Import:
        """Cancel an import as a person does in the cabinet, by default the oldest that runs or hangs.

        Raises LookupError where there is none.
        """
        for entry in self.running(now):
            if number in (None, entry.id):
                entry.fail(CANCELLED)
                self.touched.add(entry.id)
                return entry
        raise LookupError("no such import is running")

    def run_due_imports(self, now: datetime) -> None:
        """Carry out the due imports, in the order of acceptance; products get the date when it was due."""
        for entry in self.imports.values():
            if entry.report is None and not entry.runs(now):
                self._carry_out(entry)
                self.touched.add(entry.id)
                if len(entry.feed) > LARGEST_KEPT_FEED:
                    entry.feed = b""

    def _carry_out(self, entry: Import) -> None:
        photos = self._photo_status
        if entry.met and entry.met.fault.does == "import-fails":
            entry.fail(FAILED)
            return
        if entry.met and entry.met.fault.does == "photos-missing":
            photos = missing_photos(entry.met, photos)
        work = ImportWork(
            self._catalog, entry.settings, entry.due_at, photos, entry.spreadsheets, entry.row_errors
        )
        report = work.carry_out(entry.feed)
        if entry.may_hang and 0 < work.refused == report.total:
            entry.hangs = Report(status="PARTIAL", errors=report.errors)
            return
        entry.report = replace(report, status=entry.failed_as) if report.status == "FATAL" else report

    def status(self, number: str, now: datetime) -> Report | None:
        """Return zeros with SUCCESS, then with PARTIAL, then the report (prom-api §4.4)."""
        entry = self.imports.get(number)
        if entry is None:
            return None
        if entry.report is not None:
            return entry.report
        if entry.hangs is not None:
            return entry.hangs
        halfway = entry.accepted_at + (entry.due_at - entry.accepted_at) / 2
        return Report(status="SUCCESS" if now < halfway else "PARTIAL")
