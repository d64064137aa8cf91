"""`[history]`: how long it is kept what runs did."""

from __future__ import annotations

from datetime import timedelta

from torgsync.core.config.catalog import SettingsTable
from torgsync.core.config.notation import Days


class Retention(SettingsTable):
    """How long it is kept what runs did."""

    keep: Days = timedelta(days=180)
    """How long changes and requests of a run are kept, for a rollback; of older runs only totals are kept."""
