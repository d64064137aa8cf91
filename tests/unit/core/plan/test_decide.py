"""The decision about one good, by its row and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from builders import existing, fields_of, product, sent, sync_object

from torgsync.core.config.settings import Removal
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.decide import (
    Grace,
    ProductSnapshot,
    RowStatus,
    Verdict,
    decide,
    is_created_as_desired,
    remove_foreign,
    was_displayed,
)
from torgsync.core.plan.diff import Change, FieldChange, Leaving, Verb
from torgsync.core.plan.plan import Counts
from torgsync.core.product.fields import Characteristic, Value
from torgsync.core.product.products import Existing, Product

SHOP = sync_object()
NEW = product(price=Decimal("110.00"), name="Нові капці")


def known(
    row_status: RowStatus = RowStatus.IN,
    desired: Product | None = None,
    shown: Existing | None = None,
    *,
    was_sent: bool = True,
    refused: bool = False,
) -> ProductSnapshot:
    return ProductSnapshot("17", row_status, desired, sent() if was_sent else None, shown, refused)


def change_of(verdict: Verdict) -> Change:
    assert verdict.change is not None
    return verdict.change


# Goods that go


@pytest.mark.parametrize("shown", [None, existing(status="deleted")])
def test_a_good_that_is_not_on_prom_is_created(shown: Existing | None) -> None:
    """What Prom never had, or has deleted, is made with all its fields."""
    verdict = decide(known(RowStatus.IN, product(), shown), SHOP)
    assert (change_of(verdict).verb, change_of(verdict).new) == (Verb.CREATE, product().values)
    assert verdict.skip is None


@pytest.mark.parametrize(
    ("reserved", "quantity", "presence"), [(0, 5, "available"), (3, 2, "available"), (7, 0, "not_available")]
)
def test_what_was_sold_on_prom_is_not_offered(reserved: int, quantity: int, presence: str) -> None:
    """Pieces that the export still counts are subtracted; a good of which none is left is not available."""
    desired = product(quantity=5, presence="available")
    offered = replace(known(desired=desired), reserved=reserved).offered
    assert offered is not None
    assert (offered.values["quantity"], offered.values["presence"]) == (quantity, presence)


@pytest.mark.parametrize(("sold", "presence"), [(4, "available"), (5, "order")])
def test_what_is_sold_out_on_prom_becomes_what_the_stock_says(sold: int, presence: str) -> None:
    """`[stock] zero` decides about the last piece as it does about an empty stock of the export."""
    desired, shown = product(quantity=5, presence="available"), existing(quantity=5, presence="waiting")
    verdict = decide(
        replace(known(desired=desired, shown=shown), reserved=sold), sync_object(stock={"zero": "order"})
    )
    assert verdict.change is not None
    assert verdict.change.fields["presence"].new == presence


@pytest.mark.parametrize(
    ("row_status", "reason", "displayed"),
    [
        (None, "", None),
        (RowStatus.GONE, "", None),
        (RowStatus.BLOCKED, SkipReason.BLOCKED, None),
        (RowStatus.IN, "", True),
        (RowStatus.IN, SkipReason.DISPLAY_UNKNOWN, None),
        (RowStatus.OUT, SkipReason.OTHER_GROUP, None),
        (RowStatus.OUT, SkipReason.NOT_DISPLAYED, False),
        (RowStatus.OUT, SkipReason.OUT_OF_STOCK, True),
        (RowStatus.OUT, SkipReason.NO_PHOTOS, True),
    ],
)
def test_a_row_remembers_whether_its_good_was_displayed(
    row_status: RowStatus | None, reason: str, displayed: bool | None
) -> None:
    """By the filter that kept it out: those after `Display` let it pass."""
    assert was_displayed(row_status, reason) is displayed


def test_a_new_good_without_a_display_that_can_be_read_waits() -> None:
    """One that Prom has is updated; its status stays, for the desired product does not speak of it."""
    desired = Product("17", {"name": "Капці", "price": Decimal("90.00")})
    waiting = replace(known(desired=desired), reason=SkipReason.DISPLAY_UNKNOWN)
    assert decide(waiting, SHOP) == Verdict(skip=SkipReason.DISPLAY_UNKNOWN)
    verdict = decide(replace(waiting, existing=existing(status="not_on_display")), SHOP)
    assert verdict.change is not None
    assert list(verdict.change.fields) == ["price"]


def test_a_new_good_whose_photos_cannot_be_sent_has_none() -> None:
    """What it was created with is remembered, so that its broken photo is no change afterwards."""
    catalog = {"path": "TSGoods.trs", "photos": {"folder": "photos", "url": "https://shop.example/"}}
    shop, good = sync_object(catalog=catalog), product(presence="available")
    made = Product(good.good_id, {**good.values, "photos": ()})
    for desired in (good, made):
        assert change_of(decide(known(RowStatus.IN, desired), shop)).new == made.values
    assert [is_created_as_desired(one, shop) for one in (good, made)] == [False, True]
    assert change_of(decide(known(RowStatus.IN, good), SHOP)).new == good.values


def test_a_new_good_whose_presence_cannot_be_read_is_not_available() -> None:
    """Also where no quantity is mapped; without either column nothing is said of it."""
    only = sync_object(fields=fields_of(("available", "presence")))
    verdict = decide(known(desired=product()), only)
    assert verdict.change is not None
    assert verdict.change.new == product(presence="not_available").values


@pytest.mark.parametrize(
    ("values", "skip"),
    [
        ({"name": "Капці"}, SkipReason.NO_PRICE),
        ({"name": "Капці", "price": Decimal("90.00")}, SkipReason.NO_STOCK),
        ({"price": Decimal("90.00")}, SkipReason.NO_NAME),
    ],
)
def test_a_good_that_lacks_something_is_not_created(values: dict[str, Value], skip: SkipReason) -> None:
    """Nothing is offered for nothing, or where it is unknown whether a good in stock is one; why is said."""
    assert decide(known(RowStatus.IN, Product("17", values)), SHOP) == Verdict(skip=skip)


@pytest.mark.parametrize(
    ("made", "wanted", "fields"),
    [
        ("5", "5", {"characteristics"}),
        (None, "5", {"characteristics"}),
        ("5", None, set()),
        ("5", "6", set()),
    ],
)
def test_a_product_in_a_variant_group_that_is_not_its_own(
    made: str | None, wanted: str | None, fields: set[str]
) -> None:
    """Prom may refuse its characteristics among the others there: they stay as they were sent."""
    red, blue = ((Characteristic("Колір", "", colour),) for colour in ("червоний", "синій"))
    desired = product(characteristics=red, variant_group=wanted)
    past = sent(characteristics=blue, variant_group=made)
    found = ProductSnapshot("17", RowStatus.IN, desired, past, existing())
    change = decide(found, SHOP).change
    assert set(change.fields if change else ()) == fields
    assert not ProductSnapshot("17", RowStatus.IN, desired, past).stuck


def test_a_good_without_a_name_is_kept_up_to_date() -> None:
    """Stock and price of one that Prom has do not wait for its name."""
    desired = Product("17", {"price": Decimal("90.00")})
    verdict = decide(known(RowStatus.IN, desired, existing(price=Decimal("100.00"))), SHOP)
    assert set(change_of(verdict).fields) == {"price"}


@pytest.mark.parametrize(
    ("column", "added"), [("quantity", {"quantity": 0, "presence": "not_available"}), ("ready_to_ship", {})]
)
def test_a_new_good_whose_stock_cannot_be_read_is_not_available(column: str, added: dict[str, Any]) -> None:
    """What may not be there is not offered; a shop without a stock column sends none."""
    verdict = decide(known(RowStatus.IN, product()), sync_object(fields=fields_of(("Stock", column))))
    assert change_of(verdict).new == product(**added).values


def test_a_product_on_prom_keeps_the_stock_that_cannot_be_read() -> None:
    """Nothing is said of it: the last good value stays."""
    settings = sync_object(fields=fields_of(("Stock", "quantity")))
    verdict = decide(known(RowStatus.IN, NEW, existing(quantity=3, presence="available")), settings)
    assert list(change_of(verdict).fields) == ["name", "price"]


HEEL, COLOR = Characteristic("Підбор", "см", "5"), Characteristic("Колір", "", "синій")
SILENT = HEEL._replace(value="")


@pytest.mark.parametrize(
    ("shown", "last", "wanted"),
    [
        (existing(), (HEEL, COLOR._replace(value="сірий")), (COLOR, HEEL)),
        (existing(), (COLOR,), (COLOR,)),
        (existing(), None, None),
        (None, None, (COLOR,)),
        (existing(status="deleted"), None, (COLOR,)),
    ],
)
def test_a_characteristic_that_the_export_lacks_today_stays(
    shown: Existing | None, last: tuple[Characteristic, ...] | None, wanted: tuple[Characteristic, ...] | None
) -> None:
    """What was last sent of it is wanted still; where nothing was, nothing is said of a product on Prom."""
    was = sent(characteristics=last) if last else None
    good = ProductSnapshot("17", RowStatus.IN, product(characteristics=(COLOR, SILENT)), was, shown)
    assert good.wanted is not None
    assert good.wanted.values.get("characteristics") == wanted
    verdict = decide(good, SHOP)
    change = verdict.change.fields.get("characteristics") if verdict.change else None
    columns = change.new if change else verdict.in_step.get("characteristics")
    assert columns == wanted


def test_a_good_of_which_nothing_is_known_wants_nothing() -> None:
    """A good without a product is left as it is."""
    assert ProductSnapshot("17", RowStatus.IN).wanted is None


def test_a_creation_that_was_refused_waits_for_the_good_to_change() -> None:
    """No import is spent on content that Prom refused."""
    verdict = decide(known(RowStatus.IN, product(), refused=True), SHOP)
    assert verdict == Verdict(skip=SkipReason.REFUSED_BEFORE)


def test_what_a_moderator_deleted_is_left_alone() -> None:
    """It is neither changed nor created again, whatever the export says."""
    shown = existing(status="deleted_by_moderator")
    assert decide(known(RowStatus.IN, NEW, shown), SHOP) == Verdict(skip=SkipReason.MODERATED)


def test_a_good_in_step_has_no_change() -> None:
    """What is in step is handed back, to be remembered as sent."""
    verdict = decide(known(RowStatus.IN, product(), existing()), SHOP)
    assert verdict == Verdict(in_step=product().values)


def test_a_good_that_differs_is_updated() -> None:
    """One change carries all fields that differ."""
    verdict = decide(known(RowStatus.IN, NEW, existing()), SHOP)
    change = change_of(verdict)
    assert (change.verb, change.title) == (Verb.UPDATE, "Нові капці")
    assert change.fields == {
        "name": FieldChange("Капці", "Нові капці"),
        "price": FieldChange(Decimal("100.00"), Decimal("110.00")),
    }
    assert verdict.in_step == {"status": "on_display"}


def test_what_belongs_to_prom_is_left_alone() -> None:
    """A field that people keep on Prom is counted, the others go."""
    fields = fields_of(("GoodName", "name"))
    fields[0]["owner"] = "prom"
    verdict = decide(known(RowStatus.IN, NEW, existing()), sync_object(fields=fields))
    assert verdict.left_alone == ("name",)
    assert list(change_of(verdict).fields) == ["price"]


@pytest.mark.parametrize(
    ("why", "reason"),
    [("refused", SkipReason.REFUSED_BEFORE), ("importing", SkipReason.IN_IMPORT)],
)
@pytest.mark.parametrize(
    ("desired", "skipped", "fields"),
    [
        (NEW, True, ["price"]),
        (product(name="Нові капці"), True, None),
        (product(price=Decimal("110.00")), False, ["price"]),
        (product(), False, None),
    ],
)
def test_prices_go_where_no_import_does(
    desired: Product, skipped: bool, fields: list[str] | None, why: str, reason: SkipReason
) -> None:
    """What needs no import still goes; why the rest does not is a reason only where that stops something."""
    good = known(RowStatus.IN, desired, existing())
    verdict = decide(replace(good, refused=why == "refused", importing=why == "importing"), SHOP)
    skip = reason if skipped else None
    assert (verdict.skip, verdict.change and list(verdict.change.fields)) == (skip, fields)


def test_a_good_of_which_nothing_is_desired_stays() -> None:
    """A memory without the good's product is no reason to take it out."""
    assert decide(known(RowStatus.IN, None, existing()), SHOP) == Verdict()


