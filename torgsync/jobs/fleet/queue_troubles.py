"""Turns what goes wrong with the server of the queue into errors that a person can understand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from torgsync.errors import StateUnusable, Temporary, TorgsyncError
from torgsync.i18n import _, verbatim

SCHEMA = "torgsync_queue"
"""The schema of the queue's tables."""


@contextmanager
def troubles_reported() -> Iterator[None]:
    """Raise what goes wrong with the queue's server in the block as an error that is printed.

    Raises:
        Temporary: It may pass by itself.
        StateUnusable: A person has to do something first.
    """
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise StateUnusable(
            _("the queue of the fleet cannot be made or used: {why}", why=_first_line(error)),
            hint=_("give the user of the state the right to make schemas in its database"),
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise unreachable(error) from error
    except psycopg.Error as error:
        raise StateUnusable(
            _("the queue of the fleet cannot be used: {why}", why=_first_line(error)),
            hint=_("check that all workers have the same version of torgsync"),
        ) from error


def unreachable(error: BaseException) -> TorgsyncError:
    """Return the error of a queue whose server does not answer."""
    return Temporary(
        _("the queue of the fleet cannot be reached: {why}", why=_first_line(error)),
        hint=_("check whether the server runs, and check `TORGSYNC_STATE`"),
    )


def _first_line(error: BaseException) -> object:
    """Return the first line of what the driver says: the others repeat the statement or the address."""
    return verbatim((str(error).strip().splitlines() or [type(error).__name__])[0])
