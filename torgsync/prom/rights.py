"""The rights that a token can have.

Source: docs/developers/prom-api.md §1.2.
"""

from __future__ import annotations

from enum import Enum


class Right(Enum):
    """A right of a token: what it permits, and its section and level in the seller's cabinet."""

    PRODUCTS_READ = ("read products", "Products and groups", "Read only", "«Товари» and «Групи»")
    PRODUCTS_WRITE = ("write products", "Products and groups", "Read and write", "«Товари» and «Групи»")
    ORDERS_READ = ("read orders", "Orders", "Read only", "«Замовлення»")
    ORDERS_WRITE = ("write orders", "Orders", "Read and write", "«Замовлення»")
    GROUPS_READ = ("read groups", "Products and groups", "Read only", "«Товари» and «Групи»")
    SETTINGS_READ = ("read payment options", "Payment options", "Read only", "«Способи оплати»")
    CLIENTS_READ = ("read clients", "Clients", "Read only", "«Клієнти»")

    def __init__(self, doing: str, section: str, level: str, cabinet: str) -> None:
        self.doing = doing
        self.section = section
        self.level = level
        self.cabinet = cabinet

    @property
    def in_cabinet(self) -> str:
        """The section and level in the cabinet's own words."""
        return f"{self.cabinet}: {'«лише читання»' if self.level == 'Read only' else '«читання і запис»'}"

    @property
    def instruction(self) -> str:
        """The section and the right to give, in both languages."""
        return f'"{self.section}" the right "{self.level}" ({self.in_cabinet})'


NEEDED_RIGHTS = (Right.PRODUCTS_WRITE, Right.ORDERS_READ, Right.SETTINGS_READ)
"""The rights of a new token; one that lacks a right is refused later."""