# Goods that stay out


@pytest.mark.parametrize("shown", [None, existing()])
def test_a_blocked_good_stays_as_it_is(shown: Existing | None) -> None:
    """An error in its row never changes or removes a product."""
    assert decide(known(RowStatus.BLOCKED, NEW, shown), SHOP) == Verdict()


@pytest.mark.parametrize(
    ("row_status", "after", "status"),
    [
        (RowStatus.GONE, "30d", "not_on_display"),
        (RowStatus.GONE, "0d", "deleted"),
        (RowStatus.OUT, "0d", "not_on_display"),
    ],
)
def test_a_removed_good_follows_its_policy(row_status: RowStatus, after: str, status: str) -> None:
    """A good that left the export is hidden at once, or deleted; one that a rule keeps out is hidden."""
    settings = sync_object(removal={"delete_after": after})
    verdict = decide(known(row_status, product(), existing()), settings)
    assert change_of(verdict).verb is Verb.REMOVE
    assert change_of(verdict).fields == {"status": FieldChange("on_display", status)}


@pytest.mark.parametrize("row_status", [RowStatus.GONE, RowStatus.OUT])
@pytest.mark.parametrize("shown", [None, existing(status="deleted"), existing(status="deleted_by_moderator")])
def test_what_is_out_already_is_left(row_status: RowStatus, shown: Existing | None) -> None:
    """What Prom does not have is not removed again."""
    assert decide(known(row_status, product(), shown), SHOP) == Verdict()


