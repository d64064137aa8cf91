"""Tells the shop of an object from another one, which a mistaken token opens: nothing may be done there.

No call tells a shop's own id, so it is known by what was in it: a product of ours has Prom's id, the groups
have theirs. Source: docs/developers/architecture.md §5.6.
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

MARK = "/"
"""Parts a group's id from the digest of its name."""

WITHOUT_GROUPS = "without-groups"
"""How a shop is called that shows no group by which it could be named."""


def refuse_other_shop(
    context: JobContext, prom: Prom, allowed: Allowed, seen: Sequence[Existing] = ()
) -> None:
    """Raise Unsafe where the token opens another shop than the one that is remembered.

    `seen` are products that were just listed: where one of them is known, nothing is asked. A person may
    allow exactly the shop that is seen; then all that is remembered of the old one is forgotten, and the
    object begins anew.
    """
    with context.transaction() as work:
        if work.existing.knows([(product.prom_id, product.external_id) for product in seen]):
            return
        anchors, groups = work.existing.anchors(PROBES), work.object_state.groups()
    if not anchors and not groups:
        return
    for prom_id, good_id in anchors:
        there = prom.product(good_id)
        if there and there.prom_id == prom_id:
            return
    now = groups_of(prom)
    if now & groups:
        return
    sight = min((mark.partition(MARK)[0] for mark in now), default=WITHOUT_GROUPS)
    missing = MissingShop(len(anchors), len(groups))
    lost = f"of {counted(len(anchors), 'product')} that were looked for none is there"
    if groups:
        lost += f", and none of {counted(len(groups), 'group')}"
    if allowed.shop == sight:
        opened = Override(SHOP, f"shop={sight}", encode_measure(missing))
        with context.transaction() as work:
            work.journal.note_overrides(None, [opened], Holder(*who()), context.now())
            work.products.forget_shop()
        return
    raise Unsafe(
        f"the token opens another shop than the one of `{context.object.name}`: {lost}",
        hint=f"give the object its token: torgsync object edit {context.file.called} --api-key -; if this is "
        f"the same shop, emptied, or a new one for this object, let it begin anew: --allow shop={sight}",
    )


def groups_of(prom: Prom) -> frozenset[str]:
    """Return what tells the shop's groups, the first hundred; none where the token may not read them.

    That is the id of each with a digest of its name: one that is the same is enough to know a shop by.
    """
    try:
        groups = prom.groups()
    except (TokenRefused, PromRefused):
        return frozenset()
    return frozenset(
        f"{number}{MARK}{xxhash.xxh3_64_hexdigest(name.encode())[:8]}" for number, name in groups.items()
    )
