"""Numbers as people read them: with their nouns, where they are a part of a sentence, and shares."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from torgsync.i18n import Message, _, _n

_ALL, _NEARLY_ALL = Decimal(100), Decimal("99.9")
_GROWTH = 1.25


def grew_by_much(before: int, now: int) -> bool:
    """Return whether a number grew by so much, a quarter and at least one, that it is news again."""
    return now >= max(before + 1, before * _GROWTH)


def product_count(count: int) -> Message:
    """Return a number of products on Prom.ua."""
    return _n("{count} product", "{count} products", count)


def item_count(count: int) -> Message:
    """Return a number of items of the export."""
    return _n("{count} item", "{count} items", count)


def piece_count(count: int) -> Message:
    """Return a number of pieces in stock."""
    return _n("{count} piece", "{count} pieces", count)


def change_count(count: int) -> Message:
    """Return a number of changes."""
    return _n("{count} change", "{count} changes", count)


def column_count(count: int) -> Message:
    """Return a number of columns of the export."""
    return _n("{count} column", "{count} columns", count)


def import_count(count: int) -> Message:
    """Return a number of imports."""
    return _n("{count} import", "{count} imports", count)


def order_count(count: int) -> Message:
    """Return a number of orders."""
    return _n("{count} order", "{count} orders", count)


def row_count(count: int) -> Message:
    """Return a number of rows of a file."""
    return _n("{count} row", "{count} rows", count)


def day_count(count: int) -> Message:
    """Return a number of days."""
    return _n("{count} day", "{count} days", count)


def photo_count(count: int) -> Message:
    """Return a number of photos."""
    return _n("{count} photo", "{count} photos", count)


def request_count(count: int) -> Message:
    """Return a number of requests to Prom.ua."""
    return _n("{count} request", "{count} requests", count)


def megabytes(size: int) -> Message:
    """Return a number of bytes in millions."""
    return _("{number} MB", number=f"{size / 1_000_000:.1f}")


def percent(share: Decimal, digits: int = 0) -> str:
    """Return the size of a share, given in percent, with so many decimal places.

    What is little does not read as nothing, and what is less than 100 not as that.
    """
    size = abs(share)
    text = f"{size:.{digits}f}"
    if size < _ALL <= Decimal(text):
        text = f"{min(size, _NEARLY_ALL):.{digits or 1}f}"
    return text if Decimal(text) or not size else f"{Decimal(f'{size:.1g}'):f}"


def moved_by(share: Decimal) -> str:
    """Return by how many percent a number moves, with its sign; less than one has a decimal place."""
    return f"{'-' if share < 0 else '+'}{percent(share, 0 if abs(share) >= 1 or not share else 1)}"


def ago(moment: datetime | None, now: datetime) -> Message | None:
    """Return how long ago something was, as a cell of a table has it."""
    return span(max(now - moment, timedelta())) if moment else None


def span(time: timedelta) -> Message:
    """Return a stretch of time in its largest unit, as a cell of a table has it."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004  # an hour
        return _("{count} min", count=minutes)
    if minutes < 48 * 60:
        return _("{count} h", count=minutes // 60)
    return _("{count} d", count=minutes // (24 * 60))
