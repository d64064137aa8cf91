"""Recognise the shop of an object: a mistaken token opens another one, where nothing may be done.

No call returns the id of a shop, so it is recognised by what is in it: a known product with its Prom id, or
a known group. Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Sequence

import xxhash

from torgsync.core.plan.guards import SHOP, Allowed, MissingShop, encode_measure
from torgsync.core.product.products import Existing
from torgsync.core.text import counted
from torgsync.errors import PromRefused, TokenRefused, Unsafe
from torgsync.files.config.settings import who
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import Holder, Override

PROBES = 3
"""How many products are asked for before a shop is taken for another one: each may have been deleted."""

SEPARATOR = "/"
"""Between a group's id and the digest of its name."""

WITHOUT_GROUPS = "without-groups"
"""The id of a shop that shows no group, as `--allow shop=ID` takes it."""


def refuse_other_shop(
    context: JobContext, prom: Prom, allowed: Allowed, listed: Sequence[Existing] = ()
) -> None:
    """Refuse a token that opens another shop than the one that the object was synchronised with.

    When a person allowed exactly the shop that is seen, the snapshot and the sent values of the old shop are
    deleted and the object begins again.

    Args:
        context: The object.
        prom: The shop that the token opens.
        allowed: What a person allowed.
        listed: Products that were just listed; a known one among them makes any request unnecessary.

    Raises:
        Unsafe: It is another shop.
    """
    with context.transaction() as work:
        if work.existing.knows([(product.prom_id, product.external_id) for product in listed]):
            return
        anchors, groups = work.existing.anchors(PROBES), work.object_state.groups()
    if not anchors and not groups:
        return
    for prom_id, good_id in anchors:
        product = prom.product(good_id)
        if product and product.prom_id == prom_id:
            return
    groups_now = groups_of(prom)
    if groups_now & groups:
        return
    shop_id = min((group.partition(SEPARATOR)[0] for group in groups_now), default=WITHOUT_GROUPS)
    lost = f"of {counted(len(anchors), 'product')} that were looked for none is there"
    if groups:
        lost += f", and none of {counted(len(groups), 'group')}"
    if allowed.shop == shop_id:
        missing = encode_measure(MissingShop(len(anchors), len(groups)))
        override = Override(SHOP, f"shop={shop_id}", missing)
        with context.transaction() as work:
            work.journal.note_overrides(None, [override], Holder(*who()), context.now())
            work.products.forget_shop()
        return
    raise Unsafe(
        f"the token opens another shop than the one of `{context.object.name}`: {lost}",
        hint=f"give the object its token: torgsync object edit {context.file.called} --api-key -; if this is "
        f"the same shop, emptied, or a new one for this object, let it begin anew: --allow shop={shop_id}",
    )


def groups_of(prom: Prom) -> frozenset[str]:
    """Return the id of each of the shop's first hundred groups with a digest of its name.

    One common group is enough to recognise a shop. Empty where the token may not read groups.
    """
    try:
        groups = prom.groups()
    except (TokenRefused, PromRefused):
        return frozenset()
    return frozenset(
        f"{number}{SEPARATOR}{xxhash.xxh3_64_hexdigest(name.encode())[:8]}" for number, name in groups.items()
    )
