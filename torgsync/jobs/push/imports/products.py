"""The products of an import file: as desired, as they are, or as they were before an undone run."""

from __future__ import annotations

from torgsync.core.plan.channels import by_channel
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.product.fields import Channel
from torgsync.core.product.products import Product


def current_product(known: ProductSnapshot) -> Product:
    """Return a product with the values that Prom shows, or accepted where it shows none."""
    accepted = known.sent.values if known.sent else {}
    return Product(known.good_id, {**accepted, **(known.on_prom.values if known.on_prom else {})})


def restored_product(change: Change, known: ProductSnapshot) -> Product:
    """Return a product as it is, with the values that a change restores."""
    return Product(known.good_id, {**current_product(known).values, **change.new})


def offered_product(change: Change, known: ProductSnapshot) -> Product:
    """Return a product as the import file offers it; of a new one the plan decides stock and presence."""
    product = desired_product(known)
    if change.verb is not Verb.CREATE:
        return product
    planned = {name: change.new[name] for name in by_channel(change.new, Channel.EDIT)}
    return Product(product.good_id, {**product.values, **planned})


def desired_product(known: ProductSnapshot) -> Product:
    """Return a product with its desired values over what was last sent.

    A product on Prom stays in the variant group in which it was created, or in none, because no known call
    moves it (prom-api §7.2). One that is created again goes to the group of its model.
    """
    values = dict(known.wanted.values) if known.wanted else {}
    if known.sent:
        created = known.sent.values if known.on_prom else values
        values = {**known.sent.values, **values, "variant_group": created.get("variant_group")}
    return Product(known.good_id, values)
