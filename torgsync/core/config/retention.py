"""`[history]`: how long the records of runs are kept."""

from __future__ import annotations

from datetime import timedelta

from torgsync.core.config.catalog import SettingsTable
from torgsync.core.config.notation import Days


class Retention(SettingsTable):
    """How long the records of runs are kept."""

    keep: Days = timedelta(days=180)
    """How long changes and requests of a run are kept, for a rollback; older runs keep only totals."""