def test_what_we_never_sent_is_not_ours_to_take_out() -> None:
    """A product with the id of a good long gone is foreign."""
    assert decide(known(RowStatus.GONE, product(), existing(), was_sent=False), SHOP) == Verdict()


def test_an_unsold_product_is_hidden_though_we_never_sent_it() -> None:
    """A good of the export that a rule keeps out is ours, even if its product was made elsewhere."""
    verdict = decide(known(RowStatus.OUT, None, existing(), was_sent=False), SHOP)
    assert change_of(verdict).title == "Капці"


HIDE = {"status": FieldChange("on_display", "not_on_display")}
DELETE = {"status": FieldChange("not_on_display", "deleted")}


@pytest.mark.parametrize(
    ("sent_status", "shown_status", "over", "fields", "grace"),
    [
        ("on_display", "on_display", True, HIDE, Grace.BEGINS),
        ("not_on_display", "on_display", True, HIDE, Grace.BEGINS),  # a person showed it
        ("not_on_display", "not_on_display", False, {}, Grace.RUNS),
        ("not_on_display", "not_on_display", True, DELETE, Grace.RUNS),
        ("on_display", "not_on_display", True, {}, None),  # a person hid it
        ("not_on_display", "draft", True, {}, None),
        ("not_on_display", "deleted", True, {}, None),
        ("not_on_display", "deleted_by_moderator", True, {}, None),
    ],
)
def test_a_product_is_deleted_only_as_it_was_hidden(
    sent_status: str, shown_status: str, over: bool, fields: Mapping[str, FieldChange], grace: Grace | None
) -> None:
    """Only after its grace period, and only while Prom shows what was last sent; otherwise it ends."""
    shown, last = existing(status=shown_status), sent(status=sent_status)
    good = ProductSnapshot("17", RowStatus.GONE, product(), last, shown, grace_over=over)
    verdict = decide(good, SHOP)
    assert (verdict.change.fields if verdict.change else {}, verdict.grace) == (fields, grace)
    if fields == DELETE:
        assert change_of(verdict).reason == Leaving.GRACE_OVER


