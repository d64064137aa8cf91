"""Where an object's token is kept: environment, file for its owner, keyring; never part of a message."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from pydantic import SecretStr

from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring
from torgsync.disk import read_text
from torgsync.errors import TorgsyncError
from torgsync.extras import install_command
from torgsync.files.config.objects import ObjectFile, mistakes_at, path_in
from torgsync.files.config.settings import variable
from torgsync.files.config.text_files import replace_text
from torgsync.i18n import Message, _
from torgsync.system import reason

if TYPE_CHECKING:
    from torgsync.core.fleet.trust import Trust
    from torgsync.core.fleet.walk import Secret

SERVICE = "torgsync"
"""What all our tokens in a keyring are kept for."""
_NO_TOKEN = _("there is no token in `{place}`")
_NO_PASSWORD = _("there is no password in `{place}`")
LONGEST = 1000
"""Letters of a token; those of Prom have 40, and a header must not be too long for a server."""


def read_token(file: ObjectFile) -> str:
    """Return the object's token. Raises ObjectInvalid where there is none, without any part of it."""
    secret, trouble = read_secret(file.path.parent, file.settings.api_key, _NO_TOKEN, file.trust)
    token = (secret or "").strip()
    if 0 < len(token) <= LONGEST and token.isascii() and token.isprintable() and " " not in token:
        return token
    if token:
        trouble = _("it has characters that no token has; copy it again from the seller's cabinet")
    raise mistakes_at(file, [(("api_key",), "api_key", trouble)])


def read_outbox_password(file: ObjectFile) -> str | None:
    """Return the password of the outbox, None where none is named. Raises ObjectInvalid for an empty one."""
    return _password(file, file.settings.orders.outbox_password, ("orders", "outbox_password"))


def read_photos_password(file: ObjectFile) -> str | None:
    """Return the password of the place where photos are published, None where none is named.

    Raises ObjectInvalid for an empty one.
    """
    photos = file.settings.catalog.photos
    return _password(
        file, photos.publish_password if photos else None, ("catalog", "photos", "publish_password")
    )


def read_server_secret(
    file: ObjectFile, way: FromEnvironment | FromFile | FromKeyring | None, table: str, key: str
) -> str | None:
    """Return what the server of a file asks for, None where it is not named; `table` is that of the file.

    Raises ObjectInvalid for an empty one.
    """
    return _password(file, way, (table, "server", key))


def _password(
    file: ObjectFile, way: FromEnvironment | FromFile | FromKeyring | None, key: tuple[str, ...]
) -> str | None:
    """Return a password, None where the object names none. Raises ObjectInvalid for an empty one."""
    if way is None:
        return None
    secret, trouble = read_secret(file.path.parent, way, _NO_PASSWORD, file.trust)
    if password := (secret or "").strip("\r\n"):
        return password
    raise mistakes_at(file, [(key, ".".join(key), trouble)])


def read_secret(
    folder: Path, way: Secret, missing: Message, trust: Trust | None
) -> tuple[str | None, Message]:
    """Return a secret, and why there is none.

    Args:
        folder: That of the sync object's file; paths are relative to it.
        way: The secret, or where it is kept.
        missing: What is said of a place without one.
        trust: What the object may reach, None where that is everything.
    """
    if trust and (why := trust.refuses_secret(way)):
        return None, why
    match way:
        case SecretStr():
            return way.get_secret_value(), _("it is empty")
        case FromEnvironment(env=name):
            return variable(name), _("the environment variable `{name}` is not set", name=name)
        case FromFile(file=path):
            place = trust.secret_place(path) if trust else path
            found = path_in(Path(trust.secrets) if trust else folder, place)
            if trust and not found.is_relative_to(Path(trust.secrets).resolve()):
                return None, _("`{path}` is a link to somewhere outside the folder of secrets", path=path)
            return _from_file(found, missing)
        case FromKeyring(keyring=name):  # pragma: no branch  # there is no fifth way
            return _from_keyring(name)


