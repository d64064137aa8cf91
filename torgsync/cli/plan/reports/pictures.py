"""Which photos a page may show: those below the address that the sync object names, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from torgsync.core.config.settings import SyncObject

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PATH = "/%:@!$&()*+=~-._"
"""What a path keeps in a policy, where `;`, `,` and quotation marks part what it lists."""


def picture_source(settings: SyncObject) -> str:
    """Return the address of photos as a policy has it, empty where a page can show none of them."""
    photos = settings.catalog.photos
    if photos is None:
        return ""
    try:
        address = urlsplit(photos.url)
        host, port = (address.hostname or "").encode("idna").decode(), address.port
    except ValueError:  # of a host or a port that no browser takes either
        return ""
    if address.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    if address.query or "@" in address.netloc:  # a policy has no query, and a page no password
        return ""
    where = f"{host}:{port}" if port else host
    return f"{address.scheme}://{where}{quote(address.path, safe=_PATH)}"


def picture(settings: SyncObject, url: str) -> str:
    """Return a photo's address if a page may show it, else nothing."""
    photos = settings.catalog.photos
    below = photos is not None and url.startswith(photos.url) and url.isprintable()
    return url if below and photos is not None and picture_source(settings) else ""


def policy(sources: Iterable[str], style_hash: str) -> str:
    """Return the policy of a page: its own style, photos from these addresses, and nothing else."""
    images = " ".join(sorted(set(filter(None, sources)))) or "'none'"
    return (
        f"default-src 'none'; img-src {images}; style-src '{style_hash}'; base-uri 'none'; form-action 'none'"
    )
