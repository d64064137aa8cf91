"""Write order files into the outbox, and find what Torgsoft took.

A power failure can hit between the three steps of a file: written whole under a temporary name, stored as
moving, renamed. Where the temporary file of a moving one is gone, it was renamed, and Torgsoft may have it
already: so none is written twice. One that is to be replaced is first hidden: the first to rename it has
it, either torgsync or Torgsoft. Source: docs/developers/architecture.md §7, docs/developers/torgsoft.md §17
no. 25, 29.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torgsync.core.findings import Code, Finding
from torgsync.core.orders.files import Cleanup, Content, FileAction, decide_content, decide_file
from torgsync.core.orders.reasons import HandWork, hand_work
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.core.paging import pages
from torgsync.core.reason import Args, Reason
from torgsync.errors import TorgsyncError
from torgsync.files.orders.order_file import (
    order_file_name,
    order_json,
    order_number_in,
    order_of_file,
)
from torgsync.files.places.folder import FolderPlace
from torgsync.files.places.place import HIDDEN, UNFINISHED, FilePlace, is_address
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.outbox import file_listing, list_outbox, outbox_of, place_of_file

AT_ONCE = 100
"""Files that are on their way at the same time."""


@dataclass(slots=True)
class DeliveryResult:
    """What became of order files: how many were written, how many were found taken, and findings."""

    files: int = 0
    taken: int = 0
    findings: list[Finding] = field(default_factory=list)


def deliver_files(context: JobContext, result: DeliveryResult) -> None:
    """Find what Torgsoft took, withdraw what was cancelled, replace what changed, write what is owed.

    What was done before an error is in `result`. Raises TorgsyncError where the outbox cannot be used.
    """
    with context.transaction() as work:
        written, owed = work.order_files.in_outbox(), work.order_files.owed()
    if not written and not owed:
        return
    with outbox_of(context) as outbox:
        here = [stored for stored in written if place_of_file(context, stored) == outbox.label]
        _check_old_outboxes(context, outbox, written, result)
        sizes = list_outbox(context, outbox, len(here))
        delivery = _Delivery(context, outbox, sizes, result)
        delivery.check(here)
        delivery.sweep()
        with context.transaction() as work:
            work.outboxes.set_missed(outbox.label, missed=False)
            owed = work.order_files.owed()
        for batch in pages(owed, AT_ONCE):
            delivery.write(batch)


def _check_old_outboxes(
    context: JobContext, outbox: FilePlace, written: Iterable[StoredOrder], result: DeliveryResult
) -> None:
    """Check the files in outboxes that were used before, as far as these are folders."""
    places: dict[str, list[StoredOrder]] = {}
    for stored in written:
        places.setdefault(place_of_file(context, stored), []).append(stored)
    places.pop(outbox.label, None)
    for place, orders in places.items():
        old = None if is_address(place) else FolderPlace(Path(place))
        try:
            sizes = list_outbox(context, old, len(orders)) if old else None
        except TorgsyncError:
            sizes = None
        if old and sizes is not None:
            _Delivery(context, old, sizes, result).check(orders)
        else:
            args: Args = {"files": len(orders), "place": place}
            result.findings.append(Finding(Code.OUTBOX_MOVED, args=args))


@dataclass(frozen=True)
class _Delivery:
    """The files of one outbox; `sizes` are the bytes of all files in it when it was listed, by name."""

    context: JobContext
    outbox: FilePlace
    sizes: dict[str, int | None]
    result: DeliveryResult

    def check(self, orders: Sequence[StoredOrder]) -> None:
        """Do what is due about files that were written and not found taken so far."""
        with self.context.transaction() as work:
            missed = work.outboxes.missed(self.outbox.label)
        for stored in orders:
            name = stored.file or ""
            wanted = self._wanted(stored)
            decision = decide_file(stored, file_listing(name, self.sizes), len(wanted), missed=missed)
            self._clean_up(name, decision.cleanup)
            if decision.arrived:
                with self.context.transaction() as work:
                    work.order_files.mark_written(stored.order.id, self.context.now())
            self._act(stored, decision.action)

    def sweep(self) -> None:
        """Remove what an interrupted run left of withdrawn files: they hold personal data."""
        for name in [name for name in self.sizes if name.endswith(UNFINISHED)]:
            with self.context.transaction() as work:
                stored = work.orders.get(order_of_file(name))
            if stored and (stored.phase is FilePhase.WITHDRAWN or stored.order.forgotten):
                self.outbox.remove(name)

    def write(self, batch: Sequence[StoredOrder]) -> None:
        """Write order files. One that is there whole already, as after a lost state, is kept or replaced."""
        fresh = []
        for stored in batch:
            order_id, name = stored.order.id, order_file_name(stored.order.id)
            content = self._content(stored, name) if name in self.sizes else Content.GONE
            if content in (Content.GONE, Content.DAMAGED):
                fresh.append(stored)
                continue
            with self.context.transaction() as work:
                work.order_files.mark_found(order_id, name, self.outbox.label, self.context.now())
                as_found = work.orders.get(order_id)
            self._act(as_found or stored, FileAction.READ)
        self._publish(fresh)
        self.result.files += len(fresh)

    def _wanted(self, stored: StoredOrder) -> bytes:
        return order_json(stored.order, self.context.object.orders.clock, self.context.object.portal.brand)

    def _content(self, stored: StoredOrder, name: str) -> Content:
        content = self.outbox.read(name)
        if content is None:
            return Content.GONE
        if content == self._wanted(stored):
            return Content.CURRENT
        return Content.OLDER if order_number_in(content) == stored.order.id else Content.DAMAGED

    def _clean_up(self, name: str, cleanup: Iterable[Cleanup]) -> None:
        """Clean up after an interrupted run, and keep the listing in step."""
        for step in cleanup:
            if step is Cleanup.RESTORE:
                self.outbox.unhide(name)
                self.outbox.make_durable()
                self.sizes[name] = self.sizes.pop(f"{name}{HIDDEN}")
            else:
                part = f"{name}{HIDDEN if step is Cleanup.REMOVE_HIDDEN else UNFINISHED}"
                self.outbox.remove(part)
                del self.sizes[part]

    def _act(self, stored: StoredOrder, action: FileAction) -> None:
        if action is FileAction.READ:
            action = decide_content(stored, self._content(stored, stored.file or ""))
        match action:
            case FileAction.ADOPT:
                with self.context.transaction() as work:
                    work.order_files.mark_current(stored.order.id)
            case FileAction.REPAIR:
                self._publish([stored])
                self._report_rewritten(stored, damaged=True)
            case FileAction.REPLACE:
                self._replace(stored)
            case FileAction.WITHDRAW:
                self._withdraw(stored)
            case FileAction.RESTART:
                self._store_removed(stored)
                self.outbox.remove(f"{stored.file or ''}{UNFINISHED}")
            case FileAction.TAKEN | FileAction.LOST:
                self._store_taken(stored, lost=action is FileAction.LOST)

    def _store_taken(self, stored: StoredOrder, *, lost: bool = False) -> None:
        """Store that Torgsoft has a file, and what it lacks where the order changed meanwhile.

        Of a `lost` file that is unknown: a person must look.
        """
        self.result.taken += 1
        order_id = stored.order.id
        with self.context.transaction() as work:
            due = hand_work(work.orders.filed_order(stored), stored.order)
            work.order_files.mark_taken(order_id, self.context.now(), due)
            if lost:
                work.order_files.set_hand_work(order_id, None, Reason(HandWork.CHECK_TAKEN))

    def _store_removed(self, stored: StoredOrder) -> None:
        """Store that a file was removed: a sale gets another one, once it is not held."""
        with self.context.transaction() as work:
            if stored.order.takes_place:
                work.order_files.mark_owed(stored.order.id)
            else:
                work.order_files.mark_withdrawn(stored.order.id)

    def _withdraw(self, stored: StoredOrder) -> None:
        """Remove the file of an order that Torgsoft must not have as it is now, unless it was faster."""
        order, name = stored.order, stored.file or ""
        if not self.outbox.hide(name):
            self._store_taken(stored)
            return
        self.outbox.make_durable()
        self._store_removed(stored)
        self.outbox.remove(f"{name}{HIDDEN}")
        args = {"sale": stored.waits}
        self.result.findings.append(Finding(Code.ORDER_WITHDRAWN, order=order.id, args=args))

    def _replace(self, stored: StoredOrder) -> None:
        """Replace a file by the newest version of its order, unless Torgsoft has taken it.

        The old file is hidden before: if that fails, Torgsoft has it, and must not get a second one.
        """
        order, name = stored.order, stored.file or ""
        self.outbox.put(name, self._wanted(stored))
        self.outbox.make_durable()
        if not self.outbox.hide(name):
            self.outbox.remove(f"{name}{UNFINISHED}")
            self._store_taken(stored)
            return
        self.outbox.make_durable()
        with self.context.transaction() as work:
            work.order_files.mark_moving(order.id, name, self.outbox.label)
        self.outbox.publish(name)
        self.outbox.make_durable()
        self.outbox.remove(f"{name}{HIDDEN}")
        with self.context.transaction() as work:
            work.order_files.mark_written(order.id, self.context.now())
        self._report_rewritten(stored, damaged=False)

    def _report_rewritten(self, stored: StoredOrder, *, damaged: bool) -> None:
        self.result.files += 1
        finding = Finding(Code.ORDER_REWRITTEN, order=stored.order.id, args={"damaged": damaged})
        self.result.findings.append(finding)

    def _publish(self, batch: Sequence[StoredOrder]) -> None:
        """Write order files under their names; a file of the same name is overwritten."""
        if not batch:
            return
        names = {stored.order.id: order_file_name(stored.order.id) for stored in batch}
        for stored in batch:
            self.outbox.put(names[stored.order.id], self._wanted(stored))
        self.outbox.make_durable()
        with self.context.transaction() as work:
            for order_id, name in names.items():
                work.order_files.mark_moving(order_id, name, self.outbox.label)
        for name in names.values():
            self.outbox.publish(name)
        self.outbox.make_durable()
        other_disk = self.outbox.on_other_disk(self.context.settings.home)
        with self.context.transaction() as work:
            work.outboxes.record_use(self.outbox.label, other_disk=other_disk)
            for order_id in names:
                work.order_files.mark_written(order_id, self.context.now())
