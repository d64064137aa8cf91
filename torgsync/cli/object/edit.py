"""`torgsync object edit`: change a sync object by flag, by key, or in an editor."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.commands import one_object
from torgsync.cli.base.findings import print_checks
from torgsync.cli.base.options import (
    CenterOption,
    CreateClientsOption,
    ExportEndpointOption,
    ExportOption,
    ExportPasswordOption,
    ExportUserOption,
    FindByOption,
    InStockOption,
    NameArgument,
    ObjectOption,
    PhotosEndpointOption,
    PhotosPasswordOption,
    PhotosPublishOption,
    PhotosUrlOption,
    PhotosUserOption,
    TokenOption,
    WithPhotosOption,
    separated,
)
from torgsync.cli.base.program import Program, program_of
from torgsync.cli.base.render import cell
from torgsync.cli.object.trials import kept_place, read_given_password, read_given_token
from torgsync.core.config.keys import read_key
from torgsync.core.shell import command
from torgsync.errors import Exit, ObjectInvalid, UsageError
from torgsync.i18n import _, composed, translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torgsync.core.config.keys import Document, Key
    from torgsync.files.config.objects import ObjectFile
    from torgsync.files.config.tokens import Server
    from torgsync.files.config.toml_edit import Setting


def edit(
    context: typer.Context,
    name: NameArgument = None,
    wanted: ObjectOption = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help=_("Set a key, such as `removal.gone=hide`; may be repeated."), metavar="KEY=VALUE"
        ),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(
            "--unset",
            help=_("Remove keys, so that their defaults apply."),
            metavar="KEY,…",
            callback=separated,
        ),
    ] = None,
    export: ExportOption = None,
    export_user: ExportUserOption = None,
    export_password: ExportPasswordOption = None,
    export_endpoint: ExportEndpointOption = None,
    group: Annotated[
        str | None, typer.Option("--group", help=_("Only items of this group; empty for all groups."))
    ] = None,
    api_key: TokenOption = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help=_("Keep the token in the system's keyring from now on."))
    ] = False,
    photos: Annotated[
        str | None, typer.Option("--photos", help=_("The photo folder."), metavar="DIR")
    ] = None,
    photos_url: PhotosUrlOption = None,
    photos_publish: PhotosPublishOption = None,
    photos_user: PhotosUserOption = None,
    photos_password: PhotosPasswordOption = None,
    photos_endpoint: PhotosEndpointOption = None,
    find_by: FindByOption = None,
    create: CreateClientsOption = None,
    center: CenterOption = None,
    in_stock: InStockOption = None,
    with_photos: WithPhotosOption = None,
    editor: Annotated[bool, typer.Option("--editor", help=_("Open the file in your editor."))] = False,
) -> None:
    """Change a sync object. Comments and the order of keys stay as they are."""
    program = program_of(context)
    name = one_object(context, name, wanted)
    file = program.object(name) if not editor else None
    from torgsync.files.config.toml_edit import Setting
    from torgsync.jobs.config.objects import (
        change_object,
        password_place,
        replace_token,
    )

    path = file.editable if file else Path()
    given = {
        "catalog.path": export and kept_place(export, path),
        "catalog.server.user": export_user,
        "catalog.server.endpoint": export_endpoint,
        "catalog.photos.folder": photos and kept_place(photos, path),
        "catalog.photos.url": photos_url,
        "catalog.photos.publish": photos_publish and kept_place(photos_publish, path),
        "catalog.photos.publish_user": photos_user,
        "catalog.photos.publish_endpoint": photos_endpoint,
        "product_group": group or None,
        "clients.find_by": find_by,
        "clients.create": create,
        "accounting_centers.use": center,
        "accounting_centers.only_in_stock": in_stock,
        "accounting_centers.only_with_photos": with_photos,
    }
    given_passwords: dict[Server, str | None] = {"photos": photos_password, "export": export_password}
    passwords = {server: password for server, password in given_passwords.items() if password}
    changes = [Setting(read_key(key), value=value) for key, value in given.items() if value is not None]
    changes += [_setting(text, name) for text in settings or ()]
    gone = [_key(text, name) for text in unset or ()]
    if file is None:
        if changes or gone or api_key or passwords or group is not None:
            raise UsageError(_("give either `--editor` or the keys to change, not both"))
        _edit_by_hand(program, name)
        return
    if group == "" and file.settings.product_group is not None:
        gone.append(("product_group",))
    for key in [*(setting.key for setting in changes), *gone]:
        _refuse_name(key, file)
    if keyring and not api_key:
        raise UsageError(
            _("`--keyring` needs the token too"), hint=_("`--api-key -` reads it from standard input")
        )
    if not (changes or gone or api_key or passwords):
        raise UsageError(
            _("nothing to change was given"),
            hint=_(
                "give `--set KEY=VALUE`, or open the file: {command}",
                command=f"torgsync object edit --editor {file.called}",
            ),
        )
    passwords = {server: read_given_password(password) for server, password in passwords.items()}
    changes += [place for server in passwords for place in password_place(file, program.settings, server)]
    if changes or gone:
        _notify_changes(program, *change_object(file, changes, gone))
    touched = {str(part) for setting in changes for part in setting.key[:2]} | {*passwords}
    _replace_passwords(program, name, passwords)
    if api_key:
        token = read_given_token(api_key)
        place = replace_token(file, token, program.settings, keyring=keyring)
        program.notify(_("the token is in {place}", place=place))
        touched.add("api_key")
    _notify_faults(program, file.path, touched)


def _replace_passwords(program: Program, name: str | None, passwords: Mapping[Server, str]) -> None:
    """Write the passwords of servers where the object keeps them, and say where that is."""
    from torgsync.jobs.config.objects import replace_password

    for server, password in passwords.items():
        place = replace_password(program.object(name), password, program.settings, server)
        program.notify(_("the password is in {place}", place=place))


def _notify_faults(program: Program, path: Path, keys: set[str]) -> None:
    """Show at once what was set and does not work, with the command that mends it. Raises typer.Exit."""
    subjects = {subject for key in keys for subject in _CHECKED.get(key, ())}
    if not subjects:
        return
    from torgsync.jobs.config.check import check
    from torgsync.jobs.config.check_view import Mark

    checked = check(program.load(path), program.settings)
    lines = [line for line in checked.lines if line.mark is not Mark.OK and line.subject in subjects]
    print_checks(program, lines)
    code = Exit.worst(line.exit_code for line in lines if line.mark is Mark.ERROR)
    if code is not Exit.DONE:
        raise typer.Exit(int(code))


_CHECKED = {
    "api_key": (_("token"),),
    "photos": (_("photos"), _("publishing")),
    "path": (_("export"), _("selection"), _("centers")),
    "server": (_("export"), _("clients")),
    "export": (_("export"),),
    "product_group": (_("export"), _("selection")),
    "accounting_centers": (_("export"), _("selection"), _("centers"), _("photos")),
    "orders": (_("outbox"),),
}
"""Subjects of a check by the keys, and keys of tables, whose change they may concern."""


def _key(text: str, name: str | None) -> Key:
    try:
        return read_key(text.strip())
    except ValueError as wrong:
        shown = command("object show", *([name] if name else []))
        raise UsageError(
            _("`{text}` is not a key such as `removal.gone`", text=text),
            hint=_("see all keys: {command}", command=shown),
        ) from wrong


def _setting(text: str, name: str | None) -> Setting:
    from torgsync.files.config.toml_edit import Setting

    key, sign, word = text.partition("=")
    if not sign:
        raise UsageError(
            _("`{text}` has no value", text=text), hint=_("for example: --set removal.gone=hide")
        )
    return Setting(_key(key, name), word=word.strip())


def _refuse_name(key: Key, file: ObjectFile) -> None:
    if key[0] == "name":
        raise UsageError(
            _("the name cannot change: what was sent is stored under it"),
            hint=_(
                "make a new object with `torgsync object add`; to remove the old one: {command}",
                command=f"torgsync object remove {file.called}",
            ),
        )


def _notify_changes(program: Program, before: Document, after: Document) -> None:
    """Show each setting that changed, old and new; a token or a password in an address is never shown."""
    from torgsync.core.config.keys import changes_between
    from torgsync.core.config.storages import without_password

    changes = changes_between(before, after)
    for key, *values in changes.values:
        old, new = (cell(without_password(one) if isinstance(one, str) else one) for one in values)
        program.notify(composed("{key}: {old} -> {new}", key=key, old=old, new=new))
    for sign, key, table in changes.tables:
        program.notify(composed("{sign} {key}: {table}", sign=sign, key=key, table=table))
    if not changes.values and not changes.resized:
        token = before.get("notify") == after.get("notify")
        replaced = _("the token was replaced") if token else _("an address was replaced")
        program.notify(_("nothing changed") if before == after else replaced)


def _edit_by_hand(program: Program, name: str | None) -> None:
    """Open a copy in the editor until it is valid or given up; only then is the file itself changed."""
    from torgsync.files.config.objects import find_path, text_of
    from torgsync.files.config.settings import editor_of_user
    from torgsync.jobs.config.objects import replace_object

    if not program.asks:
        raise UsageError(_("an editor needs a terminal"), hint=_("change keys with `--set KEY=VALUE`"))
    path = find_path(program.settings.objects, name)
    before = text_of(path)
    text = before
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        while True:
            copy.write_text(text, "utf-8")
            subprocess.run([*shlex.split(editor_of_user()), str(copy)], check=False)  # noqa: S603  # their own
            text = copy.read_text("utf-8-sig")
            if text == before:
                program.notify(_("nothing changed"))
                return
            try:
                _notify_changes(program, *replace_object(program.settings, path, before, text))
            except ObjectInvalid as invalid:
                program.notify(_("error: {error}", error=invalid.message), style="error")
                for mistake in invalid.lines():
                    program.notify(composed("  {mistake}", mistake=mistake))
                question = _("Open it again? Otherwise the file stays as it was")
                if not typer.confirm(translated(question), default=True, err=True):
                    return
            else:
                return
