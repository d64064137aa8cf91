"""What the memory promises: all of a unit of work or nothing, good by good, run by run.

Every promise is held on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from builders import FULL, LATER, NOON, any_values, existing, product
from hypothesis import given, settings
from msgspec import structs
from states import ME, OLENA, SLUG, at_once, dirty_pages, row, rows

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.paging import PAGE
from torgsync.core.photos.pictures import PictureFacts, PictureRecord, PictureType, SeenPhoto
from torgsync.core.plan.decide import Grace, ProductSnapshot, RowStatus
from torgsync.core.plan.diff import Change, Sent, Verb
from torgsync.core.plan.outcomes import prom_said
from torgsync.core.plan.plan import Skipped
from torgsync.core.product.cells import Section
from torgsync.core.product.fields import PRICE_STOCK, Characteristic, Value
from torgsync.core.product.products import Existing, Product
from torgsync.core.product.variants import Member
from torgsync.errors import Temporary, TorgsyncError
from torgsync.state import engine
from torgsync.state.runs.leases import LEASE
from torgsync.state.shop.object_state import Looks
from torgsync.state.shop.products import Accepted
from torgsync.state.shop.rows import GoodRow, OldRow
from torgsync.state.shop.variants import StoredVariant
from torgsync.state.store import Store, UnitOfWork, open_store

Step = Callable[[UnitOfWork], object]


def finding(good_id: str = "17", line: int = 2, count: int = 120) -> Finding:
    """Return a finding whose arguments are not a sentence."""
    args = {"count": count, "limit": 110}
    return Finding(Code.NAME_CUT, good_id, line, "GoodName", "Капці", args=args)


def dirty(work: UnitOfWork) -> list[str]:
    return [known.good_id for page in dirty_pages(work) for known in page]


def known(work: UnitOfWork, good_id: str = "17") -> ProductSnapshot:
    return work.products.known([good_id])[good_id]


# A unit of work


def test_a_failed_transaction_is_rolled_back(state: Store) -> None:
    """The error is raised unchanged."""

    def stumble() -> None:
        with state.transaction(SLUG) as work:
            work.rows.remember_rows([row(findings=(finding(),))])
            work.journal.begin_run(ME, NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    with state.transaction(SLUG) as work:
        assert work.rows.row_hashes() == set()
        assert list(work.rows.findings()) == []
        assert work.products.known(["17"]) == {}


def test_objects_do_not_see_each_other(state: Store) -> None:
    """Everything that one object remembers is its own."""
    with state.transaction("other") as work:
        work.object_state.begin_settings("f", "c")
        work.rows.remember_rows([row(findings=(finding(),))])
        work.existing.remember_existing([existing()], work.object_state.begin_look())
        work.photos.remember({"17.jpg": SeenPhoto(1, 2, "00")})
        work.products.refuse(product(), (), NOON)
        work.journal.begin_import(work.journal.begin_run(ME, NOON), 5, NOON)
        work.leases.take(1, ME, NOON)
        work.object_state.note_first_write(NOON)
    with state.transaction(SLUG) as work:
        mine, shown = work.rows, work.existing
        assert (mine.row_hashes(), list(mine.findings()), mine.row_statuses()) == (set(), [], {})
        assert (work.photos.seen(), work.photos.unfetched(), work.object_state.begun()) == ({}, {}, False)
        assert (shown.existing_count(), shown.foreign(), shown.unseen(9)) == (0, [], [])
        assert work.journal.imports_since(NOON - LEASE) == 0
        assert work.leases.lease() is None
        work.products.forget_refusals()
        work.object_state.begin_settings("g", "c")
    with state.transaction("other") as work:
        assert known(work).good_id == "17"
        assert work.object_state.begun()


def test_units_of_work_queue_up(new_url: str) -> None:
    """Of many that open a new state at once, one makes the tables; as writers they lose no number."""
    seen: list[int] = []

    def look_again_and_again(_: int) -> None:
        with closing(open_store(new_url)) as mine:
            for _ in range(10):
                with mine.transaction(SLUG) as work:
                    seen.append(work.object_state.begin_look())

    at_once(4, look_again_and_again)
    assert sorted(seen) == list(range(1, 41))


def test_a_state_held_too_long_is_a_passing_trouble(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that times out is a temporary error with a hint, and nothing is stored."""
    monkeypatch.setattr(engine, "PATIENCE", 1)
    with closing(open_store(url)) as one, closing(open_store(url)) as other:
        with (
            one.transaction(SLUG),
            pytest.raises(Temporary, match="is in use by another process") as caught,
            other.transaction(SLUG) as work,
        ):
            work.object_state.begin_look()
        assert caught.value.hint
        with other.transaction(SLUG) as work:
            assert work.object_state.begin_look() == 1


def test_a_time_without_a_zone_is_a_bug(work: UnitOfWork) -> None:
    """No naive time can slip into the memory."""
    with pytest.raises(ValueError, match="a time without a zone"):
        work.object_state.end_look(NOON.replace(tzinfo=None), full=False)


# Rows of the export


def test_rows_are_remembered_by_their_mark(work: UnitOfWork) -> None:
    """New rows are added, changed ones replaced; a hash may be any number of 63 bits."""
    work.rows.remember_rows([row("17", 2**63 - 1), row("18", 4)])
    work.rows.remember_rows([row("18", 5)])
    work.rows.remember_rows([])
    assert work.rows.row_hashes() == {2**63 - 1, 5}


