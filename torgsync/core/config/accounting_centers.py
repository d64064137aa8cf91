"""The table `[accounting_centers]` of a sync object: whose stock counts, and what stays out."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from pydantic import field_validator, model_validator

from torgsync.core.config.notation import Kept
from torgsync.core.config.tables import SettingsTable, misplaced
from torgsync.core.text import listed
from torgsync.i18n import _


class AccountingCenters(SettingsTable):
    """Whose stock is sent, and which items are not."""

    use: list[str] = []
    """Ids of the accounting centers whose stock is sent; none means all together."""
    only_in_stock: bool = False
    """Whether items without stock are taken off the site."""
    only_with_photos: bool = False
    """Whether items without a photo stay off the site."""
    respect_display: bool = True
    """Whether `Display` = 0 keeps an item off the site."""
    keep: Kept = Decimal(0)
    """Pieces that are not sent, kept for the buyers of your own shops: a number, or one by center."""

    @field_validator("use")
    @classmethod
    def _one_id_each(cls, use: list[str]) -> list[str]:
        for number, center in enumerate(use):
            if listed(center) != [center]:
                ids = ", ".join(f'"{part}"' for part in listed(center)) or '"1", "4"'
                message = _('"{given}" is not the id of one center; write `[{ids}]`', given=center, ids=ids)
                raise misplaced((number,), message)
        return list(dict.fromkeys(use))  # twice named, a center's stock would count twice

    @model_validator(mode="after")
    def _kept_where_ticked(self) -> Self:
        for center in self.keep if isinstance(self.keep, dict) and self.use else ():
            if center not in self.use:
                raise ValueError(_("`keep` has the center `{center}`, which is not in `use`", center=center))
        return self

    def kept_in(self, center: str) -> Decimal:
        """Return how many pieces stay in a center for its own buyers."""
        return self.keep.get(center, Decimal(0)) if isinstance(self.keep, dict) else self.keep

    @property
    def kept_in_all(self) -> Decimal:
        """Return how many pieces are kept where only the stock of all centers together is known."""
        return sum(self.keep.values(), Decimal(0)) if isinstance(self.keep, dict) else self.keep
