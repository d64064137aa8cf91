"""What the import file says of a product: the desired one, the one as it is, or what is turned back."""

from __future__ import annotations

from torgsync.core.plan.channels import (
    by_channel,
)
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.product.fields import Channel
from torgsync.core.product.products import Product


def as_it_is(known: ProductSnapshot) -> Product:
    """Return a product with the values that Prom shows, or took where it shows none."""
    took = known.sent.values if known.sent else {}
    return Product(known.good_id, {**took, **(known.on_prom.values if known.on_prom else {})})


def turned_back(change: Change, known: ProductSnapshot) -> Product:
    """Return a product as it is, with what is turned back."""
    return Product(known.good_id, {**as_it_is(known).values, **change.new})


def offer_of(change: Change, known: ProductSnapshot) -> Product:
    """Return a product as the feed tells it; a new one is what the plan says of it, its stock above all."""
    product = desired_offer(known)
    if change.verb is not Verb.CREATE:
        return product
    told = {name: change.new[name] for name in by_channel(change.new, Channel.EDIT)}
    return Product(product.good_id, {**product.values, **told})


def desired_offer(known: ProductSnapshot) -> Product:
    """Return a product for the feed: desired values over what was last sent.

    A product that is on Prom stays in the variant group in which it was made, or in none: no known call moves
    it (prom-api §7.2). One that is made anew goes to the group of its model.
    """
    values = dict(known.wanted.values) if known.wanted else {}
    if known.sent:
        made = known.sent.values if known.on_prom else values
        values = {**known.sent.values, **values, "variant_group": made.get("variant_group")}
    return Product(known.good_id, values)
