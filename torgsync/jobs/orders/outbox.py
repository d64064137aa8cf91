"""Puts order files where Torgsoft takes them, and sees what it took.

A file goes through three steps that a pulled plug can stand between: written whole under a temporary name,
noted as moving, renamed. Where the temporary file of a moving one is gone, it was renamed, and Torgsoft may
have it already: so none is written twice. One that is to be replaced is first set aside: whoever renames it
first has it, we or Torgsoft. Source: docs/developers/architecture.md §7, docs/developers/torgsoft.md §17 no.
25, 29.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.order import Order, by_hand, findings_of
from torgsync.core.paging import pages
from torgsync.core.text import counted
from torgsync.errors import TorgsyncError, UsageError
from torgsync.files.orders.order_file import (
    order_csv,
    order_file_name,
    order_json,
    order_number_in,
    order_of_file,
    orders_csv,
)
from torgsync.files.orders.outbox import (
    ASIDE,
    UNFINISHED,
    Folder,
    Outbox,
    is_address,
    outbox_of_object,
    same_place,
)
from torgsync.jobs.context import JobContext
from torgsync.state.orders.orders import Phase, Stored

DOUBTED = (
    "was in an outbox that was gone: see whether Torgsoft has it; "
    "if not, write its file again with `torgsync orders export`"
)
AT_ONCE = 100
"""Files that are on their way at the same time."""


@dataclass(slots=True)
class Delivered:
    """What became of order files: how many were written, and how many were found taken."""

    files: int = 0
    taken: int = 0
    findings: list[Finding] = field(default_factory=list)


@contextmanager
def outbox_of(context: JobContext, place: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox of an object, or another place; a folder is relative to the object's file."""
    with outbox_of_object(context.file, context.settings.outbox(context.slug), place) as outbox:
        yield outbox


def deliver(context: JobContext, done: Delivered) -> None:
    """See what Torgsoft took, take back what was called off, write what is owed, and anew what changed.

    What was done before it went wrong is in `done`. Raises TorgsyncError where the outbox cannot be used.
    """
    with context.transaction() as work:
        lying, owed = work.orders.lying(), work.orders.unwritten()
    if not lying and not owed:
        return
    with outbox_of(context) as outbox:
        _look_elsewhere(context, outbox, lying, done)
        here = _lying_in(context, outbox, lying)
        sizes = _sizes(context, outbox, len(here))
        _look(context, outbox, here, sizes, done)
        _sweep(context, outbox, sizes)
        with context.transaction() as work:
            work.orders.miss_outbox(outbox.label, missed=False)
            owed = work.orders.unwritten()
        for batch in pages(owed, AT_ONCE):
            _write(context, outbox, batch, sizes, done)


def _lying_in(context: JobContext, outbox: Outbox, lying: Sequence[Stored]) -> list[Stored]:
    return [stored for stored in lying if place_of_file(context, stored) == outbox.label]


def place_of_file(context: JobContext, stored: Stored) -> str:
    """Return the outbox that the file of an order was put into: the usual one where none was noted."""
    return stored.place or str(context.settings.outbox(context.slug))


def _sizes(context: JobContext, outbox: Outbox, lying: int) -> dict[str, int | None]:
    """Return the bytes of what lies in an outbox, by name.

    Raises TorgsyncError where a folder that was used before is missing, or is not the share that it was:
    then nothing was taken, and nothing must be written there.
    """
    sizes = outbox.sizes()
    with context.transaction() as work:
        apart = work.orders.apart(outbox.label)
    files = f", with {counted(lying, 'order file')} in it" if lying else ""
    if sizes is None:
        own = outbox.label == str(context.settings.outbox(context.slug))
        if lying:
            with context.transaction() as work:
                work.orders.miss_outbox(outbox.label)
        if lying or (apart is not None and not own):
            raise TorgsyncError(
                f"the outbox `{outbox.label}` is gone{files}",
                hint="is a share not mounted? Where the folder was deleted on purpose, make it anew: "
                "`torgsync orders list --held` names the orders that were in it then",
            )
        return {}
    if apart and not outbox.lies_apart(context.settings.home):
        raise TorgsyncError(
            f"the share of the outbox `{outbox.label}` is not mounted{files}",
            hint="mount it; where it was moved to this disk on purpose, name another folder under `[orders]`",
        )
    return sizes