def _from_file(place: Path, missing: Message) -> tuple[str | None, Message]:
    try:
        return read_text(place), missing.filled(place=place)
    except FileNotFoundError:
        return None, missing.filled(place=place)
    except (OSError, UnicodeDecodeError) as trouble:
        why = reason(trouble) if isinstance(trouble, OSError) else _("it is not UTF-8 text")
        return None, _("`{path}` cannot be read: {why}", path=place, why=why)


def _from_keyring(name: str) -> tuple[str | None, Message]:
    try:
        ring = _keyring()
    except TorgsyncError as refused:
        return None, refused.message
    try:
        missing = _("there is no token under `{name}` in the system's keyring", name=name)
        return ring.get_password(SERVICE, name), missing
    except ring.errors.KeyringError as refused:
        return None, _refused(refused)


def literal_token(file: ObjectFile) -> bool:
    """Return whether the token is in the TOML itself, where everybody who sees the file sees it."""
    return isinstance(file.settings.api_key, SecretStr)


def write_token(path: Path, token: str) -> None:
    """Write a token so that only its owner can read it, also over a file that others could read."""
    replace_text(path, token.strip() + "\n", private=True)


def keep_in_keyring(name: str, token: str) -> None:
    """Put a token into the system's keyring. Raises TorgsyncError where there is none, or it is locked."""
    ring = _keyring()
    try:
        ring.set_password(SERVICE, name, token.strip())
    except ring.errors.KeyringError as refused:
        raise TorgsyncError(_refused(refused), hint=_("unlock it, or keep the token in a file")) from refused


Server = Literal["photos", "export"]
"""What a server is for whose password an object keeps: the place for photos, or the export."""


def secret_name(slug: str, server: Server | Literal["notify"]) -> str:
    """Return the name under which the password of an object's server is kept, or the address of messages."""
    return f"{slug}.{server}"


def password_of(file: ObjectFile, server: Server) -> FromEnvironment | FromFile | FromKeyring | None:
    """Return where the password of a server is kept, None where the object names no place."""
    catalog = file.settings.catalog
    if server == "export":
        return catalog.server.password
    return catalog.photos.publish_password if catalog.photos else None


def forget_password(file: ObjectFile, secrets: Path, server: Server) -> bool:
    """Delete the password of a server where it was kept for this object alone."""
    return _forget(file, password_of(file, server), secrets)


def forget_address(file: ObjectFile, secrets: Path) -> None:
    """Delete the address of messages that was kept with the object when it was made."""
    name = secret_name(file.slug, "notify")
    for way in file.settings.notify.to:
        kept = way.file if isinstance(way, FromFile) else way.keyring if isinstance(way, FromKeyring) else ""
        if Path(kept).name == name:
            _forget(file, way, secrets)


def forget_token(file: ObjectFile, secrets: Path) -> bool:
    """Delete the token where it was kept for this object alone; return whether it was."""
    return _forget(file, file.settings.api_key, secrets)


def _forget(
    file: ObjectFile, way: FromEnvironment | FromFile | FromKeyring | SecretStr | None, secrets: Path
) -> bool:
    match way:
        case FromFile(file=path) if file.path_of(path).parent == secrets.resolve():
            place = file.path_of(path)
            existed = place.exists()
            place.unlink(missing_ok=True)
            return existed
        case FromKeyring(keyring=name):
            ring = _keyring()
            with suppress(ring.errors.KeyringError):
                ring.delete_password(SERVICE, name)
                return True
    return False


def _keyring() -> ModuleType:
    """Return the library of the system's keyring. Raises TorgsyncError where it is missing."""
    try:
        import keyring  # noqa: PLC0415  # an extra
    except ImportError as missing:
        needed = _("the system's keyring needs a library: {command}", command=install_command("keyring"))
        raise TorgsyncError(needed) from missing
    return keyring


def _refused(refused: Exception) -> Message:
    if type(refused).__name__ == "NoKeyringError":  # its words are for programmers
        return _("this system has no keyring that can be used; keep the token in a file")
    said = " ".join(str(refused).split()) or type(refused).__name__
    return _("the system's keyring cannot be used: {said}", said=said)
