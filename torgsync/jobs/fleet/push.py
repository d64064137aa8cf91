"""Push the sync objects of a folder to the state, from where workers perform them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from torgsync.core.config.keys import Document, key_text
from torgsync.core.fleet.pushing import FleetChanges, ObjectText, compare
from torgsync.core.fleet.trust import refusals
from torgsync.errors import Mistake, ObjectInvalid, PlanStale, UsageError
from torgsync.files.config.objects import list_objects, settings_in, slugify, text_of
from torgsync.files.config.settings import Settings, who
from torgsync.files.config.text_files import TomlLines, parse_toml
from torgsync.i18n import Message, _, _n
from torgsync.jobs.fleet.status import worker_times
from torgsync.state.fleet.objects import PushedObject
from torgsync.state.store import UnitOfWork, open_store
from torgsync.system import reason

_Seen = Mapping[str, tuple[str, datetime | None]]


@dataclass(frozen=True, slots=True)
class Push:
    """What a push would do: the texts of the folder, the changes, and the state that they were found with.

    `idle` are the names of objects of the folder that have no time for workers.
    """

    texts: Mapping[str, ObjectText]
    changes: FleetChanges
    seen: _Seen
    idle: tuple[str, ...] = ()


def prepare(
    settings: Settings, folder: Path, *, shared_disk: bool = False, prune: bool = False, allowed: int = 0
) -> Push:
    """Return what a push of a folder would do; nothing is stored.

    Args:
        settings: Those of the home, whose state is the fleet's.
        folder: The folder with the objects; not those below it.
        shared_disk: Whether they may name files, which all workers have then.
        prune: Whether objects that the folder lacks are removed.
        allowed: How many a person allows to remove.

    Raises:
        ObjectInvalid: With every mistake of every file, and everything that no worker takes.
        UsageError: There is no such folder, or no object in it.
    """
    texts = _read_folder(folder, shared_disk=shared_disk, empty=prune)
    with closing(open_store(settings.state_url)) as store, store.look_at_fleet() as work:
        known = work.fleet_objects.all(removed=True)
    stored = {slug: _text_of(one) for slug, one in known.items() if one.removed_at is None}
    gone = {slug: _text_of(one) for slug, one in known.items() if slug not in stored}
    changes = compare(texts, stored, gone, prune=prune, allowed=allowed)
    idle = tuple(one.name for one in texts.values() if not worker_times(one.document))
    return Push(texts, changes, _seen(known), idle)


def perform(settings: Settings, push: Push, now: datetime) -> None:
    """Store what a push found, all of it or nothing. Raises PlanStale where the fleet has changed since."""
    user, host, _pid = who()
    with closing(open_store(settings.state_url)) as store, store.fleet() as work:
        _refuse_other(work, push.seen)
        texts = {
            slug: (push.texts[slug].name, push.texts[slug].text)
            for slug in (*push.changes.created, *push.changes.changed)
        }
        work.fleet_objects.put(texts, user, host, now)
        work.fleet_objects.remove(push.changes.removed, now)


def _refuse_other(work: UnitOfWork, seen: _Seen) -> None:
    if _seen(work.fleet_objects.all(removed=True)) != seen:
        raise PlanStale(
            _("another person pushed meanwhile, so nothing was stored"),
            hint=_("look at the changes again: run the same command once more"),
        )


def _seen(known: Mapping[str, PushedObject]) -> _Seen:
    return {slug: (one.digest, one.removed_at) for slug, one in known.items()}


def _text_of(pushed: PushedObject) -> ObjectText:
    return ObjectText(pushed.name, pushed.text, _document(pushed.text))


def _document(text: str) -> Document:
    """Return what a text holds; nothing of one that a newer program stored and this one cannot read."""
    data = parse_toml(text)
    return {} if isinstance(data, Mistake) else data


def _read_folder(folder: Path, *, shared_disk: bool, empty: bool) -> dict[str, ObjectText]:
    """Return the objects of a folder, keyed by slug; with `empty` there need not be any."""
    try:
        with os.scandir(folder):  # without the right to read it, it would look empty
            paths = list_objects(folder)
    except OSError as trouble:
        why = _("the folder `{folder}` cannot be read: {why}", folder=folder, why=reason(trouble))
        raise UsageError(why) from trouble
    if not paths and not empty:
        below = folder / "objects"
        hint = _("is `{folder}` meant?", folder=below) if below.is_dir() and list_objects(below) else None
        raise UsageError(_("there is no sync object in `{folder}`", folder=folder), hint=hint)
    found: dict[str, ObjectText] = {}
    files: dict[str, Path] = {}
    mistakes: list[Mistake] = []
    for path in paths:
        try:
            one, wrong = _read_object(path, shared_disk=shared_disk)
        except ObjectInvalid as invalid:
            wrong = list(invalid.mistakes) or [Mistake(0, "", invalid.message)]
            one = None
        if one and (slug := slugify(one.name)) in files:
            twin = _("`{file}` has this name too, or one with the same letters", file=files[slug].name)
            wrong.append(Mistake(TomlLines(one.text).of(("name",)), "name", twin))
        elif one:
            found[slug], files[slug] = one, path
        mistakes += [replace(mistake, file=path.name) for mistake in sorted(wrong)]
    if mistakes:
        raise ObjectInvalid(_mistakes(mistakes, folder), mistakes=tuple(mistakes))
    return found


def _mistakes(mistakes: list[Mistake], folder: Path) -> Message:
    return _n(
        "{count} mistake in the sync objects of `{folder}`, so nothing was pushed",
        "{count} mistakes in the sync objects of `{folder}`, so nothing was pushed",
        len(mistakes),
        folder=folder,
    )


def _read_object(path: Path, *, shared_disk: bool) -> tuple[ObjectText, list[Mistake]]:
    """Return a file's object and what no worker takes of it. Raises ObjectInvalid for its mistakes."""
    text = text_of(path)
    settings = settings_in(path, text)
    lines = TomlLines(text)
    refused = refusals(settings, shared_disk=shared_disk)
    wrong = [Mistake(lines.of(key), key_text(key), why) for key, why in refused]
    return ObjectText(settings.name, text, _document(text)), wrong
