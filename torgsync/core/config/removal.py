"""`[removal]` and `[history]`: what becomes of products that leave, and how long runs are recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from torgsync.core.config.notation import Days
from torgsync.core.config.tables import SettingsTable

Gone = Literal["delete", "hide", "not-available", "keep"]


class Removal(SettingsTable):
    """What happens on Prom.ua to products whose items are no longer sent."""

    gone: Gone = "delete"
    """Items that left the export: `delete` (see `delete_after`), `hide`, `not-available` or `keep`."""
    delete_after: Days = timedelta(days=30)
    """How long such a product is hidden before it is deleted; `0d` deletes at once, as Torgsoft does."""
    unsold: Gone = "hide"
    """Items that a setting excludes: `delete`, `hide`, `not-available` or `keep`."""
    foreign: Literal["keep", "delete"] = "keep"
    """Products on Prom.ua that were never sent from here: `keep` or `delete`."""

    @property
    def grace(self) -> timedelta:
        """How long the product of a good that left the export is hidden before it is deleted; 0 for none."""
        return self.delete_after if self.gone == "delete" else timedelta()


class Retention(SettingsTable):
    """How long the records of runs are kept."""

    keep: Days = timedelta(days=180)
    """How long changes and requests of a run are kept, for a rollback; older runs keep only totals."""
