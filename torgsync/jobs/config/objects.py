"""Create, change and remove sync objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Literal

from torgsync.core.config.keys import Document, Key
from torgsync.core.config.settings import (
    Catalog,
    Clients,
    FromEnvironment,
    FromFile,
    FromKeyring,
    PaymentMethod,
    Photos,
    SynchronizationTime,
    SyncObject,
)
from torgsync.core.config.sources import WEB, FileServer
from torgsync.core.config.storages import kind_of
from torgsync.core.config.validation import explained, json_schema, read_settings
from torgsync.errors import ObjectInvalid, TokenRefused, UsageError
from torgsync.files.config.objects import ObjectFile, load_object, slugify
from torgsync.files.config.settings import Settings
from torgsync.files.config.tokens import (
    Server,
    forget_address,
    forget_password,
    forget_token,
    keep_in_keyring,
    password_of,
    secret_name,
    write_token,
)
from torgsync.files.config.toml_edit import Setting, add_time, change_keys, replace_whole, write_new
from torgsync.files.photos.storage import StorageAccess
from torgsync.i18n import Message, _, composed, translated
from torgsync.jobs.config.schedule import myself, settings_of
from torgsync.jobs.config.selection import refuse_unknown

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Answers:
    """What a sync object is created from, in the order of the tabs; None where nothing was given.

    `token` is `-` until it has been read from standard input; `token_tried`: Prom.ua took it just now, or
    `token_refused` it.
    `payment_methods` are those whose money got a place.
    """

    name: str | None = None
    token: str | None = None
    token_env: str | None = None
    export: StorageAccess | None = None
    group: str | None = None
    photos: Path | None = None
    photos_url: str | None = None
    publishing: StorageAccess | None = None
    find_by: list[str] | None = None
    create: bool | None = None
    fetch_payments: bool | None = None
    centers: list[str] | None = None
    only_in_stock: bool | None = None
    only_with_photos: bool | None = None
    every: str | None = None
    between: str | None = None
    days: str | None = None
    notify: str | None = None
    all_fields: bool | None = None
    payment_methods: tuple[PaymentMethod, ...] = ()
    token_tried: bool = False
    token_refused: TokenRefused | None = None


def remove_object(file: ObjectFile, home: Settings) -> bool:
    """Delete an object's file and the token that is kept for it alone; return whether there was such one."""
    file.editable.unlink()
    rmtree(home.fetched / file.slug, ignore_errors=True)
    forget_password(file, home.secrets, "photos")
    forget_password(file, home.secrets, "export")
    forget_address(file, home.secrets)
    return forget_token(file, home.secrets)


def create_object(home: Settings, answers: Answers, pace: float | None, *, keyring: bool) -> Path:
    """Write a new object, its token and its synchronization time; return the object's file.

    `pace` is in requests a second, None for the default; with `keyring` the token goes into the system's
    keyring instead of a file. Raises ObjectInvalid where the answers make no valid object; then nothing was
    written.
    """
    slug, token = slugify(answers.name or ""), answers.token
    path = home.objects / f"{slug}.toml"
    document, times = _document(answers, slug, pace, keyring=keyring), _times(answers)
    _refuse(home, path, document | {"synchronization_times": times})
    given: dict[Server, StorageAccess | None] = {"photos": answers.publishing, "export": answers.export}
    passwords = {
        secret_name(slug, server): access.password
        for server, access in given.items()
        if access and access.password
    }
    if answers.notify:
        passwords[secret_name(slug, "notify")] = answers.notify
    if keyring:
        for name, secret in {slug: token, **passwords}.items():
            if secret:
                keep_in_keyring(name, secret)
    remarks = {item.key: translated(item.meaning) for item in explained()}
    write_new(path, document, schema=json_schema(), remarks=remarks)
    if token and not keyring:
        write_token(home.secrets / f"{slug}.token", token)
    for name, password in passwords.items() if not keyring else ():
        write_token(home.secrets / name, password)
    for time in times:
        add_time(load_object(path), SynchronizationTime.model_validate(time))
    return path


def refuse_answers(home: Settings, answers: Answers) -> None:
    """Refuse what was given where no valid object can come of it, whatever else is answered.

    Raises ObjectInvalid.
    """
    sure = replace(answers, name=answers.name or "-", photos=answers.photos if answers.photos_url else None)
    document = _document(sure, "-", None, keyring=False) | {"synchronization_times": _times(answers)}
    _refuse(home, home.objects / "-.toml", document)


