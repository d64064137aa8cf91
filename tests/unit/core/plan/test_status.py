"""The status of a good, from what is known of it and the verdict on it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from builders import existing, product, sent, sync_object

from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.decide import GoodStatus, ProductSnapshot, RowStatus, good_status, judge
from torgsync.core.product.products import Product

IN, OUT, GONE, BLOCKED = RowStatus.IN, RowStatus.OUT, RowStatus.GONE, RowStatus.BLOCKED
DEAR = Decimal("120.00")
UNSURE = Product("17", {"name": "Капці", "price": DEAR})


def known(row: RowStatus, status: str = "on_display") -> ProductSnapshot:
    """Return a good that was sent, with this status on Prom."""
    return ProductSnapshot("17", row, product(), sent(), existing(status=status))


_NOT_SHOWN = {"status": "not_on_display"}
HIDDEN = ProductSnapshot("17", GONE, product(), sent(**_NOT_SHOWN), existing(**_NOT_SHOWN))
STORIES: dict[str, tuple[GoodStatus | SkipReason, ProductSnapshot]] = {
    "new": (GoodStatus.CREATE, ProductSnapshot("17", IN, product())),
    "we moved": (GoodStatus.MOVED, ProductSnapshot("17", IN, product(price=DEAR), sent(), existing())),
    "edited": (GoodStatus.EDITED, ProductSnapshot("17", IN, product(), sent(), existing(price=DEAR))),
    "never sent": (GoodStatus.FIRST, ProductSnapshot("17", IN, product(), None, existing(price=DEAR))),
    "in step": (GoodStatus.IN_STEP, known(IN)),
    "gone": (GoodStatus.REMOVE, known(GONE)),
    "gone and hidden": (GoodStatus.IN_GRACE, HIDDEN),
    "gone for long": (GoodStatus.DELETE, replace(HIDDEN, grace_over=True)),
    "gone and hidden by a person": (GoodStatus.STAYS, known(GONE, "not_on_display")),
    "gone and deleted": (GoodStatus.GONE, known(GONE, "deleted")),
    "gone and never there": (GoodStatus.GONE, ProductSnapshot("17", GONE)),
    "foreign": (GoodStatus.FOREIGN, ProductSnapshot("17", GONE, None, None, existing())),
    "kept out and hidden": (GoodStatus.STAYS, known(OUT, "not_on_display")),
    "kept out": (GoodStatus.OUT, ProductSnapshot("17", OUT)),
    "kept out and shown": (GoodStatus.REMOVE, known(OUT)),
    "blocked": (SkipReason.BLOCKED, known(BLOCKED)),
    "refused": (SkipReason.REFUSED_BEFORE, ProductSnapshot("17", IN, product(), refused=True)),
    "deleted before": (SkipReason.DELETED_BEFORE, ProductSnapshot("17", IN, product(), deleted_before=True)),
    "in an import": (SkipReason.IN_IMPORT, ProductSnapshot("17", IN, product(), importing=True)),
    "moderated": (SkipReason.MODERATED, known(IN, "deleted_by_moderator")),
    "no price": (SkipReason.NO_PRICE, ProductSnapshot("17", IN, product(price=None))),
    "no stock": (SkipReason.NO_STOCK, ProductSnapshot("17", IN, UNSURE)),
    "no name": (SkipReason.NO_NAME, ProductSnapshot("17", IN, product(name=None, name_ru=None))),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_becomes_of_a_good(story: str) -> None:
    """Every situation has a status of its own."""
    expected, good = STORIES[story]
    assert good_status(good, judge(good, sync_object()), held=False) is expected


def test_a_guard_holds_it() -> None:
    """What is held comes before what would happen."""
    _, good = STORIES["we moved"]
    assert good_status(good, judge(good, sync_object()), held=True) is GoodStatus.HELD


def test_what_cannot_be_read_is_not_in_step() -> None:
    """A good of which a part cannot be sent has no change, and is not in step."""
    verdict = judge(known(IN), sync_object())
    assert good_status(known(IN), verdict, held=False, errors=True) is GoodStatus.KEPT


def test_a_field_that_is_the_other_sides() -> None:
    """A difference that belongs to Prom is no step and no change."""
    settings = sync_object(fields=[{"column": "RetailPrice", "to": "price", "owner": "prom"}])
    _, good = STORIES["edited"]
    assert good_status(good, judge(good, settings), held=False) is GoodStatus.LEFT_ALONE


def test_a_foreign_product_that_is_to_be_deleted() -> None:
    """The full overwrite removes it; one that is deleted already is gone."""
    settings = sync_object(removal={"foreign": "delete"})
    for shown, status in ((existing(), GoodStatus.REMOVE), (existing(status="deleted"), GoodStatus.GONE)):
        good = ProductSnapshot("17", GONE, None, None, shown)
        assert good_status(good, judge(good, settings), held=False) is status


def test_a_product_that_the_settings_keep() -> None:
    """It is gone from the export, and stays where it is."""
    settings = sync_object(removal={"gone": "keep"})
    assert good_status(known(GONE), judge(known(GONE), settings), held=False) is GoodStatus.STAYS
