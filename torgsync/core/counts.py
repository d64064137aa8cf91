"""Numbers with their nouns, where they are a part of a sentence: "3 products"."""

from __future__ import annotations

from torgsync.i18n import Message, _, _n


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
