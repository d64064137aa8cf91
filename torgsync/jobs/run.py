"""One run of one object: it holds the lease, and each of its requests is recorded before it is sent.

Source: docs/developers/architecture.md §6.1, §6.4.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from msgspec import Struct

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.approval.kept import KeptPlan
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.errors import Busy, Exit, Temporary, TorgsyncError, UsageError
from torgsync.files.config.logs import note_run
from torgsync.files.config.settings import alive, machine, who
from torgsync.i18n import _, composed
from torgsync.jobs.context import JobContext, Progress
from torgsync.jobs.lease import RENEW_EVERY, LeaseKeeper
from torgsync.state.runs.history import RunRecord
from torgsync.state.runs.journal import Holder
from torgsync.state.runs.leases import Lease
from torgsync.state.runs.requests import Request
from torgsync.state.store import UnitOfWork

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


@dataclass
class Run:
    """A run that has begun, and the journal of its requests.

    Its `context` is that of the job, replaced by one that lets a stop end the run wherever progress is
    reported. Its units of work renew the lease when it is time, as `keeper` does between them, and refuse to
    begin once it was lost. `exit_code` is what the journal records.
    One that ends `undecided` was no run: the journal forgets it, as it does one that found a mistake of the
    call before it did anything.
    """

    context: JobContext
    number: int
    renewed: datetime
    exit_code: Exit = Exit.ERROR
    undecided: bool = False
    keeper: LeaseKeeper = field(init=False)

    def __post_init__(self) -> None:
        report_progress = self.context.report
        stop = self.context.stop
        bare = self._bare = self.context

        def report(progress: Progress) -> None:
            report_progress(progress)
            stop.check()

        def renew(give_up: Callable[[], bool]) -> bool:
            with bare.store.transaction(bare.slug, durable=False, give_up=give_up) as work:
                return work.leases.renew(self.number, bare.now())

        self.context = replace(self.context, report=report, renew_lease=self._renew_lease)
        self.keeper = LeaseKeeper(renew)

    def _renew_lease(self, work: UnitOfWork) -> None:
        """Renew the lease if it is time. Raises Busy where it was lost."""
        now = self.context.now()
        if self.keeper.lost or now - self.renewed >= timedelta(seconds=RENEW_EVERY):
            if not work.leases.renew(self.number, now):
                raise _lost_lease(self.context, work.leases.lease())
            self.renewed = now

    def answer(self, ask: Callable[[], Answer]) -> Answer:
        """Return what a person answers. Raises Temporary where another run took the object over meanwhile."""
        with self.keeper.thinking():
            answer = ask()
        if answer:
            with self._bare.transaction() as work:
                held = work.leases.renew(self.number, self.context.now())
            if not held:
                late = problem(ProblemCode.ANSWERED_LATE)
                raise error_of(
                    Temporary, late, _("run the same command again; it shows the changes as they are now")
                )
        return answer

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        """Record a request that is about to be sent and return its number.

        Raises Interrupted where a stop was requested, Busy where the lease was lost; nothing may be sent.
        """
        self.context.stop.check()
        with self.keeper.renewing(), self._bare.transaction() as work:
            if not work.leases.renew(self.number, self.context.now()):
                raise _lost_lease(self.context, work.leases.lease())
            if method != "GET" and path.lstrip("/").startswith("products/"):
                work.object_state.note_first_write(self.context.now())
            entry = work.journal.before(self.number, method, path, items, digest, self.context.now())
        if not self.keeper.valid:  # the answer to the commit came too late
            raise _lost_lease(self.context, None)
        return entry

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        """Record how a request was answered: its HTTP status, and "done" or the kind of the error."""
        with self._bare.transaction() as work:
            work.journal.after(entry, status, outcome, self.context.now())


@contextmanager
def running(context: JobContext) -> Iterator[Run]:
    """Hold the lease of the object for one run and record the run in the journal.

    A holder on this host whose process is gone is taken over at once, any other after its lease expired.
    Raises Busy where another run holds the lease.
    """
    me = Holder(*who())
    with context.transaction() as work:
        refuse_lease(context, work.leases.lease())
        number = work.journal.begin_run(me, context.now())
        work.leases.take(number, me, context.now(), machine())
    run = Run(context, number, context.now())
    note_run(number)
    _log.info("%s", _("the run begins"))
    context.began()
    run.keeper.start()
    try:
        try:
            yield run
        finally:
            run.keeper.stop()
    except TorgsyncError as error:
        run.exit_code = error.exit_code
        run.undecided |= isinstance(error, UsageError) and not _did_anything(context, run)
        _end(context, run)
        raise
    except Exception:
        # After a bug the outcome of the work in hand is unknown: the run is left without an end, so that the
        # next one reconciles it.
        with context.transaction() as work:
            if run.undecided:
                work.journal.forget_run(number)
            work.leases.release(number)
        raise
    _end(context, run)


def _did_anything(context: JobContext, run: Run) -> bool:
    """Return whether a run sent more than questions, or brought orders home."""
    with context.transaction(durable=False) as work:
        record, requests = work.history.run(run.number), work.journal.requests(run.number)
    return bool(record and record.orders) or any(request.method != "GET" for request in requests)


def _end(context: JobContext, run: Run) -> None:
    with context.transaction() as work:
        if run.undecided:
            work.journal.forget_run(run.number)
        else:
            work.journal.end_run(run.number, run.exit_code, context.now())
        work.leases.release(run.number)
    _log.info("%s", _("the run ended with exit code {code}", code=int(run.exit_code)))


@contextmanager
def undisturbed(context: JobContext) -> Iterator[tuple[JobContext, Finding | None]]:
    """Yield a context for a look that disturbs no run, and the finding that a run holds the object.

    While one does, the context has a copy of the state as that run last committed it.
    """
    with context.transaction(durable=False) as work:
        lease = work.leases.lease()
    if not (lease and is_held(lease, context.now())):
        yield context, None
        return
    args = {**asdict(lease.holder), "since": (lease.since or context.now()).isoformat()}
    with closing(context.store.snapshot(context.slug)) as copy:
        yield replace(context, store=copy), Finding(Code.RUN_GOES_ON, args=args)


def refuse_held(context: JobContext) -> None:
    """Raise Busy where a run holds the object: a look would change the plan that the run performs."""
    with context.transaction() as work:
        refuse_lease(context, work.leases.lease())


def refuse_lease(context: JobContext, lease: Lease | None) -> None:
    """Raise Busy where a lease belongs to a run that is still going on."""
    if lease and is_held(lease, context.now()):
        raise held_by(context.object.name, lease)


def held_by(name: str, lease: Lease) -> Busy:
    """Return the error of a sync object that another run works with."""
    holder = lease.holder
    since = _(", since {moment:time}", moment=lease.since) if lease.since else composed("")
    return Busy(
        _(
            "another run is working with `{object}`: {user} on {host}, process {pid}{since}",
            object=name,
            user=holder.user,
            host=holder.host,
            pid=str(holder.pid),
            since=since,
        ),
        hint=WAIT,
    )


WAIT = _("wait until it has finished, then run the same command again")


def is_held(lease: Lease, now: datetime) -> bool:
    """Return whether a lease has not expired and its holder is not known to have crashed.

    That is known only of a process of this very system: elsewhere its number means another one.
    """
    me, holder = Holder(*who()), lease.holder
    here = holder.host == me.host and lease.machine in ("", machine())
    crashed = here and holder.pid != me.pid and not alive(holder.pid)  # this process may have several runs
    return not lease.expired(now) and not crashed


def _lost_lease(context: JobContext, lease: Lease | None) -> Busy:
    """Return the error of a run whose lease was not renewed in time; `lease` is that of the other run."""
    if lease is None:
        gone = problem(ProblemCode.LEASE_LET_GO, object=context.object.name)
        return error_of(Busy, gone, _("run the same command again: it first looks up what was under way"))
    taken = problem(
        ProblemCode.LEASE_TAKEN,
        object=context.object.name,
        user=lease.holder.user,
        host=lease.holder.host,
        pid=lease.holder.pid,
        since=lease.since.isoformat() if lease.since else "",
    )
    return error_of(Busy, taken, WAIT)


# What runs did: no request is sent, and nothing is changed


class RunState(StrEnum):
    """How far a run is."""

    FINISHED = "finished"
    RUNNING = "running"
    DIED = "died"  # it was killed, or its computer went down


class PastRun(Struct, frozen=True):
    """One run, how far it is, and the runs that undid some of it, oldest first."""

    record: RunRecord
    state: RunState
    undone_by: tuple[int, ...] = ()


class PastRuns(NamedTuple):
    """Runs, newest first, how many there were ever, and since when they have their changes (None: always)."""

    runs: list[PastRun]
    total: int
    complete_since: datetime | None


def runs(context: JobContext, most: int | None = None) -> PastRuns:
    """Return the last runs, at most so many or all."""
    with context.transaction(durable=False) as work:
        lease = work.leases.lease()
        records = work.history.runs(most)
        past = [_past_run(context, work, record, lease) for record in records]
        return PastRuns(past, work.history.count(), work.history.complete_since())


def run_of(context: JobContext, number: int) -> PastRun:
    """Return one run. Raises UsageError where the object had none of that number."""
    with context.transaction(durable=False) as work:
        record = work.history.run(number)
        if record is not None:
            return _past_run(context, work, record, work.leases.lease())
    raise UsageError(
        _("`{object}` has no run {number}", object=context.object.name, number=str(number)),
        hint=_("see its runs: torgsync history -o {called}", called=context.file.called),
    )


def requests_of(context: JobContext, number: int) -> Sequence[Request]:
    """Return the requests of a run, in order."""
    with context.transaction(durable=False) as work:
        return work.journal.requests(number)


def kept_of(context: JobContext, number: int) -> KeptPlan | None:
    """Return what a run kept for a person to approve, None where it kept nothing."""
    with context.transaction(durable=False) as work:
        return work.held_plans.of_run(number)


def _past_run(context: JobContext, work: UnitOfWork, record: RunRecord, lease: Lease | None) -> PastRun:
    if record.finished is not None:
        state = RunState.FINISHED if record.exit_code is not None else RunState.DIED
    elif lease is not None and lease.run == record.number and is_held(lease, context.now()):
        state = RunState.RUNNING
    else:
        state = RunState.DIED
    return PastRun(record, state, tuple(work.history.undone_by(record.number)))
