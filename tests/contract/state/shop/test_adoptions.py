"""What the memory keeps of a shop that was taken over, of plans that were opened, and of what is Prom's."""

from __future__ import annotations

from decimal import Decimal

from builders import LATER, NOON, existing, product, update
from states import ME, row, rows

from torgsync.core.plan.adopt import (
    AmbiguousMatch,
    GoodIdentity,
    Matching,
    ProductIdentity,
    ProductMatch,
    Rule,
)
from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.product.cells import Section
from torgsync.core.product.fields import Photo
from torgsync.core.product.products import Existing
from torgsync.state.runs.change_rows import ProductKey
from torgsync.state.runs.journal import Override
from torgsync.state.shop.products import Accepted
from torgsync.state.store import UnitOfWork

RULES = (Rule.SKU, Rule.NAME)


def shown(prom_id: str, external_id: str, **values: object) -> Existing:
    return Existing(prom_id, external_id, dict(existing(**values).values), NOON)  # type: ignore[arg-type]


def there(prom_id: str, external_id: str = "") -> ProductIdentity:
    return ProductIdentity(prom_id, external_id, "Капці")


def remember(work: UnitOfWork, *products: Existing) -> None:
    work.existing.remember_existing(products, work.object_state.begin_look())


def take_over(work: UnitOfWork, *pairs: tuple[str, str], doubts: tuple[AmbiguousMatch, ...] = ()) -> None:
    matched = tuple(ProductMatch(GoodIdentity(good, ""), there(prom_id), RULES) for good, prom_id in pairs)
    work.adoptions.take_over(Matching(matched, doubts), ME, LATER)


def test_an_adopted_product_is_its_goods(work: UnitOfWork) -> None:
    """It keeps the name that Prom has for it, at this look and at the next ones."""
    remember(work, shown("11", "old"), shown("12", ""), shown("13", "17"), shown("14", "x"))
    take_over(work, ("1", "11"), ("2", "12"), ("17", "13"))
    assert work.adoptions.adopted_at() == LATER
    assert work.object_state.begun()
    names = work.adoptions.names()
    assert [names.external_id(good) for good in ("1", "2", "17", "x")] == ["old", "", "17", "x"]
    again = (shown("11", "old"), shown("12", ""), shown("13", "17"))
    remember(work, *(one.named(names.good_id(one.prom_id, one.external_id)) for one in again))
    assert [one.prom_id for one in work.existing.foreign()] == ["14"]
    assert sorted(work.existing.anchors(9)) == [("11", "1"), ("12", "2"), ("13", "17")]
    adoption = work.adoptions.of("1")
    assert adoption is not None
    assert (adoption.prom_id, adoption.by, adoption.at, adoption.user) == ("11", RULES, LATER, "olena")
    assert work.adoptions.of("x") is None
    dossier = work.products.dossier("1")
    assert dossier.existing is not None
    assert (dossier.existing.alias, dossier.existing.external_id) == ("old", "old")
    assert dossier.sent is not None
    assert not dossier.sent.values


def test_products_as_they_are_compared(work: UnitOfWork) -> None:
    """Deleted ones are left out, and what was taken over says by what."""
    remember(work, shown("11", "old", sku="A"), shown("9", "z", status="deleted"), shown("2", "5"))
    take_over(work, ("1", "11"))
    two, eleven = work.adoptions.products()
    assert (two.prom_id, two.external_id, two.good_id, two.by) == ("2", "5", "", ())
    assert (eleven.sku, eleven.external_id, eleven.good_id, eleven.by) == ("A", "old", "1", RULES)
    assert eleven.names


def test_another_decision(work: UnitOfWork) -> None:
    """A product may become another good's, or no good's; a managed product stays managed.

    Another shop forgets it, with all else that was known of the old one.
    """
    remember(work, shown("11", "old"), shown("12", ""))
    take_over(work, ("1", "11"), ("2", "12"))
    take_over(work, ("2", "11"))
    assert work.adoptions.of("1") is None
    assert work.adoptions.names().external_id("2") == "old"
    assert [(one.prom_id, one.good_id) for one in work.adoptions.products()] == [("11", "2"), ("12", "")]
    work.products.forget_shop()
    known = (work.adoptions.of("2"), work.adoptions.adopted_at(), work.object_state.begun())
    assert known == (None, None, False)


