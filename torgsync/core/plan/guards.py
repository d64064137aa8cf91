"""The plan guards itself: what looks like an accident is held until a person allows exactly this.

A guard says what it saw, its limit, the likely cause, and the flag that lets it through. All guards are on
by default and none exempts small shops. Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from torgsync.core.config.settings import Limits, SyncObject
from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.diff import Change, Leaving, Verb, buyer_price
from torgsync.core.product.fields import Value
from torgsync.core.text import counted
from torgsync.errors import UsageError


class Guard(StrEnum):
    """The guards that hold changes; those that stop a whole run raise `Unsafe` instead."""

    PRICE = "price"
    REMOVALS = "removals"
    STOCK_OUT = "stock-out"
    PHOTOS = "photos"
    EXPORT_ROWS = "export-rows"


MOST_NAMED = 5
"""Goods that a flag names one by one; more are let through by their number."""
PRICE_FIELDS = ("price", "discount")
STOCK_FIELDS = ("quantity", "presence")
PHOTO_FIELDS = ("photos",)
_FACTORS = {10: "10 times", 100: "100 times", 1000: "1000 times"}
_NEAR = Decimal("0.01")
_CURRENCY_RATES = ((Decimal(35), Decimal(46), "USD"), (Decimal(46), Decimal(60), "EUR"))
"""So many hryvnias a dollar or a euro may cost: a price that moves by that looks like one in currency."""

PRICES = "prices"
"""The word that lets all suspicious prices of a plan through, by their number."""


@dataclass(frozen=True, slots=True)
class GuardViolation:
    """One guard that stopped something: what it saw, its limit, the likely cause, the flag that allows it.

    `count` is the number of changes that it stops.
    """

    guard: Guard
    observed: str
    limit: str
    cause: str
    flag: str
    good_id: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person let through, and nothing else of its kind.

    Exact goods for prices, or a number for all of them together; a number for each of the other guards; a
    shop by what is in it.
    """

    price: frozenset[str] = frozenset()
    numbers: Mapping[Guard, int] = field(default_factory=dict)
    shop: str = ""
    prices: int = 0

    def lets(self, violation: GuardViolation) -> bool:
        """Tell whether exactly what a guard stops may pass; prices by their number are not meant here."""
        if violation.guard is Guard.PRICE:
            return violation.good_id in self.price
        return violation.count <= self.numbers.get(violation.guard, 0)

    def unmet(self, opened: Sequence[GuardViolation]) -> tuple[str, ...]:
        """Return the values of `--allow` that opened no guard of a plan: perhaps they are mistyped."""
        prices = {violation.good_id for violation in opened if violation.guard is Guard.PRICE}
        guards = {violation.guard for violation in opened}
        lost = [f"price={good_id}" for good_id in sorted(self.price - prices)]
        if self.prices and not prices - self.price:
            lost.append(f"{PRICES}={self.prices}")
        return (*lost, *(f"{guard}={self.numbers[guard]}" for guard in self.numbers if guard not in guards))

    @property
    def flags(self) -> tuple[str, ...]:
        """The values of `--allow` that `read_allowed` reads back, in a fixed order."""
        numbers = [f"{guard}={self.numbers[guard]}" for guard in Guard if guard in self.numbers]
        price = [f"price={','.join(sorted(self.price))}"] if self.price else []
        prices = [f"{PRICES}={self.prices}"] if self.prices else []
        return (*price, *prices, *numbers, *([f"shop={self.shop}"] if self.shop else []))


def read_allowed(texts: Sequence[str]) -> Allowed:
    """Return what `--allow removals=120 --allow price=ID,ID` lets through; UsageError for anything else."""
    prices: set[str] = set()
    numbers: dict[Guard, int] = {}
    shop, count = "", 0
    for text in texts:
        name, _, value = text.partition("=")
        if name.strip() == "shop" and value.strip():
            shop = value.strip()
            continue
        try:
            if name.strip() == PRICES:
                count = _count(value)
                continue
            guard = Guard(name.strip())
            if guard is Guard.PRICE:
                prices |= _ids(value)
            else:
                numbers[guard] = _count(value)
        except ValueError as wrong:
            known = ", ".join(f"{guard}={'ID,ID' if guard is Guard.PRICE else 'NUMBER'}" for guard in Guard)
            raise UsageError(f"`--allow {text}` is not one of {known}, prices=NUMBER, shop=ID") from wrong
    return Allowed(frozenset(prices), numbers, shop, count)


