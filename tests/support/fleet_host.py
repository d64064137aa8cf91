"""Runs torgsync as on a host of its own: `python fleet_host.py HOST SPEED COMMAND…`.

The process gets a host name of its own by its UTS namespace, as `unshare --uts` does; where the system does
not permit that, `socket.gethostname` is replaced, and stderr says so. With a SPEED other than 1, what workers
do by the clock (ticks, signs of life, leases, looks at the queue) is done so many times as often: all by
constants, on the real clock.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

NEW_UTS = 0x04000000
"""`CLONE_NEWUTS` of Linux."""
PACES = {
    "torgsync.core.config.schedule": ("WORKER_PAUSES",),
    "torgsync.core.fleet.ticks": ("TICK",),
    "torgsync.state.runs.leases": ("LEASE", "_EXPIRES"),
    "torgsync.jobs.lease": ("RENEW_EVERY", "RETRY"),
    "torgsync.jobs.fleet.queue": ("POLL", "HEARTBEAT", "DEAD_AFTER"),
    "torgsync.jobs.fleet.worker": ("LOOK_AGAIN", "BUSY_AGAIN", "IMPORT_AGAIN"),
}
"""The constants that are paces of a worker, by module."""


LONG = {"torgsync.core.plan.imports": ("HANGS_AFTER",)}
"""What takes half an hour: so long an import is waited for that was recorded, and perhaps never sent."""


def name_host(name: str) -> str:
    """Give this process a host name, and return how."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_UTS) == 0:
        socket.sethostname(name)
        return "UTS namespace"
    why = os.strerror(ctypes.get_errno())
    socket.gethostname = lambda: name
    return f"replaced function, as there can be no UTS namespace: {why}"


def hasten(speed: float) -> None:
    """Divide the paces, in their own modules and wherever their names were imported."""
    for place, names in (*PACES.items(), *LONG.items()):
        module = import_module(place)
        for name in names:
            before = getattr(module, name)
            after = _hastened(before, speed**2 if place in LONG else speed)
            for other in list(sys.modules.values()):
                if getattr(other, "__name__", "").startswith("torgsync") and vars(other).get(name) is before:
                    setattr(other, name, after)


def _hastened(pace: Any, speed: float) -> Any:  # noqa: ANN401  # a duration of any kind
    """Return a pace divided; of SQL, the seconds of its interval."""
    if isinstance(pace, tuple):
        return tuple(_hastened(one, speed) for one in pace)
    if not isinstance(pace, str):
        return pace / speed
    changed, count = re.subn(
        r"interval '(\d+) seconds'", lambda found: f"interval '{float(found[1]) / speed} seconds'", pace
    )
    assert count == 1, pace
    return changed


def main() -> None:
    """Do what the command line says."""
    _, host, speed, *arguments = sys.argv
    sys.stderr.write(f"host {host}: {name_host(host)}\n")
    if float(speed) != 1:
        hasten(float(speed))
    sys.argv = ["torgsync", *arguments]
    run: Callable[[], Any] = import_module("torgsync.__main__").main
    run()


if __name__ == "__main__":
    main()