def _look_elsewhere(context: JobContext, outbox: Outbox, lying: Sequence[Stored], done: Delivered) -> None:
    """Look into the outboxes of before, as far as they are folders."""
    places: dict[str, list[Stored]] = {}
    for stored in lying:
        places.setdefault(place_of_file(context, stored), []).append(stored)
    places.pop(outbox.label, None)
    for place, there in places.items():
        old = None if is_address(place) else Folder(Path(place))
        try:
            sizes = _sizes(context, old, len(there)) if old else None
        except TorgsyncError:
            sizes = None
        if old and sizes is not None:
            _look(context, old, there, sizes, done)
        else:
            message = f"{counted(len(there), 'order file')} may still lie in the old outbox `{place}`"
            done.findings.append(Finding(Code.OUTBOX_MOVED, message))


def _look(
    context: JobContext,
    outbox: Outbox,
    lying: Sequence[Stored],
    sizes: dict[str, int | None],
    done: Delivered,
) -> None:
    """See which of the files lie in an outbox, and whether each holds its order as it is now."""
    with context.transaction() as work:
        missed = work.orders.missed(outbox.label)
    for stored in lying:
        name = stored.file or ""
        _mend(context, outbox, stored, sizes)
        if f"{name}{UNFINISHED}" in sizes:
            _begin_anew(context, outbox, stored, name)
        elif name not in sizes:
            _took(context, stored, done, missed=missed)
        elif not stored.order.takes_place:
            _take_back(context, outbox, stored, done)
        else:
            _bring_up_to_date(context, outbox, stored, sizes[name], done)


def _sweep(context: JobContext, outbox: Outbox, sizes: Iterable[str]) -> None:
    """Clear away what a run that died left of files that were taken back: people stand in them."""
    for name in [name for name in sizes if name.endswith(UNFINISHED)]:
        with context.transaction() as work:
            stored = work.orders.order(order_of_file(name))
        if stored and (stored.phase is Phase.WITHDRAWN or stored.order.forgotten):
            outbox.remove(name)


def _mend(context: JobContext, outbox: Outbox, stored: Stored, sizes: dict[str, int | None]) -> None:
    """Clear away what a run left that died, and keep `sizes` in step.

    A temporary file that stays is that of a file which never got its name.
    """
    name, moving = stored.file or "", stored.phase is Phase.MOVING
    if f"{name}{ASIDE}" in sizes:
        size = sizes.pop(f"{name}{ASIDE}")
        if moving or name in sizes:  # its successor came that far, or a store that copies did
            outbox.remove(f"{name}{ASIDE}")
        else:
            outbox.put_back(name)
            outbox.keep()
            sizes[name] = size
    if f"{name}{UNFINISHED}" in sizes and (name in sizes or not moving):
        outbox.remove(f"{name}{UNFINISHED}")
        del sizes[f"{name}{UNFINISHED}"]
    if moving and name in sizes:
        with context.transaction() as work:
            work.orders.wrote_file(stored.order.id, context.now())


def _begin_anew(context: JobContext, outbox: Outbox, stored: Stored, name: str) -> None:
    """Have a file that never got its name written again as the order is now, if it is a sale still."""
    with context.transaction() as work:
        if stored.order.takes_place:
            work.orders.owes_file(stored.order.id)
        else:
            work.orders.withdrew_file(stored.order.id)
    outbox.remove(f"{name}{UNFINISHED}")


def _took(context: JobContext, stored: Stored, done: Delivered, *, missed: bool = False) -> None:
    """Note that Torgsoft has a file, and what it lacks where the order changed meanwhile.

    Of one that was in an outbox which was `missed` meanwhile nobody knows it: a person must look.
    """
    done.taken += 1
    with context.transaction() as work:
        lacks = by_hand(work.orders.handed(stored), stored.order)
        work.orders.took_file(stored.order.id, context.now(), lacks)
        if missed and stored.order.takes_place:
            work.orders.must_be_done(stored.order.id, None, DOUBTED)


