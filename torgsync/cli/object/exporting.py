"""The questions where the export is, and what its server asks for; it is read at once."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from torgsync.cli.interview.questions import Interview, until_works
from torgsync.cli.object.draft import NewObject
from torgsync.cli.object.publishing import ask_login, ask_service
from torgsync.cli.object.trials import try_export, whole_place
from torgsync.core.config.sources import WEB, source
from torgsync.core.config.storages import kind_of, without_password
from torgsync.files.photos.storage import StorageAccess
from torgsync.i18n import Message, _


def ask_export(person: Interview, draft: NewObject) -> None:
    """Ask for the export, until it can be read or the person keeps it anyway."""
    given, draft.given = draft.given.export, replace(draft.given, export=None)  # only once, as `take_given`
    access = given or draft.answers.export or StorageAccess("")

    def ask(_before: str) -> str:
        nonlocal access
        access = _ask_access(person, access)
        return access.place

    def trial(_place: str) -> Message:
        if kind_of(access.place):
            person.say(_("fetching the file…"))
        draft.contents = None
        draft.contents, notice = try_export(access, draft.answers.name or "")
        return notice

    until_works(person, ask, trial, given.place if given else "")
    draft.set(export=access)


def _ask_access(person: Interview, before: StorageAccess) -> StorageAccess:
    """Return a file of this computer, or an address with what its server asks for."""

    def ask(typed: str) -> str:
        return person.path(_("File that Torgsoft writes"), without_password(typed or before.place))

    place = whole_place(until_works(person, ask, lambda typed: source(whole_place(typed))))
    kind = kind_of(place)
    if not kind:
        return StorageAccess(place)
    endpoint = ask_service(person, before) if kind == "s3" else None
    if urlsplit(place).username:
        return StorageAccess(place, None, person.secret(_("Password (it is not shown)")))
    return StorageAccess(place, *ask_login(person, before, kind, needed=kind not in WEB), endpoint)
