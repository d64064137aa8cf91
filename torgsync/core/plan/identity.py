"""Recognise goods whose key changed: one left the export, and the same good came under another key.

Without this, a key that was renumbered or respelled would make a second product. Goods are the same by their
barcode, or by name and article, unless a characteristic says otherwise: two sizes of one model often share
name and article. Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from torgsync.core.config.settings import Gone
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import removal
from torgsync.core.plan.guards import Cause, Guard, GuardViolation, KeyChange
from torgsync.core.product.cells import readable
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Product
from torgsync.core.reason import Reason

_HIDDEN = frozenset({"not_on_display", "draft"})
"""What Prom shows of a product that no buyer sees."""


class MatchKeys(NamedTuple):
    """What a good is recognised by: texts of which one is enough, and characteristics that must not differ.

    `sure` are those of the texts that identify a good whatever its characteristics.
    """

    good_id: str
    sure: tuple[str, ...]
    texts: tuple[str, ...]
    characteristics: Mapping[str, str]


def gone_keys(known: ProductSnapshot, policy: Gone) -> MatchKeys | None:
    """Return what a good that left the export is recognised by.

    None where no buyer can see its product and this plan does not touch it. It may go by its values in the
    last export, by those that were sent, and by those that Prom shows.
    """
    shown = known.on_prom
    if shown is None or known.sent is None:
        return None
    if not removal(shown, policy) and shown.values.get("status") in _HIDDEN:
        return None
    own = (shown.external_id,) if shown.external_id != known.good_id else ()
    desired = known.desired.values if known.desired else {}
    return _keys(known.good_id, own, desired, known.sent.values, shown.values)


def new_keys(known: ProductSnapshot) -> MatchKeys:
    """Return what a good of the export that is not on Prom is recognised by."""
    return _keys(known.good_id, (known.good_id,), known.desired.values if known.desired else {})


def _keys(good_id: str, ids: Iterable[str], *sides: Mapping[str, Value]) -> MatchKeys:
    products = [Product(good_id, values) for values in sides]
    barcodes = {product.text("gtin") for product in products} - {""}
    articles = {_folded(product.text("sku")) for product in products} - {""} or {""}
    names = {_folded(product.text(name)) for product in products for name in ("name", "name_ru")} - {""}
    return MatchKeys(
        good_id,
        (*(f"id {key}" for key in ids if key), *(f"barcode {barcode}" for barcode in sorted(barcodes))),
        tuple(f"{name}\x1f{article}" for name in sorted(names) for article in sorted(articles)),
        {
            _folded(item.name): _value(item.value)
            for product in reversed(products)
            for item in product.characteristics
            if item.value
        },
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _value(text: str) -> str:
    """Return a characteristic's value as it is compared: `37,0` is `37`, and blanks and case do not count."""
    amount = readable(text)
    return _folded(text) if amount is None else f"{amount.normalize():f}"


class KeyChanges:
    """The pairs of goods that are the same under an old and a new key."""

    def __init__(self, gone: Iterable[MatchKeys]) -> None:
        self._by_text: dict[str, list[MatchKeys]] = {}
        for keys in gone:
            for text in (*keys.sure, *keys.texts):
                self._by_text.setdefault(text, []).append(keys)

    def __bool__(self) -> bool:
        """Whether any good left the export."""
        return bool(self._by_text)

    def old_ids(self, new: MatchKeys) -> list[str]:
        """Return the goods that a new good may have been, the likeliest first."""
        sure = (keys for text in new.sure for keys in self._by_text.get(text, ()))
        like = (
            keys
            for text in new.texts
            for keys in self._by_text.get(text, ())
            if not _differ(keys.characteristics, new.characteristics)
        )
        return list(dict.fromkeys(keys.good_id for many in (sure, like) for keys in many))

    def pairs(self, arrivals: Iterable[MatchKeys]) -> Iterator[tuple[str, str]]:
        """Yield the old and the new key of each good that arrived and was known before.

        Where several old goods may be meant, one that no other arrival was paired with comes first.
        """
        taken: set[str] = set()
        for new in arrivals:
            old = self.old_ids(new)
            free = [good_id for good_id in old if good_id not in taken]
            taken.update(free[:1])
            yield from ((good_id, new.good_id) for good_id in dict.fromkeys((*free, *old)))


def _differ(some: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Return whether two goods have another value of the same characteristic."""
    return any(others.get(name, value) != value for name, value in some.items())


def identity_violation(pairs: Iterable[tuple[str, str]], file: str) -> GuardViolation | None:
    """Return why goods with a new key are held, with the goods that they were; None where there are none.

    `pairs` are old and new keys, the likeliest old key of each new one first; `file` is the sync object.
    """
    first: dict[str, str] = {}
    for old, new in pairs:
        first.setdefault(new, old)
    if not first:
        return None
    shown = tuple((old, new) for new, old in first.items())
    measure = KeyChange(len(shown), *shown[0])
    return GuardViolation(
        Guard.IDENTITY,
        measure,
        Reason(Cause.KEY_CHANGED, {"object": file}),
        count=len(shown),
        pairs=shown,
    )