def _take_back(context: JobContext, outbox: Outbox, stored: Stored, done: Delivered) -> None:
    """Take back the file of an order that Torgsoft must not have as it is now, if it can still be had."""
    order, name = stored.order, stored.file or ""
    if not outbox.set_aside(name):
        _took(context, stored, done)
        return
    outbox.keep()
    with context.transaction() as work:
        if order.takes_place:
            work.orders.owes_file(order.id)
        else:
            work.orders.withdrew_file(order.id)
    outbox.remove(f"{name}{ASIDE}")
    why = "waits for a person now" if order.takes_place else "is no sale any more"
    message = f"order {order.id} {why}: its file was taken back from the outbox"
    done.findings.append(Finding(Code.ORDER_WITHDRAWN, message, order=order.id))


def _bring_up_to_date(
    context: JobContext, outbox: Outbox, stored: Stored, size: int | None, done: Delivered
) -> None:
    """Write a file anew that holds an older version of its order, or nothing that is whole.

    It is read only where its version or its size gives a reason to.
    """
    order, name = stored.order, stored.file or ""
    wanted = order_json(order, context.object.orders.clock)
    if stored.filed == stored.version and size == len(wanted):
        return
    lies = outbox.read(name)
    if lies is None:
        _took(context, stored, done)
    elif lies == wanted:
        with context.transaction() as work:
            work.orders.filed_now(order.id)
    elif order_number_in(lies) != order.id:
        _publish(context, outbox, [stored])
        _tell_rewritten(done, order.id, "lay in the outbox empty or cut: its file was written anew")
    elif stored.waits and stored.filed != stored.version:
        _take_back(context, outbox, stored, done)
    else:
        _replace(context, outbox, stored, done)


def _tell_rewritten(done: Delivered, order_id: str, what: str) -> None:
    done.files += 1
    done.findings.append(Finding(Code.ORDER_REWRITTEN, f"order {order_id} {what}", order=order_id))


def _replace(context: JobContext, outbox: Outbox, stored: Stored, done: Delivered) -> None:
    """Put the newest version of an order in the place of an older one that Torgsoft has not taken.

    The old file is set aside before: if that fails, Torgsoft has it, and must not get a second one.
    """
    order, name = stored.order, stored.file or ""
    outbox.put(name, order_json(order, context.object.orders.clock))
    outbox.keep()
    if not outbox.set_aside(name):
        outbox.remove(f"{name}{UNFINISHED}")
        _took(context, stored, done)
        return
    outbox.keep()
    with context.transaction() as work:
        work.orders.moves_file(order.id, name, outbox.label)
    outbox.publish(name)
    outbox.keep()
    outbox.remove(f"{name}{ASIDE}")
    with context.transaction() as work:
        work.orders.wrote_file(order.id, context.now())
    _tell_rewritten(done, order.id, "changed before Torgsoft took its file: it was written anew")


def _write(
    context: JobContext,
    outbox: Outbox,
    batch: Sequence[Stored],
    sizes: dict[str, int | None],
    done: Delivered,
) -> None:
    """Write order files. One that lies there whole already, as after a lost memory, is kept or replaced."""
    fresh = []
    for stored in batch:
        name = order_file_name(stored.order.id)
        lies = outbox.read(name) if name in sizes else None
        if lies is None or order_number_in(lies) != stored.order.id:
            fresh.append(stored)
            continue
        with context.transaction() as work:
            work.orders.found_file(stored.order.id, name, outbox.label, context.now())
            found = work.orders.order(stored.order.id)
        _bring_up_to_date(context, outbox, found or stored, None, done)
    _publish(context, outbox, fresh)
    done.files += len(fresh)


def _publish(context: JobContext, outbox: Outbox, batch: Sequence[Stored]) -> None:
    """Write order files under their names; what lies there under one of them is lost."""
    if not batch:
        return
    names = {stored.order.id: order_file_name(stored.order.id) for stored in batch}
    for stored in batch:
        outbox.put(names[stored.order.id], order_json(stored.order, context.object.orders.clock))
    outbox.keep()
    with context.transaction() as work:
        for order_id, name in names.items():
            work.orders.moves_file(order_id, name, outbox.label)
    for name in names.values():
        outbox.publish(name)
    outbox.keep()
    with context.transaction() as work:
        work.orders.used_outbox(outbox.label, apart=outbox.lies_apart(context.settings.home))
        for order_id in names:
            work.orders.wrote_file(order_id, context.now())


