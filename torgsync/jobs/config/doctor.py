"""Check everything that a synchronisation of an object needs.

Nothing is changed, neither here nor on Prom: rights are tried by listing, and the right to write by an edit
of a product that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shutil import disk_usage

from torgsync.core.clock import shop_time
from torgsync.core.plan.channels import IMPORT_WINDOW
from torgsync.core.shell import quoted
from torgsync.core.text import counted
from torgsync.errors import Busy, Exit, InvalidInput, TokenRefused, TorgsyncError
from torgsync.files.config.own_files import exposed_files
from torgsync.files.config.settings import Settings, others_may_read
from torgsync.jobs.config.check import check, twin_line
from torgsync.jobs.config.check_schedule import performed_times
from torgsync.jobs.config.check_view import CheckLine, Mark, failed, ok, warning
from torgsync.jobs.connect import connect_nameless, connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.access import with_ways_on
from torgsync.jobs.orders.listing import open_findings
from torgsync.jobs.orders.outbox import place_of_file
from torgsync.jobs.run import refuse_held
from torgsync.prom.api import Prom, connect
from torgsync.prom.http import PROM_URL
from torgsync.prom.recording.recorder import Recorder
from torgsync.prom.request import Right
from torgsync.state.troubles import place_of

FEW_EXPOSED = 3
"""Files that others may use, of which a line is given: the first ones."""

STALE_AFTER = timedelta(days=1)
"""Age of an export above which Torgsoft may have stopped writing it."""

MEGABYTE = 1_000_000
SPACE = 200
"""Megabytes that a home should have free."""

NO_RUN = -1

_RIGHTS = (
    Right.PRODUCTS_READ,
    Right.PRODUCTS_WRITE,
    Right.GROUPS_READ,
    Right.ORDERS_READ,
    Right.CLIENTS_READ,
    Right.SETTINGS_READ,
)
NEEDED = (Right.PRODUCTS_READ, Right.PRODUCTS_WRITE, Right.ORDERS_READ, Right.SETTINGS_READ)
"""Rights without which a synchronisation fails; the others are not used yet."""


@dataclass(slots=True)
class Diagnosis:
    """The lines about one object."""

    lines: list[CheckLine] = field(default_factory=list)

    @property
    def exit_code(self) -> Exit:
        """The gravest code of all lines."""
        return Exit.worst(line.exit_code for line in self.lines)

    def add(self, report: Iterator[CheckLine]) -> None:
        """Add the lines of a report; a state that cannot be used ends it, and is one line for all of them."""
        try:
            for line in report:
                self.lines.append(line)
        except TorgsyncError as trouble:
            if (line := failed("state", trouble)) not in self.lines:
                self.lines.append(line)


def diagnose(context: JobContext) -> Diagnosis:
    """Check everything; what is wrong is in the result, nothing is raised."""
    diagnosis = Diagnosis(check(context.file, context.settings, diagnosed=True).lines)
    if not any(line.subject == "orders" for line in diagnosis.lines):
        diagnosis.add(_twins(context))
    for report in _REPORTS:
        diagnosis.add(report(context))
    return diagnosis


def _twins(context: JobContext) -> Iterator[CheckLine]:
    """Report objects that fetched the same orders, where no file of theirs shows it."""
    with context.transaction() as work:
        twins = work.orders.twins()
    yield from (twin_line(slug, slug) for slug in twins)


def _secrets(context: JobContext) -> Iterator[CheckLine]:
    place = context.file.token_path
    if place and others_may_read(place):
        message = f"others on this machine may read the token in `{place}`"
        yield warning("token", message, f'chmod 600 "{place}"')


def _exposed(context: JobContext) -> Iterator[CheckLine]:
    """Report what torgsync keeps and others on this machine may use: every call narrows what it can."""
    settings = context.settings
    for path in exposed_files(settings.home, settings.state_file)[:FEW_EXPOSED]:
        command = f"chmod -R go-rwx {quoted(str(path))}"
        yield warning("files", f"others on this machine may use `{path}`", command)


def _age(context: JobContext) -> Iterator[CheckLine]:
    """Report how old the export is; its check reports whether it can be read."""
    try:
        changed = datetime.fromtimestamp(context.file.catalog_path.stat().st_mtime, tz=context.now().tzinfo)
    except OSError:
        return
    age = context.now() - changed
    hours = int(age / timedelta(hours=1))
    words = counted(hours // 24, "day") if hours >= 48 else counted(hours, "hour")  # noqa: PLR2004  # two days
    stale = age > STALE_AFTER
    hint = "see whether Torgsoft still writes it: its own schedule, the folder, the disk" if stale else ""
    yield CheckLine(Mark.WARNING if stale else Mark.OK, "export", f"written {words} ago", hint)


def _disk(context: JobContext) -> Iterator[CheckLine]:
    """Report how much space is free for the home; runs and orders need some."""
    free = disk_usage(context.settings.home).free / MEGABYTE
    message = f"{free / 1000:.1f} GB free" if free >= 1000 else f"{free:.0f} MB free"  # noqa: PLR2004  # of MB
    enough = free >= SPACE
    hint = "" if enough else f"free some space on the disk of `{context.settings.home}`"
    yield CheckLine(Mark.OK if enough else Mark.WARNING, "disk", message, hint)


def _state(context: JobContext) -> Iterator[CheckLine]:
    with context.transaction() as work:
        work.leases.release(NO_RUN)  # changes nothing, and fails where the state can only be read
        looks, unfinished = work.object_state.looks(), work.journal.unfinished_import()
        ids = work.journal.pending_ids()
    looked = (
        f"Prom.ua was last looked at {shop_time(looks.looked)}"
        if looks.looked
        else "Prom.ua was never looked at"
    )
    yield ok("state", f"`{place_of(context.settings.state_url)}`; {looked}")
    if unfinished:
        message = f"what became of an import of {shop_time(unfinished.started)} is not known yet"
        yield warning("state", message, f"torgsync sync -o {context.file.called}")
    if ids:
        became = (
            f"the import of external ids of {shop_time(ids.started)} changed more than these"
            if ids.damaged
            else f"what became of the import of external ids of {shop_time(ids.started)} is not known yet"
        )
        yield warning("external ids", became, f"torgsync object adopt {context.file.called} --write-ids")
    with context.transaction() as work:
        waiting, owed = work.order_files.in_outbox(), len(work.order_files.owed())
        todo = {finding.order for finding in open_findings(work, context.object.clients.find_by)}
    if waiting:
        place = place_of_file(context, waiting[-1])
        yield ok("outbox", f"{counted(len(waiting), 'order file')} for Torgsoft in `{place}`")
    if owed:
        message = f"{counted(owed, 'order file')} could not be written yet"
        yield warning("outbox", message, f"torgsync orders fetch -o {context.file.called}")
    if todo:
        message = f"{counted(len(todo), 'order waits', 'orders wait')} for a person"
        yield CheckLine(
            Mark.WARNING, "orders", message, f"torgsync orders list --held -o {context.file.called}"
        )


def _orders(context: JobContext) -> Iterator[CheckLine]:
    if not context.object.orders.enabled:
        message = (
            "no orders are fetched (`enabled = false`): what was sold is offered until the export knows of it"
        )
        hint = f"torgsync object edit {context.file.called} --set orders.enabled=true"
        yield warning("orders", message, hint)


def _imports(context: JobContext) -> Iterator[CheckLine]:
    """Report an import that blocks ours: one of ours that hangs, or another one, which may hang."""
    with context.transaction() as work:
        hanging, busy = work.journal.hanging_import(), work.journal.busy(context.now())
    if hanging:
        message = f"an import of {shop_time(hanging.started)} hangs and blocks all later ones"
        hint = "cancel it in the seller's cabinet, «Товари» → «Імпорт»"
    elif busy:
        message = f"another import in the shop blocks ours since {shop_time(busy.first)}"
        hint = (
            "see the imports in the seller's cabinet, «Товари» → «Імпорт»: it must end, or be cancelled there"
        )
    else:
        return
    hangs = bool(hanging) or (busy is not None and busy.hangs)
    if hangs:
        yield CheckLine(Mark.ERROR, "imports", message, hint, Exit.HELD)
    else:
        yield warning("imports", message, hint)


def _limits(context: JobContext) -> Iterator[CheckLine]:
    limits = context.object.limits
    with context.transaction() as work:
        used = work.journal.imports_since(context.now() - IMPORT_WINDOW)
    left = max(0, limits.imports_per_day - used)
    imports = f"{left} of {limits.imports_per_day} imports left in these 24 hours"
    message = f"{imports}, {limits.requests_per_second:g} requests a second"
    hint = "" if left else "what needs an import waits for tomorrow; prices and stock go all the same"
    yield CheckLine(Mark.OK if left else Mark.WARNING, "limits", message, hint)


def try_token(settings: Settings, token: str, *, shop: str, recorder: Recorder | None = None) -> None:
    """Use every right that a synchronisation needs. Raises TorgsyncError for the first that is missing."""
    with connect(settings.prom_url or PROM_URL, token, shop=shop, recorder=recorder) as prom:
        for right in NEEDED:
            prom.try_right(right)


def _rights(context: JobContext) -> Iterator[CheckLine]:
    """Try each right; a token without any right is one line, and what was not tried is a warning.

    Where the token cannot be read, its check has reported that.
    """
    orders = context.object.orders
    accepting = (Right.ORDERS_WRITE,) if orders.accept and orders.enabled else ()
    rights = (*(right for right in _RIGHTS if orders.enabled or right is not Right.ORDERS_READ), *accepting)
    refused: dict[Right, TokenRefused | None] = {}
    trouble: TorgsyncError | None = None
    try:
        with connect_nameless(context) as prom:
            for right in rights:
                refused[right] = _refusal(prom, right)
    except InvalidInput:
        return
    except TorgsyncError as ended:
        trouble = ended
    if refused and all(refused.values()):
        yield failed("right", next(filter(None, refused.values())))
    else:
        for right, error in refused.items():
            yield _right_line(context, right, error, needed=right in (*NEEDED, *accepting))
    if trouble:
        yield failed("Prom.ua", trouble)
        untried = counted(len(rights) - len(refused), "right of the token was", "rights of the token were")
        yield warning("token", f"{untried} not tried", f"torgsync doctor -o {context.file.called}")
    elif not refused[Right.PRODUCTS_READ]:
        yield from _shop(context)


def _refusal(prom: Prom, right: Right) -> TokenRefused | None:
    """Return why a token lacks a right, None where it has it."""
    try:
        prom.try_right(right)
    except TokenRefused as refused:
        return refused
    return None


def _right_line(context: JobContext, right: Right, error: TokenRefused | None, *, needed: bool) -> CheckLine:
    if error is None:
        return ok("right", f"the token can {right.doing}")
    if needed:
        return failed("right", with_ways_on(context, error) if right is Right.ORDERS_READ else error)
    hint = f"not used yet; in the cabinet: {right.in_cabinet}"
    return warning("right", f"the token cannot {right.doing}", hint)


def _shop(context: JobContext) -> Iterator[CheckLine]:
    """Report whether the token opens the shop of earlier runs, where there were any."""
    with context.transaction() as work:
        if not work.object_state.begun():
            return
    try:
        with connect_shop(context):
            pass
    except TorgsyncError as trouble:
        yield failed("shop", trouble)
        return
    yield ok("shop", "it is the one that was synchronised before")


def _lock(context: JobContext) -> Iterator[CheckLine]:
    try:
        refuse_held(context)
    except Busy as busy:
        yield failed("lock", busy)
        return
    yield ok("lock", "no other run holds the object")


_REPORTS: tuple[Callable[[JobContext], Iterator[CheckLine]], ...] = (
    _secrets,
    _exposed,
    _age,
    _disk,
    _state,
    _orders,
    _limits,
    performed_times,
    _imports,
    _rights,
    _lock,
)
"""What is looked at after the check of the object, in this order."""
