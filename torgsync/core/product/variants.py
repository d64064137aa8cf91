"""Variants: the goods of one model that buyers see on one page, told apart by size, colour and the like.

Prom refuses a variant that differs from its sisters in no characteristic, and one that has a characteristic
which the main one lacks; the good would be lost with the offer. Which one Prom takes for the main one is not
known. So these go as products of their own, with a finding. A product that Prom has in a group already stays
there: no known call moves it, so what it is told apart by stays as it was sent.
Source: docs/developers/torgsoft.md §4, §17 no. 15, prom-api §7.2 (`offer@group_id`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import xxhash

from torgsync.core.findings import Code, Finding
from torgsync.core.product.columns import folded
from torgsync.core.product.fields import Characteristic

HIGHEST_NUMBER = 999_999_999
"""The highest number of a variant group that Prom takes; the lowest is 1 (prom-api §7.1)."""

PLACED = frozenset({Code.VARIANT_MOVED, Code.VARIANT_APART})
"""The findings about where Prom has a good, which are over when Prom makes it anew."""
CODES = PLACED | {Code.VARIANT_ALIKE, Code.VARIANT_EXTRA, Code.VARIANT_MISSING}
"""The findings about the models of goods."""

ALONE = "; it goes as a product of its own"
STAYS = "; what tells it apart on Prom stays as it is there"
"""How the messages of `arrange` end: of a good that is in no group on Prom, and of one that is."""

_BY_ID = "id:"
_DIGITS = len(str(HIGHEST_NUMBER))


def model_of(key: str) -> int:
    """Return the number under which a model is remembered, 0 for no model.

    `key` is what `model_key` made of a row. A model with an id of its own keeps it, as long as Prom takes the
    number; any other gets a number below zero from its text, the same every time.
    """
    if not key:
        return 0
    identity = key.removeprefix(_BY_ID)
    if key.startswith(_BY_ID) and identity.isdigit() and len(identity) <= _DIGITS and int(identity):
        return int(identity)
    return -1 - (xxhash.xxh3_64_intdigest(key.encode()) >> 2)


def stands_alone(model: int) -> bool:
    """Tell whether a model with one good is a variant group all the same.

    A model id was given by a person, and more sizes may come: Prom joins a product to a group only when it is
    made. A name makes a model only where it is repeated.
    """
    return model > 0


def group_numbers(model: int, used: Iterable[int]) -> Iterator[int]:
    """Yield the numbers that the variant group of a model may have, best first, without end.

    `used` are the groups in which its goods are on Prom already, the most common first: they cannot be moved.
    """
    yield from (number for number in used if 0 < number <= HIGHEST_NUMBER)
    number = model if model > 0 else -model % HIGHEST_NUMBER + 1
    while True:
        yield number
        number = number % HIGHEST_NUMBER + 1


@dataclass(frozen=True, slots=True)
class Member:
    """One good of a model: the line of its row, what tells it apart, and its group on Prom, 0 for none.

    `made` tells whether Prom has it, in a group or alone.
    """

    good_id: str
    line: int
    characteristics: tuple[Characteristic, ...]
    group: int = 0
    made: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of its characteristics."""
        return frozenset(item.name for item in self.characteristics)


@dataclass(frozen=True, slots=True)
class Arranged:
    """Which goods of a model are variants of each other, by id; the others say why not."""

    variants: tuple[str, ...]
    findings: tuple[Finding, ...]


def arrange(members: Sequence[Member]) -> Arranged:
    """Return which members of a model can be variants.

    All of them have the same characteristics, by name, and no two the same values: which of them Prom takes
    for the main one then does not matter. Where members have different ones, those of most members count. Of
    two that are alike the one that is on Prom in a group stays, else the one with the lesser id. Values that
    differ by case, blanks or look-alike letters alone are alike: buyers see one size twice.
    """
    if len(members) == 1:
        return Arranged((members[0].good_id,), ())
    ordered = sorted(members, key=lambda member: (not member.group, len(member.good_id), member.good_id))
    names = _usual_names(ordered)
    variants: list[str] = []
    findings: list[Finding] = []
    taken: dict[frozenset[tuple[str, str, str]], str] = {}
    for member in ordered:
        own = frozenset((item.name, item.unit, folded(item.value)) for item in member.characteristics)
        if fault := _fault(member, names, taken.get(own, "")):
            code, message = fault
            ending = STAYS if member.group else ALONE
            findings.append(Finding(code, f"{message}{ending}", member.good_id, member.line))
        else:
            taken[own] = member.good_id
            variants.append(member.good_id)
    return Arranged(tuple(variants), tuple(findings))


def moved(good_id: str, line: int, group: int) -> Finding:
    """Return what is to be said of a good that Prom has in a variant group which is not that of its model."""
    message = f"its model changed, and Prom has it in the variant group {group}, which no call changes{STAYS}"
    return Finding(Code.VARIANT_MOVED, message, good_id, line)


def apart(member: Member) -> Finding:
    """Return what is to be said of a variant that Prom has as a product of its own.

    It came before its sisters, or could be no variant then: a product is joined to a group when it is made.
    """
    message = "Prom has it as a product of its own, and no call joins it to the other goods of its model"
    return Finding(Code.VARIANT_APART, message, member.good_id, member.line)


def _usual_names(members: Sequence[Member]) -> frozenset[str]:
    """Return the names of characteristics that most members have; where they are even, the greater set."""
    counted = Counter(member.names for member in members)
    return max(counted, key=lambda names: (counted[names], len(names), sorted(names)), default=frozenset())


def _fault(member: Member, names: AbstractSet[str], twin: str) -> tuple[Code, str] | None:
    """Return why a member cannot be a variant, None where it can; `names` are those that it should have."""
    if missing := sorted(names - member.names):
        return Code.VARIANT_MISSING, f"lacks {_listed(missing)}, which the other goods of its model have"
    if extra := sorted(member.names - names):
        return Code.VARIANT_EXTRA, f"has {_listed(extra)}, which the other goods of its model lack"
    if twin:
        what = ", ".join(f"{item.name} {item.value}" for item in member.characteristics if item.value)
        differs = (
            f"has the same {what} as `{twin}`" if what else f"differs from `{twin}` in no characteristic"
        )
        return Code.VARIANT_ALIKE, f"{differs}, a good of the same model"
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
