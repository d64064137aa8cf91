"""What a guard observed, its limit, the likely cause, and the flag that allows it, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.counts import day_count, percent, product_count, row_count
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.core.plan.guards import (
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    KeyChange,
    ManyShops,
    Measure,
    MissingShop,
    PriceMove,
    ProductShare,
    allowances,
    decode_measure,
    prices_allowance,
)
from torgsync.core.plan.plan import Plan
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.reason import Args
from torgsync.core.shell import quoted
from torgsync.i18n import NOTHING, Message, _, _n, joined, verbatim

_SHARES = {
    Guard.REMOVALS: _("{products} of {total} would be taken down ({share})"),
    Guard.DELETIONS: _("{products} of {total} would be deleted for good ({share})"),
    Guard.STOCK_OUT: _("{products} of {total} in stock would fall to zero ({share})"),
    Guard.PHOTOS: _("{products} of {total} with photos would lose them all ({share})"),
}


PAIRS = 3
"""Old and new keys that a sentence names."""


def observed(violation: GuardViolation) -> Message:
    """Return what a guard observed."""
    if violation.pairs:
        return _key_changes(violation.pairs[:PAIRS], violation.count)
    return _observed(violation.guard, violation.measure)


def override_observed(guard: str, args: Args) -> Message:
    """Return what a guard had observed that a person opened; `args` are those that the state keeps."""
    observed = _observed(guard, decode_measure(guard, args))
    if not args.get("more"):
        return observed
    return _n(
        "{observed}; {count} more price was allowed with it",
        "{observed}; {count} more prices were allowed with it",
        int(str(args["more"])),
        observed=observed,
    )


def _observed(guard: str, measure: Measure) -> Message:
    match measure:
        case PriceMove():
            return _price_move(measure)
        case ProductShare(count, total):
            share = _percent(Decimal(count) / Decimal(max(total, 1)))
            return _SHARES[Guard(guard)].filled(products=product_count(count), total=total, share=share)
        case ExportSize(rows, usual):
            return _(
                "the export has {rows}, {fewer} fewer than the usual {usual}",
                rows=row_count(rows),
                fewer=usual - rows,
                usual=usual,
            )
        case KeyChange(count, before, now):
            return _key_changes([(before, now)], count)
        case ManyShops():
            return observed_in(measure)
        case MissingShop(products, groups):
            return problem_message(problem(ProblemCode.SHOP_MISSING, products=products, groups=groups))


_KINDS = {
    Guard.PRICE: _("suspicious prices"),
    Guard.REMOVALS: _("many removals"),
    Guard.DELETIONS: _("many deletions"),
    Guard.STOCK_OUT: _("many items sold out"),
    Guard.PHOTOS: _("many lost photos"),
    Guard.EXPORT_ROWS: _("a much smaller export"),
    Guard.IDENTITY: _("changed keys"),
}
_HELD = {
    Guard.PRICE: _("all price changes and new items wait"),
    Guard.REMOVALS: _("all removals and new items wait"),
    Guard.DELETIONS: _("all deletions wait"),
    Guard.STOCK_OUT: _("all changes of stock and new items wait"),
    Guard.PHOTOS: _("all changes of photos and new items wait"),
    Guard.EXPORT_ROWS: _("all removals, deletions and new items wait"),
    Guard.IDENTITY: _("all removals and new items wait"),
}
"""What of a kind the guard of a fleet holds in each shop that shows it."""


def observed_in(many: ManyShops) -> Message:
    """Return what many shops showed, and how many."""
    return _n(
        "{what} in {count} of {total} shops within an hour",
        "{what} in {count} of {total} shops within an hour",
        many.shops,
        what=_KINDS[Guard(many.kind)],
        total=many.total,
    )


def held_of_kind(kind: str) -> Message:
    """Return what waits in each shop that shows a kind."""
    return _HELD[Guard(kind)]


def _key_changes(pairs: Sequence[tuple[str, str]], count: int) -> Message:
    """Return the keys of goods before and now; of all `count` goods only these pairs are named."""
    named = joined(", ", [_("{before} is now {now}", before=before, now=now) for before, now in pairs])
    if count > len(pairs):
        rest = count - len(pairs)
        named = _n("{named}, and {count} more item", "{named}, and {count} more items", rest, named=named)
    return _n(
        "the key seems to have changed in {count} item: {named}",
        "the key seems to have changed in {count} items: {named}",
        count,
        named=named,
    )


def _price_move(move: PriceMove) -> Message:
    if move.new is None:
        return _("the price becomes 0")
    if move.old is None:
        return _("the price becomes {price}", price=f"{move.new:.2f}")
    limits = _percent(abs(move.lowest)), _percent(move.highest)
    exact = (_percent(abs(move.share), digits) for digits in (0, 1, 3))  # as tables have it, or else as
    share = next((share for share in exact if share not in limits), limits[0])  # not to look like the limit
    sign = "+" if move.share > 0 else "-"
    text = f"{move.old:.2f} -> {move.new:.2f} ({sign}{share})"
    if move.discounted:  # the table shows the price itself
        return _("{change} for the buyer", change=text)
    return verbatim(text)


def limit(violation: GuardViolation) -> Message:
    """Return the limit that was passed."""
    match violation.measure:
        case PriceMove(old, new, lowest, highest):
            if old is None or new is None:
                return _("more than 0")
            lower, upper = f"-{_percent(abs(lowest))}", f"+{_percent(highest)}"
            return _("{lower} to {upper}", lower=lower, upper=upper)
        case ProductShare(limit=most):
            return _("never all products") if most is None else verbatim(_percent(most))
        case ExportSize(limit=least):
            return _("{share} of the usual rows", share=_percent(least))
        case KeyChange() | ManyShops() | MissingShop():
            return NOTHING


def _decimal_point(factor: int, lower: bool) -> Message:  # arguments of a reason
    return _n(
        "{count} time {lower:lower|higher}: looks like a slipped decimal point",
        "{count} times {lower:lower|higher}: looks like a slipped decimal point",
        factor,
        lower=lower,
    )


def _currency(factor: int, lower: bool, currency: str) -> Message:  # arguments of a reason
    return _n(
        "{count} time {lower:lower|higher}: looks like a price in {currency}",
        "{count} times {lower:lower|higher}: looks like a price in {currency}",
        factor,
        lower=lower,
        currency=currency,
    )


def _many_shops(kind: str) -> Message:
    return _("the format of the exports seems to have changed; {held}", held=held_of_kind(kind))


_CAUSES: dict[Cause, Sentence] = {
    Cause.EQUALS_QUANTITY: _("equals the quantity column"),
    Cause.EMPTY_PRICE: _("an empty price"),
    Cause.MISTYPED_PRICE: _("a mistyped price"),
    Cause.EDITED_PRICE: _("the price was edited on Prom.ua"),
    Cause.ZERO_PRICE: _("an empty or wrong price column; a price of 0 is never sent"),
    Cause.DECIMAL_POINT: _decimal_point,
    Cause.CURRENCY: _currency,
    Cause.REMOVALS: lambda sources: joined("; ", [_source(*source) for source in sources]),
    Cause.GRACE_OVER: lambda days: _(
        "hidden for {days}, because their items are not in the export; Prom.ua does not accept a deleted id "
        "again",
        days=day_count(days),
    ),
    Cause.CENTERS: _("an accounting center that is not exported, or an empty quantity column"),
    Cause.NEW_CENTERS: _("your new accounting centers"),
    Cause.PHOTO_FOLDER: _("a photo folder that was moved or emptied, or is not connected"),
    Cause.EXPORT_CUT: _("an export that was cut short, or of one group only"),
    Cause.KEY_CHANGED: _(
        "`GoodID` was renumbered or changed: these items have the barcode, or the name and article, of items "
        "that left the export"
    ),
    Cause.MANY_SHOPS: _many_shops,
}
_SETTINGS = {
    "product_group": _("product group"),
    "use": _("accounting centers"),
    "keep": _("pieces to keep"),
    "photos": _("photo folder"),
    "path": _("export path"),
    "foreign": verbatim('`foreign = "delete"`'),
}
"""How settings are called that select goods; others by their own name."""
_REMOVED: dict[str, Message] = {
    SkipReason.OTHER_GROUP: _n(
        "{count} is outside the product group", "{count} are outside the product group"
    ),
    SkipReason.NOT_DISPLAYED: _n("{count} has `Display` = 0", "{count} have `Display` = 0"),
    SkipReason.OUT_OF_STOCK: _n("{count} is out of stock", "{count} are out of stock"),
    SkipReason.NO_PHOTOS: _n("{count} has no photos", "{count} have no photos"),
    Leaving.GONE: _n("{count} is not in the export any more", "{count} are not in the export any more"),
    Leaving.FOREIGN: _n("{count} was never sent by torgsync", "{count} were never sent by torgsync"),
    Leaving.GRACE_OVER: _n(
        "{count} was hidden for the whole of `delete_after`",
        "{count} were hidden for the whole of `delete_after`",
    ),
    Leaving.UNDONE: _n(
        "{count} was created by the run that is being undone",
        "{count} were created by the run that is being undone",
    ),
}
"""Why products leave, by how many they are."""


def cause(violation: GuardViolation) -> Message:
    """Return what a violation looks like."""
    return fill(_CAUSES[violation.cause.code], violation.cause.args)


def _source(reason: str, count: str, *changed: str) -> Message:
    if not changed:
        return _REMOVED[reason].filled(count=int(count))
    settings = joined(", ", [_SETTINGS.get(name, verbatim(f"`{name}`")) for name in changed])
    return _n(
        "{count} of these removals comes from your new settings ({settings})",
        "{count} of these removals come from your new settings ({settings})",
        int(count),
        settings=settings,
    )


def remedy(violation: GuardViolation) -> Message:
    """Return what a person may do other than to let it through, empty where that is not known."""
    if isinstance(violation.measure, ManyShops):
        return _(
            "if it is right in all shops, let it through there: {command}",
            command=fleet_allow_command(violation.measure.kind),
        )
    if violation.cause.code is not Cause.KEY_CHANGED:
        return NOTHING
    return _(
        "restore `GoodID` in the export, or link the new keys to these products: "
        "torgsync object adopt {object}",
        object=violation.cause.args["object"],
    )


def fleet_allow_command(kind: str) -> str:
    """Return the command that lets a kind through in all shops for a while."""
    return f"torgsync fleet allow {kind} --for 1h"


def waiting(violation: GuardViolation) -> Message:
    """Return what waits together with that which a guard holds, empty for nothing."""
    if not violation.waiting:
        return NOTHING
    return _n(
        "{count} new item waits until then: it may be one of these with another key",
        "{count} new items wait until then: they may be these with other keys",
        violation.waiting,
    )


def allow_words(violation: GuardViolation, command: str = "") -> Message:
    """Return when and how exactly this may be let through, empty where nothing lets it.

    That is the `command`, or the flag of this violation where none is given.
    """
    if not (flag := allow_flag(violation)):
        return NOTHING
    if violation.guard is Guard.FLEET:
        return _("in this shop alone: {command}", command=command or flag)
    if violation.guard is Guard.IDENTITY:
        return _("if they are different items: {command}", command=command or flag)
    if violation.cause.code is Cause.EDITED_PRICE and isinstance(violation.measure, PriceMove):
        return _(
            "to keep the price of Prom.ua, enter it in Torgsoft; to send {price} again: {command}",
            price=violation.measure.new,
            command=command or flag,
        )
    if violation.guard is Guard.PRICE:
        return _(
            "if it is wrong, correct the price in Torgsoft; if it is right: {command}",
            command=command or flag,
        )
    return _("if it is right: {command}", command=command or flag)


def allow_flag(violation: GuardViolation) -> str:
    """Return the flag that lets exactly this through, empty where none does."""
    return f"--allow {quoted(violation.allowance)}" if violation.allowance else ""


Letting = Callable[[str], str]
"""Returns the command that lets held changes through, of the `--allow` options that do."""


def allow_command(plan: Plan, letting: Letting, *, approved: bool = False) -> str:
    """Return one command that lets all that is held through, and what was let through already.

    What was `approved` is sent and needs no permission any more. Empty where nothing lets any of it.
    """
    if not allowances(plan.violations):
        return ""
    values = allowances((*(() if approved else plan.overrides), *plan.violations))
    return letting(" ".join(f"--allow {quoted(value)}" for value in values))


def prices_flag(violations: Sequence[GuardViolation]) -> str:
    """Return the flag that lets exactly these prices through."""
    return f"--allow {quoted(prices_allowance(violations))}"


def _percent(share: Decimal, digits: int = 1) -> str:
    text = percent(share * 100, digits)
    return (text.rstrip("0").rstrip(".") if digits else text) + " %"
