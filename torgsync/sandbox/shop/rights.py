"""The rights of a token: one for each section of the cabinet (prom-api §1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Right = Literal["none", "read", "write"]
Section = Literal["products", "groups", "orders", "clients", "settings"]


@dataclass(frozen=True, kw_only=True)
class Rights:
    """The rights of one token, by default none. `settings` covers the payment and delivery options.

    From `expires` on, in UTC, the token counts as unknown (prom-api §1.2).
    """

    products: Right = "none"
    groups: Right = "none"
    orders: Right = "none"
    clients: Right = "none"
    settings: Right = "none"
    expires: datetime | None = None

    @classmethod
    def full(cls) -> Rights:
        """Return the right to read and write everywhere."""
        return cls(products="write", groups="write", orders="write", clients="write", settings="write")

    @classmethod
    def read_only(cls) -> Rights:
        """Read everywhere, write nowhere."""
        return cls(products="read", groups="read", orders="read", clients="read", settings="read")

    def expired(self, now: datetime) -> bool:
        """Return whether the token has expired."""
        return self.expires is not None and now >= self.expires

    def allow(self, section: Section, right: Right) -> bool:
        """Return whether the section's right includes this one."""
        levels: tuple[Right, ...] = ("none", "read", "write")
        return levels.index(getattr(self, section)) >= levels.index(right)
