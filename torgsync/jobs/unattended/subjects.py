"""Whom a sync object notifies, also one whose file has mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from pydantic import ValidationError

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.config.unattended import Notify
from torgsync.core.portals import PROM, Portal
from torgsync.core.shell import quoted
from torgsync.errors import Mistake, ObjectInvalid
from torgsync.files.config.objects import ObjectFile, load_object, name_in, slugify, text_of
from torgsync.files.config.text_files import parse_toml
from torgsync.files.notices.addresses import Address, read_addresses, read_heartbeat
from torgsync.jobs.unattended.runs import ObjectRun


@dataclass(slots=True)
class Subject:
    """One object that messages are about, and where they go.

    Args:
        called: How commands call it.
        language: `language` of the object, None where it says nothing.
        clock: The zone in which its people read times.
        file: None where its settings cannot be used.
        run: What the call did with it, None for an object that the call did not work with.
        readable: Whether its file could be read far enough to know whom it notifies.
    """

    slug: str
    name: str
    called: str
    language: str | None = None
    clock: tzinfo = SHOP_ZONE
    addresses: list[Address] = field(default_factory=list)
    heartbeat: Address | None = None
    file: ObjectFile | None = None
    run: ObjectRun | None = None
    readable: bool = True

    @property
    def portal(self) -> Portal:
        """The marketplace of its shop."""
        return self.file.settings.portal if self.file else PROM


def subject_of(file: ObjectFile, run: ObjectRun | None = None) -> Subject:
    """Return an object whose settings can be used."""
    settings, folder = file.settings, file.path.parent
    return Subject(
        file.slug,
        settings.name,
        file.called,
        settings.language,
        settings.orders.clock,
        read_addresses(folder, settings.notify, file.trust),
        read_heartbeat(folder, settings.notify, file.trust),
        file,
        run,
    )


def subject_at(path: Path, run: ObjectRun | None = None) -> Subject:
    """Return the object of a file that may have mistakes: what of it can be read says whom it notifies."""
    try:
        return subject_of(load_object(path), run)
    except ObjectInvalid:
        pass
    name = name_in(path) or path.stem
    unreadable = Subject(slugify(name), name, quoted(path.stem), run=run, readable=False)
    try:
        data = parse_toml(text_of(path))
    except ObjectInvalid:
        return unreadable
    if isinstance(data, Mistake):
        return unreadable
    language = data.get("language")
    notify = _readable(data.get("notify"))
    return Subject(
        slugify(name),
        name,
        quoted(path.stem),
        language if isinstance(language, str) else None,
        addresses=read_addresses(path.parent, notify, None),
        heartbeat=read_heartbeat(path.parent, notify, None),
        run=run,
    )


def mentions_people(path: Path) -> bool:
    """Return whether an object may notify people: most homes have many that do not."""
    try:
        return "notify" in text_of(path)
    except ObjectInvalid:
        return False


def with_addresses_of(others: Iterable[Subject], subject: Subject) -> None:
    """Give an object whose file cannot be read the addresses and the language of other ones."""
    for other in others:
        known = {address.fingerprint for address in subject.addresses}
        subject.addresses += [address for address in other.addresses if address.fingerprint not in known]
        subject.language = subject.language or other.language


def _readable(table: object) -> Notify:
    """Return what of `[notify]` has no mistakes."""
    if not isinstance(table, Mapping):
        return Notify()
    given = table.get("to")
    found = Notify()
    for key, values in (
        ("to", given if isinstance(given, list) else []),
        ("heartbeat", [table.get("heartbeat")]),
    ):
        for value in values:
            try:
                one = Notify.model_validate({key: [value] if key == "to" else value})
            except ValidationError:
                continue
            found = Notify(to=[*found.to, *one.to], heartbeat=one.heartbeat or found.heartbeat)
    return found
