"""The plan guards itself: what looks like an accident is held until a person allows exactly this.

A guard says what it saw, its limit, the likely cause, and the flag that lets it through. All guards are on
by default and none exempts small shops. Source: design §5.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from statistics import median

from torgsync.core.diff import Change, Verb, buyer_price
from torgsync.core.fields import Value
from torgsync.core.objects import Limits
from torgsync.errors import UsageError


class Guard(StrEnum):
    """The guards that hold changes; those that stop a whole run raise `Unsafe` instead."""

    PRICE = "price"
    REMOVALS = "removals"
    STOCK_OUT = "stock-out"
    PHOTOS = "photos"
    EXPORT_ROWS = "export-rows"


PRICE_FIELDS = ("price", "discount")
STOCK_FIELDS = ("quantity", "presence")
PHOTO_FIELDS = ("photos",)
_FACTORS = {10: "10 times", 100: "100 times", 1000: "1000 times"}
_NEAR = Decimal("0.01")
_CURRENCY_RATES = (Decimal(35), Decimal(60))
"""Between these many hryvnias lies a dollar or a euro: a price lower by that looks like one in currency."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One guard that stopped something: what it saw, its limit, the likely cause, the flag that allows it."""

    guard: Guard
    saw: str
    limit: str
    cause: str
    flag: str
    good_id: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person let through: exact goods for prices, a number for the others, a shop by what is in it."""

    price: frozenset[str] = frozenset()
    numbers: Mapping[Guard, int] = field(default_factory=dict)
    shop: str = ""

    def number(self, guard: Guard) -> int:
        """Return how many of this guard's changes may pass whatever its limit."""
        return self.numbers.get(guard, 0)


def read_allowed(texts: Sequence[str]) -> Allowed:
    """Return what `--allow removals=120 --allow price=ID,ID` lets through; UsageError for anything else."""
    prices: set[str] = set()
    numbers: dict[Guard, int] = {}
    shop = ""
    for text in texts:
        name, _, value = text.partition("=")
        if name.strip() == "shop" and value.strip():
            shop = value.strip()
            continue
        try:
            guard = Guard(name.strip())
            if guard is Guard.PRICE:
                prices |= _ids(value)
            else:
                numbers[guard] = _count(value)
        except ValueError as wrong:
            known = ", ".join(f"{guard}={'ID,ID' if guard is Guard.PRICE else 'NUMBER'}" for guard in Guard)
            raise UsageError(f"`--allow {text}` is not one of {known}, shop=ID") from wrong
    return Allowed(frozenset(prices), numbers, shop)


def _ids(text: str) -> set[str]:
    ids = {good_id for part in text.split(",") if (good_id := part.strip())}
    if not ids:
        raise ValueError(text)
    return ids


