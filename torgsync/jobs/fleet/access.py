"""Opens what a worker works with: the state on PostgreSQL, and the queue on the same server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.util import find_spec

from torgsync.core.fleet.lanes import slots_of
from torgsync.core.fleet.trust import Trust
from torgsync.errors import TorgsyncError, UsageError
from torgsync.extras import install_command
from torgsync.files.config.settings import Settings, who
from torgsync.i18n import Message, _
from torgsync.jobs.fleet.objects import PushedObjects
from torgsync.jobs.fleet.worker import FleetWorker
from torgsync.state.fleet.address import server_address
from torgsync.state.store import open_store


@contextmanager
def open_fleet(
    settings: Settings,
    trust: Trust,
    concurrency: int,
    now: Callable[[], datetime],
    *,
    notify: Callable[[Message], None],
    broken: Callable[[str, TorgsyncError], None],
    once: bool,
) -> Iterator[FleetWorker]:
    """Open the state and the queue and yield a worker; see `FleetWorker` and `Queue`.

    Raises:
        UsageError: The extra is not installed, or the state is not on PostgreSQL.
        Temporary: The server cannot be reached.
        StateUnusable: A person has to do something first.
    """
    address = _address(settings)
    from torgsync.jobs.fleet.queue import Queue  # noqa: PLC0415  # of the extra
    from torgsync.jobs.fleet.queue_look import application_name  # noqa: PLC0415  # likewise
    from torgsync.jobs.fleet.queue_schema import prepare  # noqa: PLC0415  # likewise

    with closing(open_store(settings.state_url, notify)) as store:
        _user, host, pid = who()
        application = application_name(host, pid)
        prepare(address, application)
        queue = Queue(address, application, slots_of(concurrency), once=once)
        yield FleetWorker(store, queue, PushedObjects(store, settings.objects, trust), now, broken)


def _address(settings: Settings) -> str:
    """Return the address of the server. Raises UsageError where workers cannot work here."""
    if not has_queue():
        raise UsageError(
            _("workers need a library that is not installed"),
            hint=_("install it: {command}", command=install_command("fleet")),
        )
    address = server_address(settings.state_url)
    if address is None:
        raise UsageError(
            _("workers need a state on PostgreSQL, which several computers can use"),
            hint=_(
                "move the state there and set `TORGSYNC_STATE`: "
                "torgsync state move postgresql://USER@SERVER/DATABASE"
            ),
        )
    return address


def has_queue() -> bool:
    """Return whether the libraries of the queue are installed."""
    return find_spec("procrastinate") is not None and find_spec("psycopg") is not None
