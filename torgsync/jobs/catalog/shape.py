"""The fingerprint of everything but the row that shapes a product."""

from __future__ import annotations

from collections.abc import Collection

import xxhash

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.version import rules_version
from torgsync.jobs.photos.folder import PhotoFolder

_NO_SHAPE = {
    *("name", "language", "api_key", "clients", "payment_methods", "synchronization_times", "limits"),
    *("history", "notify", "reports"),
}
"""Tables of a sync object that shape no product."""
PRICE_STOCK = {"prices", "stock"}
"""Tables that shape price and stock, and nothing else of a product."""


def shape(
    settings: SyncObject,
    columns: tuple[str, ...],
    context: bytes,
    photos: PhotoFolder,
    without: Collection[str] = (),
) -> int:
    """Return the fingerprint of everything but the row that shapes a product, as 64 bits.

    `context` is the part of the file outside its rows; `without` are tables of the sync object that are left
    out. Of the photos only whether there is a source counts: those of each good are compared one by one.
    """
    state = xxhash.xxh3_64()
    tabs = settings.model_dump_json(exclude=_NO_SHAPE.union(without))
    for part in (rules_version(), tabs, str(photos.is_source), *columns):
        state.update(part.encode() + b"\x1f")
    state.update(context)
    return state.intdigest()
