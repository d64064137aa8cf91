"""Check, back up and restore the state of a home."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.problems import ProblemCode
from torgsync.errors import Busy, Exit, TorgsyncError, UsageError
from torgsync.files.config.objects import list_objects, load_object
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message, _, joined
from torgsync.jobs.compaction import compact
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import held_by, is_held
from torgsync.state.maintenance import backup, check, move, restore, upkeep
from torgsync.state.maintenance.backup import Backup
from torgsync.state.maintenance.check import StateCheck, StateFault
from torgsync.state.maintenance.move import Moved
from torgsync.state.maintenance.restore import Restored
from torgsync.state.maintenance.upkeep import NOTHING_UNUSED, Space
from torgsync.state.runs.compaction import Compacted
from torgsync.state.runs.leases import Lease
from torgsync.state.store import open_store
from torgsync.state.troubles import command_to_restore, file_of, place_of


@dataclass(frozen=True, slots=True)
class StateReport:
    """What a check found, the slugs in the state of no object of the home or pushed, and how to go back.

    `removed` is what was removed of old runs, keyed by slug, `space` what of the file is unused, and
    `trouble` what hindered both. In a state in which something is wrong, neither was tried.
    """

    check: StateCheck
    unknown: tuple[str, ...]
    restore: str
    removed: Mapping[str, Compacted] = field(default_factory=dict)
    space: Space = NOTHING_UNUSED
    trouble: TorgsyncError | None = None

    @property
    def damaged(self) -> bool:
        """Whether only a backup helps."""
        codes = self.check.error.problem.codes if self.check.error and self.check.error.problem else ()
        return any(found.fault != StateFault.NEWER for found in self.check.faults) or bool(
            {ProblemCode.STATE_DAMAGED, ProblemCode.STATE_SCHEMA, ProblemCode.STATE_NO_DATABASE} & {*codes}
        )

    @property
    def exit_code(self) -> Exit:
        """Whether a person must do something, or wait."""
        if self.check.error:
            return self.check.error.exit_code
        return Exit.DONE if self.check.whole else Exit.ERROR


def check_state(settings: Settings, now: datetime) -> StateReport:
    """Check the state; one in which nothing is wrong loses what is not kept of old runs, and unused space.

    Raises UsageError where there is no state yet.
    """
    found, removed, space, trouble = check.check_state(settings.state_url), {}, NOTHING_UNUSED, None
    if found.whole and found.schema == found.newest:
        try:
            removed = _remove_old_runs(settings, now)
            space = upkeep.give_back(settings.state_url, lambda lease: is_held(lease, now))
        except TorgsyncError as error:
            trouble = error
        if removed or space.given_back:
            found = check.check_state(settings.state_url)
    known = {_slug(path) for path in list_objects(settings.objects)}
    unknown = tuple(sorted(set(found.objects) - known - set(found.pushed)))
    restore = command_to_restore(settings.state_url)
    return StateReport(found, unknown, restore, removed, space, trouble)


def _remove_old_runs(settings: Settings, now: datetime) -> dict[str, Compacted]:
    """Remove what each object of the home does not keep of its old runs, and return what that was."""
    files = {}
    for path in list_objects(settings.objects):
        with suppress(TorgsyncError):  # one with mistakes says nothing of what it keeps
            files[path] = load_object(path)
    before = {file.slug: now - file.settings.history.keep for file in files.values()}
    due = upkeep.overdue(settings.state_url, before)
    if not due:
        return {}
    with closing(open_store(settings.state_url)) as store:
        return {
            file.slug: removed
            for file in files.values()
            if file.slug in due
            and (removed := compact(JobContext(settings, file, store, now=lambda: now))) != Compacted()
        }


def _slug(path: Path) -> str:
    """Return the slug of a sync object; of one with mistakes the name of its file."""
    try:
        return load_object(path).slug
    except TorgsyncError:
        return path.stem


def back_up_state(settings: Settings, target: Path | None, now: datetime) -> Backup:
    """Copy the state to a new file: the one named, one in the folder named, or one next to the state.

    Raises TorgsyncError where the file exists, or no copy can be made.
    """
    file = file_of(settings.state_url)
    name = f"{file.name if file else 'state'}.backup-{stamp(now)}.{'bak' if file else 'dump'}"
    is_folder = target and os.path.isdir(target)  # noqa: PTH112  # also for a name that no file can have
    folder = target if target and is_folder else (file.parent if file else settings.home)
    return backup.back_up_state(settings.state_url, target if target and folder != target else folder / name)


def restore_state(settings: Settings, file: Path, now: datetime) -> Restored:
    """Put a backup in the place of the state, and keep the replaced one.

    Raises Busy where a run holds an object, TorgsyncError where the backup cannot be used.
    """
    return restore.restore_state(settings.state_url, file, stamp(now), settings.home, _refusal(now))


def require_target(settings: Settings, target: str) -> Moved:
    """Return what a move of the state will be, without any row yet. Raises UsageError where there is none."""
    return move.require_target(settings.state_url, target)


def move_state(settings: Settings, target: str, now: datetime, notify: Callable[[Message], None]) -> Moved:
    """Copy the state to an empty database; the old one stays.

    Raises Busy where a run holds an object, or workers serve this state: they would go on with the old one.
    """
    if workers := _workers(settings):
        raise Busy(
            _("workers serve this state: {workers}", workers=joined(", ", workers)),
            hint=_("stop them, then run the same command again; start them with the new state"),
        )
    return move.move_state(settings.state_url, target, _refusal(now), notify)


def _workers(settings: Settings) -> list[str]:
    """Return the workers that serve the state, none where it is no server's."""
    from torgsync.state.fleet.address import server_address  # noqa: PLC0415  # few commands ask

    if (address := server_address(settings.state_url)) is None:
        return []
    from torgsync.jobs.fleet.queue_look import look_at_queue  # noqa: PLC0415  # as above

    try:
        return [f"{host} ({pid})" for host, pid in look_at_queue(address).workers]
    except UsageError:  # no worker was ever there
        return []


def _refusal(now: datetime) -> Callable[[str, Lease], None]:
    """Return what raises Busy for the lease of a run that goes on."""

    def refuse(slug: str, lease: Lease) -> None:
        if is_held(lease, now):
            raise held_by(slug, lease)

    return refuse


def require_backup(file: Path) -> None:
    """Raise UsageError where a backup is no file."""
    restore.require_file(file)


def place_of_state(settings: Settings) -> str:
    """Return where the state is, for people."""
    return place_of(settings.state_url)


def stamp(now: datetime) -> str:
    """Return a time for the name of a file, by the shop's clock."""
    return f"{now.astimezone(SHOP_ZONE):%Y%m%d-%H%M%S}"
