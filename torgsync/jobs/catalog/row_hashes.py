"""The numbers by which the state recognises the content of a row, its group and what distinguishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import xxhash

from torgsync.core.product.cells import Section
from torgsync.core.product.fields import Characteristic

_NO_CELL = "\x1e"
"""A cell that a row does not have, which is not the same as an empty one."""
_REMEMBERED = 1024
"""Groups, and sets of characteristics, whose numbers are remembered: goods of one kind follow each other."""


def content_hash(cells: Mapping[str, str], columns: Sequence[str]) -> int:
    """Return a hash of a row's cells in these columns; 63 bits, never 0."""
    try:
        content = "\x1f".join(map(cells.__getitem__, columns))
    except KeyError:
        content = "\x1f".join([cells.get(column, _NO_CELL) for column in columns])
    return xxhash.xxh3_64_intdigest(content.encode("utf-8", "surrogatepass")) >> 1 | 1


@lru_cache(maxsize=_REMEMBERED)
def section_number(path: tuple[Section, ...]) -> int:
    """Return the number under which a path of groups is stored, 0 for none; 63 bits."""
    if not path:
        return 0
    return xxhash.xxh3_64_intdigest("\x1f".join(map("\x1e".join, path)).encode()) >> 1


@lru_cache(maxsize=_REMEMBERED)
def traits_hash(characteristics: tuple[Characteristic, ...]) -> int:
    """Return a hash of the characteristics, which make a good a variant; 63 bits, never 0."""
    return xxhash.xxh3_64_intdigest(repr(characteristics).encode()) >> 1 | 1
