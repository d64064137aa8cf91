"""Gather what the state knows that bears on one order, for the decision about it."""

from __future__ import annotations

from datetime import datetime

from torgsync.core.orders.clients import client_of
from torgsync.core.orders.decide import OrderFacts, decided_again
from torgsync.core.orders.lines import with_goods
from torgsync.core.orders.order import Line, Order
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.state.store import UnitOfWork


def order_facts(
    work: UnitOfWork, order: Order, known: StoredOrder | None, begun: datetime | None
) -> OrderFacts:
    """Return the facts about an order as Prom shows it now, or as it is stored; `known` is what is stored."""
    goods = work.ordered_goods
    aliases = goods.by_alias({line.good_id for line in order.lines if line.good_id})
    if known and order is known.order:  # its ids are of goods already, except what was adopted since
        of_goods = goods.in_export(aliases)
        aliases = {alias: good_id for alias, good_id in aliases.items() if alias not in of_goods}
    earlier = _earlier_lines(work, known) if known and decided_again(known) else ()
    before = [known.order.lines, *earlier] if known else []
    unclear = any(not line.prom_id for line in order.lines)
    names = (
        goods.names({line.good_id for lines in before for line in lines if line.good_id})
        if unclear and before
        else {}
    )
    blank = [line for line in with_goods(order.lines, before, aliases, names=names) if not line.good_id]
    by_product = goods.by_product(line.prom_id for line in blank if line.prom_id) if blank else {}
    by_sku = {
        line.sku: good_id
        for line in blank
        if line.sku and line.prom_id not in by_product and (good_id := goods.by_sku(line.sku))
    }
    lines = with_goods(order.lines, before, aliases, by_product, by_sku, names)
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
        earlier=earlier,
        names=names,
    )


def _earlier_lines(work: UnitOfWork, known: StoredOrder) -> list[tuple[Line, ...]]:
    """Return the lines of the versions before the newest one, newest first."""
    return [version.order.lines for version in reversed(work.orders.versions(known.order.id)[:-1])]
