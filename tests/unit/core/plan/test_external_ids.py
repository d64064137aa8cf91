"""External ids that are written: which products go first, what must not change, and when it ended."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from torgsync.core.plan.adopt import GoodIdentity, Matching, ProductIdentity, ProductMatch, Rule
from torgsync.core.plan.channels import ImportState
from torgsync.core.plan.external_ids import (
    Damage,
    IdOutcome,
    IdPlan,
    IdResult,
    IdsView,
    IdWrite,
    KeyDifference,
    ProductCopy,
    compared_keys,
    damage,
    dump_copy,
    facts_of,
    finished,
    first_two,
    judge,
    length_of,
    load_copy,
    not_put_right,
    planned_ids,
    refused_before,
    started,
    without_own_edits,
)
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing
from torgsync.errors import Exit, Temporary
from torgsync.i18n import verbatim

ONE = IdWrite("7", "77", "Таз")
ANSWER: dict[str, object] = {
    "id": 77,
    "external_id": None,
    "date_modified": "2026-03-02T09:00:00+00:00",
    "name": "Таз",
    "price": Decimal("100.00"),
    "in_stock": True,
    "sku": None,
    "images": [],
    "prices": [{"price": Decimal("9.50"), "minimum_order_quantity": 10}],
    "description": "x" * 200,
}


def shown(external_id: str = "", **changed: object) -> ProductCopy:
    answer = {**ANSWER, **changed}
    return ProductCopy("77", external_id, "Таз", "", facts=facts_of(answer), keys=compared_keys(answer))


@pytest.mark.parametrize(
    ("after", "outcome", "found"),
    [
        (shown("7"), IdOutcome.WRITTEN, []),
        (shown("7", price=100, sku="", date_modified="later"), IdOutcome.WRITTEN, []),
        (shown("7", price=Decimal(100), status="draft"), IdOutcome.WRITTEN, []),  # a key of one answer only
        (shown(), IdOutcome.REFUSED, []),
        (shown("7", price=None), IdOutcome.CHANGED, [KeyDifference("price", '"100"', "")]),
        (shown("7", in_stock=False), IdOutcome.CHANGED, [KeyDifference("in_stock", "true", "false")]),
        (shown("7", prices=[]), IdOutcome.CHANGED, ["prices"]),
        (shown("7", description="y" * 200), IdOutcome.CHANGED, ["description"]),
        (shown("07"), IdOutcome.CHANGED, [KeyDifference("external_id", "7", "07")]),
        (None, IdOutcome.CHANGED, [KeyDifference("id", "77", "")]),
    ],
)
def test_anything_but_the_external_id_must_be_as_before(
    after: ProductCopy | None, outcome: IdOutcome, found: list[object]
) -> None:
    """Numbers are compared as numbers, texts that say nothing as nothing, long texts by their digests."""
    result = judge(ONE, shown(), after, ["said"])
    assert (result.outcome, result.words) == (outcome, ("said",))
    assert result.has_id is (after is not None and after.external_id == "7")
    assert [one if one in found else one.key for one in result.differences] == found


PRICED = {"presence": "available", "keywords": "таз"}
WIPED = shown("7", **PRICED | {"price": None, "presence": "not_available"})


@pytest.mark.parametrize(
    ("after", "cause", "lacking"),
    [
        ([WIPED], Damage.IMPORT, 1),
        ([WIPED, shown("7", **PRICED)], Damage.IMPORT, 1),
        ([WIPED, shown("7", **PRICED | {"presence": "not_available"})], Damage.IMPORT, 2),
        ([WIPED, shown("7", **PRICED, in_stock=False)], Damage.UNCLEAR, 1),
        ([shown("7", **PRICED, in_stock=False)], Damage.PERSON, 0),
        ([shown("7", **PRICED | {"presence": "not_available"})], Damage.PERSON, 0),  # sold out
        ([shown("7", **PRICED | {"keywords": ""})], Damage.UNCLEAR, 1),
        ([None], Damage.PERSON, 0),
        ([None, None], Damage.UNCLEAR, 0),
    ],
)
def test_what_did_the_harm(after: list[ProductCopy | None], cause: Damage, lacking: int) -> None:
    """A sale takes no price away; what is lost must be there again, unless its product is gone."""
    results = [judge(ONE, shown(**PRICED), one) for one in after]
    assert (damage(results), len(not_put_right(results))) == (cause, lacking)


def test_a_long_value_is_kept_as_its_length() -> None:
    """A recorded copy holds no description, and comes back as it was."""
    copy = shown()
    assert length_of(copy.facts["description"]) == 202
    assert length_of(copy.facts["price"]) is None
    assert load_copy(dump_copy(copy)) == copy
    assert "xxx" not in dump_copy(copy)


def test_what_a_run_of_ours_sent_is_no_damage() -> None:
    """A price that Prom shows as it was last sent is left out; one that was wiped is not."""
    changed = judge(ONE, shown(), shown("7", price=Decimal(120), in_stock=None))
    sent: dict[str, Value] = {"price": Decimal(120), "ready_to_ship": True}
    left = without_own_edits(changed, Existing("77", "7", {"price": Decimal(120)}), sent)
    assert (left.outcome, [one.key for one in left.differences]) == (IdOutcome.CHANGED, ["in_stock"])
    done = without_own_edits(changed, Existing("77", "7", sent), sent)
    assert (done.outcome, done.differences) == (IdOutcome.WRITTEN, ())
    lost = judge(ONE, shown(), shown(price=Decimal(120)))
    assert without_own_edits(lost, Existing("77", "7", sent), sent).outcome is IdOutcome.REFUSED
    unsent = judge(ONE, shown(), shown("7", price=None))
    assert without_own_edits(unsent, Existing("77", "7", {}), {}).outcome is IdOutcome.CHANGED
    texts: dict[str, Value] = {"description": "y", "photos": ()}
    redone = judge(ONE, shown(), shown("7", description="y" * 200, images=[1]))
    assert without_own_edits(redone, Existing("77", "7", {"description": "y"}), texts).differences == ()
    named = judge(ONE, shown(), shown("7", name="Цебро"))
    assert without_own_edits(named, Existing("77", "7", {}), {}).outcome is IdOutcome.CHANGED


@pytest.mark.parametrize(
    ("copy", "holder", "why"),
    [
        (None, None, IdOutcome.GONE),
        (replace(shown(), closed=True), None, IdOutcome.GONE),
        (shown("old"), None, IdOutcome.OTHER_ID),
        (shown(), "78", IdOutcome.TAKEN),
        (replace(shown(), name=" "), None, IdOutcome.NAMELESS),
        (shown(), None, None),
        (shown(), "77", None),
    ],
)
def test_products_that_are_left_alone(
    copy: ProductCopy | None, holder: str | None, why: IdOutcome | None
) -> None:
    """Never one that has another external id, and none whose id another product has."""
    assert refused_before(ONE, copy, holder) is why


def test_the_first_two_can_show_a_loss() -> None:
    """Those with price and presence go first, and one without a code where there is one."""
    writes = [IdWrite(key, key, "") for key in "abcd"]
    rich = {"price": "1", "presence": "2"}
    copies = {
        "a": ProductCopy("a", "", "", "code", facts={}),
        "b": ProductCopy("b", "", "", "code", facts=rich),
        "c": ProductCopy("c", "", "", "code", facts=rich),
        "d": ProductCopy("d", "", "", "", facts={"price": "1"}),
    }
    assert [one.prom_id for one in first_two(copies, writes)] == ["b", "d"]
    del copies["d"]
    assert [one.prom_id for one in first_two(copies, writes)] == ["b", "c"]
    assert [one.prom_id for one in first_two({}, writes)] == ["a", "b"]


def test_the_plan() -> None:
    """Products without an external id; those with another one are counted; written ones are done."""

    def pair(good_id: str, prom_id: str, external_id: str) -> ProductMatch:
        product = ProductIdentity(prom_id, external_id, "Таз")
        return ProductMatch(GoodIdentity(good_id, ""), product, (Rule.NAME,))

    matching = Matching(
        (pair("1", "11", ""), pair("2", "12", "2"), pair("3", "13", "x"), pair("4", "14", ""))
    )
    plan = planned_ids(matching, 5)
    assert ([one.good_id for one in plan.writes], plan.kept, plan.imports) == (["1", "4"], 1, 1)
    done = judge(IdWrite("1", "11", ""), shown(), shown("1"))
    assert [one.good_id for one in planned_ids(matching, 5, [done]).writes] == ["4"]
    assert (IdPlan((), 0, 8).imports, IdPlan((ONE,) * 3, 0, 8).imports) == (0, 2)


def test_the_exit_code() -> None:
    """A no is 1, one refusal is 6, what ended it early counts most; the last result counts."""
    view = IdsView(IdPlan((), 0, 8))
    codes = [view.exit_code]
    for outcome in (IdOutcome.REFUSED, IdOutcome.WRITTEN):
        view.note([IdResult(ONE, outcome)])
        codes.append(view.exit_code)
    view.agreed = False
    codes.append(view.exit_code)
    view.trouble = Temporary(verbatim("later"))
    assert [*codes, view.exit_code] == [Exit.DONE, Exit.PARTIAL, Exit.DONE, Exit.ERROR, Exit.TEMPORARY]
    assert len(view.results) == 1


@pytest.mark.parametrize(
    ("status", "counters", "begun", "ended"),
    [
        ("SUCCESS", {}, False, False),
        ("PARTIAL", {"total": 0}, False, False),
        ("PARTIAL", {"total": 1, "updated": 1}, True, False),
        ("PARTIAL", {"updated": 1, "with_errors_count": 1}, True, True),
        ("PARTIAL", {"total": 2, "updated": 1}, True, True),  # the refused row is in no other counter
        ("FATAL", {}, False, True),
    ],
)
def test_the_end_of_an_import(status: str, counters: dict[str, int], begun: bool, ended: bool) -> None:
    """Zeros mean "wait", whatever the status."""
    state = ImportState(status, counters)
    assert (started(state), finished(state, 2)) == (begun, ended)
