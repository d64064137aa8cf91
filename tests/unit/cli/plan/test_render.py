"""The lines around the table of a plan: what guards hold, what is left out, and the sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from builders import existing

from torgsync.cli.messages.guards import allow_command
from torgsync.cli.plan.guards import render_guards
from torgsync.cli.plan.render import (
    NOTHING_PENDING,
    render_findings,
    render_foreign,
    render_skipped,
    render_sums,
    skipped_documents,
)
from torgsync.cli.plan.sums import send_question
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.channels import Budget
from torgsync.core.plan.choice import Choice
from torgsync.core.plan.guards import Cause, ExportSize, Guard, GuardViolation, KeyChange, PriceMove
from torgsync.core.plan.plan import Counts, ExportInfo, Plan, Removed, RemovedStock, Skipped
from torgsync.core.reason import Reason
from torgsync.jobs.plan.result import FindingGroup

MOVE = PriceMove(Decimal(100), Decimal(10), Decimal("-0.4"), Decimal("1.5"))
MOVED = "100.00 -> 10.00 (-90 %); the limit is -40 % to +150 %"
ROWS = GuardViolation(
    Guard.EXPORT_ROWS, ExportSize(60, 100, Decimal("0.7")), Reason(Cause.EXPORT_CUT), count=40
)


def prices(cause: Cause, *good_ids: str) -> list[GuardViolation]:
    return [GuardViolation(Guard.PRICE, MOVE, Reason(cause), good_id) for good_id in good_ids]


def test_each_violation_has_its_limit_its_cause_and_its_flag() -> None:
    """Prices come first, whatever else is held."""
    assert list(render_guards([ROWS, *prices(Cause.MISTYPED_PRICE, "7")])) == [
        f"! held     item 7: {MOVED}",
        (
            "           a mistyped price; if it is wrong, correct the price in Torgsoft; if it is right: "
            "--allow price=7"
        ),
        "! held     the export has 60 rows, 40 fewer than the usual 100; the limit is 70 % of the usual rows",
        (
            "           an export that was cut short, or of one group only; if it is right: "
            "--allow export-rows=40"
        ),
    ]


def test_one_command_lets_all_of_it_through() -> None:
    """It replaces the flag of a single violation and follows several; what nothing lets has no part in it."""
    plan = replace(EMPTY, violations=(ROWS,))
    (_, line) = render_guards(plan.violations, allow_command(plan, "torgsync sync {}".format))
    assert line.endswith("; if it is right: torgsync sync --allow export-rows=40")
    zero = GuardViolation(Guard.PRICE, PriceMove(None, None), Reason(Cause.ZERO_PRICE), "9")
    several = replace(
        EMPTY,
        violations=(*prices(Cause.MISTYPED_PRICE, "7", "8"), zero, ROWS),
        overrides=(
            *prices(Cause.MISTYPED_PRICE, "6"),
            replace(ROWS, guard=Guard.PHOTOS, count=3),
        ),
    )
    *lines, last = render_guards(several.violations, allow_command(several, "torgsync sync {}".format))
    assert sum("--allow" in line for line in lines) == 3
    assert last == (
        "           to allow all of it together: "
        "torgsync sync --allow price=6,7,8 --allow photos=3 --allow export-rows=40"
    )
    assert allow_command(replace(EMPTY, violations=(zero,)), "torgsync sync {}".format) == ""


def test_changed_keys_have_three_ways_on() -> None:
    """The export is mended, the keys are linked, or the goods are others; no limit is named."""
    reason = Reason(Cause.KEY_CHANGED, {"object": "my-prom"})
    pairs = (("701", "10701"),)
    held = GuardViolation(Guard.IDENTITY, KeyChange(1, "701", "10701"), reason, pairs=pairs)
    assert list(render_guards([held])) == [
        "! held     the key seems to have changed in 1 item: 701 is now 10701",
        (
            "           `GoodID` was renumbered or changed: these items have the barcode, or the name and "
            "article, of items that left the export"
        ),
        (
            "           restore `GoodID` in the export, or link the new keys to these products: "
            "torgsync object adopt my-prom"
        ),
        "           if they are different items: --allow identity=1",
    ]


def test_new_goods_that_wait_with_held_removals_are_counted() -> None:
    """A person sees why they are not created."""
    assert list(render_guards([replace(ROWS, waiting=2)]))[1] == (
        "           an export that was cut short, or of one group only; 2 new items wait until then: they "
        "may be these with other keys; if it is right: --allow export-rows=40"
    )


def test_many_prices_with_one_cause_are_one_line() -> None:
    """The flag says that it lets all held prices through where there are others."""
    same = prices(Cause.MISTYPED_PRICE, "1", "2", "3", "4")
    assert list(render_guards(same))[1] == (
        "           a mistyped price; if they are wrong, correct them in Torgsoft; if they are right: "
        "--allow price=1,2,3,4"
    )
    lines = list(render_guards([*prices(Cause.EQUALS_QUANTITY, "8", "9"), *same]))
    assert lines[:2] == [
        f"! held     4 prices, such as that of item 1: {MOVED}",
        (
            "           a mistyped price; if they are wrong, correct them in Torgsoft; if all held prices "
            "are right: --allow prices=6"
        ),
    ]
    assert lines[2] == f"! held     item 8: {MOVED}"


def test_prices_of_nothing_have_no_flag() -> None:
    """They are never sent, and no number of others counts them."""
    zero = [
        GuardViolation(Guard.PRICE, PriceMove(None, None), Reason(Cause.ZERO_PRICE), str(number))
        for number in range(4)
    ]
    assert list(render_guards([*zero, *prices(Cause.MISTYPED_PRICE, "1", "2", "3", "4")]))[:2] == [
        "! held     4 prices: the price becomes 0; the limit is more than 0",
        "           an empty or wrong price column; a price of 0 is never sent",
    ]


REFUSED = Finding(Code.REFUSED_BEFORE, good_id="7", args={"title": "Шуруп [/25]"})
SENTENCE = (
    "Шуруп [/25]: Prom.ua refused it as it is now; it is tried again when the item changes, "
    "or with `--full-refresh`"
)


def test_skipped_goods_are_listed_with_their_line_and_their_finding() -> None:
    """What is not known of a good is left out."""
    goods = [
        Skipped("26939", SkipReason.NOT_DISPLAYED, 84),
        Skipped("7", SkipReason.REFUSED_BEFORE, 0, "Шуруп [/25]", REFUSED),
    ]
    assert list(render_skipped(goods, 2)) == ["26939  line 84", f"7  Шуруп [/25]: {SENTENCE}"]
    assert [document["message"] for document in skipped_documents(goods)] == [
        "`Display` = 0 in the accounting program",
        SENTENCE,
    ]


def test_more_goods_stay_out_than_fit_a_screen() -> None:
    """The first ten are listed and the rest is counted."""
    goods = (Skipped(str(number), SkipReason.OTHER_GROUP, number) for number in range(30))
    lines = list(render_skipped(goods, 30))
    assert (len(lines), lines[-1]) == (11, "… and 20 more; `--format json` lists all")


def test_foreign_products_are_few_or_all() -> None:
    """Each with its external id where it has one."""
    foreign = [existing("x", "1", name=":wrench:"), *(existing("", str(n)) for n in range(2, 6))]
    few = list(render_foreign(foreign, every=False))
    assert few[0].split() == ["Prom", "1", "(x)", ":wrench:"]
    assert few[-1].strip() == "… and 2 more; `--show all` lists them"
    assert len(list(render_foreign(foreign, every=True))) == 5


def test_findings_are_counted_by_code() -> None:
    """The first with its place, and how many more there are."""
    first = Finding(Code.LIST_INCOMPLETE, args={"count": 2})
    groups = [FindingGroup(Code.REFUSED_BEFORE, 3, (REFUSED,)), FindingGroup(first.code, 1, (first,))]
    assert list(render_findings(groups)) == [
        f"✗ error    item 7: {SENTENCE} (2 more such cases; all: `--show all`)",
        "! warning  Prom.ua's list leaves out 2 products that exist; each was found by its id",
    ]


EMPTY = Plan(
    "0" * 8,
    "My Prom",
    datetime(2026, 1, 2, tzinfo=UTC),
    ExportInfo("TSGoods.trs", 40, "utf-8"),
    Counts(skipped=1, unchanged=39),
    Budget(0, 0, 8),
)
BUSY = replace(EMPTY, counts=Counts(create=2, update=9, remove=2, skipped=1, unchanged=28, to_send=13))


def sums(plan: Plan, next_step: str = "torgsync sync") -> list[str]:
    lines = render_sums(
        plan,
        currency="UAH",
        requests_per_second=2.0,
        next_step=next_step,
        nothing=NOTHING_PENDING,
        days=30,
    )
    return list(lines)


@pytest.mark.parametrize(
    ("to_send", "deleted", "question"),
    [
        (2, 0, "Send 2 changes to Prom.ua?"),
        (1, 1, "Delete 1 product on Prom.ua for good?"),
        (2, 1, "Send 2 changes to Prom.ua? 1 of them cannot be undone: products deleted for good"),
        (9, 2, "Send 9 changes to Prom.ua? 2 of them cannot be undone: products deleted for good"),
    ],
)
def test_the_question(to_send: int, deleted: int, question: str) -> None:
    """It says what nothing undoes."""
    counts = replace(BUSY.counts, to_send=to_send)
    assert send_question(replace(BUSY, counts=counts, removed=Removed(deleted))) == question


def test_nothing_pending() -> None:
    """The counts, and that there is nothing."""
    assert sums(EMPTY) == [
        "0 to create, 0 to update, 0 to remove",
        "0 held, 1 skipped, 39 unchanged, 0 foreign",
        "no changes are pending",
    ]


def test_everything_a_plan_sums_up() -> None:
    """What it undoes, leaves alone, removes and leaves pending, what it costs, and the next command."""
    plan = replace(
        BUSY,
        edited=1,
        left_alone={"name": 1, "price": 30},
        removed_stock=RemovedStock(2, 11, Decimal("2639.50")),
        removed=Removed(1, 2),
        pending=3,
        choice=Choice(fields=("price",)),
        budget=Budget(6, 1, 7),
        unmet=("price=17",),
    )
    assert sums(plan)[2:] == [
        "1 change undoes what was edited on Prom.ua",
        "kept as it is on Prom.ua: name in 1 item, price in 30 items",
        "2 products will be taken down; 11 pieces in stock (2639.50 UAH) will no longer be for sale",
        "2 products will be hidden now, and deleted after 30 days unless their items come back",
        "1 product will be deleted for good: Prom.ua does not accept a deleted id again",
        "other changes of 3 items stay pending: not chosen by `--fields`",
        ("to send: about 6 requests, 3 to 10 minutes; uses 1 of the 7 imports left today"),
        "`--allow price=17` had no effect: no guard holds this",
        "next: torgsync sync",
    ]


@pytest.mark.parametrize(
    ("to_send", "next_step", "second", "last"),
    [
        (4, "torgsync sync", "16 changes of 13 items: 4 to send, 12 held; ", "next: torgsync sync"),
        (
            0,
            "torgsync sync",
            "12 changes: 0 to send, 12 held; ",
            "to send: about 3 requests; no import is needed",
        ),
        (
            4,
            "",
            "16 changes of 13 items: 4 to send, 12 held; ",
            "to send: about 3 requests; no import is needed",
        ),
    ],
)
def test_the_next_command(to_send: int, next_step: str, second: str, last: str) -> None:
    """None where everything is held, for `print_guards` has the one that helps then."""
    counts = replace(BUSY.counts, held=12, to_send=to_send)
    lines = sums(replace(BUSY, counts=counts, budget=Budget(3, 0, 8)), next_step)
    assert (lines[1][: len(second)], lines[-1]) == (second, last)


def test_what_an_import_holds_is_not_nothing() -> None:
    """Items whose import has not ended are named, with the command that goes on."""
    plan = replace(EMPTY, skipped={SkipReason.IN_IMPORT: 39, SkipReason.NO_STOCK: 1})
    assert sums(plan)[2:] == [
        "39 items are in an import that has not ended yet; the next run checks how it ended: torgsync sync"
    ]


def test_a_price_that_was_edited_is_no_mistake_of_the_export() -> None:
    """The price that goes back is named, and where the other one can be kept."""
    _, line = render_guards(prices(Cause.EDITED_PRICE, "7"))
    assert line.strip() == (
        "the price was edited on Prom.ua; to keep the price of Prom.ua, enter it in Torgsoft; to send "
        "10 again: --allow price=7"
    )


def test_nothing_is_not_said_where_fields_wait() -> None:
    """What the choice leaves out is pending."""
    plan = replace(EMPTY, pending=1, variants=2, choice=Choice(groups=("Взуття",), first=3))
    assert sums(replace(plan, violations=(ROWS,)))[2:] == [
        "2 items more than chosen: the variants of one group are sent together",
        "the guards measure everything that is pending, not only the chosen items",
        "other changes of 1 item stay pending: not chosen by `--group`, `--first`",
        "no chosen changes are pending",
    ]