def _count(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError(text)
    return int(text)


def price_trip(
    good_id: str, old: Mapping[str, Value], new: Mapping[str, Value], limits: Limits
) -> Trip | None:
    """Return why a product's new price is held, or None.

    Looks at what the buyer pays, discount included. `old` may lack a price: then only nothing is suspicious.
    """
    before, after = buyer_price(old), buyer_price({**old, **new})
    if after is None or before == after:
        return None
    flag = f"--allow price={good_id}"
    if after <= 0:
        return Trip(Guard.PRICE, f"the price becomes {after}", "more than 0", "an empty price", flag, good_id)
    if before is None or before <= 0:
        return None
    share = (after - before) / before
    cause = _price_cause(before, after)
    if -limits.price_drop <= share <= limits.price_rise and not cause:
        return None
    limit = f"-{_percent(limits.price_drop)} to +{_percent(limits.price_rise)}"
    saw = f"{before:.2f} -> {after:.2f} ({'+' if share > 0 else '-'}{_percent(abs(share))})"
    return Trip(Guard.PRICE, saw, limit, cause or "a mistyped price", flag, good_id)


def _price_cause(before: Decimal, after: Decimal) -> str:
    """Name what a jump looks like: a slipped decimal point or another currency; empty for anything else."""
    high, low = max(before, after), min(before, after)
    ratio, direction = high / low, "lower" if after < before else "higher"
    for factor, words in _FACTORS.items():
        if abs(ratio / factor - 1) <= _NEAR:
            return f"{words} {direction}: looks like a slipped decimal point"
    if _CURRENCY_RATES[0] <= ratio <= _CURRENCY_RATES[1]:
        return f"{ratio:.0f} times {direction}: looks like a price in another currency"
    return ""


def removals_trip(
    *, removals: int, products: int, limits: Limits, allowed: Allowed, stay: int = 0
) -> Trip | None:
    """Return why the removals of a plan are held, or None.

    `removals` counts removals and hides together, `products` our products in the shop, `stay` the goods that
    the export still offers: where nothing would stay, any limit is passed.
    """
    if not removals or removals <= allowed.number(Guard.REMOVALS):
        return None
    everything = removals >= products and not stay
    if not everything and removals <= limits.removals * products:
        return None
    share = _percent(Decimal(removals) / Decimal(max(products, 1)))
    return Trip(
        Guard.REMOVALS,
        f"{removals} of {products} {'product' if products == 1 else 'products'} would be taken out ({share})",
        "never all products" if everything else _percent(limits.removals),
        "an export of one group only, a new filter, or a changed accounting center",
        f"--allow removals={removals}",
    )


def stock_out_trip(*, emptied: int, in_stock: int, limits: Limits, allowed: Allowed) -> Trip | None:
    """Return why stock changes to zero are held: `emptied` of `in_stock` products would sell out."""
    if not emptied or emptied <= allowed.number(Guard.STOCK_OUT) or emptied <= limits.stock_out * in_stock:
        return None
    share = _percent(Decimal(emptied) / Decimal(max(in_stock, 1)))
    return Trip(
        Guard.STOCK_OUT,
        f"{emptied} of {in_stock} {'product' if in_stock == 1 else 'products'} in stock would fall to zero "
        f"({share})",
        _percent(limits.stock_out),
        "an accounting center that is not exported, or a quantity column that is empty",
        f"--allow stock-out={emptied}",
    )


def photos_trip(*, bared: int, pictured: int, limits: Limits, allowed: Allowed) -> Trip | None:
    """Return why losses of photos are held: `bared` of `pictured` products would have none any more."""
    if not bared or bared <= allowed.number(Guard.PHOTOS) or bared <= limits.photos * pictured:
        return None
    share = _percent(Decimal(bared) / Decimal(max(pictured, 1)))
    return Trip(
        Guard.PHOTOS,
        f"{bared} of {pictured} {'product' if pictured == 1 else 'products'} with photos would lose them all "
        f"({share})",
        _percent(limits.photos),
        "a folder of photos that was moved or emptied, or is not connected",
        f"--allow photos={bared}",
    )


def export_rows_trip(*, rows: int, earlier: Sequence[int], limits: Limits, allowed: Allowed) -> Trip | None:
    """Return why removals are held: the export shrank below a share of the median of the `earlier` runs."""
    if not earlier:
        return None
    usual = int(median(earlier))
    missing = usual - rows
    if rows >= limits.export_rows * usual or missing <= allowed.number(Guard.EXPORT_ROWS):
        return None
    return Trip(
        Guard.EXPORT_ROWS,
        f"the export has {rows} {'row' if rows == 1 else 'rows'}, usually {usual}",
        f"{_percent(limits.export_rows)} of the usual rows",
        "an export that was cut short, or of one group only",
        f"--allow export-rows={missing}",
    )


def hold_price(change: Change, trip: Trip | None, allowed: Allowed) -> tuple[Change, ...]:
    """Return the change as it may go: a suspicious price is split off and held, a creation is held whole."""
    if trip is None or change.good_id in allowed.price:
        return (change,)
    if change.verb is Verb.CREATE:
        return change.split(change.fields, Guard.PRICE)
    return change.split(PRICE_FIELDS, Guard.PRICE)


def loses_photos(change: Change) -> bool:
    """Tell whether an update takes all photos away from a product that had some."""
    photos = change.fields.get("photos")
    return change.verb is Verb.UPDATE and photos is not None and bool(photos.old) and not photos.new


def falls_to_zero(change: Change) -> bool:
    """Tell whether an update empties the stock of a product that had some."""
    quantity, presence = change.fields.get("quantity"), change.fields.get("presence")
    if change.verb is not Verb.UPDATE:
        return False
    if quantity is not None and isinstance(quantity.old, int):
        return quantity.old > 0 and quantity.new == 0
    return presence is not None and presence.old == "available" and presence.new == "not_available"


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f}".rstrip("0").rstrip(".") + " %"
