"""The questions where photos are published; the place is tried at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torgsync.cli.interview.questions import Interview, Option, in_two, until_works
from torgsync.cli.object.draft import NewObject
from torgsync.cli.object.trials import refuse_other_kind, refuse_service, try_place, whole_place
from torgsync.core.config.storages import kind_of
from torgsync.files.photos.storage import StorageAccess
from torgsync.files.places.place import same_place
from torgsync.i18n import Message, _

_WEB, _FOLDER, _S3, _SERVER, _LATER = "web", "folder", "s3", "server", "later"
_WAYS = (
    Option(_WEB, _("nowhere: a web server shows this folder already")),
    Option(_FOLDER, _("in another folder, which a web server shows")),
    Option(_S3, _("in an S3 storage, of Amazon or another company")),
    Option(_SERVER, _("on a server with SFTP or FTP, such as a hosting")),
    Option(_LATER, _("not now: photos on Prom.ua stay as they are")),
)
_USER_WAYS = (
    Option(value=True, title=_("with a user and a password")),
    Option(value=False, title=_("without: this computer knows how, or anybody may")),
)
_KEY_WAYS = (
    Option(value=True, title=_("with an access key")),
    Option(value=False, title=_("without: this computer keeps a key for Amazon's tools")),
)


def ask_publishing(person: Interview, draft: NewObject) -> None:
    """Ask where photos are published, until the place works or the person keeps it anyway."""
    if given := draft.given.publishing:  # only once, as `take_given`
        draft.given = replace(draft.given, publishing=None)
        draft.set(publishing=_ask_place(person, draft, _way_of(given), given, tried=True))
        return

    def ask_whether() -> str:
        way = _way_of(draft.answers.publishing)
        return person.choose(_("Where are photos published"), _WAYS, way)

    def ask_rest(way: str) -> str:
        access = None
        if way not in (_WEB, _LATER):
            access = _ask_place(person, draft, way, draft.answers.publishing or StorageAccess(""))
        draft.set(publishing=access)
        return way

    if in_two(ask_whether, ask_rest) == _LATER:
        draft.set(photos=None, photos_url=None)


def place_words(access: StorageAccess | None) -> Message | str:
    """Return where photos are published, without a password."""
    return access.label if access else _("by your web server")


def address_question(person: Interview, access: StorageAccess | None) -> Message:
    """Return the question at which address photos can be fetched; say how it may look for a bucket."""
    if access is None:
        return _("Address of the photo folder on the internet")
    question = _("Address of the published photos on the internet")
    if kind_of(access.place) != "s3":
        return question
    bucket, _mark, folder = access.label.partition("://")[2].partition("/")
    server = (
        f"{access.endpoint.rstrip('/')}/{bucket}" if access.endpoint else f"https://{bucket}.s3.amazonaws.com"
    )
    example = f"{server}/{folder}/" if folder else f"{server}/"
    person.say(_("photos may have the address {example}", example=example))
    return question


def _way_of(access: StorageAccess | None) -> str:
    if access is None:
        return _WEB
    return {"": _FOLDER, "s3": _S3}.get(kind_of(access.place), _SERVER)


def _ask_place(
    person: Interview, draft: NewObject, way: str, before: StorageAccess, *, tried: bool = False
) -> StorageAccess:
    """Return the place with all that its server asks for; with `tried` it is tried before it is asked."""
    access, ask_one = before, {_FOLDER: _folder, _S3: _s3, _SERVER: _server}[way]

    def ask(_before: str) -> str:
        nonlocal access
        access = ask_one(person, access)
        return access.place

    def trial(place: str) -> Message:
        if draft.answers.photos and same_place(place, str(draft.answers.photos)):
            raise ValueError(_("this is the photo folder itself: copies would be taken for photos of items"))
        person.say(_("trying to write a small file there…"))
        return try_place(access)

    until_works(person, ask, trial, before.place if tried else "")
    return access


def _folder(person: Interview, before: StorageAccess) -> StorageAccess:
    had = before.place if _way_of(before) == _FOLDER else ""
    question = _("Folder that the web server shows")
    return StorageAccess(_ask_name(person, lambda typed: person.path(question, typed or had, folder=True)))


def _s3(person: Interview, before: StorageAccess) -> StorageAccess:
    had = before.place if _way_of(before) == _S3 else "s3://"
    question = _("Bucket and folder, such as s3://my-shop/photos")
    place = _ask_name(person, lambda typed: person.text(question, typed or had), "s3")
    endpoint = ask_service(person, before)
    return StorageAccess(place, *ask_login(person, before, "s3"), endpoint)


def _server(person: Interview, before: StorageAccess) -> StorageAccess:
    had = before.place if _way_of(before) == _SERVER else "sftp://"
    question = _("Server and folder, such as sftp://server.example/photos")
    place = _ask_name(person, lambda typed: person.text(question, typed or had), "sftp", "ftp")
    return StorageAccess(place, *ask_login(person, before, kind_of(place)))


def _ask_name(person: Interview, ask: Callable[[str], str], *kinds: str) -> str:
    """Return the name of a place on a server of one of these kinds; without kinds, of a folder."""
    return whole_place(until_works(person, ask, lambda place: refuse_other_kind(place, kinds)))


def ask_service(person: Interview, before: StorageAccess) -> str | None:
    """Return the address of an S3 service, None for Amazon's."""
    company = (
        Option(value=False, title=_("Amazon")),
        Option(value=True, title=_("another company, which has an address of its own")),
    )

    def ask_address(other: bool) -> str | None:
        if not other:
            return None
        question = _("Address of the storage, such as https://s3.example")
        had = before.endpoint or ""
        return until_works(person, lambda typed: person.text(question, typed or had), refuse_service)

    had_other = before.endpoint is not None
    return in_two(lambda: person.choose(_("Whose storage is it"), company, had_other), ask_address)


def ask_login(
    person: Interview, before: StorageAccess, kind: str, *, needed: bool = True
) -> tuple[str | None, str | None]:
    """Return the user and the password that a kind of server asks for; None where this computer knows them.

    `needed` is the answer that is proposed to whether there are any.
    """
    ways, user, password = _USER_WAYS, _("User"), _("Password (it is not shown)")
    if kind == "s3":
        ways = _KEY_WAYS
        user, password = _("Id of the access key"), _("Secret access key (it is not shown)")

    def ask_password(name: str) -> tuple[str | None, str | None]:
        return name, person.secret(password)

    def ask(wanted: bool) -> tuple[str | None, str | None]:
        no_login = None, None
        return in_two(lambda: person.text(user, before.user or ""), ask_password) if wanted else no_login

    return in_two(lambda: person.choose(_("How does it let you in"), ways, default=needed), ask)
