"""Of goods that are created exactly as desired the state gives ids alone: nothing else decides about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from builders import NOON, existing, fields_of, product, sync_object
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from states import row

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.decide import Grace, ProductSnapshot, Verdict, decide, is_created_as_desired
from torgsync.core.plan.diff import creation_as_desired
from torgsync.core.plan.outcomes import OutcomeCode
from torgsync.core.plan.plan_guards import price_violation
from torgsync.core.product.fields import PRICE_STOCK, Characteristic, Discount
from torgsync.core.product.products import Product
from torgsync.core.reason import Reason
from torgsync.state.runs.change_rows import ProductKey
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.products import Accepted
from torgsync.state.store import UnitOfWork

Fact = Callable[[UnitOfWork, Product], object]


def refuse(work: UnitOfWork, good: Product, *codes: OutcomeCode) -> None:
    work.products.refuse(good, tuple(map(Reason, codes)), NOON)


def doubt(work: UnitOfWork, good: Product) -> None:
    """Remember that a product on Prom may be a good."""
    of_good = {"object": work.slug, "good_id": good.good_id}
    work.connection.execute(insert(t.candidates).values(**of_good, prom_id=f"7{good.good_id}", by="sku"))


def edit_price(work: UnitOfWork, good: Product) -> None:
    """Read a row of which only price and stock changed."""
    values = {name: value for name, value in good.values.items() if name in PRICE_STOCK}
    edited = Product(good.good_id, values | {"price": Decimal("0.00")})
    work.rows.remember_rows([row(good.good_id, product=edited, whole=False)], {good.good_id})


def price_stock_dirty(work: UnitOfWork, good: Product) -> None:
    work.rows.mark_clean([good.good_id])
    work.rows.mark_dirty([good.good_id], content=False)


FACTS: dict[str, Fact] = {
    "on Prom": lambda work, good: work.existing.remember_existing([existing(good.good_id)], 1),
    "deleted on Prom": lambda work, good: work.existing.remember_existing(
        [existing(good.good_id, status="deleted")], 1
    ),
    "deleted by a moderator": lambda work, good: work.existing.remember_existing(
        [existing(good.good_id, status="deleted_by_moderator")], 1
    ),
    "its id is that of another good's product": lambda work, good: work.existing.remember_existing(
        [existing(good.good_id, f"8{good.good_id}").named("99")], 1
    ),
    "sent": lambda work, good: work.products.accept(
        [Accepted(good.good_id, {"status": "deleted"}, {})], NOON
    ),
    "refused": refuse,
    "refused for its deletion": lambda work, good: refuse(work, good, OutcomeCode.DELETED_BEFORE),
    "in doubt": doubt,
    "in its grace period": lambda work, good: work.grace_periods.note({good.good_id: Grace.BEGINS}, NOON),
    "sold": lambda work, good: work.rows.reserve({good.good_id: 2}),
    "left alone": lambda work, good: work.rows.leave_alone({good.good_id: "name"}),
    "blocked": lambda work, good: work.rows.block(good.good_id, Finding(Code.ID_DUPLICATE), 3),
    "gone": lambda work, good: work.rows.mark_gone([good.good_id]),
    "clean but for price and stock": price_stock_dirty,
    "another price": edit_price,
    "a variant": lambda work, good: work.variants.regroup({good.good_id: 7}),
}
FIELDS = fields_of(
    ("GoodName", "name"),
    ("RetailPrice", "price"),
    ("WarehouseQuantity", "quantity"),
    ("available", "presence"),
)
SHOPS = (
    sync_object(),
    sync_object(fields=FIELDS, stock={"zero": "order"}, removal={"gone": "hide", "foreign": "delete"}),
    sync_object(fields=[each | {"owner": "prom"} for each in FIELDS], limits={"price_drop": "0%"}),
)
LACKING = object()
ODD: list[tuple[str, Any]] = [
    *((name, LACKING) for name in ("name", "price", "status", "presence", "quantity")),
    ("name", ""),
    *(("price", Decimal(price)) for price in ("0.00", "-1.00", "0.01")),
    ("discount", Discount(Decimal(100), "percent")),
    ("discount", Discount(Decimal(9), "amount")),
    ("quantity", 0),
    *(("characteristics", (Characteristic("Колір", "", value),)) for value in ("", "синій")),
]
GOODS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ODD), max_size=1),
        st.lists(st.sampled_from(sorted(FACTS)), max_size=1),
        st.sampled_from([0, 5]),
        st.sampled_from(["", "", "", SkipReason.DISPLAY_UNKNOWN]),
    ),
    min_size=5,
    max_size=9,
)
EACH: list[tuple[list[tuple[str, Any]], list[str], int, str]] = [([], [fact], 0, "") for fact in FACTS] + [
    ([odd], [], 5, "") for odd in ODD
]
"""A good for each of them alone."""
_examples = count()


@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(goods=[*EACH, ([], [], 0, ""), ([], [], 5, "")], importing={str(len(EACH) + 1)})
@given(goods=GOODS, importing=st.sets(st.sampled_from("123"), max_size=1))
def test_only_goods_that_are_created_as_desired_are_not_loaded(
    work: UnitOfWork, goods: list[tuple[list[tuple[str, Any]], list[str], int, str]], importing: set[str]
) -> None:
    """Whatever is known of goods, and whatever the settings are: all others come as if all were loaded."""
    work = UnitOfWork(work.connection, f"shop-{next(_examples)}")
    for number, (odd, facts, model, reason) in enumerate(goods, 1):
        values = {**product(presence="available", quantity=3).values, **dict(odd)}
        spoken = {name: value for name, value in values.items() if value is not LACKING}
        good = Product(str(number), spoken)
        creatable = is_created_as_desired(good, SHOPS[0])
        seen = row(good.good_id, line=number, product=good, model=model, reason=reason, creatable=creatable)
        work.rows.remember_rows([seen])
        for fact in facts:
            FACTS[fact](work, good)
    loaded = [known for page in work.products.dirty(whole=True) for known in page]
    given_out = [known for page in work.products.dirty(importing) for known in page]
    plan, own = work.plans.begin(NOON), work.plans.begin_next(NOON)
    for known, item in zip(loaded, given_out, strict=True):
        assert isinstance(known, ProductSnapshot)
        if isinstance(item, ProductSnapshot):
            assert item == known
            continue
        assert item == known.good_id
        assert work.grace_periods.since(item) is None
        (left_alone,) = work.connection.execute(
            select(t.goods.c.left_alone).where(t.goods.c.object == work.slug, t.goods.c.good_id == item)
        ).one()
        assert left_alone == ""
        work.plans.add(plan, [creation_as_desired(item)])
        ((change,),) = work.plans.of_products(plan, [ProductKey(item)]).values()
        work.plans.add(own, [replace(change, as_desired=False)])
        for shop in SHOPS:
            verdict = decide(replace(known, importing=item in importing), shop)
            assert verdict == Verdict(change)
            assert price_violation(item, {}, change.new, shop.limits, 3) is None
    digest = work.plans.digest(own)
    assert work.plans.digest(plan) == digest
    work.plans.complete(plan)
    assert work.plans.digest(plan) == digest
