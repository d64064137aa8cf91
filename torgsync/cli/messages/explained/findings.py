"""The explanations of all findings."""

from __future__ import annotations

from torgsync.cli.messages.explained.items import ITEMS
from torgsync.cli.messages.explained.orders import ORDERS
from torgsync.cli.messages.explained.shop import SHOP

FINDINGS = {**ITEMS, **SHOP, **ORDERS}
"""What each finding means, and what a person can do."""
