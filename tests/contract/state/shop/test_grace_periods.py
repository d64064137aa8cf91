"""Since when products are hidden because their goods left the export."""

from __future__ import annotations

from datetime import datetime, timedelta

from builders import NOON

from torgsync.core.plan.decide import Grace
from torgsync.state.store import Store

DAY = timedelta(days=1)


def note(state: Store, at: datetime, slug: str = "shop", **decided: Grace | None) -> None:
    """Record the decisions of a plan."""
    with state.transaction(slug) as work:
        work.grace_periods.note(decided, at)


def periods(state: Store, slug: str = "shop") -> dict[str, datetime]:
    """Return the periods of some goods that have one."""
    with state.transaction(slug) as work:
        found = {good_id: work.grace_periods.since(good_id) for good_id in ("a", "b", "c")}
    return {good_id: since for good_id, since in found.items() if since}


def test_a_period_counts_from_the_last_plan_that_found_the_product_shown(state: Store) -> None:
    """While it is hidden the time stays; goods of another object, and undecided ones, keep theirs."""
    note(state, NOON, a=Grace.BEGINS, b=Grace.RUNS, c=None)
    note(state, NOON, "other", a=Grace.BEGINS)
    assert periods(state) == {"a": NOON, "b": NOON}
    note(state, NOON + DAY, a=Grace.BEGINS, b=Grace.RUNS)
    assert periods(state) == {"a": NOON + DAY, "b": NOON}
    note(state, NOON + 2 * DAY, a=Grace.RUNS, b=None, c=Grace.RUNS)
    assert periods(state) == {"a": NOON + DAY, "c": NOON + 2 * DAY}
    assert periods(state, "other") == {"a": NOON}


def test_which_periods_are_over(state: Store) -> None:
    """Those that began at a moment or before; a shop that is forgotten has none."""
    note(state, NOON, a=Grace.BEGINS)
    note(state, NOON + DAY, b=Grace.BEGINS)
    with state.transaction("shop") as work:
        assert work.grace_periods.over(NOON - DAY) == frozenset()
        assert work.grace_periods.over(NOON) == {"a"}
        assert work.grace_periods.over(NOON + DAY) == {"a", "b"}
        work.products.forget_shop()
    assert periods(state) == {}
