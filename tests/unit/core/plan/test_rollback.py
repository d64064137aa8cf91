"""Turning a run back: what may go, what moved since, and what nothing can bring back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from builders import existing, product, sent, shots, update

from torgsync.core.config.settings import Gone
from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.core.plan.diff import Change, FieldChange, Leaving, Sent, Verb, creation
from torgsync.core.plan.rollback import (
    NotUndone,
    Obstacle,
    Reversal,
    import_content,
    restores_price,
    reverse_change,
    reverse_uncertain,
    takes_several_requests,
    without_refused,
)
from torgsync.core.product.fields import Discount, Value
from torgsync.core.product.products import Existing

NEW = Decimal("90.00")
OLD = Decimal("100.00")


def known(shown: Existing | None, last: Sent | None = None) -> ProductSnapshot:
    """Return what is known of a good of which this is shown, and was sent."""
    return ProductSnapshot("17", RowStatus.IN, product(), last or sent(), shown)


def removed(**fields: tuple[Value, Value]) -> Change:
    return replace(update("17", "", **fields), verb=Verb.REMOVE, reason=Leaving.GONE)


def back_of(done: Change, now: ProductSnapshot | None, gone: Gone = "delete") -> Reversal:
    return reverse_change(done, now, gone)


def reasons(back: Reversal | None) -> list[tuple[str, Obstacle]]:
    assert back is not None
    return [(remain.field, remain.reason) for remain in back.remains]


@pytest.mark.parametrize(
    ("back", "restores"),
    [
        (update(price=(NEW, OLD)), True),
        (update(price=(NEW, Decimal(101))), False),
        (update(price=(NEW, OLD), discount=(Discount(Decimal(5), "percent"), None)), True),
        (update(price=(NEW, OLD), discount=(None, Discount(Decimal(5), "percent"))), False),
        (update(quantity=(1, 2)), True),
    ],
)
def test_a_price_that_was_sent_before(back: Change, restores: bool) -> None:
    """It was the new price of a change that Prom took; no discount needs no such change."""
    done = [update(price=(Decimal(1), OLD)), update(quantity=(2, 1))]
    assert restores_price(back, done) is restores


# Updates


def test_a_value_goes_back() -> None:
    """From what Prom shows, to what was there before the run."""
    back = back_of(update(price=(OLD, NEW)), known(existing(price=NEW), sent(price=NEW)))
    assert back == Reversal(update(price=(NEW, OLD)))


def test_what_is_back_already_needs_nothing() -> None:
    """A run that was turned back before leaves nothing to do, nor one that made a draft."""
    assert back_of(update(price=(OLD, NEW)), known(existing(price=OLD), sent(price=OLD))) == Reversal()
    draft = known(existing(status="draft"))
    assert back_of(creation(product(status="draft")), draft, "hide") == Reversal()


def test_each_field_is_looked_at_by_itself() -> None:
    """One that moved since stays and is named, the other goes back."""
    done = update(price=(OLD, NEW), quantity=(5, 3))
    back = back_of(done, known(existing(price=NEW, quantity=2), sent(price=NEW, quantity=3)))
    assert back.change == update(price=(NEW, OLD))
    assert reasons(back) == [("quantity", Obstacle.MOVED)]
    assert (back.remains[0].good_id, back.remains[0].title) == ("17", "Капці")


def test_a_value_that_prom_keeps_in_its_own_way_did_not_move() -> None:
    """What Prom showed right after the run is what the run left."""
    last = Sent({"name": "Капці  нові"}, {"name": "Капці нові"})
    done = update(name=("Капці", "Капці  нові"))
    back = back_of(done, known(existing(name="Капці нові"), last))
    assert back.change == update(name=("Капці  нові", "Капці"))
    assert reasons(back_of(done, known(existing(name="Інші"), last))) == [("name", Obstacle.MOVED)]


def test_what_prom_does_not_show_is_held_against_what_was_last_sent() -> None:
    """Photos, characteristics and codes: a later run has sent others."""
    before, after, later = shots("1.jpg=1"), shots("2.jpg=2"), shots("3.jpg=3")
    done = update(photos=(before, after))
    back = back_of(done, known(existing(), sent(photos=after)))
    assert back.change == update(photos=(after, before))
    nothing = ProductSnapshot("17", RowStatus.IN, product(), None, existing())
    for now in (known(existing(), sent(photos=later)), nothing):
        assert reasons(back_of(done, now)) == [("photos", Obstacle.MOVED)]


def test_an_unknown_value_cannot_come_back() -> None:
    """A first sending has no value before it; no discount is one that is known."""
    code, off = "4820000000017", Discount(Decimal(5), "amount")
    done = update(gtin=(None, code), discount=(None, off))
    back = back_of(done, known(existing(discount=off), sent(gtin=code, discount=off)))
    assert back.change == update(discount=(off, None))
    assert reasons(back) == [("gtin", Obstacle.UNKNOWN)]


def test_what_no_call_changes() -> None:
    """A field of a product's making stays, whatever it was."""
    back = back_of(update(vendor=("А", "Б")), known(existing(), sent(vendor="Б")))
    assert (back.change, reasons(back)) == (None, [("vendor", Obstacle.NO_CALL)])