# Written again, on purpose


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written once more: where, the names of the files, and what a person should know of them."""

    place: str
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def export_orders(context: JobContext, order_ids: Sequence[str], to: str | None = None) -> Exported:
    """Write orders once more, on purpose, as Torgsoft reads them: into the outbox, or `to` another place.

    Into the outbox that is a new file for Torgsoft, which counts as not taken. Raises UsageError for an order
    that is not known, or for one that Torgsoft must not reserve goods for any more.
    """
    counts = to is None or _is_outbox(context, to)
    orders, found = _known_orders(context, order_ids)
    gone = next((order for order in orders if counts and not order.takes_place), None)
    if gone:
        raise UsageError(
            f"order {gone.id} is no sale any more; Torgsoft would reserve its goods",
            hint="write it elsewhere: --to-folder DIR",
        )
    names = []
    with outbox_of(context, None if counts else to) as outbox:
        if counts:
            with context.transaction() as work:
                here = _lying_in(context, outbox, work.orders.lying())
            _sizes(context, outbox, len(here))
        for order in orders:
            name = order_file_name(order.id)
            outbox.put(name, order_json(order, context.object.orders.clock))
            if counts:
                with context.transaction() as work:
                    work.orders.moves_file(order.id, name, outbox.label)
            outbox.publish(name)
            outbox.keep()
            if counts:
                with context.transaction() as work:
                    work.orders.wrote_file(order.id, context.now())
            names.append(name)
        return Exported(outbox.label, tuple(names), found)


def export_csv(context: JobContext, order_ids: Sequence[str], to: str) -> Exported:
    """Write orders as CSV files for people, one each. Raises UsageError where that is Torgsoft's outbox."""
    if _is_outbox(context, to):
        raise UsageError(
            f"`{to}` is the outbox; Torgsoft would take a CSV for an order",
            hint="name another folder, or leave `--to-folder` out to have the CSV on the screen",
        )
    orders, found = _known_orders(context, order_ids)
    with outbox_of(context, to) as outbox:
        for order in orders:
            name = order_file_name(order.id, "csv")
            outbox.put(name, order_csv(order, context.object.orders.clock))
            outbox.publish(name)
            outbox.keep()
        names = tuple(order_file_name(order.id, "csv") for order in orders)
        return Exported(outbox.label, names, found)


def csv_of_orders(context: JobContext, order_ids: Sequence[str]) -> tuple[str, tuple[Finding, ...]]:
    """Return orders as one CSV, and what a person should know of them. Raises UsageError."""
    orders, found = _known_orders(context, order_ids)
    return orders_csv(orders, context.object.orders.clock), found


def _known_orders(context: JobContext, order_ids: Sequence[str]) -> tuple[list[Order], tuple[Finding, ...]]:
    with context.transaction() as work:
        known = {order_id: work.orders.order(order_id) for order_id in order_ids}
        orders = [stored.order for stored in known.values() if stored]
        foreign = work.orders.foreign(line.good_id for order in orders for line in order.lines)
    if unknown := [order_id for order_id, stored in known.items() if stored is None]:
        raise UsageError(f"there is no order {', '.join(unknown)}", hint="see them: torgsync orders list")
    if forgotten := next((order for order in orders if order.forgotten), None):
        raise UsageError(f"the people of order {forgotten.id} were forgotten; it cannot be written")
    return orders, tuple(finding for order in orders for finding in findings_of(order, foreign))


def _is_outbox(context: JobContext, to: str) -> bool:
    """Tell whether a place is where Torgsoft takes order files from, as the object says or as it is usual."""
    given = context.object.orders.outbox
    usual = str(context.settings.outbox(context.slug))
    own = usual if given is None else given if is_address(given) else str(context.file.path_of(given))
    return any(same_place(to, place) for place in (own, usual))
