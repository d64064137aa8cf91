"""The other goods of a good's model, and why it is or is not their variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Finding
from torgsync.core.product.fields import Characteristic
from torgsync.core.product.variants import Arranged, Member, arrange
from torgsync.core.reason import Reason


@dataclass(frozen=True, slots=True)
class VariantSibling:
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


@dataclass(frozen=True, slots=True)
class Family:
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


def no_family(settings: SyncObject) -> Family:
    """Return the family of a good without a model."""
    column = model_column(settings)
    if not column:
        return Family("", 0, Reason(Alone.NO_COLUMN))
    return Family("", 0, Reason(Alone.NO_MODEL, {"column": column}))


def model_column(settings: SyncObject) -> str:
    """Return the column that is mapped to the model of a good, empty for none."""
    return next((mapping.column for mapping in settings.fields if mapping.to == "variant_group"), "")


def family(key: str, good_id: str, relatives: Sequence[Relative], group: int, made: int | None) -> Family:
    """Return the other goods of a model as one of them sees them, and whether they are its variants.

    `key` is what `model_key` made of a row; `relatives` are all goods of the model, that one included. `made`
    is the variant group in which Prom has the good, 0 for none, None where Prom has not got it.
    """
    going = [one.member for one in relatives if not one.out]
    arranged = arrange(going) if going else Arranged((), ())
    alone = {finding.good_id: finding for finding in arranged.findings}
    own = next(one for one in relatives if one.member.good_id == good_id)
    siblings = tuple(_sibling(one, own.member, alone) for one in relatives if one is not own)
    reason: Reason[Alone] | Finding | None
    if own.out:
        reason = Reason(Alone.OUT)
    elif good_id in alone:
        reason = alone[good_id]
    elif len(arranged.variants) == 1:
        reason = Reason(Alone.NO_COMPANION if siblings else Alone.ONLY_GOOD)
    else:
        reason = _created_otherwise(group, made)
    return Family(key.partition(":")[2], group, reason, siblings)


def _sibling(one: Relative, own: Member, alone: Mapping[str, Finding]) -> VariantSibling:
    good_id, names, traits = one.member.good_id, one.member.names, one.member.characteristics
    differs = tuple(item for item in traits if item not in own.characteristics)
    return VariantSibling(
        good_id, one.title, differs, tuple(sorted(own.names - names)), one.out, alone.get(good_id)
    )


def _created_otherwise(group: int, made: int | None) -> Reason[Alone] | None:
    """Return why a good that goes with its siblings is not with them on Prom, if so."""
    if made is None or made == group:
        return None
    return Reason(Alone.CREATED_IN_GROUP, {"group": made}) if made else Reason(Alone.CREATED_ALONE)