def _refuse(home: Settings, path: Path, document: Document) -> None:
    settings = read_settings(document, lambda _path: 0)
    if not isinstance(settings, SyncObject):
        raise ObjectInvalid(_("the sync object would not be valid"), mistakes=tuple(settings))
    refuse_unknown(ObjectFile(path, settings, settings.name).at_home(home.fetched))


def _times(answers: Answers) -> list[dict[str, Any]]:
    if not answers.every:
        return []
    between, days = answers.between, answers.days
    return [settings_of(user=myself(), every=answers.every, between=between, days=days, only=None)]


def _document(answers: Answers, slug: str, pace: float | None, *, keyring: bool) -> dict[str, Any]:
    """Return the sync object as its file holds it, in the order of the tabs."""
    if answers.token_env:
        key = {"env": answers.token_env}
    else:
        key = {"keyring": slug} if keyring else {"file": f"../secrets/{slug}.token"}
    export = answers.export or StorageAccess(str(Path().absolute()))
    asked = {
        "user": export.user,
        "password": _kept("export", slug, keyring=keyring) if export.password else None,
        "endpoint": export.endpoint,
    }
    server = {key: value for key, value in asked.items() if value}
    catalog: dict[str, Any] = {
        "path": export.place,
        **({"server": server} if server else {}),
        "languages": {"name": "uk", "both": True},
    }
    if answers.photos:
        folder = str(answers.photos.expanduser().absolute())
        place = _publishing(answers.publishing, slug, keyring=keyring) if answers.publishing else {}
        catalog["photos"] = {"folder": folder, "url": answers.photos_url or "", **place}
    return {
        "name": answers.name,
        "category": "online-store",
        "via": "prom.ua",
        "api_key": key,
        **({"product_group": answers.group} if answers.group else {}),
        "catalog": catalog,
        "clients": {"find_by": answers.find_by or ["phone", "email"], "create": answers.create is not False},
        "accounting_centers": {
            "use": answers.centers or [],
            "only_in_stock": bool(answers.only_in_stock),
            "only_with_photos": bool(answers.only_with_photos),
            "respect_display": True,
        },
        **({"limits": {"requests_per_second": pace}} if pace is not None else {}),
        **({"notify": {"to": [_kept("notify", slug, keyring=keyring)]}} if answers.notify else {}),
    }


def _publishing(access: StorageAccess, slug: str, *, keyring: bool) -> dict[str, Any]:
    """Return the keys of the place where photos are published."""
    given = {
        "publish": access.place,
        "publish_user": access.user,
        "publish_password": _kept("photos", slug, keyring=keyring) if access.password else None,
        "publish_endpoint": access.endpoint,
    }
    return {key: value for key, value in given.items() if value}


def _kept(server: Server | Literal["notify"], slug: str, *, keyring: bool) -> dict[str, str]:
    """Return where a password of a new object, or its address of messages, is kept, as its file says it."""
    name = secret_name(slug, server)
    return {"keyring": name} if keyring else {"file": f"../secrets/{name}"}


def change_object(
    file: ObjectFile, settings: Sequence[Setting], unset: Sequence[Key]
) -> tuple[Document, Document]:
    """Set and remove keys of an object; return its values before and after. Raises as `change_keys` does.

    What a place for photos asked for goes with it where another kind of place follows. Centers and groups
    that the export does not have are refused.
    """
    unset = [*unset, *_left_over(file.settings.catalog.photos, settings, unset)]
    unset += [*_left_of_server(file.settings.catalog, "catalog", settings, unset)]
    unset += [*_left_of_server(file.settings.clients, "clients", settings, unset)]

    def verify(after: SyncObject) -> None:
        refuse_unknown(replace(file, settings=after), file.settings)

    return change_keys(file.editable, settings, unset, called=file.called, verify=verify)


def _left_over(photos: Photos | None, settings: Sequence[Setting], unset: Sequence[Key]) -> Iterator[Key]:
    """Yield keys that belong to a place for photos which another kind of place follows, or none."""
    place: Key = ("catalog", "photos", "publish")
    new = _new_place(settings, place)
    if photos is None or (new is None and place not in unset) or kind_of(new) == kind_of(photos.publish):
        return
    touched = {*unset, *(one.key[:3] for one in settings)}
    for name in ("publish_user", "publish_password", "publish_endpoint"):
        if getattr(photos, name) and (*place[:2], name) not in touched:
            yield (*place[:2], name)