def test_old_rows_are_found_by_good_and_by_hash(work: UnitOfWork) -> None:
    """The last reading's rows, of goods that it had; for few hashes or many."""
    work.rows.remember_rows([row("17", 1, model=501, section=7, traits=9), row("18", 2), row("19", 3)])
    work.rows.mark_gone(["19"])
    old = OldRow(1, 501, 7, 9, 0, "in")
    assert work.rows.old_rows(["17", "19", "99"]) == {"17": old}
    assert work.rows.rows_with({1, 3}) == {"17": old}
    assert work.rows.rows_with({1, *range(10, 10 + PAGE)}) == {"17": old}
    assert list(work.rows.rows_of(lambda good_id, row_hash: good_id == "18" and row_hash == 2)) == ["18"]


def test_what_is_known_of_a_good_comes_back(work: UnitOfWork) -> None:
    """Desired, sent, echo, existing: each as it was remembered; strangers are left out."""
    work.rows.remember_rows([row(product=Product("17", FULL))])
    work.existing.remember_existing([existing()], 1)
    work.products.accept([Accepted("17", {"gtin": "A"}, {"name": "Кап"})], NOON)
    shown = Existing("917", "17", {**existing().values, "name": "Кап"}, NOON)
    assert work.products.known(["17", "99"]) == {
        "17": ProductSnapshot(
            "17", RowStatus.IN, Product("17", FULL), Sent({"gtin": "A"}, {"name": "Кап"}), shown
        )
    }


def test_more_goods_are_asked_for_than_fit_a_statement(work: UnitOfWork) -> None:
    """Lists of any length are taken page by page."""
    ids = [str(number) for number in range(2 * PAGE + 1)]
    work.rows.remember_rows([row(good_id) for good_id in ids])
    work.rows.mark_clean(ids)
    work.rows.mark_gone(ids[1:])
    assert list(work.rows.rows_of(lambda *_: True)) == ["0"]
    assert set(work.products.known(ids)) == set(ids)


@settings(max_examples=25)
@given(any_values())
def test_any_product_comes_back(work: UnitOfWork, values: dict[str, Value]) -> None:
    """No value is lost or bent between remembering and knowing, and a refusal of it is recognised."""
    values = {name: _without_nul(value) for name, value in values.items() if name != "variant_group"}
    work.rows.remember_rows([row(product=Product("17", values))])
    desired = known(work).desired
    assert desired is not None
    assert desired.values == values
    work.products.refuse(desired, (), NOON)
    assert known(work).refused


def _without_nul(value: Value) -> Value:
    """Spare PostgreSQL what it cannot keep in any text; cells are cleaned of it before."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def test_a_blocked_row_keeps_what_was_desired(work: UnitOfWork) -> None:
    """An error in a row changes the good's status, not its desired product."""
    work.rows.remember_rows([row()])
    work.rows.remember_rows(
        [GoodRow("17", 2, 2, RowStatus.BLOCKED, SkipReason.BLOCKED, findings=(finding(),))]
    )
    assert known(work) == ProductSnapshot("17", RowStatus.BLOCKED, product())
    assert work.rows.row_statuses() == {("blocked", "blocked"): 1}


def test_a_good_can_be_blocked_afterwards(work: UnitOfWork) -> None:
    """A duplicate is blocked with a finding, and its row is read again next time."""
    work.rows.remember_rows([row(row_status=RowStatus.OUT, reason=SkipReason.NO_PHOTOS, product=None)])
    work.rows.mark_clean(["17"])
    work.rows.block("17", finding(count=130), 2)
    assert work.rows.row_statuses() == {("blocked", "blocked"): 1}
    assert work.rows.row_hashes() == set()
    assert list(work.rows.rows_with({0})) == ["17"]
    assert [found.args["count"] for found in work.rows.findings()] == [130]
    assert dirty(work) == ["17"]


def test_a_good_that_left_is_gone_until_it_returns(work: UnitOfWork) -> None:
    """It has no digest and no findings any more, is looked at again, and comes back with its row."""
    work.rows.remember_rows([row(findings=(finding(),)), row("18", 3, 3)])
    work.rows.mark_clean(["17", "18"])
    work.rows.mark_gone(good_id for good_id in ["17"])
    assert work.rows.row_hashes() == {3}
    assert list(work.rows.findings()) == []
    assert work.rows.row_statuses() == {("gone", ""): 1, ("in", ""): 1}
    assert dirty(work) == ["17"]
    work.rows.remember_rows([row(digest=7)])
    assert work.rows.row_hashes() == {7, 3}


def test_row_statuses_are_counted_by_reason(work: UnitOfWork) -> None:
    """Goods that stay out are counted by skip reason."""
    reasons = (SkipReason.NO_PHOTOS, SkipReason.NO_PHOTOS, SkipReason.OUT_OF_STOCK)
    out = [row(str(number), row_status=RowStatus.OUT, reason=why) for number, why in enumerate(reasons)]
    work.rows.remember_rows([row(), *out])
    assert work.rows.row_statuses() == {("in", ""): 1, ("out", "no-photos"): 2, ("out", "out-of-stock"): 1}


# Findings