def _ids(text: str) -> set[str]:
    ids = {good_id for part in text.split(",") if (good_id := part.strip())}
    if not ids:
        raise ValueError(text)
    return ids


def _count(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError(text)
    return int(text)


def price_violation(
    good_id: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    limits: Limits,
    quantity: int | None = None,
) -> GuardViolation | None:
    """Return why a product's new price is held, or None.

    Looks at what the buyer pays, discount included. `old` may lack a price: then only nothing is suspicious.
    `quantity` is what the export says is in stock, where it says so.
    """
    before, after = buyer_price(old), buyer_price({**old, **new})
    if after is None or before == after:
        return None
    flag = f"--allow price={good_id}"
    if after <= 0:
        cause = "equals the quantity column" if after == quantity else "an empty price"
        return GuardViolation(
            Guard.PRICE, f"the price becomes {after:.2f}", "more than 0", cause, flag, good_id
        )
    if before is None or before <= 0:
        return None
    share = (after - before) / before
    cause = _price_cause(before, after)
    if -limits.price_drop <= share <= limits.price_rise and not cause:
        return None
    limit = f"-{_percent(limits.price_drop)} to +{_percent(limits.price_rise)}"
    told = _percent(abs(share))
    if told in (_percent(limits.price_drop), _percent(limits.price_rise)):
        told = _percent(abs(share), digits=3)  # else it would look as if it were at the limit
    observed = f"{before:.2f} -> {after:.2f} ({'+' if share > 0 else '-'}{told})"
    if (before, after) != (old.get("price"), new.get("price", old.get("price"))):
        observed = f"{observed} for the buyer"  # the table shows the price before the discount
    if after == quantity:
        cause = "equals the quantity column"
    return GuardViolation(Guard.PRICE, observed, limit, cause or "a mistyped price", flag, good_id)


def nothing_violation(good_id: str) -> GuardViolation:
    """Return what is said of a good on Prom whose price in the export is 0 or less: no flag sends that."""
    cause = "an empty or mistaken price column; a price of 0 is never sent"
    return GuardViolation(Guard.PRICE, "the price becomes 0", "more than 0", cause, "", good_id)


def prices_flag(violations: Sequence[GuardViolation]) -> str:
    """Return the flag that lets exactly these prices through: by their goods where these are few."""
    if len(violations) > MOST_NAMED:
        return f"--allow {PRICES}={len(violations)}"
    return f"--allow price={','.join(violation.good_id for violation in violations)}"


def _price_cause(before: Decimal, after: Decimal) -> str:
    """Name what a jump looks like: a slipped decimal point or another currency; empty for anything else."""
    high, low = max(before, after), min(before, after)
    ratio, direction = high / low, "lower" if after < before else "higher"
    for factor, words in _FACTORS.items():
        if abs(ratio / factor - 1) <= _NEAR:
            return f"{words} {direction}: looks like a slipped decimal point"
    for least, most, currency in _CURRENCY_RATES:
        if least <= ratio <= most:
            return f"{ratio:.0f} times {direction}: looks like a price in {currency}"
    return ""


def removals_violation(
    *, removals: int, products: int, limits: Limits, cause: str, stay: int = 0
) -> GuardViolation | None:
    """Return why the removals of a plan are held, or None.

    `removals` counts removals and hides together, `products` our products in the shop, `stay` the goods that
    the export still offers: where nothing would stay, any limit is passed. `cause` is that of
    `removals_cause`.
    """
    if not removals:
        return None
    everything = removals >= products and not stay
    if not everything and removals <= limits.removals * products:
        return None
    share = _percent(Decimal(removals) / Decimal(max(products, 1)))
    return GuardViolation(
        Guard.REMOVALS,
        f"{removals} of {counted(products, 'product')} would be taken out ({share})",
        "never all products" if everything else _percent(limits.removals),
        cause,
        f"--allow removals={removals}",
        count=removals,
    )


class Choice(NamedTuple):
    """What selects goods: a setting of the sync object and how people call it."""

    setting: str
    called: str


_CHOICES: dict[str, tuple[Choice, ...]] = {
    SkipReason.OTHER_GROUP: (Choice("product_group", "product group"),),
    SkipReason.NOT_DISPLAYED: (Choice("respect_display", "respect_display"),),
    SkipReason.OUT_OF_STOCK: (
        Choice("only_in_stock", "only_in_stock"),
        Choice("use", "accounting centers"),
        Choice("keep", "pieces to keep"),
    ),
    SkipReason.NO_PHOTOS: (
        Choice("only_with_photos", "only_with_photos"),
        Choice("photos", "folder of photos"),
    ),
    Leaving.GONE: (Choice("path", "export path"),),
    Leaving.FOREIGN: (Choice("foreign", 'foreign = "delete"'),),
}
_PLAINLY: dict[str, tuple[str, str]] = {
    SkipReason.OTHER_GROUP: ("lies outside the product group", "lie outside the product group"),
    SkipReason.NOT_DISPLAYED: ("has `Display` = 0", "have `Display` = 0"),
    SkipReason.OUT_OF_STOCK: ("is out of stock", "are out of stock"),
    SkipReason.NO_PHOTOS: ("has no photos", "have no photos"),
    Leaving.GONE: ("is not in the export any more", "are not in the export any more"),
    Leaving.FOREIGN: ("was never sent from here", "were never sent from here"),
    Leaving.UNDONE: ("was made by the run that is turned back", "were made by the run that is turned back"),
}


def selection(settings: SyncObject) -> dict[str, object]:
    """Return the settings that select goods, as JSON holds them: what changed among them is a cause."""
    centers = settings.accounting_centers.model_dump(mode="json")
    photos = settings.catalog.photos.folder if settings.catalog.photos else None
    return {
        "product_group": settings.product_group,
        **centers,
        "path": settings.catalog.path,
        "photos": photos,
        "foreign": settings.removal.foreign,
    }


def removals_cause(
    sources: Mapping[str, int], now: Mapping[str, object], before: Mapping[str, object]
) -> str:
    """Return where removals come from, the largest part first.

    `sources` counts them by reason, `now` and `before` are the `selection` of this plan and of the last run
    whose removals nothing held; empty where there was none.
    """
    parts = []
    for reason, count in sorted(sources.items(), key=lambda item: (-item[1], item[0])):
        fresh = [
            choice.called
            for choice in _CHOICES.get(reason, ())
            if before and now.get(choice.setting) != before.get(choice.setting)
        ]
        if fresh:
            comes = "comes" if count == 1 else "come"
            parts.append(f"{count} of these removals {comes} from your new {' and '.join(fresh)}")
        else:
            one, many = _PLAINLY[reason]
            parts.append(f"{count} {one if count == 1 else many}")
    return "; ".join(parts)


def stock_out_violation(
    *, emptied: int, in_stock: int, limits: Limits, cause: str = ""
) -> GuardViolation | None:
    """Return why stock changes to zero are held: `emptied` of `in_stock` products would sell out.

    `cause` is what is known to have changed, where something is.
    """
    if not emptied or emptied <= limits.stock_out * in_stock:
        return None
    share = _percent(Decimal(emptied) / Decimal(max(in_stock, 1)))
    return GuardViolation(
        Guard.STOCK_OUT,
        f"{emptied} of {counted(in_stock, 'product')} in stock would fall to zero ({share})",
        _percent(limits.stock_out),
        cause or "an accounting center that is not exported, or a quantity column that is empty",
        f"--allow stock-out={emptied}",
        count=emptied,
    )


def photos_violation(*, bared: int, pictured: int, limits: Limits) -> GuardViolation | None:
    """Return why losses of photos are held: `bared` of `pictured` products would have none any more."""
    if not bared or bared <= limits.photos * pictured:
        return None
    share = _percent(Decimal(bared) / Decimal(max(pictured, 1)))
    return GuardViolation(
        Guard.PHOTOS,
        f"{bared} of {counted(pictured, 'product')} with photos would lose them all ({share})",
        _percent(limits.photos),
        "a folder of photos that was moved or emptied, or is not connected",
        f"--allow photos={bared}",
        count=bared,
    )


def export_rows_violation(*, rows: int, earlier: Sequence[int], limits: Limits) -> GuardViolation | None:
    """Return why removals are held: the export shrank below a share of the median of the `earlier` runs."""
    if not earlier:
        return None
    usual = int(median(earlier))
    if rows >= limits.export_rows * usual:
        return None
    missing = usual - rows
    return GuardViolation(
        Guard.EXPORT_ROWS,
        f"the export has {counted(rows, 'row')}, {missing} fewer than the usual {usual}",
        f"{_percent(limits.export_rows)} of the usual rows",
        "an export that was cut short, or of one group only",
        f"--allow export-rows={missing}",
        count=missing,
    )


def hold_price(change: Change) -> tuple[Change, ...]:
    """Return a change with a suspicious price in two: the price is held, of a creation everything."""
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


def _percent(share: Decimal, digits: int = 1) -> str:
    return f"{share * 100:.{digits}f}".rstrip("0").rstrip(".") + " %"