def test_a_product_without_an_external_id_takes_no_import() -> None:
    """Its price goes back, its name stays."""
    shown = replace(existing(price=NEW, name="Нові"), alias="")
    done = update(name=("Капці", "Нові"), price=(OLD, NEW))
    back = back_of(done, known(shown, sent(price=NEW, name="Нові")))
    assert back.change == update(price=(NEW, OLD))
    assert reasons(back) == [("name", Obstacle.NO_EXTERNAL_ID)]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (None, Obstacle.ABSENT),
        (known(None), Obstacle.ABSENT),
        (known(existing(status="deleted")), Obstacle.ABSENT),
        (known(existing(status="deleted_by_moderator")), Obstacle.MODERATED),
    ],
)
def test_a_product_that_is_gone(now: ProductSnapshot | None, reason: Obstacle) -> None:
    """No part of it can be undone; the whole change is named."""
    assert reasons(back_of(update(price=(OLD, NEW)), now)) == [("", reason)]


# Removals


@pytest.mark.parametrize("status", ["on_display", "approval_pending"])
def test_a_hidden_product_is_shown_again(status: str) -> None:
    """Also where a moderator looked at it: no edit sets Prom's own status, and Prom looks once more."""
    back = back_of(
        removed(status=(status, "not_on_display")), known(existing(status="not_on_display")), "hide"
    )
    assert back.change == update(status=("not_on_display", "on_display"))


def test_a_product_that_was_not_available_is_so_again() -> None:
    """What said that there is none of it is reversed."""
    done = removed(presence=("available", "not_available"), quantity=(5, 0))
    back = back_of(done, known(existing(presence="not_available", quantity=0)), "hide")
    assert back.change == update(presence=("not_available", "available"), quantity=(0, 5))


@pytest.mark.parametrize("shown", [None, existing(status="deleted")])
def test_a_deleted_product_is_created_again(shown: Existing | None) -> None:
    """Of what was last sent, as it was before the run."""
    done = removed(status=("on_display", "deleted"))
    back = back_of(done, known(shown, sent(status="deleted", quantity=4)))
    assert back == Reversal(creation(product(quantity=4)), recreated=True)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (known(existing()), Obstacle.MOVED),
        (known(None, Sent({"price": OLD})), Obstacle.NEVER_SENT),
        (ProductSnapshot("17", RowStatus.GONE, None, None, existing(status="deleted")), Obstacle.NEVER_SENT),
        (known(replace(existing(status="deleted"), alias="")), Obstacle.NO_EXTERNAL_ID),
    ],
)
def test_a_deleted_product_that_cannot_be_created_again(now: ProductSnapshot, reason: Obstacle) -> None:
    """It is there again, or too little of it was ever sent, or no import can name it."""
    assert reasons(back_of(removed(status=("on_display", "deleted")), now)) == [("", reason)]


def test_a_foreign_product_is_lost() -> None:
    """Nothing is remembered of what was never sent from here."""
    done = replace(removed(status=("on_display", "deleted")), prom_id="917")
    back = back_of(done, None)
    assert (reasons(back), back.remains[0].prom_id) == ([("", Obstacle.FOREIGN)], "917")


# Creations


@pytest.mark.parametrize(
    ("gone", "fields"),
    [
        ("delete", {"status": FieldChange("on_display", "not_on_display")}),
        ("hide", {"status": FieldChange("on_display", "not_on_display")}),
        ("not-available", {"presence": FieldChange(None, "not_available")}),
    ],
)
def test_a_product_that_the_run_made_is_taken_out(gone: Gone, fields: dict[str, FieldChange]) -> None:
    """By the object's own way with what left, but it is never deleted."""
    done = creation(product(currency="UAH", discount=None))
    back = back_of(done, known(existing(currency="USD")), gone)
    change = Change("17", Verb.REMOVE, "Капці", fields, reason=Leaving.UNDONE)
    assert back == Reversal(change, hidden=gone == "delete")


def test_a_product_that_a_moderator_still_looks_at_did_not_move() -> None:
    """Prom's own status counts as being shown."""
    assert back_of(creation(product()), known(existing(status="approval_pending"))).change is not None


@pytest.mark.parametrize(
    ("shown", "gone", "result"),
    [
        (existing(), "keep", [("", Obstacle.KEPT)]),
        (existing(price=NEW), "delete", [("price", Obstacle.MOVED)]),
        (None, "delete", []),
        (existing(status="deleted"), "delete", []),
        (existing(status="not_on_display"), "delete", []),
    ],
)
def test_a_product_that_the_run_made_and_that_stays(
    shown: Existing | None, gone: Gone, result: list[tuple[str, Obstacle]]
) -> None:
    """One that moved since, or that the object keeps, is named; one that is gone needs nothing."""
    back = back_of(creation(product()), known(shown), gone)
    assert (back.change, reasons(back)) == (None, result)


# What a run may have done


def unsure(
    wanted: Change, now: ProductSnapshot | None, *later: str, final: bool = False, gone: Gone = "delete"
) -> Reversal | None:
    return reverse_uncertain(wanted, now, gone, final=final, later=later)


