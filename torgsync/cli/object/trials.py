"""Tries what a person answered about a new object: its name, token, export, photos and times.

Each trial raises ValueError for an answer that cannot be, TorgsyncError for one that does not work now.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.cli.base.question import ask_hidden, person_there
from torgsync.core.config.schedule import read_hour
from torgsync.core.config.settings import LONGEST_NAME, TOO_LONG
from torgsync.core.config.sources import source
from torgsync.core.config.storages import (
    is_fetchable,
    is_web_address,
    kind_of,
    storage,
    surplus,
    without_password,
)
from torgsync.core.counts import column_count, item_count, photo_count
from torgsync.core.problems import TOKENS_PAGE
from torgsync.core.shell import quoted
from torgsync.errors import TokenRefused, TorgsyncError, UsageError
from torgsync.i18n import Message, _, joined

if TYPE_CHECKING:
    from torgsync.files.photos.storage import StorageAccess
    from torgsync.jobs.config.contents import ExportContents

TOKEN = _("Token of Prom.ua (it is not shown)")


def refuse_name(program: Program, name: str) -> None:
    """Refuse a name that an object has, or that is too long for one."""
    from torgsync.files.config.objects import slugify

    if len(name.encode(errors="replace")) > LONGEST_NAME:
        raise ValueError(TOO_LONG)
    if (program.settings.objects / f"{slugify(name)}.toml").exists():
        raise ValueError(_("there is already a sync object `{name}`", name=name))


def read_given(given: str, question: Message) -> str:
    """Return a secret as it was given, or from standard input for `-`; a person is asked for it."""
    if given == "-":
        return ask_hidden(question) if person_there() else sys.stdin.readline()
    return given


def read_given_password(given: str) -> str:
    """Return the password of the place for photos; see `read_given`."""
    password = read_given(given, _("Password of the place for photos (it is not shown)")).strip("\r\n")
    if not password:
        raise UsageError(_("the password is empty"), hint=_("`--unset` removes it from a sync object"))
    return password


def read_given_token(given: str) -> str:
    """Return a token; see `read_given`."""
    token = read_given(given, TOKEN).strip()
    if not token:
        raise UsageError(_("the token is empty"), hint=_("create one {place}", place=TOKENS_PAGE))
    return token


def try_token(program: Program, name: str, token: str) -> tuple[bool, Message]:
    """Use every right that a synchronization needs; return whether that was possible, and what came of it."""
    from torgsync.jobs.config import doctor

    try:
        doctor.try_token(program.settings, token, shop=name, recorder=program.recorder)
    except TokenRefused:
        raise
    except TorgsyncError as trouble:
        return False, _("the token is kept, but could not be tried: {trouble}", trouble=trouble.message)
    rights = joined(", ", [right.doing for right in doctor.NEEDED])
    return True, _("the token can {rights}", rights=rights)


def methods_on_prom(program: Program, name: str, token: str) -> dict[int, str]:
    """Return the shop's payment methods, names keyed by id. Raises TorgsyncError."""
    from torgsync.jobs.config.contents import methods_of_shop

    return methods_of_shop(program.settings, token, shop=name, recorder=program.recorder)


def try_export(access: StorageAccess, name: str) -> tuple[ExportContents, Message]:
    """Read the export of an object; return what it has to choose from, and that in words."""
    from torgsync.jobs.config.contents import read_contents

    if not kind_of(access.place):
        contents = read_contents(absolute(access.place))
    else:
        from torgsync.files.catalog.sources import given_export

        source(access.place)
        with TemporaryDirectory() as folder:
            copy = given_export(*access, folder=Path(folder), called=quoted(name))
            contents = read_contents(copy)
    return contents, _(
        "{items}, {columns}, {encoding}",
        items=item_count(contents.items),
        columns=column_count(contents.columns),
        encoding=contents.encoding,
    )


def try_photos(folder: str) -> Message:
    """Return in words how many photos a folder has."""
    from torgsync.files.photos.folder import index_photos

    return photo_count(len(index_photos(absolute(folder)).files()))


def try_place(access: StorageAccess) -> Message:
    """Write a small file where photos are to be published; return what came of it."""
    from torgsync.files.photos.storage import Trial, try_storage

    storage(access.place)
    given = {"user": access.user, "password": access.password, "endpoint": access.endpoint}
    for why in surplus(access.place, [name for name, value in given.items() if value]).values():
        raise ValueError(why)
    if try_storage(access, saved=False) is Trial.NO_FOLDER:
        return _("the folder will be made with the first photo")
    return _("photos can be written to `{place}`", place=access.label)


def refuse_other_kind(place: str, kinds: Sequence[str]) -> None:
    """Refuse a place that is not on a server of one of these kinds; without kinds, any server."""
    if not kinds and kind_of(place):
        raise ValueError(_("`{place}` is no folder of this computer", place=without_password(place)))
    if kinds and kind_of(place) not in kinds:
        raise ValueError(
            _("write how it is reached too: {ways:quoted}", ways=[f"{kind}://{place}" for kind in kinds])
            if not kind_of(place)
            else _("it must begin with {ways:quoted}", ways=[f"{kind}://" for kind in kinds])
        )
    storage(place)


def refuse_service(text: str) -> None:
    """Refuse what is no address of an S3 service."""
    if not is_web_address(text):
        raise ValueError(_("`{text}` is not an address such as https://s3.example", text=text))


def absolute(path: str) -> Path:
    """Return a typed path as an absolute one; one that was copied may have quotation marks around it."""
    quoted = len(path) > 1 and path[0] == path[-1] and path[0] in "\"'"
    whole = Path(path[1:-1] if quoted else path).expanduser().absolute()
    plain = Path(os.path.normpath(whole))
    return plain if plain.resolve() == whole.resolve() else whole  # `..` behind a link is another folder


def whole_place(place: str) -> str:
    """Return a place for photos as a whole path, or as the address that it is."""
    folder = place.removeprefix("file://")
    return folder if "://" in folder else str(absolute(folder))


def kept_place(place: str, file: Path) -> str:
    """Return a typed path as a sync object's `file` keeps it, relative where it is below its folder.

    An address of a server stays as it is.
    """
    whole = whole_place(place)
    inside = "://" not in whole and Path(whole).is_relative_to(file.parent)
    return Path(whole).relative_to(file.parent).as_posix() if inside else whole


def refuse_hours(text: str) -> None:
    """Refuse what is not two different hours."""
    start, sign, end = (part.strip() for part in text.partition("-"))
    if not sign or start == end:
        raise ValueError(_("`{text}` is not two hours such as `08:00-21:00`", text=text))
    for hour in (start, end):
        read_hour(hour)


def refuse_address(text: str) -> None:
    """Refuse what Prom.ua could not fetch photos from."""
    if not is_fetchable(text):
        raise ValueError(
            _("`{text}` is not a whole address; an example: https://shop.example/photos/", text=text)
        )