def test_what_was_sent_belongs_to_the_product(work: UnitOfWork) -> None:
    """Where its good has another key now, also where two goods have exchanged theirs."""
    remember(work, shown("11", "701"), shown("12", "702"), shown("13", "703"), shown("14", ""))
    accepted = [Accepted(good, {"gtin": f"290000000{good}"}, {}) for good in ("701", "702", "703", "10704")]
    work.products.accept(accepted, NOON)
    take_over(work, ("10701", "11"), ("703", "12"), ("702", "13"), ("10704", "14"))
    sent = {good: work.products.dossier(good).sent for good in ("701", "10701", "702", "703", "10704")}
    assert {good: one.values["gtin"] for good, one in sent.items() if one} == {
        "10701": "290000000701",
        "702": "290000000703",
        "703": "290000000702",
        "10704": "29000000010704",
    }
    assert work.existing.unseen(work.object_state.current_look()) == []


def test_what_is_ambiguous_waits(work: UnitOfWork) -> None:
    """Its good is doubtful, and its products are not foreign until a person decides."""
    work.rows.remember_rows(rows("1"))
    remember(work, shown("11", "a"), shown("12", "b"))
    doubt = AmbiguousMatch(Rule.SKU, (GoodIdentity("1", ""),), (there("12"), there("11")))
    take_over(work, doubts=(doubt,))
    assert work.adoptions.candidates("1") == ["11", "12"]
    assert work.products.known(["1"])["1"].doubtful
    assert work.existing.foreign() == []
    take_over(work)
    assert not work.products.known(["1"])["1"].doubtful
    assert work.existing.foreign_count() == 2


def test_an_id_that_another_product_has(work: UnitOfWork) -> None:
    """The good of this id is known as one whose id is taken."""
    work.rows.remember_rows(rows("old"))
    remember(work, shown("11", "old"))
    take_over(work, ("1", "11"))
    assert work.products.known(["old"])["old"].taken


def test_what_is_left_alone_stays_counted(work: UnitOfWork) -> None:
    """By field, for goods that go; a new word replaces the old one, and such a good is compared whole."""
    work.rows.remember_rows(rows("1", "2", "3"))
    work.rows.leave_alone({"1": "name,price", "2": "price", "3": ""})
    work.rows.mark_clean(["1", "2", "3"])
    assert work.rows.left_alone() == {"name": 1, "price": 2}
    work.rows.mark_dirty(["1", "3"], content=False)
    remember(work, *(shown(f"1{n}", str(n)) for n in (1, 2, 3)))
    work.rows.leave_alone({"1": "price"})
    work.rows.mark_gone(["2"])
    assert work.rows.left_alone() == {"price": 1}


def test_who_opened_what(work: UnitOfWork) -> None:
    """Of one run, or of all times."""
    assert work.journal.last_run() == 0
    run = work.journal.begin_run(ME, NOON)
    assert work.journal.last_run() == 0
    work.journal.plan_of_run(run, 1, None)
    assert (work.journal.last_run(), work.journal.last_run(but=run)) == (run, 0)
    work.journal.note_overrides(run, [Override("price", "price=1", {"old": "1", "new": "2"})], ME, NOON)
    work.journal.note_overrides(None, [Override("shop", "shop=5", {"products": 1})], ME, LATER)
    work.journal.note_overrides(run, [], ME, LATER)
    assert [(one.override.allowed, one.run, one.at, one.user) for one in work.journal.overrides()] == [
        ("price=1", run, NOON, "olena"),
        ("shop=5", None, LATER, "olena"),
    ]
    (own,) = work.journal.overrides(run)
    assert own.override.guard == "price"


# Plans


