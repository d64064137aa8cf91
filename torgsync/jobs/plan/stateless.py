"""A look without a state, for a machine that keeps nothing: what is ours is seen from the export alone."""

from __future__ import annotations

from torgsync.core.paging import pages
from torgsync.core.plan.adopt import GoodIdentity, Matching, ProductMatch, Rule
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import keeps
from torgsync.core.product.fields import FIELDS, Channel
from torgsync.files.config.settings import who
from torgsync.jobs.context import JobContext
from torgsync.state.runs.journal import Holder
from torgsync.state.shop.products import Accepted


def own_by_external_id(context: JobContext) -> None:
    """Count every product whose external id is in the export as ours, as if the shop had been taken over.

    What Prom does not show of it counts as sent, and so does a text that Prom may have made of the one of the
    export: without a memory, nothing can be compared with it.
    """
    with context.transaction(durable=False) as work:
        products = {product.external_id: product for product in work.adoptions.products()}
        goods: dict[str, ProductSnapshot] = {}
        for page in pages(sorted(products)):
            goods |= work.products.known(page)
        matched = tuple(
            ProductMatch(GoodIdentity(good_id, good.title), products[good_id], (Rule.EXTERNAL_ID,))
            for good_id, good in goods.items()
        )
        work.adoptions.take_over(Matching(matched), Holder(*who()), context.now())
        work.products.accept([_taken_as_sent(good) for good in goods.values() if good.on_prom], context.now())


def _taken_as_sent(good: ProductSnapshot) -> Accepted:
    wanted = good.desired.values if good.desired else {}
    shown = good.existing.values if good.existing else {}
    unshown = {name: value for name, value in wanted.items() if not FIELDS[name].shown}
    tidied = {
        name: shown[name]
        for name, value in wanted.items()
        if FIELDS[name].channel is Channel.IMPORT
        and isinstance(shown.get(name), str)
        and keeps(value, shown[name])
    }
    return Accepted(good.good_id, unshown | {name: wanted[name] for name in tidied}, tidied)
