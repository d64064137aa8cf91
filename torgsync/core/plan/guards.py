"""The safety guards of a plan: what each measured against its limit, the likely cause, and what is allowed.

A guard holds what looks like an accident until a person allows exactly this. All guards are on by default and
none exempts small shops. `plan_guards` evaluates them; `cli/messages/guards.py` has the
sentences. Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, structs

from torgsync.core.reason import Arg, Args, Reason
from torgsync.core.text import did_you_mean, listed
from torgsync.errors import UsageError
from torgsync.i18n import NOTHING, _, composed


class Guard(StrEnum):
    """The guards that hold changes; those that stop a whole run raise `Unsafe` instead."""

    PRICE = "price"
    REMOVALS = "removals"
    DELETIONS = "deletions"
    STOCK_OUT = "stock-out"
    PHOTOS = "photos"
    EXPORT_ROWS = "export-rows"
    IDENTITY = "identity"
    FLEET = "fleet"


SHOP = "shop"
"""The guard of an override that allowed another shop than the recorded one."""
PRICES = "prices"
"""Allows all suspicious prices of a plan, by their number."""
MOST_NAMED = 5
"""Prices that are allowed by their goods' ids; more are allowed by their number."""


class Cause(StrEnum):
    """What a violation looks like."""

    EQUALS_QUANTITY = "equals-quantity"
    EMPTY_PRICE = "empty-price"
    MISTYPED_PRICE = "mistyped-price"
    EDITED_PRICE = "edited-price"  # a person edited it on Prom; what the export has is no jump
    ZERO_PRICE = "zero-price"  # in the export; it is never sent
    DECIMAL_POINT = "decimal-point"  # factor, lower: whether the price fell
    CURRENCY = "currency"  # factor, lower, currency
    REMOVALS = "removals"  # sources: reason, number and changed settings, the largest first
    GRACE_OVER = "grace-over"  # days: for how long they were hidden at least
    CENTERS = "centers"
    NEW_CENTERS = "new-centers"
    PHOTO_FOLDER = "photo-folder"
    EXPORT_CUT = "export-cut"
    KEY_CHANGED = "key-changed"  # object: the sync object as commands name it
    MANY_SHOPS = "many-shops"  # kind: the guard


class PriceMove(Struct, frozen=True):
    """What a buyer pays before and after, and by which shares it may fall and rise.

    `old` is None where the new price alone is wrong, `new` where the export has 0 or less. `discounted` is
    set where one of them is not the price itself.
    """

    old: Decimal | None
    new: Decimal | None
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(0)
    discounted: bool = False

    @property
    def share(self) -> Decimal:
        """The move as a share of the old price."""
        if not self.old or self.new is None:
            return Decimal(0)
        return (self.new - self.old) / self.old


class ProductShare(Struct, frozen=True):
    """So many products of a total, and the greatest share that passes; None where all is never allowed."""

    count: int
    total: int
    limit: Decimal | None


class ExportSize(Struct, frozen=True):
    """The rows of an export, the usual number, and the smallest share of it that passes."""

    rows: int
    usual: int
    limit: Decimal


class KeyChange(Struct, frozen=True):
    """So many new goods of the export are goods that left it: the first one's key before, and now."""

    count: int
    before: str
    now: str


class ManyShops(Struct, frozen=True):
    """In so many of all shops the same guard held something, within an hour."""

    kind: str
    shops: int
    total: int


class MissingShop(Struct, frozen=True):
    """What was looked for in a shop and not found: so many products, so many groups."""

    products: int
    groups: int


Measure = PriceMove | ProductShare | ExportSize | KeyChange | ManyShops | MissingShop
_MEASURES: dict[str, type[Measure]] = {
    Guard.PRICE: PriceMove,
    Guard.EXPORT_ROWS: ExportSize,
    Guard.IDENTITY: KeyChange,
    Guard.FLEET: ManyShops,
    SHOP: MissingShop,
}


def encode_measure(measure: Measure) -> dict[str, Arg]:
    """Return a measure as arguments that can be stored: numbers whole, decimals as text."""
    return {
        name: int(value) if isinstance(value, int) else str(value)
        for name, value in structs.asdict(measure).items()
        if value is not None
    }


