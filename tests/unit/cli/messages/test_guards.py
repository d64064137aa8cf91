"""The sentences about guards: what was observed, the limit, the cause, the flag."""

from __future__ import annotations

from decimal import Decimal

import pytest

from torgsync.cli.messages.guards import allow_flag, cause, limit, observed, override_observed, prices_flag
from torgsync.core.plan.guards import (
    SHOP,
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    KeyChange,
    Measure,
    MissingShop,
    PriceMove,
    ProductShare,
    encode_measure,
)
from torgsync.core.reason import Args, Reason


def price(
    old: str | None, new: str | None, cause: Reason[Cause] | None = None, *, discounted: bool = False
) -> GuardViolation:
    before, after = (Decimal(amount) if amount else None for amount in (old, new))
    move = PriceMove(before, after, Decimal("-0.40"), Decimal("1.50"), discounted)
    return GuardViolation(Guard.PRICE, move, cause or Reason(Cause.MISTYPED_PRICE), "17")


def share(guard: Guard, count: int, total: int, most: str | None) -> GuardViolation:
    measure = ProductShare(count, total, Decimal(most) if most else None)
    return GuardViolation(guard, measure, Reason(Cause.CENTERS), count=count)


ROWS = GuardViolation(
    Guard.EXPORT_ROWS, ExportSize(1, 11, Decimal("0.70")), Reason(Cause.EXPORT_CUT), count=10
)


def keys(count: int) -> GuardViolation:
    pairs = tuple((str(number), str(100 + number)) for number in range(1, count + 1))
    cause_of = Reason(Cause.KEY_CHANGED, {"object": "my-prom"})
    return GuardViolation(Guard.IDENTITY, KeyChange(count, *pairs[0]), cause_of, count=count, pairs=pairs)


@pytest.mark.parametrize(
    ("violation", "words"),
    [
        (price("5300.00", "2650.00"), "5300.00 -> 2650.00 (-50 %); -40 % to +150 %"),
        (price("100", "333.33"), "100.00 -> 333.33 (+233 %); -40 % to +150 %"),
        (price("100", "59.99"), "100.00 -> 59.99 (-40.01 %); -40 % to +150 %"),
        (price("100", "50", discounted=True), "100.00 -> 50.00 (-50 %) for the buyer; -40 % to +150 %"),
        (price(None, "0.00"), "the price becomes 0.00; more than 0"),
        (price(None, None), "the price becomes 0; more than 0"),
        (share(Guard.REMOVALS, 120, 960, "0.10"), "120 products of 960 would be taken down (12.5 %); 10 %"),
        (share(Guard.REMOVALS, 1, 1, None), "1 product of 1 would be taken down (100 %); never all products"),
        (share(Guard.STOCK_OUT, 2, 3, "0.5"), "2 products of 3 in stock would fall to zero (66.7 %); 50 %"),
        (share(Guard.PHOTOS, 2, 3, "0.5"), "2 products of 3 with photos would lose them all (66.7 %); 50 %"),
        (keys(1), "the key seems to have changed in 1 item: 1 is now 101; "),
        (
            keys(5),
            (
                "the key seems to have changed in 5 items: "
                "1 is now 101, 2 is now 102, 3 is now 103, and 2 more items; "
            ),
        ),
        (ROWS, "the export has 1 row, 10 fewer than the usual 11; 70 % of the usual rows"),
    ],
)
def test_a_violation_is_explained(violation: GuardViolation, words: str) -> None:
    """By what was observed, which never looks as if it were at the limit, and by the limit."""
    assert f"{observed(violation)}; {limit(violation)}" == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            Reason(Cause.DECIMAL_POINT, {"factor": 100, "lower": True}),
            "100 times lower: looks like a slipped decimal point",
        ),
        (
            Reason(Cause.CURRENCY, {"factor": 42, "lower": False, "currency": "USD"}),
            "42 times higher: looks like a price in USD",
        ),
        (Reason(Cause.EQUALS_QUANTITY), "equals the quantity column"),
        (Reason(Cause.EMPTY_PRICE), "an empty price"),
        (Reason(Cause.MISTYPED_PRICE), "a mistyped price"),
        (
            Reason(Cause.CENTERS),
            "an accounting center that is not exported, or an empty quantity column",
        ),
        (Reason(Cause.NEW_CENTERS), "your new accounting centers"),
        (Reason(Cause.EXPORT_CUT), "an export that was cut short, or of one group only"),
    ],
)
def test_a_cause_is_named(reason: Reason[Cause], words: str) -> None:
    """With the numbers that make it likely."""
    assert cause(price("100", "1", reason)) == words


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([["gone", "1"]], "1 is not in the export any more"),
        ([["gone", "3", "path"]], "3 of these removals come from your new settings (export path)"),
        (
            [["other-group", "47", "product_group"], ["gone", "3"]],
            (
                "47 of these removals come from your new settings (product group); "
                "3 are not in the export any more"
            ),
        ),
        ([["other-group", "2"]], "2 are outside the product group"),
        ([["not-displayed", "1"]], "1 has `Display` = 0"),
        (
            [["out-of-stock", "2", "only_in_stock", "use"]],
            "2 of these removals come from your new settings (`only_in_stock`, accounting centers)",
        ),
        ([["no-photos", "1", "photos"]], "1 of these removals comes from your new settings (photo folder)"),
        ([["foreign", "5"]], "5 were never sent by torgsync"),
        ([["undone", "2"]], "2 were created by the run that is being undone"),
    ],
)
def test_removals_are_explained_by_their_sources(sources: list[list[str]], words: str) -> None:
    """In the number that the sentence needs; what the settings made new is named."""
    assert cause(price("1", "2", Reason(Cause.REMOVALS, {"sources": sources}))) == words


