"""Check a sync object without the marketplace: settings, token, outbox, photos and export.

Nothing is stored, nothing is sent, and no file is left in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from torgsync.core.config.hints import map_command
from torgsync.core.config.settings import SyncObject, without_password
from torgsync.core.text import counted
from torgsync.errors import Exit, InvalidInput, TorgsyncError
from torgsync.files.catalog.photos import PhotoIndex, index_photos
from torgsync.files.config.objects import ObjectFile, list_objects, load_object
from torgsync.files.config.settings import Settings
from torgsync.files.config.tokens import literal_token, read_token
from torgsync.files.orders.outbox import is_address, outbox_of_object, try_outbox
from torgsync.jobs.config.check_export import check_export
from torgsync.jobs.config.check_schedule import idle_times, installed_times
from torgsync.jobs.config.check_view import CheckLine, CheckView, Mark, failed, ok, warning


def check(
    file: ObjectFile, home: Settings, *, token_tried: bool = False, diagnosed: bool = False
) -> CheckView:
    """Check an object that could be read; everything wrong is in the result, nothing is raised.

    What was not tried is a warning. `token_tried` says that Prom.ua took the token just now, `diagnosed` that
    the caller reports token and schedule itself.
    """
    checked = CheckView(file.catalog_path.name)
    checked.lines += _mappings(file)
    _attempt(checked, "token", lambda: _token(file, checked, tried=token_tried, diagnosed=diagnosed))
    checked.lines += plain_transport(file.settings, file.called)
    photos = _attempt(checked, "photos", lambda: _photos(file, checked))
    _attempt(checked, "export", lambda: check_export(file, checked, photos))
    _attempt(checked, "outbox", lambda: _outbox(file, home, checked))
    checked.lines += idle_times(file)
    if not diagnosed:
        checked.lines += installed_times(file, home)
    checked.lines += _twins(file, home)
    checked.lines.append(_payments(file))
    return checked


def _mappings(file: ObjectFile) -> Iterator[CheckLine]:
    settings = file.settings
    if not settings.fields:
        yield warning("object", "no fields are mapped yet", f"torgsync fields add-all -o {file.called}")
        return
    yield ok("object", f"`{settings.name}`, {counted(len(settings.fields), 'field')} mapped")
    mapped = {mapping.to for mapping in settings.fields}
    for needed, columns in (("name", {"name", "name_ru"}), ("price", {"price"})):
        if not mapped & columns:
            message = f"no column is led to `{needed}`: new goods cannot be created"
            yield warning("object", message, f"torgsync fields add COLUMN --to {needed} -o {file.called}")


def _payments(file: ObjectFile) -> CheckLine:
    methods = file.settings.payment_methods
    unmapped = [method.name for method in methods if not (method.mapped or method.gone)]
    if not methods:
        hint = f"torgsync payments fetch -o {file.called}"
        return warning("payments", "no payment methods were fetched yet", hint)
    if unmapped:
        hint = map_command(unmapped[0], file.called)
        names = ", ".join(f"`{name}`" for name in unmapped)
        return warning("payments", f"no place for the money of {names}", hint)
    return ok("payments", f"{counted(len(methods), 'method')} mapped")


def _attempt(checked: CheckView, subject: str, part: Callable[[], PhotoIndex | None]) -> PhotoIndex | None:
    """Perform one part of the check; an error in a file becomes a line."""
    try:
        return part()
    except InvalidInput as error:
        checked.lines.append(failed(subject, error))
        return None


def _token(file: ObjectFile, checked: CheckView, *, tried: bool, diagnosed: bool) -> None:
    read_token(file)
    if literal_token(file):
        message = "the token stands in the file itself, where everybody who sees the file sees it"
        hint = 'write api_key = { env = "NAME" } or { file = "path" } instead'
        checked.lines.append(warning("token", message, hint))
    if tried:
        checked.lines.append(ok("token", "Prom.ua takes it"))
    elif not diagnosed:
        message = "there is one; it was not tried"
        checked.lines.append(warning("token", message, f"torgsync doctor -o {file.called}"))


def plain_transport(settings: SyncObject, called: str) -> Iterator[CheckLine]:
    """Report what goes over the network for all to read; encrypted ways are preferred, none is refused."""
    if settings.connection.insecure:
        message = "`insecure = true` under `[connection]`: the token may go to Prom.ua unencrypted"
        hint = f"torgsync object edit {called} --unset connection.insecure"
        yield warning("connection", message, hint)
    outbox, photos = settings.orders.outbox or "", settings.catalog.photos
    if outbox.casefold().startswith("ftp://"):
        message = "ftp:// is not encrypted: names and phones of buyers can be read on the way"
        yield warning("outbox", message, "use sftp:// if the server has it")
    if photos and not photos.url.casefold().startswith("https://"):
        way = photos.url.partition("://")[0].casefold()
        message = f"{way}:// is not encrypted: on the way to Prom.ua, photos could be replaced"
        yield warning("photos", message, "use https:// in `url` if the server has it")


def _twins(file: ObjectFile, home: Settings) -> Iterator[CheckLine]:
    """Report other objects of the home that open the same shop: each of them fetches every order."""
    own = _token_of(file)
    for path in list_objects(home.objects):
        if not own or path.resolve() == file.path.resolve():
            continue
        with suppress(InvalidInput):
            other = load_object(path)
            if _token_of(other) == own:
                yield twin_line(other.settings.name, other.called)


def twin_line(name: str, called: str) -> CheckLine:
    """Return the line about another object that fetches the same orders."""
    message = f"`{name}` opens the same shop: with both, Torgsoft gets a file of each order twice"
    hint = f"let one of them bring orders home; the other one with: torgsync sync --only goods -o {called}"
    return warning("orders", message, hint)


def _token_of(file: ObjectFile) -> str:
    """Return an object's token, empty where it cannot be read: its own check says why."""
    try:
        return read_token(file)
    except InvalidInput:
        return ""


