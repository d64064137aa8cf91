"""The status of a good, from what is known of it and the verdict on it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import existing, product, sent, sync_object

from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.decide import GoodStatus, ProductSnapshot, RowStatus, good_status, judge
from torgsync.core.product.products import Product

IN, OUT, GONE, BLOCKED = RowStatus.IN, RowStatus.OUT, RowStatus.GONE, RowStatus.BLOCKED
DEAR = Decimal("120.00")

STORIES: dict[str, tuple[GoodStatus | SkipReason, ProductSnapshot]] = {
    "new": (GoodStatus.CREATE, ProductSnapshot("17", IN, product())),
    "we moved": (GoodStatus.MOVED, ProductSnapshot("17", IN, product(price=DEAR), sent(), existing())),
    "edited": (GoodStatus.EDITED, ProductSnapshot("17", IN, product(), sent(), existing(price=DEAR))),
    "never sent": (GoodStatus.FIRST, ProductSnapshot("17", IN, product(), None, existing(price=DEAR))),
    "in step": (GoodStatus.IN_STEP, ProductSnapshot("17", IN, product(), sent(), existing())),
    "gone": (GoodStatus.REMOVE, ProductSnapshot("17", GONE, product(), sent(), existing())),
    "gone and deleted": (
        GoodStatus.GONE,
        ProductSnapshot("17", GONE, product(), sent(), existing(status="deleted")),
    ),
    "gone and never there": (GoodStatus.GONE, ProductSnapshot("17", GONE)),
    "foreign": (GoodStatus.FOREIGN, ProductSnapshot("17", GONE, None, None, existing())),
    "kept out and hidden": (
        GoodStatus.STAYS,
        ProductSnapshot("17", OUT, product(), sent(), existing(status="not_on_display")),
    ),
    "kept out": (GoodStatus.OUT, ProductSnapshot("17", OUT)),
    "kept out and shown": (GoodStatus.REMOVE, ProductSnapshot("17", OUT, product(), sent(), existing())),
    "blocked": (SkipReason.BLOCKED, ProductSnapshot("17", BLOCKED, product(), sent(), existing())),
    "refused": (SkipReason.REFUSED_BEFORE, ProductSnapshot("17", IN, product(), refused=True)),
    "moderated": (
        SkipReason.MODERATED,
        ProductSnapshot("17", IN, product(), sent(), existing(status="deleted_by_moderator")),
    ),
    "no price": (SkipReason.NO_PRICE, ProductSnapshot("17", IN, product(price=None))),
    "no stock": (
        SkipReason.NO_STOCK,
        ProductSnapshot("17", IN, Product("17", {"name": "Капці", "price": DEAR})),
    ),
    "no name": (SkipReason.NO_NAME, ProductSnapshot("17", IN, product(name=None, name_ru=None))),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_becomes_of_a_good(story: str) -> None:
    """Every situation has a status of its own."""
    expected, known = STORIES[story]
    assert good_status(known, judge(known, sync_object()), held=False) is expected


def test_a_guard_holds_it() -> None:
    """What is held comes before what would happen."""
    known = ProductSnapshot("17", IN, product(price=DEAR), sent(), existing())
    assert good_status(known, judge(known, sync_object()), held=True) is GoodStatus.HELD


def test_what_cannot_be_read_is_not_in_step() -> None:
    """A good of which a part cannot be sent has no change, and is not in step."""
    known = ProductSnapshot("17", IN, product(), sent(), existing())
    assert good_status(known, judge(known, sync_object()), held=False, errors=True) is GoodStatus.KEPT


def test_a_field_that_is_the_other_sides() -> None:
    """A difference that belongs to Prom is no step and no change."""
    settings = sync_object(fields=[{"column": "RetailPrice", "to": "price", "owner": "prom"}])
    known = ProductSnapshot("17", IN, product(), sent(), existing(price=DEAR))
    assert good_status(known, judge(known, settings), held=False) is GoodStatus.LEFT_ALONE


def test_a_foreign_product_that_is_to_be_deleted() -> None:
    """The full overwrite removes it; one that is deleted already is gone."""
    settings = sync_object(removal={"foreign": "delete"})
    known = ProductSnapshot("17", GONE, None, None, existing())
    verdict = judge(known, settings)
    assert verdict.change is not None
    assert good_status(known, verdict, held=False) is GoodStatus.REMOVE
    gone = ProductSnapshot("17", GONE, None, None, existing(status="deleted"))
    assert good_status(gone, judge(gone, settings), held=False) is GoodStatus.GONE


def test_a_product_that_the_settings_keep() -> None:
    """It is gone from the export, and stays where it is."""
    settings = sync_object(removal={"gone": "keep"})
    known = ProductSnapshot("17", GONE, product(), sent(), existing())
    assert good_status(known, judge(known, settings), held=False) is GoodStatus.STAYS
