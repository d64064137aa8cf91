"""Long lists are taken in pages: as many items as one statement names, or one step holds in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")

PAGE = 200
"""Items of one page, with all that is known of them."""
IDS = 1000
"""Ids that one statement names."""


def pages(items: Sequence[_Item], size: int = PAGE) -> Iterator[Sequence[_Item]]:
    """Yield items in their order, in pages of `size`; the last may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
