"""Puts order files where Torgsoft takes them, and sees what it took.

A file goes through three steps that a pulled plug can stand between: written whole under a temporary name,
noted as moving, renamed. Where the temporary file of a moving one is gone, it was renamed, and Torgsoft may
have it already: so none is written twice. Source: design §7, reference/torgsoft.md §17 no. 25, 29.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from torgsync.core.findings import Code, Finding
from torgsync.core.trade import Order
from torgsync.core.words import counted
from torgsync.errors import Temporary, UsageError
from torgsync.files.orders import order_csv, order_file_name, order_json
from torgsync.files.outbox import UNFINISHED, Folder, Outbox, is_address, open_outbox
from torgsync.files.tokens import read_outbox_password
from torgsync.jobs.desk import Desk
from torgsync.state.trade import Phase, Stored

AT_ONCE = 100
"""Files that are on their way at the same time."""


@dataclass(slots=True)
class Delivered:
    """What became of order files: how many were written, and how many were found taken."""

    files: int = 0
    taken: int = 0
    findings: list[Finding] = field(default_factory=list)


@contextmanager
def outbox_of(desk: Desk, place: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox of an object, or another place; a folder is relative to the object's file."""
    given = place or desk.object.orders.outbox
    if given is None:
        yield Folder(desk.settings.outbox(desk.slug))
        return
    folder = Path(given).absolute() if place else desk.file.beside(given)
    with open_outbox(given if is_address(given) else folder, read_outbox_password(desk.file)) as outbox:
        yield outbox


def deliver(desk: Desk, done: Delivered) -> None:
    """See what Torgsoft took, take back what was called off, and write the files that are still owed.

    What was done before it went wrong is in `done`. Raises TorgsyncError where the outbox cannot be used.
    """
    with desk.memory() as memory:
        lying, owed = memory.trade.lying(), memory.trade.unwritten()
    if not lying and not owed:
        return
    with outbox_of(desk) as outbox:
        _look_elsewhere(desk, outbox, lying, done)
        usual = str(desk.settings.outbox(desk.slug))
        here = [stored for stored in lying if (stored.place or usual) == outbox.label]
        names = _look(desk, outbox, here, done)
        for start in range(0, len(owed), AT_ONCE):
            batch = owed[start : start + AT_ONCE]
            _write(desk, outbox, batch, names)
            done.files += len(batch)


def _look_elsewhere(desk: Desk, outbox: Outbox, lying: Sequence[Stored], done: Delivered) -> None:
    """Look into the outboxes of before, as far as they are folders."""
    usual = str(desk.settings.outbox(desk.slug))
    places: dict[str, list[Stored]] = {}
    for stored in lying:
        places.setdefault(stored.place or usual, []).append(stored)
    places.pop(outbox.label, None)
    for place, there in places.items():
        if not is_address(place) and Path(place).is_dir():
            _look(desk, Folder(Path(place)), there, done)
        else:
            message = f"{counted(len(there), 'order file')} may still lie in the old outbox `{place}`"
            done.findings.append(Finding(Code.OUTBOX_MOVED, message))


def _look(desk: Desk, outbox: Outbox, lying: Sequence[Stored], done: Delivered) -> frozenset[str]:
    """See which of the files lie in an outbox, and return the names of all that lie there."""
    names = outbox.names()
    if names is None:
        if lying:
            raise Temporary(
                f"the outbox `{outbox.label}` is gone, with {counted(len(lying), 'order file')} in it",
                hint="is a share not mounted? Where the folder was deleted on purpose, make it anew",
            )
        return frozenset()
    for stored in lying:
        name = stored.file or ""
        there = name in names
        if stored.phase is Phase.MOVING:
            there = _finish(desk, outbox, stored.order.id, name, names)
        if not stored.order.takes_place:
            _take_back(desk, outbox, stored.order, name, done)
        elif not there:
            done.taken += 1
            with desk.memory() as memory:
                memory.trade.took_file(stored.order.id, desk.now())
    return names


