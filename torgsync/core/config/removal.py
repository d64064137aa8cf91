"""`[removal]`: what becomes of products that leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from torgsync.core.config.catalog import SettingsTable
from torgsync.core.config.notation import Days

Gone = Literal["delete", "hide", "not-available", "keep"]


class Removal(SettingsTable):
    """What happens on Prom to products that leave."""

    gone: Gone = "delete"
    """What happens to goods that left the export; delete takes them off the site first, see delete_after."""
    delete_after: Days = timedelta(days=30)
    """How long such a product stays hidden before it is deleted; 0d deletes at once, as Torgsoft does."""
    unsold: Gone = "hide"
    """What happens to goods that a rule keeps out."""
    foreign: Literal["keep", "delete"] = "keep"
    """What happens to products on Prom that were never sent from here."""

    @property
    def grace(self) -> timedelta:
        """How long the product of a good that left the export is hidden before it is deleted; 0 for none."""
        return self.delete_after if self.gone == "delete" else timedelta()