@pytest.mark.parametrize("row_status", [RowStatus.IN, RowStatus.OUT, RowStatus.BLOCKED])
def test_a_good_that_came_back_is_not_deleted(row_status: RowStatus) -> None:
    """However long its product was hidden: a good of the export has no grace period."""
    hidden = {"status": "not_on_display"}
    good = ProductSnapshot("17", row_status, product(), sent(**hidden), existing(**hidden), grace_over=True)
    verdict = decide(good, SHOP)
    assert verdict.grace is None
    assert verdict.change is None or verdict.change.verb is Verb.UPDATE


@pytest.mark.parametrize("row_status", [RowStatus.GONE, RowStatus.OUT])
def test_a_policy_may_keep(row_status: RowStatus) -> None:
    """Where the object says keep, nothing is removed."""
    kept = SHOP.model_copy(update={"removal": Removal(gone="keep", unsold="keep")})
    assert decide(known(row_status, product(), existing()), kept) == Verdict()


# Foreign products and words


@pytest.mark.parametrize(
    ("shown", "title"), [(existing("", "55"), "Капці"), (Existing("55", "", {"status": "draft"}), "")]
)
def test_a_foreign_product_is_removed_by_proms_id(shown: Existing, title: str) -> None:
    """It has no good of ours, so Prom's own id names it."""
    change = change_of(Verdict(remove_foreign(shown)))
    assert (change.prom_id, change.good_id, change.verb, change.title) == ("55", "", Verb.REMOVE, title)
    assert change.new == {"status": "deleted"}


def test_a_foreign_product_that_is_deleted_is_left() -> None:
    """Nothing is done twice."""
    assert remove_foreign(existing(status="deleted")) is None


@pytest.mark.parametrize(
    ("good", "title"),
    [
        (known(desired=NEW, shown=existing()), "Нові капці"),
        (known(desired=Product("17", {}), shown=existing()), "Капці"),
        (known(shown=Existing("917", "17", {})), ""),
        (known(), ""),
    ],
)
def test_a_good_has_the_best_title_there_is(good: ProductSnapshot, title: str) -> None:
    """The export's name, else the one on Prom, else none."""
    assert good.title == title


def test_changes_are_counted_with_the_held_ones() -> None:
    """Held changes are counted under their verb."""
    assert Counts(create=1, update=2, remove=3, held=4).changes == 6
