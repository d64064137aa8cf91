"""Variants: the goods of one model that buyers see on one page, differing in size, colour and the like.

Prom refuses a variant that differs from its siblings in no characteristic, and one that has a characteristic
which the main one lacks; the good would be lost with the offer. Which one Prom takes for the main one is not
known. So these go as products of their own, with a finding. A product that Prom has in a group already stays
there: no known call moves it, so its distinguishing characteristics stay as they were sent.
Source: docs/developers/torgsoft.md §4, §17 no. 15, prom-api §7.2 (`offer@group_id`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import xxhash
from msgspec import Struct

from torgsync.core.findings import PLACED, Code, Finding
from torgsync.core.product.columns import folded
from torgsync.core.product.fields import Characteristic
from torgsync.core.reason import Reason

HIGHEST_NUMBER = 999_999_999
"""The highest number of a variant group that Prom takes; the lowest is 1 (prom-api §7.1)."""

CODES = PLACED | {Code.VARIANT_ALIKE, Code.VARIANT_EXTRA, Code.VARIANT_MISSING}
"""The findings about the models of goods."""

_BY_ID = "id:"
_DIGITS = len(str(HIGHEST_NUMBER))


@lru_cache(maxsize=256)  # the goods of a model follow each other
def model_of(key: str) -> int:
    """Return the number under which a model is remembered, 0 for no model.

    `key` is what `model_key` made of a row. A model with an id of its own keeps it, as long as Prom takes the
    number; any other gets a number below zero from its text, the same every time.
    """
    if not key:
        return 0
    identity = key.removeprefix(_BY_ID)
    if (
        key.startswith(_BY_ID)
        and identity.isascii()
        and identity.isdigit()
        and len(identity) <= _DIGITS
        and int(identity)
    ):
        return int(identity)
    return -1 - (xxhash.xxh3_64_intdigest(key.encode()) >> 2)


def stands_alone(model: int) -> bool:
    """Return whether a model with one good is a variant group all the same.

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
    """One good of a model: the line of its row, what distinguishes it, and its group on Prom, 0 for none.

    `made`: Prom has it, in a group or alone.
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


class Arranged(Struct, frozen=True):
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
    names_of = [member.names for member in ordered]
    names = _usual_names(names_of)
    variants: list[str] = []
    findings: list[Finding] = []
    taken: dict[frozenset[tuple[str, str, str]], str] = {}
    for member, named in zip(ordered, names_of, strict=True):
        own = frozenset(map(_trait, member.characteristics))
        if fault := _fault(member, named, names, taken.get(own, "")):
            args = {**fault.args, "grouped": bool(member.group)}
            findings.append(Finding(fault.code, good_id=member.good_id, line=member.line, args=args))
        else:
            taken[own] = member.good_id
            variants.append(member.good_id)
    return Arranged(tuple(variants), tuple(findings))


def moved(good_id: str, line: int, group: int) -> Finding:
    """Return the finding about a good that Prom has in another variant group than that of its model."""
    return Finding(Code.VARIANT_MOVED, good_id=good_id, line=line, args={"group": group})


def apart(member: Member) -> Finding:
    """Return the finding about a variant that Prom has as a product of its own.

    It was created before its siblings, or could not be a variant then: a product is joined to a group only
    when it is created.
    """
    return Finding(Code.VARIANT_APART, good_id=member.good_id, line=member.line)


@lru_cache(maxsize=4096)  # goods repeat their sizes and colours
def _trait(item: Characteristic) -> tuple[str, str, str]:
    """Return a characteristic as it is compared with another one of the same name."""
    return item.name, item.unit, folded(item.value)


def _usual_names(names_of: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the names of characteristics that most members have; where they are even, the greater set."""
    counted = Counter(names_of)
    return max(counted, key=lambda names: (counted[names], len(names), sorted(names)), default=frozenset())