def test_findings_belong_to_the_last_reading_of_a_row(work: UnitOfWork) -> None:
    """A row that is read again loses its old findings; all are listed in full, by line."""
    work.rows.remember_rows([row("18", line=9, findings=(finding("18", 9),))])
    work.rows.remember_rows([row(findings=(finding(count=131), finding(count=132)))])
    again = row(findings=(finding(count=133), finding(count=134)))
    work.rows.remember_rows([again], {"17"})
    assert list(work.rows.findings()) == [finding(count=133), finding(count=134), finding("18", 9)]


def test_findings_move_with_their_rows(work: UnitOfWork) -> None:
    """Where rows moved without changing, the findings have their new lines."""
    work.rows.remember_rows(
        [row(findings=(finding(), finding())), row("18", 8, 5, findings=(finding("18", 5),)), row("19", 9)]
    )
    assert work.rows.lines_of_findings() == {1: 2, 8: 5}
    work.rows.move_rows({1: 40, 99: 1})
    work.rows.move_rows({})
    assert work.rows.lines_of_findings() == {1: 40, 8: 5}
    assert [found.line for found in work.rows.findings()] == [5, 40, 40]


# Photos


def test_photos_are_recognised_by_name_size_and_time(work: UnitOfWork) -> None:
    """A photo that changed has one digest, its newest; one that is gone is forgotten."""
    work.photos.remember(
        {
            "17.jpg": SeenPhoto(10, 2**60, "aa"),
            "18.jpg": SeenPhoto(1, 1, "bb", "b0"),
            "19.jpg": SeenPhoto(1, 1, ""),
        }
    )
    work.photos.remember({"17.jpg": SeenPhoto(11, 2**60 + 1, "cc")}, ["19.jpg"])
    work.photos.remember({})
    assert work.photos.seen() == {
        "17.jpg": SeenPhoto(11, 2**60 + 1, "cc"),
        "18.jpg": SeenPhoto(1, 1, "bb", "b0"),
    }
    known = {"cc": PictureRecord(PictureFacts(PictureType.PNG, 300, 400, 11)), "aa": PictureRecord()}
    work.photos.note_pictures(known)
    assert work.photos.pictures() == known
    work.photos.forget_pictures()
    assert set(work.photos.pictures()) == {"cc"}


# Models and sections


def test_models_are_known_with_their_goods(work: UnitOfWork) -> None:
    """Goods that go to Prom, in the order of the file, with the group that each has there and here."""
    red, blue = (Characteristic("Колір", "", name) for name in ("червоний", "синій"))
    goods = {"17": (red,), "18": (blue,), "19": (), "20": (red,)}
    work.rows.remember_rows(
        [
            row(good_id, number, 9 - number, model=501, product=product(good_id, characteristics=items))
            for number, (good_id, items) in enumerate(goods.items(), 1)
        ]
    )
    work.rows.mark_gone(["20"])
    work.products.accept([Accepted("17", {"variant_group": "77"}, {}), Accepted("18", {}, {})], NOON)
    work.variants.regroup({"18": 501})
    work.variants.regroup({})
    assert list(work.variants.dirty()) == [[501]]
    assert work.variants.members([501, 502]) == {
        501: [
            StoredVariant(Member("19", 6, ()), 0),
            StoredVariant(Member("18", 7, (blue,), made=True), 501),
            StoredVariant(Member("17", 8, (red,), 77, made=True), 0),
        ]
    }


def test_a_regrouped_good_carries_its_group_and_is_tried_again(work: UnitOfWork) -> None:
    """What Prom refused of it may have been the group."""
    work.rows.remember_rows([row(model=501)])
    work.products.refuse(product(), (), NOON)
    work.variants.regroup({"17": 501})
    found = known(work)
    assert found.desired is not None
    assert (found.desired.text("variant_group"), found.refused) == ("501", False)


def test_models_are_paged(work: UnitOfWork) -> None:
    """Any number of them is looked at, each once."""
    count = PAGE + 1
    work.rows.remember_rows([row(str(number), number, model=-number) for number in range(1, count + 1)])
    pages = list(work.variants.dirty())
    assert [len(page) for page in pages] == [PAGE, 1]
    assert sorted(-model for page in pages for model in page) == list(range(1, count + 1))


def test_a_variant_group_has_one_model(work: UnitOfWork) -> None:
    """A model keeps its number; another's is taken only when its goods are gone."""
    work.rows.remember_rows([row(model=501)])
    assert work.variants.numbers({501: iter([501])}) == {501: 501}
    assert work.variants.numbers({501: iter([9]), -5: iter([501, 502])}) == {501: 501, -5: 502}
    work.rows.mark_gone(["17"])
    assert work.variants.numbers({-6: iter([501]), -7: iter([501, 504])}) == {-6: 501, -7: 504}
    assert work.variants.numbers({501: iter([503])}) == {501: 503}
    assert work.variants.numbers({}) == {}


def test_findings_of_some_codes_are_replaced(work: UnitOfWork) -> None:
    """Others about the same goods stay."""
    work.rows.remember_rows([row(findings=(finding(),))])
    alike = Finding(Code.VARIANT_ALIKE, good_id="17", line=2, args={"twin": "16"})
    work.rows.replace_findings(["17"], {Code.VARIANT_ALIKE}, [alike])
    assert list(work.rows.findings()) == [finding(), alike]
    work.rows.replace_findings(["17"], {Code.VARIANT_ALIKE}, [])
    assert list(work.rows.findings()) == [finding()]