@pytest.mark.parametrize("final", [True, False])
def test_what_prom_shows_as_the_run_wanted_goes_back(final: bool) -> None:
    """The run did it, whatever became known of it; what is as before never happened."""
    done = update(price=(OLD, NEW), quantity=(5, 3))
    back = unsure(done, known(existing(price=NEW, quantity=5)), final=final)
    assert back == Reversal(update(price=(NEW, OLD)))
    assert unsure(done, known(existing(price=OLD, quantity=5)), final=final) is None


def test_what_a_later_run_did_is_its_own() -> None:
    """Field by field; where nothing is left of the change, there is nothing to turn back."""
    done = update(price=(OLD, NEW), quantity=(5, 3))
    now = known(existing(price=NEW, quantity=3))
    assert unsure(done, now, "price") == Reversal(update(quantity=(3, 5)))
    assert unsure(done, now, "price", "quantity") == Reversal()
    assert unsure(done, now, "price", "quantity", final=True) is None
    assert unsure(creation(product()), known(existing()), "name", "price", "status", final=True) is None


def test_what_is_unknown_is_named() -> None:
    """A value that is neither, and what Prom does not show; where Prom refused it, it never happened."""
    done = update(price=(OLD, NEW), gtin=("4820000000017", "4820000000024"))
    now = known(existing(price=Decimal(7)), sent(gtin="4820000000017"))
    unclear = (NotUndone("17", "Капці", Obstacle.UNCLEAR, name) for name in ("price", "gtin"))
    assert unsure(done, now) == Reversal(None, tuple(unclear))
    assert unsure(done, now, final=True) is None
    took = known(existing(price=OLD), sent(gtin="4820000000024"))
    assert unsure(done, took, final=True) == Reversal(update(gtin=("4820000000024", "4820000000017")))


@pytest.mark.parametrize(
    "wanted",
    [update(price=(OLD, NEW)), creation(product()), removed(status=("on_display", "not_on_display"))],
)
def test_a_product_that_is_not_there(wanted: Change) -> None:
    """What was refused never happened; what stayed unclear is unknown."""
    assert unsure(wanted, known(None), final=True) is None
    assert unsure(wanted, None, final=True) is None
    assert reasons(unsure(wanted, known(None))) == [("", Obstacle.UNCLEAR)]


def test_a_product_that_the_run_may_have_made() -> None:
    """It is removed where all of it is as wanted; else its origin is unknown."""
    made = creation(product())
    assert unsure(made, known(existing()), final=True) == back_of(made, known(existing()))
    assert reasons(unsure(made, known(existing(price=NEW)), final=True)) == [("", Obstacle.UNCLEAR)]


def test_a_product_that_the_run_may_have_deleted() -> None:
    """It is created again where it is gone."""
    done = removed(status=("on_display", "deleted"))
    assert unsure(done, known(existing())) is None
    back = unsure(done, known(None))
    assert back is not None
    assert back.recreated


def test_a_foreign_product_that_may_be_lost() -> None:
    """Unknown, unless the outcome says it."""
    done = replace(removed(status=("on_display", "deleted")), prom_id="917")
    assert reasons(unsure(done, None)) == [("", Obstacle.UNCLEAR)]
    assert unsure(done, None, final=True) is None


def test_changes_that_take_several_requests() -> None:
    """Creations, and what needs both the import and an edit."""
    assert takes_several_requests(creation(product()))
    assert takes_several_requests(update(name=("Капці", "Нові"), price=(OLD, NEW)))
    assert not takes_several_requests(update(name=("Капці", "Нові")))
    assert not takes_several_requests(update(price=(OLD, NEW)))


# What Prom refused on the way back


def test_what_was_refused_is_not_tried_again() -> None:
    """A product that is created again stays as a whole, of an update only what needs the import."""
    again = Reversal(creation(product(variant_group="5")), recreated=True)
    refused = import_content(creation(product())).values
    assert without_refused(again, refused) == Reversal(remains=(NotUndone("17", "Капці", Obstacle.REFUSED),))
    mixed = Reversal(update(name=("Нові", "Капці"), price=(NEW, OLD)))
    rest = without_refused(mixed, {"name": "Капці"})
    assert (rest.change, reasons(rest)) == (update(price=(NEW, OLD)), [("name", Obstacle.REFUSED)])
    texts = Reversal(update(name=("Нові", "Капці")))
    assert without_refused(texts, {"name": "Капці"}).change is None


@pytest.mark.parametrize(
    ("back", "refused"),
    [
        (Reversal(), {"name": "Капці"}),
        (Reversal(update(price=(NEW, OLD))), {"price": OLD}),
        (Reversal(update(name=("Нові", "Капці"))), None),
        (Reversal(update(name=("Нові", "Капці"))), {"name": "Інші"}),
        (Reversal(creation(product())), {"name": "Капці"}),
    ],
)
def test_what_was_not_refused_is_tried(back: Reversal, refused: dict[str, Value] | None) -> None:
    """Another content, and what needs no import."""
    assert without_refused(back, refused) is back
