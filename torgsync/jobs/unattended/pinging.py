"""Pings the monitors of the objects of a call: when a run begins, and with the worst code at the end."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from torgsync.core.notices.heartbeat import ping_code
from torgsync.core.notices.sending import FailedDelivery
from torgsync.core.notices.situations import SituationKind
from torgsync.errors import Busy, Exit
from torgsync.files.config.objects import ObjectFile
from torgsync.files.notices.addresses import read_heartbeat
from torgsync.files.notices.heartbeat import Heartbeat
from torgsync.jobs.unattended.runs import ObjectRun
from torgsync.jobs.unattended.subjects import Subject


class Monitors:
    """The monitors of one call; one of several objects gets the worst of their codes."""

    def __init__(self) -> None:
        self._pinged: dict[str, Heartbeat] = {}
        self._subjects: dict[str, list[str]] = {}

    @property
    def pinged(self) -> bool:
        """Whether there is any."""
        return bool(self._pinged)

    def begin(self, file: ObjectFile) -> None:
        """Ping that a run of an object begins, unless its monitor knows of a run of this call."""
        address = read_heartbeat(file.path.parent, file.settings.notify, file.trust)
        if address and address.fingerprint not in self._pinged:
            self._pinged[address.fingerprint] = Heartbeat(address)
            self._pinged[address.fingerprint].begin()

    def end(self, subjects: Sequence[Subject], ok_codes: Collection[Exit], now: datetime) -> None:
        """Ping the codes, without waiting for the answers."""
        codes: dict[str, list[Exit]] = {}
        for subject in subjects:
            if subject.run is None or subject.heartbeat is None or isinstance(subject.run.error, Busy):
                continue
            to = subject.heartbeat.fingerprint
            self._pinged.setdefault(to, Heartbeat(subject.heartbeat))
            self._subjects.setdefault(to, []).append(subject.slug)
            codes.setdefault(to, []).append(_code(subject.run, ok_codes, now))
        for to, given in codes.items():
            self._pinged[to].end(int(Exit.worst(given)))

    def results(self, seconds: float) -> Mapping[str, Mapping[str, FailedDelivery | None]]:
        """Return what became of the pings within so many seconds, by object and address."""
        until = time.monotonic() + seconds
        found: dict[str, dict[str, FailedDelivery | None]] = {}
        for to, slugs in self._subjects.items():
            failure = self._pinged[to].result(until - time.monotonic())
            for slug in slugs:
                found.setdefault(slug, {})[to] = failure
        return found


def _code(run: ObjectRun, ok_codes: Collection[Exit], now: datetime) -> Exit:
    """Return the code that the monitor gets."""
    found = run.seen.look.found if run.seen else {}
    since = next((found[name].since for name in found if name.kind is SituationKind.DELAYED), None)
    return ping_code(run.exit_code, ok_codes, since, now)
