"""The pages of the `*/list` calls (prom-api §2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from torgsync.core.clock import SHOP_ZONE
from torgsync.sandbox.api.call import Call
from torgsync.sandbox.shop.collection import Collection, Item
from torgsync.sandbox.shop.shop import Shop

# The client has its own constant for a page (`prom/api.py`): client and sandbox share no code on purpose.
LONGEST_PAGE = 100
SHORT_PAGE = 20
ZONES: Mapping[str, tzinfo] = {"utc": UTC, "kyiv": SHOP_ZONE}


def cut_page(
    shop: Shop,
    call: Call,
    collection: Collection[Item],
    matches: Callable[[Item], bool] | None = None,
    *,
    among: Sequence[int] | None = None,
) -> list[Item]:
    """Return the page that a list call asks for; unknown parameters are ignored.

    `among` are the ids to choose from, by default all.
    """
    windows = _windows(call.query, ZONES[shop.quirks.date_filters])
    if windows is None:
        return []

    def fits(item: Item) -> bool:
        # Products and groups have no date of creation; a window for it is ignored like any unknown parameter.
        inside = all(low <= getattr(item, name, low) <= high for name, low, high in windows)
        return inside and (matches is None or matches(item))

    last_id = call.query.get("last_id", "")
    return collection.page(
        _limit(call.query),
        matches=fits,
        among=among,
        modified_from=next(low for name, low, _ in windows if name == "date_modified"),
        last_id=int(last_id) if is_digits(last_id) else None,
        inclusive=shop.quirks.last_id == "inclusive",
        ascending=call.query.get("sort_dir") == "asc",
    )


def _limit(query: Mapping[str, str]) -> int:
    limit = query.get("limit", "")
    if is_digits(limit) and int(limit):
        return min(int(limit), LONGEST_PAGE)
    return SHORT_PAGE if query else LONGEST_PAGE


def _windows(query: Mapping[str, str], zone: tzinfo) -> list[tuple[str, datetime, datetime]] | None:
    """Return the attributes that are limited by dates, each with its inclusive bounds.

    None where a date has any format but the one that Prom reads: the list is then silently empty.
    """
    windows = []
    for parameter, attribute in (("last_modified", "date_modified"), ("date", "date_created")):
        bounds = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
        for place, end in enumerate(("from", "to")):
            text = query.get(f"{parameter}_{end}")
            if text is None:
                continue
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text, re.ASCII):
                return None
            try:
                bounds[place] = datetime.fromisoformat(text).replace(tzinfo=zone)
            except ValueError:
                return None
        windows.append((attribute, bounds[0], bounds[1]))
    return windows


def is_digits(text: str) -> bool:
    """Return whether a text consists of ASCII digits."""
    return text.isascii() and text.isdigit()