def _new_place(settings: Sequence[Setting], key: Key) -> str | None:
    """Return the path or address that a key gets, None where it stays."""
    return next((str(one.value or one.word).strip("\"'") for one in settings if one.key == key), None)


def _left_of_server(
    table: Catalog | Clients, name: str, settings: Sequence[Setting], unset: Sequence[Key]
) -> Iterator[Key]:
    """Yield the keys of the server of a file that another kind of server follows, or none."""
    place: Key = (name, "path")
    new = _new_place(settings, place)
    touched = {*unset, *(one.key[:3] for one in settings)}
    if not kind_of(table.path) or (new is None and place not in unset) or (name, "server") in touched:
        return
    if kind_of(new) == kind_of(table.path) or {kind_of(new), kind_of(table.path)} <= {*WEB}:
        return
    if not kind_of(new) and table.server != FileServer():
        yield (name, "server")
        return
    for key in FileServer.model_fields:
        if getattr(table.server, key) and key != "allow_private" and (name, "server", key) not in touched:
            yield (name, "server", key)


def replace_object(home: Settings, path: Path, before: str, after: str) -> tuple[Document, Document]:
    """Replace an object's text by what a person wrote; return its values before and after.

    Centers and groups that the export does not have are refused. Raises as `replace_whole` does.
    """

    def verify(settings: SyncObject) -> None:
        refuse_unknown(ObjectFile(path, settings, settings.name).at_home(home.fetched))

    return replace_whole(path, before, after, verify)


def replace_token(file: ObjectFile, token: str, home: Settings, *, keyring: bool) -> Message:
    """Write another token where the object keeps its own, or from now on into the system's keyring.

    Return where it is, for people. Raises UsageError where the token is in an environment variable.
    """
    if keyring and not isinstance(file.settings.api_key, FromKeyring):
        keep_in_keyring(file.slug, token)
        change_keys(file.editable, [Setting(("api_key",), value={"keyring": file.slug})], called=file.called)
        forget_token(file, home.secrets)
        return _("the system's keyring as `{name}`", name=file.slug)
    if isinstance(file.settings.api_key, FromEnvironment):
        variable = file.settings.api_key.env
        raise UsageError(
            _(
                "the token of `{object}` is in the environment variable `{variable}`",
                object=file.settings.name,
                variable=variable,
            ),
            hint=_(
                "set it there, or keep the token in a file: "
                "torgsync object edit {called} --set 'api_key={{ file = \"../secrets/{slug}.token\" }}'",
                called=file.called,
                slug=file.slug,
            ),
        )
    return _replace_secret(
        file, file.settings.api_key, ("api_key",), token, home.secrets / f"{file.slug}.token"
    )


def password_place(file: ObjectFile, home: Settings, server: Server) -> list[Setting]:
    """Return what makes an object keep the password of a server in a file, if it has none."""
    if password_of(file, server):
        return []
    path = home.secrets / secret_name(file.slug, server)
    return [Setting(_PASSWORDS[server], value=_in_file(file, path))]


def replace_password(file: ObjectFile, password: str, home: Settings, server: Server) -> Message:
    """Write another password of a server where the object keeps it, else into a file.

    Return where it is, for people.
    """
    usual = home.secrets / secret_name(file.slug, server)
    return _replace_secret(file, password_of(file, server), _PASSWORDS[server], password, usual)


def _replace_secret(
    file: ObjectFile,
    way: FromEnvironment | FromFile | FromKeyring | SecretStr | None,
    key: Key,
    secret: str,
    usual: Path,
) -> Message:
    """Write a secret where the object keeps it, else into the file `usual`, which `key` then names."""
    match way:
        case FromKeyring(keyring=name):
            keep_in_keyring(name, secret)
            return _("the system's keyring as `{name}`", name=name)
        case FromFile(file=place):
            path = file.path_of(place)
        case _:
            path = usual
            change_keys(file.editable, [Setting(key, value=_in_file(file, path))], called=file.called)
    write_token(path, secret)
    return composed("`{path}`", path=path)


def _in_file(file: ObjectFile, path: Path) -> dict[str, str]:
    """Return the value of a key whose secret is in a file of the home."""
    above = path.parents[1]
    inside = file.path.parent.parent == above
    return {"file": f"../{path.relative_to(above).as_posix()}" if inside else str(path)}


_PASSWORDS: dict[Server, Key] = {
    "photos": ("catalog", "photos", "publish_password"),
    "export": ("catalog", "server", "password"),
}
