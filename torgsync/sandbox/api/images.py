"""Addresses of photos as Prom shows them (prom-api §3.3, §13).

Prom keeps photos on its own hosts; the address they came from is not shown. `_w0_h0_` in place of another
size is the photo as it was fetched. Nothing answers at these addresses.
"""

from __future__ import annotations

import re

IMAGES = "https://images.prom.example"
NO_IMAGE = f"{IMAGES}/no-image-200-200.png"
LONGEST_SLUG = 60
LETTERS = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziiklmnoprstufhcye", strict=True))
    | {"ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
    | {"і": "i", "ї": "i", "є": "e", "ґ": "g", "'": "", "\u2019": ""}
)


def image_url(image_id: int, size: int, name: str) -> str:
    """Return the address of a photo in a square of this size; it ends in the product's name."""
    slug = re.sub("[^a-z0-9]+", "-", name.casefold().translate(LETTERS))[:LONGEST_SLUG].strip("-")
    return f"{IMAGES}/{image_id}_w{size}_h{size}_{slug or 'photo'}.jpg"