def test_paths_are_counted_over_all_goods(work: UnitOfWork) -> None:
    """Only goods that go to Prom count for groups."""
    garden, water = Section("1", "Сад"), Section("11", "Полив; шланги")
    work.variants.remember_sections({7: (garden,), 8: (garden, water), 9: (water,)})
    work.rows.remember_rows(
        [row("17", section=7), row("18", 2, section=8), row("19", 3, section=8), row("20", 4, section=9)]
    )
    work.rows.mark_gone(["20"])
    assert sorted(work.variants.paths()) == [((garden,), 1), ((garden, water), 2)]


# The object as a whole


def test_a_reading_is_remembered_whole(work: UnitOfWork) -> None:
    """Its fingerprint, what was noted of it and how goods were selected; before the first one nothing."""
    known = work.object_state
    assert (known.reading(), known.selection()) == (("", ""), "")
    known.end_reading("00ff", "{}")
    known.note_selection('{"use": []}')
    assert (known.reading(), known.selection()) == (("00ff", "{}"), '{"use": []}')


TURNS: dict[str, Step] = {
    "a good gone": lambda work: work.rows.mark_gone(["17"]),
    "a good twice": lambda work: work.rows.block("17", finding(), 2),
    "other settings": lambda work: work.object_state.begin_settings("other", "c"),
    "a good asked for": lambda work: work.existing.forget_good("17"),
    "refusals forgotten": lambda work: work.products.forget_refusals(),
}
CHANGES: dict[str, Step] = TURNS | {
    "a row": lambda work: work.rows.remember_rows([row("18", 2)], {"18"}),
    "a product": lambda work: work.existing.remember_existing([existing("19")], 2),
    "a product without an id": lambda work: work.existing.remember_existing([Existing("5", "", {})], 2),
    "a product gone": lambda work: work.existing.forget_existing(["917"]),
    "a product not shown": lambda work: work.existing.forget_unseen(2),
    "something accepted": lambda work: work.products.accept([Accepted("17", {}, {})], NOON),
    "a refusal": lambda work: work.products.refuse(product(), (), NOON),
    "a good looked at": lambda work: work.rows.mark_dirty(["17"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_noop_plan_is_cached_until_a_change(state: Store, change: Step) -> None:
    """Every change that could give another plan invalidates the cache."""
    with state.transaction(SLUG) as work:
        work.object_state.begin_settings("f", "c")
        work.rows.remember_rows([row()])
        work.existing.remember_existing([existing()], 1)
        work.object_state.cache_noop_plan("sums")
    with state.transaction(SLUG) as work:
        work.object_state.begin_settings("f", "c")
        work.rows.mark_gone([])
        work.existing.remember_existing([existing()], 1)
        work.rows.mark_dirty([])
        assert work.object_state.cached_noop_plan() == "sums"
        change(work)
        assert work.object_state.cached_noop_plan() == ""


def test_the_count_of_foreign_products_follows_each_change(state: Store) -> None:
    """The cached count is always the length of the list."""
    steps: list[tuple[Step, int]] = [
        (lambda work: work.rows.mark_gone([]), 0),
        (lambda work: work.existing.remember_existing([existing(), existing("18")], 1), 2),
        (lambda work: work.rows.remember_rows([row()]), 1),
        (lambda work: work.rows.mark_gone(["17"]), 2),
        (lambda work: work.products.accept([Accepted("17", {}, {})], NOON), 1),
        (lambda work: work.existing.forget_good("18"), 0),
    ]
    for step, count in steps:
        with state.transaction(SLUG) as work:
            step(work)
        with state.transaction(SLUG) as work:
            shown = work.existing
            assert shown.foreign_count() == shown.foreign_count() == len(shown.foreign()) == count


def test_a_transaction_that_is_not_durable_is_stored_too(state: Store) -> None:
    """Only a power failure makes a difference."""
    for durable in (False, True):
        with state.transaction(SLUG, durable=durable) as work:
            work.rows.remember_rows([row(str(durable), int(durable) + 1)])
    with state.transaction(SLUG) as work:
        assert work.rows.row_hashes() == {1, 2}


def test_new_settings_have_every_good_looked_at(work: UnitOfWork) -> None:
    """Where the fingerprint changed no good is clean any more; the same one changes nothing."""
    work.object_state.begin_settings("a", "c")
    work.rows.remember_rows([row()])
    work.rows.mark_clean(["17"])
    work.object_state.begin_settings("a", "c")
    assert dirty(work) == []
    work.object_state.begin_settings("b", "c")
    assert dirty(work) == ["17"]


def test_a_shop_is_known_by_its_products_and_groups(work: UnitOfWork) -> None:
    """By Prom's ids of ours that are there, the oldest first; forgotten, nothing was ever sent."""
    shown, shop = work.existing, work.object_state

    def forgotten() -> bool:
        nothing = (shown.anchors(3), shop.groups(), shown.knows([("97", "7")])) == ([], frozenset(), False)
        return nothing and (shop.begun(), shop.looks()) == (False, Looks(None, None))

    assert forgotten()
    work.rows.remember_rows(rows("1", "2"))
    work.products.accept([Accepted(good_id, {"gtin": "A"}, {}) for good_id in ("1", "2", "3")], NOON)
    shown.remember_existing([existing("1", "100"), existing("2", "99"), existing("", "97")], 1)
    shown.remember_existing([existing("3", "98", status="deleted")], 1)
    shop.remember_groups({"7", "5"})
    shop.note_first_write(NOON)
    shop.note_first_write(LATER)
    shop.end_look(NOON, full=True)
    work.rows.mark_clean(["1", "2"])
    assert (shop.begun(), shop.groups()) == (True, frozenset("57"))
    assert (shown.anchors(1), shown.anchors(3)) == ([("99", "2")], [("99", "2"), ("100", "1")])
    assert shown.knows([("1", "1"), ("100", "1")])
    assert not shown.knows([("97", "x"), ("97", "")])
    assert not shown.knows([])
    work.products.forget_shop()
    assert forgotten()
    assert dirty(work) == ["1", "2"]
    assert known(work, "1").sent is None


# What Prom shows


def test_looks_are_counted_and_timed(work: UnitOfWork) -> None:
    """Each look has a number; times are those of its start, full looks have their own."""
    assert work.object_state.looks() == Looks(None, None)
    assert work.object_state.current_look() == 0
    assert work.object_state.begin_look() == 1
    work.object_state.end_look(NOON, full=True)
    assert work.object_state.begin_look() == work.object_state.current_look() == 2
    work.object_state.end_look(LATER.astimezone(timezone(timedelta(hours=2))), full=False)
    assert work.object_state.looks() == Looks(LATER, NOON)
    assert work.object_state.looks().looked.tzinfo is UTC  # type: ignore[union-attr]  # just compared


def test_a_modification_between_full_hours_is_exact(work: UnitOfWork) -> None:
    """Only those since a moment count: what was seen long ago shows nothing."""
    seconds = (0, 3600, None, 3659, 7200)
    found = []
    for number, second in enumerate(seconds):
        modified = None if second is None else NOON + timedelta(seconds=second)
        work.existing.remember_existing([replace(existing("", str(number)), modified=modified)], 1)
        found.append(work.existing.shows_exact_times(NOON))
    assert found == [False, False, False, True, True]
    assert not work.existing.shows_exact_times(NOON + timedelta(hours=2))


def test_only_goods_whose_product_changed_are_looked_at(work: UnitOfWork) -> None:
    """A listing without changes marks no good as dirty."""
    work.rows.remember_rows([row("17"), row("18")])
    work.existing.remember_existing([existing("17"), existing("18"), existing("", "55")], 1)
    work.rows.mark_clean(["17", "18"])
    changed = replace(existing("18", quantity=1), modified=LATER)
    work.existing.remember_existing([replace(existing("17"), modified=LATER), changed], 2)
    assert dirty(work) == ["18"]
    assert known(work, "17").existing == replace(existing("17"), modified=LATER)
    assert known(work, "18").existing == changed
    work.existing.remember_existing([], 2)


def test_a_product_given_to_another_good(work: UnitOfWork) -> None:
    """Both goods are looked at: the one that gained a product and the one that lost it."""
    work.rows.remember_rows([row("17"), row("18", line=3)])
    work.existing.remember_existing([existing("17", "55")], 1)
    work.rows.mark_clean(["17", "18"])
    work.existing.remember_existing([existing("18", "55")], 2)
    assert dirty(work) == ["17", "18"]
    assert (known(work, "17").existing, known(work, "18").existing) == (None, existing("18", "55"))


@pytest.mark.parametrize("ids", [("55", "66"), ("66", "55")])
@pytest.mark.parametrize("dead", ["deleted", "deleted_by_moderator"])
def test_a_good_has_one_product_the_living_one(work: UnitOfWork, ids: tuple[str, str], dead: str) -> None:
    """Prom may list a deleted product next to its successor; only the latter counts for the good."""
    living, other = existing("17", ids[0]), existing("17", ids[1], status=dead)
    work.rows.remember_rows([row("17"), row("18", line=3)])
    work.existing.remember_existing([living, other], 1)
    assert dirty(work) == ["17", "18"]
    assert [page[0].existing for page in dirty_pages(work)] == [living]
    assert known(work).existing == living
    work.products.accept([Accepted("17", {"quantity": 3}, {})], NOON)
    assert known(work).existing == existing("17", ids[0], quantity=3)


def test_a_full_look_misses_what_it_did_not_show(work: UnitOfWork) -> None:
    """Asked for again: what an earlier look showed, and what we sent and never saw; not what we deleted."""
    work.rows.remember_rows([row(good_id) for good_id in ("1", "2", "3", "4")])
    work.existing.remember_existing([existing("1"), existing("2"), existing("", "55")], 1)
    work.products.accept(
        [Accepted("3", product("3").values, {}), Accepted("4", {"status": "deleted"}, {})], NOON
    )
    work.existing.remember_existing([existing("1")], 2)
    assert work.existing.unseen(2) == ["2", "3"]
    work.rows.mark_clean(["1", "2", "3", "4"])
    work.existing.forget_unseen(2)
    assert dirty(work) == ["2"]
    assert known(work, "2").existing is None
    assert work.existing.existing_count() == 1


def test_counts_leave_out_the_deleted(work: UnitOfWork) -> None:
    """A deleted product is neither in the shop nor in stock; a description is no status."""
    trap = '"status":"deleted" "presence":"available"'
    dead = ("deleted", "deleted_by_moderator")
    gone = [existing(status, presence="available", status=status) for status in dead]
    sold_out = existing("2", presence="not_available", description=trap)
    work.existing.remember_existing([existing("1", presence="available"), sold_out, *gone], 1)
    assert (work.existing.existing_count(), work.existing.in_stock_count()) == (2, 1)


def test_foreign_products_are_neither_in_the_export_nor_ours(work: UnitOfWork) -> None:
    """Without an external id, or one that no good has and nothing was sent to; not deleted or forgotten."""
    work.rows.remember_rows([row("1"), row("2"), row("3")])
    work.products.accept([Accepted("2", {"gtin": "A"}, {})], NOON)
    work.rows.mark_gone(["2", "3"])
    ours = [existing("1"), existing("2")]
    theirs = [replace(existing("", "55"), modified=None), existing("3", "56"), existing("9", "57")]
    work.existing.remember_existing([*ours, *theirs, existing("", "58", status="deleted")], 1)
    assert work.existing.foreign() == theirs
    work.existing.forget_existing(["55"])
    assert work.existing.foreign() == theirs[1:]


def test_products_that_a_plan_removes(work: UnitOfWork) -> None:
    """Those of goods, and foreign ones by Prom's id; not what a guard holds, nor what is deleted."""
    shown = [existing("1"), existing("2"), existing("3", "56"), existing("3", "57"), existing("4", "58")]
    work.existing.remember_existing([*shown, existing("5", status="deleted")], 1)
    plan = work.plans.begin(NOON)
    removals = [Change(good_id, Verb.REMOVE, "", {}) for good_id in ("1", "2", "5")]
    foreign = Change("3", Verb.REMOVE, "", {}, prom_id="57")
    work.plans.add(plan, [*removals, foreign, Change("4", Verb.UPDATE, "", {})])
    work.plans.hold_goods(plan, Verb.REMOVE, ["2"], "removals")
    assert [product.prom_id for product in work.existing.leaving(plan)] == [shown[0].prom_id, "57"]


# Deciding


def test_a_good_without_its_product_has_everything_looked_at(work: UnitOfWork) -> None:
    """A missing product is forgotten, the next listing is a full one, and the good is dirty."""
    work.rows.remember_rows([row()])
    work.existing.remember_existing([existing("17")], work.object_state.begin_look())
    work.object_state.end_look(NOON, full=True)
    work.rows.mark_clean(["17"])
    work.existing.forget_good("17")
    assert (known(work).existing, work.object_state.looks()) == (None, Looks(NOON, None))
    assert dirty(work) == ["17"]


@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 3 * PAGE])
def test_dirty_goods_come_in_pages_in_the_order_of_the_file(work: UnitOfWork, count: int) -> None:
    """Each comes exactly once, by line and id as text, though each page is clean before the next."""
    rows = [row(str(number), line=1 + number // 3) for number in range(count)]
    work.rows.remember_rows(rows[::-1])
    seen: list[str] = []
    for page in dirty_pages(work):
        assert 0 < len(page) <= PAGE
        seen += [good.good_id for good in page]
        work.rows.mark_clean(good.good_id for good in page)
    assert seen == [good.good_id for good in sorted(rows, key=lambda good: (good.line, good.good_id))]
    assert dirty(work) == []


def test_what_prom_accepted_is_merged(work: UnitOfWork) -> None:
    """It adds to what was sent, and is taken as shown; the echo of an older text is none of the new one."""
    work.rows.remember_rows([row(), row("18", line=3)])
    work.existing.remember_existing([existing(quantity=5, name="Кап")], 1)
    work.rows.mark_clean(["17", "18"])
    work.products.accept([Accepted("17", {"name": "Капці домашні", "gtin": "A"}, {"name": "Кап"})], NOON)
    work.products.accept([Accepted("17", {"quantity": 3}, {}), Accepted("18", {"quantity": 1}, {})], LATER)
    good = known(work)
    assert good.sent == Sent({"name": "Капці домашні", "gtin": "A", "quantity": 3}, {"name": "Кап"})
    assert good.existing == existing(quantity=3, name="Кап")
    assert known(work, "18").sent == Sent({"quantity": 1})
    assert known(work, "18").existing is None
    assert dirty(work) == ["17", "18"]
    for values, echo in (({"sku": "Б"}, {"sku": "б"}), ({"name": "В"}, {})):
        work.products.accept([Accepted("17", values, echo)], LATER)
    assert known(work).sent == Sent({"name": "В", "gtin": "A", "quantity": 3, "sku": "Б"}, {"sku": "б"})


def test_what_is_in_step_is_remembered_as_sent(work: UnitOfWork) -> None:
    """Fields found as desired count as sent from now on; a good without any is not touched."""
    work.rows.remember_rows([row(), row("18")])
    work.products.remember_in_step({"17": {"price": Decimal("100.00")}, "18": {}}, NOON)
    assert known(work).sent == Sent({"price": Decimal("100.00")})
    assert known(work, "18").sent is None


def test_a_refusal_holds_for_its_content(work: UnitOfWork) -> None:
    """A good is tried again as soon as anything about it changes, or when its refusal is forgotten."""

    def refused() -> list[str]:
        return [good_id for good_id, good in work.products.known(goods).items() if good.refused]

    goods = ["17", "18", "19"]
    work.rows.remember_rows(rows(*goods))
    for good_id in goods[:2]:
        work.products.refuse(product(good_id), (), NOON)
    assert refused() == ["17", "18"]
    assert work.products.refused(goods) == {good_id: product(good_id).values for good_id in ("17", "18")}
    work.rows.mark_clean(goods)
    work.products.forget_refusals(["17"])
    assert (refused(), dirty(work)) == (["18"], [])
    work.rows.remember_rows([row("18", product=product("18", price=Decimal("1.00")))])
    assert refused() == []
    work.products.forget_refusals()
    assert work.products.refused(goods) == {}
    assert sorted(dirty(work)) == goods


# The file of the state


def test_copies_of_the_state_are_deleted(tmp_path: Path) -> None:
    """Also an unfinished one, and nothing else; one that cannot be is an error; in memory there are none."""
    names = (".state.db.0007.bak.tmp", "state.db.0006.bak", "state.db.0007.bak-wal")
    copies = [tmp_path / name for name in names]
    with closing(open_store(f"sqlite:///{tmp_path / 'state.db'}")) as state:
        for path in (*copies, tmp_path / "state.db.mine"):
            path.write_text("Вигадана Олена")
        assert state.copies() == copies
        assert (state.delete_copies(), state.copies()) == (3, [])
        assert (tmp_path / "state.db.mine").exists()
        (tmp_path / "state.db.0005.bak").mkdir()
        with pytest.raises(TorgsyncError, match=r"state\.db\.0005\.bak` cannot be deleted: ") as caught:
            state.delete_copies()
        assert caught.value.hint == "delete it by hand, then run the same command again"
    with closing(open_store("sqlite://")) as nowhere:
        assert (nowhere.copies(), nowhere.delete_copies()) == ([], 0)


def test_what_was_taken_out_is_overwritten(state: Store, tmp_path: Path) -> None:
    """After a wipe not even the bytes of the files hold it."""
    with state.transaction(SLUG) as work:
        client = work.clients.add(OLENA, NOON)
    with state.transaction(SLUG) as work:
        work.clients.remove(client)
    state.wipe()
    held = b"".join(path.read_bytes() for path in tmp_path.glob("state.db*"))
    assert b"+380500000001" not in held


@pytest.mark.parametrize("doing", ["BEGIN IMMEDIATE", "BEGIN; SELECT count(*) FROM clients"])
def test_a_state_that_is_in_use_is_not_wiped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doing: str
) -> None:
    """Another process writes or reads: a temporary error."""
    open_store(f"sqlite:///{tmp_path / 'state.db'}").close()
    monkeypatch.setattr(engine, "PATIENCE", 0)
    hasty = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    with hasty.transaction(SLUG) as work:
        work.clients.add(OLENA, NOON)
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    for statement in doing.split("; "):
        other.execute(statement).fetchall()
    with pytest.raises(Temporary, match="is in use by another process"):
        hasty.wipe()
    other.execute("ROLLBACK")
    other.close()
    hasty.wipe()
    hasty.close()


def test_goods_that_stay_out(state: Store) -> None:
    """Each has its line and reason, in the order of the file; a blocked one has its finding."""
    twice = Finding(Code.ID_DUPLICATE, good_id="20", line=9, args={"lines": ["9"]})
    with state.transaction(SLUG) as work:
        for number in range(1, 121):
            out = GoodRow(str(number), number, number, RowStatus.OUT, SkipReason.NO_PHOTOS)
            work.rows.remember_rows([row(out.good_id, number, number) if number in (17, 20) else out])
        work.rows.remember_rows([GoodRow("3", 3, 200, RowStatus.OUT, SkipReason.NOT_DISPLAYED)])
        work.rows.block("20", twice, 20)
    with state.transaction(SLUG) as work:
        everything = list(work.products.skipped())
        assert [item.good_id for item in everything[:3]] == ["1", "2", "4"]
        assert (len(everything), everything[-1]) == (119, Skipped("3", SkipReason.NOT_DISPLAYED, 200))
        assert list(work.products.skipped(SkipReason.BLOCKED)) == [
            Skipped("20", SkipReason.BLOCKED, 20, "Капці", twice)
        ]
    with state.transaction("other") as work:
        assert list(work.products.skipped()) == []


def test_the_dossier_of_a_good(state: Store) -> None:
    """Everything that is stored about this good, and only about this one."""
    lost = Finding(Code.LETTERS_LOST, "17", 3, "GoodName", "К?ем")
    with state.transaction(SLUG) as work:
        assert work.products.dossier("17").empty
        out = GoodRow("18", 1, 4, RowStatus.OUT, SkipReason.NO_PHOTOS)
        work.rows.remember_rows([row(line=3, findings=(lost,)), out])
        work.existing.remember_existing([existing("17", "2", status="deleted"), existing("17", "3")], 1)
        work.products.accept([Accepted("17", {"price": Decimal("90.00")}, {})], NOON)
        work.products.refuse(product(), (prom_said("занадто мала"),), LATER)
    with state.transaction(SLUG) as work:
        found = work.products.dossier("17")
        status = (found.empty, found.row_status, found.reason, found.findings)
        assert status == (False, RowStatus.IN, "", (lost,))
        assert (found.desired, found.sent_at) == (product(), NOON)
        assert found.sent == Sent({"price": Decimal("90.00")})
        assert found.existing is not None
        assert found.existing.prom_id == "3"
        refusal = found.refusal
        assert refusal is not None
        assert (refusal.values, refusal.at) == (product().values, LATER)
        assert refusal.reasons == (prom_said("занадто мала"),)
        other = work.products.dossier("18")
        assert (other.row_status, other.reason) == (RowStatus.OUT, SkipReason.NO_PHOTOS)
        assert (other.desired, other.sent, other.existing, other.refusal) == (None, None, None, None)


# Price and stock, and content


def price_stock_of(**values: Value) -> dict[str, Value]:
    return {name: value for name, value in product("17", **values).values.items() if name in PRICE_STOCK}


def in_step(work: UnitOfWork, *good_ids: str) -> None:
    """Remember goods of which everything was sent and is shown."""
    work.rows.remember_rows(rows(*good_ids))
    work.existing.remember_existing([existing(good_id) for good_id in good_ids], 1)
    work.products.accept([Accepted(good_id, product(good_id).values, {}) for good_id in good_ids], NOON)
    work.rows.mark_clean(good_ids)


def test_a_good_that_is_created_as_desired_is_not_loaded(work: UnitOfWork) -> None:
    """It is where anything else is known of it, here or by the caller, or another good may be it."""
    work.rows.remember_rows([row(str(number), line=number, creatable=number > 1) for number in range(1, 11)])
    work.rows.remember_rows([row("10", line=10, reason=SkipReason.DISPLAY_UNKNOWN, creatable=True)])
    work.existing.remember_existing([existing("3"), existing("4", "94").named("99")], 1)
    work.products.refuse(product("5"), (), NOON)
    work.grace_periods.note({"6": Grace.BEGINS}, NOON)
    work.rows.reserve({"7": 1})
    work.rows.leave_alone({"8": "name"})
    (page,) = work.products.dirty({"9"})
    assert [one for one in page if isinstance(one, str)] == ["2"]
    assert [one.good_id for one in page if not isinstance(one, str)] == [*"13456789", "10"]


def looked_at(work: UnitOfWork) -> ProductSnapshot:
    """Return what the next plan gets of the one dirty good."""
    (page,) = dirty_pages(work)
    (known,) = page
    return known


def moved(**values: Value) -> GoodRow:
    """Return a row of which only price and stock were mapped."""
    return row(digest=8, line=9, product=Product("17", price_stock_of(**values)), whole=False)


def test_where_only_price_or_stock_changed_the_plan_gets_no_content(work: UnitOfWork) -> None:
    """Desired, sent and existing have price and stock only, and the good its name; the state keeps all.

    Findings about price and stock are stored like all others.
    """
    in_step(work, "17", "18")
    work.rows.remember_rows([structs.replace(moved(price=Decimal("90.00")), findings=(finding(),))], {"17"})
    snapshot = looked_at(work)
    assert (snapshot.good_id, snapshot.title, snapshot.line) == ("17", "Капці", 9)
    assert snapshot.desired == Product("17", price_stock_of(price=Decimal("90.00")))
    assert snapshot.sent == Sent(price_stock_of())
    assert snapshot.existing == replace(existing(), values=price_stock_of())
    assert known(work).desired == product(price=Decimal("90.00"))
    assert (work.rows.row_hashes(), list(work.rows.findings())) == ({8, 2}, [finding()])


def test_an_accepted_price_does_not_make_the_content_dirty(work: UnitOfWork) -> None:
    """An edit and its echo do not load the content."""
    in_step(work, "17")
    work.products.accept([Accepted("17", {"price": Decimal("90.00")}, {"presence": "available"})], NOON)
    snapshot = looked_at(work)
    assert snapshot.sent == Sent(price_stock_of(price=Decimal("90.00")), {"presence": "available"})
    work.rows.mark_clean(["17"])
    work.existing.remember_existing([existing(price=Decimal(7))], 2)
    assert looked_at(work).existing == replace(existing(), values=price_stock_of(price=Decimal(7)))


def accepted(values: dict[str, Value], echo: dict[str, Value] | None = None) -> Step:
    return lambda work: work.products.accept([Accepted("17", values, echo or {})], NOON)


def leave_name_alone(work: UnitOfWork) -> None:
    work.rows.leave_alone({"17": "name"})
    work.rows.remember_rows([moved()], {"17"})


WHOLE: dict[str, Step] = TURNS | {
    "another content on Prom": lambda work: work.existing.remember_existing([existing(name="Інше")], 2),
    "another content sent": accepted({"name": "Інше", "price": Decimal(7)}),
    "another echo": accepted({"price": Decimal(7)}, {"name": "Інше"}),
    "another row": lambda work: work.rows.remember_rows([row(digest=8)], {"17"}),
    "deleted on Prom": lambda work: work.existing.remember_existing([existing(status="deleted")], 2),
    "deleted by us": accepted({"status": "deleted"}),
    "another price, and a name left alone": leave_name_alone,
}


@pytest.mark.parametrize("touch", WHOLE.values(), ids=WHOLE)
def test_whatever_needs_the_content_gets_it(work: UnitOfWork, touch: Step) -> None:
    """A creation, a removal and any change of content are not planned from price and stock alone."""
    in_step(work, "17")
    touch(work)
    assert looked_at(work).desired == product()


def test_a_state_that_another_process_makes_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself does not wait where two switch a new state to its write-ahead log."""
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY

    class Cursor:
        errors: ClassVar = [busy]

        def execute(self, statement: str) -> None:
            if self.errors:
                raise self.errors.pop()
            assert statement == "PRAGMA journal_mode = WAL"

    monkeypatch.setattr("time.sleep", lambda _: None)
    engine._write_ahead(Cursor())
    assert not Cursor.errors