def _finish(desk: Desk, outbox: Outbox, order_id: str, name: str, names: frozenset[str]) -> bool:
    """Go on with a file that was on its way when a run died; return whether it lies there now."""
    there = name in names
    if f"{name}{UNFINISHED}" in names:
        if there:  # a store that copies instead of renaming got that far
            outbox.remove(f"{name}{UNFINISHED}")
        else:
            outbox.publish(name)
            outbox.keep()
            there = True
    if there:
        with desk.memory() as memory:
            memory.trade.wrote_file(order_id, desk.now())
    return there


def _take_back(desk: Desk, outbox: Outbox, order: Order, name: str, done: Delivered) -> None:
    """Take the file of an order back that is no sale any more; where it is gone, a person must act."""
    if outbox.remove(name):
        with desk.memory() as memory:
            memory.trade.withdrew_file(order.id)
        message = f"order {order.id} is no sale any more: its file was taken back from the outbox"
        done.findings.append(Finding(Code.ORDER_WITHDRAWN, message))
        return
    done.taken += 1
    with desk.memory() as memory:
        memory.trade.took_file(order.id, desk.now())
    state = order.status if order.cancelled else "no sale any more"
    message = f"order {order.id} is {state} now: release its reserve in Torgsoft by hand"
    done.findings.append(Finding(Code.ORDER_CHANGED, message))


def _write(desk: Desk, outbox: Outbox, batch: Sequence[Stored], names: frozenset[str]) -> None:
    """Write order files. One that lies there already, as after a lost memory, is left as it is."""
    files = {stored.order.id: order_file_name(stored.order.id) for stored in batch}
    fresh = [stored for stored in batch if files[stored.order.id] not in names]
    for stored in fresh:
        outbox.put(files[stored.order.id], order_json(stored.order, desk.object.orders.clock))
    if fresh:
        outbox.keep()
    with desk.memory() as memory:
        for order_id, name in files.items():
            memory.trade.moves_file(order_id, name, outbox.label)
    for stored in fresh:
        outbox.publish(files[stored.order.id])
    if fresh:
        outbox.keep()
    with desk.memory() as memory:
        for order_id in files:
            memory.trade.wrote_file(order_id, desk.now())


def export_orders(
    desk: Desk, order_ids: Sequence[str], *, as_csv: bool = False, to: str | None = None
) -> tuple[str, list[str]]:
    """Write orders once more, on purpose; return where, and the names of the files.

    Into the outbox as JSON that is a new file for Torgsoft, which counts as not taken. Raises UsageError for
    an order that is not known, or for one that Torgsoft must not reserve goods for any more.
    """
    with desk.memory() as memory:
        found = {order_id: memory.trade.order(order_id) for order_id in order_ids}
    orders = [stored.order for stored in found.values() if stored]
    if unknown := [order_id for order_id, stored in found.items() if stored is None]:
        raise UsageError(f"there is no order {', '.join(unknown)}", hint="see them: torgsync orders list")
    counts = to is None and not as_csv
    for order in orders:
        if order.forgotten:
            raise UsageError(f"the people of order {order.id} were forgotten; it cannot be written")
        if counts and not order.takes_place:
            raise UsageError(
                f"order {order.id} is no sale any more; Torgsoft would reserve its goods",
                hint="write it elsewhere: --to-folder DIR",
            )
    names = []
    with outbox_of(desk, to) as outbox:
        for order in orders:
            name = order_file_name(order.id, "csv" if as_csv else "json")
            clock = desk.object.orders.clock
            outbox.put(name, order_csv(order, clock) if as_csv else order_json(order, clock))
            if counts:
                with desk.memory() as memory:
                    memory.trade.moves_file(order.id, name, outbox.label)
            outbox.publish(name)
            outbox.keep()
            if counts:
                with desk.memory() as memory:
                    memory.trade.wrote_file(order.id, desk.now())
            names.append(name)
        return outbox.label, names
