"""Write orders again, on purpose: for Torgsoft into the outbox, for people elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from torgsync.core.findings import Finding
from torgsync.core.orders.decide import ABOUT_LINES
from torgsync.core.orders.order import Order
from torgsync.core.orders.reasons import HOLD_OF, findings_of
from torgsync.errors import Exit, UsageError
from torgsync.files.orders.order_file import order_csv, order_file_name, order_json, orders_csv
from torgsync.i18n import _, joined
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.listing import matching_orders, see_orders
from torgsync.jobs.orders.outbox import is_outbox, list_outbox, outbox_of, place_of_file
from torgsync.jobs.run import running


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: where, the names of the files, and what a person should know of the orders.

    `text` is the CSV itself where it was written nowhere; then `place` is empty. `left` counts the orders
    that match and may not be written.
    """

    place: str
    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    text: str = ""
    left: int = 0

    @property
    def exit_code(self) -> Exit:
        """The exit code of the command: whether an order is among them that would get no file by itself."""
        held = any(finding.code in HOLD_OF for finding in self.findings)
        return Exit.HELD if held else Exit.DONE


def export_orders(
    context: JobContext,
    order_ids: Sequence[str],
    to: str | None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    as_csv: bool,
) -> ExportResult:
    """Write these orders again, or the matching ones where none is named, in a run of their own.

    As JSON they are for Torgsoft and go into the outbox or `to` another place, as CSV for people. Raises
    UsageError for an unknown status or order, and where Torgsoft would take what is not for it.
    """
    with running(context) as run:
        left = 0
        if not order_ids:
            with context.transaction() as work:
                orders = [stored.order for stored in matching_orders(work, status, since, until)]
            anyone = to or as_csv
            order_ids = [order.id for order in orders if not order.forgotten and (anyone or _loads(order))]
            left = len(orders) - len(order_ids)
        result = (_export_csv if as_csv else _export_json)(context, order_ids, to)
        run.exit_code = result.exit_code
    return replace(result, left=left)


def _export_json(context: JobContext, order_ids: Sequence[str], to: str | None) -> ExportResult:
    """Write orders in Torgsoft's format; in the outbox that is a new file, which counts as not taken."""
    counts = to is None or is_outbox(context, to)
    orders, findings = _known_orders(context, order_ids)
    no_sale = next((order for order in orders if counts and not order.takes_place), None)
    if no_sale:
        raise UsageError(
            _("order {order} is no longer a sale; Torgsoft would reserve its items", order=no_sale.id),
            hint=_("write it to another folder: `--to-folder DIR`"),
        )
    if empty := next((order for order in orders if counts and not order.lines), None):
        raise UsageError(
            _(
                "Prom.ua shows no items of order {order}, so there is nothing to write for Torgsoft",
                order=empty.id,
            ),
            hint=_("look at it in the seller's cabinet and enter it in Torgsoft by hand"),
        )
    names = []
    with outbox_of(context, None if counts else to) as outbox:
        if counts:
            with context.transaction() as work:
                written = work.order_files.in_outbox()
            files = sum(place_of_file(context, stored) == outbox.label for stored in written)
            list_outbox(context, outbox, files)
        for order in orders:
            name = order_file_name(order.id)
            outbox.put(name, order_json(order, context.object.orders.clock, context.object.portal.brand))
            if counts:
                with context.transaction() as work:
                    work.order_files.mark_moving(order.id, name, outbox.label)
            outbox.publish(name)
            outbox.make_durable()
            if counts:
                with context.transaction() as work:
                    work.order_files.mark_written(order.id, context.now())
            names.append(name)
        return ExportResult(outbox.label, tuple(names), findings)


def _loads(order: Order) -> bool:
    """Return whether there is anything in it for Torgsoft."""
    return order.takes_place and bool(order.lines)


def _export_csv(context: JobContext, order_ids: Sequence[str], to: str | None) -> ExportResult:
    """Write orders as CSV for people: one file each into `to`, or all as one text where that is None."""
    if to is not None and is_outbox(context, to):
        hint = _("name another folder, or leave out `--to-folder` to print the CSV")
        raise UsageError(
            _("`{folder}` is the outbox; Torgsoft would read a CSV there as an order", folder=to), hint=hint
        )
    orders, findings = _known_orders(context, order_ids)
    clock = context.object.orders.clock
    if to is None:
        return ExportResult("", (), findings, orders_csv(orders, clock))
    with outbox_of(context, to) as outbox:
        names = tuple(order_file_name(order.id, "csv") for order in orders)
        for name, order in zip(names, orders, strict=True):
            outbox.put(name, order_csv(order, clock))
            outbox.publish(name)
            outbox.make_durable()
        return ExportResult(outbox.label, names, findings)


def _known_orders(context: JobContext, order_ids: Sequence[str]) -> tuple[list[Order], tuple[Finding, ...]]:
    with context.transaction() as work:
        known = {order_id: work.orders.get(order_id) for order_id in order_ids}
        orders = [stored.order for stored in known.values() if stored]
        foreign = work.ordered_goods.foreign(line.good_id for order in orders for line in order.lines)
    if unknown := [order_id for order_id, stored in known.items() if stored is None]:
        raise UsageError(
            _("there is no order {orders}", orders=joined(", ", unknown)), hint=see_orders(context)
        )
    if forgotten := next((order for order in orders if order.forgotten), None):
        raise UsageError(
            _("the people of order {order} were forgotten; it cannot be written", order=forgotten.id)
        )
    in_comment = context.object.orders.free_lines == "comment"
    return orders, tuple(
        finding
        for order in orders
        for finding in findings_of(order, foreign, free_in_comment=in_comment)
        if order.takes_place or finding.code not in ABOUT_LINES
    )
