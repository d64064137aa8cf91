"""Where order files are written for Torgsoft: a folder, or a server.

A file is written whole under a temporary name and then renamed, so that Torgsoft never sees half of one; it
looks for names of another kind. Source: docs/developers/torgsoft.md §12.4, §17 no. 25.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torgsync.core.config.storages import kind_of
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.tokens import read_outbox_password
from torgsync.files.places.folder import FolderPlace
from torgsync.files.places.place import TRIAL, UNFINISHED, FilePlace, is_address
from torgsync.files.places.remote import PlaceWords, connect_remote
from torgsync.i18n import _

_WORDS = PlaceWords(
    _("the outbox `{place}` cannot be used: {why}"),
    _("the outbox `{place}` needs a library"),
    _("the orders are kept, and the next run writes their files; look at `outbox` under `[orders]`"),
    _(
        "check the user in `outbox`, and `outbox_password`, under `[orders]`, and that this user may write "
        "there"
    ),
)


def try_outbox(outbox: FilePlace) -> bool:
    """Try to write a file and leave none; False where the folder is to be made. Raises TorgsyncError."""
    if outbox.sizes() is None:
        outbox.try_making()
        return False
    outbox.put(TRIAL, b"")
    outbox.remove(f"{TRIAL}{UNFINISHED}")
    return True


@contextmanager
def outbox_of_object(file: ObjectFile, usual: Path, place: str | None = None) -> Iterator[FilePlace]:
    """Yield the outbox of an object, by default the folder `usual`, or the one at `place`."""
    given = place or file.settings.orders.outbox
    if given is None:
        yield FolderPlace(usual, own=True)
        return
    folder = Path(given).absolute() if place else file.path_of(given)
    with open_outbox(given if is_address(given) else folder, read_outbox_password(file)) as outbox:
        yield outbox


@contextmanager
def open_outbox(place: str | Path, password: str | None = None) -> Iterator[FilePlace]:
    """Yield the outbox at a folder or an address. Raises TorgsyncError where a library is missing."""
    if isinstance(place, Path) or not is_address(place):
        yield FolderPlace(Path(place))
        return
    login = None if kind_of(place) == "s3" else password  # its keys are those that the system knows
    remote = connect_remote(place, login, _WORDS)
    try:
        yield remote
    finally:
        remote.close()
