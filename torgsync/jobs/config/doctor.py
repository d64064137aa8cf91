"""Check everything that a synchronisation of an object needs.

Nothing is changed, neither here nor on Prom: rights are tried by listing, and the right to write by an edit
of a product that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shutil import disk_usage

from torgsync.core.config.settings import FromFile
from torgsync.core.plan.channels import IMPORT_WINDOW
from torgsync.core.portals import PROM_URL
from torgsync.core.shell import quoted
from torgsync.errors import Busy, Exit, InvalidInput, TokenRefused, TorgsyncError
from torgsync.files.config.own_files import exposed_files
from torgsync.files.config.settings import Settings, others_may_read
from torgsync.i18n import _, _n, verbatim
from torgsync.jobs.config.check import check, twin_line
from torgsync.jobs.config.check_notify import unreached
from torgsync.jobs.config.check_schedule import performed_times
from torgsync.jobs.config.check_view import CheckLine, Mark, failed, ok, warning
from torgsync.jobs.connect import connect_nameless, connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.access import with_ways_on
from torgsync.jobs.orders.listing import open_findings
from torgsync.jobs.orders.outbox import place_of_file
from torgsync.jobs.run import refuse_held
from torgsync.prom.api import Prom, connect
from torgsync.prom.recording.recorder import Recorder
from torgsync.prom.request import NEEDED_RIGHTS, Right
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
NEEDED = (Right.PRODUCTS_READ, *NEEDED_RIGHTS)
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
            if (line := failed(_("state"), trouble)) not in self.lines:
                self.lines.append(line)


def diagnose(context: JobContext) -> Diagnosis:
    """Check everything; what is wrong is in the result, nothing is raised."""
    diagnosis = Diagnosis(check(context.file, context.settings, diagnosed=True).lines)
    if not any(line.subject == "orders" for line in diagnosis.lines):
        diagnosis.add(_twins(context))
    for report in _REPORTS:
        diagnosis.add(report(context))
    subjects = [line.subject for line in diagnosis.lines]
    diagnosis.lines.sort(key=lambda line: subjects.index(line.subject))
    return diagnosis


def _twins(context: JobContext) -> Iterator[CheckLine]:
    """Report objects that fetched the same orders, where no file of theirs shows it."""
    with context.transaction() as work:
        twins = work.orders.twins()
    yield from (twin_line(slug, slug) for slug in twins)


def _secrets(context: JobContext) -> Iterator[CheckLine]:
    place = context.file.token_path
    if place and others_may_read(place):
        message = _("other users of this computer may read the token in `{path}`", path=place)
        yield warning(_("token"), message, verbatim(f'chmod 600 "{place}"'))
    photos = context.object.catalog.photos
    catalog, clients = context.object.catalog.server, context.object.clients.server
    passwords = (
        (_("publishing"), photos.publish_password if photos else None),
        (_("outbox"), context.object.orders.outbox_password),
        *((_("export"), way) for way in (catalog.password, catalog.query)),
        *((_("clients"), way) for way in (clients.password, clients.query)),
    )
    for subject, way in passwords:
        place = context.file.path_of(way.file) if isinstance(way, FromFile) else None
        if place and others_may_read(place):
            message = _("other users of this computer may read the password in `{path}`", path=place)
            yield warning(subject, message, verbatim(f'chmod 600 "{place}"'))


def _exposed(context: JobContext) -> Iterator[CheckLine]:
    """Report what torgsync keeps and others on this machine may use: every call narrows what it can."""
    settings = context.settings
    exposed = exposed_files(settings.home, settings.state_file)
    for path in exposed[:FEW_EXPOSED]:
        message = _("other users of this computer may use `{path}`", path=path)
        yield warning(_("files"), message, verbatim(f"chmod -R go-rwx {quoted(str(path))}"))
    if (rest := len(exposed) - FEW_EXPOSED) > 0:
        yield warning(_("files"), _("… and {count} more", count=rest))


def _age(context: JobContext) -> Iterator[CheckLine]:
    """Report how old the export is; its check reports whether it can be read."""
    try:
        changed = datetime.fromtimestamp(context.file.catalog_path.stat().st_mtime, tz=context.now().tzinfo)
    except OSError:
        return
    age = context.now() - changed
    hours = int(age / timedelta(hours=1))
    if hours >= 48:  # noqa: PLR2004  # two days
        written = _n("written {count} day ago", "written {count} days ago", hours // 24)
    elif hours:
        written = _n("written {count} hour ago", "written {count} hours ago", hours)
    else:
        written = _("written less than an hour ago")
    if age > STALE_AFTER:
        hint = _("check that Torgsoft still writes it: its schedule, the folder, the disk")
        yield warning(_("export"), written, hint)
    else:
        yield ok(_("export"), written)


_GB, _MB = _("{size} GB free"), _("{size} MB free")


def _disk(context: JobContext) -> Iterator[CheckLine]:
    """Report how much space is free for the home; runs and orders need some."""
    free = disk_usage(context.settings.home).free / MEGABYTE
    size, unit = (f"{free / 1000:.1f}", _GB) if free >= 1000 else (f"{free:.0f}", _MB)  # noqa: PLR2004  # of MB
    message = unit.filled(size=size)
    if free >= SPACE:
        yield ok(_("disk"), message)
    else:
        hint = _("free some space on the disk of `{folder}`", folder=context.settings.home)
        yield warning(_("disk"), message, hint)


def _state(context: JobContext) -> Iterator[CheckLine]:
    with context.transaction() as work:
        work.leases.release(NO_RUN)  # changes nothing, and fails where the state can only be read
        looks, unfinished = work.object_state.looks(), work.journal.unfinished_import()
        ids = work.journal.pending_ids()
    state = (
        _("`{place}`; products were last read from Prom.ua at {moment:time}")
        if looks.looked
        else _("`{place}`; products were never read from Prom.ua")
    )
    yield ok(_("state"), state.filled(place=place_of(context.settings.state_url), moment=looks.looked))
    if unfinished:
        message = _("the result of the import of {moment:time} is not known yet", moment=unfinished.started)
        yield warning(_("state"), message, verbatim(f"torgsync sync -o {context.file.called}"))
    if ids:
        message = (
            _("the import of external ids of {moment:time} changed more than external ids")
            if ids.damaged
            else _("the result of the import of external ids of {moment:time} is not known yet")
        )
        hint = verbatim(f"torgsync object adopt {context.file.called} --write-ids")
        yield warning(_("external ids"), message.filled(moment=ids.started), hint)
    with context.transaction() as work:
        waiting, owed = work.order_files.in_outbox(), len(work.order_files.owed())
        todo = {finding.order for finding in open_findings(work, context.object.clients.find_by)}
    if waiting:
        message = _n(
            "{count} order file for Torgsoft in `{place}`",
            "{count} order files for Torgsoft in `{place}`",
            len(waiting),
            place=place_of_file(context, waiting[-1]),
        )
        yield ok(_("outbox"), message)
    if owed:
        message = _n(
            "{count} order file could not be written yet",
            "{count} order files could not be written yet",
            owed,
        )
        yield warning(_("outbox"), message, verbatim(f"torgsync orders fetch -o {context.file.called}"))
    if todo:
        message = _n("{count} order waits for you", "{count} orders wait for you", len(todo))
        hint = verbatim(f"torgsync orders list --held -o {context.file.called}")
        yield warning(_("orders"), message, hint)


def _orders(context: JobContext) -> Iterator[CheckLine]:
    if not context.object.orders.enabled:
        message = _(
            "no orders are fetched (`enabled = false`): what is sold on Prom.ua stays for sale there until "
            "the "
            "next export has less stock"
        )
        hint = verbatim(f"torgsync object edit {context.file.called} --set orders.enabled=true")
        yield warning(_("orders"), message, hint)


def _imports(context: JobContext) -> Iterator[CheckLine]:
    """Report an import that blocks ours: one of ours that hangs, or another one, which may hang."""
    with context.transaction() as work:
        hanging, busy = work.journal.hanging_import(), work.journal.busy(context.now())
    if hanging:
        message = _("the import of {moment:time} hangs and blocks all later ones", moment=hanging.started)
        hint = _("cancel it in the seller's cabinet, «Товари» › «Імпорт»")
    elif busy:
        message = _("another import in the shop blocks ours since {moment:time}", moment=busy.first)
        hint = _("wait until it ends, or cancel it in the seller's cabinet, «Товари» › «Імпорт»")
    else:
        return
    hangs = bool(hanging) or (busy is not None and busy.hangs)
    if hangs:
        yield CheckLine(Mark.ERROR, _("imports"), message, hint, Exit.HELD)
    else:
        yield warning(_("imports"), message, hint)


def _limits(context: JobContext) -> Iterator[CheckLine]:
    limits = context.object.limits
    with context.transaction() as work:
        used = work.journal.imports_since(context.now() - IMPORT_WINDOW)
    left = max(0, limits.imports_per_day - used)
    pace = f"{limits.requests_per_second:g}"
    message = _(
        "{left} of {all} imports left in these 24 hours; at most {pace} requests a second",
        left=left,
        all=limits.imports_per_day,
        pace=pace,
    )
    if left:
        yield ok(_("imports"), message)
    else:
        hint = _("changes that need an import wait until tomorrow; prices and stock are still sent")
        yield warning(_("imports"), message, hint)


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
        yield failed(_("right"), next(filter(None, refused.values())))
    else:
        for right, error in refused.items():
            yield _right_line(context, right, error, needed=right in (*NEEDED, *accepting))
    if trouble:
        yield failed(_("Prom.ua"), trouble)
        message = _n(
            "{count} right of the token was not tried",
            "{count} rights of the token were not tried",
            len(rights) - len(refused),
        )
        yield warning(_("token"), message, _("when Prom.ua answers again, run the same command"))
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
        return ok(_("right"), _("the token can {action}", action=right.doing))
    if needed:
        return failed(_("right"), with_ways_on(context, error) if right is Right.ORDERS_READ else error)
    hint = _("not needed today; in the cabinet it is {right}", right=right.in_cabinet)
    return warning(_("right"), _("the token cannot {action}", action=right.doing), hint)


def _shop(context: JobContext) -> Iterator[CheckLine]:
    """Report whether the token opens the shop of earlier runs, where there were any."""
    with context.transaction() as work:
        if not work.object_state.begun():
            return
    try:
        with connect_shop(context):
            pass
    except TorgsyncError as trouble:
        yield failed(_("shop"), trouble)
        return
    yield ok(_("shop"), _("it is the shop of earlier runs"))


def _lock(context: JobContext) -> Iterator[CheckLine]:
    try:
        refuse_held(context)
    except Busy as busy:
        yield failed(_("lock"), busy)
        return
    yield ok(_("lock"), _("no other run is working with this sync object"))


_REPORTS: tuple[Callable[[JobContext], Iterator[CheckLine]], ...] = (
    _secrets,
    _exposed,
    _age,
    _disk,
    _state,
    _orders,
    _limits,
    performed_times,
    unreached,
    _imports,
    _rights,
    _lock,
)
"""What is looked at after the check of the object, in this order."""
