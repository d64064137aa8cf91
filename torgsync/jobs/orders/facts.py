"""Gather what the state knows that bears on one order, for the decision about it."""

from __future__ import annotations

from datetime import datetime

from torgsync.core.orders.clients import client_of
from torgsync.core.orders.decide import OrderFacts
from torgsync.core.orders.lines import with_goods
from torgsync.core.orders.order import Order
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.state.store import UnitOfWork


def order_facts(
    work: UnitOfWork, order: Order, known: StoredOrder | None, begun: datetime | None
) -> OrderFacts:
    """Return the facts about an order as Prom shows it now; `known` is its earlier version."""
    goods = work.ordered_goods
    before = known.order.lines if known else ()
    aliases = goods.by_alias({line.good_id for line in order.lines if line.good_id})
    blank = [line for line in with_goods(order.lines, before, aliases) if not line.good_id]
    by_product = goods.by_product(line.prom_id for line in blank if line.prom_id) if blank else {}
    by_sku = {
        line.sku: good_id
        for line in blank
        if line.sku and line.prom_id not in by_product and (good_id := goods.by_sku(line.sku))
    }
    lines = with_goods(order.lines, before, aliases, by_product, by_sku)
    good_ids = {line.good_id for line in lines if line.good_id}
    return OrderFacts(
        aliases=aliases,
        product_goods=by_product,
        sku_goods=by_sku,
        foreign=goods.foreign(good_ids),
        unknown=goods.unknown(good_ids),
        clients=work.clients.sharing(client_of(order.buyer).contacts),
        choosing=bool(known and not known.client_id) and order.id in work.clients.candidates(),
        postings=work.postings.all(order.id) if known else (),
        filed=work.orders.filed_order(known) if known and known.phase is FilePhase.TAKEN else None,
        begun=begun,
    )
