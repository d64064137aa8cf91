"""The tables of rules: accounting centers, prices, removal, limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from torgsync.core.config.notation import Kept, Markup, Rise, Rounding, Share
from torgsync.core.config.table import SettingsTable


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


class Prices(SettingsTable):
    """What is added to every price, and what it is rounded to: a step, or an ending such as 0.99."""

    markup: Markup = Decimal(0)
    """What is added to every price; "-3%" takes off."""
    round: Rounding = Decimal("0.01")
    """A step (0.5, 5) or an ending (0.99) to which prices are rounded."""


Gone = Literal["delete", "hide", "not-available", "keep"]


class Removal(SettingsTable):
    """What happens on Prom to products that leave."""

    gone: Gone = "delete"
    """What happens to goods that left the export."""
    unsold: Gone = "hide"
    """What happens to goods that a rule keeps out."""
    foreign: Literal["keep", "delete"] = "keep"
    """What happens to products on Prom that were never sent from here."""


class Limits(SettingsTable):
    """The guards' limits, as shares, and Prom's patience."""

    removals: Share = Decimal("0.10")
    """Share of the products that may be taken out at once; more wait for a person."""
    price_drop: Share = Decimal("0.40")
    """How far a price may fall; further ones wait."""
    price_rise: Rise = Decimal("1.50")
    """How far a price may rise; further ones wait."""
    stock_out: Share = Decimal("0.50")
    """Share of the goods in stock that may sell out at once."""
    photos: Share = Decimal("0.50")
    """Share of the products with photos that may lose all of them at once."""
    export_rows: Share = Decimal("0.70")
    """Share of its usual rows that an export needs for anything to be removed."""
    imports_per_day: int = Field(8, ge=0, le=100)
    """Imports that are spent in 24 hours; Prom allows only a few."""
    requests_per_second: float = Field(2.0, gt=0, le=50, strict=False)
    """How fast Prom is asked."""
