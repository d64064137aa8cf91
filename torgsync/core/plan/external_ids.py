"""Give products on Prom the external ids of their goods: what is sent first, and what must not change.

No edit sets an external id; an import of a spreadsheet does, and it can destroy more than it writes
(prom-api §4.7). So two products go first, and every product is compared before and after.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

import xxhash

from torgsync.core.plan.adopt import Matching
from torgsync.core.plan.channels import ImportState
from torgsync.core.product.fields import FIELDS, Value
from torgsync.core.product.products import Existing
from torgsync.core.reason import write_json
from torgsync.errors import Exit, TorgsyncError

FIRST = 2
"""Products that are sent and read back before all others."""

_MOVES = frozenset({"id", "external_id", "date_modified"})
"""Keys of a product that this import moves, or that no import moves."""
_TELLING = ("price", "presence", "quantity_in_stock", "discount", "prices", "keywords")
"""Keys whose loss two products should be able to show."""
_FIELDS = {
    "price": ("price",),
    "discount": ("discount",),
    "prices": ("wholesale_prices",),
    "presence": ("presence",),
    "in_stock": ("ready_to_ship",),
    "quantity_in_stock": ("quantity",),
    "status": ("status",),
    "name": ("name", "name_ru"),
    "name_multilang": ("name", "name_ru"),
    "description": ("description", "description_ru"),
    "description_multilang": ("description", "description_ru"),
    "keywords": ("keywords_ru",),
    "sku": ("sku",),
    "measure_unit": ("unit",),
    "currency": ("currency",),
    "group": ("group",),
    "images": ("photos",),
    "main_image": ("photos",),
}
"""The fields that a key of a product's JSON shows (prom-api §3.3). Without an external id no group and no
photo can be sent, so that one that was sent was sent after the import."""
_LASTING = frozenset({"price", "presence", "name", "sku", "description", "keywords", "main_image", "images"})
"""Keys whose values do not end by themselves, as a discount does."""
_UNAVAILABLE = '"not_available"'
_LONGEST = 100
_EMPTY: tuple[object, ...] = (None, "", [], {})
_LONG = "#"


class IdOutcome(StrEnum):
    """What became of one external id that was to be written."""

    WRITTEN = "written"
    CHANGED = "changed"  # the product differs in more than its external id
    REFUSED = "refused"  # the import ended, and Prom shows no external id
    GONE = "gone"  # not on Prom any more, or closed by a moderator; nothing was sent
    OTHER_ID = "other-id"  # it has another external id by now; nothing was sent
    TAKEN = "taken"  # another product has the good's id; nothing was sent
    NAMELESS = "nameless"  # Prom shows no name, which every row needs; nothing was sent


@dataclass(frozen=True, slots=True)
class IdWrite:
    """A product without an external id, and the good whose id it shall have."""

    good_id: str
    prom_id: str
    title: str


@dataclass(frozen=True, slots=True)
class ProductCopy:
    """All that Prom shows of one product at one moment.

    `name` is the one of the import column `Назва_позиції`. `facts` are its values as text, keyed as in Prom's
    answer: long ones as their length and digest, empty ones left out. `keys` are those of the answer, empty
    ones included; a list may show fewer than the product itself.
    """

    prom_id: str
    external_id: str
    name: str
    sku: str
    closed: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeyDifference:
    """A value of a product before and after an import, as JSON, empty for none."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class IdResult:
    """What became of one product, what differs, and what Prom said of it.

    `has_id` is whether it has its good's id now, whatever else happened to it.
    """

    write: IdWrite
    outcome: IdOutcome
    has_id: bool = False
    differences: tuple[KeyDifference, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdPlan:
    """What would be written: `kept` counts the products that keep another external id."""

    writes: tuple[IdWrite, ...]
    kept: int
    imports_left: int

    @property
    def imports(self) -> int:
        """How many imports that takes."""
        return min(len(self.writes), 1) + (len(self.writes) > FIRST)


@dataclass
class IdsView:
    """What a run did to write external ids; `agreed` is None where no one was asked."""

    plan: IdPlan
    by_product: dict[str, IdResult] = field(default_factory=dict)
    agreed: bool | None = None
    trouble: TorgsyncError | None = None

    def note(self, results: Iterable[IdResult]) -> None:
        """Note results; a later one of the same product replaces the earlier one."""
        self.by_product |= {one.write.prom_id: one for one in results}

    @property
    def results(self) -> list[IdResult]:
        """What became of each product."""
        return list(self.by_product.values())

    @property
    def exit_code(self) -> Exit:
        """The gravest of what happened."""
        if self.trouble:
            return self.trouble.exit_code
        if self.agreed is False:
            return Exit.ERROR
        return Exit.DONE if all(one.outcome is IdOutcome.WRITTEN for one in self.results) else Exit.PARTIAL


def planned_ids(matching: Matching, imports_left: int, earlier: Iterable[IdResult] = ()) -> IdPlan:
    """Return which products shall get an external id: those that have none.

    `earlier` are results of this run: what was written by then has one.
    """
    written = {one.write.prom_id for one in earlier if one.outcome is IdOutcome.WRITTEN}
    pairs = [pair for pair in matching.matched if pair.product.prom_id not in written]
    writes = tuple(
        IdWrite(pair.good.good_id, pair.product.prom_id, pair.product.title)
        for pair in pairs
        if not pair.product.external_id
    )
    other = sum(pair.product.external_id not in ("", pair.good.good_id) for pair in pairs)
    return IdPlan(writes, other, imports_left)


def first_two(copies: Mapping[str, ProductCopy], writes: Sequence[IdWrite]) -> list[IdWrite]:
    """Return the products whose loss would show most, one without a code among them where there is one.

    Every row has a column for the code; what an empty one does is not known.
    """
    known = [one for one in writes if one.prom_id in copies]
    ranked = sorted(known, key=lambda one: -sum(key in copies[one.prom_id].facts for key in _TELLING))
    if not ranked:
        return list(writes[:FIRST])
    first, *others = ranked
    other_kind = [one for one in others if bool(copies[one.prom_id].sku) != bool(copies[first.prom_id].sku)]
    return [first, *[*other_kind, *others][: FIRST - 1]]


def refused_before(write: IdWrite, copy: ProductCopy | None, holder: str | None) -> IdOutcome | None:
    """Return why a product is left alone, None where its row may be sent.

    `holder` is Prom's id of the product that has the good's id as its external id, None for none.
    """
    if copy is None or copy.closed:
        return IdOutcome.GONE
    if copy.external_id:
        return IdOutcome.OTHER_ID
    if holder not in (None, write.prom_id):
        return IdOutcome.TAKEN
    return None if copy.name.strip() else IdOutcome.NAMELESS


def judge(
    write: IdWrite, before: ProductCopy, after: ProductCopy | None, words: Sequence[str] = ()
) -> IdResult:
    """Return what an import did to a product; anything but its external id must be as before."""
    found = tuple(differences(write, before, after))
    has_id = after is not None and after.external_id == write.good_id
    outcome = IdOutcome.CHANGED if found else IdOutcome.WRITTEN if has_id else IdOutcome.REFUSED
    return IdResult(write, outcome, has_id, found, tuple(words))


def without_own_edits(result: IdResult, shown: Existing, sent: Mapping[str, Value]) -> IdResult:
    """Leave out differences that a run of ours made: Prom shows what was last `sent` of the good."""
    left = tuple(one for one in result.differences if not _is_ours(one.key, shown, sent))
    outcome = IdOutcome.WRITTEN if result.has_id else IdOutcome.REFUSED
    return replace(result, differences=left, outcome=IdOutcome.CHANGED if left else outcome)


def _is_ours(key: str, shown: Existing, sent: Mapping[str, Value]) -> bool:
    values = {name: sent[name] for name in _FIELDS.get(key, ()) if name in sent}
    return bool(values) and all(
        shown.values.get(name) == value for name, value in values.items() if FIELDS[name].shown
    )


def differences(write: IdWrite, before: ProductCopy, after: ProductCopy | None) -> Iterable[KeyDifference]:
    """Yield what differs, by key; keys that only one of the two answers has are no difference."""
    if after is None:
        yield KeyDifference("id", before.prom_id, "")
        return
    if after.external_id not in ("", write.good_id):
        yield KeyDifference("external_id", write.good_id, after.external_id)
    for key in sorted(before.keys & after.keys):
        old, new = before.facts.get(key, ""), after.facts.get(key, "")
        if old != new:
            yield KeyDifference(key, old, new)


class Damage(StrEnum):
    """What probably changed more than an external id."""

    IMPORT = "import"
    PERSON = "person"  # or a sale
    UNCLEAR = "unclear"


def damage(results: Iterable[IdResult]) -> Damage:
    """Return what probably changed the products that differ: no sale takes a price away."""
    changed = [one for one in results if one.outcome is IdOutcome.CHANGED]
    losses = [_lost(one) & {"price", "presence"} for one in changed]
    if all(losses) and (len(losses) > 1 or "price" in losses[0]):
        return Damage.IMPORT
    return Damage.PERSON if len(changed) == 1 and not not_put_right(changed) else Damage.UNCLEAR


def not_put_right(results: Iterable[IdResult]) -> list[IdResult]:
    """Return the products that still lack what they had; one that alone is not available may be sold out."""
    lacking = [one for one in results if _lost(one)]
    return [] if [_lost(one) for one in lacking] == [{"presence"}] else lacking


def _lost(result: IdResult) -> set[str]:
    """Return the keys of which the value is gone; a product that is gone itself lost nothing."""
    return {
        one.key
        for one in result.differences
        if one.key in _LASTING and (not one.after or (one.key == "presence" and one.after == _UNAVAILABLE))
    }


def finished(state: ImportState, rows: int) -> bool:
    """Return whether an import of a spreadsheet ended; refused rows may be missing in the other counters."""
    return state.fatal or state.covers(rows) or state.counters.get("total", 0) >= rows


def started(state: ImportState) -> bool:
    """Return whether Prom has dealt with anything of an import yet."""
    return any(state.counters.values())


def facts_of(answer: Mapping[str, object]) -> dict[str, str]:
    """Return the values of a product's JSON as text, keyed as there, without those that say nothing."""
    facts = {}
    for key, value in answer.items():
        if key in _MOVES or value in _EMPTY:
            continue
        text = write_json(_plain(value))
        if len(text) > _LONGEST:
            text = f"{_LONG}{len(text)}:{xxhash.xxh3_64_hexdigest(text.encode(errors='replace'))}"
        facts[key] = text
    return facts


def compared_keys(answer: Mapping[str, object]) -> frozenset[str]:
    """Return the keys of a product's JSON that are compared."""
    return frozenset(answer) - _MOVES


def length_of(fact: str) -> int | None:
    """Return the length of a value that was too long to be kept, None for any other."""
    return int(fact[1:].partition(":")[0]) if fact.startswith(_LONG) else None


def _plain(value: object) -> object:
    """Return JSON with its numbers as text in one form: 100, 100.0 and 100.00 are the same."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        exact = format(Decimal(value), "f")
        return exact.rstrip("0").rstrip(".") if "." in exact else exact
    return value


def dump_copy(copy: ProductCopy) -> str:
    """Return a copy as one JSON text."""
    return write_json({**asdict(copy), "keys": sorted(copy.keys)})


def load_copy(text: str) -> ProductCopy:
    """Return the copy of a text that `dump_copy` made."""
    values = json.loads(text)
    return ProductCopy(**{**values, "keys": frozenset(values["keys"])})
