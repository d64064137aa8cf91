"""Tries what a person answered about a new object: its name, token, export, photos and times.

Each trial raises ValueError for an answer that cannot be, TorgsyncError for one that does not work now.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.cli.base.question import ask_hidden, person_there
from torgsync.core.config.catalog import is_fetchable
from torgsync.core.config.schedule import read_hour
from torgsync.core.config.settings import LONGEST_NAME, TOO_LONG
from torgsync.core.counts import column_count, item_count, photo_count
from torgsync.core.problems import TOKENS_PAGE
from torgsync.errors import TokenRefused, TorgsyncError, UsageError
from torgsync.i18n import Message, _, joined

if TYPE_CHECKING:
    from torgsync.jobs.config.contents import ExportContents

TOKEN = _("Token of Prom.ua (it is not shown)")


def refuse_name(program: Program, name: str) -> None:
    """Refuse a name that an object has, or that is too long for one."""
    from torgsync.files.config.objects import slugify

    if len(name.encode(errors="replace")) > LONGEST_NAME:
        raise ValueError(TOO_LONG)
    if (program.settings.objects / f"{slugify(name)}.toml").exists():
        raise ValueError(_("there is already a sync object `{name}`", name=name))


def read_given_token(given: str) -> str:
    """Return a token as it was given, or from standard input for `-`; a person is asked for it."""
    token = given
    if given == "-":
        token = ask_hidden(TOKEN) if person_there() else sys.stdin.readline()
    token = token.strip()
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


def try_export(path: str) -> tuple[ExportContents, Message]:
    """Read an export; return what it has to choose from, and that in words."""
    from torgsync.jobs.config.contents import read_contents

    contents = read_contents(absolute(path))
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


def absolute(path: str) -> Path:
    """Return a typed path as an absolute one; one that was copied may have quotation marks around it."""
    quoted = len(path) > 1 and path[0] == path[-1] and path[0] in "\"'"
    return Path(path[1:-1] if quoted else path).expanduser().absolute()


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
        raise ValueError(_("`{text}` is not an address such as https://shop.example/photos/", text=text))