def _fault(member: Member, named: frozenset[str], names: frozenset[str], twin: str) -> Reason[Code] | None:
    """Return why a member, `named` so, cannot be a variant, None where it can; it should have `names`."""
    if missing := sorted(names - named):
        return Reason(Code.VARIANT_MISSING, {"names": missing})
    if extra := sorted(named - names):
        return Reason(Code.VARIANT_EXTRA, {"names": extra})
    if twin:
        traits = [[item.name, item.value] for item in member.characteristics if item.value]
        return Reason(Code.VARIANT_ALIKE, {"twin": twin, "traits": traits})
    return None


class VariantSibling(Struct, frozen=True):
    """Another good of the same model, and how it differs: what it has otherwise, and what it lacks.

    `out` is why it stays out of the shop, empty where it goes; `alone` why it is a product of its own.
    """

    good_id: str
    title: str
    differs: tuple[Characteristic, ...]
    lacks: tuple[str, ...]
    out: str = ""
    alone: Finding | None = None


class Alone(StrEnum):
    """Why a good is a product of its own, where that is no fault of its characteristics."""

    NO_COLUMN = "no-column"
    NO_MODEL = "no-model"
    OUT = "out"
    NO_COMPANION = "no-companion"
    ONLY_GOOD = "only-good"
    CREATED_ALONE = "created-alone"
    CREATED_IN_GROUP = "created-in-group"


class Family(Struct, frozen=True):
    """The model of a good and the other goods of it, in the order of the file.

    `model` is its number or name, empty where the good has none. `group` is the number of the variant group
    on Prom, 0 where it has none yet. `alone` is why the good is a product of its own, None where it goes with
    its siblings.
    """

    model: str
    group: int
    alone: Reason[Alone] | Finding | None
    siblings: tuple[VariantSibling, ...] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """A good of one model as the export has it now; `out` is empty where it goes."""

    member: Member
    title: str
    out: str = ""


def no_family(column: str) -> Family:
    """Return the family of a good without a model; `column` is mapped to the model, empty for none."""
    alone = Reason(Alone.NO_MODEL, {"column": column}) if column else Reason(Alone.NO_COLUMN)
    return Family("", 0, alone)


def family(
    key: str, good_id: str, relatives: Sequence[Relative], group: int, prom_group: int | None
) -> Family:
    """Return the other goods of a model as one of them sees them, and whether they are its variants.

    `key` is what `model_key` made of a row; `relatives` are all goods of the model, that one included.
    `prom_group` is the variant group in which Prom has the good, 0 for none, None where Prom has not got it.
    """
    going = [relative.member for relative in relatives if not relative.out]
    arranged = arrange(going) if going else Arranged((), ())
    alone = {finding.good_id: finding for finding in arranged.findings}
    own = next(relative for relative in relatives if relative.member.good_id == good_id)
    siblings = tuple(_sibling(relative, own.member, alone) for relative in relatives if relative is not own)
    reason: Reason[Alone] | Finding | None
    if own.out:
        reason = Reason(Alone.OUT)
    elif good_id in alone:
        reason = alone[good_id]
    elif len(arranged.variants) == 1:
        reason = Reason(Alone.NO_COMPANION if siblings else Alone.ONLY_GOOD)
    else:
        reason = _created_otherwise(group, prom_group)
    return Family(key.partition(":")[2], group, reason, siblings)


def _sibling(relative: Relative, own: Member, alone: Mapping[str, Finding]) -> VariantSibling:
    good_id, names, traits = relative.member.good_id, relative.member.names, relative.member.characteristics
    differs = tuple(item for item in traits if item not in own.characteristics)
    return VariantSibling(
        good_id, relative.title, differs, tuple(sorted(own.names - names)), relative.out, alone.get(good_id)
    )


def _created_otherwise(group: int, prom_group: int | None) -> Reason[Alone] | None:
    """Return why a good that goes with its siblings is not with them on Prom, if so."""
    if prom_group is None or prom_group == group:
        return None
    return (
        Reason(Alone.CREATED_IN_GROUP, {"group": prom_group}) if prom_group else Reason(Alone.CREATED_ALONE)
    )
