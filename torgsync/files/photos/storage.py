"""Where pictures are published: a folder that a web server shows, or a server that fsspec knows."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple, Self

from torgsync.core.config.storages import kind_of, without_password
from torgsync.errors import TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.tokens import read_photos_password
from torgsync.files.places.folder import FolderPlace
from torgsync.files.places.place import TRIAL, UNFINISHED, FilePlace, is_address
from torgsync.files.places.remote import PlaceWords, RemotePlace, connect_remote
from torgsync.i18n import _, _n

PUBLIC = 0o644
"""A web server reads published pictures, whoever it is."""
_WORDS = PlaceWords(
    _("photos cannot be published on `{place}`: {why}"),
    _("to publish photos on `{place}` a library is needed"),
    _("look at `publish` under `[catalog.photos]`; once it works, the next run publishes them"),
    _(
        "check `publish_user` and `publish_password` under `[catalog.photos]`, and that this user may write "
        "there"
    ),
)
_SERVER_HINT = _("check the address, the user and the password, and that this user may write there")
_S3_HINT = _(
    "check the bucket's name, the address of the storage and the access key, and that this key may write "
    "there"
)


class Trial(Enum):
    """What came of writing a small file and removing it."""

    DONE = auto()
    STAYS = auto()
    """It could be written, but not removed."""
    NO_FOLDER = auto()
    """The folder is made with the first photo."""


class StorageAccess(NamedTuple):
    """Where pictures are published: a whole path or an address, and what its server asks for."""

    place: str
    user: str | None = None
    password: str | None = None
    endpoint: str | None = None

    @property
    def label(self) -> str:
        """The place without a password."""
        return without_password(self.place).rstrip("/") if is_address(self.place) else self.place


class PhotoStorage:
    """The place where one object publishes its pictures; used by one thread."""

    def __init__(self, access: StorageAccess, words: PlaceWords = _WORDS) -> None:
        self._place: FilePlace
        if not is_address(access.place):
            self._place = FolderPlace(Path(access.place), mode=PUBLIC)
            return
        self._place = connect_remote(
            *(access.place, access.password, words), user=access.user, endpoint=access.endpoint, mode=PUBLIC
        )

    @classmethod
    def of_object(cls, file: ObjectFile) -> Self:
        """Return the place that a sync object names."""
        return cls(access_of(file))

    def try_writing(self) -> Trial:
        """Write a small file and remove it. Raises TorgsyncError where that cannot be done."""
        if isinstance(self._place, FolderPlace) and not Path(self._place.label).exists():
            self._place.try_making()
            return Trial.NO_FOLDER
        self.write(TRIAL, b"torgsync\n")
        try:
            self.remove(TRIAL)
        except TorgsyncError:
            return Trial.STAYS
        return Trial.DONE

    def write(self, name: str, content: bytes) -> None:
        """Publish a picture. Raises TorgsyncError."""
        self._place.write(name, content)

    def remove(self, name: str) -> bool:
        """Remove a picture; return False where there was none. Raises TorgsyncError."""
        return self._place.remove(name)

    def remove_unfinished(self, name: str) -> None:
        """Remove what is left of a picture whose writing was cut off. Raises TorgsyncError."""
        self._place.remove(f"{name}{UNFINISHED}")

    def close(self) -> None:
        """End the connection, if there is one."""
        if isinstance(self._place, RemotePlace):
            self._place.close()


def try_storage(access: StorageAccess, *, saved: bool = True) -> Trial:
    """Write a small file and remove it. Raises TorgsyncError where that cannot be done.

    What is not `saved` yet has no keys in a sync object that a hint could name.
    """
    hint = _S3_HINT if kind_of(access.place) == "s3" else _SERVER_HINT
    words = _WORDS._replace(hint=hint, login=_WORDS.login if saved else hint)
    with closing(PhotoStorage(access, words)) as storage:
        return storage.try_writing()


def lost_pictures(file: ObjectFile, names: Collection[str]) -> TorgsyncError | None:
    """Return the error for a folder that has none of the pictures put there any more; servers are not asked.

    A disk that is not connected may leave an empty folder in its place.
    """
    place = place_of(file)
    if not names or is_address(place) or any(_exists(Path(place, name)) for name in names):
        return None
    return TorgsyncError(
        _n(
            "the picture that was published in `{place}` is not there any more",
            "none of the {count} pictures that were published in `{place}` is there any more",
            len(names),
            place=place,
        ),
        hint=_(
            "check that the disk or share is connected; if the pictures are lost, publish them again: "
            "torgsync photos publish -o {called} --again",
            called=file.called,
        ),
    )


def _exists(path: Path) -> bool:
    """Return whether a file exists, which is assumed where the system refuses to say it."""
    try:
        return path.exists()
    except OSError:
        return True


def access_of(file: ObjectFile) -> StorageAccess:
    """Return the place that a sync object names, and what its server asks for. Raises ObjectInvalid."""
    photos = file.settings.catalog.photos
    if photos is None or photos.publish is None:
        raise ValueError("the object publishes no photos")
    place = photos.publish if is_address(photos.publish) else place_of(file)
    return StorageAccess(place, photos.publish_user, read_photos_password(file), photos.publish_endpoint)


def place_of(file: ObjectFile) -> str:
    """Return where an object publishes its pictures, without a password: an address, or a whole path.

    A bucket is named together with its service: others have buckets of the same name.
    """
    photos = file.settings.catalog.photos
    if photos is None or photos.publish is None:
        return ""
    place = photos.publish
    if not is_address(place):
        return str(file.path_of(place))
    endpoint = photos.publish_endpoint if place.startswith("s3:") else None
    service = f" ({without_password(endpoint)})" if endpoint else ""
    return without_password(place).rstrip("/") + service
