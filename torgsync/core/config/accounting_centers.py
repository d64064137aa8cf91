"""The table `[accounting_centers]` of a sync object: whose stock counts, and what stays out."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from pydantic import field_validator, model_validator

from torgsync.core.config.catalog import SettingsTable, misplaced
from torgsync.core.config.notation import Kept
from torgsync.core.text import listed


class AccountingCenters(SettingsTable):
    """Whose balances are sent, and what stays out."""

    use: list[str] = []
    """Ids of the centers whose stock counts; none means all together."""
    only_in_stock: bool = False
    """Whether goods without stock are taken off the site."""
    only_with_photos: bool = False
    """Whether goods without a photo stay off the site."""
    respect_display: bool = True
    """Whether Display = 0 keeps a good off the site."""
    keep: Kept = Decimal(0)
    """Pieces that stay for the own buyers of each center: a number, or one for each center."""

    @field_validator("use")
    @classmethod
    def _one_id_each(cls, use: list[str]) -> list[str]:
        for number, center in enumerate(use):
            if listed(center) != [center]:
                ids = ", ".join(f'"{part}"' for part in listed(center)) or '"1", "4"'
                raise misplaced((number,), f'"{center}" is not the id of one center; write [{ids}]')
        return list(dict.fromkeys(use))  # twice named, a center's stock would count twice

    @model_validator(mode="after")
    def _kept_where_ticked(self) -> Self:
        for center in self.keep if isinstance(self.keep, dict) and self.use else ():
            if center not in self.use:
                raise ValueError(f'keep: center "{center}" is not ticked in `use`')
        return self

    def kept_in(self, center: str) -> Decimal:
        """Return how many pieces stay in a center for its own buyers."""
        return self.keep.get(center, Decimal(0)) if isinstance(self.keep, dict) else self.keep

    @property
    def kept_in_all(self) -> Decimal:
        """Return how many pieces are kept where only the stock of all centers together is known."""
        return sum(self.keep.values(), Decimal(0)) if isinstance(self.keep, dict) else self.keep