def _outbox(file: ObjectFile, home: Settings, checked: CheckView) -> None:
    """Report whether order files can be written; one that cannot be reached is no mistake of the object."""
    given = file.settings.orders.outbox
    if given and is_address(given) and without_password(given) != given:
        message = "the outbox's password stands in the file itself, where everybody who sees the file sees it"
        hint = 'write outbox_password = { env = "NAME" } or { file = "path" } under `[orders]` instead'
        checked.lines.append(warning("outbox", message, hint))
    try:
        with outbox_of_object(file, home.outbox(file.slug)) as outbox:
            exists = try_outbox(outbox)
            place = f"`{outbox.label}`" if given else f"`outbox/{file.slug}` of the home"
    except InvalidInput:
        raise
    except TorgsyncError as error:
        code = Exit.HELD if error.exit_code is Exit.ERROR else error.exit_code
        checked.lines.append(CheckLine(Mark.WARNING, "outbox", error.message, error.hint or "", code))
        return
    if exists or not given:
        checked.lines.append(ok("outbox", f"order files can be written to {place}"))
    else:
        hint = "right for a new folder, which the first order makes; else see whether a share is not mounted"
        checked.lines.append(warning("outbox", f"there is no {place} yet", hint))


def _photos(file: ObjectFile, checked: CheckView) -> PhotoIndex | None:
    if file.photo_folder is None:
        return None  # whether the export itself names pictures is seen when it is read
    index = index_photos(file.photo_folder)
    files, name = index.files(), file.photo_folder.name
    blank = sorted(photo.name for photo in files.values() if not photo.size)
    if not files:
        message = f"there is no photo in `{name}`: photos on Prom.ua stay untouched"
        hint = "see whether the folder is connected, and its photos are called as goods are: `17.jpg`"
        checked.lines.append(warning("photos", message, hint))
        return None
    if blank:
        many = counted(len(blank), "file is empty", "files are empty")
        message = f"{counted(len(files), 'file')} in `{name}`; {many}, `{blank[0]}` for one"
        checked.lines.append(warning("photos", message, "put the photos there once more"))
    else:
        checked.lines.append(ok("photos", f"{counted(len(files), 'file')} in `{name}`"))
    return index
