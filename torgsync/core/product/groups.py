"""Which group a good belongs to, the tree of all groups, and which other goods are the same model.

The section path is the best witness, then the section's number with its name, then the type of goods, whose
levels are never torn apart: their names hold commas. Source: docs/developers/torgsoft.md §3.6, §4, §8, §17
no. 13 and 15.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from torgsync.core.findings import Code, Finding
from torgsync.core.product.cells import PLACEHOLDERS, Section, section_path
from torgsync.core.product.cleaning import short_text

PATH, SECTION, TYPE = "SynchronizationSectionFull", "SynchronizationSection", "GoodTypeFull"
NUMBER = "Category"
MODEL, MODEL_NAME = "ModelGoodID", "FashionName"
MADE = 1 << 30
"""Numbers made from a group's text are from here up to 2^31; those of real sections are far smaller."""

_NUMBER = re.compile(r"-?[0-9]*")
_POSITIVE = re.compile(r"0*[1-9][0-9]*")


def group_path(
    cells: Mapping[str, str], column: str = PATH, blank: frozenset[str] = PLACEHOLDERS
) -> tuple[Section, ...]:
    """Return the path of a good's group, root first; empty where it has none.

    The column that is mapped to the group is asked first, then the others of its kind that the row has. A
    column of the merchant's own holds a path or the name of one group, and nothing else is asked.
    """
    asked = SECTION if column == NUMBER else column
    read = (*_READ, asked)
    return _group_path(asked, blank, read, tuple(map(cells.get, read)))


@lru_cache(maxsize=1024)  # a shop has a few hundred groups
def _group_path(
    asked: str, blank: frozenset[str], read: tuple[str, ...], texts: tuple[str | None, ...]
) -> tuple[Section, ...]:
    cells = {column: text for column, text in zip(read, texts, strict=True) if text is not None}
    if asked not in _ASK:
        return _path(cells, asked, blank) or _named(cells.get(asked, ""), blank)
    for name in (asked, *(other for other in _ASK if other != asked)):
        if path := _ASK[name](cells, name, blank):
            return path
    return ()


def _path(cells: Mapping[str, str], column: str, blank: frozenset[str]) -> tuple[Section, ...]:
    steps = (
        Section(step.number, short_text(step.name, blank))
        for step in section_path(short_text(cells.get(column, ""), blank))
    )
    return tuple(step for step in steps if step.name and _POSITIVE.fullmatch(step.number))


def _section(cells: Mapping[str, str], column: str, blank: frozenset[str]) -> tuple[Section, ...]:
    """Return the section by its number and name; a file without numbers gets one made from the name.

    Where the column of the number is the only one and holds no number, it holds the name.
    """
    if NUMBER not in cells:
        return _named(cells.get(column, ""), blank)
    if SECTION not in cells and not _NUMBER.fullmatch(cells[NUMBER].strip()):
        return _named(cells[NUMBER], blank)
    number, name = short_text(cells[NUMBER]), short_text(cells.get(column, ""), blank)
    return (Section(number, name),) if name and _POSITIVE.fullmatch(number) else ()


def _type(cells: Mapping[str, str], column: str, blank: frozenset[str]) -> tuple[Section, ...]:
    text = cells.get(column, "")
    return _named(text, blank) if any(short_text(level, blank) for level in text.split(",")) else ()


_ASK = {PATH: _path, SECTION: _section, TYPE: _type}
_READ = (PATH, SECTION, TYPE, NUMBER)


def _named(text: str, blank: frozenset[str]) -> tuple[Section, ...]:
    name = short_text(text, blank)
    return (Section(str(made_number(name)), name),) if name else ()


def made_number(name: str) -> int:
    """Return the number of a group that has only a name: the same for the same name, in any case."""
    digest = hashlib.blake2b(name.casefold().encode(), digest_size=4).digest()
    return MADE | int.from_bytes(digest) & (MADE - 1)


def in_group(
    group: str, cells: Mapping[str, str], column: str = PATH, blank: frozenset[str] = PLACEHOLDERS
) -> bool:
    """Return whether a good is in a group or below it, by the path that `group_path` gives.

    A type of goods joins levels with commas, and a level's name may hold commas itself, so the group's name
    is looked for as a whole run of levels.
    """
    path = group_path(cells, column, blank)
    return path_in_group(group, path, typed=len(path) == 1 and path == _type(cells, TYPE, blank))


def path_in_group(group: str, path: Sequence[Section], *, typed: bool = False) -> bool:
    """Return whether a path of groups, root first, goes through a group; `typed` is one of `in_group`."""
    wanted = short_text(group).casefold()
    if any(section.name.casefold() == wanted for section in path):
        return True
    return typed and f",{wanted}," in f",{path[0].name.casefold()},"


def model_key(cells: Mapping[str, str], column: str = MODEL, blank: frozenset[str] = PLACEHOLDERS) -> str:
    """Return what the goods of one model have in common: `id:4310`, else `name:капці верба`, else nothing.

    The model's number is asked first, also where `FashionName` is mapped to the variants. A column of the
    merchant's own holds the number or the name itself.
    """
    own = column not in (MODEL, MODEL_NAME)
    number, name = cells.get(column if own else MODEL, ""), cells.get(column if own else MODEL_NAME, "")
    return _model_key(number, name, blank)


@lru_cache(maxsize=256)  # the goods of a model follow each other
def _model_key(number: str, name: str, blank: frozenset[str]) -> str:
    model = short_text(number)
    if _POSITIVE.fullmatch(model):
        return f"id:{model.lstrip('0')}"
    title = short_text(name, blank).casefold()
    return f"name:{title}" if title else ""


Steps = tuple[Section, ...]


class Tree(Struct, frozen=True):
    """Name and parent of each group, keyed by its number; the parent of a top group is empty."""

    groups: Mapping[str, tuple[str, str]]
    findings: tuple[Finding, ...] = ()

    def path(self, own: Steps) -> Steps:
        """Return the path of a group, root first, for a good's own path; unknown groups keep it."""
        path: list[Section] = []
        met: set[str] = set()
        number = own[-1].number if own else ""
        while number in self.groups and number not in met:
            met.add(number)
            name, parent = self.groups[number]
            path.append(Section(number, name))
            number = parent
        return tuple(reversed(path)) if path and not number else own


def grow(paths: Iterable[tuple[Steps, int]]) -> Tree:
    """Return the tree of paths, each with the number of goods that have it.

    A group has the parent and the name that most goods give it; where they are even, the lesser number and
    the lesser name, so that the order of goods decides nothing.
    """
    votes: dict[str, Counter[tuple[str, str]]] = {}
    for path, goods in paths:
        parent = ""
        for section in path:
            votes.setdefault(section.number, Counter())[section.name, parent] += goods
            parent = section.number
    groups, findings = {}, []
    for number, places in sorted(votes.items()):
        (chosen, _), *others = sorted(places.items(), key=lambda item: (-item[1], item[0]))
        groups[number] = chosen
        if others:
            args = {"number": number, "chosen": list(chosen), "others": [list(other) for other, _ in others]}
            findings.append(Finding(Code.GROUP_CONFLICT, args=args))
    return Tree(groups, tuple(findings))
