"""Check a sync object without the marketplace: settings, token, outbox, photos and export.

Nothing is stored, nothing is sent, and no file is left in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from torgsync.core.config.accounts import map_command
from torgsync.core.config.settings import SyncObject
from torgsync.core.config.storages import kind_of, without_password
from torgsync.errors import InvalidInput, Temporary, TokenRefused, TorgsyncError
from torgsync.files.config.objects import ObjectFile, list_objects, load_object
from torgsync.files.config.settings import Settings
from torgsync.files.config.tokens import literal_token, read_token
from torgsync.files.orders.outbox import outbox_of_object, try_outbox
from torgsync.files.photos.folder import PhotoIndex
from torgsync.files.places.place import is_address
from torgsync.i18n import NOTHING, Message, _, _n, composed, verbatim
from torgsync.jobs.config.check_export import check_export
from torgsync.jobs.config.check_notify import check_notify
from torgsync.jobs.config.check_photos import check_photos, check_publishing, plain_photos
from torgsync.jobs.config.check_schedule import idle_times, installed_times
from torgsync.jobs.config.check_view import CheckLine, CheckView, failed, ok, unusable, warning
from torgsync.jobs.unattended.reports import report_folder, try_report_folder


def check(
    file: ObjectFile,
    home: Settings,
    *,
    token_tried: bool = False,
    token_refused: TokenRefused | None = None,
    diagnosed: bool = False,
) -> CheckView:
    """Check an object that could be read; everything wrong is in the result, nothing is raised.

    What was not tried is a warning. `token_tried` says that Prom.ua took the token just now, `token_refused`
    why it did not, `diagnosed` that the caller reports token and schedule itself.
    """
    checked = CheckView(file.catalog_path.name)
    checked.lines += _mappings(file)
    tried = token_refused or token_tried
    _attempt(checked, _("token"), lambda: _token(file, checked, tried=tried, diagnosed=diagnosed))
    checked.lines += _untried_portal(file.settings)
    checked.lines += plain_transport(file.settings, file.called)
    checked.lines += plain_photos(file, home)
    edit = f"torgsync object edit {file.called}"
    other_photos = composed("{edit} {dir}", edit=f"{edit} --photos", dir=_("DIR"))
    other_export = composed("{edit} {file}", edit=f"{edit} --export", file=_("FILE"))
    photos = _attempt(checked, _("photos"), lambda: check_photos(file, home, checked), other_photos)
    _attempt(checked, _("publishing"), lambda: check_publishing(file, home, checked))
    _attempt(checked, _("export"), lambda: check_export(file, checked, photos), other_export)
    _attempt(checked, _("outbox"), lambda: _outbox(file, home, checked))
    checked.lines += _reports(file)
    checked.lines += idle_times(file)
    checked.lines += check_notify(file)
    if not diagnosed:
        checked.lines += installed_times(file, home)
    checked.lines += _twins(file, home)
    checked.lines.append(_payments(file))
    return checked


def _mappings(file: ObjectFile) -> Iterator[CheckLine]:
    settings = file.settings
    if not settings.fields:
        yield warning(
            _("object"), _("no fields are mapped yet"), verbatim(f"torgsync fields add-all -o {file.called}")
        )
        return
    mapped_fields = _n(
        "`{name}`, {count} field mapped",
        "`{name}`, {count} fields mapped",
        len(settings.fields),
        name=settings.name,
    )
    yield ok(_("object"), mapped_fields)
    mapped = {mapping.to for mapping in settings.fields}
    for needed, columns in (("name", {"name", "name_ru"}), ("price", {"price"})):
        if not mapped & columns:
            message = _("no column is mapped to `{field}`: new items cannot be created", field=needed)
            hint = composed(
                "{add} {column} {to}",
                add="torgsync fields add",
                column=_("COLUMN"),
                to=f"--to {needed} -o {file.called}",
            )
            yield warning(_("object"), message, hint)


def _reports(file: ObjectFile) -> Iterator[CheckLine]:
    """Report whether reports of unattended runs can be kept; a folder that is away is no mistake."""
    if (folder := report_folder(file)) is None:
        return
    subject = _("reports")
    try:
        exists = try_report_folder(folder)
    except TorgsyncError as error:
        yield unusable(subject, error)
        return
    if exists:
        yield ok(subject, _("reports can be written to `{place}`", place=folder))
    else:
        hint = _(
            "fine for a new folder, which the first report creates; else check that the disk is connected"
        )
        yield warning(subject, _("there is no folder `{place}` yet", place=folder), hint)


def _payments(file: ObjectFile) -> CheckLine:
    methods = file.settings.payment_methods
    unmapped = [method.name for method in methods if not (method.mapped or method.gone)]
    if not methods:
        hint = verbatim(f"torgsync payments fetch -o {file.called}")
        return warning(_("payments"), _("payment methods have not been fetched yet"), hint)
    if unmapped:
        hint = map_command(unmapped[0], file.called)
        message = _("no cash register or account chosen yet for {names:quoted}", names=unmapped)
        return warning(_("payments"), message, hint)
    message = _n("{count} payment method mapped", "{count} payment methods mapped", len(methods))
    return ok(_("payments"), message)


def _attempt(
    checked: CheckView, subject: Message, part: Callable[[], PhotoIndex | None], cure: Message = NOTHING
) -> PhotoIndex | None:
    """Perform one part of the check; an error in a file becomes a line, which the command `cure` mends."""
    try:
        return part()
    except Temporary as error:  # a server, which is no mistake of the object
        checked.lines.append(unusable(subject, error))
        return None
    except InvalidInput as error:
        checked.lines.append(failed(subject, error))
        if cure:
            checked.cures.append(cure)
        return None


def _token(file: ObjectFile, checked: CheckView, *, tried: bool | TokenRefused, diagnosed: bool) -> None:
    read_token(file)
    if literal_token(file):
        message = _("the token is in the sync object's file, and everyone who reads that file sees it")
        hint = _('write `api_key = { env = "NAME" }` or `{ file = "path" }` instead')
        checked.lines.append(warning(_("token"), message, hint))
    if isinstance(tried, TokenRefused):
        cure = verbatim(f"torgsync object edit {file.called} --api-key -")
        line = failed(_("token"), tried)
        checked.lines.append(line if line.hint else replace(line, hint=cure))
        checked.cures.append(cure)
    elif tried:
        checked.lines.append(ok(_("token"), _("Prom.ua accepts it")))
    elif not diagnosed:
        hint = verbatim(f"torgsync doctor -o {file.called}")
        checked.lines.append(warning(_("token"), _("there is one; it was not tried"), hint))


def _untried_portal(settings: SyncObject) -> Iterator[CheckLine]:
    if settings.portal.experimental:
        message = _(
            "{portal} was never tried on a living shop: what is known of it is of other programs",
            portal=settings.portal.title,
        )
        hint = _(
            "try it with a few items first, and look at each of them in the shop: {command}",
            command="torgsync sync --first 3",
        )
        yield warning(_("marketplace"), message, hint)


def plain_transport(settings: SyncObject, called: str) -> Iterator[CheckLine]:
    """Report what goes over the network for all to read; encrypted ways are preferred, none is refused."""
    if settings.connection.insecure:
        message = _("`insecure = true` under `[connection]`: the token may go to Prom.ua unencrypted")
        hint = verbatim(f"torgsync object edit {called} --unset connection.insecure")
        yield warning(_("connection"), message, hint)
    for subject, paths in (
        (_("export"), settings.catalog.files),
        (_("clients"), [settings.clients.path or ""]),
    ):
        if any(kind_of(path) == "ftp" for path in paths):
            message = _("`ftp://` is not encrypted: others on the way can read and change the file")
            yield warning(subject, message, _("use `sftp://` if the server has it"))
    outbox = settings.orders.outbox or ""
    if outbox.casefold().startswith("ftp://"):
        message = _("`ftp://` is not encrypted: names and phone numbers of buyers can be read on the way")
        yield warning(_("outbox"), message, _("use `sftp://` if the server has it"))


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
    message = _(
        "`{name}` opens the same shop: with both, Torgsoft gets the file of each order twice", name=name
    )
    hint = _(
        "let only one of them fetch orders; sync the other one with: torgsync sync --only goods -o {called}",
        called=called,
    )
    return warning(_("orders"), message, hint)


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
        message = _(
            "the outbox's password is in the sync object's file, and everyone who reads that file sees it"
        )
        hint = _('write `outbox_password = { env = "NAME" }` or `{ file = "path" }` under `[orders]` instead')
        checked.lines.append(warning(_("outbox"), message, hint))
    try:
        with outbox_of_object(file, home.outbox(file.slug)) as outbox:
            exists = try_outbox(outbox)
            place = (
                composed("`{place}`", place=outbox.label)
                if given
                else _("`outbox/{slug}` in the home folder", slug=file.slug)
            )
    except InvalidInput:
        raise
    except TorgsyncError as error:
        checked.lines.append(unusable(_("outbox"), error))
        return
    if exists or not given:
        checked.lines.append(ok(_("outbox"), _("order files can be written to {place}", place=place)))
    else:
        hint = _("fine for a new folder, which the first order creates; else check that the share is mounted")
        checked.lines.append(warning(_("outbox"), _("there is no {place} yet", place=place), hint))
