"""Check the folder of photos, and the place where they are published, which is tried by writing to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import TypeVar
from urllib.parse import urlsplit

from torgsync.core.config.storages import without_password
from torgsync.core.loopback import is_loopback
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.files.config.objects import ObjectFile, list_objects, load_object
from torgsync.files.config.settings import Settings
from torgsync.files.photos.folder import PhotoIndex, no_photos, photos_of
from torgsync.files.photos.storage import Trial, access_of, lost_pictures, place_of, try_storage
from torgsync.files.places.place import same_place
from torgsync.i18n import NOTHING, Message, _, _n
from torgsync.jobs.config.check_view import CheckLine, CheckView, ok, unusable, warning
from torgsync.state.store import UnitOfWork, open_store

Read = TypeVar("Read")


def check_photos(file: ObjectFile, home: Settings, checked: CheckView) -> PhotoIndex | None:
    """Report what is in the folder of photos, and return its pictures. Raises ObjectInvalid."""
    index = photos_of(file)
    if index is None:
        return None  # whether the export itself names pictures is seen when it is read
    files, name = index.files(), index.folder.name
    if not files:
        empty = no_photos(index.folder)
        checked.lines.append(warning(_("photos"), empty.message, empty.hint or NOTHING))
        return None
    found = _n("{count} file in `{folder}`", "{count} files in `{folder}`", len(files), folder=name)
    blank = sorted(photo.name for photo in files.values() if not photo.size)
    odd = sorted(_no_pictures(file, home, index).difference(blank))
    for names, many in (
        (blank, _n("{count} file is empty", "{count} files are empty", len(blank))),
        (odd, _n("{count} file is not a picture", "{count} files are not pictures", len(odd))),
    ):
        if names:
            message = _("{files}; {many}, for example `{file}`", files=found, many=many, file=names[0])
            checked.lines.append(warning(_("photos"), message, _("put the photos there again")))
    if not blank and not odd:
        checked.lines.append(ok(_("photos"), found))
    return index.without({*blank, *odd})


def _no_pictures(file: ObjectFile, home: Settings, index: PhotoIndex) -> set[str]:
    """Return the files that are no pictures: as a run saw them, and others by how they begin."""
    from torgsync.files.photos.pictures import begins_as_picture  # noqa: PLC0415  # Pillow is seldom needed

    seen, pictures = _remembered(file, home, lambda work: (work.photos.seen(), work.photos.pictures())) or (
        {},
        {},
    )
    publishes, odd = file.settings.publishes_photos, set()
    for name, photo in index.files().items():
        known = seen.get(name)
        record = pictures.get(known.digest) if known else None
        if known and record and (known.size, known.modified_ns) == (photo.size, photo.modified_ns):
            good = bool(known.last_good or (record.published if publishes else record.facts))
        else:
            good = begins_as_picture(index.folder / name)
        if not good:
            odd.add(name)
    return odd


def _remembered(file: ObjectFile, home: Settings, read: Callable[[UnitOfWork], Read]) -> Read | None:
    """Return what the state knows; None where there is none that can be used."""
    if home.state_file and not home.state_file.exists():
        return None
    try:
        with (
            closing(open_store(home.state_url)) as store,
            store.transaction(file.slug, durable=False) as work,
        ):
            return read(work)
    except TorgsyncError:  # others report that
        return None


def check_publishing(file: ObjectFile, home: Settings, checked: CheckView) -> None:
    """Report whether photos can be published; a place that cannot be reached is no mistake of the object.

    Raises InvalidInput where the password is missing.
    """
    photos, place = file.settings.catalog.photos, place_of(file)
    if photos is None or not place:
        return
    subject = _("publishing")
    if without_password(photos.publish or "") != photos.publish:
        message = _("the password is in the sync object's file, and everyone who reads that file sees it")
        hint = _(
            'write `publish_password = { env = "NAME" }` or `{ file = "path" }` under `[catalog.photos]` '
            "instead"
        )
        checked.lines.append(warning(subject, message, hint))
    checked.lines += _others(file, home, place)
    if file.photo_folder and same_place(place, str(file.photo_folder)):
        message = _("photos are published in their own folder: copies would be taken for photos of items")
        hint = _("name another folder: torgsync object edit {called} --photos-publish PLACE")
        checked.lines.append(warning(subject, message, hint.filled(called=file.called)))
        return
    there = _remembered(file, home, lambda work: work.uploads.sizes(place))
    if there and (lost := lost_pictures(file, there)):
        checked.lines.append(unusable(subject, lost))
        return
    try:
        trial = try_storage(access_of(file))
    except InvalidInput:
        raise
    except TorgsyncError as error:
        checked.lines.append(unusable(subject, error))
        return
    checked.lines.append(
        _trial_line(subject, trial, place, photos.url, hidden=home.hides(file.settings, photos.url))
    )


def _trial_line(subject: Message, trial: Trial, place: str, url: str, *, hidden: bool) -> CheckLine:
    where = {"place": place, "url": url}
    match trial:
        case Trial.NO_FOLDER:
            hint = _(
                "fine for a new folder, which the first photo creates; else check that the disk is connected"
            )
            return warning(subject, _("there is no folder `{place}` yet", place=place), hint)
        case Trial.STAYS:
            message = _(
                "photos can be written to `{place}`, but not removed: `photos clean` will not work", **where
            )
            return warning(subject, message, _("let the user remove files there"))
        case Trial.DONE:
            message = _("photos can be written to `{place}`; Prom.ua fetches them from `{url}`", **where)
            return ok(subject, _("photos can be written to `{place}`", **where) if hidden else message)


def _others(file: ObjectFile, home: Settings, place: str) -> Iterator[CheckLine]:
    """Report other objects of the home with the same place."""
    for path in list_objects(home.objects):
        if path.resolve() == file.path.resolve():
            continue
        with suppress(InvalidInput):
            other = load_object(path)
            theirs = place_of(other)
            if theirs and same_place(place, theirs):
                message = _(
                    "`{name}` publishes photos in the same place, `{place}`",
                    name=other.settings.name,
                    place=place,
                )
                hint = _(
                    "give each a folder of its own: torgsync object edit {called} --photos-publish PLACE",
                    called=file.called,
                )
                yield warning(_("publishing"), message, hint)


def plain_photos(file: ObjectFile, home: Settings) -> Iterator[CheckLine]:
    """Report what of the photos goes over the network for all to read, and what Prom.ua cannot reach."""
    photos = file.settings.catalog.photos
    if photos is None:
        return
    host = urlsplit(photos.url).hostname or ""
    if not photos.url.casefold().startswith("https://") and not is_loopback(host):
        way = photos.url.partition("://")[0].casefold()
        message = _("`{way}://` is not encrypted: photos could be replaced on the way to Prom.ua", way=way)
        yield warning(_("photos"), message, _("use `https://` in `url` if the server has it"))
    if home.hides(file.settings, photos.url):
        message = _(
            "Prom.ua cannot fetch photos from `{url}`: it is on this machine or in a private network",
            url=photos.url,
        )
        hint = _("name the address on the internet: torgsync object edit {called} --photos-url https://…")
        yield warning(_("photos"), message, hint.filled(called=file.called))
    ways = {"ftp://": "sftp://", "http://": "https://"}
    for given in (photos.publish or "", photos.publish_endpoint or ""):
        plain = given[: given.find("://") + 3].casefold()
        if plain in ways:
            message = _("`{way}` is not encrypted: the password can be read on the way", way=plain)
            hint = _("use `{way}` if the server has it", way=ways[plain])
            yield warning(_("publishing"), message, hint)