def decode_measure(guard: str, args: Args) -> Measure:
    """Return the measure of a guard that `encode_measure` made arguments of; others are ignored."""
    kind = _MEASURES.get(guard, ProductShare)
    stored = ((name, args.get(name)) for name in kind.__struct_fields__)
    texts = kind in (KeyChange, ManyShops)
    values: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) and not texts else value for name, value in stored
    }
    return kind(**values)


@dataclass(frozen=True, slots=True)
class GuardViolation:
    """One guard that stopped something: what it measured and the likely cause.

    `count` is the number of changes that it stops, `good_id` the good of a single one. `waiting` counts the
    creations that wait with held removals, `pairs` are the old and new keys of goods.
    """

    guard: Guard
    measure: Measure
    cause: Reason[Cause]
    good_id: str = ""
    count: int = 1
    waiting: int = 0
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def allowance(self) -> str:
        """The value of `--allow` that lets exactly this through, empty where nothing does."""
        if self.cause.code is Cause.ZERO_PRICE:
            return ""
        if isinstance(self.measure, ManyShops):
            return f"{self.guard}={self.measure.kind}"
        return f"{self.guard}={self.good_id if self.guard is Guard.PRICE else self.count}"

    def less(self, left: int) -> GuardViolation | None:
        """Return what a guard still holds when only so many of its changes are left, None for nothing."""
        if self.guard is Guard.PRICE or left <= 0:
            return None
        if not isinstance(self.measure, ProductShare):
            return self
        limit = self.measure.limit
        if limit is not None and left <= limit * self.measure.total:
            return None
        return self.counted(left)

    def counted(self, count: int) -> GuardViolation:
        """Return it for so many of its changes; what it saw of products is as many of them."""
        share = isinstance(self.measure, ProductShare)
        measure = structs.replace(self.measure, count=count) if share else self.measure
        return replace(self, count=count, measure=measure)


def kinds_in(violations: Iterable[GuardViolation]) -> set[str]:
    """Return the guards that held something in many shops, of a plan's violations."""
    return {violation.measure.kind for violation in violations if isinstance(violation.measure, ManyShops)}


def of_one_shop(violations: Iterable[GuardViolation]) -> list[GuardViolation]:
    """Return the violations that are not part of what many shops showed."""
    found = list(violations)
    kinds = {Guard.FLEET, *kinds_in(found)}
    return [violation for violation in found if violation.guard not in kinds]


def encode_violation(violation: GuardViolation) -> dict[str, Any]:
    """Return a violation as JSON can hold it, without what has its usual value."""
    counts = {"good_id": violation.good_id, "count": violation.count, "waiting": violation.waiting}
    return {
        "guard": violation.guard,
        "measure": encode_measure(violation.measure),
        "cause": [violation.cause.code, violation.cause.args],
        **{name: value for name, value in (*counts.items(), ("pairs", violation.pairs)) if value},
    }


def decode_violation(stored: Mapping[str, Any]) -> GuardViolation:
    """Return the violation that `encode_violation` stored."""
    guard, (code, args) = Guard(stored["guard"]), stored["cause"]
    return GuardViolation(
        guard,
        decode_measure(guard, stored["measure"]),
        Reason(Cause(code), args),
        stored.get("good_id", ""),
        stored.get("count", 0),
        stored.get("waiting", 0),
        tuple((old, new) for old, new in stored.get("pairs", ())),
    )


def prices_allowance(violations: Sequence[GuardViolation]) -> str:
    """Return the value of `--allow` that lets exactly these prices through, by goods where they are few."""
    if len(violations) > MOST_NAMED:
        return f"{PRICES}={len(violations)}"
    return f"{Guard.PRICE}={','.join(violation.good_id for violation in violations)}"


def allowances(violations: Iterable[GuardViolation]) -> tuple[str, ...]:
    """Return the values of `--allow` that let all of these through that may be let through at all."""
    allowable = [violation for violation in violations if violation.allowance]
    prices = [violation for violation in allowable if violation.guard is Guard.PRICE]
    others = (violation.allowance for violation in allowable if violation.guard is not Guard.PRICE)
    return (*((prices_allowance(prices),) if prices else ()), *others)


