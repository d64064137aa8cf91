"""Begins transactions, and begins them again where a server was away: what never began may be repeated."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from msgspec import Struct
from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from torgsync.core.problems import ProblemCode
from torgsync.state.troubles import code_of, passes

BEGIN = "torgsync.begin"
"""Where a connection keeps how its transaction begins."""
RECONNECT = 60
"""Seconds in which a server that was there is tried again: less than a lease lasts."""


class Begin(Struct, frozen=True):
    """How a transaction begins.

    Args:
        turn: Of transactions of the same turn, one waits for the other on a server, which would show both the
            same free lease. On SQLite all wait that may write.
        durable: Whether its commit must survive a power failure, as the journal's must. On a server all do,
            for a run may go on after its failure.
        looks: Whether it only reads: what was committed when it began, without waiting.
        long: Whether it may take any time, as a migration does.
        patience: Seconds that it waits for others.
    """

    turn: str | None = None
    durable: bool = True
    looks: bool = False
    long: bool = False
    patience: int = 30


class ServerContact(Struct):
    """What a process knows of a server: whether it was ever met, and since when it is away.

    `checked` is when the schema of its state was last found to be the newest. Times are `time.monotonic()`.
    """

    met: bool = False
    away: float | None = None
    checked: float | None = None


_contacts: WeakKeyDictionary[Engine, ServerContact] = WeakKeyDictionary()


def contact_of(engine: Engine) -> ServerContact:
    """Return what is known of the server of an engine."""
    return _contacts.setdefault(engine, ServerContact())


def begun(
    engine: Engine, begin: Begin, give_up: Callable[[], bool] | None = None
) -> tuple[Connection, RootTransaction]:
    """Return a connection with a transaction that has begun.

    A server that was met before, or says that it will be there soon, is tried again for a while; one that was
    never met may have a wrong address. `give_up` says that waiting is not worth it any more.
    """
    try:
        return _begin(engine, begin)
    except DBAPIError as error:
        if not _worth_another(error, engine, give_up):
            raise
    import stamina  # noqa: PLC0415  # only a server that is away needs it

    logging.getLogger("stamina").addHandler(logging.NullHandler())  # the caller reports it where it lasts
    waiting = stamina.retry_context(
        on=lambda error: _worth_another(error, engine, give_up),
        attempts=None,
        timeout=None,
        wait_initial=0.1,
        wait_max=2,
        wait_jitter=0.2,
    )
    for attempt in waiting:
        with attempt:
            return _begin(engine, begin)
    raise AssertionError("the last attempt raises its error")  # pragma: no cover  # for the type checker


def _begin(engine: Engine, begin: Begin) -> tuple[Connection, RootTransaction]:
    connection = engine.connect()
    try:
        connection.info[BEGIN] = begin
        unit = connection.begin()
    except BaseException:
        connection.close()
        raise
    contact = contact_of(engine)
    contact.met, contact.away = True, None
    return connection, unit


def _worth_another(error: Exception, engine: Engine, give_up: Callable[[], bool] | None) -> bool:
    """Return whether a transaction that could not begin is tried again."""
    if not isinstance(error, DBAPIError) or code_of(error, engine.url) != ProblemCode.STATE_UNREACHABLE:
        return False
    contact, now = contact_of(engine), time.monotonic()
    if not (contact.met or passes(error)):
        return False
    if contact.away is None:
        contact.away = now
    return now - contact.away < RECONNECT and not (give_up and give_up())
