"""What a guard observed, its limit, the likely cause, and the flag that allows it, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from torgsync.cli.messages.template import Sentence, fill
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.core.plan.guards import (
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    KeyChange,
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
from torgsync.core.text import counted

_SHARES = {
    Guard.REMOVALS: "{count} of {total:product} would be taken out ({share})",
    Guard.DELETIONS: "{count} of {total:product} would be deleted for good ({share})",
    Guard.STOCK_OUT: "{count} of {total:product} in stock would fall to zero ({share})",
    Guard.PHOTOS: "{count} of {total:product} with photos would lose them all ({share})",
}


PAIRS = 3
"""Old and new keys that a sentence names."""


def observed(violation: GuardViolation) -> str:
    """Return what a guard observed."""
    if violation.pairs:
        return _key_changes(violation.pairs[:PAIRS], violation.count)
    return _observed(violation.guard, violation.measure)


def override_observed(guard: str, args: Args) -> str:
    """Return what a guard had observed that a person opened; `args` are those that the state keeps."""
    more = f" and {args['more']} more" if args.get("more") else ""
    return f"{_observed(guard, decode_measure(guard, args))}{more}"


def _observed(guard: str, measure: Measure) -> str:
    match measure:
        case PriceMove():
            return _price_move(measure)
        case ProductShare(count, total):
            share = _percent(Decimal(count) / Decimal(max(total, 1)))
            return fill(_SHARES[Guard(guard)], {"count": count, "total": total, "share": share})
        case ExportSize(rows, usual):
            return f"the export has {counted(rows, 'row')}, {usual - rows} fewer than the usual {usual}"
        case KeyChange(count, before, now):
            return _key_changes([(before, now)], count)
        case MissingShop(products, groups):
            return problem_message(problem(ProblemCode.SHOP_MISSING, products=products, groups=groups))


def _key_changes(pairs: Sequence[tuple[str, str]], count: int) -> str:
    """Return the keys of goods before and now; of all `count` goods only these pairs are named."""
    named = ", ".join(f"{before} is now {now}" for before, now in pairs)
    more = f", and {count - len(pairs)} more" if count > len(pairs) else ""
    return f"the key seems to have changed in {counted(count, 'good')}: {named}{more}"


def _price_move(move: PriceMove) -> str:
    if move.new is None:
        return "the price becomes 0"
    if move.old is None:
        return f"the price becomes {move.new:.2f}"
    share = _percent(abs(move.share))
    if share in (_percent(abs(move.lowest)), _percent(move.highest)):
        share = _percent(abs(move.share), digits=3)  # else it would look as if it were at the limit
    sign = "+" if move.share > 0 else "-"
    text = f"{move.old:.2f} -> {move.new:.2f} ({sign}{share})"
    return f"{text} for the buyer" if move.discounted else text  # the table shows the price itself


def limit(violation: GuardViolation) -> str:
    """Return the limit that was passed."""
    match violation.measure:
        case PriceMove(old, new, lowest, highest):
            if old is None or new is None:
                return "more than 0"
            return f"-{_percent(abs(lowest))} to +{_percent(highest)}"
        case ProductShare(limit=most):
            return "never all products" if most is None else _percent(most)
        case ExportSize(limit=least):
            return f"{_percent(least)} of the usual rows"
        case KeyChange() | MissingShop():
            return ""


_CAUSES: dict[Cause, Sentence] = {
    Cause.EQUALS_QUANTITY: "equals the quantity column",
    Cause.EMPTY_PRICE: "an empty price",
    Cause.MISTYPED_PRICE: "a mistyped price",
    Cause.ZERO_PRICE: "an empty or mistaken price column; a price of 0 is never sent",
    Cause.DECIMAL_POINT: "{factor} times {lower:lower|higher}: looks like a slipped decimal point",
    Cause.CURRENCY: "{factor} times {lower:lower|higher}: looks like a price in {currency}",
    Cause.REMOVALS: lambda sources: "; ".join(_source(*source) for source in sources),
    Cause.GRACE_OVER: (
        "hidden for {days:day}, because their goods are not in the export; Prom.ua takes no deleted id again"
    ),
    Cause.CENTERS: "an accounting center that is not exported, or a quantity column that is empty",
    Cause.NEW_CENTERS: "your new accounting centers",
    Cause.PHOTO_FOLDER: "a folder of photos that was moved or emptied, or is not connected",
    Cause.EXPORT_CUT: "an export that was cut short, or of one group only",
    Cause.KEY_CHANGED: (
        "`GoodID` was renumbered or respelled: barcode, or name and article, are those of goods that left"
    ),
}
_SETTINGS = {
    "product_group": "product group",
    "use": "accounting centers",
    "keep": "pieces to keep",
    "photos": "folder of photos",
    "path": "export path",
    "foreign": 'foreign = "delete"',
}
"""How settings are called that select goods; others by their own name."""
_REMOVED: dict[str, tuple[str, str]] = {
    SkipReason.OTHER_GROUP: ("lies outside the product group", "lie outside the product group"),
    SkipReason.NOT_DISPLAYED: ("has `Display` = 0", "have `Display` = 0"),
    SkipReason.OUT_OF_STOCK: ("is out of stock", "are out of stock"),
    SkipReason.NO_PHOTOS: ("has no photos", "have no photos"),
    Leaving.GONE: ("is not in the export any more", "are not in the export any more"),
    Leaving.FOREIGN: ("was never sent from here", "were never sent from here"),
    Leaving.GRACE_OVER: ("was hidden for its whole grace period", "were hidden for their whole grace period"),
    Leaving.UNDONE: ("was made by the run that is turned back", "were made by the run that is turned back"),
}
"""Why one product leaves, and why several do."""


def cause(violation: GuardViolation) -> str:
    """Return what a violation looks like."""
    return fill(_CAUSES[violation.cause.code], violation.cause.args)


def _source(reason: str, count: str, *changed: str) -> str:
    if changed:
        comes = "comes" if count == "1" else "come"
        settings = " and ".join(_SETTINGS.get(name, name) for name in changed)
        return f"{count} of these removals {comes} from your new {settings}"
    one, many = _REMOVED[reason]
    return f"{count} {one if count == '1' else many}"


def remedy(violation: GuardViolation) -> str:
    """Return what a person may do other than to let it through, empty where that is not known."""
    if violation.cause.code is not Cause.KEY_CHANGED:
        return ""
    link = fill("torgsync object adopt {object}", violation.cause.args)
    return f"mend `GoodID` in the export, or link the new keys to these products: {link}"


def waiting(violation: GuardViolation) -> str:
    """Return what waits together with that which a guard holds, empty for nothing."""
    if not violation.waiting:
        return ""
    goods = counted(violation.waiting, "new good waits", "new goods wait")
    return f"{goods} until then: they may be these under other keys"


def allow_words(violation: GuardViolation, command: str = "") -> str:
    """Return when and how exactly this may be let through, empty where nothing lets it.

    That is the `command`, or the flag of this violation where none is given.
    """
    if not (flag := allow_flag(violation)):
        return ""
    right = "they are other goods" if violation.guard is Guard.IDENTITY else "it is right"
    return f"if {right}: {command or flag}"


def allow_flag(violation: GuardViolation) -> str:
    """Return the flag that lets exactly this through, empty where none does."""
    return f"--allow {quoted(violation.allowance)}" if violation.allowance else ""


Letting = Callable[[str], str]
"""Returns the command that lets held changes through, of the `--allow` options that do."""


def allow_command(plan: Plan, letting: Letting) -> str:
    """Return one command that lets all that is held through, and what was let through already.

    Empty where nothing lets any of it.
    """
    if not allowances(plan.violations):
        return ""
    values = allowances((*plan.overrides, *plan.violations))
    return letting(" ".join(f"--allow {quoted(value)}" for value in values))


def prices_flag(violations: Sequence[GuardViolation]) -> str:
    """Return the flag that lets exactly these prices through."""
    return f"--allow {quoted(prices_allowance(violations))}"


def _percent(share: Decimal, digits: int = 1) -> str:
    return f"{share * 100:.{digits}f}".rstrip("0").rstrip(".") + " %"