def test_every_cause_has_a_sentence() -> None:
    """None is left without words."""
    args: dict[Cause, Args] = {
        Cause.DECIMAL_POINT: {"factor": 10, "lower": True},
        Cause.CURRENCY: {"factor": 42, "lower": False, "currency": "USD"},
        Cause.REMOVALS: {"sources": [["gone", "1"]]},
        Cause.GRACE_OVER: {"days": 30},
        Cause.MANY_SHOPS: {"kind": Guard.PHOTOS},
    }
    for code in Cause:
        assert cause(price("1", "2", Reason(code, args.get(code, {}))))


def test_flags_can_be_pasted() -> None:
    """One good by its id, other guards by their number, many prices by theirs; a price of 0 has none."""
    assert allow_flag(price("1", "9")) == "--allow price=17"
    assert allow_flag(ROWS) == "--allow export-rows=10"
    assert allow_flag(price(None, None, Reason(Cause.ZERO_PRICE))) == ""
    assert prices_flag([price("1", "9")] * 6) == "--allow prices=6"


@pytest.mark.parametrize(
    ("guard", "measure", "more", "words"),
    [
        (
            Guard.PRICE,
            price("68", "6800").measure,
            {"more": 2},
            "68.00 -> 6800.00 (+9900 %); 2 more prices were allowed with it",
        ),
        (
            Guard.IDENTITY,
            keys(5).measure,
            {},
            "the key seems to have changed in 5 items: 1 is now 101, and 4 more items",
        ),
        (Guard.EXPORT_ROWS, ROWS.measure, {}, "the export has 1 row, 10 fewer than the usual 11"),
        (SHOP, MissingShop(1, 0), {}, "looked for 1 product: none of them is there"),
        (
            SHOP,
            MissingShop(2, 1),
            {},
            "looked for 2 products and 1 group: none of them is there",
        ),
    ],
)
def test_an_override_is_explained_from_the_state(
    guard: str, measure: Measure, more: Args, words: str
) -> None:
    """In the words of the plan that was looked at."""
    assert override_observed(guard, {**encode_measure(measure), **more}) == words