class Allowed(Struct, frozen=True):
    """What a person let through, and nothing else of its kind.

    `price` holds ids of goods, `prices` a number for all suspicious prices together, `numbers` one for each
    other guard, `shop` the shop that may be opened instead of the remembered one, `fleet` the guards that may
    hold something in many shops.
    """

    price: frozenset[str] = frozenset()
    numbers: Mapping[Guard, int] = {}
    shop: str = ""
    prices: int = 0
    fleet: frozenset[str] = frozenset()

    def lets(self, violation: GuardViolation) -> bool:
        """Return whether exactly this violation is allowed; prices by their number are not considered."""
        if violation.guard is Guard.PRICE:
            return violation.good_id in self.price
        if isinstance(violation.measure, ManyShops):
            return violation.measure.kind in self.fleet
        return violation.count <= self.numbers.get(violation.guard, 0)

    def unmet(self, opened: Sequence[GuardViolation]) -> tuple[str, ...]:
        """Return the values of `--allow` that opened no guard of a plan: they may be mistyped."""
        prices = {violation.good_id for violation in opened if violation.guard is Guard.PRICE}
        guards = {violation.guard for violation in opened}
        unused = [f"price={good_id}" for good_id in sorted(self.price - prices)]
        if self.prices and not prices - self.price:
            unused.append(f"{PRICES}={self.prices}")
        unused += [f"{Guard.FLEET}={kind}" for kind in sorted(self.fleet - kinds_in(opened))]
        return (*unused, *(f"{guard}={self.numbers[guard]}" for guard in self.numbers if guard not in guards))

    @property
    def flags(self) -> tuple[str, ...]:
        """The values of `--allow` that `read_allowed` reads back, in a fixed order."""
        numbers = [f"{guard}={self.numbers[guard]}" for guard in Guard if guard in self.numbers]
        price = [f"price={','.join(sorted(self.price))}"] if self.price else []
        prices = [f"{PRICES}={self.prices}"] if self.prices else []
        fleet = [f"{Guard.FLEET}={','.join(sorted(self.fleet))}"] if self.fleet else []
        return (*price, *prices, *numbers, *fleet, *([f"{SHOP}={self.shop}"] if self.shop else []))


def read_allowed(texts: Sequence[str]) -> Allowed:
    """Return what the values of `--allow` let through; UsageError for one of another form."""
    prices: set[str] = set()
    numbers: dict[Guard, int] = {}
    fleet: set[str] = set()
    shop, count = "", 0
    for text in texts:
        name, _sign, value = (part.strip() for part in text.partition("="))
        try:
            if name == SHOP and value:
                shop = value
            elif name == PRICES:
                count = _count(value)
            elif name == Guard.PRICE:
                prices |= _ids(value)
            elif name == Guard.FLEET:
                fleet |= _kinds(value)
            else:
                numbers[Guard(name)] = _count(value)
        except ValueError as wrong:
            raise _not_allowable(text, name) from wrong
    return Allowed(frozenset(prices), numbers, shop, count, frozenset(fleet))


def _not_allowable(text: str, name: str) -> UsageError:
    """Return the error for a value of `--allow`, with the forms that it may have."""
    number = _("N")
    forms = {guard: composed("{guard}={number}", guard=guard, number=number) for guard in (*Guard, PRICES)}
    forms[Guard.PRICE] = composed("{guard}={id},{id}", guard=Guard.PRICE, id=_("ID"))
    forms[Guard.FLEET] = composed("{guard}={name}", guard=Guard.FLEET, name=_("KIND"))
    forms[SHOP] = composed("{guard}={id}", guard=SHOP, id=_("ID"))
    known = [forms[name]] if name in forms else list(forms.values())
    near = NOTHING if name in forms else did_you_mean(name, list(forms))
    message = _("`--allow {given}` cannot be used{near}", given=text, near=near)
    return UsageError(message, hint=_("write it so: {known:quoted}", known=known))


def _ids(text: str) -> set[str]:
    if not (ids := set(listed(text))):
        raise ValueError(text)
    return ids


def _kinds(text: str) -> set[str]:
    """Return the guards that a text names; not the guard of a fleet itself."""
    kinds = {str(Guard(name)) for name in _ids(text)}
    if Guard.FLEET in kinds:
        raise ValueError(text)
    return kinds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)