def test_what_is_released_goes_in_one_piece(work: UnitOfWork) -> None:
    """A price that was split off joins what else goes of its product; other guards keep what they hold."""
    number = work.plans.begin(NOON)
    whole = update("1", price=(Decimal(1), Decimal(9)), quantity=(1, 2))
    halves = whole.split(["price"], "price")
    alone = update("2", price=(Decimal(1), Decimal(9))).split(["price"], "price")
    other = update("3", quantity=(1, 0)).split(["quantity"], "stock-out")
    work.plans.add(number, [*halves, *alone, *other])
    work.plans.release(number, "price")
    found = {item.change.good_id: item.change for item in work.plans.changes(number)}
    assert found["1"] == whole
    assert found["2"].held is None
    assert found["3"].held == "stock-out"
    assert len(list(work.plans.changes(number))) == 3


def test_reasons_and_last_sent_values_are_kept(work: UnitOfWork) -> None:
    """A change comes back as it was."""
    number = work.plans.begin(NOON)
    price = FieldChange(Decimal(1), Decimal(2), edited=True, sent=Decimal(3))
    edited = Change("1", Verb.UPDATE, "", {"price": price})
    gone = Change("2", Verb.REMOVE, "", {"status": FieldChange("on_display", "deleted")}, reason="gone")
    work.plans.add(number, [edited, gone])
    assert [item.change for item in work.plans.changes(number)] == [edited, gone]
    assert work.plans.reasons(number, Verb.REMOVE) == {"gone": 1}
    assert work.plans.of_products(number, [ProductKey("1")]) == {("1", ""): [edited]}
    assert work.plans.held_goods(number, but="moved") == 0


def test_changes_with_their_groups(work: UnitOfWork) -> None:
    """The topmost group of the good, or nothing."""
    work.variants.remember_sections({5: (Section("1", "Взуття"), Section("2", "Капці"))})
    work.rows.remember_rows([row("1", section=5), row("2", 2, 3)])
    number = work.plans.begin(NOON)
    foreign = Change("1", Verb.REMOVE, "", {"status": FieldChange(None, "deleted")}, prom_id="99")
    work.plans.add(number, [update("1", quantity=(1, 2)), update("2", quantity=(1, 2)), foreign])
    found = [(item.change.good_id, group) for item, group in work.plans.groups(number)]
    assert found == [("1", "Взуття"), ("2", ""), ("1", "")]
    work.plans.hold(number, Verb.REMOVE, "removals")
    places = list(work.plans.places(number))
    assert [(place.verb, place.group, place.held) for place in places] == [
        *((Verb.UPDATE, "Взуття", None), (Verb.UPDATE, "", None), (Verb.REMOVE, "", "removals")),
    ]
    numbered = work.plans.numbered(number, [places[2].seq, places[0].seq, 99])
    assert {seq: item.change.prom_id for seq, item in numbered.items()} == {
        places[0].seq: "",
        places[2].seq: "99",
    }


def test_the_first_photos_of_goods(work: UnitOfWork) -> None:
    """Those that are desired; goods without a photo, and unknown ones, have none."""
    photos = (Photo("https://shop.example/1.jpg", "aa"), Photo("https://shop.example/1_1.jpg", "bb"))
    good = product("1", photos=photos), product("3", photos=())
    work.rows.remember_rows([row("1", product=good[0]), row("2", 2, 3), row("3", 3, 4, product=good[1])])
    assert work.products.main_photos(["1", "2", "3", "4"]) == {"1": "https://shop.example/1.jpg"}


def test_a_second_plan_keeps_the_first(work: UnitOfWork) -> None:
    """Both stay until the next one is begun."""
    first = work.plans.begin(NOON)
    work.plans.add(first, [update("1", quantity=(1, 2))])
    second = work.plans.begin_next(NOON)
    assert second != first
    assert len(list(work.plans.changes(first))) == 1
    work.plans.begin(LATER)
    assert list(work.plans.changes(first)) == []


def test_photos_that_could_not_be_fetched(work: UnitOfWork) -> None:
    """Of goods that go, until none is missing any more."""
    work.rows.remember_rows(rows("1", "2"))
    work.photos.note_unfetched({}, NOON)
    work.photos.note_unfetched({"1": 2, "2": 1, "3": 1}, NOON, "404")
    assert work.photos.unfetched() == {"1": (2, "404"), "2": (1, "404")}
    work.photos.note_unfetched({"1": 0, "2": 3}, LATER)
    assert work.photos.unfetched() == {"2": (3, "")}
    work.rows.mark_gone(["2"])
    assert work.photos.unfetched() == {}
