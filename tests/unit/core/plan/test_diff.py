"""Comparing desired, last sent and existing, field by field: the table of the design, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import FULL, any_values, existing, product, sent, shots, update
from hypothesis import given

from torgsync.core.config.settings import Gone
from torgsync.core.plan.diff import (
    IN_MODERATION,
    Change,
    FieldChange,
    Sent,
    Verb,
    buyer_price,
    compare,
    creation,
    is_cut,
    keeps,
    own_way,
    removal,
    same,
)
from torgsync.core.product.fields import FIELDS, Channel, Discount, Value
from torgsync.core.product.products import Existing, Product

OLD, NEW, EDITED = Decimal("90.00"), Decimal("100.00"), Decimal("95.00")


# The table


SENT = {last: sent(price=last) for last in (OLD, NEW)}
PROMS = frozenset({"price"})


@pytest.mark.parametrize(
    ("last", "shown", "change"),
    [
        (SENT[OLD], OLD, FieldChange(OLD, NEW)),
        (SENT[OLD], EDITED, FieldChange(EDITED, NEW, edited=True, sent=OLD)),
        (SENT[NEW], EDITED, FieldChange(EDITED, NEW, edited=True, sent=NEW)),
        (None, EDITED, FieldChange(EDITED, NEW)),
        (Sent({}), EDITED, FieldChange(EDITED, NEW)),
        *((last, NEW, None) for last in (None, *SENT.values())),
    ],
    ids=["we moved", "edited", "edited back", "first run", "adopted", *["in step"] * 3],
)
def test_a_difference_is_an_update(last: Sent | None, shown: Decimal, change: FieldChange | None) -> None:
    """It is marked as edited where Prom shows neither what we sent nor what is desired."""
    found = compare(product(price=NEW), last, existing(price=shown))
    assert found.fields.get("price") == change
    assert found.in_step.get("price") == (None if change else NEW)
    assert not found.left_alone


@pytest.mark.parametrize("last", [None, *SENT.values()])
def test_edited_on_prom_and_proms(last: Sent | None) -> None:
    """A field that belongs to Prom after creation is left alone and counted."""
    found = compare(product(price=NEW), last, existing(price=EDITED), PROMS)
    assert not found.fields
    assert (found.left_alone, "price" in found.in_step) == (("price",), False)


# What Prom does not show


@pytest.mark.parametrize(
    ("last", "change"), [(None, FieldChange(None, "A")), ("A", None), ("B", FieldChange("B", "A"))]
)
def test_an_unseen_field_is_compared_with_what_was_sent(last: str | None, change: FieldChange | None) -> None:
    """Prom never shows a GTIN back: what we sent is what is there, whatever a listing claims."""
    known = sent(gtin=last) if last else sent()
    found = compare(product(gtin="A"), known, existing(gtin="never believed"))
    assert found.fields.get("gtin") == change


def test_a_field_without_a_value_on_prom_is_compared_with_what_was_sent() -> None:
    """A listing without a field is no edit."""
    bare = Existing("917", "17", {"status": "on_display"})
    assert not compare(product(), sent(), bare).fields
    assert set(compare(product(), None, bare).fields) == {"name", "price"}


def test_no_discount_is_a_value() -> None:
    """A discount taken away is a change to None, not a field that is not spoken of."""
    off = Discount(Decimal("10.00"), "amount")
    found = compare(product(discount=None), None, existing(discount=off))
    assert found.fields == {"discount": FieldChange(off, None)}
    assert compare(product(discount=None), None, existing(discount=None)).in_step["discount"] is None


def test_a_copy_of_the_name_is_no_description() -> None:
    """Prom shows the name where a product has no description; any other text is one."""
    copied = existing(name="Сукня червона", description="<p>Сукня червона</p>")
    assert "description" not in compare(product(description=""), None, copied).fields
    written = existing(name="Сукня червона", description="<p>Сукня</p>")
    assert "description" in compare(product(description=""), None, written).fields


def test_a_field_not_spoken_of_is_not_touched() -> None:
    """What the export does not have stays as it is on Prom."""
    found = compare(product(), sent(), existing(sku="A", quantity=7))
    assert not found.fields
    assert not {"sku", "quantity"} & set(found.in_step)


@pytest.mark.parametrize(
    "name", [name for name, field in FIELDS.items() if field.channel is Channel.CREATION]
)
def test_what_only_a_creation_sets_is_never_compared(name: str) -> None:
    """No known call changes it, so a difference would stay pending for ever."""
    found = compare(product(**{name: "А"}), sent(**{name: "Б"}), existing(**{name: "В"}))
    assert name not in {**found.fields, **found.in_step}


# Echoes and moderators

LONG, CUT = "Дуже довга назва", "Дуже довга"
ECHO = Sent({"name": LONG}, {"name": CUT})


@pytest.mark.parametrize(
    ("desired", "shown", "change"),
    [
        (LONG, CUT, None),
        (LONG, "Інша", FieldChange("Інша", LONG, edited=True, sent=LONG)),
        ("Нова назва", CUT, FieldChange(LONG, "Нова назва")),
        (CUT, CUT, FieldChange(LONG, CUT)),
    ],
)
def test_proms_own_version_of_a_text_is_no_edit(desired: str, shown: str, change: FieldChange | None) -> None:
    """What Prom made of our text counts as our text; only another text is an edit."""
    found = compare(product(name=desired), ECHO, existing(name=shown))
    assert found.fields.get("name") == change


@pytest.mark.parametrize("status", [*sorted(IN_MODERATION), "draft", "not_on_display"])
def test_a_hidden_product_that_is_offered_again_is_shown(status: str) -> None:
    """A status that only we or the shop set is brought back; no edit of ours ends moderation."""
    change = compare(product(), sent(), existing(status=status)).fields.get("status")
    shown = FieldChange(status, "on_display", edited=True, sent="on_display")
    assert change == (None if status in IN_MODERATION else shown)


# Invariants


@given(any_values(), any_values(), any_values())
def test_a_performed_plan_has_no_changes_left(
    desired: dict[str, Value], last: dict[str, Value], shown: dict[str, Value]
) -> None:
    """Once Prom took every change, comparing again finds nothing: no change is sent twice."""
    goal, known = Product("17", desired), Sent(last)
    found = compare(goal, known, Existing("917", "17", shown))
    new = {name: change.new for name, change in found.fields.items()}
    visible = {name: value for name, value in new.items() if FIELDS[name].shown}
    after = compare(goal, Sent(last | dict(found.in_step) | new), Existing("917", "17", shown | visible))
    assert not after.fields


@given(any_values(), any_values(), any_values())
def test_every_field_has_one_story(
    desired: dict[str, Value], last: dict[str, Value], shown: dict[str, Value]
) -> None:
    """Each field that can change is in step, changed or left alone, and exactly one of them."""
    prom = frozenset({"name", "price", "gtin"})
    found = compare(Product("17", desired), Sent(last), Existing("917", "17", shown), prom)
    stories = [*found.fields, *found.in_step, *found.left_alone]
    assert sorted(stories) == sorted(name for name in desired if FIELDS[name].channel is not Channel.CREATION)
    assert not prom & set(found.fields)
    assert set(found.left_alone) <= prom


# Changes


def test_a_creation_lists_all_its_fields() -> None:
    """Every field that the product speaks of, in the order people see them, from nothing."""
    change = creation(Product("17", dict(reversed(FULL.items()))))
    assert (change.verb, change.good_id, change.title) == (Verb.CREATE, "17", "Сукня вечірня")
    assert list(change.fields) == list(FIELDS)
    assert change.new == FULL
    assert all(field.old is None and not field.edited for field in change.fields.values())


@pytest.mark.parametrize(
    ("change", "via"),
    [
        (update(price=(OLD, NEW), quantity=(1, 2)), Channel.EDIT),
        (update(price=(OLD, NEW), gtin=("", "A")), Channel.IMPORT),
        (Change("17", Verb.CREATE, "", {"price": FieldChange(None, NEW)}), Channel.IMPORT),
        (Change("17", Verb.REMOVE, "", {"status": FieldChange("on_display", "deleted")}), Channel.EDIT),
    ],
)
def test_a_change_takes_the_most_expensive_channel_it_needs(change: Change, via: Channel) -> None:
    """One field that needs an import is enough; a creation always does."""
    assert change.via is via


def test_a_change_can_be_narrowed() -> None:
    """Only the wanted fields stay; everything else about the change does too."""
    change = update(price=(OLD, NEW), quantity=(1, 2), prom_id="9")
    assert change.narrowed(["quantity", "name"]) == update(quantity=(1, 2), prom_id="9")


def test_a_change_is_split_in_two() -> None:
    """What a guard holds is one half, what may go the other; no half is empty, none is lost."""
    change = update(price=(OLD, NEW), quantity=(1, 2))
    go, stay = change.split(["price"], "price")
    assert (go, go.held) == (update(quantity=(1, 2)), None)
    assert (set(stay.fields), stay.held) == ({"price"}, "price")
    assert [half.held for half in change.split(["price", "quantity"], "price")] == ["price"]
    assert change.split(["name"], "price") == (change,)


# Removals

AVAILABLE: dict[str, Value] = {"presence": "available", "quantity": 5}


@pytest.mark.parametrize(
    ("policy", "shown", "fields"),
    [
        ("delete", {"status": "on_display"}, {"status": ("on_display", "deleted")}),
        ("delete", {"status": "draft"}, {"status": ("draft", "deleted")}),
        ("delete", {"status": "deleted"}, {}),
        ("delete", {"status": "deleted_by_moderator"}, {}),
        ("hide", {"status": "on_display"}, {"status": ("on_display", "not_on_display")}),
        ("hide", {"status": "approval_pending"}, {"status": ("approval_pending", "not_on_display")}),
        ("hide", {"status": "not_on_display"}, {}),
        ("hide", {"status": "draft"}, {}),
        ("hide", {"status": "deleted"}, {}),
        ("not-available", AVAILABLE, {"presence": ("available", "not_available"), "quantity": (5, 0)}),
        ("not-available", {"presence": "order"}, {"presence": ("order", "not_available")}),
        ("not-available", {"presence": "not_available", "quantity": 5}, {"quantity": (5, 0)}),
        ("not-available", {"presence": "not_available", "quantity": 0}, {}),
        ("not-available", {"presence": "available", "status": "deleted"}, {}),
        ("keep", {"status": "on_display"}, {}),
    ],
)
def test_each_policy_takes_a_product_out_in_its_way(
    policy: Gone, shown: dict[str, Value], fields: dict[str, tuple[Value, Value]]
) -> None:
    """Deleted, hidden, not available or kept; nothing is done to what is out already."""
    found = removal(Existing("917", "17", shown), policy)
    assert {name: (change.old, change.new) for name, change in found.items()} == fields


# Prices


@pytest.mark.parametrize(
    ("values", "pays"),
    [
        ({"price": NEW}, "100"),
        ({"price": NEW, "discount": None}, "100"),
        ({"price": NEW, "discount": Discount(Decimal("12.50"), "amount")}, "87.50"),
        ({"price": NEW, "discount": Discount(Decimal("12.5"), "percent")}, "87.5"),
        ({"price": NEW, "discount": Discount(Decimal(150), "amount")}, "-50"),
        ({"discount": Discount(Decimal(1), "amount")}, None),
    ],
)
def test_a_buyer_pays_the_price_less_the_discount(values: dict[str, Value], pays: str | None) -> None:
    """Money or percent; without a price they cannot be compared."""
    assert buyer_price(values) == (None if pays is None else Decimal(pays))


@pytest.mark.parametrize(
    ("want", "now", "equal"),
    [
        (Discount(Decimal("15.00"), "amount"), Discount(Decimal("10.00"), "percent"), True),
        (Discount(Decimal("15.00"), "amount"), Discount(Decimal("11.00"), "percent"), False),
        (Discount(Decimal("15.00"), "amount"), Discount(Decimal("14.00"), "amount"), False),
        (Discount(Decimal("15.00"), "amount"), None, False),
        (None, None, True),
    ],
)
def test_a_discount_is_the_same_where_buyers_pay_the_same(
    want: Discount | None, now: Discount | None, equal: bool
) -> None:
    """Ten percent of 150 are 15, whichever way Prom keeps them; without a price nothing can be calculated."""
    shown: dict[str, Value] = {"discount": now}
    assert same("discount", want, {"discount": want}, shown | {"price": Decimal("150.00")}) is equal
    assert same("discount", want, {"discount": want}, shown) is (want == now)


@pytest.mark.parametrize(
    ("name", "wanted", "shown", "harmless"),
    [
        ("price", Decimal("150.40"), Decimal("150.00"), True),
        ("price", Decimal("150.40"), Decimal("149.40"), False),
        ("presence", "not_available", "order", True),
        ("status", "on_display", "published", True),
        ("quantity", 3, 2, False),
    ],
)
def test_prom_may_round_and_use_its_own_words(name: str, wanted: Value, shown: Value, harmless: bool) -> None:
    """A kopiyka or a word is its own way, another price or quantity is not."""
    assert own_way(name, wanted, shown) is harmless


# Photos and texts


@pytest.mark.parametrize(
    ("want", "sent_before", "equal"),
    [
        ("17.jpg=aa", "17.JPEG=aa", True),
        ("17.jpg=bb", "17.jpg=aa", False),
        ("17.jpg=aa 17_1.jpg=bb", "17.jpg=bb 17_1.jpg=aa", False),
        ("17.jpg=", "17_2.jpg=", False),
        ("", "", True),
        ("", "17.jpg=aa", False),
    ],
)
def test_photos_are_the_same_by_content(want: str, sent_before: str, *, equal: bool) -> None:
    """A renamed photo is not sent again, a changed one is, and so is another order."""
    assert same("photos", shots(*want.split()), {}, {}, shots(*sent_before.split())) is equal


@pytest.mark.parametrize(
    ("wanted", "shown", "kept", "cut"),
    [
        ("<p>Капці  теплі</p>", "Капці теплі", True, False),
        ("Чоботи зимові", "Чоботи зим", True, True),
        ("<p>Чоботи</p> зимові", "<p>Чоботи</p>", True, True),
        ("<b>Чоботи</b>", "Чоботи", True, False),
        ("Чоботи", "Чоботи", True, False),
        ("Чоботи", "Туфлі", False, False),
        ("Чоботи", "", False, False),
        ("", "<p>Капці</p>", True, False),
        (None, "Капці", True, False),
        (Decimal(5), "5", True, False),
    ],
)
def test_a_text_that_prom_keeps_in_its_own_way(wanted: Value, shown: str, *, kept: bool, cut: bool) -> None:
    """It is cut, which means that its end is missing, or tidied; another text is a person's."""
    assert (keeps(wanted, shown), is_cut(wanted, shown)) == (kept, cut)
