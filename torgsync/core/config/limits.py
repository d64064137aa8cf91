"""`[stock]`, `[prices]` and `[limits]`: how stock and prices are sent, and which changes are held."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from torgsync.core.config.notation import Markup, Rise, Rounding, Share
from torgsync.core.config.tables import SettingsTable
from torgsync.core.product.presence import Presence


class StockRules(SettingsTable):
    """What an item without stock becomes."""

    zero: Literal["not_available", "order", "waiting"] = "not_available"
    """An item without stock on Prom.ua: `not_available`, `order` (on order) or `waiting` (expected)."""

    @property
    def presence(self) -> Presence:
        """The presence of an item without stock."""
        return Presence(self.zero)


class Prices(SettingsTable):
    """What is added to every price, and what it is rounded to: a step, or an ending such as 0.99."""

    markup: Markup = Decimal(0)
    """What is added to every price: `"5%"`; `"-3%"` takes off."""
    round: Rounding = Decimal("0.01")
    """A step (`0.5`, `5`) or an ending (`0.99`) to which prices are rounded."""


class Limits(SettingsTable):
    """Limits of the guards, as shares, and how much is asked of Prom.ua."""

    removals: Share = Decimal("0.10")
    """Share of the products that may be removed in one run; more are held until you allow them."""
    deletions: Share = Decimal("0.10")
    """Share of the products that may be deleted after `delete_after` in one run; more are held."""
    price_drop: Share = Decimal("0.40")
    """How far a price may fall; a change beyond that is held."""
    price_rise: Rise = Decimal("1.50")
    """How far a price may rise; a change beyond that is held."""
    stock_out: Share = Decimal("0.50")
    """Share of the items in stock that may sell out in one run."""
    photos: Share = Decimal("0.50")
    """Share of the products with photos that may lose all of them in one run."""
    export_rows: Share = Decimal("0.70")
    """Share of its usual rows that an export must have; with fewer, nothing is removed."""
    imports_per_day: int = Field(8, ge=0, le=100)
    """How many imports are used in 24 hours; Prom.ua allows only a few."""
    requests_per_second: float = Field(2.0, ge=0.05, le=50, strict=False)
    """How many requests a second are sent to Prom.ua."""
