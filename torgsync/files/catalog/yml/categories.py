"""The categories of a YML file, as the sections that the accounting program would have.

A section has a number. A category whose id is none (1C writes UUIDs) gets one made from its id, so that it
is the same in every export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from lxml import etree

from torgsync.core.product.groups import NUMBER, PATH, SECTION, made_number


class Category(NamedTuple):
    """A category of the file: its parent's id, empty at the root, its name and the number of its section."""

    parent: str
    name: str
    number: str


def read_categories(root: etree._Element) -> dict[str, Category]:
    """Return the categories of a file, keyed by id."""
    categories: dict[str, tuple[str, str]] = {}
    for category in root.iterfind(".//category"):
        identity = str(category.get("id", "")).strip()
        if identity:
            name = " ".join("".join(category.itertext(with_tail=False)).replace("|", "/").split())
            categories.setdefault(identity, (str(category.get("parentId", "")).strip(), name))
    numbers = _numbers(categories)
    return {identity: Category(*category, numbers[identity]) for identity, category in categories.items()}


def _numbers(identities: Collection[str]) -> dict[str, str]:
    """Return the number of each category: its id where that is one, else a number made from it.

    `ABC-1` and `abc-1` are two categories. The number made from an id is the same in any case, so one in
    capital letters, and one that differs from another id only in case, gets a number of its own spelling.
    """
    numbers: dict[str, str] = {}
    same = Counter(map(str.casefold, identities))
    taken: set[int] = set()
    for identity in sorted(identities):
        numbers[identity] = identity
        digits = identity.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()):
            folded = identity.casefold()
            own = identity != folded and (identity.isupper() or same[folded] > 1)
            number = made_number(f"category {identity.encode().hex() if own else identity}")
            while number in taken:
                number += 1
            taken.add(number)
            numbers[identity] = str(number)
    return numbers


def section_columns(categories: Mapping[str, Category], identity: str) -> dict[str, str]:
    """Return the columns of the category with this id: its number, its name and its path from the root."""
    path: dict[str, str] = {}
    step = identity
    while step in categories and categories[step].number not in path:
        category = categories[step]
        path[category.number] = category.name
        step = category.parent
    if not path:
        return {}
    items = [f"{number}={name}" for number, name in reversed(path.items())]
    own = categories[identity]
    return {NUMBER: own.number, PATH: "|".join(items), SECTION: own.name}
