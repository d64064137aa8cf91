"""Publish pictures: each distinct one once, under the name of its content, where the sync object says."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Self

from msgspec import Struct

from torgsync.core.paging import pages
from torgsync.core.photos.pictures import PictureRules
from torgsync.errors import Interrupted, ObjectInvalid, Temporary, TorgsyncError
from torgsync.files.catalog.export import open_export
from torgsync.files.photos.folder import no_photos, read_photo
from torgsync.files.photos.pictures import PictureRefused, name_of, prepare
from torgsync.files.photos.storage import PhotoStorage, lost_pictures, place_of
from torgsync.files.places.place import PlaceSilent
from torgsync.i18n import _
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.asking import ask
from torgsync.jobs.photos.checked import PublishedPhotos
from torgsync.jobs.photos.folder import PhotoFolder, PublishablePhoto, publishing_rules
from torgsync.jobs.photos.looking import look_at_new_photos
from torgsync.state.store import UnitOfWork
from torgsync.threads import ContextThreadPool

AT_ONCE = 4
"""Connections at once; servers of hosters often allow few more."""
TRIES = 3
AHEAD = 50
"""Pictures that are recorded at once before they are written."""
AGAIN = 100
"""Addresses that did not answer well and are asked again with new ones."""
PAUSE = 1.0
"""Seconds before an upload is tried again."""
_log = logging.getLogger(__name__)


class Publication(Struct):
    """What is published and what is not: pictures of items by name, and where they go.

    `there` are the names of those that are uploaded, `size` is what was uploaded now, in bytes. `failed` says
    why a picture was not, keyed by name. `lost` is set where nothing of what was uploaded is there any more.
    `unfit` are the names of photos that cannot be published, `shown` counts the pictures of all others.
    """

    place: str
    pending: dict[str, PublishablePhoto]
    there: set[str]
    uploaded: int = 0
    size: int = 0
    failed: dict[str, TorgsyncError] = {}
    lost: TorgsyncError | None = None
    unfit: Sequence[str] = ()
    shown: int = 0

    @property
    def pending_size(self) -> int:
        """The size of what is to be uploaded, in bytes."""
        return sum(photo.size for photo in self.pending.values())


def require_place(context: JobContext) -> None:
    """Raise ObjectInvalid where the object publishes no photos."""
    if not place_of(context.file):
        raise ObjectInvalid(
            _("`{name}` publishes no photos", name=context.object.name),
            hint=_(
                "say where: torgsync object edit {called} --photos-publish PLACE\n"
                "about places: torgsync help photos",
                called=context.file.called,
            ),
        )


def pending_photos(context: JobContext) -> Publication:
    """Return which pictures of the photo folder are to be uploaded; each content is looked at once.

    Raises ObjectInvalid where the object publishes no photos.
    """
    require_place(context)
    looked = look_at_new_photos(context)
    with context.transaction(durable=False) as work:
        return _publication(context, work, PhotoFolder(context.file, work, looked).published())


def pending_of_items(context: JobContext, *, again: bool = False) -> Publication:
    """Return which pictures of items in the export are to be uploaded.

    With `again` these are all of them, and whatever else was uploaded and is in the folder.

    Raises ObjectInvalid where the object publishes no photos, or its folder has none.
    """
    require_place(context)
    looked, catalog = look_at_new_photos(context), open_export(context.file)
    good_ids = {catalog.good_id(record) for record in catalog.records()}
    with context.transaction(durable=False) as work:
        folder = PhotoFolder(context.file, work, looked)
        if folder.bare and context.file.photo_folder:
            raise no_photos(context.file.photo_folder)
        pictures = folder.published(good_ids)
        publication = _publication(context, work, pictures)
        publication.shown, publication.unfit = len(pictures), folder.unfit(good_ids)
        if again:
            every = folder.published().items()
            lost = {name: photo for name, photo in every if name in publication.there}
            publication.pending |= lost
            publication.there -= lost.keys()
            publication.lost = None
    return publication


def _publication(
    context: JobContext, work: UnitOfWork, pictures: Mapping[str, PublishablePhoto]
) -> Publication:
    place = place_of(context.file)
    there = set(work.uploads.sizes(place))
    pending = {name: photo for name, photo in pictures.items() if name not in there}
    return Publication(place, pending, there, lost=lost_pictures(context.file, there))


def publish(context: JobContext, publication: Publication, names: Collection[str] | None = None) -> None:
    """Upload what is pending, or only the pictures with these names, and record each as it is there.

    A picture that fails is noted in `failed`; where the place cannot be used at all, all of them are.
    """
    wanted = [one for one in publication.pending.items() if names is None or one[0] in names]
    if publication.lost:
        publication.failed |= {name: publication.lost for name, _photo in wanted}
        return
    with context.transaction() as work:  # those of them that are published again
        for name in work.uploads.sizes(publication.place).keys() & dict(wanted).keys():
            work.uploads.forget(publication.place, name)
        left = work.uploads.unfinished(publication.place) - publication.pending.keys()
    coming, done = _begun(context, publication.place, wanted), 0
    running: dict[Future[int | TorgsyncError], str] = {}
    with _Uploads(context) as uploads, ContextThreadPool(AT_ONCE) as pool:
        try:
            while done < len(wanted):
                context.stop.check()
                context.report(Progress(Stage.PUBLISH, done, len(wanted)))
                new = islice(coming, AT_ONCE * 2 - len(running))
                running |= {pool.submit(uploads.upload, one): one[0] for one in new}
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                done += len(ended)
                _record(context, publication, {running.pop(upload): upload for upload in ended})
        finally:  # whatever ends it: what was begun is there afterwards, or failed
            _record(context, publication, {name: upload for upload, name in running.items()})
            _forget(context, publication.place, dict(wanted).keys() - uploads.cut_off)
        for name in uploads.remove_unfinished(left):
            _forget(context, publication.place, {name})
    _ask_once(context, publication, [name for name, _photo in wanted])


def _begun(
    context: JobContext, place: str, wanted: Sequence[tuple[str, PublishablePhoto]]
) -> Iterator[tuple[str, PublishablePhoto]]:
    """Yield pictures, each recorded before: a process that is killed leaves a temporary file."""
    for page in pages(wanted, AHEAD):
        with context.transaction() as work:
            work.uploads.begin(place, [name for name, _photo in page], context.now())
        yield from page


def _forget(context: JobContext, place: str, names: Collection[str]) -> None:
    """Forget those of the pictures that were begun, and of which nothing is left in the place."""
    with context.transaction(durable=False) as work:
        for name in work.uploads.unfinished(place).intersection(names):
            work.uploads.forget(place, name)


def _record(
    context: JobContext, publication: Publication, uploads: Mapping[str, Future[int | TorgsyncError]]
) -> None:
    """Record the pictures that are there now, keyed by name, and wait for those that are on their way.

    A power failure may take that back: they are then put there again, under the same names.
    """
    ended = {name: upload.result() for name, upload in uploads.items() if not upload.exception()}
    sizes = {name: result for name, result in ended.items() if isinstance(result, int)}
    if sizes:
        with context.transaction(durable=False) as work:
            files = {name: publication.pending[name].files for name in sizes}
            work.uploads.note(publication.place, sizes, files, context.now())
    publication.failed |= {name: why for name, why in ended.items() if isinstance(why, TorgsyncError)}
    for name in sizes:
        del publication.pending[name]
    publication.there |= sizes.keys()
    publication.uploaded += len(sizes)
    publication.size += sum(sizes.values())
    for upload in uploads.values():
        upload.result()


def _ask_once(context: JobContext, publication: Publication, names: Collection[str]) -> None:
    """Ask the addresses of pictures that were just published, and those again that did not answer well."""
    if not names:
        return
    with context.transaction(durable=False) as work:
        faulty = [one.address for one in islice(PublishedPhotos(context, work).unreachable(), AGAIN)]
    url = context.object.photos_url
    ask(context, [*(url + name for name in names if name in publication.there), *faulty])


class _Uploads:
    """Uploads pictures from several threads, each over a connection that no other uses meanwhile.

    `cut_off` are the names of those whose writing failed: something may be left of them.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._rules = publishing_rules(context.object) or PictureRules()
        self._open: set[PhotoStorage] = set()
        self._idle: SimpleQueue[PhotoStorage] = SimpleQueue()
        self._opening = Lock()
        self._most = AT_ONCE
        self._done = 0
        self._broken: TorgsyncError | None = None
        self.cut_off: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for storage in self._open:
            storage.close()

    def upload(self, picture: tuple[str, PublishablePhoto]) -> int | TorgsyncError:
        """Upload a picture; return its size in bytes, or why it is not there."""
        name, photo = picture
        try:
            content = self._prepared(name, photo.path)
            self._try(name, content)
        except Interrupted:
            raise
        except TorgsyncError as error:
            return error
        return len(content)

    def _prepared(self, name: str, path: Path) -> bytes:
        """Return the picture of a photo, which must be the one that was planned."""
        content, _digest = read_photo(path)
        if Path(name).stem == name_of(content):  # it needed no preparation
            return content
        try:
            made = prepare(content, self._rules)
        except PictureRefused as refused:
            raise _changed() from refused
        if made.name != name:
            raise _changed()
        return made.content

    def _try(self, name: str, content: bytes) -> None:
        """Write a picture, again where that fails; the place is given up where no other gets there either.

        A server that is silent is not asked again for the same picture: that would take as long.
        """
        since = self._done
        for attempt in range(TRIES):
            if self._broken:
                raise self._broken
            try:
                self._write(name, content)
            except Temporary as error:
                _log.info("%s", _("`{name}` was not published: {why}", name=name, why=error.message))
                last = attempt == TRIES - 1 or isinstance(error, PlaceSilent)
                if last and self._done == since:
                    self._broken = error
                if last or self._broken:
                    raise
                if not attempt:
                    since = self._done
                self._pause(attempt)
            else:
                self._done += 1
                return

    def remove_unfinished(self, names: Collection[str]) -> Iterator[str]:
        """Yield the names of pictures whose temporary files are gone; it ends where the place fails."""
        for name in sorted(names):
            try:
                with self._connection() as storage:
                    storage.remove_unfinished(name)
            except Interrupted:
                raise
            except TorgsyncError as error:  # the next run tries again
                _log.info("%s", error.message)
                return
            yield name

    def _write(self, name: str, content: bytes) -> None:
        with self._connection() as storage:
            self.cut_off.add(name)
            storage.write(name, content)
            self.cut_off.discard(name)

    @contextmanager
    def _connection(self) -> Iterator[PhotoStorage]:
        """Lend a connection; one with which something fails is ended."""
        storage = self._connected()
        try:
            yield storage
        except BaseException:
            self._close(storage)
            with suppress(Empty):  # a server that ended one connection has ended the others
                while True:
                    self._close(self._idle.get_nowait())
            raise
        self._idle.put(storage)

    def _connected(self) -> PhotoStorage:
        """Return a connection that is idle, or a new one while the server allows more.

        One at a time tries to connect: a server locks out who is refused too often.
        """
        with self._opening:
            failures = 0
            while True:
                with suppress(Empty):
                    return self._next_idle()
                if self._broken:
                    raise self._broken
                try:
                    storage = PhotoStorage.of_object(self._context.file)
                except Temporary as error:
                    if self._open:  # the others work: the server allows no more
                        self._most = len(self._open)
                        continue
                    failures += 1
                    if failures == TRIES or isinstance(error, PlaceSilent):
                        self._broken = error
                        raise
                    self._pause(failures - 1)
                except TorgsyncError as error:
                    self._broken = error
                    raise
                else:
                    self._open.add(storage)
                    return storage

    def _next_idle(self) -> PhotoStorage:
        """Return an idle connection, waiting for one while no more may be opened. Raises Empty."""
        while len(self._open) >= self._most:
            with suppress(Empty):
                return self._idle.get(timeout=0.05)
        return self._idle.get_nowait()

    def _close(self, storage: PhotoStorage) -> None:
        self._open.discard(storage)
        storage.close()

    def _pause(self, attempt: int) -> None:
        self._context.stop.check()
        self._context.sleep(PAUSE * 2**attempt)


def _changed() -> TorgsyncError:
    why = _("the photo has changed since it was looked at; the next run publishes it")
    return TorgsyncError(why, hint=_("run the command again"))
