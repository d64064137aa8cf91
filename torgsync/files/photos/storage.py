"""Where pictures are published: a folder that a web server shows, or a server that fsspec knows."""

from __future__ import annotations

from urllib.parse import urlsplit

from torgsync.core.config.settings import without_password
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.tokens import read_photos_password
from torgsync.files.orders.outbox import (
    FolderOutbox,
    Outbox,
    RemoteOutbox,
    StorageWords,
    connect_remote,
    is_address,
)
from torgsync.i18n import _

PUBLIC = 0o644
"""A web server reads published pictures, whoever it is."""
_WORDS = StorageWords(
    _("photos cannot be published on `{place}`: {why}"),
    _('to publish photos on `{place}` a library is needed: `pip install "torgsync[{extra}]"`'),
    _("the next run publishes them; look at `publish` under `[catalog.photos]`"),
)


class PhotoStorage:
    """The place where one object publishes its pictures; used by one thread.

    Args:
        file: The sync object, which names one.
    """

    def __init__(self, file: ObjectFile) -> None:
        photos = file.settings.catalog.photos
        if photos is None or photos.publish is None:
            raise ValueError("the object publishes no photos")
        self.label = place_of(file)
        self._place: Outbox = FolderOutbox(file.path_of(self.label), mode=PUBLIC)
        if not is_address(photos.publish):
            return
        options: dict[str, object] = {}
        password = read_photos_password(file)
        if urlsplit(photos.publish).scheme == "s3":
            given = {"key": photos.publish_user, "secret": password, "endpoint_url": photos.publish_endpoint}
            options = {name: value for name, value in given.items() if value}
        elif photos.publish_user:
            options["username"] = photos.publish_user
        self._place = connect_remote(photos.publish, password, _WORDS, **options)

    def write(self, name: str, content: bytes) -> None:
        """Publish a picture. Raises TorgsyncError."""
        self._place.write(name, content)

    def remove(self, name: str) -> bool:
        """Remove a picture; return False where there was none. Raises TorgsyncError."""
        return self._place.remove(name)

    def close(self) -> None:
        """End the connection, if there is one."""
        if isinstance(self._place, RemoteOutbox):
            self._place.close()


def place_of(file: ObjectFile) -> str:
    """Return where an object publishes its pictures, without a password: an address, or a whole path."""
    photos = file.settings.catalog.photos
    if photos is None or photos.publish is None:
        return ""
    place = photos.publish.removeprefix("file://")
    return without_password(place).rstrip("/") if is_address(place) else str(file.path_of(place))
